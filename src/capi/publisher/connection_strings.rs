//! Publishers: connection strings.
//!
//! All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
//! and sttp_last_error names the key, its value, and what to write.

use std::ffi::c_char;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, lock, optional_text, text};
use crate::capi::shared::guard::guard;
use crate::error::Error;

/// Sets what a connection string says, as sttp_publisher_set does for each key: what it does not
/// mention stays. Where to listen, and which subscribers to connect to, is kept for
/// sttp_publisher_open.
///
/// \param connection_string  As `port=7165; overflow=wait; maxConnections=50`.
/// \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string: then nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_configure(
    publisher: *mut sttp_publisher,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) =
            unsafe { (live(publisher, "publisher")?, text(connection_string, "connection_string")?) };
        Ok(lock(&handle.setup).apply(connection_string).map_err(Error::from)?)
    })
}

/// Does what a connection string says: sets it as sttp_publisher_configure does, listens on the `port`,
/// and connects to the `server`s, until sttp_publisher_stop. Set the metadata and register callbacks
/// before.
///
/// \param connection_string  As `port=7165` or `server=control-center.example.com:7175`; NULL for what
///                           was set by sttp_publisher_configure and other functions before.
/// \return STTP_OK: success and failure of attempts to connect are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or there is neither a
///         port nor a server; STTP_ERR_INVALID_STATE when listening, or connecting there, already;
///         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_open(
    publisher: *mut sttp_publisher,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) = unsafe {
            (live(publisher, "publisher")?, optional_text(connection_string, "connection_string")?)
        };
        let setup = {
            let mut setup = lock(&handle.setup);
            setup.apply(connection_string.unwrap_or_default()).map_err(Error::from)?;
            setup.clone()
        };
        Ok(handle.publisher.set_up(&setup)?)
    })
}
