//! Which gaps there are, and which of them is being recovered.

use std::collections::VecDeque;
use std::time::Instant;

use uuid::Uuid;

use super::given_up::{GivenUp, Reason, Recovered};
use super::holes::Holes;
use super::logged::{LoggedGap, MAX_NAMED};
use super::signal::{Arrival, Live, Stage};
use super::windows::{Span, Window, cover, ticks};
use super::{RecoverySettings, RecoveryStatistics};
use crate::codec::SignalIndexCache;
use crate::{Measurement, Ticks};

/// Row of a recovered signal that the live subscription does not have.
const NO_ROW: u32 = u32::MAX;
/// Gaps that may wait to be recovered. The oldest is given up when there are more.
const MAX_WAITING: usize = 256;

/// What is to be done about gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Ask for this window on a connection of its own; recovery of it is under way from here on.
    Recover(Window),
    /// This gap is not recovered: say so.
    GivenUp(GivenUp),
    /// The same, of the one whose recovery is under way: close its connection.
    Stop(GivenUp),
}

/// A gap with both its ends.
#[derive(Debug, Clone, Copy)]
struct Gap {
    number: u64,
    /// From the newest time that was delivered to the first one after the gap.
    span: Span,
    signals: u64,
    /// When to ask for it.
    ready_at: Instant,
}

impl Gap {
    fn given_up(&self, reason: Reason) -> GivenUp {
        let Span { start, stop } = self.span;
        GivenUp { start: Ticks(start), stop: Ticks(stop), signals: self.signals, reason }
    }
}

/// A gap of the last loss, and whether everything of it was asked for.
#[derive(Debug, Clone, Copy)]
struct Covered {
    number: u64,
    /// What is asked for, more than the gap.
    span: Span,
    is_done: bool,
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
    /// Where the monotonic clock is counted from.
    base: Option<Instant>,
    /// When the last live measurement was received.
    received: i64,
    /// The connection is lost, and nothing has come since.
    is_lost: bool,
    /// The loss was counted as a gap, which none of those found since was.
    is_counted: bool,
    /// When the first live measurement after the last loss was received.
    resumed: i64,
    /// When to find the gaps of signals that have come back.
    ended: Option<Instant>,
    covered: Vec<Covered>,
    waiting: VecDeque<Gap>,
    running: Option<Running>,
    outputs: VecDeque<Output>,
    statistics: RecoveryStatistics,
}

/// A recovery under way.
struct Running {
    gap: Gap,
    /// Row of the live subscription for each row of the recovering one.
    rows: Vec<u32>,
    /// Up to where it came: a single wrong time does not count.
    reached: i64,
    measurements: u64,
    quiet_since: Instant,
}

