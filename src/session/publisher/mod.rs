//! The publisher's side: all connections of one publisher, its metadata, and the streams of
//! measurements that connections share.

mod base_times;
mod buffer_blocks;
mod catalog;
mod connection;
mod data_channels;
mod encryption;
mod events;
mod exchange;
mod long_requests;
mod messages;
mod multicast;
mod notifications;
mod numbers;
mod pacer;
mod replay;
mod requests;
mod rules;
mod selection;
mod settings;
mod statistics;
mod stream;
mod subscription;
mod temporal;
#[cfg(test)]
mod tests;
mod throttle;
mod timers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use thiserror::Error;
use uuid::Uuid;

use crate::codec::RawMeasurement;
use crate::session::meter::Meter;
use crate::session::{Moment, SendQueue, Severity};
use crate::wire::frame::FrameError;
use crate::wire::{Command, Response};

pub use catalog::Catalog;
use connection::{Connection, Delivery};
use data_channels::mark_channel_changed;
pub use data_channels::{Channel, ChannelId};
pub use events::{ConnectionId, ConnectionInfo, HistoryCall, HistoryRequest, PublisherEvent};
pub use long_requests::{LongAnswer, LongRequest};
pub use messages::{Unanswerable, UserAnswer};
use multicast::{CONFIRMATION_TIMEOUT, Group};
use numbers::Numbers;
pub use replay::ReplayId;
pub use settings::{
    Encryption, EncryptionSettings, LARGEST_DATAGRAM, NanFilter, Overflow, PublisherSettings,
    SMALLEST_DATAGRAM, UdpSettings,
};
use statistics::STATISTICS_INTERVAL;
pub use statistics::SessionStatistics;
use stream::Stream;
use subscription::Subscription;
use temporal::Replays;
use throttle::Throttle;
use timers::{Task, Timers};

/// Period of the keep-alive that every publisher sends.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long a new connection may take to tell its operational modes.
const MODES_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest command accepted before the operational modes are known, in bytes.
const MAX_FIRST_COMMAND: usize = 8 << 10;
/// Largest command accepted afterwards: room for a list of 400,000 signal IDs.
const MAX_COMMAND: usize = 16 << 20;

/// Answers that may wait to be sent on a connection before it is closed.
const MAX_WAITING_ANSWERS: usize = 1024;
/// Bytes of answers, when there are many, that may wait to be sent on a connection before it is
/// closed. A few answers may be larger, since metadata have any size.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// Fewer answers than these are never too many.
const FEW_ANSWERS: usize = 16;

/// Why a connection must be closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CloseReason {
    /// The byte stream cannot be cut into frames any more.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The subscriber was told why in a Failed response.
    #[error("{0}")]
    Refused(String),
    /// No operational modes came.
    #[error("the subscriber did not send its operational modes within {} s", MODES_TIMEOUT.as_secs())]
    NoModes,
    /// The subscriber asks and asks, but does not take the answers.
    #[error("the subscriber does not take the answers to its commands: {waiting} wait for it")]
    Unread {
        /// Answers in the send queue.
        waiting: usize,
    },
    /// The subscriber does not confirm its signals, and holds up others.
    #[error(
        "the subscriber did not confirm its signals within {} s, while other members of its multicast group waited",
        CONFIRMATION_TIMEOUT.as_secs()
    )]
    Unconfirmed,
    /// The subscriber is too slow.
    #[error("the subscriber did not take measurements fast enough: {queued} bytes waited for it")]
    TooSlow {
        /// Bytes in the send queue.
        queued: usize,
    },
}

/// All connections of one publisher, or a share of them.
///
/// The driver tells of new connections and received bytes, sends what each connection's
/// [`queue`](Self::queue) holds, and calls [`handle_timeout`](Self::handle_timeout) at
/// [`deadline`](Self::deadline). [`take_changed`](Self::take_changed) names the connections that
/// have something to send or are to be closed.
pub struct PublisherSession {
    settings: PublisherSettings,
    catalog: Arc<Catalog>,
    connections: HashMap<ConnectionId, Connection>,
    numbers: Numbers,
    elsewhere: usize,
    streams: Vec<Stream>,
    groups: Vec<Group>,
    replays: Replays,
    timers: Timers,
    changed: Vec<ConnectionId>,
    changed_channels: Vec<ChannelId>,
    statistics: SessionStatistics,
    /// Of all connections.
    meter: Meter,
    last_notification: u32,
    long_requests: Vec<LongRequest>,
    /// What happened outside of calls that hand their events back.
    pending_events: Vec<PublisherEvent>,
}

