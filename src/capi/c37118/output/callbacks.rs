//! What an output of C37.118 tells the C program.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::c37118::Configuration;
use crate::capi::c37118::events::{
    dispatch_configuration, dispatch_message, sttp_c37118_configuration_fn, sttp_c37118_message_fn,
};
use crate::capi::c37118::output::events::{
    sttp_c37118_client_connected_fn, sttp_c37118_client_disconnected_fn,
};
use crate::capi::shared::callback::callback_slots;
use crate::capi::shared::guard::c_string;
use crate::capi::subscriber::dispatch::{
    dispatch_connected, dispatch_disconnected, dispatch_metadata, dispatch_reconnecting,
};
use crate::capi::subscriber::events::{
    sttp_connected_fn, sttp_disconnected_fn, sttp_metadata_fn, sttp_reconnecting_fn,
};
use crate::error::Error;
use crate::gateway::{OutputHandler, StreamId};
use crate::metadata::Metadata;
use crate::session::Severity;

callback_slots! {
    /// The callbacks of an output, shared by its handle and the engine.
    OutputCallbacks {
        connected: sttp_connected_fn,
        disconnected: sttp_disconnected_fn,
        reconnecting: sttp_reconnecting_fn,
        metadata: sttp_metadata_fn,
        configuration: sttp_c37118_configuration_fn,
        client_connected: sttp_c37118_client_connected_fn,
        client_disconnected: sttp_c37118_client_disconnected_fn,
        message: sttp_c37118_message_fn,
    }
}

/// Calls the callbacks of an output when the engine tells something.
pub(super) struct OutputCallbackHandler(pub(super) Arc<OutputCallbacks>);

impl OutputHandler for OutputCallbackHandler {
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

    fn configuration(&mut self, stream: StreamId, configuration: &Arc<Configuration>) {
        dispatch_configuration(&self.0.configuration, stream, configuration);
    }

    fn client_connected(&mut self, stream: StreamId, address: SocketAddr) {
        self.0.client_connected.dispatch(|callback, user_data| {
            let address = c_string(address.to_string());
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, stream, address.as_ptr()) };
        });
    }

    fn client_disconnected(&mut self, stream: StreamId, address: SocketAddr, reason: &str) {
        self.0.client_disconnected.dispatch(|callback, user_data| {
            let (address, reason) = (c_string(address.to_string()), c_string(reason));
            // SAFETY: registered for this user data; the texts live during the call.
            unsafe { callback(user_data, stream, address.as_ptr(), reason.as_ptr()) };
        });
    }

    fn message(&mut self, stream: Option<StreamId>, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, stream, severity, text);
    }
}
