//! What feeds connections with measurements: the streams that they share, multicast groups, playbacks of
//! historical data.

mod base_times;
mod groups;
mod latest;
mod pacer;
mod places;
mod playbacks;
mod receivers;
mod replay;
mod restarts;
mod stream;
mod subscribing;
mod throttle;
mod withholding;

use std::sync::Arc;
use std::time::{Duration, Instant};

use self::groups::Groups;
use self::latest::Latest;
use self::places::Reserved;
use self::playbacks::Playbacks;
use self::receivers::Receivers;
use self::stream::Stream;
use super::catalog::FEW_STEPS;
use super::connection::{Connection, Content, Offer, Selecting};
use super::connections::Connections;
use super::context::Context;
use super::counts::Counts;
use super::events::ConnectionKey;
use super::output::{Channel, ChannelId};
use super::selection::Selection;
use super::settings::{Overflow, PublisherSettings};
use super::subscription::Subscription;
use super::timers::{Task, Timers};
use super::totals::Totals;
use super::udp_channel::UdpChannel;
use crate::codec::RawMeasurement;
use crate::filter::Allowance;
use crate::rights::AuditSubject;
use crate::session::SubscribeRequest;
use crate::session::{Datagram, Handed, Moment};
use crate::settings::SubscriptionOptions;
use crate::wire::Command;

/// How often it is counted what waits of streams, whether or not they have packets.
const BETWEEN_COUNTS: Duration = Duration::from_secs(1);

/// Everything that measurements come from.
#[derive(Default)]
pub(crate) struct Feed {
    pub(crate) streams: Vec<Stream>,
    pub(crate) groups: Groups,
    pub(crate) playbacks: Playbacks,
    reserved: Vec<Reserved>,
    latest: Latest,
    /// When something was published that is not all queued yet.
    unfinished: Option<Moment>,
    /// When it was counted last what waits of the streams.
    counted: Option<Instant>,
}

impl Feed {
    // ---- what is published ------------------------------------------------------------------------

    /// Encodes measurements, whose rows are those of the catalog.
    pub(crate) fn publish(
        &mut self,
        points: &[RawMeasurement],
        connections: &mut Connections,
        cx: &mut Context<'_>,
    ) {
        self.unfinished = Some(cx.now);
        self.playbacks.record(points, cx.now.instant);
        if cx.settings.cached_values {
            self.latest.keep(points, cx.catalog);
        }
        let now = cx.now.instant;
        let mut receivers = Receivers { connections, groups: &mut self.groups, cx };
        let mut numbers_only = None;
        for stream in &mut self.streams {
            let points = match stream.subscription.nan_filter {
                true => numbers_only.get_or_insert_with(|| without_nan(points)),
                false => points,
            };
            match &mut stream.throttle {
                Some(throttle) => throttle.keep(points, now),
                None => receivers.encode(stream, points),
            }
        }
    }

    /// Encodes measurements for one connection that gets those of the present for itself. False when there is
    /// no such.
    pub(crate) fn publish_to(
        &mut self,
        key: ConnectionKey,
        points: &[RawMeasurement],
        connections: &mut Connections,
        cx: &mut Context<'_>,
    ) -> bool {
        let Some(stream) = self.streams.iter_mut().find(|stream| stream.members.contains(&key)) else {
            return false;
        };
        if stream.subscription.carriage.group.is_some() {
            return false;
        }
        let without_nan = stream.subscription.nan_filter.then(|| without_nan(points));
        let mut own = Stream::for_one(key, stream.subscription.clone(), cx.catalog);
        let mut receivers = Receivers { connections, groups: &mut self.groups, cx };
        receivers.encode(&mut own, without_nan.as_deref().unwrap_or(points));
        receivers.finish_packet(&mut own);
        // The connection has another encoder's packets now: that of all has to begin anew.
        stream.restart = true;
        true
    }

