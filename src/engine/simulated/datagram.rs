//! Datagrams of a simulated network.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use mio::Token;

use super::conditions::Conditions;
use super::network::{Due, Network, Shared, Socket, Watch, lock};
use super::poller::Registry;
use super::running::as_host;
use crate::host;

/// Bytes of datagrams that wait where nothing else was asked for.
const USUAL_BUFFER: usize = 208 << 10;
/// Refusals that wait to be looked at.
const MOST_REFUSALS: usize = 64;
/// As many as a host gives.
const LARGEST_BUFFER: usize = 4 << 20;

/// A socket that receives.
pub(super) struct Receiver {
    /// The host that it is on.
    host: IpAddr,
    /// Where it receives: an address of the host, or a group.
    address: SocketAddr,
    pub(super) watch: Watch,
    waiting: VecDeque<(Vec<u8>, SocketAddr)>,
    /// Bytes that wait, and how many may.
    size: usize,
    buffer: usize,
    last_arrival: Option<Instant>,
    /// Where nobody was to receive what was sent from here, if that is to be told.
    refusals: Option<VecDeque<SocketAddr>>,
}

impl Receiver {
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty() || self.refusals.as_ref().is_some_and(|refusals| !refusals.is_empty())
    }
}

/// A socket that sends.
pub(super) struct Sender {
    from: IpAddr,
    to: SocketAddr,
    /// Nobody was there to receive the datagram before.
    was_refused: bool,
}

/// The datagrams that a host sent to another one, or to a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sizes of all of them, in order.
    pub sizes: Vec<usize>,
    /// How many got lost, once for each member of a group.
    pub lost: u64,
    /// How many arrived twice, once for each member of a group.
    pub repeated: u64,
}

impl Network {
    fn bind(&mut self, mut address: SocketAddr, group: Option<IpAddr>, buffer: usize) -> io::Result<u64> {
        let host = address.ip();
        address.set_port(self.port_or_any(address.port()));
        address.set_ip(group.unwrap_or(host));
        if group.is_none() && self.receivers.values().any(|receiver| receiver.address == address) {
            return Err(ErrorKind::AddrInUse.into());
        }
        let id = self.next_number();
        let buffer = if buffer == 0 { USUAL_BUFFER } else { buffer };
        let waiting = VecDeque::new();
        let receiver = Receiver {
            host,
            address,
            watch: None,
            waiting,
            size: 0,
            buffer,
            last_arrival: None,
            refusals: None,
        };
        self.receivers.insert(id, receiver);
        Ok(id)
    }

    fn send_datagram(&mut self, id: u64, bytes: &[u8]) -> io::Result<()> {
        let sender = self.senders.get_mut(&id).ok_or(ErrorKind::NotConnected)?;
        if std::mem::take(&mut sender.was_refused) {
            return Err(ErrorKind::ConnectionRefused.into());
        }
        let (from, to) = (sender.from, sender.to);
        // Nobody can answer to a socket that only sends.
        let is_received = self.send_datagram_to(SocketAddr::new(from, 0), to, bytes)?;
        if !is_received
            && !to.ip().is_multicast()
            && let Some(sender) = self.senders.get_mut(&id)
        {
            sender.was_refused = true;
        }
        Ok(())
    }

    /// Sends a datagram. Tells whether there is anybody to receive it.
    fn send_datagram_to(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> io::Result<bool> {
        let receivers: Vec<(u64, IpAddr)> = self
            .receivers
            .iter()
            .filter(|(_, receiver)| receiver.address == to)
            .map(|(id, receiver)| (*id, receiver.host))
            .collect();
        if self.ways.between(from.ip(), to.ip()).datagrams_refused {
            return Err(ErrorKind::WouldBlock.into());
        }
        // What is noted for the test is no burden of the host.
        as_host(None, || self.traffic.entry((from.ip(), to.ip())).or_default().sizes.push(bytes.len()));
        let is_received = !receivers.is_empty();
        for (receiver, host) in receivers {
            let conditions = *self.ways.between(from.ip(), host);
            let copies = self.copies(&conditions);
            let traffic = self.traffic.entry((from.ip(), to.ip())).or_default();
            traffic.lost += u64::from(copies == 0);
            traffic.repeated += u64::from(copies == 2);
            for _ in 0..copies {
                self.post(receiver, from, bytes, &conditions);
            }
        }
        Ok(is_received)
    }

    fn copies(&mut self, conditions: &Conditions) -> usize {
        if conditions.unreachable || self.random.happens(conditions.datagram_loss) {
            0
        } else if self.random.happens(conditions.datagram_repeats) {
            2
        } else {
            1
        }
    }

    /// Sends a datagram on its way to one receiver.
    fn post(&mut self, id: u64, from: SocketAddr, bytes: &[u8], conditions: &Conditions) {
        let mut arrival = host::now() + self.random.up_to(conditions.delay);
        let Some(receiver) = self.receivers.get_mut(&id) else { return };
        if !conditions.datagrams_overtake {
            arrival = receiver.last_arrival.map_or(arrival, |before| arrival.max(before));
        }
        receiver.last_arrival = Some(arrival);
        self.schedule(arrival, Due::Datagram { receiver: id, from, bytes: bytes.to_vec() });
    }

    /// A datagram has arrived. It is lost when its receiver is gone or has no room.
    pub(super) fn deliver(&mut self, receiver: u64, from: SocketAddr, bytes: Vec<u8>) {
        let Some(socket) = self.receivers.get_mut(&receiver) else { return };
        if socket.size + bytes.len() > socket.buffer {
            let traffic = self.traffic.entry((from.ip(), socket.address.ip())).or_default();
            traffic.lost += 1;
            return;
        }
        socket.size += bytes.len();
        socket.waiting.push_back((bytes, from));
        self.changed(Socket::Receiver(receiver));
    }

    fn receive(&mut self, id: u64, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let receiver = self.receivers.get_mut(&id).ok_or(ErrorKind::NotConnected)?;
        let (bytes, from) = receiver.waiting.pop_front().ok_or(ErrorKind::WouldBlock)?;
        receiver.size -= bytes.len();
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        Ok((length, from))
    }
}

/// A socket that receives, as its owner holds it.
pub(in crate::engine) struct DatagramSocket {
    network: Shared,
    id: u64,
    port: u16,
}

impl DatagramSocket {
    /// Receives what is sent to an address of this host, or to a group with its port.
    pub(in crate::engine) fn bind(
        network: &Shared,
        address: SocketAddr,
        group: Option<IpAddr>,
        buffer: usize,
    ) -> io::Result<DatagramSocket> {
        let mut locked = lock(network);
        let id = locked.bind(address, group, buffer)?;
        let port = locked.receivers.get(&id).map_or(0, |receiver| receiver.address.port());
        Ok(DatagramSocket { network: network.clone(), id, port })
    }

