//! The Subscribe command (0x02): flags, then a connection string with what is wanted and how.

use bytes::BufMut;
use thiserror::Error;

use super::connection_string::{ConnectionString, ConnectionStringError, braces_balance};
use super::data_channel::{DataChannel, DataChannelError};
use super::reader::{Reader, Truncated};
use super::text::TextEncoding;

const COMPACT: u8 = 0x02;
const SYNCHRONIZED: u8 = 0x01;

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
    /// A span of time is not positive.
    #[error("{key} is {value} seconds, but must be positive")]
    NotPositive {
        /// Key of the value.
        key: &'static str,
        /// The value in seconds.
        value: f64,
    },
}

/// Who subscribes, for display only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssemblyInfo {
    /// Name of the subscribing program or library.
    pub source: String,
    /// Its version.
    pub version: String,
    /// Date of that version.
    pub updated_on: String,
}

/// Everything a subscription can ask for. [`Default`] is what a publisher assumes for keys that
/// are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionOptions {
    /// `filterExpression`: which signals.
    pub filter: String,
    /// `throttled`: only the latest value of each signal, once per publish interval.
    pub throttled: bool,
    /// `publishInterval`, seconds: period of a throttled subscription.
    pub publish_interval: f64,
    /// `includeTime`: compact measurements carry their time.
    pub include_time: bool,
    /// `enableTimeReasonabilityCheck`: mark times outside lag and lead time.
    pub check_time_reasonability: bool,
    /// `lagTime`, seconds: how far in the past a time is reasonable.
    pub lag_time: f64,
    /// `leadTime`, seconds: how far in the future a time is reasonable.
    pub lead_time: f64,
    /// `useLocalClockAsRealTime`: base times come from the publisher's clock.
    pub use_local_clock: bool,
    /// `processingInterval`, milliseconds per step of a temporal subscription; -1 is the default
    /// pace, 0 as fast as possible.
    pub processing_interval: i32,
    /// `useMillisecondResolution`: time offsets of compact measurements in two bytes.
    pub millisecond_resolution: bool,
    /// `requestNaNValueFilter`: leave out measurements that are not a number.
    pub nan_filter: bool,
    /// `dataChannel`: where measurements are to go by UDP; `None` for TCP.
    pub data_channel: Option<DataChannel>,
    /// `startTimeConstraint`: time expression, makes the subscription temporal.
    pub start_time: Option<String>,
    /// `stopTimeConstraint`: time expression.
    pub stop_time: Option<String>,
    /// `timeConstraintParameters`: text for the source of historical data.
    pub time_parameters: Option<String>,
    /// `bufferBlockRetransmissionTimeout`, seconds: after how long without a confirmation buffer
    /// blocks come again; `None` leaves it to the publisher.
    pub buffer_block_timeout: Option<f64>,
    /// `assemblyInfo`.
    pub assembly: AssemblyInfo,
    /// Keys that are not above, as they came.
    pub extra: ConnectionString,
}

impl Default for SubscriptionOptions {
    fn default() -> SubscriptionOptions {
        SubscriptionOptions {
            filter: String::new(),
            throttled: false,
            publish_interval: 1.0,
            include_time: true,
            check_time_reasonability: false,
            lag_time: 10.0,
            lead_time: 5.0,
            use_local_clock: false,
            processing_interval: -1,
            millisecond_resolution: false,
            nan_filter: false,
            data_channel: None,
            start_time: None,
            stop_time: None,
            time_parameters: None,
            buffer_block_timeout: None,
            assembly: AssemblyInfo::default(),
            extra: ConnectionString::default(),
        }
    }
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

impl SubscriptionOptions {
    /// The options that a connection string asks for.
    pub fn from_connection_string(keys: &ConnectionString) -> Result<SubscriptionOptions, SubscribeError> {
        let default = SubscriptionOptions::default();
        // An empty value is what some subscribers send for "none".
        let text = |key| keys.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
        let flag = |key, missing: bool| keys.boolean(key).unwrap_or(missing);
        let number = |key, missing: f64| keys.number(key).unwrap_or(missing);
        let nested = |key| keys.get(key).map(ConnectionString::parse).transpose();
        let mut extra = keys.clone();
        KNOWN_KEYS.iter().for_each(|key| extra.remove(key));
        let options = SubscriptionOptions {
            filter: text("filterExpression").unwrap_or_default(),
            throttled: flag("throttled", default.throttled),
            publish_interval: number("publishInterval", default.publish_interval),
            include_time: flag("includeTime", default.include_time),
            check_time_reasonability: flag("enableTimeReasonabilityCheck", default.check_time_reasonability),
            lag_time: positive("lagTime", number("lagTime", default.lag_time))?,
            lead_time: positive("leadTime", number("leadTime", default.lead_time))?,
            use_local_clock: flag("useLocalClockAsRealTime", default.use_local_clock),
            processing_interval: keys
                .get("processingInterval")
                .and_then(|value| value.parse().ok())
                .unwrap_or(default.processing_interval),
            millisecond_resolution: flag("useMillisecondResolution", default.millisecond_resolution),
            nan_filter: flag("requestNaNValueFilter", default.nan_filter),
            data_channel: match nested("dataChannel")? {
                Some(keys) => DataChannel::from_connection_string(&keys)?,
                None => None,
            },
            start_time: text("startTimeConstraint"),
            stop_time: text("stopTimeConstraint"),
            time_parameters: text("timeConstraintParameters"),
            // What is no span of time counts as absent: it is no reason to refuse the measurements.
            buffer_block_timeout: keys.number(BUFFER_BLOCK_TIMEOUT).filter(|seconds| *seconds > 0.0),
            assembly: nested("assemblyInfo")?.as_ref().map(assembly_info).unwrap_or_default(),
            extra,
        };
        Ok(options)
    }

