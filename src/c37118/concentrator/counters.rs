//! What is counted of an output stream.

use crate::counters::counter_record;

counter_record! {
    /// What is counted of a stream of frames that are made of measurements.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct ConcentratorCounters {
        /// Measurements that were used.
        measurements: u64, Total, "measurements";
        /// Measurements of signals that the stream has not.
        measurements_of_others: u64, Total, "measurements";
        /// Measurements that came when their frame had been sent, or was not to be waited for any more.
        measurements_late: u64, Total, "measurements";
        /// Measurements whose time is too far ahead.
        measurements_early: u64, Total, "measurements";
        /// Measurements in place of others of the same signal and frame.
        measurements_repeated: u64, Total, "measurements";
        /// Measurements whose frame has one of the same signal that is nearer to its time.
        measurements_between_frames: u64, Total, "measurements";
        /// Frames made.
        frames: u64, Total, "frames";
        /// Frames among them in which values were missing.
        frames_incomplete: u64, Total, "frames";
        /// Frames of which no value was there, and which were dropped, because the metadata changed or time went back.
        frames_dropped: u64, Total, "frames";
        /// Frames left out, because nothing was received for longer than is waited for.
        frames_skipped: u64, Total, "frames";
        /// Values filled in as absent.
        values_filled: u64, Total, "values";
        /// How often the times of measurements went back and the stream began anew with them.
        restarts: u64, Total, "restarts";
        /// Changes of the configuration.
        configuration_changes: u64, Total, "changes";
    }
}
