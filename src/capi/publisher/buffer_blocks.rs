//! Publishers: buffer blocks.

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{elements, live, reference};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::sttp_guid;

/// Sends opaque bytes of a signal, a buffer block, to every subscriber whose subscription has the
/// signal, behind the measurements that the same thread published before.
///
/// Without confirmation, blocks arrive as reliably as measurements do. With it, a block that the
/// subscriber does not confirm is sent again, up to ten times; of the other implementations, one takes
/// such blocks for those of another signal. One implementation ends its subscription whenever a block
/// comes: send blocks only of signals that subscribers know for them. A subscriber that takes, or
/// confirms, too slowly does not get the block; that is counted, and told to the message callback.
///
/// \param signal_id  The signal.
/// \param data       The bytes; NULL when there are none.
/// \param size       How many there are, 8388608 (8 MiB) at most.
/// \param confirm    1 to ask for a confirmation, else 0, which every implementation understands.
/// \return STTP_ERR_INVALID_ARGUMENT when the size is too large; STTP_ERR_NOT_FOUND when the signal is
///         not in the metadata; STTP_ERR_CLOSED when not started, or stopped meanwhile;
///         STTP_ERR_WOULD_BLOCK as sttp_publisher_publish.
/// *Thread*: any; calls of one thread keep their order.
/// *Blocks*: as sttp_publisher_publish.
/// *From a callback*: as sttp_publisher_publish.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_send_buffer_block(
    publisher: *mut sttp_publisher,
    signal_id: *const sttp_guid,
    data: *const u8,
    size: usize,
    confirm: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, signal_id, bytes) = unsafe {
            (live(publisher, "publisher")?, reference(signal_id, "signal_id")?, elements(data, size, "data")?)
        };
        Ok(publisher.publisher.send_buffer_block(&(*signal_id).into(), bytes, confirm != 0)?)
    })
}
