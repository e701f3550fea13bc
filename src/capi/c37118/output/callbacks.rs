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
use crate::capi::shared::callback::{CallbackSlot, Slot};
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

/// The callbacks of an output, shared by its handle and the engine.
pub(super) struct OutputCallbacks {
    pub(super) connected: Slot<sttp_connected_fn>,
    pub(super) disconnected: Slot<sttp_disconnected_fn>,
    pub(super) reconnecting: Slot<sttp_reconnecting_fn>,
    pub(super) metadata: Slot<sttp_metadata_fn>,
    pub(super) configuration: Slot<sttp_c37118_configuration_fn>,
    pub(super) client_connected: Slot<sttp_c37118_client_connected_fn>,
    pub(super) client_disconnected: Slot<sttp_c37118_client_disconnected_fn>,
    pub(super) message: Slot<sttp_c37118_message_fn>,
}

impl OutputCallbacks {
    pub(super) fn new() -> OutputCallbacks {
        OutputCallbacks {
            connected: CallbackSlot::new(),
            disconnected: CallbackSlot::new(),
            reconnecting: CallbackSlot::new(),
            metadata: CallbackSlot::new(),
            configuration: CallbackSlot::new(),
            client_connected: CallbackSlot::new(),
            client_disconnected: CallbackSlot::new(),
            message: CallbackSlot::new(),
        }
    }

    /// Ends all registrations: when this returns, nothing is called any more.
    pub(super) fn clear(&self) {
        self.connected.clear();
        self.disconnected.clear();
        self.reconnecting.clear();
        self.metadata.clear();
        self.configuration.clear();
        self.client_connected.clear();
        self.client_disconnected.clear();
        self.message.clear();
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
