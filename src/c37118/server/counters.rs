//! The counters of a server.

use crate::counters::counter_record;

counter_record! {
    /// What is counted of a server of a C37.118 stream since it was made.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct ServerCounters {
        /// Data frames published.
        published_frames: u64, Total, "frames";
        /// Data frames given to clients and targets, once for each; those by datagrams that failed too.
        data_frames: u64, Total, "frames";
        /// Data frames dropped, because the client that they waited for took too little.
        dropped_frames: u64, Total, "frames";
        /// Configuration and header frames given to clients and targets, once for each; those by datagrams that failed
        /// too.
        description_frames: u64, Total, "frames";
        /// Bytes received.
        bytes_received: u64, Total, "bytes";
        /// Commands obeyed.
        commands: u64, Total, "commands";
        /// Commands not obeyed, because they came too often or their answers were not read.
        refused_commands: u64, Total, "commands";
        /// Commands not obeyed, because they had another ID code.
        other_ids: u64, Total, "commands";
        /// Frames received that are no commands, or whose content cannot be read.
        unusable_frames: u64, Total, "frames";
        /// Places where a frame seemed to begin, but its check word was wrong.
        bad_checks: u64, Total, "frames";
        /// Bytes that belonged to no frame.
        skipped_bytes: u64, Total, "bytes";
        /// Clients that are served.
        clients: u64, Gauge, "clients";
        /// Clients refused, because there were too many.
        refused_clients: u64, Total, "clients";
        /// Clients disconnected or forgotten, because they read nothing, sent garbage or were idle.
        ended_clients: u64, Total, "clients";
        /// Datagrams that the hosts of clients and targets have refused.
        refused_datagrams: u64, Total, "datagrams";
        /// Datagrams that could not be sent, and are lost.
        failed_datagrams: u64, Total, "datagrams";
    }
}
