//! The publisher's UDP sockets.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use super::shards::Shard;
use crate::engine::DatagramSender;
use crate::session::PublisherSession;
use crate::session::publisher::{Channel, ChannelId};

/// The sockets of all channels.
#[derive(Default)]
pub(super) struct DataSockets {
    sockets: HashMap<ChannelId, DataSocket>,
}

/// The socket of a channel.
struct DataSocket {
    destination: SocketAddr,
    /// `None` when the system gave none; what is to be sent is dropped then.
    sender: Option<DatagramSender>,
}

impl DataSockets {
    /// Opens or closes the socket of a channel of `shard`, and sends what waits on it.
    ///
    /// # Errors
    ///
    /// Why some of it was dropped, in words for operators.
    pub(super) fn serve(&mut self, id: ChannelId, shard: &Shard) -> Result<(), String> {
        let Some(channel) = shard.session().channel(id) else {
            self.sockets.remove(&id);
            return Ok(());
        };
        let destination = channel.destination;
        self.send(id, channel, shard).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::WouldBlock => "the network does not take them fast enough".into(),
                _ => error.to_string(),
            };
            format!("measurements to {destination} by UDP were dropped: {why}")
        })
    }

    fn send(&mut self, id: ChannelId, channel: Channel, shard: &Shard) -> io::Result<()> {
        let destination = channel.destination;
        if self.sockets.get(&id).is_none_or(|socket| socket.destination != destination) {
            let opened = open_sender(channel, shard);
            let (sender, opened) = match opened {
                Ok(sender) => (Some(sender), Ok(())),
                Err(error) => (None, Err(error)),
            };
            self.sockets.insert(id, DataSocket { destination, sender });
            opened?;
        }
        let Some(socket) = self.sockets.get(&id) else { return Ok(()) };
        send_waiting(id, socket, &mut shard.session())
    }
}

/// Datagrams come from the address that the subscriber is connected to, because it takes
/// them from no other.
fn open_sender(channel: Channel, shard: &Shard) -> io::Result<DatagramSender> {
    let local = shard.with_transport(channel.connection, |transport| transport.local_addr())?;
    DatagramSender::open(local, channel.destination, channel.ttl)
}

/// Sends everything that waits, up to the first datagram that the system does not take.
fn send_waiting(id: ChannelId, socket: &DataSocket, session: &mut PublisherSession) -> io::Result<()> {
    let mut refused = Ok(());
    session.send_datagrams(id, |datagrams| {
        let Some(sender) = &socket.sender else { return 0 };
        let taken = datagrams.iter().take_while(|datagram| {
            let sent = sender.send(datagram.bytes());
            refused = sent;
            refused.is_ok()
        });
        taken.count()
    });
    refused
}
