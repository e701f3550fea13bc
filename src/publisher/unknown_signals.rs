//! What is published of signals that are not in the metadata: counted, and told with their names.

use std::fmt::{self, Write};
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Signals that are named in one message.
const NAMED: usize = 8;
/// Time between two messages.
const PERIOD: Duration = Duration::from_secs(10);

/// What the publishing threads left out, until operators are told.
#[derive(Debug, Default)]
pub(super) struct UnknownSignals {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    missing: Missing,
    told: Option<Instant>,
}

/// Measurements that were left out, and of which signals.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub(super) measurements: u64,
    signals: Vec<Signal>,
    /// There were more signals than are named.
    has_others: bool,
}

/// A signal, as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// No row has it.
    Id(Uuid),
    /// The metadata have no such row.
    Row(u32),
    /// The row has no signal ID, or that of an earlier row.
    Undeliverable(u32),
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signal::Id(id) => write!(f, "signal {id} is not in the metadata"),
            Signal::Row(row) => write!(f, "row {row} is not in the metadata"),
            Signal::Undeliverable(row) => {
                write!(f, "row {row} of the metadata has no signal ID, or that of an earlier row")
            }
        }
    }
}

impl Missing {
    /// A measurement of a signal was left out.
    pub(super) fn add(&mut self, signal: Signal) {
        self.measurements += 1;
        self.name(signal);
    }

    fn name(&mut self, signal: Signal) {
        if self.signals.contains(&signal) {
            return;
        }
        if self.signals.len() < NAMED {
            self.signals.push(signal);
        } else {
            self.has_others = true;
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.measurements {
            1 => f.write_str("1 measurement was not published: ")?,
            count => write!(f, "{count} measurements were not published: ")?,
        }
        for (position, signal) in self.signals.iter().enumerate() {
            let separator = if position > 0 { "; " } else { "" };
            write!(f, "{separator}{signal}")?;
        }
        if self.has_others {
            f.write_str("; and others")?;
        }
        f.write_char('.')
    }
}

impl UnknownSignals {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what was left out of a batch. Returns whether that is the first since operators were told, so
    /// that somebody has to look when they are to be told again.
    pub(super) fn add(&self, missing: &Missing) -> bool {
        let mut state = self.state();
        let is_first = state.missing.measurements == 0;
        state.missing.measurements += missing.measurements;
        state.missing.has_others |= missing.has_others;
        missing.signals.iter().for_each(|signal| state.missing.name(*signal));
        is_first
    }

    /// When operators are to be told.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let state = self.state();
        (state.missing.measurements > 0).then(|| state.told.map_or(now, |told| told + PERIOD))
    }

    /// What operators are to be told now.
    pub(super) fn take(&self, now: Instant) -> Option<Missing> {
        let mut state = self.state();
        if state.missing.measurements == 0 || state.told.is_some_and(|told| now < told + PERIOD) {
            return None;
        }
        state.told = Some(now);
        Some(mem::take(&mut state.missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(rows: impl IntoIterator<Item = u32>) -> Missing {
        let mut missing = Missing::default();
        rows.into_iter().for_each(|row| missing.add(Signal::Row(row)));
        missing
    }

    #[test]
    fn signals_are_named_once_and_not_without_end() {
        let one = missing([7]);
        assert_eq!(one.to_string(), "1 measurement was not published: row 7 is not in the metadata.");
        let many = missing((0..9).chain(0..9));
        let text = many.to_string();
        assert!(text.starts_with("18 measurements were not published"), "{text}");
        assert!(text.contains("; row 7 is") && !text.contains("row 8"), "{text}");
        assert!(text.ends_with("; and others."), "{text}");
        let mut second = Missing::default();
        second.add(Signal::Undeliverable(3));
        assert_eq!(
            second.to_string(),
            "1 measurement was not published: row 3 of the metadata has no signal ID, or that of an earlier row."
        );
        let mut by_id = Missing::default();
        by_id.add(Signal::Id(Uuid::from_u128(7)));
        assert!(by_id.to_string().contains("00000000-0000-0000-0000-000000000007"));
    }

    #[test]
    fn operators_are_told_at_once_and_then_once_in_a_while() {
        let unknown = UnknownSignals::default();
        let start = Instant::now();
        assert!(unknown.take(start).is_none());
        assert_eq!(unknown.deadline(start), None);
        assert!(unknown.add(&missing([1])));
        assert_eq!(unknown.deadline(start), Some(start));
        assert_eq!(unknown.take(start).map(|missing| missing.measurements), Some(1));
        assert_eq!(unknown.deadline(start), None);
        assert!(unknown.add(&missing([1, 2])));
        assert!(!unknown.add(&missing([2, 3])));
        assert!(unknown.take(start + PERIOD / 2).is_none());
        assert_eq!(unknown.deadline(start + PERIOD / 2), Some(start + PERIOD));
        let text = unknown.take(start + PERIOD).map(|missing| missing.to_string());
        assert!(
            text.as_ref().is_some_and(|text| {
                text.starts_with("4 ") && ["row 1 ", "row 2 ", "row 3 "].iter().all(|row| text.contains(row))
            }),
            "{text:?}"
        );
    }
}
