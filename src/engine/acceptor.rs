//! Listening for a driver: any thread opens and closes the port, the loop accepts.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mio::Token;

use super::io::Io;
use super::listener::Listener;
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

/// Accepts connections on a port, for a driver that tells it of everything that happens.
pub(crate) struct Acceptor {
    port: ListeningPort,
    token: Token,
    retry_at: Option<Instant>,
}

impl Acceptor {
    /// Has the loop watch the port. `None` when it is closed already.
    ///
    /// # Errors
    /// The system cannot watch it.
    pub(crate) fn start(port: ListeningPort, io: &mut Io<'_>) -> io::Result<Option<Acceptor>> {
        let mut listener = port.listener();
        let Some(open) = listener.as_mut() else { return Ok(None) };
        let token = io.register(open)?;
        drop(listener);
        Ok(Some(Acceptor { port, token, retry_at: None }))
    }

    /// The next connection and where it comes from; `None` when none is waiting. To be called
    /// until then when the port is [ready](Self::owns), and when the deadline has passed.
    ///
    /// # Errors
    /// The system cannot give a connection now; the deadline tells when to try again.
    pub(crate) fn accept(&mut self) -> io::Result<Option<(Transport, SocketAddr)>> {
        self.retry_at = None;
        let mut listener = self.port.listener();
        let Some(open) = listener.as_mut() else { return Ok(None) };
        let accepted = open.accept();
        self.retry_at = open.retry_at();
        accepted
    }

    /// Closes the port and ends the watch.
    pub(crate) fn stop(self, io: &mut Io<'_>) {
        self.port.close();
        io.release(self.token);
    }

    /// Whether a token is that of the port.
    pub(crate) fn owns(&self, token: Token) -> bool {
        self.token == token
    }

    /// When [`accept`](Self::accept) is to be called even if the port is not ready.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.retry_at
    }
}
