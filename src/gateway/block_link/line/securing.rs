//! TLS on a link whose sides have agreed on it.

use std::io;

use crate::engine::{Established, Io, Upgrade, tell_secured};
use crate::error::Error;
use crate::gateway::block_link::port::Port;
use crate::operator::Severity;
use crate::settings::LinkPlace;

use super::{Line, PEER};

/// TLS was agreed: its handshake begins when all is sent that was to be sent before.
pub(super) struct Starting {
    pub(super) as_client: bool,
    /// What came already, and belongs to the handshake.
    pub(super) received: Vec<u8>,
}

/// A handshake on the connection of a link, or the end of one that has failed.
pub(super) struct Securing {
    pub(super) upgrade: Upgrade,
    as_client: bool,
}

impl Line {
    /// Begins the handshake, if one is to begin and nothing is to be sent before it.
    pub(super) fn begin_securing(&mut self, io: &mut Io<'_>) {
        if self.starting.is_none() || !self.pending.is_empty() {
            return;
        }
        let Some(Port::Stream(made)) = self.port.take_if(|port| matches!(port, Port::Stream(_))) else {
            return;
        };
        let Some(Starting { as_client, received }) = self.starting.take() else { return };
        let server = match &self.plan.place {
            LinkPlace::Connect(address) => address.clone(),
            _ => Upgrade::address_of(&made),
        };
        let client_of = as_client.then_some(&server);
        let (upgrade, outcome) = Upgrade::begin(*made, client_of, received, &self.plan.security, io);
        if let Some(before) = self.securing.replace(Securing { upgrade, as_client }) {
            before.upgrade.discard(io);
        }
        self.secured(outcome, io);
    }

    /// Goes on with the handshake.
    pub(super) fn go_on_securing(&mut self, io: &mut Io<'_>) {
        let Some(securing) = &mut self.securing else { return };
        let outcome = securing.upgrade.proceed(io);
        self.secured(outcome, io);
    }

    /// What has come of the handshake, if it is known.
    fn secured(&mut self, outcome: Option<io::Result<Established>>, io: &mut Io<'_>) {
        let as_client = self.securing.as_ref().is_some_and(|securing| securing.as_client);
        self.securing.take_if(|securing| securing.upgrade.is_over());
        match outcome {
            None => {}
            Some(Ok(made)) => {
                self.tls = made.transport.tls().cloned();
                let mut told = Vec::new();
                if let Some(details) = &self.tls {
                    tell_secured(details, made.address, |severity, text| told.push((severity, text)));
                }
                told.into_iter().for_each(|(severity, text)| self.message(severity, text, io.now()));
                self.port = Some(Port::Stream(Box::new(made)));
                self.session.secured(as_client, io.moment());
                // What the other side said right behind its part of the handshake the socket does not tell of again.
                self.read(io);
                self.settle(io);
            }
            Some(Err(error)) => {
                let context = format!("the {PEER} over {} cannot be secured", self.plan.address());
                self.lost(&Error::io(context, error), io);
            }
        }
    }

    /// Whether a handshake is under way.
    pub(super) fn is_securing(&self) -> bool {
        self.securing.as_ref().is_some_and(|securing| securing.upgrade.is_under_way())
    }

    /// Gives up the handshake, also the end of one that has failed.
    pub(super) fn stop_securing(&mut self, io: &mut Io<'_>) {
        self.starting = None;
        if let Some(securing) = self.securing.take() {
            securing.upgrade.discard(io);
        }
    }

    /// Tells operators what they should know of certificates.
    pub(super) fn tell_notices(&mut self, io: &Io<'_>) {
        for notice in self.plan.security.notices(io.now()) {
            self.message(Severity::Warning, notice, io.now());
        }
    }
}
