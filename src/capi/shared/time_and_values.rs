//! Times, GUIDs and values as text.
//!
//! Texts are written into buffers of the caller; the STTP_..._TEXT_SIZE constants are always large
//! enough.

use std::ffi::c_char;
use std::fmt::{Display, LowerExp};

use uuid::Uuid;

use super::arguments::{invalid, output, reference, text, write_text};
use super::guard::{guard, guard_or};
use super::records::sttp_guid;
use crate::time::Ticks;
use crate::time_expression::TimeExpression;

/// Bytes that suffice for the text of every time, NUL included.
pub const STTP_TIME_TEXT_SIZE: usize = 32;
/// Bytes that suffice for the text of every GUID, NUL included.
pub const STTP_GUID_TEXT_SIZE: usize = 37;
/// Bytes that suffice for the text of every value that is not itself a text, NUL included.
pub const STTP_VALUE_TEXT_SIZE: usize = 64;

const _: () = {
    assert!(STTP_TIME_TEXT_SIZE > "9999-12-31T23:59:59.9999999Z".len());
    assert!(STTP_GUID_TEXT_SIZE > uuid::fmt::Hyphenated::LENGTH);
    assert!(STTP_VALUE_TEXT_SIZE > "-9999999000000000".len());
    assert!(STTP_VALUE_TEXT_SIZE > "-2.2250738585072014e-308".len());
    assert!(STTP_VALUE_TEXT_SIZE > "-0.79228162514264337593543950335".len());
};

/// The current time of the system clock in ticks: units of 100 ns since 0001-01-01T00:00:00 UTC.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_time_now() -> i64 {
    guard_or(0, || Ticks::now().0)
}

/// Reads a time as people write it: in ISO 8601, `YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|+HH:MM|-HH:MM]`, years 1
/// to 9999, a space instead of the `T` if you like, UTC when no zone is given, where second 60 sets the leap-second
/// bit; as `M/D/YYYY h:mm:ss PM` or `D.M.YYYY hh:mm:ss`; or from now on: `*` is now, `*-20m`, `*-0.5h` and `*+500ms`
/// lie before or after it, in milliseconds, seconds, minutes, hours or days.
///
/// \param text   The time.
/// \param ticks  Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \return STTP_ERR_INVALID_ARGUMENT when the text is not a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_parse(text: *const c_char, ticks: *mut i64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, ticks) = unsafe { (self::text(text, "text")?, output(ticks, "ticks")?) };
        let time: TimeExpression = text.parse().map_err(|error| invalid(format!("{error}")))?;
        ticks.write(time.resolve(Ticks::now()).0);
        Ok(())
    })
}

/// The time as Unix has it, for instance in a `struct timespec`: seconds since 1970 without leap seconds, and
/// nanoseconds after that second. A leap second has the seconds of the second before.
///
/// \param ticks        Units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \param seconds      Receives the seconds, negative before 1970.
/// \param nanoseconds  Receives the nanoseconds, 0 to 999999900.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_to_unix(ticks: i64, seconds: *mut i64, nanoseconds: *mut u32) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (seconds, nanoseconds) =
            unsafe { (output(seconds, "seconds")?, output(nanoseconds, "nanoseconds")?) };
        let unix = Ticks(ticks).to_unix();
        seconds.write(unix.0);
        nanoseconds.write(unix.1);
        Ok(())
    })
}

/// The ticks of a time of Unix. Nanoseconds that are no whole ticks are cut.
///
/// \param seconds      Seconds since 1970 without leap seconds, negative before, as `tv_sec`.
/// \param nanoseconds  Nanoseconds after that second, 0 to 999999999, as `tv_nsec`.
/// \param ticks        Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \return STTP_ERR_INVALID_ARGUMENT when there are more nanoseconds, or the time is not between years 1 and 9999.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_from_unix(seconds: i64, nanoseconds: u32, ticks: *mut i64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let ticks = unsafe { output(ticks, "ticks")? };
        let time = Ticks::from_unix(seconds, nanoseconds).ok_or_else(|| {
            invalid(format!(
                "{seconds} seconds and {nanoseconds} nanoseconds are no time; give one between years 1 and 9999, and \
                 0 to 999999999 nanoseconds"
            ))
        })?;
        ticks.write(time.0);
        Ok(())
    })
}

