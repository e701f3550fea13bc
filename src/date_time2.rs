//! DateTime2: a time of UTC that tells leap seconds apart and sorts as expected.
//!
//! Source: the structure `DateTime2` of the STTP design notes: 22 bits of days, 40 bits of ticks
//! of the day, 2 bits of flags. It is for storing and transporting times; for arithmetic, convert
//! to [`Ticks`].

use std::fmt;

use thiserror::Error;

use crate::time::Ticks;

const TICKS_BITS: u32 = 40;
const FLAGS_BITS: u32 = 2;
const TICKS_MASK: u64 = (1 << TICKS_BITS) - 1;
const FLAGS_MASK: u64 = (1 << FLAGS_BITS) - 1;

const PER_DAY: u64 = 864_000_000_000;
const PER_SECOND: u64 = Ticks::PER_SECOND as u64;

/// A time of UTC, leap seconds included, in 64 bits.
///
/// From the highest bit on: 22 bits of days since 0001-01-01, 40 bits of ticks (100 ns) since the
/// start of the day, 2 bits of flags. The ticks of an inserted leap second, 23:59:60, follow those
/// of 23:59:59: they are 864,000,000,000 or more. The number therefore sorts chronologically, a
/// leap second after second 59 and before the next day.
///
/// The design notes leave both flags for later. Bit 0 is used here, for the mark that [`Ticks`]
/// has for a deleted second: [`SECOND_DELETED`](Self::SECOND_DELETED).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct DateTime2(u64);

/// Parts or a number are no [`DateTime2`], or a time cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateTime2Error {
    /// There are more days than fit.
    #[error("{0} days since 0001-01-01 do not fit; give {max} at most", max = DateTime2::MAX_DAYS)]
    TooLate(u64),
    /// A day has not so many ticks.
    #[error("{0} ticks are more than a day with a leap second has; give less than {end}", end = DateTime2::TICKS_END)]
    TooManyTicks(u64),
    /// There are two bits of flags.
    #[error("flags are {0}; give 0 to 3")]
    InvalidFlags(u32),
    /// One second cannot be both inserted and deleted.
    #[error("the inserted second 23:59:60 is marked as one before a deleted second; give one of both")]
    InsertedAndDeleted,
    /// Leap seconds are at the end of a day of UTC.
    #[error(
        "{0} has the mark of an inserted leap second, but its second is not 23:59:59 UTC; clear bit 63 or correct the time"
    )]
    NotAtEndOfDay(Ticks),
}

impl DateTime2 {
    /// The latest day: 11483-09-05.
    pub const MAX_DAYS: u32 = (1 << 22) - 1;
    /// The ticks of a day, with those of a leap second, are less.
    pub const TICKS_END: u64 = PER_DAY + PER_SECOND;
    /// Flag of second 23:59:58 when 23:59:59 is deleted.
    pub const SECOND_DELETED: u32 = 1;

    /// Puts a time together from days since 0001-01-01, ticks since the start of the day, and
    /// flags.
    ///
    /// # Errors
    /// A part is out of range.
    pub const fn new(days: u32, ticks: u64, flags: u32) -> Result<DateTime2, DateTime2Error> {
        if days > Self::MAX_DAYS {
            return Err(DateTime2Error::TooLate(days as u64));
        }
        if ticks >= Self::TICKS_END {
            return Err(DateTime2Error::TooManyTicks(ticks));
        }
        if flags as u64 > FLAGS_MASK {
            return Err(DateTime2Error::InvalidFlags(flags));
        }
        if ticks >= PER_DAY && flags & Self::SECOND_DELETED != 0 {
            return Err(DateTime2Error::InsertedAndDeleted);
        }
        Ok(DateTime2((days as u64) << (TICKS_BITS + FLAGS_BITS) | ticks << FLAGS_BITS | flags as u64))
    }

    /// Reads a time from its 64 bits.
    ///
    /// # Errors
    /// The ticks are those of no second, or contradict the flags.
    pub const fn unpack(bits: u64) -> Result<DateTime2, DateTime2Error> {
        let days = (bits >> (TICKS_BITS + FLAGS_BITS)) as u32;
        Self::new(days, bits >> FLAGS_BITS & TICKS_MASK, (bits & FLAGS_MASK) as u32)
    }

    /// The 64 bits of the time; they sort as the times do.
    pub const fn pack(self) -> u64 {
        self.0
    }

