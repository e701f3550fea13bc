//! What a subscriber tells the C program.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::callback::{CallbackSlot, Slot};
use crate::capi::shared::events::{data_of, dispatch_message, reason_of, sttp_message_fn};
use crate::capi::shared::guard::c_string;
use crate::capi::shared::records::{sttp_guid, sttp_measurement, sttp_signal};
use crate::capi::subscriber::buffer_blocks::sttp_buffer_block_fn;
use crate::capi::subscriber::configuration::{
    STTP_SCHEMA_METADATA, STTP_SCHEMA_SIGNAL_SELECTION, sttp_schema_fn,
};
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

/// A connection is established.
///
/// \param user_data  As registered.
/// \param address    The publisher's, as `127.0.0.1:7175`; valid during the call.
pub type sttp_connected_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, address: *const c_char)>;

/// A connection has ended, or could not be made.
///
/// \param user_data  As registered.
/// \param reason     STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
/// \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
pub type sttp_disconnected_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, reason: i32, message: *const c_char)>;

/// The next attempt to connect follows after a delay.
///
/// \param user_data  As registered.
/// \param attempt    Number of that attempt since the connection was lost, from 1.
/// \param delay_ms   Milliseconds until then.
pub type sttp_reconnecting_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, attempt: u32, delay_ms: u32)>;

/// Metadata were received.
///
/// \param user_data  As registered.
/// \param metadata   The metadata; valid during the call. Keep them with sttp_metadata_clone.
pub type sttp_metadata_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, metadata: *const sttp_metadata)>;

/// The publisher granted a subscription, or changed it. From here on, `signal_index` of received
/// measurements is a row of these signals.
///
/// \param user_data   As registered.
/// \param generation  Number of the signals on this connection; grows with each update.
/// \param signals     The signals, with their texts valid during the call.
/// \param count       How many there are; may be 0, and `signals` NULL.
pub type sttp_subscription_updated_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, generation: u32, signals: *const sttp_signal, count: usize),
>;

/// Measurements were received: those of one data packet.
///
/// \param user_data     As registered.
/// \param measurements  The measurements, in the order they came; valid during the call.
/// \param count         How many there are, at least 1.
pub type sttp_measurements_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, measurements: *const sttp_measurement, count: usize)>;

/// The publisher told the time of the first measurement of the subscription.
///
/// \param user_data  As registered.
/// \param timestamp  Ticks: units of 100 ns since 0001-01-01 UTC.
pub type sttp_data_start_time_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, timestamp: i64)>;

/// The publisher's metadata have changed; request them and subscribe again as needed.
///
/// \param user_data  As registered.
pub type sttp_configuration_changed_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// The publisher did what was requested.
///
/// \param user_data  As registered.
/// \param command    Code of the command: 2 subscribe, 3 unsubscribe, 208 (0xD0) to 223 user command 0 to 15.
/// \param message    The publisher's words, may be empty; valid during the call.
pub type sttp_request_succeeded_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, command: i32, message: *const c_char)>;

/// The publisher refused a request.
///
/// \param user_data  As registered.
/// \param command    Code of the refused command: 1 metadata refresh, 2 subscribe, 3 unsubscribe, 5 pace of
///                   historical data, 12 schema of the metadata, 13 of the signal selection, 208 (0xD0) to
///                   223 user command 0 to 15.
/// \param message    The publisher's reason; valid during the call.
pub type sttp_request_failed_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, command: i32, message: *const c_char)>;

/// The callbacks of a subscriber, shared by its handle and the engine.
pub(super) struct SubscriberCallbacks {
    pub(super) connected: Slot<sttp_connected_fn>,
    pub(super) disconnected: Slot<sttp_disconnected_fn>,
    pub(super) reconnecting: Slot<sttp_reconnecting_fn>,
    pub(super) metadata: Slot<sttp_metadata_fn>,
    pub(super) subscription_updated: Slot<sttp_subscription_updated_fn>,
    pub(super) measurements: Slot<sttp_measurements_fn>,
    pub(super) recovered_measurements: Slot<sttp_measurements_fn>,
    pub(super) data_start_time: Slot<sttp_data_start_time_fn>,
    pub(super) processing_complete: Slot<sttp_processing_complete_fn>,
    pub(super) configuration_changed: Slot<sttp_configuration_changed_fn>,
    pub(super) buffer_block: Slot<sttp_buffer_block_fn>,
    pub(super) notification: Slot<sttp_notification_fn>,
    pub(super) user_response: Slot<sttp_user_response_fn>,
    pub(super) schema: Slot<sttp_schema_fn>,
    pub(super) request_succeeded: Slot<sttp_request_succeeded_fn>,
    pub(super) request_failed: Slot<sttp_request_failed_fn>,
    pub(super) message: Slot<sttp_message_fn>,
}

