//! The publisher's side of one connection.
//!
//! Its parts know nothing of other connections, nor of what feeds them.

mod accounts;
mod answers;
mod buffer_blocks;
mod exchange;
mod handshake;
mod inbox;
mod keys;
mod notifications;
mod outlet;
mod phase;
mod quota;
mod reception;
mod rights;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::announcement::{AnnouncementForm, Pieces};
use super::close_reason::CloseReason;
use super::context::Context;
use super::counters::ConnectionCounters;
use super::counts::{Counts, STATISTICS_INTERVAL};
use super::events::{ConnectionInfo, ConnectionKey, NewConnection, PublisherEvent};
use super::output::{Outbox, Output};
use super::settings::{LimitSettings, Overflow};
use super::subscription::Subscription;
use super::totals::{Place, Totals};
use crate::host;
use crate::rights::Grant;
use crate::session::meter::Meter;
use crate::session::{LatencyStatistics, Moment};
use crate::settings::AssemblyInfo;
use crate::wire::text::printable;
use crate::wire::{Command, OperationalModes, Response};

use accounts::Accounts;
pub use answers::{Unanswerable, UserAnswer};
use buffer_blocks::BlockSender;
pub(crate) use buffer_blocks::Content;
pub(crate) use exchange::{CacheExchange, Offer};
use inbox::Inbox;
pub(crate) use inbox::{Selecting, Unanswered};
pub(crate) use keys::ENCRYPTION_OVERHEAD;
#[cfg(test)]
pub(crate) use keys::RETIREMENT;
use notifications::Notifications;
pub(crate) use notifications::with_time;
pub(crate) use outlet::Outlet;
use phase::Phase;
use quota::Quota;
pub(crate) use reception::Delivery;
use reception::Reception;

/// Largest command accepted before the operational modes are known, in bytes.
pub(crate) const MAX_FIRST_COMMAND: usize = 8 << 10;

/// Who takes nothing for so long is told of when publishing waits for it, and who takes next to nothing is disconnected
/// when its answers leave no room for others.
const SOME_TIME: Duration = Duration::from_secs(5);
/// Characters of a filter that are told: each event of the connection has a copy.
const MAX_SHOWN_FILTER: usize = 4096;

/// State of one connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) key: ConnectionKey,
    pub(crate) info: ConnectionInfo,
    /// What the subscriber may; `None` for everything.
    grant: Option<Arc<Grant>>,
    /// The application has granted it, whatever the rights say.
    has_own_grant: bool,
    quota: Quota,
    /// Its place among the connections, as long as it is not about to end.
    pub(crate) place: Option<Place>,
    /// Since when a stranger is connected without ever having subscribed.
    pub(crate) idle_since: Option<Instant>,
    phase: Phase,
    pub(crate) inbox: Inbox,
    pub(crate) outlet: Outlet,
    pub(crate) exchange: CacheExchange,
    /// What it gets next is what it has asked for, and not what follows from other metadata or rights.
    pub(crate) has_asked: bool,
    /// The multicast group that measurements go to, which leads the exchange of caches then.
    pub(crate) group: Option<SocketAddr>,
    pub(crate) reception: Reception,
    pub(crate) blocks: BlockSender,
    pub(crate) notifications: Notifications,
    pub(crate) meter: Meter,
    accounts: Accounts,
    /// Why this subscriber gets no metadata, if the application does not want that.
    pub(crate) metadata_refusal: Option<String>,
    /// Measurements that were dropped when this was last told.
    told_dropped: u64,
}

impl Connection {
    pub(crate) fn new(
        key: ConnectionKey,
        new: &NewConnection,
        totals: &Arc<Totals>,
        now: Moment,
    ) -> Connection {
        let info = ConnectionInfo {
            id: new.id,
            subscriber_id: host::random_id(),
            address: new.address,
            outgoing: new.outgoing,
            tls: new.tls.clone(),
            rights: String::new(),
            identity: String::new(),
            assembly: AssemblyInfo::default(),
            modes: None,
            terms: None,
            filter: String::new(),
            data_channel: None,
            version: None,
            subscribed: false,
            connected_since: now.utc,
            counters: ConnectionCounters::default(),
            latency: LatencyStatistics::default(),
        };
        Connection {
            key,
            info,
            grant: None,
            has_own_grant: false,
            quota: Quota::default(),
            place: None,
            idle_since: None,
            phase: Phase::AwaitingModes { since: now.instant },
            inbox: Inbox::default(),
            outlet: Outlet::new(key, totals.answers.account(new.address.ip())),
            exchange: CacheExchange::default(),
            has_asked: false,
            group: None,
            reception: Reception::default(),
            blocks: BlockSender::new(totals.block_account()),
            notifications: Notifications::default(),
            meter: Meter::new(STATISTICS_INTERVAL, now.instant),
            accounts: Accounts::default(),
            metadata_refusal: None,
            told_dropped: 0,
        }
    }

