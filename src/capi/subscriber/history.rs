//! Subscribers: historical data.

use std::ffi::{c_char, c_void};

use crate::capi::shared::arguments::{live, lock};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::sttp_subscriber;

/// Changes the pace of historical data that are being played back, and sets it for later subscriptions
/// as STTP_SETTING_PROCESSING_INTERVAL does. Whether the publisher does it comes to
/// sttp_subscriber_on_request_succeeded or sttp_subscriber_on_request_failed.
///
/// \param milliseconds  For each step; 0 for as fast as possible, -1 for the publisher's default.
/// \return STTP_ERR_INVALID_ARGUMENT when `milliseconds` is below -1; STTP_ERR_NOT_CONNECTED;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_update_processing_interval(
    subscriber: *mut sttp_subscriber,
    milliseconds: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { live(subscriber, "subscriber")? };
        handle.subscriber.update_processing_interval(milliseconds)?;
        lock(&handle.setup).subscription.processing_interval = milliseconds;
        Ok(())
    })
}

/// The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
/// subscription is over; the connection stays. With sttp_subscriber_read, measurements may still wait to be
/// read.
///
/// \param user_data  As registered.
/// \param text       The publisher's words, may be empty; valid during the call.
pub type sttp_processing_complete_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, text: *const c_char)>;

/// Registers who is told the end of historical data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_processing_complete(
    subscriber: *mut sttp_subscriber,
    callback: sttp_processing_complete_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.processing_complete,
            callback,
            user_data,
            destroy,
        )
    }
}
