//! The counters of a client.

use crate::Ticks;
use crate::counters::counter_record;

counter_record! {
    /// What is counted of a client of a C37.118 device since it was made, over all its connections.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct ClientCounters {
        /// Data frames delivered.
        data_frames: u64, Total, "frames";
        /// Frames received, of all kinds.
        frames: u64, Total, "frames";
        /// Bytes received.
        bytes_received: u64, Total, "bytes";
        /// Commands sent.
        commands: u64, Total, "commands";
        /// Places where a frame seemed to begin, but its check word was wrong.
        bad_checks: u64, Total, "frames";
        /// Bytes that belonged to no frame.
        skipped_bytes: u64, Total, "bytes";
        /// Frames dropped, because they had another ID code.
        other_ids: u64, Total, "frames";
        /// Frames dropped that no device sends, or whose content cannot be read.
        unusable_frames: u64, Total, "frames";
        /// Data frames dropped, because the configuration was not known yet.
        early_frames: u64, Total, "frames";
        /// Data frames dropped, because they did not fit the configuration.
        misfit_frames: u64, Total, "frames";
        /// Data frames that never came, or came late, as the times of others tell by the rate of the device.
        missing_frames: u64, Total, "frames";
        /// Data frames dropped that had been there before.
        duplicate_frames: u64, Total, "frames";
        /// Data frames delivered whose time was not after that of an earlier one.
        late_frames: u64, Total, "frames";
        /// Jumps of the time by a minute or more, or ten frames where these are longer.
        time_jumps: u64, Total, "jumps";
        /// Data frames dropped, because those before them were not taken in time.
        overflown_frames: u64, Total, "frames";
        /// Configurations that came into use.
        configurations: u64, Total, "configurations";
        /// Configurations refused: damaged, too large, or in pieces that did not fit together.
        refused_configurations: u64, Total, "configurations";
        /// Times when the device had sent nothing for too long.
        silences: u64, Total, "silences";
        /// Connections made.
        connections: u64, Total, "connections";
        /// Time of the newest data frame.
        last_timestamp: Ticks, Gauge, "ticks";
    }
}
