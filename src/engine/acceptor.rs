//! Listening for a driver: any thread opens and closes the port, the loop accepts.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mio::Token;

use super::handshakes::{Handshakes, Outcome};
use super::io::Io;
use super::listener::Listener;
use super::security::{NewSession, Security};
use super::transport::Transport;
use crate::settings::Address;

/// A port that is listened on until somebody closes it. Clones are handles to the same.
#[derive(Debug, Clone)]
pub(crate) struct ListeningPort {
    listener: Arc<Mutex<Option<Listener>>>,
    address: SocketAddr,
}

impl ListeningPort {
    /// Listens on the first of the addresses that the system grants. Waits for the name service
    /// when the host is a name.
    ///
    /// # Errors
    /// There is no such host, or the system refuses, for instance because the port is in use.
    pub(crate) fn open(address: &Address) -> io::Result<ListeningPort> {
        let mut last = io::ErrorKind::AddrNotAvailable.into();
        for address in address.resolve_now()? {
            match Listener::bind(address) {
                Ok(listener) => {
                    let address = listener.local_addr()?;
                    return Ok(ListeningPort { listener: Arc::new(Mutex::new(Some(listener))), address });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The address listened on, with the port that the system has chosen.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Frees the port at once. What was accepted stays.
    pub(crate) fn close(&self) {
        *self.listener() = None;
    }

    fn listener(&self) -> MutexGuard<'_, Option<Listener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections on a port, for a driver that tells it of everything that happens. Those that are to
/// be secured are handed over when they are.
pub(crate) struct Acceptor {
    port: ListeningPort,
    token: Token,
    /// Connections may wait at the port.
    is_ready: bool,
    retry_at: Option<Instant>,
    security: Security,
    handshakes: Handshakes,
}

/// What comes of listening.
pub(crate) enum Arrival {
    /// A connection, and where it comes from. It is not registered with the loop.
    Accepted(Transport, SocketAddr),
    /// Nobody may connect from there, or the connection could not be secured.
    Refused(SocketAddr, io::Error),
    /// The system cannot give a connection now. It is tried again soon.
    NotAccepting(io::Error),
}

impl Acceptor {
    /// Has the loop watch the port. `None` when it is closed already.
    ///
    /// # Errors
    /// The system cannot watch it.
    pub(crate) fn start(
        port: ListeningPort,
        security: Security,
        io: &mut Io<'_>,
    ) -> io::Result<Option<Acceptor>> {
        let mut listener = port.listener();
        let Some(open) = listener.as_mut() else { return Ok(None) };
        let token = io.register(open)?;
        drop(listener);
        let handshakes = Handshakes::new(io);
        Ok(Some(Acceptor { port, token, is_ready: true, retry_at: None, security, handshakes }))
    }

    /// What comes next; `None` when nothing waits. To be called until then when the driver is notified, when
    /// a socket was [ready](Self::ready), and when the deadline has passed.
    pub(crate) fn accept(&mut self, io: &mut Io<'_>) -> Option<Arrival> {
        self.is_ready |= self.retry_at.take_if(|due| io.now() >= *due).is_some();
        while self.is_ready {
            match self.next() {
                Ok(Some((transport, address))) => match self.admit(address) {
                    Ok(None) => return Some(Arrival::Accepted(transport, address)),
                    Ok(Some(session)) => self.handshakes.begin(transport, address, session, io),
                    Err(error) => return Some(Arrival::Refused(address, error)),
                },
                Ok(None) => self.is_ready = false,
                Err(error) => {
                    self.is_ready = false;
                    return Some(Arrival::NotAccepting(error));
                }
            }
        }
        Some(match self.handshakes.outcome(io)? {
            Outcome::Secured(transport, address) => Arrival::Accepted(transport, address),
            Outcome::Failed(address, error) => Arrival::Refused(address, error),
        })
    }

    /// A session for a connection from an address, if it is to be secured.
    fn admit(&self, address: SocketAddr) -> io::Result<Option<NewSession>> {
        self.security.admits(address.ip())?;
        self.security.accepting()
    }

    fn next(&mut self) -> io::Result<Option<(Transport, SocketAddr)>> {
        let mut listener = self.port.listener();
        let Some(open) = listener.as_mut() else { return Ok(None) };
        let accepted = open.accept();
        self.retry_at = open.retry_at();
        accepted
    }

    /// Looks at the port even if the loop has not told of it: when thousands of sockets are ready, that takes a while.
    pub(crate) fn look(&mut self) {
        self.is_ready |= self.retry_at.is_none();
    }

    /// Closes the port and ends the watch.
    pub(crate) fn stop(mut self, io: &mut Io<'_>) {
        self.port.close();
        self.handshakes.stop(io);
        io.release(self.token);
    }

    /// Whether a token is that of the port, or of a connection that is not secured yet.
    pub(crate) fn owns(&self, token: Token) -> bool {
        self.token == token || self.handshakes.owns(token)
    }

    /// A socket that this [owns](Self::owns) is ready.
    pub(crate) fn ready(&mut self, token: Token, io: &mut Io<'_>) {
        match self.token == token {
            true => self.is_ready = true,
            false => self.handshakes.ready(token, io),
        }
    }

    /// When [`accept`](Self::accept) is to be called even if no socket is ready.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.retry_at.into_iter().chain(self.handshakes.deadline()).min()
    }
}
