//! Serving the connections of one shard: reading what they ask, sending what is published.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use mio::Token;
use slotmap::SecondaryMap;

use super::batches::{Batch, Content};
use super::datagrams::DataSockets;
use super::history_worker::HistoryReads;
use super::leavings::Leavings;
use super::long_requests::LongRequests;
use super::send_turns::SendTurns;
use super::shards::{LockedSession, Shard, Shared};
use super::{Accepted, STOP_GRACE, ShardRequest};
use crate::codec::RawMeasurement;
use crate::engine::pump::{self, ReadEnd, Written};
use crate::engine::{Established, Io, Readiness, Transport, tell_secured};
use crate::error::Error;
use crate::host;
use crate::rights::Admission;
use crate::session::publisher::{
    Catalog, ChannelId, CloseReason, ConnectionId, ConnectionInfo, ConnectionKey, NewConnection, Output,
    PublisherEvent, Work, WorkResult,
};
use crate::session::{Moment, SendQueue, Severity};

/// Reads of one connection in one turn.
const READS_PER_TURN: usize = 4;
/// Measurements encoded before what they gave is sent.
const MEASUREMENTS_PER_ROUND: usize = 1 << 16;
/// Rounds of one turn, so that publishing does not keep the loop from accepting, reading and closing.
const ROUNDS_PER_TURN: usize = 16;
/// Time of one turn for the same: many distinct subscriptions take long to encode.
const PUBLISHING_PER_TURN: Duration = Duration::from_millis(20);

/// What the application is to be told.
pub(super) enum Event {
    Session(PublisherEvent),
    Message(Severity, String),
    /// A connection is gone: `Ok` when one of its ends wanted that.
    Closed {
        info: Box<ConnectionInfo>,
        reason: Result<(), Error>,
    },
}

/// Serves the connections of one shard. Whoever calls it takes its
/// [`events`](Self::take_events) afterwards.
pub(super) struct Server {
    pub(super) shared: Arc<Shared>,
    pub(super) shard: usize,
    peers: SecondaryMap<ConnectionKey, Peer>,
    data_sockets: DataSockets,
    long_requests: LongRequests,
    history_reads: HistoryReads,
    leavings: Leavings,
    connections: HashMap<Token, ConnectionKey>,
    send_turns: SendTurns,
    /// When ending connections have to be gone, soonest first.
    endings: VecDeque<(Instant, ConnectionKey)>,
    events: Vec<Event>,
    /// Connections that are gone, until everything else that happened on them is told.
    closed: Vec<Event>,
}

/// What becomes of one connection.
struct Peer {
    token: Token,
    has_tls: bool,
    /// How the connection ends, once it is to end.
    ending: Option<Result<(), Error>>,
    /// Everything was sent and the peer told so; what is left is to see it close.
    write_side_closed: bool,
}

impl Server {
    pub(super) fn new(shared: Arc<Shared>, shard: usize) -> Server {
        Server {
            shared,
            shard,
            peers: SecondaryMap::new(),
            data_sockets: DataSockets::default(),
            long_requests: LongRequests::default(),
            history_reads: HistoryReads::default(),
            leavings: Leavings::default(),
            connections: HashMap::new(),
            send_turns: SendTurns::default(),
            endings: VecDeque::new(),
            events: Vec::new(),
            closed: Vec::new(),
        }
    }

    pub(super) fn shard(&self) -> &Shard {
        &self.shared.shards[self.shard]
    }

