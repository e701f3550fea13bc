//! What an input of block links tells the C program.

use std::sync::Arc;
use std::time::Duration;

use crate::block_link::negotiation::Agreement;
use crate::capi::block_link::events::*;
use crate::capi::shared::callback::callback_slots;
use crate::error::Error;
use crate::gateway::block_link::{LinkId, LinkInputHandler};
use crate::metadata::Metadata;
use crate::session::Severity;

callback_slots! {
    /// The callbacks of an input, shared by its handle and the engine.
    InputCallbacks {
        opened: sttp_block_link_opened_fn,
        agreed: sttp_block_link_agreed_fn,
        closed: sttp_block_link_closed_fn,
        reopening: sttp_block_link_reopening_fn,
        metadata: sttp_block_link_metadata_fn,
        configuration: sttp_block_link_configuration_fn,
        frame: sttp_block_link_frame_fn,
        message: sttp_block_link_message_fn,
    }
}

/// Calls the callbacks of an input when the engine tells something.
pub(super) struct InputCallbackHandler(pub(super) Arc<InputCallbacks>);

impl LinkInputHandler for InputCallbackHandler {
    fn opened(&mut self, link: LinkId, address: &str) {
        dispatch_opened(&self.0.opened, link, address);
    }

    fn agreed(&mut self, link: LinkId, agreement: &Agreement) {
        dispatch_agreed(&self.0.agreed, link, agreement);
    }

    fn closed(&mut self, link: LinkId, reason: Result<(), &Error>) {
        dispatch_closed(&self.0.closed, link, reason);
    }

    fn reopening(&mut self, link: LinkId, attempt: u32, delay: Duration) {
        dispatch_reopening(&self.0.reopening, link, attempt, delay);
    }

    fn message(&mut self, link: LinkId, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, link, severity, text);
    }

    fn metadata(&mut self, link: LinkId, metadata: &Arc<Metadata>) {
        dispatch_metadata(&self.0.metadata, link, metadata);
    }

    fn configuration(&mut self, link: LinkId, id_code: u16, frames: &[u8]) {
        dispatch_configuration(&self.0.configuration, link, id_code, frames);
    }

    fn frame(&mut self, link: LinkId, bytes: &[u8]) {
        dispatch_frame(&self.0.frame, link, bytes);
    }
}
