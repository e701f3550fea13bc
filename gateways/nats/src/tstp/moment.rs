//! Times of measurements beside those of TSTP.

use std::time::Instant;

use sttp::Ticks;

/// The time by the clock that only goes on, and in Unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    pub(crate) milliseconds: i64,
}

impl Now {
    /// The time of the machine's clocks.
    pub(crate) fn of_clocks() -> Now {
        Now { instant: Instant::now(), milliseconds: Moment::from(Ticks::now()).milliseconds }
    }
}

/// Ticks in a millisecond.
const PER_MILLISECOND: i64 = Ticks::PER_MILLISECOND;
/// Where the marks of leap seconds are in ticks.
const MARKS: u32 = 62;

/// The time of a measurement as data points tell it: nothing of it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Whole Unix milliseconds.
    pub(crate) milliseconds: i64,
    /// Ticks of 100 ns beyond them, 0 to 9999.
    pub(crate) ticks: i32,
    /// The two bits of leap seconds: 0 mostly, 2 in an inserted second, 3 where one was left out.
    pub(crate) leap: i32,
}

impl From<Ticks> for Moment {
    fn from(time: Ticks) -> Moment {
        let since = time.value() - Ticks::UNIX_EPOCH.0;
        Moment {
            milliseconds: since.div_euclid(PER_MILLISECOND),
            ticks: since.rem_euclid(PER_MILLISECOND) as i32,
            leap: (time.0 as u64 >> MARKS) as i32,
        }
    }
}

impl Moment {
    /// The time of a measurement. `None` when there are no such ticks: before year 1, or some 14,000 years after.
    pub(crate) fn time(self) -> Option<Ticks> {
        let since = self.milliseconds.checked_mul(PER_MILLISECOND)?.checked_add(self.ticks.into())?;
        let value = since.checked_add(Ticks::UNIX_EPOCH.0)?;
        (0..1 << MARKS).contains(&value).then_some(Ticks(value | i64::from(self.leap) << MARKS))
    }

    /// Ticks beyond the millisecond as a number that stands beside a value, if it can be them.
    pub(crate) fn ticks_of(number: i64) -> Option<i32> {
        (0..PER_MILLISECOND).contains(&number).then_some(number as i32)
    }

    /// The same for the bits of leap seconds.
    pub(crate) fn leap_of(number: i64) -> Option<i32> {
        (0..=3).contains(&number).then_some(number as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_time_is_lost() {
        let marks = [0, Ticks::LEAP_SECOND, Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED, 1 << 62];
        for value in [0, 1, 9_999, Ticks::UNIX_EPOCH.0 - 1, Ticks::UNIX_EPOCH.0, Ticks::MAX.0, (1 << 62) - 1]
        {
            for mark in marks {
                let time = Ticks(value | mark);
                assert_eq!(Moment::from(time).time(), Some(time), "{value} {mark}");
            }
        }
        let moment = Moment::from(Ticks(Ticks::UNIX_EPOCH.0 - 1));
        assert_eq!((moment.milliseconds, moment.ticks, moment.leap), (-1, 9_999, 0));
    }

    #[test]
    fn times_that_ticks_do_not_have_are_none() {
        for milliseconds in [i64::MIN, -62_135_596_800_001, 399_033_005_042_739, i64::MAX] {
            assert_eq!(Moment { milliseconds, ticks: 0, leap: 0 }.time(), None, "{milliseconds}");
        }
        assert_eq!(Moment { milliseconds: -62_135_596_800_000, ticks: 0, leap: 0 }.time(), Some(Ticks(0)));
        assert_eq!(
            (Moment::ticks_of(9_999), Moment::ticks_of(10_000), Moment::ticks_of(-1)),
            (Some(9_999), None, None)
        );
        assert_eq!((Moment::leap_of(3), Moment::leap_of(4)), (Some(3), None));
    }
}
