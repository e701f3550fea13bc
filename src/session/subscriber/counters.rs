//! The counters of a subscriber.

use crate::Ticks;
use crate::counters::counter_record;

counter_record! {
    /// What is counted of a subscriber since it was made, over all its connections.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct SubscriberCounters {
        /// Measurements delivered.
        measurements: u64, Total, "measurements";
        /// Data packets delivered.
        packets: u64, Total, "packets";
        /// Bytes received.
        bytes_received: u64, Total, "bytes";
        /// Bytes sent.
        bytes_sent: u64, Total, "bytes";
        /// Measurements not delivered, because their signal was not in the signal index cache.
        measurements_dropped: u64, Total, "measurements";
        /// Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change
        /// of signals, or without a signal index cache.
        packets_dropped: u64, Total, "packets";
        /// Connections made.
        connections: u64, Total, "connections";
        /// Attempts to connect again.
        reconnects: u64, Total, "attempts";
        /// Signals of the current signal index cache.
        signal_count: u64, Gauge, "signals";
        /// Time of the measurement delivered last.
        last_timestamp: Ticks, Gauge, "ticks";
        /// Connections closed at once, because another publisher was connected.
        connections_refused: u64, Total, "connections";
        /// Buffer blocks delivered.
        buffer_blocks: u64, Total, "buffer blocks";
        /// Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
        buffer_blocks_dropped: u64, Total, "buffer blocks";
        /// Buffer blocks that never came.
        buffer_blocks_lost: u64, Total, "buffer blocks";
        /// Gaps in the measurements, where they are recovered.
        gaps: u64, Total, "gaps";
        /// Gaps that were asked for to their end.
        gaps_recovered: u64, Total, "gaps";
        /// Gaps that were given up.
        gaps_abandoned: u64, Total, "gaps";
        /// Measurements delivered as recovered; they are not among `measurements`.
        measurements_recovered: u64, Total, "measurements";
        /// Datagrams received.
        datagrams: u64, Total, "datagrams";
        /// Datagrams not used: damaged, or not from the publisher.
        datagrams_rejected: u64, Total, "datagrams";
        /// Measurements delivered per second, in the latest complete
        /// interval of statistics.
        measurements_per_second: f64, Gauge, "measurements per second";
        /// How often the outage log could not be written, or used at all.
        outage_log_failures: u64, Total, "failures";
        /// Measurements not delivered, because the publisher changed its signal index cache and did not
        /// tell which of both they refer to.
        measurements_unattributed: u64, Total, "measurements";
        /// Data packets that never came, as the sequence numbers of others tell.
        packets_missing: u64, Total, "packets";
        /// What was wrong in metadata that were received and used all the same, such as cells that cannot be
        /// read.
        metadata_findings: u64, Total, "findings";
        /// Metadata received that could not be used at all.
        metadata_unusable: u64, Total, "documents";
        /// Datagrams that the publisher sent and that did not come, as far as it tells: another libsttp does.
        datagrams_lost: u64, Total, "datagrams";
        /// Measurements that the publisher dropped, because they were not taken as fast as they were published or more
        /// than it allows to one subscriber or to all together, as far as it tells: another libsttp does.
        measurements_dropped_by_publisher: u64, Total, "measurements";
        /// Bytes received by TCP, the command channel, through which measurements come too unless they come by UDP.
        command_channel_bytes_received: u64, Total, "bytes";
        /// Bytes received by UDP, the data channel.
        data_channel_bytes_received: u64, Total, "bytes";
    }
}
