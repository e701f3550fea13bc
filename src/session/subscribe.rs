//! The Subscribe command (0x02): flags, then a connection string with what is wanted and how.

use std::time::Duration;

use bytes::BufMut;
use thiserror::Error;

use crate::Ticks;
use crate::settings::{AssemblyInfo, SubscriptionOptions};
use crate::time_expression::TimeExpression;
use crate::wire::connection_string::{ConnectionStringError, braces_balance};
use crate::wire::data_channel::DataChannelError;
use crate::wire::{ConnectionString, DataChannel, Reader, TextEncoding, Truncated};

const COMPACT: u8 = 0x02;
const SYNCHRONIZED: u8 = 0x01;

/// Spans of time are written with six decimals.
const SHORTEST: Duration = Duration::from_micros(1);
/// Far beyond any span that means something, and still a number of ticks.
const LONGEST: Duration = Duration::from_secs(10_000_000_000);

/// Subscribe cannot be honoured as it was sent, or written as it was asked for.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SubscribeError {
    /// The payload ends too early.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// There is no connection string.
    #[error("the connection string of Subscribe is empty; send at least filterExpression={{...}}")]
    Empty,
    /// The historic "synchronized" data format is asked for.
    #[error("synchronized subscriptions do not exist any more; clear flag 0x01 of Subscribe")]
    Synchronized,
    /// The connection string cannot be read.
    #[error(transparent)]
    ConnectionString(#[from] ConnectionStringError),
    /// The UDP channel that is asked for cannot be.
    #[error(transparent)]
    DataChannel(#[from] DataChannelError),
    /// A value has braces without partners, which connection strings cannot carry.
    #[error("{key} has braces without partners, which STTP cannot carry; balance them: {value:?}")]
    Unbalanced {
        /// Key of the value.
        key: String,
        /// The value.
        value: String,
    },
    /// A span of time is shorter than can be written.
    #[error("{key} is less than a microsecond; give a positive number of seconds")]
    NotPositive {
        /// Key of the value.
        key: &'static str,
    },
    /// A relative time has a fraction of a second, which not every publisher reads, and it is not known what time it is.
    #[error(
        "{key} is {value}, which not every publisher reads; tell when it is asked for, or give the time itself"
    )]
    NeedsClock {
        /// Key of the value.
        key: &'static str,
        /// The value.
        value: String,
    },
}

const BUFFER_BLOCK_TIMEOUT: &str = "bufferBlockRetransmissionTimeout";

const KNOWN_KEYS: [&str; 18] = [
    "filterExpression",
    "throttled",
    "publishInterval",
    "includeTime",
    "enableTimeReasonabilityCheck",
    "lagTime",
    "leadTime",
    "useLocalClockAsRealTime",
    "processingInterval",
    "useMillisecondResolution",
    "requestNaNValueFilter",
    "dataChannel",
    "startTimeConstraint",
    "stopTimeConstraint",
    "timeConstraintParameters",
    BUFFER_BLOCK_TIMEOUT,
    "assemblyInfo",
    // Overwritten by publishers from the filter; never a wish of the subscriber.
    "inputMeasurementKeys",
];

/// A Subscribe command: what is asked for, and where it is to go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubscribeRequest {
    /// What is asked for.
    pub options: SubscriptionOptions,
    /// `dataChannel`: where measurements are to go by UDP; `None` for TCP.
    pub data_channel: Option<DataChannel>,
    /// When it is asked for, by the wall clock. Relative times that not every publisher can read, as `*-500ms`, are
    /// sent as the time that they mean then.
    pub asked_at: Option<Ticks>,
}

impl SubscribeRequest {
    /// Reads the payload: a flags byte, a four-byte length, the connection string in the
    /// connection's text encoding. Bytes behind it are ignored.
    pub fn decode(payload: &[u8], encoding: TextEncoding) -> Result<SubscribeRequest, SubscribeError> {
        let mut reader = Reader::new(payload);
        let flags = reader.u8("flags")?;
        let length = reader.u32("length of the connection string")?;
        let text = reader.bytes("connection string", length as usize)?;
        if flags & SYNCHRONIZED != 0 {
            return Err(SubscribeError::Synchronized);
        }
        if text.is_empty() {
            return Err(SubscribeError::Empty);
        }
        SubscribeRequest::from_connection_string(&ConnectionString::parse(&encoding.decode(text))?)
    }

