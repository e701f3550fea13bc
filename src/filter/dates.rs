//! Dates: their texts, and arithmetic in years, months, weeks and smaller units.

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

/// The time that a text means, in UTC. Understood are ISO 8601; dates written `Y-M-D`, `Y/M/D`, `M/D/Y`
/// (or `D/M/Y` when the day is above 12), `YYYYMMDD`, or with the English name of the month in any
/// place; each alone or followed by a time of day with or without seconds, `AM` or `PM`, and a zone.
pub(super) fn parse(text: &str) -> Option<Ticks> {
    text.parse().ok().or_else(|| {
        let (date, time) = split_date(text.trim());
        let (year, month, day) = parse_date(date)?;
        let of_day = time.map_or(Some(0), parse_time)?;
        let ticks = Ticks::from_date(year, month, day)?.0 + of_day;
        (0..=Ticks::MAX.0).contains(&ticks).then_some(Ticks(ticks))
    })
}

/// The part of the text that is a date and the one that is a time of day: the latter starts with the
/// word that contains a colon, or after a `T` that follows a digit.
fn split_date(text: &str) -> (&str, Option<&str>) {
    let colon = text.find(':').unwrap_or(text.len());
    let before = &text[..colon];
    let word = before.rfind(|character: char| character.is_whitespace()).map_or(0, |blank| blank + 1);
    let is_time_mark = |(at, byte): &(usize, u8)| {
        *byte == b'T' && before.as_bytes().get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_digit)
    };
    match before.bytes().enumerate().find(is_time_mark) {
        Some((mark, _)) => (&text[..mark], Some(&text[mark + 1..])),
        None if colon < text.len() && text.is_char_boundary(word) => {
            (text[..word].trim_end(), Some(&text[word..]))
        }
        None => (text, None),
    }
}

fn parse_date(text: &str) -> Option<(i64, u32, u32)> {
    let mut parts = text
        .split(|character: char| character.is_whitespace() || matches!(character, '-' | '/' | ',' | '.'))
        .filter(|part| !part.is_empty());
    let first = parts.next()?;
    let (Some(second), Some(third), None) = (parts.next(), parts.next(), parts.next()) else {
        return compact_date(text);
    };
    let parts = [first, second, third];
    if let Some((place, month)) =
        parts.iter().zip(0..).find_map(|(part, place)| Some((place, month_number(part)?)))
    {
        let others: Vec<&str> =
            parts.iter().zip(0..).filter(|(_, at)| *at != place).map(|(part, _)| *part).collect();
        let (year, day) = match others.as_slice() {
            [year, day] if is_year(year) => (year, day),
            [day, year] if is_year(year) => (year, day),
            _ => return None,
        };
        return Some((digits(year)?, month, small(day)?));
    }
    match parts {
        [year, month, day] if is_year(year) => Some((digits(year)?, small(month)?, small(day)?)),
        [month, day, year] if is_year(year) => {
            let (month, day) = (small(month)?, small(day)?);
            let (month, day) = if month > 12 { (day, month) } else { (month, day) };
            Some((digits(year)?, month, day))
        }
        _ => None,
    }
}

fn compact_date(text: &str) -> Option<(i64, u32, u32)> {
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    Some((digits(&text[..4])?, small(&text[4..6])?, small(&text[6..])?))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && digits(text).is_some()
}

/// A number of one or two digits.
fn small(text: &str) -> Option<u32> {
    (text.len() <= 2).then(|| digits(text)).flatten().and_then(|number| number.try_into().ok())
}

fn digits(text: &str) -> Option<i64> {
    let all_digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

/// The number of a month from the first three or more letters of its English name.
fn month_number(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = text.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))?;
    Some(place as u32 + 1)
}

