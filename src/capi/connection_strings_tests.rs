//! Each setter of the C API beside the connection string that sets the same.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::ptr;

use crate::capi::engine::*;
use crate::capi::publisher::buffer_blocks::*;
use crate::capi::publisher::connecting::*;
use crate::capi::publisher::connection_strings::*;
use crate::capi::publisher::data_channels::*;
use crate::capi::publisher::encryption::*;
use crate::capi::publisher::forms::*;
use crate::capi::publisher::history::*;
use crate::capi::publisher::*;
use crate::capi::shared::arguments::lock;
use crate::capi::shared::status::*;
use crate::capi::subscriber::configuration::*;
use crate::capi::subscriber::connection_strings::*;
use crate::capi::subscriber::data_channels::*;
use crate::capi::subscriber::forms::*;
use crate::capi::subscriber::history::*;
use crate::capi::subscriber::recovery::*;
use crate::capi::subscriber::settings::*;
use crate::capi::subscriber::statistics::*;
use crate::capi::subscriber::*;

const SYMBOLS: &str = include_str!("../../tests/abi/symbols.txt");
/// They take what no text can say.
const NOT_SETTINGS: [&str; 2] = ["sttp_publisher_set_history_source", "sttp_publisher_set_metadata"];

/// A setter, a call of it, and the string that sets the same.
struct Case<T> {
    setter: &'static str,
    call: fn(*mut T) -> i32,
    string: &'static str,
}

macro_rules! case {
    ($setter:ident($($argument:expr),*), $string:literal) => {
        Case {
            setter: stringify!($setter),
            // SAFETY: the test gives a live handle and texts.
            call: |handle| unsafe { $setter(handle, $($argument),*) },
            string: $string,
        }
    };
}

