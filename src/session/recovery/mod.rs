//! Automatic recovery of the measurements that a subscriber missed while it was disconnected.
//!
//! A lost connection leaves a *hole* in each signal: from its newest measurement before the loss
//! to its first one afterwards, by the times of that signal alone. [`GapRecovery`] keeps the holes, puts
//! those together that overlap to *windows* of time, tells the driver to ask for them with temporal
//! subscriptions on a second connection, and passes of what comes back only what falls into a hole. So every
//! measurement is delivered once, live or recovered, as long as the times of each signal grow.
//!
//! Clocks may be wrong. A device whose times are far from those of others has a window of its own, and
//! a single time that is wrong moves neither the holes of others nor those of its signal. Whatever is given up
//! is told, with the reason.

mod earlier;
mod gap_recovery;
mod given_up;
mod holes;
mod logged;
mod signal;
#[cfg(test)]
mod tests;
mod windows;

pub use crate::settings::RecoverySettings;
pub use gap_recovery::{GapRecovery, Output};
pub use given_up::{GivenUp, Reason, Recovered};
pub use logged::LoggedGap;
pub use windows::Window;

/// Counts of the gaps of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecoveryStatistics {
    /// Gaps found. Where clocks differ, one lost connection leaves several.
    pub gaps: u64,
    /// Gaps that were asked for to their end.
    pub gaps_recovered: u64,
    /// Gaps that were given up, too long or too short ones included.
    pub gaps_abandoned: u64,
    /// Measurements delivered as recovered.
    pub measurements_recovered: u64,
}
