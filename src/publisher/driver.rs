//! The publisher on its engine: accepting, serving connections, sending what is published.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::Receiver;
use hashbrown::HashMap;
use mio::Token;

use super::batches::{Batch, Content};
use super::datagrams::DataSockets;
use super::handler::PublisherHandler;
use super::outgoing::Outgoing;
use super::{Request, STOP_GRACE, Shared};
use crate::codec::RawMeasurement;
use crate::engine::{Acceptor, Driver, Io, ListeningPort, Readiness, Transport};
use crate::error::Error;
use crate::session::message_limiter::MessageLimiter;
use crate::session::publisher::{Catalog, CloseReason, ConnectionId, PublisherEvent, UserAnswer};
use crate::session::{Moment, PublisherSession, Severity, log_message};

/// Reads of one connection in one turn.
const READS_PER_TURN: usize = 4;
/// Measurements encoded before what they gave is sent.
const MEASUREMENTS_PER_ROUND: usize = 1 << 16;
/// Rounds of one turn, so that publishing does not keep the loop from reading.
const ROUNDS_PER_TURN: usize = 16;

/// One publisher on its engine.
pub(super) struct PublisherDriver {
    requests: Receiver<Request>,
    pub(super) shared: Arc<Shared>,
    pub(super) handler: Box<dyn PublisherHandler>,
    limiter: MessageLimiter,
    acceptor: Option<Acceptor>,
    /// Few, so that they are searched.
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) peers: HashMap<ConnectionId, Peer>,
    pub(super) data_sockets: DataSockets,
    connections: HashMap<Token, ConnectionId>,
    /// Connections whose queues grew, kept to spare its memory.
    changed: Vec<ConnectionId>,
    /// When ending connections have to be gone, soonest first.
    endings: VecDeque<(Instant, ConnectionId)>,
    finished: bool,
}

/// The transport of one connection.
pub(super) struct Peer {
    pub(super) transport: Transport,
    token: Token,
    /// Why the connection ends, once it is to end.
    ending: Option<Result<(), String>>,
    /// Everything was sent and the peer told so; what is left is to see it close.
    write_side_closed: bool,
}

