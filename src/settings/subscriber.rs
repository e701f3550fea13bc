//! What a subscriber can be told.

use std::sync::LazyLock;
use std::time::Duration;

use super::access::AccessSettings;
use super::command_channel::CommandChannel;
use super::error::{SettingError, shown};
use super::foreign::{Foreign, OF_SUBSCRIBERS};
use super::gsf;
use super::macros::{settings, value};
use super::reception::UdpReception;
use super::reconnect::ReconnectSettings;
use super::recovery::RecoverySettings;
use super::row::{ANY, LONGEST, Row, Value};
use super::security::SecuritySettings;
use super::setup::setup;
use super::subscription::SubscriptionOptions;
use super::table::{Setup, Table};
use super::values::seconds_text;
use crate::wire::Version;

settings! {
    /// How a subscriber connects and what it asks of the publisher.
    pub struct SubscriberSettings: {
        /// Protocol version.
        ///
        /// Every publisher speaks version 2.
        version: Version = Version::V2 => integer("version" or "protocolVersion"; 1, 3, "a version"),
        /// What happens when a connection is lost or cannot be made.
        reconnect: ReconnectSettings = ReconnectSettings::default() => part(),
        /// A connection without any byte for so long, 6 at least, is lost; 0 for never.
        ///
        /// Publishers that have nothing else to send send a keep-alive every five seconds: in less time than that an
        /// idle connection cannot be told from a lost one. With TLS bytes of a record in part count, too.
        data_loss_timeout: Option<Duration> = Some(Duration::from_secs(20))
            => custom("dataLossInterval"; DATA_LOSS_INTERVAL),
        /// How long the publisher may take to answer, and the rest of a record of TLS to arrive.
        ///
        /// Answered are requests for metadata, subscriptions, and operational modes of version 3. Then the
        /// connection is given up, and made again as after any other loss. An answer underway may take longer, while
        /// 1 KiB of it arrives in that time.
        answer_timeout: Duration = Duration::from_secs(60) => seconds("answerTimeout"; Duration::from_secs(1)),
        /// Largest message that is accepted.
        ///
        /// A larger one ends the connection.
        max_frame_size: usize = 128 << 20 => integer("maxFrameSize"; 65_536, ANY, "bytes"),
        /// Largest metadata that are accepted, after decompression.
        ///
        /// A thousand bytes for each signal, roughly. Larger ones are told as a failure of their request.
        max_metadata_size: usize = 512 << 20 => integer("maxMetadataSize"; 65_536, ANY, "bytes"),
        /// Measurements that are kept to be read, in place of callbacks; 0 for callbacks.
        ///
        /// While so many wait, nothing is received: the publisher decides what it does with a slow
        /// subscriber. Each takes 40 bytes.
        read_queue: usize = 0 => integer("readQueue"; 0, ANY, "measurements"),
        /// Compressed measurements (TSSC); those by UDP never are.
        compress_payload: bool = true => flag("compression" or "compressPayloadData"),
        /// Compressed metadata (GZip).
        compress_metadata: bool = true => flag("compressMetadata"),
        /// Compressed signal index caches, the lists of subscribed signals (GZip).
        compress_signal_index_cache: bool = true => flag("compressSignalIndexCache"),
        /// Request the metadata on each connection.
        ///
        /// That is done before the subscription.
        request_metadata: bool = true => flag("synchronizeMetadata" or "autoSynchronizeMetadata"),
        /// Filter statements for that request, with semicolons between them; empty for everything.
        ///
        /// As `FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'`.
        metadata_filters: String = String::new() => text("metadataFilters"; "filter statements"),
        /// Metadata of the publisher's own devices.
        internal_metadata: bool = true => flag("receiveInternalMetadata"),
        /// Metadata of devices that the publisher has from others.
        external_metadata: bool = true => flag("receiveExternalMetadata"),
        /// Request the metadata and subscribe again when the publisher's configuration changes.
        ///
        /// So that signals which the filter now selects come too. The metadata are requested if that is also
        /// done on each connection. The application is told of the change all the same.
        follow_configuration: bool = false => flag("followConfiguration"),
        /// Measurements by UDP: keys in braces, or just a port.
        ///
        /// Only datagrams from the publisher's address are taken, by a socket that is open while there is a
        /// subscription.
        udp: Option<UdpReception> = None => group("dataChannel"; Some("port")),
        /// Fetch what was missed while a connection was lost.
        recovery: RecoverySettings = RecoverySettings::default() => group("dataGapRecovery"; None),
        /// File that remembers over the end of the program what is still missing; empty for none.
        ///
        /// A later run of the program recovers it, the time in between included. A run that ended without
        /// notice may repeat what was delivered in its last five seconds; one that waits until it is
        /// disconnected repeats nothing. The file has a line `start;stop` for each gap; a missing stop means
        /// until now. A third field names signals whose clock differs. No other subscriber may use it. A file that cannot be used is told as a message.
        outage_log: String = String::new() => text("outageLog"; "a file"),
        /// Measure how late measurements arrive.
        ///
        /// At the cost of a look at the clock for each packet.
        latency_statistics: bool = false => flag("latencyStatistics"),
        /// Count the measurements of each signal.
        signal_statistics: bool = false => flag("signalStatistics"),
        /// Length of the intervals that rates and latencies are of.
        statistics_interval: Duration = Duration::from_secs(1)
            => seconds("statisticsInterval"; Duration::from_millis(10)),
    }
    also GZIP, COMPRESSION_MODES;
}

/// Period of the keep-alives that every publisher sends.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// What a keep-alive may be late.
const LATENESS: Duration = Duration::from_secs(1);

