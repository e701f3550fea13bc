//! UDP sockets.

use std::cell::Cell;
use std::io;
use std::net::{SocketAddr, UdpSocket};

use mio::Token;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::groups::{Membership, join};
use super::piece::Piece;
use super::poller::{Registry, Source};
#[cfg(target_os = "linux")]
use super::refusals;
#[cfg(target_os = "linux")]
use super::segments;
#[cfg(target_os = "linux")]
use super::several::{self, Several};
#[cfg(feature = "simulation")]
use super::simulated;
use super::transport::{canonical, uninterrupted};

/// Room that the system is asked for, to take what one turn of the loop sends. It may give less.
const SEND_BUFFER: usize = 1 << 20;

/// Sends datagrams to one address, without ever waiting.
#[derive(Debug)]
pub(crate) struct DatagramSender {
    socket: SendingSocket,
    /// An earlier datagram was refused.
    is_refused: Cell<bool>,
    /// The system takes several datagrams in one piece, as far as is known.
    #[cfg(target_os = "linux")]
    sends_pieces: bool,
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
            return Ok(DatagramSender::of(SendingSocket::Simulated(source)));
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
        Ok(DatagramSender::of(SendingSocket::Udp(socket.into())))
    }

    fn of(socket: SendingSocket) -> DatagramSender {
        DatagramSender {
            socket,
            is_refused: Cell::new(false),
            #[cfg(target_os = "linux")]
            sends_pieces: true,
        }
    }

    /// Hands a datagram to the system.
    ///
    /// # Errors
    /// `WouldBlock` when the system has no room for it; others when it cannot be sent at all.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.despite_refusal(|| self.socket.send(bytes))
    }

    /// Whether the host of the address has told since this was asked last that nobody receives there.
    pub(crate) fn take_refusal(&mut self) -> bool {
        self.is_refused.take()
    }

    /// Sends once more when the system tells of an earlier datagram that nobody received.
    fn despite_refusal<T>(&self, send: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match send() {
            // Windows has another word for it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset
                ) =>
            {
                self.is_refused.set(true);
                send()
            }
            sent => sent,
        }
    }

    /// Hands datagrams to the system, from the first on, in as few calls as it allows. Tells how many of them it took,
    /// and why it took no more.
    pub(crate) fn send_all<D: AsRef<[u8]>>(&mut self, datagrams: &[D]) -> (usize, io::Result<()>) {
        let mut taken = 0;
        while taken < datagrams.len() {
            match self.send_some(&datagrams[taken..]) {
                Ok(count) => taken += count,
                Err(error) => return (taken, Err(error)),
            }
        }
        (taken, Ok(()))
    }

    /// Hands over as many as one call takes.
    fn send_some<D: AsRef<[u8]>>(&mut self, datagrams: &[D]) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        if self.sends_pieces
            && let SendingSocket::Udp(socket) = &self.socket
            && let count @ 2.. = segments::piece(datagrams)
        {
            match self.despite_refusal(|| segments::send(socket, &datagrams[..count])) {
                Ok(()) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                // An old system, or a way that does not take datagrams of this size in one piece.
                Err(error) => {
                    self.sends_pieces = false;
                    log::debug!(target: "sttp::engine", "datagrams are not sent in pieces: {error}");
                }
            }
        }
        #[cfg(target_os = "linux")]
        if let (SendingSocket::Udp(socket), false, [_, _, ..]) = (&self.socket, self.sends_pieces, datagrams)
        {
            return self.despite_refusal(|| several::send(socket, datagrams));
        }
        match datagrams.first() {
            Some(datagram) => self.send(datagram.as_ref()).map(|()| 1),
            None => Ok(0),
        }
    }
}

