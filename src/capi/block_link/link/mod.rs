//! One side of a block link.
//!
//! For programs that send measurements of their own over a link, or want those that come over it, without any publisher or
//! subscriber. Make it, register callbacks, subscribe or set metadata, and open it. Whatever was set and subscribed
//! holds when the link is opened again, too, which happens by itself after a loss.
//!
//! ```c
//! static void take(void *user_data, const sttp_measurement *measurements, size_t count) {
//!     (void)user_data;
//!     printf("%zu measurements, the first one is %f\n", count, measurements[0].value);
//! }
//!
//! static int receive(sttp_block_link **link) {
//!     int32_t status = sttp_block_link_new(NULL, STTP_BLOCK_LINK_CLIENT, "link=serial:/dev/ttyS0,115200,8N1", link);
//!     if (status == STTP_OK) status = sttp_block_link_on_measurements(*link, take, NULL, NULL);
//!     if (status == STTP_OK) status = sttp_block_link_subscribe(*link, "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'");
//!     if (status == STTP_OK) status = sttp_block_link_open(*link);
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(in crate::capi) mod callbacks;
pub(in crate::capi) mod events;

use std::ffi::c_char;
use std::sync::Arc;

use crate::capi::block_link::link::callbacks::{LinkCallbackHandler, LinkCallbacks, OWN};
use crate::capi::block_link::records::{
    role_of, sttp_block_link_agreement, sttp_block_link_counters, sttp_block_link_info,
    sttp_block_link_session_counters, write_address, write_agreement, write_counters, write_info,
};
use crate::capi::engine::{engine_or_shared, sttp_engine};
use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{OnEngine, elements, give, live, output, reference, text, timeout};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::{free, get};
use crate::capi::shared::records::sttp_measurement;
use crate::engine::Engine;
use crate::error::Error;
use crate::gateway::block_link::Link;
use crate::measurement::Measurement;
use crate::settings::BlockLinkSetup;

/// One side of a block link.
pub struct sttp_block_link {
    link: Link,
    callbacks: Arc<LinkCallbacks>,
    setup: BlockLinkSetup,
}

impl OnEngine for sttp_block_link {
    fn engine(&self) -> &Engine {
        self.link.engine()
    }
}

/// Makes a side of a link, not open yet.
///
/// \param engine             What it runs on; NULL for the process's shared engine.
/// \param role               STTP_BLOCK_LINK_CLIENT to receive, STTP_BLOCK_LINK_SERVER to send, STTP_BLOCK_LINK_PEER for
///                           both, which one-way links do not have.
/// \param connection_string  As `link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5`; docs/block-links.md lists the keys.
/// \param link               Receives the link.
/// \return STTP_ERR_INVALID_ARGUMENT also when something is wrong with the string, it does not say where the link is, or its
///         settings and the role do not go together; STTP_ERR_IO when the shared engine cannot be started.
/// *Ownership*: The engine stays the caller's and may be freed before the link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_new(
    engine: *mut sttp_engine,
    role: i32,
    connection_string: *const c_char,
    link: *mut *mut sttp_block_link,
) -> i32 {
    guard(|| {
        let role = role_of(role)?;
        // SAFETY: the contract of the header.
        let (connection_string, link) =
            unsafe { (text(connection_string, "connection_string")?, output(link, "link")?) };
        let setup: BlockLinkSetup = connection_string.parse().map_err(Error::from)?;
        // SAFETY: the contract of the header.
        let engine = unsafe { engine_or_shared(engine)? };
        let callbacks = Arc::new(LinkCallbacks::new());
        let made = Link::new(&engine, role, &setup, LinkCallbackHandler(Arc::clone(&callbacks)))?;
        give(link, sttp_block_link { link: made, callbacks, setup });
        Ok(())
    })
}

/// Frees a link, and closes it. No callback is called any more. Call sttp_block_link_flush first if what was published must
/// be sent.
///
/// *Blocks*: while a callback of the link runs on another thread. Does not wait for the link to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the link is gone; the destructors of its callbacks have run, except that of the callback which this was
/// called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_free(link: *mut sttp_block_link) {
    // SAFETY: the contract of the header.
    unsafe { free(link, |link| link.callbacks.clear()) };
}

/// Reads a setting that the connection string has set, or its default.
///
/// \param key     STTP_SETTING_...; upper and lower case are the same.
/// \param buffer  Receives the value and a NUL.
/// \param size    Bytes of the buffer.
/// \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_get(
    link: *const sttp_block_link,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { get(link, "link", key, |link, key| link.setup.get(key), (buffer, size), length) }
}

/// Opens the link, until it is closed; over losses if the settings say so.
///
/// \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_STATE when it is open or being opened;
///         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host to listen on is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_open(link: *mut sttp_block_link) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.open()?))
}

/// Closes the link. A file gets what waits to be written; elsewhere only what can be sent at once is.
///
/// \return STTP_OK, also when it is not open; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callback closed follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_close(link: *mut sttp_block_link) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.close()?))
}

/// Wants the signals of a filter, in the place of what was wanted before. Times come as the settings say
/// (STTP_SETTING_TIMES).
///
/// \param filter  A filter expression, as in STTP; empty for everything. The other side evaluates it.
/// \return STTP_OK: the callback answered tells what becomes of it; STTP_ERR_INVALID_STATE on a one-way link, where the
///         sender decides; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_subscribe(link: *mut sttp_block_link, filter: *const c_char) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, filter) = unsafe { (live(link, "link")?, text(filter, "filter")?) };
        Ok(handle.link.subscribe(filter, handle.setup.session.times)?)
    })
}

