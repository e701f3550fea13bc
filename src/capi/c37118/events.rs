//! C37.118: what gateways tell.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use crate::c37118::Configuration;
use crate::capi::c37118::configuration::sttp_c37118_configuration;
use crate::capi::shared::callback::Slot;
use crate::capi::shared::guard::c_string;
use crate::capi::shared::status::level_of;
use crate::session::Severity;

/// A device has told its configuration, or a stream of an output has one: the first one, or another.
///
/// \param user_data      As registered.
/// \param number         Number of the device or the stream.
/// \param configuration  What its data frames carry; valid during the call, sttp_c37118_configuration_clone keeps it.
pub type sttp_c37118_configuration_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        number: u64,
        configuration: *const sttp_c37118_configuration,
    ),
>;

/// Something that operators want to know.
///
/// \param user_data  As registered.
/// \param number     Number of the device or the stream that it is about; 0 for all of them.
/// \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
/// \param message    One sentence without a line end; valid during the call.
pub type sttp_c37118_message_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, number: u64, level: i32, message: *const c_char)>;

pub(super) fn dispatch_configuration(
    slot: &Slot<sttp_c37118_configuration_fn>,
    number: u64,
    configuration: &Arc<Configuration>,
) {
    slot.dispatch(|callback, user_data| {
        // One that data frames cannot be read by never gets here.
        let Ok(configuration) = sttp_c37118_configuration::new(Arc::clone(configuration)) else { return };
        // SAFETY: registered for this user data; the configuration lives during the call.
        unsafe { callback(user_data, number, &raw const configuration) };
    });
}

pub(super) fn dispatch_message(
    slot: &Slot<sttp_c37118_message_fn>,
    number: Option<u64>,
    severity: Severity,
    text: &str,
) {
    slot.dispatch(|callback, user_data| {
        let text = c_string(text);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, number.unwrap_or(0), level_of(severity), text.as_ptr()) };
    });
}
