//! What a publisher tells the C program.

use std::sync::Arc;
use std::time::Duration;

use crate::capi::publisher::connecting::{sttp_gave_up_fn, sttp_publisher_reconnecting_fn};
use crate::capi::publisher::connections::{ConnectionTexts, sttp_connection_fn};
use crate::capi::publisher::events::{sttp_connection_ended_fn, sttp_processing_interval_fn};
use crate::capi::publisher::notifications::sttp_notification_ended_fn;
use crate::capi::publisher::rights::{decide, dispatch_audit, sttp_admit_fn, sttp_audit_fn};
use crate::capi::publisher::user_commands::sttp_user_command_fn;
use crate::capi::shared::callback::{Slot, callback_slots};
use crate::capi::shared::events::{data_of, dispatch_message, milliseconds, reason_of, sttp_message_fn};
use crate::capi::shared::guard::c_string;
use crate::error::Error;
use crate::publisher::{ConnectionId, ConnectionInfo, NotificationId, PublisherHandler};
use crate::rights::{Admission, Audit, Peer};
use crate::session::Severity;

callback_slots! {
    /// The callbacks of a publisher, shared by its handle and the engine.
    PublisherCallbacks {
        admit: sttp_admit_fn,
        audit: sttp_audit_fn,
        connected: sttp_connection_fn,
        disconnected: sttp_connection_ended_fn,
        subscribed: sttp_connection_fn,
        unsubscribed: sttp_connection_fn,
        processing_interval: sttp_processing_interval_fn,
        notification: sttp_notification_ended_fn,
        user_command: sttp_user_command_fn,
        reconnecting: sttp_publisher_reconnecting_fn,
        gave_up: sttp_gave_up_fn,
        message: sttp_message_fn,
    }
}

/// Calls the callbacks when the engine tells something.
pub(super) struct CallbackHandler(pub(super) Arc<PublisherCallbacks>);

impl PublisherHandler for CallbackHandler {
    fn admit(&mut self, peer: &Peer) -> Admission {
        decide(&self.0.admit, peer)
    }

    fn audit(&mut self, event: &Audit) {
        dispatch_audit(&self.0.audit, event);
    }

    fn connected(&mut self, connection: &ConnectionInfo) {
        dispatch_connection(&self.0.connected, connection);
    }

    fn disconnected(&mut self, connection: &ConnectionInfo, reason: Result<(), &Error>) {
        self.0.disconnected.dispatch(|callback, user_data| {
            let texts = ConnectionTexts::new(connection);
            let (reason, message) = reason_of(reason);
            let record = texts.record(connection);
            // SAFETY: registered for this user data; the record and the texts live during the call.
            unsafe { callback(user_data, &raw const record, reason, message.as_ptr()) };
        });
    }

    fn subscribed(&mut self, connection: &ConnectionInfo) {
        dispatch_connection(&self.0.subscribed, connection);
    }

    fn unsubscribed(&mut self, connection: &ConnectionInfo) {
        dispatch_connection(&self.0.unsubscribed, connection);
    }

    fn processing_interval(&mut self, connection: ConnectionId, milliseconds: i32) {
        self.0.processing_interval.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data, connection, milliseconds) };
        });
    }

    fn notification(&mut self, connection: ConnectionId, id: NotificationId, confirmed: bool) {
        self.0.notification.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data, connection, id.0, confirmed.into()) };
        });
    }

    fn user_command(&mut self, connection: ConnectionId, command: u8, payload: &[u8]) -> bool {
        let mut is_taken = false;
        self.0.user_command.dispatch(|callback, user_data| {
            is_taken = true;
            // SAFETY: registered for this user data; the payload lives during the call.
            unsafe { callback(user_data, connection, command.into(), data_of(payload), payload.len()) };
        });
        is_taken
    }

    fn reconnecting(&mut self, address: &str, attempt: u32, delay: Duration) {
        self.0.reconnecting.dispatch(|callback, user_data| {
            let address = c_string(address);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, address.as_ptr(), attempt, milliseconds(delay)) };
        });
    }

    fn gave_up(&mut self, address: &str, reason: &Error) {
        self.0.gave_up.dispatch(|callback, user_data| {
            let address = c_string(address);
            let (reason, message) = reason_of(Err(reason));
            // SAFETY: registered for this user data; the texts live during the call.
            unsafe { callback(user_data, address.as_ptr(), reason, message.as_ptr()) };
        });
    }

    fn message(&mut self, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, severity, text);
    }
}

fn dispatch_connection(slot: &Slot<sttp_connection_fn>, connection: &ConnectionInfo) {
    slot.dispatch(|callback, user_data| {
        let texts = ConnectionTexts::new(connection);
        let record = texts.record(connection);
        // SAFETY: registered for this user data; the record and its texts live during the call.
        unsafe { callback(user_data, &raw const record) };
    });
}
