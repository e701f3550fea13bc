//! Block links to STTP.
//!
//! An input publishes what comes over links, any number of them, with one publisher, whose metadata are those of all links
//! together: they are replaced whenever a link tells others. Where two links have a signal of one ID or a device of one
//! acronym, the row of the later link counts. The frames of a stream of C37.118
//! go to a callback and are published byte by byte in buffer blocks, configuration frames included, for an output with relay; its
//! device is called C37118_ and the ID code of the stream, behind the devicePrefix of the link.
//!
//! ```c
//! static int publish_links(sttp_publisher *publisher) {
//!     sttp_block_link_input *input = NULL;
//!     int32_t status = sttp_block_link_input_new(publisher, &input);
//!     if (status == STTP_OK) status = sttp_block_link_input_add(input, "link=serial:/dev/ttyS0,115200,8N1", NULL, NULL);
//!     if (status == STTP_OK) status = sttp_block_link_input_add(input, "link=udp-listen:7170; oneWay=true", NULL, NULL);
//!     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(in crate::capi) mod callbacks;
pub(in crate::capi) mod events;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::capi::block_link::input::callbacks::{InputCallbackHandler, InputCallbacks};
use crate::capi::block_link::records::{
    sttp_block_link_agreement, sttp_block_link_counters, sttp_block_link_info,
    sttp_block_link_session_counters, write_address, write_agreement, write_counters, write_info,
};
use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{
    OnEngine, give, live, lock, optional_output, optional_text, output, text, write_record,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::{free, get, list, set};
use crate::engine::Engine;
use crate::error::Error;
use crate::gateway::block_link::LinkInput;
use crate::gateway::block_link::LinkInputCounters as sttp_block_link_input_counters;
use crate::settings::BlockLinkSetup;

/// Publishes what comes over block links.
pub struct sttp_block_link_input {
    input: LinkInput,
    callbacks: Arc<InputCallbacks>,
    /// What was set, for links that are added.
    setup: Mutex<BlockLinkSetup>,
}

impl OnEngine for sttp_block_link_input {
    fn engine(&self) -> &Engine {
        self.input.publisher().engine()
    }
}

/// Makes an input without links. It runs on the engine of the publisher, whose metadata it sets from then on.
///
/// \param publisher  What it publishes with.
/// \param input      Receives the input.
/// *Ownership*: the publisher stays the caller's and may be freed before the input, which then publishes nothing more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_new(
    publisher: *mut sttp_publisher,
    input: *mut *mut sttp_block_link_input,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, input) = unsafe { (live(publisher, "publisher")?, output(input, "input")?) };
        let callbacks = Arc::new(InputCallbacks::new());
        let made = LinkInput::new(publisher.shared(), InputCallbackHandler(Arc::clone(&callbacks)));
        give(input, sttp_block_link_input { input: made, callbacks, setup: Mutex::default() });
        Ok(())
    })
}

/// Frees an input; its links are closed, and the publisher goes on with the metadata that it has. No callback is called any more.
///
/// *Blocks*: while a callback of the input runs on another thread. Does not wait for links to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the input is gone; the destructors of its callbacks have run, except that of the callback which this was
/// called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_free(input: *mut sttp_block_link_input) {
    // SAFETY: the contract of the header.
    unsafe { free(input, |input| input.callbacks.clear()) };
}

/// Sets what holds for links that are added from now on, as `key={value}` in their connection strings does, which say
/// otherwise.
///
/// \param key    STTP_SETTING_..., as STTP_SETTING_REPEAT_INTERVAL; upper and lower case are the same.
/// \param value  As connection strings write it; NULL for the default.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links, or the key cannot have that value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_set(
    input: *mut sttp_block_link_input,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { set(input, "input", key, value, |input, key, value| lock(&input.setup).set(key, value)) }
}

