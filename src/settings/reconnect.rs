//! Connecting again.

use std::time::Duration;

use super::error::SettingError;
use super::macros::settings;
use super::row::{LONGEST_MILLISECONDS, Value};
use super::values::{milliseconds_of, read_integer};

settings! {
    /// Exponential back-off: each delay is twice the one before, with some randomness, so that many
    /// clients of a restarted peer do not come back all at once.
    pub struct ReconnectSettings: Copy Eq {
        /// Connect again when a connection is lost or cannot be made.
        enabled: bool = true => flag("autoReconnect"),
        /// Before the first attempt to connect again; doubles from attempt to attempt.
        ///
        /// Each delay is shortened by a random part of up to a half, so that many clients of a restarted
        /// peer do not come back all at once.
        initial_delay: Duration = Duration::from_secs(1)
            => integer("retryInterval"; 1, LONGEST_MILLISECONDS, "milliseconds"),
        /// Longest time between two attempts.
        max_delay: Duration = Duration::from_secs(30)
            => integer("maxRetryInterval"; 1, LONGEST_MILLISECONDS, "milliseconds"),
        /// Attempts in a row before giving up.
        ///
        /// The typed setting has 0 for never.
        max_attempts: u32 = 0 => custom("maxRetries"; MAX_ATTEMPTS),
    }
}

const MAX_ATTEMPTS_FORM: &str = "attempts, 1 or more, or -1 to never give up";

const MAX_ATTEMPTS: Value<ReconnectSettings> = Value::Text {
    form: MAX_ATTEMPTS_FORM,
    get: |settings| match settings.max_attempts {
        0 => "-1".to_owned(),
        attempts => attempts.to_string(),
    },
    set: |settings, text| {
        let attempts = match read_integer(text) {
            Some(-1) => Some(0),
            number => number.and_then(|number| number.try_into().ok()).filter(|attempts| *attempts > 0),
        };
        settings.max_attempts = attempts.ok_or(MAX_ATTEMPTS_FORM)?;
        Ok(())
    },
};

impl ReconnectSettings {
    /// The longest delay is no shorter than the first one.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        if self.max_delay >= self.initial_delay {
            return Ok(());
        }
        Err(SettingError::BadValue {
            key: "maxRetryInterval".into(),
            value: milliseconds_of(self.max_delay).to_string(),
            allowed: format!("as much as retryInterval, {}, or more", milliseconds_of(self.initial_delay)),
        })
    }
}