/// The time in nanoseconds since 1970. A leap second has those of the second before.
///
/// \param ticks        Units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \param nanoseconds  Receives the nanoseconds, negative before 1970.
/// \return STTP_ERR_INVALID_ARGUMENT outside the years 1678 to 2262, where 64 bits do not hold them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_to_unix_nanoseconds(ticks: i64, nanoseconds: *mut i64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let place = unsafe { output(nanoseconds, "nanoseconds")? };
        let nanoseconds = Ticks(ticks).to_unix_nanoseconds().ok_or_else(|| {
            invalid(format!("ticks is {ticks}, of which 64 bits do not hold the nanoseconds since 1970"))
        })?;
        place.write(nanoseconds);
        Ok(())
    })
}

/// The ticks of a time in nanoseconds since 1970, negative before. Nanoseconds that are no whole ticks are cut.
///
/// \param nanoseconds  The time.
/// \return Units of 100 ns since 0001-01-01T00:00:00 UTC.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_time_from_unix_nanoseconds(nanoseconds: i64) -> i64 {
    guard_or(0, || Ticks::from_unix_nanoseconds(nanoseconds).0)
}

/// Writes a time as ISO 8601 in UTC: `2026-11-21T08:30:00.0333333Z`, with up to seven fraction digits,
/// trailing zeros left out. A leap second is written as second 60.
///
/// \param ticks   Units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; STTP_TIME_TEXT_SIZE always suffices.
/// \return STTP_ERR_INVALID_ARGUMENT when the time is after year 9999; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_format(ticks: i64, buffer: *mut c_char, size: usize) -> i32 {
    guard(|| {
        let time = Ticks(ticks);
        if time.value() > Ticks::MAX.0 {
            return Err(invalid(format!("ticks is {ticks}, which is after {}", Ticks::MAX)));
        }
        // SAFETY: the contract of the header.
        unsafe { write_text(&time.to_string(), buffer, size) }
    })
}

/// Reads a GUID: `01234567-89ab-cdef-0123-456789abcdef` in any case, also in braces or without hyphens.
///
/// \param text  The GUID.
/// \param guid  Receives its 16 bytes.
/// \return STTP_ERR_INVALID_ARGUMENT when the text is not a GUID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_guid_parse(text: *const c_char, guid: *mut sttp_guid) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, guid) = unsafe { (self::text(text, "text")?, output(guid, "guid")?) };
        let id = Uuid::try_parse(text.trim()).map_err(|_| {
            let beginning: String = text.chars().take(64).collect();
            invalid(format!("{beginning:?} is not a GUID; write 01234567-89ab-cdef-0123-456789abcdef"))
        })?;
        guid.write(id.into());
        Ok(())
    })
}

/// Writes a GUID as `01234567-89ab-cdef-0123-456789abcdef`.
///
/// \param guid    The GUID.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; STTP_GUID_TEXT_SIZE suffices.
/// \return STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_guid_format(guid: *const sttp_guid, buffer: *mut c_char, size: usize) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let guid = unsafe { reference(guid, "guid")? };
        // SAFETY: the contract of the header.
        unsafe { write_text(&Uuid::from(*guid).to_string(), buffer, size) }
    })
}

/// Writes a measurement's value as the shortest decimal text that `strtof`, or `float` of most
/// languages, reads back to the same single-precision number: `60.02`, `-0`, `1.5e-7`, `nan`, `inf`,
/// `-inf`. Numbers below 1e-5 or from 1e16 on have an exponent. The decimal sign is a point in every
/// locale.
///
/// \param value   The value; rounded to single precision, which is what STTP carries.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; STTP_VALUE_TEXT_SIZE always suffices.
/// \return STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_value_format(value: f64, buffer: *mut c_char, size: usize) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_text(&float_text(value, value as f32), buffer, size) })
}

