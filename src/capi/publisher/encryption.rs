//! Publishers: encrypted measurements.
//!
//! AES-256 with keys that the publisher tells each subscriber by TCP. Without TLS, whoever sees that
//! connection sees the keys.

use std::time::Duration;

use crate::capi::publisher::{change_settings, sttp_publisher};
use crate::capi::shared::arguments::invalid;
use crate::capi::shared::guard::guard;
use crate::publisher::{Encryption, EncryptionSettings};

/// Measurements are not encrypted.
pub const STTP_ENCRYPTION_OFF: i32 = 0;
/// The measurements of subscribers that ask for UDP are encrypted.
pub const STTP_ENCRYPTION_UDP: i32 = 1;
/// All measurements are encrypted.
pub const STTP_ENCRYPTION_ALL: i32 = 2;

/// Sets which measurements and buffer blocks are encrypted, with AES-256 in CBC mode, from the next
/// start on. The keys go to each subscriber by TCP in the clear: unless that connection is protected
/// (TLS), this hides measurements only from those who do not see it; and nothing protects them from
/// being changed. Only subscribers of this library and of the reference implementation (GSF) can
/// decrypt; for others leave it off. Default: STTP_ENCRYPTION_OFF, 60000.
///
/// \param scope        STTP_ENCRYPTION_OFF, STTP_ENCRYPTION_UDP or STTP_ENCRYPTION_ALL.
/// \param rotation_ms  Milliseconds after which each subscriber gets new keys, at least 1000.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such scope or the time is below 1000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_encryption(
    publisher: *mut sttp_publisher,
    scope: i32,
    rotation_ms: u32,
) -> i32 {
    guard(|| {
        let scope = match scope {
            STTP_ENCRYPTION_OFF => Encryption::Off,
            STTP_ENCRYPTION_UDP => Encryption::Udp,
            STTP_ENCRYPTION_ALL => Encryption::All,
            _ => return Err(invalid(format!("scope is {scope}; give one of STTP_ENCRYPTION_... (0 to 2)"))),
        };
        if rotation_ms < 1000 {
            return Err(invalid(format!("rotation_ms is {rotation_ms}; give 1000 or more")));
        }
        let rotation = Duration::from_millis(rotation_ms.into());
        // SAFETY: the contract of the header.
        unsafe {
            change_settings(publisher, |settings| {
                settings.encryption = EncryptionSettings { scope, rotation }
            })
        }
    })
}
