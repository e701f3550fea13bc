//! Subscribers: notifications.

use std::ffi::{c_char, c_void};

use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::sttp_subscriber;

/// A text from the publisher's operators was received, and confirmed.
///
/// \param user_data  As registered.
/// \param text       The text; valid during the call. Many publishers put the time in front of it.
pub type sttp_notification_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, text: *const c_char)>;

/// Registers who receives texts from the publisher's operators. They also come to the message callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_notification(
    subscriber: *mut sttp_subscriber,
    callback: sttp_notification_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.notification,
            callback,
            user_data,
            destroy,
        )
    }
}
