//! Statuses and levels.

use thiserror::Error as ThisError;

use crate::error::Error;
use crate::session::Severity;

/// The call succeeded.
pub const STTP_OK: i32 = 0;
/// An argument is NULL, no valid UTF-8, or out of range; the message names it.
pub const STTP_ERR_INVALID_ARGUMENT: i32 = -1;
/// The call does not fit what went before, as starting what is already started.
pub const STTP_ERR_INVALID_STATE: i32 = -2;
/// There is no such signal, connection or row.
pub const STTP_ERR_NOT_FOUND: i32 = -3;
/// The time that the caller gave is over.
pub const STTP_ERR_TIMEOUT: i32 = -4;
/// The handle is not started, or was disconnected or stopped and nothing is left.
pub const STTP_ERR_CLOSED: i32 = -5;
/// The call would have to wait for the engine from inside one of its callbacks.
pub const STTP_ERR_WOULD_BLOCK: i32 = -6;
/// The operating system refused something, as an address that is in use.
pub const STTP_ERR_IO: i32 = -7;
/// The peer broke the protocol.
pub const STTP_ERR_PROTOCOL: i32 = -8;
/// The peer refused a command.
pub const STTP_ERR_REFUSED: i32 = -9;
/// Metadata, or their XML, are invalid.
pub const STTP_ERR_METADATA: i32 = -10;
/// A filter expression is invalid.
pub const STTP_ERR_FILTER: i32 = -11;
/// The caller's buffer is too small; the message says how many bytes are needed.
pub const STTP_ERR_BUFFER_TOO_SMALL: i32 = -12;
/// The subscriber is not connected, or not any more; it may be again.
pub const STTP_ERR_NOT_CONNECTED: i32 = -13;
/// The publisher has granted the subscription, and has no signal for it.
pub const STTP_ERR_NO_SIGNALS: i32 = -14;
/// The historical data that were subscribed have ended, and all of them were read.
pub const STTP_ERR_COMPLETE: i32 = -15;
/// The process was forked from the one that made the handle, and has none of the library's threads; make engines,
/// subscribers and publishers anew, after the fork.
pub const STTP_ERR_FORKED: i32 = -16;
/// The library failed. The handle stays safe to use and to free. Please report the message.
pub const STTP_ERR_INTERNAL: i32 = -100;

/// Level of messages: something failed.
pub const STTP_LOG_ERROR: i32 = 1;
/// Level of messages: something is not as it should be, but goes on.
pub const STTP_LOG_WARNING: i32 = 2;
/// Level of messages: what an operator wants to know of normal work.
pub const STTP_LOG_INFO: i32 = 3;
/// Level of messages: details for finding a fault.
pub const STTP_LOG_DEBUG: i32 = 4;

/// Why a call of the C API failed.
#[derive(Debug, ThisError)]
pub(in crate::capi) enum Failure {
    #[error(transparent)]
    Library(#[from] Error),
    #[error("{needed} bytes are needed, but the buffer has {given}")]
    BufferTooSmall { needed: usize, given: usize },
}

impl Failure {
    pub(in crate::capi) fn status(&self) -> i32 {
        match self {
            Failure::Library(error) => status_of(error),
            Failure::BufferTooSmall { .. } => STTP_ERR_BUFFER_TOO_SMALL,
        }
    }
}

pub(in crate::capi) fn status_of(error: &Error) -> i32 {
    match error {
        Error::InvalidArgument(_) => STTP_ERR_INVALID_ARGUMENT,
        Error::InvalidState(_) => STTP_ERR_INVALID_STATE,
        Error::NotFound(_) => STTP_ERR_NOT_FOUND,
        Error::Timeout(_) => STTP_ERR_TIMEOUT,
        Error::Closed(_) => STTP_ERR_CLOSED,
        Error::NotConnected(_) => STTP_ERR_NOT_CONNECTED,
        Error::NoSignals(_) => STTP_ERR_NO_SIGNALS,
        Error::Complete(_) => STTP_ERR_COMPLETE,
        Error::Forked(_) => STTP_ERR_FORKED,
        Error::WouldBlock(_) => STTP_ERR_WOULD_BLOCK,
        Error::Io { .. } => STTP_ERR_IO,
        Error::Protocol(_) => STTP_ERR_PROTOCOL,
        Error::Refused(_) => STTP_ERR_REFUSED,
        Error::Metadata(_) => STTP_ERR_METADATA,
        Error::Filter(_) => STTP_ERR_FILTER,
        Error::Internal(_) => STTP_ERR_INTERNAL,
    }
}

pub(in crate::capi) fn level_of(severity: Severity) -> i32 {
    match severity {
        Severity::Error => STTP_LOG_ERROR,
        Severity::Warning => STTP_LOG_WARNING,
        Severity::Info => STTP_LOG_INFO,
        Severity::Debug => STTP_LOG_DEBUG,
    }
}

/// The name of a status, for [`sttp_status_name`](crate::capi::library::sttp_status_name).
pub(in crate::capi) fn name(status: i32) -> &'static std::ffi::CStr {
    name_of!(
        status,
        c"unknown status",
        STTP_OK,
        STTP_ERR_INVALID_ARGUMENT,
        STTP_ERR_INVALID_STATE,
        STTP_ERR_NOT_FOUND,
        STTP_ERR_TIMEOUT,
        STTP_ERR_CLOSED,
        STTP_ERR_WOULD_BLOCK,
        STTP_ERR_IO,
        STTP_ERR_PROTOCOL,
        STTP_ERR_REFUSED,
        STTP_ERR_METADATA,
        STTP_ERR_FILTER,
        STTP_ERR_BUFFER_TOO_SMALL,
        STTP_ERR_NOT_CONNECTED,
        STTP_ERR_NO_SIGNALS,
        STTP_ERR_COMPLETE,
        STTP_ERR_FORKED,
        STTP_ERR_INTERNAL,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_status_with_a_name() {
        let text = || String::from("why");
        let errors = [
            Error::InvalidArgument(text()),
            Error::InvalidState(text()),
            Error::NotFound(text()),
            Error::Timeout(text()),
            Error::Closed(text()),
            Error::NotConnected(text()),
            Error::NoSignals(text()),
            Error::Complete(text()),
            Error::Forked(text()),
            Error::WouldBlock(text()),
            Error::io("opening", std::io::ErrorKind::AddrInUse.into()),
            Error::Protocol(text().into()),
            Error::Refused(text().into()),
            Error::Metadata(text().into()),
            Error::Filter(text().into()),
            Error::Internal(text()),
        ];
        let mut statuses: Vec<i32> = errors.iter().map(status_of).collect();
        statuses.extend([STTP_OK, STTP_ERR_BUFFER_TOO_SMALL]);
        let count = statuses.len();
        statuses.sort_unstable();
        statuses.dedup();
        assert_eq!(statuses.len(), count);
        for status in statuses {
            assert!(name(status).to_str().unwrap().starts_with("STTP_"), "{status}");
        }
    }
}
