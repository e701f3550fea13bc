//! Measurements on their way from publishing threads to the engine.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::codec::RawMeasurement;
use crate::session::publisher::Catalog;

/// Measurements that may wait for the engine, beyond the first batch.
const WAITING_MEASUREMENTS: usize = 1 << 20;
/// Empty batches kept for reuse.
const SPARE_BATCHES: usize = 64;

/// What was published at once, with the metadata whose rows it names.
pub(super) struct Batch {
    pub(super) content: Content,
    pub(super) catalog: Arc<Catalog>,
}

pub(super) enum Content {
    Measurements(Vec<RawMeasurement>),
    BufferBlock { row: u32, bytes: Vec<u8>, confirm: bool },
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

/// A bounded queue between publishing threads and the engine. Full batches and empty ones go
/// round, so that nothing is allocated once it is warm.
#[derive(Default)]
pub(super) struct Batches {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Batch>,
    /// Size of what waits.
    size: usize,
    spare: Vec<Vec<RawMeasurement>>,
    /// The engine is sending a batch that is not in `waiting` any more.
    busy: bool,
    closed: bool,
}

impl Batches {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty batch to fill.
    pub(super) fn spare(&self) -> Vec<RawMeasurement> {
        self.state().spare.pop().unwrap_or_default()
    }

    /// Takes batches again after [`close`](Self::close).
    pub(super) fn open(&self) {
        let mut state = self.state();
        state.closed = false;
        state.waiting.clear();
        state.size = 0;
    }

    /// Whoever waits here learns that the publisher has stopped.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.busy = false;
        self.changed.notify_all();
    }

    /// Adds a batch. When too many wait already: waits until `deadline` if `wait` is set, drops
    /// the oldest otherwise.
    pub(super) fn push(&self, batch: Batch, wait: bool, deadline: Option<Instant>) -> Pushed {
        let mut state = self.state();
        let mut dropped = Dropped::default();
        let size = batch.content.size();
        while !state.closed && !state.waiting.is_empty() && state.size + size > WAITING_MEASUREMENTS {
            if wait {
                state = match self.wait(state, deadline) {
                    Some(state) => state,
                    None => return Pushed::TimedOut,
                };
            } else if let Some(oldest) = state.pop() {
                match oldest.content {
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
        state.waiting.push_back(batch);
        Pushed::Queued(dropped)
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        deadline: Option<Instant>,
    ) -> Option<MutexGuard<'a, State>> {
        let Some(deadline) = deadline else {
            return Some(self.changed.wait(state).unwrap_or_else(PoisonError::into_inner));
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        Some(self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0)
    }

    /// The next batch for the engine, which says [`done`](Self::done) when it is sent.
    pub(super) fn pop(&self) -> Option<Batch> {
        let mut state = self.state();
        let batch = state.pop()?;
        state.busy = true;
        self.changed.notify_all();
        Some(batch)
    }

    /// Gives a batch back whose measurements are encoded.
    pub(super) fn recycle(&self, points: Vec<RawMeasurement>) {
        self.state().recycle(points);
    }

    /// True when everything was taken out, and it is not said yet that it is sent.
    pub(super) fn awaits_done(&self) -> bool {
        let state = self.state();
        state.busy && state.waiting.is_empty()
    }

    /// Everything that was taken out is in the system's hands.
    pub(super) fn done(&self) {
        self.state().busy = false;
        self.changed.notify_all();
    }

    /// Waits until everything pushed so far is in the system's hands. `None` when that did not
    /// come in time, `false` when the publisher has stopped.
    pub(super) fn wait_until_done(&self, timeout: Option<Duration>) -> Option<bool> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.state();
        while !state.closed && (state.busy || !state.waiting.is_empty()) {
            state = self.wait(state, deadline)?;
        }
        Some(!state.closed)
    }
}

impl State {
    fn pop(&mut self) -> Option<Batch> {
        let batch = self.waiting.pop_front()?;
        self.size -= batch.content.size();
        Some(batch)
    }

    fn recycle(&mut self, mut points: Vec<RawMeasurement>) {
        if self.spare.len() < SPARE_BATCHES {
            points.clear();
            self.spare.push(points);
        }
    }
}
