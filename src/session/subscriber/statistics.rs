//! What a session counts.

/// Counts of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionStatistics {
    /// Measurements delivered.
    pub measurements: u64,
    /// Data packets delivered.
    pub packets: u64,
    /// Measurements not delivered, because their signal was not in the signal index cache.
    pub measurements_dropped: u64,
    /// Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change
    /// of signals, or without a signal index cache.
    pub packets_dropped: u64,
    /// Buffer blocks delivered.
    pub buffer_blocks: u64,
    /// Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that never came.
    pub buffer_blocks_lost: u64,
    /// Datagrams received.
    pub datagrams: u64,
    /// Datagrams not used: damaged, or not from the publisher.
    pub datagrams_rejected: u64,
}
