//! UDP sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use mio::Token;
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::poller::{Registry, Source};
#[cfg(feature = "simulation")]
use super::simulated;
use super::transport::{canonical, uninterrupted};
use crate::settings::Interface;

/// Room that the system is asked for, to take what one turn of the loop sends. It may give less.
const SEND_BUFFER: usize = 1 << 20;

/// Sends datagrams to one address, without ever waiting.
#[derive(Debug)]
pub(crate) struct DatagramSender {
    socket: SendingSocket,
}

#[derive(Debug)]
enum SendingSocket {
    Udp(UdpSocket),
    #[cfg(feature = "simulation")]
    Simulated(simulated::DatagramSource),
}

impl SendingSocket {
    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            SendingSocket::Udp(socket) => uninterrupted(|| socket.send(bytes)).map(drop),
            #[cfg(feature = "simulation")]
            SendingSocket::Simulated(source) => source.send(bytes),
        }
    }
}

impl DatagramSender {
    /// Sends from the host of a local address, from a port that the system chooses. To a multicast
    /// group it sends by the interface of that address, past up to `ttl` routers.
    pub(crate) fn open(
        mut local: SocketAddr,
        destination: SocketAddr,
        ttl: Option<u8>,
    ) -> io::Result<DatagramSender> {
        #[cfg(feature = "simulation")]
        if let Some(network) = simulated::current() {
            let source = simulated::DatagramSource::open(&network, local.ip(), destination);
            return Ok(DatagramSender { socket: SendingSocket::Simulated(source) });
        }
        local.set_port(0);
        let socket = new_socket(local)?;
        match (local, ttl) {
            (SocketAddr::V4(local), Some(ttl)) => {
                socket.set_multicast_if_v4(local.ip())?;
                socket.set_multicast_ttl_v4(ttl.into())?;
            }
            (SocketAddr::V6(local), Some(ttl)) => {
                socket.set_multicast_if_v6(local.scope_id())?;
                socket.set_multicast_hops_v6(ttl.into())?;
            }
            (_, None) => {}
        }
        // A smaller buffer loses more when much is published at once; it is no reason to refuse.
        let _ = socket.set_send_buffer_size(SEND_BUFFER);
        socket.bind(&local.into())?;
        socket.connect(&destination.into())?;
        Ok(DatagramSender { socket: SendingSocket::Udp(socket.into()) })
    }

    /// Hands a datagram to the system.
    ///
    /// # Errors
    /// `WouldBlock` when the system has no room for it; others when it cannot be sent at all.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        match self.socket.send(bytes) {
            // This tells of an earlier one that nobody received.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => self.socket.send(bytes),
            sent => sent,
        }
    }
}

/// A multicast group to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) group: IpAddr,
    /// Where to join it; `None` where the local address is.
    pub(crate) interface: Option<Interface>,
}

/// Receives datagrams.
#[derive(Debug)]
pub(crate) struct DatagramReceiver {
    socket: ReceivingSocket,
}

#[derive(Debug)]
enum ReceivingSocket {
    Udp(mio::net::UdpSocket),
    #[cfg(feature = "simulation")]
    Simulated(simulated::DatagramSocket),
}

impl DatagramReceiver {
    /// Receives what is sent to a port of a local address, or of a group; port 0 takes any free
    /// one. `buffer` is the room in bytes for datagrams that wait to be read, as far as the system
    /// gives it; 0 leaves it to the system.
    pub(crate) fn bind(
        local: SocketAddr,
        membership: Option<Membership>,
        buffer: usize,
    ) -> io::Result<DatagramReceiver> {
        #[cfg(feature = "simulation")]
        if let Some(network) = simulated::current() {
            let group = membership.map(|membership| membership.group);
            let socket = simulated::DatagramSocket::bind(&network, local, group, buffer)?;
            return Ok(DatagramReceiver { socket: ReceivingSocket::Simulated(socket) });
        }
        let socket = new_socket(local)?;
        if buffer > 0 {
            socket.set_recv_buffer_size(buffer)?;
        }
        match membership {
            Some(membership) => join(&socket, local, membership)?,
            None => socket.bind(&local.into())?,
        }
        let socket = mio::net::UdpSocket::from_std(socket.into());
        Ok(DatagramReceiver { socket: ReceivingSocket::Udp(socket) })
    }

    /// The port that is received on.
    pub(crate) fn port(&self) -> io::Result<u16> {
        match &self.socket {
            ReceivingSocket::Udp(socket) => socket.local_addr().map(|address| address.port()),
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => Ok(socket.port()),
        }
    }

    /// The next datagram's length, and the host that sent it. What does not fit into `buffer` is
    /// cut off.
    ///
    /// # Errors
    /// `WouldBlock` when none is waiting.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, IpAddr)> {
        match &self.socket {
            ReceivingSocket::Udp(socket) => {
                let (length, from) = uninterrupted(|| socket.recv_from(buffer))?;
                Ok((length, canonical(from).ip()))
            }
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.receive(buffer),
        }
    }
}

