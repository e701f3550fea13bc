//! Measurements on their way from publishing threads to the engine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::codec::RawMeasurement;
use crate::host;
use crate::session::publisher::Catalog;

/// Measurements that may wait before publishing threads wait. Few enough to stay in the caches of
/// processors, more than one round of the engine.
const MOST_BEFORE_WAITING: usize = 1 << 17;
/// Measurements of a batch of a thread that waits for room.
pub(super) const PIECE: usize = MOST_BEFORE_WAITING / 2;
/// When threads that wait for room go on. They have enough to do then to be worth waking.
const ENOUGH_ROOM: usize = MOST_BEFORE_WAITING / 2;
/// Empty batches kept for reuse.
const SPARE_BATCHES: usize = 64;

/// What was published at once, with the metadata whose rows it names. Clones share it.
#[derive(Clone)]
pub(super) struct Batch {
    pub(super) content: Content,
    pub(super) catalog: Arc<Catalog>,
}

/// A batch that waits, and since when.
struct Waiting {
    batch: Batch,
    since: Instant,
}

#[derive(Clone)]
pub(super) enum Content {
    Measurements(Arc<Vec<RawMeasurement>>),
    BufferBlock { row: u32, bytes: Arc<[u8]>, confirm: bool },
}

impl Content {
    /// How much of the queue it takes, in measurements.
    pub(super) fn size(&self) -> usize {
        match self {
            Content::Measurements(points) => points.len(),
            Content::BufferBlock { bytes, .. } => 1 + bytes.len() / size_of::<RawMeasurement>(),
        }
    }
}

/// What was dropped to make room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) measurements: u64,
    pub(super) buffer_blocks: u64,
}

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It waits for the engine.
    Queued(Dropped),
    /// There was no room in time.
    TimedOut,
    /// The publisher does not publish any more.
    Closed,
}

/// A bounded queue between publishing threads and the loops of an engine, each of which gets every
/// batch. Full batches and empty ones go round, so that nothing is allocated once it is warm.
pub(super) struct Batches {
    state: Mutex<State>,
    changed: Condvar,
    /// How long batches may wait before they are dropped, in nanoseconds: what is late helps nobody.
    longest_wait: AtomicU64,
    /// Measurements that may wait, beyond the first batch, before others are dropped.
    most_waiting: AtomicUsize,
}

struct State {
    /// What some loop has not taken yet.
    waiting: VecDeque<Waiting>,
    /// Number of the first batch that waits.
    first: u64,
    /// Size of what waits.
    size: usize,
    spare: Vec<Arc<Vec<RawMeasurement>>>,
    readers: Vec<Reader>,
    /// Threads that wait for something to change.
    waiters: usize,
    closed: bool,
}

/// How far a loop has come.
#[derive(Clone, Default)]
struct Reader {
    /// Number of the batch that it takes next.
    next: u64,
    /// It is sending a batch that it has taken.
    busy: bool,
}

impl Batches {
    /// A closed queue for so many loops.
    pub(super) fn new(loops: usize) -> Batches {
        let state = State {
            waiting: VecDeque::new(),
            first: 0,
            size: 0,
            spare: Vec::new(),
            readers: vec![Reader::default(); loops],
            waiters: 0,
            closed: true,
        };
        let (longest_wait, most_waiting) = (AtomicU64::new(u64::MAX), AtomicUsize::new(usize::MAX));
        Batches { state: Mutex::new(state), changed: Condvar::new(), longest_wait, most_waiting }
    }