    /// Days since 0001-01-01.
    pub const fn days(self) -> u32 {
        (self.0 >> (TICKS_BITS + FLAGS_BITS)) as u32
    }

    /// Ticks since the start of the day; 864,000,000,000 or more in a leap second.
    pub const fn ticks_of_day(self) -> u64 {
        self.0 >> FLAGS_BITS & TICKS_MASK
    }

    /// Both flags.
    pub const fn flags(self) -> u32 {
        (self.0 & FLAGS_MASK) as u32
    }

    /// True in an inserted leap second, 23:59:60.
    pub const fn is_leap_second(self) -> bool {
        self.ticks_of_day() >= PER_DAY
    }
}

/// Bit 62 of the ticks counts only beside bit 63.
impl TryFrom<Ticks> for DateTime2 {
    type Error = DateTime2Error;

    /// # Errors
    /// [`DateTime2Error::TooLate`] from year 11483 on; [`DateTime2Error::NotAtEndOfDay`] when the
    /// mark of an inserted second is on another one than the last of a day.
    fn try_from(time: Ticks) -> Result<DateTime2, DateTime2Error> {
        let value = time.value() as u64;
        let (days, of_day) = (value / PER_DAY, value % PER_DAY);
        let days32 = u32::try_from(days).map_err(|_| DateTime2Error::TooLate(days))?;
        if time.is_inserted_second() {
            if of_day < PER_DAY - PER_SECOND {
                return Err(DateTime2Error::NotAtEndOfDay(time));
            }
            return DateTime2::new(days32, of_day + PER_SECOND, 0);
        }
        let flags = if time.is_leap_second() { DateTime2::SECOND_DELETED } else { 0 };
        DateTime2::new(days32, of_day, flags)
    }
}

/// Flag bit 1 is lost, which has no meaning yet.
impl From<DateTime2> for Ticks {
    fn from(time: DateTime2) -> Ticks {
        let midnight = u64::from(time.days()) * PER_DAY;
        if time.is_leap_second() {
            // Always fits: 22 bits of days are less than 62 bits of ticks.
            let value = (midnight + time.ticks_of_day() - PER_SECOND) as i64;
            return Ticks(value | Ticks::LEAP_SECOND);
        }
        let value = (midnight + time.ticks_of_day()) as i64;
        match time.flags() & DateTime2::SECOND_DELETED {
            0 => Ticks(value),
            _ => Ticks(value | Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED),
        }
    }
}

