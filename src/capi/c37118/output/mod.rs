//! C37.118: streams out.
//!
//! An output subscribes, and serves what it receives as streams of C37.118, any number of them, each with clients of its
//! own. Make it, register callbacks, add streams, and open it.
//!
//! ```c
//! static int serve_stream(void) {
//!     sttp_c37118_output *output = NULL;
//!     uint64_t stream = 0;
//!     int32_t status = sttp_c37118_output_new(NULL, &output);
//!     if (status == STTP_OK) status = sttp_c37118_output_add(output, "port=4712; accessID=235", &stream);
//!     if (status == STTP_OK) status = sttp_c37118_output_open(output, "server=localhost:7175");
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(in crate::capi) mod callbacks;
pub(in crate::capi) mod events;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::c37118::concentrator::ConcentratorCounters as sttp_c37118_stream_counters;
use crate::c37118::encapsulation::DecapsulatorCounters as sttp_c37118_relay_counters;
use crate::c37118::server::ServerCounters as sttp_c37118_server_counters;
use crate::capi::c37118::output::callbacks::{OutputCallbackHandler, OutputCallbacks};
use crate::capi::engine::{engine_or_shared, sttp_engine};
use crate::capi::shared::arguments::{
    OnEngine, give, live, lock, optional_output, output, text, write_record, write_text,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::{free, get, list, set};
use crate::engine::Engine;
use crate::error::Error;
use crate::gateway::Output;
use crate::settings::{C37118OutputSetup, SubscriberSetup};
use crate::subscriber::SubscriberCounters as sttp_subscriber_counters;

/// Serves what a subscriber receives as streams of C37.118.
pub struct sttp_c37118_output {
    output: Output,
    callbacks: Arc<OutputCallbacks>,
    /// What was set, for streams that are added.
    setup: Mutex<C37118OutputSetup>,
}

impl OnEngine for sttp_c37118_output {
    fn engine(&self) -> &Engine {
        self.output.engine()
    }
}

/// Makes an output without streams, not connected yet.
///
/// \param engine  What it runs on; NULL for the process's shared engine.
/// \param handle  Receives the output.
/// \return STTP_ERR_IO when the shared engine cannot be started.
/// *Ownership*: The engine stays the caller's and may be freed before the output.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_new(
    engine: *mut sttp_engine,
    handle: *mut *mut sttp_c37118_output,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { output(handle, "handle")? };
        // SAFETY: the contract of the header.
        let engine = unsafe { engine_or_shared(engine)? };
        let callbacks = Arc::new(OutputCallbacks::new());
        let made = Output::new(&engine, OutputCallbackHandler(Arc::clone(&callbacks)));
        give(handle, sttp_c37118_output { output: made, callbacks, setup: Mutex::default() });
        Ok(())
    })
}

/// Frees an output; its ports are closed, its clients and its publisher are disconnected. No callback is called any
/// more.
///
/// *Blocks*: while a callback of the output runs on another thread. Does not wait for connections to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the output is gone; the destructors of its callbacks have run, except that of the callback which this was
/// called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_free(output: *mut sttp_c37118_output) {
    // SAFETY: the contract of the header.
    unsafe { free(output, |output| output.callbacks.clear()) };
}

/// Sets what holds for streams that are added from now on, as `key={value}` in their connection strings does, which say
/// otherwise.
///
/// \param key    STTP_SETTING_..., as STTP_SETTING_DATA_RATE; upper and lower case are the same.
/// \param value  As connection strings write it; NULL for the default.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for streams, or the key cannot have that value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_set(
    output: *mut sttp_c37118_output,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { set(output, "output", key, value, |output, key, value| lock(&output.setup).set(key, value)) }
}

/// Reads what sttp_c37118_output_set has set, as it can be set again.
///
/// \param key     STTP_SETTING_...; upper and lower case are the same.
/// \param buffer  Receives the value and a NUL.
/// \param size    Bytes of the buffer.
/// \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for streams; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_get(
    output: *const sttp_c37118_output,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { get(output, "output", key, |output, key| lock(&output.setup).get(key), (buffer, size), length) }
}

/// Connects to a publisher, or listens for one, until sttp_c37118_output_close. What is subscribed the streams say.
///
/// \param connection_string  As `server=localhost:7175`; docs/connection-strings.md lists the keys of a subscriber.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
///         something is wrong with the string, it does not say where the publisher is, or has a filter or a read queue;
///         STTP_ERR_INVALID_STATE when connected, connecting or listening; STTP_ERR_IO when the system refuses to
///         listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_open(
    output: *mut sttp_c37118_output,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) =
            unsafe { (live(output, "output")?, text(connection_string, "connection_string")?) };
        let setup: SubscriberSetup = connection_string.parse().map_err(Error::from)?;
        Ok(handle.output.connect(&setup)?)
    })
}

