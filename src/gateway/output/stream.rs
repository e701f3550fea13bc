//! One stream on its engine: its clients, its targets.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use mio::Token;
use slotmap::SecondaryMap;

use super::feed::Change;
use super::handler::OutputHandler;
use super::plan::Plan;
use super::targets::Targets;
use super::{Shared, StreamId};
use crate::c37118::Configuration;
use crate::c37118::server::{ClientKey, ServerCounters, ServerOutput, ServerSession};
use crate::engine::pump::{self, ReadEnd, Sending};
use crate::engine::{
    Acceptor, Arrival, DatagramReceiver, DatagramSender, Io, Readiness, Security, Transport,
};
use crate::operator::{MessageLimiter, log_message};
use crate::session::{Moment, SendQueue, Severity};

/// Reads of one turn from one client, and datagrams.
const READS_PER_TURN: usize = 4;
const DATAGRAMS_PER_TURN: usize = 64;

/// A stream that is served.
pub(super) struct Stream {
    pub(super) id: StreamId,
    plan: Arc<Plan>,
    shared: Arc<Shared>,
    session: ServerSession,
    acceptor: Option<Acceptor>,
    clients: SecondaryMap<ClientKey, Client>,
    tokens: HashMap<Token, ClientKey>,
    targets: Targets,
    /// Where commands by UDP arrive, and what datagrams are sent from: one for each kind of address, if need be.
    datagrams: Vec<Datagrams>,
    /// What sends to groups.
    groups: HashMap<SocketAddr, DatagramSender>,
    limiter: MessageLimiter,
    /// When measurements become frames.
    feed_deadline: Option<Instant>,
    pub(super) configuration: Option<Arc<Configuration>>,
}

/// A client by TCP.
struct Client {
    transport: Transport,
    token: Token,
    address: SocketAddr,
}

/// Sends and receives datagrams.
struct Datagrams {
    socket: DatagramReceiver,
    token: Token,
    local: IpAddr,
}

/// What waits for a client.
struct ClientQueue<'a> {
    session: &'a mut ServerSession,
    key: ClientKey,
    now: Moment,
}

impl Sending for ClientQueue<'_> {
    fn queue(&self) -> Option<&SendQueue> {
        self.session.queue(self.key)
    }

    fn sent(&mut self, count: usize) {
        self.session.sent(self.key, count, self.now);
    }
}

impl Stream {
    pub(super) fn start(id: StreamId, plan: Arc<Plan>, shared: Arc<Shared>, io: &mut Io<'_>) -> Stream {
        let targets = Targets::new(&plan.targets, io);
        let mut stream = Stream {
            id,
            session: ServerSession::new(plan.setup.session),
            plan,
            shared,
            acceptor: None,
            clients: SecondaryMap::new(),
            tokens: HashMap::new(),
            targets,
            datagrams: Vec::new(),
            groups: HashMap::new(),
            limiter: MessageLimiter::default(),
            feed_deadline: None,
            configuration: None,
        };
        stream.open(io);
        stream
    }

    fn open(&mut self, io: &mut Io<'_>) {
        let now = io.moment();
        let header = self.plan.setup.header_text.clone();
        if !header.is_empty()
            && let Err(error) = self.session.set_header(header.into_bytes(), now)
        {
            self.message(Severity::Error, format!("The header frame cannot be told: {error}"), now);
        }
        if let Some(port) = &self.plan.port {
            let security = Security::default();
            security.set_access(self.plan.setup.access.clone());
            match Acceptor::start(port.clone(), security, io) {
                Ok(acceptor) => self.acceptor = acceptor,
                Err(error) => {
                    self.message(Severity::Error, format!("Clients cannot be accepted: {error}"), now)
                }
            }
        }
        if let Some(port) = self.plan.setup.udp_port {
            let local = self.plan.setup.interface.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
            self.open_datagrams(SocketAddr::new(local, port), io);
        }
        self.proceed(io);
    }

