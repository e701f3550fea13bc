//! What a subscriber can be told.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::channel::{
    CommandChannel, Connects, auto_reconnect, check_reconnect, interface, max_retries, max_retry_interval,
    port, retry_interval, server,
};
use super::error::{SettingError, shown};
use super::foreign::{Foreign, OF_SUBSCRIBERS};
use super::key::{Key, LONGEST, Value, flag, integer, seconds};
use super::values::{read_seconds, seconds_of, seconds_text};
use super::{KeyInfo, Setup, data_channel, key_infos, reader, write};
use crate::engine::{Engine, ReconnectSettings};
use crate::error::Error;
use crate::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
use crate::time_expression::TimeExpression;
use crate::wire::{ConnectionString, SubscriptionOptions, Version};

/// Everything that a connection string can tell a subscriber. Read one with
/// [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the earlier.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubscriberSetup {
    /// Whom to connect to, or where to listen.
    pub command_channel: CommandChannel,
    /// How to connect and what to ask of the publisher.
    pub settings: SubscriberSettings,
    /// What to subscribe; nothing when its filter is empty.
    pub subscription: SubscriptionOptions,
}

/// Where the connection of a subscriber comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The subscriber connects to this address.
    Connect(String),
    /// The subscriber listens on this address.
    Listen(String),
}

impl SubscriberSetup {
    /// Sets what a connection string says. What it does not mention stays.
    ///
    /// # Errors
    ///
    /// [`SettingError`]; then nothing has changed.
    pub fn apply(&mut self, connection_string: &str) -> Result<(), SettingError> {
        reader::apply(self, connection_string)
    }

    /// Where the connection comes from.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when there is neither a server nor a port to listen on, or both.
    pub fn endpoint(&self) -> Result<Endpoint, SettingError> {
        let channel = &self.command_channel;
        match (channel.servers()?.as_slice(), channel.listening()) {
            ([], Some(address)) => Ok(Endpoint::Listen(address)),
            ([], None) => Err(SettingError::Unusable(
                "connection string does not say where the publisher is; give server=host:port to connect, or \
                 port=PORT to listen"
                    .into(),
            )),
            ([server], None) => Ok(Endpoint::Connect(server.clone())),
            ([_], Some(_)) => Err(SettingError::Conflict { key: "server".into(), other: "port".into() }),
            ([_, _, ..], _) => Err(SettingError::BadValue {
                key: "server".into(),
                value: shown(&channel.server),
                allowed: "one address; a subscriber has one publisher".into(),
            }),
        }
    }

    /// All keys, for help and for editors of connection strings.
    pub fn keys() -> Vec<KeyInfo> {
        key_infos::<SubscriberSetup>()
    }

    /// The connection string that says the same. Keys with their default are left out.
    pub fn to_connection_string(&self) -> ConnectionString {
        write(self)
    }
}

impl FromStr for SubscriberSetup {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<SubscriberSetup, SettingError> {
        let mut setup = SubscriberSetup::default();
        setup.apply(text)?;
        Ok(setup)
    }
}

impl fmt::Display for SubscriberSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_connection_string().fmt(f)
    }
}

impl Subscriber {
    /// A subscriber that does what a connection string says: connects or listens, and subscribes if
    /// there is a filter in it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when something is wrong with the string, and those of
    /// [`set_up`](Self::set_up).
    pub fn open(
        engine: &Engine,
        connection_string: &str,
        handler: impl SubscriberHandler,
    ) -> Result<Subscriber, Error> {
        let setup: SubscriberSetup = connection_string.parse()?;
        setup.endpoint()?;
        let subscriber = Subscriber::new(engine, handler);
        subscriber.set_up(&setup)?;
        Ok(subscriber)
    }

    /// Does what `setup` says: subscribes if there is a filter in it, and connects or listens.
    ///
    /// # Errors
    ///
    /// Those of [`subscribe`](Self::subscribe), [`connect`](Self::connect) and
    /// [`listen`](Self::listen); [`Error::InvalidArgument`] when `setup` does not say which.
    pub fn set_up(&self, setup: &SubscriberSetup) -> Result<(), Error> {
        let endpoint = setup.endpoint()?;
        self.check_idle()?;
        if !setup.subscription.filter.trim().is_empty() {
            self.subscribe(setup.subscription.clone())?;
        }
        match endpoint {
            Endpoint::Connect(address) => self.connect(&address, setup.settings.clone()),
            Endpoint::Listen(address) => self.listen(&address, setup.settings.clone()),
        }
    }
}

