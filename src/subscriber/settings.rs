//! How a subscriber connects, and what can be learnt of it.

use std::net::IpAddr;
use std::time::Duration;

use crate::Ticks;
use crate::engine::{Interface, ReconnectSettings};
use crate::error::Error;
use crate::session::recovery::RecoverySettings;
use crate::session::subscriber::SessionSettings;
use crate::wire::Version;

/// How a subscriber connects and what it asks of the publisher.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriberSettings {
    /// Protocol version; every publisher speaks version 2.
    pub version: Version,
    /// Ask for TSSC-compressed measurements. Those by UDP never are.
    pub compress_payload: bool,
    /// Ask for GZip-compressed metadata and signal index caches.
    pub gzip: bool,
    /// Receive the metadata of the publisher's own devices.
    pub internal_metadata: bool,
    /// Receive the metadata of devices that the publisher has from others.
    pub external_metadata: bool,
    /// Ask for the metadata on each connection.
    pub request_metadata: bool,
    /// Filter statements for that request; empty asks for everything.
    pub metadata_filters: String,
    /// When the publisher says that its configuration has changed, request the metadata, if
    /// `request_metadata` is set, and subscribe again.
    pub follow_configuration: bool,
    /// Largest accepted frame in bytes. Metadata may be four times as large after decompression.
    pub max_frame_size: usize,
    /// A connection without any byte for so long is lost; `None` waits for ever.
    pub data_loss_timeout: Option<Duration>,
    /// What happens when the connection is lost or cannot be made.
    pub reconnect: ReconnectSettings,
    /// When not 0, measurements are kept for [`Subscriber::read`](super::Subscriber::read)
    /// instead of handed to the handler. While so many wait, the socket is not read.
    pub read_queue: usize,
    /// Fetch what was missed while the connection was lost, by temporal subscriptions on a second
    /// connection. Needs times in the measurements, and a publisher with historical data. Not
    /// where the publisher connects.
    pub recovery: RecoverySettings,
    /// File that remembers what is still missing over the end of the process; empty for none. No
    /// other subscriber may use it.
    pub outage_log: String,
    /// Ask for measurements by UDP. A publisher that cannot sends them by TCP, or refuses the
    /// subscription.
    pub udp: Option<UdpReception>,
    /// Measure how late measurements arrive, for
    /// [`Subscriber::latency_statistics`](super::Subscriber::latency_statistics). Looks at the
    /// clock once for each packet.
    pub latency_statistics: bool,
    /// Count the measurements of each signal, for
    /// [`Subscriber::signal_statistics`](super::Subscriber::signal_statistics).
    pub signal_statistics: bool,
    /// Length of the intervals that rates and latencies are of; 10 ms at least.
    pub statistics_interval: Duration,
}

/// How measurements are received by UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UdpReception {
    /// Port to receive on, 0 for any free one.
    pub port: u16,
    /// Bytes of datagrams that the system is asked to keep until they are read; it may have a
    /// limit. 0 leaves it to the system.
    pub receive_buffer: usize,
    /// Share measurements with other subscribers that want the same.
    pub multicast: Option<MulticastReception>,
}

/// How measurements are received by multicast, an extension that the publisher must have too.
/// All subscribers of a group and port have the same filter and options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MulticastReception {
    /// The group. [`UdpReception::port`] is its port, the same for all, and not 0.
    pub group: IpAddr,
    /// Where to join the group; `None` for the interface that leads to the publisher.
    pub interface: Option<Interface>,
}

impl Default for SubscriberSettings {
    fn default() -> SubscriberSettings {
        let session = SessionSettings::default();
        SubscriberSettings {
            version: session.version,
            compress_payload: session.compress_payload,
            gzip: session.gzip,
            internal_metadata: session.internal_metadata,
            external_metadata: session.external_metadata,
            request_metadata: true,
            metadata_filters: String::new(),
            follow_configuration: false,
            max_frame_size: session.max_frame_size,
            data_loss_timeout: session.data_loss_timeout,
            reconnect: ReconnectSettings::default(),
            read_queue: 0,
            recovery: RecoverySettings::default(),
            outage_log: String::new(),
            udp: None,
            latency_statistics: false,
            signal_statistics: false,
            statistics_interval: Duration::from_secs(1),
        }
    }
}

impl SubscriberSettings {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let Some(UdpReception { port, multicast: Some(multicast), .. }) = self.udp else { return Ok(()) };
        let refused = |text| Err(Error::InvalidArgument(text));
        if !multicast.group.is_multicast() {
            return refused(format!(
                "{} is no multicast group; give an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on",
                multicast.group
            ));
        }
        if port == 0 {
            return refused(
                "a multicast group needs a port that all its members use; give 1 to 65535".into(),
            );
        }
        Ok(())
    }

    pub(super) fn session(&self) -> SessionSettings {
        SessionSettings {
            version: self.version,
            compress_payload: self.compress_payload && self.udp.is_none(),
            gzip: self.gzip,
            internal_metadata: self.internal_metadata,
            external_metadata: self.external_metadata,
            max_frame_size: self.max_frame_size,
            data_loss_timeout: self.data_loss_timeout,
            ..SessionSettings::default()
        }
    }
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum ConnectionState {
    /// Not connected and not about to be.
    #[default]
    Idle = 0,
    /// A connection is being made.
    Connecting = 1,
    /// Connected, no measurements asked for or granted.
    Connected = 2,
    /// Connected, and the publisher has accepted the subscription.
    Subscribed = 3,
    /// The connection was lost or could not be made; the next attempt is due after a delay.
    Reconnecting = 4,
    /// No publisher is connected; the subscriber listens for one.
    Listening = 5,
}

impl ConnectionState {
    pub(super) fn from_u8(number: u8) -> ConnectionState {
        match number {
            1 => ConnectionState::Connecting,
            2 => ConnectionState::Connected,
            3 => ConnectionState::Subscribed,
            4 => ConnectionState::Reconnecting,
            5 => ConnectionState::Listening,
            _ => ConnectionState::Idle,
        }
    }
}

/// Counts of a subscriber over all its connections.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SubscriberStatistics {
    /// Measurements delivered.
    pub measurements: u64,
    /// Data packets delivered.
    pub packets: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Measurements not delivered, because their signal was not in the signal index cache.
    pub measurements_dropped: u64,
    /// Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change
    /// of signals, or without a signal index cache.
    pub packets_dropped: u64,
    /// Buffer blocks delivered.
    pub buffer_blocks: u64,
    /// Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that never came.
    pub buffer_blocks_lost: u64,
    /// Datagrams received.
    pub datagrams: u64,
    /// Datagrams not used: damaged, or not from the publisher.
    pub datagrams_rejected: u64,
    /// Connections made.
    pub connections: u64,
    /// Attempts to connect again.
    pub reconnects: u64,
    /// Connections closed at once, because another publisher was connected.
    pub connections_refused: u64,
    /// Gaps in the measurements, where they are recovered.
    pub gaps: u64,
    /// Gaps that were asked for to their end.
    pub gaps_recovered: u64,
    /// Gaps that were given up.
    pub gaps_abandoned: u64,
    /// Measurements delivered as recovered; they are not among `measurements`.
    pub measurements_recovered: u64,
    /// Signals of the current signal index cache.
    pub signal_count: u64,
    /// Time of the measurement delivered last.
    pub last_timestamp: Ticks,
    /// Measurements delivered per second, in the latest complete
    /// [`statistics_interval`](SubscriberSettings::statistics_interval).
    pub measurements_per_second: f64,
}