    /// Where datagrams to a target are sent from.
    fn local_to(&self, target: SocketAddr) -> IpAddr {
        self.plan.setup.interface.unwrap_or(match target {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        })
    }

    fn open_datagrams(&mut self, local: SocketAddr, io: &mut Io<'_>) {
        let opened = DatagramReceiver::bind(local, None, 0).and_then(|mut socket| {
            socket.keep_refusals();
            let token = io.register(&mut socket)?;
            Ok(Datagrams { socket, token, local: local.ip() })
        });
        match opened {
            Ok(opened) => self.datagrams.push(opened),
            Err(error) => {
                let text = format!("No datagrams can be sent or received on {local}: {error}");
                self.message(Severity::Error, text, io.moment());
            }
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.tokens.contains_key(&token)
            || self.datagrams.iter().any(|own| own.token == token)
            || self.acceptor.as_ref().is_some_and(|acceptor| acceptor.owns(token))
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let accepting = self.acceptor.as_ref().and_then(Acceptor::deadline);
        [accepting, self.session.deadline(), self.targets.deadline(), self.feed_deadline]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn counters(&self) -> ServerCounters {
        self.session.counters()
    }

    /// Begins to make the stream of the metadata that there are now.
    pub(super) fn make(&self, io: &Io<'_>) {
        self.shared.feeds().make(self.id, io.utc(), |work| io.elsewhere().run(work));
    }

    /// Goes on with that. True when it is made.
    pub(super) fn proceed_with_making(&mut self, io: &mut Io<'_>) -> bool {
        let now = io.moment();
        let session = &mut self.session;
        let mut failure = None;
        let change = self.shared.feeds().proceed(self.id, now, |frame| {
            failure = session.publish(frame, now).err().or(failure.take());
        });
        let is_made = change.is_some();
        if self.shared.feeds().is_outdated(self.id) {
            self.make(io);
        }
        match change {
            None | Some(Change::Signals) => {}
            Some(Change::Configuration(configuration, long)) => {
                match self.session.set_configurations(&configuration, &long, now) {
                    Ok(()) => {
                        self.configuration = Some(Arc::clone(&configuration));
                        self.handler(|handler, id| handler.configuration(id, &configuration));
                        let text = format!(
                            "The stream has {} PMUs and {} frames per second.",
                            configuration.pmus.len(),
                            configuration.frames_per_second()
                        );
                        self.message(Severity::Info, text, now);
                    }
                    Err(error) => {
                        self.message(Severity::Error, format!("The stream cannot be described: {error}"), now)
                    }
                }
            }
            Some(Change::Refused(reason)) => {
                self.message(
                    Severity::Warning,
                    format!("The stream is not made of the metadata: {reason}"),
                    now,
                );
            }
        }
        if let Some(error) = failure {
            self.message(Severity::Error, format!("A frame cannot be sent: {error}"), now);
        }
        is_made
    }

    /// Sends the frames that are complete or due.
    pub(super) fn poll(&mut self, io: &mut Io<'_>) {
        let now = io.moment();
        let (session, relays) = (&mut self.session, self.plan.relays());
        let mut failure = None;
        let mut feeds = self.shared.feeds();
        self.feed_deadline = feeds.poll(self.id, now, |frame| {
            let sent = if relays { session.pass_on(frame, now) } else { session.publish(frame, now) };
            failure = sent.err().or(failure.take());
        });
        let relayed = feeds.relayed_configuration(self.id).cloned();
        drop(feeds);
        if let Some(configuration) = relayed
            && self.configuration.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &configuration))
        {
            self.configuration = Some(Arc::clone(&configuration));
            self.handler(|handler, id| handler.configuration(id, &configuration));
        }
        if let Some(error) = failure {
            self.message(Severity::Error, format!("A frame cannot be sent: {error}"), now);
        }
        let notice = self.shared.feeds().take_notice(self.id, now);
        if let Some(text) = notice {
            self.message(Severity::Warning, text, now);
        }
    }

