//! What an input of C37.118 tells the C program.

use std::sync::Arc;
use std::time::Duration;

use crate::c37118::{Configuration, DataFrame};
use crate::capi::c37118::configuration::sttp_c37118_configuration;
use crate::capi::c37118::events::{
    dispatch_configuration, dispatch_message, sttp_c37118_configuration_fn, sttp_c37118_message_fn,
};
use crate::capi::c37118::input::events::{
    sttp_c37118_connected_fn, sttp_c37118_data_fn, sttp_c37118_disconnected_fn, sttp_c37118_header_fn,
    sttp_c37118_reconnecting_fn,
};
use crate::capi::shared::callback::callback_slots;
use crate::capi::shared::events::{data_of, milliseconds, reason_of};
use crate::capi::shared::guard::c_string;
use crate::capi::subscriber::dispatch::dispatch_metadata;
use crate::capi::subscriber::events::sttp_metadata_fn;
use crate::error::Error;
use crate::gateway::{DeviceId, InputHandler};
use crate::metadata::Metadata;
use crate::session::Severity;

callback_slots! {
    /// The callbacks of an input, shared by its handle and the engine.
    InputCallbacks {
        connected: sttp_c37118_connected_fn,
        disconnected: sttp_c37118_disconnected_fn,
        reconnecting: sttp_c37118_reconnecting_fn,
        configuration: sttp_c37118_configuration_fn,
        data: sttp_c37118_data_fn,
        header: sttp_c37118_header_fn,
        metadata: sttp_metadata_fn,
        message: sttp_c37118_message_fn,
    }
}

/// Calls the callbacks of an input when the engine tells something.
pub(super) struct InputCallbackHandler {
    callbacks: Arc<InputCallbacks>,
    /// The configuration that data frames came by last, as C has it.
    known: Option<(Arc<Configuration>, sttp_c37118_configuration)>,
}

impl InputCallbackHandler {
    pub(super) fn new(callbacks: Arc<InputCallbacks>) -> InputCallbackHandler {
        InputCallbackHandler { callbacks, known: None }
    }
}

impl InputHandler for InputCallbackHandler {
    fn connected(&mut self, device: DeviceId, address: &str) {
        self.callbacks.connected.dispatch(|callback, user_data| {
            let address = c_string(address);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, device, address.as_ptr()) };
        });
    }

    fn disconnected(&mut self, device: DeviceId, reason: Result<(), &Error>) {
        self.callbacks.disconnected.dispatch(|callback, user_data| {
            let (reason, message) = reason_of(reason);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, device, reason, message.as_ptr()) };
        });
    }

    fn reconnecting(&mut self, device: DeviceId, attempt: u32, delay: Duration) {
        self.callbacks.reconnecting.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data, device, attempt, milliseconds(delay)) };
        });
    }

    fn configuration(&mut self, device: DeviceId, configuration: &Arc<Configuration>) {
        dispatch_configuration(&self.callbacks.configuration, device, configuration);
    }

    fn header(&mut self, device: DeviceId, text: &[u8]) {
        self.callbacks.header.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, device, data_of(text), text.len()) };
        });
    }

    fn data(
        &mut self,
        device: DeviceId,
        configuration: &Arc<Configuration>,
        _: &DataFrame<'_>,
        bytes: &[u8],
    ) {
        let InputCallbackHandler { callbacks, known } = self;
        callbacks.data.dispatch(|callback, user_data| {
            if known.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, configuration)) {
                let made = sttp_c37118_configuration::new(Arc::clone(configuration));
                *known = made.ok().map(|made| (Arc::clone(configuration), made));
            }
            let Some((_, made)) = known else { return };
            // SAFETY: registered for this user data; configuration and frame live during the call.
            unsafe { callback(user_data, device, made, data_of(bytes), bytes.len()) };
        });
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        dispatch_metadata(&self.callbacks.metadata, metadata);
    }

    fn message(&mut self, device: Option<DeviceId>, severity: Severity, text: &str) {
        dispatch_message(&self.callbacks.message, device, severity, text);
    }
}
