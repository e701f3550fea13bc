//! Subscribers: encrypted measurements.
//!
//! AES-256 with keys that the publisher tells each subscriber by TCP. Without TLS, whoever sees that
//! connection sees the keys.

use crate::capi::shared::arguments::live;
use crate::capi::shared::guard::guard;
use crate::capi::subscriber::sttp_subscriber;

/// Asks the publisher for new keys. A publisher that does not encrypt, or made the keys less than a second
/// ago, refuses.
///
/// \return STTP_OK: a refusal is told to the callback for failed requests; STTP_ERR_NOT_CONNECTED;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_rotate_cipher_keys(subscriber: *mut sttp_subscriber) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(subscriber, "subscriber")? }.subscriber.rotate_cipher_keys()?))
}
