//! What a publisher grants to its subscribers.

use std::time::Duration;

/// Largest datagram of measurements that every subscriber accepts, in bytes.
pub const LARGEST_DATAGRAM: usize = 32_768;
/// Smallest useful one, in bytes: room for a dozen measurements.
pub const SMALLEST_DATAGRAM: usize = 256;
/// Fits an Ethernet frame, with room for the headers of IPv6, of UDP and of a tunnel.
const DEFAULT_DATAGRAM: usize = 1400;

/// Least limit of a send queue in bytes: two packets of the largest size.
pub(super) const SMALLEST_SEND_QUEUE: usize = 64 << 10;
/// Keys do not change more often than that.
pub(super) const SHORTEST_ROTATION: Duration = Duration::from_secs(1);

/// After how long without a confirmation buffer blocks are sent again, as every publisher does.
const BUFFER_BLOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// What happens to a subscriber that takes measurements more slowly than they are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// Queued measurements are dropped and counted; newer ones follow.
    #[default]
    DropOldest,
    /// The subscriber is disconnected.
    Disconnect,
    /// Nothing is lost: publishing waits. A subscriber that takes nothing for the whole time-out
    /// is disconnected; `None` waits for ever.
    Wait {
        /// How long a subscriber may take nothing.
        timeout: Option<Duration>,
    },
}

/// Whether measurements that are not a number are left out for subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NanFilter {
    /// For those that ask for it.
    #[default]
    Allowed,
    /// For none.
    Forbidden,
    /// For all.
    Forced,
}

/// What a publisher sends by UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpSettings {
    /// Subscribers may ask for measurements by UDP; else they are refused when they do.
    pub enabled: bool,
    /// Largest datagram in bytes, from [`SMALLEST_DATAGRAM`] to [`LARGEST_DATAGRAM`]. Datagrams
    /// that do not fit what the network carries in one piece are lost more often.
    pub datagram_size: usize,
    /// Subscribers may ask for measurements by multicast, an extension of this library. Members of a
    /// group share their state, so that on an engine with several threads one of them serves all
    /// connections that are made while this is set.
    pub multicast: bool,
    /// How many routers datagrams for multicast groups may pass, 1 at least: 1 keeps them in the
    /// local network.
    pub multicast_ttl: u8,
}

impl Default for UdpSettings {
    fn default() -> UdpSettings {
        UdpSettings { enabled: true, datagram_size: DEFAULT_DATAGRAM, multicast: false, multicast_ttl: 1 }
    }
}

impl UdpSettings {
    pub(super) fn within_limits(self) -> UdpSettings {
        UdpSettings {
            datagram_size: self.datagram_size.clamp(SMALLEST_DATAGRAM, LARGEST_DATAGRAM),
            multicast_ttl: self.multicast_ttl.max(1),
            ..self
        }
    }
}

/// Which measurements are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encryption {
    /// None.
    #[default]
    Off,
    /// Those of connections that ask for UDP, from then on.
    Udp,
    /// All.
    All,
}

/// Encryption of measurements. The keys go to subscribers by TCP, where anyone who sees the
/// packets can read them unless the connection has TLS. Not every implementation's subscriber can
/// decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptionSettings {
    /// Which measurements are encrypted.
    pub scope: Encryption,
    /// How long keys are used, one second at least.
    pub rotation: Duration,
}

impl Default for EncryptionSettings {
    fn default() -> EncryptionSettings {
        EncryptionSettings { scope: Encryption::Off, rotation: Duration::from_secs(60) }
    }
}

impl EncryptionSettings {
    pub(super) fn within_limits(self) -> EncryptionSettings {
        EncryptionSettings { rotation: self.rotation.max(SHORTEST_ROTATION), ..self }
    }

    /// Whether a connection gets keys with a subscription by UDP, or by TCP.
    pub(super) fn covers(self, by_udp: bool) -> bool {
        match self.scope {
            Encryption::Off => false,
            Encryption::Udp => by_udp,
            Encryption::All => true,
        }
    }
}

/// Limits of a publisher, and what subscribers may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublisherSettings {
    /// What happens to slow subscribers.
    pub overflow: Overflow,
    /// Bytes of data packets that may wait to be sent on each connection, 64 KiB at least.
    /// Metadata and other answers are not counted; with [`Overflow::Wait`] the last packets may
    /// go beyond it.
    pub send_queue_limit: usize,
    /// Connections at a time, beyond which none are accepted; 0 is no limit.
    pub max_connections: usize,
    /// After how long without a confirmation a buffer block is sent again to subscribers that do
    /// not ask for another time.
    pub buffer_block_timeout: Duration,
    /// Whether measurements that are not a number are left out.
    pub nan_filter: NanFilter,
    /// Compact measurements with times may carry 4-byte offsets from base times, or 2-byte ones for
    /// subscribers that ask for millisecond resolution, in place of 8-byte times. Off by default,
    /// because base times take turns by the protocol's rules, and one implementation's subscriber
    /// breaks the connection when the second one comes into use.
    pub base_times: bool,
    /// Measurements by UDP.
    pub udp: UdpSettings,
    /// Encryption of measurements.
    pub encryption: EncryptionSettings,
    /// Whether a thread that publishes may send what it publishes itself. It saves the time to wake the
    /// engine, some 30 to 70 µs, and takes that long to send. It is done only where it holds up
    /// nobody: on an engine with one thread of its own, for up to four connections, 4,096
    /// measurements and a thousand calls a second, and as long as every subscriber keeps up.
    pub direct_sending: bool,
    /// How long measurements are kept in memory after they were published, for subscribers that ask
    /// for historical data; zero keeps none.
    pub history_duration: Duration,
    /// Compressed bytes that they may take, 1 MiB at least; the oldest are dropped first.
    pub history_limit: usize,
}

impl Default for PublisherSettings {
    fn default() -> PublisherSettings {
        PublisherSettings {
            overflow: Overflow::default(),
            send_queue_limit: 8 << 20,
            max_connections: 0,
            buffer_block_timeout: BUFFER_BLOCK_TIMEOUT,
            nan_filter: NanFilter::default(),
            base_times: false,
            udp: UdpSettings::default(),
            encryption: EncryptionSettings::default(),
            direct_sending: true,
            history_duration: Duration::ZERO,
            history_limit: 256 << 20,
        }
    }
}

impl PublisherSettings {
    /// Bytes of measurements in a send queue beyond which some are dropped; `None` when publishing waits
    /// instead.
    pub(super) fn droppable_beyond(&self) -> Option<usize> {
        match self.overflow {
            Overflow::Wait { .. } => None,
            Overflow::DropOldest | Overflow::Disconnect => Some(self.send_queue_limit),
        }
    }

    pub(super) fn within_limits(self) -> PublisherSettings {
        PublisherSettings {
            send_queue_limit: self.send_queue_limit.max(SMALLEST_SEND_QUEUE),
            udp: self.udp.within_limits(),
            encryption: self.encryption.within_limits(),
            ..self
        }
    }
}
