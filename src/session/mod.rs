//! The protocol as state machines without sockets, threads or clocks.
//!
//! Bytes and the current time go in; bytes to send, outputs and the next deadline come out. The
//! rule for a driver: hand in what happened, poll until nothing is left, send what [`SendQueue`]
//! holds, and sleep until the session's deadline at most.

mod datagram_queue;
pub(crate) mod message_limiter;
pub(crate) mod meter;
mod moment;
pub mod publisher;
pub mod recovery;
mod send_queue;
mod subscribe;
pub mod subscriber;

pub use datagram_queue::{Datagram, Handed};
pub use meter::{Latency, LatencyStatistics};
pub use moment::Moment;
pub use publisher::PublisherSession;
pub use send_queue::{Frame, SendQueue};
pub use subscribe::{SubscribeError, SubscribeRequest};
pub use subscriber::SubscriberSession;

/// First words of our publisher's answer to operational modes. Our subscriber knows by them that
/// the publisher names cache slots in its data packets, which another implementation does not.
const GREETING: &str = "libsttp ";

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
