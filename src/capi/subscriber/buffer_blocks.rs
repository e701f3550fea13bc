//! Subscribers: buffer blocks.

use std::ffi::c_void;

use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::shared::records::sttp_guid;
use crate::capi::subscriber::sttp_subscriber;

/// Opaque bytes of a signal were received: a buffer block.
///
/// \param user_data     As registered.
/// \param signal_id     The signal; valid during the call.
/// \param signal_index  Row of the signal in the latest signals of
///                      sttp_subscriber_on_subscription_updated.
/// \param data          The bytes; valid during the call. NULL when there are none.
/// \param size          How many there are; may be 0.
pub type sttp_buffer_block_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        signal_id: *const sttp_guid,
        signal_index: u32,
        data: *const u8,
        size: usize,
    ),
>;

/// Registers who receives buffer blocks: each once, in the order in which the publisher sent them. What
/// never came, or could not be read, is counted in the statistics. With a read queue they come here all
/// the same, ahead of measurements that wait there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_buffer_block(
    subscriber: *mut sttp_subscriber,
    callback: sttp_buffer_block_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.buffer_block,
            callback,
            user_data,
            destroy,
        )
    }
}
