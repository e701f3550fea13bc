//! Subscribers: settings by their keys.
//!
//! All have defaults. They hold from the next connect or subscribe on.

use std::ffi::c_char;

use crate::capi::shared::arguments::lock;
use crate::capi::shared::handles::{get, set};
use crate::capi::subscriber::sttp_subscriber;

/// Sets one setting, as `key={value}` in a connection string does (sttp_subscriber_configure). It holds from the next
/// connect on; what a subscription asks for, from the next subscribe on.
///
/// \param key         STTP_SETTING_..., as STTP_SETTING_COMPRESSION; upper and lower case are the same.
/// \param value       As connection strings write it: `false`, `true`, `2.5`; NULL for the default. A
///                    group takes a connection string of its keys.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
///         subscribers, the key cannot have that value, or it does not go with what else is set: then nothing has
///         changed. Set what only goes together in one call of sttp_subscriber_configure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set(
    subscriber: *mut sttp_subscriber,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        set(subscriber, "subscriber", key, value, |subscriber, key, value| {
            lock(&subscriber.setup).set(key, value)
        })
    }
}

/// Reads one setting, as it can be set again; of a group, what differs from the defaults.
///
/// \param key         STTP_SETTING_...; upper and lower case are the same.
/// \param buffer      Receives the value and a NUL.
/// \param size        Bytes of the buffer.
/// \param length      Receives the bytes of the value without the NUL, also when the buffer is too small; may be
///                    NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
///         subscribers, or STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_get(
    subscriber: *const sttp_subscriber,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        get(
            subscriber,
            "subscriber",
            key,
            |subscriber, key| lock(&subscriber.setup).get(key),
            (buffer, size),
            length,
        )
    }
}
