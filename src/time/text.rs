//! Texts to times: the one reader of times for metadata, filters, recordings, windows of history and the
//! C API.

use std::str::FromStr;

use thiserror::Error;

use super::{PER_SECOND, Ticks};

const PER_MINUTE: i64 = 60 * PER_SECOND;

/// Longest text that is looked at, in bytes.
const MAX_LENGTH: usize = 128;

/// A text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is not a time between years 1 and 9999: expected YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|±HH:MM] or \
     M/D/YYYY [H:MM[:SS] [AM|PM]]"
)]
pub struct ParseTicksError {
    text: String,
}

/// Reads a time in UTC. A date is
///
/// - `YYYY-MM-DD`, `YYYY/M/D` or `YYYYMMDD`,
/// - `M/D/YYYY`, also with dots or hyphens; `D/M/YYYY` when the first number is above 12,
/// - day, year and the English name of the month, or three or more letters of it, in any order.
///
/// After it may stand, behind `T` or white space, a time of day: `H:MM[:SS[.fffffff]]`, or `HHMM[SS]`
/// behind `T`. A comma is a decimal point too, digits past the seventh are cut, a dangling point counts
/// as no fraction, and second 60 is the leap second. Then may follow `AM` or `PM`, and a zone: `Z`,
/// `UTC`, `GMT`, `±HH`, `±HHMM` or `±HH:MM`; without one the time is UTC.
impl FromStr for Ticks {
    type Err = ParseTicksError;

    fn from_str(text: &str) -> Result<Ticks, ParseTicksError> {
        let trimmed = text.trim();
        let time = if trimmed.len() > MAX_LENGTH { None } else { parse(trimmed) };
        time.ok_or_else(|| ParseTicksError { text: text.chars().take(64).collect() })
    }
}

/// True when a text is a time of the form that XML has: `YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|±HH:MM]`.
/// A blank may stand for the `T`.
pub(crate) fn is_iso(text: &str) -> bool {
    iso(text.trim()).is_some()
}

fn parse(text: &str) -> Option<Ticks> {
    iso(text).or_else(|| free(text))
}

/// ISO 8601 with separators, which nearly all times are.
fn iso(text: &str) -> Option<Ticks> {
    let mut scan = Scan(text.as_bytes());
    let year = scan.number(4)?;
    scan.expect(b'-')?;
    let month = scan.number(2)?;
    scan.expect(b'-')?;
    let day = scan.number(2)?;
    let midnight = Ticks::from_date(year, month as u32, day as u32)?;
    if scan.0.is_empty() {
        return Some(midnight);
    }
    scan.expect(b'T').or_else(|| scan.expect(b' '))?;
    let hour = scan.number(2)?;
    scan.expect(b':')?;
    let minute = scan.number(2)?;
    let (second, fraction) = match scan.expect(b':') {
        Some(()) => (scan.number(2)?, scan.fraction()),
        None => (0, 0),
    };
    let time = TimeOfDay { hour, minute, second, fraction };
    let offset = scan.zone()?;
    if scan.0.is_empty() { time.on(midnight, offset) } else { None }
}

fn free(text: &str) -> Option<Ticks> {
    let (date, time) = split_date(text);
    let (year, month, day) = date_of(date)?;
    let midnight = Ticks::from_date(year, month, day)?;
    match time {
        None => Some(midnight),
        Some(time) => {
            let (clock, offset) = split_zone(time.trim())?;
            time_of_day(clock.trim_end())?.on(midnight, offset)
        }
    }
}

struct TimeOfDay {
    hour: i64,
    minute: i64,
    second: i64,
    /// Ticks after the second.
    fraction: i64,
}

impl TimeOfDay {
    /// The time on a day, in a zone of so many minutes east of UTC. Second 60, the leap second, counts
    /// as 59 and has its mark.
    fn on(&self, midnight: Ticks, offset: i64) -> Option<Ticks> {
        if self.hour > 23 || self.minute > 59 || self.second > 60 {
            return None;
        }
        let seconds = self.hour * 3_600 + self.minute * 60 + self.second.min(59);
        let value = midnight.0 + seconds * PER_SECOND + self.fraction - offset * PER_MINUTE;
        let mark = if self.second == 60 { Ticks::LEAP_SECOND } else { 0 };
        (0..=Ticks::MAX.0).contains(&value).then_some(Ticks(value | mark))
    }
}

