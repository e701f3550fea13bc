//! What a session tells its driver.

use uuid::Uuid;

use super::super::documents::DocumentName;
use super::super::negotiation::{Agreement, Reason};
use super::super::subscription::Status;
use crate::measurement::Measurement;
use crate::operator::Severity;

/// What a [`LinkSession`](super::LinkSession) tells its driver.
#[derive(Debug)]
#[non_exhaustive]
pub enum LinkEvent<'a> {
    /// Both directions follow this agreement, from here on.
    Agreed(Agreement),
    /// The other side has refused what was offered. What was agreed before goes on.
    Rejected(Reason, String),
    /// All that [`poll_transmit`](super::LinkSession::poll_transmit) has given until now is to be sent, and then the
    /// handshake of TLS begins. When it is done: [`secured`](super::LinkSession::secured).
    StartTls {
        /// This side is the client of the handshake.
        as_client: bool,
        /// What came already, and belongs to the handshake.
        received: Vec<u8>,
    },
    /// Measurements. Their `signal_index` is the place of their signal in [`signals`](super::LinkSession::signals).
    Measurements(&'a [Measurement]),
    /// A signal that was not known; those before keep their places.
    Signal {
        /// Its place, from 0 on.
        index: u32,
        /// The signal.
        signal_id: Uuid,
    },
    /// Metadata, as XML.
    Metadata(Vec<u8>),
    /// There are no metadata, or there is no configuration.
    NoDocument(DocumentName),
    /// The configuration frames of a stream of C37.118, one behind the other.
    Configuration {
        /// ID code of the stream.
        id_code: u16,
        /// The frames.
        frames: Vec<u8>,
    },
    /// A data frame of C37.118, as it was sent by its device.
    Frame(Vec<u8>),
    /// The other side has subscribed, or not any more.
    Subscribed {
        /// Its filter; None when it wants nothing any more.
        filter: Option<String>,
        /// How many signals it gets.
        signals: usize,
    },
    /// The subscription of this side was answered.
    Answered {
        /// What became of it.
        status: Status,
        /// How many signals there are.
        signals: u32,
        /// For people.
        text: String,
    },
    /// Something that operators should know; repeated messages are held back.
    Message {
        /// How much it matters.
        severity: Severity,
        /// What it is, and what to do.
        text: String,
    },
    /// The link is of no use any more: close it, and open it again after a while. Nothing else happens until
    /// [`opened`](super::LinkSession::opened).
    Ended {
        /// Why.
        reason: String,
    },
}
