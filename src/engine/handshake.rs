//! The handshake of TLS on one connection.
//!
//! Its work with keys takes milliseconds, and strangers may cause it: it is done elsewhere than on
//! the loop, one step after the other.

use std::io::{self, ErrorKind};
use std::mem;
use std::time::{Duration, Instant};

use mio::Token;

use super::dialer::Established;
use super::io::Io;
use super::security::{Making, NewSession};
use super::transport::Transport;
use super::worker::{Elsewhere, Job};
use crate::tls::{LEAST_BUFFER, Role, SessionError, TlsSession};
use crate::wire::{Command, Response, frame};

/// What may hold up a handshake on this side.
const CERTIFICATES: &str =
    "the certificate files are not read yet; check that the disk or share they are on answers";
const WORK: &str = "this machine has too much to do";
/// Ciphertext that is taken at once: more than both sides say in most handshakes.
const MOST_AT_ONCE: usize = 16 << 10;
/// How long a peer that is told why may take to hear it.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes that a peer may go on to send meanwhile, and that are dropped.
const MOST_DROPPED: usize = 1 << 20;

/// A handshake that is not done yet.
pub(super) struct Handshake {
    made: Established,
    begun: Instant,
    timeout: Duration,
    elsewhere: Elsewhere,
    /// What the peer has said already, and nobody has looked at.
    arrived: Vec<u8>,
    step: Step,
}

/// Who has the next step.
enum Step {
    /// The session is made, by a worker of its own: certificate files may lie where reading takes long.
    Begins(Job<io::Result<TlsSession>>, Elsewhere),
    Peer(Box<TlsSession>),
    /// What the peer has said is worked at.
    Ours(Job<Worked>),
}

/// What has come of what the peer said.
struct Worked {
    session: Box<TlsSession>,
    /// What it has said beyond the handshake.
    early: Vec<u8>,
    outcome: io::Result<()>,
}

/// How far a handshake is.
pub(super) enum Progress {
    Waits(Box<Handshake>),
    /// The connection is secured.
    Done(Established),
    Failed(Farewell, io::Error),
}

impl Handshake {
    /// Begins on a connection that is registered with the loop. `arrived` was read of it already, and belongs to the
    /// handshake.
    pub(super) fn begin(
        made: Established,
        new: NewSession,
        elsewhere: Elsewhere,
        arrived: Vec<u8>,
        io: &mut Io<'_>,
    ) -> Progress {
        let step = match new.made {
            Making::Done(session) => Step::Peer(session),
            Making::Elsewhere(make) => {
                let reader = elsewhere.beside("sttp-certificates", 1);
                Step::Begins(reader.run(make), reader)
            }
        };
        let timeout = new.timeout;
        Box::new(Handshake { made, begun: io.now(), timeout, elsewhere, arrived, step }).proceed(io)
    }

    pub(super) fn token(&self) -> Token {
        self.made.token
    }

    /// When [`proceed`](Self::proceed) is to be called even if nothing happens.
    pub(super) fn deadline(&self) -> Instant {
        self.begun + self.timeout
    }

    /// Whether there is something to do though the socket is not ready.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let is_done = match &self.step {
            Step::Peer(_) => false,
            Step::Begins(job, _) => job.is_done(),
            Step::Ours(job) => job.is_done(),
        };
        is_done || now >= self.deadline()
    }

    /// Goes on: to be called when the socket is ready, and when it [is due](Self::is_due).
    pub(super) fn proceed(self, io: &mut Io<'_>) -> Progress {
        let is_late = io.now() >= self.deadline();
        let Handshake { mut made, begun, timeout, elsewhere, mut arrived, step } = self;
        let waits = |made, elsewhere, arrived, step| {
            Progress::Waits(Box::new(Handshake { made, begun, timeout, elsewhere, arrived, step }))
        };
        let mut session = match step {
            Step::Peer(session) => session,
            Step::Begins(mut job, reader) => match job.take() {
                None if is_late => return failed(made, None, held_up(timeout, CERTIFICATES), io),
                None => return waits(made, elsewhere, arrived, Step::Begins(job, reader)),
                Some(Err(error)) => return failed(made, None, io::Error::other(error), io),
                Some(Ok(Err(error))) => return failed(made, None, error, io),
                Some(Ok(Ok(session))) => Box::new(session),
            },
            Step::Ours(mut job) => match job.take() {
                None if is_late => return failed(made, None, held_up(timeout, WORK), io),
                None => return waits(made, elsewhere, arrived, Step::Ours(job)),
                Some(Err(error)) => return failed(made, None, io::Error::other(error), io),
                Some(Ok(Worked { session, outcome: Err(error), .. })) => {
                    return failed(made, Some(session), error, io);
                }
                Some(Ok(Worked { session, early, .. })) if !session.is_handshaking() => {
                    let mut transport = made.transport.secured(*session, early);
                    // The last words of the handshake. What does not go now, goes when there is room.
                    let _ = transport.flush();
                    return Progress::Done(Established { transport, ..made });
                }
                Some(Ok(Worked { session, .. })) => session,
            },
        };
        if is_late {
            let error = io::Error::new(ErrorKind::TimedOut, session.timed_out(timeout));
            return failed(made, None, error, io);
        }
        let sent = send(&mut session, &mut made.transport);
        let read = sent.and_then(|()| match arrived.is_empty() {
            true => {
                let ciphertext = &mut io.scratch()[..MOST_AT_ONCE];
                made.transport.read(ciphertext).map(|length| ciphertext[..length].to_vec())
            }
            false => Ok(mem::take(&mut arrived)),
        });
        match read {
            Ok(arrived) if arrived.is_empty() => {
                let error = ended(&mut session);
                failed(made, None, error, io)
            }
            Ok(now) => {
                let job = elsewhere.run(move || work(session, &now));
                waits(made, elsewhere, arrived, Step::Ours(job))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                waits(made, elsewhere, arrived, Step::Peer(session))
            }
            Err(error) => failed(made, None, error, io),
        }
    }

    /// Gives up the connection.
    pub(super) fn discard(self, io: &mut Io<'_>) {
        io.discard(self.made.transport, self.made.token);
    }
}

