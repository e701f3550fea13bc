//! Measurements by UDP: where they go, and what becomes of them.

use std::net::{IpAddr, SocketAddr};

use super::PublisherSession;
use super::connection::{Connection, Delivery};
use super::encryption::ENCRYPTION_OVERHEAD;
use super::events::ConnectionId;
use super::settings::PublisherSettings;
use super::subscription::Carriage;
use crate::session::Frame;
use crate::session::datagram_queue::{Datagram, DatagramQueue, Outcome};
use crate::wire::DataChannel;
use crate::wire::frame::LENGTH_SIZE;

/// Largest data packet that every subscriber accepts by TCP, with the frame's length field.
const LARGEST_FRAME: usize = LENGTH_SIZE + 32_768;

/// Bytes of datagrams that may wait for the driver on each channel. It takes them all whenever
/// something was published, so that more means that it does not do its work.
pub(super) const WAITING_BYTES: usize = 16 << 20;

/// Names a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelId {
    /// The datagrams of one connection.
    Connection(ConnectionId),
    /// Those for a multicast group and port, for any number of connections.
    Group(SocketAddr),
}

/// Where the datagrams of a channel go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Where to.
    pub destination: SocketAddr,
    /// They come from the local address of this connection.
    pub connection: ConnectionId,
    /// For a multicast group: how many routers they may pass.
    pub ttl: Option<u8>,
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
        match id {
            ChannelId::Connection(connection) => {
                let queue = self.connections.get(&connection)?.datagrams.as_ref()?;
                Some(Channel { destination: queue.destination(), connection, ttl: None })
            }
            ChannelId::Group(destination) => {
                let connection = self.group(destination)?.first_member()?;
                Some(Channel { destination, connection, ttl: Some(self.settings.udp.multicast_ttl) })
            }
        }
    }

    /// Hands the datagrams of a channel to `send`, which tells how many of them, from the first
    /// on, the system took. The others are dropped, and counted.
    pub fn send_datagrams(&mut self, id: ChannelId, send: impl FnOnce(&[Datagram]) -> usize) {
        let (queue, receivers) = match id {
            ChannelId::Connection(id) => {
                (self.connections.get_mut(&id).and_then(|connection| connection.datagrams.as_mut()), vec![id])
            }
            ChannelId::Group(address) => {
                let group = self.groups.iter_mut().find(|group| group.queue.destination() == address);
                let receivers = group.as_ref().map_or(Vec::new(), |group| group.active_members().collect());
                (group.map(|group| &mut group.queue), receivers)
            }
        };
        let Some(queue) = queue.filter(|queue| !queue.is_empty()) else { return };
        let outcome = queue.drain(send);
        self.count_datagrams(outcome, &receivers);
    }

    /// Sends the measurements of a connection that way from now on.
    pub(super) fn use_channel(&mut self, id: ConnectionId, channel: Option<DataChannel>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let destination = channel.map(|channel| with_port(connection.info.address, channel.port));
        if destination == connection.datagrams.as_ref().map(DatagramQueue::destination) {
            return;
        }
        connection.info.data_channel = destination;
        let old = std::mem::replace(&mut connection.datagrams, destination.map(DatagramQueue::new));
        mark_channel_changed(ChannelId::Connection(id), &mut self.changed_channels);
        if let Some(mut old) = old {
            let outcome = old.drain(|_| 0);
            self.count_datagrams(outcome, &[id]);
        }
    }

    /// A connection may have got datagrams.
    pub(super) fn mark_channel(&mut self, id: ConnectionId) {
        if self.connections.get(&id).is_some_and(|connection| connection.datagrams.is_some()) {
            mark_channel_changed(ChannelId::Connection(id), &mut self.changed_channels);
        }
    }

    /// Counts datagrams that were to reach these connections.
    fn count_datagrams(&mut self, outcome: Outcome, receivers: &[ConnectionId]) {
        self.statistics.datagrams_sent += outcome.datagrams_sent;
        self.statistics.datagrams_dropped += outcome.datagrams_dropped;
        self.statistics.bytes_sent += outcome.bytes_sent;
        for id in receivers {
            self.statistics.measurements_sent += outcome.measurements_sent;
            self.statistics.measurements_dropped += outcome.measurements_dropped;
            if let Some(connection) = self.connections.get_mut(id) {
                connection.info.measurements_sent += outcome.measurements_sent;
                connection.info.measurements_dropped += outcome.measurements_dropped;
                connection.info.bytes_sent += outcome.bytes_sent;
                connection.info.datagrams_sent += outcome.datagrams_sent;
                connection.info.datagrams_dropped += outcome.datagrams_dropped;
            }
        }
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
        return Ok(Carriage { channel, group: None, frame_limit: LARGEST_FRAME - overhead, is_encrypted });
    };
    if !settings.udp.enabled {
        return Err("this publisher sends measurements by TCP only; leave out dataChannel".into());
    }
    let group = wanted.multicast_group.map(|group| with_ip(connection.info.address, group, wanted.port));
    if let Some(group) = group {
        check_group(group, connection, settings, is_encrypted)?;
    }
    let frame_limit = LENGTH_SIZE + settings.udp.datagram_size - overhead;
    Ok(Carriage { channel, group, frame_limit, is_encrypted })
}

fn check_group(
    group: SocketAddr,
    connection: &Connection,
    settings: &PublisherSettings,
    is_encrypted: bool,
) -> Result<(), String> {
    let refusal = if !settings.udp.multicast {
        "this publisher does not send to multicast groups; leave out multicastGroup"
    } else if !connection.modes.is_some_and(|modes| modes.version.confirms_caches()) {
        "only subscribers of protocol version 2 or 3 can share a multicast group; use one of them"
    } else if group.is_ipv4() != connection.info.address.is_ipv4() {
        "the multicast group and the connection are not both IPv4 or both IPv6; use a group of the connection's kind"
    } else if is_encrypted {
        "measurements for a multicast group cannot be encrypted, and here they must be; leave out multicastGroup"
    } else {
        return Ok(());
    };
    Err(refusal.into())
}

/// The driver finds nothing to do for a channel that is named again.
pub(super) fn mark_channel_changed(id: ChannelId, changed: &mut Vec<ChannelId>) {
    if changed.last() != Some(&id) {
        changed.push(id);
    }
}

/// Another address on the same link.
fn with_ip(mut address: SocketAddr, ip: IpAddr, port: u16) -> SocketAddr {
    address.set_ip(ip);
    address.set_port(port);
    address
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
