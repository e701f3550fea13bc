//! Which gaps there are, and which of them is being recovered.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::holes::Holes;
use super::{RecoverySettings, RecoveryStatistics};
use crate::codec::SignalIndexCache;
use crate::{Measurement, Ticks};

/// Row of a recovered signal that the live subscription does not have.
const NO_ROW: u32 = u32::MAX;

/// A span of time to ask for, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First time wanted.
    pub start: Ticks,
    /// Last time wanted.
    pub stop: Ticks,
}

/// What is to be done about gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Ask for this window on a connection of its own; recovery of it is under way from here on.
    Recover(Window),
    /// The recovery under way brought nothing for too long and is abandoned: close its connection.
    GaveUp,
}

/// A gap with both its ends.
#[derive(Debug, Clone, Copy)]
struct Gap {
    number: u64,
    /// Newest time that was delivered of it, or before it.
    start: i64,
    /// Time of the first measurement after it.
    stop: i64,
    /// When to ask for it.
    ready_at: Instant,
}

/// Finds gaps in live measurements and sorts out what is recovered of them.
///
/// The driver hands in every live measurement before the application gets it, and tells of lost
/// connections. It calls [`handle_timeout`](Self::handle_timeout) when that is due, polls what to
/// recover, on one connection at a time, and hands in what that one delivers.
pub struct GapRecovery {
    settings: RecoverySettings,
    holes: Holes,
    gaps: u64,
    /// Where the gap begins that has no end yet.
    lost_at: Option<i64>,
    waiting: VecDeque<Gap>,
    running: Option<Running>,
    output: Option<Output>,
    statistics: RecoveryStatistics,
}

/// A recovery under way.
struct Running {
    gap: Gap,
    /// Row of the live subscription for each row of the recovering one.
    rows: Vec<u32>,
    newest: i64,
    quiet_since: Instant,
}

impl GapRecovery {
    /// Nothing received, nothing missing.
    pub fn new(settings: RecoverySettings) -> GapRecovery {
        GapRecovery {
            settings,
            holes: Holes::default(),
            gaps: 0,
            lost_at: None,
            waiting: VecDeque::new(),
            running: None,
            output: None,
            statistics: RecoveryStatistics::default(),
        }
    }

    /// Counts since this was last asked.
    pub fn take_statistics(&mut self) -> RecoveryStatistics {
        std::mem::take(&mut self.statistics)
    }

    /// A gap that an earlier run left, from the newest time that it received to the first one
    /// after the gap; without a `stop` it ends with the first live measurement. What is recovered
    /// may repeat what the earlier run delivered shortly before its end. Call it before the first
    /// cache is used.
    pub fn resume(&mut self, start: Ticks, stop: Option<Ticks>, now: Instant) {
        self.gaps += 1;
        self.statistics.gaps += 1;
        let (number, start) = (self.gaps, start.value());
        match stop.map(Ticks::value) {
            Some(stop) => {
                self.holes.resume_gap(start, stop, number);
                self.waiting.push_back(Gap { number, start, stop, ready_at: now });
            }
            None => {
                self.holes.resume_after(start);
                self.lost_at = Some(start);
            }
        }
    }

    /// Rows of live measurements are those of this cache from now on.
    pub fn use_cache(&mut self, cache: &SignalIndexCache) {
        self.holes.use_signals(signal_ids(cache).collect());
        if self.lost_at.is_some() {
            self.holes.open_all(self.gaps);
        }
    }

    /// The live connection is lost, and with it the recovery under way.
    pub fn lost(&mut self, now: Instant) {
        self.interrupted(now);
        let Some(newest) = self.holes.newest() else { return };
        if self.lost_at.is_none() {
            self.lost_at = Some(newest);
            self.gaps += 1;
            self.statistics.gaps += 1;
        }
        self.holes.open_all(self.gaps);
    }

    /// The application wants other signals, or none: nothing is missed any more.
    pub fn forget(&mut self) {
        *self =
            GapRecovery { statistics: self.statistics, gaps: self.gaps, ..GapRecovery::new(self.settings) };
    }

