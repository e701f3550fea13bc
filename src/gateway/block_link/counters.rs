//! What is counted of a link, beside what its session counts.

use crate::counters::counter_record;

counter_record! {
    /// What is counted of a block link since it was made, beside what its session counts.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct LinkCounters {
        /// How often the link was opened.
        openings: u64, Total, "openings";
        /// Datagrams that have come from elsewhere and were not looked at.
        foreign_datagrams: u64, Total, "datagrams";
        /// Datagrams that the system would not send.
        datagrams_not_sent: u64, Total, "datagrams";
        /// Measurements to be sent while the link was closed.
        measurements_while_closed: u64, Total, "measurements";
        /// Frames of C37.118 to be sent while the link was closed.
        frames_while_closed: u64, Total, "frames";
        /// Frames of C37.118 that are no data frames, or by another configuration than the one that was set.
        frames_refused: u64, Total, "frames";
    }
}