    /// The payload that asks for it, compact measurements always.
    pub fn encode(&self, encoding: TextEncoding) -> Result<Vec<u8>, SubscribeError> {
        let text = encoding.encode(&self.to_connection_string()?.to_string());
        let mut payload = Vec::with_capacity(5 + text.len());
        payload.put_u8(COMPACT);
        payload.put_u32(text.len() as u32);
        payload.put_slice(&text);
        Ok(payload)
    }

    /// What a connection string asks for.
    pub fn from_connection_string(keys: &ConnectionString) -> Result<SubscribeRequest, SubscribeError> {
        let default = SubscriptionOptions::default();
        // An empty value is what some subscribers send for "none".
        let text = |key| keys.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
        let flag = |key, missing: bool| keys.boolean(key).unwrap_or(missing);
        let span = |key, missing: Duration| keys.number(key).map_or(missing, duration);
        let nested = |key| keys.get(key).map(ConnectionString::parse).transpose();
        let mut extra = keys.clone();
        KNOWN_KEYS.iter().for_each(|key| extra.remove(key));
        let options = SubscriptionOptions {
            filter: text("filterExpression").unwrap_or_default(),
            throttled: flag("throttled", default.throttled),
            publish_interval: span("publishInterval", default.publish_interval),
            include_time: flag("includeTime", default.include_time),
            check_time_reasonability: flag("enableTimeReasonabilityCheck", default.check_time_reasonability),
            lag_time: positive("lagTime", span("lagTime", default.lag_time))?,
            lead_time: positive("leadTime", span("leadTime", default.lead_time))?,
            use_local_clock: flag("useLocalClockAsRealTime", default.use_local_clock),
            processing_interval: keys
                .get("processingInterval")
                .and_then(|value| value.parse().ok())
                .unwrap_or(default.processing_interval),
            millisecond_resolution: flag("useMillisecondResolution", default.millisecond_resolution),
            nan_filter: flag("requestNaNValueFilter", default.nan_filter),
            start_time: text("startTimeConstraint"),
            stop_time: text("stopTimeConstraint"),
            time_parameters: text("timeConstraintParameters"),
            // What is no span of time counts as absent: it is no reason to refuse the measurements.
            buffer_block_timeout: keys
                .number(BUFFER_BLOCK_TIMEOUT)
                .map(duration)
                .filter(|time| !time.is_zero()),
            assembly: nested("assemblyInfo")?.as_ref().map(assembly_info).unwrap_or_default(),
            extra,
        };
        let data_channel = match nested("dataChannel")? {
            Some(keys) => DataChannel::from_connection_string(&keys)?,
            None => None,
        };
        Ok(SubscribeRequest { options, data_channel, asked_at: None })
    }

    /// The connection string that asks for it.
    pub fn to_connection_string(&self) -> Result<ConnectionString, SubscribeError> {
        let options = &self.options;
        positive("lagTime", options.lag_time)?;
        positive("leadTime", options.lead_time)?;
        let mut keys = ConnectionString::default();
        keys.set("throttled", options.throttled.to_string());
        keys.set("publishInterval", seconds(options.publish_interval));
        keys.set("includeTime", options.include_time.to_string());
        keys.set("enableTimeReasonabilityCheck", options.check_time_reasonability.to_string());
        keys.set("lagTime", seconds(options.lag_time));
        keys.set("leadTime", seconds(options.lead_time));
        keys.set("useLocalClockAsRealTime", options.use_local_clock.to_string());
        keys.set("processingInterval", options.processing_interval.to_string());
        keys.set("useMillisecondResolution", options.millisecond_resolution.to_string());
        keys.set("requestNaNValueFilter", options.nan_filter.to_string());
        keys.set("assemblyInfo", assembly_keys(&options.assembly).to_string());
        if let Some(channel) = self.data_channel {
            keys.set("dataChannel", channel.to_connection_string().to_string());
        }
        if let Some(timeout) = options.buffer_block_timeout {
            keys.set(BUFFER_BLOCK_TIMEOUT, seconds(timeout));
        }
        for (key, time) in
            [("startTimeConstraint", &options.start_time), ("stopTimeConstraint", &options.stop_time)]
        {
            if let Some(time) = time {
                keys.set(key, self.portable_time(key, time)?);
            }
        }
        if let Some(parameters) = &options.time_parameters {
            keys.set("timeConstraintParameters", parameters);
        }
        options.extra.iter().for_each(|(key, value)| keys.set(key, value));
        keys.set("filterExpression", &options.filter);
        if let Some((key, value)) = keys.iter().find(|(_, value)| !braces_balance(value)) {
            return Err(SubscribeError::Unbalanced { key: key.to_owned(), value: value.to_owned() });
        }
        Ok(keys)
    }

