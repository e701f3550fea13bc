//! At which pace historical measurements are played back.

use std::time::{Duration, Instant};

use crate::Ticks;
use crate::codec::RawMeasurement;

/// Playback that fell behind, because the subscriber or the source of the data was slow, makes up
/// for so much of it; the rest comes later.
const MADE_UP_FOR: Duration = Duration::from_secs(1);
/// Stands for steps that are too far in the future to be told.
const FAR_FUTURE: Duration = Duration::from_secs(86_400);

/// How long a step takes. A step is everything up to the next later time; measurements of earlier
/// times belong to the step in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    AsRecorded,
    AsFastAsPossible,
    Interval(Duration),
}

/// Tells which of the next measurements are due.
#[derive(Debug)]
pub(super) struct Pacer {
    pace: Pace,
    /// Time of the step under way and when it was due; `None` when the next one is due at once.
    step: Option<(i64, Instant)>,
}

impl Pacer {
    /// The pace that a processing interval stands for: milliseconds of a step, 0 for as fast as
    /// possible, and -1 for the publisher's default, which is the pace of recording.
    pub(super) fn new(processing_interval: i32) -> Pacer {
        let pace = match u64::try_from(processing_interval) {
            Err(_) => Pace::AsRecorded,
            Ok(0) => Pace::AsFastAsPossible,
            Ok(milliseconds) => Pace::Interval(Duration::from_millis(milliseconds)),
        };
        Pacer { pace, step: None }
    }

    /// The pace in words.
    pub(super) fn describe(&self) -> String {
        match self.pace {
            Pace::AsRecorded => "as recorded".into(),
            Pace::AsFastAsPossible => "as fast as possible".into(),
            Pace::Interval(interval) => format!("one step every {} ms", interval.as_millis()),
        }
    }

    /// How many of the next measurements are due, and when the first one is that is not.
    pub(super) fn due(&mut self, next: &[RawMeasurement], now: Instant) -> (usize, Option<Instant>) {
        if self.pace == Pace::AsFastAsPossible {
            return (next.len(), None);
        }
        for (number, measurement) in next.iter().enumerate() {
            if let Err(later) = self.step_to(Ticks(measurement.ticks).value(), now) {
                return (number, Some(later));
            }
        }
        (next.len(), None)
    }

    /// Fails, and tells when to come back, if it is too early for this time.
    fn step_to(&mut self, time: i64, now: Instant) -> Result<(), Instant> {
        let due = match self.step {
            None => now,
            Some((current, _)) if time <= current => return Ok(()),
            Some((current, at)) => {
                let span = match self.pace {
                    Pace::AsRecorded => ticks(time - current),
                    Pace::AsFastAsPossible => Duration::ZERO,
                    Pace::Interval(interval) => interval,
                };
                at.checked_add(span).unwrap_or(now + FAR_FUTURE)
            }
        };
        if due > now {
            return Err(due);
        }
        let earliest = now.checked_sub(MADE_UP_FOR).unwrap_or(due);
        self.step = Some((time, due.max(earliest)));
        Ok(())
    }
}

fn ticks(span: i64) -> Duration {
    let span = span.unsigned_abs();
    let per_second = Ticks::PER_SECOND as u64;
    Duration::new(span / per_second, (span % per_second) as u32 * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Measurements with these times in seconds.
    fn at(seconds: &[i64]) -> Vec<RawMeasurement> {
        let measurement = |second: &i64| RawMeasurement {
            ticks: 1_000 + second * Ticks::PER_SECOND,
            ..RawMeasurement::default()
        };
        seconds.iter().map(measurement).collect()
    }

    #[test]
    fn everything_at_once() {
        let now = Instant::now();
        assert_eq!(Pacer::new(0).due(&at(&[1, 5, 3]), now), (3, None));
    }

    #[test]
    fn equal_and_earlier_times_belong_to_the_step() {
        let now = Instant::now();
        let mut pacer = Pacer::new(40);
        let next = at(&[1, 1, 0, 1, 2, 1, 2, 9]);
        let step = Duration::from_millis(40);
        assert_eq!(pacer.due(&next, now), (4, Some(now + step)));
        assert_eq!(pacer.due(&next[4..], now + step / 2), (0, Some(now + step)));
        assert_eq!(pacer.due(&next[4..], now + step), (3, Some(now + 2 * step)));
        assert_eq!(pacer.due(&next[7..], now + 2 * step), (1, None));
    }

    #[test]
    fn lateness_does_not_add_up_but_too_much_is_not_made_up_for() {
        let now = Instant::now();
        let mut pacer = Pacer::new(100);
        let next = at(&(0..100).collect::<Vec<_>>());
        let step = Duration::from_millis(100);
        assert_eq!(pacer.due(&next, now).0, 1);
        assert_eq!(pacer.due(&next[1..], now + step * 5 / 2), (2, Some(now + 3 * step)));
        // Ten seconds later: one step for the lateness allowed and those since.
        let later = now + 10 * SECOND;
        let (due, next_at) = pacer.due(&next[3..], later);
        assert_eq!(due, 11);
        assert_eq!(next_at, Some(later + step));
    }

    #[test]
    fn as_recorded_follows_the_times() {
        let now = Instant::now();
        let mut pacer = Pacer::new(-1);
        let next = at(&[0, 2, 2, 3, 1_000_000]);
        assert_eq!(pacer.due(&next, now), (1, Some(now + 2 * SECOND)));
        assert_eq!(pacer.due(&next[1..], now + 2 * SECOND), (2, Some(now + 3 * SECOND)));
        let last = Some(now + 1_000_000 * SECOND);
        assert_eq!(pacer.due(&next[3..], now + 3 * SECOND), (1, last));
    }

    #[test]
    fn any_times_are_endured() {
        let now = Instant::now();
        for interval in [i32::MIN, -1, 1, i32::MAX] {
            let mut pacer = Pacer::new(interval);
            for ticks in [0, i64::MAX, i64::MIN, -1, 1 << 61, 3] {
                pacer.due(&[RawMeasurement { ticks, ..RawMeasurement::default() }], now);
            }
        }
    }
}
