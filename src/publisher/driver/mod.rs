//! The publisher on its engine: accepting and making connections, serving those of the first
//! shard, telling the application what happens.

mod outgoing;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::{Receiver, TrySendError};
use mio::Token;

use super::audit::AuditLimiter;
use super::handler::PublisherHandler;
use super::rights::RightsWatch;
use super::server::{Event, Server};
use super::shards::Shared;
use super::{Accepted, LinkRequest, OtherShard, Request, ShardRequest};
use crate::engine::{Acceptor, Arrival, Driver, DriverHandle, Io, ListeningPort, Readiness, Transport};
use crate::error::Error;
use crate::host;
use crate::operator::MessageLimiter;
use crate::rights::{Audit, Peer};
use crate::session::publisher::{ConnectionId, ConnectionInfo, PublisherEvent, UserAnswer};
use crate::session::{Severity, log_message};
use outgoing::Outgoing;

/// Connections that are accepted in one call, before others have their turn.
const ACCEPTED_PER_TURN: usize = 256;

/// One publisher on the first of its loops.
pub(super) struct PublisherDriver {
    requests: Receiver<Request>,
    handler: Box<dyn PublisherHandler>,
    server: Server,
    limiter: MessageLimiter,
    audits: AuditLimiter,
    rights: RightsWatch,
    acceptor: Option<Acceptor>,
    /// Few, so that they are searched.
    outgoing: Vec<Outgoing>,
    others: Vec<OtherShard>,
    /// What the drivers of the other shards tell.
    heard: Receiver<Event>,
    /// Kept to spare its memory.
    events: VecDeque<Event>,
}

impl PublisherDriver {
    pub(super) fn new(
        handler: Box<dyn PublisherHandler>,
        shared: Arc<Shared>,
        requests: Receiver<Request>,
        others: Vec<OtherShard>,
        heard: Receiver<Event>,
    ) -> PublisherDriver {
        PublisherDriver {
            requests,
            handler,
            server: Server::new(shared, 0),
            limiter: MessageLimiter::default(),
            audits: AuditLimiter::default(),
            rights: RightsWatch::default(),
            acceptor: None,
            outgoing: Vec::new(),
            others,
            heard,
            events: VecDeque::new(),
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.server.shared
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Link(LinkRequest::Listen(port)) => self.listen(port, io),
            Request::Link(LinkRequest::ConnectTo(target, reconnect)) => {
                self.connect_to(target, reconnect, io);
            }
            Request::Link(LinkRequest::DisconnectFrom(target)) => self.disconnect_from(target, io),
            Request::Shard(ShardRequest::Stop) => self.stop(io),
            Request::Shard(request) => self.server.handle_request(request, io),
        }
    }

    fn listen(&mut self, port: ListeningPort, io: &mut Io<'_>) {
        match Acceptor::start(port, self.shared().security.clone(), io) {
            Ok(acceptor) => {
                self.acceptor = acceptor;
                self.accept(io);
            }
            Err(error) => self.message(Severity::Error, format!("cannot accept connections: {error}")),
        }
    }

    fn stop(&mut self, io: &mut Io<'_>) {
        if let Some(acceptor) = self.acceptor.take() {
            acceptor.stop(io);
        }
        for mut outgoing in self.outgoing.drain(..) {
            outgoing.dialer.stop(io);
        }
        self.server.stop(io);
    }

    fn accept(&mut self, io: &mut Io<'_>) {
        for _ in 0..ACCEPTED_PER_TURN {
            let arrival = self.acceptor.as_mut().and_then(|acceptor| acceptor.accept(io));
            let Some(arrival) = arrival else { return };
            match arrival {
                Arrival::Accepted(transport, address) => self.accepted(transport, address, io),
                Arrival::Refused(address, error) => {
                    self.audit_unknown(address, &error, io);
                    let text = format!("a connection from {address} was refused: {error}");
                    self.message(Severity::Warning, text);
                }
                Arrival::NotAccepting(error) => {
                    let text = format!("cannot accept a connection now, trying again soon: {error}");
                    self.message(Severity::Error, text);
                }
            }
        }
        // There may be more of them, which are accepted in the next turn.
        io.handle().notify();
    }