/// The shortest text that reads back to `shortest`, which is `value` in the wanted precision.
pub(in crate::capi) fn float_text(value: f64, shortest: impl Display + LowerExp) -> String {
    let size = value.abs();
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size) {
        format!("{shortest:e}")
    } else {
        shortest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use proptest::prelude::*;

    use super::*;
    use crate::capi::shared::guard::last_error;
    use crate::capi::shared::status::{STTP_ERR_BUFFER_TOO_SMALL, STTP_ERR_INVALID_ARGUMENT, STTP_OK};

    fn written(write: impl Fn(*mut c_char, usize) -> i32) -> String {
        let mut buffer = [1 as c_char; 64];
        assert_eq!(write(buffer.as_mut_ptr(), buffer.len()), STTP_OK);
        // SAFETY: the buffer is filled and terminated.
        let text = unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_str().unwrap().to_owned();
        assert_eq!(write(buffer.as_mut_ptr(), text.len() + 1), STTP_OK, "the buffer fits exactly");
        assert_eq!(write(buffer.as_mut_ptr(), text.len()), STTP_ERR_BUFFER_TOO_SMALL);
        assert!(message().contains(&format!("{} bytes are needed", text.len() + 1)), "{}", message());
        assert_eq!(write(std::ptr::null_mut(), 64), STTP_ERR_INVALID_ARGUMENT);
        assert_eq!(message(), "buffer is NULL");
        text
    }

    fn message() -> String {
        // SAFETY: the last error is a text.
        unsafe { CStr::from_ptr(last_error()) }.to_str().unwrap().to_owned()
    }

    fn value(value: f64) -> String {
        // SAFETY: `written` gives a buffer of the size it tells.
        written(|buffer, size| unsafe { sttp_value_format(value, buffer, size) })
    }

    #[test]
    fn values_have_their_shortest_text() {
        let known = [
            (0.0, "0"),
            (-0.0, "-0"),
            (60.0, "60"),
            (0.1, "0.1"),
            (f64::from(59.98_f32), "59.98"),
            (-123_456.5, "-123456.5"),
            (1e-5, "0.00001"),
            (1e-6, "1e-6"),
            (9_999_999.0e8, "999999900000000"),
            (1e16, "1e16"),
            (-f64::from(f32::MAX), "-3.4028235e38"),
            (1e-45, "1e-45"),
            (1e300, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (number, text) in known {
            assert_eq!(value(number), text);
        }
    }

    #[test]
    fn times_round_trip() {
        let mut ticks = 0;
        // SAFETY: the arguments are a text and a place.
        let status = unsafe { sttp_time_parse(c"2026-11-21 08:30:00.5+01:00".as_ptr(), &raw mut ticks) };
        assert_eq!(status, STTP_OK);
        // SAFETY: `written` gives a buffer of the size it tells.
        let text = written(|buffer, size| unsafe { sttp_time_format(ticks, buffer, size) });
        assert_eq!(text, "2026-11-21T07:30:00.5Z");
        // SAFETY: `written` gives a buffer of the size it tells.
        let longest = written(|buffer, size| unsafe { sttp_time_format(Ticks::MAX.0, buffer, size) });
        assert!(longest.len() < STTP_TIME_TEXT_SIZE);
    }

    #[test]
    fn times_may_count_from_now() {
        let parsed = |text: &CStr| {
            let mut ticks = 0;
            // SAFETY: the arguments are a text and a place.
            assert_eq!(unsafe { sttp_time_parse(text.as_ptr(), &raw mut ticks) }, STTP_OK, "{text:?}");
            ticks
        };
        let before = sttp_time_now();
        let (now, earlier, later) = (parsed(c"*"), parsed(c"*-0.5h"), parsed(c" * + 500ms "));
        let after = sttp_time_now();
        let within = |ticks: i64, offset: i64| (before + offset..=after + offset).contains(&ticks);
        assert!(within(now, 0) && within(earlier, -18_000_000_000) && within(later, 5_000_000));
        assert_eq!(parsed(c"11/29/2026 4:46:59 PM"), parsed(c"2026-11-29T16:46:59Z"));
    }

    #[test]
    fn times_of_unix() {
        let (mut ticks, mut seconds, mut nanoseconds, mut whole) = (0, 0, 0, 0);
        // SAFETY: the arguments are places, or NULL.
        unsafe {
            assert_eq!(sttp_time_from_unix(1_700_000_000, 123_456_789, &raw mut ticks), STTP_OK);
            assert_eq!(ticks, 638_355_968_001_234_567);
            assert_eq!(sttp_time_to_unix(ticks, &raw mut seconds, &raw mut nanoseconds), STTP_OK);
            assert_eq!((seconds, nanoseconds), (1_700_000_000, 123_456_700));
            assert_eq!(sttp_time_to_unix_nanoseconds(ticks, &raw mut whole), STTP_OK);
            assert_eq!(whole, 1_700_000_000_123_456_700);
            assert_eq!(sttp_time_from_unix_nanoseconds(whole + 99), ticks);
            assert_eq!(sttp_time_from_unix(-1, 999_999_999, &raw mut ticks), STTP_OK);
            assert_eq!(ticks, Ticks::UNIX_EPOCH.0 - 1);
            for (seconds, nanoseconds) in
                [(0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0), (253_402_300_800, 0)]
            {
                let status = sttp_time_from_unix(seconds, nanoseconds, &raw mut ticks);
                assert_eq!(status, STTP_ERR_INVALID_ARGUMENT, "{seconds} {nanoseconds}");
            }
            assert_eq!(sttp_time_to_unix_nanoseconds(0, &raw mut whole), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(
                sttp_time_to_unix(0, &raw mut seconds, std::ptr::null_mut()),
                STTP_ERR_INVALID_ARGUMENT
            );
            assert_eq!(sttp_time_from_unix(0, 0, std::ptr::null_mut()), STTP_ERR_INVALID_ARGUMENT);
        }
        assert_eq!(ticks, Ticks::UNIX_EPOCH.0 - 1, "what is refused changes nothing");
    }

    #[test]
    fn what_is_no_time_changes_nothing() {
        let mut ticks = 7;
        // SAFETY: the arguments are texts or NULL, and a place.
        unsafe {
            assert_eq!(sttp_time_parse(c"soon".as_ptr(), &raw mut ticks), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(sttp_time_parse(c"\xFF".as_ptr(), &raw mut ticks), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(message(), "text is not valid UTF-8 from byte 0 on");
            assert_eq!(sttp_time_parse(std::ptr::null(), &raw mut ticks), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(
                sttp_time_parse(c"2026-01-01".as_ptr(), std::ptr::null_mut()),
                STTP_ERR_INVALID_ARGUMENT
            );
            assert_eq!(message(), "ticks is NULL");
            let mut buffer = [0; STTP_TIME_TEXT_SIZE];
            let late = Ticks::MAX.0 + 1;
            assert_eq!(sttp_time_format(late, buffer.as_mut_ptr(), buffer.len()), STTP_ERR_INVALID_ARGUMENT);
        }
        assert_eq!(ticks, 7);
    }

    #[test]
    fn guids_round_trip() {
        for text in [
            c"01234567-89ab-CDEF-0123-456789abcdef",
            c" {01234567-89ab-cdef-0123-456789abcdef} ",
            c"0123456789abcdef0123456789abcdef",
        ] {
            let mut guid = sttp_guid::default();
            // SAFETY: the arguments are a text and a place.
            assert_eq!(unsafe { sttp_guid_parse(text.as_ptr(), &raw mut guid) }, STTP_OK, "{text:?}");
            assert_eq!(guid.bytes[..4], [0x01, 0x23, 0x45, 0x67]);
            // SAFETY: `written` gives a buffer of the size it tells.
            let text = written(|buffer, size| unsafe { sttp_guid_format(&raw const guid, buffer, size) });
            assert_eq!(text, "01234567-89ab-cdef-0123-456789abcdef");
        }
    }

    #[test]
    fn what_is_no_guid_changes_nothing() {
        let mut guid = sttp_guid::default();
        for text in [c"", c"PPA:12", c"01234567-89ab-cdef-0123-456789abcde"] {
            // SAFETY: the arguments are a text and a place.
            let status = unsafe { sttp_guid_parse(text.as_ptr(), &raw mut guid) };
            assert_eq!(status, STTP_ERR_INVALID_ARGUMENT);
        }
        assert_eq!(guid, sttp_guid::default());
    }

    proptest! {
        #[test]
        fn values_read_back(bits: u32) {
            let number = f32::from_bits(bits);
            let text = value(f64::from(number));
            let read: f32 = text.parse().unwrap();
            prop_assert!(read.to_bits() == number.to_bits() || read.is_nan() && number.is_nan());
            prop_assert!(text.len() < STTP_VALUE_TEXT_SIZE);
        }
    }
}