impl Connects for SubscriberSetup {
    fn channel(&self) -> &CommandChannel {
        &self.command_channel
    }

    fn channel_mut(&mut self) -> &mut CommandChannel {
        &mut self.command_channel
    }

    fn reconnect(&self) -> &ReconnectSettings {
        &self.settings.reconnect
    }

    fn reconnect_mut(&mut self) -> &mut ReconnectSettings {
        &mut self.settings.reconnect
    }
}

impl Setup for SubscriberSetup {
    const ROLE: &'static str = "subscriber";
    const KEYS: &'static [Key<SubscriberSetup>] = KEYS;
    const FOREIGN: &'static [Foreign] = OF_SUBSCRIBERS;

    fn check(&self) -> Result<(), SettingError> {
        if self.command_channel != CommandChannel::default() {
            self.command_channel.check_interface()?;
        }
        if !self.command_channel.server.is_empty() {
            self.endpoint()?;
        }
        check_reconnect(&self.settings.reconnect)?;
        if self.subscription.stop_time.is_some() && self.subscription.start_time.is_none() {
            return Err(SettingError::Unusable(
                "stopTimeConstraint is the end of historical data; give startTimeConstraint, their beginning, too"
                    .into(),
            ));
        }
        let recovery = &self.settings.recovery;
        if recovery.maximum_span < recovery.minimum_span {
            return Err(SettingError::BadValue {
                key: "dataGapRecovery.maximumRecoverySpan".into(),
                value: seconds_text(recovery.maximum_span),
                allowed: format!(
                    "as much as minimumRecoverySpan, {}, or more",
                    seconds_text(recovery.minimum_span)
                ),
            });
        }
        self.settings.check().map_err(|error| SettingError::Unusable(error.to_string()))
    }
}

/// A time of the Subscribe command, which has it in seconds.
macro_rules! asked_seconds {
    ($field:ident, $least:expr) => {
        Value::Seconds {
            least: $least,
            most: LONGEST,
            get: |setup| seconds_of(setup.subscription.$field),
            set: |setup, time| setup.subscription.$field = time.as_secs_f64(),
        }
    };
}

/// A point in time, empty for none.
macro_rules! time {
    ($field:ident) => {
        Value::Text {
            form: "a time: *, *-20m, 2026-01-31 08:30:00",
            get: |setup| setup.subscription.$field.clone().unwrap_or_default(),
            set: |setup, text| {
                if !text.is_empty() {
                    text.parse::<TimeExpression>().map_err(|_| TIME_FORM)?;
                }
                setup.subscription.$field = present(text);
                Ok(())
            },
        }
    };
}

/// A text that lives at `$field`.
macro_rules! text {
    ($form:literal, $($field:ident).+) => {
        Value::Text {
            form: $form,
            get: |setup| setup.$($field).+.clone(),
            set: |setup, text| {
                text.clone_into(&mut setup.$($field).+);
                Ok(())
            },
        }
    };
}

const TIME_FORM: &str = "* for now, *-20m or *+10s relative to it, or YYYY-MM-DD HH:MM:SS[.fffffff]";
const ONE_MILLISECOND: Duration = Duration::from_millis(1);
/// Longest span of a gap: about 300 years.
const LONGEST_SPAN: Duration = Duration::from_secs(10_000_000_000);

/// Lets the compiler know whose key it is before its modifiers follow.
pub(super) const fn key(
    name: &'static str,
    text: &'static str,
    value: Value<SubscriberSetup>,
) -> Key<SubscriberSetup> {
    Key::new(name, text, value)
}