    /// Goes on with accepting clients and looking for targets.
    pub(super) fn proceed(&mut self, io: &mut Io<'_>) {
        let now = io.moment();
        while let Some(arrival) = self.acceptor.as_mut().and_then(|acceptor| acceptor.accept(io)) {
            match arrival {
                Arrival::Accepted(transport, address) => self.accepted(transport, address, io),
                Arrival::Refused(address, error) => {
                    self.message(
                        Severity::Warning,
                        format!("A connection from {address} was refused: {error}"),
                        now,
                    );
                }
                Arrival::NotAccepting(error) => {
                    self.message(
                        Severity::Error,
                        format!("Cannot accept a connection now, trying again soon: {error}"),
                        now,
                    );
                }
            }
        }
        let mut failures = Vec::new();
        if let Some(found) = self.targets.proceed(io, |failure| failures.push(failure)) {
            self.session.set_targets(found, now);
        }
        failures.into_iter().for_each(|failure| self.message(Severity::Error, failure, now));
    }

    /// The deadline has passed.
    pub(super) fn timeout(&mut self, io: &mut Io<'_>) {
        if self.session.deadline().is_some_and(|deadline| deadline <= io.now()) {
            self.session.handle_timeout(io.moment());
        }
        self.proceed(io);
    }

    /// A socket of the stream is ready.
    pub(super) fn ready(&mut self, token: Token, readiness: Readiness, io: &mut Io<'_>) {
        if let Some(key) = self.tokens.get(&token).copied() {
            if readiness.writable {
                self.write(key, io);
            }
            if readiness.readable {
                self.read(key, io);
            }
        } else if let Some(place) = self.datagrams.iter().position(|own| own.token == token) {
            self.read_datagrams(place, io);
        } else {
            self.acceptor.iter_mut().for_each(|acceptor| acceptor.ready(token, io));
            self.proceed(io);
        }
    }

    fn accepted(&mut self, mut transport: Transport, address: SocketAddr, io: &mut Io<'_>) {
        let now = io.moment();
        // Who is one too many is closed, which the session tells.
        let Ok(key) = self.session.accepted(address, now) else { return };
        match io.register(&mut transport) {
            Ok(token) => {
                self.tokens.insert(token, key);
                self.clients.insert(key, Client { transport, token, address });
                self.handler(|handler, id| handler.client_connected(id, address));
            }
            Err(error) => {
                self.session.closed(key);
                self.message(
                    Severity::Error,
                    format!("A connection from {address} cannot be served: {error}"),
                    now,
                );
            }
        }
    }

    fn read(&mut self, key: ClientKey, io: &mut Io<'_>) {
        let now = io.moment();
        let Some(client) = self.clients.get_mut(key) else { return };
        let (session, transport) = (&mut self.session, &mut client.transport);
        let end = pump::read(
            io,
            client.token,
            READS_PER_TURN,
            |buffer| transport.read(buffer),
            |bytes| -> ControlFlow<()> {
                session.receive(key, bytes, now);
                ControlFlow::Continue(())
            },
        );
        match end {
            ReadEnd::Pausing | ReadEnd::Stopped(()) => {}
            ReadEnd::PeerEnded => self.lost(key, "it has closed the connection", io),
            ReadEnd::Failed(error) => self.lost(key, &error.to_string(), io),
        }
    }

    fn write(&mut self, key: ClientKey, io: &mut Io<'_>) {
        let now = io.moment();
        let Some(client) = self.clients.get_mut(key) else { return };
        let mut queue = ClientQueue { session: &mut self.session, key, now };
        if let Err(error) = pump::write(&mut queue, &mut client.transport, usize::MAX) {
            self.lost(key, &error.to_string(), io);
        }
    }

    /// The connection of a client has ended.
    fn lost(&mut self, key: ClientKey, reason: &str, io: &mut Io<'_>) {
        self.session.closed(key);
        self.close(key, reason, io);
    }

