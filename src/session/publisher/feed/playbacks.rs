//! Temporal subscriptions: historical measurements of a window of time, played back to one
//! subscriber.
//!
//! A playback begins when the subscriber has confirmed its signals, and ends with
//! ProcessingComplete: when everything was sent, or earlier when the subscriber wants something
//! else. It reads its source only as far as the connection takes what it gave, so that nothing is
//! dropped; live subscribers notice nothing of it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Instant;

use super::replay::{Progress, Replay, Source, Supplied, Supply, Target};
use crate::Ticks;
use crate::codec::RawMeasurement;
use crate::codec::history::{History, HistoryReader};
use crate::rights::AuditSubject;
use crate::session::publisher::catalog::Catalog;
use crate::session::publisher::connection::Connection;
use crate::session::publisher::connections::Connections;
use crate::session::publisher::context::Context;
use crate::session::publisher::events::{ConnectionKey, PublisherEvent};
use crate::session::publisher::history::HistoryUse;
use crate::session::publisher::output::{Outbox, Output};
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::totals::Kind;
use crate::session::publisher::work::{
    HistoryCall, HistoryChunk, HistoryPart, HistoryRequest, ReplayId, Work,
};
use crate::session::{ALL_THERE_ARE, END_HERE};
use crate::settings::SubscriptionOptions;
use crate::time_expression::{TimeExpression, TimeWindow};
use crate::wire::messages::decode_processing_interval;
use crate::wire::{Command, Response};
use uuid::Uuid;

/// Bytes of measurements that wait to be sent before a playback pauses.
const ROOM: usize = 512 << 10;
/// Playbacks served in one turn, so that many of them do not keep others waiting.
const REPLAYS_PER_TURN: usize = 8;

/// All playbacks, and where their measurements come from.
#[derive(Default)]
pub(crate) struct Playbacks {
    /// What was published lately, if that is kept.
    history: Option<HistoryUse>,
    /// The application has historical data; it is asked first.
    has_source: bool,
    replays: BTreeMap<ConnectionKey, Replay>,
    last_number: u64,
    /// Connection of the playback that was served last.
    last_served: ConnectionKey,
}

impl Playbacks {
    /// What was published lately comes from there from now on.
    pub(crate) fn use_history(&mut self, history: Option<HistoryUse>) {
        self.history = history;
    }

    /// Keeps measurements that were published now.
    pub(super) fn record(&self, points: &[RawMeasurement], now: Instant) {
        if let Some(mut history) = self.history.as_ref().and_then(HistoryUse::to_record) {
            history.record(points, now);
        }
    }

    /// Rows of measurements are those of `catalog` from now on.
    pub(super) fn change_catalog(&self, catalog: &Catalog) {
        if let Some(mut history) = self.history.as_ref().and_then(HistoryUse::to_record) {
            history.set_signals(catalog.signal_ids().to_vec());
        }
    }

    /// Whether there is one for a connection.
    pub(super) fn has_one(&self, key: ConnectionKey) -> bool {
        self.replays.contains_key(&key)
    }

