//! The publisher's UDP sockets.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use super::server::Server;
use crate::engine::DatagramSender;
use crate::session::publisher::{Channel, ChannelId};
use crate::session::{PublisherSession, Severity};

/// The sockets of all channels.
#[derive(Default)]
pub(super) struct DataSockets {
    sockets: HashMap<ChannelId, DataSocket>,
    /// Channels to look at, kept to spare its memory.
    changed: Vec<ChannelId>,
}

/// The socket of a channel.
struct DataSocket {
    destination: SocketAddr,
    /// `None` when the system gave none; what is to be sent is dropped then.
    sender: Option<DatagramSender>,
}

impl Server {
    /// Opens and closes sockets as channels come and go, and sends what waits on them.
    pub(super) fn send_datagrams(&mut self) {
        let mut changed = std::mem::take(&mut self.data_sockets.changed);
        self.session().take_changed_channels(&mut changed);
        for id in &changed {
            if let Err((destination, error)) = self.serve_channel(*id) {
                let why = match error.kind() {
                    io::ErrorKind::WouldBlock => "the network does not take them fast enough".into(),
                    _ => error.to_string(),
                };
                let text = format!("measurements to {destination} by UDP were dropped: {why}");
                self.message(Severity::Warning, text);
            }
        }
        self.data_sockets.changed = changed;
    }

    fn serve_channel(&mut self, id: ChannelId) -> Result<(), (SocketAddr, io::Error)> {
        let Some(channel) = self.session().channel(id) else {
            self.data_sockets.sockets.remove(&id);
            return Ok(());
        };
        let destination = channel.destination;
        if self.data_sockets.sockets.get(&id).is_none_or(|socket| socket.destination != destination) {
            let opened = self.open_sender(channel);
            let (sender, failure) = match opened {
                Ok(sender) => (Some(sender), None),
                Err(error) => (None, Some((destination, error))),
            };
            self.data_sockets.sockets.insert(id, DataSocket { destination, sender });
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
        let Some(socket) = self.data_sockets.sockets.get(&id) else { return Ok(()) };
        send_waiting(id, socket, &mut self.session()).map_err(|error| (destination, error))
    }

    /// Datagrams come from the address that the subscriber is connected to, because it takes
    /// them from no other.
    fn open_sender(&self, channel: Channel) -> io::Result<DatagramSender> {
        let local = self.shard().with_transport(channel.connection, |transport| transport.local_addr())?;
        DatagramSender::open(local, channel.destination, channel.ttl)
    }
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
