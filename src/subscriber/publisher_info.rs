//! What a subscriber knows of its publisher, and of its signals.

use std::net::SocketAddr;
use std::sync::PoisonError;

use uuid::Uuid;

use super::read_queue::Signals;
use super::{Shared, Subscriber};
use crate::Ticks;
use crate::session::subscriber::AgreedModes;

/// What is known of the publisher of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublisherInfo {
    /// Where it is.
    pub address: SocketAddr,
    /// It has made the connection, and the subscriber accepted it.
    pub incoming: bool,
    /// When that was, by the wall clock, UTC.
    pub connected_since: Ticks,
    /// The ID that it has given this subscriber. It comes with the first list of signals.
    pub subscriber_id: Option<Uuid>,
    /// How both sides speak.
    pub modes: AgreedModes,
    /// The local port where measurements come by UDP; `None` for TCP.
    pub data_port: Option<u16>,
}

impl Shared {
    /// The signals that the handler is told of, or none any more.
    pub(super) fn set_signals(&self, signals: Option<Signals>) {
        *self.signals.lock().unwrap_or_else(PoisonError::into_inner) = signals;
    }

    /// What is known of the publisher now.
    pub(super) fn set_publisher(&self, publisher: Option<PublisherInfo>) {
        *self.publisher.lock().unwrap_or_else(PoisonError::into_inner) = publisher;
    }
}

impl Subscriber {
    /// The publisher, and how both sides speak; `None` while there is no connection.
    pub fn publisher(&self) -> Option<PublisherInfo> {
        self.shared.publisher.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The list of signals that the handler was told of last on this connection; `None` before the first, and while
    /// there is no connection. What waits to be read may be of an earlier one, see
    /// [`read_signals`](Self::read_signals).
    pub fn signals(&self) -> Option<Signals> {
        self.shared.signals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
