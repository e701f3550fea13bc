//! The subscriber's two signal index caches, and which of them a data packet means.

use std::borrow::Cow;
use std::sync::Arc;

use super::ground::Ground;
use super::outbox::Outbox;
use super::output::Output;
use crate::codec::{SignalIndexCache, SignalTable, gzip};
use crate::session::Severity;
use crate::wire::messages::DataPacketFlags;
use crate::wire::{Command, TextEncoding};

/// A cache in its slot.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) cache: Arc<SignalIndexCache>,
    pub(super) table: SignalTable,
    pub(super) generation: u32,
}

/// Double-buffered caches: a new one fills the slot that its message names, while packets of the
/// old one may still be on their way.
#[derive(Debug, Default)]
pub(super) struct CacheSlots {
    slots: [Option<Slot>; 2],
    newest: usize,
    generations: u32,
    /// Some packet named slot 1, so this publisher tells the slots apart.
    publisher_names_slots: bool,
    /// Slot of packets from a publisher that alternates slots but never names slot 1.
    unnamed: usize,
}

impl CacheSlots {
    /// Puts a received cache into its slot. Any number but 0 means slot 1: one publisher sends
    /// 255 there.
    pub(super) fn install(&mut self, number: u8, cache: Arc<SignalIndexCache>) {
        let slot = usize::from(number != 0);
        self.generations += 1;
        let records: Vec<_> =
            cache.records().iter().map(|record| (record.signal_index, record.signal_id)).collect();
        let table = SignalTable::new(&records);
        let first = self.slots.iter().all(Option::is_none);
        self.slots[slot] = Some(Slot { cache, table, generation: self.generations });
        self.newest = slot;
        if first {
            self.unnamed = slot;
        }
    }

    /// From now on packets that name no slot use the newest cache.
    pub(super) fn use_newest(&mut self) {
        self.unnamed = self.newest;
    }

    /// True when a signal index means something in any of the caches.
    pub(super) fn have_signal(&self, signal_index: u32) -> bool {
        self.slots.iter().flatten().any(|slot| slot.table.get(signal_index).is_some())
    }

    pub(super) fn newest(&self) -> Option<&Slot> {
        self.slots[self.newest].as_ref()
    }

    /// The slot of a packet; if that is empty, the other one: publishers exist that send before
    /// they announced the slot, or announce another one than they use.
    pub(super) fn of_packet(
        &mut self,
        flags: DataPacketFlags,
        publisher_may_not_name_slots: bool,
    ) -> Option<&Slot> {
        let named = usize::from(flags.contains(DataPacketFlags::CACHE_INDEX));
        self.publisher_names_slots |= named == 1;
        let slot =
            if self.publisher_names_slots || !publisher_may_not_name_slots { named } else { self.unnamed };
        self.slots[slot].as_ref().or(self.slots[1 - slot].as_ref())
    }

    /// The slot that a packet names, and no other.
    pub(super) fn named(&self, flags: DataPacketFlags) -> Option<&Slot> {
        self.slots[usize::from(flags.contains(DataPacketFlags::CACHE_INDEX))].as_ref()
    }

    /// Generation of the newest cache; 0 before the first.
    pub(super) fn newest_generation(&self) -> u32 {
        self.generations
    }

    /// The slot of a buffer block; if that is empty, the other one.
    pub(super) fn of_block(&self, second: bool) -> Option<&Slot> {
        let [first_slot, second_slot] = &self.slots;
        let (named, other) = if second { (second_slot, first_slot) } else { (first_slot, second_slot) };
        named.as_ref().or(other.as_ref())
    }

    pub(super) fn publisher_names_slots(&self) -> bool {
        self.publisher_names_slots
    }
}

/// The caches, and which of them the application knows.
#[derive(Debug, Default)]
pub(super) struct Caches {
    pub(super) slots: CacheSlots,
    /// Generation of the cache that rows of delivered measurements refer to.
    announced: u32,
    /// Data packets delivered before the last keep-alive.
    packets_at_keep_alive: u64,
}

impl Caches {
    /// Takes in a cache. One that cannot be read is not confirmed, and the old one stays.
    pub(super) fn receive(&mut self, payload: &[u8], ground: &mut Ground<'_>) {
        let confirms = ground.settings.version.confirms_caches();
        let (slot, body) = match payload.split_first() {
            Some((slot, body)) if confirms => (*slot, body),
            _ => (0, payload),
        };
        if body.is_empty() {
            return;
        }
        match decode_cache(body, ground.settings.max_frame_size) {
            Ok(cache) => self.slots.install(slot, Arc::new(cache)),
            Err(error) => {
                let text = format!("ignored a signal index cache of {} bytes: {error}", body.len());
                return ground.outbox.message(Severity::Error, text);
            }
        }
        if confirms {
            ground.outbox.send(Command::ConfirmSignalIndexCache, &[]);
            if !ground.settings.compress_payload {
                // A publisher that never names slots switches caches when it gets our confirmation.
                // With TSSC the next packet of sequence 0 tells when that was; without, the best
                // guess is now.
                self.slots.use_newest();
            }
        }
        if self.announced == 0 {
            self.announce_newest(ground.outbox);
        }
    }

    /// Tells of a new cache when measurements do not flow. By UDP they may flow beside the
    /// keep-alives, with the old cache as long as others wait for the new one.
    pub(super) fn keep_alive(&mut self, by_udp: bool, ground: &mut Ground<'_>) {
        let packets = ground.counts.packets;
        if !by_udp || packets == self.packets_at_keep_alive {
            self.announce_newest(ground.outbox);
        }
        self.packets_at_keep_alive = packets;
    }

    /// Tells of the newest cache, if that was not done yet: at once for the first one, later with
    /// the first packet that uses it or, when measurements do not flow, with the next keep-alive.
    fn announce_newest(&mut self, outbox: &mut Outbox) {
        if let Some(Slot { generation, cache, .. }) = self.slots.newest() {
            let (generation, cache) = (*generation, Arc::clone(cache));
            self.announce(generation, cache, outbox);
        }
    }

    /// Tells of the cache that a packet refers to, if that was not done yet.
    pub(super) fn announce_of_packet(&mut self, flags: DataPacketFlags, quirk: bool, outbox: &mut Outbox) {
        if let Some(slot) = self.slots.of_packet(flags, quirk)
            && slot.generation != self.announced
        {
            let (generation, cache) = (slot.generation, Arc::clone(&slot.cache));
            self.announce(generation, cache, outbox);
        }
    }

    /// Tells of a cache, unless it is the one that was told of last.
    pub(super) fn announce(&mut self, generation: u32, cache: Arc<SignalIndexCache>, outbox: &mut Outbox) {
        if generation != self.announced {
            self.announced = generation;
            outbox.tell(Output::SubscriptionUpdated { generation, cache });
        }
    }

    /// The application was told of newer signals already, whose rows the measurements of the packet
    /// do not have.
    pub(super) fn is_replaced(&mut self, flags: DataPacketFlags, quirk: bool) -> bool {
        self.slots.of_packet(flags, quirk).is_some_and(|slot| slot.generation < self.announced)
    }
}

fn decode_cache(body: &[u8], limit: usize) -> Result<SignalIndexCache, String> {
    let bytes = match gzip::is_gzip(body) {
        true => Cow::Owned(gzip::decompress(body, limit).map_err(|error| error.to_string())?),
        false => Cow::Borrowed(body),
    };
    SignalIndexCache::decode(&bytes, TextEncoding::Utf8).map_err(|error| error.to_string())
}
