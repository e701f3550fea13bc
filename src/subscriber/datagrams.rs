//! The subscriber's UDP socket.

use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::Token;

use super::Shared;
use super::settings::{MulticastReception, UdpReception};
use crate::engine::{DatagramReceiver, Io, Membership};
use crate::error::Error;
use crate::session::SubscriberSession;
use crate::wire::DataChannel;

/// Datagrams of one turn, so that a fast publisher does not keep the loop from other connections.
const DATAGRAMS_PER_TURN: usize = 256;

/// Where the datagrams of a connection arrive.
pub(super) struct DataSocket {
    receiver: DatagramReceiver,
    token: Token,
    /// Datagrams of other hosts are not the publisher's.
    publisher: IpAddr,
    channel: DataChannel,
}

impl DataSocket {
    /// Opens the socket for the publisher at `publisher`, which is reached from `local`.
    pub(super) fn open(
        reception: &UdpReception,
        mut local: SocketAddr,
        publisher: SocketAddr,
        io: &mut Io<'_>,
    ) -> Result<DataSocket, Error> {
        local.set_port(reception.port);
        let multicast = reception.multicast;
        if let (Some(address), None) = (reception.local_address, multicast) {
            if address.is_ipv4() != publisher.is_ipv4() {
                return Err(Error::InvalidArgument(format!(
                    "interface of dataChannel is {address}, which no datagram of the publisher at {publisher} can \
                     reach; give an address of the same kind"
                )));
            }
            local.set_ip(address);
        }
        let membership =
            multicast.map(|multicast| Membership { group: multicast.group, interface: multicast.interface });
        let bound = DatagramReceiver::bind(local, membership, reception.receive_buffer);
        let opened = bound.and_then(|mut receiver| {
            let multicast_group = multicast.map(|multicast| multicast.group);
            let channel = DataChannel { port: receiver.port()?, multicast_group };
            let token = io.register(&mut receiver)?;
            Ok(DataSocket { receiver, token, publisher: publisher.ip(), channel })
        });
        opened.map_err(|source| {
            let context = match multicast {
                Some(MulticastReception { group, .. }) => format!(
                    "cannot join multicast group {group} with port {}; check both and the interface",
                    reception.port
                ),
                None => format!("cannot receive measurements by UDP on {local}; choose another port, or 0"),
            };
            Error::Io { context, source }
        })
    }

    /// What to ask the publisher for.
    pub(super) fn channel(&self) -> DataChannel {
        self.channel
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.token == token
    }

    /// Takes in what has arrived, until there is nothing more, or `take`, called after each datagram,
    /// wants no more. True when there is nothing more, or the system fails to tell.
    pub(super) fn read(
        &mut self,
        session: &mut SubscriberSession,
        shared: &Shared,
        io: &mut Io<'_>,
        mut take: impl FnMut(&mut SubscriberSession) -> bool,
    ) -> bool {
        let now = io.now();
        for _ in 0..DATAGRAMS_PER_TURN {
            let (length, from) = match self.receiver.receive(io.scratch()) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                // The system tells of one datagram, or of one that was sent; others will come.
                Err(error) => {
                    log::debug!(target: "sttp::subscriber", "a datagram could not be received: {error}");
                    io.again(self.token);
                    return true;
                }
            };
            shared.count(|counts| {
                counts.bytes_received += length as u64;
                counts.datagrams += 1;
            });
            let bytes = &io.scratch()[..length];
            session.receive_datagram(bytes, from == self.publisher, now);
            if !take(session) {
                return false;
            }
        }
        io.again(self.token);
        false
    }

    pub(super) fn close(self, io: &mut Io<'_>) {
        io.discard(self.receiver, self.token);
    }
}