    /// When something was published that is not queued yet.
    pub(crate) fn take_unfinished(&mut self) -> Option<Moment> {
        self.unfinished.take()
    }

    /// Queues what was published and not queued yet.
    pub(crate) fn finish_packets(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        let mut receivers = Receivers { connections, groups: &mut self.groups, cx };
        self.streams.iter_mut().for_each(|stream| receivers.finish_packet(stream));
    }

    /// Sends opaque bytes of a signal to everyone who has it.
    pub(crate) fn send_buffer_block(
        &mut self,
        (row, bytes): (u32, &[u8]),
        confirm: bool,
        connections: &mut Connections,
        cx: &mut Context<'_>,
    ) {
        let mut content = Content::new(bytes);
        for stream in &self.streams {
            let Some(signal_index) = stream.signal_index(row) else { continue };
            for key in &stream.members {
                let Some(connection) = connections.get_mut(*key) else { continue };
                if !connection.is_closing() {
                    connection.send_block(signal_index, &mut content, confirm, cx);
                    connection.outlet.tell_channel(cx.outbox);
                    connection.outlet.tell(cx.outbox);
                }
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let streams = self.streams.iter().filter_map(Stream::deadline);
        streams.chain(self.playbacks.deadline()).min()
    }

    /// Does what streams and playbacks have to do by themselves.
    pub(crate) fn handle_timeout(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        let is_due = |counted: Instant| cx.now.instant >= counted + BETWEEN_COUNTS;
        if self.counted.is_none_or(is_due) {
            self.counted = Some(cx.now.instant);
            // A stream that has fallen silent does not count itself.
            let Feed { streams, groups, .. } = &mut *self;
            streams.iter_mut().for_each(|stream| receivers::count_held(stream, connections, groups));
        }
        for stream in &mut self.streams {
            if stream.deadline().is_some_and(|due| due <= cx.now.instant) {
                let waits = !has_room(connections, cx.settings, &cx.limits.totals);
                let mut receivers = Receivers { connections, groups: &mut self.groups, cx };
                receivers.handle_timeout(stream, waits);
            }
        }
        for key in self.playbacks.due(cx.now.instant) {
            if let Some(connection) = connections.get_mut(key) {
                self.playbacks.advance(connection, cx);
                connection.outlet.tell(cx.outbox);
            }
        }
    }

    /// The metadata are others now. Subscribers are told; those whose filter selects other signals now get
    /// them.
    pub(crate) fn change_catalog(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        self.playbacks.change_catalog(cx.catalog);
        self.streams.iter_mut().for_each(|stream| stream.change_catalog(cx.catalog));
        for connection in connections.iter_mut() {
            connection.announce_configuration_change(&cx.settings.limits);
            self.withhold(connection, cx);
            self.select_anew(connection, cx);
            connection.outlet.tell(cx.outbox);
        }
        self.groups.change_catalog(cx);
    }

    /// Evaluates the filter of a connection again: here, when it has its turn if much was done at once, or elsewhere
    /// if that takes long.
    pub(crate) fn select_anew(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let Some(subscription) = connection.live_subscription() else { return };
        if cx.limits.is_round_over() {
            return connection.inbox.wants_selection = Some(Selecting::InTurn);
        }
        let mut allowance = Allowance::new(FEW_STEPS);
        let view = connection.view(cx.catalog);
        if view.takes_long_to_select(&subscription.filter) {
            return connection.inbox.wants_selection = Some(Selecting::Elsewhere);
        }
        let selected = view.select(&subscription.filter, cx.now.utc, &mut allowance);
        cx.limits.work(allowance.spent() + selected.as_ref().map_or(0, |selection| selection.steps()));
        if allowance.is_exhausted() {
            return connection.inbox.wants_selection = Some(Selecting::Elsewhere);
        }
        self.use_selection(connection, selected.map_err(|error| error.to_string()), cx);
    }

    /// The filter of a connection selects these signals from the metadata that are published now.
    pub(crate) fn use_selection(
        &mut self,
        connection: &mut Connection,
        selected: Result<Arc<Selection>, String>,
        cx: &mut Context<'_>,
    ) {
        let Some(subscription) = connection.live_subscription().cloned() else { return };
        match selected {
            Ok(selection) if selection == subscription.selection => {}
            Ok(selection) => {
                let rights = connection.signal_rights();
                let subscription = Subscription { rights, ..subscription.with_selection(selection) };
                let subscription = Arc::new(subscription);
                self.offer(connection, subscription, cx);
            }
            Err(error) => cx.outbox.warn(format!(
                "{} keeps its signals, because its filter does not fit the new metadata: {error}",
                connection.info.address
            )),
        }
    }

    // ---- who gets it ------------------------------------------------------------------------------

    /// What a subscriber gets that wants these signals, or why it gets nothing. When that changes what a
    /// group gets, the connection has left the subscription before, and the groups are to be
    /// [settled](Self::settle) first.
    pub(crate) fn grant(
        &mut self,
        connection: &mut Connection,
        request: &SubscribeRequest,
        selection: Arc<Selection>,
        cx: &mut Context<'_>,
    ) -> Result<Subscription, String> {
        let granted = subscribing::grant(connection, request, selection, &self.playbacks, cx)?;
        self.groups.check(connection, &granted)?;
        self.shortage(connection, &granted, cx).map_or(Ok(()), Err)?;
        if granted.carriage.group.is_some() || connection.group.is_some() {
            self.leave(connection, cx);
        }
        Ok(granted)
    }

    /// Uses a subscription of its own, or that of the multicast group which is asked for. Returns
    /// which it is.
    pub(crate) fn subscribe(
        &mut self,
        connection: &mut Connection,
        granted: Subscription,
        options: &SubscriptionOptions,
        cx: &mut Context<'_>,
    ) -> Arc<Subscription> {
        let group = granted.carriage.group;
        let granted = Arc::new(granted);
        connection.has_asked = true;
        if let Some(address) = group {
            let shared = self.groups.join(connection, address, granted, cx);
            self.reserve(connection, &shared, cx);
            return shared;
        }
        self.playbacks.replace(connection, &granted, options, cx);
        self.reserve(connection, &granted, cx);
        self.offer(connection, granted.clone(), cx);
        granted
    }

    /// Sends the cache of a new subscription. Measurements follow once it is confirmed, at once
    /// for subscribers that never confirm.
    fn offer(&mut self, connection: &mut Connection, subscription: Arc<Subscription>, cx: &mut Context<'_>) {
        let Some(modes) = connection.modes() else { return };
        if modes.version.confirms_caches() {
            match connection.exchange.offer(subscription, cx.now.instant) {
                Some(offer) => connection.send_cache(&offer),
                None => watch_offer(connection, cx.timers),
            }
        } else {
            connection.exchange.install(subscription.clone());
            connection.send_cache(&Offer { slot: 0, subscription: subscription.clone() });
            self.start(connection, &subscription, cx);
        }
    }

    /// A subscriber confirmed the oldest cache that it had not confirmed yet.
    pub(crate) fn confirm_cache(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        if !connection.modes().is_some_and(|modes| modes.version.confirms_caches()) {
            return;
        }
        let confirmed = connection.exchange.confirm(cx.now.instant);
        if connection.group.is_some() {
            // Those of the subscription before come first.
            if confirmed.is_none() {
                self.groups.confirm(connection);
            }
            return;
        }
        // A confirmation that nobody asked for is harmless.
        let Some(confirmed) = confirmed else { return };
        if let Some(next) = confirmed.next {
            connection.send_cache(&next);
        }
        watch_offer(connection, cx.timers);
        if let Some(subscription) = confirmed.current {
            self.start(connection, &subscription, cx);
        }
    }

    /// Sends the cache that has waited for its slot.
    pub(crate) fn release_offer(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        if connection.group.is_some() {
            return self.groups.release_offer(connection, cx.now.instant);
        }
        if let Some(offer) = connection.exchange.release(cx.now.instant) {
            connection.send_cache(&offer);
        }
        watch_offer(connection, cx.timers);
    }

    /// Measurements of a subscription flow from now on.
    fn start(&mut self, connection: &mut Connection, subscription: &Arc<Subscription>, cx: &mut Context<'_>) {
        self.leave_stream(connection.key);
        // Others may keep the stream that it leaves, whose place it was to have. What was not asked for, because
        // metadata or rights have changed, has its place in any case.
        let is_new = std::mem::take(&mut connection.has_asked) && subscription.window.is_none();
        if is_new && let Some(why) = self.shortage(connection, subscription, cx) {
            cx.outbox.warn(format!("ended the subscription of {}: {why}", connection.info.address));
            connection.refuse(Command::Subscribe, AuditSubject::Subscription, &why, cx);
            return self.leave(connection, cx);
        }
        match subscription.window {
            None => self.join_stream(connection, subscription, cx),
            Some(_) if self.playbacks.start(connection.key, subscription) => {}
            // It was ended before its signals were confirmed.
            Some(_) => return,
        }
        let carriage = subscription.carriage;
        connection.use_channel(carriage.channel.filter(|_| carriage.group.is_none()), cx);
        if carriage.group.is_some() {
            connection.begin_account(cx);
        }
        connection.start(subscription, cx);
        if is_new && cx.settings.cached_values {
            self.latest.note_newcomer(connection.key);
        }
    }

    fn join_stream(&mut self, connection: &Connection, subscription: &Arc<Subscription>, cx: &Context<'_>) {
        let found = self.streams.iter().position(|stream| stream.subscription.has_same_stream(subscription));
        let number = found.unwrap_or_else(|| {
            let place = self.take_place(connection, subscription, cx);
            let stream = Stream::new(subscription.clone(), cx.catalog);
            self.streams.push(stream.counted_in(&cx.limits.totals, place));
            self.streams.len() - 1
        });
        let stream = &mut self.streams[number];
        stream.members.push(connection.key);
        stream.restart = true;
        // It may wait for another one, which it has asked for since.
        let newest = connection.exchange.newest();
        if newest.is_none_or(|newest| newest.has_same_stream(subscription)) {
            self.release(connection.key);
        }
    }

    /// False when it was in none.
    fn leave_stream(&mut self, key: ConnectionKey) -> bool {
        let mut was_there = false;
        self.streams.retain_mut(|stream| {
            let members = stream.members.len();
            stream.members.retain(|member| *member != key);
            was_there |= stream.members.len() < members;
            !stream.members.is_empty()
        });
        was_there
    }

    /// A subscriber does not want its subscription any more.
    pub(crate) fn unsubscribe(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        self.playbacks.cancel(connection, "the subscriber has unsubscribed", cx);
        connection.outlet.succeed(Command::Unsubscribe, "Client unsubscribed.");
        connection.accept(AuditSubject::Unsubscription, "it gets no measurements any more", cx);
        self.leave(connection, cx);
    }

    /// The subscription of a connection is over.
    pub(crate) fn leave(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        self.leave_stream(connection.key);
        self.release(connection.key);
        connection.use_channel(None, cx);
        self.groups.leave(connection, cx);
        self.playbacks.cancel(connection, "the subscription is over", cx);
        connection.exchange.clear(cx.now.instant);
        connection.stop(cx);
    }

    /// A connection is gone.
    pub(crate) fn forget(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        self.leave_stream(connection.key);
        self.release(connection.key);
        connection.use_channel(None, cx);
        self.groups.leave(connection, cx);
        self.playbacks.remove(connection.key, cx.outbox);
    }

    // ---- datagrams --------------------------------------------------------------------------------

    /// How many datagrams were sent by the channel that a connection receives; `None` when there is no such.
    pub(crate) fn datagrams_sent(&self, connection: &Connection) -> Option<u64> {
        match connection.group {
            Some(address) => self.groups.datagrams_sent(address),
            None => connection.outlet.channel.as_ref().map(UdpChannel::sent),
        }
    }

    /// Where the datagrams of a channel go; `None` when the channel is closed.
    pub(crate) fn channel(
        &self,
        id: ChannelId,
        connections: &Connections,
        settings: &PublisherSettings,
    ) -> Option<Channel> {
        match id {
            ChannelId::Connection(connection) => {
                let destination = connections.get(connection)?.outlet.channel.as_ref()?.destination();
                Some(Channel { destination, connection, ttl: None })
            }
            ChannelId::Group(destination) => {
                let connection = self.groups.sender(destination)?;
                Some(Channel { destination, connection, ttl: Some(settings.udp.multicast_ttl) })
            }
        }
    }

    /// The driver takes note that a channel has something for it.
    pub(crate) fn channel_noticed(&mut self, id: ChannelId, connections: &mut Connections) {
        let channel = match id {
            ChannelId::Connection(key) => {
                connections.get_mut(key).and_then(|connection| connection.outlet.channel.as_mut())
            }
            ChannelId::Group(address) => self.groups.channel_mut(address),
        };
        if let Some(channel) = channel {
            channel.noticed();
        }
    }

    /// Hands the datagrams of a channel to `send`, which tells what became of them.
    pub(crate) fn send_datagrams(
        &mut self,
        id: ChannelId,
        send: impl FnOnce(&[Datagram]) -> Handed,
        connections: &mut Connections,
        counts: &mut Counts,
    ) {
        match id {
            ChannelId::Connection(key) => {
                if let Some(connection) = connections.get_mut(key) {
                    connection.send_datagrams(send, counts);
                }
            }
            ChannelId::Group(address) => self.groups.send_datagrams(address, send, connections, counts),
        }
    }

    /// Forgets what was kept for new subscribers.
    pub(crate) fn forget_latest(&mut self) {
        self.latest.clear();
    }

    /// Sends the latest measurements to those whose subscriptions have just begun.
    pub(crate) fn welcome(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        let newcomers = self.latest.take_newcomers();
        if newcomers.is_empty() {
            return;
        }
        let points = self.latest.marked(cx.catalog);
        for key in newcomers {
            // Who shares a multicast group has none for itself.
            self.publish_to(key, &points, connections, cx);
        }
    }

    /// Does what follows from what a subscriber has done: for the members of groups, and for who has just come.
    pub(crate) fn settle(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        for (key, subscription) in self.groups.settle(connections, cx) {
            if let Some(connection) = connections.get_mut(key) {
                self.start(connection, &subscription, cx);
                connection.outlet.tell(cx.outbox);
            }
        }
        self.welcome(connections, cx);
    }
}

/// Sets a timer if the cache of a connection waits for its slot.
fn watch_offer(connection: &Connection, timers: &mut Timers) {
    if let Some(until) = connection.exchange.held_until() {
        timers.set(until, connection.key, Task::OfferCache);
    }
}

/// False while a connection's queue is full and the policy is to wait for it. Historical data
/// wait for themselves.
pub(crate) fn has_room(connections: &Connections, settings: &PublisherSettings, totals: &Totals) -> bool {
    let limit = totals.send_queue_limit(settings);
    !matches!(settings.overflow, Overflow::Wait { .. })
        || connections.iter().all(|connection| {
            connection.is_closing()
                || connection.reception.is_historical
                || connection.outlet.queue.data_len() < limit
        })
}

fn without_nan(points: &[RawMeasurement]) -> Vec<RawMeasurement> {
    points.iter().filter(|point| !f32::from_bits(point.value_bits).is_nan()).copied().collect()
}
