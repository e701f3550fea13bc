//! A channel of datagrams: what waits for the driver.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::output::{ChannelId, Outbox, Output};
use super::totals::{BEYOND_TOTAL, Place};
use crate::session::Frame;
use crate::session::datagram_queue::{Datagram, DatagramQueue, Handed, Outcome};

/// Bytes of datagrams that may wait for the driver on each channel. It sends them within a few milliseconds,
/// so that more means that it does not do its work.
const WAITING_BYTES: usize = 16 << 20;

/// Refusals that are further apart than this are not of one time without anybody who listens. A host tells of a few a
/// second only.
const REFUSALS_APART: Duration = Duration::from_secs(3);

/// The datagrams for one address.
#[derive(Debug)]
pub(super) struct UdpChannel {
    queue: DatagramQueue,
    /// The driver was told already that there are some.
    is_told: bool,
    /// Datagrams that the system took since the channel was opened.
    sent: u64,
    /// When datagrams were refused first and last.
    refused: Option<(Instant, Instant)>,
    /// The limit of all subscribers together for whose sake something was dropped.
    beyond: Option<&'static str>,
    place: Place,
}

impl UdpChannel {
    pub(super) fn new(destination: SocketAddr, place: Place) -> UdpChannel {
        let queue = DatagramQueue::new(destination);
        UdpChannel { queue, is_told: false, sent: 0, refused: None, beyond: None, place }
    }

    pub(super) fn destination(&self) -> SocketAddr {
        self.queue.destination()
    }

    /// Adds a datagram. False when too many wait already, here or for all subscribers together, or all channels
    /// together have sent as much in this second as they may.
    pub(super) fn push(&mut self, frame: Frame, now: Instant) -> bool {
        let share = self.place.share().filter(|share| *share < WAITING_BYTES);
        if share.is_some_and(|share| self.queue.waiting() + frame.bytes().len() > share) {
            self.beyond = Some(BEYOND_TOTAL);
            return false;
        }
        if !self.place.may_send(frame.bytes().len(), now) {
            self.beyond = Some("all subscribers by UDP together are sent no more than maxUdpRate");
            return false;
        }
        self.queue.push(Datagram::new(frame), WAITING_BYTES)
    }

    /// Why datagrams were refused for the sake of all subscribers since this was last asked, if any were.
    pub(super) fn take_beyond(&mut self) -> Option<&'static str> {
        self.beyond.take()
    }

    /// Bytes in memory of what waits, but for what is counted elsewhere.
    pub(super) fn uncounted_len(&self) -> usize {
        self.queue.uncounted_len()
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

    /// Hands all datagrams to `send`, which tells what became of them. `None` when there are none.
    pub(super) fn hand_out(&mut self, send: impl FnOnce(&[Datagram]) -> Handed) -> Option<Outcome> {
        if self.queue.is_empty() {
            return None;
        }
        let outcome = self.queue.hand_out(send);
        self.sent += outcome.datagrams_sent;
        Some(outcome)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Datagrams that the system took since the channel was opened.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Somebody's host says that nobody listens there. Since when it has said so, time and again.
    pub(super) fn refused(&mut self, now: Instant) -> Duration {
        let first = match self.refused {
            Some((first, last)) if now.saturating_duration_since(last) < REFUSALS_APART => first,
            _ => now,
        };
        self.refused = Some((first, now));
        now.saturating_duration_since(first)
    }
}
