//! What state flags mean for whoever watches.

use sttp::StateFlags;

/// How much the flags of a value matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is said against the value.
    Good,
    /// Use it with care.
    Warning,
    /// The value, its time or its device is bad, or an alarm is on.
    Alarm,
}

const ALARMS: StateFlags = StateFlags::BAD_DATA
    .union(StateFlags::OVER_RANGE_ERROR)
    .union(StateFlags::UNDER_RANGE_ERROR)
    .union(StateFlags::ALARM_HIGH)
    .union(StateFlags::ALARM_LOW)
    .union(StateFlags::FLATLINE_ALARM)
    .union(StateFlags::COMPARISON_ALARM)
    .union(StateFlags::RATE_OF_CHANGE_ALARM)
    .union(StateFlags::RECEIVED_AS_BAD)
    .union(StateFlags::CALCULATION_ERROR)
    .union(StateFlags::BAD_TIME)
    .union(StateFlags::FUTURE_TIME_ALARM)
    .union(StateFlags::SYSTEM_ERROR)
    .union(StateFlags::MEASUREMENT_ERROR);

const WARNINGS: StateFlags = StateFlags::SUSPECT_DATA
    .union(StateFlags::WARNING_HIGH)
    .union(StateFlags::WARNING_LOW)
    .union(StateFlags::CALCULATION_WARNING)
    .union(StateFlags::SUSPECT_TIME)
    .union(StateFlags::LATE_TIME_ALARM)
    .union(StateFlags::DISCARDED_VALUE)
    .union(StateFlags::SYSTEM_WARNING);

/// How much flags matter. Those that only tell where a value comes from (calculated, up-sampled, down-sampled), and those
/// of applications, are good.
pub fn level(flags: StateFlags) -> Level {
    if flags.intersects(ALARMS) {
        Level::Alarm
    } else if flags.intersects(WARNINGS) {
        Level::Warning
    } else {
        Level::Good
    }
}

/// The name of the flag that matters most; `None` when there is none.
pub fn worst(flags: StateFlags) -> Option<&'static str> {
    let first = |of: StateFlags| of.iter_names().next().map(|(name, _)| name);
    first(flags & ALARMS).or_else(|| first(flags & WARNINGS)).or_else(|| first(flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_flag_counts() {
        assert_eq!(level(StateFlags::empty()), Level::Good);
        assert_eq!(level(StateFlags::CALCULATED_VALUE | StateFlags::USER_DEFINED_1), Level::Good);
        assert_eq!(level(StateFlags::LATE_TIME_ALARM | StateFlags::UP_SAMPLED), Level::Warning);
        let bad = StateFlags::LATE_TIME_ALARM | StateFlags::BAD_TIME | StateFlags::CALCULATED_VALUE;
        assert_eq!((level(bad), worst(bad)), (Level::Alarm, Some("BAD_TIME")));
        assert_eq!(worst(bad - StateFlags::BAD_TIME), Some("LATE_TIME_ALARM"));
        assert_eq!(worst(StateFlags::empty()), None);
    }
}
