//! Automatic recovery of the measurements that a subscriber missed while it was disconnected.
//!
//! A lost connection leaves a *hole* in each signal: from its newest measurement before the loss
//! to its first one afterwards. [`GapRecovery`] keeps the holes, tells the driver which *windows*
//! of time to ask for with temporal subscriptions on a second connection, and passes of what
//! comes back only what falls into a hole. So every measurement is delivered once, live or
//! recovered, as long as the times of each signal grow.

mod gap_recovery;
mod holes;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use gap_recovery::{GapRecovery, Window};

/// When and how missed measurements are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoverySettings {
    /// Recover at all.
    pub enabled: bool,
    /// How long to wait, after measurements flow again, before asking: the publisher's archive may
    /// be behind.
    pub start_delay: Duration,
    /// Shorter gaps are not recovered.
    pub minimum_span: Duration,
    /// Longer gaps are not recovered.
    pub maximum_span: Duration,
    /// So much before a gap is asked for too, since clocks and delays of signals differ.
    pub start_buffer: Duration,
    /// So much after a gap is asked for too.
    pub end_buffer: Duration,
    /// A recovery that gets nothing for so long is given up.
    pub monitor_interval: Duration,
    /// `processingInterval` of the temporal subscription, milliseconds per step; 0 is as fast as
    /// possible, -1 the publisher's default.
    pub processing_interval: i32,
}

impl Default for RecoverySettings {
    fn default() -> RecoverySettings {
        RecoverySettings {
            enabled: false,
            start_delay: Duration::from_secs(20),
            minimum_span: Duration::ZERO,
            maximum_span: Duration::from_secs(10 * 24 * 60 * 60),
            start_buffer: Duration::from_secs(20),
            end_buffer: Duration::from_secs(10),
            monitor_interval: Duration::from_secs(10),
            processing_interval: 0,
        }
    }
}

/// Counts of the gaps of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecoveryStatistics {
    /// Gaps found.
    pub gaps: u64,
    /// Gaps that were asked for to their end.
    pub gaps_recovered: u64,
    /// Gaps that were given up, too long or too short ones included.
    pub gaps_abandoned: u64,
    /// Measurements delivered as recovered.
    pub measurements_recovered: u64,
}
