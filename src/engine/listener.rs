//! A socket that waits for connections.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::event::Source;
use mio::net::TcpListener;
use mio::{Interest, Registry, Token};
use socket2::{Domain, Protocol, Socket, Type};

use super::transport::{Transport, canonical};

/// Connections that the system holds until they are accepted.
const BACKLOG: i32 = 1024;

/// The pause after the system has refused to give a connection, for want of descriptors or
/// memory.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);

/// Accepts connections without blocking.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    retry_at: Option<Instant>,
}

impl Listener {
    /// Listens on an address; port 0 takes any free one. `[::]` listens for IPv4 too where the
    /// system can. A listener may be bound again at once to the port of one that was closed.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Listener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // Elsewhere the option would let others take the port away, and is not needed.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            // Some systems refuse; then this is a listener for IPv6 only.
            let _ = socket.set_only_v6(false);
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Listener { socket: TcpListener::from_std(socket.into()), retry_at: None })
    }

    /// The next connection and where it comes from; `None` when there is none waiting.
    ///
    /// # Errors
    /// The system cannot give a connection now, for instance because the process has too many
    /// open files. Connections may be waiting all the same, and nothing will report them: call
    /// again when `retry_at` has passed, no sooner.
    pub(crate) fn accept(&mut self) -> io::Result<Option<(Transport, SocketAddr)>> {
        self.retry_at = None;
        loop {
            match self.socket.accept() {
                Ok((stream, address)) => return Ok(Some((Transport::accepted(stream), canonical(address)))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if concerns_one_connection(error.kind()) => {}
                Err(error) => {
                    self.retry_at = Some(Instant::now() + RETRY_INTERVAL);
                    return Err(error);
                }
            }
        }
    }

    /// When to call `accept` again even if no event comes: part of the driver's deadline.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// The address listened on, with the port that the system has chosen.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl Source for Listener {
    fn register(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.socket.register(registry, token, interests)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.socket.reregister(registry, token, interests)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.socket.deregister(registry)
    }
}

/// Whether the error is that of a connection which broke before it was accepted: the next one
/// may be fine.
fn concerns_one_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Interrupted
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
    )
}
