//! Publishers: how late measurements are.

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, output};
use crate::capi::shared::guard::guard;
use crate::capi::shared::latency::sttp_latency;

/// Reads how late measurements were when they were queued for subscribers, once for each: of the first
/// and the last one of each data packet, historical ones aside. The connections have their own
/// (sttp_connection).
///
/// \param total   Receives it for everything since the publisher was made.
/// \param recent  Receives it for the latest complete second.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_latency_statistics(
    publisher: *const sttp_publisher,
    total: *mut sttp_latency,
    recent: *mut sttp_latency,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, total, recent) =
            unsafe { (live(publisher, "publisher")?, output(total, "total")?, output(recent, "recent")?) };
        let latency = publisher.publisher.latency_statistics();
        total.write(latency.total.into());
        recent.write(latency.interval.into());
        Ok(())
    })
}
