//! C37.118: callbacks of devices in.

use std::ffi::{c_char, c_void};

use crate::capi::c37118::configuration::sttp_c37118_configuration;
use crate::capi::c37118::events::{sttp_c37118_configuration_fn, sttp_c37118_message_fn};
use crate::capi::c37118::input::sttp_c37118_input;
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::events::sttp_metadata_fn;

/// A device is connected; by UDP, its socket is open.
///
/// \param user_data  As registered.
/// \param device     Number of the device.
/// \param address    Its address; valid during the call.
pub type sttp_c37118_connected_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, device: u64, address: *const c_char)>;

/// The connection to a device has ended, or could not be made.
///
/// \param user_data  As registered.
/// \param device     Number of the device.
/// \param reason     STTP_OK when the program wanted it, else why.
/// \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
pub type sttp_c37118_disconnected_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, device: u64, reason: i32, message: *const c_char)>;

/// An attempt to connect to a device again follows.
///
/// \param user_data  As registered.
/// \param device     Number of the device.
/// \param attempt    Number of the attempt since the last success, from 1.
/// \param delay_ms   Milliseconds until then.
pub type sttp_c37118_reconnecting_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, device: u64, attempt: u32, delay_ms: u32)>;

/// A device has sent a data frame.
///
/// \param user_data      As registered.
/// \param device         Number of the device.
/// \param configuration  What it carries, for sttp_c37118_data_pmu and its like; valid during the call.
/// \param frame          The whole frame; valid during the call.
/// \param length         Its bytes.
pub type sttp_c37118_data_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        device: u64,
        configuration: *const sttp_c37118_configuration,
        frame: *const u8,
        length: usize,
    ),
>;

/// A device has sent the text of its header frame.
///
/// \param user_data  As registered.
/// \param device     Number of the device.
/// \param text       The text as it came, without a NUL; valid during the call.
/// \param length     Its bytes.
pub type sttp_c37118_header_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, device: u64, text: *const u8, length: usize)>;

/// Registers who is told that a device is connected, each time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_connected(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_connected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.connected, callback, user_data, destroy) }
}

/// Registers who is told that the connection to a device has ended or could not be made, each time, and why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_disconnected(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_disconnected_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.disconnected, callback, user_data, destroy) }
}

/// Registers who is told that an attempt to connect to a device again follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_reconnecting(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_reconnecting_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.reconnecting, callback, user_data, destroy) }
}

/// Registers who is told that a device has told its configuration, the first one or another. Its data frames are
/// published once the metadata have it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_configuration(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_configuration_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.configuration, callback, user_data, destroy) }
}

/// Registers who receives the data frames of devices, before their measurements are published.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_data(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_data_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.data, callback, user_data, destroy) }
}

/// Registers who receives the texts of header frames, for which devices are asked with STTP_SETTING_REQUEST_HEADER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_header(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_header_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.header, callback, user_data, destroy) }
}

/// Registers who is told the metadata that the publisher has from then on: those of all devices that have told their
/// configurations.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_metadata(
    input: *mut sttp_c37118_input,
    callback: sttp_metadata_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.metadata, callback, user_data, destroy) }
}

/// Registers who receives messages for operators. Repeated ones are held back, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_on_message(
    input: *mut sttp_c37118_input,
    callback: sttp_c37118_message_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { register(input, "input", |input| &input.callbacks.message, callback, user_data, destroy) }
}
