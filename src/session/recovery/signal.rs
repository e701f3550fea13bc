//! What was delivered of one signal, and what is missing.

use super::windows::Span;
use crate::Ticks;

/// Time of a signal of which nothing was delivered.
pub(super) const NEVER: i64 = i64::MIN;
/// Where a hole ends whose end is not known.
const OPEN: i64 = i64::MAX;
/// Times further apart are of another clock, or wrong.
const APART: i64 = 60 * Ticks::PER_SECOND;
/// A signal from which nothing has come for so long is a slow one: its time has gone on since.
const SLOW: i64 = 10 * Ticks::PER_SECOND;
/// What comes after a hole, and again so much later, is not the end of the hole yet: a publisher that has recovered
/// something itself sends it between what it has live.
const LEAP: i64 = Ticks::PER_SECOND;
/// Pieces of a hole that are told apart. Of a hole in more pieces the oldest are not filled any more, or the narrowest.
const MAX_PIECES: usize = 16;

/// A signal, by its own times and by when it was received: ticks on the monotonic clock.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    /// Newest time, other than one that was soon found to be wrong.
    newest: i64,
    /// When it was received.
    received: i64,
    /// Time between the newest one and the one before it; 0 when that is not known.
    step: i64,
    /// The last time that is far from the newest one: one of them is wrong.
    doubtful: i64,
    /// What is missing, oldest first; only the last one may go on.
    pub(super) holes: Vec<Hole>,
}

/// What was missed by one lost connection.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// Times between the two of each piece, both excluded, are missing.
    pieces: Vec<(i64, i64)>,
    /// Usual time between two measurements, live or recovered; 0 when that is not known.
    step: i64,
    /// Where the clock stood when it began, if that is known: for certain, or from how long ago the last
    /// measurement was received.
    begin: Option<(i64, bool)>,
    /// A time from long before it, the last one that has come since.
    back: i64,
    pub(super) stage: Stage,
}

/// What becomes of a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing has come since the loss. What was missed when it began may have been asked for.
    Open { asked: bool },
    /// It belongs to no gap yet. Where it begins is not known of a signal that came for the first time.
    Ended(Option<Span>),
    /// It belongs to a gap.
    Asked(u64),
}

/// When something was received, and since when the connection is back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    pub(super) received: i64,
    pub(super) resumed: i64,
}

/// What a live measurement is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// It is to be delivered.
    New,
    /// The same, and it ends a hole.
    Ends,
    /// The same. The hole has no end, because the clock went back.
    WentBack(Span),
    /// It was recovered already.
    Repeated,
}

impl Signal {
    /// A signal of which nothing was received, and of which an earlier run left this.
    pub(super) fn new(holes: Vec<Hole>) -> Signal {
        Signal { newest: NEVER, received: 0, step: 0, doubtful: NEVER, holes }
    }

    pub(super) fn is_known(&self) -> bool {
        self.newest != NEVER
    }

    /// Up to where nothing is missing, and whether that is known for certain: for a signal that is slow it
    /// is not.
    pub(super) fn place(&self, now: i64) -> Option<(i64, bool)> {
        match self.holes.last() {
            Some(Hole { begin, stage: Stage::Open { .. } | Stage::Ended(_), .. }) => *begin,
            _ => self.clock(now),
        }
    }

    /// Where its clock stands.
    pub(super) fn clock(&self, now: i64) -> Option<(i64, bool)> {
        let idle = idle(now.saturating_sub(self.received));
        self.is_known().then(|| (self.newest.saturating_add(idle), idle == 0))
    }

    /// A measurement was delivered.
    #[inline]
    pub(super) fn note(&mut self, time: i64, received: i64) {
        let step = time.wrapping_sub(self.newest);
        if (0..=APART).contains(&step) {
            (self.newest, self.received, self.step, self.doubtful) = (time, received, step, NEVER);
        } else {
            self.note_unusual(time, received);
        }
    }

