//! Publishers: settings by their keys.
//!
//! All have defaults. They hold from the next start or connect on.

use std::ffi::c_char;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::lock;
use crate::capi::shared::handles::{get, set};

/// Sets one setting, as `key={value}` in a connection string does (sttp_publisher_configure). It holds
/// from the next start on, or the next connect when the publisher does not run.
///
/// \param key         STTP_SETTING_..., as STTP_SETTING_MAX_CONNECTIONS; upper and lower case are the same.
/// \param value       As connection strings write it: `50`, `true`, `2.5`; NULL for the default. A
///                    group takes a connection string of its keys.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
///         publishers, the key cannot have that value, or it does not go with what else is set: then nothing has
///         changed. Set what only goes together in one call of sttp_publisher_configure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set(
    publisher: *mut sttp_publisher,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        set(publisher, "publisher", key, value, |publisher, key, value| {
            lock(&publisher.setup).set(key, value)
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
///         publishers, or STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_get(
    publisher: *const sttp_publisher,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        get(
            publisher,
            "publisher",
            key,
            |publisher, key| lock(&publisher.setup).get(key),
            (buffer, size),
            length,
        )
    }
}
