//! C37.118: callbacks of streams out.

use std::ffi::{c_char, c_void};

use crate::capi::c37118::events::{sttp_c37118_configuration_fn, sttp_c37118_message_fn};
use crate::capi::c37118::output::sttp_c37118_output;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::events::{
    sttp_connected_fn, sttp_disconnected_fn, sttp_metadata_fn, sttp_reconnecting_fn,
};

/// A client has connected to a stream by TCP.
///
/// \param user_data  As registered.
/// \param stream     Number of the stream.
/// \param address    Address of the client; valid during the call.
pub type sttp_c37118_client_connected_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, stream: u64, address: *const c_char)>;

/// The connection of a client has ended.
///
/// \param user_data  As registered.
/// \param stream     Number of the stream.
/// \param address    Address of the client; valid during the call.
/// \param message    Why, as a sentence; valid during the call.
pub type sttp_c37118_client_disconnected_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, stream: u64, address: *const c_char, message: *const c_char),
>;

/// Registers who is told that the publisher is connected, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_connected(
    output: *mut sttp_c37118_output,
    callback: sttp_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.connected, callback, user_data, destroy) }
}

/// Registers who is told that the connection to the publisher has ended or could not be made, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_disconnected(
    output: *mut sttp_c37118_output,
    callback: sttp_disconnected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(output, "output", |output| &output.callbacks.disconnected, callback, user_data, destroy)
    }
}

/// Registers who is told that an attempt to connect to the publisher again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_reconnecting(
    output: *mut sttp_c37118_output,
    callback: sttp_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(output, "output", |output| &output.callbacks.reconnecting, callback, user_data, destroy)
    }
}

/// Registers who receives the publisher's metadata, of which the streams are made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_metadata(
    output: *mut sttp_c37118_output,
    callback: sttp_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.metadata, callback, user_data, destroy) }
}

/// Registers who is told that a stream has a configuration from then on, the first one or another.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_configuration(
    output: *mut sttp_c37118_output,
    callback: sttp_c37118_configuration_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(output, "output", |output| &output.callbacks.configuration, callback, user_data, destroy)
    }
}

/// Registers who is told that a client has connected by TCP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_client_connected(
    output: *mut sttp_c37118_output,
    callback: sttp_c37118_client_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(output, "output", |output| &output.callbacks.client_connected, callback, user_data, destroy)
    }
}

/// Registers who is told that the connection of a client has ended, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_client_disconnected(
    output: *mut sttp_c37118_output,
    callback: sttp_c37118_client_disconnected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            output,
            "output",
            |output| &output.callbacks.client_disconnected,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_on_message(
    output: *mut sttp_c37118_output,
    callback: sttp_c37118_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.message, callback, user_data, destroy) }
}
