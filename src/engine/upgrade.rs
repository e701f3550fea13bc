//! TLS on a connection that both sides have begun without.

use std::io;
use std::time::Instant;

use mio::Token;

use super::dialer::Established;
use super::handshake::{Farewell, Handshake, Progress};
use super::io::Io;
use super::security::Security;
use crate::settings::{Address, Host};

/// The handshake on a connection that was in use, for a driver that tells it of everything that happens. After one that
/// has failed it is to be kept until it is [over](Self::is_over): the peer hears why.
pub(crate) struct Upgrade(State);

enum State {
    Handshake(Box<Handshake>),
    Farewell(Farewell),
    Over,
}

impl Upgrade {
    /// Begins on a connection that is registered with the loop, as the TLS client of a host, or as the server. `arrived` was
    /// read of the connection already, and belongs to the handshake.
    ///
    /// # Errors
    /// TLS is off, there is no own certificate, or the host can stand in none. The connection is closed then.
    pub(crate) fn begin(
        made: Established,
        client_of: Option<&Address>,
        arrived: Vec<u8>,
        security: &Security,
        io: &mut Io<'_>,
    ) -> (Upgrade, Option<io::Result<Established>>) {
        let session = match client_of {
            Some(address) => security.connecting(address),
            None => security.accepting(),
        };
        let session = session
            .and_then(|session| session.ok_or_else(|| io::Error::other("there are no settings for TLS")));
        match session {
            Ok(session) => {
                let elsewhere = io.elsewhere().beside("sttp-handshake", 1);
                Upgrade::of(Handshake::begin(made, session, elsewhere, arrived, io))
            }
            Err(error) => {
                io.discard(made.transport, made.token);
                (Upgrade(State::Over), Some(Err(error)))
            }
        }
    }

    /// The address that a peer is known by who has connected, or was connected to without a name.
    pub(crate) fn address_of(made: &Established) -> Address {
        Address { host: Host::Literal(made.address.ip()), port: made.address.port() }
    }

    fn of(progress: Progress) -> (Upgrade, Option<io::Result<Established>>) {
        match progress {
            Progress::Waits(handshake) => (Upgrade(State::Handshake(handshake)), None),
            Progress::Done(made) => (Upgrade(State::Over), Some(Ok(made))),
            Progress::Failed(farewell, error) => (Upgrade(State::Farewell(farewell)), Some(Err(error))),
        }
    }

    /// Goes on: to be called when the driver is notified, when a socket that it [owns](Self::owns) is ready, and when the
    /// deadline has passed. Answers what has come of the handshake, once.
    pub(crate) fn proceed(&mut self, io: &mut Io<'_>) -> Option<io::Result<Established>> {
        match std::mem::replace(&mut self.0, State::Over) {
            State::Handshake(handshake) => {
                let (next, outcome) = Upgrade::of(handshake.proceed(io));
                *self = next;
                outcome
            }
            State::Farewell(mut farewell) => {
                match farewell.proceed(io) {
                    true => farewell.discard(io),
                    false => self.0 = State::Farewell(farewell),
                }
                None
            }
            State::Over => None,
        }
    }

    /// Whether nothing has come of the handshake yet.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self.0, State::Handshake(_))
    }

    /// Whether nothing is left to be done.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.0, State::Over)
    }

    pub(crate) fn owns(&self, token: Token) -> bool {
        match &self.0 {
            State::Handshake(handshake) => handshake.token() == token,
            State::Farewell(farewell) => farewell.token() == token,
            State::Over => false,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.0 {
            State::Handshake(handshake) => Some(handshake.deadline()),
            State::Farewell(farewell) => Some(farewell.deadline()),
            State::Over => None,
        }
    }

    /// Gives up what is under way.
    pub(crate) fn discard(self, io: &mut Io<'_>) {
        match self.0 {
            State::Handshake(handshake) => handshake.discard(io),
            State::Farewell(farewell) => farewell.discard(io),
            State::Over => {}
        }
    }
}
