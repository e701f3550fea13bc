//! One connection's TLS, without sockets: ciphertext in, plaintext out; plaintext in, ciphertext out.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::time::Duration;

use rustls::{AlertDescription, Connection, ProtocolVersion};

use super::accepted::Accepted;
use super::details::TlsDetails;
use super::error::SessionError;
use super::explain::{Explainer, Role};
use super::mismatch;
use super::records::Records;

/// The most that a record has beyond its contents, and then the most of its contents: what a call
/// of [`TlsSession::read_with`] may bring beside what it reads.
const LARGEST_RECORD: usize = 16_384 + 2_048 + 5;
/// The least buffer that [`TlsSession::read_with`] takes.
pub const LEAST_BUFFER: usize = 4 * LARGEST_RECORD;
/// Plaintext that is taken before what it became is sent: four full records.
const LARGEST_WRITE: usize = 4 * 16_384;

/// One side of a TLS connection. Memory is bounded: a record that has come in part, and ciphertext of
/// 64 KiB that was not sent yet.
///
/// Whoever drives it calls [`read_with`](Self::read_with) when there is something to read, and after
/// that, and whenever there is room again, [`send_with`](Self::send_with), as long as
/// [`wants_to_send`](Self::wants_to_send) says so.
#[derive(Debug)]
pub struct TlsSession {
    connection: Connection,
    explainer: Explainer,
    records: Records,
    /// Whether anything came from the peer, and whether any plaintext did.
    heard: bool,
    received: bool,
    met_plain_sttp: bool,
    /// This side has said that it ends.
    is_closing: bool,
    end: Option<End>,
}

/// How a session has ended for this side's reading.
#[derive(Debug, Clone)]
enum End {
    /// By the peer's close_notify.
    Farewell,
    Failed(SessionError),
}

impl TlsSession {
    pub(super) fn new(mut connection: Connection, explainer: Explainer) -> TlsSession {
        connection.set_buffer_limit(Some(LARGEST_WRITE));
        TlsSession {
            connection,
            explainer,
            records: Records::default(),
            heard: false,
            received: false,
            met_plain_sttp: false,
            is_closing: false,
            end: None,
        }
    }

    /// Which part this side plays in the handshake.
    pub fn role(&self) -> Role {
        self.explainer.role
    }

    /// Whether the handshake goes on: plaintext is not taken yet.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// The peer, once its certificate was accepted; `None` for a client without one.
    pub fn peer(&self) -> Option<&Accepted> {
        self.explainer.seen.verdict.get()?.as_ref().ok()
    }