impl GapRecovery {
    /// Nothing received, nothing missing.
    pub fn new(settings: RecoverySettings) -> GapRecovery {
        GapRecovery {
            settings,
            holes: Holes::default(),
            gaps: 0,
            base: None,
            received: 0,
            is_lost: false,
            is_counted: false,
            resumed: 0,
            ended: None,
            covered: Vec::new(),
            waiting: VecDeque::new(),
            running: None,
            outputs: VecDeque::new(),
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
    pub fn resume(&mut self, gap: LoggedGap, now: Instant) {
        let LoggedGap { start: Ticks(start), stop, signals } = gap;
        match stop {
            Some(Ticks(stop)) => {
                self.statistics.gaps += 1;
                let span = Span { start, stop };
                let number = self.wait_for(span, signals.len() as u64, now);
                match span.fault(&self.settings) {
                    Some(reason) => self.give_up_waiting(reason),
                    None => self.holes.earlier.ended(span, number, signals),
                }
            }
            None => {
                self.holes.earlier.begins(start, signals);
                self.count_loss();
                self.is_lost = true;
            }
        }
    }

    fn count_loss(&mut self) {
        if !std::mem::replace(&mut self.is_counted, true) {
            self.statistics.gaps += 1;
        }
    }

    fn wait_for(&mut self, span: Span, signals: u64, ready_at: Instant) -> u64 {
        self.gaps += 1;
        self.waiting.push_back(Gap { number: self.gaps, span, signals, ready_at });
        self.gaps
    }

    /// Gives up the gap that was added last.
    fn give_up_waiting(&mut self, reason: Reason) {
        if let Some(gap) = self.waiting.pop_back() {
            self.give_up(gap.given_up(reason));
        }
    }

    fn give_up(&mut self, gap: GivenUp) {
        self.statistics.gaps_abandoned += 1;
        self.outputs.push_back(Output::GivenUp(gap));
    }

    fn elapsed(&mut self, now: Instant) -> i64 {
        ticks(now.saturating_duration_since(*self.base.get_or_insert(now)))
    }

    /// Rows of live measurements are those of this cache from now on.
    pub fn use_cache(&mut self, cache: &SignalIndexCache) {
        self.holes.use_signals(signal_ids(cache).collect(), self.is_lost, self.received);
    }

    /// The live connection is lost, and with it the recovery under way.
    pub fn lost(&mut self, now: Instant) {
        self.interrupted(now);
        self.find_gaps(now);
        if self.is_lost || !self.holes.knows_any() {
            return;
        }
        self.is_lost = true;
        self.is_counted = false;
        self.count_loss();
        self.covered.clear();
        self.holes.lose(self.received);
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
        if measurements.is_empty() {
            return measurements;
        }
        self.received = self.elapsed(now);
        if std::mem::take(&mut self.is_lost) {
            self.resumed = self.received;
        }
        if !self.holes.has_holes() {
            for measurement in measurements {
                self.holes.note(measurement.signal_index, measurement.timestamp.value(), self.received);
            }
            return measurements;
        }
        kept.clear();
        let at = Arrival { received: self.received, resumed: self.resumed };
        for measurement in measurements {
            let (row, time) = (measurement.signal_index, measurement.timestamp.value());
            match self.holes.live(row, time, at, &self.settings) {
                Live::Repeated => continue,
                Live::New => {}
                Live::Ends => self.hole_ended(row, now),
                Live::WentBack(Span { start, stop }) => {
                    self.went_back(GivenUp {
                        start: Ticks(start),
                        stop: Ticks(stop),
                        signals: 1,
                        reason: Reason::WentBack,
                    });
                }
            }
            kept.push(*measurement);
        }
        kept
    }

    /// A signal has come back, with those that did so with it, or later.
    fn hole_ended(&mut self, row: u32, now: Instant) {
        let Some(hole) = self.holes.ended(row) else { return };
        let Stage::Ended(Some(span)) = hole.stage else {
            self.ended.get_or_insert(now + self.settings.start_delay);
            return;
        };
        match self.covered.iter().find(|gap| gap.span.covers(span)) {
            Some(gap) if gap.is_done => self.holes.drop_ended_of(row),
            Some(gap) => hole.stage = Stage::Asked(gap.number),
            None => {
                self.ended.get_or_insert(now + self.settings.start_delay);
            }
        }
    }

    /// Several signals of one device go back together.
    fn went_back(&mut self, gap: GivenUp) {
        if let Some(Output::GivenUp(last)) = self.outputs.back_mut()
            && last.reason == gap.reason
        {
            (last.start, last.stop) = (last.start.max(gap.start), last.stop.min(gap.stop));
            last.signals += 1;
            return;
        }
        self.give_up(gap);
    }

    /// Makes gaps of what signals miss that have come back.
    fn find_gaps(&mut self, now: Instant) {
        if self.ended.take().is_none() {
            return;
        }
        let spans = self.holes.all_ended().filter_map(|hole| match hole.stage {
            Stage::Ended(span) => span,
            Stage::Open { .. } | Stage::Asked(_) => None,
        });
        let (windows, given_up) = cover(spans.collect(), &self.settings);
        let given_up = given_up.into_iter().chain(self.holes.earlier.given_up(&self.settings));
        let given_up: Vec<GivenUp> = given_up.collect();
        let found = (windows.len() + given_up.len()) as u64;
        // The loss was counted when it happened.
        self.statistics.gaps += found - u64::from(found > 0 && std::mem::take(&mut self.is_counted));
        given_up.into_iter().for_each(|gap| self.give_up(gap));
        let first = self.gaps + 1;
        for (span, signals) in &windows {
            let number = self.wait_for(*span, *signals, now);
            let asked_for = span.with_buffers(&self.settings);
            self.covered.push(Covered { number, span: asked_for, is_done: false });
        }
        let largest = (first..).zip(&windows).max_by_key(|(_, (_, signals))| *signals);
        let largest = largest.map(|(number, _)| number);
        for hole in self.holes.all_ended() {
            let Stage::Ended(missing) = hole.stage else { continue };
            let number = match missing {
                Some(missing) => {
                    let mut numbered = (first..).zip(&windows);
                    numbered.find(|(_, (span, _))| span.covers(missing)).map(|(number, _)| number)
                }
                // Of a signal that was never received before, whatever is asked for.
                None => largest,
            };
            if let Some(number) = number {
                hole.stage = Stage::Asked(number);
            }
        }
        self.holes.drop_ended();
        while self.waiting.len() > MAX_WAITING
            && let Some(gap) = self.waiting.pop_front()
        {
            self.settle(gap);
            self.give_up(gap.given_up(Reason::TooMany));
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn deadline(&self) -> Option<Instant> {
        let recovery = match &self.running {
            Some(running) => Some(running.quiet_since + self.settings.monitor_interval),
            None => self.waiting.iter().map(|gap| gap.ready_at).min(),
        };
        recovery.into_iter().chain(self.ended).min()
    }

    /// Does what is due. `may_begin` tells whether measurements of the present flow, so that the
    /// past may be asked for.
    pub fn handle_timeout(&mut self, may_begin: bool, now: Instant) {
        if self.ended.is_some_and(|due| due <= now) {
            self.find_gaps(now);
        }
        if let Some(running) = &self.running {
            if now >= running.quiet_since + self.settings.monitor_interval {
                let gap = self.abandoned(Reason::Silent(self.settings.monitor_interval));
                self.outputs.extend(gap.map(Output::Stop));
            }
        } else if may_begin && let Some(gap) = self.waiting.pop_front_if(|gap| gap.ready_at <= now) {
            let (rows, reached) = (Vec::new(), gap.span.start);
            self.running = Some(Running { gap, rows, reached, measurements: 0, quiet_since: now });
            let Span { start, stop } = gap.span.with_buffers(&self.settings);
            let (start, stop) = (Ticks(start.max(0)), Ticks(stop.min(Ticks::MAX.0)));
            self.outputs.push_back(Output::Recover(Window { start, stop }));
        }
    }

    /// What is to be done, once.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
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
            if self.holes.fill(row, measurement.timestamp.value()) {
                kept.push(Measurement { signal_index: row, ..*measurement });
            }
        }
        let times = measurements.iter().map(|measurement| measurement.timestamp.value());
        running.reached = running.reached.max(times.min().unwrap_or(running.reached));
        running.measurements += kept.len() as u64;
        self.statistics.measurements_recovered += kept.len() as u64;
    }

    /// The publisher has sent everything of the window.
    pub fn completed(&mut self) -> Option<Recovered> {
        let Running { gap, measurements, .. } = self.running.take()?;
        self.settle(gap);
        self.statistics.gaps_recovered += 1;
        let Span { start, stop } = gap.span;
        Some(Recovered { start: Ticks(start), stop: Ticks(stop), measurements })
    }

    /// The recovery broke off: the rest of its window is asked for again, not before `retry_at`.
    pub fn interrupted(&mut self, retry_at: Instant) {
        if let Some(Running { mut gap, reached, .. }) = self.running.take() {
            gap.span.start = reached.min(gap.span.stop);
            gap.ready_at = retry_at;
            self.waiting.push_front(gap);
        }
    }

    /// The gap whose recovery is under way is given up.
    pub fn abandoned(&mut self, reason: Reason) -> Option<GivenUp> {
        let Running { gap, .. } = self.running.take()?;
        self.settle(gap);
        self.statistics.gaps_abandoned += 1;
        Some(gap.given_up(reason))
    }

    /// What is missing of a gap is not missed any more.
    fn settle(&mut self, gap: Gap) {
        let asked_for = gap.span.with_buffers(&self.settings);
        for covered in self.covered.iter_mut().filter(|covered| covered.number == gap.number) {
            covered.is_done = true;
        }
        self.holes.settle(gap.number, asked_for);
    }

    /// Gaps that are still to be recovered, and from where on there would be more if the program ended now.
    pub fn gaps(&self, now: Instant) -> Vec<LoggedGap> {
        let running = self.running.iter().map(|running| {
            let span = Span { start: running.reached.min(running.gap.span.stop), ..running.gap.span };
            Gap { span, ..running.gap }
        });
        let mut named = 0;
        let ended = running.chain(self.waiting.iter().copied()).map(|gap| {
            let mut signals = self.holes.named(gap.number);
            if named + signals.len() > MAX_NAMED {
                signals.clear();
            }
            named += signals.len();
            LoggedGap { start: Ticks(gap.span.start), stop: Some(Ticks(gap.span.stop)), signals }
        });
        let mut gaps: Vec<LoggedGap> = ended.collect();
        if self.holes.knows_any() {
            let now = self.base.map_or(0, |base| ticks(now.saturating_duration_since(base)));
            gaps.extend(self.holes.open_gaps(if self.is_lost { self.received } else { now }));
        } else {
            gaps.extend(self.holes.earlier.logged());
        }
        gaps
    }
}

fn signal_ids(cache: &SignalIndexCache) -> impl Iterator<Item = Uuid> {
    cache.records().iter().map(|record| record.signal_id)
}
