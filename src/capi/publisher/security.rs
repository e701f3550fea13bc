//! Publishers: TLS.

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::live;
use crate::capi::shared::guard::guard;

/// Reads certificates, keys and revocation lists again, for the connections to come; those that stand go on. Files
/// that have changed are read again by themselves, when the next connection is made.
///
/// \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
///         STTP_ERR_INVALID_STATE without TLS.
/// *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
///           Connections go on meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_reload_certificates(publisher: *mut sttp_publisher) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        Ok(unsafe { live(publisher, "publisher")? }.publisher.reload_certificates()?)
    })
}
