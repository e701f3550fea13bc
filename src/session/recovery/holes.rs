//! What is missing of each signal.

use std::collections::HashMap;

use uuid::Uuid;

/// Newest time of a signal that was never delivered.
const NEVER: i64 = i64::MIN;

/// Times between these two, both excluded, are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hole {
    after: i64,
    /// `None` until the first live measurement after the loss.
    before: Option<i64>,
    /// The gap to which it belongs: the newest one, if it stayed open over several.
    gap: u64,
    /// Everything was asked for already; it only waits for its end.
    settled: bool,
}

/// What was delivered of one signal, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signal {
    newest: i64,
    /// Oldest first; only the last one may have no end.
    holes: Vec<Hole>,
}

impl Default for Signal {
    fn default() -> Signal {
        Signal { newest: NEVER, holes: Vec::new() }
    }
}

/// The signals of a subscription by their row in its signal index cache.
#[derive(Debug, Default)]
pub(super) struct Holes {
    ids: Vec<Uuid>,
    signals: Vec<Signal>,
    /// What is known of signals from an earlier run, before any cache named them.
    earlier: Signal,
    /// Signals whose last hole has no end yet. While there are none, live measurements need no
    /// closer look.
    open: usize,
}

impl Holes {
    pub(super) fn row_of_each(&self) -> HashMap<Uuid, u32> {
        self.ids.iter().copied().zip(0..).collect()
    }

    pub(super) fn has_open(&self) -> bool {
        self.open > 0
    }

    /// Other rows from now on; what is known of signals that stay is kept.
    pub(super) fn use_signals(&mut self, ids: Vec<Uuid>) {
        if ids == self.ids {
            return;
        }
        let mut known: HashMap<Uuid, Signal> =
            self.ids.drain(..).zip(std::mem::take(&mut self.signals)).collect();
        self.signals =
            ids.iter().map(|id| known.remove(id).unwrap_or_else(|| self.earlier.clone())).collect();
        self.ids = ids;
        self.open = self.signals.iter_mut().filter_map(Signal::open_hole).count();
    }

    /// An earlier run delivered everything up to `newest`.
    pub(super) fn resume_after(&mut self, newest: i64) {
        self.earlier.newest = newest;
    }

    /// An earlier run missed what lies between these times.
    pub(super) fn resume_gap(&mut self, after: i64, before: i64, gap: u64) {
        self.earlier.holes.push(Hole { after, before: Some(before), gap, settled: false });
    }

    /// The newest time delivered of any signal.
    pub(super) fn newest(&self) -> Option<i64> {
        self.signals.iter().map(|signal| signal.newest).max().filter(|newest| *newest != NEVER)
    }

    /// Live measurements stop, which is gap number `gap`: what follows the newest one of each
    /// signal is missing.
    pub(super) fn open_all(&mut self, gap: u64) {
        for signal in &mut self.signals {
            match signal.open_hole() {
                Some(hole) => (hole.gap, hole.settled) = (gap, false),
                None => {
                    let after = signal.newest;
                    signal.holes.push(Hole { after, before: None, gap, settled: false });
                }
            }
        }
        self.open = self.signals.len();
    }

    /// A live measurement while nothing is open.
    pub(super) fn note(&mut self, row: u32, time: i64) {
        if let Some(signal) = self.signals.get_mut(row as usize) {
            signal.newest = signal.newest.max(time);
        }
    }

    /// A live measurement, which ends an open hole of its signal. False when it was recovered
    /// before and must not be delivered again.
    pub(super) fn close(&mut self, row: u32, time: i64) -> bool {
        let Some(signal) = self.signals.get_mut(row as usize) else { return true };
        let newest = signal.newest;
        if let Some(hole) = signal.open_hole() {
            if time <= hole.after {
                return time <= newest;
            }
            hole.before = Some(time);
            self.open -= 1;
            if hole.settled {
                signal.holes.pop();
            }
        }
        signal.newest = signal.newest.max(time);
        true
    }

    /// A recovered measurement. True when it was missing; then it is not any more, nor is
    /// anything before it in its hole.
    pub(super) fn fill(&mut self, row: u32, time: i64) -> bool {
        let Some(signal) = self.signals.get_mut(row as usize) else { return false };
        for hole in &mut signal.holes {
            if hole.after < time && hole.before.is_none_or(|before| time < before) {
                hole.after = time;
                return true;
            }
        }
        false
    }

    /// Everything up to gap number `gap` was asked for, or is given up: what is still missing of
    /// it is not missed any more.
    pub(super) fn settle(&mut self, gap: u64) {
        for signal in self.signals.iter_mut().chain([&mut self.earlier]) {
            signal.holes.retain_mut(|hole| {
                hole.settled |= hole.gap <= gap;
                hole.before.is_none() || !hole.settled
            });
        }
    }
}

impl Signal {
    fn open_hole(&mut self) -> Option<&mut Hole> {
        self.holes.last_mut().filter(|hole| hole.before.is_none())
    }
}
