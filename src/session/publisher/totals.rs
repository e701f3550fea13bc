//! What all subscribers of a publisher take together, whichever of its sessions serves them: each loop of an engine
//! has one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use super::settings::{Overflow, PublisherSettings};
use super::shares::Shares;

/// Bytes of measurements that may wait for a connection however many others there are.
const SMALLEST_SHARE: usize = 64 << 10;

/// What all subscribers of a publisher take together. Its sessions share it.
#[derive(Debug, Default)]
pub struct Totals {
    /// Bytes of commands that were not dealt with.
    pub(super) unfinished: AtomicUsize,
    /// Bytes of large answers that wait to be sent.
    pub(super) answers: AtomicUsize,
    /// Bytes of measurements that wait to be sent, and of how many queues that are not shared.
    queued: AtomicUsize,
    queues: AtomicUsize,
    places: [AtomicUsize; 3],
    datagrams: Datagrams,
    shares: Mutex<Shares>,
}

/// Something that there may be only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Distinct subscriptions, each of which is encoded.
    Stream,
    /// Channels of datagrams.
    Channel,
    Playback,
}

/// One of those things, as long as this lives.
#[derive(Debug)]
pub(super) struct Place {
    totals: Arc<Totals>,
    kind: Kind,
}

/// Bytes of a stream that wait to be sent, as long as this lives.
#[derive(Debug)]
pub(super) struct Held {
    totals: Arc<Totals>,
    bytes: usize,
    queues: usize,
}

/// Bytes of datagrams in a second.
#[derive(Debug, Default)]
struct Datagrams {
    most: AtomicUsize,
    begun: OnceLock<Instant>,
    second: AtomicU64,
    had: AtomicUsize,
}

impl Totals {
    /// These settings hold from now on.
    pub(super) fn configure(&self, settings: &PublisherSettings) {
        self.datagrams.most.store(settings.limits.max_udp_rate, Ordering::Relaxed);
    }

    pub(super) fn shares(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of something there are.
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.places[kind as usize].load(Ordering::Relaxed)
    }

    /// One more of something.
    pub(super) fn add(self: &Arc<Self>, kind: Kind) -> Place {
        self.places[kind as usize].fetch_add(1, Ordering::Relaxed);
        Place { totals: Arc::clone(self), kind }
    }

    /// Counts what waits to be sent of a stream.
    pub(super) fn hold(self: &Arc<Self>) -> Held {
        Held { totals: Arc::clone(self), bytes: 0, queues: 0 }
    }

    /// Bytes of measurements that may wait for one connection. It is less than usual while more waits for all of them
    /// than may.
    pub(super) fn send_queue_limit(&self, settings: &PublisherSettings) -> usize {
        let most = settings.limits.max_send_queues;
        if self.queued.load(Ordering::Relaxed) <= most {
            return settings.send_queue_limit;
        }
        let share = most / self.queues.load(Ordering::Relaxed).max(1);
        settings.send_queue_limit.min(share.max(SMALLEST_SHARE))
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
    pub(super) fn replace(count: &AtomicUsize, before: usize, now: usize) -> usize {
        // It goes round when less follows more, and comes to the right number.
        let change = now.wrapping_sub(before);
        count.fetch_add(change, Ordering::Relaxed).wrapping_add(change)
    }
}

impl Place {
    /// Whether a datagram may be sent now: not if all together would be more in this second than may be.
    pub(super) fn may_send(&self, bytes: usize, now: Instant) -> bool {
        self.totals.datagrams.take(bytes, now)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.totals.places[self.kind as usize].fetch_sub(1, Ordering::Relaxed);
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
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.had.store(0, Ordering::Relaxed);
        }
        self.had.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= most
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
    fn places_are_free_again_when_they_are_given_up() {
        let totals = Arc::new(Totals::default());
        let places = [totals.add(Kind::Stream), totals.add(Kind::Stream), totals.add(Kind::Playback)];
        assert_eq!([Kind::Stream, Kind::Channel, Kind::Playback].map(|kind| totals.count(kind)), [2, 0, 1]);
        drop(places);
        assert_eq!([Kind::Stream, Kind::Channel, Kind::Playback].map(|kind| totals.count(kind)), [0; 3]);
    }

    #[test]
    fn datagrams_of_all_channels_share_what_there_is_in_a_second() {
        let limits = super::super::settings::LimitSettings::default().max_udp_rate(1000);
        let (totals, start) = (Arc::new(Totals::default()), Instant::now());
        totals.configure(&settings(limits));
        let channels = [totals.add(Kind::Channel), totals.add(Kind::Channel)];
        assert!(channels[0].may_send(600, start) && channels[1].may_send(400, start));
        assert!(!channels[0].may_send(1, start + Duration::from_millis(999)));
        assert!(channels[1].may_send(1000, start + Duration::from_secs(1)));
        totals.configure(&settings(limits.max_udp_rate(0)));
        assert!(channels[0].may_send(usize::MAX, start + Duration::from_secs(1)), "no limit");
    }
}
