//! Why connections end.

use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

use crate::wire::frame::FrameError;

/// How long a member of a multicast group may take to confirm a cache that others wait for.
pub(super) const CONFIRMATION_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a connection must be closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CloseReason {
    /// The application wants it.
    #[error("the program has ended the connection")]
    Wanted,
    /// The byte stream cannot be cut into frames any more.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The subscriber was told why in a Failed response.
    #[error("{0}")]
    Refused(String),
    /// The subscriber may not be connected; it is told nothing.
    #[error("the subscriber is not let in: {0}")]
    NotAdmitted(String),
    /// No operational modes came.
    #[error("the subscriber did not send its operational modes within {} s (modesTimeout)", .timeout.as_secs_f64())]
    NoModes {
        /// How long it had.
        timeout: Duration,
    },
    /// Nobody knows the subscriber, and it wants no measurements.
    #[error("the subscriber has not subscribed to anything within {} s (idleTimeout)", .timeout.as_secs_f64())]
    Idle {
        /// How long it had.
        timeout: Duration,
    },
    /// The subscriber asks and asks, but does not take the answers.
    #[error(
        "the subscriber has taken nothing of the answers to its commands for {} s (unreadTimeout): {waiting} wait for it, \
         and its next commands for those (maxUnreadAnswers)",
        .timeout.as_secs_f64()
    )]
    Unread {
        /// Answers in the send queue.
        waiting: usize,
        /// How long it had.
        timeout: Duration,
    },
    /// The subscriber takes large answers too slowly while there is no room for those of others.
    #[error(
        "the subscriber took {taken} bytes in {} s, and {waiting} of its answers wait, while large answers to all \
         subscribers are more than maxWaitingAnswers allows",
        .time.as_secs_f64()
    )]
    Hindering {
        /// Bytes that it took.
        taken: u64,
        /// Bytes of answers in the send queue.
        waiting: usize,
        /// How long it took for them.
        time: Duration,
    },
    /// The rest of a command did not come.
    #[error("the rest of a command of the subscriber did not come within {} s (commandTimeout): {received} bytes of it did", .timeout.as_secs_f64())]
    Unfinished {
        /// Bytes that came.
        received: usize,
        /// How long it had.
        timeout: Duration,
    },
    /// The rest of a record of TLS did not come.
    #[error(
        "the rest of a record of TLS of the subscriber did not come within {} s (commandTimeout): {received} bytes of it did: \
         the network is too slow, or somebody on the way altered what the subscriber sent",
        .timeout.as_secs_f64()
    )]
    UnfinishedRecord {
        /// Bytes that came.
        received: usize,
        /// How long it had.
        timeout: Duration,
    },
    /// The subscriber does not confirm its signals, and holds up others.
    #[error(
        "the subscriber did not confirm its signals within {} s, while other members of its multicast group waited",
        CONFIRMATION_TIMEOUT.as_secs()
    )]
    Unconfirmed,
    /// Nobody listens where the subscriber wants its datagrams.
    #[error(
        "nobody takes the datagrams at {destination}: its host has refused them for {} s (refusedChannelTimeout); let the subscriber listen there, or use TCP",
        .timeout.as_secs_f64()
    )]
    ChannelRefused {
        /// Where they go.
        destination: SocketAddr,
        /// How long they may be refused.
        timeout: Duration,
    },
    /// The subscriber is too slow.
    #[error("the subscriber did not take measurements fast enough: {queued} bytes waited for it ({key})")]
    TooSlow {
        /// The setting that allows no more.
        key: &'static str,
        /// Bytes in the send queue.
        queued: usize,
    },
}

impl CloseReason {
    /// Whether the connection ends at once, because its subscriber does not take what waits for it
    /// anyway, or must not have it. Otherwise it gets that first, the reason among it, as long as that takes no more than a
    /// moment.
    pub fn is_immediate(&self) -> bool {
        matches!(
            self,
            CloseReason::TooSlow { .. }
                | CloseReason::Unread { .. }
                | CloseReason::Hindering { .. }
                | CloseReason::NotAdmitted(_)
        )
    }
}