impl PublisherSession {
    /// A publisher without connections.
    pub fn new(settings: PublisherSettings, catalog: Arc<Catalog>) -> PublisherSession {
        let mut session = PublisherSession {
            settings: settings.within_limits(),
            catalog,
            connections: HashMap::new(),
            numbers: Numbers::default(),
            elsewhere: 0,
            streams: Vec::new(),
            groups: Vec::new(),
            replays: Replays::default(),
            timers: Timers::default(),
            changed: Vec::new(),
            changed_channels: Vec::new(),
            statistics: SessionStatistics::default(),
            meter: Meter::default(),
            last_notification: 0,
            long_requests: Vec::new(),
            pending_events: Vec::new(),
        };
        session.configure_history();
        session
    }

    /// The session number `member` of the `count` sessions that the connections of one publisher are
    /// spread over. No two of them use the same number for a connection or a playback: the number
    /// modulo `count` is that of the session. Session 0 [leads](Self::follow) the others.
    pub fn member(mut self, member: u64, count: u64) -> PublisherSession {
        self.numbers = Numbers::of_member(member, count);
        self.replays.become_member(self.numbers);
        self
    }

    /// Takes over the limits of the session that leads, and the history that it alone records. Only
    /// the leader has multicast groups, whose members share their state.
    pub fn follow(&mut self, leader: &PublisherSession) {
        self.settings = leader.settings;
        self.settings.udp.multicast = false;
        self.replays.follow(&leader.replays);
    }

    /// Other limits, for all connections from now on.
    pub fn configure(&mut self, settings: PublisherSettings) {
        self.settings = settings.within_limits();
        self.configure_history();
    }

    /// What is published now.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// What is known of a connection.
    pub fn info(&mut self, id: ConnectionId) -> Option<&ConnectionInfo> {
        self.connections.get_mut(&id).map(Connection::current_info)
    }

    /// What is to be sent on a connection.
    pub fn queue(&self, id: ConnectionId) -> Option<&SendQueue> {
        self.connections.get(&id).map(|connection| &connection.queue)
    }

    /// Why a connection is to be closed as soon as its queue is empty.
    pub fn closing(&self, id: ConnectionId) -> Option<&CloseReason> {
        self.connections.get(&id)?.closing.as_ref()
    }

    /// Moves the connections that have got something to send, or are to be closed, since the last
    /// call into `changed`.
    pub fn take_changed(&mut self, changed: &mut Vec<ConnectionId>) {
        changed.clear();
        std::mem::swap(changed, &mut self.changed);
        for id in changed {
            if let Some(connection) = self.connections.get_mut(id) {
                connection.is_changed = false;
            }
        }
    }

