//! Time expressions: how subscribers write the ends of the span of history that they want.
//!
//! Relative to the publisher's clock: `*` is now, `*-20m`, `*-1h` and `* + 10 s` lie before or after
//! it; a unit is any word that begins with `s`, `m`, `h` or `d`. Or absolute, UTC unless a zone is
//! given: everything that [`Ticks`] read, `20260131T083000` and `1/31/2026 08:30:00.5`.

use std::str::FromStr;

use thiserror::Error;

use crate::Ticks;

/// Longest expression that is looked at, in bytes.
const MAX_LENGTH: usize = 128;

/// A point in time, as a subscriber writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeExpression {
    /// This time.
    Absolute(Ticks),
    /// So many ticks after now; negative before.
    Relative(i64),
}

impl TimeExpression {
    /// The time that is meant, when it is `now`. Relative times end where the calendar does: at the
    /// beginning of year 1 and at [`Ticks::MAX`].
    pub fn resolve(self, now: Ticks) -> Ticks {
        match self {
            TimeExpression::Absolute(time) => time,
            TimeExpression::Relative(offset) => {
                Ticks(now.value().saturating_add(offset).clamp(0, Ticks::MAX.0))
            }
        }
    }
}

/// A text is not a time expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no time: write * for now, *-20m or *+10s relative to it, or YYYY-MM-DD HH:MM:SS[.fffffff]"
)]
pub struct TimeExpressionError {
    text: String,
}

impl FromStr for TimeExpression {
    type Err = TimeExpressionError;

    fn from_str(text: &str) -> Result<TimeExpression, TimeExpressionError> {
        let trimmed = text.trim();
        let parsed = match trimmed.strip_prefix('*') {
            _ if trimmed.len() > MAX_LENGTH => None,
            Some(offset) => relative(offset.trim_start()).map(TimeExpression::Relative),
            None => absolute(trimmed).map(TimeExpression::Absolute),
        };
        parsed.ok_or_else(|| TimeExpressionError { text: text.chars().take(64).collect() })
    }
}

/// A span of time, with both its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    /// First time that belongs to it.
    pub start: Ticks,
    /// Last time that belongs to it.
    pub stop: Ticks,
}

impl TimeWindow {
    /// True when a time lies between the ends or is one of them. A leap second counts as the second
    /// before it.
    pub fn contains(&self, time: Ticks) -> bool {
        (self.start.value()..=self.stop.value()).contains(&time.value())
    }
}

/// Ticks of what follows the asterisk.
fn relative(offset: &str) -> Option<i64> {
    if offset.is_empty() {
        return Some(0);
    }
    let (sign, amount) = match offset.split_at_checked(1)? {
        ("-", amount) => (-1, amount),
        ("+", amount) => (1, amount),
        _ => (1, offset),
    };
    let amount = amount.trim_start();
    let digits = amount.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = amount.split_at(digits);
    let unit = unit.trim();
    if number.is_empty() || !unit.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let seconds = match unit.bytes().next()?.to_ascii_lowercase() {
        b's' => 1,
        b'm' => 60,
        b'h' => 3_600,
        b'd' => 86_400,
        _ => return None,
    };
    // A number with too many digits means as far away as there is.
    let number: i64 = number.parse().unwrap_or(i64::MAX);
    Some(sign * number.saturating_mul(seconds * Ticks::PER_SECOND))
}

fn absolute(text: &str) -> Option<Ticks> {
    let iso = basic_to_iso(text).or_else(|| month_first_to_iso(text));
    iso.as_deref().unwrap_or(text).parse().ok()
}

/// `YYYYMMDDTHHMMSS…` with hyphens and colons.
fn basic_to_iso(text: &str) -> Option<String> {
    let (fields, rest) = text.split_at_checked(15)?;
    let mut iso = String::with_capacity(text.len() + 4);
    for (position, character) in fields.char_indices() {
        let is_expected = if position == 8 { character == 'T' } else { character.is_ascii_digit() };
        if !is_expected {
            return None;
        }
        match position {
            4 | 6 => iso.push('-'),
            11 | 13 => iso.push(':'),
            _ => {}
        }
        iso.push(character);
    }
    Some(iso + rest)
}