/// Less than the period of keep-alives would restart idle connections for ever.
const DATA_LOSS_INTERVAL: Value<SubscriberSettings> = Value::Seconds {
    least: Duration::ZERO,
    most: LONGEST,
    get: |settings| settings.data_loss_timeout.unwrap_or_default(),
    set: |settings, time| {
        let timeout = (!time.is_zero()).then_some(time);
        if let Some(allowed) = too_short(timeout) {
            return Err(allowed);
        }
        settings.data_loss_timeout = timeout;
        Ok(())
    },
};

/// What is allowed in place of a time-out that would end idle connections.
fn too_short(timeout: Option<Duration>) -> Option<String> {
    let least = KEEP_ALIVE + LATENESS;
    timeout.filter(|timeout| *timeout < least).map(|_| {
        format!(
            "seconds, 0 for never, or {} and more: an idle publisher sends a keep-alive every {} seconds, so that less \
             would end idle connections again and again",
            seconds_text(least),
            seconds_text(KEEP_ALIVE)
        )
    })
}

const GZIP: Row<SubscriberSettings> = Row::new(
    "gzip",
    "compressMetadata and compressSignalIndexCache together.",
    Value::Flag { get: SubscriberSettings::uses_gzip, set: SubscriberSettings::set_gzip },
)
.repeats_others();

const COMPRESSION_MODES: Row<SubscriberSettings> = Row::new(
    "compressionModes",
    "TSSC for compression, GZip for gzip, both with a comma, or None.",
    Value::Text {
        form: COMPRESSION_MODES_FORM,
        get: |settings: &SubscriberSettings| match (settings.uses_gzip(), settings.compress_payload) {
            (true, true) => "GZip, TSSC".to_owned(),
            (true, false) => "GZip".to_owned(),
            (false, true) => "TSSC".to_owned(),
            (false, false) => "None".to_owned(),
        },
        set: |settings, text| {
            let (mut gzip, mut payload) = (false, false);
            for mode in text.split(',').map(str::trim) {
                match mode.to_ascii_lowercase().as_str() {
                    "gzip" => gzip = true,
                    "tssc" => payload = true,
                    "none" => {}
                    _ => return Err(COMPRESSION_MODES_FORM.to_owned()),
                }
            }
            settings.set_gzip(gzip);
            settings.compress_payload = payload;
            Ok(())
        },
    },
)
.repeats_others();

const COMPRESSION_MODES_FORM: &str = "None, GZip or TSSC, or both with a comma";

impl SubscriberSettings {
    /// The same with metadata and signal index caches compressed, or neither.
    #[must_use]
    pub fn gzip(mut self, gzip: bool) -> SubscriberSettings {
        self.set_gzip(gzip);
        self
    }

    fn uses_gzip(&self) -> bool {
        self.compress_metadata && self.compress_signal_index_cache
    }

    fn set_gzip(&mut self, gzip: bool) {
        (self.compress_metadata, self.compress_signal_index_cache) = (gzip, gzip);
    }

    /// What no row can see alone.
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        self.reconnect.check()?;
        self.recovery.check()?;
        if let Some(allowed) = too_short(self.data_loss_timeout) {
            return Err(SettingError::BadValue {
                key: "dataLossInterval".into(),
                value: seconds_text(self.data_loss_timeout.unwrap_or_default()),
                allowed,
            });
        }
        self.udp.iter().try_for_each(UdpReception::check)
    }
}

settings! {
    /// Everything that a connection string can tell a subscriber. Read one with
    /// [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the earlier.
    pub struct SubscriberSetup: {
        /// Whom to connect to, or where to listen.
        command_channel: CommandChannel = CommandChannel::default() => part(),
        /// Who may connect, by address.
        access: AccessSettings = AccessSettings::default() => part(),
        /// How the connections are secured.
        security: SecuritySettings = SecuritySettings::default() => part(),
        /// How to connect and what to ask of the publisher.
        settings: SubscriberSettings = SubscriberSettings::default() => part(),
        /// What to subscribe; nothing when its filter is empty.
        subscription: SubscriptionOptions = SubscriptionOptions::default() => part(),
    }
    also Row::new(
        "commandChannel",
        "server, port and interface, where other implementations have them.",
        value!(SubscriberSetup, command_channel, group, None)
    )
    .repeats_others();
}

setup!(SubscriberSetup);

/// Where the connection of a subscriber comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The subscriber connects to this address.
    Connect(String),
    /// The subscriber listens on this address.
    Listen(String),
}

impl SubscriberSetup {
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

    /// Parameters that only the publisher knows are none of the library's own.
    fn check_extra(&self) -> Result<(), SettingError> {
        let own = |(key, _): &(&str, &str)| Self::table().find(key).is_some();
        match self.subscription.extra.iter().find(own) {
            None => Ok(()),
            Some((key, _)) => Err(SettingError::BadValue {
                key: "extraParameters".into(),
                value: shown(&self.subscription.extra.to_string()),
                allowed: format!("parameters that libsttp does not know; {} is a key of its own", shown(key)),
            }),
        }
    }
}

impl Setup for SubscriberSetup {
    const ROLE: &'static str = "subscriber";
    const FOREIGN: &'static [Foreign] = OF_SUBSCRIBERS;

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&SubscriberSetup::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        self.command_channel.check_interface()?;
        if !self.command_channel.server.is_empty() {
            self.endpoint()?;
        }
        self.security.tolerated()?;
        self.settings.check()?;
        if self.subscription.stop_time.is_some() && self.subscription.start_time.is_none() {
            return Err(SettingError::Unusable(
                "stopTimeConstraint is the end of historical data; give startTimeConstraint, their beginning, too"
                    .into(),
            ));
        }
        self.check_extra()
    }

    fn meanings(pairs: &[(&str, &str)]) -> Result<Vec<Option<&'static str>>, SettingError> {
        gsf::meanings(pairs)
    }
}
