//! What subscribers have cost: the work of each address, and the memory of all together.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::catalog::FEW_STEPS;
use super::settings::{LimitSettings, PublisherSettings};

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
/// Work that an address may have done at once, in seconds of its lasting share.
const BURST_SECONDS: u64 = 4;
/// Accounts that are kept before those are looked for that are even.
const ACCOUNTS: usize = 1024;
/// Answers of so many bytes are large.
pub(super) const LARGE_ANSWER: usize = 64 << 10;

/// What subscribers have cost.
#[derive(Debug, Default)]
pub(super) struct Limits {
    accounts: HashMap<IpAddr, Account>,
    /// Steps of this round of commands.
    in_round: u64,
    /// Bytes of commands that were not dealt with, of all connections.
    unfinished: usize,
    /// Large answers that some connection may still have to send.
    answers: Vec<Weak<Vec<u8>>>,
}

/// Work that was done for an address, less what it is entitled to since.
#[derive(Debug, Clone, Copy)]
struct Account {
    steps: u64,
    at: Instant,
}

impl Account {
    fn steps_at(self, now: Instant, per_second: u64) -> u64 {
        let passed = now.saturating_duration_since(self.at).as_micros();
        let paid = passed.saturating_mul(per_second.into()) / 1_000_000;
        self.steps.saturating_sub(u64::try_from(paid).unwrap_or(u64::MAX))
    }
}

impl Limits {
    // ---- work -------------------------------------------------------------------------------------

    /// Work was done for an address.
    pub(super) fn charge(&mut self, address: IpAddr, steps: u64, settings: &LimitSettings, now: Instant) {
        self.in_round += steps;
        let per_second = settings.steps_per_second as u64;
        if per_second == 0 {
            return self.accounts.clear();
        }
        if self.accounts.len() >= ACCOUNTS {
            self.accounts.retain(|_, account| account.steps_at(now, per_second) > 0);
        }
        let account = self.accounts.entry(network(address)).or_insert(Account { steps: 0, at: now });
        *account = Account { steps: account.steps_at(now, per_second) + steps, at: now };
    }

    /// How much was done for an address of late.
    pub(super) fn burden(&self, address: IpAddr, settings: &LimitSettings, now: Instant) -> u64 {
        let account = self.accounts.get(&network(address));
        account.map_or(0, |account| account.steps_at(now, settings.steps_per_second as u64))
    }

    /// When an address may ask for work again, if it must not now.
    pub(super) fn overdrawn_until(
        &self,
        address: IpAddr,
        settings: &LimitSettings,
        now: Instant,
    ) -> Option<Instant> {
        let per_second = settings.steps_per_second as u64;
        let too_much = self.burden(address, settings, now).checked_sub(per_second * BURST_SECONDS)?;
        (too_much > 0)
            .then(|| now + Duration::from_micros(1 + too_much.saturating_mul(1_000_000) / per_second))
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
        self.unfinished = self.unfinished - before + now;
        self.unfinished
    }

    /// An answer was queued, which others may have been sent too. Returns the steps it counts as.
    pub(super) fn add_answer(&mut self, answer: &Arc<Vec<u8>>) -> u64 {
        if answer.len() >= LARGE_ANSWER
            && !self.answers.iter().any(|known| known.as_ptr() == Arc::as_ptr(answer))
        {
            self.answers.push(Arc::downgrade(answer));
        }
        (answer.len() / ANSWER_BYTES_PER_STEP) as u64
    }

    /// Bytes of large answers that wait. `kept` are held by others than connections, too.
    pub(super) fn waiting_answers(&mut self) -> usize {
        self.answers.retain(|answer| answer.strong_count() > 0);
        self.answers.iter().filter_map(Weak::upgrade).map(|answer| answer.len()).sum()
    }
}

/// Who has one address of IPv6 has all with the same first half.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(steps_per_second: usize) -> LimitSettings {
        LimitSettings::default().steps_per_second(steps_per_second)
    }

    #[test]
    fn an_address_that_asked_for_too_much_waits_for_its_share() {
        let (settings, mut limits, now) = (settings(1000), Limits::default(), Instant::now());
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        limits.charge(one, 4000, &settings, now);
        assert_eq!(limits.overdrawn_until(one, &settings, now), None);
        limits.charge(one, 500, &settings, now);
        let until = limits.overdrawn_until(one, &settings, now).unwrap();
        assert_eq!((until - now).as_millis(), 500);
        assert_eq!(limits.overdrawn_until(other, &settings, now), None);
        assert_eq!(limits.overdrawn_until(one, &settings, until), None);
        assert_eq!(limits.burden(one, &settings, now + Duration::from_secs(5)), 0);
    }

    #[test]
    fn who_asked_for_much_waits_for_the_next_round() {
        let (settings, mut limits, now) = (PublisherSettings::default(), Limits::default(), Instant::now());
        let [greedy, newcomer] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let has_time = |limits: &Limits| [greedy, newcomer].map(|it| limits.has_time_for(it, &settings, now));
        limits.charge(greedy, STEPS_PER_ROUND - 1, &settings.limits, now);
        assert_eq!(has_time(&limits), [true, true]);
        limits.charge(greedy, 1, &settings.limits, now);
        assert_eq!(has_time(&limits), [false, true]);
        assert!(limits.is_round_over() && !limits.is_light(greedy, &settings, now));
        limits.begin_round();
        assert_eq!(has_time(&limits), [true, true]);
    }

    #[test]
    fn half_of_an_ipv6_address_counts() {
        let (settings, mut limits, now) = (settings(1000), Limits::default(), Instant::now());
        limits.charge("2001:db8::1".parse().unwrap(), 700, &settings, now);
        assert_eq!(limits.burden("2001:db8::2".parse().unwrap(), &settings, now), 700);
        assert_eq!(limits.burden("2001:db8:0:1::1".parse().unwrap(), &settings, now), 0);
        limits.charge("::ffff:192.0.2.1".parse().unwrap(), 700, &settings, now);
        assert_eq!(limits.burden("192.0.2.1".parse().unwrap(), &settings, now), 700);
    }

    #[test]
    fn accounts_that_are_even_are_forgotten() {
        let (settings, mut limits, now) = (settings(1000), Limits::default(), Instant::now());
        for number in 0..10_000_u32 {
            limits.charge(
                IpAddr::from(number.to_be_bytes()),
                1,
                &settings,
                now + Duration::from_millis(number.into()),
            );
        }
        assert!(limits.accounts.len() <= ACCOUNTS);
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
}
