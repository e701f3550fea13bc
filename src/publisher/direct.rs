//! Sending on the publishing thread.
//!
//! Between two frames the engine sleeps. To wake it for the next one takes longer than to send that
//! to a few subscribers, and the thread that publishes is awake. Whatever is not as usual, such as a
//! socket that takes no more, is left to the engine.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Publisher;
use super::batches::Batches;
use super::shards::LockedShard;
use crate::Measurement;
use crate::codec::RawMeasurement;
use crate::engine::pump::Written;
use crate::session::Moment;
use crate::session::publisher::{Catalog, Output};

/// Most connections that a publishing thread sends to, a system call for each.
const MOST_CONNECTIONS: usize = 4;
/// Most measurements that it encodes, once for each distinct subscription.
const MOST_MEASUREMENTS: usize = 4096;
/// Measurements that it brings to rows and encodes before the next ones: so few that what lies between is still in the
/// processor's nearest cache, whose farther ones have gone cold since the frame before.
const MOST_BETWEEN: usize = 256;

impl Publisher {
    /// Encodes and sends measurements on this thread, if neither it nor the engine is held up by
    /// that. False: they belong into the queue. `fill` appends what it finds in the catalog.
    pub(super) fn publish_directly(
        &self,
        measurements: &[Measurement],
        catalog: &Arc<Catalog>,
        mut fill: impl FnMut(&[Measurement], &mut Vec<RawMeasurement>),
    ) -> bool {
        if !self.may_send_directly(measurements.len()) || !self.shared.pace.is_after_pause() {
            return false;
        }
        // While the engine works it does not sleep: it takes the measurements from the queue.
        let Some(mut shard) = self.shared.shards[0].try_lock() else { return false };
        if !shard.is_ready(&self.shared.batches, catalog) {
            return false;
        }
        let deadline = shard.session.deadline();
        let now = Moment::now();
        let mut batch = self.shared.batches.spare();
        let points = Arc::make_mut(&mut batch);
        for piece in measurements.chunks(MOST_BETWEEN) {
            points.clear();
            fill(piece, points);
            shard.session.publish(points, now);
        }
        self.shared.batches.recycle(batch);
        let all_sent = shard.send_published(now);
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
    fn send_published(&mut self, now: Moment) -> bool {
        self.session.finish_packets();
        let mut unsent = Vec::new();
        while let Some(Output::Send(key)) = self.session.poll_if(|output| matches!(output, Output::Send(_))) {
            if !matches!(self.send(key, usize::MAX, now), Ok(Written::Everything)) {
                unsent.push(key);
            }
        }
        unsent.into_iter().for_each(|key| self.session.send_later(key));
        self.session.is_polled()
    }
}
