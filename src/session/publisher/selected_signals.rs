//! The signals of a selection with their measurement keys, in little memory: a publisher may have a million of them.

use std::collections::HashMap;

use uuid::Uuid;

use crate::codec::SignalIndexCache;

/// Signals in the order of their signal indexes, which begin with 0, and those that a subscriber may not have.
///
/// Keys are kept as runs, because publishers number their measurements mostly one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SelectedSignals {
    ids: Vec<Uuid>,
    keys: Vec<KeyRun>,
    /// Sources of measurement keys: few, shared by many signals.
    sources: Vec<Box<str>>,
    source_numbers: HashMap<Box<str>, usize>,
    unauthorized: Vec<Uuid>,
}

/// Signals one behind the other with keys of one source whose numbers count up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyRun {
    /// Position of the first one.
    start: usize,
    source: usize,
    number: u64,
}

impl SelectedSignals {
    /// None, with room for so many.
    pub(super) fn with_capacity(signals: usize) -> SelectedSignals {
        SelectedSignals { ids: Vec::with_capacity(signals), ..SelectedSignals::default() }
    }

    /// Adds a signal with its measurement key.
    pub(super) fn push(&mut self, signal_id: Uuid, source: &str, number: u64) {
        let start = self.ids.len();
        self.ids.push(signal_id);
        let goes_on = |run: &KeyRun| {
            self.sources.get(run.source).is_some_and(|name| **name == *source)
                && run.number.checked_add((start - run.start) as u64) == Some(number)
        };
        if !self.keys.last().is_some_and(goes_on) {
            let source = self.source_number(source);
            self.keys.push(KeyRun { start, source, number });
        }
    }

    fn source_number(&mut self, source: &str) -> usize {
        let latest = self.keys.last().map_or(0, |run| run.source);
        if self.sources.get(latest).is_some_and(|name| **name == *source) {
            return latest;
        }
        if let Some(number) = self.source_numbers.get(source) {
            return *number;
        }
        self.sources.push(source.into());
        self.source_numbers.insert(source.into(), self.sources.len() - 1);
        self.sources.len() - 1
    }

    /// Adds a signal that the subscriber may not have.
    pub(super) fn push_unauthorized(&mut self, signal_id: Uuid) {
        self.unauthorized.push(signal_id);
    }

    pub(super) fn ids(&self) -> &[Uuid] {
        &self.ids
    }

    pub(super) fn unauthorized(&self) -> &[Uuid] {
        &self.unauthorized
    }

    /// Each signal with source and number of its key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Uuid, &str, u64)> {
        let ends = self.keys.iter().skip(1).map(|run| run.start).chain([self.ids.len()]);
        self.keys.iter().zip(ends).flat_map(|(run, end)| {
            let source = self.sources.get(run.source).map_or("", |source| source);
            let ids = self.ids.get(run.start..end).unwrap_or_default();
            ids.iter().zip(0_u64..).map(move |(id, place)| (*id, source, run.number + place))
        })
    }

    /// The signals as they are announced; the subscriber ID is each connection's own.
    pub(super) fn to_cache(&self) -> SignalIndexCache {
        let mut cache = SignalIndexCache::default();
        cache.reserve(self.ids.len());
        self.iter().for_each(|(id, source, number)| cache.push(id, source, number));
        self.unauthorized.iter().for_each(|id| cache.push_unauthorized(*id));
        cache
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the keys are, each signal keeps its own.
        #[test]
        fn keys_are_those_that_were_given(
            keys in prop::collection::vec(
                (prop_oneof!["A", "B", ""], prop_oneof![3 => 1..4_u64, 1 => Just(u64::MAX)]),
                0..40,
            ),
        ) {
            let mut signals = SelectedSignals::default();
            let mut expected = SignalIndexCache::default();
            for (id, (source, number)) in (1..).map(Uuid::from_u128).zip(&keys) {
                signals.push(id, source, *number);
                expected.push(id, source, *number);
            }
            signals.push_unauthorized(Uuid::max());
            expected.push_unauthorized(Uuid::max());
            prop_assert_eq!(signals.to_cache(), expected);
        }
    }

    #[test]
    fn keys_that_count_up_take_no_memory_each() {
        let mut signals = SelectedSignals::default();
        (1..=1_000).for_each(|number| signals.push(Uuid::from_u128(number.into()), "PPA", number));
        (1..=1_000).for_each(|number| signals.push(Uuid::from_u128(number.into()), "STAT", number));
        assert_eq!(signals.keys.len(), 2);
    }
}
