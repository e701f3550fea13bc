//! Subscribers: recovery of measurements that were missed while a connection was lost.

use std::ffi::{c_char, c_void};
use std::time::Duration;

use crate::capi::shared::arguments::{invalid, optional_text, reference};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::subscriber::events::sttp_measurements_fn;
use crate::capi::subscriber::settings::change_settings;
use crate::capi::subscriber::sttp_subscriber;

/// Fetches what was missed while the connection was lost, from the next connect on. Default: 0.
///
/// Once measurements flow again, the library asks for those of the gap by a temporal subscription
/// (startTimeConstraint and stopTimeConstraint) on a second connection to the same publisher, which
/// must have historical data (sttp_publisher_set_history, or an archive). They come to the callback of
/// sttp_subscriber_on_recovered_measurements. Each measurement is delivered once, live or recovered, if
/// the times of each signal grow. Measurements need their times; where the publisher connects
/// (sttp_subscriber_listen) nothing is recovered.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_recovery(subscriber: *mut sttp_subscriber, enabled: i32) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { change_settings(subscriber, |settings| settings.recovery.enabled = enabled != 0) })
}

/// Sets when missed measurements are asked for, from the next connect on.
///
/// \param start_delay_ms       Milliseconds to wait after measurements flow again: the publisher's
///                             archive may be behind. Default: 20000. For a publisher with a history in
///                             memory 0 will do.
/// \param monitor_interval_ms  A recovery that gets nothing for so long is given up; at least 100.
///                             Default: 10000.
/// \return STTP_ERR_INVALID_ARGUMENT when the interval below 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_recovery_delay(
    subscriber: *mut sttp_subscriber,
    start_delay_ms: u32,
    monitor_interval_ms: u32,
) -> i32 {
    guard(|| {
        if monitor_interval_ms < SHORTEST_MONITOR_INTERVAL_MS {
            return Err(invalid(format!(
                "monitor_interval_ms is {monitor_interval_ms}; give {SHORTEST_MONITOR_INTERVAL_MS} or more"
            )));
        }
        // SAFETY: the contract of the header.
        unsafe {
            change_settings(subscriber, |settings| {
                settings.recovery.start_delay = Duration::from_millis(start_delay_ms.into());
                settings.recovery.monitor_interval = Duration::from_millis(monitor_interval_ms.into());
            })
        }
    })
}

const SHORTEST_MONITOR_INTERVAL_MS: u32 = 100;

/// Sets which gaps are recovered, from the next connect on. A gap reaches from the newest time received
/// before the loss to the first one after it.
///
/// \param minimum_span_ms  Gaps below are not recovered. Default: 0.
/// \param maximum_span_ms  Gaps above are not recovered; not below the minimum. Default: 864000000, ten
///                         days.
/// \return STTP_ERR_INVALID_ARGUMENT when the maximum below the minimum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_recovery_span(
    subscriber: *mut sttp_subscriber,
    minimum_span_ms: u64,
    maximum_span_ms: u64,
) -> i32 {
    guard(|| {
        if maximum_span_ms < minimum_span_ms {
            return Err(invalid(format!(
                "maximum_span_ms is {maximum_span_ms}, below minimum_span_ms {minimum_span_ms}; give as much or more"
            )));
        }
        // SAFETY: the contract of the header.
        unsafe {
            change_settings(subscriber, |settings| {
                settings.recovery.minimum_span = Duration::from_millis(minimum_span_ms);
                settings.recovery.maximum_span = Duration::from_millis(maximum_span_ms);
            })
        }
    })
}

/// Sets how much beyond a gap is asked for, from the next connect on, since the times of signals
/// differ. What was delivered already is not delivered again.
///
/// \param start_buffer_ms  Milliseconds before the gap. Default: 20000.
/// \param end_buffer_ms    Milliseconds after the gap. Default: 10000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_recovery_buffers(
    subscriber: *mut sttp_subscriber,
    start_buffer_ms: u32,
    end_buffer_ms: u32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        change_settings(subscriber, |settings| {
            settings.recovery.start_buffer = Duration::from_millis(start_buffer_ms.into());
            settings.recovery.end_buffer = Duration::from_millis(end_buffer_ms.into());
        })
    })
}

/// Sets how fast missed measurements are to come, from the next connect on: the `processingInterval` of
/// the temporal subscription.
///
/// \param processing_interval_ms  Milliseconds per time step; 0 is as fast as possible, -1 as the
///                                publisher likes. Default: 0.
/// \return STTP_ERR_INVALID_ARGUMENT when the interval below -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_recovery_pace(
    subscriber: *mut sttp_subscriber,
    processing_interval_ms: i32,
) -> i32 {
    guard(|| {
        if processing_interval_ms < -1 {
            return Err(invalid(format!(
                "processing_interval_ms is {processing_interval_ms}; give -1, 0 or a number of milliseconds"
            )));
        }
        // SAFETY: the contract of the header.
        unsafe {
            change_settings(subscriber, |settings| {
                settings.recovery.processing_interval = processing_interval_ms;
            })
        }
    })
}

/// Remembers in a file what is still missing, from the next connect on, so that a later run of the
/// program recovers it, the time in between included. A run that ended without notice may repeat what
/// was delivered in its last five seconds; one that waits for sttp_subscriber_on_disconnected after
/// sttp_subscriber_disconnect repeats nothing. The file has a line `start;stop` for each gap; a missing
/// stop means until now. A file that cannot be used is told to the message callback. No other
/// subscriber may use it.
///
/// \param path  The file, made when it does not exist, in UTF-8; NULL or empty for none, the default.
/// \return STTP_ERR_INVALID_ARGUMENT when `path` no UTF-8.
/// *Ownership*: the path is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_outage_log(
    subscriber: *mut sttp_subscriber,
    path: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        unsafe {
            let path = optional_text(path, "path")?.unwrap_or_default().to_owned();
            change_settings(subscriber, |settings| settings.outage_log = path)
        }
    })
}

/// Registers who receives measurements that were missed and fetched afterwards
/// (sttp_subscriber_set_recovery), in the order of their times, while newer ones go on coming to
/// sttp_subscriber_on_measurements. Their `signal_index` is a row of the same latest signals. With a
/// read queue they come here all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_recovered_measurements(
    subscriber: *mut sttp_subscriber,
    callback: sttp_measurements_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { reference(subscriber, "subscriber") };
        handle.map(|handle| handle.callbacks.recovered_measurements.register(callback, user_data, destroy))
    })
}
