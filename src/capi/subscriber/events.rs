//! Subscribers: callbacks.

use std::ffi::c_void;

use crate::capi::shared::arguments::reference;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::events::sttp_message_fn;
use crate::capi::shared::guard::guard;
use crate::capi::subscriber::callbacks::{
    sttp_configuration_changed_fn, sttp_connected_fn, sttp_data_start_time_fn, sttp_disconnected_fn,
    sttp_measurements_fn, sttp_metadata_fn, sttp_reconnecting_fn, sttp_request_failed_fn,
    sttp_request_succeeded_fn, sttp_subscription_updated_fn,
};
use crate::capi::subscriber::sttp_subscriber;

/// Registers who is told that a connection is established, each time.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_connected(
    subscriber: *mut sttp_subscriber,
    callback: sttp_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.connected.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that a connection has ended or could not be made, each time, and why.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_disconnected(
    subscriber: *mut sttp_subscriber,
    callback: sttp_disconnected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.disconnected.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that an attempt to connect again follows.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_reconnecting(
    subscriber: *mut sttp_subscriber,
    callback: sttp_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.reconnecting.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who receives metadata.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_metadata(
    subscriber: *mut sttp_subscriber,
    callback: sttp_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.metadata.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told the signals of the subscription: when it is granted, on each connection, and
/// whenever the publisher changes them.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_subscription_updated(
    subscriber: *mut sttp_subscriber,
    callback: sttp_subscription_updated_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.subscription_updated.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who receives measurements: one call for each packet. Not called with a read queue.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_measurements(
    subscriber: *mut sttp_subscriber,
    callback: sttp_measurements_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.measurements.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told the time of a subscription's first measurement.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_data_start_time(
    subscriber: *mut sttp_subscriber,
    callback: sttp_data_start_time_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.data_start_time.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that the publisher's metadata have changed.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_configuration_changed(
    subscriber: *mut sttp_subscriber,
    callback: sttp_configuration_changed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.configuration_changed.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that the publisher did what was requested: subscribe, unsubscribe, a user command.
/// Answers with more than words have callbacks of their own.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_request_succeeded(
    subscriber: *mut sttp_subscriber,
    callback: sttp_request_succeeded_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.request_succeeded.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that the publisher refused a request, as a subscription.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_request_failed(
    subscriber: *mut sttp_subscriber,
    callback: sttp_request_failed_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.request_failed.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who receives messages for operators: what goes well, what goes wrong, and what the
/// publisher tells. Repeated ones are held back, and counted.
///
/// \param subscriber  The subscriber.
/// \param callback    The callback, in place of an earlier one; NULL for none.
/// \param user_data   Handed to every call.
/// \param destroy     Called with `user_data` after the last call; may be NULL.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: while the earlier callback runs on another thread.
/// *From a callback*: allowed.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_message(
    subscriber: *mut sttp_subscriber,
    callback: sttp_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        subscriber.callbacks.message.register(callback, user_data, destroy);
        Ok(())
    })
}