/// Ticks since midnight UTC of a time of day, `H:MM[:SS[.fffffff]][ AM| PM][zone]` or `HHMMSS`.
fn parse_time(text: &str) -> Option<i64> {
    let (text, offset) = split_zone(text.trim())?;
    let upper = text.trim().to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12)),
        _ => (upper.as_str(), None),
    };
    let mut parts = clock.split(':');
    let (hour, minute, second, rest) = (parts.next()?, parts.next(), parts.next(), parts.next());
    let (hour, minute, second) = match minute {
        Some(minute) => (hour, minute, second.unwrap_or("0")),
        None => {
            (hour.get(..2)?, hour.get(2..4)?, hour.get(4..).filter(|text| !text.is_empty()).unwrap_or("0"))
        }
    };
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let (mut hour, minute, second) = (small(hour)?, small(minute)?, small(second)?);
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    if rest.is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    Some(seconds * Ticks::PER_SECOND + parse_fraction(fraction)? - offset * PER_MINUTE)
}

/// Ticks of the digits after the decimal point; those past the seventh are cut.
fn parse_fraction(digits: &str) -> Option<i64> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let used = &digits[..digits.len().min(7)];
    format!("{used:0<7}").parse().ok()
}

/// The time of day without its zone, and the zone in minutes east of UTC.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(text) = text.strip_suffix(['Z', 'z']) {
        return Some((text, 0));
    }
    let upper_end = text.len().saturating_sub(3);
    if text
        .get(upper_end..)
        .is_some_and(|zone| zone.eq_ignore_ascii_case("UTC") || zone.eq_ignore_ascii_case("GMT"))
    {
        return Some((&text[..upper_end], 0));
    }
    let Some(sign) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let zone = text[sign + 1..].replace(':', "");
    let (hours, minutes) = match zone.len() {
        1 | 2 => (small(&zone)?, 0),
        4 if zone.is_ascii() => (small(&zone[..2])?, small(&zone[2..])?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let offset = i64::from(hours * 60 + minutes);
    Some((&text[..sign], if text[sign..].starts_with('-') { -offset } else { offset }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_in_many_forms() {
        for (text, expected) in [
            ("2020-01-31", "2020-01-31T00:00:00Z"),
            ("2020-1-3", "2020-01-03T00:00:00Z"),
            ("2020/01/31 4:05", "2020-01-31T04:05:00Z"),
            ("1/31/2020 3:00 PM", "2020-01-31T15:00:00Z"),
            ("31/1/2020 12:00:00am", "2020-01-31T00:00:00Z"),
            ("20200131T150405.25", "2020-01-31T15:04:05.25Z"),
            ("20200131", "2020-01-31T00:00:00Z"),
            ("Jan 31, 2020", "2020-01-31T00:00:00Z"),
            ("31 January 2020 10:00 +01:30", "2020-01-31T08:30:00Z"),
            ("2020-01-01 10:00:00-06:00", "2020-01-01T16:00:00Z"),
            ("2020-1-1 10:00:00.123456789-0600", "2020-01-01T16:00:00.1234567Z"),
            ("1/1/2020 10:00 GMT", "2020-01-01T10:00:00Z"),
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "x",
            "10:30",
            "2020",
            "2020-01",
            "2020-02-30",
            "13/13/2020",
            "1/1/20",
            "2020-01-01 25:00",
            "1/1/2020 13:00 PM",
            "1/1/2020 1:00:00:00",
            "2020-01-01T",
            "é:",
            "1/1/2020 1:2é",
            "2020013é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_end_early_when_they_must() {
        let time = |text: &str| parse(text).unwrap();
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
            assert_eq!(part(parse(text).unwrap(), Interval::Week), week, "{text}");
        }
        assert_eq!(part(parse("2020-03-01").unwrap(), Interval::WeekDay), 1);
        assert_eq!(part(parse("2020-02-29").unwrap(), Interval::WeekDay), 7);
        assert_eq!(part(parse("2020-12-31").unwrap(), Interval::DayOfYear), 366);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "[0-9TZ:/ .+\\-,aApPmMé]{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn arithmetic_never_panics(ticks: i64, count: i64, other: i64, interval in 0..INTERVALS.len()) {
            let interval = INTERVALS[interval].1;
            let _ = add(Ticks(ticks), count, interval);
            let _ = difference(Ticks(ticks), Ticks(other), interval);
            let _ = part(Ticks(ticks), interval);
        }
    }
}
