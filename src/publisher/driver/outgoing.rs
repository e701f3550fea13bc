//! Connections that the publisher makes itself, to subscribers that listen.

use std::io;

use mio::Token;

use super::PublisherDriver;
use crate::engine::{Dialer, Established, Io, unreachable};
use crate::error::Error;
use crate::publisher::{ReconnectSettings, Target, TargetId};
use crate::rights::Peer;
use crate::session::Severity;
use crate::session::publisher::{ConnectionId, ConnectionInfo};

/// The way to a subscriber that the publisher connects to.
pub(super) struct Outgoing {
    pub(super) target: Target,
    pub(super) dialer: Dialer,
    connection: Option<ConnectionId>,
}

impl PublisherDriver {
    pub(super) fn connect_to(&mut self, target: Target, reconnect: ReconnectSettings, io: &mut Io<'_>) {
        let dialer = Dialer::new(target.address.clone(), reconnect, self.shared().security.clone());
        self.outgoing.push(Outgoing { target, dialer, connection: None });
        self.dial(self.outgoing.len() - 1, Dialer::start, io);
    }

    pub(super) fn disconnect_from(&mut self, target: TargetId, io: &mut Io<'_>) {
        let Some(index) = self.outgoing.iter().position(|outgoing| outgoing.target.id == target) else {
            return; // It was given up meanwhile.
        };
        let mut outgoing = self.outgoing.remove(index);
        outgoing.dialer.stop(io);
        if let Some(id) = outgoing.connection {
            self.server.end(id);
        }
    }

    /// Lets all dialers go on, the last first, because one that gives up is removed.
    pub(super) fn dial_all(&mut self, io: &mut Io<'_>) {
        for index in (0..self.outgoing.len()).rev() {
            self.dial(index, Dialer::proceed, io);
        }
    }

    /// Lets the dialer to which a socket belongs go on, if there is one.
    pub(super) fn dial_ready(&mut self, token: Token, io: &mut Io<'_>) {
        if let Some(index) = self.outgoing.iter().position(|outgoing| outgoing.dialer.owns(token)) {
            self.dial(index, Dialer::proceed, io);
        }
    }

    /// Lets a dialer take a step, and acts on what has come of it.
    fn dial(&mut self, index: usize, step: Step, io: &mut Io<'_>) {
        let Some(outgoing) = self.outgoing.get_mut(index) else { return };
        match step(&mut outgoing.dialer, io) {
            None => {}
            Some(Ok(established)) => {
                let Established { transport, token, address } = &established;
                let (token, address) = (*token, *address);
                let peer = Peer { address, outgoing: true, tls: transport.tls().cloned() };
                let admission = self.handler.admit(&peer);
                outgoing.connection = Some(self.server.connected(established, admission, io));
                // What told of the connection may have told of the first bytes, too.
                io.again(token);
                self.message(Severity::Info, format!("connected to {address}"));
            }
            Some(Err(source)) => {
                let error = unreachable(&outgoing.target.address, "subscriber", source);
                self.message(Severity::Error, error.to_string());
                self.dial_later(index, &error, io);
            }
        }
    }

    /// A subscriber has shown that it is one.
    pub(super) fn prove_outgoing(&mut self, id: ConnectionId) {
        if let Some(outgoing) = self.outgoing.iter_mut().find(|outgoing| outgoing.connection == Some(id)) {
            outgoing.dialer.proven();
        }
    }

    /// A connection that the publisher made has ended.
    pub(super) fn outgoing_ended(&mut self, info: &ConnectionInfo, error: Option<Error>, io: &mut Io<'_>) {
        let ended = self.outgoing.iter().position(|outgoing| outgoing.connection == Some(info.id));
        // None when the application wanted the end.
        let Some(index) = ended else { return };
        self.outgoing[index].connection = None;
        let error = error.unwrap_or_else(|| self.closed_by_subscriber(info));
        self.dial_later(index, &error, io);
    }

    fn closed_by_subscriber(&mut self, info: &ConnectionInfo) -> Error {
        let address = info.address;
        let (severity, text) = match info.version {
            Some(_) => (Severity::Info, format!("the subscriber at {address} closed the connection")),
            None => {
                let text = format!(
                    "{address} closed the connection at once; check that it is a subscriber, and that no other \
                     publisher is connected with it"
                );
                (Severity::Warning, text)
            }
        };
        self.message(severity, text.clone());
        Error::Closed(text)
    }

    /// Plans the next attempt, or gives up, and says so.
    fn dial_later(&mut self, index: usize, error: &Error, io: &mut Io<'_>) {
        let outgoing = &mut self.outgoing[index];
        let address = outgoing.target.address.to_string();
        if let Some(retry) = outgoing.dialer.retry(io.now()) {
            return self.handler.reconnecting(&address, retry.attempt, retry.delay);
        }
        let given_up = self.outgoing.remove(index).target.id;
        self.shared().links().targets.retain(|target| target.id != given_up);
        self.message(
            Severity::Error,
            format!("gave up connecting to {address}; connect again when it listens"),
        );
        self.handler.gave_up(&address, error);
    }
}

type Step = fn(&mut Dialer, &mut Io<'_>) -> Option<io::Result<Established>>;
