//! How a subscriber connects, and what can be learnt of it.

use crate::Ticks;
use crate::session::subscriber::SessionSettings;
pub use crate::settings::{MulticastReception, SubscriberSettings, UdpReception};

impl SubscriberSettings {
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
    /// How often the outage log could not be written, or used at all.
    pub outage_log_failures: u64,
    /// Signals of the current signal index cache.
    pub signal_count: u64,
    /// Time of the measurement delivered last.
    pub last_timestamp: Ticks,
    /// Measurements delivered per second, in the latest complete
    /// [`statistics_interval`](SubscriberSettings::statistics_interval).
    pub measurements_per_second: f64,
}