/// What is left to read of a time's text.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    /// Exactly `digits` decimal digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number
            .iter()
            .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    }

    /// Ticks of a decimal point and the digits after it, if there is one.
    fn fraction(&mut self) -> i64 {
        let mut ticks = 0;
        if self.expect(b'.').or_else(|| self.expect(b',')).is_none() {
            return ticks;
        }
        let mut unit = PER_SECOND / 10;
        while let [digit @ b'0'..=b'9', rest @ ..] = self.0 {
            ticks += i64::from(digit - b'0') * unit;
            unit /= 10;
            self.0 = rest;
        }
        ticks
    }

    /// Minutes east of UTC.
    fn zone(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.expect(b'Z').is_some() {
            return Some(0);
        }
        let sign = if self.expect(b'+').is_some() {
            1
        } else {
            self.expect(b'-')?;
            -1
        };
        let hours = self.number(2)?;
        let _ = self.expect(b':');
        let minutes = self.number(2)?;
        offset(hours, minutes).map(|offset| sign * offset)
    }
}

fn offset(hours: i64, minutes: i64) -> Option<i64> {
    (hours <= 14 && minutes <= 59).then_some(hours * 60 + minutes)
}

/// The part of the text that is a date and the one that is a time of day: the latter starts with the
/// word that contains a colon, or after a `T` that follows a digit.
fn split_date(text: &str) -> (&str, Option<&str>) {
    let colon = text.find(':').unwrap_or(text.len());
    let before = &text[..colon];
    let word = before.rfind(|character: char| character.is_whitespace()).map_or(0, |blank| blank + 1);
    let is_time_mark = |(at, byte): &(usize, u8)| {
        byte.eq_ignore_ascii_case(&b'T')
            && before.as_bytes().get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_digit)
    };
    match before.bytes().enumerate().find(is_time_mark) {
        Some((mark, _)) => (&text[..mark], Some(&text[mark + 1..])),
        None if colon < text.len() && text.is_char_boundary(word) => {
            (text[..word].trim_end(), Some(&text[word..]))
        }
        None => (text, None),
    }
}