fn subscriber_cases() -> Vec<Case<sttp_subscriber>> {
    vec![
        case!(sttp_subscriber_set_protocol_version(3), "version=3"),
        case!(sttp_subscriber_set_payload_compression(0), "compression=false"),
        case!(sttp_subscriber_set_gzip(0), "gzip=false"),
        case!(
            sttp_subscriber_set_metadata_on_connect(0, c"FILTER A WHERE B = 'C';PPA:1".as_ptr()),
            "synchronizeMetadata=false; metadataFilters={FILTER A WHERE B = 'C';PPA:1}"
        ),
        case!(
            sttp_subscriber_set_reconnect(0, 250, 5000, 7),
            "autoReconnect=false; retryInterval=250; maxRetryInterval=5000; maxRetries=7"
        ),
        case!(sttp_subscriber_set_data_loss_timeout(2500), "dataLossInterval=2.5"),
        case!(sttp_subscriber_set_data_loss_timeout(0), "dataLossInterval=0"),
        case!(sttp_subscriber_set_max_frame_size(65_536), "maxFrameSize=65536"),
        case!(
            sttp_subscriber_set_subscription_parameter(c"siteKey".as_ptr(), c"a;b".as_ptr()),
            "extraParameters={siteKey={a;b}}"
        ),
        case!(
            sttp_subscriber_set_subscription_parameter(
                c"assemblyInfo".as_ptr(),
                c"source=a;version=1;updatedOn=now".as_ptr()
            ),
            "assemblyInfo={source=a; version=1; updatedOn=now}"
        ),
        case!(
            sttp_subscriber_set_subscription_parameter(
                c"bufferBlockRetransmissionTimeout".as_ptr(),
                c"2.5".as_ptr()
            ),
            "bufferBlockRetransmissionTimeout=2.5"
        ),
        case!(sttp_subscriber_set_read_queue(500), "readQueue=500"),
        case!(sttp_subscriber_set_throttled(1, 250), "throttled=true; publishInterval=0.25"),
        case!(
            sttp_subscriber_set_time_reasonability(1, 2500, 1),
            "enableTimeReasonabilityCheck=true; lagTime=2.5; leadTime=0.001"
        ),
        case!(sttp_subscriber_set_include_time(0), "includeTime=false"),
        case!(sttp_subscriber_set_millisecond_resolution(1), "useMillisecondResolution=true"),
        case!(sttp_subscriber_set_local_clock(1), "useLocalClockAsRealTime=true"),
        case!(sttp_subscriber_set_nan_filter(1), "requestNaNValueFilter=true"),
        case!(
            sttp_subscriber_set_history_window(c"*-20m".as_ptr(), c"*".as_ptr()),
            "startTimeConstraint=*-20m; stopTimeConstraint=*"
        ),
        case!(sttp_subscriber_set_history_parameters(c"a=b".as_ptr()), "timeConstraintParameters={a=b}"),
        case!(sttp_subscriber_set_processing_interval(33), "processingInterval=33"),
        case!(sttp_subscriber_set_follow_configuration(1), "followConfiguration=true"),
        case!(sttp_subscriber_set_udp(1, 9600, 100_000), "dataChannel={port=9600; receiveBufferSize=100000}"),
        case!(sttp_subscriber_set_udp(1, 0, 0), "dataChannel=0"),
        case!(sttp_subscriber_set_udp(0, 0, 0), "dataChannel={}"),
        case!(sttp_subscriber_set_recovery(1), "dataGapRecovery={enabled=true}"),
        case!(
            sttp_subscriber_set_recovery_delay(1500, 100),
            "dataGapRecovery={recoveryStartDelay=1.5; dataMonitoringInterval=0.1}"
        ),
        case!(
            sttp_subscriber_set_recovery_span(30_000, 3_600_000),
            "dataGapRecovery={minimumRecoverySpan=30; maximumRecoverySpan=3600}"
        ),
        case!(
            sttp_subscriber_set_recovery_buffers(7500, 2500),
            "dataGapRecovery={startRecoveryBuffer=-7.5; endRecoveryBuffer=2.5}"
        ),
        case!(sttp_subscriber_set_recovery_pace(66), "dataGapRecovery={recoveryProcessingInterval=66}"),
        case!(sttp_subscriber_set_outage_log(c"outages.txt".as_ptr()), "outageLog=outages.txt"),
        case!(sttp_subscriber_set_latency_statistics(1), "latencyStatistics=true"),
        case!(sttp_subscriber_set_signal_statistics(1), "signalStatistics=true"),
        case!(sttp_subscriber_set_statistics_interval(10), "statisticsInterval=0.01"),
    ]
}

fn publisher_cases() -> Vec<Case<sttp_publisher>> {
    vec![
        case!(sttp_publisher_set_overflow(STTP_OVERFLOW_DISCONNECT, 0), "overflow=disconnect"),
        case!(
            sttp_publisher_set_overflow(STTP_OVERFLOW_WAIT, 2500),
            "overflow=wait; overflowWaitTimeout=2.5"
        ),
        case!(sttp_publisher_set_send_queue_limit(100_000), "sendQueueLimit=100000"),
        case!(sttp_publisher_set_direct_sending(0), "directSending=false"),
        case!(sttp_publisher_set_max_connections(50), "maxClientConnections=50"),
        case!(sttp_publisher_set_nan_filter(STTP_NAN_FILTER_FORBIDDEN), "allowNaNValueFilter=false"),
        case!(sttp_publisher_set_nan_filter(STTP_NAN_FILTER_FORCED), "forceNaNValueFilter=true"),
        case!(sttp_publisher_set_base_times(1), "useBaseTimeOffsets=true"),
        case!(sttp_publisher_set_buffer_block_timeout(100), "bufferBlockRetransmissionTimeout=0.1"),
        case!(
            sttp_publisher_set_encryption(STTP_ENCRYPTION_ALL, 1000),
            "encryptPayload=true; cipherKeyRotationPeriod=1000"
        ),
        case!(sttp_publisher_set_encryption(STTP_ENCRYPTION_UDP, 60_000), "encryptPayload=udp"),
        case!(sttp_publisher_set_udp(0, 256), "allowUdp=false; datagramSize=256"),
        case!(sttp_publisher_set_multicast(1, 255), "allowMulticast=true; multicastTtl=255"),
        case!(sttp_publisher_set_history(60, 2_000_000), "historyDuration=60; historyLimit=2000000"),
        case!(
            sttp_publisher_set_reconnect(0, 250, 5000, 7),
            "autoReconnect=false; retryInterval=250; maxRetryInterval=5000; maxRetries=7"
        ),
    ]
}

