//! Publishers: changes of the configuration.

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::live;
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
