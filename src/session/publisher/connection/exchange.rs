//! The exchange of signal index caches with one subscriber: send, wait for the confirmation,
//! switch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::session::publisher::subscription::Subscription;

/// How long a datagram may be on its way. A slot that datagrams name gets no other cache before
/// they have all arrived.
const DATAGRAM_LIFETIME: Duration = Duration::from_secs(1);

/// A cache to send, and the slot to announce it for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) slot: u8,
    pub(crate) subscription: Arc<Subscription>,
}

/// What a confirmation brings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// The subscription in use from now on; `None` when it was ended before it was confirmed.
    pub(crate) current: Option<Arc<Subscription>>,
    /// What to send next.
    pub(crate) next: Option<Offer>,
}

/// The subscription in use, the one whose cache the subscriber has not confirmed yet, and the
/// newest one behind it.
#[derive(Debug)]
pub(crate) struct CacheExchange {
    slot: u8,
    current: Option<Arc<Subscription>>,
    offered: Offered,
    /// Waits until no offer is open and the slot is not busy. Replaced by whatever comes: only
    /// the newest counts.
    pending: Option<Arc<Subscription>>,
    /// Until when datagrams that name the slot may be on their way, though it is not in use.
    busy_until: [Option<Instant>; 2],
}

#[derive(Debug)]
enum Offered {
    Nothing,
    /// Waits for its confirmation.
    Open(Arc<Subscription>),
    /// Ended, but so many confirmations are still to come and must not be taken for that of a
    /// later one.
    Ended(u32),
}

impl Default for CacheExchange {
    /// The first cache goes into slot 0, because the one in use is always the other one.
    fn default() -> CacheExchange {
        CacheExchange {
            slot: 1,
            current: None,
            offered: Offered::Nothing,
            pending: None,
            busy_until: [None; 2],
        }
    }
}

impl CacheExchange {
    /// An exchange for the same subscriber that knows of no subscription.
    pub(crate) fn successor(&self) -> CacheExchange {
        CacheExchange { slot: self.slot, busy_until: self.busy_until, ..CacheExchange::default() }
    }

    /// The slot of packets of the current subscription.
    pub(crate) fn slot(&self) -> u8 {
        self.slot
    }

    /// What the subscriber asked for last, in use or not yet.
    pub(crate) fn newest(&self) -> Option<&Arc<Subscription>> {
        let offered = match &self.offered {
            Offered::Open(subscription) => Some(subscription),
            Offered::Nothing | Offered::Ended(_) => None,
        };
        self.pending.as_ref().or(offered).or(self.current.as_ref())
    }

    /// A new subscription of a subscriber that confirms caches. Returns what to send now.
    pub(crate) fn offer(&mut self, subscription: Arc<Subscription>, now: Instant) -> Option<Offer> {
        let is_busy = self.busy_until[usize::from(self.slot ^ 1)].is_some_and(|until| now < until);
        if is_busy || !matches!(self.offered, Offered::Nothing) {
            self.pending = Some(subscription);
            return None;
        }
        self.offered = Offered::Open(subscription.clone());
        Some(Offer { slot: self.slot ^ 1, subscription })
    }

    /// When to call [`release`](Self::release), if a subscription waits for its slot.
    pub(crate) fn held_until(&self) -> Option<Instant> {
        let waits = self.pending.is_some() && matches!(self.offered, Offered::Nothing);
        self.busy_until[usize::from(self.slot ^ 1)].filter(|_| waits)
    }

    /// Offers the subscription that waited for its slot, if it need not wait any longer.
    pub(crate) fn release(&mut self, now: Instant) -> Option<Offer> {
        self.pending.take().and_then(|pending| self.offer(pending, now))
    }

    /// The subscriber confirmed the cache that was sent last; `None` when there was none.
    pub(crate) fn confirm(&mut self, now: Instant) -> Option<Confirmed> {
        let current = match std::mem::replace(&mut self.offered, Offered::Nothing) {
            Offered::Nothing => return None,
            Offered::Open(subscription) => Some(subscription),
            Offered::Ended(confirmations) if confirmations > 1 => {
                self.offered = Offered::Ended(confirmations - 1);
                return Some(Confirmed { current: None, next: None });
            }
            Offered::Ended(_) => None,
        };
        self.retire_current(now);
        self.slot ^= 1;
        self.current = current.clone();
        let next = self.release(now);
        Some(Confirmed { current, next })
    }

