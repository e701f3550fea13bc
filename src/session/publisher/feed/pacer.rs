//! At which pace historical measurements are played back.

use std::time::{Duration, Instant};

use crate::Ticks;
use crate::codec::RawMeasurement;

/// Playback that fell behind, because the subscriber or the source of the data was slow, makes up
/// for so much of it; the rest comes later.
const MADE_UP_FOR: Duration = Duration::from_secs(1);
/// At the pace of recording no step takes longer: not a night in which nothing was recorded, nor one
/// measurement whose time is far ahead. Times further apart than this, in either direction, are of
/// another clock, or of another time.
const LONGEST_STEP: Duration = Duration::from_secs(10);
/// Clocks that are followed side by side.
const CLOCKS: usize = 8;

/// How long a step takes. A step is everything up to the next later time; measurements of earlier
/// times belong to the step in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    AsRecorded,
    AsFastAsPossible,
    Interval(Duration),
}

/// The step of one clock.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// The time that it began with.
    time: i64,
    /// When it was due.
    at: Instant,
}

/// Tells which of the next measurements are due.
///
/// Devices whose clocks are wrong must not hold up the others, so that times far apart are paced side
/// by side, each from where it came up.
#[derive(Debug)]
pub(super) struct Pacer {
    pace: Pace,
    /// The steps under way, that of the last measurement first; none when the next one is due at once.
    steps: Vec<Step>,
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
        Pacer { pace, steps: Vec::new() }
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
        let place = self.steps.iter().position(|step| is_near(step.time, time));
        let due = match place.or_else(|| (!self.steps.is_empty()).then_some(0)) {
            None => now,
            Some(before) => {
                let step = self.steps[before];
                if time > step.time {
                    step.at + self.length(step.time, time)
                } else if place.is_some() {
                    self.steps[..=before].rotate_right(1);
                    return Ok(());
                } else {
                    // A clock behind the others, seen for the first time, goes with the last of them.
                    step.at
                }
            }
        };
        if due > now {
            return Err(due);
        }
        match place {
            Some(place) => drop(self.steps.remove(place)),
            None => self.steps.truncate(CLOCKS - 1),
        }
        let earliest = now.checked_sub(MADE_UP_FOR).unwrap_or(due);
        self.steps.insert(0, Step { time, at: due.max(earliest) });
        Ok(())
    }

    /// How long the step to a later time takes.
    fn length(&self, from: i64, to: i64) -> Duration {
        match self.pace {
            Pace::AsRecorded => ticks(to.saturating_sub(from)).min(LONGEST_STEP),
            Pace::AsFastAsPossible => Duration::ZERO,
            Pace::Interval(interval) => interval,
        }
    }
}

/// Whether two times can be of one clock.
fn is_near(one: i64, other: i64) -> bool {
    Duration::from_nanos(one.abs_diff(other).saturating_mul(100)) <= LONGEST_STEP
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
        let next = at(&[0, 2, 2, 3, 13]);
        assert_eq!(pacer.due(&next, now), (1, Some(now + 2 * SECOND)));
        assert_eq!(pacer.due(&next[1..], now + 2 * SECOND), (2, Some(now + 3 * SECOND)));
        assert_eq!(pacer.due(&next[3..], now + 3 * SECOND), (1, Some(now + 13 * SECOND)));
    }

    #[test]
    fn a_night_without_data_is_passed_over() {
        let now = Instant::now();
        let mut pacer = Pacer::new(-1);
        let next = at(&[0, 28_800, 28_801]);
        assert_eq!(pacer.due(&next, now), (1, Some(now + LONGEST_STEP)));
        let later = now + LONGEST_STEP;
        assert_eq!(pacer.due(&next[1..], later), (1, Some(later + SECOND)));
    }

    /// Plays everything, and tells how long that takes.
    fn time_of(processing_interval: i32, seconds: &[i64]) -> Duration {
        let (start, next) = (Instant::now(), at(seconds));
        let mut pacer = Pacer::new(processing_interval);
        let (mut now, mut sent) = (start, 0);
        loop {
            let (due, later) = pacer.due(&next[sent..], now);
            sent += due;
            match later {
                Some(later) => now = later,
                None => return now - start,
            }
        }
    }

    #[test]
    fn one_time_that_is_wrong_costs_no_more_than_a_step() {
        let right: Vec<i64> = (0..60).collect();
        for wrong in [25_200, -25_200, 315_360_000, 30] {
            let mut seconds = right.clone();
            seconds[20] += wrong;
            let (recorded, steps) = (time_of(-1, &seconds), time_of(1000, &seconds));
            assert!((59 * SECOND..=59 * SECOND + LONGEST_STEP).contains(&recorded), "{wrong}: {recorded:?}");
            assert!((58 * SECOND..=61 * SECOND).contains(&steps), "{wrong}: {steps:?}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_all_the_time_does_not_change_the_pace() {
        for wrong in [45, -45, 25_200, -25_200] {
            let seconds: Vec<i64> = (0..60).flat_map(|second| [second, second + wrong]).collect();
            let (recorded, steps) = (time_of(-1, &seconds), time_of(1000, &seconds));
            assert!((59 * SECOND..=59 * SECOND + LONGEST_STEP).contains(&recorded), "{wrong}: {recorded:?}");
            assert!((59 * SECOND..=60 * SECOND).contains(&steps), "{wrong}: {steps:?}");
        }
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
