//! Metadata: signal references, which say what of a device a signal is.

use std::ffi::{CStr, c_char};

use crate::capi::shared::arguments::{invalid, output, text, write_text};
use crate::capi::shared::guard::{guard, guard_or};
use crate::metadata::{SignalKind, SignalReference};

/// Kind of a signal: angle of a phasor, `PA`.
pub const STTP_SIGNAL_ANGLE: i32 = 1;
/// Kind of a signal: magnitude of a phasor, `PM`.
pub const STTP_SIGNAL_MAGNITUDE: i32 = 2;
/// Kind of a signal: frequency, `FQ`.
pub const STTP_SIGNAL_FREQUENCY: i32 = 3;
/// Kind of a signal: rate of change of frequency, `DF`.
pub const STTP_SIGNAL_FREQUENCY_CHANGE: i32 = 4;
/// Kind of a signal: status flags, `SF`.
pub const STTP_SIGNAL_STATUS: i32 = 5;
/// Kind of a signal: digital value, `DV`.
pub const STTP_SIGNAL_DIGITAL: i32 = 6;
/// Kind of a signal: analog value, `AV`.
pub const STTP_SIGNAL_ANALOG: i32 = 7;
/// Kind of a signal: calculated value, `CV`.
pub const STTP_SIGNAL_CALCULATION: i32 = 8;
/// Kind of a signal: statistic, `ST`.
pub const STTP_SIGNAL_STATISTIC: i32 = 9;
/// Kind of a signal: alarm, `AL`.
pub const STTP_SIGNAL_ALARM: i32 = 10;
/// Kind of a signal: quality flags, `QF`.
pub const STTP_SIGNAL_QUALITY: i32 = 11;

const KINDS: [(SignalKind, i32, &CStr); 11] = [
    (SignalKind::Angle, STTP_SIGNAL_ANGLE, c"PA"),
    (SignalKind::Magnitude, STTP_SIGNAL_MAGNITUDE, c"PM"),
    (SignalKind::Frequency, STTP_SIGNAL_FREQUENCY, c"FQ"),
    (SignalKind::FrequencyChange, STTP_SIGNAL_FREQUENCY_CHANGE, c"DF"),
    (SignalKind::Status, STTP_SIGNAL_STATUS, c"SF"),
    (SignalKind::Digital, STTP_SIGNAL_DIGITAL, c"DV"),
    (SignalKind::Analog, STTP_SIGNAL_ANALOG, c"AV"),
    (SignalKind::Calculation, STTP_SIGNAL_CALCULATION, c"CV"),
    (SignalKind::Statistic, STTP_SIGNAL_STATISTIC, c"ST"),
    (SignalKind::Alarm, STTP_SIGNAL_ALARM, c"AL"),
    (SignalKind::Quality, STTP_SIGNAL_QUALITY, c"QF"),
];

/// Reads a signal reference, as `SHELBY-PM1`: the device, the kind of the signal, and which signal of that kind it is.
/// The device may contain hyphens.
///
/// \param text    The reference, as sttp_measurement_metadata has it.
/// \param kind    Receives STTP_SIGNAL_...: the kind.
/// \param index   Receives the number of the signal among those of its kind, from 1; 0 when there is only one.
/// \param device  Receives the acronym of the device and a NUL; NULL when it is not wanted.
/// \param size    Bytes of `device`; one more than the text has suffice.
/// \return STTP_ERR_INVALID_ARGUMENT when the text is no signal reference; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_signal_reference_parse(
    text: *const c_char,
    kind: *mut i32,
    index: *mut u32,
    device: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, kind, index) =
            unsafe { (self::text(text, "text")?, output(kind, "kind")?, output(index, "index")?) };
        let reference = SignalReference::parse(text).ok_or_else(|| {
            let beginning: String = text.chars().take(64).collect();
            invalid(format!("{beginning:?} is no signal reference; write DEVICE-PM1 or the like"))
        })?;
        if !device.is_null() || size != 0 {
            // SAFETY: the contract of the header.
            unsafe { write_text(reference.device, device, size)? };
        }
        let number =
            KINDS.iter().find(|(known, ..)| *known == reference.kind).map_or(0, |(_, number, _)| *number);
        kind.write(number);
        index.write(reference.index);
        Ok(())
    })
}

/// The two letters of a kind of signals, as `PM` for STTP_SIGNAL_MAGNITUDE.
///
/// \param kind  STTP_SIGNAL_...: the kind.
/// \return The letters, never NULL and valid for ever; the empty text for another number.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_signal_kind_code(kind: i32) -> *const c_char {
    let code = || KINDS.iter().find(|(_, number, _)| *number == kind).map_or(c"", |(.., code)| *code);
    guard_or(c"", code).as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_the_codes_of_references() {
        for (position, (kind, number, code)) in KINDS.iter().enumerate() {
            assert_eq!((kind.code(), *number), (code.to_str().unwrap(), position as i32 + 1));
        }
    }
}
