//! Ticks: the time of STTP.
//!
//! A tick is 100 nanoseconds; ticks count from 0001-01-01T00:00:00 UTC in the proleptic
//! Gregorian calendar and do not count leap seconds. Source: IEEE 2664 timestamp; the two top
//! bits mark leap seconds.

use std::cmp::Ordering;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

mod text;

pub use text::ParseTicksError;
pub(crate) use text::is_iso;

const PER_MICROSECOND: i64 = 10;
const PER_SECOND: i64 = 10_000_000;
const PER_DAY: i64 = 86_400 * PER_SECOND;
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// A point in time: 100 ns units since 0001-01-01 UTC in bits 0 to 61, leap-second marks in bits
/// 62 and 63.
///
/// A time in an inserted leap second has the value that it would have in the second before, and
/// bit 63. Where second 59 is deleted, second 58 has bits 63 and 62. The order is that of the
/// times, not that of the numbers: a leap second comes after the second before it and before the
/// next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Ticks(pub i64);

impl Ticks {
    /// Ticks in one millisecond.
    pub const PER_MILLISECOND: i64 = 1_000 * PER_MICROSECOND;
    /// Ticks in one second.
    pub const PER_SECOND: i64 = PER_SECOND;
    /// 1970-01-01T00:00:00 UTC.
    pub const UNIX_EPOCH: Ticks = Ticks(UNIX_EPOCH_TICKS);
    /// 9999-12-31T23:59:59.9999999 UTC, the latest time that has a text form.
    pub const MAX: Ticks = Ticks(3_155_378_975_999_999_999);
    /// Bit that marks second 60, the leap second.
    pub const LEAP_SECOND: i64 = i64::MIN;
    /// Bit that, beside [`Self::LEAP_SECOND`], marks a deleted instead of an inserted second.
    pub const LEAP_SECOND_DELETED: i64 = 1 << 62;
    const VALUE_MASK: i64 = 0x3FFF_FFFF_FFFF_FFFF;

    /// The current time of the system clock.
    pub fn now() -> Ticks {
        SystemTime::now().into()
    }

    /// A time of Unix: seconds since 1970 without leap seconds, negative before, and nanoseconds after
    /// that second, as in `struct timespec`. Those that are no whole ticks are cut. `None` when there are
    /// a thousand million nanoseconds or more, or the time is not between years 1 and 9999.
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Ticks> {
        if nanoseconds >= 1_000_000_000 {
            return None;
        }
        let ticks = seconds.checked_mul(PER_SECOND)?.checked_add(i64::from(nanoseconds / 100))?;
        let value = ticks.checked_add(UNIX_EPOCH_TICKS)?;
        (0..=Self::MAX.0).contains(&value).then_some(Ticks(value))
    }

    /// The time as Unix has it: seconds since 1970, negative before, and nanoseconds after that second.
    /// A leap second has the seconds and nanoseconds of the second before.
    pub const fn to_unix(self) -> (i64, u32) {
        let ticks = self.value() - UNIX_EPOCH_TICKS;
        (ticks.div_euclid(PER_SECOND), ticks.rem_euclid(PER_SECOND) as u32 * 100)
    }

    /// A time in nanoseconds since 1970. Those that are no whole ticks are cut.
    pub const fn from_unix_nanoseconds(nanoseconds: i64) -> Ticks {
        Ticks(UNIX_EPOCH_TICKS + nanoseconds.div_euclid(100))
    }

    /// Nanoseconds since 1970; `None` outside the years 1678 to 2262, where 64 bits do not hold them.
    pub const fn to_unix_nanoseconds(self) -> Option<i64> {
        (self.value() - UNIX_EPOCH_TICKS).checked_mul(100)
    }

    /// The time without leap-second bits. Use it before any arithmetic.
    pub const fn value(self) -> i64 {
        self.0 & Self::VALUE_MASK
    }

    /// True when the leap-second bit is set.
    pub const fn is_leap_second(self) -> bool {
        self.0 & Self::LEAP_SECOND != 0
    }

    /// True in an inserted leap second: the leap-second bit is set without the one for a deleted
    /// second.
    pub const fn is_inserted_second(self) -> bool {
        self.is_leap_second() && self.0 & Self::LEAP_SECOND_DELETED == 0
    }

    /// Sorts as the times do: the second, then whether it is the inserted one after it, then the
    /// rest; at last the bits, so that only equal times are equal.
    fn order(self) -> (i64, bool, i64, u64) {
        let value = self.value();
        (value / PER_SECOND, self.is_inserted_second(), value % PER_SECOND, self.0 as u64)
    }

    /// The year, month and day of the time, then its ticks since midnight.
    pub fn date(self) -> (i64, u32, u32, i64) {
        let value = self.value();
        let (year, month, day) = civil_from_days(value.div_euclid(PER_DAY));
        (year, month, day, value.rem_euclid(PER_DAY))
    }

    /// Midnight UTC of a date of the Gregorian calendar, or `None` when there is no such date
    /// between years 1 and 9999.
    pub fn from_date(year: i64, month: u32, day: u32) -> Option<Ticks> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Some(Ticks(days_from_civil(year, month, day) * PER_DAY))
    }
}