    /// Live measurements of one packet. Returns those that were not recovered before; `kept` is
    /// room for them.
    pub fn live<'a>(
        &mut self,
        measurements: &'a [Measurement],
        now: Instant,
        kept: &'a mut Vec<Measurement>,
    ) -> &'a [Measurement] {
        if !self.holes.has_open() {
            for measurement in measurements {
                self.holes.note(measurement.signal_index, measurement.timestamp.value());
            }
            return measurements;
        }
        kept.clear();
        let holes = &mut self.holes;
        kept.extend(
            measurements
                .iter()
                .filter(|measurement| holes.close(measurement.signal_index, measurement.timestamp.value())),
        );
        if let Some(first) = measurements.first() {
            self.end_gap(first.timestamp, now);
        }
        kept
    }

    /// The first live measurement after a loss.
    fn end_gap(&mut self, first: Ticks, now: Instant) {
        let Some(start) = self.lost_at.take() else { return };
        let (number, stop, settings) = (self.gaps, first.value(), &self.settings);
        let span = stop.saturating_sub(start);
        if span < ticks(settings.minimum_span) || span > ticks(settings.maximum_span) {
            self.statistics.gaps_abandoned += 1;
            self.holes.settle(number);
        } else {
            self.waiting.push_back(Gap { number, start, stop, ready_at: now + settings.start_delay });
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn deadline(&self) -> Option<Instant> {
        match &self.running {
            Some(running) => Some(running.quiet_since + self.settings.monitor_interval),
            None => self.waiting.front().map(|gap| gap.ready_at),
        }
    }

    /// Does what is due. `may_begin` tells whether measurements of the present flow, so that the
    /// past may be asked for.
    pub fn handle_timeout(&mut self, may_begin: bool, now: Instant) {
        if let Some(running) = &self.running {
            if now >= running.quiet_since + self.settings.monitor_interval {
                self.abandoned();
                self.output = Some(Output::GaveUp);
            }
        } else if may_begin && let Some(gap) = self.waiting.pop_front_if(|gap| gap.ready_at <= now) {
            self.running = Some(Running { gap, rows: Vec::new(), newest: gap.start, quiet_since: now });
            let start = gap.start.saturating_sub(ticks(self.settings.start_buffer)).max(0);
            let stop = gap.stop.saturating_add(ticks(self.settings.end_buffer)).min(Ticks::MAX.0);
            self.output = Some(Output::Recover(Window { start: Ticks(start), stop: Ticks(stop) }));
        }
    }

    /// What is to be done, once.
    pub fn poll(&mut self) -> Option<Output> {
        self.output.take()
    }

    /// Rows of recovered measurements are those of this cache from now on.
    pub fn use_recovery_cache(&mut self, cache: &SignalIndexCache) {
        if let Some(running) = &mut self.running {
            let live = self.holes.row_of_each();
            running.rows = signal_ids(cache).map(|id| live.get(&id).copied().unwrap_or(NO_ROW)).collect();
        }
    }

    /// Recovered measurements of one packet. Puts those that are missing into `kept`, with the rows
    /// of the live subscription.
    pub fn recovered(&mut self, measurements: &[Measurement], now: Instant, kept: &mut Vec<Measurement>) {
        kept.clear();
        let Some(running) = &mut self.running else { return };
        running.quiet_since = now;
        for measurement in measurements {
            let row = running.rows.get(measurement.signal_index as usize).copied().unwrap_or(NO_ROW);
            running.newest = running.newest.max(measurement.timestamp.value());
            if self.holes.fill(row, measurement.timestamp.value()) {
                kept.push(Measurement { signal_index: row, ..*measurement });
            }
        }
        self.statistics.measurements_recovered += kept.len() as u64;
    }

    /// The publisher has sent everything of the window.
    pub fn completed(&mut self) {
        if let Some(running) = self.running.take() {
            self.holes.settle(running.gap.number);
            self.statistics.gaps_recovered += 1;
        }
    }

    /// The recovery broke off: the rest of its window is asked for again, not before `retry_at`.
    pub fn interrupted(&mut self, retry_at: Instant) {
        if let Some(Running { gap, newest, .. }) = self.running.take() {
            let start = newest.min(gap.stop);
            self.waiting.push_front(Gap { start, ready_at: retry_at, ..gap });
        }
    }

    /// The publisher refuses: the gap is given up.
    pub fn abandoned(&mut self) {
        if let Some(running) = self.running.take() {
            self.holes.settle(running.gap.number);
            self.statistics.gaps_abandoned += 1;
        }
    }

    /// Gaps that are still to be recovered, oldest first; the last one may have no end yet.
    pub fn gaps(&self) -> impl Iterator<Item = (Ticks, Option<Ticks>)> {
        let running = self.running.iter().map(|running| (running.newest.min(running.gap.stop), running.gap));
        let waiting = self.waiting.iter().map(|gap| (gap.start, *gap));
        let ended = running.chain(waiting).map(|(start, gap)| (Ticks(start), Some(Ticks(gap.stop))));
        ended.chain(self.lost_at.map(|start| (Ticks(start), None)))
    }

    /// The newest time that was delivered.
    pub fn newest(&self) -> Option<Ticks> {
        self.holes.newest().map(Ticks)
    }
}

fn signal_ids(cache: &SignalIndexCache) -> impl Iterator<Item = Uuid> {
    cache.records().iter().map(|record| record.signal_id)
}

fn ticks(span: Duration) -> i64 {
    i64::try_from(span.as_nanos() / 100).unwrap_or(i64::MAX)
}
