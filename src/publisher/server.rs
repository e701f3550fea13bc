//! Serving the connections of one shard: reading what they ask, sending what is published.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

use hashbrown::HashMap;
use mio::Token;

use super::batches::{Batch, Content};
use super::datagrams::DataSockets;
use super::shards::{Shard, Shared};
use super::{STOP_GRACE, ShardRequest};
use crate::codec::RawMeasurement;
use crate::engine::{Io, Readiness, Transport};
use crate::error::Error;
use crate::session::publisher::{
    Catalog, CloseReason, ConnectionId, ConnectionInfo, LongAnswer, PublisherEvent,
};
use crate::session::{Moment, PublisherSession, Severity};

/// Reads of one connection in one turn.
const READS_PER_TURN: usize = 4;
/// Measurements encoded before what they gave is sent.
const MEASUREMENTS_PER_ROUND: usize = 1 << 16;
/// Rounds of one turn, so that publishing does not keep the loop from reading.
const ROUNDS_PER_TURN: usize = 16;

/// What the application is to be told.
pub(super) enum Event {
    Session(PublisherEvent),
    Message(Severity, String),
    /// A connection is gone: `Ok` when one of its ends wanted that.
    Closed {
        info: ConnectionInfo,
        reason: Result<(), Error>,
    },
}

/// Serves the connections of one shard. Whoever calls it takes its
/// [`events`](Self::take_events) afterwards.
pub(super) struct Server {
    pub(super) shared: Arc<Shared>,
    pub(super) shard: usize,
    peers: HashMap<ConnectionId, Peer>,
    pub(super) data_sockets: DataSockets,
    connections: HashMap<Token, ConnectionId>,
    /// Connections whose queues grew, kept to spare its memory.
    changed: Vec<ConnectionId>,
    /// When ending connections have to be gone, soonest first.
    endings: VecDeque<(Instant, ConnectionId)>,
    events: Vec<Event>,
}

/// What becomes of one connection.
struct Peer {
    token: Token,
    /// Why the connection ends, once it is to end.
    ending: Option<Result<(), String>>,
    /// Everything was sent and the peer told so; what is left is to see it close.
    write_side_closed: bool,
}

impl Server {
    pub(super) fn new(shared: Arc<Shared>, shard: usize) -> Server {
        Server {
            shared,
            shard,
            peers: HashMap::new(),
            data_sockets: DataSockets::default(),
            connections: HashMap::new(),
            changed: Vec::new(),
            endings: VecDeque::new(),
            events: Vec::new(),
        }
    }

    pub(super) fn shard(&self) -> &Shard {
        &self.shared.shards[self.shard]
    }

