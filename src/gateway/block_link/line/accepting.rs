//! Connections to a link that listens.

use std::time::{Duration, Instant};

use crate::engine::{Arrival, Established, Io};
use crate::error::Error;
use crate::gateway::block_link::LinkState;
use crate::gateway::block_link::port::Port;
use crate::operator::Severity;

use super::{Line, PEER, Way};

/// A connection over which nothing was agreed for so long gives way to another one.
const TIME_TO_AGREE: Duration = Duration::from_secs(1);

impl Line {
    /// Takes the connections that have come: one at a time is used.
    pub(super) fn accept(&mut self, io: &mut Io<'_>) {
        loop {
            let Way::Acceptor(Some(acceptor)) = &mut self.way else { return };
            let Some(arrival) = acceptor.accept(io) else { return };
            match arrival {
                Arrival::Accepted(transport, address) if self.is_taken(io.now()) => {
                    drop(transport);
                    let text = format!("A connection from {address} was closed: the link has one already.");
                    self.message(Severity::Warning, text, io.now());
                }
                Arrival::Accepted(mut transport, address) => match io.register(&mut transport) {
                    Ok(token) => {
                        if self.port.is_some() {
                            let text = format!(
                                "nothing was agreed over the connection of the {PEER}, and it gives way to one from {address}"
                            );
                            self.lost(&Error::NotConnected(text), io);
                        }
                        let made = Box::new(Established { transport, token, address });
                        self.begin(Port::Stream(made), address.to_string(), io);
                    }
                    Err(error) => {
                        let text = format!("A connection from {address} cannot be used: {error}");
                        self.message(Severity::Warning, text, io.now());
                    }
                },
                Arrival::Refused(address, error) => {
                    let text = format!("A connection from {address} was refused: {error}");
                    self.message(Severity::Warning, text, io.now());
                }
                Arrival::NotAccepting(error) => {
                    let text = format!("No connection can be accepted now: {error}");
                    self.message(Severity::Warning, text, io.now());
                }
            }
        }
    }

    /// Whether there is a connection that another one cannot take the place of.
    fn is_taken(&self, now: Instant) -> bool {
        let has_agreed = self.state == LinkState::Running;
        self.is_securing() || self.port.is_some() && (has_agreed || now < self.opened_at + TIME_TO_AGREE)
    }
}
