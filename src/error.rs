//! The error of the Rust and the C API.

use std::io;

use thiserror::Error;

use crate::settings::SettingError;
use crate::tls::TlsError;

/// What a lower floor says is wrong: an error of its own, such as
/// [`MetadataError`](crate::metadata::MetadataError), or words.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call of the API failed, or why a connection ended. The text says what to do next.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument is not usable: a bad text, a number out of range.
    #[error("{0}")]
    InvalidArgument(String),
    /// The call does not fit what went before, as starting what is already started.
    #[error("{0}")]
    InvalidState(String),
    /// There is no such signal, connection or row.
    #[error("{0}")]
    NotFound(String),
    /// The time that the caller gave is over.
    #[error("{0}")]
    Timeout(String),
    /// The subscriber or publisher was closed, and nothing is left.
    #[error("{0}")]
    Closed(String),
    /// The subscriber is not connected, or not any more; it may be again.
    #[error("{0}")]
    NotConnected(String),
    /// The publisher has granted the subscription, and has no signal for it.
    #[error("{0}")]
    NoSignals(String),
    /// The historical data that were subscribed have ended, and all of them were read.
    #[error("{0}")]
    Complete(String),
    /// The call would have to wait for the engine from inside one of the engine's callbacks.
    #[error("{0}")]
    WouldBlock(String),
    /// The process was forked from the one that made the engine: nothing works in it that was made before.
    #[error("{0}")]
    Forked(String),
    /// The operating system refused something.
    #[error("{context}: {source}")]
    Io {
        /// What was tried.
        context: String,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The peer broke the protocol.
    #[error("{0}")]
    Protocol(#[source] Cause),
    /// The peer refused a command.
    #[error("{0}")]
    Refused(#[source] Cause),
    /// Metadata, or their XML, are invalid.
    #[error("{0}")]
    Metadata(#[source] Cause),
    /// A filter expression is invalid.
    #[error("{0}")]
    Filter(#[source] Cause),
    /// The library failed: a defect, please report it.
    #[error("{0}; this is a defect of libsttp, please report it")]
    Internal(String),
}

impl From<SettingError> for Error {
    fn from(error: SettingError) -> Error {
        Error::InvalidArgument(error.to_string())
    }
}

impl From<TlsError> for Error {
    fn from(error: TlsError) -> Error {
        match error {
            TlsError::Write { path, reason } => {
                Error::io(format!("cannot write {path}"), io::Error::other(reason))
            }
            TlsError::Internal(text) => Error::Internal(text),
            error => Error::InvalidArgument(error.to_string()),
        }
    }
}

impl Error {
    /// An [`Error::Io`]: `context` says what was tried.
    pub fn io(context: impl Into<String>, source: io::Error) -> Error {
        Error::Io { context: context.into(), source }
    }
}