    /// Puts other subscriptions in the place of those in use and of those to come. True when that in use is another
    /// one now.
    pub(crate) fn replace(
        &mut self,
        other: impl Fn(&Arc<Subscription>) -> Option<Arc<Subscription>>,
    ) -> bool {
        let mut replace = |place: &mut Arc<Subscription>| match other(place) {
            Some(other) => {
                *place = other;
                true
            }
            None => false,
        };
        if let Offered::Open(subscription) = &mut self.offered {
            replace(subscription);
        }
        self.pending.as_mut().map(&mut replace);
        self.current.as_mut().is_some_and(replace)
    }

    /// A new subscription of a subscriber of version 1, which never confirms.
    pub(crate) fn install(&mut self, subscription: Arc<Subscription>) {
        self.slot = 0;
        self.current = Some(subscription);
    }

    /// Ends all subscriptions.
    pub(crate) fn clear(&mut self, now: Instant) {
        self.pending = None;
        self.retire_current(now);
        if matches!(self.offered, Offered::Open(_)) {
            self.offered = Offered::Ended(1);
        }
    }

    /// Ends all subscriptions in favour of the one that another exchange leads, of whose caches `confirmations`
    /// are still to come. Its packets may have come to this subscriber.
    pub(crate) fn take_over(&mut self, leading: &CacheExchange, confirmations: u32, now: Instant) {
        self.clear(now);
        self.slot = leading.slot;
        for (own, other) in self.busy_until.iter_mut().zip(leading.busy_until) {
            *own = (*own).max(other);
        }
        self.let_rest(leading.current.as_deref(), now);
        let before = if let Offered::Ended(before) = self.offered { before } else { 0 };
        if before + confirmations > 0 {
            self.offered = Offered::Ended(before + confirmations);
        }
    }

    fn retire_current(&mut self, now: Instant) {
        let current = self.current.take();
        self.let_rest(current.as_deref(), now);
    }

    /// Packets of a subscription that used the slot in use may be on their way.
    fn let_rest(&mut self, used: Option<&Subscription>, now: Instant) {
        if used.is_some_and(|subscription| subscription.carriage.channel.is_some()) {
            self.busy_until[usize::from(self.slot)] = Some(now + DATAGRAM_LIFETIME);
        }
    }