impl PublisherDriver {
    pub(super) fn new(
        handler: Box<dyn PublisherHandler>,
        shared: Arc<Shared>,
        requests: Receiver<Request>,
    ) -> PublisherDriver {
        PublisherDriver {
            requests,
            shared,
            handler,
            limiter: MessageLimiter::default(),
            acceptor: None,
            outgoing: Vec::new(),
            peers: HashMap::new(),
            data_sockets: DataSockets::default(),
            connections: HashMap::new(),
            changed: Vec::new(),
            endings: VecDeque::new(),
            finished: false,
        }
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Listen(port) => self.listen(port, io),
            Request::ConnectTo(target, reconnect) => self.connect_to(target, reconnect, io),
            Request::DisconnectFrom(target) => self.disconnect_from(target, io),
            Request::Stop => self.stop(io),
            Request::UseCatalog(catalog) => {
                let mut events = Vec::new();
                self.shared.session().set_catalog(catalog, moment(io), &mut events);
                self.tell(events);
            }
            Request::Disconnect(id) => self.end(id, Ok(()), io),
        }
    }

    fn listen(&mut self, port: ListeningPort, io: &mut Io<'_>) {
        match Acceptor::start(port, io) {
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
        // What was published before the stop goes out before the end does.
        self.pump(io);
        let ids: Vec<ConnectionId> = self.peers.keys().copied().collect();
        for id in ids {
            self.end(id, Ok(()), io);
        }
    }

    fn accept(&mut self, io: &mut Io<'_>) {
        while let Some(acceptor) = &mut self.acceptor {
            match acceptor.accept() {
                Ok(None) => return,
                Ok(Some((transport, address))) => self.accepted(transport, address, io),
                Err(error) => {
                    let text = format!("cannot accept a connection now, trying again soon: {error}");
                    return self.message(Severity::Error, text);
                }
            }
        }
    }

    fn accepted(&mut self, mut transport: Transport, address: SocketAddr, io: &mut Io<'_>) {
        match io.register(&mut transport) {
            Ok(token) => {
                let id = self.shared.session().open(address, moment(io));
                self.serve(id, transport, token);
            }
            Err(error) => self.message(Severity::Error, format!("cannot serve {address}: {error}")),
        }
    }

    pub(super) fn serve(&mut self, id: ConnectionId, transport: Transport, token: Token) {
        self.connections.insert(token, id);
        self.peers.insert(id, Peer { transport, token, ending: None, write_side_closed: false });
    }

    fn tell_pending(&mut self) {
        let events = self.shared.session().take_events();
        self.tell(events);
    }

    /// Tells the application what happened. No lock is held meanwhile.
    fn tell(&mut self, events: Vec<PublisherEvent>) {
        for event in events {
            let subscribed = self.shared.session().connection_counts().1;
            self.shared.subscribed.store(subscribed, Ordering::Release);
            match event {
                PublisherEvent::Connected(info) => {
                    self.prove_outgoing(info.id);
                    self.handler.connected(&info);
                }
                PublisherEvent::Subscribed(info) => self.handler.subscribed(&info),
                PublisherEvent::Unsubscribed(info) => self.handler.unsubscribed(&info),
                PublisherEvent::Notification { connection, id, confirmed } => {
                    self.handler.notification(connection, id, confirmed);
                }
                PublisherEvent::UserCommand { connection, command, payload } => {
                    if !self.handler.user_command(connection, command, &payload) {
                        self.refuse_user_command(connection, command);
                    }
                }
                PublisherEvent::Message(severity, text) => self.message(severity, text),
            }
        }
    }

    fn refuse_user_command(&mut self, connection: ConnectionId, command: u8) {
        let text = format!("this publisher does not support user command {command}");
        let answered =
            self.shared.session().answer_user_command(connection, command, UserAnswer::Failed(&text));
        if let Err(reason) = answered {
            log::debug!(target: "sttp::publisher", "user command {command} was not refused: {reason:?}");
        }
    }

    pub(super) fn message(&mut self, severity: Severity, text: String) {
        if let Some(text) = self.limiter.pass(text, Instant::now()) {
            log_message(severity, "sttp::publisher", &text);
            self.handler.message(severity, &text);
        }
    }

    fn read(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        for _ in 0..READS_PER_TURN {
            let Some(peer) = self.peers.get_mut(&id) else { return };
            let count = match peer.transport.read(io.scratch()) {
                Ok(0) => return self.close(id, Ok(()), io),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => return self.close(id, Err(connection_error(error)), io),
            };
            if peer.ending.is_some() {
                continue;
            }
            let (now, mut events) = (moment(io), Vec::new());
            let received = self.shared.session().receive(id, &io.scratch()[..count], now, &mut events);
            self.tell(events);
            if let Err(reason) = received {
                return self.end(id, Err(reason.to_string()), io);
            }
        }
        if let Some(peer) = self.peers.get(&id) {
            io.again(peer.token);
        }
    }

    /// Encodes what was published and sends as much as the transports take.
    fn pump(&mut self, io: &mut Io<'_>) {
        self.serve_history(moment(io));
        for _ in 0..ROUNDS_PER_TURN {
            let published = self.publish_round(moment(io));
            self.tell_pending();
            self.send_changed(io);
            if !published {
                return;
            }
        }
        io.handle().notify();
    }

    /// False when nothing waits to be published, or subscribers have to take something first.
    fn publish_round(&mut self, now: Moment) -> bool {
        let mut session = self.shared.session();
        let mut size = 0;
        while size < MEASUREMENTS_PER_ROUND && session.has_room() {
            let Some(Batch { content, catalog }) = self.shared.batches.pop() else { break };
            size += content.size();
            match content {
                Content::Measurements(points) => {
                    let points = in_catalog(points, &catalog, session.catalog());
                    session.publish(&points, now);
                    self.shared.batches.recycle(points);
                }
                Content::BufferBlock { row, bytes, confirm } => {
                    if let Some(row) = row_in_catalog(row, &catalog, session.catalog()) {
                        session.send_buffer_block(row, &bytes, confirm, now);
                    }
                }
            }
        }
        session.finish_packets();
        size > 0
    }

    fn send_changed(&mut self, io: &mut Io<'_>) {
        let mut changed = std::mem::take(&mut self.changed);
        self.shared.session().take_changed(&mut changed);
        for id in &changed {
            self.send(*id, io);
        }
        self.changed = changed;
        self.send_datagrams();
        if self.shared.batches.awaits_done() && self.shared.session().is_flushed() {
            self.shared.batches.done();
        }
    }

    fn send(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let sent = send_queue(&mut peer.transport, id, &mut self.shared.session(), moment(io));
        match sent {
            Ok(false) => {}
            Ok(true) => self.everything_sent(id, io),
            Err(error) => self.close(id, Err(connection_error(error)), io),
        }
    }

    fn everything_sent(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        let closing = self.shared.session().closing(id).map(ToString::to_string);
        if let Some(reason) = closing {
            self.begin_ending(id, Err(reason), io.now());
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.ending.is_some() && !std::mem::replace(&mut peer.write_side_closed, true) {
            // The peer closes when it has read everything; closing first could cost it that.
            if let Err(error) = peer.transport.shutdown_write() {
                self.close(id, Err(connection_error(error)), io);
            }
        }
    }

    /// Ends a connection once everything queued is sent.
    pub(super) fn end(&mut self, id: ConnectionId, reason: Result<(), String>, io: &mut Io<'_>) {
        self.begin_ending(id, reason, io.now());
        self.send(id, io);
    }

    fn begin_ending(&mut self, id: ConnectionId, reason: Result<(), String>, now: Instant) {
        if let Some(peer) = self.peers.get_mut(&id)
            && peer.ending.is_none()
        {
            peer.ending = Some(reason);
            self.endings.push_back((now + STOP_GRACE, id));
        }
    }

    /// The transport of a connection is gone, or will never do what it should.
    fn close(&mut self, id: ConnectionId, reason: Result<(), Error>, io: &mut Io<'_>) {
        let Some(peer) = self.peers.remove(&id) else { return };
        self.connections.remove(&peer.token);
        io.discard(peer.transport, peer.token);
        let reason = match peer.ending {
            Some(Ok(())) => Ok(()),
            Some(Err(text)) => Err(Error::Protocol(text)),
            None => reason,
        };
        let mut session = self.shared.session();
        let info = session.close(id, moment(io));
        self.shared.subscribed.store(session.connection_counts().1, Ordering::Release);
        drop(session);
        self.tell_pending();
        let Some(info) = info else { return };
        if let Err(error) = &reason {
            let direction = if info.outgoing { "to" } else { "from" };
            self.message(
                Severity::Warning,
                format!("connection {direction} {} ended: {error}", info.address),
            );
        }
        // A subscriber that never told its operational modes was never announced.
        if info.version.is_some() {
            self.handler.disconnected(&info, reason.as_ref().copied());
        }
        if info.outgoing {
            self.outgoing_ended(&info, reason.err(), io);
        }
    }

    /// The publisher was dropped: over once every connection is.
    fn finish_if_dropped(&mut self) {
        self.finished = self.shared.dropped.load(Ordering::Acquire) && self.peers.is_empty();
    }
}

/// Sends as much of a connection's queue as its transport takes. True when that was everything.
fn send_queue(
    transport: &mut Transport,
    id: ConnectionId,
    session: &mut PublisherSession,
    now: Moment,
) -> io::Result<bool> {
    while let Some(queue) = session.queue(id).filter(|queue| !queue.is_empty()) {
        match queue.write_with(|slices| transport.write_vectored(slices)) {
            Ok(count) => session.sent(id, count, now),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Measurements with rows of `catalog`. Those that were published with other metadata are
/// translated; signals that are gone are left out.
fn in_catalog(
    mut points: Vec<RawMeasurement>,
    published_with: &Arc<Catalog>,
    catalog: &Arc<Catalog>,
) -> Vec<RawMeasurement> {
    if !Arc::ptr_eq(published_with, catalog) {
        points.retain_mut(|point| {
            let row = row_in_catalog(point.row, published_with, catalog);
            point.row = row.unwrap_or(point.row);
            row.is_some()
        });
    }
    points
}

/// The row that a signal has in `catalog`, if it still has one.
fn row_in_catalog(row: u32, published_with: &Arc<Catalog>, catalog: &Arc<Catalog>) -> Option<u32> {
    if Arc::ptr_eq(published_with, catalog) {
        return Some(row);
    }
    published_with.signal_id(row).and_then(|id| catalog.signal_index(&id))
}

pub(super) fn moment(io: &Io<'_>) -> Moment {
    Moment { instant: io.now(), utc: io.utc() }
}

fn connection_error(source: io::Error) -> Error {
    Error::Io { context: "the connection to the subscriber failed".into(), source }
}

impl Driver for PublisherDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle_request(request, io);
        }
        if self.shared.dropped.load(Ordering::Acquire) {
            self.stop(io);
        }
        self.dial_all(io);
        self.pump(io);
        self.finish_if_dropped();
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        if self.acceptor.as_ref().is_some_and(|acceptor| acceptor.owns(token)) {
            self.accept(io);
        } else if let Some(id) = self.connections.get(&token).copied() {
            if readiness.readable {
                self.read(id, io);
            }
            if readiness.writable {
                self.send(id, io);
            }
        } else {
            self.dial_ready(token, io);
        }
        self.pump(io);
        self.finish_if_dropped();
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        let now = io.now();
        if self.acceptor.as_ref().and_then(Acceptor::deadline).is_some_and(|due| now >= due) {
            self.accept(io);
        }
        self.dial_all(io);
        let closing = self.shared.session().handle_timeout(moment(io));
        for (id, reason) in closing {
            match reason {
                CloseReason::TooSlow { .. } => self.close(id, Err(Error::Timeout(reason.to_string())), io),
                _ => self.end(id, Err(reason.to_string()), io),
            }
        }
        while let Some((_, id)) = self.endings.pop_front_if(|(due, _)| *due <= now) {
            self.close(id, Ok(()), io);
        }
        self.pump(io);
        self.finish_if_dropped();
    }

    fn deadline(&self) -> Option<Instant> {
        let session = self.shared.session().deadline();
        let ending = self.endings.front().map(|(due, _)| *due);
        let accepting = self.acceptor.as_ref().and_then(Acceptor::deadline);
        let dialing = self.outgoing.iter().filter_map(|outgoing| outgoing.dialer.deadline());
        [session, ending, accepting].into_iter().flatten().chain(dialing).min()
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// After a panic of the handler the engine drops the driver; publishers must not wait for ever.
impl Drop for PublisherDriver {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
