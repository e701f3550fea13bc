//! What an earlier run of the program left.

use std::collections::HashSet;

use uuid::Uuid;

use super::RecoverySettings;
use super::given_up::GivenUp;
use super::logged::LoggedGap;
use super::signal::Hole;
use super::windows::Span;
use crate::Ticks;

/// Gaps of an earlier run.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// Those that go on.
    beginnings: Vec<Beginning>,
    ended: Vec<(Span, u64, HashSet<Uuid>)>,
}

/// A gap that goes on until the first live measurement.
#[derive(Debug)]
struct Beginning {
    start: i64,
    /// None for all signals that no other one names.
    signals: HashSet<Uuid>,
    /// The last time that was compared with it.
    stop: Option<i64>,
    is_told: bool,
}

impl Earlier {
    pub(super) fn begins(&mut self, start: i64, signals: Vec<Uuid>) {
        let signals = signals.into_iter().collect();
        self.beginnings.push(Beginning { start, signals, stop: None, is_told: false });
    }

    pub(super) fn ended(&mut self, span: Span, gap: u64, signals: Vec<Uuid>) {
        self.ended.push((span, gap, signals.into_iter().collect()));
    }

    /// Whether some gap goes on.
    pub(super) fn goes_on(&self) -> bool {
        !self.beginnings.is_empty()
    }

    /// What a signal misses of gaps that have ended.
    pub(super) fn holes(&self, id: &Uuid) -> Vec<Hole> {
        let missing = self.ended.iter().filter(|(.., signals)| signals.is_empty() || signals.contains(id));
        missing.map(|(span, gap, _)| Hole::of_gap(*span, *gap)).collect()
    }

    /// Forgets a gap that has ended.
    pub(super) fn settle(&mut self, gap: u64) {
        self.ended.retain(|(_, number, _)| *number != gap);
    }

    /// Until when a signal was received whose first time is now `stop`: the earliest time that may be asked for.
    pub(super) fn start_of(&mut self, id: &Uuid, stop: i64, settings: &RecoverySettings) -> Option<i64> {
        let is_named = self.beginnings.iter().any(|gap| gap.signals.contains(id));
        let of_signal = |gap: &&mut Beginning| {
            if is_named { gap.signals.contains(id) } else { gap.signals.is_empty() }
        };
        let mut earliest: Option<i64> = None;
        for gap in self.beginnings.iter_mut().filter(of_signal) {
            gap.stop = Some(stop);
            if (Span { start: gap.start, stop }).fault(settings).is_none() {
                earliest = Some(earliest.map_or(gap.start, |start| start.min(gap.start)));
            }
        }
        earliest
    }

    /// The same of a signal of which nothing has come, whatever may be asked for.
    pub(super) fn first_start_of(&self, id: &Uuid) -> Option<i64> {
        let named = self.beginnings.iter().filter(|gap| gap.signals.contains(id)).map(|gap| gap.start).min();
        named.or_else(|| {
            let of_all = self.beginnings.iter().filter(|gap| gap.signals.is_empty());
            of_all.map(|gap| gap.start).min()
        })
    }

    /// The signals that a gap that has ended names, if it is one of these.
    pub(super) fn named(&self, gap: u64) -> Option<Vec<Uuid>> {
        let (.., signals) = self.ended.iter().find(|(_, number, _)| *number == gap)?;
        Some(signals.iter().copied().collect())
    }

    /// Gaps that cannot be recovered, each once.
    pub(super) fn given_up(&mut self, settings: &RecoverySettings) -> Vec<GivenUp> {
        let untold = self.beginnings.iter_mut().filter(|gap| !gap.is_told);
        untold
            .filter_map(|gap| {
                let (start, stop) = (gap.start, gap.stop?);
                gap.is_told = true;
                let reason = Span { start, stop }.fault(settings)?;
                let signals = gap.signals.len() as u64;
                Some(GivenUp { start: Ticks(start), stop: Ticks(stop), signals, reason })
            })
            .collect()
    }

    /// The gaps that go on, to be remembered again.
    pub(super) fn logged(&self) -> impl Iterator<Item = LoggedGap> {
        self.beginnings.iter().map(|gap| LoggedGap {
            start: Ticks(gap.start),
            stop: None,
            signals: gap.signals.iter().copied().collect(),
        })
    }
}
