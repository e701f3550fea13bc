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

pub use crate::settings::RecoverySettings;
pub use gap_recovery::{GapRecovery, Output, Window};

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
