//! Subscribers: recovery of measurements that were missed while a connection was lost.

use std::ffi::c_void;

use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::events::sttp_measurements_fn;
use crate::capi::subscriber::sttp_subscriber;

/// Registers who receives measurements that were missed and fetched afterwards
/// (STTP_SETTING_DATA_GAP_RECOVERY), in the order of their times, while newer ones go on coming to
/// sttp_subscriber_on_measurements. Their `signal_index` is a row of the same latest signals. With a
/// read queue they come here all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_recovered_measurements(
    subscriber: *mut sttp_subscriber,
    callback: sttp_measurements_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.recovered_measurements,
            callback,
            user_data,
            destroy,
        )
    }
}