impl Ord for Ticks {
    fn cmp(&self, other: &Ticks) -> Ordering {
        if (self.0 | other.0) & !Ticks::VALUE_MASK == 0 {
            return self.0.cmp(&other.0);
        }
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Ticks {
    fn partial_cmp(&self, other: &Ticks) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Days of a month of the Gregorian calendar; `month` is 1 to 12.
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0001-01-01 to a date. Counting years from March puts the leap day last, so that the
/// days before a month are a linear formula.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 306
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 306;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

impl From<SystemTime> for Ticks {
    fn from(time: SystemTime) -> Ticks {
        let offset = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_nanos() / 100) as i64,
            Err(before) => -((before.duration().as_nanos() / 100) as i64),
        };
        Ticks(UNIX_EPOCH_TICKS + offset)
    }
}

/// From 1601 to 1970: the times before are not among those that Windows has.
const SINCE_1601: Duration = Duration::from_secs(11_644_473_600);

/// A time that the system does not have becomes the earliest that every system has: on Windows, where there are none
/// before 1601, the beginning of that year.
impl From<Ticks> for SystemTime {
    fn from(ticks: Ticks) -> SystemTime {
        let offset = ticks.value() - UNIX_EPOCH_TICKS;
        let (seconds, ticks) = (offset.unsigned_abs() / 10_000_000, offset.unsigned_abs() % 10_000_000);
        let span = Duration::new(seconds, ticks as u32 * 100);
        if offset >= 0 {
            UNIX_EPOCH + span
        } else {
            UNIX_EPOCH.checked_sub(span).unwrap_or(UNIX_EPOCH - SINCE_1601)
        }
    }
}

/// ISO 8601 in UTC with up to seven fraction digits, trailing zeros left out:
/// `2026-11-21T08:30:00.0333333Z`. Second 60 of an inserted leap second is written as `:60`.
impl fmt::Display for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, of_day) = self.date();
        let seconds = of_day / PER_SECOND;
        let mut second = seconds % 60;
        if self.is_inserted_second() && second == 59 {
            second = 60;
        }
        let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        let fraction = of_day % PER_SECOND;
        if fraction != 0 {
            let digits = format!("{fraction:07}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_dates() {
        assert_eq!(Ticks(0).to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Ticks::UNIX_EPOCH.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Ticks::MAX.to_string(), "9999-12-31T23:59:59.9999999Z");
        assert_eq!("2024-02-29 12:30".parse(), Ok(Ticks(638_448_066_000_000_000)));
    }

    #[test]
    fn times_of_unix() {
        let before = Ticks::UNIX_EPOCH.0 - 15_000_000;
        for (ticks, unix) in [(before, (-2, 500_000_000)), (Ticks::UNIX_EPOCH.0 + 7, (0, 700))] {
            assert_eq!(Ticks(ticks).to_unix(), unix);
            assert_eq!(Ticks::from_unix(unix.0, unix.1), Some(Ticks(ticks)));
            assert_eq!(Ticks(ticks | Ticks::LEAP_SECOND).to_unix(), unix);
        }
        assert_eq!(Ticks::from_unix(0, 799), Ticks::from_unix(0, 700));
        assert_eq!(Ticks::from_unix_nanoseconds(-1), Ticks(Ticks::UNIX_EPOCH.0 - 1));
        assert_eq!(Ticks::MAX.to_unix_nanoseconds(), None);
        for (seconds, nanoseconds) in [(0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0), (-62_135_596_801, 0)]
        {
            assert_eq!(Ticks::from_unix(seconds, nanoseconds), None, "{seconds}");
        }
    }

    #[test]
    fn leap_second_round_trips() {
        let leap: Ticks = "2016-12-31T23:59:60.25Z".parse().unwrap();
        assert!(leap.is_leap_second());
        assert_eq!(leap.to_string(), "2016-12-31T23:59:60.25Z");
    }

    proptest! {
        #[test]
        fn unix_times_round_trip(value in 0..=Ticks::MAX.0) {
            let (seconds, nanoseconds) = Ticks(value).to_unix();
            prop_assert_eq!(Ticks::from_unix(seconds, nanoseconds), Some(Ticks(value)));
            if let Some(nanoseconds) = Ticks(value).to_unix_nanoseconds() {
                prop_assert_eq!(Ticks::from_unix_nanoseconds(nanoseconds), Ticks(value));
            }
        }

        #[test]
        fn any_unix_nanoseconds_are_a_time(nanoseconds: i64) {
            let ticks = Ticks::from_unix_nanoseconds(nanoseconds);
            prop_assert!((0..=Ticks::MAX.0).contains(&ticks.0));
        }

        #[test]
        fn system_time_round_trips(value in 0..=Ticks::MAX.0) {
            let earliest = if cfg!(windows) { Ticks::from_date(1601, 1, 1).unwrap().0 } else { 0 };
            prop_assert_eq!(Ticks::from(SystemTime::from(Ticks(value))), Ticks(value.max(earliest)));
        }
    }
}
