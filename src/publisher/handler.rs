//! What a publisher tells its application.

use std::time::Duration;

use crate::error::Error;
use crate::rights::{Admission, Audit, Peer};
use crate::session::Severity;
use crate::session::publisher::{ConnectionId, ConnectionInfo};
use crate::wire::notification::NotificationId;

/// Receives what happens, on the thread of the engine, or on one of several, always the same. While
/// a method runs, no connection of that thread is served: return soon.
pub trait PublisherHandler: Send + 'static {
    /// Somebody has connected, or was connected to, and may be a subscriber. Before anything is told to it, beyond
    /// the own certificate with TLS: whether it is let in, and what it may.
    fn admit(&mut self, _peer: &Peer) -> Admission {
        Admission::ByRights
    }

    /// A peer or a request was accepted or refused. When there are more of either in a second than
    /// the setting `auditEventsPerSecond` allows, some are left out, and counted.
    fn audit(&mut self, _event: &Audit) {}

    /// A subscriber has connected and told its operational modes. Nothing else is told to it before this returns;
    /// if it is [disconnected](super::Publisher::disconnect) here, nothing at all.
    fn connected(&mut self, _connection: &ConnectionInfo) {}

    /// A connection has ended: `Ok` when the application or the subscriber wanted it.
    fn disconnected(&mut self, _connection: &ConnectionInfo, _reason: Result<(), &Error>) {}

    /// Measurements flow to a subscriber from now on: it has confirmed its signals.
    fn subscribed(&mut self, _connection: &ConnectionInfo) {}

    /// A subscriber has ended its subscription, or has got all historical data that it asked for, and
    /// stays connected.
    fn unsubscribed(&mut self, _connection: &ConnectionInfo) {}

    /// A subscriber has changed the pace at which it gets historical data: milliseconds for each step, 0 for as
    /// fast as possible, -1 for the publisher's default.
    fn processing_interval(&mut self, _connection: ConnectionId, _milliseconds: i32) {}

    /// A notification was confirmed, or never will be: the connection ended, or did not take it.
    fn notification(&mut self, _connection: ConnectionId, _id: NotificationId, _confirmed: bool) {}

    /// A subscriber sent user command `command`, 0 to 15. Answer with
    /// [`Publisher::answer_user_command`](super::Publisher::answer_user_command), here or later,
    /// and return true. After false the subscriber is told that the command is not supported.
    fn user_command(&mut self, _connection: ConnectionId, _command: u8, _payload: &[u8]) -> bool {
        false
    }

    /// A subscriber that the publisher connects to is not connected: attempt number `attempt` in a
    /// row follows after `delay`. `address` is that of [`Publisher::connect`](super::Publisher::connect).
    fn reconnecting(&mut self, _address: &str, _attempt: u32, _delay: Duration) {}

    /// A subscriber that the publisher connected to is not connected, and no attempt follows.
    /// `address` is that of [`Publisher::connect`](super::Publisher::connect).
    fn gave_up(&mut self, _address: &str, _reason: &Error) {}

    /// Something that operators want to know.
    fn message(&mut self, _severity: Severity, _text: &str) {}
}
