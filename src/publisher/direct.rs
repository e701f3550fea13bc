//! Sending on the publishing thread.
//!
//! Between two frames the engine sleeps. To wake it for the next one takes longer than to send that
//! to a few subscribers, and the thread that publishes is awake. Whatever is not as usual, such as a
//! socket that takes no more, is left to the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Publisher;
use super::batches::Batches;
use super::shards::LockedShard;
use crate::codec::RawMeasurement;
use crate::host;
use crate::session::Moment;
use crate::session::publisher::Catalog;

/// Most connections that a publishing thread sends to, a system call for each.
const MOST_CONNECTIONS: usize = 4;
/// Most measurements that it encodes, once for each distinct subscription.
const MOST_MEASUREMENTS: usize = 4096;
/// The least time since the call before. Who publishes faster gains by two threads: one prepares
/// measurements while the other one sends.
const LEAST_PAUSE: Duration = Duration::from_millis(1);

/// How fast calls that publish follow each other.
pub(super) struct Pace {
    begun: Instant,
    /// When the latest call came, in nanoseconds since then.
    latest: AtomicU64,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace { begun: host::now(), latest: AtomicU64::new(0) }
    }

    /// To be told of each call. Whether there was a pause before it.
    fn is_after_pause(&self) -> bool {
        let now = host::now().duration_since(self.begun).as_nanos() as u64;
        let before = self.latest.swap(now, Ordering::Relaxed);
        now.saturating_sub(before) >= LEAST_PAUSE.as_nanos() as u64
    }
}

impl Publisher {
    /// Encodes and sends measurements on this thread, if neither it nor the engine is held up by
    /// that. False: they belong into the queue.
    pub(super) fn publish_directly(&self, points: &[RawMeasurement], catalog: &Arc<Catalog>) -> bool {
        if !self.may_send_directly(points.len()) || !self.shared.pace.is_after_pause() {
            return false;
        }
        // While the engine works it does not sleep: it takes the measurements from the queue.
        let Some(mut shard) = self.shared.shards[0].try_lock() else { return false };
        if !shard.is_ready(&self.shared.batches, catalog) {
            return false;
        }
        let deadline = shard.session.deadline();
        let all_sent = shard.publish(points);
        if !all_sent {
            self.shared.batches.begin(0);
        }
        // The engine sleeps until the deadline that it knows.
        if !all_sent || shard.session.deadline() != deadline {
            drop(shard);
            self.driver.notify();
        }
        true
    }

    fn may_send_directly(&self, measurements: usize) -> bool {
        let shared = &self.shared;
        shared.sends_directly.load(Ordering::Acquire)
            && measurements <= MOST_MEASUREMENTS
            && shared.shards.len() == 1
            && shared.shards[0].connections.load(Ordering::Acquire) <= MOST_CONNECTIONS
            && !self.engine.is_polled()
            && !self.engine.is_current_thread()
    }
}

impl LockedShard<'_> {
    /// Whether what is published now may be sent now: everything published before is in the session,
    /// which takes more.
    fn is_ready(&self, batches: &Batches, catalog: &Arc<Catalog>) -> bool {
        batches.is_idle() && Arc::ptr_eq(catalog, self.session.catalog()) && self.session.has_room()
    }

    /// True when nothing is left to do for the engine.
    fn publish(&mut self, points: &[RawMeasurement]) -> bool {
        let now = Moment::now();
        self.session.publish(points, now);
        self.session.finish_packets();
        let mut changed = Vec::new();
        self.session.take_changed(&mut changed);
        for id in changed {
            let is_sent = matches!(self.send(id, now), Ok(true));
            if !is_sent || self.session.closing(id).is_some() {
                self.session.mark_changed(id);
            }
        }
        !self.session.has_news()
    }
}