    /// All subscriptions, in use or to come.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Subscription>> {
        let offered = match &self.offered {
            Offered::Open(subscription) => Some(subscription),
            Offered::Nothing | Offered::Ended(_) => None,
        };
        self.current.iter().chain(offered).chain(&self.pending)
    }

    /// The cache in use.
    pub(crate) fn current_offer(&self) -> Option<Offer> {
        let subscription = self.current.clone()?;
        Some(Offer { slot: self.slot, subscription })
    }

    /// The cache that waits for its confirmation.
    pub(crate) fn open_offer(&self) -> Option<Offer> {
        match &self.offered {
            Offered::Open(subscription) => {
                Some(Offer { slot: self.slot ^ 1, subscription: subscription.clone() })
            }
            Offered::Nothing | Offered::Ended(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::publisher::subscription::Carriage;
    use crate::wire::DataChannel;

    fn subscription(filter: &str) -> Arc<Subscription> {
        Arc::new(Subscription { filter: filter.into(), ..Subscription::default() })
    }

    #[test]
    fn slots_alternate_from_zero_and_only_the_newest_waits() {
        let [a, b, c] = ["a", "b", "c"].map(subscription);
        let (mut exchange, now) = (CacheExchange::default(), Instant::now());
        assert_eq!(exchange.confirm(now), None);
        assert_eq!(exchange.offer(a.clone(), now), Some(Offer { slot: 0, subscription: a.clone() }));
        assert_eq!(exchange.offer(b, now), None);
        assert_eq!(exchange.offer(c.clone(), now), None);
        assert!(exchange.current.is_none());
        assert_eq!(exchange.newest(), Some(&c));

        let next = Some(Offer { slot: 1, subscription: c.clone() });
        assert_eq!(exchange.confirm(now), Some(Confirmed { current: Some(a.clone()), next }));
        assert_eq!((exchange.slot(), exchange.current.as_ref()), (0, Some(&a)));
        assert_eq!(exchange.confirm(now), Some(Confirmed { current: Some(c.clone()), next: None }));
        assert_eq!((exchange.slot(), exchange.current.as_ref()), (1, Some(&c)));
        assert_eq!(exchange.confirm(now), None);
    }

    #[test]
    fn a_late_confirmation_does_not_revive_what_was_ended() {
        let [a, b] = ["a", "b"].map(subscription);
        let (mut exchange, now) = (CacheExchange::default(), Instant::now());
        exchange.offer(a, now);
        exchange.clear(now);
        assert_eq!(exchange.newest(), None);
        assert_eq!(exchange.offer(b.clone(), now), None);
        let next = Some(Offer { slot: 1, subscription: b.clone() });
        assert_eq!(exchange.confirm(now), Some(Confirmed { current: None, next }));
        assert_eq!(exchange.confirm(now), Some(Confirmed { current: Some(b), next: None }));
    }

    fn by_udp(filter: &str) -> Arc<Subscription> {
        let channel = Some(DataChannel { port: 9600, multicast_group: None });
        let carriage = Carriage { channel, ..Carriage::default() };
        Arc::new(Subscription { filter: filter.into(), carriage, ..Subscription::default() })
    }

    #[test]
    fn slots_that_another_exchange_has_used_rest_as_well() {
        let (mut group, mut exchange) = (CacheExchange::default(), CacheExchange::default());
        let now = Instant::now();
        group.offer(by_udp("a"), now);
        group.confirm(now);
        group.offer(by_udp("b"), now);
        group.confirm(now);
        exchange.take_over(&group, 0, now);
        assert_eq!(exchange.offer(by_udp("c"), now), None, "datagrams of a may be on their way");
        let rested = now + DATAGRAM_LIFETIME;
        assert_eq!(exchange.release(rested), Some(Offer { slot: 0, subscription: by_udp("c") }));

        let mut exchange = CacheExchange::default();
        exchange.take_over(&group, 0, now);
        assert_eq!(exchange.offer(subscription("c"), rested).map(|offer| offer.slot), Some(0));
        exchange.confirm(rested);
        let left = rested + Duration::from_secs(1);
        exchange.take_over(&group, 0, left);
        exchange.offer(by_udp("d"), left + DATAGRAM_LIFETIME / 2);
        assert_eq!(exchange.open_offer().map(|offer| offer.slot), Some(0), "that of b is the other one");
        exchange.confirm(left + DATAGRAM_LIFETIME / 2);
        assert_eq!(exchange.offer(by_udp("e"), left + DATAGRAM_LIFETIME / 2), None);
    }

    #[test]
    fn a_slot_that_datagrams_name_rests_before_it_gets_another_cache() {
        let (mut exchange, start) = (CacheExchange::default(), Instant::now());
        exchange.offer(by_udp("a"), start);
        exchange.confirm(start);
        assert_eq!(
            exchange.offer(by_udp("b"), start).map(|offer| offer.slot),
            Some(1),
            "nothing names it yet"
        );
        let switched = start + Duration::from_secs(9);
        exchange.confirm(switched);
        assert_eq!(exchange.offer(by_udp("c"), switched), None, "datagrams of a may be on their way");
        assert_eq!(exchange.offer(by_udp("d"), switched), None);
        let rested = switched + DATAGRAM_LIFETIME;
        assert_eq!(exchange.held_until(), Some(rested));
        assert_eq!(exchange.release(rested - Duration::from_millis(1)), None);
        assert_eq!(exchange.release(rested), Some(Offer { slot: 0, subscription: by_udp("d") }));
        assert_eq!(exchange.held_until(), None);
        assert_eq!(exchange.confirm(rested).and_then(|confirmed| confirmed.current), Some(by_udp("d")));
    }

    #[test]
    fn confirmations_of_another_exchange_are_waited_for() {
        let (mut exchange, now) = (CacheExchange::default(), Instant::now());
        exchange.offer(subscription("a"), now);
        exchange.take_over(&CacheExchange { slot: 0, ..CacheExchange::default() }, 2, now);
        assert_eq!(exchange.offer(subscription("b"), now), None);
        for _ in 0..2 {
            assert_eq!(exchange.confirm(now), Some(Confirmed { current: None, next: None }));
        }
        let next = exchange.confirm(now).and_then(|confirmed| confirmed.next);
        assert_eq!(next.map(|offer| offer.subscription), Some(subscription("b")));
    }
}
