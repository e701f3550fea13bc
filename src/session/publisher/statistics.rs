//! Counts, rates and latencies of a publisher.

use std::ops::AddAssign;
use std::time::{Duration, Instant};

use super::PublisherSession;
use super::connection::Connection;
use super::events::ConnectionInfo;
use crate::session::LatencyStatistics;

/// What rates, and latencies of late, are of.
pub(super) const STATISTICS_INTERVAL: Duration = Duration::from_secs(1);

/// Counts of a publisher over all its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionStatistics {
    /// Measurements handed to the system, once for each subscriber.
    pub measurements_sent: u64,
    /// Measurements dropped, once for each slow subscriber and for each whose datagrams the system
    /// did not take.
    pub measurements_dropped: u64,
    /// Data packets queued, once for each subscriber.
    pub packets_sent: u64,
    /// Bytes handed to the system.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Datagrams handed to the system.
    pub datagrams_sent: u64,
    /// Datagrams dropped, because the system did not take them at once.
    pub datagrams_dropped: u64,
    /// Connections accepted or made.
    pub connections_accepted: u64,
    /// Connections refused.
    pub connections_refused: u64,
    /// Buffer blocks queued, once for each subscriber, repetitions not counted.
    pub buffer_blocks_sent: u64,
    /// Buffer blocks queued once more, because they were not confirmed.
    pub buffer_blocks_repeated: u64,
    /// Buffer blocks not sent to a subscriber that was too slow to take or to confirm others.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that were sent, but whose confirmation never came.
    pub buffer_blocks_unconfirmed: u64,
}

impl AddAssign for SessionStatistics {
    fn add_assign(&mut self, other: SessionStatistics) {
        self.measurements_sent += other.measurements_sent;
        self.measurements_dropped += other.measurements_dropped;
        self.packets_sent += other.packets_sent;
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.datagrams_sent += other.datagrams_sent;
        self.datagrams_dropped += other.datagrams_dropped;
        self.connections_accepted += other.connections_accepted;
        self.connections_refused += other.connections_refused;
        self.buffer_blocks_sent += other.buffer_blocks_sent;
        self.buffer_blocks_repeated += other.buffer_blocks_repeated;
        self.buffer_blocks_dropped += other.buffer_blocks_dropped;
        self.buffer_blocks_unconfirmed += other.buffer_blocks_unconfirmed;
    }
}

impl PublisherSession {
    /// Counts so far.
    pub fn statistics(&self) -> SessionStatistics {
        self.statistics
    }

    /// Measurements queued per second, once for each subscriber, in the latest complete second.
    pub fn measurements_per_second(&mut self, now: Instant) -> f64 {
        self.meter.roll(now);
        self.meter.measurements_per_second()
    }

    /// How late measurements were when they were queued, once for each subscriber: of the first and
    /// the last one of each data packet, historical ones aside. The interval is the latest complete
    /// second.
    pub fn latency(&mut self, now: Instant) -> LatencyStatistics {
        self.meter.roll(now);
        self.meter.latency()
    }

    /// What is known of every connection.
    pub fn connections(&mut self, now: Instant) -> Vec<ConnectionInfo> {
        let info = |connection: &mut Connection| {
            connection.meter.roll(now);
            connection.current_info().clone()
        };
        self.connections.values_mut().map(info).collect()
    }

    /// Number of connections, and how many of them get measurements.
    pub fn connection_counts(&self) -> (usize, usize) {
        let subscribed = self.connections.values().filter(|connection| connection.info.subscribed).count();
        (self.connections.len(), subscribed)
    }
}
