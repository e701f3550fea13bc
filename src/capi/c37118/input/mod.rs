//! C37.118: devices in.
//!
//! An input connects to devices, any number of them, and publishes what they measure with one publisher, whose metadata
//! it makes of what the devices are. Make the publisher and the input, register callbacks, start the publisher, and add
//! devices; they are connected to from then on, over losses of the connection if so set.
//!
//! ```c
//! static int publish_devices(sttp_publisher *publisher) {
//!     sttp_c37118_input *input = NULL;
//!     uint64_t first = 0, second = 0;
//!     int32_t status = sttp_c37118_input_new(publisher, "PMU", &input);
//!     if (status == STTP_OK) status = sttp_c37118_input_add(input, "device=192.0.2.20; accessID=7", &first);
//!     if (status == STTP_OK) status = sttp_c37118_input_add(input, "device=192.0.2.21; accessID=9", &second);
//!     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(in crate::capi) mod callbacks;
pub(in crate::capi) mod events;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::c37118::client::ClientCounters as sttp_c37118_client_counters;
use crate::capi::c37118::input::callbacks::{InputCallbackHandler, InputCallbacks};
use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{
    OnEngine, give, live, lock, optional_output, optional_text, output, text, write_record,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::{free, get, list, set};
use crate::engine::Engine;
use crate::error::Error;
use crate::gateway::DeviceCounters as sttp_c37118_device_counters;
use crate::gateway::{DeviceInfo, DeviceState, Input};
use crate::settings::C37118InputSetup;

/// State of a device: a connection is being made.
pub const STTP_C37118_CONNECTING: i32 = 0;
/// State of a device: connected, and it has not told its configuration yet.
pub const STTP_C37118_CONNECTED: i32 = 1;
/// State of a device: it has told its configuration.
pub const STTP_C37118_RUNNING: i32 = 2;
/// State of a device: the connection was lost or could not be made, the next attempt follows.
pub const STTP_C37118_RECONNECTING: i32 = 3;
/// State of a device: the connection was lost or could not be made, and no attempt follows.
pub const STTP_C37118_GAVE_UP: i32 = 4;

/// Publishes what C37.118 devices measure.
pub struct sttp_c37118_input {
    input: Input,
    callbacks: Arc<InputCallbacks>,
    /// What was set, for devices that are added.
    setup: Mutex<C37118InputSetup>,
}

impl OnEngine for sttp_c37118_input {
    fn engine(&self) -> &Engine {
        self.input.engine()
    }
}

/// What is known of a device.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_device {
    /// Which it is, as sttp_c37118_input_add told it.
    pub id: u64,
    /// STTP_C37118_CONNECTING to STTP_C37118_GAVE_UP.
    pub state: i32,
    /// How many PMUs its data frames have; 0 before it has told its configuration.
    pub pmu_count: u32,
    /// ID code of its data frames; 0 before it has told its configuration.
    pub id_code: u32,
    /// Frames per second when positive, seconds per frame when negative; 0 before it has told its configuration.
    pub data_rate: i32,
}

/// Makes an input without devices. It runs on the engine of the publisher, whose metadata it sets from then on.
///
/// \param publisher  What it publishes with.
/// \param source     In front of measurement keys, as `PMU` in `PMU:1`; NULL for `C37118`.
/// \param input      Receives the input.
/// *Ownership*: the publisher stays the caller's and may be freed before the input, which then publishes nothing more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_new(
    publisher: *mut sttp_publisher,
    source: *const c_char,
    input: *mut *mut sttp_c37118_input,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, source, input) = unsafe {
            (live(publisher, "publisher")?, optional_text(source, "source")?, output(input, "input")?)
        };
        let callbacks = Arc::new(InputCallbacks::new());
        let handler = InputCallbackHandler::new(Arc::clone(&callbacks));
        let made = Input::new(publisher.shared(), source.unwrap_or("C37118"), handler);
        give(input, sttp_c37118_input { input: made, callbacks, setup: Mutex::default() });
        Ok(())
    })
}

/// Frees an input; the connections to its devices are closed. No callback is called any more. The publisher goes on with
/// the metadata that it has.
///
/// *Blocks*: while a callback of the input runs on another thread. Does not wait for connections to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the input is gone; the destructors of its callbacks have run, except that of the callback which this was
/// called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_free(input: *mut sttp_c37118_input) {
    // SAFETY: the contract of the header.
    unsafe { free(input, |input| input.callbacks.clear()) };
}

