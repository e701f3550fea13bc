//! Subscribers: settings.
//!
//! They hold from the next connect or subscribe on; before the first, all have defaults.

use std::ffi::c_char;
use std::time::Duration;

use crate::capi::shared::arguments::{invalid, lock, optional_text, reference, text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::sttp_subscriber;
use crate::subscriber::{ReconnectSettings, SubscriberSettings};
use crate::wire::connection_string::braces_balance;
use crate::wire::{ConnectionString, Version};

/// Sets the protocol version to ask for, from the next connection on. The default, 2, is what every
/// publisher speaks.
///
/// \param version  1, 2 or 3.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such version.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_protocol_version(
    subscriber: *mut sttp_subscriber,
    version: i32,
) -> i32 {
    guard(|| {
        let number = u32::try_from(version).unwrap_or(0);
        let version = Version::from_number(number)
            .ok_or_else(|| invalid(format!("version is {version}; STTP has versions 1, 2 and 3")))?;
        // SAFETY: the contract of the header.
        unsafe { change_settings(subscriber, |settings| settings.version = version) }
    })
}

/// Asks for compressed measurements (TSSC) from the next connection on. Default: 1.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_payload_compression(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        change_settings(subscriber, |settings| {
            settings.compress_payload = enabled != 0;
        })
    })
}

/// Asks for compressed metadata and signal lists (GZip) from the next connection on. Default: 1.
///
/// \param enabled  0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_gzip(subscriber: *mut sttp_subscriber, enabled: i32) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        change_settings(subscriber, |settings| {
            settings.gzip = enabled != 0;
        })
    })
}

/// Asks for the publisher's metadata on each connection, before the subscription, from the next
/// connection on. Default: 1, without filters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_metadata_on_connect(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    filters: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let filters = unsafe { optional_text(filters, "filters")? }.unwrap_or_default();
        let change = |settings: &mut SubscriberSettings| {
            settings.request_metadata = enabled != 0;
            filters.clone_into(&mut settings.metadata_filters);
        };
        // SAFETY: the contract of the header.
        unsafe { change_settings(subscriber, change) }
    })
}

/// Sets what happens when a connection is lost or cannot be made, from the next connect on. Delays
/// double from attempt to attempt, with some randomness. Default: 1, 1000, 30000, 0.
///
/// \param enabled           1 to connect again, 0 to stay disconnected.
/// \param initial_delay_ms  Milliseconds before the first attempt, at least 1.
/// \param max_delay_ms      Longest delay in milliseconds, at least the initial one.
/// \param max_attempts      Attempts in a row before giving up; 0 never gives up.
/// \return STTP_ERR_INVALID_ARGUMENT when a delay is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_reconnect(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    initial_delay_ms: u32,
    max_delay_ms: u32,
    max_attempts: u32,
) -> i32 {
    guard(|| {
        let reconnect = reconnect_settings(enabled, initial_delay_ms, max_delay_ms, max_attempts)?;
        // SAFETY: the contract of the header.
        unsafe { change_settings(subscriber, |settings| settings.reconnect = reconnect) }
    })
}

/// Sets after how long without a byte from the publisher a connection counts as lost, from the next
/// connection on. Default: 20000.
///
/// \param timeout_ms  Milliseconds; 0 for never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_data_loss_timeout(
    subscriber: *mut sttp_subscriber,
    timeout_ms: u32,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        change_settings(subscriber, |settings| {
            settings.data_loss_timeout = (timeout_ms > 0).then(|| Duration::from_millis(timeout_ms.into()));
        })
    })
}

/// Sets how large a message of the publisher may be, from the next connection on; a larger one ends the
/// connection. Metadata may be four times as large when decompressed. Default: 268435456 (256 MiB).
///
/// \param bytes  At least 65536.
/// \return STTP_ERR_INVALID_ARGUMENT when the size is below 65536.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_max_frame_size(
    subscriber: *mut sttp_subscriber,
    bytes: u32,
) -> i32 {
    guard(|| {
        if bytes < SMALLEST_MAX_FRAME_SIZE {
            return Err(invalid(format!("bytes is {bytes}; give {SMALLEST_MAX_FRAME_SIZE} or more")));
        }
        // SAFETY: the contract of the header.
        unsafe { change_settings(subscriber, |settings| settings.max_frame_size = bytes as usize) }
    })
}

