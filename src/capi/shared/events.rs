//! Callbacks: messages for operators.

use std::ffi::{CString, c_char, c_void};
use std::time::Duration;

use super::callback::Slot;
use super::guard::c_string;
use super::status::{STTP_OK, level_of, status_of};
use crate::error::Error;
use crate::session::Severity;

/// Something that operators want to know.
///
/// \param user_data  As registered.
/// \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
/// \param message    One sentence without a line end; valid during the call.
pub type sttp_message_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, message: *const c_char)>;

pub(in crate::capi) fn dispatch_message(slot: &Slot<sttp_message_fn>, severity: Severity, text: &str) {
    slot.dispatch(|callback, user_data| {
        let text = c_string(text);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, level_of(severity), text.as_ptr()) };
    });
}

/// Bytes for C, where there is nothing to point to when there are none.
pub(in crate::capi) fn data_of(bytes: &[u8]) -> *const u8 {
    if bytes.is_empty() { std::ptr::null() } else { bytes.as_ptr() }
}

/// Why a connection ended, as status and sentence.
pub(in crate::capi) fn reason_of(reason: Result<(), &Error>) -> (i32, CString) {
    match reason {
        Ok(()) => (STTP_OK, CString::default()),
        Err(error) => (status_of(error), c_string(error.to_string())),
    }
}

/// A delay as C gets it; what is longer than 49 days is as long as that.
pub(in crate::capi) fn milliseconds(delay: Duration) -> u32 {
    delay.as_millis().try_into().unwrap_or(u32::MAX)
}