/// Sets what holds for devices that are added from now on, as `key={value}` in their connection strings does, which say
/// otherwise.
///
/// \param key    STTP_SETTING_..., as STTP_SETTING_COMPANY_ACRONYM; upper and lower case are the same.
/// \param value  As connection strings write it; NULL for the default.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for devices, or the key cannot have that value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_set(
    input: *mut sttp_c37118_input,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { set(input, "input", key, value, |input, key, value| lock(&input.setup).set(key, value)) }
}

/// Reads what sttp_c37118_input_set has set, as it can be set again.
///
/// \param key     STTP_SETTING_...; upper and lower case are the same.
/// \param buffer  Receives the value and a NUL.
/// \param size    Bytes of the buffer.
/// \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for devices; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_get(
    input: *const sttp_c37118_input,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { get(input, "input", key, |input, key| lock(&input.setup).get(key), (buffer, size), length) }
}

/// Adds a device, and connects to it until it is removed.
///
/// \param connection_string  As `device=192.0.2.20:4712; accessID=7`; docs/connection-strings.md lists the keys of a
///                           C37.118 input.
/// \param device             Receives its number, which names it in callbacks; may be NULL.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
///         something is wrong with the string, or it does not say where the device is; STTP_ERR_WOULD_BLOCK when too
///         many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_add(
    input: *mut sttp_c37118_input,
    connection_string: *const c_char,
    device: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string, device) = unsafe {
            (
                live(input, "input")?,
                text(connection_string, "connection_string")?,
                optional_output(device, "device")?,
            )
        };
        let mut setup = lock(&handle.setup).clone();
        setup.apply(connection_string).map_err(Error::from)?;
        let id = handle.input.add_device(&setup)?;
        if let Some(device) = device {
            device.write(id);
        }
        Ok(())
    })
}

/// Ends the connection to a device. Its rows leave the metadata, but for those of its measurements, which stay, not
/// enabled, for the case that it comes back.
///
/// \param device  Its number.
/// \return STTP_ERR_NOT_FOUND when there is no such device; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callback for the end of the connection follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_remove(input: *mut sttp_c37118_input, device: u64) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(input, "input")? }.input.remove_device(device)?))
}

/// Lists the devices of an input, in the order in which they were added.
///
/// \param devices  Receives their numbers, as many as there is room for; NULL when there is none.
/// \param room     How many there is room for.
/// \param count    Receives how many devices there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_devices(
    input: *const sttp_c37118_input,
    devices: *mut u64,
    room: usize,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        list(
            input,
            "input",
            |input| input.input.devices().iter().map(|device| device.id).collect(),
            (devices, room, "devices"),
            count,
        )
    }
}

/// Reads what is known of a device.
///
/// \param device  Its number.
/// \param info    Receives it.
/// \param size    sizeof(*info).
/// \return STTP_ERR_NOT_FOUND when there is no such device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_device(
    input: *const sttp_c37118_input,
    device: u64,
    info: *mut sttp_c37118_device,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(input, "input")? }.input.device(device)?;
        // SAFETY: the contract of the header.
        unsafe { write_record(&record(&known), info, size, "info") }
    })
}

/// Reads what was counted of a device since it was added.
///
/// \param device         Its number.
/// \param counters       Receives what was counted of its frames; NULL when that is not wanted.
/// \param size           sizeof(*counters).
/// \param session        Receives what was counted of the connections to it; NULL when that is not wanted.
/// \param session_size   sizeof(*session).
/// \return STTP_ERR_NOT_FOUND when there is no such device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_input_statistics(
    input: *const sttp_c37118_input,
    device: u64,
    counters: *mut sttp_c37118_device_counters,
    size: usize,
    session: *mut sttp_c37118_client_counters,
    session_size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(input, "input")? }.input.device(device)?;
        if !counters.is_null() {
            // SAFETY: the contract of the header.
            unsafe { write_record(&known.counters, counters, size, "counters")? };
        }
        if !session.is_null() {
            // SAFETY: the contract of the header.
            unsafe { write_record(&known.session, session, session_size, "session")? };
        }
        Ok(())
    })
}

fn record(known: &DeviceInfo) -> sttp_c37118_device {
    let configuration = known.configuration.as_ref();
    sttp_c37118_device {
        id: known.id,
        state: match known.state {
            DeviceState::Connecting => STTP_C37118_CONNECTING,
            DeviceState::Connected => STTP_C37118_CONNECTED,
            DeviceState::Running => STTP_C37118_RUNNING,
            DeviceState::Reconnecting => STTP_C37118_RECONNECTING,
            DeviceState::GaveUp => STTP_C37118_GAVE_UP,
        },
        pmu_count: configuration.map_or(0, |known| known.pmus.len().try_into().unwrap_or(u32::MAX)),
        id_code: configuration.map_or(0, |known| known.id_code.into()),
        data_rate: configuration.map_or(0, |known| known.data_rate.into()),
    }
}
