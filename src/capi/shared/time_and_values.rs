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

/// Reads a time in ISO 8601: `YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|+HH:MM|-HH:MM]`, years 1 to 9999, a
/// space instead of the `T` if you like, UTC when no zone is given. Second 60 sets the leap-second bit.
///
/// \param text   The time.
/// \param ticks  Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
/// \return STTP_ERR_INVALID_ARGUMENT when the text is not a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_time_parse(text: *const c_char, ticks: *mut i64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, ticks) = unsafe { (self::text(text, "text")?, output(ticks, "ticks")?) };
        let time: Ticks = text.parse().map_err(|error| invalid(format!("{error}")))?;
        ticks.write(time.0);
        Ok(())
    })
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
        assert!(message().contains(&format!("needs {} bytes", text.len() + 1)), "{}", message());
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
