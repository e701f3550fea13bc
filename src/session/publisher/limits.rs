//! How much is done at once, before others have their turn.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use super::catalog::FEW_STEPS;
use super::settings::{LimitSettings, PublisherSettings};
use super::shares::Cost;
use super::totals::Totals;

/// Work of one round of commands, which others wait for.
const STEPS_PER_ROUND: u64 = 2 * FEW_STEPS;
/// Steps that a request counts as beside the work of its filter.
pub(super) const REQUEST_STEPS: u64 = 2_000;
/// Bytes of an answer for each step that it counts as.
const ANSWER_BYTES_PER_STEP: usize = 8;
/// The work of a round, and what all rounds of all sessions of a publisher share.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) totals: Arc<Totals>,
    /// Steps of this round of commands.
    in_round: u64,
}

/// Steps that an answer of so many bytes counts as.
pub(super) fn answer_steps(bytes: usize) -> u64 {
    (bytes / ANSWER_BYTES_PER_STEP) as u64
}

impl Limits {
    /// Work was done for an address.
    pub(super) fn charge(&mut self, address: IpAddr, cost: Cost, settings: &LimitSettings, now: Instant) {
        if let Cost::Steps(steps) = cost {
            self.work(steps);
        }
        self.totals.shares().charge(address, cost, settings, now);
    }

    /// Work was done that no address has asked for.
    pub(super) fn work(&mut self, steps: u64) {
        self.in_round += steps;
    }

    /// Others have had their turn: there is time for more commands.
    pub(super) fn begin_round(&mut self) {
        self.in_round = 0;
    }

    /// Whether so much was done at once that others are to have their turn first.
    pub(super) fn is_round_over(&self) -> bool {
        self.in_round >= STEPS_PER_ROUND
    }

    /// Whether little was done for an address of late.
    pub(super) fn is_light(&self, address: IpAddr, settings: &PublisherSettings, now: Instant) -> bool {
        self.totals.shares().burden(address, &settings.limits, now) < STEPS_PER_ROUND
    }

    /// Whether something may be done for an address at once: later, when others had their turn, if much was done for
    /// it and for others just now.
    pub(super) fn has_time_for(&self, address: IpAddr, settings: &PublisherSettings, now: Instant) -> bool {
        !self.is_round_over() || self.is_light(address, settings, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asked_for_much_waits_for_the_next_round() {
        let (settings, mut limits, now) = (PublisherSettings::default(), Limits::default(), Instant::now());
        let [greedy, newcomer] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let has_time = |limits: &Limits| [greedy, newcomer].map(|it| limits.has_time_for(it, &settings, now));
        limits.charge(greedy, Cost::Steps(STEPS_PER_ROUND - 1), &settings.limits, now);
        assert_eq!(has_time(&limits), [true, true]);
        limits.charge(greedy, Cost::Steps(1), &settings.limits, now);
        assert_eq!(has_time(&limits), [false, true]);
        assert!(limits.is_round_over() && !limits.is_light(greedy, &settings, now));
        limits.begin_round();
        assert_eq!(has_time(&limits), [true, true]);
    }
}
