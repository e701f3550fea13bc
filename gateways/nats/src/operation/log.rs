//! The log: a line on standard error for each thing that happened, with its time in UTC.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering};

use clap::ValueEnum;
use serde::Deserialize;
use sttp::Ticks;
use sttp::session::Severity;

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

static SHOWN: AtomicU8 = AtomicU8::new(Level::Info as u8);

/// Lines that are less important are left out from now on.
pub(crate) fn show(level: Level) {
    SHOWN.store(level as u8, Ordering::Relaxed);
}

/// Writes a line. A log that nobody reads any more is no reason to stop.
pub(crate) fn write(level: Level, text: Arguments<'_>) {
    if level as u8 > SHOWN.load(Ordering::Relaxed) {
        return;
    }
    let milliseconds = Ticks::now().value() / Ticks::PER_MILLISECOND;
    let second = Ticks(milliseconds / 1_000 * Ticks::PER_SECOND).to_string();
    let name = match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Info => "INFO",
        Level::Debug => "DEBUG",
    };
    let _ = writeln!(
        std::io::stderr(),
        "{}.{:03}Z {name} {text}",
        second.trim_end_matches('Z'),
        milliseconds % 1_000
    );
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
