//! A stream connection that speaks TLS.

use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;

use super::transport::Transport;
use crate::session::Severity;
use crate::tls::{TlsDetails, TlsSession};

/// A connection, and the TLS session on it, after its handshake.
#[derive(Debug)]
pub(crate) struct Secured {
    pub(super) plain: Transport,
    session: TlsSession,
    /// What the peer said right after its part of the handshake.
    early: Vec<u8>,
    pub(super) details: Option<Arc<TlsDetails>>,
    /// Why nothing can be sent any more, until reading tells the reason better.
    broken: Option<io::Error>,
}

impl Secured {
    pub(super) fn new(plain: Transport, session: TlsSession, early: Vec<u8>) -> Secured {
        let details = session.details().map(Arc::new);
        Secured { plain, session, early, details, broken: None }
    }

    /// Reads and decrypts what has arrived, and sends what TLS itself answers.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.early.is_empty() {
            let length = self.early.len().min(buffer.len());
            buffer[..length].copy_from_slice(&self.early[..length]);
            self.early.drain(..length);
            return Ok(length);
        }
        let Secured { plain, session, .. } = self;
        let read = session.read_with(buffer, |ciphertext| plain.read(ciphertext));
        let flushed = self.flush();
        match read {
            // The peer takes nothing any more, and has not said why.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                flushed?;
                Err(self.broken.take().unwrap_or(error))
            }
            read => read,
        }
    }

    /// Bytes of a record that has come in part.
    pub(super) fn unfinished(&self) -> usize {
        self.session.unfinished()
    }

    /// Encrypts and sends. What was encrypted and does not go now is kept, and nothing is taken until
    /// it has gone.
    pub(super) fn write_vectored(&mut self, plaintext: &[IoSlice<'_>]) -> io::Result<usize> {
        if !self.flush()? {
            return Err(ErrorKind::WouldBlock.into());
        }
        let taken = self.session.write_vectored(plaintext)?;
        self.flush()?;
        Ok(taken)
    }

    /// Sends what was encrypted and has not gone. True when nothing is left.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        if self.broken.is_some() {
            return Ok(false);
        }
        let Secured { plain, session, .. } = self;
        match session.send_with(|ciphertext| plain.write_vectored(ciphertext)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            // The peer may have said why by an alert, which is there to be read: the loop has been told.
            Err(error) if is_end(error.kind()) => {
                self.broken = Some(error);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Says farewell.
    pub(super) fn shutdown_write(&mut self) -> io::Result<()> {
        self.session.close();
        self.flush()?;
        self.plain.shutdown_write()
    }
}

/// Whether an error says that the peer is gone.
fn is_end(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

/// Tells operators with whom a connection was secured, and how.
pub(crate) fn tell_secured(
    details: &TlsDetails,
    address: SocketAddr,
    mut message: impl FnMut(Severity, String),
) {
    message(Severity::Info, format!("the connection with {address} is secured: {details}"));
    for problem in details.tolerated() {
        message(Severity::Warning, format!("tolerated of the certificate of {address}: {problem}"));
    }
}
