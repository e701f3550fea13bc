//! Temporal subscriptions: historical measurements of a window of time, played back to one
//! subscriber.
//!
//! A playback begins when the subscriber has confirmed its signals, and ends with
//! ProcessingComplete: when everything was sent, or earlier when the subscriber wants something
//! else. It reads its source only as far as the connection takes what it gave, so that nothing is
//! dropped; live subscribers notice nothing of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::catalog::Catalog;
use super::events::{ConnectionId, HistoryCall, HistoryRequest, PublisherEvent};
use super::numbers::Numbers;
use super::replay::{Outlet, Progress, Replay, ReplayId, Source, Supply};
use super::subscription::Subscription;
use super::{PublisherSession, PublisherSettings, mark_changed};
use crate::Ticks;
use crate::codec::RawMeasurement;
use crate::codec::history::{History, HistoryExtent, HistoryLimits, HistoryReader};
use crate::session::{Moment, Severity};
use crate::time_expression::{TimeExpression, TimeWindow};
use crate::wire::messages::decode_processing_interval;
use crate::wire::{Command, Response, SubscriptionOptions};

/// Bytes of measurements that wait to be sent before a playback pauses.
const ROOM: usize = 512 << 10;
/// Playbacks served in one turn, so that many of them do not keep others waiting.
const REPLAYS_PER_TURN: usize = 8;

/// All playbacks, and where their measurements come from.
#[derive(Default)]
pub(super) struct Replays {
    /// What was published lately, if that is kept.
    history: Option<SharedHistory>,
    /// Another session records the history.
    is_follower: bool,
    /// The application has historical data; it is asked first.
    has_source: bool,
    by_connection: BTreeMap<ConnectionId, Replay>,
    numbers: Numbers,
    /// Connection of the playback that was served last.
    last_served: ConnectionId,
    calls: Vec<HistoryCall>,
}

/// All sessions of a publisher read from it, one records.
#[derive(Clone)]
struct SharedHistory(Arc<Mutex<History>>);

impl SharedHistory {
    fn new(history: History) -> SharedHistory {
        SharedHistory(Arc::new(Mutex::new(history)))
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replays {
    /// Numbers playbacks in this way.
    pub(super) fn become_member(&mut self, numbers: Numbers) {
        self.numbers = numbers;
    }

    /// Reads from the history of another session from now on.
    pub(super) fn follow(&mut self, leader: &Replays) {
        self.history.clone_from(&leader.history);
        self.is_follower = true;
    }

    /// The history, if this session is the one to record it.
    fn own_history(&self) -> Option<MutexGuard<'_, History>> {
        self.history.as_ref().filter(|_| !self.is_follower).map(SharedHistory::lock)
    }

    /// Keeps measurements that were published now.
    pub(super) fn record(&self, points: &[RawMeasurement], now: Instant) {
        if let Some(mut history) = self.own_history() {
            history.record(points, now);
        }
    }

    /// Rows of measurements are those of `catalog` from now on.
    pub(super) fn set_signals(&self, catalog: &Catalog) {
        if let Some(mut history) = self.own_history() {
            history.set_signals(catalog.signal_ids().to_vec());
        }
    }

    /// When a playback has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.by_connection.values().filter_map(|replay| replay.deadline).min()
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

    /// The connection on which a playback goes on.
    fn connection_of(&self, id: ReplayId) -> Option<ConnectionId> {
        self.by_connection.iter().find(|(_, replay)| replay.id == id).map(|(connection, _)| *connection)
    }

    /// Forgets a playback. The application will not be asked for it any more.
    fn remove(&mut self, id: ConnectionId) -> Option<Replay> {
        let replay = self.by_connection.remove(&id)?;
        if replay.is_from_application() {
            self.calls.push(HistoryCall::Close(replay.id));
        }
        Some(replay)
    }

    /// Connections whose playback has something to do, in turns.
    fn due(&self, now: Moment) -> Vec<ConnectionId> {
        let is_due = |replay: &Replay| replay.deadline.is_some_and(|deadline| deadline <= now.instant);
        let later = self.by_connection.range(self.last_served.saturating_add(1)..);
        let in_turn = later.chain(self.by_connection.range(..=self.last_served));
        in_turn.filter(|(_, replay)| is_due(replay)).map(|(id, _)| *id).take(REPLAYS_PER_TURN).collect()
    }
}

impl PublisherSession {
    /// Keeps what is published from now on, or no longer, as the settings say.
    pub(super) fn configure_history(&mut self) {
        let limits = history_limits(&self.settings);
        match (&self.replays.history, limits) {
            (Some(history), Some(limits)) => history.lock().set_limits(limits),
            (None, Some(limits)) => {
                let history = History::new(limits, self.catalog.signal_ids().to_vec());
                self.replays.history = Some(SharedHistory::new(history));
            }
            (_, None) => self.replays.history = None,
        }
    }

