//! Time expressions: times as people write them, who may count from now.
//!
//! `*` is now; `*-20m`, `*-0.5h`, `*-500ms` and `* + 10 s` lie before or after it, in milliseconds, seconds,
//! minutes, hours or days. Everything else is a time as [`Ticks`] read it, UTC unless a zone is given, or a
//! number of ticks of 16 digits or more with their marks of leap seconds, as recordings have them.

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

impl TimeExpression {
    /// The same time as every publisher reads it, when it is `now`: relative in whole seconds, minutes, hours or days
    /// where that is exact, else as the time that it means. Some publishers know neither fractions nor milliseconds,
    /// and take `ms` for minutes. `None` when `now` is needed for that and not known.
    pub fn portable(self, now: Option<Ticks>) -> Option<String> {
        let offset = match self {
            TimeExpression::Absolute(time) => return Some(absolute_text(time)),
            TimeExpression::Relative(0) => return Some("*".to_owned()),
            TimeExpression::Relative(offset) => offset,
        };
        let (sign, ticks) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        // Milliseconds come first.
        let units = UNITS.iter().skip(1).rev().map(|(name, _, unit)| (name, unit.unsigned_abs()));
        let whole =
            units.filter(|(_, unit)| ticks % unit == 0).map(|(name, unit)| (name, ticks / unit)).next();
        match whole.filter(|(_, number)| *number <= LARGEST_NUMBER) {
            Some((name, number)) => Some(format!("*{sign}{number}{}", name.get(..1).unwrap_or_default())),
            None => now.map(|now| absolute_text(self.resolve(now))),
        }
    }
}

/// Numbers of units are read with 32 bits.
const LARGEST_NUMBER: u64 = i32::MAX as u64;

/// A time as all implementations read it.
fn absolute_text(time: Ticks) -> String {
    Ticks(time.value()).to_string().trim_end_matches('Z').replacen('T', " ", 1)
}

/// A text is not a time expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no time: write * for now, *-20m, *-0.5h or *+10s relative to it (ms, s, m, h or d), or YYYY-MM-DD HH:MM:SS[.fffffff]"
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
            None => ticks(trimmed).or_else(|| trimmed.parse().ok()).map(TimeExpression::Absolute),
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

    /// The times of both; its stop lies before its start if there are none.
    pub fn within(&self, other: TimeWindow) -> TimeWindow {
        TimeWindow { start: self.start.max(other.start), stop: self.stop.min(other.stop) }
    }
}

/// Each unit by its name, any beginning of which means it, and by its other short names.
const UNITS: [(&str, &[&str], i64); 5] = [
    // First, because what follows begins with the same letter.
    ("milliseconds", &["ms", "msec", "msecs"], Ticks::PER_MILLISECOND),
    ("seconds", &["secs"], Ticks::PER_SECOND),
    ("minutes", &["mins"], 60 * Ticks::PER_SECOND),
    ("hours", &["hr", "hrs"], 3_600 * Ticks::PER_SECOND),
    ("days", &[], 86_400 * Ticks::PER_SECOND),
];

/// The shortest text that means milliseconds as the beginning of their name: shorter ones mean minutes.
const MILLISECONDS_LENGTH: usize = 3;

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
    let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let (number, unit) = amount.split_at(amount.bytes().take_while(is_number).count());
    Some(sign * multiple(number, unit_ticks(unit.trim())?)?)
}

fn unit_ticks(text: &str) -> Option<i64> {
    let unit = text.to_ascii_lowercase();
    if unit.is_empty() {
        return None;
    }
    let is_meant = |(name, others, _): &&(&str, &[&str], i64)| {
        others.contains(&unit.as_str())
            || name.starts_with(&unit) && (*name != "milliseconds" || unit.len() >= MILLISECONDS_LENGTH)
    };
    UNITS.iter().find(is_meant).map(|(_, _, ticks)| *ticks)
}

/// So many times the unit; a number with too many digits means as far away as there is.
fn multiple(number: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(i64::MAX) };
    // Those after the eighteenth change no tick.
    let (fraction, digits) = (fraction.get(..18).unwrap_or(fraction), fraction.len().min(18) as u32);
    let fraction: i128 = if digits == 0 { 0 } else { fraction.parse().ok()? };
    let of_unit = fraction * i128::from(unit) / 10_i128.pow(digits);
    Some(whole.saturating_mul(unit).saturating_add(of_unit as i64))
}