    pub(in crate::engine) fn port(&self) -> u16 {
        self.port
    }

    pub(in crate::engine) fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        lock(&self.network).receive(self.id, buffer)
    }

    /// Sends a datagram from where this socket receives.
    pub(in crate::engine) fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        let mut network = lock(&self.network);
        let receiver = network.receivers.get(&self.id).ok_or(ErrorKind::NotConnected)?;
        let from = SocketAddr::new(receiver.host, receiver.address.port());
        let is_received = network.send_datagram_to(from, to, bytes)?;
        if !is_received
            && !to.ip().is_multicast()
            && let Some(refusals) =
                network.receivers.get_mut(&self.id).and_then(|receiver| receiver.refusals.as_mut())
        {
            // A host keeps no more of them than it has room for.
            refusals.truncate(MOST_REFUSALS - 1);
            refusals.push_back(to);
            network.changed(Socket::Receiver(self.id));
        }
        Ok(())
    }

    /// Has told from now on who refuses datagrams.
    pub(in crate::engine) fn keep_refusals(&self) {
        if let Some(receiver) = lock(&self.network).receivers.get_mut(&self.id) {
            receiver.refusals.get_or_insert_default();
        }
    }

    /// Who has refused a datagram.
    pub(in crate::engine) fn take_refusal(&self) -> Option<SocketAddr> {
        lock(&self.network).receivers.get_mut(&self.id)?.refusals.as_mut()?.pop_front()
    }

    /// Sees to it that so many bytes may wait, and tells how many may.
    pub(in crate::engine) fn want_buffer(&self, bytes: usize) -> usize {
        let mut network = lock(&self.network);
        let Some(receiver) = network.receivers.get_mut(&self.id) else { return 0 };
        receiver.buffer = receiver.buffer.max(bytes.min(LARGEST_BUFFER));
        receiver.buffer
    }

    pub(in crate::engine) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        lock(&self.network).register(Socket::Receiver(self.id), registry.poller(), token)
    }

    pub(in crate::engine) fn deregister(&self) -> io::Result<()> {
        lock(&self.network).deregister(Socket::Receiver(self.id))
    }
}

impl Drop for DatagramSocket {
    fn drop(&mut self) {
        let mut network = lock(&self.network);
        let _ = network.deregister(Socket::Receiver(self.id));
        network.receivers.remove(&self.id);
    }
}

impl std::fmt::Debug for DatagramSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatagramSocket").field("port", &self.port).finish_non_exhaustive()
    }
}

/// A socket that sends to one address, as its owner holds it.
pub(in crate::engine) struct DatagramSource {
    network: Shared,
    id: u64,
}

impl DatagramSource {
    pub(in crate::engine) fn open(network: &Shared, from: IpAddr, to: SocketAddr) -> DatagramSource {
        let mut locked = lock(network);
        let id = locked.next_number();
        locked.senders.insert(id, Sender { from, to, was_refused: false });
        DatagramSource { network: network.clone(), id }
    }

    pub(in crate::engine) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        lock(&self.network).send_datagram(self.id, bytes)
    }
}

impl Drop for DatagramSource {
    fn drop(&mut self) {
        lock(&self.network).senders.remove(&self.id);
    }
}

impl std::fmt::Debug for DatagramSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatagramSource").field("id", &self.id).finish_non_exhaustive()
    }
}