    #[cold]
    fn note_unusual(&mut self, time: i64, received: i64) {
        if time > self.newest {
            (self.newest, self.received, self.doubtful) = (time, received, self.newest);
        } else if is_near(time, self.newest) {
            // It is late.
        } else if received.saturating_sub(self.received) > SLOW {
            (self.newest, self.received, self.doubtful) = (time, received, NEVER);
        } else {
            self.doubtful = time;
        }
    }

    fn open_hole(&mut self) -> Option<&mut Hole> {
        self.holes.last_mut().filter(|hole| matches!(hole.stage, Stage::Open { .. }))
    }

    /// Live measurements stop. Of a signal that was never received, `others` tells where their clocks stand.
    pub(super) fn lose(&mut self, now: i64, others: Option<i64>) {
        let (after, step) = (self.newest, self.step);
        let begin = self.clock(now).or(others.map(|place| (place, false)));
        match self.open_hole() {
            None => {
                let (pieces, stage) = (vec![(after, OPEN)], Stage::Open { asked: false });
                self.holes.push(Hole { pieces, step, begin, back: NEVER, stage });
            }
            Some(hole) if hole.stage == (Stage::Open { asked: true }) => {
                (hole.begin, hole.stage) = (begin, Stage::Open { asked: false });
            }
            Some(_) => {}
        }
    }

    /// An earlier run received everything up to a time.
    pub(super) fn resume(&mut self, start: i64) {
        if let Some(hole) = self.open_hole() {
            (hole.pieces, hole.begin) = (vec![(start, OPEN)], Some((start, true)));
        }
    }

    /// A live measurement while something is missing.
    pub(super) fn live(&mut self, time: i64, at: Arrival) -> Live {
        let live = match self.holes.last().map(|hole| hole.stage) {
            Some(Stage::Open { .. }) => self.end_hole(time, at),
            Some(Stage::Ended(span)) => self.end_later(span, time, at),
            Some(Stage::Asked(_)) => {
                self.come_live(time);
                Live::New
            }
            None => Live::New,
        };
        if live != Live::Repeated {
            self.note(time, at.received);
        }
        live
    }

    /// The first measurement after a loss.
    fn end_hole(&mut self, time: i64, at: Arrival) -> Live {
        let (newest, doubtful) = (self.newest, self.doubtful);
        let Some(hole) = self.open_hole() else { return Live::New };
        let Some((after, before)) = hole.pieces.last_mut() else { return Live::New };
        if time <= *after {
            if is_near(time, *after) {
                if time > newest {
                    return Live::Repeated; // It was recovered already.
                }
                // It is late, and may be one of those that were missed earlier.
                self.come_live(time);
                return Live::New;
            }
            if hole.back != NEVER && is_near(time, hole.back) {
                let span = Span { start: *after, stop: time };
                self.holes.pop();
                return Live::WentBack(span);
            }
            if doubtful == NEVER || doubtful >= time {
                // Once is an accident.
                hole.back = time;
                return Live::New;
            }
            // The newest time before the loss was wrong.
            (*after, hole.begin) = (doubtful, Some((doubtful, true)));
        }
        *before = time;
        hole.stage = Stage::Ended(hole.begin.map(|(start, _)| Span { start, stop: end(start, time, at) }));
        Live::Ends
    }

    /// A further measurement after a loss, before anything is asked for.
    fn end_later(&mut self, span: Option<Span>, time: i64, at: Arrival) -> Live {
        let newest = self.newest;
        let Some(hole) = self.holes.last_mut() else { return Live::New };
        if time.saturating_sub(newest) > LEAP && hole.pieces.len() < MAX_PIECES {
            hole.pieces.push((newest, time));
            if let Some(span) = span {
                let stop = end(span.start, time, at).max(span.stop);
                hole.stage = Stage::Ended(Some(Span { stop, ..span }));
            }
        } else {
            self.come_live(time);
        }
        Live::New
    }

