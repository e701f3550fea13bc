//! What the subscribers of each address have asked for of late, and the lasting share that an address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::settings::LimitSettings;

/// What an address may ask for at once, in seconds of its lasting share.
const BURST_SECONDS: u64 = 4;
/// Accounts that are kept before those are looked for that are even.
const ACCOUNTS: usize = 1024;
/// How often they are looked for at most: all are looked at, while no other session can charge anything.
const BETWEEN_TIDYING: Duration = Duration::from_secs(1);
/// Once half is taken of what is scarce, an address has one part of so many.
pub(super) const PARTS_OF_SCARCE: usize = 8;
/// What a request counts as, so that fractions of one are paid.
const REQUEST: u64 = 1_000;

/// Something that is bounded for each address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// So many steps of work.
    Steps(u64),
    Command,
    Subscribe,
    MetadataRequest,
}

/// The share of an address that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overdrawn {
    /// When it may ask again.
    pub(super) until: Instant,
    /// What it has asked for too much.
    pub(super) key: &'static str,
    /// The share.
    pub(super) per_second: usize,
}

/// The shares of all addresses.
#[derive(Debug, Default)]
pub(super) struct Shares {
    accounts: HashMap<IpAddr, Account>,
    /// When even ones were looked for last.
    tidied: Option<Instant>,
}

/// What an address has had, less what it is entitled to since: steps, commands, Subscribes, requests for metadata.
#[derive(Debug, Clone, Copy)]
struct Account {
    owed: [u64; KINDS],
    at: Instant,
}

const KINDS: usize = 4;

