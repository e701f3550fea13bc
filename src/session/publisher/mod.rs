//! The publisher's side: the connections of one publisher, or a share of them, its metadata, and the
//! streams of measurements that connections share.
//!
//! The session only routes. A part decides: those in `connection` belong to one connection, those in
//! `feed` give measurements to many. Both stand on the same ground: settings, catalog, timers, counts, and
//! the outbox through which everything leaves.

mod admission;
mod announcement;
mod capacity;
mod catalog;
mod close_reason;
mod commands;
mod connection;
mod connections;
mod context;
mod counters;
mod counts;
mod events;
mod feed;
mod history;
mod limits;
mod long_requests;
mod output;
mod packet;
mod requests;
mod rules;
mod selected_signals;
mod selection;
mod settings;
mod shares;
mod subscription;
mod terms;
#[cfg(test)]
mod tests;
mod timers;
mod totals;
mod turns;
mod udp_channel;
mod waiting_answers;
mod work;

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::codec::RawMeasurement;
use crate::rights::{Admission, AuditSubject};
use crate::session::{Datagram, Handed, LatencyStatistics, Moment, SendQueue};
use crate::settings::KEEP_ALIVE;
use crate::wire::Command;
use crate::wire::notification::NotificationId;

pub use catalog::Catalog;
pub use close_reason::CloseReason;
use connection::with_time;
pub use connection::{Unanswerable, UserAnswer};
use connections::Connections;
use context::Ground;
pub use counters::{ConnectionCounters, PublisherCounters};
use counts::STATISTICS_INTERVAL;
pub use events::{ConnectionId, ConnectionInfo, ConnectionKey, NewConnection, PublisherEvent};
use feed::Feed;
pub use history::{HistoryStore, HistoryUse};
use long_requests::LongRequests;
pub use output::{Channel, ChannelId, Output};
pub use requests::Undone;
pub use settings::{
    Encryption, EncryptionSettings, LARGEST_DATAGRAM, LimitSettings, NanFilter, Overflow, PublisherSettings,
    SMALLEST_DATAGRAM, UdpSettings,
};
pub(crate) use shares::network;
pub use terms::{ConnectionModes, GrantedTerms, SubscriptionTerms, Wish};
use timers::Task;
pub use totals::Totals;
use turns::Turns;
use udp_channel::UdpChannel;
pub use work::{
    HistoryCall, HistoryChunk, HistoryPart, HistoryRequest, LongAnswer, LongRequest, ReplayId, Work,
    WorkResult,
};

/// Steps that a request counts as whose subscriber does not wait for its answer.
const ABANDONED_STEPS: u64 = 20_000_000;

/// The connections of one publisher, or a share of them.
///
/// The driver tells of new connections and received bytes, and calls
/// [`handle_timeout`](Self::handle_timeout) at [`deadline`](Self::deadline). After whatever it told, it does
/// what [`poll`](Self::poll) asks for.
pub struct PublisherSession {
    ground: Ground,
    connections: Connections,
    feed: Feed,
    long_requests: LongRequests,
    turns: Turns,
}

impl PublisherSession {
    /// A publisher without connections. It has no historical data before
    /// [`use_history`](Self::use_history) or [`use_history_source`](Self::use_history_source).
    pub fn new(settings: PublisherSettings, catalog: Arc<Catalog>) -> PublisherSession {
        PublisherSession {
            ground: Ground::new(settings, catalog),
            connections: Connections::default(),
            feed: Feed::default(),
            long_requests: LongRequests::default(),
            turns: Turns::default(),
        }
    }

    /// It is one of several sessions of a publisher, which share this: limits hold for all of them together.
    #[must_use]
    pub fn sharing(mut self, totals: Arc<Totals>) -> PublisherSession {
        self.ground.limits.totals = totals;
        self
    }

    /// Other limits, for all connections from now on.
    pub fn configure(&mut self, settings: PublisherSettings) {
        self.ground.settings = settings.within_limits();
        self.ground.limits.totals.configure(&self.ground.settings);
        if !settings.cached_values {
            self.feed.forget_latest();
        }
    }

    /// Subscribers get historical data from there from now on, unless the application has some.
    pub fn use_history(&mut self, history: Option<HistoryUse>) {
        self.feed.playbacks.use_history(history);
    }

    /// Whether the application has historical data. Playbacks that it was asked for end when that
    /// changes.
    pub fn use_history_source(&mut self, has_source: bool, now: Moment) {
        self.feed.playbacks.use_source(has_source, &mut self.connections, &mut self.ground.at(now));
    }