/// Wants nothing any more.
///
/// \return STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_unsubscribe(link: *mut sttp_block_link) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.unsubscribe()?))
}

/// Asks for the metadata of the other side once more. They come by themselves when they change.
///
/// \return STTP_OK: the callback metadata follows; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_request_metadata(link: *mut sttp_block_link) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.request_metadata()?))
}

/// Sets or changes the metadata of what is sent. Only signals that they have are sent.
///
/// \param metadata  The metadata.
/// \return STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_set_metadata(
    link: *mut sttp_block_link,
    metadata: *const sttp_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, metadata) = unsafe { (live(link, "link")?, reference(metadata, "metadata")?) };
        Ok(handle.link.set_metadata(metadata.shared())?)
    })
}

/// Sets or changes the configuration of a stream of C37.118, whose data frames sttp_block_link_publish_frame sends. What is
/// wrong with it the callback message tells.
///
/// \param frames  Its configuration frames, one behind the other, of which the last CFG-2 or CFG-3 counts.
/// \param length  Their bytes.
/// \return STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_set_configuration(
    link: *mut sttp_block_link,
    frames: *const u8,
    length: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, frames) = unsafe { (live(link, "link")?, elements(frames, length, "frames")?) };
        Ok(handle.link.set_configuration(frames)?)
    })
}

/// Sends measurements by their signal IDs: those that the other side has subscribed to, or on a one-way link those that the
/// settings say (STTP_SETTING_SIGNALS). What is published while the link is closed is counted, and not sent.
///
/// \param measurements  The measurements; their signal index means nothing.
/// \param count         How many there are; may be 0.
/// \return STTP_ERR_WOULD_BLOCK when too much waits for the engine; then nothing was published.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_publish(
    link: *mut sttp_block_link,
    measurements: *const sttp_measurement,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header; both measurement types have the same layout.
        let (handle, measurements) = unsafe {
            (live(link, "link")?, elements(measurements.cast::<Measurement>(), count, "measurements")?)
        };
        Ok(handle.link.publish(measurements)?)
    })
}

/// Sends a data frame of C37.118, as a data point for each of its values, by the configuration that was set. What cannot be
/// sent is counted, and the callback message tells why.
///
/// \param frame   The whole frame.
/// \param length  Its bytes.
/// \return STTP_ERR_WOULD_BLOCK when too much waits for the engine; then nothing was published.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_publish_frame(
    link: *mut sttp_block_link,
    frame: *const u8,
    length: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, frame) = unsafe { (live(link, "link")?, elements(frame, length, "frame")?) };
        Ok(handle.link.publish_frame(frame)?)
    })
}

/// Reads certificates, keys and revocation lists again, for the connections to come; the one that stands goes on.
/// Files that have changed are read again by themselves, when the next connection is made.
///
/// \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
///         STTP_ERR_INVALID_STATE without TLS.
/// *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
///           The link goes on meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_reload_certificates(link: *mut sttp_block_link) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.reload_certificates()?))
}

/// Waits until what was published has left for the line, the socket or the file, or was dropped and counted. What is
/// published while the link is closed does not wait.
///
/// \param timeout_ms  Milliseconds to wait at most; -1 for no limit.
/// \return STTP_ERR_TIMEOUT; STTP_ERR_CLOSED when the engine was freed; STTP_ERR_WOULD_BLOCK inside a callback, which would
///         keep it from being sent.
/// *Blocks*: yes.
/// *From a callback*: not allowed.
/// *Ownership*: Do not free the link while another thread waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_flush(link: *mut sttp_block_link, timeout_ms: i32) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(link, "link")? }.link.flush(timeout(timeout_ms)?)?))
}

/// Reads where the link stands.
///
/// \param info  Receives it.
/// \param size  sizeof(*info).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_state(
    link: *const sttp_block_link,
    info: *mut sttp_block_link_info,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(link, "link")? }.link.info();
        // SAFETY: the contract of the header.
        unsafe { write_info(OWN, &known, info, size) }
    })
}

/// Reads what both sides have agreed, the levels of compliance of the other side among it.
///
/// \param agreement  Receives it.
/// \param size       sizeof(*agreement).
/// \return STTP_ERR_INVALID_STATE while nothing is agreed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_agreed(
    link: *const sttp_block_link,
    agreement: *mut sttp_block_link_agreement,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(link, "link")? }.link.info();
        // SAFETY: the contract of the header.
        unsafe { write_agreement(&known, agreement, size) }
    })
}

/// Writes where the link listens by TCP, with the port that the system chose; of other links what they are open to.
///
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; 64 suffice but for names of devices and files.
/// \return STTP_ERR_INVALID_STATE while it is not open; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_address(
    link: *const sttp_block_link,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(link, "link")? }.link.info();
        // SAFETY: the contract of the header.
        unsafe { write_address(&known, buffer, size) }
    })
}

/// Reads what was counted since the link was made, over all openings.
///
/// \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
/// \param size          sizeof(*counters).
/// \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
/// \param session_size  sizeof(*session).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_statistics(
    link: *const sttp_block_link,
    counters: *mut sttp_block_link_counters,
    size: usize,
    session: *mut sttp_block_link_session_counters,
    session_size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let known = unsafe { live(link, "link")? }.link.info();
        // SAFETY: the contract of the header.
        unsafe { write_counters(&known, (counters, size), (session, session_size)) }
    })
}
