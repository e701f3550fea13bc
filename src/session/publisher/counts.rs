//! Counts, rates and latencies of a publisher.

use std::time::Duration;

use super::counters::PublisherCounters;
use super::packet::Packet;
use crate::session::datagram_queue::Outcome;
use crate::session::meter::Meter;

/// What rates, and latencies of late, are of.
pub(super) const STATISTICS_INTERVAL: Duration = Duration::from_secs(1);

/// What a session counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) statistics: PublisherCounters,
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
        self.statistics.data_channel_bytes_sent += outcome.bytes_sent;
    }
}
