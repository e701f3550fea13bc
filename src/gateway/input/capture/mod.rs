//! Recorded traffic in place of a device: what it sent, again, at its pace.
//!
//! The file is read elsewhere than on the loop, a portion at a time and one portion ahead of what is played.

mod file;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Ticks;
use crate::c37118::capture::CapturedFrame;
use crate::c37118::{Frame, restamp};
use crate::engine::{Elsewhere, Job, JobError};
use crate::error::Error;
use crate::settings::{C37118CaptureSettings, CaptureTimes};
use file::{Portion, Reader};

/// How long frames wait at most for what they are wanted for.
const LONGEST_HOLD: Duration = Duration::from_secs(5);
/// How often it is looked whether they still have to.
const HOLD_STEP: Duration = Duration::from_millis(5);

/// Plays a capture.
pub(super) struct Player {
    settings: C37118CaptureSettings,
    id_code: u16,
    state: State,
    played: u64,
    /// What is played is not wanted before something else has happened.
    hold: Option<Hold>,
    /// When it was last asked.
    asked: Option<Instant>,
}

/// Frames wait.
struct Hold {
    /// At most until then.
    until: Instant,
    /// When to see whether they still have to.
    look: Instant,
}

enum State {
    Idle,
    Opening(Job<Result<Reader, Error>>),
    Playing(Playing),
    Ended,
}

/// A capture that is being played.
struct Playing {
    steps: VecDeque<Step>,
    source: Source,
    /// From the first frame on, and anew after each interruption.
    pace: Option<Pace>,
    round: Round,
}

/// From the first frame to the last one. Times go on from round to round, so that none comes twice.
#[derive(Default)]
struct Round {
    /// When its first frame was recorded, and the latest one.
    first: Option<Ticks>,
    last: Ticks,
    /// Seconds that are added to the times of its frames.
    shift: i64,
    /// What that has to be at least, behind another round.
    least: Option<i64>,
}

/// A part of what is played.
enum Step {
    Frame(CapturedFrame),
    /// The capture begins again.
    Again,
}

/// Where the next frames come from.
enum Source {
    Resting(Box<Reader>),
    Reading(Job<Portion>),
    /// There are no more, and why if that is no good reason.
    Exhausted(Result<(), Error>),
}

/// When a frame is due.
struct Pace {
    begun: Instant,
    /// When the frame was recorded that was due then.
    time: Ticks,
}

/// What is to be done next.
pub(super) enum Next {
    /// The capture is open; frames follow.
    Opened,
    /// A frame is due.
    Frame(Vec<u8>),
    /// Nothing is due.
    Later,
    /// It is over after so many frames, or why it is without a good reason.
    Ended(Result<u64, Error>),
}

impl Player {
    /// For what the device with this ID code sent; 0 where there is only one.
    pub(super) fn new(settings: C37118CaptureSettings, id_code: u16) -> Player {
        Player { settings, id_code, state: State::Idle, played: 0, hold: None, asked: None }
    }

    /// Begins to open the file.
    pub(super) fn start(&mut self, elsewhere: &Elsewhere) {
        let (path, id_code) = (self.settings.file.clone(), self.id_code);
        self.state = State::Opening(elsewhere.run(move || Reader::find(&path, id_code)));
    }

    /// Whether something is being read.
    pub(super) fn is_reading(&self) -> bool {
        match &self.state {
            State::Opening(_) => true,
            State::Playing(playing) => matches!(playing.source, Source::Reading(_)),
            State::Idle | State::Ended => false,
        }
    }

    /// When there is something to be done, if that is known.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match (&self.state, &self.hold) {
            (State::Playing(_), Some(hold)) => Some(hold.look),
            (State::Playing(playing), None) => {
                let due = playing.due(&self.settings, playing.steps.front()?);
                due.or(self.asked)
            }
            _ => None,
        }
    }

    /// Frames wait until [`release`](Self::release), and not longer than a moment.
    pub(super) fn hold(&mut self, now: Instant) {
        self.hold = Some(Hold { until: now + LONGEST_HOLD, look: now + HOLD_STEP });
    }

    /// Whether frames still have to wait. Afterwards the next one is due, and the others as long after it as they were
    /// recorded.
    pub(super) fn release(&mut self, is_ready: bool, now: Instant) -> bool {
        let Some(hold) = &mut self.hold else { return false };
        if !is_ready && now < hold.until {
            hold.look = now + HOLD_STEP;
            return true;
        }
        self.hold = None;
        if let State::Playing(playing) = &mut self.state {
            playing.pace = None;
        }
        false
    }

    /// What is to be done. To be called until there is nothing.
    pub(super) fn next(&mut self, now: Instant, utc: Ticks, elsewhere: &Elsewhere) -> Next {
        self.asked = Some(now);
        match &mut self.state {
            State::Idle | State::Ended => Next::Later,
            State::Opening(job) => match job.take() {
                None => Next::Later,
                Some(Ok(Ok(reader))) => {
                    let source = Source::Resting(Box::new(reader));
                    let steps = VecDeque::new();
                    self.state =
                        State::Playing(Playing { steps, source, pace: None, round: Round::default() });
                    Next::Opened
                }
                Some(Ok(Err(error))) => self.end(Err(error)),
                Some(Err(error)) => self.end(Err(unread(&error))),
            },
            State::Playing(playing) => {
                if let Err(error) = playing.read_on(self.settings.repeat, elsewhere) {
                    return self.end(Err(error));
                }
                playing.begin_round();
                let Some(step) = playing.steps.front() else {
                    return match &mut playing.source {
                        Source::Exhausted(reason) => {
                            let reason = std::mem::replace(reason, Ok(()));
                            self.end(reason)
                        }
                        Source::Resting(_) | Source::Reading(_) => Next::Later,
                    };
                };
                if playing.due(&self.settings, step).is_some_and(|due| due > now) {
                    return Next::Later;
                }
                let frame = playing.play(&self.settings, now, utc);
                self.played += u64::from(frame.is_some());
                frame.map_or(Next::Later, Next::Frame)
            }
        }
    }

    fn end(&mut self, reason: Result<(), Error>) -> Next {
        self.state = State::Ended;
        Next::Ended(reason.map(|()| self.played))
    }
}