    /// When a playback has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.replays.values().filter_map(|replay| replay.deadline).min()
    }

    /// The window that a subscription asks for; `None` for live measurements.
    pub(super) fn window(
        &self,
        options: &SubscriptionOptions,
        now: Ticks,
    ) -> Result<Option<TimeWindow>, String> {
        let Some(start) = &options.start_time else { return Ok(None) };
        let time = |key: &str, text: &str| {
            let expression = text.parse::<TimeExpression>().map_err(|error| format!("{key}: {error}"))?;
            Ok::<_, String>(expression.resolve(now))
        };
        let start = time("startTimeConstraint", start)?;
        let stop = match &options.stop_time {
            Some(stop) => time("stopTimeConstraint", stop)?,
            None => Ticks::MAX,
        };
        if stop.value() < start.value() {
            return Err(format!(
                "stopTimeConstraint is {stop}, before startTimeConstraint, which is {start}"
            ));
        }
        if !self.has_source && self.history.is_none() {
            return Err("this publisher has no historical data; leave out startTimeConstraint".into());
        }
        Ok(Some(TimeWindow { start, stop }))
    }

    /// A subscription is accepted. It ends the playback under way; if it is temporal itself, its own
    /// one begins as soon as its signals are confirmed.
    pub(super) fn replace(
        &mut self,
        connection: &mut Connection,
        subscription: &Arc<Subscription>,
        options: &SubscriptionOptions,
        cx: &mut Context<'_>,
    ) {
        self.cancel(connection, "another subscription takes its place", cx);
        let Some(window) = subscription.window else { return };
        let mut request = HistoryRequest {
            connection: connection.info.id,
            window,
            signals: subscription.selection.signal_ids().collect(),
            parameters: options.time_parameters.clone().unwrap_or_default(),
        };
        let source = match &self.history {
            Some(history) if !self.has_source => {
                let history = history.store().lock();
                let reader = kept(&history, window, &request.signals, cx.now.utc);
                request.window.stop = reader.window().stop;
                Source::Memory(Box::new(reader))
            }
            _ => Source::Application(Supply::new(&request)),
        };
        self.last_number += 1;
        let id = ReplayId { connection: connection.info.id, number: self.last_number };
        let (subscription, interval) = (subscription.clone(), options.processing_interval);
        let place = cx.limits.totals.add(Kind::Playback, connection.info.address.ip());
        let replay = Replay::new(id, subscription, request, source, interval, place, cx.now.instant);
        self.replays.insert(connection.key, replay);
    }

    /// The signals of a temporal subscription are confirmed. False when it was ended before.
    pub(super) fn start(&mut self, key: ConnectionKey, subscription: &Arc<Subscription>) -> bool {
        let replay = self.replays.get_mut(&key);
        let replay = replay.filter(|replay| Arc::ptr_eq(&replay.subscription, subscription));
        replay.map(Replay::start).is_some()
    }

    /// Connections whose playback has something to do, in turns.
    pub(super) fn due(&mut self, now: Instant) -> Vec<ConnectionKey> {
        let is_due = |replay: &Replay| replay.deadline.is_some_and(|deadline| deadline <= now);
        let later = self.replays.range((Bound::Excluded(self.last_served), Bound::Unbounded));
        let in_turn = later.chain(self.replays.range(..=self.last_served));
        let due: Vec<ConnectionKey> = in_turn
            .filter(|(_, replay)| is_due(replay))
            .map(|(key, _)| *key)
            .take(REPLAYS_PER_TURN)
            .collect();
        self.last_served = due.last().copied().unwrap_or(self.last_served);
        due
    }

    /// Does what is due for the playback of a connection.
    pub(super) fn advance(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let Some(replay) = self.replays.get_mut(&connection.key) else { return };
        if connection.is_closing() {
            replay.deadline = None;
            return;
        }
        let room = room(cx);
        let target = Target { connection, counts: cx.counts, room };
        let mut history = self.history.as_ref().map(|history| history.store().lock());
        let progress = replay.advance(target, history.as_deref_mut(), cx.now);
        drop(history);
        match progress {
            Progress::Waits => {}
            Progress::Asks => call(HistoryCall::Read(replay.id, replay.request.clone()), cx.outbox),
            Progress::Complete => self.complete(connection, cx),
        }
    }

    /// Ends the playback of a subscriber that has taken nothing, or not confirmed its signals, for so long that its place
    /// is for others.
    pub(crate) fn end_unread(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let Some(replay) = self.replays.get(&connection.key) else { return };
        let timeout = cx.settings.limits.unread_timeout;
        let is_started = replay.is_started();
        let since = match is_started {
            true => connection.outlet.stalled_since(cx.now.instant),
            false => Some(replay.accepted),
        };
        if since.is_none_or(|since| cx.now.instant < since + timeout) {
            return;
        }
        let seconds = timeout.as_secs_f64();
        let why = match is_started {
            true => format!("the subscriber has taken nothing for {seconds} s (unreadTimeout)"),
            false => {
                format!("the subscriber has not confirmed its signals within {seconds} s (unreadTimeout)")
            }
        };
        warn(connection, &format!("it ends, because {why}"), cx.outbox);
        if is_started {
            // Who does not read the words of the end must not take what came for everything.
            connection.outlet.fail(Command::Subscribe, &format!("{END_HERE}: {why}"));
            self.end(connection, &why, cx);
        } else {
            // What it gets meanwhile goes on.
            self.cancel(connection, &why, cx);
        }
    }

    /// A connection has taken something: its playback may go on.
    pub(crate) fn resume(&mut self, connection: &Connection, cx: &Context<'_>) {
        let Some(replay) = self.replays.get_mut(&connection.key) else { return };
        if replay.waits_for_room && connection.outlet.queue.data_len() <= room(cx) / 2 {
            replay.deadline = Some(cx.now.instant);
        }
    }

    /// Whether the application has historical data. Playbacks that it was asked for end when that
    /// changes.
    pub(crate) fn use_source(
        &mut self,
        has_source: bool,
        connections: &mut Connections,
        cx: &mut Context<'_>,
    ) {
        self.has_source = has_source;
        let asking = self.replays.iter().filter(|(_, replay)| replay.is_from_application());
        let asking: Vec<ConnectionKey> = asking.map(|(key, _)| *key).collect();
        for connection in connections.iter_mut().filter(|connection| asking.contains(&connection.key)) {
            let why = "the publisher has another source of historical data now; subscribe again";
            self.fail(connection, why, cx);
            connection.outlet.tell(cx.outbox);
        }
    }

    /// The connection on which a playback goes on.
    pub(crate) fn connection_of(&self, id: ReplayId) -> Option<ConnectionKey> {
        self.replays.iter().find(|(_, replay)| replay.id == id).map(|(key, _)| *key)
    }

    /// The application's source has read something.
    pub(crate) fn supply(&mut self, connection: &mut Connection, chunk: HistoryChunk, cx: &mut Context<'_>) {
        match chunk {
            Ok(part) => {
                let Some(replay) = self.replays.get_mut(&connection.key) else { return };
                let supplied = match part {
                    HistoryPart::Rows(rows) => Supplied::Rows(rows),
                    HistoryPart::End(missing) => Supplied::End(missing),
                    HistoryPart::Kept(times) => match &self.history {
                        None => Supplied::Rows(Vec::new()),
                        Some(history) => {
                            let window = times.within(replay.request.window);
                            let history = history.store().lock();
                            let reader = kept(&history, window, &replay.request.signals, cx.now.utc);
                            Supplied::Kept(Box::new(reader))
                        }
                    },
                };
                replay.supply(supplied, cx.now.instant);
            }
            Err(text) => self.fail(connection, &text, cx),
        }
    }

    fn complete(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let Some(replay) = self.remove(connection.key, cx.outbox) else { return };
        let loss = replay.source.loss();
        if !loss.is_empty() {
            warn(connection, &format!("the historical data are incomplete: {loss}"), cx.outbox);
        }
        if replay.source.missed() > 0 {
            connection.outlet.fail(Command::Subscribe, &format!("historical data are incomplete: {loss}"));
        }
        let text = match loss.is_empty() {
            true => "All historical data were sent.".to_owned(),
            false => format!("{ALL_THERE_ARE}; {loss}."),
        };
        end_subscription(connection, &text, cx);
    }

    /// Ends a playback because its source cannot go on.
    fn fail(&mut self, connection: &mut Connection, why: &str, cx: &mut Context<'_>) {
        if self.remove(connection.key, cx.outbox).is_none() {
            return;
        }
        if connection.is_closing() {
            return;
        }
        let text = format!("historical data could not be read: {why}");
        warn(connection, &text, cx.outbox);
        connection.outlet.fail(Command::Subscribe, &text);
        end_subscription(connection, &format!("Historical data could not be read: {why}"), cx);
    }

    /// Ends a playback because the application wants that. False when there is none.
    pub(crate) fn end(&mut self, connection: &mut Connection, why: &str, cx: &mut Context<'_>) -> bool {
        let is_ended = self.remove(connection.key, cx.outbox).is_some();
        if is_ended {
            end_subscription(connection, &format!("Historical data end here: {why}"), cx);
        }
        is_ended
    }

    /// Ends a playback, if there is one, that the subscriber does not want any more.
    pub(super) fn cancel(&mut self, connection: &mut Connection, why: &str, cx: &mut Context<'_>) {
        if self.remove(connection.key, cx.outbox).is_some() {
            connection.note_older();
            announce_end(connection, &format!("Historical data end here: {why}."));
        }
    }

    /// Forgets a playback. The application will not be asked for it any more.
    pub(super) fn remove(&mut self, key: ConnectionKey, outbox: &mut Outbox) -> Option<Replay> {
        let replay = self.replays.remove(&key)?;
        if replay.is_from_application() {
            call(HistoryCall::Close(replay.id), outbox);
        }
        Some(replay)
    }

    /// Changes the pace of a playback, as its subscriber wants.
    pub(crate) fn change_pace(&mut self, connection: &mut Connection, payload: &[u8], cx: &mut Context<'_>) {
        let command = Command::UpdateProcessingInterval;
        let interval = match decode_processing_interval(payload) {
            Ok(interval) => interval,
            Err(error) => {
                return connection.refuse(command, AuditSubject::ProcessingInterval, &error.to_string(), cx);
            }
        };
        match self.replays.get_mut(&connection.key) {
            Some(replay) => {
                replay.set_pace(interval, cx.now.instant);
                if let Some(terms) = &mut connection.info.terms {
                    Arc::make_mut(terms).granted.processing_interval = Some(interval);
                }
                let id = connection.info.id;
                cx.outbox
                    .event(PublisherEvent::ProcessingInterval { connection: id, milliseconds: interval });
                let text = format!("Historical data are played back {} now.", replay.pacer.describe());
                connection.accept(AuditSubject::ProcessingInterval, &text, cx);
                connection.outlet.succeed(command, &text);
            }
            None => connection.refuse(
                command,
                AuditSubject::ProcessingInterval,
                "there is no playback of historical data whose pace could change; subscribe with a \
                 startTimeConstraint first",
                cx,
            ),
        }
    }
}

/// Reads what is kept of a window now. What is still to come ends with the playback, whatever time it has.
fn kept(history: &History, window: TimeWindow, signals: &[Uuid], now: Ticks) -> HistoryReader {
    let newest = now.max(history.extent().latest);
    let window = TimeWindow { stop: window.stop.min(newest), ..window };
    HistoryReader::new(history, window, signals.iter().copied())
}

fn room(cx: &Context<'_>) -> usize {
    ROOM.min(cx.limits.totals.send_queue_limit(cx.settings))
}

fn call(call: HistoryCall, outbox: &mut Outbox) {
    outbox.push(Output::Work(Work::History(call)));
}

fn announce_end(connection: &mut Connection, text: &str) {
    connection.outlet.announce_text(Response::ProcessingComplete, text);
}

/// Nothing will follow for this subscriber until it subscribes again.
fn end_subscription(connection: &mut Connection, text: &str, cx: &mut Context<'_>) {
    announce_end(connection, text);
    connection.stop(cx);
}

fn warn(connection: &Connection, text: &str, outbox: &mut Outbox) {
    outbox.warn(format!("playback to {}: {text}", connection.info.address));
}
