//! The signals of a subscription.

use uuid::Uuid;

use crate::codec::SignalIndexCache;

/// The signals that a filter selects, in its order. Subscribers with the same filter share it.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Selection {
    /// The signals as they are announced; the subscriber ID is each connection's own.
    pub(super) cache: SignalIndexCache,
}

impl Selection {
    pub(super) fn signal_count(&self) -> usize {
        self.cache.records().len()
    }

    pub(super) fn signal_ids(&self) -> impl Iterator<Item = Uuid> {
        self.cache.records().iter().map(|record| record.signal_id)
    }

    /// All signal indexes, in order.
    pub(super) fn indexes(&self) -> Vec<u32> {
        (0..self.signal_count() as u32).collect()
    }
}