impl Playing {
    /// Takes what was read, and has more read while there is little.
    fn read_on(&mut self, repeat: bool, elsewhere: &Elsewhere) -> Result<(), Error> {
        let job = match &mut self.source {
            Source::Reading(job) => job,
            Source::Resting(_) if self.steps.len() > file::PORTION / 2 => return Ok(()),
            Source::Resting(_) => {
                let done = std::mem::replace(&mut self.source, Source::Exhausted(Ok(())));
                if let Source::Resting(reader) = done {
                    self.source = Source::Reading(elsewhere.run(move || reader.read(repeat)));
                }
                return Ok(());
            }
            Source::Exhausted(_) => return Ok(()),
        };
        let Some(portion) = job.take() else { return Ok(()) };
        let Portion { frames, repeats, rest } = portion.map_err(|error| unread(&error))?;
        self.steps.extend(frames.into_iter().map(Step::Frame));
        self.steps.extend(repeats.then_some(Step::Again));
        self.source = match rest {
            Ok(Some(reader)) => Source::Resting(Box::new(reader)),
            Ok(None) => Source::Exhausted(Ok(())),
            Err(error) => Source::Exhausted(Err(error)),
        };
        Ok(())
    }

    /// When a step is due; None for at once.
    fn due(&self, settings: &C37118CaptureSettings, step: &Step) -> Option<Instant> {
        let Step::Frame(frame) = step else { return None };
        let pace = self.pace.as_ref().filter(|_| settings.speed != 0)?;
        let ticks = u64::try_from(frame.time.value() - pace.time.value()).unwrap_or(0);
        let recorded = Duration::from_nanos(ticks.saturating_mul(100));
        pace.begun.checked_add(recorded.mul_f64(100.0 / f64::from(settings.speed)))
    }

    /// Where the capture begins again, so does its pace.
    fn begin_round(&mut self) {
        while self.steps.pop_front_if(|step| matches!(step, Step::Again)).is_some() {
            self.pace = None;
            self.round = self.round.next();
        }
    }

    /// Takes the next frame, with the time that it is to have.
    fn play(&mut self, settings: &C37118CaptureSettings, now: Instant, utc: Ticks) -> Option<Vec<u8>> {
        let Step::Frame(frame) = self.steps.pop_front()? else { return None };
        self.pace.get_or_insert(Pace { begun: now, time: frame.time });
        let shift = self.round.shift(frame.time, settings.times, utc);
        let mut bytes = frame.bytes.to_vec();
        if shift != 0
            && let Ok(Frame { mut time, .. }) = Frame::decode(&frame.bytes)
        {
            time.second = u32::try_from(i64::from(time.second) + shift).unwrap_or(time.second);
            restamp(&mut bytes, time);
        }
        Some(bytes)
    }
}

impl Round {
    /// What is added to the time of a frame that was recorded then.
    fn shift(&mut self, time: Ticks, times: CaptureTimes, utc: Ticks) -> i64 {
        if self.first.is_none() {
            let wanted = match times {
                CaptureTimes::Recorded => 0,
                CaptureTimes::Now => (utc.value() - time.value()).div_euclid(Ticks::PER_SECOND),
            };
            self.first = Some(time);
            self.last = time;
            self.shift = self.least.map_or(wanted, |least| wanted.max(least));
        }
        if time.value() > self.last.value() {
            self.last = time;
        }
        self.shift
    }

    fn next(&self) -> Round {
        let lasted = self.first.map_or(0, |first| self.last.value() - first.value());
        let least = self.shift + lasted.div_euclid(Ticks::PER_SECOND) + 1;
        Round { least: Some(least), ..Round::default() }
    }
}

fn unread(error: &JobError) -> Error {
    Error::Internal(format!("the capture is not read: {error}"))
}
