//! Why signals do not become a stream.

use thiserror::Error;

use super::super::error::C37118Error;

/// Why a stream cannot be made of these metadata.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ConcentratorError {
    /// A setting that cannot be.
    #[error("{0}")]
    Setting(String),
    /// A device that was asked for is not there.
    #[error("the metadata have no device {0:?}; they may come later, or its acronym is another")]
    NoDevice(String),
    /// Nothing was selected that frames can carry.
    #[error(
        "none of the selected signals is one that a frame of C37.118 carries: a frequency, a phasor, an analog or \
         digital value or status flags with a signal reference such as SHELBY-FQ or SHELBY-PM1"
    )]
    NothingToSend,
    /// The frames do not hold it.
    #[error(transparent)]
    Frame(#[from] C37118Error),
}
