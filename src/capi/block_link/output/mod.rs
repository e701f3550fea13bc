//! STTP to block links.
//!
//! An output subscribes, and sends what it receives over links, any number of them, each with the metadata of the publisher.
//! Of what is subscribed each link sends what its other side has subscribed to, or, where that cannot, what the link's
//! settings say (STTP_SETTING_SIGNALS). Streams of C37.118 that the publisher passes on in buffer blocks go as data points of
//! C37.118. Make it, register callbacks, add links, and open it. A program that publishes itself
//! gives its measurements to a sttp_block_link besides.
//!
//! ```c
//! static int send_over_radio(void) {
//!     sttp_block_link_output *output = NULL;
//!     int32_t status = sttp_block_link_output_new(NULL, &output);
//!     if (status == STTP_OK) status = sttp_block_link_output_add(output, "link=serial:/dev/ttyS0,115200,8N1", NULL);
//!     if (status == STTP_OK) status = sttp_block_link_output_open(output, "server=localhost:7175");
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(in crate::capi) mod callbacks;
pub(in crate::capi) mod events;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::capi::block_link::output::callbacks::{
    LinkCallbackHandler, OutputCallbacks, SourceCallbackHandler,
};
use crate::capi::block_link::records::{
    sttp_block_link_agreement, sttp_block_link_counters, sttp_block_link_info,
    sttp_block_link_session_counters, write_address, write_agreement, write_counters, write_info,
};
use crate::capi::engine::{engine_or_shared, sttp_engine};
use crate::capi::shared::arguments::{
    OnEngine, give, live, lock, optional_output, output, text, write_record,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::{free, get, list, set};
use crate::engine::Engine;
use crate::error::Error;
use crate::gateway::block_link::LinkOutput;
use crate::settings::{BlockLinkSetup, SubscriberSetup};
use crate::subscriber::SubscriberCounters as sttp_subscriber_counters;

/// Sends what a subscriber receives over block links.
pub struct sttp_block_link_output {
    output: LinkOutput,
    callbacks: Arc<OutputCallbacks>,
    /// What was set, for links that are added.
    setup: Mutex<BlockLinkSetup>,
}

impl OnEngine for sttp_block_link_output {
    fn engine(&self) -> &Engine {
        self.output.subscriber().engine()
    }
}

/// Makes an output without links, not connected yet.
///
/// \param engine  What it runs on; NULL for the process's shared engine.
/// \param handle  Receives the output.
/// \return STTP_ERR_IO when the shared engine cannot be started.
/// *Ownership*: The engine stays the caller's and may be freed before the output.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_new(
    engine: *mut sttp_engine,
    handle: *mut *mut sttp_block_link_output,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { output(handle, "handle")? };
        // SAFETY: the contract of the header.
        let engine = unsafe { engine_or_shared(engine)? };
        let callbacks = Arc::new(OutputCallbacks::new());
        let made = LinkOutput::new(&engine, SourceCallbackHandler(Arc::clone(&callbacks)));
        give(handle, sttp_block_link_output { output: made, callbacks, setup: Mutex::default() });
        Ok(())
    })
}

/// Frees an output; its links are closed, its publisher is disconnected. No callback is called any more.
///
/// *Blocks*: while a callback of the output runs on another thread. Does not wait for links to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the output is gone; the destructors of its callbacks have run, except that of the callback which this was
/// called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_free(output: *mut sttp_block_link_output) {
    // SAFETY: the contract of the header.
    unsafe { free(output, |output| output.callbacks.clear()) };
}

/// Sets what holds for links that are added from now on, as `key={value}` in their connection strings does, which say
/// otherwise.
///
/// \param key    STTP_SETTING_..., as STTP_SETTING_REPEAT_INTERVAL; upper and lower case are the same.
/// \param value  As connection strings write it; NULL for the default.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links, or the key cannot have that value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_set(
    output: *mut sttp_block_link_output,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { set(output, "output", key, value, |output, key, value| lock(&output.setup).set(key, value)) }
}

/// Reads what sttp_block_link_output_set has set, as it can be set again.
///
/// \param key     STTP_SETTING_...; upper and lower case are the same.
/// \param buffer  Receives the value and a NUL.
/// \param size    Bytes of the buffer.
/// \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_get(
    output: *const sttp_block_link_output,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { get(output, "output", key, |output, key| lock(&output.setup).get(key), (buffer, size), length) }
}

/// Connects to a publisher, or listens for one, until sttp_block_link_output_close.
///
/// \param connection_string  As `server=localhost:7175`; docs/connection-strings.md lists the keys of a subscriber. Without
///                           a filter everything is subscribed; of that each link sends what its other side wants.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
///         something is wrong with the string, it does not say where the publisher is, or has a read queue;
///         STTP_ERR_INVALID_STATE when connected, connecting or listening; STTP_ERR_IO when the system refuses to
///         listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_open(
    output: *mut sttp_block_link_output,
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

