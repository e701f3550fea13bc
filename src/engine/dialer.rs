//! Connecting to a peer, attempt after attempt.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::Token;

use super::address::Resolver;
use super::backoff::Backoff;
use super::io::Io;
use super::transport::Transport;
use crate::settings::{Address, ReconnectSettings};

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
    state: State,
}

enum State {
    /// Connected, or told to stop.
    Idle,
    Resolving(Resolver),
    Connecting(Attempt),
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

/// A connection, registered with the loop.
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
    pub(crate) fn new(address: Address, settings: ReconnectSettings) -> Dialer {
        Dialer { address, backoff: Backoff::from_settings(settings), state: State::Idle }
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
                Ok(true) => self.succeed(),
                Ok(false) if io.now() >= attempt.deadline => {
                    self.next_address(io::ErrorKind::TimedOut.into(), io)
                }
                Ok(false) => None,
                Err(error) => self.next_address(error, io),
            },
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
        if let State::Connecting(attempt) = std::mem::replace(&mut self.state, State::Idle) {
            io.discard(attempt.transport, attempt.token);
        }
    }

    /// Whether an attempt is under way.
    pub(crate) fn is_trying(&self) -> bool {
        matches!(self.state, State::Resolving(_) | State::Connecting(_))
    }

    /// Whether a token is that of the attempt under way.
    pub(crate) fn owns(&self, token: Token) -> bool {
        matches!(&self.state, State::Connecting(attempt) if attempt.token == token)
    }

    /// When [`proceed`](Self::proceed) is to be called at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Waiting(due) => Some(*due),
            State::Connecting(attempt) => Some(attempt.deadline),
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

    fn succeed(&mut self) -> Option<io::Result<Established>> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Connecting(Attempt { transport, token, address, .. }) => {
                Some(Ok(Established { transport, token, address }))
            }
            _ => None,
        }
    }

    fn fail(&mut self, error: io::Error) -> Option<io::Result<Established>> {
        self.state = State::Idle;
        Some(Err(error))
    }
}
