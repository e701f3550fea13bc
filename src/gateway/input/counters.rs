//! What is counted of a device.

use crate::counters::counter_record;

counter_record! {
    /// What is counted of a device since it was added to an input, beside what its session counts.
    pub struct DeviceCounters {
        /// Bytes that were sent to it.
        bytes_sent: u64, Total, "bytes";
        /// Datagrams that have come.
        datagrams: u64, Total, "datagrams";
        /// Datagrams that have come from elsewhere and were not looked at.
        foreign_datagrams: u64, Total, "datagrams";
        /// Data frames that were published.
        frames_published: u64, Total, "frames";
        /// Measurements that were published of them.
        measurements_published: u64, Total, "measurements";
        /// Data frames that came while the publisher's metadata had not yet the configuration that they belong to.
        frames_not_mapped: u64, Total, "frames";
        /// Data frames that the publisher did not take: it was not started, or its subscribers are slow.
        frames_not_taken: u64, Total, "frames";
    }
}
