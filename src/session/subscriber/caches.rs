//! The subscriber's two signal index caches, and which of them a data packet means.

use std::sync::Arc;

use crate::codec::{SignalIndexCache, SignalTable};
use crate::wire::messages::DataPacketFlags;

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
