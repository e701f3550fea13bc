//! What an output of block links tells the C program.

use std::sync::Arc;
use std::time::Duration;

use crate::block_link::negotiation::Agreement;
use crate::capi::block_link::events::{
    dispatch_agreed, dispatch_closed, dispatch_message, dispatch_opened, dispatch_reopening,
    dispatch_subscribed, sttp_block_link_agreed_fn, sttp_block_link_closed_fn, sttp_block_link_message_fn,
    sttp_block_link_opened_fn, sttp_block_link_reopening_fn, sttp_block_link_subscribed_fn,
};
use crate::capi::shared::callback::callback_slots;
use crate::capi::subscriber::dispatch::{
    dispatch_connected, dispatch_disconnected, dispatch_metadata, dispatch_reconnecting,
};
use crate::capi::subscriber::events::{
    sttp_connected_fn, sttp_disconnected_fn, sttp_metadata_fn, sttp_reconnecting_fn,
};
use crate::error::Error;
use crate::gateway::block_link::{LinkHandler, LinkId};
use crate::metadata::Metadata;
use crate::session::Severity;
use crate::subscriber::SubscriberHandler;

callback_slots! {
    /// The callbacks of an output, shared by its handle and the engine.
    OutputCallbacks {
        connected: sttp_connected_fn,
        disconnected: sttp_disconnected_fn,
        reconnecting: sttp_reconnecting_fn,
        metadata: sttp_metadata_fn,
        opened: sttp_block_link_opened_fn,
        agreed: sttp_block_link_agreed_fn,
        closed: sttp_block_link_closed_fn,
        reopening: sttp_block_link_reopening_fn,
        subscribed: sttp_block_link_subscribed_fn,
        message: sttp_block_link_message_fn,
    }
}

/// Calls the callbacks of an output when the engine tells something of the publisher.
pub(super) struct SourceCallbackHandler(pub(super) Arc<OutputCallbacks>);

impl SubscriberHandler for SourceCallbackHandler {
    fn connected(&mut self, address: &str) {
        dispatch_connected(&self.0.connected, address);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        dispatch_disconnected(&self.0.disconnected, reason);
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        dispatch_reconnecting(&self.0.reconnecting, attempt, delay);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        dispatch_metadata(&self.0.metadata, metadata);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, 0, severity, text);
    }
}

/// The same, when it tells something of a link.
pub(super) struct LinkCallbackHandler {
    pub(super) callbacks: Arc<OutputCallbacks>,
    pub(super) link: LinkId,
}

impl LinkHandler for LinkCallbackHandler {
    fn opened(&mut self, address: &str) {
        dispatch_opened(&self.callbacks.opened, self.link, address);
    }

    fn agreed(&mut self, agreement: &Agreement) {
        dispatch_agreed(&self.callbacks.agreed, self.link, agreement);
    }

    fn closed(&mut self, reason: Result<(), &Error>) {
        dispatch_closed(&self.callbacks.closed, self.link, reason);
    }

    fn reopening(&mut self, attempt: u32, delay: Duration) {
        dispatch_reopening(&self.callbacks.reopening, self.link, attempt, delay);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        dispatch_message(&self.callbacks.message, self.link, severity, text);
    }

    fn subscribed(&mut self, filter: Option<&str>, signals: usize) {
        dispatch_subscribed(&self.callbacks.subscribed, self.link, filter, signals);
    }
}