    pub(super) fn session(&self) -> LockedSession<'_> {
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
            ShardRequest::Serve(arrival) => self.accepted(*arrival, io),
            ShardRequest::Stop => self.stop(io),
            ShardRequest::UseCatalog(catalog) => self.use_catalog(catalog, io),
        }
    }

    fn use_catalog(&mut self, catalog: Arc<Catalog>, io: &Io<'_>) {
        self.session().set_catalog(catalog.clone(), io.moment());
        // One of the shards tells what is wrong with them.
        if self.shard == 0 {
            for text in catalog.metadata().validate().told() {
                self.message(Severity::Warning, format!("Metadata that are published: {text}"));
            }
        }
    }

    /// Ends all connections, after what was published before.
    pub(super) fn stop(&mut self, io: &mut Io<'_>) {
        self.take_results(io);
        self.tell_drops();
        // However long that takes: no other turn would do it.
        while self.publish_round(io.moment(), None) {
            self.drain(io);
        }
        self.drop_unpublished();
        self.data_sockets.all().into_iter().for_each(|id| self.finish_datagrams(id));
        self.session().end_all();
    }

    /// Ends a connection once everything queued is sent.
    pub(super) fn end(&mut self, id: ConnectionId) {
        self.session().end(id);
    }

    /// Serves a connection that was accepted, for which the shard's count of connections was
    /// raised already.
    fn accepted(&mut self, arrival: Accepted, io: &mut Io<'_>) {
        let Accepted { mut transport, address, admission } = arrival;
        let token = match io.register(&mut transport) {
            Ok(token) => token,
            Err(error) => {
                self.shard().connections.fetch_sub(1, Ordering::AcqRel);
                return self.message(Severity::Error, format!("cannot serve {address}: {error}"));
            }
        };
        let id = self.shared.next_connection(self.shard);
        let accepted = NewConnection { admission, ..NewConnection::accepted(id, address) };
        self.serve(accepted, transport, token, io);
        if !self.shared.runs.load(Ordering::Acquire) {
            // It was accepted before the publisher stopped.
            self.end(id);
        }
    }

    /// Serves a connection that was not accepted but made. Returns its number.
    pub(super) fn connected(
        &mut self,
        Established { transport, token, address }: Established,
        admission: Admission,
        io: &mut Io<'_>,
    ) -> ConnectionId {
        self.shard().connections.fetch_add(1, Ordering::AcqRel);
        let id = self.shared.next_connection(self.shard);
        self.serve(NewConnection { admission, ..NewConnection::made(id, address) }, transport, token, io);
        id
    }

    fn serve(&mut self, new: NewConnection, transport: Transport, token: Token, io: &mut Io<'_>) {
        let (tls, address) = (transport.tls().cloned(), new.address.ip());
        let has_tls = tls.is_some();
        if let Some(details) = &tls {
            tell_secured(details, new.address, |severity, text| self.message(severity, text));
        }
        // What came with the handshake is there to be read, and newcomers have their turn soon.
        io.again(token);
        let key = self.session().open(NewConnection { tls, ..new }, io.moment());
        self.connections.insert(token, key);
        self.send_turns.open(key, address);
        self.peers.insert(key, Peer { token, has_tls, ending: None, write_side_closed: false });
        self.shard().transports().insert(key, transport);
    }

    /// Reads the socket of a token, and plans to write to it. False when it is not one of a connection.
    pub(super) fn ready(&mut self, token: Token, readiness: Readiness, io: &mut Io<'_>) -> bool {
        let Some(key) = self.connections.get(&token).copied() else { return false };
        if readiness.readable {
            self.read(key, io);
        }
        if readiness.writable {
            self.send_turns.unblock(key);
        }
        true
    }

    fn read(&mut self, key: ConnectionKey, io: &mut Io<'_>) {
        let Some(peer) = self.peers.get(key) else { return };
        let Peer { token, has_tls, .. } = *peer;
        let (is_ending, now) = (peer.ending.is_some(), io.moment());
        let shard = &self.shared.shards[self.shard];
        // It is read again when that is dealt with.
        if !is_ending && shard.session().has_enough_to_do(key) {
            return;
        }
        let read = |buffer: &mut [u8]| shard.with_transport(key, |transport| transport.read(buffer));
        let take = |bytes: &[u8]| {
            if is_ending {
                return ControlFlow::Continue(());
            }
            let mut session = shard.session();
            session.receive(key, bytes, now);
            match session.has_enough_to_do(key) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        match pump::read(io, token, READS_PER_TURN, read, take) {
            ReadEnd::Pausing | ReadEnd::Stopped(()) if has_tls => self.note_unfinished(key, now),
            ReadEnd::Pausing | ReadEnd::Stopped(()) => {}
            ReadEnd::PeerEnded => self.close(key, Ok(()), io),
            ReadEnd::Failed(error) => self.close(key, Err(connection_error(error)), io),
        }
    }

    /// Lets the session know how much has arrived that cannot be read yet.
    fn note_unfinished(&self, key: ConnectionKey, now: Moment) {
        let unfinished = self.shard().with_transport(key, |transport| Ok(transport.unfinished()));
        if let Ok(bytes) = unfinished {
            self.session().note_unfinished(key, bytes, now);
        }
    }

    /// Deals with one command of each connection that has sent several. The others follow in the next turn
    /// of the loop.
    pub(super) fn serve_commands(&mut self, io: &Io<'_>) {
        self.session().serve_commands(io.moment());
    }

    /// Sees to it that there is another turn for commands that wait to be served, and connections that wait to send.
    pub(super) fn plan_turn(&self, io: &Io<'_>) {
        if self.has_more_to_do() {
            io.handle().notify();
        }
    }

    /// Whether commands wait to be served, or connections to send, because others had their turn first.
    pub(super) fn has_more_to_do(&self) -> bool {
        self.send_turns.has_waiting() || self.session().has_commands()
    }

    fn read_again(&self, key: ConnectionKey, io: &mut Io<'_>) {
        if let Some(peer) = self.peers.get(key) {
            io.again(peer.token);
        }
    }

    /// Encodes what was published and sends as much as the transports take.
    pub(super) fn pump(&mut self, io: &mut Io<'_>) {
        self.take_results(io);
        self.tell_drops();
        let until = host::now() + PUBLISHING_PER_TURN;
        for _ in 0..ROUNDS_PER_TURN {
            let published = self.publish_round(io.moment(), Some(until));
            self.drain(io);
            if !published {
                return self.tell_done();
            }
            if host::now() >= until {
                break;
            }
        }
        io.handle().notify();
    }

    /// Gives up what publishing waited with for slow subscribers.
    fn drop_unpublished(&mut self) {
        let (mut measurements, mut blocks) = (0, 0);
        while let Some(batch) = self.shared.batches.pop(self.shard) {
            match batch.content {
                Content::Measurements(points) => measurements += points.len() as u64,
                Content::BufferBlock { .. } => blocks += 1,
            }
        }
        self.shared.dropped_early.fetch_add(measurements, Ordering::Relaxed);
        self.shared.blocks_dropped_early.fetch_add(blocks, Ordering::Relaxed);
        if measurements + blocks > 0 {
            let text = format!(
                "the publisher was stopped while {measurements} measurements and {blocks} buffer blocks waited for slow \
                 subscribers; they were dropped; flush before stopping to wait for them"
            );
            self.message(Severity::Warning, text);
        }
    }

    fn tell_drops(&mut self) {
        let dropped = self.shared.take_untold_drops();
        if dropped > 0 {
            let text = format!(
                "the publisher cannot keep up: {dropped} measurements waited for too long to be encoded, or too many \
                 with them, and were dropped (longestBacklog, maxBacklog); fewer distinct subscriptions, or more threads \
                 of the engine, help"
            );
            self.message(Severity::Warning, text);
        }
    }

    /// Lets threads go on that wait until everything published is in the system's hands, if it is.
    fn tell_done(&self) {
        if self.shared.batches.awaits_done(self.shard) && self.session().is_flushed() {
            self.shared.batches.done(self.shard);
        }
    }

    /// Publishes some of what waits, at least one batch, until a time. False when nothing waits to be published, or
    /// subscribers have to take something first.
    fn publish_round(&mut self, now: Moment, until: Option<Instant>) -> bool {
        let batches = &self.shared.batches;
        let mut session = self.session();
        let mut size = 0;
        let has_time = || until.is_none_or(|until| host::now() < until);
        while size < MEASUREMENTS_PER_ROUND && session.has_room() && (size == 0 || has_time()) {
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

    /// Does what the session asks for. What is to be sent is sent as far as there is time for it in this turn.
    pub(super) fn drain(&mut self, io: &mut Io<'_>) {
        loop {
            let output = self.session().poll();
            match output {
                Some(output) => self.handle_output(output, io),
                None if self.send_next(io) => {}
                None => break,
            }
        }
        self.events.append(&mut self.closed);
    }

    /// Lets those send who wait for their turn. False when none of them does it now.
    fn send_next(&mut self, io: &mut Io<'_>) -> bool {
        let mut begun = host::now();
        let mut has_sent = false;
        while let Some((key, bytes)) = self.send_turns.next(io.now()) {
            let sent = self.shard().lock().send(key, bytes, io.moment());
            let now = host::now();
            self.sent(key, sent, now - begun, io);
            (begun, has_sent) = (now, true);
        }
        has_sent
    }

    fn handle_output(&mut self, output: Output, io: &mut Io<'_>) {
        match output {
            Output::Send(key) => self.send_turns.add(key),
            Output::Datagrams(id) => self.send_datagrams(id, io),
            Output::Read(key) => self.read_again(key, io),
            Output::Close(key, reason) => self.begin_ending(key, reason, io),
            Output::Work(work) => self.begin_work(work, io),
            Output::Event(event) => self.events.push(Event::Session(event)),
        }
    }

    /// Carries work to those who do it, so that the loop need not wait.
    fn begin_work(&mut self, work: Work, io: &mut Io<'_>) {
        match work {
            Work::Answer(request) => self.long_requests.begin(request, io),
            Work::History(call) => {
                let worker = self.shared.history_worker().clone();
                if let Some(worker) = worker {
                    self.history_reads.call(call, &worker, io);
                }
            }
        }
    }

    /// Carries back what has come of work.
    fn take_results(&mut self, io: &mut Io<'_>) {
        let now = io.moment();
        for answer in self.long_requests.take() {
            self.session().finish_work(WorkResult::Answer(answer), now);
        }
        for (replay, chunk) in self.history_reads.take() {
            self.session().finish_work(WorkResult::History(replay, chunk), now);
        }
    }

    fn send_datagrams(&mut self, id: ChannelId, io: &Io<'_>) {
        let served = self.data_sockets.serve(id, &self.shared.shards[self.shard], io.moment());
        served.unwrap_or_else(|text| self.message(Severity::Warning, text));
    }

    /// Sends all datagrams of a channel that is about to be closed.
    fn finish_datagrams(&mut self, id: ChannelId) {
        let served = self.data_sockets.finish(id, &self.shared.shards[self.shard]);
        served.unwrap_or_else(|text| self.message(Severity::Warning, text));
    }

    /// A transport took everything that was queued, or only some of it.
    fn sent(&mut self, key: ConnectionKey, sent: io::Result<Written>, time: Duration, io: &mut Io<'_>) {
        match sent {
            Ok(written) => {
                self.send_turns.sent(key, written, time);
                if written == Written::Everything {
                    self.close_write_side(key, io);
                }
            }
            Err(error) => self.close(key, Err(connection_error(error)), io),
        }
    }

    /// Tells the peer of a connection that ends that it has everything.
    fn close_write_side(&mut self, key: ConnectionKey, io: &mut Io<'_>) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        if peer.ending.is_some() && !std::mem::replace(&mut peer.write_side_closed, true) {
            // The peer closes when it has read everything; closing first could cost it that.
            if let Err(error) = self.shard().with_transport(key, |transport| transport.shutdown_write()) {
                self.close(key, Err(connection_error(error)), io);
            }
        }
    }

    fn begin_ending(&mut self, key: ConnectionKey, reason: CloseReason, io: &mut Io<'_>) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        peer.ending = Some(ending(&reason));
        if reason.is_immediate() {
            return self.close(key, Ok(()), io);
        }
        self.finish_datagrams(ChannelId::Connection(key));
        self.endings.push_back((io.now() + STOP_GRACE, key));
        self.send_turns.add(key);
    }

    /// The transport of a connection is gone, or will never do what it should.
    fn close(&mut self, key: ConnectionKey, reason: Result<(), Error>, io: &mut Io<'_>) {
        let Some(peer) = self.peers.remove(key) else { return };
        self.connections.remove(&peer.token);
        self.long_requests.forget(key);
        self.send_turns.forget(key);
        let transport = self.shard().transports().remove(key);
        if let Some(mut transport) = transport {
            transport.say_farewell();
            io.discard(transport, peer.token);
        }
        let untaken = self.session().queue(key).map_or(0, SendQueue::len);
        let unfinished = self.session().unfinished(key);
        self.leavings.add(untaken + unfinished, io.now());
        let info = self.session().close(key, io.moment());
        if let (Some(info), Some(Ok(()))) = (&info, &peer.ending)
            && untaken > 0
        {
            let text = format!(
                "{} did not take the last {untaken} bytes before its connection ended; they were dropped",
                info.address
            );
            self.message(Severity::Warning, text);
        }
        self.shard().connections.fetch_sub(1, Ordering::AcqRel);
        let reason = peer.ending.unwrap_or(reason);
        self.closed.extend(info.map(|info| Event::Closed { info: Box::new(info), reason }));
    }

    /// Does what is due.
    pub(super) fn timeout(&mut self, io: &mut Io<'_>) {
        self.session().handle_timeout(io.moment());
        let now = io.now();
        self.data_sockets.due(now).into_iter().for_each(|id| self.send_datagrams(id, io));
        while let Some((_, key)) = self.endings.pop_front_if(|(due, _)| *due <= now) {
            self.close(key, Ok(()), io);
        }
        self.leavings.settle(io);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let ending = self.endings.front().map(|(due, _)| *due);
        let datagrams = self.data_sockets.deadline();
        let leavings = self.leavings.deadline();
        self.session().deadline().into_iter().chain(ending).chain(datagrams).chain(leavings).min()
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

/// What the application is told of the end of a connection: the same for the same reason.
fn ending(reason: &CloseReason) -> Result<(), Error> {
    match reason {
        CloseReason::Wanted => Ok(()),
        CloseReason::TooSlow { .. } | CloseReason::Unread { .. } | CloseReason::Hindering { .. } => {
            Err(Error::Timeout(reason.to_string()))
        }
        CloseReason::Frame(_)
        | CloseReason::Refused(_)
        | CloseReason::NotAdmitted(_)
        | CloseReason::NoModes { .. }
        | CloseReason::Idle { .. }
        | CloseReason::Unfinished { .. }
        | CloseReason::UnfinishedRecord { .. }
        | CloseReason::ChannelRefused { .. }
        | CloseReason::Unconfirmed => Err(Error::Protocol(reason.clone().into())),
    }
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

fn connection_error(source: io::Error) -> Error {
    Error::Io { context: "the connection to the subscriber failed".into(), source }
}