/// Ends the connection to the publisher, and all attempts to make one. The streams stay.
///
/// \return STTP_OK, also when there was none; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callback for the end of the connection follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_close(output: *mut sttp_c37118_output) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(output, "output")? }.output.disconnect()?))
}

/// Adds a stream. Its port is open when this returns; its clients get a configuration once the publisher has told its
/// metadata.
///
/// \param connection_string  As `port=4712; accessID=235; dataRate=30`; docs/connection-strings.md lists the keys of a
///                           C37.118 output.
/// \param stream             Receives its number, which names it in callbacks; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or it does not say where clients are;
///         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host to listen on is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_add(
    output: *mut sttp_c37118_output,
    connection_string: *const c_char,
    stream: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string, stream) = unsafe {
            (
                live(output, "output")?,
                text(connection_string, "connection_string")?,
                optional_output(stream, "stream")?,
            )
        };
        let mut setup = lock(&handle.setup).clone();
        setup.apply(connection_string).map_err(Error::from)?;
        let id = handle.output.add_stream(&setup)?;
        if let Some(stream) = stream {
            stream.write(id);
        }
        Ok(())
    })
}

/// Ends a stream: its port is closed, and its clients are disconnected.
///
/// \param stream  Its number.
/// \return STTP_ERR_NOT_FOUND when there is no such stream; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callbacks for its clients follow.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_remove(output: *mut sttp_c37118_output, stream: u64) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(output, "output")? }.output.remove_stream(stream)?))
}

/// Lists the streams of an output, in the order in which they were added.
///
/// \param streams  Receives their numbers, as many as there is room for; NULL when there is none.
/// \param room     How many there is room for.
/// \param count    Receives how many streams there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_streams(
    output: *const sttp_c37118_output,
    streams: *mut u64,
    room: usize,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        list(
            output,
            "output",
            |output| output.output.streams().iter().map(|stream| stream.id).collect(),
            (streams, room, "streams"),
            count,
        )
    }
}

/// Writes the address that a stream listens on by TCP, with the port that the system chose.
///
/// \param stream  Its number.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; 64 always suffice.
/// \return STTP_ERR_NOT_FOUND when there is no such stream; STTP_ERR_INVALID_STATE when it does not listen by TCP;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_address(
    output: *const sttp_c37118_output,
    stream: u64,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(output, "output")? }.output.stream(stream)?;
        let address = known.address.ok_or_else(|| {
            Error::InvalidState(format!("stream {stream} does not listen by TCP; give it a port"))
        })?;
        // SAFETY: the contract of the header.
        unsafe { write_text(&address.to_string(), buffer, size) }
    })
}

/// Reads what was counted of a stream since it was added.
///
/// \param stream        Its number.
/// \param counters      Receives what was counted of its frames; NULL when that is not wanted.
/// \param size          sizeof(*counters).
/// \param server        Receives what was counted of its clients; NULL when that is not wanted.
/// \param server_size   sizeof(*server).
/// \return STTP_ERR_NOT_FOUND when there is no such stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_statistics(
    output: *const sttp_c37118_output,
    stream: u64,
    counters: *mut sttp_c37118_stream_counters,
    size: usize,
    server: *mut sttp_c37118_server_counters,
    server_size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(output, "output")? }.output.stream(stream)?;
        if !counters.is_null() {
            // SAFETY: the contract of the header.
            unsafe { write_record(&known.concentrator, counters, size, "counters")? };
        }
        if !server.is_null() {
            // SAFETY: the contract of the header.
            unsafe { write_record(&known.server, server, server_size, "server")? };
        }
        Ok(())
    })
}

/// Reads what was counted since a stream was added of frames of a device that it passes on (`relay=`).
///
/// \param stream    Its number.
/// \param counters  Receives what was counted; nothing for a stream that is made of measurements.
/// \param size      sizeof(*counters).
/// \return STTP_ERR_NOT_FOUND when there is no such stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_relay_statistics(
    output: *const sttp_c37118_output,
    stream: u64,
    counters: *mut sttp_c37118_relay_counters,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(output, "output")? }.output.stream(stream)?;
        // SAFETY: the contract of the header.
        unsafe { write_record(&known.relay, counters, size, "counters") }
    })
}

/// Reads the counters of the subscription that all streams share.
///
/// \param statistics  Receives the counters.
/// \param size        sizeof(*statistics).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_output_subscription_statistics(
    output: *const sttp_c37118_output,
    statistics: *mut sttp_subscriber_counters,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let counters = unsafe { live(output, "output")? }.output.subscriber().statistics();
        // SAFETY: the contract of the header.
        unsafe { write_record(&counters, statistics, size, "statistics") }
    })
}
