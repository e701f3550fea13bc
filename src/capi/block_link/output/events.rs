//! STTP to block links: callbacks.

use std::ffi::c_void;

use crate::capi::block_link::events::{
    sttp_block_link_agreed_fn, sttp_block_link_closed_fn, sttp_block_link_message_fn,
    sttp_block_link_opened_fn, sttp_block_link_reopening_fn, sttp_block_link_subscribed_fn,
};
use crate::capi::block_link::output::sttp_block_link_output;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::events::{
    sttp_connected_fn, sttp_disconnected_fn, sttp_metadata_fn, sttp_reconnecting_fn,
};

/// Registers who is told that the publisher is connected, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_connected(
    output: *mut sttp_block_link_output,
    callback: sttp_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.connected, callback, user_data, destroy) }
}

/// Registers who is told that the connection to the publisher has ended or could not be made, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_disconnected(
    output: *mut sttp_block_link_output,
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
pub unsafe extern "C" fn sttp_block_link_output_on_reconnecting(
    output: *mut sttp_block_link_output,
    callback: sttp_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(output, "output", |output| &output.callbacks.reconnecting, callback, user_data, destroy)
    }
}

/// Registers who receives the publisher's metadata, which all links get.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_metadata(
    output: *mut sttp_block_link_output,
    callback: sttp_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.metadata, callback, user_data, destroy) }
}

/// Registers who is told that a link is open, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_opened(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_opened_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.opened, callback, user_data, destroy) }
}

/// Registers who is told what both sides of a link have agreed, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_agreed(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_agreed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.agreed, callback, user_data, destroy) }
}

/// Registers who is told that a link has ended or could not be opened, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_closed(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_closed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.closed, callback, user_data, destroy) }
}

/// Registers who is told that an attempt to open a link again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_reopening(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_reopening_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.reopening, callback, user_data, destroy) }
}

/// Registers who is told what the other side of a link has subscribed to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_subscribed(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_subscribed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.subscribed, callback, user_data, destroy) }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_on_message(
    output: *mut sttp_block_link_output,
    callback: sttp_block_link_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(output, "output", |output| &output.callbacks.message, callback, user_data, destroy) }
}
