//! Why something of the bus cannot be had.

/// What went wrong, and with that whether it helps to try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The bus does not answer; later it may.
    #[error("{0}")]
    Away(String),
    /// What is there cannot be read, and never will be.
    #[error("{0}")]
    Unreadable(String),
}
