//! What subscribers have cost: the work of each address, and the memory of all together.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::catalog::FEW_STEPS;
use super::settings::{LimitSettings, PublisherSettings};
use super::shares::{Cost, Overdrawn};
use super::totals::Totals;

/// Work of one round of commands, which others wait for.
const STEPS_PER_ROUND: u64 = 2 * FEW_STEPS;
/// Steps that a request counts as beside the work of its filter.
pub(super) const REQUEST_STEPS: u64 = 2_000;
/// Steps for each signal of a subscription: it is announced, looked up, and compressed.
pub(super) const SIGNAL_STEPS: u64 = 10;
/// The same, when others are being told the same signals.
pub(super) const KNOWN_SIGNAL_STEPS: u64 = 1;
/// Bytes of an answer for each step that it counts as.
const ANSWER_BYTES_PER_STEP: usize = 8;
/// Answers of so many bytes are large.
pub(super) const LARGE_ANSWER: usize = 64 << 10;

/// What subscribers have cost.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) totals: Arc<Totals>,
    /// Steps of this round of commands.
    in_round: u64,
    /// Large answers that some connection may still have to send.
    answers: Vec<Weak<Vec<u8>>>,
    /// Their bytes, as they are in the totals.
    counted_answers: usize,
}

impl Limits {
    // ---- work -------------------------------------------------------------------------------------

    /// Work was done for an address.
    pub(super) fn charge(&mut self, address: IpAddr, cost: Cost, settings: &LimitSettings, now: Instant) {
        if let Cost::Steps(steps) = cost {
            self.in_round += steps;
        }
        self.totals.shares().charge(address, cost, settings, now);
    }

    /// How much was done for an address of late.
    pub(super) fn burden(&self, address: IpAddr, settings: &LimitSettings, now: Instant) -> u64 {
        self.totals.shares().burden(address, settings, now)
    }

    /// Why an address must not ask for anything now, if so.
    pub(super) fn overdrawn(
        &self,
        address: IpAddr,
        settings: &LimitSettings,
        now: Instant,
    ) -> Option<Overdrawn> {
        self.totals.shares().overdrawn(address, settings, now)
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
        self.burden(address, &settings.limits, now) < STEPS_PER_ROUND
    }

    /// Whether something may be done for an address at once: later, when others had their turn, if much was done for
    /// it and for others just now.
    pub(super) fn has_time_for(&self, address: IpAddr, settings: &PublisherSettings, now: Instant) -> bool {
        !self.is_round_over() || self.is_light(address, settings, now)
    }

    // ---- memory -----------------------------------------------------------------------------------

    /// A connection that kept `before` bytes of commands keeps `now` of them. Returns what all keep.
    pub(super) fn count_unfinished(&mut self, before: usize, now: usize) -> usize {
        Totals::replace(&self.totals.unfinished, before, now)
    }

    /// An answer was queued, which others may have been sent too. Returns the steps it counts as.
    pub(super) fn add_answer(&mut self, answer: &Arc<Vec<u8>>) -> u64 {
        self.count_answer(answer);
        (answer.len() / ANSWER_BYTES_PER_STEP) as u64
    }

    /// The same of an answer whose work is counted already.
    pub(super) fn count_answer(&mut self, answer: &Arc<Vec<u8>>) {
        if answer.len() >= LARGE_ANSWER
            && !self.answers.iter().any(|known| known.as_ptr() == Arc::as_ptr(answer))
        {
            self.answers.push(Arc::downgrade(answer));
        }
    }

    /// Bytes of large answers that wait, for whichever session's connections.
    pub(super) fn waiting_answers(&mut self) -> usize {
        self.answers.retain(|answer| answer.strong_count() > 0);
        let own = self.answers.iter().filter_map(Weak::upgrade).map(|answer| answer.len()).sum();
        let before = std::mem::replace(&mut self.counted_answers, own);
        Totals::replace(&self.totals.answers, before, own)
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

    #[test]
    fn what_many_are_answered_alike_counts_once() {
        let mut limits = Limits::default();
        let (large, small) = (Arc::new(vec![0; LARGE_ANSWER]), Arc::new(vec![0; 10]));
        for _ in 0..3 {
            limits.add_answer(&large);
            limits.add_answer(&small);
        }
        assert_eq!(limits.waiting_answers(), LARGE_ANSWER);
        drop(large);
        assert_eq!(limits.waiting_answers(), 0);
    }

    #[test]
    fn sessions_of_one_publisher_count_together() {
        let totals = Arc::new(Totals::default());
        let [mut one, mut other] = [(); 2].map(|()| Limits { totals: totals.clone(), ..Limits::default() });
        assert_eq!(one.count_unfinished(0, 1000), 1000);
        assert_eq!(other.count_unfinished(0, 500), 1500);
        assert_eq!(one.count_unfinished(1000, 200), 700);
        let answers = [(); 2].map(|()| Arc::new(vec![0; LARGE_ANSWER]));
        one.add_answer(&answers[0]);
        other.add_answer(&answers[1]);
        assert_eq!((one.waiting_answers(), other.waiting_answers()), (LARGE_ANSWER, 2 * LARGE_ANSWER));
        let (address, now) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        one.charge(address, Cost::Steps(7), &LimitSettings::default(), now);
        assert_eq!(other.burden(address, &LimitSettings::default(), now), 7);
    }
}