    /// Gives a connection to the shard that has the fewest.
    fn accepted(&mut self, transport: Transport, address: SocketAddr, io: &mut Io<'_>) {
        let shard = self.shared().shard_for_another();
        self.shared().shards[shard].connections.fetch_add(1, Ordering::AcqRel);
        let peer = Peer { address, outgoing: false, tls: transport.tls().cloned() };
        let admission = self.handler.admit(&peer);
        let request = ShardRequest::Serve(Box::new(Accepted { transport, address, admission }));
        let Some(other) = shard.checked_sub(1).and_then(|index| self.others.get(index)) else {
            return self.server.handle_request(request, io);
        };
        match other.requests.try_send(request) {
            Ok(()) => other.driver.notify(),
            // Its loop does not keep up, or was given up after a panic.
            Err(TrySendError::Full(request) | TrySendError::Disconnected(request)) => {
                self.shared().shards[shard].connections.fetch_sub(1, Ordering::AcqRel);
                self.shared().shards[0].connections.fetch_add(1, Ordering::AcqRel);
                self.server.handle_request(request, io);
            }
        }
    }

    /// Tells what operators should know of the certificates, when that is due.
    fn tell_notices(&mut self, now: Instant) {
        for notice in self.shared().security.notices(now) {
            self.message(Severity::Warning, notice);
        }
    }

    fn message(&mut self, severity: Severity, text: String) {
        if let Some(text) = self.limiter.pass(text, host::now()) {
            log_message(severity, "sttp::publisher", &text);
            self.handler.message(severity, &text);
        }
    }

    /// Tells the application what happened. No lock is held meanwhile.
    fn tell(&mut self, io: &mut Io<'_>) {
        let mut events = std::mem::take(&mut self.events);
        self.server.take_events(&mut events);
        events.extend(self.heard.try_iter());
        if let Some(missing) = self.shared().unknown_signals.take(host::now()) {
            self.message(Severity::Warning, missing.to_string());
        }
        while let Some(event) = events.pop_front() {
            match event {
                Event::Session(event) => self.tell_event(event, io),
                Event::Message(severity, text) => self.message(severity, text),
                Event::Closed { info, reason } => self.tell_closed(&info, reason, io),
            }
            self.server.take_events(&mut events);
        }
        self.tell_late_audits(io.now());
        self.events = events;
    }

    fn tell_event(&mut self, event: PublisherEvent, io: &Io<'_>) {
        match event {
            PublisherEvent::Connected(info) => {
                self.prove_outgoing(info.id);
                self.handler.connected(&info);
                self.told(info.id, io);
            }
            PublisherEvent::Subscribed(info) => {
                self.handler.subscribed(&info);
                self.shared().tell_subscribed();
            }
            PublisherEvent::Unsubscribed(info) => self.handler.unsubscribed(&info),
            PublisherEvent::Notification { connection, id, confirmed } => {
                self.handler.notification(connection, id, confirmed);
            }
            PublisherEvent::ProcessingInterval { connection, milliseconds } => {
                self.handler.processing_interval(connection, milliseconds);
            }
            PublisherEvent::UserCommand { connection, command, payload } => {
                if !self.handler.user_command(connection, command, &payload) {
                    self.refuse_user_command(connection, command);
                }
            }
            PublisherEvent::Audit(audit) => self.audit(*audit, io.now()),
            PublisherEvent::Message(severity, text) => self.message(severity, text),
        }
    }

    fn refuse_user_command(&mut self, connection: ConnectionId, command: u8) {
        let text = format!("this publisher does not support user command {command}");
        let mut session = self.shared().session_of(connection);
        let answered = session.answer_user_command(connection, command, UserAnswer::Failed(&text));
        drop(session);
        if let Err(reason) = answered {
            log::debug!(target: "sttp::publisher", "user command {command} was not refused: {reason:?}");
        }
        self.notify_shard_of(connection);
    }

    /// Has the loop of a connection look at what is to be done.
    fn notify_shard_of(&self, connection: ConnectionId) {
        match self.shared().shard_of(connection).checked_sub(1) {
            Some(index) => self.others[index].driver.notify(),
            None => self.shared().home.get().into_iter().for_each(DriverHandle::notify),
        }
    }

    /// The application was told of a subscriber, which may ask from now on.
    fn told(&self, connection: ConnectionId, io: &Io<'_>) {
        self.shared().session_of(connection).was_told(connection, io.moment());
        self.notify_shard_of(connection);
    }

