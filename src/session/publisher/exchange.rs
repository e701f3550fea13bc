//! The exchange of signal index caches with one subscriber: send, wait for the confirmation,
//! switch.

use std::sync::Arc;

use super::subscription::Subscription;

/// A cache to send, and the slot to announce it for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) slot: u8,
    pub(super) subscription: Arc<Subscription>,
}

/// What a confirmation brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Confirmed {
    /// The subscription in use from now on; `None` when it was ended before it was confirmed.
    pub(super) current: Option<Arc<Subscription>>,
    /// What to send next.
    pub(super) next: Option<Offer>,
}

/// The subscription in use, the one whose cache the subscriber has not confirmed yet, and the
/// newest one behind it.
#[derive(Debug)]
pub(super) struct CacheExchange {
    slot: u8,
    current: Option<Arc<Subscription>>,
    offered: Offered,
    /// Replaced by whatever comes while an offer is open: only the newest counts.
    pending: Option<Arc<Subscription>>,
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
        CacheExchange { slot: 1, current: None, offered: Offered::Nothing, pending: None }
    }
}

impl CacheExchange {
    /// An exchange whose first cache goes into the other slot than `slot`.
    pub(super) fn after_slot(slot: u8) -> CacheExchange {
        CacheExchange { slot, ..CacheExchange::default() }
    }

    /// The slot of packets of the current subscription.
    pub(super) fn slot(&self) -> u8 {
        self.slot
    }

    /// What the subscriber asked for last, in use or not yet.
    pub(super) fn newest(&self) -> Option<&Arc<Subscription>> {
        let offered = match &self.offered {
            Offered::Open(subscription) => Some(subscription),
            Offered::Nothing | Offered::Ended(_) => None,
        };
        self.pending.as_ref().or(offered).or(self.current.as_ref())
    }

    /// A new subscription of a subscriber that confirms caches. Returns what to send now.
    pub(super) fn offer(&mut self, subscription: Arc<Subscription>) -> Option<Offer> {
        if !matches!(self.offered, Offered::Nothing) {
            self.pending = Some(subscription);
            return None;
        }
        self.offered = Offered::Open(subscription.clone());
        Some(Offer { slot: self.slot ^ 1, subscription })
    }

    /// The subscriber confirmed the cache that was sent last; `None` when there was none.
    pub(super) fn confirm(&mut self) -> Option<Confirmed> {
        let current = match std::mem::replace(&mut self.offered, Offered::Nothing) {
            Offered::Nothing => return None,
            Offered::Open(subscription) => Some(subscription),
            Offered::Ended(confirmations) if confirmations > 1 => {
                self.offered = Offered::Ended(confirmations - 1);
                return Some(Confirmed { current: None, next: None });
            }
            Offered::Ended(_) => None,
        };
        self.slot ^= 1;
        self.current = current.clone();
        let next = self.pending.take().and_then(|pending| self.offer(pending));
        Some(Confirmed { current, next })
    }

    /// A new subscription of a subscriber of version 1, which never confirms.
    pub(super) fn install(&mut self, subscription: Arc<Subscription>) {
        self.slot = 0;
        self.current = Some(subscription);
    }

    /// Ends all subscriptions.
    pub(super) fn clear(&mut self) {
        self.pending = None;
        self.current = None;
        if matches!(self.offered, Offered::Open(_)) {
            self.offered = Offered::Ended(1);
        }
    }

    /// Ends all subscriptions in favour of one that another exchange leads. Packets of that use
    /// `slot`, and `confirmations` of its caches are still to come.
    pub(super) fn take_over(&mut self, slot: u8, confirmations: u32) {
        self.clear();
        self.slot = slot;
        let before = if let Offered::Ended(before) = self.offered { before } else { 0 };
        if before + confirmations > 0 {
            self.offered = Offered::Ended(before + confirmations);
        }
    }

    /// The cache in use.
    pub(super) fn current_offer(&self) -> Option<Offer> {
        let subscription = self.current.clone()?;
        Some(Offer { slot: self.slot, subscription })
    }

    /// The cache that waits for its confirmation.
    pub(super) fn open_offer(&self) -> Option<Offer> {
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

    fn subscription(filter: &str) -> Arc<Subscription> {
        Arc::new(Subscription { filter: filter.into(), ..Subscription::default() })
    }

    #[test]
    fn slots_alternate_from_zero_and_only_the_newest_waits() {
        let [a, b, c] = ["a", "b", "c"].map(subscription);
        let mut exchange = CacheExchange::default();
        assert_eq!(exchange.confirm(), None);
        assert_eq!(exchange.offer(a.clone()), Some(Offer { slot: 0, subscription: a.clone() }));
        assert_eq!(exchange.offer(b), None);
        assert_eq!(exchange.offer(c.clone()), None);
        assert!(exchange.current.is_none());
        assert_eq!(exchange.newest(), Some(&c));

        let next = Some(Offer { slot: 1, subscription: c.clone() });
        assert_eq!(exchange.confirm(), Some(Confirmed { current: Some(a.clone()), next }));
        assert_eq!((exchange.slot(), exchange.current.as_ref()), (0, Some(&a)));
        assert_eq!(exchange.confirm(), Some(Confirmed { current: Some(c.clone()), next: None }));
        assert_eq!((exchange.slot(), exchange.current.as_ref()), (1, Some(&c)));
        assert_eq!(exchange.confirm(), None);
    }

    #[test]
    fn a_late_confirmation_does_not_revive_what_was_ended() {
        let [a, b] = ["a", "b"].map(subscription);
        let mut exchange = CacheExchange::default();
        exchange.offer(a);
        exchange.clear();
        assert_eq!(exchange.newest(), None);
        assert_eq!(exchange.offer(b.clone()), None);
        let next = Some(Offer { slot: 1, subscription: b.clone() });
        assert_eq!(exchange.confirm(), Some(Confirmed { current: None, next }));
        assert_eq!(exchange.confirm(), Some(Confirmed { current: Some(b), next: None }));
    }
}
