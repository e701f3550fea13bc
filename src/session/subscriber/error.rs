//! Why a connection ends.

use std::time::Duration;

use thiserror::Error;

use crate::wire::frame::FrameError;

/// Why a connection cannot go on.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SubscriberError {
    /// The byte stream cannot be cut into frames any more.
    #[error(transparent)]
    Frame(FrameError),
    /// The publisher announces more than is accepted.
    #[error("{0} (maxFrameSize)")]
    TooLarge(FrameError),
    /// Two subscribers are connected with each other.
    #[error(
        "the other side is a subscriber too, not a publisher; connect to a publisher that listens, or listen for one \
         that connects"
    )]
    OtherSubscriber,
    /// The publisher refuses this subscriber.
    #[error("the publisher refused the connection: {0}")]
    Refused(String),
    /// The publisher refuses the operational modes.
    #[error("the publisher refused STTP version {version}: {text}")]
    ModesRefused {
        /// Version that was asked for.
        version: u32,
        /// The publisher's words.
        text: String,
    },
    /// Compressed measurements cannot be decoded, so later ones cannot either.
    #[error("compressed measurements from the publisher are damaged: {0}")]
    Payload(String),
    /// The publisher is silent.
    #[error("nothing was received for {} s (dataLossInterval), although publishers send something every 5 s", .0.as_secs_f64())]
    Silent(Duration),
    /// The publisher does not answer.
    #[error("the publisher did not answer {command} within {} s (answerTimeout)", .timeout.as_secs_f64())]
    NoAnswer {
        /// Name of the command.
        command: &'static str,
        /// How long it had.
        timeout: Duration,
    },
    /// The publisher sends something that never becomes a response.
    #[error("not one whole response came within {} s (answerTimeout), although publishers send one every 5 s", .0.as_secs_f64())]
    NoResponse(Duration),
    /// What the publisher has sent cannot be told, because its rest does not come.
    #[error(
        "the rest of a record of TLS did not come within {} s (answerTimeout), {received} bytes of it did: the network is too \
         slow, or somebody on the way altered what the publisher sent",
        .timeout.as_secs_f64()
    )]
    Unfinished {
        /// Bytes that came.
        received: usize,
        /// How long it had.
        timeout: Duration,
    },
    /// What the publisher has sent is not whole, and its rest takes too long.
    #[error(
        "the rest of a response did not come within {} s (answerTimeout), {received} of {announced} bytes did: the network \
         is too slow, or somebody on the way altered the length",
        .timeout.as_secs_f64()
    )]
    UnfinishedResponse {
        /// Bytes that came.
        received: usize,
        /// Bytes that it has announced to have.
        announced: usize,
        /// How long it had.
        timeout: Duration,
    },
    /// Compressed measurements were out of sequence for too long.
    #[error("compressed measurements were out of sequence and did not start anew within {} s", .0.as_secs_f64())]
    OutOfSequence(Duration),
    /// The publisher asks for confirmations that it does not read.
    #[error("the publisher does not read what is sent to it: {waiting} commands and confirmations wait")]
    Unread {
        /// Frames that wait to be sent.
        waiting: usize,
    },
}

impl From<FrameError> for SubscriberError {
    fn from(error: FrameError) -> SubscriberError {
        match error {
            FrameError::TooLarge { .. } => SubscriberError::TooLarge(error),
            error => SubscriberError::Frame(error),
        }
    }
}