    /// What waits longer, or is more, is dropped from now on, when something is added and nobody waits for room.
    pub(super) fn set_limits(&self, longest_wait: Duration, most_waiting: usize) {
        let nanoseconds = u64::try_from(longest_wait.as_nanos()).unwrap_or(u64::MAX);
        self.longest_wait.store(nanoseconds, Ordering::Relaxed);
        self.most_waiting.store(most_waiting, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty batch to fill, which nobody else holds.
    pub(super) fn spare(&self) -> Arc<Vec<RawMeasurement>> {
        self.state().spare.pop().unwrap_or_default()
    }

    /// Takes batches again after [`close`](Self::close).
    pub(super) fn open(&self) {
        let mut state = self.state();
        state.closed = false;
        while state.drop_oldest().is_some() {}
    }

    /// Whoever waits here learns that the publisher has stopped.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.readers.iter_mut().for_each(|reader| reader.busy = false);
        self.changed.notify_all();
    }

    /// Adds a batch. When too many wait already: waits until `deadline` if `wait` is set, drops
    /// the oldest otherwise.
    pub(super) fn push(&self, batch: Batch, wait: bool, deadline: Option<Instant>) -> Pushed {
        let mut state = self.state();
        let mut dropped = Dropped::default();
        let size = batch.content.size();
        let mut room = if wait { MOST_BEFORE_WAITING } else { self.most_waiting.load(Ordering::Relaxed) };
        let longest = Duration::from_nanos(self.longest_wait.load(Ordering::Relaxed));
        let now = host::now();
        while !state.closed && (state.is_full(size, room) || !wait && state.is_late(longest, now)) {
            if wait {
                room = ENOUGH_ROOM.max(size);
                state = match self.wait(state, deadline) {
                    Some(state) => state,
                    None => return Pushed::TimedOut,
                };
            } else if let Some(oldest) = state.drop_oldest() {
                match oldest {
                    Content::Measurements(points) => {
                        dropped.measurements += points.len() as u64;
                        state.recycle(points);
                    }
                    Content::BufferBlock { .. } => dropped.buffer_blocks += 1,
                }
            }
        }
        if state.closed {
            return Pushed::Closed;
        }
        state.size += size;
        state.waiting.push_back(Waiting { batch, since: now });
        Pushed::Queued(dropped)
    }

    fn wait<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        deadline: Option<Instant>,
    ) -> Option<MutexGuard<'a, State>> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(host::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        state.waiters += 1;
        state = match left {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(left) => self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
        };
        state.waiters -= 1;
        Some(state)
    }

    /// The next batch for a loop, which says [`done`](Self::done) when it is sent.
    pub(super) fn pop(&self, reader: usize) -> Option<Batch> {
        let mut state = self.state();
        let batch = state.pop(reader)?;
        if state.waiters > 0 && state.size <= ENOUGH_ROOM {
            self.changed.notify_all();
        }
        Some(batch)
    }

    /// Gives a batch back whose measurements are encoded. The last loop to do so leaves it for
    /// reuse.
    pub(super) fn recycle(&self, points: Arc<Vec<RawMeasurement>>) {
        self.state().recycle(points);
    }

    /// True when a loop has taken everything out, and it is not said yet that it is sent.
    pub(super) fn awaits_done(&self, reader: usize) -> bool {
        let state = self.state();
        state.readers[reader].busy && state.readers[reader].next == state.end()
    }

    /// Batches are taken, none waits, and all are sent.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state();
        !state.closed && !state.is_busy()
    }

    /// A loop has something to send that was never in the queue.
    pub(super) fn begin(&self, reader: usize) {
        let mut state = self.state();
        let first = state.first;
        let reader = &mut state.readers[reader];
        // Batches may have been dropped before it came to them.
        *reader = Reader { next: reader.next.max(first), busy: true };
    }

    /// Everything that a loop has taken out is in the system's hands.
    pub(super) fn done(&self, reader: usize) {
        let mut state = self.state();
        state.readers[reader].busy = false;
        if state.waiters > 0 {
            self.changed.notify_all();
        }
    }

    /// Waits until everything pushed so far is in the system's hands. `None` when that did not
    /// come in time, `false` when the publisher has stopped.
    pub(super) fn wait_until_done(&self, timeout: Option<Duration>) -> Option<bool> {
        let deadline = timeout.and_then(|timeout| host::now().checked_add(timeout));
        let mut state = self.state();
        while !state.closed && state.is_busy() {
            state = self.wait(state, deadline)?;
        }
        Some(!state.closed)
    }
}

impl State {
    /// Number that the next batch will have.
    fn end(&self) -> u64 {
        self.first + self.waiting.len() as u64
    }

    fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || self.readers.iter().any(|reader| reader.busy)
    }

    fn pop(&mut self, reader: usize) -> Option<Batch> {
        let reader = &mut self.readers[reader];
        // Others may have been dropped meanwhile.
        let number = reader.next.max(self.first);
        let batch = self.waiting.get((number - self.first) as usize)?.batch.clone();
        *reader = Reader { next: number + 1, busy: true };
        while self.readers.iter().all(|reader| reader.next > self.first) && self.drop_oldest().is_some() {}
        Some(batch)
    }

    /// Takes the oldest batch away from all loops.
    fn drop_oldest(&mut self) -> Option<Content> {
        let content = self.waiting.pop_front()?.batch.content;
        self.first += 1;
        self.size -= content.size();
        Some(content)
    }

    /// Another batch of this size has no room.
    fn is_full(&self, size: usize, room: usize) -> bool {
        !self.waiting.is_empty() && self.size + size > room
    }

    /// The first batch has waited for too long.
    fn is_late(&self, longest: Duration, now: Instant) -> bool {
        self.waiting.front().is_some_and(|first| now.duration_since(first.since) > longest)
    }

    fn recycle(&mut self, mut points: Arc<Vec<RawMeasurement>>) {
        if self.spare.len() < SPARE_BATCHES
            && let Some(unshared) = Arc::get_mut(&mut points)
        {
            unshared.clear();
            self.spare.push(points);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::publisher::Catalog;

    fn batch(size: usize) -> Batch {
        let points = vec![RawMeasurement { ticks: 1, row: 0, flags: 0, value_bits: 0 }; size];
        Batch { content: Content::Measurements(Arc::new(points)), catalog: Arc::new(Catalog::default()) }
    }

    fn push(batches: &Batches, size: usize) -> Pushed {
        batches.push(batch(size), false, None)
    }

    /// Takes the next batch of a loop as the engine does; its size.
    fn take(batches: &Batches, reader: usize) -> Option<usize> {
        let batch = batches.pop(reader)?;
        let size = batch.content.size();
        if let Content::Measurements(points) = batch.content {
            batches.recycle(points);
        }
        Some(size)
    }

    #[test]
    fn each_loop_gets_every_batch_in_order() {
        let batches = Batches::new(2);
        assert_eq!(push(&batches, 1), Pushed::Closed);
        batches.open();
        for size in 1..=3 {
            assert_eq!(push(&batches, size), Pushed::Queued(Dropped::default()));
        }
        assert_eq!([take(&batches, 0), take(&batches, 0)], [Some(1), Some(2)]);
        assert_eq!([take(&batches, 1), take(&batches, 1), take(&batches, 1)], [Some(1), Some(2), Some(3)]);
        assert_eq!([take(&batches, 0), take(&batches, 0), take(&batches, 1)], [Some(3), None, None]);
    }

    #[test]
    fn everything_is_done_when_every_loop_is() {
        let batches = Batches::new(2);
        batches.open();
        assert_eq!(batches.wait_until_done(Some(Duration::ZERO)), Some(true));
        push(&batches, 1);
        assert_eq!(batches.wait_until_done(Some(Duration::ZERO)), None);
        for reader in 0..2 {
            assert!(!batches.awaits_done(reader));
            take(&batches, reader);
            assert!(batches.awaits_done(reader));
            assert_eq!(batches.wait_until_done(Some(Duration::ZERO)), None);
            batches.done(reader);
        }
        assert_eq!(batches.wait_until_done(Some(Duration::ZERO)), Some(true));
    }

    #[test]
    fn the_slowest_loop_decides_what_is_dropped() {
        let batches = Batches::new(2);
        batches.open();
        batches.set_limits(Duration::MAX, 1000);
        push(&batches, 500);
        push(&batches, 500);
        take(&batches, 0);
        take(&batches, 0);
        let dropped = Dropped { measurements: 500, buffer_blocks: 0 };
        assert_eq!(push(&batches, 7), Pushed::Queued(dropped));
        assert_eq!([take(&batches, 0), take(&batches, 0)], [Some(7), None]);
        assert_eq!(take(&batches, 1), Some(500));
        assert_eq!([take(&batches, 1), take(&batches, 1)], [Some(7), None]);
    }

    #[test]
    fn what_is_late_is_dropped_unless_publishing_waits() {
        let batches = Batches::new(1);
        batches.open();
        batches.set_limits(Duration::from_millis(20), 1000);
        push(&batches, 1);
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(batches.push(batch(2), true, None), Pushed::Queued(Dropped::default()));
        assert_eq!(push(&batches, 3), Pushed::Queued(Dropped { measurements: 1, buffer_blocks: 0 }));
        assert_eq!([take(&batches, 0), take(&batches, 0), take(&batches, 0)], [Some(2), Some(3), None]);
    }

    #[test]
    fn a_batch_is_reused_once_the_last_loop_has_given_it_back() {
        let batches = Batches::new(2);
        batches.open();
        let points = Arc::new(Vec::with_capacity(1000));
        let memory = points.as_ptr();
        batches.push(Batch { content: Content::Measurements(points), ..batch(0) }, false, None);
        take(&batches, 0);
        assert_ne!(batches.spare().as_ptr(), memory);
        take(&batches, 1);
        assert_eq!(batches.spare().as_ptr(), memory);
    }
}