fn new_socket(local: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Binds to a group, and joins it.
fn join(socket: &Socket, local: SocketAddr, Membership { group, interface }: Membership) -> io::Result<()> {
    // Several subscribers of one machine may receive the same group.
    socket.set_reuse_address(true)?;
    let mut bound = local;
    bound.set_ip(bound_to(group));
    socket.bind(&bound.into())?;
    match (group, interface, local) {
        (IpAddr::V4(group), Some(Interface::Address(address)), _) => {
            socket.join_multicast_v4(&group, &address)
        }
        (IpAddr::V4(group), Some(Interface::Index(index)), _) => {
            socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(index))
        }
        (IpAddr::V4(group), None, SocketAddr::V4(local)) => socket.join_multicast_v4(&group, local.ip()),
        (IpAddr::V6(group), Some(Interface::Index(index)), _) => socket.join_multicast_v6(&group, index),
        (IpAddr::V6(group), None, SocketAddr::V6(local)) => {
            socket.join_multicast_v6(&group, local.scope_id())
        }
        (IpAddr::V6(_), Some(Interface::Address(_)), _) => Err(invalid("name the interface by its number")),
        (_, None, _) => Err(invalid("the group and the publisher's address are not both IPv4 or both IPv6")),
    }
}

/// Bound to the group itself, a socket does not get what others send to this machine. Not every
/// system can.
fn bound_to(group: IpAddr) -> IpAddr {
    match group {
        _ if cfg!(unix) => group,
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

impl Source for DatagramReceiver {
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match &mut self.socket {
            ReceivingSocket::Udp(socket) => registry.watch(socket, token),
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.register(registry.simulated()?, token),
        }
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match &mut self.socket {
            ReceivingSocket::Udp(socket) => registry.unwatch(socket),
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.deregister(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn receive(receiver: &DatagramReceiver, buffer: &mut [u8]) -> (usize, IpAddr) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match receiver.receive(buffer) {
                Ok(received) => return received,
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
            assert!(Instant::now() < end, "nothing has come for a minute");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn bind(local: IpAddr) -> io::Result<(DatagramReceiver, SocketAddr)> {
        let receiver = DatagramReceiver::bind(SocketAddr::new(local, 0), None, 1 << 16)?;
        let address = SocketAddr::new(local, receiver.port()?);
        Ok((receiver, address))
    }

    #[test]
    fn datagrams_arrive_one_by_one_and_tell_their_sender() {
        for local in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
            let Ok((receiver, address)) = bind(local) else {
                assert!(local.is_ipv6(), "every machine has IPv4");
                continue;
            };
            let mut buffer = [0; 100];
            assert_eq!(receiver.receive(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            let sender = DatagramSender::open(address, address, None).unwrap();
            for text in [&b"synchro"[..], b"", b"phasor"] {
                sender.send(text).unwrap();
            }
            for text in [&b"synchro"[..], b"", b"phasor"] {
                assert_eq!(receive(&receiver, &mut buffer), (text.len(), local));
                assert_eq!(&buffer[..text.len()], text);
            }
        }
    }

    #[test]
    fn a_port_in_use_is_refused() {
        let (_receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let error = DatagramReceiver::bind(address, None, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn a_group_reaches_all_its_members() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let group = IpAddr::from([239, 255, 77, 1]);
        let membership = Membership { group, interface: Some(Interface::Address(Ipv4Addr::LOCALHOST)) };
        let first = DatagramReceiver::bind(local, Some(membership), 0).unwrap();
        let port = first.port().unwrap();
        let others = Membership { interface: None, ..membership };
        let second = DatagramReceiver::bind((Ipv4Addr::LOCALHOST, port).into(), Some(others), 0).unwrap();
        let sender = DatagramSender::open(local, (group, port).into(), Some(1)).unwrap();
        sender.send(b"to all").unwrap();
        for receiver in [&first, &second] {
            let mut buffer = [0; 10];
            assert_eq!(receive(receiver, &mut buffer), (6, local.ip()));
        }
    }

    #[test]
    fn a_group_of_another_family_is_refused() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let group = "ff15::7".parse().unwrap();
        for interface in [None, Some(Interface::Address(Ipv4Addr::LOCALHOST))] {
            assert!(DatagramReceiver::bind(local, Some(Membership { group, interface }), 0).is_err());
        }
    }

    #[test]
    fn sending_to_nobody_goes_on() {
        let (receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let sender = DatagramSender::open(address, address, None).unwrap();
        drop(receiver);
        for _ in 0..10 {
            sender.send(b"lost").unwrap();
        }
        let again = DatagramReceiver::bind(address, None, 0).unwrap();
        sender.send(b"found").unwrap();
        let mut buffer = [0; 10];
        assert_eq!(receive(&again, &mut buffer).0, 5);
        assert_eq!(&buffer[..5], b"found");
    }

    #[test]
    fn too_large_a_datagram_is_an_error() {
        let (_receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let sender = DatagramSender::open(address, address, None).unwrap();
        assert_ne!(sender.send(&[0; 70_000]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        sender.send(b"small").unwrap();
    }
}
