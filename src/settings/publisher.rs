//! What a publisher can be told.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use uuid::Uuid;

use super::access::AccessSettings;
use super::command_channel::CommandChannel;
use super::error::SettingError;
use super::foreign::{Foreign, OF_PUBLISHERS};
use super::limits::LimitSettings;
use super::macros::{settings, value};
use super::part::Part;
use super::policies::{Encryption, NanFilter, Overflow};
use super::reconnect::ReconnectSettings;
use super::row::{ANY, LONGEST_MILLISECONDS, Row, Value};
use super::security::SecuritySettings;
use super::setup::setup;
use super::table::{Setup, Table};

/// Largest datagram of measurements that every subscriber accepts, in bytes.
pub const LARGEST_DATAGRAM: usize = 32_768;
/// Smallest useful one, in bytes: room for a dozen measurements.
pub const SMALLEST_DATAGRAM: usize = 256;
/// Fits an Ethernet frame, with room for the headers of IPv6, of UDP and of a tunnel.
const DEFAULT_DATAGRAM: usize = 1400;
/// Least limit of a send queue in bytes: two packets of the largest size.
pub const SMALLEST_SEND_QUEUE: usize = 64 << 10;
/// Least limit of what waits for the engine, in measurements: what one round of it takes.
const SMALLEST_BACKLOG: usize = 1 << 16;
/// Keys do not change more often than that.
pub(crate) const SHORTEST_ROTATION: Duration = Duration::from_secs(1);

settings! {
    /// Limits of a publisher, and what subscribers may ask for.
    pub struct PublisherSettings: Copy Eq {
        /// ID of this publisher; empty for none.
        ///
        /// The metadata that it publishes have it where a device has no NodeID, and ActiveMeasurements as SourceNodeID:
        /// subscribers of several publishers tell them apart by it. It should stay the same from run to run.
        node_id: Uuid = Uuid::nil() => custom("nodeId"; NODE_ID),
        /// Subscribers get the metadata that they ask for.
        ///
        /// Else they are refused, and get measurements all the same.
        allow_metadata: bool = true => flag("allowMetadataRefresh"),
        /// Connections that are accepted at a time; 0 for no limit.
        ///
        /// More are refused. Unless it is 0, connections take no more than three quarters of the descriptors that the
        /// process may have (`ulimit -n`), so that some are left to the program.
        max_connections: usize = 10_000
            => integer("maxConnections" or "maxClientConnections"; 0, u32::MAX as i64, "connections"),
        /// So many of the maxConnections, the last ones, are only for subscribers that are known.
        ///
        /// Those of the rights, those with a certificate, and those that the program has let in. However many strangers
        /// connect, these get a place.
        kept_connections: usize = 0 => integer("keptConnections"; 0, u32::MAX as i64, "connections"),
        /// Connections that are accepted at a time from one address; 0 for no limit.
        ///
        /// More are refused, so that one machine, or those behind one router, cannot take all connections. IPv6
        /// addresses of one /64 network count as one. Where the descriptors of the process bound the connections, one
        /// address has half of them at most, unless this is 0.
        max_connections_per_address: usize = 2_000
            => integer("maxConnectionsPerAddress"; 0, u32::MAX as i64, "connections"),
        /// Measurements that may wait to be sent on each connection.
        ///
        /// Metadata and other answers are not counted; where publishing waits for slow subscribers, the last
        /// packets may go beyond it.
        send_queue_limit: usize = 8 << 20 => integer("sendQueueLimit"; SMALLEST_SEND_QUEUE as i64, ANY, "bytes"),
        /// Measurements that have waited so long for the engine are dropped.
        ///
        /// The oldest first, and counted; it does not keep up then. Not where publishing waits for slow
        /// subscribers.
        longest_backlog: Duration = Duration::from_secs(5) => seconds("longestBacklog"; Duration::from_millis(100)),
        /// Measurements that may wait for the engine.
        ///
        /// More are dropped, the oldest first, and counted. Each takes 24 bytes. Not where publishing waits for slow
        /// subscribers: there fewer wait.
        max_backlog: usize = 1 << 20 => integer("maxBacklog"; SMALLEST_BACKLOG as i64, ANY, "measurements"),
        /// Threads that publish may send to a few subscribers themselves, which saves waking the engine.
        ///
        /// That saves some 30 to 70 microseconds, and the call that publishes takes that much longer. It is done
        /// only where it holds up nobody: on an engine with one thread of its own, for up to 4 connections, 4096
        /// measurements and a thousand calls a second, and as long as every subscriber keeps up; all else is left
        /// to the engine. Callbacks are never called by a thread that publishes.
        direct_sending: bool = true => flag("directSending"),
        /// What happens to slow subscribers.
        overflow: Overflow = Overflow::DropOldest => part(),
        /// Whether measurements that are not a number are left out.
        nan_filter: NanFilter = NanFilter::Allowed => part(),
        /// Shorter times, as offsets from base times, in measurements that are not compressed.
        ///
        /// 4 bytes, or 2 for subscribers that ask for millisecond resolution, in place of 8. Historical data, and
        /// what goes by UDP, always have 8-byte times. By the rules of the protocol two base times take turns,
        /// after 7 minutes, or after one for millisecond resolution. One implementation's subscriber (sttpapi with
        /// NumPy 2) breaks its connection when the second comes into use; all others that are known understand
        /// both.
        base_times: bool = false => flag("useBaseTimeOffsets"),
        /// Buffer blocks are sent again when not confirmed for so long.
        ///
        /// Unless a subscriber asks for another time.
        buffer_block_timeout: Duration = Duration::from_secs(5)
            => seconds("bufferBlockRetransmissionTimeout"; Duration::from_millis(100)),
        /// Encryption of measurements.
        encryption: EncryptionSettings = EncryptionSettings::default() => part(),
        /// Measurements by UDP.
        udp: UdpSettings = UdpSettings::default() => part(),
        /// What subscribers may cost.
        limits: LimitSettings = LimitSettings::default() => part(),
        /// The latest measurement of each signal is sent to a new subscriber at once.
        ///
        /// So that it need not wait for signals that change seldom. They come before all others, with the flag
        /// LateTimeAlarm (0x00040000) beside their own; compact measurements have all flags of times then. Not to multicast
        /// groups, nor with historical data.
        cached_values: bool = false => flag("cachedValues"),
        /// How long measurements are kept in memory for subscribers of historical data; 0 keeps none.
        history_duration: Duration = Duration::ZERO => seconds("historyDuration"; Duration::ZERO),
        /// Memory that they may take; the oldest are dropped first.
        ///
        /// They are compressed.
        history_limit: usize = 256 << 20 => integer("historyLimit"; 1 << 20, ANY, "bytes"),
    }
}

