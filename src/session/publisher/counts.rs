//! Counts, rates and latencies of a publisher.

use std::ops::AddAssign;
use std::time::Duration;

use super::packet::Packet;
use crate::session::datagram_queue::Outcome;
use crate::session::meter::Meter;

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

/// What a session counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) statistics: SessionStatistics,
    /// Of all connections.
    pub(super) meter: Meter,
    /// Connections that get measurements.
    pub(super) subscribed: usize,
}

impl Counts {
    /// A packet was queued for one subscriber.
    pub(super) fn add_packet(&mut self, packet: &Packet) {
        self.statistics.packets_sent += 1;
        packet.count_in(&mut self.meter);
    }

    /// Datagrams were sent or dropped, whose measurements are counted for each receiver.
    pub(super) fn add_datagrams(&mut self, outcome: Outcome) {
        self.statistics.datagrams_sent += outcome.datagrams_sent;
        self.statistics.datagrams_dropped += outcome.datagrams_dropped;
        self.statistics.bytes_sent += outcome.bytes_sent;
    }
}