    /// The operational modes, while the connection is served.
    pub(crate) fn modes(&self) -> Option<OperationalModes> {
        match self.phase {
            Phase::Ready(modes) => Some(modes),
            Phase::AwaitingModes { .. } | Phase::Closing(_) => None,
        }
    }

    /// Why the connection ends, if it does.
    pub(crate) fn closing(&self) -> Option<&CloseReason> {
        match &self.phase {
            Phase::Closing(reason) => Some(reason),
            Phase::AwaitingModes { .. } | Phase::Ready(_) => None,
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing().is_some()
    }

    /// Ends the connection. The first reason counts.
    pub(crate) fn close(&mut self, reason: CloseReason, outbox: &mut Outbox) {
        if !self.is_closing() {
            self.phase = Phase::Closing(reason.clone());
            self.place = None;
            self.outlet.tell(outbox);
            outbox.push(Output::Close(self.key, reason));
        }
    }

    /// What the subscriber asked for last, in use or not yet, unless it is historical: that keeps the signals
    /// it began with.
    pub(crate) fn live_subscription(&self) -> Option<&Arc<Subscription>> {
        let newest = self.exchange.newest().filter(|_| !self.is_closing());
        newest.filter(|subscription| subscription.window.is_none())
    }

    /// Largest command that may come.
    pub(crate) fn command_limit(&self, limits: &LimitSettings) -> usize {
        if self.modes().is_some() { limits.max_command_size } else { MAX_FIRST_COMMAND }
    }

    /// Sends the cache of a subscription, behind its slot if the subscriber's version has slots.
    pub(crate) fn send_cache(&mut self, offer: &Offer) {
        let Some(modes) = self.modes() else { return };
        self.blocks.give_up_slot(offer.slot);
        let Offer { subscription, .. } = offer;
        let form = AnnouncementForm {
            first: subscription.first_index(),
            encoding: modes.encoding,
            compress: modes.compresses_cache(),
        };
        let Pieces { mut head, tail, end } =
            subscription.selection.announcement(form, self.info.subscriber_id);
        if modes.version.confirms_caches() {
            head.insert(0, offer.slot);
        }
        self.outlet.announce_in_pieces(Response::UpdateSignalIndexCache, &head, tail, end);
    }

    /// Measurements of `subscription` flow from now on.
    pub(crate) fn start(&mut self, subscription: &Subscription, cx: &mut Context<'_>) {
        self.note_older();
        self.reception.begin(subscription.window.is_some());
        self.idle_since = None;
        self.info.filter = printable(&subscription.filter, MAX_SHOWN_FILTER).into_owned();
        self.info.counters.signal_count = subscription.selection.signal_count() as u64;
        if !std::mem::replace(&mut self.info.subscribed, true) {
            cx.counts.subscribed += 1;
        }
        cx.outbox.event(PublisherEvent::Subscribed(self.snapshot()));
    }

    /// No measurements flow any more, if any did.
    pub(crate) fn stop(&mut self, cx: &mut Context<'_>) {
        self.note_older();
        self.info.terms = None;
        if std::mem::take(&mut self.info.subscribed) {
            cx.counts.subscribed -= 1;
            self.info.filter.clear();
            self.info.counters.signal_count = 0;
            cx.outbox.event(PublisherEvent::Unsubscribed(self.snapshot()));
        }
    }

    /// The connection is gone: what its parts wait for will never come. Returns what was known of it.
    pub(crate) fn end(mut self, cx: &mut Context<'_>) -> ConnectionInfo {
        self.tell_dropped(cx.outbox);
        self.give_up_blocks(cx.counts);
        self.notifications.give_up(self.info.id, cx.outbox);
        if self.info.subscribed {
            cx.counts.subscribed -= 1;
        }
        self.meter.roll(cx.now.instant);
        self.current_info().clone()
    }

    /// The transport took `count` bytes.
    pub(crate) fn sent(&mut self, count: usize, counts: &mut Counts, now: Instant) {
        let measurements = self.outlet.advance(count, now);
        self.forget_older();
        self.info.counters.measurements_sent += measurements;
        self.info.counters.bytes_sent += count as u64;
        self.info.counters.command_channel_bytes_sent += count as u64;
        counts.statistics.measurements_sent += measurements;
        counts.statistics.bytes_sent += count as u64;
        counts.statistics.command_channel_bytes_sent += count as u64;
    }

    /// Sends a keep-alive unless something else waits to be sent. With a time-out, a subscriber that takes
    /// nothing for so long is given up instead.
    pub(crate) fn keep_alive(&mut self, cx: &mut Context<'_>) {
        self.tell_dropped(cx.outbox);
        let overdue = self.overdue(cx);
        self.warn_of_waiting(cx);
        match overdue {
            Some(reason) => self.close(reason, cx.outbox),
            None if self.outlet.queue.is_empty() && !self.is_closing() => {
                self.outlet.announce(Response::NoOp, &[]);
            }
            None => {}
        }
    }

    /// Tells operators for whom publishing waits.
    fn warn_of_waiting(&mut self, cx: &mut Context<'_>) {
        let Overflow::Wait { timeout } = cx.settings.overflow else { return };
        let is_waited_for = !self.reception.is_historical
            && !self.is_closing()
            && self.outlet.queue.data_len() >= cx.limits.totals.send_queue_limit(cx.settings);
        let since = self.outlet.stalled_since(cx.now.instant).filter(|_| is_waited_for);
        let stalled = since.map(|since| cx.now.instant.duration_since(since)).unwrap_or_default();
        if stalled < SOME_TIME {
            return;
        }
        let address = self.info.address;
        let end = match timeout {
            Some(timeout) => format!("after {} s it is disconnected", timeout.as_secs_f64()),
            None => "end its connection to go on without it, or set overflowWaitTimeout".to_owned(),
        };
        cx.outbox.warn(format!(
            "publishing waits for {address}, which has taken nothing for {} s; {end}",
            stalled.as_secs()
        ));
    }

    /// Why the subscriber should have done something before.
    fn overdue(&mut self, cx: &mut Context<'_>) -> Option<CloseReason> {
        let (now, settings) = (cx.now.instant, cx.settings);
        let limits = &settings.limits;
        if let Phase::AwaitingModes { since } = self.phase
            && now >= since + limits.modes_timeout
        {
            return Some(self.told(CloseReason::NoModes { timeout: limits.modes_timeout }));
        }
        let timeout = limits.idle_timeout;
        if let Some(since) = self.idle_since
            && !timeout.is_zero()
            && now >= since + timeout
            && !self.is_closing()
        {
            return Some(self.told(CloseReason::Idle { timeout }));
        }
        if let Some(since) = self.inbox.unfinished_since()
            && now >= since + limits.command_timeout
        {
            let (received, timeout) = (self.inbox.arrived(), limits.command_timeout);
            return Some(self.told(match self.inbox.is_within_command() {
                true => CloseReason::Unfinished { received, timeout },
                false => CloseReason::UnfinishedRecord { received, timeout },
            }));
        }
        let has_room = cx.has_room_for_answers(self.info.address.ip());
        let hindering = self.outlet.is_hindering(has_room, SOME_TIME, now);
        if let Some(reason) = hindering.or_else(|| self.outlet.unread_for(limits, has_room, now)) {
            return Some(reason);
        }
        let stalled_for = |timeout: Duration, since: Instant| now >= since + timeout;
        match settings.overflow {
            Overflow::Wait { timeout: Some(timeout) } => {
                let queued = self.outlet.queue.len();
                let since = self.outlet.stalled_since(now)?;
                stalled_for(timeout, since)
                    .then_some(CloseReason::TooSlow { key: "overflowWaitTimeout", queued })
            }
            _ => None,
        }
    }

    /// The subscriber is told why its connection ends.
    fn told(&mut self, reason: CloseReason) -> CloseReason {
        if !self.is_closing() {
            self.outlet.fail(Command::Connect, &reason.to_string());
        }
        reason
    }

    /// What is known of the connection now.
    pub(crate) fn current_info(&mut self) -> &ConnectionInfo {
        self.info.counters.queued_bytes = self.outlet.queue.len() as u64;
        self.info.counters.measurements_per_second = self.meter.measurements_per_second();
        self.info.latency = self.meter.latency();
        &self.info
    }

    fn snapshot(&mut self) -> Box<ConnectionInfo> {
        Box::new(self.current_info().clone())
    }
}