/// The share of each kind: its key, how much it is in a second, and what one of it counts as.
fn shares(settings: &LimitSettings) -> [(&'static str, usize, u64); KINDS] {
    [
        ("stepsPerSecond", settings.steps_per_second, 1),
        ("commandsPerSecond", settings.commands_per_second, REQUEST),
        ("subscribesPerSecond", settings.subscribes_per_second, REQUEST),
        ("metadataRequestsPerSecond", settings.metadata_requests_per_second, REQUEST),
    ]
}

impl Account {
    fn new(now: Instant) -> Account {
        Account { owed: [0; KINDS], at: now }
    }

    fn at(&self, now: Instant, settings: &LimitSettings) -> Account {
        let passed = now.saturating_duration_since(self.at).as_micros();
        let mut owed = self.owed;
        for (owed, (_, per_second, unit)) in owed.iter_mut().zip(shares(settings)) {
            let paid = passed.saturating_mul(u128::from(unit) * per_second as u128) / 1_000_000;
            *owed = owed.saturating_sub(u64::try_from(paid).unwrap_or(u64::MAX));
            if per_second == 0 {
                *owed = 0;
            }
        }
        Account { owed, at: self.at.max(now) }
    }

    fn is_even(&self) -> bool {
        self.owed == [0; KINDS]
    }
}

impl Shares {
    /// Something was done for an address.
    pub(super) fn charge(&mut self, address: IpAddr, cost: Cost, settings: &LimitSettings, now: Instant) {
        let is_due = |tidied: Instant| now.saturating_duration_since(tidied) >= BETWEEN_TIDYING;
        if self.accounts.len() >= ACCOUNTS && self.tidied.is_none_or(is_due) {
            self.tidied = Some(now);
            self.accounts.retain(|_, account| !account.at(now, settings).is_even());
        }
        let account = self.accounts.entry(network(address)).or_insert(Account::new(now));
        *account = account.at(now, settings);
        let (kind, amount) = match cost {
            Cost::Steps(steps) => (0, steps),
            Cost::Command => (1, REQUEST),
            Cost::Subscribe => (2, REQUEST),
            Cost::MetadataRequest => (3, REQUEST),
        };
        account.owed[kind] += amount;
    }

    /// How many steps were taken for an address of late.
    pub(super) fn burden(&self, address: IpAddr, settings: &LimitSettings, now: Instant) -> u64 {
        self.accounts.get(&network(address)).map_or(0, |account| account.at(now, settings).owed[0])
    }

    /// Why an address must not ask for anything now, if so.
    pub(super) fn overdrawn(
        &self,
        address: IpAddr,
        settings: &LimitSettings,
        now: Instant,
    ) -> Option<Overdrawn> {
        let owed = self.accounts.get(&network(address))?.at(now, settings).owed;
        let overdrawn =
            owed.into_iter().zip(shares(settings)).filter_map(|(owed, (key, per_second, unit))| {
                let in_a_second = unit * per_second as u64;
                let too_much = owed.checked_sub(in_a_second * BURST_SECONDS).filter(|much| *much > 0)?;
                let micros = too_much.saturating_mul(1_000_000).checked_div(in_a_second)?;
                Some(Overdrawn { until: now + Duration::from_micros(1 + micros), key, per_second })
            });
        overdrawn.max_by_key(|overdrawn| overdrawn.until)
    }
}

/// What stands for an address where addresses are treated alike: who has one of IPv6 has all with the same first half.
pub(crate) fn network(address: IpAddr) -> IpAddr {
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
        let (settings, mut shares, now) = (settings(1000), Shares::default(), Instant::now());
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        shares.charge(one, Cost::Steps(4000), &settings, now);
        assert_eq!(shares.overdrawn(one, &settings, now), None);
        shares.charge(one, Cost::Steps(500), &settings, now);
        let overdrawn = shares.overdrawn(one, &settings, now).unwrap();
        assert_eq!((overdrawn.until - now).as_millis(), 500);
        assert_eq!((overdrawn.key, overdrawn.per_second), ("stepsPerSecond", 1000));
        assert_eq!(shares.overdrawn(other, &settings, now), None);
        assert_eq!(shares.overdrawn(one, &settings, overdrawn.until), None);
        assert_eq!(shares.burden(one, &settings, now + Duration::from_secs(5)), 0);
    }

    #[test]
    fn requests_of_each_kind_have_a_share_of_their_own() {
        let settings = LimitSettings::default().subscribes_per_second(10).metadata_requests_per_second(0);
        let settings = settings.commands_per_second(50);
        let (mut shares, now) = (Shares::default(), Instant::now());
        let address = IpAddr::from([192, 0, 2, 1]);
        for number in 0..1000 {
            // Of what is charged often, fractions are paid too.
            let now = now + Duration::from_micros(number);
            shares.charge(address, Cost::MetadataRequest, &settings, now);
        }
        assert_eq!(shares.overdrawn(address, &settings, now), None, "no limit");
        (0..40).for_each(|_| shares.charge(address, Cost::Subscribe, &settings, now));
        assert_eq!(shares.overdrawn(address, &settings, now), None);
        shares.charge(address, Cost::Subscribe, &settings, now);
        let overdrawn = shares.overdrawn(address, &settings, now).unwrap();
        assert_eq!((overdrawn.key, overdrawn.per_second), ("subscribesPerSecond", 10));
        assert_eq!(shares.overdrawn(address, &settings, now + Duration::from_millis(101)), None);
        let now = now + Duration::from_millis(101);
        (0..200).for_each(|_| shares.charge(address, Cost::Command, &settings, now));
        assert_eq!(shares.overdrawn(address, &settings, now), None);
        shares.charge(address, Cost::Command, &settings, now);
        let overdrawn = shares.overdrawn(address, &settings, now).unwrap();
        assert_eq!((overdrawn.key, overdrawn.per_second), ("commandsPerSecond", 50));
        assert_eq!((overdrawn.until - now).as_millis(), 20);
    }

    #[test]
    fn half_of_an_ipv6_address_counts() {
        let (settings, mut shares, now) = (settings(1000), Shares::default(), Instant::now());
        shares.charge("2001:db8::1".parse().unwrap(), Cost::Steps(700), &settings, now);
        assert_eq!(shares.burden("2001:db8::2".parse().unwrap(), &settings, now), 700);
        assert_eq!(shares.burden("2001:db8:0:1::1".parse().unwrap(), &settings, now), 0);
        shares.charge("::ffff:192.0.2.1".parse().unwrap(), Cost::Steps(700), &settings, now);
        assert_eq!(shares.burden("192.0.2.1".parse().unwrap(), &settings, now), 700);
    }

    #[test]
    fn accounts_that_are_even_are_forgotten() {
        let (settings, mut shares, now) = (settings(1000), Shares::default(), Instant::now());
        let mut charge = |number: u32| {
            let later = now + Duration::from_millis(number.into());
            shares.charge(IpAddr::from(number.to_be_bytes()), Cost::Steps(1), &settings, later);
            shares.accounts.len()
        };
        // The first look finds all but one of them even; the next one is a second later.
        assert_eq!((0..=ACCOUNTS as u32).map(&mut charge).max(), Some(ACCOUNTS));
        let most = (ACCOUNTS as u32 + 1..10_000).map(charge).max();
        assert!(most.is_some_and(|most| most <= 2 * ACCOUNTS), "{most:?}");
    }

    #[test]
    fn accounts_that_are_not_even_are_looked_at_once_a_second() {
        let (settings, mut shares, now) = (settings(1), Shares::default(), Instant::now());
        let looks = (0..4_000_u32).filter(|number| {
            let before = shares.tidied;
            let later = now + Duration::from_millis(u64::from(*number));
            shares.charge(IpAddr::from(number.to_be_bytes()), Cost::Steps(100), &settings, later);
            shares.tidied != before
        });
        assert_eq!(looks.count(), 3);
    }
}