    fn audit(&mut self, audit: Audit, now: Instant) {
        self.tell_late_audits(now);
        let most = self.shared().most_audits.load(Ordering::Relaxed);
        if let Some(audit) = self.audits.pass(audit, most, now) {
            self.tell_audit(&audit);
        }
    }

    fn tell_late_audits(&mut self, now: Instant) {
        for audit in self.audits.take_late(now) {
            self.tell_audit(&audit);
        }
    }

    fn tell_audit(&mut self, audit: &Audit) {
        log::info!(target: "sttp::audit", "{audit}");
        self.handler.audit(audit);
    }

    /// Records that somebody was refused of whom nothing is known but the address.
    fn audit_unknown(&mut self, address: SocketAddr, reason: &std::io::Error, io: &Io<'_>) {
        let peer = Peer { address, outgoing: false, tls: None };
        self.audit(Audit::of_stranger(peer, reason.to_string(), io.utc()), io.now());
    }

    /// Looks at the rights file when that is due, and tells what has come of it.
    fn watch_rights(&mut self, io: &Io<'_>) {
        let Some(outcome) = self.rights.proceed(&self.server.shared, io) else { return };
        match outcome {
            Ok(text) => {
                self.message(Severity::Info, text);
                self.others.iter().for_each(|other| other.driver.notify());
                io.handle().notify();
            }
            Err(text) => self.message(Severity::Error, text),
        }
    }

    fn tell_closed(&mut self, info: &ConnectionInfo, reason: Result<(), Error>, io: &mut Io<'_>) {
        if let Err(error) = &reason {
            let direction = if info.outgoing { "to" } else { "from" };
            let text = format!("connection {direction} {} ended: {error}", info.address);
            self.message(Severity::Warning, text);
        }
        // A subscriber that never told its operational modes was never announced.
        if info.version.is_some() {
            self.handler.disconnected(info, reason.as_ref().copied());
        }
        if info.outgoing {
            self.outgoing_ended(info, reason.err(), io);
        }
    }

    /// Tells what happened, which may lead to more, and sends what there is to send.
    fn finish_call(&mut self, io: &mut Io<'_>) {
        self.server.drain(io);
        self.tell(io);
        self.server.pump(io);
        self.tell(io);
        self.server.plan_turn(io);
    }
}

impl Driver for PublisherDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle_request(request, io);
        }
        if self.server.is_to_end() {
            self.stop(io);
        }
        self.watch_rights(io);
        if self.server.has_more_to_do()
            && let Some(acceptor) = &mut self.acceptor
        {
            acceptor.look();
        }
        self.accept(io);
        self.dial_all(io);
        self.server.serve_commands(io);
        self.finish_call(io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        if let Some(acceptor) = self.acceptor.as_mut().filter(|acceptor| acceptor.owns(token)) {
            acceptor.ready(token, io);
            self.accept(io);
        } else if !self.server.ready(token, readiness, io) {
            self.dial_ready(token, io);
        }
        self.server.drain(io);
        self.tell(io);
        // What is published is sent when every socket had its turn.
        io.handle().notify();
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.accept(io);
        self.tell_notices(io.now());
        self.watch_rights(io);
        self.dial_all(io);
        self.server.timeout(io);
        self.finish_call(io);
    }

    fn deadline(&self) -> Option<Instant> {
        let accepting = self.acceptor.as_ref().and_then(Acceptor::deadline);
        let dialing = self.outgoing.iter().filter_map(|outgoing| outgoing.dialer.deadline());
        let notices = self.shared().security.deadline();
        let unknown = self.shared().unknown_signals.deadline(host::now());
        let (rights, audits) = (self.rights.deadline(), self.audits.deadline());
        let own = [self.server.deadline(), accepting, notices, unknown, rights, audits];
        own.into_iter().flatten().chain(dialing).min()
    }

    fn finished(&self) -> bool {
        self.server.is_finished()
    }
}

/// After a panic of the handler the engine drops the driver; publishers must not wait for ever, and
/// the other shards have nobody to tell any more.
impl Drop for PublisherDriver {
    fn drop(&mut self) {
        self.shared().dropped.store(true, Ordering::Release);
        self.shared().stop();
        self.others.iter().for_each(|other| other.driver.notify());
    }
}