/// The setters of a role that take settings.
fn setters(prefix: &str) -> BTreeSet<&'static str> {
    let names = SYMBOLS.lines().filter(|name| name.starts_with(prefix));
    names.filter(|name| !NOT_SETTINGS.contains(name)).collect()
}

fn new_engine() -> *mut sttp_engine {
    let mut engine = ptr::null_mut();
    // SAFETY: there is room for the handle.
    assert_eq!(unsafe { sttp_engine_new_polled(&mut engine) }, STTP_OK);
    engine
}

/// What a subscriber has after `change`.
fn subscriber_after(
    engine: *mut sttp_engine,
    change: impl FnOnce(*mut sttp_subscriber) -> i32,
) -> (i32, String) {
    let mut handle = ptr::null_mut();
    // SAFETY: there is room for the handle, which lives until it is freed.
    unsafe {
        assert_eq!(sttp_subscriber_new(engine, &mut handle), STTP_OK);
        let status = change(handle);
        let settings = lock(&(*handle).settings);
        let options = subscription(&settings.parameters, &settings.filter).unwrap_or_default();
        let found = format!("{:#?} {options:#?}", settings.connection);
        drop(settings);
        sttp_subscriber_free(handle);
        (status, found)
    }
}

fn publisher_after(
    engine: *mut sttp_engine,
    change: impl FnOnce(*mut sttp_publisher) -> i32,
) -> (i32, String) {
    let mut handle = ptr::null_mut();
    // SAFETY: there is room for the handle, which lives until it is freed.
    unsafe {
        assert_eq!(sttp_publisher_new(engine, &mut handle), STTP_OK);
        let status = change(handle);
        let found = format!("{:#?} {:#?}", lock(&(*handle).settings), lock(&(*handle).reconnect));
        sttp_publisher_free(handle);
        (status, found)
    }
}

#[test]
fn every_setter_of_subscribers_has_a_string_that_does_the_same() {
    let engine = new_engine();
    let mut tried = BTreeSet::from(["sttp_subscriber_set_multicast"]);
    for Case { setter, call, string } in subscriber_cases() {
        tried.insert(setter);
        let text = CString::new(string).unwrap();
        // SAFETY: the handle lives, the text ends with a NUL.
        let by_string =
            subscriber_after(engine, |handle| unsafe { sttp_subscriber_configure(handle, text.as_ptr()) });
        assert_eq!(subscriber_after(engine, call), by_string, "{setter} and {string}");
        assert_eq!(by_string.0, STTP_OK, "{string}");
    }
    // A group goes with a port.
    // SAFETY: the handle lives, the texts end with a NUL.
    unsafe {
        let by_setters = subscriber_after(engine, |handle| {
            sttp_subscriber_set_udp(handle, 1, 9600, 0);
            sttp_subscriber_set_multicast(handle, c"239.1.2.3".as_ptr(), c"127.0.0.1".as_ptr())
        });
        let string = c"dataChannel={port=9600; multicastGroup=239.1.2.3; interface=127.0.0.1}";
        let by_string = subscriber_after(engine, |handle| sttp_subscriber_configure(handle, string.as_ptr()));
        assert_eq!(by_setters, by_string);
        sttp_engine_free(engine);
    }
    assert_eq!(tried, setters("sttp_subscriber_set_"));
}