    /// A live measurement may be one of those that are missing.
    fn come_live(&mut self, time: i64) {
        self.holes.iter_mut().for_each(|hole| hole.come_live(time));
    }

    /// What it misses since the last loss, if nobody was asked for that yet. What seemed to end it may have had a
    /// wrong time.
    pub(super) fn ended(&mut self) -> Option<&mut Hole> {
        let (newest, doubtful) = (self.newest, self.doubtful);
        let hole = self.holes.last_mut()?;
        let Stage::Ended(span) = &mut hole.stage else { return None };
        if let (Some(span), Some((_, before))) = (span, hole.pieces.last()) {
            let stands = if doubtful > span.start { doubtful } else { newest };
            if stands > span.start && stands < *before && !is_near(stands, *before) {
                hole.pieces.pop();
                span.stop = stands;
            }
        }
        Some(hole)
    }

    /// A recovered measurement. True when it was missing.
    pub(super) fn fill(&mut self, time: i64) -> bool {
        // In each, because gaps of an outage log may overlap.
        let mut was_missing = false;
        for hole in &mut self.holes {
            was_missing |= hole.fill(time);
        }
        was_missing
    }
}

impl Hole {
    /// What an earlier run left.
    pub(super) fn of_gap(span: Span, gap: u64) -> Hole {
        Hole {
            pieces: vec![(span.start, span.stop)],
            step: 0,
            begin: None,
            back: NEVER,
            stage: Stage::Asked(gap),
        }
    }

    /// Everything in this span was asked for.
    pub(super) fn note_asked(&mut self, asked_for: Span) {
        if let (Stage::Open { asked }, Some((begin, _))) = (&mut self.stage, self.begin) {
            *asked |= (asked_for.start..=asked_for.stop).contains(&begin);
        }
    }

    /// The piece in which a time lies.
    fn piece_of(&self, time: i64) -> Option<usize> {
        self.pieces.iter().position(|(after, before)| *after < time && time < *before)
    }

    /// A recovered measurement is delivered, and with it what is before it; but not if more is missing in between than
    /// between two others, because some publishers have that later. True when it was missing.
    fn fill(&mut self, time: i64) -> bool {
        let Some(place) = self.piece_of(time) else { return false };
        let after = self.pieces[place].0;
        let step = time.saturating_sub(after);
        let usual = if self.step > 0 { self.step.saturating_mul(2) } else { LEAP };
        if after == NEVER || step <= usual {
            self.step = step;
            self.pieces[place].0 = time;
            return true;
        }
        self.split(place, time);
        if self.pieces.len() > MAX_PIECES {
            self.pieces.remove(0);
        }
        true
    }

    /// A live measurement is delivered, which may be one of those that are missing: a publisher sends them that has
    /// recovered them itself. It may as well be just out of order, and tells nothing of what is before it.
    fn come_live(&mut self, time: i64) {
        let Some(place) = self.piece_of(time) else { return };
        self.split(place, time);
        if self.pieces.len() > MAX_PIECES {
            // Nothing may be missing between what is so near to each other.
            let width = |(_, (after, before)): &(usize, &(i64, i64))| before.saturating_sub(*after);
            let narrowest = self.pieces.iter().enumerate().min_by_key(width);
            self.pieces.remove(narrowest.map_or(0, |(place, _)| place));
        }
    }

    /// What has this time is not missing any more.
    fn split(&mut self, place: usize, time: i64) {
        let after = std::mem::replace(&mut self.pieces[place].0, time);
        self.pieces.insert(place, (after, time));
    }
}

/// Where a clock stood when the connection came back, from a time that was received then or later.
fn end(start: i64, time: i64, at: Arrival) -> i64 {
    time.saturating_sub(idle(at.received.saturating_sub(at.resumed))).max(start)
}

/// How much a clock has gone on that was not heard of for so long.
fn idle(span: i64) -> i64 {
    if span > SLOW { span } else { 0 }
}

/// Whether two times can be of one clock.
pub(super) fn is_near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= APART as u64
}
