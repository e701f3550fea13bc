use std::ffi::{CStr, c_char, c_void};
use std::sync::Mutex;

use uuid::Uuid;

use super::*;
use crate::capi::shared::records::sttp_measurement;
use crate::capi::shared::status::{STTP_ERR_REFUSED, STTP_LOG_WARNING};
use crate::measurement::StateFlags;

/// What the callbacks of a test were handed.
type Log = Mutex<Vec<String>>;

fn note(user_data: *mut c_void, entry: String) {
    // SAFETY: the tests register a `Log`, which outlives the callbacks.
    unsafe { &*user_data.cast::<Log>() }.lock().unwrap().push(entry);
}

fn read(text: *const c_char) -> String {
    // SAFETY: callbacks are handed texts.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

unsafe extern "C" fn connected(user_data: *mut c_void, address: *const c_char) {
    note(user_data, format!("connected {}", read(address)));
}

unsafe extern "C" fn disconnected(user_data: *mut c_void, reason: i32, message: *const c_char) {
    note(user_data, format!("disconnected {reason} {}", read(message)));
}

unsafe extern "C" fn reconnecting(user_data: *mut c_void, attempt: u32, delay_ms: u32) {
    note(user_data, format!("reconnecting {attempt} {delay_ms}"));
}

unsafe extern "C" fn updated(
    user_data: *mut c_void,
    generation: u32,
    signals: *const *const sttp_signal,
    count: usize,
) {
    let mut entry = format!("generation {generation}");
    for row in 0..count {
        // SAFETY: the callback is handed that many signals.
        let signal = unsafe { &**signals.add(row) };
        let source = read(signal.key_source);
        entry += &format!(" {}={source}:{}", Uuid::from(signal.signal_id).as_u128(), signal.key_number);
    }
    assert_eq!(signals.is_null(), count == 0);
    note(user_data, entry);
}

unsafe extern "C" fn measured(user_data: *mut c_void, measurements: *const sttp_measurement, count: usize) {
    // SAFETY: the callback is handed that many measurements.
    let measurements = unsafe { std::slice::from_raw_parts(measurements, count) };
    for measurement in measurements {
        note(user_data, format!("{measurement:?}"));
    }
}

unsafe extern "C" fn refused(user_data: *mut c_void, command: i32, message: *const c_char) {
    note(user_data, format!("refused {command} {}", read(message)));
}

unsafe extern "C" fn told(user_data: *mut c_void, level: i32, message: *const c_char) {
    note(user_data, format!("message {level} {}", read(message)));
}

/// A handler whose callbacks write into the log.
fn handler(log: &Log) -> CallbackHandler {
    let user_data = std::ptr::from_ref(log).cast_mut().cast();
    let callbacks = SubscriberCallbacks::new();
    callbacks.connected.register(Some(connected), user_data, None);
    callbacks.disconnected.register(Some(disconnected), user_data, None);
    callbacks.reconnecting.register(Some(reconnecting), user_data, None);
    callbacks.subscription_updated.register(Some(updated), user_data, None);
    callbacks.measurements.register(Some(measured), user_data, None);
    callbacks.request_failed.register(Some(refused), user_data, None);
    callbacks.message.register(Some(told), user_data, None);
    CallbackHandler(Arc::new(callbacks))
}

#[test]
fn events_reach_their_callbacks() {
    let log = Log::default();
    let mut handler = handler(&log);
    handler.connected("127.0.0.1:7175");
    handler.disconnected(Err(&Error::Refused("not you".into())));
    handler.disconnected(Ok(()));
    handler.reconnecting(3, Duration::from_secs(u64::MAX));
    handler.request_failed(Command::Subscribe, "too many\0 signals");
    handler.message(Severity::Warning, "slow");
    let expected = [
        "connected 127.0.0.1:7175".to_owned(),
        format!("disconnected {STTP_ERR_REFUSED} not you"),
        "disconnected 0 ".to_owned(),
        format!("reconnecting 3 {}", u32::MAX),
        "refused 2 too many signals".to_owned(),
        format!("message {STTP_LOG_WARNING} slow"),
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[test]
fn signals_have_their_sources() {
    let log = Log::default();
    let mut handler = handler(&log);
    let mut cache = SignalIndexCache::new(Uuid::nil());
    handler.subscription_updated(1, &Arc::new(cache.clone()));
    cache.push(Uuid::from_u128(7), "PPA", 12);
    cache.push(Uuid::from_u128(8), "", 0);
    cache.push(Uuid::from_u128(9), "PPA", 13);
    handler.subscription_updated(2, &Arc::new(cache));
    assert_eq!(*log.lock().unwrap(), ["generation 1", "generation 2 7=PPA:12 8=:0 9=PPA:13"]);
}

#[test]
fn measurements_are_handed_over_as_they_are() {
    let log = Log::default();
    let measurement = Measurement {
        signal_id: Uuid::from_u128(7),
        timestamp: Ticks(638_000_000_000_000_000),
        value: 60.02,
        flags: StateFlags::BAD_TIME,
        signal_index: 3,
    };
    handler(&log).measurements(&[measurement]);
    let expected = sttp_measurement {
        signal_id: Uuid::from_u128(7).into(),
        timestamp: 638_000_000_000_000_000,
        value: 60.02,
        flags: 0x1_0000,
        signal_index: 3,
    };
    assert_eq!(*log.lock().unwrap(), [format!("{expected:?}")]);
}

#[test]
fn nothing_is_called_after_the_end() {
    let log = Log::default();
    let mut handler = handler(&log);
    handler.0.clear();
    handler.connected("127.0.0.1:7175");
    handler.message(Severity::Error, "late");
    assert!(log.lock().unwrap().is_empty());
}
