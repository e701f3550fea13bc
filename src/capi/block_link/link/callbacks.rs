//! What a link tells the C program.

use std::sync::Arc;
use std::time::Duration;

use crate::block_link::negotiation::Agreement;
use crate::block_link::subscription::Status;
use crate::capi::block_link::events::*;
use crate::capi::block_link::link::events::{
    STTP_BLOCK_LINK_ACCEPTED, STTP_BLOCK_LINK_BAD_FILTER, STTP_BLOCK_LINK_REFUSED,
    sttp_block_link_answered_fn,
};
use crate::capi::shared::callback::callback_slots;
use crate::capi::shared::guard::c_string;
use crate::capi::subscriber::events::sttp_measurements_fn;
use crate::error::Error;
use crate::gateway::block_link::{LinkHandler, LinkId};
use crate::measurement::Measurement;
use crate::metadata::Metadata;
use crate::session::Severity;

callback_slots! {
    /// The callbacks of a link, shared by its handle and the engine.
    LinkCallbacks {
        opened: sttp_block_link_opened_fn,
        agreed: sttp_block_link_agreed_fn,
        closed: sttp_block_link_closed_fn,
        reopening: sttp_block_link_reopening_fn,
        metadata: sttp_block_link_metadata_fn,
        measurements: sttp_measurements_fn,
        configuration: sttp_block_link_configuration_fn,
        frame: sttp_block_link_frame_fn,
        subscribed: sttp_block_link_subscribed_fn,
        answered: sttp_block_link_answered_fn,
        message: sttp_block_link_message_fn,
    }
}

/// The number of a link that is a handle of its own.
pub(super) const OWN: LinkId = 0;

/// Calls the callbacks of a link when the engine tells something.
pub(super) struct LinkCallbackHandler(pub(super) Arc<LinkCallbacks>);

impl LinkHandler for LinkCallbackHandler {
    fn opened(&mut self, address: &str) {
        dispatch_opened(&self.0.opened, OWN, address);
    }

    fn agreed(&mut self, agreement: &Agreement) {
        dispatch_agreed(&self.0.agreed, OWN, agreement);
    }

    fn closed(&mut self, reason: Result<(), &Error>) {
        dispatch_closed(&self.0.closed, OWN, reason);
    }

    fn reopening(&mut self, attempt: u32, delay: Duration) {
        dispatch_reopening(&self.0.reopening, OWN, attempt, delay);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, OWN, severity, text);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        dispatch_metadata(&self.0.metadata, OWN, metadata);
    }

    fn configuration(&mut self, id_code: u16, frames: &[u8]) {
        dispatch_configuration(&self.0.configuration, OWN, id_code, frames);
    }

    fn frame(&mut self, bytes: &[u8]) {
        dispatch_frame(&self.0.frame, OWN, bytes);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.measurements.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data; both types have the same layout.
            unsafe { callback(user_data, measurements.as_ptr().cast(), measurements.len()) };
        });
    }

    fn subscribed(&mut self, filter: Option<&str>, signals: usize) {
        dispatch_subscribed(&self.0.subscribed, OWN, filter, signals);
    }

    fn answered(&mut self, status: Status, signals: u32, text: &str) {
        self.0.answered.dispatch(|callback, user_data| {
            let answer = match status {
                Status::Accepted => STTP_BLOCK_LINK_ACCEPTED,
                Status::BadFilter => STTP_BLOCK_LINK_BAD_FILTER,
                Status::Refused => STTP_BLOCK_LINK_REFUSED,
            };
            let text = c_string(text);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, OWN, answer, signals, text.as_ptr()) };
        });
    }
}