/// Year, month and day.
fn date_of(text: &str) -> Option<(i64, u32, u32)> {
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

/// A time of day without its zone: `H:MM[:SS[.fffffff]][ AM| PM]` or `HHMM[SS[.fffffff]]`.
fn time_of_day(text: &str) -> Option<TimeOfDay> {
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12)),
        _ => (upper.as_str(), None),
    };
    let (clock, after_point) = match clock.find(['.', ',']) {
        Some(point) => clock.split_at(point),
        None => (clock, ""),
    };
    let mut scan = Scan(after_point.as_bytes());
    let fraction = scan.fraction();
    let mut parts = clock.split(':');
    let (hour, minute, second, rest) = (parts.next()?, parts.next(), parts.next(), parts.next());
    let (hour, minute, second) = match minute {
        Some(minute) => (hour, minute, second),
        None => (hour.get(..2)?, hour.get(2..4)?, hour.get(4..).filter(|text| !text.is_empty())),
    };
    // Only seconds have fractions.
    if rest.is_some() || !scan.0.is_empty() || second.is_none() && !after_point.is_empty() {
        return None;
    }
    let (mut hour, minute, second) = (small(hour)?, small(minute)?, small(second.unwrap_or("0"))?);
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    Some(TimeOfDay { hour: hour.into(), minute: minute.into(), second: second.into(), fraction })
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
    let offset = offset(hours.into(), minutes.into())?;
    Some((&text[..sign], if text[sign..].starts_with('-') { -offset } else { offset }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Ticks>().ok().map(|time| time.to_string())
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("2020-01-31", "2020-01-31T00:00:00Z"),
            ("2020-1-3", "2020-01-03T00:00:00Z"),
            ("2020/01/31 4:05", "2020-01-31T04:05:00Z"),
            ("1/31/2020 3:00 PM", "2020-01-31T15:00:00Z"),
            ("31/1/2020 12:00:00am", "2020-01-31T00:00:00Z"),
            ("11/29/2026 4:46:59 PM", "2026-11-29T16:46:59Z"),
            ("11/29/2026 12:00:00 PM +01:00", "2026-11-29T11:00:00Z"),
            ("29.11.2026 16:46:59", "2026-11-29T16:46:59Z"),
            ("29.11.2026 16:46:59,25", "2026-11-29T16:46:59.25Z"),
            ("2026-11-29t16:46:59z", "2026-11-29T16:46:59Z"),
            ("2026-11-29T16:46:59.5+00:00", "2026-11-29T16:46:59.5Z"),
            ("20200131T150405.25", "2020-01-31T15:04:05.25Z"),
            ("20200131T1504", "2020-01-31T15:04:00Z"),
            ("20200131T150405-0600", "2020-01-31T21:04:05Z"),
            ("20200131", "2020-01-31T00:00:00Z"),
            ("Jan 31, 2020", "2020-01-31T00:00:00Z"),
            ("31 January 2020 10:00 +01:30", "2020-01-31T08:30:00Z"),
            ("2020-01-01 10:00:00-06:00", "2020-01-01T16:00:00Z"),
            ("2020-1-1 10:00:00.123456789-0600", "2020-01-01T16:00:00.1234567Z"),
            ("1/1/2020 10:00 GMT", "2020-01-01T10:00:00Z"),
            // Leap seconds, in every form.
            ("2016-12-31T23:59:60.1Z", "2016-12-31T23:59:60.1Z"),
            ("20161231T235960", "2016-12-31T23:59:60Z"),
            ("12/31/2016 11:59:60.5 PM", "2016-12-31T23:59:60.5Z"),
            ("2017-01-01 00:59:60+01:00", "2016-12-31T23:59:60Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn zones_and_fractions() {
        let utc = read("2026-01-01T06:00:00.5Z");
        for same in
            ["2026-01-01T00:00:00.5-06:00", "2026-01-01T06:00:00.50000009", "2026-01-01T07:30:00.5+01:30"]
        {
            assert_eq!(read(same), utc, "{same}");
        }
        assert_eq!(read("2026-01-01T00:00:00.Z").as_deref(), Some("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "x",
            "10:30",
            "2020",
            "2020-01",
            "2020-02-30",
            "2026-13-01",
            "13/13/2020",
            "001/01/2026",
            "1//2026",
            "1/1/20",
            "2020-01-01 25:00",
            "2026-01-01T24:00:00",
            "2026-01-01T00:00:61",
            "2026-01-01T00:00:00+99:00",
            "2026-01-01T00:00:00Zx",
            "0001-01-01T00:00:00+01:00",
            "1/1/2020 13:00 PM",
            "1/1/2020 1:00:00:00",
            "1/1/2020 1:00.5",
            "20260131 083005",
            "2020-01-01T",
            "123456789012345",
            "é:",
            "1/1/2020 1:2é",
            "2020013é",
            "2026013éT083005",
        ] {
            let error = text.parse::<Ticks>().expect_err(text);
            assert!(error.to_string().starts_with(&format!("{text:?} is not a time")), "{error}");
        }
        let long = format!("2020-01-01T00:00:00.{}", "1".repeat(1 << 20));
        assert!(long.parse::<Ticks>().unwrap_err().to_string().len() < 300);
    }

    #[test]
    fn the_form_of_xml_is_told_apart() {
        for text in ["2020-01-31", " 2020-01-31T10:00:00.25Z\n", "2020-01-31T10:00:00.+01:00"] {
            assert!(is_iso(text), "{text}");
        }
        for text in ["2020-1-31", "1/31/2020", "20200131T100000", "636188255995000000", "", "x"] {
            assert!(!is_iso(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in 0..=Ticks::MAX.0) {
            prop_assert_eq!(Ticks(value).to_string().parse(), Ok(Ticks(value)));
        }

        #[test]
        fn both_forms_of_one_time_are_the_same(value in 0..=Ticks::MAX.0) {
            let iso = Ticks(value).to_string();
            let basic: String = iso.chars().filter(|one| !matches!(one, '-' | ':')).collect();
            prop_assert_eq!(basic.parse(), Ok(Ticks(value)));
        }

        #[test]
        fn reading_never_panics(text in "([0-9TZ:/ .+\\-,aApPmMé]|\\PC){0,40}") {
            let _ = text.parse::<Ticks>();
        }
    }
}
