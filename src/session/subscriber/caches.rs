//! The subscriber's two signal index caches, and which of them a data packet means.

use std::borrow::Cow;
use std::sync::Arc;

use super::ground::Ground;
use super::outbox::Outbox;
use super::output::Output;
use super::slot::Slot;
use super::unnamed::{Reference, Unnamed};
use crate::codec::{SignalIndexCache, SignalTable, gzip};
use crate::session::Severity;
use crate::wire::messages::DataPacketFlags;
use crate::wire::{Command, TextEncoding};

/// How packets tell which cache they refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// They name its slot.
    Slots,
    /// Not at all, or not known to.
    None,
}

/// Double-buffered caches: a new one fills the slot that its message names, while packets of the
/// old one may still be on their way.
#[derive(Debug, Default)]
pub(super) struct CacheSlots {
    slots: [Option<Arc<Slot>>; 2],
    newest: usize,
    generations: u32,
    /// Some packet named slot 1, so this publisher tells the slots apart.
    publisher_names_slots: bool,
}

impl CacheSlots {
    /// Puts a received cache into its slot. Any number but 0 means slot 1: one publisher sends
    /// 255 there.
    pub(super) fn install(&mut self, number: u8, cache: Arc<SignalIndexCache>) -> Arc<Slot> {
        let index = usize::from(number != 0);
        self.generations += 1;
        let records: Vec<_> =
            cache.records().iter().map(|record| (record.signal_index, record.signal_id)).collect();
        let table = SignalTable::new(&records);
        let slot = Arc::new(Slot { number: index, cache, table, generation: self.generations });
        self.slots[index] = Some(slot.clone());
        self.newest = index;
        slot
    }

    /// True when a signal index means something in any of the caches.
    pub(super) fn have_signal(&self, signal_index: u32) -> bool {
        self.slots.iter().flatten().any(|slot| slot.table.get(signal_index).is_some())
    }

    pub(super) fn newest(&self) -> Option<&Arc<Slot>> {
        self.slots[self.newest].as_ref()
    }

    /// The slot that a packet names; if that is empty, the other one: publishers exist that send before
    /// they announced the slot, or announce another one than they use.
    fn of_packet(&self, flags: DataPacketFlags) -> Option<&Arc<Slot>> {
        let named = usize::from(flags.contains(DataPacketFlags::CACHE_INDEX));
        self.slots[named].as_ref().or(self.slots[1 - named].as_ref())
    }

    /// The slot that a packet names, and no other.
    pub(super) fn named(&self, flags: DataPacketFlags) -> Option<&Slot> {
        self.slots[usize::from(flags.contains(DataPacketFlags::CACHE_INDEX))].as_deref()
    }

    /// Generation of the newest cache; 0 before the first.
    pub(super) fn newest_generation(&self) -> u32 {
        self.generations
    }

    /// The slot of a buffer block; if that is empty, the other one.
    pub(super) fn of_block(&self, second: bool) -> Option<&Slot> {
        let [first_slot, second_slot] = &self.slots;
        let (named, other) = if second { (second_slot, first_slot) } else { (first_slot, second_slot) };
        named.as_deref().or(other.as_deref())
    }

    pub(super) fn publisher_names_slots(&self) -> bool {
        self.publisher_names_slots
    }
}

/// The caches, and which of them the application knows.
#[derive(Debug, Default)]
pub(super) struct Caches {
    pub(super) slots: CacheSlots,
    pub(super) unnamed: Unnamed,
    /// Came while the publisher was still changing to the one before, and is not confirmed: its slot, and itself.
    unconfirmed: Option<(u8, SignalIndexCache)>,
    /// Generation of the cache that rows of delivered measurements refer to.
    announced: u32,
    /// Data packets delivered before the last keep-alive.
    packets_at_keep_alive: u64,
}

impl Caches {
    /// Takes in a cache. One that cannot be read is not confirmed, and the old one stays.
    pub(super) fn receive(&mut self, payload: &[u8], naming: Naming, ground: &mut Ground<'_>) {
        let confirms = ground.settings.version.confirms_caches();
        let (slot, body) = match payload.split_first() {
            Some((slot, body)) if confirms => (*slot, body),
            _ => (0, payload),
        };
        if body.is_empty() {
            return;
        }
        match decode_cache(body, ground.settings.max_frame_size) {
            Ok(cache) if confirms && naming == Naming::None && !self.unnamed.is_settled() => {
                self.unconfirmed = Some((slot, cache));
                self.unnamed.hurry();
            }
            Ok(cache) => self.take_in(slot, cache, naming, ground),
            Err(error) => {
                let text = format!("ignored a signal index cache of {} bytes: {error}", body.len());
                ground.outbox.message(Severity::Error, text);
            }
        }
    }

    /// Confirms the cache that had to wait until the one before was in use, if there is one.
    pub(super) fn confirm_waiting(&mut self, naming: Naming, ground: &mut Ground<'_>) {
        if let Some((slot, cache)) = self.unconfirmed.take_if(|_| self.unnamed.is_settled()) {
            self.take_in(slot, cache, naming, ground);
        }
    }