/// Sets a parameter of subscriptions, from the next sttp_subscriber_subscribe on: any key of the
/// Subscribe command, as `throttled`, `publishInterval` (seconds), `includeTime`,
/// `startTimeConstraint`, `assemblyInfo`, or one that only the publisher knows. Some keys also have a
/// function of their own, which sets the same. By default all are absent: the publisher's defaults
/// apply.
///
/// \param key    The key; upper and lower case are the same. Not `filterExpression`, and not
///               `dataChannel` (sttp_subscriber_set_udp).
/// \param value  Its value, with balanced braces; NULL removes the key.
/// \return STTP_ERR_INVALID_ARGUMENT when a text is @, or the key or value cannot be sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_subscription_parameter(
    subscriber: *mut sttp_subscriber,
    key: *const c_char,
    value: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, key, value) = unsafe {
            (reference(subscriber, "subscriber")?, text(key, "key")?, optional_text(value, "value")?)
        };
        set_parameter(&mut lock(&subscriber.settings).parameters, key.trim(), value)
    })
}

/// Switches reading with sttp_subscriber_read on, in place of the measurements callback, from the next
/// connection on. When the queue is full, nothing is received until there is room again: the publisher
/// decides what it does with a slow subscriber. Default: 0.
///
/// \param measurements  Measurements that the queue holds, each of 40 bytes; 0 switches reading off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_read_queue(
    subscriber: *mut sttp_subscriber,
    measurements: usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        change_settings(subscriber, |settings| {
            settings.read_queue = measurements;
        })
    })
}

const SMALLEST_MAX_FRAME_SIZE: u32 = 65_536;
const FILTER_KEY: &str = "filterExpression";
const CHANNEL_KEY: &str = "dataChannel";

pub(super) unsafe fn change_settings(
    subscriber: *mut sttp_subscriber,
    change: impl FnOnce(&mut SubscriberSettings),
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let subscriber = unsafe { reference(subscriber, "subscriber")? };
    change(&mut lock(&subscriber.settings).connection);
    Ok(())
}

pub(in crate::capi) fn reconnect_settings(
    enabled: i32,
    initial_delay_ms: u32,
    max_delay_ms: u32,
    max_attempts: u32,
) -> Result<ReconnectSettings, Failure> {
    if initial_delay_ms == 0 || max_delay_ms < initial_delay_ms {
        return Err(invalid(format!(
            "initial_delay_ms is {initial_delay_ms} and max_delay_ms {max_delay_ms}; give 1 and more, and a maximum \
             that is not below"
        )));
    }
    Ok(ReconnectSettings {
        enabled: enabled != 0,
        initial_delay: Duration::from_millis(initial_delay_ms.into()),
        max_delay: Duration::from_millis(max_delay_ms.into()),
        max_attempts,
    })
}

pub(super) fn set_parameter(
    parameters: &mut ConnectionString,
    key: &str,
    value: Option<&str>,
) -> Result<(), Failure> {
    if key.is_empty() || key.contains(['=', ';', '{', '}']) {
        return Err(invalid(format!("key is {key:?}; give a name without any of = ; {{ }}")));
    }
    if key.eq_ignore_ascii_case(FILTER_KEY) {
        return Err(invalid(format!("{FILTER_KEY} is set by sttp_subscriber_subscribe")));
    }
    if key.eq_ignore_ascii_case(CHANNEL_KEY) {
        return Err(invalid(format!("{CHANNEL_KEY} is set by sttp_subscriber_set_udp")));
    }
    match value {
        Some(value) if !braces_balance(value) => {
            Err(invalid(format!("value of {key} has braces without partners; balance them: {value:?}")))
        }
        Some(value) => {
            parameters.set(key, value);
            Ok(())
        }
        None => {
            parameters.remove(key);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capi::shared::status::STTP_ERR_INVALID_ARGUMENT;

    fn status(result: Result<(), Failure>) -> i32 {
        result.err().map_or(0, |failure| failure.status())
    }

    #[test]
    fn parameters_are_set_replaced_and_removed() {
        let mut parameters = ConnectionString::default();
        assert_eq!(status(set_parameter(&mut parameters, "throttled", Some("true"))), 0);
        assert_eq!(status(set_parameter(&mut parameters, "Throttled", Some("false"))), 0);
        assert_eq!(status(set_parameter(&mut parameters, "assemblyInfo", Some("source={a};version=1"))), 0);
        assert_eq!(parameters.get("throttled"), Some("false"));
        assert_eq!(status(set_parameter(&mut parameters, "THROTTLED", None)), 0);
        assert_eq!(parameters.iter().count(), 1);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let mut parameters = ConnectionString::default();
        for (key, value) in [
            ("", "1"),
            ("a=b", "1"),
            ("a;b", "1"),
            ("FilterExpression", "PPA:1"),
            ("DataChannel", "localport=1"),
            ("key", "{"),
            ("key", "a}"),
        ] {
            let status = status(set_parameter(&mut parameters, key, Some(value)));
            assert_eq!(status, STTP_ERR_INVALID_ARGUMENT, "{key}={value}");
        }
        assert_eq!(parameters, ConnectionString::default());
    }
}