const NODE_ID_FORM: &str = "a GUID, as 12345678-9abc-def0-1234-56789abcdef0";

const NODE_ID: Value<PublisherSettings> = Value::Text {
    form: NODE_ID_FORM,
    get: |settings| match settings.node_id.is_nil() {
        true => String::new(),
        false => settings.node_id.to_string(),
    },
    set: |settings, text| {
        settings.node_id = match text {
            "" => Uuid::nil(),
            _ => Uuid::parse_str(text).map_err(|_| NODE_ID_FORM)?,
        };
        Ok(())
    },
};

impl PublisherSettings {
    /// With every number within its bounds.
    pub(crate) fn within_limits(mut self) -> PublisherSettings {
        self.limit();
        self
    }
}

settings! {
    /// Encryption of measurements. The keys go to subscribers by TCP, where anyone who sees the
    /// packets can read them unless the connection has TLS. Not every implementation's subscriber can
    /// decrypt.
    pub struct EncryptionSettings: Copy Eq {
        /// Measurements that are encrypted: none, those by UDP, or all.
        ///
        /// With AES-256 in CBC mode. The keys go to each subscriber by TCP in the clear: unless that connection is
        /// protected (TLS), this hides measurements only from those who do not see it; and nothing protects them
        /// from being changed. Only subscribers of this library and of the reference implementation (GSF) can
        /// decrypt; for others leave it off.
        scope: Encryption = Encryption::Off => choice("encryptPayload"; ENCRYPTIONS),
        /// Subscribers get new keys after so long.
        rotation: Duration = Duration::from_secs(60)
            => integer("cipherKeyRotationPeriod"; SHORTEST_ROTATION.as_millis() as i64, LONGEST_MILLISECONDS, "milliseconds"),
    }
}

