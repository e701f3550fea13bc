//! The configuration: what a file in TOML says, checked.

mod bus;
pub(crate) mod connection;
mod ingest;
mod nats;
mod serve;
pub(crate) mod size;
pub(crate) mod span;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Deserialize;

pub(crate) use bus::Bus;
pub(crate) use ingest::{Ingest, Spool, WhenFull};
pub(crate) use nats::Nats;
pub(crate) use serve::Serve;

use crate::operation::log::{Format, Level};
use crate::tstp::{TstpIn, TstpOut};

/// Everything that a file can say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Configuration {
    pub(crate) nats: Nats,
    pub(crate) bus: Bus,
    pub(crate) http: Http,
    pub(crate) log: Log,
    pub(crate) ingest: Ingest,
    pub(crate) serve: Serve,
    #[serde(rename = "tstp-out")]
    pub(crate) tstp_out: TstpOut,
    #[serde(rename = "tstp-in")]
    pub(crate) tstp_in: TstpIn,
}

/// Where metrics and health are told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// An address and port; empty for nowhere.
    pub(crate) listen: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// Least important lines that are shown; where nothing is said, those of `STTP_LOG`.
    pub(crate) level: Option<Level>,
    /// How they look.
    pub(crate) format: Format,
}

/// Reads a file.
pub(crate) fn load(path: &Path) -> Result<Configuration, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// A secret that is kept in a file, without the line's end.
pub(crate) fn read_secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(text.trim().to_owned())
}