/// Receives datagrams.
#[derive(Debug)]
pub(crate) struct DatagramReceiver {
    socket: ReceivingSocket,
    /// Where the system gives no pieces, several datagrams are received with one call.
    #[cfg(target_os = "linux")]
    several: Option<Several>,
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
            return Ok(DatagramReceiver {
                socket: ReceivingSocket::Simulated(socket),
                #[cfg(target_os = "linux")]
                several: None,
            });
        }
        let socket = new_socket(local)?;
        if buffer > 0 {
            set_receive_buffer(&socket, buffer)?;
        }
        #[cfg(target_os = "linux")]
        let several = (!segments::accept(&socket, true)).then(Several::default);
        match membership {
            Some(membership) => join(&socket, local, membership)?,
            None => socket.bind(&local.into())?,
        }
        let socket = mio::net::UdpSocket::from_std(socket.into());
        Ok(DatagramReceiver {
            socket: ReceivingSocket::Udp(socket),
            #[cfg(target_os = "linux")]
            several,
        })
    }

    /// The port that is received on.
    pub(crate) fn port(&self) -> io::Result<u16> {
        match &self.socket {
            ReceivingSocket::Udp(socket) => socket.local_addr().map(|address| address.port()),
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => Ok(socket.port()),
        }
    }

    /// Sees to it that at least so many bytes of datagrams may wait to be read, as far as the system gives that. Returns
    /// how many may.
    pub(crate) fn want_buffer(&self, bytes: usize) -> io::Result<usize> {
        match &self.socket {
            ReceivingSocket::Udp(socket) => {
                let socket = SockRef::from(socket);
                if receive_buffer(&socket)? < bytes {
                    set_receive_buffer(&socket, bytes)?;
                }
                receive_buffer(&socket)
            }
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => Ok(socket.want_buffer(bytes)),
        }
    }

    /// Sends a datagram from where this socket receives, so that it can be answered.
    ///
    /// # Errors
    /// `WouldBlock` when the system has no room for it; others when it cannot be sent.
    pub(crate) fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        let send = || match &self.socket {
            ReceivingSocket::Udp(socket) => uninterrupted(|| socket.send_to(bytes, to)).map(drop),
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.send_to(bytes, to),
        };
        match send() {
            // Perhaps of another datagram, to whomever.
            Err(error) if tells_of_earlier(&error) => send(),
            sent => sent,
        }
    }

    /// Has the system tell who refuses datagrams, where it can: Linux.
    pub(crate) fn keep_refusals(&mut self) {
        match &self.socket {
            #[cfg(target_os = "linux")]
            ReceivingSocket::Udp(socket) => {
                let is_ipv6 = socket.local_addr().is_ok_and(|local| local.is_ipv6());
                if let Err(error) = refusals::keep(socket, is_ipv6) {
                    log::debug!(target: "sttp::engine", "refused datagrams are not told: {error}");
                }
            }
            #[cfg(not(target_os = "linux"))]
            ReceivingSocket::Udp(_) => {}
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.keep_refusals(),
        }
    }

    /// The next address where nobody receives what was sent there, or which is not reached.
    pub(crate) fn take_refusal(&mut self) -> Option<SocketAddr> {
        match &self.socket {
            #[cfg(target_os = "linux")]
            ReceivingSocket::Udp(socket) => socket.try_io(|| refusals::next(socket)).ok().map(canonical),
            #[cfg(not(target_os = "linux"))]
            ReceivingSocket::Udp(_) => None,
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => socket.take_refusal(),
        }
    }

    /// The next datagrams of one size, as many as the system has kept in one piece or given with one call, which is never
    /// more than 64 KiB. What does not fit into `buffer` is cut off, and on Windows lost.
    ///
    /// # Errors
    /// `WouldBlock` when none is waiting; others tell of one datagram.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Piece> {
        match &self.socket {
            ReceivingSocket::Udp(socket) => {
                #[cfg(target_os = "linux")]
                let (length, segment, from) = match &mut self.several {
                    None => socket.try_io(|| segments::receive(socket, buffer))?,
                    Some(several) => socket.try_io(|| several.receive(socket, buffer))?,
                };
                #[cfg(not(target_os = "linux"))]
                let (length, segment, from) = {
                    let (length, from) = uninterrupted(|| socket.recv_from(buffer))?;
                    (length, length, from)
                };
                Ok(Piece { length, segment, from: canonical(from) })
            }
            #[cfg(feature = "simulation")]
            ReceivingSocket::Simulated(socket) => {
                let (length, from) = socket.receive(buffer)?;
                Ok(Piece { length, segment: length, from })
            }
        }
    }
}

