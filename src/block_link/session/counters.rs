//! What a session counts.

use crate::counters::counter_record;

counter_record! {
    /// What is counted of a block link.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct BlockLinkCounters {
        /// Blocks sent.
        blocks_sent: u64, Total, "blocks";
        /// Bytes sent, blocks around their data included.
        bytes_sent: u64, Total, "bytes";
        /// Blocks received, those aside that had come before.
        blocks_received: u64, Total, "blocks";
        /// Bytes received, whatever they were.
        bytes_received: u64, Total, "bytes";
        /// Blocks of the other side that never came.
        blocks_lost: u64, Total, "blocks";
        /// Blocks that came behind later ones.
        blocks_late: u64, Total, "blocks";
        /// Blocks that had come before, and were dropped.
        blocks_repeated: u64, Total, "blocks";
        /// How often the other side began its sequence numbers anew.
        sequence_restarts: u64, Total, "restarts";
        /// Places where a block seemed to begin, but its check word was wrong.
        bad_checks: u64, Total, "places";
        /// Bytes received that belonged to no block.
        bytes_skipped: u64, Total, "bytes";
        /// Blocks of a feature that was not agreed, or before anything was.
        blocks_unknown: u64, Total, "blocks";
        /// Messages that cannot be read, or come from the wrong side.
        messages_rejected: u64, Total, "messages";
        /// Data points sent.
        points_sent: u64, Total, "points";
        /// Data points that were not sent, because the link was too slow or nothing was agreed yet.
        points_dropped: u64, Total, "points";
        /// Data points received that became measurements or parts of frames.
        points_received: u64, Total, "points";
        /// Data points received that nobody knows the definition or the signal of.
        points_unknown: u64, Total, "points";
        /// Data points received that are not as their definition says, or whose time is none.
        points_malformed: u64, Total, "points";
        /// Definitions and assignments that say something else of an ID than those before.
        contradictions: u64, Total, "messages";
        /// Measurements and frames that the application has not taken in time.
        deliveries_dropped: u64, Total, "deliveries";
        /// Data frames of C37.118 that were put together.
        frames_whole: u64, Total, "frames";
        /// Data frames of C37.118 of which some points came, but not all.
        frames_incomplete: u64, Total, "frames";
        /// Documents received.
        documents: u64, Total, "documents";
        /// Agreements that came into force.
        agreements: u64, Total, "agreements";
        /// Offers that were refused, by either side.
        rejections: u64, Total, "offers";
        /// Data points of C37.118 received when their frame was over, or again.
        points_late: u64, Total, "points";
    }
}
