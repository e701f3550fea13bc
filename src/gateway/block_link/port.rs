//! What a link goes over, when it is open.

use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use mio::Token;

use super::counters::LinkCounters;
use super::file::{FileReader, FileWriter, PIECE};
use crate::engine::pump::{self, ReadEnd};
use crate::engine::{DatagramReceiver, DatagramSender, Elsewhere, Established, Io, Membership, SerialPort};
use crate::settings::{Interface, SerialLine};

/// Reads of one turn, so that a fast peer does not keep the loop from others.
const READS_PER_TURN: usize = 4;
/// The same of datagrams.
const DATAGRAMS_PER_TURN: usize = 64;
/// Bytes of datagrams that the system is asked to keep.
const RECEIVE_BUFFER: usize = 1 << 20;
/// Bytes of blocks that are handed to a stream at once. The more, the later measurements can still give way to newer ones.
const STREAM_PIECE: usize = 16 << 10;

/// What a link goes over.
pub(super) enum Port {
    Stream(Box<Established>),
    Serial(SerialPort, Token),
    Datagrams(Box<Datagrams>),
    /// To whoever is in a group.
    Group(DatagramSender),
    Writing(FileWriter),
    Reading(FileReader),
}

/// Why nothing more comes.
pub(super) enum End<B> {
    /// The other side has closed the connection.
    PeerEnded,
    /// The file was read to its end.
    FileEnded,
    Failed(io::Error),
    /// Whoever takes what comes wants no more.
    Stopped(B),
}

/// A socket for datagrams of one peer at a time.
pub(super) struct Datagrams {
    receiver: DatagramReceiver,
    token: Token,
    /// The peer, if it is known.
    pub(super) remote: Option<SocketAddr>,
    /// The peer is always the same.
    is_fixed: bool,
    /// After so long without a datagram another peer may take the place of the one before, which may have begun anew at
    /// another port. None where that is said by [`forget`](Self::forget).
    gives_way: Option<Duration>,
    heard_at: Instant,
}

impl Datagrams {
    /// A socket for datagrams to and from one address.
    pub(super) fn to(remote: SocketAddr, io: &mut Io<'_>) -> io::Result<Datagrams> {
        let any: IpAddr = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let mut socket = Datagrams::open(SocketAddr::new(any, 0), None, None, io)?;
        (socket.remote, socket.is_fixed) = (Some(remote), true);
        Ok(socket)
    }

    /// A socket for datagrams of whoever sends some first.
    pub(super) fn open(
        local: SocketAddr,
        group: Option<(IpAddr, Option<Interface>)>,
        gives_way: Option<Duration>,
        io: &mut Io<'_>,
    ) -> io::Result<Datagrams> {
        let membership = group.map(|(group, interface)| Membership { group, interface });
        let mut receiver = DatagramReceiver::bind(local, membership, RECEIVE_BUFFER)?;
        let token = io.register(&mut receiver)?;
        Ok(Datagrams { receiver, token, remote: None, is_fixed: false, gives_way, heard_at: io.now() })
    }

    /// The port that is received on.
    pub(super) fn local_port(&self) -> io::Result<u16> {
        self.receiver.port()
    }

    /// Whoever sends next is the peer.
    pub(super) fn forget(&mut self) {
        if !self.is_fixed {
            self.remote = None;
        }
    }

    fn is_of_peer(&mut self, from: SocketAddr, now: Instant) -> bool {
        let has_given_way =
            self.gives_way.is_some_and(|time| now.saturating_duration_since(self.heard_at) > time);
        let is_peer = match self.remote {
            Some(remote) => remote == from || (has_given_way && !self.is_fixed),
            None => true,
        };
        if is_peer {
            (self.remote, self.heard_at) = (Some(from), now);
        }
        is_peer
    }

    fn read<B>(
        &mut self,
        io: &mut Io<'_>,
        counters: &mut LinkCounters,
        mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
    ) -> ControlFlow<End<B>> {
        let mut datagrams = 0;
        while datagrams < DATAGRAMS_PER_TURN {
            let piece = match self.receiver.receive(io.scratch()) {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return ControlFlow::Continue(()),
                // The system tells of one datagram, or of one that nobody took; others will come.
                Err(error) => {
                    log::debug!(target: "sttp::gateway", "a datagram could not be received: {error}");
                    break;
                }
            };
            datagrams += piece.count();
            if !self.is_of_peer(piece.from, io.now()) {
                counters.foreign_datagrams += piece.count() as u64;
                continue;
            }
            for datagram in piece.datagrams(&io.scratch()[..piece.length]) {
                if let ControlFlow::Break(reason) = take(datagram) {
                    return ControlFlow::Break(End::Stopped(reason));
                }
            }
        }
        io.again(self.token);
        ControlFlow::Continue(())
    }
}

