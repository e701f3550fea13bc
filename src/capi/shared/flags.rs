//! State flags of measurements.
//!
//! Quality of value and time, as bits of sttp_measurement.

use std::ffi::{CStr, c_char};

use crate::capi::shared::arguments::write_text;
use crate::capi::shared::guard::guard;
use crate::measurement::StateFlags;

/// Value is bad.
pub const STTP_FLAG_BAD_DATA: u32 = 0x0000_0001;
/// Value is suspect.
pub const STTP_FLAG_SUSPECT_DATA: u32 = 0x0000_0002;
/// Value is over its range.
pub const STTP_FLAG_OVER_RANGE_ERROR: u32 = 0x0000_0004;
/// Value is under its range.
pub const STTP_FLAG_UNDER_RANGE_ERROR: u32 = 0x0000_0008;
/// Value is above its high alarm limit.
pub const STTP_FLAG_ALARM_HIGH: u32 = 0x0000_0010;
/// Value is below its low alarm limit.
pub const STTP_FLAG_ALARM_LOW: u32 = 0x0000_0020;
/// Value is above its high warning limit.
pub const STTP_FLAG_WARNING_HIGH: u32 = 0x0000_0040;
/// Value is below its low warning limit.
pub const STTP_FLAG_WARNING_LOW: u32 = 0x0000_0080;
/// Value does not change.
pub const STTP_FLAG_FLATLINE_ALARM: u32 = 0x0000_0100;
/// Value failed a comparison with another.
pub const STTP_FLAG_COMPARISON_ALARM: u32 = 0x0000_0200;
/// Value changes too fast (rate of change).
pub const STTP_FLAG_RATE_OF_CHANGE_ALARM: u32 = 0x0000_0400;
/// Value came marked as bad.
pub const STTP_FLAG_RECEIVED_AS_BAD: u32 = 0x0000_0800;
/// Value was calculated.
pub const STTP_FLAG_CALCULATED_VALUE: u32 = 0x0000_1000;
/// The calculation failed.
pub const STTP_FLAG_CALCULATION_ERROR: u32 = 0x0000_2000;
/// The calculation warns.
pub const STTP_FLAG_CALCULATION_WARNING: u32 = 0x0000_4000;
/// Reserved for value quality.
pub const STTP_FLAG_RESERVED_QUALITY: u32 = 0x0000_8000;
/// Time is bad.
pub const STTP_FLAG_BAD_TIME: u32 = 0x0001_0000;
/// Time is suspect.
pub const STTP_FLAG_SUSPECT_TIME: u32 = 0x0002_0000;
/// Measurement came late.
pub const STTP_FLAG_LATE_TIME_ALARM: u32 = 0x0004_0000;
/// Time lies in the future.
pub const STTP_FLAG_FUTURE_TIME_ALARM: u32 = 0x0008_0000;
/// Value was up-sampled.
pub const STTP_FLAG_UP_SAMPLED: u32 = 0x0010_0000;
/// Value was down-sampled.
pub const STTP_FLAG_DOWN_SAMPLED: u32 = 0x0020_0000;
/// Value was discarded.
pub const STTP_FLAG_DISCARDED_VALUE: u32 = 0x0040_0000;
/// Reserved for time quality.
pub const STTP_FLAG_RESERVED_TIME: u32 = 0x0080_0000;
/// Application defined, first.
pub const STTP_FLAG_USER_DEFINED_1: u32 = 0x0100_0000;
/// Application defined, second.
pub const STTP_FLAG_USER_DEFINED_2: u32 = 0x0200_0000;
/// Application defined, third (IEEE 2664: base time offset in use).
pub const STTP_FLAG_USER_DEFINED_3: u32 = 0x0400_0000;
/// Application defined, fourth (IEEE 2664: time index).
pub const STTP_FLAG_USER_DEFINED_4: u32 = 0x0800_0000;
/// Application defined, fifth (IEEE 2664: simulated data).
pub const STTP_FLAG_USER_DEFINED_5: u32 = 0x1000_0000;
/// The system has an error.
pub const STTP_FLAG_SYSTEM_ERROR: u32 = 0x2000_0000;
/// The system has a warning.
pub const STTP_FLAG_SYSTEM_WARNING: u32 = 0x4000_0000;
/// The measurement has an error.
pub const STTP_FLAG_MEASUREMENT_ERROR: u32 = 0x8000_0000;

