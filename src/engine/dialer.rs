//! Connecting to a peer, attempt after attempt.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::Token;

use super::address::Resolver;
use super::backoff::Backoff;
use super::handshake::{Handshake, Progress};
use super::io::Io;
use super::security::Security;
use super::transport::Transport;
use crate::error::Error;
use crate::settings::{Address, ReconnectSettings};
use crate::tls::SessionError;

/// How long one address may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes connections to one address, for a driver that tells it of everything that happens.
///
/// One attempt goes from the name over all addresses it stands for. What comes of an attempt is
/// told once; whether and when there is another one, the driver asks by [`retry`](Self::retry).
pub(crate) struct Dialer {
    address: Address,
    /// Delays of further attempts; `None` when there are none.
    backoff: Option<Backoff>,
    security: Security,
    state: State,
}

enum State {
    /// Connected, or told to stop.
    Idle,
    Resolving(Resolver),
    Connecting(Attempt),
    Securing(Box<Handshake>),
    /// Until the next attempt.
    Waiting(Instant),
}

/// The attempt with one of the addresses.
struct Attempt {
    transport: Transport,
    token: Token,
    address: SocketAddr,
    others: VecDeque<SocketAddr>,
    deadline: Instant,
}

/// A connection, registered with the loop, and secured if it is to be.
pub(crate) struct Established {
    pub(crate) transport: Transport,
    pub(crate) token: Token,
    pub(crate) address: SocketAddr,
}

/// The next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Its number since the last success.
    pub(crate) attempt: u32,
    pub(crate) delay: Duration,
}

impl Dialer {
    pub(crate) fn new(address: Address, settings: ReconnectSettings, security: Security) -> Dialer {
        Dialer { address, backoff: Backoff::from_settings(settings), security, state: State::Idle }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Begins an attempt at once, in place of whatever is under way. Answers as
    /// [`proceed`](Self::proceed).
    pub(crate) fn start(&mut self, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        self.stop(io);
        self.state = State::Resolving(self.address.resolve(&io.handle()));
        self.proceed(io)
    }

    /// Goes on with what is under way: to be called when the driver is notified, when a socket
    /// that [`owns`](Self::owns) knows is ready, and when the deadline has passed. Answers what
    /// has come of an attempt, once.
    pub(crate) fn proceed(&mut self, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        match &mut self.state {
            State::Idle => None,
            State::Waiting(due) if io.now() >= *due => self.start(io),
            State::Waiting(_) => None,
            State::Resolving(resolver) => match resolver.take()? {
                Ok(addresses) => self.try_next(addresses.into(), None, io),
                Err(error) => self.fail(error),
            },
            State::Connecting(attempt) => match attempt.transport.is_connected() {
                Ok(true) => self.secure(io),
                Ok(false) if io.now() >= attempt.deadline => {
                    self.next_address(io::ErrorKind::TimedOut.into(), io)
                }
                Ok(false) => None,
                Err(error) => self.next_address(error, io),
            },
            State::Securing(_) => self.go_on_securing(io),
        }
    }

    /// Plans the next attempt, after one has failed or a connection was lost. `None` when there
    /// is to be none.
    pub(crate) fn retry(&mut self, now: Instant) -> Option<Retry> {
        let backoff = self.backoff.as_mut()?;
        let delay = backoff.next_delay()?;
        self.state = State::Waiting(now + delay);
        Some(Retry { attempt: backoff.attempts(), delay })
    }

    /// The peer has shown that it is one: the next delay is the first one again. A connection
    /// alone shows nothing, since a peer that wants none may accept and close it.
    pub(crate) fn proven(&mut self) {
        if let Some(backoff) = &mut self.backoff {
            backoff.reset();
        }
    }

    /// Gives up what is under way.
    pub(crate) fn stop(&mut self, io: &mut Io<'_>) {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Connecting(attempt) => io.discard(attempt.transport, attempt.token),
            State::Securing(handshake) => handshake.discard(io),
            State::Idle | State::Resolving(_) | State::Waiting(_) => {}
        }
    }

