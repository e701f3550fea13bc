//! Block links: what they tell.

use std::ffi::{c_char, c_void};
use std::sync::Arc;
use std::time::Duration;

use crate::block_link::negotiation::Agreement;
use crate::capi::block_link::records::sttp_block_link_agreement;
use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::callback::Slot;
use crate::capi::shared::events::{data_of, milliseconds, reason_of};
use crate::capi::shared::guard::c_string;
use crate::capi::shared::status::level_of;
use crate::error::Error;
use crate::gateway::block_link::LinkId;
use crate::metadata::Metadata;
use crate::session::Severity;

/// A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.
///
/// \param user_data  As registered.
/// \param link       Number of the link; 0 for a sttp_block_link, here and in the other callbacks.
/// \param address    What it is open to, as `127.0.0.1:7170`, `UDP port 7170` or `/dev/ttyS0`; valid during the call.
pub type sttp_block_link_opened_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, address: *const c_char)>;

/// Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is told itself, too. It
/// may come again at any time.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param agreement  What was agreed, the levels of compliance of the other side among it; valid during the call.
pub type sttp_block_link_agreed_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, link: u64, agreement: *const sttp_block_link_agreement),
>;

/// A link has ended, or could not be opened. When another attempt is to follow, the callback for that is called next.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param reason     STTP_OK when the program wanted it, or a file was read to its end; else why.
/// \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
pub type sttp_block_link_closed_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, reason: i32, message: *const c_char)>;

/// An attempt to open a link again follows.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param attempt    Number of the attempt since the last success, from 1.
/// \param delay_ms   Milliseconds until then.
pub type sttp_block_link_reopening_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, attempt: u32, delay_ms: u32)>;

/// The other side of a link has told its metadata, the first ones or others.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param metadata   The metadata; valid during the call. Keep them with sttp_metadata_clone.
pub type sttp_block_link_metadata_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, metadata: *const sttp_metadata)>;

/// The configuration frames of a stream of C37.118 have come.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param id_code    ID code of the stream.
/// \param frames     The frames as their device has sent them, one behind the other; valid during the call.
/// \param length     Their bytes.
pub type sttp_block_link_configuration_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, link: u64, id_code: u32, frames: *const u8, length: usize),
>;

/// A data frame of C37.118 has come, put together of its data points.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param frame      The whole frame, as its device has sent it; valid during the call.
/// \param length     Its bytes.
pub type sttp_block_link_frame_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, frame: *const u8, length: usize)>;

/// The other side of a link has subscribed, or wants nothing any more.
///
/// \param user_data  As registered.
/// \param link       Number of the link.
/// \param signals    How many signals of the metadata match.
/// \param filter     Its filter expression, empty for everything; NULL when it wants nothing any more. Valid during the
///                   call.
pub type sttp_block_link_subscribed_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, signals: usize, filter: *const c_char)>;

/// Something that operators want to know.
///
/// \param user_data  As registered.
/// \param link       Number of the link that it is about; 0 for all of them.
/// \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
/// \param message    One sentence without a line end; valid during the call.
pub type sttp_block_link_message_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, link: u64, level: i32, message: *const c_char)>;

pub(super) fn dispatch_opened(slot: &Slot<sttp_block_link_opened_fn>, link: LinkId, address: &str) {
    slot.dispatch(|callback, user_data| {
        let address = c_string(address);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, link, address.as_ptr()) };
    });
}

pub(super) fn dispatch_agreed(slot: &Slot<sttp_block_link_agreed_fn>, link: LinkId, agreement: &Agreement) {
    slot.dispatch(|callback, user_data| {
        let agreement = sttp_block_link_agreement::from(agreement);
        // SAFETY: registered for this user data; the record lives during the call.
        unsafe { callback(user_data, link, &raw const agreement) };
    });
}

pub(super) fn dispatch_closed(
    slot: &Slot<sttp_block_link_closed_fn>,
    link: LinkId,
    reason: Result<(), &Error>,
) {
    slot.dispatch(|callback, user_data| {
        let (reason, message) = reason_of(reason);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, link, reason, message.as_ptr()) };
    });
}

pub(super) fn dispatch_reopening(
    slot: &Slot<sttp_block_link_reopening_fn>,
    link: LinkId,
    attempt: u32,
    delay: Duration,
) {
    slot.dispatch(|callback, user_data| {
        // SAFETY: registered for this user data.
        unsafe { callback(user_data, link, attempt, milliseconds(delay)) };
    });
}

pub(super) fn dispatch_metadata(
    slot: &Slot<sttp_block_link_metadata_fn>,
    link: LinkId,
    metadata: &Arc<Metadata>,
) {
    slot.dispatch(|callback, user_data| {
        let metadata = sttp_metadata::new(Arc::clone(metadata));
        // SAFETY: registered for this user data; the handle lives during the call.
        unsafe { callback(user_data, link, &raw const metadata) };
    });
}

pub(super) fn dispatch_configuration(
    slot: &Slot<sttp_block_link_configuration_fn>,
    link: LinkId,
    id_code: u16,
    frames: &[u8],
) {
    slot.dispatch(|callback, user_data| {
        // SAFETY: registered for this user data; the frames live during the call.
        unsafe { callback(user_data, link, id_code.into(), data_of(frames), frames.len()) };
    });
}

pub(super) fn dispatch_frame(slot: &Slot<sttp_block_link_frame_fn>, link: LinkId, frame: &[u8]) {
    slot.dispatch(|callback, user_data| {
        // SAFETY: registered for this user data; the frame lives during the call.
        unsafe { callback(user_data, link, data_of(frame), frame.len()) };
    });
}

pub(super) fn dispatch_subscribed(
    slot: &Slot<sttp_block_link_subscribed_fn>,
    link: LinkId,
    filter: Option<&str>,
    signals: usize,
) {
    slot.dispatch(|callback, user_data| {
        let filter = filter.map(c_string);
        let pointer = filter.as_ref().map_or(std::ptr::null(), |filter| filter.as_ptr());
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, link, signals, pointer) };
    });
}

pub(super) fn dispatch_message(
    slot: &Slot<sttp_block_link_message_fn>,
    link: LinkId,
    severity: Severity,
    text: &str,
) {
    slot.dispatch(|callback, user_data| {
        let text = c_string(text);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, link, level_of(severity), text.as_ptr()) };
    });
}
