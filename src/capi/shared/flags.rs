//! State flags of measurements.

use crate::measurement::StateFlags;

/// State flag: value is bad.
pub const STTP_FLAG_BAD_DATA: u32 = 0x0000_0001;
/// State flag: value is suspect.
pub const STTP_FLAG_SUSPECT_DATA: u32 = 0x0000_0002;
/// State flag: value is over its range.
pub const STTP_FLAG_OVER_RANGE_ERROR: u32 = 0x0000_0004;
/// State flag: value is under its range.
pub const STTP_FLAG_UNDER_RANGE_ERROR: u32 = 0x0000_0008;
/// State flag: value is above its high alarm limit.
pub const STTP_FLAG_ALARM_HIGH: u32 = 0x0000_0010;
/// State flag: value is below its low alarm limit.
pub const STTP_FLAG_ALARM_LOW: u32 = 0x0000_0020;
/// State flag: value is above its high warning limit.
pub const STTP_FLAG_WARNING_HIGH: u32 = 0x0000_0040;
/// State flag: value is below its low warning limit.
pub const STTP_FLAG_WARNING_LOW: u32 = 0x0000_0080;
/// State flag: value does not change.
pub const STTP_FLAG_FLATLINE_ALARM: u32 = 0x0000_0100;
/// State flag: value failed a comparison with another.
pub const STTP_FLAG_COMPARISON_ALARM: u32 = 0x0000_0200;
/// State flag: value changes too fast (rate of change).
pub const STTP_FLAG_RATE_OF_CHANGE_ALARM: u32 = 0x0000_0400;
/// State flag: value came marked as bad.
pub const STTP_FLAG_RECEIVED_AS_BAD: u32 = 0x0000_0800;
/// State flag: value was calculated.
pub const STTP_FLAG_CALCULATED_VALUE: u32 = 0x0000_1000;
/// State flag: the calculation failed.
pub const STTP_FLAG_CALCULATION_ERROR: u32 = 0x0000_2000;
/// State flag: the calculation warns.
pub const STTP_FLAG_CALCULATION_WARNING: u32 = 0x0000_4000;
/// State flag: reserved for value quality.
pub const STTP_FLAG_RESERVED_QUALITY: u32 = 0x0000_8000;
/// State flag: time is bad.
pub const STTP_FLAG_BAD_TIME: u32 = 0x0001_0000;
/// State flag: time is suspect.
pub const STTP_FLAG_SUSPECT_TIME: u32 = 0x0002_0000;
/// State flag: measurement came late.
pub const STTP_FLAG_LATE_TIME_ALARM: u32 = 0x0004_0000;
/// State flag: time lies in the future.
pub const STTP_FLAG_FUTURE_TIME_ALARM: u32 = 0x0008_0000;
/// State flag: value was up-sampled.
pub const STTP_FLAG_UP_SAMPLED: u32 = 0x0010_0000;
/// State flag: value was down-sampled.
pub const STTP_FLAG_DOWN_SAMPLED: u32 = 0x0020_0000;
/// State flag: value was discarded.
pub const STTP_FLAG_DISCARDED_VALUE: u32 = 0x0040_0000;
/// State flag: reserved for time quality.
pub const STTP_FLAG_RESERVED_TIME: u32 = 0x0080_0000;
/// State flag: application defined, first.
pub const STTP_FLAG_USER_DEFINED_1: u32 = 0x0100_0000;
/// State flag: application defined, second.
pub const STTP_FLAG_USER_DEFINED_2: u32 = 0x0200_0000;
/// State flag: application defined, third (IEEE 2664: base time offset in use).
pub const STTP_FLAG_USER_DEFINED_3: u32 = 0x0400_0000;
/// State flag: application defined, fourth (IEEE 2664: time index).
pub const STTP_FLAG_USER_DEFINED_4: u32 = 0x0800_0000;
/// State flag: application defined, fifth (IEEE 2664: simulated data).
pub const STTP_FLAG_USER_DEFINED_5: u32 = 0x1000_0000;
/// State flag: the system has an error.
pub const STTP_FLAG_SYSTEM_ERROR: u32 = 0x2000_0000;
/// State flag: the system has a warning.
pub const STTP_FLAG_SYSTEM_WARNING: u32 = 0x4000_0000;
/// State flag: the measurement has an error.
pub const STTP_FLAG_MEASUREMENT_ERROR: u32 = 0x8000_0000;

