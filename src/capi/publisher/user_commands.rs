//! Publishers: user commands.

use std::ffi::{c_char, c_void};

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{elements, live, text, user_code};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;
use crate::capi::shared::status::Failure;
use crate::publisher::UserAnswer;

/// A subscriber sent a user command. Answer with sttp_publisher_send_user_response,
/// sttp_publisher_succeed_user_command or sttp_publisher_fail_user_command: in the callback or later, from any
/// thread.
///
/// \param user_data      As registered.
/// \param connection_id  `id` of the connection.
/// \param command        Number of the command, 0 to 15.
/// \param data           What it carries; valid during the call. NULL when that is nothing.
/// \param size           Bytes of it; may be 0.
pub type sttp_user_command_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        connection_id: u64,
        command: i32,
        data: *const u8,
        size: usize,
    ),
>;

/// Registers who receives user commands. Without a callback, subscribers are told that their command
/// failed because it is not supported; with one, the program is to answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_user_command(
    publisher: *mut sttp_publisher,
    callback: sttp_user_command_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            publisher,
            "publisher",
            |publisher| &publisher.callbacks.user_command,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Answers a user command with a user response.
///
/// \param connection_id  `id` of the connection; 0 for all that are connected, whether they sent one or not.
/// \param command        Number of the user command, 0 to 15.
/// \param response       Number of the user response, 0 to 15.
/// \param data           What it carries; NULL when that is nothing.
/// \param size           Bytes of it, 16777216 (16 MiB) at most.
/// \return STTP_ERR_INVALID_ARGUMENT when the size is too large or there is no such command or
///         response; STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_WOULD_BLOCK
///         when the subscriber has not taken earlier answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_send_user_response(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    command: i32,
    response: i32,
    data: *const u8,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let payload = unsafe { elements(data, size, "data")? };
        let answer = UserAnswer::Response(user_code(response, "response")?, payload);
        // SAFETY: the contract of the header.
        unsafe { answer_command(publisher, connection_id, command, answer) }
    })
}

/// Answers a user command: it succeeded.
///
/// \param connection_id  `id` of the connection; 0 for all that are connected.
/// \param command        Number of the user command, 0 to 15.
/// \param message        What the subscriber is told; may be empty.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such command; STTP_ERR_NOT_FOUND when there is no
///         such connection any more; STTP_ERR_WOULD_BLOCK when the subscriber has not taken earlier
///         answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_succeed_user_command(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    command: i32,
    message: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        unsafe {
            let answer = UserAnswer::Succeeded(text(message, "message")?);
            answer_command(publisher, connection_id, command, answer)
        }
    })
}

/// Answers a user command: it failed.
///
/// \param connection_id  `id` of the connection; 0 for all that are connected.
/// \param command        Number of the user command, 0 to 15.
/// \param message        Why, and what to do; may be empty.
/// \return As sttp_publisher_succeed_user_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_fail_user_command(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    command: i32,
    message: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        unsafe {
            let answer = UserAnswer::Failed(text(message, "message")?);
            answer_command(publisher, connection_id, command, answer)
        }
    })
}

unsafe fn answer_command(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    command: i32,
    answer: UserAnswer<'_>,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let publisher = unsafe { live(publisher, "publisher")? };
    let command = user_code(command, "command")?;
    let to = Some(connection_id).filter(|id| *id != 0);
    Ok(publisher.publisher.answer_user_command(to, command, answer)?)
}
