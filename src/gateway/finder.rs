//! Finding whom something is sent to otherwise than by TCP, and trying it again.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use crate::engine::{Address, Backoff, Io, Resolver, Retry};
use crate::settings::ReconnectSettings;

/// Finds an address, if there is one to be found, attempt after attempt.
pub(in crate::gateway) struct Finder {
    /// None where there is nothing to be found.
    address: Option<Address>,
    backoff: Option<Backoff>,
    state: State,
}

enum State {
    Idle,
    Resolving(Resolver),
    /// Until the next attempt.
    Waiting(Instant),
}

impl Finder {
    pub(in crate::gateway) fn new(address: Option<Address>, reconnect: ReconnectSettings) -> Finder {
        Finder { address, backoff: Backoff::from_settings(reconnect), state: State::Idle }
    }

    /// Begins an attempt. Answers as [`proceed`](Self::proceed).
    pub(in crate::gateway) fn start(&mut self, io: &mut Io<'_>) -> Option<io::Result<Option<SocketAddr>>> {
        match &self.address {
            None => {
                self.state = State::Idle;
                Some(Ok(None))
            }
            Some(address) => {
                self.state = State::Resolving(address.resolve(&io.handle()));
                self.proceed(io)
            }
        }
    }

    /// Goes on: tells once which address it is, if there is one.
    pub(in crate::gateway) fn proceed(&mut self, io: &mut Io<'_>) -> Option<io::Result<Option<SocketAddr>>> {
        match &mut self.state {
            State::Idle => None,
            State::Waiting(due) if io.now() >= *due => self.start(io),
            State::Waiting(_) => None,
            State::Resolving(resolver) => {
                let found = resolver.take()?;
                self.state = State::Idle;
                Some(found.map(|addresses| addresses.first().copied()))
            }
        }
    }

    /// Plans the next attempt, if there is to be one.
    pub(in crate::gateway) fn retry(&mut self, now: Instant) -> Option<Retry> {
        let backoff = self.backoff.as_mut()?;
        let delay = backoff.next_delay()?;
        self.state = State::Waiting(now + delay);
        Some(Retry { attempt: backoff.attempts(), delay })
    }

    /// Gives up what is under way.
    pub(in crate::gateway) fn stop(&mut self) {
        self.state = State::Idle;
    }

    /// The peer has shown that it is there.
    pub(in crate::gateway) fn proven(&mut self) {
        self.backoff.iter_mut().for_each(Backoff::reset);
    }

    pub(in crate::gateway) fn is_trying(&self) -> bool {
        matches!(self.state, State::Resolving(_))
    }

    pub(in crate::gateway) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Waiting(due) => Some(due),
            State::Idle | State::Resolving(_) => None,
        }
    }
}
