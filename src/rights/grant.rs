//! What is granted to one subscriber.

use std::sync::Arc;

use thiserror::Error;

use super::signals::{SignalRights, WrongFilter};
use crate::filter::FilterError;
use crate::settings::RightsSettings;

/// What is granted to one subscriber. Equal ones share streams of measurements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    name: Arc<str>,
    settings: RightsSettings,
    signals: Arc<SignalRights>,
}

/// Rights that nobody can be granted, because a filter in them cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key}: {error}")]
pub struct GrantError {
    key: &'static str,
    error: FilterError,
}

impl GrantError {
    /// The setting that the mistake is in.
    pub(super) fn key(&self) -> &'static str {
        self.key
    }
}

impl Grant {
    /// A grant of these rights, whose owner is called so in messages and in the audit.
    ///
    /// # Errors
    ///
    /// [`GrantError`] when `signals`, `allow` or `deny` cannot be read, or name a column that ActiveMeasurements has
    /// not.
    pub fn new(name: &str, settings: RightsSettings) -> Result<Grant, GrantError> {
        Grant::in_groups(name, settings, &[])
    }

    /// The same, for somebody who is also in groups.
    pub(super) fn in_groups(
        name: &str,
        settings: RightsSettings,
        groups: &[&RightsSettings],
    ) -> Result<Grant, GrantError> {
        let wrong = |(key, error): WrongFilter| GrantError { key, error };
        let signals = SignalRights::new(&settings, groups).map_err(wrong)?;
        signals.check().map_err(wrong)?;
        Ok(Grant { name: name.into(), settings, signals: Arc::new(signals) })
    }

    /// What its owner is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says beside the signals.
    pub fn settings(&self) -> &RightsSettings {
        &self.settings
    }

    /// Which signals its owner may have.
    pub fn signals(&self) -> &Arc<SignalRights> {
        &self.signals
    }
}