/// Ends the connection to the publisher, and all attempts to make one. The links stay.
///
/// \return STTP_OK, also when there was none; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callback for the end of the connection follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_close(output: *mut sttp_block_link_output) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(output, "output")? }.output.disconnect()?))
}

/// Adds a link, and opens it until it is removed.
///
/// \param connection_string  As `link=serial:/dev/ttyS0,115200,8N1`; docs/block-links.md lists the keys.
/// \param link               Receives its number, which names it in callbacks; may be NULL.
/// \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when something is wrong with
///         the string, or it does not say where the link is; STTP_ERR_IO when the system refuses to listen;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host to listen on is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_add(
    output: *mut sttp_block_link_output,
    connection_string: *const c_char,
    link: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string, link) = unsafe {
            (
                live(output, "output")?,
                text(connection_string, "connection_string")?,
                optional_output(link, "link")?,
            )
        };
        let mut setup = lock(&handle.setup).clone();
        setup.apply(connection_string).map_err(Error::from)?;
        let callbacks = Arc::clone(&handle.callbacks);
        let id = handle.output.add_link_with(&setup, |link| LinkCallbackHandler { callbacks, link })?;
        if let Some(link) = link {
            link.write(id);
        }
        Ok(())
    })
}

/// Closes a link.
///
/// \param link  Its number.
/// \return STTP_ERR_NOT_FOUND when there is no such link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_remove(
    output: *mut sttp_block_link_output,
    link: u64,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(output, "output")? }.output.remove_link(link)?))
}

/// Lists the links of an output, in the order in which they were added.
///
/// \param links  Receives their numbers, as many as there is room for; NULL when there is none.
/// \param room   How many there is room for.
/// \param count  Receives how many links there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_links(
    output: *const sttp_block_link_output,
    links: *mut u64,
    room: usize,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { list(output, "output", |output| output.output.links(), (links, room, "links"), count) }
}

/// Reads where a link stands.
///
/// \param link  Its number.
/// \param info  Receives it.
/// \param size  sizeof(*info).
/// \return STTP_ERR_NOT_FOUND when there is no such link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_state(
    output: *const sttp_block_link_output,
    link: u64,
    info: *mut sttp_block_link_info,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(output, "output")? }.output.link(link)?;
        // SAFETY: the contract of the header.
        unsafe { write_info(link, &known, info, size) }
    })
}

/// Reads what both sides of a link have agreed, the levels of compliance of the other side among it.
///
/// \param link       Its number.
/// \param agreement  Receives it.
/// \param size       sizeof(*agreement).
/// \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while nothing is agreed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_agreed(
    output: *const sttp_block_link_output,
    link: u64,
    agreement: *mut sttp_block_link_agreement,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(output, "output")? }.output.link(link)?;
        // SAFETY: the contract of the header.
        unsafe { write_agreement(&known, agreement, size) }
    })
}

/// Writes where a link listens by TCP, with the port that the system chose; of other links what they are open to.
///
/// \param link    Its number.
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; 64 suffice but for names of devices and files.
/// \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while it is not open;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_address(
    output: *const sttp_block_link_output,
    link: u64,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(output, "output")? }.output.link(link)?;
        // SAFETY: the contract of the header.
        unsafe { write_address(&known, buffer, size) }
    })
}

/// Reads what was counted of a link since it was added.
///
/// \param link          Its number.
/// \param not_taken     Receives how many measurements it did not take because too much waited for the engine; NULL when
///                      that is not wanted.
/// \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
/// \param size          sizeof(*counters).
/// \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
/// \param session_size  sizeof(*session).
/// \return STTP_ERR_NOT_FOUND when there is no such link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_statistics(
    output: *const sttp_block_link_output,
    link: u64,
    not_taken: *mut u64,
    counters: *mut sttp_block_link_counters,
    size: usize,
    session: *mut sttp_block_link_session_counters,
    session_size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, not_taken) =
            unsafe { (live(output, "output")?, optional_output(not_taken, "not_taken")?) };
        let (known, left) = handle.output.link(link)?;
        // SAFETY: the contract of the header.
        unsafe { write_counters(&known, (counters, size), (session, session_size))? };
        if let Some(not_taken) = not_taken {
            not_taken.write(left);
        }
        Ok(())
    })
}

/// Reads the counters of the subscription that all links share.
///
/// \param statistics  Receives the counters.
/// \param size        sizeof(*statistics).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_output_subscription_statistics(
    output: *const sttp_block_link_output,
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
