//! What all subscribers of a publisher take together, whichever of its sessions serves them: each loop of an engine
//! has one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use super::settings::{Overflow, PublisherSettings};
use super::shares::{PARTS_OF_SCARCE, Shares, network};
use super::waiting_answers::WaitingAnswers;

/// Why something is dropped while more waits for all than may.
pub(super) const BEYOND_TOTAL: &str = "more waits for all subscribers together than maxSendQueues allows";

/// Bytes of measurements that may wait for a connection however many others there are.
const SMALLEST_SHARE: usize = 64 << 10;
/// Of places that are scarce an address gets so many at least.
const SMALLEST_SHARE_OF_PLACES: usize = 2;

/// What all subscribers of a publisher take together. Its sessions share it.
#[derive(Debug, Default)]
pub struct Totals {
    /// Bytes of commands that were not dealt with.
    unfinished: AtomicUsize,
    /// Answers that wait to be sent.
    pub(super) answers: Arc<WaitingAnswers>,
    /// Bytes of measurements and buffer blocks that wait, to be sent or to be confirmed, and in how many queues that
    /// are not shared.
    queued: AtomicUsize,
    queues: AtomicUsize,
    /// How many bytes may; 0 before there are settings.
    most_queued: AtomicUsize,
    /// Descriptors that the process may have; 0 when there is no bound.
    descriptors: AtomicUsize,
    places: Mutex<Places>,
    datagrams: Datagrams,
    shares: Mutex<Shares>,
}

/// How many there are of what there may be only so much of.
#[derive(Debug, Default)]
struct Places {
    counts: [usize; 4],
    /// How many of each kind every address has, as far as it has any.
    held: HashMap<(Kind, IpAddr), usize>,
}

/// Something that there may be only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Distinct subscriptions, each of which is encoded.
    Stream,
    /// Channels of datagrams.
    Channel,
    Playback,
    /// Connections that are not about to end.
    Connection,
}

/// One of those things, as long as this lives.
#[derive(Debug)]
pub(super) struct Place {
    totals: Arc<Totals>,
    kind: Kind,
    /// The address that has it; `None` when it counts for none.
    holder: Option<IpAddr>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scarcity {
    /// All are taken.
    Full,
    /// Half of them are taken, and the address has so many of them: its share.
    ShareUsed(usize),
}

/// Bytes of a stream that wait to be sent, as long as this lives.
#[derive(Debug)]
pub(super) struct Held {
    totals: Arc<Totals>,
    bytes: usize,
    queues: usize,
}

/// Buffer blocks in memory for one connection, wherever they wait.
#[derive(Debug)]
pub(super) struct BlockAccount {
    totals: Arc<Totals>,
    bytes: AtomicUsize,
}

/// Bytes of one of them, as long as this lives.
#[derive(Debug)]
pub(super) struct HeldBlock {
    account: Arc<BlockAccount>,
    bytes: usize,
}

/// Bytes of datagrams in a second.
#[derive(Debug, Default)]
struct Datagrams {
    most: AtomicUsize,
    begun: OnceLock<Instant>,
    /// The second, and below it the bytes that it had: one number, so that those of another loop are not lost between
    /// two steps.
    had: AtomicU64,
}

/// Bits of the bytes in [`Datagrams::had`]: a TiB in a second, and 24 bits of seconds that may go round.
const BITS_OF_BYTES: u32 = 40;

impl Totals {
    /// These settings hold from now on.
    pub(super) fn configure(&self, settings: &PublisherSettings) {
        self.most_queued.store(settings.limits.max_send_queues, Ordering::Relaxed);
        self.datagrams.most.store(settings.limits.max_udp_rate, Ordering::Relaxed);
    }

    /// A connection that kept `before` bytes of commands keeps `now` of them. Returns what all keep.
    pub(super) fn count_unfinished(&self, before: usize, now: usize) -> usize {
        Totals::replace(&self.unfinished, before, now)
    }

    /// The process may have so many descriptors, if there is a bound.
    pub(crate) fn set_descriptors(&self, most: Option<usize>) {
        self.descriptors.store(most.unwrap_or(0), Ordering::Relaxed);
    }

    pub(super) fn descriptors(&self) -> Option<usize> {
        Some(self.descriptors.load(Ordering::Relaxed)).filter(|most| *most > 0)
    }

    pub(super) fn shares(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of something there are.
    #[cfg(test)]
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.places().counts[kind as usize]
    }