impl SubscriberCallbacks {
    pub(super) fn new() -> SubscriberCallbacks {
        SubscriberCallbacks {
            connected: CallbackSlot::new(),
            disconnected: CallbackSlot::new(),
            reconnecting: CallbackSlot::new(),
            metadata: CallbackSlot::new(),
            subscription_updated: CallbackSlot::new(),
            measurements: CallbackSlot::new(),
            recovered_measurements: CallbackSlot::new(),
            data_start_time: CallbackSlot::new(),
            processing_complete: CallbackSlot::new(),
            configuration_changed: CallbackSlot::new(),
            buffer_block: CallbackSlot::new(),
            notification: CallbackSlot::new(),
            user_response: CallbackSlot::new(),
            schema: CallbackSlot::new(),
            request_succeeded: CallbackSlot::new(),
            request_failed: CallbackSlot::new(),
            message: CallbackSlot::new(),
        }
    }

    /// Ends all registrations: when this returns, nothing is called any more.
    pub(super) fn clear(&self) {
        self.connected.clear();
        self.disconnected.clear();
        self.reconnecting.clear();
        self.metadata.clear();
        self.subscription_updated.clear();
        self.measurements.clear();
        self.recovered_measurements.clear();
        self.data_start_time.clear();
        self.processing_complete.clear();
        self.configuration_changed.clear();
        self.buffer_block.clear();
        self.notification.clear();
        self.user_response.clear();
        self.schema.clear();
        self.request_succeeded.clear();
        self.request_failed.clear();
        self.message.clear();
    }
}

/// Calls the callbacks when the engine tells something.
pub(super) struct CallbackHandler(pub(super) Arc<SubscriberCallbacks>);

impl SubscriberHandler for CallbackHandler {
    fn connected(&mut self, address: &str) {
        self.0.connected.dispatch(|callback, user_data| {
            let address = c_string(address);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, address.as_ptr()) };
        });
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        self.0.disconnected.dispatch(|callback, user_data| {
            let (reason, message) = reason_of(reason);
            // SAFETY: registered for this user data; the text lives during the call.
            unsafe { callback(user_data, reason, message.as_ptr()) };
        });
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        let delay_ms = delay.as_millis().try_into().unwrap_or(u32::MAX);
        self.0.reconnecting.dispatch(|callback, user_data| {
            // SAFETY: registered for this user data.
            unsafe { callback(user_data, attempt, delay_ms) };
        });
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.0.metadata.dispatch(|callback, user_data| {
            let metadata = sttp_metadata::new(Arc::clone(metadata));
            // SAFETY: registered for this user data; the handle lives during the call.
            unsafe { callback(user_data, &raw const metadata) };
        });
    }

    fn subscription_updated(&mut self, generation: u32, cache: &Arc<SignalIndexCache>) {
        self.0.subscription_updated.dispatch(|callback, user_data| {
            let signals = Signals::new(cache);
            // SAFETY: registered for this user data; the signals and their texts live during the call.
            unsafe { callback(user_data, generation, signals.as_ptr(), signals.records.len()) };
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

    fn user_response(&mut self, response: u8, command: u8, payload: &[u8]) {
        self.0.user_response.dispatch(|callback, user_data| {
            let (response, command) = (response.into(), command.into());
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
struct Signals {
    records: Vec<sttp_signal>,
    /// What the records' pointers lead to: few texts, shared by many records.
    _sources: Vec<CString>,
}

impl Signals {
    fn new(cache: &SignalIndexCache) -> Signals {
        let sources: Vec<CString> = cache.sources().iter().map(|source| c_string(&**source)).collect();
        let source = |row: usize| sources.get(row).map_or(c"".as_ptr(), |source| source.as_ptr());
        let records = cache.records().iter().map(|record| sttp_signal {
            signal_id: record.signal_id.into(),
            key_number: record.key_number,
            key_source: source(cache.source_row(record)),
            signal_index: record.signal_index,
            reserved: 0,
        });
        Signals { records: records.collect(), _sources: sources }
    }

    fn as_ptr(&self) -> *const sttp_signal {
        if self.records.is_empty() { std::ptr::null() } else { self.records.as_ptr() }
    }
}

#[cfg(test)]
#[path = "callbacks_tests.rs"]
mod tests;