    /// A time as every publisher reads it; what cannot be read here may be understood there.
    fn portable_time(&self, key: &'static str, text: &str) -> Result<String, SubscribeError> {
        let Ok(time) = text.parse::<TimeExpression>() else { return Ok(text.to_owned()) };
        let portable = time.portable(self.asked_at);
        portable.ok_or_else(|| SubscribeError::NeedsClock { key, value: text.to_owned() })
    }
}

/// What is asked for goes by TCP.
impl From<SubscriptionOptions> for SubscribeRequest {
    fn from(options: SubscriptionOptions) -> SubscribeRequest {
        SubscribeRequest { options, data_channel: None, asked_at: None }
    }
}

/// A span of time that a peer wrote. What is negative or no number counts as zero, what is longer than any span as
/// the longest that is counted.
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64())).unwrap_or_default()
}

fn positive(key: &'static str, time: Duration) -> Result<Duration, SubscribeError> {
    if time < SHORTEST { Err(SubscribeError::NotPositive { key }) } else { Ok(time) }
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

fn assembly_info(keys: &ConnectionString) -> AssemblyInfo {
    let text = |key| keys.get(key).unwrap_or_default().to_owned();
    AssemblyInfo { source: text("source"), version: text("version"), updated_on: text("updatedOn") }
}

fn assembly_keys(assembly: &AssemblyInfo) -> ConnectionString {
    let mut keys = ConnectionString::default();
    keys.set("source", &assembly.source);
    keys.set("version", &assembly.version);
    keys.set("updatedOn", &assembly.updated_on);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<SubscribeRequest, SubscribeError> {
        let mut payload = vec![2];
        payload.put_u32(text.len() as u32);
        payload.put_slice(text.as_bytes());
        SubscribeRequest::decode(&payload, TextEncoding::Utf8)
    }

    #[test]
    fn requests_round_trip_in_every_encoding() {
        let mut options = SubscriptionOptions {
            filter: "FILTER TOP 5 ActiveMeasurements WHERE PointTag = 'A;B' ORDER BY ID;PPA:7".into(),
            throttled: true,
            publish_interval: Duration::from_millis(250),
            include_time: false,
            lag_time: Duration::from_micros(2_500_001),
            processing_interval: 33,
            millisecond_resolution: true,
            start_time: Some("*-20m".into()),
            stop_time: Some("*".into()),
            buffer_block_timeout: Some(Duration::from_millis(2500)),
            assembly: AssemblyInfo {
                source: "A; B".into(),
                version: "1.0".into(),
                updated_on: "today".into(),
            },
            ..SubscriptionOptions::default()
        };
        options.extra.set("myKey", "my = value");
        let data_channel = Some(DataChannel { port: 9600, multicast_group: "239.1.2.3".parse().ok() });
        let request = SubscribeRequest { options, data_channel, asked_at: None };
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
            assert_eq!(
                SubscribeRequest::decode(&request.encode(encoding).unwrap(), encoding).unwrap(),
                request
            );
        }
    }

    #[test]
    fn times_are_sent_as_every_publisher_reads_them() {
        let now = "2026-01-31T20:30:00Z".parse().ok();
        for (text, sent) in [
            ("*-500ms", "2026-01-31 20:29:59.5"),
            ("*-0.5s", "2026-01-31 20:29:59.5"),
            ("*-0.5h", "*-30m"),
            ("* - 90000 ms", "*-90s"),
            ("1/31/2026 8:30 PM", "2026-01-31 20:30:00"),
            ("yesterday noon", "yesterday noon"),
        ] {
            let options = SubscriptionOptions::default().start_time(Some(text.into()));
            let request = SubscribeRequest { asked_at: now, ..options.into() };
            let keys = request.to_connection_string().unwrap();
            assert_eq!(keys.get("startTimeConstraint"), Some(sent), "{text}");
            let without_clock = SubscribeRequest { asked_at: None, ..request };
            let is_refused =
                matches!(without_clock.encode(TextEncoding::Utf8), Err(SubscribeError::NeedsClock { .. }));
            assert_eq!(is_refused, sent.ends_with(".5"), "{text}");
        }
    }

    #[test]
    fn missing_keys_have_the_publishers_defaults() {
        let request = decode("filterExpression={PPA:1}").unwrap();
        assert_eq!(request, SubscriptionOptions::default().filter("PPA:1".into()).into());
    }

    #[test]
    fn empty_values_are_missing() {
        let request = decode("filterExpression={};startTimeConstraint=;stopTimeConstraint={}").unwrap();
        assert_eq!(request, SubscribeRequest::default());
    }

    #[test]
    fn a_useless_block_timeout_is_absent() {
        for (value, milliseconds) in
            [("2.5", Some(2500)), ("0", None), ("-1", None), ("NaN", None), ("soon", None)]
        {
            let timeout = milliseconds.map(Duration::from_millis);
            let options = decode(&format!("bufferBlockRetransmissionTimeout={value}")).unwrap().options;
            assert_eq!((options.buffer_block_timeout, options.extra.iter().count()), (timeout, 0), "{value}");
        }
    }

    #[test]
    fn spans_are_read_as_far_as_they_are_some() {
        for (value, microseconds) in [("0.0000014", 1), ("1e300", 10_u64.pow(16))] {
            let options = decode(&format!("lagTime={value}")).unwrap().options;
            assert_eq!(options.lag_time.as_micros(), u128::from(microseconds), "{value}");
        }
        for value in ["-1", "0", "-1e300"] {
            let options = decode(&format!("publishInterval={value}")).unwrap().options;
            assert_eq!(options.publish_interval, Duration::ZERO, "{value}");
        }
    }

    #[test]
    fn invalid_requests_are_refused() {
        assert_eq!(decode(""), Err(SubscribeError::Empty));
        assert!(matches!(decode("lagTime=0"), Err(SubscribeError::NotPositive { key: "lagTime" })));
        assert!(matches!(decode("a={"), Err(SubscribeError::ConnectionString(_))));
        assert!(matches!(
            decode("dataChannel={port=1;multicastGroup=x}"),
            Err(SubscribeError::DataChannel(_))
        ));
        let synchronized = [1, 0, 0, 0, 1, b'a'];
        assert_eq!(
            SubscribeRequest::decode(&synchronized, TextEncoding::Utf8),
            Err(SubscribeError::Synchronized)
        );
        for short in [&[][..], &[2, 0, 0, 0], &[2, 0, 0, 0, 9, b'a'], &[2, 255, 255, 255, 255]] {
            assert!(matches!(
                SubscribeRequest::decode(short, TextEncoding::Utf8),
                Err(SubscribeError::Truncated(_))
            ));
        }
        let refused = |options| SubscribeRequest::from(options).encode(TextEncoding::Utf8).unwrap_err();
        let unbalanced = SubscriptionOptions::default().filter("PointTag = '}'".into());
        assert!(matches!(refused(unbalanced), SubscribeError::Unbalanced { .. }));
        let without_lead = SubscriptionOptions::default().lead_time(Duration::ZERO);
        assert_eq!(refused(without_lead), SubscribeError::NotPositive { key: "leadTime" });
    }
}
