//! One side of a block link: callbacks.

use std::ffi::{c_char, c_void};

use crate::capi::block_link::events::{
    sttp_block_link_agreed_fn, sttp_block_link_closed_fn, sttp_block_link_configuration_fn,
    sttp_block_link_frame_fn, sttp_block_link_message_fn, sttp_block_link_metadata_fn,
    sttp_block_link_opened_fn, sttp_block_link_reopening_fn, sttp_block_link_subscribed_fn,
};
use crate::capi::block_link::link::sttp_block_link;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::events::sttp_measurements_fn;

/// What became of a subscription: it is accepted.
pub const STTP_BLOCK_LINK_ACCEPTED: i32 = 0;
/// What became of a subscription: the other side cannot read or evaluate its filter.
pub const STTP_BLOCK_LINK_BAD_FILTER: i32 = 1;
/// What became of a subscription: it is refused for another reason.
pub const STTP_BLOCK_LINK_REFUSED: i32 = 2;

/// The other side has answered a subscription, which is made again whenever the link is opened again.
///
/// \param user_data  As registered.
/// \param link       0.
/// \param answer     STTP_BLOCK_LINK_ACCEPTED to STTP_BLOCK_LINK_REFUSED.
/// \param signals    How many signals it sends.
/// \param message    What it says to people, may be empty; valid during the call.
pub type sttp_block_link_answered_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        link: u64,
        answer: i32,
        signals: u32,
        message: *const c_char,
    ),
>;

/// Registers who is told that the link is open, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_opened(
    link: *mut sttp_block_link,
    callback: sttp_block_link_opened_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.opened, callback, user_data, destroy) }
}

/// Registers who is told what both sides have agreed, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_agreed(
    link: *mut sttp_block_link,
    callback: sttp_block_link_agreed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.agreed, callback, user_data, destroy) }
}

/// Registers who is told that the link has ended or could not be opened, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_closed(
    link: *mut sttp_block_link,
    callback: sttp_block_link_closed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.closed, callback, user_data, destroy) }
}

/// Registers who is told that an attempt to open the link again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_reopening(
    link: *mut sttp_block_link,
    callback: sttp_block_link_reopening_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.reopening, callback, user_data, destroy) }
}

/// Registers who receives the metadata of the other side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_metadata(
    link: *mut sttp_block_link,
    callback: sttp_block_link_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.metadata, callback, user_data, destroy) }
}

/// Registers who receives measurements: one call for each block. Their signal index means nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_measurements(
    link: *mut sttp_block_link,
    callback: sttp_measurements_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.measurements, callback, user_data, destroy) }
}

/// Registers who receives the configuration frames of streams of C37.118.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_configuration(
    link: *mut sttp_block_link,
    callback: sttp_block_link_configuration_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.configuration, callback, user_data, destroy) }
}

/// Registers who receives data frames of C37.118.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_frame(
    link: *mut sttp_block_link,
    callback: sttp_block_link_frame_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.frame, callback, user_data, destroy) }
}

/// Registers who is told what the other side has subscribed to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_subscribed(
    link: *mut sttp_block_link,
    callback: sttp_block_link_subscribed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.subscribed, callback, user_data, destroy) }
}

/// Registers who is told what became of sttp_block_link_subscribe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_answered(
    link: *mut sttp_block_link,
    callback: sttp_block_link_answered_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.answered, callback, user_data, destroy) }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_on_message(
    link: *mut sttp_block_link,
    callback: sttp_block_link_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(link, "link", |link| &link.callbacks.message, callback, user_data, destroy) }
}
