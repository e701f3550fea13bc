//! Subscribers: callbacks.

use std::ffi::{c_char, c_void};

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::events::sttp_message_fn;
use crate::capi::shared::handles::register;
use crate::capi::shared::records::{sttp_guid, sttp_measurement};
use crate::capi::subscriber::sttp_subscriber;

/// A connection is established.
///
/// \param user_data  As registered.
/// \param address    The publisher's, as `127.0.0.1:7175`; valid during the call.
pub type sttp_connected_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, address: *const c_char)>;

/// Registers who is told that a connection is established, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_connected(
    subscriber: *mut sttp_subscriber,
    callback: sttp_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.connected,
            callback,
            user_data,
            destroy,
        )
    }
}

/// A connection has ended, or could not be made. When another attempt is to follow, the callback for that is called
/// next.
///
/// \param user_data  As registered.
/// \param reason     STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
/// \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
pub type sttp_disconnected_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, reason: i32, message: *const c_char)>;

/// Registers who is told that a connection has ended or could not be made, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_disconnected(
    subscriber: *mut sttp_subscriber,
    callback: sttp_disconnected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.disconnected,
            callback,
            user_data,
            destroy,
        )
    }
}

/// The next attempt to connect follows after a delay.
///
/// \param user_data  As registered.
/// \param attempt    Number of that attempt since the connection was lost, from 1.
/// \param delay_ms   Milliseconds until then.
pub type sttp_reconnecting_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, attempt: u32, delay_ms: u32)>;

/// Registers who is told that an attempt to connect again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_reconnecting(
    subscriber: *mut sttp_subscriber,
    callback: sttp_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.reconnecting,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Metadata were received.
///
/// \param user_data  As registered.
/// \param metadata   The metadata; valid during the call. Keep them with sttp_metadata_clone.
pub type sttp_metadata_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, metadata: *const sttp_metadata)>;

/// Registers who receives metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_metadata(
    subscriber: *mut sttp_subscriber,
    callback: sttp_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.metadata,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Metadata were received: the document as it came, but not compressed, before it is handed over as metadata; also one
/// that cannot be used.
///
/// \param user_data  As registered.
/// \param xml        The document, without a NUL; valid during the call. NULL when it is empty, or could not be
///                   decompressed.
/// \param length     Bytes of the document.
pub type sttp_metadata_document_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, xml: *const c_char, length: usize)>;

/// Registers who receives the documents of metadata as they came.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_metadata_document(
    subscriber: *mut sttp_subscriber,
    callback: sttp_metadata_document_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.metadata_document,
            callback,
            user_data,
            destroy,
        )
    }
}

/// One signal of a subscription: 40 bytes on 64-bit machines.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_signal {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Number of its measurement key: the 12 of `PPA:12`.
    pub key_number: u64,
    /// Source of its measurement key: the `PPA` of `PPA:12`. May be empty, never NULL.
    pub key_source: *const c_char,
    /// Number that stands for the signal in packets; for diagnostics.
    pub wire_index: u32,
    /// 0.
    pub reserved: u32,
}

/// The publisher granted a subscription, or changed it. From here on, `signal_index` of received measurements is the
/// row of their signal here.
///
/// \param user_data   As registered.
/// \param generation  Number of the signals on this connection; grows with each update.
/// \param signals     The signals, in the order of their signal indexes: `signals[i]->signal_id`. They and their
///                    texts are valid during the call.
/// \param count       How many there are; may be 0, and `signals` NULL.
pub type sttp_subscription_updated_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        generation: u32,
        signals: *const *const sttp_signal,
        count: usize,
    ),
>;

/// Registers who is told the signals of the subscription: when it is granted, on each connection, and
/// whenever the publisher changes them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_subscription_updated(
    subscriber: *mut sttp_subscriber,
    callback: sttp_subscription_updated_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.subscription_updated,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Measurements were received: those of one data packet.
///
/// \param user_data     As registered.
/// \param measurements  The measurements, in the order they came; valid during the call.
/// \param count         How many there are, at least 1.
pub type sttp_measurements_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, measurements: *const sttp_measurement, count: usize)>;

/// Registers who receives measurements: one call for each packet. Not called with a read queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_measurements(
    subscriber: *mut sttp_subscriber,
    callback: sttp_measurements_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.measurements,
            callback,
            user_data,
            destroy,
        )
    }
}

/// The publisher told the time of the first measurement of the subscription.
///
/// \param user_data  As registered.
/// \param timestamp  Ticks: units of 100 ns since 0001-01-01 UTC.
pub type sttp_data_start_time_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, timestamp: i64)>;

/// Registers who is told the time of a subscription's first measurement.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_data_start_time(
    subscriber: *mut sttp_subscriber,
    callback: sttp_data_start_time_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.data_start_time,
            callback,
            user_data,
            destroy,
        )
    }
}

/// The publisher's metadata have changed; request them and subscribe again as needed.
///
/// \param user_data  As registered.
pub type sttp_configuration_changed_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Registers who is told that the publisher's metadata have changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_configuration_changed(
    subscriber: *mut sttp_subscriber,
    callback: sttp_configuration_changed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.configuration_changed,
            callback,
            user_data,
            destroy,
        )
    }
}

/// The publisher did what was requested.
///
/// \param user_data  As registered.
/// \param command    STTP_COMMAND_...: what was requested.
/// \param message    The publisher's words, may be empty; valid during the call.
pub type sttp_request_succeeded_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, command: i32, message: *const c_char)>;

/// Registers who is told that the publisher did what was requested: subscribe, unsubscribe, a user
/// command. Answers with more than words have callbacks of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_request_succeeded(
    subscriber: *mut sttp_subscriber,
    callback: sttp_request_succeeded_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.request_succeeded,
            callback,
            user_data,
            destroy,
        )
    }
}

/// The publisher refused a request, or it was not sent, because the connection ended before.
///
/// \param user_data  As registered.
/// \param command    STTP_COMMAND_...: what was requested.
/// \param message    The publisher's reason; valid during the call.
pub type sttp_request_failed_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, command: i32, message: *const c_char)>;

/// Registers who is told that the publisher refused a request, as a subscription.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_request_failed(
    subscriber: *mut sttp_subscriber,
    callback: sttp_request_failed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.request_failed,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Registers who receives messages for operators: what goes well, what goes wrong, and what the
/// publisher tells. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_message(
    subscriber: *mut sttp_subscriber,
    callback: sttp_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.message,
            callback,
            user_data,
            destroy,
        )
    }
}
