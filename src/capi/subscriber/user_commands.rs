//! Subscribers: user commands.

use std::ffi::c_void;

use crate::capi::shared::arguments::{elements, live, user_code};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::sttp_subscriber;

/// The publisher sent a user response.
///
/// \param user_data  As registered.
/// \param response   Number of the response, 0 to 15.
/// \param command    Number of the user command that it answers, 0 to 15; -1 when it answers no user command.
/// \param data       What it carries; valid during the call. NULL when that is nothing.
/// \param size       Bytes of it; may be 0.
pub type sttp_user_response_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, response: i32, command: i32, data: *const u8, size: usize),
>;

/// Registers who receives user responses. Publishers may also answer that a user command succeeded or
/// failed: see sttp_subscriber_on_request_succeeded and sttp_subscriber_on_request_failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_user_response(
    subscriber: *mut sttp_subscriber,
    callback: sttp_user_response_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.user_response,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Sends a user command to the publisher. What it means, and whether it is answered, is between the two
/// applications. One implementation ends connections on which more than 32768 bytes come.
///
/// \param command  Number of the command, 0 to 15.
/// \param data     What it carries; NULL when that is nothing.
/// \param size     Bytes of it, less than 16777216 (16 MiB).
/// \return STTP_ERR_INVALID_ARGUMENT when the size is too large or there is no such command;
///         STTP_ERR_NOT_CONNECTED; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_send_user_command(
    subscriber: *mut sttp_subscriber,
    command: i32,
    data: *const u8,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, payload) =
            unsafe { (live(subscriber, "subscriber")?, elements(data, size, "data")?) };
        Ok(subscriber.subscriber.send_user_command(user_code(command, "command")?, payload)?)
    })
}
