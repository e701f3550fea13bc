//! Where the connections of a subscriber come from: it connects, or the publisher does.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use mio::Token;

use crate::engine::{
    self, Acceptor, Address, Dialer, Established, Io, ListeningPort, ReconnectSettings, Retry, Security,
    Transport,
};

/// Makes connections, or takes them.
pub(super) enum Source {
    /// The subscriber connects.
    Dialer(Box<Dialer>),
    /// The publisher connects.
    Acceptor(Acceptor),
}

/// What has come of a step.
pub(super) enum Arrival {
    /// The subscriber tries to connect.
    Trying,
    /// The subscriber has connected.
    Connected(Established),
    /// A publisher has connected. It is not registered yet.
    Accepted(Transport, SocketAddr),
    /// Somebody has connected whom TLS has not let in.
    Refused(SocketAddr, io::Error),
    /// No connection to the address can be made now.
    Unreachable(Address, io::Error),
    /// No connection can be accepted now. It is tried again soon.
    NotAccepting(io::Error),
}

impl Source {
    /// Begins to connect. [`proceed`](Self::proceed) tells what comes of it.
    pub(super) fn connect(
        address: Address,
        reconnect: ReconnectSettings,
        security: Security,
        io: &mut Io<'_>,
    ) -> (Source, Option<Arrival>) {
        let mut dialer = Box::new(Dialer::new(address, reconnect, security));
        let step = dialer.start(io);
        let arrival = dialed(&dialer, step);
        (Source::Dialer(dialer), arrival)
    }

    /// Begins to accept connections; `None` when the application has changed its mind meanwhile.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen(
        port: ListeningPort,
        security: Security,
        io: &mut Io<'_>,
    ) -> io::Result<Option<Source>> {
        Ok(Acceptor::start(port, security, io)?.map(Source::Acceptor))
    }

    /// A socket that this [owns](Self::owns) is ready: [`proceed`](Self::proceed) tells what comes of it.
    pub(super) fn ready(&mut self, token: Token, io: &mut Io<'_>) {
        if let Source::Acceptor(acceptor) = self {
            acceptor.ready(token, io);
        }
    }

    /// Goes on with connecting, or accepts the next connection.
    pub(super) fn proceed(&mut self, io: &mut Io<'_>) -> Option<Arrival> {
        match self {
            Source::Dialer(dialer) => {
                let step = dialer.proceed(io);
                dialed(dialer, step)
            }
            Source::Acceptor(acceptor) => Some(match acceptor.accept(io)? {
                engine::Arrival::Accepted(transport, address) => Arrival::Accepted(transport, address),
                engine::Arrival::Refused(address, error) => Arrival::Refused(address, error),
                engine::Arrival::NotAccepting(error) => Arrival::NotAccepting(error),
            }),
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        match self {
            Source::Dialer(dialer) => dialer.owns(token),
            Source::Acceptor(acceptor) => acceptor.owns(token),
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Source::Dialer(dialer) => dialer.deadline(),
            Source::Acceptor(acceptor) => acceptor.deadline(),
        }
    }

    /// The publisher that was met is one.
    pub(super) fn proven(&mut self) {
        if let Source::Dialer(dialer) = self {
            dialer.proven();
        }
    }

    /// Plans the next attempt to connect, if there is to be one.
    pub(super) fn retry(&mut self, now: Instant) -> Option<Retry> {
        match self {
            Source::Dialer(dialer) => dialer.retry(now),
            Source::Acceptor(_) => None,
        }
    }

    pub(super) fn listens(&self) -> bool {
        matches!(self, Source::Acceptor(_))
    }

    /// Where the subscriber connects to.
    pub(super) fn remote(&self) -> Option<&Address> {
        match self {
            Source::Dialer(dialer) => Some(dialer.address()),
            Source::Acceptor(_) => None,
        }
    }

    pub(super) fn stop(self, io: &mut Io<'_>) {
        match self {
            Source::Dialer(mut dialer) => dialer.stop(io),
            Source::Acceptor(acceptor) => acceptor.stop(io),
        }
    }
}

fn dialed(dialer: &Dialer, step: Option<io::Result<Established>>) -> Option<Arrival> {
    match step {
        None if dialer.is_trying() => Some(Arrival::Trying),
        None => None,
        Some(Ok(established)) => Some(Arrival::Connected(established)),
        Some(Err(error)) => Some(Arrival::Unreachable(dialer.address().clone(), error)),
    }
}