const ENCRYPTIONS: [(&str, Encryption); 3] =
    [("false", Encryption::Off), ("udp", Encryption::Udp), ("true", Encryption::All)];

settings! {
    /// What a publisher sends by UDP.
    pub struct UdpSettings: Copy Eq {
        /// Subscribers may have measurements by UDP.
        ///
        /// Else they are refused when they ask for it.
        enabled: bool = true => flag("allowUdp"),
        /// Largest datagram.
        ///
        /// Datagrams that do not fit what the network carries in one piece are lost more often. A single buffer
        /// block may be larger.
        datagram_size: usize = DEFAULT_DATAGRAM
            => integer("datagramSize"; SMALLEST_DATAGRAM as i64, LARGEST_DATAGRAM as i64, "bytes"),
        /// Subscribers may have measurements by multicast.
        ///
        /// An extension of this library. The first member of a group and port decides what it carries; those who
        /// ask for something else are refused. Measurements for a group are never encrypted. On an engine with
        /// several threads, one of them serves all connections that are made while this is set.
        multicast: bool = false => flag("allowMulticast"),
        /// With securityMode=TLS, measurements by UDP may go unencrypted.
        ///
        /// Datagrams go beside the TLS session. Without this, encryptPayload=false is udp there.
        clear_with_tls: bool = false => flag("allowClearUdp"),
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        multicast_ttl: u8 = 1 => integer("multicastTtl"; 1, 255, "routers"),
    }
}

settings! {
    /// Everything that a connection string can tell a publisher. Read one with
    /// [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the earlier.
    pub struct PublisherSetup: Eq {
        /// Where to listen, and which subscribers to connect to.
        command_channel: CommandChannel = CommandChannel::default() => part(),
        /// What happens when a connection that the publisher makes is lost.
        reconnect: ReconnectSettings = ReconnectSettings::default() => part(),
        /// Who may connect, by address.
        access: AccessSettings = AccessSettings::default() => part(),
        /// A file that says which subscribers are let in, and what each may.
        ///
        /// docs/security.md tells how it is written. It is read again when it changes. Without it, everybody who is let
        /// in may everything.
        rights_file: String = String::new() => text("rightsFile"; "a file"),
        /// How the connections are secured.
        security: SecuritySettings = SecuritySettings::default() => part(),
        /// What subscribers are granted.
        settings: PublisherSettings = PublisherSettings::default() => part(),
    }
    also Row::new(
        "commandChannel",
        "server, port and interface, where other implementations have them.",
        value!(PublisherSetup, command_channel, group, None)
    )
    .repeats_others();
}

setup!(PublisherSetup);

impl PublisherSetup {
    /// The address to listen on, if there is a port to listen on.
    pub fn listening(&self) -> Option<String> {
        self.command_channel.listening()
    }

    /// The file of rights, if there is one.
    pub fn file_of_rights(&self) -> Option<&Path> {
        Some(self.rights_file.trim()).filter(|file| !file.is_empty()).map(Path::new)
    }

    /// The addresses of the subscribers to connect to; may be none.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when a server is no address.
    pub fn subscribers(&self) -> Result<Vec<String>, SettingError> {
        self.command_channel.servers()
    }

    /// There is a port to listen on or a subscriber to connect to.
    pub(crate) fn check_runs(&self) -> Result<(), SettingError> {
        if self.listening().is_some() || !self.subscribers()?.is_empty() {
            return Ok(());
        }
        Err(SettingError::Unusable(
            "connection string does not say where subscribers are; give port=PORT to listen, or server=host:port to \
             connect"
                .into(),
        ))
    }
}

impl Setup for PublisherSetup {
    const ROLE: &'static str = "publisher";
    const FOREIGN: &'static [Foreign] = OF_PUBLISHERS;

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&PublisherSetup::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        self.command_channel.servers()?;
        self.command_channel.check_interface()?;
        self.security.tolerated()?;
        self.reconnect.check()
    }
}
