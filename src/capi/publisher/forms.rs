//! Publishers: the form of what subscribers get.

use crate::capi::publisher::{change_settings, sttp_publisher};
use crate::capi::shared::arguments::invalid;
use crate::capi::shared::guard::guard;
use crate::publisher::NanFilter;

/// Measurements that are not a number are left out for subscribers that ask for it.
pub const STTP_NAN_FILTER_ALLOWED: i32 = 0;
/// Measurements that are not a number are left out for nobody.
pub const STTP_NAN_FILTER_FORBIDDEN: i32 = 1;
/// Measurements that are not a number are left out for every subscriber.
pub const STTP_NAN_FILTER_FORCED: i32 = 2;

/// Sets whether measurements whose value is not a number (NaN) are left out, from the next start on.
/// Default: STTP_NAN_FILTER_ALLOWED.
///
/// \param policy  STTP_NAN_FILTER_ALLOWED, STTP_NAN_FILTER_FORBIDDEN or STTP_NAN_FILTER_FORCED.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_nan_filter(publisher: *mut sttp_publisher, policy: i32) -> i32 {
    guard(|| {
        let nan_filter = match policy {
            STTP_NAN_FILTER_ALLOWED => NanFilter::Allowed,
            STTP_NAN_FILTER_FORBIDDEN => NanFilter::Forbidden,
            STTP_NAN_FILTER_FORCED => NanFilter::Forced,
            _ => {
                return Err(invalid(format!("policy is {policy}; give one of STTP_NAN_FILTER_... (0 to 2)")));
            }
        };
        // SAFETY: the contract of the header.
        unsafe { change_settings(publisher, |settings| settings.nan_filter = nan_filter) }
    })
}

/// Uses base times, from the next start on: measurements that are not compressed (TSSC) carry the time
/// since a base time, in 4 bytes, or in 2 for subscribers that ask for millisecond resolution, in place
/// of 8. Historical data, and what goes by UDP, always have 8-byte times. Default: 0. By the rules of
/// the protocol two base times take turns, after 7 minutes, or after one for millisecond resolution.
/// One implementation's subscriber (sttpapi with NumPy 2) breaks its connection when the second comes
/// into use; all others that are known understand both.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_base_times(publisher: *mut sttp_publisher, enabled: i32) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { change_settings(publisher, |settings| settings.base_times = enabled != 0) })
}