    /// What is published now.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.ground.catalog
    }

    /// Index of a signal for [`publish`](Self::publish), from the metadata published now.
    pub fn signal_index(&self, signal_id: &Uuid) -> Option<u32> {
        self.ground.catalog.signal_index(signal_id)
    }

    // ---- what leaves ------------------------------------------------------------------------------

    /// What the driver is to do next; `None` when that is nothing.
    pub fn poll(&mut self) -> Option<Output> {
        self.poll_if(|_| true)
    }

    /// The next output, if it is one that the driver wants to deal with now. The others keep their order.
    pub fn poll_if(&mut self, is_wanted: impl FnOnce(&Output) -> bool) -> Option<Output> {
        let output = self.ground.outbox.pop_if(is_wanted)?;
        match output {
            Output::Send(key) => {
                if let Some(connection) = self.connections.get_mut(key) {
                    connection.outlet.noticed();
                }
            }
            Output::Datagrams(id) => self.feed.channel_noticed(id, &mut self.connections),
            Output::Read(_) | Output::Close(..) | Output::Work(_) | Output::Event(_) => {}
        }
        Some(output)
    }

    /// True when [`poll`](Self::poll) has nothing.
    pub fn is_polled(&self) -> bool {
        self.ground.outbox.is_empty()
    }

    /// Has [`poll`](Self::poll) name a connection once more, if something waits to be sent on it.
    pub fn send_later(&mut self, key: ConnectionKey) {
        if let Some(connection) = self.connections.get_mut(key) {
            connection.outlet.tell(&mut self.ground.outbox);
        }
    }

    // ---- connections ------------------------------------------------------------------------------

    /// A connection was accepted or made. Beyond a limit of those accepted the subscriber is told so
    /// and then closed.
    pub fn open(&mut self, new: NewConnection, now: Moment) -> ConnectionKey {
        let decision = self.ground.decide(&new.peer(), &new.admission);
        let is_stranger = !self.ground.knows(&new);
        let place = self.ground.place_for(&new, is_stranger);
        let cx = &mut self.ground.at(now);
        cx.counts.meter.open_once(STATISTICS_INTERVAL, now.instant);
        let connection = self.connections.add(&new, &cx.limits.totals, now);
        connection.idle_since = is_stranger.then_some(now.instant);
        cx.timers.set(now.instant + KEEP_ALIVE, connection.key, Task::KeepAlive);
        let refusal = match (decision, place) {
            (Err(why), _) => Some(CloseReason::NotAdmitted(why)),
            (Ok(grant), place) => {
                connection.set_grant(grant, matches!(new.admission, Admission::Granted(_)));
                place.map(|place| connection.place = Some(place)).err().map(CloseReason::Refused)
            }
        };
        match refusal {
            None => {
                cx.counts.statistics.connections_accepted += 1;
                connection.accept(AuditSubject::Connection, "it may connect", cx);
            }
            Some(reason) => {
                cx.counts.statistics.connections_refused += 1;
                if let CloseReason::Refused(text) = &reason {
                    connection.outlet.fail(Command::Connect, text);
                }
                connection.record(AuditSubject::Connection, false, &reason.to_string(), cx);
                connection.close(reason, cx.outbox);
            }
        }
        connection.key
    }

    /// The application wants a connection to end, after what is queued for it. False when there is none.
    pub fn end(&mut self, id: ConnectionId) -> bool {
        self.finish_packets();
        let Some(connection) = self.connections.with_id(id) else { return false };
        connection.close(CloseReason::Wanted, &mut self.ground.outbox);
        true
    }

    /// The application wants all connections to end.
    pub fn end_all(&mut self) {
        self.finish_packets();
        for connection in self.connections.iter_mut() {
            connection.close(CloseReason::Wanted, &mut self.ground.outbox);
        }
    }

    /// A transport is gone. Returns what was known of its connection.
    pub fn close(&mut self, key: ConnectionKey, now: Moment) -> Option<ConnectionInfo> {
        self.finish_packets();
        let mut connection = self.connections.remove(key)?;
        let cx = &mut self.ground.at(now);
        cx.limits.totals.count_unfinished(connection.inbox.counted, 0);
        if self.long_requests.forget(key) {
            connection.charge(ABANDONED_STEPS, cx);
        }
        self.feed.forget(&mut connection, cx);
        self.feed.settle(&mut self.connections, cx);
        let info = connection.end(cx);
        self.begin_long_requests(now);
        Some(info)
    }

    /// What is to be sent on a connection.
    pub fn queue(&self, key: ConnectionKey) -> Option<&SendQueue> {
        self.connections.get(key).map(|connection| &connection.outlet.queue)
    }

    /// Bytes of commands that came on a connection and were not dealt with.
    pub fn unfinished(&self, key: ConnectionKey) -> usize {
        self.connections.get(key).map_or(0, |connection| connection.inbox.counted)
    }

    /// Tells that the transport of a connection took `count` bytes of its queue.
    pub fn sent(&mut self, key: ConnectionKey, count: usize, now: Moment) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let cx = &mut self.ground.at(now);
        connection.sent(count, cx.counts, now.instant);
        self.feed.playbacks.resume(connection, cx);
        if connection.inbox.has_more() {
            self.attend(key, now);
        }
        self.begin_long_requests(now);
    }

    /// Why a connection is about to end, if it is.
    pub fn closing(&self, key: ConnectionKey) -> Option<&CloseReason> {
        self.connections.get(key)?.closing()
    }

    /// Where the datagrams of a channel go; `None` when the channel is closed, and its socket not
    /// needed any more.
    pub fn channel(&self, id: ChannelId) -> Option<Channel> {
        self.feed.channel(id, &self.connections, &self.ground.settings)
    }

    /// Hands the datagrams of a channel to `send`, which tells what became of them. Those that are dropped are
    /// counted.
    pub fn send_datagrams(&mut self, id: ChannelId, send: impl FnOnce(&[Datagram]) -> Handed) {
        self.feed.send_datagrams(id, send, &mut self.connections, &mut self.ground.counts);
    }

    /// The host of a subscriber says of earlier datagrams of its channel that nobody listens there.
    pub fn datagrams_refused(&mut self, id: ChannelId, now: Moment) {
        let cx = &mut self.ground.at(now);
        if let ChannelId::Connection(key) = id
            && let Some(connection) = self.connections.get_mut(key)
        {
            connection.datagrams_refused(cx);
        }
    }

    // ---- time -------------------------------------------------------------------------------------

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        self.ground.timers.deadline().into_iter().chain(self.feed.deadline()).min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.finish_packets();
        let PublisherSession { ground, connections, feed, turns, .. } = self;
        let cx = &mut ground.at(now);
        while let Some((key, task)) = cx.timers.take_due(now.instant) {
            let Some(connection) = connections.get_mut(key) else { continue };
            match task {
                Task::KeepAlive => {
                    if let Some(reason) = feed.groups.held_up_by(connection, now.instant) {
                        connection.close(reason, cx.outbox);
                    }
                    feed.playbacks.end_unread(connection, cx);
                    connection.keep_alive(cx);
                    cx.timers.set(now.instant + KEEP_ALIVE, key, task);
                }
                Task::OfferCache => feed.release_offer(connection, cx),
                Task::ServeCommands => {
                    let is_light = cx.limits.is_light(connection.info.address.ip(), cx.settings, now.instant);
                    turns.add(key, is_light);
                }
                Task::TellDatagrams => connection.tell_datagrams(feed.datagrams_sent(connection), cx),
                Task::RepeatBlocks => {
                    connection.repeat_due_blocks(cx);
                    connection.outlet.tell_channel(cx.outbox);
                }
                Task::RotateCipherKeys => connection.rotate_old_cipher_keys(cx),
                Task::RetireCipherKeys => connection.retire_cipher_keys(),
            }
            connection.outlet.tell(cx.outbox);
        }
        feed.settle(connections, cx);
        feed.handle_timeout(connections, cx);
    }

    // ---- publishing -------------------------------------------------------------------------------

    /// Publishes other metadata from now on. Subscribers are told; those whose filter selects
    /// other signals now get a new signal index cache.
    pub fn set_catalog(&mut self, catalog: Arc<Catalog>, now: Moment) {
        self.finish_packets();
        self.ground.catalog = catalog;
        let cx = &mut self.ground.at(now);
        self.feed.change_catalog(&mut self.connections, cx);
        self.feed.settle(&mut self.connections, cx);
        self.attend_selections(now);
    }

    /// Sees to it that filters are evaluated that are to be.
    fn attend_selections(&mut self, now: Moment) {
        let wants_selection =
            |connection: &&connection::Connection| connection.inbox.wants_selection.is_some();
        let keys = self.connections.iter().filter(wants_selection).map(|connection| connection.key);
        keys.collect::<Vec<_>>().into_iter().for_each(|key| self.attend(key, now));
    }

    /// Publishes measurements; `row` of each is one of the catalog's MeasurementDetail table. Call
    /// [`finish_packets`](Self::finish_packets) afterwards.
    pub fn publish(&mut self, points: &[RawMeasurement], now: Moment) {
        self.feed.publish(points, &mut self.connections, &mut self.ground.at(now));
    }

    /// Queues what was published and not queued yet.
    pub fn finish_packets(&mut self) {
        if let Some(now) = self.feed.take_unfinished() {
            self.feed.finish_packets(&mut self.connections, &mut self.ground.at(now));
        }
    }

    /// Sends opaque bytes of a signal, a row of the catalog's MeasurementDetail table, to every
    /// connection whose subscription has that signal, behind the measurements published before.
    /// With `confirm` they are sent again until they are confirmed; not every implementation can
    /// read such blocks.
    pub fn send_buffer_block(&mut self, row: u32, bytes: &[u8], confirm: bool, now: Moment) {
        self.finish_packets();
        let cx = &mut self.ground.at(now);
        self.feed.send_buffer_block((row, bytes), confirm, &mut self.connections, cx);
    }

    /// False while a connection's queue is full and the policy is to wait for it. Historical data
    /// wait for themselves.
    pub fn has_room(&self) -> bool {
        feed::has_room(&self.connections, &self.ground.settings, &self.ground.limits.totals)
    }

    /// True when nothing waits on any connection to be sent, or to be confirmed if it is sent again
    /// otherwise; historical data aside.
    pub fn is_flushed(&self) -> bool {
        self.connections.iter().all(|connection| {
            connection.blocks.is_confirmed()
                && (connection.reception.is_historical || connection.outlet.queue.is_empty())
                && connection.outlet.channel.as_ref().is_none_or(UdpChannel::is_empty)
        }) && self.feed.groups.are_empty()
    }

    // ---- messages ---------------------------------------------------------------------------------

    /// Sends a text, with the time in front of it, to the operators of one subscriber, or of all.
    /// Connections that have not told their operational modes get it after that. False when there is no
    /// such connection, or it is about to end.
    pub fn notify(&mut self, id: NotificationId, to: Option<ConnectionId>, text: &str, now: Moment) -> bool {
        let text = with_time(text, now);
        let outbox = &mut self.ground.outbox;
        let limits = &self.ground.settings.limits;
        if let Some(to) = to {
            let Some(connection) = self.connections.with_id(to) else { return false };
            let is_notified = connection.notify(id, &text, limits, outbox);
            connection.outlet.tell(outbox);
            return is_notified;
        }
        for connection in self.connections.iter_mut() {
            connection.notify(id, &text, limits, outbox);
            connection.outlet.tell(outbox);
        }
        true
    }

    /// Answers user command `command`, 0 to 15, of a subscriber.
    pub fn answer_user_command(
        &mut self,
        id: ConnectionId,
        command: u8,
        answer: UserAnswer<'_>,
    ) -> Result<(), Unanswerable> {
        let connection = self.connections.with_id(id).ok_or(Unanswerable::NoConnection)?;
        connection.answer_user_command(command, answer, &self.ground.settings.limits)?;
        connection.outlet.tell(&mut self.ground.outbox);
        Ok(())
    }

    /// Tells all subscribers that the configuration has changed, so that they request metadata
    /// again. [`set_catalog`](Self::set_catalog) does so by itself.
    pub fn announce_configuration_change(&mut self) {
        for connection in self.connections.iter_mut() {
            connection.announce_configuration_change(&self.ground.settings.limits);
            connection.outlet.tell(&mut self.ground.outbox);
        }
    }

    // ---- what is known ----------------------------------------------------------------------------

    /// What is known of a connection.
    pub fn info(&mut self, id: ConnectionId) -> Option<&ConnectionInfo> {
        self.connections.with_id(id).map(|connection| connection.current_info())
    }

    /// What is known of every connection.
    pub fn connections(&mut self, now: Instant) -> Vec<ConnectionInfo> {
        let info = |connection: &mut connection::Connection| {
            connection.meter.roll(now);
            connection.current_info().clone()
        };
        self.connections.iter_mut().map(info).collect()
    }

    /// Number of connections, and how many of them get measurements.
    pub fn connection_counts(&self) -> (usize, usize) {
        (self.connections.len(), self.ground.counts.subscribed)
    }

    /// Counts so far.
    pub fn statistics(&self) -> PublisherCounters {
        let (connections, subscribed) = self.connection_counts();
        PublisherCounters {
            connections: connections as u64,
            subscribed: subscribed as u64,
            ..self.ground.counts.statistics
        }
    }

    /// Measurements queued per second, once for each subscriber, in the latest complete second.
    pub fn measurements_per_second(&mut self, now: Instant) -> f64 {
        self.ground.counts.meter.roll(now);
        self.ground.counts.meter.measurements_per_second()
    }

    /// How late measurements were when they were queued, once for each subscriber: of the first and
    /// the last one of each data packet, historical ones aside. The interval is the latest complete
    /// second.
    pub fn latency(&mut self, now: Instant) -> LatencyStatistics {
        self.ground.counts.meter.roll(now);
        self.ground.counts.meter.latency()
    }
}