impl Port {
    /// Opens a serial line.
    pub(super) fn serial(line: &SerialLine, io: &mut Io<'_>) -> io::Result<Port> {
        let mut port = SerialPort::open(line)?;
        let token = io.register(&mut port)?;
        Ok(Port::Serial(port, token))
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        match self {
            Port::Stream(made) => made.token == token,
            Port::Serial(_, own) => *own == token,
            Port::Datagrams(socket) => socket.token == token,
            Port::Group(_) | Port::Writing(_) | Port::Reading(_) => false,
        }
    }

    /// Hands over what has come, until `take` wants no more.
    pub(super) fn read<B>(
        &mut self,
        io: &mut Io<'_>,
        elsewhere: &Elsewhere,
        counters: &mut LinkCounters,
        mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
    ) -> ControlFlow<End<B>> {
        let end = match self {
            Port::Stream(made) => {
                pump::read(io, made.token, READS_PER_TURN, |buffer| made.transport.read(buffer), take)
            }
            Port::Serial(port, token) => {
                pump::read(io, *token, READS_PER_TURN, |buffer| port.read(buffer), take)
            }
            Port::Datagrams(socket) => return socket.read(io, counters, take),
            Port::Reading(file) => {
                return match file.next(elsewhere) {
                    Ok(None) => ControlFlow::Continue(()),
                    Ok(Some(bytes)) if bytes.is_empty() => ControlFlow::Break(End::FileEnded),
                    Ok(Some(bytes)) => take(&bytes).map_break(End::Stopped),
                    Err(error) => ControlFlow::Break(End::Failed(error)),
                };
            }
            Port::Group(_) | Port::Writing(_) => return ControlFlow::Continue(()),
        };
        match end {
            ReadEnd::Pausing => ControlFlow::Continue(()),
            ReadEnd::Stopped(reason) => ControlFlow::Break(End::Stopped(reason)),
            ReadEnd::PeerEnded => ControlFlow::Break(End::PeerEnded),
            ReadEnd::Failed(error) => ControlFlow::Break(End::Failed(error)),
        }
    }

    /// How many bytes of blocks are best handed over at once; none while it takes none.
    pub(super) fn room(&mut self) -> io::Result<usize> {
        Ok(match self {
            // TLS may have kept some of what was handed over before.
            Port::Stream(made) => STREAM_PIECE * usize::from(made.transport.flush()?),
            // One block, so that what follows it can still give way to newer measurements.
            Port::Serial(..) | Port::Group(_) => 1,
            Port::Datagrams(socket) => usize::from(socket.remote.is_some()),
            Port::Writing(file) => PIECE * usize::from(file.is_done()?),
            Port::Reading(_) => 0,
        })
    }

    /// Sends as much of the bytes as there is room for; of a datagram all.
    ///
    /// # Errors
    ///
    /// `WouldBlock` when there is no room; others end the use of the port.
    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        elsewhere: &Elsewhere,
        counters: &mut LinkCounters,
    ) -> io::Result<usize> {
        let sent = match self {
            Port::Stream(made) => return made.transport.write_vectored(&[IoSlice::new(bytes)]),
            Port::Serial(port, _) => return port.write(bytes),
            Port::Writing(file) => return file.write(bytes, elsewhere),
            Port::Reading(_) => return Ok(bytes.len()),
            Port::Datagrams(socket) => match socket.remote {
                Some(remote) => socket.receiver.send_to(bytes, remote),
                None => Ok(()),
            },
            Port::Group(sender) => sender.send(bytes),
        };
        match sent {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            // It is lost, as it may be on the way.
            Err(error) => {
                log::debug!(target: "sttp::gateway", "a datagram could not be sent: {error}");
                counters.datagrams_not_sent += 1;
            }
        }
        Ok(bytes.len())
    }

    /// Whether what was written is out of the hands of this process; asked before it is closed.
    pub(super) fn is_settled(&mut self) -> io::Result<bool> {
        match self {
            Port::Writing(file) => file.is_done(),
            _ => Ok(true),
        }
    }

    pub(super) fn close(self, io: &mut Io<'_>) {
        match self {
            Port::Stream(made) => {
                let Established { mut transport, token, .. } = *made;
                transport.say_farewell();
                io.discard(transport, token);
            }
            Port::Serial(port, token) => io.discard(port, token),
            Port::Datagrams(socket) => io.discard(socket.receiver, socket.token),
            Port::Group(_) | Port::Writing(_) | Port::Reading(_) => {}
        }
    }
}