    /// Whether an attempt is under way.
    pub(crate) fn is_trying(&self) -> bool {
        matches!(self.state, State::Resolving(_) | State::Connecting(_) | State::Securing(_))
    }

    /// Whether a token is that of the attempt under way.
    pub(crate) fn owns(&self, token: Token) -> bool {
        match &self.state {
            State::Connecting(attempt) => attempt.token == token,
            State::Securing(handshake) => handshake.token() == token,
            State::Idle | State::Resolving(_) | State::Waiting(_) => false,
        }
    }

    /// When [`proceed`](Self::proceed) is to be called at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Waiting(due) => Some(*due),
            State::Connecting(attempt) => Some(attempt.deadline),
            State::Securing(handshake) => Some(handshake.deadline()),
            State::Idle | State::Resolving(_) => None,
        }
    }

    /// Tries the next address; `last` is why the one before failed.
    fn try_next(
        &mut self,
        mut others: VecDeque<SocketAddr>,
        last: Option<io::Error>,
        io: &mut Io<'_>,
    ) -> Option<io::Result<Established>> {
        let mut last =
            last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        while let Some(address) = others.pop_front() {
            let connecting = Transport::connect(address).and_then(|mut transport| {
                let token = io.register(&mut transport)?;
                Ok((transport, token))
            });
            match connecting {
                Ok((transport, token)) => {
                    let deadline = io.now() + CONNECT_TIMEOUT;
                    self.state = State::Connecting(Attempt { transport, token, address, others, deadline });
                    return None;
                }
                Err(error) => last = error,
            }
        }
        self.fail(last)
    }

    fn next_address(&mut self, error: io::Error, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        let State::Connecting(attempt) = std::mem::replace(&mut self.state, State::Idle) else {
            return None;
        };
        io.discard(attempt.transport, attempt.token);
        self.try_next(attempt.others, Some(error), io)
    }

    /// The connection stands.
    fn secure(&mut self, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        let State::Connecting(attempt) = std::mem::replace(&mut self.state, State::Idle) else {
            return None;
        };
        let Attempt { transport, token, address, .. } = attempt;
        match self.security.connecting(&self.address) {
            Ok(None) => Some(Ok(Established { transport, token, address })),
            Ok(Some(session)) => {
                let made = Established { transport, token, address };
                let elsewhere = io.elsewhere().beside("sttp-handshake", 1);
                let progress = Handshake::begin(made, session, elsewhere, Vec::new(), io);
                self.took_step(progress, io)
            }
            Err(error) => {
                io.discard(transport, token);
                self.fail(error)
            }
        }
    }

    fn go_on_securing(&mut self, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Securing(handshake) => {
                let progress = handshake.proceed(io);
                self.took_step(progress, io)
            }
            _ => None,
        }
    }

    fn took_step(&mut self, progress: Progress, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        match progress {
            Progress::Waits(handshake) => {
                self.state = State::Securing(handshake);
                None
            }
            Progress::Done(established) => Some(Ok(established)),
            Progress::Failed(farewell, error) => {
                // Servers wait for the last word of the handshake, so that nothing of theirs is unread.
                farewell.discard(io);
                self.fail(error)
            }
        }
    }

    fn fail(&mut self, error: io::Error) -> Option<io::Result<Established>> {
        self.state = State::Idle;
        Some(Err(error))
    }
}

/// Why there is no connection to an address at which `peer` should listen.
pub(crate) fn unreachable(address: &Address, peer: &str, source: io::Error) -> Error {
    let is_about_tls = source.get_ref().is_some_and(|error| error.is::<SessionError>());
    let context = match is_about_tls {
        true => format!("the connection to {address} cannot be secured"),
        false => format!("cannot connect to {address}; check that a {peer} listens there"),
    };
    Error::Io { context, source }
}