/// As [`Ticks`]: ISO 8601 in UTC, a leap second as second 60.
impl fmt::Display for DateTime2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ticks::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> DateTime2 {
        DateTime2::try_from(text.parse::<Ticks>().unwrap()).unwrap()
    }

    #[test]
    fn the_bits_are_where_the_layout_says() {
        let second = time("0001-01-02T00:00:00.0000003Z");
        assert_eq!(second.pack(), 1 << 42 | 3 << 2);
        let marked = DateTime2::new(1, 3, 2).unwrap();
        assert_eq!(marked.pack(), 1 << 42 | 3 << 2 | 2);
        assert_eq!((marked.days(), marked.ticks_of_day(), marked.flags()), (1, 3, 2));
        let leap = time("2016-12-31T23:59:60.25Z");
        assert_eq!(leap.days(), 736_328);
        assert_eq!(leap.ticks_of_day(), 864_002_500_000);
        assert_eq!(leap.flags(), 0);
        assert_eq!(leap.to_string(), "2016-12-31T23:59:60.25Z");
        assert_eq!(DateTime2::new(DateTime2::MAX_DAYS, 0, 0).unwrap().pack(), u64::MAX << 42);
    }

    #[test]
    fn a_leap_second_sorts_after_second_59_and_before_the_next_day() {
        let texts = [
            "2016-12-31T23:59:58Z",
            "2016-12-31T23:59:59Z",
            "2016-12-31T23:59:59.9999999Z",
            "2016-12-31T23:59:60Z",
            "2016-12-31T23:59:60.0000001Z",
            "2016-12-31T23:59:60.9999999Z",
            "2017-01-01T00:00:00Z",
        ];
        assert!(texts.map(time).is_sorted_by(|left, right| left < right));
        assert!(texts.map(|text| time(text).pack()).is_sorted_by(|left, right| left < right));
        assert!(texts.map(|text| text.parse::<Ticks>().unwrap()).is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn a_deleted_second_is_marked_on_the_one_before() {
        let before = "2029-12-31T23:59:58.5Z".parse::<Ticks>().unwrap();
        let marked = Ticks(before.0 | Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED);
        let time = DateTime2::try_from(marked).unwrap();
        assert_eq!(time.flags(), DateTime2::SECOND_DELETED);
        assert_eq!(time.ticks_of_day(), 863_985_000_000);
        assert!(!time.is_leap_second());
        assert_eq!(Ticks::from(time), marked);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        assert_eq!(DateTime2::new(1 << 22, 0, 0), Err(DateTime2Error::TooLate(1 << 22)));
        assert_eq!(
            DateTime2::new(0, DateTime2::TICKS_END, 0),
            Err(DateTime2Error::TooManyTicks(864_010_000_000))
        );
        assert_eq!(DateTime2::new(0, 0, 4), Err(DateTime2Error::InvalidFlags(4)));
        assert_eq!(DateTime2::new(0, PER_DAY, 1), Err(DateTime2Error::InsertedAndDeleted));
        assert!(DateTime2::unpack(u64::MAX).is_err());
        let noon = Ticks((Ticks::UNIX_EPOCH.0 + 43_200 * Ticks::PER_SECOND) | Ticks::LEAP_SECOND);
        assert_eq!(DateTime2::try_from(noon), Err(DateTime2Error::NotAtEndOfDay(noon)));
        let late = Ticks((1 << 22) * PER_DAY as i64);
        assert_eq!(DateTime2::try_from(late), Err(DateTime2Error::TooLate(1 << 22)));
        assert!(DateTime2::try_from(Ticks(late.0 - 1)).is_ok());
    }

    /// Ticks of a time that exists, with the marks that it may have.
    fn ticks() -> impl Strategy<Value = Ticks> {
        let end = Ticks::MAX.0;
        let last_second = (0..3_652_059_i64, 0..Ticks::PER_SECOND)
            .prop_map(|(day, ticks)| (day + 1) * PER_DAY as i64 - Ticks::PER_SECOND + ticks);
        prop_oneof![
            (0..=end).prop_map(Ticks),
            last_second.clone().prop_map(Ticks),
            last_second.clone().prop_map(|ticks| Ticks(ticks | Ticks::LEAP_SECOND)),
            last_second.prop_map(|ticks| {
                Ticks((ticks - Ticks::PER_SECOND) | Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED)
            }),
        ]
    }

    proptest! {
        #[test]
        fn ticks_come_back(ticks in ticks()) {
            let time = DateTime2::try_from(ticks).unwrap();
            prop_assert_eq!(Ticks::from(time), ticks);
            prop_assert_eq!(DateTime2::unpack(time.pack()), Ok(time));
        }

        #[test]
        fn parts_come_back(days in 0..1u32 << 22, ticks in 0..DateTime2::TICKS_END, flags in 0..4u32) {
            if let Ok(time) = DateTime2::new(days, ticks, flags) {
                prop_assert_eq!((time.days(), time.ticks_of_day(), time.flags()), (days, ticks, flags));
                let back = DateTime2::try_from(Ticks::from(time)).unwrap();
                prop_assert_eq!(back.pack(), time.pack() & !2);
            } else {
                prop_assert!(ticks >= PER_DAY && flags & 1 != 0);
            }
        }

        #[test]
        fn any_bits_are_a_time_or_an_error(bits: u64) {
            if let Ok(time) = DateTime2::unpack(bits) {
                prop_assert_eq!(time.pack(), bits);
            }
        }

        #[test]
        fn any_ticks_are_a_time_or_an_error(bits: i64) {
            let _ = DateTime2::try_from(Ticks(bits));
        }

        #[test]
        fn ticks_sort_as_their_times(left in ticks(), right in ticks()) {
            let times = [left, right].map(|ticks| DateTime2::try_from(ticks).unwrap());
            prop_assert_eq!(left.cmp(&right), times[0].cmp(&times[1]));
            prop_assert_eq!(left.cmp(&right), times[0].pack().cmp(&times[1].pack()));
        }

        #[test]
        fn the_order_of_any_ticks_is_one(mut any: Vec<i64>) {
            any.sort_by_key(|bits| Ticks(*bits));
            let times: Vec<Ticks> = any.into_iter().map(Ticks).collect();
            for (number, time) in times.iter().enumerate() {
                prop_assert!(times[number..].iter().all(|later| time <= later));
                prop_assert!(times[number..].iter().all(|later| (time == later) == time.cmp(later).is_eq()));
            }
        }
    }
}