/// Whether a call may have failed for the sake of a datagram that was sent before.
fn tells_of_earlier(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), ConnectionRefused | ConnectionReset | HostUnreachable | NetworkUnreachable)
}

/// Beyond the limit of the system, where this process may.
fn set_receive_buffer(socket: &Socket, bytes: usize) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if segments::force_receive_buffer(socket, bytes).is_ok() {
        return Ok(());
    }
    socket.set_recv_buffer_size(bytes)
}

/// Bytes of datagrams that may wait to be read. Linux tells twice as much, for what it needs itself.
fn receive_buffer(socket: &Socket) -> io::Result<usize> {
    let told = socket.recv_buffer_size()?;
    Ok(if cfg!(target_os = "linux") { told / 2 } else { told })
}

fn new_socket(local: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
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
    use crate::settings::Interface;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::time::{Duration, Instant};

    fn receive(receiver: &mut DatagramReceiver, buffer: &mut [u8]) -> (usize, IpAddr) {
        let piece = receive_piece(receiver, buffer);
        assert_eq!(piece.segment, piece.length, "it is one datagram");
        (piece.length, piece.from.ip())
    }

    fn receive_piece(receiver: &mut DatagramReceiver, buffer: &mut [u8]) -> Piece {
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
            let Ok((mut receiver, address)) = bind(local) else {
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
                assert_eq!(receive(&mut receiver, &mut buffer), (text.len(), local));
                assert_eq!(&buffer[..text.len()], text);
            }
        }
    }

    /// As on a system that neither takes nor gives pieces.
    #[cfg(target_os = "linux")]
    fn without_pieces(sender: &mut DatagramSender, receiver: &mut DatagramReceiver) {
        let ReceivingSocket::Udp(socket) = &receiver.socket else { panic!("a real socket") };
        assert!(segments::accept(socket, false));
        receiver.several = Some(Several::default());
        sender.sends_pieces = false;
    }

    #[cfg(not(target_os = "linux"))]
    fn without_pieces(_: &mut DatagramSender, _: &mut DatagramReceiver) {}

    /// Of several sizes, one of them too large to be sent.
    #[test]
    fn many_datagrams_arrive_as_they_were() {
        let mixed = [1400, 1400, 1400, 700, 1400, 1, 1, 2, 3, 3, 0, 0, 5, 9000, 9000];
        let many: Vec<usize> =
            mixed.into_iter().chain([1400; 50]).chain([8; 40]).chain([30_000; 3]).collect();
        for (has_pieces, sizes) in [(true, &mixed[..]), (false, &mixed), (true, &many), (false, &many)] {
            let (mut receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
            receiver.want_buffer(1 << 20).unwrap();
            let mut sender = DatagramSender::open(address, address, None).unwrap();
            if !has_pieces {
                without_pieces(&mut sender, &mut receiver);
            }
            let datagrams: Vec<Vec<u8>> =
                sizes.iter().zip(0..).map(|(size, value)| vec![value; *size]).collect();
            let (taken, result) = sender.send_all(&datagrams);
            assert!(taken == datagrams.len() && result.is_ok(), "{taken}: {result:?}");
            let mut received: Vec<Vec<u8>> = Vec::new();
            let mut buffer = vec![0; 1 << 16];
            while received.len() < datagrams.len() {
                let piece = receive_piece(&mut receiver, &mut buffer);
                assert_eq!(piece.from.ip(), IpAddr::from(Ipv4Addr::LOCALHOST));
                received.extend(piece.datagrams(&buffer[..piece.length]).map(<[u8]>::to_vec));
            }
            assert_eq!(received, datagrams);
            assert_eq!(receiver.receive(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            let too_large = [vec![1; 100], vec![2; 70_000], vec![3; 100]];
            let (taken, result) = sender.send_all(&too_large);
            assert!(taken == 1 && result.is_err(), "{taken}: {result:?}");
        }
    }

    #[test]
    fn what_came_together_is_handed_out_by_sender_and_size() {
        let (mut receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let mut sender = DatagramSender::open(address, address, None).unwrap();
        without_pieces(&mut sender, &mut receiver);
        let mut other = DatagramSender::open(address, address, None).unwrap();
        let (_, result) = sender.send_all(&[[7; 9], [8; 9]]);
        let last = if cfg!(windows) { 5_000 } else { 20_000 };
        result.and(other.send_all(&[[9; 9]]).1).and(other.send(&vec![6; last])).unwrap();
        let mut buffer = vec![0; 10_000];
        let mut pieces = Vec::new();
        while pieces.iter().map(|(length, segment)| length / segment).sum::<usize>() < 4 {
            let piece = receive_piece(&mut receiver, &mut buffer);
            pieces.push((piece.length, piece.segment));
        }
        if cfg!(target_os = "linux") {
            assert_eq!(pieces.last(), Some(&(10_000, 10_000)), "what does not fit is cut off");
            assert!(pieces.iter().all(|(length, segment)| length % segment == 0), "{pieces:?}");
        }
    }

    #[test]
    fn the_buffer_is_as_large_as_it_is_said_to_be() {
        let (receiver, _) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let usual = receiver.want_buffer(0).unwrap();
        assert!(usual > 0);
        assert_eq!(receiver.want_buffer(usual / 2).unwrap(), usual, "it never becomes smaller");
        let more = receiver.want_buffer(usual + 4096).unwrap();
        assert!(more >= usual);
    }

    /// Other systems do not tell whose datagrams are refused.
    #[cfg(target_os = "linux")]
    #[test]
    fn who_refuses_datagrams_is_told_and_nobody_else() {
        for host in ["127.0.0.1", "::1"] {
            let local = SocketAddr::new(host.parse().unwrap(), 0);
            let mut sender = DatagramReceiver::bind(local, None, 0).unwrap();
            sender.keep_refusals();
            let there = UdpSocket::bind(local).unwrap();
            there.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let gone = UdpSocket::bind(local).unwrap().local_addr().unwrap();
            let mut buffer = [0; 16];
            for number in 0..3_u8 {
                sender.send_to(&[number], gone).unwrap();
                sender.send_to(&[number], there.local_addr().unwrap()).unwrap();
                assert_eq!((there.recv(&mut buffer).unwrap(), buffer[0]), (1, number));
                // On loopback it is told before the call returns.
                assert_eq!(sender.take_refusal(), Some(gone));
                assert_eq!(sender.take_refusal(), None);
            }
            sender.send_to(&[1; 60_000], there.local_addr().unwrap()).unwrap();
            assert!(sender.send_to(&[1; 66_000], there.local_addr().unwrap()).is_err());
            assert_eq!(sender.take_refusal(), None, "what is too large is not refused by anybody");
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
        let mut first = DatagramReceiver::bind(local, Some(membership), 0).unwrap();
        let port = first.port().unwrap();
        let others = Membership { interface: None, ..membership };
        let mut second = DatagramReceiver::bind((Ipv4Addr::LOCALHOST, port).into(), Some(others), 0).unwrap();
        let sender = DatagramSender::open(local, (group, port).into(), Some(1)).unwrap();
        sender.send(b"to all").unwrap();
        for receiver in [&mut first, &mut second] {
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
        let (mut receiver, address) = bind(Ipv4Addr::LOCALHOST.into()).unwrap();
        let mut sender = DatagramSender::open(address, address, None).unwrap();
        let mut other = DatagramSender::open(address, address, None).unwrap();
        without_pieces(&mut other, &mut receiver);
        drop(receiver);
        for _ in 0..10 {
            for sender in [&mut sender, &mut other] {
                sender.send(b"lost").unwrap();
                let (taken, result) = sender.send_all(&[b"los", b"los", b"los"]);
                assert!(taken == 3 && result.is_ok(), "{result:?}");
            }
        }
        let mut again = DatagramReceiver::bind(address, None, 0).unwrap();
        sender.send(b"found").unwrap();
        let mut buffer = [0; 10];
        assert_eq!(receive(&mut again, &mut buffer).0, 5);
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
