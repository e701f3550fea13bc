//! Publishers: callbacks.

use std::ffi::{c_char, c_void};

use crate::capi::publisher::connections::{sttp_connection, sttp_connection_fn};
use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::events::sttp_message_fn;
use crate::capi::shared::handles::register;

/// Registers who is told that a subscriber has connected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_connected(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.connected,
            callback,
            user_data,
            destroy,
        )
    }
}

/// A connection to a subscriber has ended.
///
/// \param user_data   As registered.
/// \param connection  The connection as it was last, with its texts valid during the call.
/// \param reason      STTP_OK when the program or the subscriber ended it, else why.
/// \param message     The reason as a sentence, empty for STTP_OK; valid during the call.
pub type sttp_connection_ended_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        connection: *const sttp_connection,
        reason: i32,
        message: *const c_char,
    ),
>;

/// Registers who is told that a connection to a subscriber has ended, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_disconnected(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_ended_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.disconnected,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Registers who is told that measurements flow to a subscriber from now on: it has been told its
/// signals, and has confirmed them (protocol versions 2 and 3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_subscribed(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.subscribed,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Registers who is told that a subscriber has ended its subscription and stays connected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_unsubscribed(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.unsubscribed,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_message(
    publisher: *mut sttp_publisher,
    callback: sttp_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.message,
            callback,
            user_data,
            destroy,
        )
    }
}

/// A subscriber has changed the pace of its historical data.
///
/// \param user_data      As registered.
/// \param connection_id  `id` of the connection.
/// \param milliseconds   For each step, which is everything up to the next later time; 0 for as fast as possible, -1
///                       for the publisher's default.
pub type sttp_processing_interval_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, connection_id: u64, milliseconds: i32)>;

/// Registers who is told that a subscriber has changed the pace of its historical data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_processing_interval(
    publisher: *mut sttp_publisher,
    callback: sttp_processing_interval_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.processing_interval,
            callback,
            user_data,
            destroy,
        )
    }
}
