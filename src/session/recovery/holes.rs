//! What is missing of each signal of a subscription.

use std::collections::HashMap;

use uuid::Uuid;

use super::RecoverySettings;
use super::earlier::Earlier;
use super::logged::{LoggedGap, open_gaps};
use super::signal::{Arrival, Hole, Live, Signal, Stage, is_near};
use super::windows::Span;

/// The signals of a subscription by their row in its signal index cache.
#[derive(Debug, Default)]
pub(super) struct Holes {
    ids: Vec<Uuid>,
    signals: Vec<Signal>,
    /// What is known of signals from an earlier run, before any cache named them.
    pub(super) earlier: Earlier,
    /// Signals of which something may be missing. While there are none, live measurements need no closer look.
    with_holes: usize,
}

impl Holes {
    pub(super) fn row_of_each(&self) -> HashMap<Uuid, u32> {
        self.ids.iter().copied().zip(0..).collect()
    }

    pub(super) fn has_holes(&self) -> bool {
        self.with_holes > 0
    }

    /// Other rows from now on; what is known of signals that stay is kept. Of others everything is missing while
    /// the connection is lost.
    pub(super) fn use_signals(&mut self, ids: Vec<Uuid>, is_lost: bool, now: i64) {
        if ids != self.ids {
            let mut known: HashMap<Uuid, Signal> =
                self.ids.drain(..).zip(std::mem::take(&mut self.signals)).collect();
            let new = |id: &Uuid| Signal::new(self.earlier.holes(id));
            self.signals = ids.iter().map(|id| known.remove(id).unwrap_or_else(|| new(id))).collect();
            self.ids = ids;
        }
        if is_lost {
            self.lose(now);
        }
        self.look_for_holes();
    }

    fn look_for_holes(&mut self) {
        self.with_holes = self.signals.iter().filter(|signal| !signal.holes.is_empty()).count();
    }

    /// Live measurements stop: what follows the newest one of each signal is missing.
    pub(super) fn lose(&mut self, now: i64) {
        let mut clocks: Vec<i64> =
            self.signals.iter().filter_map(|signal| signal.clock(now)).map(|(place, _)| place).collect();
        let middle = clocks.len() / 2;
        let middle = (!clocks.is_empty()).then(|| *clocks.select_nth_unstable(middle).1);
        self.signals.iter_mut().for_each(|signal| signal.lose(now, middle));
        self.look_for_holes();
    }

    /// Whether anything was ever delivered.
    pub(super) fn knows_any(&self) -> bool {
        self.signals.iter().any(Signal::is_known)
    }

    /// A live measurement while nothing is missing.
    #[inline]
    pub(super) fn note(&mut self, row: u32, time: i64, received: i64) {
        if let Some(signal) = self.signals.get_mut(row as usize) {
            signal.note(time, received);
        }
    }

    /// A live measurement while something is missing.
    pub(super) fn live(&mut self, row: u32, time: i64, at: Arrival, settings: &RecoverySettings) -> Live {
        let Some(signal) = self.signals.get_mut(row as usize) else { return Live::New };
        if !signal.is_known()
            && self.earlier.goes_on()
            && let Some(start) = self.earlier.start_of(&self.ids[row as usize], time, settings)
        {
            signal.resume(start);
        }
        signal.live(time, at)
    }

    /// A recovered measurement. True when it was missing.
    pub(super) fn fill(&mut self, row: u32, time: i64) -> bool {
        self.signals.get_mut(row as usize).is_some_and(|signal| signal.fill(time))
    }

    /// What a signal misses since the last loss, if nobody was asked for that yet.
    pub(super) fn ended(&mut self, row: u32) -> Option<&mut Hole> {
        self.signals.get_mut(row as usize)?.ended()
    }

    /// The same of all signals.
    pub(super) fn all_ended(&mut self) -> impl Iterator<Item = &mut Hole> {
        self.signals.iter_mut().filter_map(Signal::ended)
    }

    /// Removes what is missing of one signal since the last loss, because it was asked for already.
    pub(super) fn drop_ended_of(&mut self, row: u32) {
        if let Some(signal) = self.signals.get_mut(row as usize) {
            signal.holes.pop();
            if signal.holes.is_empty() {
                self.with_holes = self.with_holes.saturating_sub(1);
            }
        }
    }

    /// Removes the holes for which there is no gap.
    pub(super) fn drop_ended(&mut self) {
        for signal in &mut self.signals {
            signal.holes.retain(|hole| !matches!(hole.stage, Stage::Ended(_)));
        }
        self.look_for_holes();
    }

    /// Everything of a gap was asked for, or is given up: what is still missing of it is not missed any more.
    pub(super) fn settle(&mut self, gap: u64, asked_for: Span) {
        self.earlier.settle(gap);
        for signal in &mut self.signals {
            signal.holes.retain_mut(|hole| {
                hole.note_asked(asked_for);
                hole.stage != Stage::Asked(gap)
            });
        }
        self.look_for_holes();
    }

    /// The signals that miss some of a gap, unless they are most of all.
    pub(super) fn named(&self, gap: u64) -> Vec<Uuid> {
        if let Some(named) = self.earlier.named(gap) {
            return named;
        }
        let misses = |signal: &Signal| signal.holes.iter().any(|hole| hole.stage == Stage::Asked(gap));
        let missing = self.ids.iter().zip(&self.signals).filter(|(_, signal)| misses(signal));
        let named: Vec<Uuid> = missing.map(|(id, _)| *id).collect();
        if named.len() * 2 > self.ids.len() { Vec::new() } else { named }
    }

    /// What would be missing if the program ended now, beside the gaps that have ended.
    pub(super) fn open_gaps(&self, now: i64) -> Vec<LoggedGap> {
        let place = |(id, signal): (&Uuid, &Signal)| {
            let earlier = || self.earlier.first_start_of(id).map(|start| (start, true));
            Some((signal.place(now).or_else(earlier)?, *id))
        };
        let places = self.ids.iter().zip(&self.signals).filter_map(place);
        let (certain, uncertain): (Vec<_>, Vec<_>) = places.partition(|((_, is_certain), _)| *is_certain);
        let mut clocks: Vec<i64> = certain.iter().map(|((place, _), _)| *place).collect();
        clocks.sort_unstable();
        // A slow signal stands where others do whose clocks agree.
        let stands_alone = |place: i64| {
            let next = clocks.partition_point(|clock| *clock < place);
            let neighbours = clocks[next.saturating_sub(1)..].iter().take(2);
            !neighbours.into_iter().any(|clock| is_near(*clock, place))
        };
        let alone = uncertain.into_iter().filter(|((place, _), _)| stands_alone(*place));
        open_gaps(certain.into_iter().chain(alone).map(|((place, _), id)| (place, id)))
    }
}