/// Reads what sttp_block_link_input_set has set, as it can be set again.
///
/// \param key     STTP_SETTING_...; upper and lower case are the same.
/// \param buffer  Receives the value and a NUL.
/// \param size    Bytes of the buffer.
/// \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_get(
    input: *const sttp_block_link_input,
    key: *const c_char,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { get(input, "input", key, |input, key| lock(&input.setup).get(key), (buffer, size), length) }
}

/// Adds a link, and opens it until it is removed.
///
/// \param connection_string  As `link=udp-listen:7170; oneWay=true`; docs/block-links.md lists the keys.
/// \param filter             A filter expression of the signals that are wanted, as in STTP; NULL or empty for all. On
///                           one-way links the sender decides, and there is none.
/// \param link               Receives its number, which names it in callbacks; may be NULL.
/// \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when something is wrong with
///         the string, or it does not say where the link is; STTP_ERR_INVALID_STATE when a one-way link has a filter;
///         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host to listen on is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_add(
    input: *mut sttp_block_link_input,
    connection_string: *const c_char,
    filter: *const c_char,
    link: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string, filter, link) = unsafe {
            (
                live(input, "input")?,
                text(connection_string, "connection_string")?,
                optional_text(filter, "filter")?,
                optional_output(link, "link")?,
            )
        };
        let mut setup = lock(&handle.setup).clone();
        setup.apply(connection_string).map_err(Error::from)?;
        let id = handle.input.add_link(&setup, filter.unwrap_or_default())?;
        if let Some(link) = link {
            link.write(id);
        }
        Ok(())
    })
}

/// Closes a link. Its rows leave the metadata of the publisher.
///
/// \param link  Its number.
/// \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_METADATA when the metadata of the others cannot be
///         merged.
/// *Blocks*: while the metadata of the links that stay are merged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_remove(input: *mut sttp_block_link_input, link: u64) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(input, "input")? }.input.remove_link(link)?))
}

/// Lists the links of an input, in the order in which they were added.
///
/// \param links  Receives their numbers, as many as there is room for; NULL when there is none.
/// \param room   How many there is room for.
/// \param count  Receives how many links there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_links(
    input: *const sttp_block_link_input,
    links: *mut u64,
    room: usize,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { list(input, "input", |input| input.input.links(), (links, room, "links"), count) }
}

/// Reads where a link stands.
///
/// \param link  Its number.
/// \param info  Receives it.
/// \param size  sizeof(*info).
/// \return STTP_ERR_NOT_FOUND when there is no such link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_state(
    input: *const sttp_block_link_input,
    link: u64,
    info: *mut sttp_block_link_info,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(input, "input")? }.input.link(link)?;
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
pub unsafe extern "C" fn sttp_block_link_input_agreed(
    input: *const sttp_block_link_input,
    link: u64,
    agreement: *mut sttp_block_link_agreement,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(input, "input")? }.input.link(link)?;
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
pub unsafe extern "C" fn sttp_block_link_input_address(
    input: *const sttp_block_link_input,
    link: u64,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, _) = unsafe { live(input, "input")? }.input.link(link)?;
        // SAFETY: the contract of the header.
        unsafe { write_address(&known, buffer, size) }
    })
}

/// Reads what was counted of a link since it was added.
///
/// \param link          Its number.
/// \param published     Receives what became of its measurements; NULL when that is not wanted.
/// \param published_size  sizeof(*published).
/// \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
/// \param size          sizeof(*counters).
/// \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
/// \param session_size  sizeof(*session).
/// \return STTP_ERR_NOT_FOUND when there is no such link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_block_link_input_statistics(
    input: *const sttp_block_link_input,
    link: u64,
    published: *mut sttp_block_link_input_counters,
    published_size: usize,
    counters: *mut sttp_block_link_counters,
    size: usize,
    session: *mut sttp_block_link_session_counters,
    session_size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (known, counted) = unsafe { live(input, "input")? }.input.link(link)?;
        if !published.is_null() {
            // SAFETY: the contract of the header.
            unsafe { write_record(&counted, published, published_size, "published")? };
        }
        // SAFETY: the contract of the header.
        unsafe { write_counters(&known, (counters, size), (session, session_size)) }
    })
}
