//! What a publisher knows and tells of its connections.

use std::net::SocketAddr;
use std::sync::Arc;

use slotmap::new_key_type;
use uuid::Uuid;

use super::counters::ConnectionCounters;
use super::terms::{ConnectionModes, SubscriptionTerms};
use crate::Ticks;
use crate::rights::{Admission, Audit, Peer};
use crate::session::{LatencyStatistics, Severity};
use crate::settings::AssemblyInfo;
use crate::tls::TlsDetails;
use crate::wire::Version;
use crate::wire::notification::NotificationId;

/// Identifies a connection for the life of its publisher; never used again.
pub type ConnectionId = u64;

new_key_type! {
    /// Where a session keeps a connection. Means no other one once that is closed.
    pub struct ConnectionKey;
}

/// A connection that a session is to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Number that the publisher gives it, and never gives again.
    pub id: ConnectionId,
    /// Where the subscriber is.
    pub address: SocketAddr,
    /// It was made to a subscriber that listens. The limits of connections are for those who come
    /// unasked; they do not hold for this one.
    pub outgoing: bool,
    /// What was agreed on by TLS; `None` without.
    pub tls: Option<Arc<TlsDetails>>,
    /// What the application has decided of it.
    pub admission: Admission,
}

impl NewConnection {
    /// One that was accepted by a publisher without others.
    pub fn accepted(id: ConnectionId, address: SocketAddr) -> NewConnection {
        NewConnection { id, address, outgoing: false, tls: None, admission: Admission::default() }
    }

    /// Who it is.
    pub fn peer(&self) -> Peer {
        Peer { address: self.address, outgoing: self.outgoing, tls: self.tls.clone() }
    }

    /// One that was made to a subscriber that listens.
    pub fn made(id: ConnectionId, address: SocketAddr) -> NewConnection {
        NewConnection { outgoing: true, ..NewConnection::accepted(id, address) }
    }
}

/// What a publisher knows of one subscriber.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// Number of the connection.
    pub id: ConnectionId,
    /// ID that the publisher gave the subscriber.
    pub subscriber_id: Uuid,
    /// Where the subscriber is.
    pub address: SocketAddr,
    /// The publisher made the connection, the subscriber accepted it.
    pub outgoing: bool,
    /// What was agreed on by TLS, and who the subscriber is by its certificate; `None` without TLS.
    pub tls: Option<Arc<TlsDetails>>,
    /// What the rights call it; empty when there are none for it.
    pub rights: String,
    /// Program and version as the subscriber names itself, empty if it does not.
    pub identity: String,
    /// The same in full, as the last Subscribe that was granted says it. Long texts are cut.
    pub assembly: AssemblyInfo,
    /// How the subscriber wants to be spoken to, and what it gets, once it has told it.
    pub modes: Option<ConnectionModes>,
    /// What the subscription asks for, and what it gets; `None` without one.
    pub terms: Option<Arc<SubscriptionTerms>>,
    /// Filter expression of the subscription, empty without one. A long one is cut.
    pub filter: String,
    /// Where measurements go by UDP; `None` for TCP.
    pub data_channel: Option<SocketAddr>,
    /// Protocol version, once the subscriber has told it.
    pub version: Option<Version>,
    /// True while measurements flow: the signal index cache is in use.
    pub subscribed: bool,
    /// When the connection was made, by the wall clock, UTC.
    pub connected_since: Ticks,
    /// What is counted.
    pub counters: ConnectionCounters,
    /// How late measurements were when they were queued: of the first and the last one of each data
    /// packet, historical ones aside. The interval is the latest complete second.
    pub latency: LatencyStatistics,
}

impl ConnectionInfo {
    /// Who it is.
    pub fn peer(&self) -> Peer {
        Peer { address: self.address, outgoing: self.outgoing, tls: self.tls.clone() }
    }
}

/// Something that happened on a connection.
#[derive(Debug)]
pub enum PublisherEvent {
    /// A subscriber told its operational modes.
    Connected(Box<ConnectionInfo>),
    /// A subscription is in use; measurements flow from now on.
    Subscribed(Box<ConnectionInfo>),
    /// A subscription has ended, or everything of a temporal one was sent; the connection goes on.
    Unsubscribed(Box<ConnectionInfo>),
    /// A notification was confirmed, or never will be.
    Notification {
        /// The subscriber's connection.
        connection: ConnectionId,
        /// The notification.
        id: NotificationId,
        /// The subscriber has confirmed it.
        confirmed: bool,
    },
    /// A subscriber has changed the pace of its historical data.
    ProcessingInterval {
        /// The subscriber's connection.
        connection: ConnectionId,
        /// Milliseconds for each step, 0 for as fast as possible, -1 for the publisher's default.
        milliseconds: i32,
    },
    /// A subscriber sent a user command, which the application is to answer.
    UserCommand {
        /// The subscriber's connection.
        connection: ConnectionId,
        /// Number of the command, 0 to 15.
        command: u8,
        /// What it carries.
        payload: Vec<u8>,
    },
    /// A peer or a request was accepted or refused.
    Audit(Box<Audit>),
    /// Something that operators want to know.
    Message(Severity, String),
}
