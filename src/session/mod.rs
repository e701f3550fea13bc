//! The protocol as state machines without sockets, threads or clocks.
//!
//! Bytes and the current time go in; bytes to send, outputs and the next deadline come out. The
//! rule for a driver: hand in what happened, poll until nothing is left, send what [`SendQueue`]
//! holds, and sleep until the session's deadline at most.

mod datagram_queue;
pub(crate) mod meter;
pub mod publisher;
pub mod recovery;
mod subscribe;
pub mod subscriber;

pub use crate::host::Moment;
pub use crate::operator::Severity;
pub(crate) use crate::operator::log_message;
pub use crate::wire::send_queue::{Frame, SendQueue};
pub use datagram_queue::{Datagram, Handed};
pub use meter::{Latency, LatencyStatistics};
pub use publisher::PublisherSession;
pub use subscribe::{SubscribeError, SubscribeRequest};
pub use subscriber::SubscriberSession;

/// First words of our publisher's answer to operational modes. Our subscriber knows by them that
/// the publisher names cache slots in its data packets, which another implementation does not.
const GREETING: &str = "libsttp ";

/// First words of our publisher's end of historical data of which some are missing. Our subscriber tells
/// what follows.
pub(crate) const ALL_THERE_ARE: &str = "All historical data were sent that there are";

/// First words of our publisher's failure of historical data that a subscriber has not taken in time: everything
/// up to there was sent, and what follows may be asked for again, which holds for no other failure.
pub(crate) const END_HERE: &str = "historical data end here";