    /// One more of something, for an address.
    pub(super) fn add(self: &Arc<Self>, kind: Kind, address: IpAddr) -> Place {
        self.add_to(&mut self.places(), kind, Some(network(address)))
    }

    /// The same, for an address or for none, unless there is a reason not to: it may depend on how many there are, and
    /// how many of them the address has.
    pub(super) fn add_unless<E>(
        self: &Arc<Self>,
        kind: Kind,
        address: Option<IpAddr>,
        reason: impl FnOnce(usize, usize) -> Option<E>,
    ) -> Result<Place, E> {
        let mut places = self.places();
        let holder = address.map(network);
        let held = holder.map_or(0, |holder| places.held_by(kind, holder));
        match reason(places.counts[kind as usize], held) {
            Some(reason) => Err(reason),
            None => Ok(self.add_to(&mut places, kind, holder)),
        }
    }

    fn add_to(self: &Arc<Self>, places: &mut Places, kind: Kind, holder: Option<IpAddr>) -> Place {
        places.counts[kind as usize] += 1;
        if let Some(holder) = holder {
            *places.held.entry((kind, holder)).or_default() += 1;
        }
        Place { totals: Arc::clone(self), kind, holder }
    }

    /// Why an address gets no more of something of which there may be `most`, if so. When they become scarce nobody
    /// gets more than a share, so that there are some left for others.
    pub(super) fn scarcity(&self, kind: Kind, most: usize, address: IpAddr) -> Option<Scarcity> {
        let places = self.places();
        let count = places.counts[kind as usize];
        if count >= most {
            return Some(Scarcity::Full);
        }
        let share = (most / PARTS_OF_SCARCE).max(SMALLEST_SHARE_OF_PLACES);
        let held = places.held_by(kind, network(address));
        (count >= most.div_ceil(2) && held >= share).then_some(Scarcity::ShareUsed(share))
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what waits to be sent of a stream.
    pub(super) fn hold(self: &Arc<Self>) -> Held {
        Held { totals: Arc::clone(self), bytes: 0, queues: 0 }
    }

    /// Bytes of measurements and buffer blocks that wait.
    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Counts the buffer blocks of a connection.
    pub(super) fn block_account(self: &Arc<Self>) -> Arc<BlockAccount> {
        Arc::new(BlockAccount { totals: Arc::clone(self), bytes: AtomicUsize::new(0) })
    }

    /// Bytes that may wait in one queue while more wait in all of them than may; `None` while they do not.
    pub(super) fn share(&self) -> Option<usize> {
        let most = self.most_queued.load(Ordering::Relaxed);
        let is_beyond = most > 0 && self.queued.load(Ordering::Relaxed) > most;
        is_beyond.then(|| (most / self.queues.load(Ordering::Relaxed).max(1)).max(SMALLEST_SHARE))
    }

    /// Bytes of measurements that may wait for one connection. It is less than usual while more waits for all of them
    /// than may.
    pub(super) fn send_queue_limit(&self, settings: &PublisherSettings) -> usize {
        self.share().map_or(settings.send_queue_limit, |share| settings.send_queue_limit.min(share))
    }

    /// The setting that allows no more than that.
    pub(super) fn queue_limit_key(&self, settings: &PublisherSettings) -> &'static str {
        if self.send_queue_limit(settings) < settings.send_queue_limit {
            "maxSendQueues"
        } else {
            "sendQueueLimit"
        }
    }

    /// Bytes of measurements in a send queue beyond which some are dropped; `None` when publishing waits instead.
    pub(super) fn droppable_beyond(&self, settings: &PublisherSettings) -> Option<usize> {
        match settings.overflow {
            Overflow::Wait { .. } => None,
            Overflow::DropOldest | Overflow::Disconnect => Some(self.send_queue_limit(settings)),
        }
    }

    /// Replaces a number that one session has counted.
    fn replace(count: &AtomicUsize, before: usize, now: usize) -> usize {
        // It goes round when less follows more, and comes to the right number.
        let change = now.wrapping_sub(before);
        count.fetch_add(change, Ordering::Relaxed).wrapping_add(change)
    }
}

impl Places {
    fn held_by(&self, kind: Kind, holder: IpAddr) -> usize {
        self.held.get(&(kind, holder)).copied().unwrap_or(0)
    }
}

impl Place {
    /// Whether a datagram may be sent now: not if all together would be more in this second than may be.
    pub(super) fn may_send(&self, bytes: usize, now: Instant) -> bool {
        self.totals.datagrams.take(bytes, now)
    }
}

impl Place {
    /// Bytes that may wait in one queue while more wait in all of them than may.
    pub(super) fn share(&self) -> Option<usize> {
        self.totals.share()
    }
}

impl BlockAccount {
    /// Counts the bytes of one more block.
    pub(super) fn hold(self: &Arc<Self>, bytes: usize) -> HeldBlock {
        self.replace(0, bytes);
        HeldBlock { account: Arc::clone(self), bytes }
    }

