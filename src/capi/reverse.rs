//! Reverse connections: publishers that connect, subscribers that listen.
//!
//! Once connected, everything is as it is when the subscriber connects.

use std::ffi::{c_char, c_void};

use super::arguments::{lock, reference, text, write_text};
use super::callback::sttp_destroy_fn;
use super::guard::guard;
use super::publisher::sttp_publisher;
use super::publisher_callbacks::{sttp_gave_up_fn, sttp_publisher_reconnecting_fn};
use super::subscriber::sttp_subscriber;
use super::subscriber_settings::reconnect_settings;
use crate::error::Error;

/// Sets what happens when a connection that the publisher makes is lost or cannot be made, from the
/// next sttp_publisher_connect on. Delays double from attempt to attempt, with some randomness.
/// Default: 1, 1000, 30000, 0.
///
/// \param publisher         The publisher.
/// \param enabled           1 to connect again, 0 to give up at once.
/// \param initial_delay_ms  Milliseconds before the first attempt, at least 1.
/// \param max_delay_ms      Longest delay in milliseconds, at least the initial one.
/// \param max_attempts      Attempts in a row before giving up; 0 never gives up.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL or a delay is out of
///         range.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_reconnect(
    publisher: *mut sttp_publisher,
    enabled: i32,
    initial_delay_ms: u32,
    max_delay_ms: u32,
    max_attempts: u32,
) -> i32 {
    guard(|| {
        let settings = reconnect_settings(enabled, initial_delay_ms, max_delay_ms, max_attempts)?;
        // SAFETY: the contract of the header.
        *lock(&unsafe { reference(publisher, "publisher")? }.reconnect) = settings;
        Ok(())
    })
}

/// Connects to a subscriber that listens, and keeps the connection up until
/// sttp_publisher_disconnect_from or sttp_publisher_stop, over losses if so set. May be called for
/// several subscribers, before, after or instead of sttp_publisher_start: with the first of these
/// calls the publisher begins to run, and its settings hold until the stop. Such connections are
/// made even beyond the limit of sttp_publisher_set_max_connections.
///
/// \param publisher  The publisher.
/// \param address    `host:port`, as `localhost:7175`, `192.0.2.7:7175` or `[::1]:7175`.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when an argument is NULL or the address is none;
///         STTP_ERR_INVALID_STATE when the publisher connects there already; STTP_ERR_WOULD_BLOCK
///         when too many requests wait because nobody polls the engine.
///
/// *Thread*: any.
/// *Blocks*: no; the name is looked up and the connection made in the background.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_connect(
    publisher: *mut sttp_publisher,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (reference(publisher, "publisher")?, text(address, "address")?) };
        if !handle.publisher.is_running() {
            handle.publisher.configure(*lock(&handle.settings));
        }
        let reconnect = *lock(&handle.reconnect);
        Ok(handle.publisher.connect(address, reconnect)?)
    })
}

/// Ends the connection to a subscriber that sttp_publisher_connect was called for, after it has
/// taken what is queued for it, and all attempts to make one.
///
/// \param publisher  The publisher.
/// \param address    The address given to sttp_publisher_connect.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when an argument is NULL or the address is none;
///         STTP_ERR_NOT_FOUND when the publisher does not connect there, or has given up;
///         STTP_ERR_WOULD_BLOCK when too many requests wait because nobody polls the engine.
///
/// *Thread*: any.
/// *Blocks*: no; the callback for the end of the connection follows.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_disconnect_from(
    publisher: *mut sttp_publisher,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (reference(publisher, "publisher")?, text(address, "address")?) };
        Ok(handle.publisher.disconnect_from(address)?)
    })
}

/// Registers who is told that an attempt to connect to a subscriber again follows.
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
pub unsafe extern "C" fn sttp_publisher_on_reconnecting(
    publisher: *mut sttp_publisher,
    callback: sttp_publisher_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.reconnecting.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Registers who is told that no further attempt to connect to a subscriber follows, because they
/// are used up or switched off.
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
pub unsafe extern "C" fn sttp_publisher_on_gave_up(
    publisher: *mut sttp_publisher,
    callback: sttp_gave_up_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { reference(publisher, "publisher")? };
        publisher.callbacks.gave_up.register(callback, user_data, destroy);
        Ok(())
    })
}

/// Listens for a publisher that connects, until sttp_subscriber_disconnect. One publisher at a time
/// is served; others are closed at once until it has gone. A publisher that vanishes without a word
/// counts as gone after the time of sttp_subscriber_set_data_loss_timeout. The settings as they are
/// now hold until the disconnect.
///
/// \param subscriber  The subscriber.
/// \param address     Where: `127.0.0.1:7175`, `[::]:7175` for all addresses of IPv6 and IPv4, port
///                    0 for any free one, which sttp_subscriber_address then tells.
/// \return STTP_OK: connections and their ends are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when an argument is NULL or the address is none;
///         STTP_ERR_INVALID_STATE when connected, connecting or listening; STTP_ERR_IO when the
///         system refuses, as when the address is in use; STTP_ERR_WOULD_BLOCK when too many
///         requests wait because nobody polls the engine.
///
/// *Thread*: any.
/// *Blocks*: for the name service when the host is a name.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_listen(
    subscriber: *mut sttp_subscriber,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (reference(subscriber, "subscriber")?, text(address, "address")?) };
        let settings = lock(&handle.settings).connection.clone();
        Ok(handle.subscriber.listen(address, settings)?)
    })
}

/// Writes the address that a subscriber listens on, with the port that the system chose, as
/// `127.0.0.1:7175`.
///
/// \param subscriber  The subscriber.
/// \param buffer      Receives the text and a NUL.
/// \param size        Bytes of the buffer; 64 always suffice.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when an argument is NULL, STTP_ERR_INVALID_STATE when
///         it does not listen, or STTP_ERR_BUFFER_TOO_SMALL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_address(
    subscriber: *const sttp_subscriber,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { reference(subscriber, "subscriber")? };
        let address = handle.subscriber.address().ok_or_else(|| {
            Error::InvalidState("the subscriber does not listen; call sttp_subscriber_listen first".into())
        })?;
        // SAFETY: the contract of the header.
        unsafe { write_text(&address.to_string(), buffer, size) }
    })
}
