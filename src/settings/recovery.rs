//! Recovery of what a subscriber missed.

use std::time::Duration;

use super::error::SettingError;
use super::macros::settings;
use super::row::{LONGEST, Value};
use super::values::{read_seconds, seconds_text};

settings! {
    /// When and how missed measurements are asked for.
    pub struct RecoverySettings: Copy Eq {
        /// Recover at all.
        ///
        /// What was missed while the connection was lost is fetched by temporal subscriptions on a second
        /// connection. That needs times in the measurements, and a publisher with historical data; it is
        /// not done where the publisher connects.
        enabled: bool = false => flag("enabled"),
        /// Wait so long after measurements flow again.
        ///
        /// The publisher's archive may be behind.
        start_delay: Duration = Duration::from_secs(20) => seconds("recoveryStartDelay"; Duration::ZERO),
        /// A recovery that gets nothing for so long is given up.
        monitor_interval: Duration = Duration::from_secs(10)
            => seconds("dataMonitoringInterval"; Duration::from_millis(100)),
        /// Shorter gaps are not recovered.
        minimum_span: Duration = Duration::ZERO => seconds("minimumRecoverySpan"; Duration::ZERO),
        /// Longer gaps are not recovered.
        maximum_span: Duration = Duration::from_secs(10 * 24 * 60 * 60)
            => seconds("maximumRecoverySpan"; Duration::ZERO),
        /// From so long before the gap, a number that is not positive.
        ///
        /// Clocks and delays of signals differ. The typed setting is the span, without a sign.
        start_buffer: Duration = Duration::from_secs(20) => custom("startRecoveryBuffer"; START_BUFFER),
        /// Until so long after the gap.
        end_buffer: Duration = Duration::from_secs(10) => seconds("endRecoveryBuffer"; Duration::ZERO),
        /// Pace, for each step; 0 as fast as possible, -1 as the publisher likes.
        processing_interval: i32 = 0
            => integer("recoveryProcessingInterval"; -1, i32::MAX as i64, "milliseconds"),
    }
}

/// Other implementations write it as an offset from the beginning of the gap.
const START_BUFFER: Value<RecoverySettings> = Value::Text {
    form: "seconds, 0 or less",
    get: |settings| {
        let sign = if settings.start_buffer.is_zero() { "" } else { "-" };
        format!("{sign}{}", seconds_text(settings.start_buffer))
    },
    set: |settings, text| {
        let time = text.strip_prefix('-').and_then(read_seconds);
        let time = time.or_else(|| read_seconds(text).filter(|time| time.is_zero()));
        let time = time.filter(|time| *time <= LONGEST);
        settings.start_buffer = time.ok_or("seconds, 0 or less, as -20")?;
        Ok(())
    },
};

impl RecoverySettings {
    /// The longest gap is no shorter than the shortest one.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        if self.maximum_span >= self.minimum_span {
            return Ok(());
        }
        Err(SettingError::BadValue {
            key: "dataGapRecovery.maximumRecoverySpan".into(),
            value: seconds_text(self.maximum_span),
            allowed: format!("as much as minimumRecoverySpan, {}, or more", seconds_text(self.minimum_span)),
        })
    }
}