/// Digits from which on a whole number is a number of ticks: since the year 4, and more than any date
/// that is written without separators has.
const LEAST_TICKS_DIGITS: usize = 16;

/// A number of ticks, with marks.
fn ticks(text: &str) -> Option<Ticks> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() < LEAST_TICKS_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let ticks = Ticks(text.parse().ok()?);
    (ticks.value() <= Ticks::MAX.0).then_some(ticks)
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
            ("*-0.5h", -1_800),
            ("*-1.5 days", -36 * 3_600),
            ("*+.25m", 15),
            ("*-2.h", -7_200),
            ("*-5M", -300),
            ("*-5mi", -300),
            ("*-5 mins", -300),
            ("*-2hrs", -7_200),
            ("*-3000ms", -3),
            ("*-0d", 0),
        ] {
            assert_eq!(resolve(text).0 - NOW.0, seconds * Ticks::PER_SECOND, "{text}");
        }
    }

    #[test]
    fn milliseconds_are_not_minutes() {
        for text in [
            "*-500ms",
            "*-500 MS",
            "*-500msec",
            "*-500mil",
            "*-500milliseconds",
            "*-0.5s",
            "*-0.500000000000000000000s",
        ] {
            assert_eq!(resolve(text).0 - NOW.0, -Ticks::PER_SECOND / 2, "{text}");
        }
        assert_eq!(resolve("*+0.0000001s").0 - NOW.0, 1);
        assert_eq!(resolve("*+0.00000019s").0 - NOW.0, 1);
    }

    #[test]
    fn ticks_are_read_with_their_marks() {
        assert_eq!(resolve("636188255995000000").to_string(), "2016-12-31T23:59:59.5Z");
        assert_eq!(resolve("-8587183780864775808").to_string(), "2016-12-31T23:59:60Z");
        assert_eq!(resolve("0999999999999999").0, 999_999_999_999_999);
    }

    #[test]
    fn expressions_are_written_as_every_publisher_reads_them() {
        let now = "2026-01-31T20:30:00Z".parse().ok();
        for (text, written) in [
            ("*", "*"),
            ("*-0d", "*"),
            ("*-0.5h", "*-30m"),
            ("*-500ms", "2026-01-31 20:29:59.5"),
            ("*+0.0000001s", "2026-01-31 20:30:00.0000001"),
            ("*-90000ms", "*-90s"),
            ("*+48h", "*+2d"),
            ("* + 36 hours", "*+36h"),
            ("*-2147483648s", "1958-01-13 17:15:52"),
            ("1/31/2026 8:30 PM", "2026-01-31 20:30:00"),
            ("2016-12-31T23:59:60.25Z", "2016-12-31 23:59:59.25"),
        ] {
            let expression = text.parse::<TimeExpression>().unwrap();
            assert_eq!(expression.portable(now).as_deref(), Some(written), "{text}");
            let is_relative = written.starts_with('*') || !text.starts_with('*');
            assert_eq!(expression.portable(None).is_some(), is_relative, "{text}");
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
            "*-1mo",
            "*-1minx",
            "*-1.2.3h",
            "*-.h",
            "123456789012345",
            "99999999999999999999",
            "4611686018427387903",
            "*-1h30m",
            "*-1 h 2",
            "-20m",
            "20m",
            "2026-02-30 00:00:00",
            "001/01/2026",
            "1//2026",
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
        fn what_is_written_means_the_same(offset in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            for offset in [offset, offset * 1_000, offset / 10_000_000 * 10_000_000] {
                let expression = TimeExpression::Relative(offset);
                let written: TimeExpression = expression.portable(Some(NOW)).unwrap().parse().unwrap();
                prop_assert_eq!(written.resolve(NOW), expression.resolve(NOW));
            }
        }

        #[test]
        fn parsing_never_panics(text in r"(\*|[0-9/T:.+-]|\PC){0,24}") {
            let _ = text.parse::<TimeExpression>().map(|expression| expression.resolve(NOW));
        }
    }
}