/// `MM/DD/YYYY…` with the year in front; month and day may have one digit.
fn month_first_to_iso(text: &str) -> Option<String> {
    let (month, rest) = text.split_once('/')?;
    let (day, rest) = rest.split_once('/')?;
    let (year, rest) = rest.split_at_checked(4)?;
    if !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    Some(format!("{year}-{month:0>2}-{day:0>2}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Ticks = Ticks(638_448_066_000_000_000);

    fn resolve(text: &str) -> Ticks {
        text.parse::<TimeExpression>().unwrap().resolve(NOW)
    }

    #[test]
    fn relative_times() {
        for (text, seconds) in [
            ("*", 0),
            (" * ", 0),
            ("*-20m", -20 * 60),
            ("*-1h", -3_600),
            ("* + 10 s", 10),
            ("*+2days", 2 * 86_400),
            ("* - 3 Minutes", -180),
            ("*5sec", 5),
            ("*-0d", 0),
        ] {
            assert_eq!(resolve(text).0 - NOW.0, seconds * Ticks::PER_SECOND, "{text}");
        }
    }

    #[test]
    fn relative_times_end_where_the_calendar_does() {
        assert_eq!(resolve("*-9000000d"), Ticks(0));
        assert_eq!(resolve("*-99999999999999999999999s"), Ticks(0));
        assert_eq!(resolve("*+99999999999999999999999s"), Ticks::MAX);
        assert_eq!(resolve(&format!("*+{}d", i64::MAX)), Ticks::MAX);
    }

    #[test]
    fn absolute_times_in_every_form() {
        let whole: Ticks = "2026-01-31T08:30:05Z".parse().unwrap();
        for same in [
            "2026-01-31 08:30:05",
            "2026-01-31T08:30:05",
            "2026-01-31T08:30:05Z",
            "2026-01-31 08:30:05.0000000",
            "2026-01-31T09:30:05+01:00",
            "20260131T083005",
            "20260131T083005Z",
            "20260131T023005-06:00",
            "01/31/2026 08:30:05",
            "1/31/2026 08:30:05",
        ] {
            assert_eq!(resolve(same), whole, "{same}");
        }
        let fraction = Ticks(whole.0 + 1_234_567);
        for same in ["2026-01-31 08:30:05.1234567", "20260131T083005.1234567", "01/31/2026 08:30:05.1234567"]
        {
            assert_eq!(resolve(same), fraction, "{same}");
        }
        assert_eq!(resolve("2026-01-31"), resolve("1/31/2026"));
    }

    #[test]
    fn windows_contain_both_their_ends() {
        let window = TimeWindow { start: Ticks(10), stop: Ticks(20) };
        let inside = [9, 10, 15, 20, 21, 20 | Ticks::LEAP_SECOND, 21 | Ticks::LEAP_SECOND];
        let expected = [false, true, true, true, false, true, false];
        assert_eq!(inside.map(|time| window.contains(Ticks(time))), expected);
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "now",
            "**",
            "*-",
            "*--1h",
            "*-h",
            "*-1",
            "*-1w",
            "*-1.5h",
            "*-1h30m",
            "*-1 h 2",
            "-20m",
            "20m",
            "2026-02-30 00:00:00",
            "13/01/2026 00:00:00",
            "001/01/2026",
            "1//2026",
            "2026/01/31",
            "20260131T0830",
            "20260131 083005",
            "2026013éT083005",
            "*-é",
            "*é",
        ] {
            let error = text.parse::<TimeExpression>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("{text:?}")), "{text}");
        }
        let long = format!("*-{}s", "1".repeat(1 << 20));
        assert!(long.parse::<TimeExpression>().unwrap_err().to_string().len() < 200);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in r"(\*|[0-9/T:.+-]|\PC){0,24}") {
            let _ = text.parse::<TimeExpression>().map(|expression| expression.resolve(NOW));
        }
    }
}
