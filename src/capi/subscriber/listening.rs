//! Subscribers: listening for publishers.
//!
//! Once connected, everything is as it is when the subscriber connects.

use std::ffi::c_char;

use crate::capi::shared::arguments::{live, lock, text, write_text};
use crate::capi::shared::guard::guard;
use crate::capi::subscriber::sttp_subscriber;
use crate::error::Error;

/// Listens for a publisher that connects, until sttp_subscriber_disconnect. One publisher at a time is
/// served; others are closed at once until it has gone. A publisher that vanishes without a word counts
/// as gone after the time of STTP_SETTING_DATA_LOSS_INTERVAL. The settings as they are now hold
/// until the disconnect.
///
/// \param address  Where: `127.0.0.1:7175`, `[::]:7175` for all addresses of IPv6 and IPv4, port 0 for
///                 any free one, which sttp_subscriber_address then tells.
/// \return STTP_OK: connections and their ends are told to the callbacks; STTP_ERR_INVALID_ARGUMENT
///         when `address` cannot be read as one; STTP_ERR_INVALID_STATE when connected, connecting or
///         listening; STTP_ERR_IO when the system refuses, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_listen(
    subscriber: *mut sttp_subscriber,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, address) = unsafe { (live(subscriber, "subscriber")?, text(address, "address")?) };
        let settings = lock(&handle.setup).settings.clone();
        handle.secure()?;
        Ok(handle.subscriber.listen(address, settings)?)
    })
}

/// Writes the address that a subscriber listens on, with the port that the system chose, as
/// `127.0.0.1:7175`.
///
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; 64 always suffice.
/// \return STTP_ERR_INVALID_STATE when it does not listen; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_address(
    subscriber: *const sttp_subscriber,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { live(subscriber, "subscriber")? };
        let address = handle.subscriber.address().ok_or_else(|| {
            Error::InvalidState("the subscriber does not listen; call sttp_subscriber_listen first".into())
        })?;
        // SAFETY: the contract of the header.
        unsafe { write_text(&address.to_string(), buffer, size) }
    })
}
