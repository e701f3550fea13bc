//! Publishers: changes of the configuration.

use std::ffi::c_char;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, optional_text};
use crate::capi::shared::guard::guard;

/// Tells all subscribers that the configuration has changed, so that they request the metadata again.
/// sttp_publisher_set_metadata does so by itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_announce_configuration_change(publisher: *mut sttp_publisher) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        unsafe { live(publisher, "publisher")? }.publisher.announce_configuration_change();
        Ok(())
    })
}

/// Refuses metadata from now on, or gives them again: to one subscriber, or to all, those to come included.
/// Measurements flow all the same. A connection with a refusal of its own keeps that when others are given metadata
/// again; STTP_SETTING_ALLOW_METADATA_REFRESH holds beside it.
///
/// \param connection_id  `id` of the connection; 0 for all.
/// \param why            What subscribers are told that ask for metadata; NULL to give them again.
/// \return STTP_ERR_NOT_FOUND when there is no such connection any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_refuse_metadata(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    why: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, why) = unsafe { (live(publisher, "publisher")?, optional_text(why, "why")?) };
        let to = Some(connection_id).filter(|id| *id != 0);
        Ok(publisher.publisher.refuse_metadata(to, why)?)
    })
}