/// The work with keys, and all else that comes of what the peer has said.
fn work(mut session: Box<TlsSession>, mut arrived: &[u8]) -> Worked {
    let mut early = Vec::new();
    let mut plaintext = vec![0; LEAST_BUFFER];
    let outcome = loop {
        let read = session.read_with(&mut plaintext, |ciphertext| {
            let length = arrived.len().min(ciphertext.len());
            let (now, later) = arrived.split_at(length);
            ciphertext[..length].copy_from_slice(now);
            arrived = later;
            if length == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(length) }
        });
        match read {
            Ok(0) => break Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => early.extend_from_slice(&plaintext[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    Worked { session, early, outcome }
}

/// Why a handshake has failed that this side did not get done in time.
fn held_up(timeout: Duration, why: &str) -> io::Error {
    let error = SessionError::TimedOut(format!(
        "the handshake of TLS was not done within {} s (handshakeTimeout): {why}",
        timeout.as_secs_f64()
    ));
    io::Error::new(ErrorKind::TimedOut, error)
}

fn send(session: &mut TlsSession, transport: &mut Transport) -> io::Result<()> {
    match session.send_with(|ciphertext| transport.write_vectored(ciphertext)) {
        // What is left is sent when there is room.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        // The peer may have said why it takes nothing any more: reading tells.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        sent => sent,
    }
}

/// What it means that the peer sends no more.
fn ended(session: &mut TlsSession) -> io::Error {
    let mut plaintext = vec![0; LEAST_BUFFER];
    session.read_with(&mut plaintext, |_| Ok(0)).err().unwrap_or_else(|| ErrorKind::UnexpectedEof.into())
}

fn failed(
    made: Established,
    session: Option<Box<TlsSession>>,
    error: io::Error,
    io: &mut Io<'_>,
) -> Progress {
    Progress::Failed(Farewell::begin(made, session, io), error)
}

/// A connection whose handshake has failed, while the peer hears why: what it has sent and nobody
/// has read would otherwise take the reason from it.
pub(super) struct Farewell {
    made: Established,
    deadline: Instant,
    dropped: usize,
    is_over: bool,
}

impl Farewell {
    fn begin(made: Established, session: Option<Box<TlsSession>>, io: &mut Io<'_>) -> Farewell {
        let deadline = io.now() + FAREWELL;
        let mut farewell = Farewell { made, deadline, dropped: 0, is_over: false };
        farewell.is_over = session.is_none_or(|session| farewell.tell(*session).is_err());
        farewell
    }

    /// Tells the peer why, in the language that it speaks.
    fn tell(&mut self, mut session: TlsSession) -> io::Result<()> {
        let transport = &mut self.made.transport;
        if session.met_plain_sttp() && session.role() == Role::Server {
            transport.write_vectored(&[io::IoSlice::new(&tls_wanted())])?;
        } else {
            session.send_with(|ciphertext| transport.write_vectored(ciphertext))?;
        }
        transport.shutdown_write()
    }

    pub(super) fn token(&self) -> Token {
        self.made.token
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Goes on: to be called when the socket is ready, and when the deadline has passed. True when the
    /// connection may be discarded.
    pub(super) fn proceed(&mut self, io: &mut Io<'_>) -> bool {
        while !self.is_over {
            match self.made.transport.read(io.scratch()) {
                Ok(length @ 1..) if self.dropped < MOST_DROPPED => self.dropped += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                _ => self.is_over = true,
            }
        }
        self.is_over || io.now() >= self.deadline
    }

    pub(super) fn discard(self, io: &mut Io<'_>) {
        io.discard(self.made.transport, self.made.token);
    }
}

/// What a subscriber without TLS is answered: that its first command has failed.
fn tls_wanted() -> Vec<u8> {
    let text = "this port is for TLS: turn it on (securityMode=TLS), or connect to a port without";
    frame::response_frame(Response::Failed, Command::DefineOperationalModes.code(), text.as_bytes())
}