    /// What is kept in memory of what was published; nothing unless the settings say so.
    pub fn history(&self) -> HistoryExtent {
        self.replays.history.as_ref().map(|history| history.lock().extent()).unwrap_or_default()
    }

    /// Whether the application has historical data. Playbacks that it was asked for end when that
    /// changes.
    pub fn use_history_source(&mut self, has_source: bool) {
        self.replays.has_source = has_source;
        let asking = |(id, replay): (&ConnectionId, &Replay)| replay.is_from_application().then_some(*id);
        let ids: Vec<ConnectionId> = self.replays.by_connection.iter().filter_map(asking).collect();
        for id in ids {
            self.fail_replay(id, "the publisher has another source of historical data now; subscribe again");
        }
    }

    /// What the source of historical data is to do, in this order.
    pub fn take_history_calls(&mut self) -> Vec<HistoryCall> {
        std::mem::take(&mut self.replays.calls)
    }

    /// What the source of historical data read for a playback: a chunk and whether it is the last
    /// one, or why there will be none. Rows of the measurements are positions in the request's list
    /// of signals. Comes too late if the playback has ended meanwhile, which does not matter.
    pub fn supply_history(
        &mut self,
        id: ReplayId,
        chunk: Result<(Vec<RawMeasurement>, bool), String>,
        now: Moment,
    ) {
        let Some(connection) = self.replays.connection_of(id) else { return };
        match chunk {
            Ok((measurements, is_last)) => {
                if let Some(replay) = self.replays.by_connection.get_mut(&connection) {
                    replay.supply(measurements, is_last, now.instant);
                }
            }
            Err(text) => self.fail_replay(connection, &text),
        }
    }

    /// A subscription is accepted. It ends the playback under way; if it is temporal itself, its own
    /// one begins as soon as its signals are confirmed.
    pub(super) fn replace_replay(
        &mut self,
        id: ConnectionId,
        subscription: &Arc<Subscription>,
        options: &SubscriptionOptions,
        now: Moment,
    ) {
        self.cancel_replay(id, "another subscription takes its place");
        let Some(window) = subscription.window else { return };
        let mut request = HistoryRequest {
            connection: id,
            window,
            signals: subscription.selection.signal_ids().collect(),
            parameters: options.time_parameters.clone().unwrap_or_default(),
        };
        let source = match &self.replays.history {
            Some(history) if !self.replays.has_source => {
                let history = history.lock();
                // What is still to come ends with the playback, whatever time it has.
                let newest = now.utc.max(history.extent().latest);
                request.window.stop = window.stop.min(newest);
                let signals = request.signals.iter().copied();
                Source::Memory(Box::new(HistoryReader::new(&history, request.window, signals)))
            }
            _ => Source::Application(Supply::new(&request)),
        };
        let replay = Replay::new(
            self.replays.numbers.next(),
            subscription.clone(),
            request,
            source,
            options.processing_interval,
            now.instant,
        );
        self.replays.by_connection.insert(id, replay);
    }

    /// The signals of a temporal subscription are confirmed. False when it was ended before.
    pub(super) fn start_replay(&mut self, id: ConnectionId, subscription: &Arc<Subscription>) -> bool {
        let replay = self.replays.by_connection.get_mut(&id);
        let replay = replay.filter(|replay| Arc::ptr_eq(&replay.subscription, subscription));
        replay.map(Replay::start).is_some()
    }

    /// Does what is due for playbacks.
    pub(super) fn play(&mut self, now: Moment) {
        for id in self.replays.due(now) {
            self.replays.last_served = id;
            self.advance_replay(id, now);
        }
    }

