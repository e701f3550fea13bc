//! Texts of values.

use std::net::IpAddr;
use std::time::Duration;

/// Nobody writes a longer number.
const MAX_DIGITS: usize = 40;

pub(super) fn read_flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

pub(super) fn read_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

pub(super) const PORT_FORM: &str = "a port, 0 to 65535";

/// A port; an empty text for none.
pub(super) fn read_port(text: &str) -> Result<Option<u16>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(Some).ok_or_else(|| PORT_FORM.to_owned())
}

pub(super) const INTERFACE_FORM: &str = "an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::";

/// An address of this machine; an empty text for none.
pub(super) fn read_interface(text: &str) -> Result<Option<IpAddr>, String> {
    match text {
        "" => Ok(None),
        _ => text.parse().map(Some).map_err(|_| INTERFACE_FORM.to_owned()),
    }
}

/// A time in seconds, `2` or `2.5`: neither a sign nor an exponent.
pub(super) fn read_seconds(text: &str) -> Option<Duration> {
    let is_number = text.len() <= MAX_DIGITS
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { Duration::try_from_secs_f64(text.parse().ok()?).ok() } else { None }
}

/// As short as it can be read again.
pub(super) fn seconds_text(time: Duration) -> String {
    time.as_secs_f64().to_string()
}

/// A setting in milliseconds.
pub(super) fn milliseconds_of(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The time of so many milliseconds, which are not negative.
pub(super) fn from_milliseconds(milliseconds: i64) -> Duration {
    Duration::from_millis(milliseconds.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_value_is_refused() {
        for text in ["", "yes", "2", "-1", "tru"] {
            assert_eq!(read_flag(text), None, "{text}");
        }
        for text in ["", "-", "+1", "1.0", "1e3", " 1", "0x10", "9223372036854775808"] {
            assert_eq!(read_integer(text), None, "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "inf", "NaN", "1.2.3", "1,5", &"9".repeat(MAX_DIGITS + 1)] {
            assert_eq!(read_seconds(text), None, "{text}");
        }
        assert_eq!(read_seconds(&"9".repeat(MAX_DIGITS)), None);
    }

    proptest! {
        #[test]
        fn times_read_back(nanoseconds in 0_u64..4_000_000_000_000_000) {
            let time = Duration::from_nanos(nanoseconds);
            prop_assert_eq!(read_seconds(&seconds_text(time)), Some(time));
        }

        #[test]
        fn whole_numbers_read_back(number: i64) {
            prop_assert_eq!(read_integer(&number.to_string()), Some(number));
        }
    }
}