const FLAGS: [(u32, StateFlags); 32] = [
    (STTP_FLAG_BAD_DATA, StateFlags::BAD_DATA),
    (STTP_FLAG_SUSPECT_DATA, StateFlags::SUSPECT_DATA),
    (STTP_FLAG_OVER_RANGE_ERROR, StateFlags::OVER_RANGE_ERROR),
    (STTP_FLAG_UNDER_RANGE_ERROR, StateFlags::UNDER_RANGE_ERROR),
    (STTP_FLAG_ALARM_HIGH, StateFlags::ALARM_HIGH),
    (STTP_FLAG_ALARM_LOW, StateFlags::ALARM_LOW),
    (STTP_FLAG_WARNING_HIGH, StateFlags::WARNING_HIGH),
    (STTP_FLAG_WARNING_LOW, StateFlags::WARNING_LOW),
    (STTP_FLAG_FLATLINE_ALARM, StateFlags::FLATLINE_ALARM),
    (STTP_FLAG_COMPARISON_ALARM, StateFlags::COMPARISON_ALARM),
    (STTP_FLAG_RATE_OF_CHANGE_ALARM, StateFlags::RATE_OF_CHANGE_ALARM),
    (STTP_FLAG_RECEIVED_AS_BAD, StateFlags::RECEIVED_AS_BAD),
    (STTP_FLAG_CALCULATED_VALUE, StateFlags::CALCULATED_VALUE),
    (STTP_FLAG_CALCULATION_ERROR, StateFlags::CALCULATION_ERROR),
    (STTP_FLAG_CALCULATION_WARNING, StateFlags::CALCULATION_WARNING),
    (STTP_FLAG_RESERVED_QUALITY, StateFlags::RESERVED_QUALITY),
    (STTP_FLAG_BAD_TIME, StateFlags::BAD_TIME),
    (STTP_FLAG_SUSPECT_TIME, StateFlags::SUSPECT_TIME),
    (STTP_FLAG_LATE_TIME_ALARM, StateFlags::LATE_TIME_ALARM),
    (STTP_FLAG_FUTURE_TIME_ALARM, StateFlags::FUTURE_TIME_ALARM),
    (STTP_FLAG_UP_SAMPLED, StateFlags::UP_SAMPLED),
    (STTP_FLAG_DOWN_SAMPLED, StateFlags::DOWN_SAMPLED),
    (STTP_FLAG_DISCARDED_VALUE, StateFlags::DISCARDED_VALUE),
    (STTP_FLAG_RESERVED_TIME, StateFlags::RESERVED_TIME),
    (STTP_FLAG_USER_DEFINED_1, StateFlags::USER_DEFINED_1),
    (STTP_FLAG_USER_DEFINED_2, StateFlags::USER_DEFINED_2),
    (STTP_FLAG_USER_DEFINED_3, StateFlags::USER_DEFINED_3),
    (STTP_FLAG_USER_DEFINED_4, StateFlags::USER_DEFINED_4),
    (STTP_FLAG_USER_DEFINED_5, StateFlags::USER_DEFINED_5),
    (STTP_FLAG_SYSTEM_ERROR, StateFlags::SYSTEM_ERROR),
    (STTP_FLAG_SYSTEM_WARNING, StateFlags::SYSTEM_WARNING),
    (STTP_FLAG_MEASUREMENT_ERROR, StateFlags::MEASUREMENT_ERROR),
];

const _: () = {
    let mut index = 0;
    while index < FLAGS.len() {
        assert!(FLAGS[index].0 == FLAGS[index].1.bits());
        index += 1;
    }
};
