//! Subscribers: the form of what they get.
//!
//! They hold from the next sttp_subscriber_subscribe on, and set parameters of the subscription, as
//! sttp_subscriber_set_subscription_parameter does.

use crate::capi::shared::arguments::{invalid, lock, reference};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::settings::set_parameter;
use crate::capi::subscriber::sttp_subscriber;

/// Asks for the latest measurement of each signal only, once per interval, from the next
/// sttp_subscriber_subscribe on. Each interval brings all signals that ever had a value, also those
/// that did not change. Default: 0.
///
/// \param enabled      0 or 1.
/// \param interval_ms  The interval in milliseconds. 0 leaves it to the publisher: the lag time of
///                     sttp_subscriber_set_time_reasonability, or a second if that has its default
///                     value. A libsttp publisher takes at least 10 and at most a day.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_throttled(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    interval_ms: u32,
) -> i32 {
    let parameters =
        [("throttled", (enabled != 0).to_string()), ("publishInterval", in_seconds(interval_ms))];
    // SAFETY: the contract of the header.
    guard(|| unsafe { set_parameters(subscriber, &parameters) })
}

/// Sets which times count as reasonable, and whether the publisher checks them, from the next
/// sttp_subscriber_subscribe on. A publisher that checks sets STTP_FLAG_BAD_TIME for measurements of
/// throttled subscriptions that are older or newer; some implementations also replace their values by
/// NaN. Times that are not reasonable are no source of base times either. Default: 0, 10000, 5000.
///
/// \param enabled       1 to have times checked, 0 not to.
/// \param lag_time_ms   How far in the past a time is reasonable, in milliseconds, at least 1.
/// \param lead_time_ms  How far in the future a time is reasonable, in milliseconds, at least 1.
/// \return STTP_ERR_INVALID_ARGUMENT when a time is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_time_reasonability(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    lag_time_ms: u32,
    lead_time_ms: u32,
) -> i32 {
    guard(|| {
        if lag_time_ms == 0 || lead_time_ms == 0 {
            return Err(invalid(format!(
                "lag_time_ms is {lag_time_ms} and lead_time_ms {lead_time_ms}; give 1 and more for both"
            )));
        }
        let parameters = [
            ("enableTimeReasonabilityCheck", (enabled != 0).to_string()),
            ("lagTime", in_seconds(lag_time_ms)),
            ("leadTime", in_seconds(lead_time_ms)),
        ];
        // SAFETY: the contract of the header.
        unsafe { set_parameters(subscriber, &parameters) }
    })
}

/// Asks for measurements with their times, from the next sttp_subscriber_subscribe on. Without times,
/// each takes fewer bytes and has timestamp 0. Compressed measurements (TSSC) always have times.
/// Default: 1.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_include_time(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { set_parameters(subscriber, &[("includeTime", (enabled != 0).to_string())]) })
}

/// Asks for times of whole milliseconds where that saves bytes, from the next sttp_subscriber_subscribe
/// on: in measurements that are not compressed (TSSC), from a publisher that uses base times. Parts of
/// a millisecond are cut off then. Default: 0.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_millisecond_resolution(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        set_parameters(subscriber, &[("useMillisecondResolution", (enabled != 0).to_string())])
    })
}

/// Asks for base times from the publisher's clock, rather than from the newest measurement, from the
/// next sttp_subscriber_subscribe on. Matters only to a publisher that uses base times. Default: 0.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_local_clock(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        set_parameters(subscriber, &[("useLocalClockAsRealTime", (enabled != 0).to_string())])
    })
}

/// Asks the publisher to leave out measurements whose value is not a number (NaN), from the next
/// sttp_subscriber_subscribe on. A publisher may forbid or force that. Default: 0.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_nan_filter(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { set_parameters(subscriber, &[("requestNaNValueFilter", (enabled != 0).to_string())]) })
}

/// A span of time as connection strings have it.
fn in_seconds(milliseconds: u32) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

unsafe fn set_parameters(
    subscriber: *mut sttp_subscriber,
    parameters: &[(&str, String)],
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let subscriber = unsafe { reference(subscriber, "subscriber")? };
    let mut settings = lock(&subscriber.settings);
    parameters.iter().try_for_each(|(key, value)| set_parameter(&mut settings.parameters, key, Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_in_seconds() {
        for (milliseconds, text) in
            [(0, "0.000"), (50, "0.050"), (61_234, "61.234"), (u32::MAX, "4294967.295")]
        {
            assert_eq!(in_seconds(milliseconds), text);
        }
    }
}
