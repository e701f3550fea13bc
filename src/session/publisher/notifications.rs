//! Notifications: texts for the operators of subscribers, each to be confirmed.

use std::collections::VecDeque;

use super::connection::Connection;
use super::events::{ConnectionId, PublisherEvent};
use super::{PublisherSession, mark_changed};
use crate::Ticks;
use crate::session::Moment;
use crate::wire::notification::{NotificationId, encode_notification};
use crate::wire::{Response, TextEncoding};

/// Notifications that may wait for their confirmation on a connection, or for its operational
/// modes. The oldest make room for more.
const MAX_UNCONFIRMED: usize = 256;

/// The notifications of one connection.
#[derive(Debug, Default)]
pub(super) struct Notifications {
    unconfirmed: VecDeque<NotificationId>,
    /// Not sent yet, because the encoding of texts is not known.
    waiting: VecDeque<(NotificationId, String)>,
}

impl Connection {
    /// Returns a notification whose confirmation is not waited for any more.
    fn notify(&mut self, id: NotificationId, text: &str) -> Option<NotificationId> {
        let Some(modes) = self.modes else {
            self.notifications.waiting.push_back((id, text.to_owned()));
            let too_many = self.notifications.waiting.len() > MAX_UNCONFIRMED;
            return too_many.then(|| self.notifications.waiting.pop_front()).flatten().map(|(id, _)| id);
        };
        if self.unread().is_some() {
            return Some(id);
        }
        self.send_notification(id, text, modes.encoding);
        let too_many = self.notifications.unconfirmed.len() > MAX_UNCONFIRMED;
        too_many.then(|| self.notifications.unconfirmed.pop_front()).flatten()
    }

    fn send_notification(&mut self, id: NotificationId, text: &str, encoding: TextEncoding) {
        self.announce(Response::Notify, &encode_notification(id, text, encoding));
        self.notifications.unconfirmed.push_back(id);
    }

    /// Sends what waited for the operational modes.
    pub(super) fn send_waiting_notifications(&mut self) {
        let encoding = self.encoding();
        for (id, text) in std::mem::take(&mut self.notifications.waiting) {
            self.send_notification(id, &text, encoding);
        }
    }
}

impl PublisherSession {
    /// Sends a text, with the time in front of it, to the operators of one subscriber, or of all.
    /// Connections that have not told their operational modes get it after that. Returns `None`
    /// when there is no such connection.
    pub fn notify(&mut self, to: Option<ConnectionId>, text: &str, now: Moment) -> Option<NotificationId> {
        let id = NotificationId::from_number(self.last_notification);
        self.last_notification = self.last_notification.wrapping_add(1);
        self.notify_as(id, to, text, now).then_some(id)
    }

    /// As [`notify`](Self::notify), under an ID of the caller's. False when there is no such
    /// connection.
    pub fn notify_as(
        &mut self,
        id: NotificationId,
        to: Option<ConnectionId>,
        text: &str,
        now: Moment,
    ) -> bool {
        let receivers: Vec<ConnectionId> = match to {
            Some(receiver) if self.connections.contains_key(&receiver) => vec![receiver],
            Some(_) => return false,
            None => self.connections.keys().copied().collect(),
        };
        let second = Ticks(now.utc.value() - now.utc.value() % Ticks::PER_SECOND);
        let text = format!("[{second}] {text}");
        for receiver in receivers {
            let Some(connection) = self.connections.get_mut(&receiver) else { continue };
            if connection.closing.is_some() {
                continue;
            }
            let forgotten = connection.notify(id, &text);
            mark_changed(connection, &mut self.changed);
            if let Some(forgotten) = forgotten {
                self.tell_notification(receiver, forgotten, false);
            }
        }
        true
    }

    pub(super) fn handle_notification_confirmation(&mut self, id: ConnectionId, payload: &[u8]) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Ok(confirmed) = NotificationId::decode(payload) else { return };
        let unconfirmed = &mut connection.notifications.unconfirmed;
        let Some(place) = unconfirmed.iter().position(|sent| *sent == confirmed) else { return };
        unconfirmed.remove(place);
        self.tell_notification(id, confirmed, true);
    }

    /// The connection ends: what it has not confirmed will never be.
    pub(super) fn give_up_notifications(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.modes.is_some() {
            for unconfirmed in std::mem::take(&mut connection.notifications.unconfirmed) {
                self.tell_notification(id, unconfirmed, false);
            }
        }
    }

    fn tell_notification(&mut self, connection: ConnectionId, id: NotificationId, confirmed: bool) {
        self.pending_events.push(PublisherEvent::Notification { connection, id, confirmed });
    }
}