/// Bytes that suffice for the text of all flags, NUL included.
#[allow(dead_code, reason = "only C programs need it")]
pub const STTP_FLAGS_TEXT_SIZE: usize = 768;

/// The name of a state flag, as `STTP_FLAG_BAD_DATA`.
///
/// \param flag  One flag.
/// \return The name, never NULL and valid for ever; `unknown flag` when it is not exactly one flag.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_flag_name(flag: u32) -> *const c_char {
    name(flag).as_ptr()
}

/// Writes the names of all flags that are set, from the lowest bit on, without `STTP_FLAG_` and with a space
/// between them: `BAD_DATA SUSPECT_TIME`. The empty text when none is set.
///
/// \param flags   Flags of a measurement.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; STTP_FLAGS_TEXT_SIZE always suffices.
/// \return STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_flags_format(flags: u32, buffer: *mut c_char, size: usize) -> i32 {
    guard(|| {
        let names: Vec<&str> =
            StateFlags::from_bits_retain(flags).iter_names().map(|(name, _)| name).collect();
        // SAFETY: the contract of the header.
        unsafe { write_text(&names.join(" "), buffer, size) }
    })
}

fn name(flag: u32) -> &'static CStr {
    name_of!(
        flag,
        c"unknown flag",
        STTP_FLAG_BAD_DATA,
        STTP_FLAG_SUSPECT_DATA,
        STTP_FLAG_OVER_RANGE_ERROR,
        STTP_FLAG_UNDER_RANGE_ERROR,
        STTP_FLAG_ALARM_HIGH,
        STTP_FLAG_ALARM_LOW,
        STTP_FLAG_WARNING_HIGH,
        STTP_FLAG_WARNING_LOW,
        STTP_FLAG_FLATLINE_ALARM,
        STTP_FLAG_COMPARISON_ALARM,
        STTP_FLAG_RATE_OF_CHANGE_ALARM,
        STTP_FLAG_RECEIVED_AS_BAD,
        STTP_FLAG_CALCULATED_VALUE,
        STTP_FLAG_CALCULATION_ERROR,
        STTP_FLAG_CALCULATION_WARNING,
        STTP_FLAG_RESERVED_QUALITY,
        STTP_FLAG_BAD_TIME,
        STTP_FLAG_SUSPECT_TIME,
        STTP_FLAG_LATE_TIME_ALARM,
        STTP_FLAG_FUTURE_TIME_ALARM,
        STTP_FLAG_UP_SAMPLED,
        STTP_FLAG_DOWN_SAMPLED,
        STTP_FLAG_DISCARDED_VALUE,
        STTP_FLAG_RESERVED_TIME,
        STTP_FLAG_USER_DEFINED_1,
        STTP_FLAG_USER_DEFINED_2,
        STTP_FLAG_USER_DEFINED_3,
        STTP_FLAG_USER_DEFINED_4,
        STTP_FLAG_USER_DEFINED_5,
        STTP_FLAG_SYSTEM_ERROR,
        STTP_FLAG_SYSTEM_WARNING,
        STTP_FLAG_MEASUREMENT_ERROR,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capi::shared::status::STTP_OK;

    #[test]
    fn flags_are_those_of_measurements_and_have_their_names() {
        let mut longest = 0;
        for (bit, (flag_name, flag)) in StateFlags::all().iter_names().enumerate() {
            assert_eq!(flag.bits(), 1 << bit);
            assert_eq!(name(flag.bits()).to_str().unwrap(), format!("STTP_FLAG_{flag_name}"));
            longest += flag_name.len() + 1;
        }
        assert!(longest <= STTP_FLAGS_TEXT_SIZE, "{longest}");
        assert_eq!(name(3), c"unknown flag");
    }

    #[test]
    fn flags_are_written_by_name() {
        let text_of = |flags| {
            let mut buffer = [1 as c_char; STTP_FLAGS_TEXT_SIZE];
            // SAFETY: a buffer of that size.
            assert_eq!(unsafe { sttp_flags_format(flags, buffer.as_mut_ptr(), buffer.len()) }, STTP_OK);
            // SAFETY: the buffer is filled and terminated.
            unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_str().unwrap().to_owned()
        };
        assert_eq!(text_of(0), "");
        assert_eq!(text_of(STTP_FLAG_BAD_DATA | STTP_FLAG_SUSPECT_TIME), "BAD_DATA SUSPECT_TIME");
        assert_eq!(text_of(u32::MAX).split(' ').count(), 32);
    }
}
