//! The signals of a subscription.

use std::sync::atomic::{AtomicU32, Ordering};

use uuid::Uuid;

use super::announcement::{AnnouncementForm, Announcements, Pieces};
use super::selected_signals::SelectedSignals;
use crate::host;

/// Steps for each signal of a subscription: it is announced, looked up, and compressed.
const SIGNAL_STEPS: u64 = 10;
/// The same, when others are being told the same signals.
const KNOWN_SIGNAL_STEPS: u64 = 1;

/// The signals that a filter selects, in its order. Subscribers with the same filter and the same rights share it.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) signals: SelectedSignals,
    /// Signal index of the first one in datagrams.
    pub(super) first_in_datagrams: u32,
    /// By position: announced, but not to be sent any more. Empty when there are none.
    withheld: Vec<bool>,
    announcements: Announcements,
}

/// Whether the signals are the same.
impl PartialEq for Selection {
    fn eq(&self, other: &Selection) -> bool {
        self.signals == other.signals && self.withheld == other.withheld
    }
}

impl Eq for Selection {}

impl Selection {
    /// These signals, with the next indexes in datagrams.
    pub(super) fn new(signals: SelectedSignals, indexes: &DatagramIndexes) -> Selection {
        let first_in_datagrams = indexes.take(signals.ids().len());
        Selection { signals, first_in_datagrams, ..Selection::default() }
    }

    /// The signals as they are announced to a connection.
    pub(super) fn announcement(&self, form: AnnouncementForm, subscriber: Uuid) -> Pieces {
        self.announcements.pieces(&self.signals, form, subscriber)
    }

    /// Whether somebody is being told these signals, so that others are with little work.
    pub(super) fn is_being_announced(&self) -> bool {
        self.announcements.are_in_use()
    }

    /// Steps that it counts as to announce them.
    pub(super) fn steps(&self) -> u64 {
        let steps = if self.is_being_announced() { KNOWN_SIGNAL_STEPS } else { SIGNAL_STEPS };
        self.signal_count() as u64 * steps
    }

    pub(super) fn signal_count(&self) -> usize {
        self.signals.ids().len()
    }

    pub(super) fn signal_ids(&self) -> impl Iterator<Item = Uuid> {
        self.signals.ids().iter().copied()
    }

    /// All signal indexes in order, when the first one is `first`.
    pub(super) fn indexes(&self, first: u32) -> Vec<u32> {
        (first..first + self.signal_count() as u32).collect()
    }

    /// Positions and signals that measurements are sent of.
    pub(super) fn sent(&self) -> impl Iterator<Item = (u32, Uuid)> {
        (0..).zip(self.signal_ids()).filter(|(index, _)| !self.is_withheld(*index))
    }

    /// Whether nothing is sent any more of the signal at a position.
    pub(super) fn is_withheld(&self, index: u32) -> bool {
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
        is_new.then(|| Selection {
            signals: self.signals.clone(),
            first_in_datagrams: self.first_in_datagrams,
            withheld,
            announcements: Announcements::default(),
        })
    }

    /// Whether measurements of the same signals are sent, with the same indexes.
    pub(super) fn has_same_signals(&self, other: &Selection) -> bool {
        self.signal_count() == other.signal_count()
            && self.withheld == other.withheld
            && self.signal_ids().eq(other.signal_ids())
    }
}

/// The signal indexes that datagrams use: of each selection others. A datagram names its signal index cache by one bit
/// only, and may be on its way for any time. When it comes to a subscriber that has other signals by then, its indexes
/// mean nothing there, instead of something else.
#[derive(Debug)]
pub(super) struct DatagramIndexes {
    next: AtomicU32,
}

impl DatagramIndexes {
    /// Begins somewhere, so that another publisher at the same address, or the same program before, has others.
    pub(super) fn new() -> DatagramIndexes {
        DatagramIndexes { next: AtomicU32::new(host::random_id().as_u128() as u32 >> 2) }
    }

    /// The first one of so many. They go round after two thousand million: what used the same ones before was
    /// sent long ago.
    pub(super) fn take(&self, count: usize) -> u32 {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let after = |first: u32| first.checked_add(count).filter(|next| *next <= i32::MAX as u32);
        let taken = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| Some(after(next).unwrap_or(count)));
        taken.ok().filter(|first| after(*first).is_some()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_index_is_given_out_twice_before_they_have_gone_round() {
        let indexes = DatagramIndexes::new();
        let first = indexes.take(5);
        assert!(first < 1 << 30);
        assert_eq!(indexes.take(1), first + 5);
        assert_eq!(indexes.take(0), first + 6);
        let indexes = DatagramIndexes { next: AtomicU32::new(i32::MAX as u32 - 3) };
        assert_eq!(indexes.take(3), i32::MAX as u32 - 3);
        assert_eq!(indexes.take(2), 0, "indexes are not negative on the wire");
        assert_eq!(indexes.take(1), 2);
    }
}
