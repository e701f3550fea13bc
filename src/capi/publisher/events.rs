//! Publishers: callbacks.

use std::ffi::c_void;

use crate::capi::publisher::callbacks::{sttp_connection_ended_fn, sttp_connection_fn};
use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::reference;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::events::sttp_message_fn;
use crate::capi::shared::guard::guard;

/// Registers who is told that a subscriber has connected.
///
/// \param publisher   The publisher.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_connected(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.connected.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that a connection to a subscriber has ended, and why.
///
/// \param publisher   The publisher.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_disconnected(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_ended_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.disconnected.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that measurements flow to a subscriber from now on: it has been told its
/// signals, and has confirmed them (protocol versions 2 and 3).
///
/// \param publisher   The publisher.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_subscribed(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.subscribed.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that a subscriber has ended its subscription and stays connected.
///
/// \param publisher   The publisher.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_unsubscribed(
    publisher: *mut sttp_publisher,
    callback: sttp_connection_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.unsubscribed.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
///
/// \param publisher   The publisher.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_message(
    publisher: *mut sttp_publisher,
    callback: sttp_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.message.register(callback, user_data, destroy);
        Ok(())
    })
}
