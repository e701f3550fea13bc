//! What a subscriber tells the C program.

use std::ffi::CString;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::callback::callback_slots;
use crate::capi::shared::events::{data_of, dispatch_message, sttp_message_fn};
use crate::capi::shared::guard::c_string;
use crate::capi::shared::records::sttp_guid;
use crate::capi::subscriber::buffer_blocks::sttp_buffer_block_fn;
use crate::capi::subscriber::configuration::{
    STTP_SCHEMA_METADATA, STTP_SCHEMA_SIGNAL_SELECTION, sttp_schema_fn,
};
use crate::capi::subscriber::dispatch::{
    dispatch_connected, dispatch_disconnected, dispatch_metadata, dispatch_reconnecting,
};
use crate::capi::subscriber::events::*;
use crate::capi::subscriber::history::sttp_processing_complete_fn;
use crate::capi::subscriber::notifications::sttp_notification_fn;
use crate::capi::subscriber::user_commands::sttp_user_response_fn;
use crate::codec::SignalIndexCache;
use crate::error::Error;
use crate::measurement::Measurement;
use crate::metadata::Metadata;
use crate::session::Severity;
use crate::subscriber::{Schema, SubscriberHandler};
use crate::time::Ticks;
use crate::wire::Command;

callback_slots! {
    /// The callbacks of a subscriber, shared by its handle and the engine.
    SubscriberCallbacks {
        connected: sttp_connected_fn,
        disconnected: sttp_disconnected_fn,
        reconnecting: sttp_reconnecting_fn,
        metadata: sttp_metadata_fn,
        metadata_document: sttp_metadata_document_fn,
        subscription_updated: sttp_subscription_updated_fn,
        measurements: sttp_measurements_fn,
        recovered_measurements: sttp_measurements_fn,
        data_start_time: sttp_data_start_time_fn,
        processing_complete: sttp_processing_complete_fn,
        configuration_changed: sttp_configuration_changed_fn,
        buffer_block: sttp_buffer_block_fn,
        notification: sttp_notification_fn,
        user_response: sttp_user_response_fn,
        schema: sttp_schema_fn,
        request_succeeded: sttp_request_succeeded_fn,
        request_failed: sttp_request_failed_fn,
        message: sttp_message_fn,
    }
}

/// Calls the callbacks when the engine tells something.
pub(super) struct CallbackHandler(pub(super) Arc<SubscriberCallbacks>);

impl SubscriberHandler for CallbackHandler {
    fn connected(&mut self, address: &str) {
        dispatch_connected(&self.0.connected, address);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        dispatch_disconnected(&self.0.disconnected, reason);
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        dispatch_reconnecting(&self.0.reconnecting, attempt, delay);
    }

    fn metadata_document(&mut self, xml: &[u8]) {
        self.0.metadata_document.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data; the document lives during the call.
            unsafe { callback(user_data, data_of(xml).cast(), xml.len()) };
        });
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        dispatch_metadata(&self.0.metadata, metadata);
    }

    fn subscription_updated(&mut self, generation: u32, cache: &Arc<SignalIndexCache>) {
        self.0.subscription_updated.dispatch(|callback, user_data| {
            let signals = Signals::new(cache);
            // SAFETY: registered for this user data; the signals and their texts live during the call.
            unsafe { callback(user_data, generation, signals.as_ptr(), signals.pointers.len()) };
        });
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.measurements.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data; both types have the same layout.
            unsafe { callback(user_data, measurements.as_ptr().cast(), measurements.len()) };
        });
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.0.recovered_measurements.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data; both types have the same layout.
            unsafe { callback(user_data, measurements.as_ptr().cast(), measurements.len()) };
        });
    }

    fn data_start_time(&mut self, time: Ticks) {
        self.0.data_start_time.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data, time.0) };
        });
    }

    fn processing_complete(&mut self, text: &str) {
        self.0.processing_complete.dispatch(|callback, user_data| {
            let text = c_string(text);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, text.as_ptr()) };
        });
    }

    fn configuration_changed(&mut self) {
        self.0.configuration_changed.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data) };
        });
    }

    fn buffer_block(&mut self, signal_id: &Uuid, signal_index: u32, bytes: &[u8]) {
        self.0.buffer_block.dispatch(|callback, user_data| {
            let signal_id = sttp_guid::from(*signal_id);
            // SAFETY: registered for this user data; the ID and the bytes live during the call.
            unsafe { callback(user_data, &raw const signal_id, signal_index, data_of(bytes), bytes.len()) };
        });
    }

    fn notification(&mut self, text: &str) {
        self.0.notification.dispatch(|callback, user_data| {
            let text = c_string(text);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, text.as_ptr()) };
        });
    }

    fn user_response(&mut self, response: u8, command: Option<u8>, payload: &[u8]) {
        let command = command.map_or(-1, i32::from);
        self.0.user_response.dispatch(|callback, user_data| {
            let response = response.into();
            // SAFETY: registered for this user data; the payload lives during the call.
            unsafe { callback(user_data, response, command, data_of(payload), payload.len()) };
        });
    }

    fn schema(&mut self, schema: Schema, tables: &Arc<Metadata>) {
        self.0.schema.dispatch(|callback, user_data| {
            let schema = match schema {
                Schema::Metadata => STTP_SCHEMA_METADATA,
                Schema::SignalSelection => STTP_SCHEMA_SIGNAL_SELECTION,
            };
            let tables = sttp_metadata::new(Arc::clone(tables));
            // SAFETY: registered for this user data; the handle lives during the call.
            unsafe { callback(user_data, schema, &raw const tables) };
        });
    }

    fn request_succeeded(&mut self, request: Command, text: &str) {
        self.0.request_succeeded.dispatch(|callback, user_data| {
            let text = c_string(text);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, request.code().into(), text.as_ptr()) };
        });
    }

    fn request_failed(&mut self, request: Command, text: &str) {
        self.0.request_failed.dispatch(|callback, user_data| {
            let text = c_string(text);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, request.code().into(), text.as_ptr()) };
        });
    }

    fn message(&mut self, severity: Severity, text: &str) {
        dispatch_message(&self.0.message, severity, text);
    }
}

/// The records of a signal index cache for C.
pub(super) struct Signals {
    _records: Vec<sttp_signal>,
    /// One to each record, which can thus be longer than the program knows.
    pub(super) pointers: Vec<*const sttp_signal>,
    /// What the records' pointers lead to: few texts, shared by many records.
    _sources: Vec<CString>,
}

// SAFETY: the pointers lead into what the value owns itself, which never changes.
unsafe impl Send for Signals {}

impl Signals {
    pub(super) fn new(cache: &SignalIndexCache) -> Signals {
        let sources: Vec<CString> = cache.sources().iter().map(|source| c_string(&**source)).collect();
        let source = |row: usize| sources.get(row).map_or(c"".as_ptr(), |source| source.as_ptr());
        let records = cache.records().iter().map(|record| sttp_signal {
            signal_id: record.signal_id.into(),
            key_number: record.key_number,
            key_source: source(cache.source_row(record)),
            wire_index: record.signal_index,
            reserved: 0,
        });
        let records: Vec<sttp_signal> = records.collect();
        let pointers = records.iter().map(std::ptr::from_ref).collect();
        Signals { _records: records, pointers, _sources: sources }
    }

    pub(super) fn as_ptr(&self) -> *const *const sttp_signal {
        if self.pointers.is_empty() { std::ptr::null() } else { self.pointers.as_ptr() }
    }
}

#[cfg(test)]
#[path = "callbacks_tests.rs"]
mod tests;