    /// The connection string that asks for these options.
    pub fn to_connection_string(&self) -> Result<ConnectionString, SubscribeError> {
        let mut keys = ConnectionString::default();
        keys.set("throttled", self.throttled.to_string());
        keys.set("publishInterval", format!("{:.6}", self.publish_interval));
        keys.set("includeTime", self.include_time.to_string());
        keys.set("enableTimeReasonabilityCheck", self.check_time_reasonability.to_string());
        keys.set("lagTime", format!("{:.6}", self.lag_time));
        keys.set("leadTime", format!("{:.6}", self.lead_time));
        keys.set("useLocalClockAsRealTime", self.use_local_clock.to_string());
        keys.set("processingInterval", self.processing_interval.to_string());
        keys.set("useMillisecondResolution", self.millisecond_resolution.to_string());
        keys.set("requestNaNValueFilter", self.nan_filter.to_string());
        keys.set("assemblyInfo", assembly_keys(&self.assembly).to_string());
        if let Some(channel) = self.data_channel {
            keys.set("dataChannel", channel.to_connection_string().to_string());
        }
        if let Some(timeout) = self.buffer_block_timeout {
            keys.set(BUFFER_BLOCK_TIMEOUT, format!("{timeout:.6}"));
        }
        let optional = [
            ("startTimeConstraint", &self.start_time),
            ("stopTimeConstraint", &self.stop_time),
            ("timeConstraintParameters", &self.time_parameters),
        ];
        for (key, value) in optional {
            if let Some(value) = value {
                keys.set(key, value);
            }
        }
        self.extra.iter().for_each(|(key, value)| keys.set(key, value));
        keys.set("filterExpression", &self.filter);
        if let Some((key, value)) = keys.iter().find(|(_, value)| !braces_balance(value)) {
            return Err(SubscribeError::Unbalanced { key: key.to_owned(), value: value.to_owned() });
        }
        Ok(keys)
    }
}

fn positive(key: &'static str, value: f64) -> Result<f64, SubscribeError> {
    if value > 0.0 { Ok(value) } else { Err(SubscribeError::NotPositive { key, value }) }
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

/// A received Subscribe command.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscribeRequest {
    /// What is asked for.
    pub options: SubscriptionOptions,
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
        let keys = ConnectionString::parse(&encoding.decode(text))?;
        Ok(SubscribeRequest { options: SubscriptionOptions::from_connection_string(&keys)? })
    }

    /// The payload that asks for `options`, compact measurements always.
    pub fn encode(options: &SubscriptionOptions, encoding: TextEncoding) -> Result<Vec<u8>, SubscribeError> {
        let text = encoding.encode(&options.to_connection_string()?.to_string());
        let mut payload = Vec::with_capacity(5 + text.len());
        payload.put_u8(COMPACT);
        payload.put_u32(text.len() as u32);
        payload.put_slice(&text);
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<SubscriptionOptions, SubscribeError> {
        let mut payload = vec![2];
        payload.put_u32(text.len() as u32);
        payload.put_slice(text.as_bytes());
        SubscribeRequest::decode(&payload, TextEncoding::Utf8).map(|request| request.options)
    }

    #[test]
    fn options_round_trip_in_every_encoding() {
        let mut options = SubscriptionOptions {
            filter: "FILTER TOP 5 ActiveMeasurements WHERE PointTag = 'A;B' ORDER BY ID;PPA:7".into(),
            throttled: true,
            publish_interval: 0.25,
            include_time: false,
            lag_time: 2.5,
            processing_interval: 33,
            millisecond_resolution: true,
            data_channel: Some(DataChannel { port: 9600, multicast_group: "239.1.2.3".parse().ok() }),
            start_time: Some("*-20m".into()),
            stop_time: Some("*".into()),
            buffer_block_timeout: Some(2.5),
            assembly: AssemblyInfo {
                source: "A; B".into(),
                version: "1.0".into(),
                updated_on: "today".into(),
            },
            ..SubscriptionOptions::default()
        };
        options.extra.set("myKey", "my = value");
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
            let payload = SubscribeRequest::encode(&options, encoding).unwrap();
            assert_eq!(SubscribeRequest::decode(&payload, encoding).unwrap().options, options);
        }
    }

    #[test]
    fn missing_keys_have_the_publishers_defaults() {
        let options = decode("filterExpression={PPA:1}").unwrap();
        assert_eq!(options, SubscriptionOptions { filter: "PPA:1".into(), ..Default::default() });
    }

    #[test]
    fn empty_values_are_missing() {
        let options = decode("filterExpression={};startTimeConstraint=;stopTimeConstraint={}").unwrap();
        assert_eq!(options, SubscriptionOptions::default());
    }

    #[test]
    fn a_useless_block_timeout_is_absent() {
        for (value, timeout) in [("2.5", Some(2.5)), ("0", None), ("-1", None), ("NaN", None), ("soon", None)]
        {
            let options = decode(&format!("bufferBlockRetransmissionTimeout={value}")).unwrap();
            assert_eq!((options.buffer_block_timeout, options.extra.iter().count()), (timeout, 0), "{value}");
        }
    }

    #[test]
    fn invalid_requests_are_refused() {
        assert_eq!(decode(""), Err(SubscribeError::Empty));
        assert!(matches!(decode("lagTime=0"), Err(SubscribeError::NotPositive { key: "lagTime", .. })));
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
        let unbalanced = SubscriptionOptions { filter: "PointTag = '}'".into(), ..Default::default() };
        assert!(matches!(
            SubscribeRequest::encode(&unbalanced, TextEncoding::Utf8),
            Err(SubscribeError::Unbalanced { .. })
        ));
    }
}