    fn take_in(&mut self, slot: u8, cache: SignalIndexCache, naming: Naming, ground: &mut Ground<'_>) {
        let confirms = ground.settings.version.confirms_caches();
        let compressed = ground.settings.compress_payload;
        let slot = self.slots.install(slot, Arc::new(cache));
        if confirms {
            ground.outbox.send(Command::ConfirmSignalIndexCache, &[]);
        }
        match self.unnamed.in_use() {
            // A publisher that uses one slot for all caches does not go on with the old one.
            Some(old)
                if naming == Naming::None
                    && !(confirms && old.number == slot.number)
                    && !(old.equals(&slot) && self.unnamed.is_settled()) =>
            {
                self.unnamed.change(slot, !confirms, !compressed, ground.now);
            }
            _ => self.unnamed.replace(slot),
        }
        if self.announced == 0 {
            self.announce_newest(ground.outbox);
        }
    }

    /// Tells of a new cache when measurements do not flow. By UDP they may flow beside the
    /// keep-alives, with the old cache as long as others wait for the new one.
    pub(super) fn keep_alive(&mut self, by_udp: bool, naming: Naming, ground: &mut Ground<'_>) {
        let packets = ground.counts.packets;
        let flows = packets != std::mem::replace(&mut self.packets_at_keep_alive, packets);
        if naming == Naming::None {
            self.unnamed.hurry();
        }
        if (!by_udp || !flows) && (naming == Naming::Slots || self.unnamed.is_settled()) {
            self.announce_newest(ground.outbox);
        }
    }

    /// Tells of the newest cache, if that was not done yet: at once for the first one, later with
    /// the first packet that uses it or, when measurements do not flow, with the next keep-alive.
    fn announce_newest(&mut self, outbox: &mut Outbox) {
        if let Some(slot) = self.slots.newest().cloned() {
            self.announce_slot(&slot, outbox);
        }
    }

    /// Tells of the cache that a packet refers to, if that was not done yet.
    pub(super) fn announce_slot(&mut self, slot: &Slot, outbox: &mut Outbox) {
        if slot.generation != self.announced {
            self.announce(slot.generation, slot.cache.clone(), outbox);
        }
    }

    /// Tells of a cache, unless it is the one that was told of last.
    pub(super) fn announce(&mut self, generation: u32, cache: Arc<SignalIndexCache>, outbox: &mut Outbox) {
        if generation != self.announced {
            self.announced = generation;
            outbox.tell(Output::SubscriptionUpdated { generation, cache });
        }
    }

    /// Whether the application was told of newer signals than those of a cache.
    pub(super) fn is_outdated(&self, slot: &Slot) -> bool {
        slot.generation < self.announced
    }

    /// The cache that a compact packet refers to.
    pub(super) fn of_compact(&mut self, flags: DataPacketFlags, naming: Naming) -> Option<Reference> {
        match self.naming_of(flags, naming) {
            Naming::Slots => self.slots.of_packet(flags).cloned().map(Reference::To),
            Naming::None => self.unnamed.of_compact(),
        }
    }

    /// The cache that a compressed packet refers to, which `begins` with a new encoder or goes on with the one before.
    pub(super) fn of_compressed(
        &mut self,
        flags: DataPacketFlags,
        begins: bool,
        naming: Naming,
    ) -> Option<Reference> {
        match self.naming_of(flags, naming) {
            Naming::Slots => self.slots.of_packet(flags).cloned().map(Reference::To),
            Naming::None => self.unnamed.of_compressed(begins),
        }
    }

    /// A publisher that has named slot 1 once tells the slots apart.
    fn naming_of(&mut self, flags: DataPacketFlags, naming: Naming) -> Naming {
        if flags.contains(DataPacketFlags::CACHE_INDEX) && !self.slots.publisher_names_slots {
            self.slots.publisher_names_slots = true;
            if let Some(newest) = self.slots.newest().cloned() {
                self.unnamed.replace(newest);
            }
        }
        if self.slots.publisher_names_slots { Naming::Slots } else { naming }
    }

    /// The application was told of newer signals already, whose rows the measurements of the packet
    /// do not have.
    pub(super) fn is_replaced(&self, flags: DataPacketFlags, naming: Naming) -> bool {
        naming == Naming::Slots && self.slots.of_packet(flags).is_some_and(|slot| self.is_outdated(slot))
    }
}

fn decode_cache(body: &[u8], limit: usize) -> Result<SignalIndexCache, String> {
    let bytes = match gzip::is_gzip(body) {
        true => Cow::Owned(gzip::decompress(body, limit).map_err(|error| error.with_key("maxFrameSize"))?),
        false => Cow::Borrowed(body),
    };
    SignalIndexCache::decode(&bytes, TextEncoding::Utf8).map_err(|error| error.to_string())
}
