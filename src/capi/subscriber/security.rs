//! Subscribers: TLS.

use std::ffi::c_void;

use crate::capi::shared::arguments::{invalid, live};
use crate::capi::shared::guard::guard;
use crate::capi::shared::tls::{TlsTexts, sttp_tls_fn};
use crate::capi::subscriber::sttp_subscriber;
use crate::error::Error;

/// Calls a function with what was agreed on by TLS with the publisher, on the calling thread, before this returns.
///
/// \param visit      The function.
/// \param user_data  Handed to the call.
/// \return STTP_ERR_INVALID_STATE when there is no connection, or it is without TLS.
/// *Blocks*: no longer than `visit` takes.
/// *From a callback*: allowed. `visit` may call everything, also free the subscriber.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_tls(
    subscriber: *const sttp_subscriber,
    visit: sttp_tls_fn,
    user_data: *mut c_void,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        let visit = visit.ok_or_else(|| invalid("visit is NULL".into()))?;
        let details = subscriber.subscriber.tls().ok_or_else(|| {
            Error::InvalidState("there is no connection that is secured by TLS; set securityMode=TLS".into())
        })?;
        let texts = TlsTexts::new(&details);
        let record = texts.record(&details);
        // SAFETY: given for this user data; the record and its texts live during the call.
        unsafe { visit(user_data, &raw const record) };
        Ok(())
    })
}

/// Reads certificates, keys and revocation lists again, for the connections to come; the one that stands goes on.
/// Files that have changed are read again by themselves, when the next connection is made.
///
/// \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
///         STTP_ERR_INVALID_STATE without TLS.
/// *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
///           Connections go on meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_reload_certificates(subscriber: *mut sttp_subscriber) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        Ok(unsafe { live(subscriber, "subscriber")? }.subscriber.reload_certificates()?)
    })
}
