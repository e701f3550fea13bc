//! Publishers: connecting to subscribers.
//!
//! Once connected, everything is as it is when the subscriber connects.

use std::ffi::{c_char, c_void};

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, lock, text};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;

/// Connects to a subscriber that listens, and keeps the connection up until
/// sttp_publisher_disconnect_from or sttp_publisher_stop, over losses if so set. May be called for
/// several subscribers, before, after or instead of sttp_publisher_start: with the first of these calls
/// the publisher begins to run, and its settings hold until the stop. Such connections are made even
/// beyond the limit of STTP_SETTING_MAX_CONNECTIONS.
///
/// \param address  `host:port`, as `localhost:7175`, `192.0.2.7:7175` or `[::1]:7175`.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
///         the publisher connects there already; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the name is looked up and the connection made in the background.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_connect(
    publisher: *mut sttp_publisher,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (live(publisher, "publisher")?, text(address, "address")?) };
        let (settings, reconnect) = {
            let setup = lock(&handle.setup);
            (setup.settings, setup.reconnect)
        };
        handle.secure()?;
        if !handle.publisher.is_running() {
            handle.publisher.configure(settings)?;
        }
        Ok(handle.publisher.connect(address, reconnect)?)
    })
}

/// Ends the connection to a subscriber that sttp_publisher_connect was called for, after it has taken
/// what is queued for it, and all attempts to make one.
///
/// \param address  The address given to sttp_publisher_connect.
/// \return STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_NOT_FOUND when the
///         publisher does not connect there, or has given up; STTP_ERR_WOULD_BLOCK when too many
///         requests wait.
/// *Blocks*: no; the callback for the end of the connection follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_disconnect_from(
    publisher: *mut sttp_publisher,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (live(publisher, "publisher")?, text(address, "address")?) };
        Ok(handle.publisher.disconnect_from(address)?)
    })
}

/// The next attempt to connect to a subscriber follows after a delay.
///
/// \param user_data  As registered.
/// \param address    As given to sttp_publisher_connect; valid during the call.
/// \param attempt    Number of that attempt since the subscriber was last connected, from 1.
/// \param delay_ms   Milliseconds until then.
pub type sttp_publisher_reconnecting_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, address: *const c_char, attempt: u32, delay_ms: u32)>;

/// Registers who is told that an attempt to connect to a subscriber again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_reconnecting(
    publisher: *mut sttp_publisher,
    callback: sttp_publisher_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.reconnecting,
            callback,
            user_data,
            destroy,
        )
    }
}

/// No further attempt to connect to a subscriber follows.
///
/// \param user_data  As registered.
/// \param address    As given to sttp_publisher_connect; valid during the call.
/// \param reason     Why the last connection ended or could not be made, as STTP_ERR_IO.
/// \param message    The reason as a sentence; valid during the call.
pub type sttp_gave_up_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, address: *const c_char, reason: i32, message: *const c_char),
>;

/// Registers who is told that no further attempt to connect to a subscriber follows, because they are
/// used up or switched off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_gave_up(
    publisher: *mut sttp_publisher,
    callback: sttp_gave_up_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.gave_up,
            callback,
            user_data,
            destroy,
        )
    }
}
