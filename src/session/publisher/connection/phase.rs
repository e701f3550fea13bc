//! How far a connection has come.

use std::time::Instant;

use crate::session::publisher::close_reason::CloseReason;
use crate::wire::OperationalModes;

/// How far a connection has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Nothing is answered before the subscriber has told its operational modes.
    AwaitingModes { since: Instant },
    /// The subscriber is served in these modes.
    Ready(OperationalModes),
    /// The connection ends. Nothing is read, and nothing queued, any more.
    Closing(CloseReason),
}