const KEYS: &[Key<SubscriberSetup>] = &[
    server("The publisher to connect to, host:port"),
    port(),
    interface(),
    key(
        "commandChannel",
        "server, port and interface, where other implementations have them",
        Value::Group { keys: &[server("As server"), port(), interface()], bare: None },
    )
    .repeats_others(),
    key("version", "Protocol version", VERSION)
        .or(&["protocolVersion"])
        .c(&["sttp_subscriber_set_protocol_version"]),
    auto_reconnect().c(&["sttp_subscriber_set_reconnect"]),
    retry_interval().c(&["sttp_subscriber_set_reconnect"]),
    max_retry_interval().c(&["sttp_subscriber_set_reconnect"]),
    max_retries().c(&["sttp_subscriber_set_reconnect"]),
    key(
        "dataLossInterval",
        "A connection without any byte for so long is lost; 0 for never",
        Value::Seconds {
            least: Duration::ZERO,
            most: LONGEST,
            get: |setup| setup.settings.data_loss_timeout.unwrap_or_default(),
            set: |setup, time| setup.settings.data_loss_timeout = Some(time).filter(|time| !time.is_zero()),
        },
    )
    .c(&["sttp_subscriber_set_data_loss_timeout"]),
    key(
        "maxFrameSize",
        "Largest message that is accepted",
        integer!(settings.max_frame_size, 65_536, i64::MAX, "bytes"),
    )
    .c(&["sttp_subscriber_set_max_frame_size"]),
    key(
        "readQueue",
        "Measurements that are kept to be read, in place of callbacks; 0 for callbacks",
        integer!(settings.read_queue, 0, i64::MAX, "measurements"),
    )
    .c(&["sttp_subscriber_set_read_queue"]),
    key(
        "compression",
        "Compressed measurements (TSSC); those by UDP never are",
        flag!(settings.compress_payload),
    )
    .or(&["compressPayloadData"])
    .c(&["sttp_subscriber_set_payload_compression"]),
    key("compressMetadata", "Compressed metadata and signal lists (GZip)", flag!(settings.gzip))
        .or(&["gzip"])
        .c(&["sttp_subscriber_set_gzip"]),
    key(
        "compressionModes",
        "TSSC for compression, GZip for compressMetadata, both with a comma, or None",
        COMPRESSION_MODES,
    )
    .repeats_others(),
    key("synchronizeMetadata", "Request the metadata on each connection", flag!(settings.request_metadata))
        .or(&["autoSynchronizeMetadata"])
        .c(&["sttp_subscriber_set_metadata_on_connect"]),
    key(
        "metadataFilters",
        "Filter statements for that request, with semicolons between them; empty for everything",
        text!("filter statements", settings.metadata_filters),
    )
    .c(&["sttp_subscriber_set_metadata_on_connect"]),
    key(
        "receiveInternalMetadata",
        "Metadata of the publisher's own devices",
        flag!(settings.internal_metadata),
    ),
    key(
        "receiveExternalMetadata",
        "Metadata of devices that the publisher has from others",
        flag!(settings.external_metadata),
    ),
    key(
        "followConfiguration",
        "Request the metadata and subscribe again when the publisher's configuration changes",
        flag!(settings.follow_configuration),
    )
    .c(&["sttp_subscriber_set_follow_configuration"]),
    key(
        "dataChannel",
        "Measurements by UDP: keys in braces, or just a port",
        Value::Group { keys: data_channel::KEYS, bare: Some("port") },
    ),
    key(
        "filterExpression",
        "What to subscribe: filter statements, measurement keys, signal IDs, point tags",
        text!("a filter expression", subscription.filter),
    )
    .or(&["outputMeasurements", "inputMeasurementKeys"]),
    key(
        "throttled",
        "Only the latest value of each signal, once per publishInterval",
        flag!(subscription.throttled),
    )
    .c(&["sttp_subscriber_set_throttled"]),
    key(
        "publishInterval",
        "Interval of a throttled subscription; 0 leaves it to the publisher",
        asked_seconds!(publish_interval, Duration::ZERO),
    )
    .c(&["sttp_subscriber_set_throttled"]),
    key("includeTime", "Measurements with their times", flag!(subscription.include_time))
        .c(&["sttp_subscriber_set_include_time"]),
    key(
        "enableTimeReasonabilityCheck",
        "Mark times outside lagTime and leadTime",
        flag!(subscription.check_time_reasonability),
    )
    .c(&["sttp_subscriber_set_time_reasonability"]),
    key("lagTime", "How far in the past a time is reasonable", asked_seconds!(lag_time, ONE_MILLISECOND))
        .c(&["sttp_subscriber_set_time_reasonability"]),
    key("leadTime", "How far in the future a time is reasonable", asked_seconds!(lead_time, ONE_MILLISECOND))
        .c(&["sttp_subscriber_set_time_reasonability"]),
    key(
        "useLocalClockAsRealTime",
        "Base times from the publisher's clock",
        flag!(subscription.use_local_clock),
    )
    .c(&["sttp_subscriber_set_local_clock"]),
    key(
        "useMillisecondResolution",
        "Times of whole milliseconds where that saves bytes",
        flag!(subscription.millisecond_resolution),
    )
    .c(&["sttp_subscriber_set_millisecond_resolution"]),
    key(
        "requestNaNValueFilter",
        "Without measurements that are not a number",
        flag!(subscription.nan_filter),
    )
    .c(&["sttp_subscriber_set_nan_filter"]),
    key("startTimeConstraint", "First time of historical data; empty for live data", time!(start_time))
        .c(&["sttp_subscriber_set_history_window"]),
    key("stopTimeConstraint", "Last time of historical data; empty for no end", time!(stop_time))
        .c(&["sttp_subscriber_set_history_window"]),
    key("timeConstraintParameters", "Text for the source of historical data", TIME_PARAMETERS)
        .c(&["sttp_subscriber_set_history_parameters"]),
    key(
        "processingInterval",
        "Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher likes",
        integer!(subscription.processing_interval, -1, i32::MAX as i64, "milliseconds"),
    )
    .c(&["sttp_subscriber_set_processing_interval"]),
    key(
        "bufferBlockRetransmissionTimeout",
        "Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher",
        Value::Seconds {
            least: Duration::ZERO,
            most: LONGEST,
            get: |setup| seconds_of(setup.subscription.buffer_block_timeout.unwrap_or_default()),
            set: |setup, time| {
                setup.subscription.buffer_block_timeout =
                    Some(time.as_secs_f64()).filter(|seconds| *seconds > 0.0);
            },
        },
    ),
    key(
        "assemblyInfo",
        "Who subscribes, for the publisher's display",
        Value::Group {
            keys: &[
                key("source", "Name of the program", text!("a text", subscription.assembly.source)),
                key("version", "Its version", text!("a text", subscription.assembly.version)),
                key("updatedOn", "Date of that version", text!("a text", subscription.assembly.updated_on)),
            ],
            bare: None,
        },
    ),
    key(
        "extraParameters",
        "Parameters of the subscription that only the publisher knows: keys in braces",
        EXTRA,
    )
    .or(&["extraConnectionStringParameters"])
    .c(&["sttp_subscriber_set_subscription_parameter"]),
    key(
        "dataGapRecovery",
        "Fetch what was missed while a connection was lost",
        Value::Group { keys: RECOVERY, bare: None },
    ),
    key(
        "outageLog",
        "File that remembers over the end of the program what is still missing; empty for none",
        text!("a file", settings.outage_log),
    )
    .c(&["sttp_subscriber_set_outage_log"]),
    key("latencyStatistics", "Measure how late measurements arrive", flag!(settings.latency_statistics))
        .c(&["sttp_subscriber_set_latency_statistics"]),
    key("signalStatistics", "Count the measurements of each signal", flag!(settings.signal_statistics))
        .c(&["sttp_subscriber_set_signal_statistics"]),
    key(
        "statisticsInterval",
        "Length of the intervals that rates and latencies are of",
        seconds!(settings.statistics_interval, Duration::from_millis(10)),
    )
    .c(&["sttp_subscriber_set_statistics_interval"]),
];