    /// What was agreed on, once it was.
    pub fn details(&self) -> Option<TlsDetails> {
        let version = match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => "TLS 1.2",
            ProtocolVersion::TLSv1_3 => "TLS 1.3",
            _ => "TLS",
        };
        let suite = self.connection.negotiated_cipher_suite()?;
        Some(TlsDetails { version, cipher_suite: format!("{:?}", suite.suite()), peer: self.peer().cloned() })
    }

    /// Why the session is given up: its handshake has taken so long.
    pub fn timed_out(&self, after: Duration) -> SessionError {
        self.explainer.timed_out(after, self.heard)
    }

    /// Whether the peer has begun with STTP without TLS, and so understands what is said without.
    pub fn met_plain_sttp(&self) -> bool {
        self.met_plain_sttp
    }

    /// Reads ciphertext by `read`, as from a socket, until there is plaintext, and puts that at the
    /// beginning of `buffer`. Everything that was read is decrypted: nothing waits inside but a
    /// record that has not come wholly. Zero when the peer has ended the session properly.
    ///
    /// # Errors
    /// Those of `read`, such as `WouldBlock`. With a [`SessionError`] inside: the session has failed,
    /// and what [`send_with`](Self::send_with) still sends tells the peer so. `InvalidInput` when the
    /// buffer has less than [`LEAST_BUFFER`] bytes.
    pub fn read_with(
        &mut self,
        buffer: &mut [u8],
        mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if buffer.len() < LEAST_BUFFER {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "the buffer is too small for records of TLS",
            ));
        }
        // What was read decrypts to no more than it has, and a record that had come in part.
        let (plaintext, ciphertext) = buffer.split_at_mut(buffer.len() / 2 + LARGEST_RECORD);
        loop {
            match &self.end {
                None => {}
                Some(End::Farewell) => return Ok(0),
                Some(End::Failed(failure)) => return Err(failed(failure.clone())),
            }
            let length = match read(ciphertext) {
                // What the peer had not read when it closed makes a reset of it.
                Err(error) if is_reset(error.kind()) && self.end_needs_explanation() => {
                    self.end = Some(self.without_farewell());
                    continue;
                }
                read => read?,
            };
            let length = self.decrypt(ciphertext.get(..length).unwrap_or(ciphertext), plaintext);
            if length > 0 {
                return Ok(length);
            }
        }
    }

    /// Bytes of a record of which the rest has not come; 0 when there is none. Where somebody on the way has altered
    /// the length of a record, its rest never comes, and what follows is taken for it: whoever drives the session
    /// should not wait for it for ever.
    pub fn unfinished(&self) -> usize {
        self.records.unfinished()
    }

    /// Takes plaintext to send: all of it, or as much as becomes 64 KiB, in full records where there
    /// is enough. What it became is to be sent by [`send_with`](Self::send_with).
    ///
    /// # Errors
    /// `WouldBlock` during the handshake, and while there is something to send; others as of
    /// [`read_with`](Self::read_with).
    pub fn write_vectored(&mut self, plaintext: &[IoSlice<'_>]) -> io::Result<usize> {
        if let Some(End::Failed(failure)) = &self.end {
            return Err(failed(failure.clone()));
        }
        if self.is_handshaking() || self.wants_to_send() {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.connection.writer().write_vectored(plaintext)
    }

    /// Whether there is ciphertext to send: of the handshake, of what was written, or an alert.
    pub fn wants_to_send(&self) -> bool {
        self.connection.wants_write()
    }

    /// Sends ciphertext by `write`, as to a socket, until there is no more, or there is no room.
    ///
    /// # Errors
    /// Those of `write`, such as `WouldBlock`: call again when there is room.
    pub fn send_with(&mut self, write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<()> {
        let mut sink = Sink(write);
        while self.connection.wants_write() {
            if self.connection.write_tls(&mut sink)? == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }

    /// Ends the session from this side: the peer is told by the next
    /// [`send_with`](Self::send_with). Reading goes on.
    pub fn close(&mut self) {
        if !std::mem::replace(&mut self.is_closing, true) {
            self.connection.send_close_notify();
        }
    }

    /// Decrypts what has arrived, and notes whether the session has ended. Returns the length of the
    /// plaintext.
    fn decrypt(&mut self, mut arrived: &[u8], plaintext: &mut [u8]) -> usize {
        if arrived.is_empty() {
            self.end = Some(self.without_farewell());
            return 0;
        }
        if !std::mem::replace(&mut self.heard, true)
            && let Some(what) = mismatch::not_tls(arrived)
        {
            self.met_plain_sttp = what == mismatch::PLAIN_STTP;
            self.end = Some(End::Failed(self.explainer.not_tls(what)));
            return 0;
        }
        self.records.follow(arrived);
        let mut filled = 0;
        while !arrived.is_empty() && self.end.is_none() {
            let taken = self.connection.read_tls(&mut arrived);
            let processed = self.connection.process_new_packets();
            // There may be nothing, which rustls calls an error.
            filled += self.connection.reader().read(&mut plaintext[filled..]).unwrap_or(0);
            self.end = match (taken, processed) {
                (_, Err(error)) => Some(End::Failed(self.explain(error))),
                (Err(error), _) => {
                    Some(End::Failed(SessionError::Broken(format!("TLS takes no more: {error}"))))
                }
                (Ok(_), Ok(state)) if state.peer_has_closed() => Some(self.farewell(filled)),
                (Ok(_), Ok(_)) => None,
            };
        }
        self.received |= filled > 0;
        filled
    }

    fn explain(&self, error: rustls::Error) -> SessionError {
        let is_over =
            !self.is_handshaking() && self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_2);
        match error {
            rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) if is_over => {
                self.explainer.renegotiation_declined()
            }
            error => self.explainer.explain(error),
        }
    }

    /// What it means that the peer ends properly.
    fn farewell(&self, just_received: usize) -> End {
        match self.role() {
            Role::Client if !self.received && just_received == 0 && !self.is_closing => {
                End::Failed(self.explainer.closed_after_handshake())
            }
            _ => End::Farewell,
        }
    }

    /// Whether an end now says more than that the connection is gone.
    fn end_needs_explanation(&self) -> bool {
        self.is_handshaking() || (!self.received && !self.is_closing)
    }

    /// What it means that the connection ends, and the session did not.
    fn without_farewell(&self) -> End {
        End::Failed(if self.is_handshaking() {
            self.explainer.closed_in_handshake(self.heard)
        } else if !self.received && !self.is_closing {
            self.explainer.closed_after_handshake()
        } else {
            SessionError::Truncated
        })
    }
}

/// Whether an error says that the peer has closed in the middle.
fn is_reset(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe)
}

/// A failed session as an error of input.
fn failed(failure: SessionError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, failure)
}

/// Gives rustls a function to write by.
struct Sink<W>(W);

impl<W: FnMut(&[IoSlice<'_>]) -> io::Result<usize>> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        (self.0)(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