    pub(super) fn session(&self) -> MutexGuard<'_, PublisherSession> {
        self.shard().session()
    }

    /// Moves what the application is to be told to the end of `events`.
    pub(super) fn take_events(&mut self, events: &mut impl Extend<Event>) {
        events.extend(self.events.drain(..));
    }

    pub(super) fn message(&mut self, severity: Severity, text: String) {
        self.events.push(Event::Message(severity, text));
    }

    pub(super) fn handle_request(&mut self, request: ShardRequest, io: &mut Io<'_>) {
        match request {
            ShardRequest::Serve { transport, address, elsewhere } => {
                self.accepted(transport, address, elsewhere, io);
            }
            ShardRequest::Stop => self.stop(io),
            ShardRequest::UseCatalog(catalog) => {
                let now = moment(io);
                self.with_session(|session, events| session.set_catalog(catalog, now, events));
            }
            ShardRequest::Disconnect(id) => self.end(id, Ok(()), io),
        }
    }

    /// Ends all connections, after what was published before.
    pub(super) fn stop(&mut self, io: &mut Io<'_>) {
        self.pump(io);
        let ids: Vec<ConnectionId> = self.peers.keys().copied().collect();
        for id in ids {
            self.end(id, Ok(()), io);
        }
    }

    /// Serves a connection that was accepted, for which the shard's count of connections was
    /// raised already.
    pub(super) fn accepted(
        &mut self,
        mut transport: Transport,
        address: SocketAddr,
        elsewhere: usize,
        io: &mut Io<'_>,
    ) {
        let token = match io.register(&mut transport) {
            Ok(token) => token,
            Err(error) => {
                self.shard().connections.fetch_sub(1, Ordering::AcqRel);
                return self.message(Severity::Error, format!("cannot serve {address}: {error}"));
            }
        };
        let mut session = self.session();
        session.count_elsewhere(elsewhere);
        let id = session.open(address, moment(io));
        drop(session);
        self.serve(id, transport, token);
        if !self.shared.runs.load(Ordering::Acquire) {
            // It was accepted before the publisher stopped.
            self.end(id, Ok(()), io);
        }
    }

    /// A connection comes that was not accepted but made.
    pub(super) fn count_connection(&self) {
        self.shard().connections.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn serve(&mut self, id: ConnectionId, transport: Transport, token: Token) {
        self.connections.insert(token, id);
        self.peers.insert(id, Peer { token, ending: None, write_side_closed: false });
        self.shard().transports().insert(id, transport);
    }

    /// Keeps what happens meanwhile for the application.
    fn with_session<T>(
        &mut self,
        call: impl FnOnce(&mut PublisherSession, &mut Vec<PublisherEvent>) -> T,
    ) -> T {
        let shard = &self.shared.shards[self.shard];
        let mut events = Vec::new();
        let mut session = shard.session();
        let result = call(&mut session, &mut events);
        if events.iter().any(changes_subscriptions) {
            // Before anybody can learn of it otherwise: who then publishes must not be told that
            // nobody wants that.
            shard.subscribed.store(session.connection_counts().1, Ordering::Release);
        }
        drop(session);
        self.events.extend(events.into_iter().map(Event::Session));
        result
    }

    fn note_pending(&mut self) {
        self.with_session(|session, events| *events = session.take_events());
    }

    /// Reads and writes the socket of a token. False when it is not one of a connection.
    pub(super) fn ready(&mut self, token: Token, readiness: Readiness, io: &mut Io<'_>) -> bool {
        let Some(id) = self.connections.get(&token).copied() else { return false };
        if readiness.readable {
            self.read(id, io);
        }
        if readiness.writable {
            self.send(id, io);
        }
        true
    }

    fn read(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        for _ in 0..READS_PER_TURN {
            let Some(peer) = self.peers.get(&id) else { return };
            let is_ending = peer.ending.is_some();
            if !is_ending && self.session().awaits_answer(id) {
                return;
            }
            let count = match self.shard().with_transport(id, |transport| transport.read(io.scratch())) {
                Ok(0) => return self.close(id, Ok(()), io),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => return self.close(id, Err(connection_error(error)), io),
            };
            if is_ending {
                continue;
            }
            let now = moment(io);
            let bytes = &io.scratch()[..count];
            let received = self.with_session(|session, events| session.receive(id, bytes, now, events));
            if let Err(reason) = received {
                return self.end(id, Err(reason.to_string()), io);
            }
        }
        if let Some(peer) = self.peers.get(&id) {
            io.again(peer.token);
        }
    }

    /// Goes on with a connection that was not read while its request was answered elsewhere.
    pub(super) fn supply_answer(&mut self, answer: LongAnswer, io: &mut Io<'_>) {
        let (id, now) = (answer.connection(), moment(io));
        let supplied = self.with_session(|session, events| session.supply_answer(answer, now, events));
        if let Err(reason) = supplied {
            self.end(id, Err(reason.to_string()), io);
        }
        if let Some(peer) = self.peers.get(&id) {
            io.again(peer.token);
        }
    }

    /// Encodes what was published and sends as much as the transports take.
    pub(super) fn pump(&mut self, io: &mut Io<'_>) {
        self.serve_history(moment(io));
        self.serve_long_requests(io);
        for _ in 0..ROUNDS_PER_TURN {
            let published = self.publish_round(moment(io));
            self.note_pending();
            self.send_changed(io);
            if !published {
                return;
            }
        }
        io.handle().notify();
    }

    /// False when nothing waits to be published, or subscribers have to take something first.
    fn publish_round(&mut self, now: Moment) -> bool {
        let batches = &self.shared.batches;
        let mut session = self.session();
        let mut size = 0;
        while size < MEASUREMENTS_PER_ROUND && session.has_room() {
            let Some(Batch { content, catalog }) = batches.pop(self.shard) else { break };
            size += content.size();
            match content {
                Content::Measurements(points) => {
                    if Arc::ptr_eq(&catalog, session.catalog()) {
                        session.publish(&points, now);
                    } else {
                        let translated = in_catalog(&points, &catalog, session.catalog());
                        session.publish(&translated, now);
                    }
                    batches.recycle(points);
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
        self.session().take_changed(&mut changed);
        for id in &changed {
            self.send(*id, io);
        }
        self.changed = changed;
        self.send_datagrams();
        if self.shared.batches.awaits_done(self.shard) && self.session().is_flushed() {
            self.shared.batches.done(self.shard);
        }
    }

    fn send(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        let sent = self.shard().lock().send(id, moment(io));
        match sent {
            Ok(false) => {}
            Ok(true) => self.everything_sent(id, io),
            Err(error) => self.close(id, Err(connection_error(error)), io),
        }
    }

    fn everything_sent(&mut self, id: ConnectionId, io: &mut Io<'_>) {
        let closing = self.session().closing(id).map(ToString::to_string);
        if let Some(reason) = closing {
            self.begin_ending(id, Err(reason), io.now());
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.ending.is_some() && !std::mem::replace(&mut peer.write_side_closed, true) {
            // The peer closes when it has read everything; closing first could cost it that.
            if let Err(error) = self.shard().with_transport(id, |transport| transport.shutdown_write()) {
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
        let transport = self.shard().transports().remove(&id);
        if let Some(transport) = transport {
            io.discard(transport, peer.token);
        }
        let reason = match peer.ending {
            Some(Ok(())) => Ok(()),
            Some(Err(text)) => Err(Error::Protocol(text)),
            None => reason,
        };
        let now = moment(io);
        let shard = self.shard();
        let mut session = shard.session();
        let info = session.close(id, now);
        if info.as_ref().is_some_and(|info| info.subscribed) {
            shard.subscribed.store(session.connection_counts().1, Ordering::Release);
        }
        drop(session);
        shard.connections.fetch_sub(1, Ordering::AcqRel);
        self.note_pending();
        let Some(info) = info else { return };
        self.events.push(Event::Closed { info, reason });
    }

    /// Does what is due.
    pub(super) fn timeout(&mut self, io: &mut Io<'_>) {
        let closing = self.session().handle_timeout(moment(io));
        for (id, reason) in closing {
            match reason {
                CloseReason::TooSlow { .. } => self.close(id, Err(Error::Timeout(reason.to_string())), io),
                _ => self.end(id, Err(reason.to_string()), io),
            }
        }
        let now = io.now();
        while let Some((_, id)) = self.endings.pop_front_if(|(due, _)| *due <= now) {
            self.close(id, Ok(()), io);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let ending = self.endings.front().map(|(due, _)| *due);
        self.session().deadline().into_iter().chain(ending).min()
    }

    /// The publisher was dropped: connections are to end.
    pub(super) fn is_to_end(&self) -> bool {
        self.shared.dropped.load(Ordering::Acquire)
    }

    /// Over once every connection is.
    pub(super) fn is_finished(&self) -> bool {
        self.is_to_end() && self.peers.is_empty()
    }
}

/// The engine drops a driver whose handler has panicked, and the drivers of a polled engine with it.
impl Drop for Server {
    fn drop(&mut self) {
        self.shard().transports().clear();
    }
}

fn changes_subscriptions(event: &PublisherEvent) -> bool {
    matches!(event, PublisherEvent::Subscribed(_) | PublisherEvent::Unsubscribed(_))
}

/// Measurements that were published with other metadata, with rows of `catalog`. Signals that are
/// gone are left out.
fn in_catalog(
    points: &[RawMeasurement],
    published_with: &Arc<Catalog>,
    catalog: &Arc<Catalog>,
) -> Vec<RawMeasurement> {
    let translated = |point: &RawMeasurement| {
        let row = row_in_catalog(point.row, published_with, catalog)?;
        Some(RawMeasurement { row, ..*point })
    };
    points.iter().filter_map(translated).collect()
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