const RECOVERY: &[Key<SubscriberSetup>] = &[
    key("enabled", "Recover at all", flag!(settings.recovery.enabled)).c(&["sttp_subscriber_set_recovery"]),
    key(
        "recoveryStartDelay",
        "Wait so long after measurements flow again",
        seconds!(settings.recovery.start_delay, Duration::ZERO),
    )
    .c(&["sttp_subscriber_set_recovery_delay"]),
    key(
        "dataMonitoringInterval",
        "A recovery that gets nothing for so long is given up",
        seconds!(settings.recovery.monitor_interval, Duration::from_millis(100)),
    )
    .c(&["sttp_subscriber_set_recovery_delay"]),
    key(
        "minimumRecoverySpan",
        "Shorter gaps are not recovered",
        seconds!(settings.recovery.minimum_span, Duration::ZERO, LONGEST_SPAN),
    )
    .c(&["sttp_subscriber_set_recovery_span"]),
    key(
        "maximumRecoverySpan",
        "Longer gaps are not recovered",
        seconds!(settings.recovery.maximum_span, Duration::ZERO, LONGEST_SPAN),
    )
    .c(&["sttp_subscriber_set_recovery_span"]),
    key("startRecoveryBuffer", "From so long before the gap, a number that is not positive", START_BUFFER)
        .c(&["sttp_subscriber_set_recovery_buffers"]),
    key(
        "endRecoveryBuffer",
        "Until so long after the gap",
        seconds!(settings.recovery.end_buffer, Duration::ZERO),
    )
    .c(&["sttp_subscriber_set_recovery_buffers"]),
    key(
        "recoveryProcessingInterval",
        "Pace, for each step; 0 as fast as possible, -1 as the publisher likes",
        integer!(settings.recovery.processing_interval, -1, i32::MAX as i64, "milliseconds"),
    )
    .c(&["sttp_subscriber_set_recovery_pace"]),
];

