//! The signals of a subscription.

use uuid::Uuid;

use crate::codec::SignalIndexCache;

/// The signals that a filter selects, in its order. Subscribers with the same filter and the same rights share it.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Selection {
    /// The signals as they are announced; the subscriber ID is each connection's own.
    pub(super) cache: SignalIndexCache,
    /// By signal index: announced, but not to be sent any more. Empty when there are none.
    withheld: Vec<bool>,
}

impl Selection {
    pub(super) fn new(cache: SignalIndexCache) -> Selection {
        Selection { cache, withheld: Vec::new() }
    }

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

    /// Signal indexes and signals that measurements are sent of.
    pub(super) fn sent(&self) -> impl Iterator<Item = (u32, Uuid)> {
        (0..).zip(self.signal_ids()).filter(|(index, _)| !self.is_withheld(*index))
    }

    fn is_withheld(&self, index: u32) -> bool {
        self.withheld.get(index as usize).copied().unwrap_or(false)
    }

    /// The same without measurements of some signals; `None` when it has none of them.
    pub(super) fn withholding(&self, is_withheld: impl Fn(&Uuid) -> bool) -> Option<Selection> {
        let withheld: Vec<bool> = (0..)
            .zip(self.signal_ids())
            .map(|(index, signal_id)| self.is_withheld(index) || is_withheld(&signal_id))
            .collect();
        let is_new =
            (0..).zip(&withheld).any(|(index, is_withheld)| *is_withheld && !self.is_withheld(index));
        is_new.then(|| Selection { cache: self.cache.clone(), withheld })
    }

    /// Whether measurements of the same signals are sent, with the same indexes.
    pub(super) fn has_same_signals(&self, other: &Selection) -> bool {
        self.signal_count() == other.signal_count()
            && self.withheld == other.withheld
            && self.signal_ids().eq(other.signal_ids())
    }
}
