//! Block links to STTP: callbacks.

use std::ffi::c_void;

use crate::capi::block_link::events::{
    sttp_block_link_agreed_fn, sttp_block_link_closed_fn, sttp_block_link_configuration_fn,
    sttp_block_link_frame_fn, sttp_block_link_message_fn, sttp_block_link_metadata_fn,
    sttp_block_link_opened_fn, sttp_block_link_reopening_fn,
};
use crate::capi::block_link::input::sttp_block_link_input;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;

/// Registers who is told that a link is open, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_opened(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_opened_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.opened, callback, user_data, destroy) }
}

/// Registers who is told what both sides of a link have agreed, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_agreed(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_agreed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.agreed, callback, user_data, destroy) }
}

/// Registers who is told that a link has ended or could not be opened, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_closed(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_closed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.closed, callback, user_data, destroy) }
}

/// Registers who is told that an attempt to open a link again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_reopening(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_reopening_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.reopening, callback, user_data, destroy) }
}

/// Registers who is told the metadata of a link; the publisher has them, merged with those of the other links.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_metadata(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.metadata, callback, user_data, destroy) }
}

/// Registers who receives the configuration frames of streams of C37.118.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_configuration(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_configuration_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.configuration, callback, user_data, destroy) }
}

/// Registers who receives data frames of C37.118, before they are published.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_frame(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_frame_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.frame, callback, user_data, destroy) }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_on_message(
    input: *mut sttp_block_link_input,
    callback: sttp_block_link_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.message, callback, user_data, destroy) }
}
