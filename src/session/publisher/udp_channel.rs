//! A channel of datagrams: what waits for the driver.

use std::net::SocketAddr;

use super::output::{ChannelId, Outbox, Output};
use crate::session::Frame;
use crate::session::datagram_queue::{Datagram, DatagramQueue, Outcome};

/// Bytes of datagrams that may wait for the driver on each channel. It takes them all whenever
/// something was published, so that more means that it does not do its work.
const WAITING_BYTES: usize = 16 << 20;

/// The datagrams for one address.
#[derive(Debug)]
pub(super) struct UdpChannel {
    queue: DatagramQueue,
    /// The driver was told already that there are some.
    is_told: bool,
}

impl UdpChannel {
    pub(super) fn new(destination: SocketAddr) -> UdpChannel {
        UdpChannel { queue: DatagramQueue::new(destination), is_told: false }
    }

    pub(super) fn destination(&self) -> SocketAddr {
        self.queue.destination()
    }

    /// Adds a datagram. False when too many wait already.
    pub(super) fn push(&mut self, frame: Frame) -> bool {
        self.queue.push(Datagram::new(frame), WAITING_BYTES)
    }

    /// Tells the driver of the channel, which `id` is, once.
    pub(super) fn tell(&mut self, id: ChannelId, outbox: &mut Outbox) {
        if !std::mem::replace(&mut self.is_told, true) {
            outbox.push(Output::Datagrams(id));
        }
    }

    /// The driver takes note of it.
    pub(super) fn noticed(&mut self) {
        self.is_told = false;
    }

    /// Hands all datagrams to `send`, which tells how many of them the system took; the others are
    /// dropped. `None` when there are none.
    pub(super) fn drain(&mut self, send: impl FnOnce(&[Datagram]) -> usize) -> Option<Outcome> {
        (!self.queue.is_empty()).then(|| self.queue.drain(send))
    }
}
