//! Publishers: notifications.

use std::ffi::{c_char, c_void};

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{check, live, text};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;

/// A subscriber has confirmed a notification, or never will.
///
/// \param user_data        As registered.
/// \param connection_id    `id` of the connection.
/// \param notification_id  The notification, as sttp_publisher_notify told it.
/// \param confirmed        1 when the subscriber has it, 0 when that will not be known: the connection
///                         ended, or too many others wait for their confirmation.
pub type sttp_notification_ended_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, connection_id: u64, notification_id: u32, confirmed: i32),
>;

/// Registers who is told which subscribers have confirmed notifications.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_notification(
    publisher: *mut sttp_publisher,
    callback: sttp_notification_ended_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.notification,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Sends a text, with the time in front of it, to the operators of one subscriber or of all that are
/// connected. Subscribers confirm what they receive; who connects later does not get it. To repeat it
/// to a subscriber that went without confirming it, send it again when that is connected again.
///
/// \param connection_id    `id` of the connection; 0 for all of them.
/// \param message          The text, up to 65536 bytes, not empty.
/// \param notification_id  Receives what stands for the notification in sttp_publisher_on_notification;
///                         may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when the text is empty or too long; STTP_ERR_NOT_FOUND when there
///         is no such connection any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_notify(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    message: *const c_char,
    notification_id: *mut u32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, message) = unsafe { (live(publisher, "publisher")?, text(message, "message")?) };
        if !notification_id.is_null() {
            check(notification_id, "notification_id")?;
        }
        let to = (connection_id != 0).then_some(connection_id);
        let id = publisher.publisher.notify(to, message)?;
        if !notification_id.is_null() {
            // SAFETY: not NULL and aligned; the rest is the contract of the header.
            unsafe { notification_id.write(id.0) };
        }
        Ok(())
    })
}
