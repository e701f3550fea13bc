//! A signal index cache that was received.

use std::sync::Arc;

use crate::Measurement;
use crate::codec::{SignalIndexCache, SignalTable};

/// A cache in its slot.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) number: usize,
    pub(super) cache: Arc<SignalIndexCache>,
    pub(super) table: SignalTable,
    pub(super) generation: u32,
}

impl Slot {
    /// Whether every signal index means the same in both caches.
    pub(super) fn equals(&self, other: &Slot) -> bool {
        let meanings = |slot: &Slot| -> Vec<_> {
            slot.cache.records().iter().map(|record| (record.signal_index, record.signal_id)).collect()
        };
        meanings(self) == meanings(other)
    }

    /// Whether the signal index of a measurement that was read with this cache means the same signal in another one.
    pub(super) fn agrees(&self, measurement: &Measurement, other: &Slot) -> bool {
        let record = self.cache.records().get(measurement.signal_index as usize);
        let meaning = record.and_then(|record| other.table.get(record.signal_index));
        meaning.is_some_and(|signal| signal.id == measurement.signal_id)
    }
}