    fn advance_replay(&mut self, id: ConnectionId, now: Moment) {
        let Replays { by_connection, history, calls, .. } = &mut self.replays;
        let Some(replay) = by_connection.get_mut(&id) else { return };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.closing.is_some() {
            replay.deadline = None;
            return;
        }
        mark_changed(connection, &mut self.changed);
        let room = ROOM.min(self.settings.send_queue_limit);
        let outlet = Outlet { connection, statistics: &mut self.statistics, meter: &mut self.meter, room };
        let mut history = history.as_ref().map(SharedHistory::lock);
        let progress = replay.advance(outlet, history.as_deref_mut(), now);
        drop(history);
        match progress {
            Progress::Waits => {}
            Progress::Asks => calls.push(HistoryCall::Read(replay.id, replay.request.clone())),
            Progress::Complete => self.complete_replay(id),
        }
    }

    /// A connection has taken something: its playback may go on.
    pub(super) fn resume_replay(&mut self, id: ConnectionId, now: Moment) {
        let room = ROOM.min(self.settings.send_queue_limit);
        let Some(replay) = self.replays.by_connection.get_mut(&id) else { return };
        let Some(connection) = self.connections.get(&id) else { return };
        if replay.waits_for_room && connection.queue.data_len() <= room / 2 {
            replay.deadline = Some(now.instant);
        }
    }

    fn complete_replay(&mut self, id: ConnectionId) {
        let Some(replay) = self.replays.remove(id) else { return };
        let loss = replay.source.loss();
        if !loss.is_empty() {
            self.warn(id, &format!("the historical data are incomplete: {loss}"));
        }
        let text = match loss.is_empty() {
            true => "All historical data were sent.".to_owned(),
            false => format!("All historical data were sent that there are; {loss}."),
        };
        self.end_subscription(id, &text);
    }

    /// Ends a playback because its source cannot go on.
    fn fail_replay(&mut self, id: ConnectionId, why: &str) {
        if self.replays.remove(id).is_none() {
            return;
        }
        self.warn(id, &format!("historical data could not be read: {why}"));
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.fail(Command::Subscribe, &format!("historical data could not be read: {why}"));
        }
        self.end_subscription(id, &format!("Historical data could not be read: {why}"));
    }

    /// Ends a playback, if there is one, that the subscriber does not want any more.
    pub(super) fn cancel_replay(&mut self, id: ConnectionId, why: &str) {
        if self.replays.remove(id).is_some() {
            self.announce_end(id, &format!("Historical data end here: {why}."));
        }
    }

    /// Forgets the playback of a connection that is gone.
    pub(super) fn forget_replay(&mut self, id: ConnectionId) {
        self.replays.remove(id);
    }

    fn announce_end(&mut self, id: ConnectionId, text: &str) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let payload = connection.encoding().encode(text);
        connection.announce(Response::ProcessingComplete, &payload);
        mark_changed(connection, &mut self.changed);
    }

    /// Nothing will follow for this subscriber until it subscribes again.
    fn end_subscription(&mut self, id: ConnectionId, text: &str) {
        self.announce_end(id, text);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.info.subscribed {
            connection.stop();
            self.pending_events.push(PublisherEvent::Unsubscribed(connection.current_info().clone()));
        }
    }

    fn warn(&mut self, id: ConnectionId, text: &str) {
        let Some(connection) = self.connections.get(&id) else { return };
        let text = format!("playback to {}: {text}", connection.info.address);
        self.pending_events.push(PublisherEvent::Message(Severity::Warning, text));
    }

    pub(super) fn handle_processing_interval(&mut self, id: ConnectionId, payload: &[u8], now: Moment) {
        let command = Command::UpdateProcessingInterval;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let interval = match decode_processing_interval(payload) {
            Ok(interval) => interval,
            Err(error) => return connection.fail(command, &error.to_string()),
        };
        match self.replays.by_connection.get_mut(&id) {
            Some(replay) => {
                replay.set_pace(interval, now.instant);
                let text = format!("Historical data are played back {} now.", replay.pacer.describe());
                connection.succeed(command, &text);
            }
            None => connection.fail(
                command,
                "there is no playback of historical data whose pace could change; subscribe with a \
                 startTimeConstraint first",
            ),
        }
    }
}

fn history_limits(settings: &PublisherSettings) -> Option<HistoryLimits> {
    let limits = HistoryLimits { duration: settings.history_duration, bytes: settings.history_limit };
    (!limits.duration.is_zero()).then_some(limits)
}
