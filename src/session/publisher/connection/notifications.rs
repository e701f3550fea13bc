//! Notifications: texts for the operators of a subscriber, each to be confirmed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Connection;
use super::outlet::Outlet;
use super::phase::Phase;
use crate::Ticks;
use crate::session::Moment;
use crate::session::publisher::context::Context;
use crate::session::publisher::events::{ConnectionId, PublisherEvent};
use crate::session::publisher::output::Outbox;
use crate::session::publisher::settings::LimitSettings;
use crate::wire::Response;
use crate::wire::notification::{NotificationId, encode_notification};

/// Notifications that may wait for their confirmation on a connection, or for its operational
/// modes. The oldest make room for more.
const MAX_UNCONFIRMED: usize = 256;
/// A subscriber that has to wait is told why at most once in this time.
const BETWEEN_REASONS: Duration = Duration::from_secs(10);

/// The notifications of one connection.
#[derive(Debug, Default)]
pub(crate) struct Notifications {
    unconfirmed: VecDeque<NotificationId>,
    /// Not sent yet, because the encoding of texts is not known.
    waiting: VecDeque<(NotificationId, String)>,
    /// When the subscriber was told last why it has to wait.
    reason_told: Option<Instant>,
}

/// A text as subscribers get it, with the time in front of it.
pub(crate) fn with_time(text: &str, now: Moment) -> String {
    let second = Ticks(now.utc.value() - now.utc.value() % Ticks::PER_SECOND);
    format!("[{second}] {text}")
}

impl Notifications {
    /// Sends a notification. Returns one whose confirmation is not waited for any more.
    fn send(
        &mut self,
        id: NotificationId,
        text: &str,
        limits: &LimitSettings,
        outlet: &mut Outlet,
    ) -> Option<NotificationId> {
        if outlet.is_overfull(limits) {
            return Some(id);
        }
        self.push(id, text, outlet);
        let too_many = self.unconfirmed.len() > MAX_UNCONFIRMED;
        too_many.then(|| self.unconfirmed.pop_front()).flatten()
    }

    fn push(&mut self, id: NotificationId, text: &str, outlet: &mut Outlet) {
        outlet.announce(Response::Notify, &encode_notification(id, text, outlet.encoding));
        self.unconfirmed.push_back(id);
    }

    /// Keeps a notification for later. Returns one that is given up for it.
    fn keep(&mut self, id: NotificationId, text: &str) -> Option<NotificationId> {
        self.waiting.push_back((id, text.to_owned()));
        let too_many = self.waiting.len() > MAX_UNCONFIRMED;
        too_many.then(|| self.waiting.pop_front()).flatten().map(|(id, _)| id)
    }

    /// Sends what waited for the operational modes.
    pub(super) fn send_waiting(&mut self, outlet: &mut Outlet) {
        for (id, text) in std::mem::take(&mut self.waiting) {
            self.push(id, &text, outlet);
        }
    }

    /// The subscriber confirmed something.
    pub(crate) fn confirm(&mut self, connection: ConnectionId, payload: &[u8], outbox: &mut Outbox) {
        let Ok(id) = NotificationId::decode(payload) else { return };
        let Some(place) = self.unconfirmed.iter().position(|sent| *sent == id) else { return };
        self.unconfirmed.remove(place);
        outbox.event(PublisherEvent::Notification { connection, id, confirmed: true });
    }

    /// The connection ends: what it has not confirmed will never be.
    pub(crate) fn give_up(&mut self, connection: ConnectionId, outbox: &mut Outbox) {
        for id in std::mem::take(&mut self.unconfirmed) {
            outbox.event(PublisherEvent::Notification { connection, id, confirmed: false });
        }
    }
}

impl Connection {
    /// Sends a notification, once the operational modes are known. False when the connection is about to
    /// end.
    pub(crate) fn notify(
        &mut self,
        id: NotificationId,
        text: &str,
        limits: &LimitSettings,
        outbox: &mut Outbox,
    ) -> bool {
        let forgotten = match self.phase {
            Phase::AwaitingModes { .. } => self.notifications.keep(id, text),
            Phase::Ready(_) => self.notifications.send(id, text, limits, &mut self.outlet),
            Phase::Closing(_) => return false,
        };
        if let Some(id) = forgotten {
            let connection = self.info.id;
            outbox.event(PublisherEvent::Notification { connection, id, confirmed: false });
        }
        true
    }

    /// Tells operators, and the subscriber by a notification, that what it asks for has to wait for the sake of others.
    /// The subscriber is told one reason in ten seconds, and none while it leaves too much unread: each is a message that
    /// it did not ask for. Nothing depends on whether it confirms it.
    pub(crate) fn tell_waiting(&mut self, why: &str, cx: &mut Context<'_>) {
        cx.outbox.warn(format!("what {} asks for waits: {why}", self.info.address));
        let is_told = |told: Instant| cx.now.instant.saturating_duration_since(told) < BETWEEN_REASONS;
        if self.modes().is_none()
            || self.outlet.is_overfull(&cx.settings.limits)
            || self.notifications.reason_told.is_some_and(is_told)
        {
            return;
        }
        self.notifications.reason_told = Some(cx.now.instant);
        let text = with_time(&format!("what you ask for waits: {why}"), cx.now);
        let payload = encode_notification(NotificationId::OF_WAITING, &text, self.outlet.encoding);
        self.outlet.announce(Response::Notify, &payload);
        self.outlet.tell(cx.outbox);
    }
}