    fn replace(&self, before: usize, now: usize) {
        let after = Totals::replace(&self.bytes, before, now);
        let had = after.wrapping_sub(now).wrapping_add(before);
        Totals::replace(&self.totals.queued, before, now);
        Totals::replace(&self.totals.queues, usize::from(had > 0), usize::from(after > 0));
    }
}

impl Drop for HeldBlock {
    fn drop(&mut self) {
        self.account.replace(self.bytes, 0);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.totals.places();
        places.counts[self.kind as usize] -= 1;
        let Some(holder) = self.holder else { return };
        let held = places.held.get_mut(&(self.kind, holder));
        if held.is_some_and(|held| {
            *held -= 1;
            *held == 0
        }) {
            places.held.remove(&(self.kind, holder));
        }
    }
}

impl Held {
    /// So many bytes wait in so many queues that do not share them.
    pub(super) fn set(&mut self, bytes: usize, queues: usize) {
        Totals::replace(&self.totals.queued, self.bytes, bytes);
        Totals::replace(&self.totals.queues, self.queues, queues);
        (self.bytes, self.queues) = (bytes, queues);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.set(0, 0);
    }
}

impl Datagrams {
    fn take(&self, bytes: usize, now: Instant) -> bool {
        let most = self.most.load(Ordering::Relaxed);
        if most == 0 {
            return true;
        }
        let begun = *self.begun.get_or_init(|| now);
        let second = now.saturating_duration_since(begun).as_secs();
        let (second, most) = (second << BITS_OF_BYTES, (most as u64).min((1 << BITS_OF_BYTES) - 1));
        let more = |packed: u64| {
            let had = if packed >> BITS_OF_BYTES == second >> BITS_OF_BYTES { packed - second } else { 0 };
            let all = had.saturating_add(bytes as u64);
            (all <= most).then_some(second | all)
        };
        // What is refused takes nothing from others.
        self.had.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn settings(limits: super::super::settings::LimitSettings) -> PublisherSettings {
        PublisherSettings { limits, ..PublisherSettings::default() }
    }

    #[test]
    fn queues_are_shorter_while_too_much_waits_in_all_of_them() {
        let settings = settings(super::super::settings::LimitSettings::default().max_send_queues(10 << 20));
        let totals = Arc::new(Totals::default());
        totals.configure(&settings);
        let mut held = [totals.hold(), totals.hold()];
        held[0].set(8 << 20, 1);
        assert_eq!(totals.send_queue_limit(&settings), settings.send_queue_limit);
        held[1].set(8 << 20, 4);
        assert_eq!(totals.send_queue_limit(&settings), 2 << 20);
        held[1].set(8 << 20, 1000);
        assert_eq!(totals.send_queue_limit(&settings), SMALLEST_SHARE);
        held[1].set(1 << 20, 1000);
        assert_eq!(totals.send_queue_limit(&settings), settings.send_queue_limit);
        drop(held);
        assert_eq!((totals.queued.load(Ordering::Relaxed), totals.queues.load(Ordering::Relaxed)), (0, 0));
    }

    #[test]
    fn sessions_of_one_publisher_count_together() {
        let totals = Totals::default();
        assert_eq!(totals.count_unfinished(0, 1000), 1000);
        assert_eq!(totals.count_unfinished(0, 500), 1500);
        assert_eq!(totals.count_unfinished(1000, 200), 700);
    }

    #[test]
    fn places_are_free_again_when_they_are_given_up() {
        let totals = Arc::new(Totals::default());
        let address = IpAddr::from([192, 0, 2, 1]);
        let places = [Kind::Stream, Kind::Stream, Kind::Playback].map(|kind| totals.add(kind, address));
        assert_eq!([Kind::Stream, Kind::Channel, Kind::Playback].map(|kind| totals.count(kind)), [2, 0, 1]);
        drop(places);
        assert_eq!([Kind::Stream, Kind::Channel, Kind::Playback].map(|kind| totals.count(kind)), [0; 3]);
        assert!(totals.places().held.is_empty());
    }

    #[test]
    fn an_address_gets_its_share_once_half_is_taken() {
        let (totals, most) = (Arc::new(Totals::default()), 80);
        let [greedy, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let scarcity = |address| totals.scarcity(Kind::Playback, most, address);
        let mut places = Vec::new();
        while scarcity(greedy).is_none() {
            places.push(totals.add(Kind::Playback, greedy));
        }
        assert_eq!((places.len(), scarcity(greedy)), (40, Some(Scarcity::ShareUsed(10))));
        (0..10).for_each(|_| {
            assert_eq!(scarcity(other), None);
            places.push(totals.add(Kind::Playback, other));
        });
        assert_eq!(scarcity(other), Some(Scarcity::ShareUsed(10)));
        assert_eq!(totals.scarcity(Kind::Stream, most, other), None);
        places.extend((0..30).map(|host| totals.add(Kind::Playback, [192, 0, 3, host].into())));
        assert_eq!(scarcity([192, 0, 2, 3].into()), Some(Scarcity::Full));
        // Where there are few at all, two are not too many.
        assert_eq!(totals.scarcity(Kind::Channel, 2, other), None);
        let _channel = totals.add(Kind::Channel, other);
        assert_eq!(totals.scarcity(Kind::Channel, 2, other), None);
    }

    #[test]
    fn a_datagram_that_is_refused_takes_nothing_from_others() {
        let limits = super::super::settings::LimitSettings::default().max_udp_rate(1000);
        let (totals, start) = (Arc::new(Totals::default()), Instant::now());
        totals.configure(&settings(limits));
        let channels = [1, 2].map(|host| totals.add(Kind::Channel, [192, 0, 2, host].into()));
        for large in [1001, usize::try_from(1_u64 << 40).unwrap_or(usize::MAX), usize::MAX] {
            assert!(!channels[0].may_send(large, start));
        }
        assert!(channels[1].may_send(600, start));
        assert!(!channels[0].may_send(401, start));
        assert!(channels[1].may_send(400, start));
        assert!(!channels[1].may_send(1, start));
    }

    #[test]
    fn datagrams_of_several_threads_get_what_there_is_and_no_more() {
        let limits = super::super::settings::LimitSettings::default().max_udp_rate(1000);
        let (totals, start) = (Arc::new(Totals::default()), Instant::now());
        totals.configure(&settings(limits));
        for second in 0..100 {
            let now = start + Duration::from_secs(second);
            let sent: usize = std::thread::scope(|scope| {
                let senders = [1, 2, 3].map(|host| {
                    let channel = totals.add(Kind::Channel, [192, 0, 2, host].into());
                    scope.spawn(move || (0..1000).filter(|_| channel.may_send(1, now)).count())
                });
                senders.map(|sender| sender.join().unwrap()).iter().sum()
            });
            assert_eq!(sent, 1000);
        }
    }

    #[test]
    fn blocks_count_as_long_as_somebody_holds_them_and_as_one_queue() {
        let totals = Arc::new(Totals::default());
        let counted = || (totals.queued.load(Ordering::Relaxed), totals.queues.load(Ordering::Relaxed));
        let accounts = [totals.block_account(), totals.block_account()];
        let first = accounts[0].hold(100);
        let (second, third) = (accounts[0].hold(20), accounts[1].hold(3));
        assert_eq!(counted(), (123, 2));
        drop(first);
        assert_eq!(counted(), (23, 2));
        drop(third);
        assert_eq!(counted(), (20, 1));
        drop(second);
        assert_eq!(counted(), (0, 0));
    }

    #[test]
    fn datagrams_of_all_channels_share_what_there_is_in_a_second() {
        let limits = super::super::settings::LimitSettings::default().max_udp_rate(1000);
        let (totals, start) = (Arc::new(Totals::default()), Instant::now());
        totals.configure(&settings(limits));
        let channels = [1, 2].map(|host| totals.add(Kind::Channel, [192, 0, 2, host].into()));
        assert!(channels[0].may_send(600, start) && channels[1].may_send(400, start));
        assert!(!channels[0].may_send(1, start + Duration::from_millis(999)));
        assert!(channels[1].may_send(0, start + Duration::from_millis(999)));
        assert!(channels[1].may_send(1000, start + Duration::from_secs(1)));
        totals.configure(&settings(limits.max_udp_rate(0)));
        assert!(channels[0].may_send(usize::MAX, start + Duration::from_secs(1)), "no limit");
    }
}
