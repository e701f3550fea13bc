//! The counters of a publisher and of each of its connections.

use std::ops::AddAssign;

use crate::counters::counter_record;

/// Makes both records of one table. Rows of `each` are counted for each connection, and summed up for
/// the publisher; those of `connection` and `publisher` are for one of them alone.
macro_rules! publisher_counters {
    ([$($connection:tt)*] [$($publisher:tt)*] [$($field:ident)*]) => {
        counter_record! {
            /// What is counted of a connection to a subscriber, from its beginning.
            pub struct ConnectionCounters { $($connection)* }
        }

        counter_record! {
            /// What is counted of a publisher since it was made. What is also counted of each connection is
            /// the sum of them, those included that have ended: what goes to two subscribers counts twice.
            pub struct PublisherCounters { $($publisher)* }
        }

        impl AddAssign for PublisherCounters {
            fn add_assign(&mut self, other: PublisherCounters) {
                $(self.$field += other.$field;)*
            }
        }
    };
    (
        [$($connection:tt)*] [$($publisher:tt)*] [$($summed:ident)*]
        $(#[doc = $document:literal])+ each $field:ident: $type:ty, $kind:ident, $unit:literal;
        $($rest:tt)*
    ) => {
        publisher_counters! {
            [$($connection)* $(#[doc = $document])+ $field: $type, $kind, $unit;]
            [$($publisher)* $(#[doc = $document])+ $field: $type, $kind, $unit;]
            [$($summed)* $field] $($rest)*
        }
    };
    (
        [$($connection:tt)*] [$($publisher:tt)*] [$($summed:ident)*]
        $(#[doc = $document:literal])+ connection $field:ident: $type:ty, $kind:ident, $unit:literal;
        $($rest:tt)*
    ) => {
        publisher_counters! {
            [$($connection)* $(#[doc = $document])+ $field: $type, $kind, $unit;]
            [$($publisher)*] [$($summed)*] $($rest)*
        }
    };
    (
        [$($connection:tt)*] [$($publisher:tt)*] [$($summed:ident)*]
        $(#[doc = $document:literal])+ publisher $field:ident: $type:ty, $kind:ident, $unit:literal;
        $($rest:tt)*
    ) => {
        publisher_counters! {
            [$($connection)*] [$($publisher)* $(#[doc = $document])+ $field: $type, $kind, $unit;]
            [$($summed)* $field] $($rest)*
        }
    };
}

// New rows belong to the end: programs that were compiled earlier know those before.
publisher_counters! {
    [] [] []
    /// Measurements handed in.
    publisher measurements_published: u64, Total, "measurements";
    /// Measurements handed in whose signal is not in the metadata, or whose row there has no signal ID of its
    /// own.
    publisher measurements_unknown: u64, Total, "measurements";
    /// Measurements sent.
    each measurements_sent: u64, Total, "measurements";
    /// Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for
    /// the publisher also, once, those that the engine was too slow for.
    each measurements_dropped: u64, Total, "measurements";
    /// Measurements queued per second, in the latest complete second.
    each measurements_per_second: f64, Gauge, "measurements per second";
    /// Data packets queued; for a member of a multicast group, those of the group.
    each packets_sent: u64, Total, "packets";
    /// Bytes sent, protocol included.
    each bytes_sent: u64, Total, "bytes";
    /// Bytes received, protocol included.
    each bytes_received: u64, Total, "bytes";
    /// Datagrams handed to the system; for a member of a multicast group, those of the group.
    each datagrams_sent: u64, Total, "datagrams";
    /// Datagrams dropped, because the system did not take them at once.
    each datagrams_dropped: u64, Total, "datagrams";
    /// Buffer blocks queued, repetitions not counted.
    each buffer_blocks_sent: u64, Total, "buffer blocks";
    /// Buffer blocks queued once more, because they were not confirmed.
    each buffer_blocks_repeated: u64, Total, "buffer blocks";
    /// Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the
    /// publisher also, once, those that the engine was too slow for.
    each buffer_blocks_dropped: u64, Total, "buffer blocks";
    /// Buffer blocks that were sent, but whose confirmation never came.
    each buffer_blocks_unconfirmed: u64, Total, "buffer blocks";
    /// Signals of the subscription.
    connection signal_count: u64, Gauge, "signals";
    /// Bytes that wait to be sent.
    connection queued_bytes: u64, Gauge, "bytes";
    /// Connections accepted or made.
    publisher connections_accepted: u64, Total, "connections";
    /// Connections refused, as those above the limit.
    publisher connections_refused: u64, Total, "connections";
    /// Connections now.
    publisher connections: u64, Gauge, "connections";
    /// Connections now that get measurements.
    publisher subscribed: u64, Gauge, "connections";
    /// Commands received, those included that were refused.
    each commands_received: u64, Total, "commands";
    /// Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP.
    each command_channel_bytes_sent: u64, Total, "bytes";
    /// Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group.
    each data_channel_bytes_sent: u64, Total, "bytes";
}
