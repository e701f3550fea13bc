//! Measurements by UDP: where they go, and what becomes of them.

use std::net::SocketAddr;

use super::connection::{Connection, Delivery};
use super::encryption::ENCRYPTION_OVERHEAD;
use super::events::ConnectionId;
use super::subscription::Carriage;
use super::{PublisherSession, PublisherSettings};
use crate::session::Frame;
use crate::session::datagram_queue::{Datagram, DatagramQueue, Outcome};
use crate::wire::DataChannel;
use crate::wire::frame::LENGTH_SIZE;

/// Largest datagram of measurements that every subscriber accepts, in bytes.
pub const LARGEST_DATAGRAM: usize = 32_768;
/// Smallest useful one, in bytes: room for a dozen measurements.
pub const SMALLEST_DATAGRAM: usize = 256;
/// Fits an Ethernet frame, with room for the headers of IPv6, of UDP and of a tunnel.
const DEFAULT_DATAGRAM: usize = 1400;

/// Largest data packet that every subscriber accepts by TCP, with the frame's length field.
const LARGEST_FRAME: usize = LENGTH_SIZE + 32_768;

/// Bytes of datagrams that may wait for the driver on each channel. It takes them all whenever
/// something was published, so that more means that it does not do its work.
const WAITING_BYTES: usize = 16 << 20;

/// What a publisher sends by UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpSettings {
    /// Subscribers may ask for measurements by UDP; else they are refused when they do.
    pub enabled: bool,
    /// Largest datagram in bytes, from [`SMALLEST_DATAGRAM`] to [`LARGEST_DATAGRAM`]. Datagrams
    /// that do not fit what the network carries in one piece are lost more often.
    pub datagram_size: usize,
}

impl Default for UdpSettings {
    fn default() -> UdpSettings {
        UdpSettings { enabled: true, datagram_size: DEFAULT_DATAGRAM }
    }
}

impl UdpSettings {
    pub(super) fn within_limits(self) -> UdpSettings {
        UdpSettings { datagram_size: self.datagram_size.clamp(SMALLEST_DATAGRAM, LARGEST_DATAGRAM), ..self }
    }
}

/// Names a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelId {
    /// The datagrams of one connection.
    Connection(ConnectionId),
}

/// Where the datagrams of a channel go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Where to.
    pub destination: SocketAddr,
    /// They come from the local address of this connection.
    pub connection: ConnectionId,
}

impl PublisherSession {
    /// Moves the channels that were opened or closed, or have got datagrams, since the last call
    /// into `changed`. A channel may be named several times.
    pub fn take_changed_channels(&mut self, changed: &mut Vec<ChannelId>) {
        changed.clear();
        std::mem::swap(changed, &mut self.changed_channels);
    }

    /// Where the datagrams of a channel go; `None` when the channel is closed, and its socket not
    /// needed any more.
    pub fn channel(&self, id: ChannelId) -> Option<Channel> {
        let ChannelId::Connection(connection) = id;
        let queue = self.connections.get(&connection)?.datagrams.as_ref()?;
        Some(Channel { destination: queue.destination(), connection })
    }

    /// Hands the datagrams of a channel to `send`, which tells how many of them, from the first
    /// on, the system took. The others are dropped, and counted.
    pub fn send_datagrams(&mut self, id: ChannelId, send: impl FnOnce(&[Datagram]) -> usize) {
        let ChannelId::Connection(id) = id;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(queue) = connection.datagrams.as_mut().filter(|queue| !queue.is_empty()) else { return };
        let outcome = queue.drain(send);
        connection.count_datagrams(outcome);
        self.count_datagrams(outcome);
    }

    /// Sends the measurements of a connection that way from now on.
    pub(super) fn use_channel(&mut self, id: ConnectionId, channel: Option<DataChannel>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let destination = channel.map(|channel| with_port(connection.info.address, channel.port));
        if destination == connection.info.data_channel {
            return;
        }
        connection.info.data_channel = destination;
        let old = std::mem::replace(&mut connection.datagrams, destination.map(DatagramQueue::new));
        mark_channel_changed(ChannelId::Connection(id), &mut self.changed_channels);
        if let Some(mut old) = old {
            let outcome = old.drain(|_| 0);
            connection.count_datagrams(outcome);
            self.count_datagrams(outcome);
        }
    }

    /// A connection may have got datagrams.
    pub(super) fn mark_channel(&mut self, id: ConnectionId) {
        if self.connections.get(&id).is_some_and(|connection| connection.datagrams.is_some()) {
            mark_channel_changed(ChannelId::Connection(id), &mut self.changed_channels);
        }
    }

    fn count_datagrams(&mut self, outcome: Outcome) {
        self.statistics.datagrams_sent += outcome.datagrams_sent;
        self.statistics.datagrams_dropped += outcome.datagrams_dropped;
        self.statistics.bytes_sent += outcome.bytes_sent;
        self.statistics.measurements_sent += outcome.measurements_sent;
        self.statistics.measurements_dropped += outcome.measurements_dropped;
    }
}

impl Connection {
    /// Queues a data packet for the UDP channel.
    pub(super) fn push_datagram(&mut self, frame: Frame) -> Delivery {
        let measurements = u64::from(frame.measurements());
        let Some(queue) = &mut self.datagrams else { return Delivery::Skipped };
        if queue.push(Datagram::new(frame), WAITING_BYTES) {
            return Delivery::Queued;
        }
        self.info.measurements_dropped += measurements;
        Delivery::Skipped
    }

    fn count_datagrams(&mut self, outcome: Outcome) {
        self.info.measurements_sent += outcome.measurements_sent;
        self.info.measurements_dropped += outcome.measurements_dropped;
        self.info.bytes_sent += outcome.bytes_sent;
    }
}

/// How measurements travel to a subscriber that asks for this channel, or why they cannot.
pub(super) fn carriage(
    channel: Option<DataChannel>,
    connection: &Connection,
    settings: &PublisherSettings,
) -> Result<Carriage, String> {
    let is_encrypted = connection.cipher.is_some() || settings.encryption.covers(channel.is_some());
    let overhead = if is_encrypted { ENCRYPTION_OVERHEAD } else { 0 };
    let Some(wanted) = channel else {
        return Ok(Carriage { channel, frame_limit: LARGEST_FRAME - overhead, is_encrypted });
    };
    if !settings.udp.enabled {
        return Err("this publisher sends measurements by TCP only; leave out dataChannel".into());
    }
    if wanted.multicast_group.is_some() {
        return Err("this publisher does not send to multicast groups; leave out multicastGroup".into());
    }
    let frame_limit = LENGTH_SIZE + settings.udp.datagram_size - overhead;
    Ok(Carriage { channel, frame_limit, is_encrypted })
}

/// The driver finds nothing to do for a channel that is named again.
pub(super) fn mark_channel_changed(id: ChannelId, changed: &mut Vec<ChannelId>) {
    if changed.last() != Some(&id) {
        changed.push(id);
    }
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