const VERSION: Value<SubscriberSetup> = Value::Integer {
    least: 1,
    most: 3,
    unit: "a version",
    get: |setup| i64::from(setup.settings.version as u32),
    set: |setup, number| {
        let version = u32::try_from(number).ok().and_then(Version::from_number);
        setup.settings.version = version.unwrap_or(setup.settings.version);
    },
};

const COMPRESSION_MODES_FORM: &str = "None, GZip or TSSC, or both with a comma";

const COMPRESSION_MODES: Value<SubscriberSetup> = Value::Text {
    form: COMPRESSION_MODES_FORM,
    get: |setup| match (setup.settings.gzip, setup.settings.compress_payload) {
        (true, true) => "GZip, TSSC".to_owned(),
        (true, false) => "GZip".to_owned(),
        (false, true) => "TSSC".to_owned(),
        (false, false) => "None".to_owned(),
    },
    set: |setup, text| {
        let (mut gzip, mut payload) = (false, false);
        for mode in text.split(',').map(str::trim) {
            match mode.to_ascii_lowercase().as_str() {
                "gzip" => gzip = true,
                "tssc" => payload = true,
                "none" => {}
                _ => return Err(COMPRESSION_MODES_FORM.to_owned()),
            }
        }
        setup.settings.gzip = gzip;
        setup.settings.compress_payload = payload;
        Ok(())
    },
};

const TIME_PARAMETERS: Value<SubscriberSetup> = Value::Text {
    form: "a text",
    get: |setup| setup.subscription.time_parameters.clone().unwrap_or_default(),
    set: |setup, text| {
        setup.subscription.time_parameters = present(text);
        Ok(())
    },
};

/// Other implementations write it as an offset from the beginning of the gap.
const START_BUFFER: Value<SubscriberSetup> = Value::Text {
    form: "seconds, 0 or less",
    get: |setup| {
        let sign = if setup.settings.recovery.start_buffer.is_zero() { "" } else { "-" };
        format!("{sign}{}", seconds_text(setup.settings.recovery.start_buffer))
    },
    set: |setup, text| {
        let time = text.strip_prefix('-').and_then(read_seconds);
        let time = time.or_else(|| read_seconds(text).filter(|time| time.is_zero()));
        let time = time.filter(|time| *time <= LONGEST);
        setup.settings.recovery.start_buffer = time.ok_or("seconds, 0 or less, as -20")?;
        Ok(())
    },
};

const EXTRA: Value<SubscriberSetup> = Value::Text {
    form: "keys in braces",
    get: |setup| setup.subscription.extra.to_string(),
    set: |setup, text| {
        setup.subscription.extra = extra_parameters(text)?;
        Ok(())
    },
};

/// Parameters that are none of the library's own.
fn extra_parameters(text: &str) -> Result<ConnectionString, String> {
    let keys = reader::key_values(text).map_err(|error| format!("keys in braces ({error})"))?;
    for (key, _) in keys.iter() {
        if key.contains(['{', '}']) {
            return Err(format!("keys without braces, unlike {}", shown(key)));
        }
        if KEYS.iter().any(|known| known.is(key)) {
            return Err(format!("parameters that libsttp does not know; {} is a key of its own", shown(key)));
        }
    }
    Ok(keys)
}

fn present(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