    fn close(&mut self, key: ClientKey, reason: &str, io: &mut Io<'_>) {
        let Some(Client { transport, token, address }) = self.clients.remove(key) else { return };
        self.tokens.remove(&token);
        io.discard(transport, token);
        self.handler(|handler, id| handler.client_disconnected(id, address, reason));
    }

    fn read_datagrams(&mut self, place: usize, io: &mut Io<'_>) {
        let now = io.moment();
        let Datagrams { socket, token, .. } = &mut self.datagrams[place];
        while let Some(address) = socket.take_refusal() {
            self.session.datagram_refused(address, now);
        }
        let mut datagrams = 0;
        while datagrams < DATAGRAMS_PER_TURN {
            let piece = match socket.receive(io.scratch()) {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The system tells of one datagram; others will come.
                Err(_) => break,
            };
            datagrams += piece.count();
            for datagram in piece.datagrams(&io.scratch()[..piece.length]) {
                self.session.receive_datagram(piece.from, datagram, now);
            }
        }
        io.again(*token);
    }

    /// Does what the session wants.
    pub(super) fn drain(&mut self, io: &mut Io<'_>) {
        let now = io.moment();
        while let Some(output) = self.session.poll() {
            match output {
                ServerOutput::Send(key) => self.write(key, io),
                ServerOutput::SendDatagram { target, frame } => self.send_datagram(target, &frame, io),
                ServerOutput::Close { client, reason } => self.close(client, &reason, io),
                ServerOutput::Command { command, .. } => {
                    self.handler(|handler, id| handler.command(id, &command))
                }
                ServerOutput::Message { severity, text } => self.message(severity, text, now),
            }
        }
    }

    fn send_datagram(&mut self, target: SocketAddr, frame: &[u8], io: &mut Io<'_>) {
        let now = io.moment();
        let sent = if target.ip().is_multicast() {
            self.send_to_group(target, frame)
        } else {
            self.send_to_host(target, frame, io)
        };
        if let Err(error) = sent {
            self.session.datagram_failed(target, &error, now);
        }
    }

    fn send_to_host(&mut self, target: SocketAddr, frame: &[u8], io: &mut Io<'_>) -> io::Result<()> {
        let local = self.local_to(target);
        let find = |all: &[Datagrams]| all.iter().position(|one| one.local == local);
        if find(&self.datagrams).is_none() {
            self.open_datagrams(SocketAddr::new(local, 0), io);
        }
        match find(&self.datagrams) {
            Some(place) => self.datagrams[place].socket.send_to(frame, target),
            None => Err(io::Error::other("there is no socket for it")),
        }
    }

    fn send_to_group(&mut self, target: SocketAddr, frame: &[u8]) -> io::Result<()> {
        if let Some(sender) = self.groups.get(&target) {
            return sender.send(frame);
        }
        let local = SocketAddr::new(self.local_to(target), 0);
        let sender = DatagramSender::open(local, target, Some(self.plan.setup.multicast_ttl))?;
        let sent = sender.send(frame);
        self.groups.insert(target, sender);
        sent
    }

    /// The application does not want it any more.
    pub(super) fn end(mut self, io: &mut Io<'_>) {
        if let Some(acceptor) = self.acceptor.take() {
            acceptor.stop(io);
        }
        let keys: Vec<ClientKey> = self.clients.keys().collect();
        for key in keys {
            self.lost(key, "the stream was ended", io);
        }
        for Datagrams { socket, token, .. } in self.datagrams {
            io.discard(socket, token);
        }
    }

    fn handler(&self, tell: impl FnOnce(&mut dyn OutputHandler, StreamId)) {
        tell(&mut **self.shared.handler(), self.id);
    }

    fn message(&mut self, severity: Severity, text: String, now: Moment) {
        if let Some(text) = self.limiter.pass(text, now.instant) {
            log_message(severity, "sttp::gateway", &text);
            self.handler(|handler, id| handler.message(Some(id), severity, &text));
        }
    }
}