#[test]
fn every_setter_of_publishers_has_a_string_that_does_the_same() {
    let engine = new_engine();
    let mut tried = BTreeSet::new();
    for Case { setter, call, string } in publisher_cases() {
        tried.insert(setter);
        let text = CString::new(string).unwrap();
        // SAFETY: the handle lives, the text ends with a NUL.
        let by_string =
            publisher_after(engine, |handle| unsafe { sttp_publisher_configure(handle, text.as_ptr()) });
        assert_eq!(publisher_after(engine, call), by_string, "{setter} and {string}");
        assert_eq!(by_string.0, STTP_OK, "{string}");
    }
    // SAFETY: it was made above.
    unsafe { sttp_engine_free(engine) };
    assert_eq!(tried, setters("sttp_publisher_set_"));
}

#[test]
fn both_refuse_the_same() {
    let engine = new_engine();
    let subscriber_cases: [Case<sttp_subscriber>; 11] = [
        case!(sttp_subscriber_set_protocol_version(0), "version=0"),
        case!(sttp_subscriber_set_protocol_version(4), "version=4"),
        case!(sttp_subscriber_set_reconnect(1, 0, 1000, 0), "retryInterval=0"),
        case!(sttp_subscriber_set_reconnect(1, 2, 1, 0), "retryInterval=2; maxRetryInterval=1"),
        case!(sttp_subscriber_set_max_frame_size(65_535), "maxFrameSize=65535"),
        case!(sttp_subscriber_set_time_reasonability(1, 0, 1), "lagTime=0"),
        case!(sttp_subscriber_set_time_reasonability(1, 1, 0), "leadTime=0"),
        case!(sttp_subscriber_set_processing_interval(-2), "processingInterval=-2"),
        case!(sttp_subscriber_set_recovery_delay(0, 99), "dataGapRecovery={dataMonitoringInterval=0.099}"),
        case!(
            sttp_subscriber_set_recovery_span(2000, 1000),
            "dataGapRecovery={minimumRecoverySpan=2; maximumRecoverySpan=1}"
        ),
        case!(sttp_subscriber_set_statistics_interval(9), "statisticsInterval=0.009"),
    ];
    let (_, untouched) = subscriber_after(engine, |_| STTP_OK);
    for Case { setter, call, string } in subscriber_cases {
        let text = CString::new(string).unwrap();
        // SAFETY: the handle lives, the text ends with a NUL.
        let by_string =
            subscriber_after(engine, |handle| unsafe { sttp_subscriber_configure(handle, text.as_ptr()) });
        assert_eq!(by_string, (STTP_ERR_INVALID_ARGUMENT, untouched.clone()), "{string}");
        assert_eq!(subscriber_after(engine, call), by_string, "{setter}");
    }
    let publisher_cases: [Case<sttp_publisher>; 5] = [
        case!(sttp_publisher_set_buffer_block_timeout(99), "bufferBlockRetransmissionTimeout=0.099"),
        case!(sttp_publisher_set_encryption(STTP_ENCRYPTION_ALL, 999), "cipherKeyRotationPeriod=999"),
        case!(sttp_publisher_set_udp(1, 255), "datagramSize=255"),
        case!(sttp_publisher_set_udp(1, 32_769), "datagramSize=32769"),
        case!(sttp_publisher_set_multicast(1, 0), "multicastTtl=0"),
    ];
    let (_, untouched) = publisher_after(engine, |_| STTP_OK);
    for Case { setter, call, string } in publisher_cases {
        let text = CString::new(string).unwrap();
        // SAFETY: the handle lives, the text ends with a NUL.
        let by_string =
            publisher_after(engine, |handle| unsafe { sttp_publisher_configure(handle, text.as_ptr()) });
        assert_eq!(by_string, (STTP_ERR_INVALID_ARGUMENT, untouched.clone()), "{string}");
        assert_eq!(publisher_after(engine, call), by_string, "{setter}");
    }
    // SAFETY: it was made above.
    unsafe { sttp_engine_free(engine) };
}
