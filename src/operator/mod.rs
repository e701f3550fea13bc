//! What operators are told: how much it matters, and that nobody floods them.

mod message_limiter;

pub(crate) use message_limiter::MessageLimiter;

/// How much a message of a connection matters to the operator who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something failed.
    Error,
    /// Something is wrong, but work goes on.
    Warning,
    /// Normal progress.
    Info,
    /// Detail for whoever looks for a fault.
    Debug,
}

/// Hands an operator's message to the log.
pub(crate) fn log_message(severity: Severity, target: &'static str, text: &str) {
    let level = match severity {
        Severity::Error => log::Level::Error,
        Severity::Warning => log::Level::Warn,
        Severity::Info => log::Level::Info,
        Severity::Debug => log::Level::Debug,
    };
    log::log!(target: target, level, "{text}");
}
