//! Whatever leaves a session.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::close_reason::CloseReason;
use super::events::{ConnectionKey, PublisherEvent};
use super::work::Work;
use crate::session::Severity;

/// What a session wants of its driver.
#[derive(Debug)]
pub enum Output {
    /// The queue of a connection has got something to send.
    Send(ConnectionKey),
    /// A channel was opened or closed, or has got datagrams to send.
    Datagrams(ChannelId),
    /// The transport of a connection is to be read again, because what came is dealt with.
    Read(ConnectionKey),
    /// A connection is to be closed, [at once](CloseReason::is_immediate) or when its queue is empty.
    Close(ConnectionKey, CloseReason),
    /// Something to be done elsewhere, because it takes long.
    Work(Work),
    /// Something that the application is to be told.
    Event(PublisherEvent),
}

/// Names a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelId {
    /// The datagrams of one connection.
    Connection(ConnectionKey),
    /// Those for a multicast group and port, for any number of connections.
    Group(SocketAddr),
}

/// Where the datagrams of a channel go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Where to.
    pub destination: SocketAddr,
    /// They come from the local address of this connection.
    pub connection: ConnectionKey,
    /// For a multicast group: how many routers they may pass.
    pub ttl: Option<u8>,
}

/// Outputs in the order in which they came up.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Output>,
}

impl Outbox {
    pub(super) fn push(&mut self, output: Output) {
        self.waiting.push_back(output);
    }

    pub(super) fn event(&mut self, event: PublisherEvent) {
        self.push(Output::Event(event));
    }

    pub(super) fn message(&mut self, severity: Severity, text: String) {
        self.event(PublisherEvent::Message(severity, text));
    }

    pub(super) fn warn(&mut self, text: String) {
        self.message(Severity::Warning, text);
    }

    /// The next output, if it is wanted.
    pub(super) fn pop_if(&mut self, is_wanted: impl FnOnce(&Output) -> bool) -> Option<Output> {
        self.waiting.pop_front_if(|output| is_wanted(output))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
