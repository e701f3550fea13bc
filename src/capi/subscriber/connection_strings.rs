//! Subscribers: connection strings.
//!
//! All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
//! and sttp_last_error names the key, its value, and what to write.

use std::ffi::c_char;

use crate::capi::shared::arguments::{live, lock, optional_text, text};
use crate::capi::shared::guard::guard;
use crate::capi::subscriber::sttp_subscriber;
use crate::error::Error;

/// Sets what a connection string says, as sttp_subscriber_set does for each key: what it does not
/// mention stays. Where to connect or listen, and what to subscribe, is kept for sttp_subscriber_open.
///
/// \param connection_string  As `server=pdc.example.com:7165; filterExpression={FILTER
///                           ActiveMeasurements WHERE True}; dataChannel={port=9600}`.
/// \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string: then nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_configure(
    subscriber: *mut sttp_subscriber,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) =
            unsafe { (live(subscriber, "subscriber")?, text(connection_string, "connection_string")?) };
        Ok(lock(&handle.setup).apply(connection_string).map_err(Error::from)?)
    })
}

/// Does what a connection string says: sets it as sttp_subscriber_configure does, subscribes if there
/// is a filter, and connects to the `server` or listens on the `port`, until
/// sttp_subscriber_disconnect. Register callbacks before.
///
/// \param connection_string  As `server=pdc.example.com:7165; outputMeasurements={FILTER
///                           ActiveMeasurements WHERE True}`; NULL for what was set by
///                           sttp_subscriber_configure and other functions before. Without a filter,
///                           the latest subscription stays.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or there is neither a
///         server nor a port; STTP_ERR_INVALID_STATE when connected, connecting or listening;
///         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_open(
    subscriber: *mut sttp_subscriber,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) = unsafe {
            (live(subscriber, "subscriber")?, optional_text(connection_string, "connection_string")?)
        };
        let setup = {
            let mut setup = lock(&handle.setup);
            setup.apply(connection_string.unwrap_or_default()).map_err(Error::from)?;
            setup.clone()
        };
        Ok(handle.subscriber.set_up(&setup)?)
    })
}
