//! The log: a line on standard error for each thing that happened, as those of the other programs.

use std::fmt::Arguments;

use clap::ValueEnum;
use serde::Deserialize;
use sttp::session::Severity;
use sttp_programs::log::{self, Log};

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Error,
    Warning,
    #[default]
    Info,
    Debug,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Info,
            Severity::Debug => Level::Debug,
        }
    }
}

impl From<Level> for log::Level {
    fn from(level: Level) -> log::Level {
        match level {
            Level::Error => log::Level::Error,
            Level::Warning => log::Level::Warning,
            Level::Info => log::Level::Info,
            Level::Debug => log::Level::Debug,
        }
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Plain,
    #[default]
    Text,
    Json,
    Journal,
}

impl From<Format> for log::Format {
    fn from(format: Format) -> log::Format {
        match format {
            Format::Plain => log::Format::Plain,
            Format::Text => log::Format::Text,
            Format::Json => log::Format::Json,
            Format::Journal => log::Format::Journal,
        }
    }
}

/// From now on there is a log, without lines that are less important.
pub(crate) fn begin(level: Level, format: Format) {
    log::begin(Log { name: "sttp-nats", format: format.into(), most: level.into() });
}

/// The level that `STTP_LOG` of the environment names, which is `wanted`.
pub(crate) fn of_environment(wanted: Option<&str>) -> Result<Option<Level>, String> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(None) };
    Level::from_str(wanted, false)
        .map(Some)
        .map_err(|_| format!("STTP_LOG of the environment is error, warning, info or debug, not '{wanted}'"))
}

/// Writes a line. A log that nobody reads any more is no reason to stop.
pub(crate) fn write(level: Level, text: Arguments<'_>) {
    if log::tells(level.into()) {
        log::line(level.into(), &text.to_string());
    }
}

macro_rules! error {
    ($($text:tt)*) => { $crate::operation::log::write($crate::operation::log::Level::Error, format_args!($($text)*)) };
}
macro_rules! warning {
    ($($text:tt)*) => { $crate::operation::log::write($crate::operation::log::Level::Warning, format_args!($($text)*)) };
}
macro_rules! info {
    ($($text:tt)*) => { $crate::operation::log::write($crate::operation::log::Level::Info, format_args!($($text)*)) };
}
macro_rules! debug {
    ($($text:tt)*) => { $crate::operation::log::write($crate::operation::log::Level::Debug, format_args!($($text)*)) };
}
pub(crate) use {debug, error, info, warning};