    /// Has [`take_changed`](Self::take_changed) name a connection once more.
    pub fn mark_changed(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            mark_changed(connection, &mut self.changed);
        }
    }

    /// Whether anything has happened that the driver has not taken yet: connections or channels that
    /// have something to send, or events.
    pub fn has_news(&self) -> bool {
        !(self.changed.is_empty() && self.changed_channels.is_empty() && self.pending_events.is_empty())
    }

    /// What happened since the last call, and was not handed back by the call in which it did.
    pub fn take_events(&mut self) -> Vec<PublisherEvent> {
        std::mem::take(&mut self.pending_events)
    }

    /// A transport was accepted. Beyond the limit of connections the subscriber is told so and
    /// then closed.
    pub fn open(&mut self, address: SocketAddr, now: Moment) -> ConnectionId {
        let mut connection = self.new_connection(address, now);
        let limit = self.settings.max_connections;
        let most = self.connections.len() + self.elsewhere;
        if limit > 0 && most >= limit && self.open_connections() + self.elsewhere >= limit {
            let text = format!("this publisher accepts at most {limit} connections; try again later");
            connection.fail(Command::Connect, &text);
            connection.closing = Some(CloseReason::Refused(text));
            self.statistics.connections_refused += 1;
            mark_changed(&mut connection, &mut self.changed);
        } else {
            self.statistics.connections_accepted += 1;
        }
        self.add(connection, now)
    }

    /// A transport was made to a subscriber that listens. The limit of connections is one for
    /// those who come unasked; it does not hold here.
    pub fn open_outgoing(&mut self, address: SocketAddr, now: Moment) -> ConnectionId {
        let mut connection = self.new_connection(address, now);
        connection.info.outgoing = true;
        self.statistics.connections_accepted += 1;
        self.add(connection, now)
    }

    /// So many connections are open in other sessions of the same publisher; they count towards its
    /// limit.
    pub fn count_elsewhere(&mut self, open_connections: usize) {
        self.elsewhere = open_connections;
    }

    /// Connections that are not about to end.
    pub fn open_connections(&self) -> usize {
        self.connections.values().filter(|connection| connection.closing.is_none()).count()
    }

    fn new_connection(&mut self, address: SocketAddr, now: Moment) -> Connection {
        self.meter.open_once(STATISTICS_INTERVAL, now.instant);
        Connection::new(self.numbers.next(), address, now)
    }

    fn add(&mut self, connection: Connection, now: Moment) -> ConnectionId {
        let id = connection.info.id;
        self.connections.insert(id, connection);
        self.timers.set(now.instant + KEEP_ALIVE, id, Task::KeepAlive);
        id
    }

    /// A transport is gone. Returns what was known of its connection.
    pub fn close(&mut self, id: ConnectionId, now: Moment) -> Option<ConnectionInfo> {
        self.leave_stream(id);
        self.give_up_blocks(id);
        self.give_up_notifications(id);
        self.use_channel(id, None);
        self.forget_replay(id);
        let mut events = std::mem::take(&mut self.pending_events);
        self.leave_group(id, now, &mut events);
        self.pending_events = events;
        let mut connection = self.connections.remove(&id)?;
        connection.meter.roll(now.instant);
        Some(connection.current_info().clone())
    }

    /// Tells that the transport of a connection took `count` bytes of its queue.
    pub fn sent(&mut self, id: ConnectionId, count: usize, now: Moment) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let before = connection.info.measurements_sent;
        connection.sent(count, now.instant);
        self.statistics.bytes_sent += count as u64;
        self.statistics.measurements_sent += connection.info.measurements_sent - before;
        self.resume_replay(id, now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        let streams = self.streams.iter().filter_map(Stream::deadline);
        self.timers.deadline().into_iter().chain(streams).chain(self.replays.deadline()).min()
    }

    /// Does what is due. Returns connections to close, among them those that were to be closed
    /// once their queue was empty, but whose subscribers do not take it.
    pub fn handle_timeout(&mut self, now: Moment) -> Vec<(ConnectionId, CloseReason)> {
        let mut closing = Vec::new();
        while let Some((id, task)) = self.timers.take_due(now.instant) {
            let done = match task {
                Task::KeepAlive => self.keep_alive(id, now.instant),
                Task::OfferCache => {
                    self.release_offer(id, now.instant);
                    Ok(())
                }
                Task::RepeatBlocks => {
                    self.repeat_due_blocks(id, now.instant);
                    Ok(())
                }
                Task::RotateCipherKeys => {
                    self.rotate_old_keys(id, now.instant);
                    Ok(())
                }
                Task::RetireCipherKeys => {
                    self.retire_old_keys(id);
                    Ok(())
                }
            };
            closing.extend(done.err().map(|reason| (id, reason)));
        }
        for stream in 0..self.streams.len() {
            self.handle_stream_timeout(stream, now);
        }
        self.play(now);
        closing
    }

    /// Does what a stream has to do by itself. Its deadlines are its own, so that none is left
    /// behind when it goes.
    fn handle_stream_timeout(&mut self, number: usize, now: Moment) {
        let stream = &self.streams[number];
        let is_due = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now.instant);
        let rotation_is_due = is_due(stream.rotation_deadline());
        if is_due(stream.throttle.as_ref().and_then(Throttle::deadline)) {
            self.publish_latest(number, now);
        }
        if rotation_is_due {
            self.rotate_base_times(number, now);
        }
    }

    /// Sends a keep-alive unless something else waits to be sent.
    fn keep_alive(&mut self, id: ConnectionId, now: Instant) -> Result<(), CloseReason> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        if let Some(reason) = expired(connection, self.settings.overflow, now) {
            return Err(reason);
        }
        if let Some(reason) = self.holds_up_group(id, now) {
            return Err(reason);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        if connection.queue.is_empty() {
            connection.announce(Response::NoOp, &[]);
            mark_changed(connection, &mut self.changed);
        }
        self.timers.set(now + KEEP_ALIVE, id, Task::KeepAlive);
        Ok(())
    }

    /// Publishes other metadata from now on. Subscribers are told; those whose filter selects
    /// other signals now get a new signal index cache.
    pub fn set_catalog(&mut self, catalog: Arc<Catalog>, now: Moment, events: &mut Vec<PublisherEvent>) {
        self.catalog = catalog;
        self.replays.set_signals(&self.catalog);
        for stream in &mut self.streams {
            stream.change_catalog(&self.catalog);
        }
        let ids: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for id in ids {
            self.move_to_catalog(id, now, events);
        }
        self.move_groups_to_catalog(now, events);
    }

    fn move_to_catalog(&mut self, id: ConnectionId, now: Moment, events: &mut Vec<PublisherEvent>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.modes.is_none() {
            return;
        }
        connection.announce(Response::ConfigurationChanged, &[]);
        mark_changed(connection, &mut self.changed);
        let Some(subscription) = connection.exchange.newest().cloned() else { return };
        // Historical data keep the signals they began with.
        if subscription.window.is_some() {
            return;
        }
        match self.catalog.select(&subscription.filter, now.utc) {
            Ok(selection) if selection == subscription.selection => {}
            Ok(selection) => {
                self.use_subscription(id, Arc::new(subscription.with_selection(selection)), now, events)
            }
            Err(error) => {
                let address = connection.info.address;
                let text = format!(
                    "{address} keeps its signals, because its filter does not fit the new metadata: {error}"
                );
                events.push(PublisherEvent::Message(Severity::Warning, text));
            }
        }
    }

    /// Publishes measurements; `index` of each point is a row of the catalog's MeasurementDetail
    /// table. Call [`finish_packets`](Self::finish_packets) afterwards.
    pub fn publish(&mut self, points: &[RawMeasurement], now: Moment) {
        self.replays.record(points, now.instant);
        let mut numbers_only = None;
        for number in 0..self.streams.len() {
            let stream = &mut self.streams[number];
            let points = match stream.subscription.nan_filter {
                true => numbers_only.get_or_insert_with(|| without_nan(points)),
                false => points,
            };
            match &mut stream.throttle {
                Some(throttle) => throttle.keep(points, now.instant),
                None => self.encode(number, points, now),
            }
        }
    }

    fn encode(&mut self, number: usize, points: &[RawMeasurement], now: Moment) {
        self.streams[number].observe(points, now);
        let mut rest = points;
        while !rest.is_empty() {
            let used = self.streams[number].encode(rest, now);
            rest = &rest[used..];
            if !rest.is_empty() {
                self.finish_packet(number);
            }
        }
    }

    /// Queues what was published and not queued yet.
    pub fn finish_packets(&mut self) {
        for number in 0..self.streams.len() {
            self.finish_packet(number);
        }
    }

    fn finish_packet(&mut self, number: usize) {
        let stream = &mut self.streams[number];
        let connections = &self.connections;
        stream.members.retain(|id| connections.get(id).is_some_and(|member| member.closing.is_none()));
        let mut slots = [false; 2];
        for connection in stream.members.iter().filter_map(|id| self.connections.get(id)) {
            slots[usize::from(connection.exchange.slot())] = true;
        }
        let Some(packet) = stream.finish_packet(slots) else { return };
        let limit = match self.settings.overflow {
            Overflow::Wait { .. } => None,
            Overflow::DropOldest | Overflow::Disconnect => Some(self.settings.send_queue_limit),
        };
        let group = stream.subscription.carriage.group;
        let group = group.and_then(|address| {
            mark_channel_changed(ChannelId::Group(address), &mut self.changed_channels);
            self.groups.iter_mut().find(|group| group.queue.destination() == address)
        });
        let in_group = group.map(|group| group.deliver(&packet));
        for id in &stream.members {
            let Some(connection) = self.connections.get_mut(id) else { continue };
            let queued = connection.queue.data_len();
            let dropped_before = connection.info.measurements_dropped;
            let delivery = match in_group {
                Some(is_queued) => connection.accompany(&packet, is_queued),
                None => connection.deliver(&packet, limit),
            };
            self.statistics.measurements_dropped += connection.info.measurements_dropped - dropped_before;
            if delivery == Delivery::Queued {
                self.statistics.packets_sent += 1;
                connection.count_packet(&packet);
                packet.count_in(&mut self.meter);
            }
            if delivery == Delivery::Dropped && self.settings.overflow == Overflow::Disconnect {
                connection.closing = Some(CloseReason::TooSlow { queued });
            }
            if connection.waits_for_restart() {
                stream.restart = true;
            }
            if connection.datagrams.is_some() {
                mark_channel_changed(ChannelId::Connection(*id), &mut self.changed_channels);
            }
            mark_changed(connection, &mut self.changed);
        }
        stream.recycle(packet);
    }

    /// False while a connection's queue is full and the policy is to wait for it. Historical data
    /// wait for themselves.
    pub fn has_room(&self) -> bool {
        let limit = self.settings.send_queue_limit;
        !matches!(self.settings.overflow, Overflow::Wait { .. })
            || self.connections.values().all(|connection| {
                connection.closing.is_some()
                    || connection.is_historical
                    || connection.queue.data_len() < limit
            })
    }

    /// True when nothing waits on any connection to be sent, or to be confirmed if it is sent again
    /// otherwise; historical data aside.
    pub fn is_flushed(&self) -> bool {
        self.connections.values().all(|connection| {
            connection.blocks.is_confirmed() && (connection.is_historical || connection.queue.is_empty())
        })
    }

    fn join_stream(&mut self, id: ConnectionId, subscription: &Arc<Subscription>) {
        let found = self.streams.iter_mut().find(|stream| stream.subscription.has_same_stream(subscription));
        let stream = match found {
            Some(stream) => stream,
            None => {
                self.streams.push(Stream::new(subscription.clone(), &self.catalog));
                let Some(stream) = self.streams.last_mut() else { return };
                stream
            }
        };
        stream.members.push(id);
        stream.restart = true;
    }

    fn leave_stream(&mut self, id: ConnectionId) {
        self.streams.retain_mut(|stream| {
            stream.members.retain(|member| *member != id);
            !stream.members.is_empty()
        });
    }

    /// Index of a signal for [`publish`](Self::publish), from the metadata published now.
    pub fn signal_index(&self, signal_id: &Uuid) -> Option<u32> {
        self.catalog.signal_index(signal_id)
    }
}

fn mark_changed(connection: &mut Connection, changed: &mut Vec<ConnectionId>) {
    if !std::mem::replace(&mut connection.is_changed, true) {
        changed.push(connection.info.id);
    }
}

fn without_nan(points: &[RawMeasurement]) -> Vec<RawMeasurement> {
    points.iter().filter(|point| !f32::from_bits(point.value_bits).is_nan()).copied().collect()
}

/// Why a connection that is due for its keep-alive is rather to be closed.
fn expired(connection: &mut Connection, overflow: Overflow, now: Instant) -> Option<CloseReason> {
    if connection.closing.is_some() {
        return connection.closing.clone();
    }
    if connection.modes.is_none() && now >= connection.opened + MODES_TIMEOUT {
        return Some(CloseReason::NoModes);
    }
    match overflow {
        Overflow::Wait { timeout: Some(timeout) } if !connection.queue.is_empty() => {
            let queued = connection.queue.len();
            let since = *connection.stalled_since.get_or_insert(now);
            (now >= since + timeout).then_some(CloseReason::TooSlow { queued })
        }
        _ => None,
    }
}
