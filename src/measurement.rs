//! The measurement: the one fixed-layout value that the whole library moves.

use std::fmt;

use bitflags::bitflags;
use uuid::Uuid;

use crate::time::Ticks;

bitflags! {
    /// The 32 state flags of a measurement (quality of its value and of its time).
    ///
    /// Source: IEEE 2664 measurement state flags, the same 32 bits in every implementation.
    /// Compact payloads carry only a lossy 8-bit summary of them; see
    /// [`codec::compact`](crate::codec::compact).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    #[repr(transparent)]
    pub struct StateFlags: u32 {
        /// Value is bad.
        const BAD_DATA = 1 << 0;
        /// Value is suspect.
        const SUSPECT_DATA = 1 << 1;
        /// Value is over its range.
        const OVER_RANGE_ERROR = 1 << 2;
        /// Value is under its range.
        const UNDER_RANGE_ERROR = 1 << 3;
        /// Value is above its high alarm limit.
        const ALARM_HIGH = 1 << 4;
        /// Value is below its low alarm limit.
        const ALARM_LOW = 1 << 5;
        /// Value is above its high warning limit.
        const WARNING_HIGH = 1 << 6;
        /// Value is below its low warning limit.
        const WARNING_LOW = 1 << 7;
        /// Value does not change.
        const FLATLINE_ALARM = 1 << 8;
        /// Value failed a comparison with another.
        const COMPARISON_ALARM = 1 << 9;
        /// Value changes too fast (rate of change).
        const RATE_OF_CHANGE_ALARM = 1 << 10;
        /// Value came marked as bad.
        const RECEIVED_AS_BAD = 1 << 11;
        /// Value was calculated.
        const CALCULATED_VALUE = 1 << 12;
        /// The calculation failed.
        const CALCULATION_ERROR = 1 << 13;
        /// The calculation warns.
        const CALCULATION_WARNING = 1 << 14;
        /// Reserved for value quality.
        const RESERVED_QUALITY = 1 << 15;
        /// Time is bad.
        const BAD_TIME = 1 << 16;
        /// Time is suspect.
        const SUSPECT_TIME = 1 << 17;
        /// Measurement came late.
        const LATE_TIME_ALARM = 1 << 18;
        /// Time lies in the future.
        const FUTURE_TIME_ALARM = 1 << 19;
        /// Value was up-sampled.
        const UP_SAMPLED = 1 << 20;
        /// Value was down-sampled.
        const DOWN_SAMPLED = 1 << 21;
        /// Value was discarded.
        const DISCARDED_VALUE = 1 << 22;
        /// Reserved for time quality.
        const RESERVED_TIME = 1 << 23;
        /// Application defined, first.
        const USER_DEFINED_1 = 1 << 24;
        /// Application defined, second.
        const USER_DEFINED_2 = 1 << 25;
        /// Application defined, third (IEEE 2664: base time offset in use).
        const USER_DEFINED_3 = 1 << 26;
        /// Application defined, fourth (IEEE 2664: time index).
        const USER_DEFINED_4 = 1 << 27;
        /// Application defined, fifth (IEEE 2664: simulated data).
        const USER_DEFINED_5 = 1 << 28;
        /// The system has an error.
        const SYSTEM_ERROR = 1 << 29;
        /// The system has a warning.
        const SYSTEM_WARNING = 1 << 30;
        /// The measurement has an error.
        const MEASUREMENT_ERROR = 1 << 31;
    }
}

/// The names of the flags, as `BAD_DATA | BAD_TIME`; empty when none is set.
impl fmt::Display for StateFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, _)) in self.iter_names().enumerate() {
            write!(f, "{}{name}", if number > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

/// One measurement of one signal at one time: 40 bytes, 8-byte aligned (on 32-bit x86 4-byte), the same layout in C
/// (`sttp_measurement`).
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 16 | `signal_id`, RFC 4122 order (the order of its text) |
/// | 16 | 8 | `timestamp`, ticks of 100 ns since 0001-01-01 UTC |
/// | 24 | 8 | `value` |
/// | 32 | 4 | `flags` |
/// | 36 | 4 | `signal_index` |
///
/// STTP carries values as IEEE-754 single precision: a published value is rounded once to
/// `f32`, a received one is that `f32` widened.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct Measurement {
    /// Identifies the signal everywhere and for ever.
    pub signal_id: Uuid,
    /// Time of the measurement, possibly with leap-second bits.
    pub timestamp: Ticks,
    /// Value in the signal's engineering units.
    pub value: f64,
    /// Quality of value and time.
    pub flags: StateFlags,
    /// Receiving: row of the signal in the current signal index cache, always a valid index into
    /// its records. Publishing by index: row of the signal in the publisher's metadata.
    pub signal_index: u32,
}

impl Measurement {
    /// What arrays are filled with before they are written to.
    pub(crate) const EMPTY: Measurement = Measurement {
        signal_id: Uuid::nil(),
        timestamp: Ticks(0),
        value: 0.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    };
}

const _: () = {
    assert!(size_of::<Measurement>() == 40);
    // What C has for an int64_t in a struct: 8 bytes, but 4 on 32-bit x86.
    assert!(align_of::<Measurement>() == align_of::<i64>());
    assert!(std::mem::offset_of!(Measurement, signal_id) == 0);
    assert!(std::mem::offset_of!(Measurement, timestamp) == 16);
    assert!(std::mem::offset_of!(Measurement, value) == 24);
    assert!(std::mem::offset_of!(Measurement, flags) == 32);
    assert!(std::mem::offset_of!(Measurement, signal_index) == 36);
};
