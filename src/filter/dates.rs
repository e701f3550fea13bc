//! Dates: arithmetic in years, months, weeks and smaller units.

use super::error::{FilterProblem, excerpt};
use super::value::ValueType;
use crate::time::{Ticks, days_in_month};

const PER_MINUTE: i64 = 60 * Ticks::PER_SECOND;
const PER_HOUR: i64 = 60 * PER_MINUTE;
const PER_DAY: i64 = 24 * PER_HOUR;

/// The unit that a date function counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interval {
    Year,
    Month,
    DayOfYear,
    Day,
    Week,
    WeekDay,
    Hour,
    Minute,
    Second,
    Millisecond,
}

const INTERVALS: [(&str, Interval); 10] = [
    ("Year", Interval::Year),
    ("Month", Interval::Month),
    ("DayOfYear", Interval::DayOfYear),
    ("Day", Interval::Day),
    ("Week", Interval::Week),
    ("WeekDay", Interval::WeekDay),
    ("Hour", Interval::Hour),
    ("Minute", Interval::Minute),
    ("Second", Interval::Second),
    ("Millisecond", Interval::Millisecond),
];

impl Interval {
    pub(super) fn parse(name: &str) -> Result<Interval, FilterProblem> {
        INTERVALS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, interval)| *interval)
            .ok_or_else(|| FilterProblem::UnknownInterval { name: excerpt(name) })
    }

    /// The length of the intervals that are equally long: all but years and months.
    fn ticks(self) -> Option<i64> {
        Some(match self {
            Interval::Year | Interval::Month => return None,
            Interval::Week => 7 * PER_DAY,
            Interval::DayOfYear | Interval::Day | Interval::WeekDay => PER_DAY,
            Interval::Hour => PER_HOUR,
            Interval::Minute => PER_MINUTE,
            Interval::Second => Ticks::PER_SECOND,
            Interval::Millisecond => Ticks::PER_MILLISECOND,
        })
    }
}

/// The time that many intervals later. The 29th to 31st become the last day of a month that has no
/// such day.
pub(super) fn add(time: Ticks, count: i64, interval: Interval) -> Result<Ticks, FilterProblem> {
    let result = match interval.ticks() {
        Some(ticks) => count.checked_mul(ticks).and_then(|span| time.value().checked_add(span)),
        None if interval == Interval::Year => {
            count.checked_mul(12).and_then(|months| add_months(time, months))
        }
        None => add_months(time, count),
    };
    result
        .filter(|ticks| (0..=Ticks::MAX.0).contains(ticks))
        .map(Ticks)
        .ok_or(FilterProblem::OutOfRange { operation: "DateAdd", result: ValueType::DateTime })
}

fn add_months(time: Ticks, months: i64) -> Option<i64> {
    let (year, month, day, of_day) = time.date();
    let months = (year * 12 + i64::from(month) - 1).checked_add(months)?;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
    let midnight = Ticks::from_date(year, month, day.min(days_in_month(year, month)))?;
    Some(midnight.0 + of_day)
}

/// How many intervals lie between two times: for years and months the difference of the calendar's
/// fields, for days and weeks that of the dates, for smaller ones the elapsed whole intervals.
pub(super) fn difference(from: Ticks, to: Ticks, interval: Interval) -> i64 {
    let ((from_year, from_month, ..), (to_year, to_month, ..)) = (from.date(), to.date());
    let years = to_year - from_year;
    let days = to.value().div_euclid(PER_DAY) - from.value().div_euclid(PER_DAY);
    match interval {
        Interval::Year => years,
        Interval::Month => years * 12 + i64::from(to_month) - i64::from(from_month),
        Interval::DayOfYear | Interval::Day | Interval::WeekDay => days,
        Interval::Week => days / 7,
        Interval::Hour => (to.value() - from.value()) / PER_HOUR,
        Interval::Minute => (to.value() - from.value()) / PER_MINUTE,
        Interval::Second => (to.value() - from.value()) / Ticks::PER_SECOND,
        Interval::Millisecond => (to.value() - from.value()) / Ticks::PER_MILLISECOND,
    }
}

/// A field of a time: days of the week count from 1, Sunday, to 7; weeks are those of ISO 8601.
pub(super) fn part(time: Ticks, interval: Interval) -> i64 {
    let (year, month, day, of_day) = time.date();
    let day_number = time.value().div_euclid(PER_DAY);
    match interval {
        Interval::Year => year,
        Interval::Month => month.into(),
        Interval::DayOfYear => day_of_year(time),
        Interval::Day => day.into(),
        Interval::Week => iso_week(time),
        // Day 0, 0001-01-01, is a Monday.
        Interval::WeekDay => (day_number + 1).rem_euclid(7) + 1,
        Interval::Hour => of_day / PER_HOUR,
        Interval::Minute => of_day / PER_MINUTE % 60,
        Interval::Second => of_day / Ticks::PER_SECOND % 60,
        Interval::Millisecond => of_day / Ticks::PER_MILLISECOND % 1_000,
    }
}

fn day_of_year(time: Ticks) -> i64 {
    let (year, month, day, _) = time.date();
    (1..month).map(|month| i64::from(days_in_month(year, month))).sum::<i64>() + i64::from(day)
}

/// The number of the week by ISO 8601: the week of a day is in the year that its Thursday is in.
fn iso_week(time: Ticks) -> i64 {
    let days_after_monday = time.value().div_euclid(PER_DAY).rem_euclid(7);
    let thursday = Ticks(time.value() + (3 - days_after_monday) * PER_DAY);
    (day_of_year(thursday) - 1) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> Ticks {
        text.parse().unwrap()
    }

    #[test]
    fn months_end_early_when_they_must() {
        assert_eq!(add(time("2020-01-31"), 1, Interval::Month).unwrap(), time("2020-02-29"));
        assert_eq!(add(time("2020-02-29"), -12, Interval::Month).unwrap(), time("2019-02-28"));
        assert_eq!(add(time("2020-02-29 01:00"), 1, Interval::Year).unwrap(), time("2021-02-28 01:00"));
        assert_eq!(add(time("2020-01-01"), -1, Interval::Week).unwrap(), time("2019-12-25"));
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        for (text, week) in
            [("2020-03-01", 9), ("2016-01-03", 53), ("2018-12-31", 1), ("2021-01-04", 1), ("0001-01-01", 1)]
        {
            assert_eq!(part(time(text), Interval::Week), week, "{text}");
        }
        assert_eq!(part(time("2020-03-01"), Interval::WeekDay), 1);
        assert_eq!(part(time("2020-02-29"), Interval::WeekDay), 7);
        assert_eq!(part(time("2020-12-31"), Interval::DayOfYear), 366);
    }

    proptest! {
        #[test]
        fn arithmetic_never_panics(ticks: i64, count: i64, other: i64, interval in 0..INTERVALS.len()) {
            let interval = INTERVALS[interval].1;
            let _ = add(Ticks(ticks), count, interval);
            let _ = difference(Ticks(ticks), Ticks(other), interval);
            let _ = part(Ticks(ticks), interval);
        }
    }
}
