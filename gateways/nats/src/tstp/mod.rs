//! Kaa's Time Series Transmission Protocol (14/TSTP).

use serde::Deserialize;

use crate::config::Configuration;
use crate::operation::Operation;

/// What becomes events, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct TstpOut {}

impl TstpOut {
    pub(crate) fn check(&self) -> Result<(), String> {
        Err("tstp-out is not there yet".into())
    }
}

/// Which events are published, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct TstpIn {}

impl TstpIn {
    pub(crate) fn check(&self) -> Result<(), String> {
        Err("tstp-in is not there yet".into())
    }
}

/// Sends events until it is time to stop.
pub(crate) async fn run_out(_configuration: Configuration, _operation: Operation) -> Result<(), String> {
    Err("tstp-out is not there yet".into())
}

/// Publishes events until it is time to stop.
pub(crate) async fn run_in(_configuration: Configuration, _operation: Operation) -> Result<(), String> {
    Err("tstp-in is not there yet".into())
}
