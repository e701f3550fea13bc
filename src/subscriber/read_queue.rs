//! Received measurements on their way to a thread that reads them when it likes.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Measurement;

/// A queue between the engine, which adds whole packets, and readers.
///
/// It has a soft limit: the engine stops reading the socket when it is reached, so that at most
/// what one read of the socket held is added beyond it, and nothing is lost.
#[derive(Debug, Default)]
pub(super) struct ReadQueue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct State {
    measurements: VecDeque<Measurement>,
    limit: usize,
    /// No more measurements will come.
    closed: bool,
}

/// What a read found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// So many measurements; and the queue has room again for an engine that had stopped.
    Measurements { count: usize, has_room: bool },
    /// Nothing came in time.
    TimedOut,
    /// Nothing is left, and nothing will come.
    Closed,
}

impl ReadQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a connection: `limit` measurements may wait.
    pub(super) fn open(&self, limit: usize) {
        let mut state = self.state();
        state.limit = limit;
        state.closed = false;
    }

    /// What is queued can still be read, then readers see the end.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_all();
    }

    /// Adds a packet. Returns false when the limit is reached.
    pub(super) fn push(&self, measurements: &[Measurement]) -> bool {
        let mut state = self.state();
        state.measurements.extend(measurements);
        let has_room = state.measurements.len() < state.limit;
        drop(state);
        self.arrived.notify_one();
        has_room
    }

    /// True when the engine may read on.
    pub(super) fn has_room(&self) -> bool {
        let state = self.state();
        state.measurements.len() <= state.limit / 2
    }

    /// Moves measurements into `out`; waits for the first one until `timeout` has passed.
    pub(super) fn read(&self, out: &mut [Measurement], timeout: Option<Duration>) -> Read {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.state();
        while state.measurements.is_empty() {
            if state.closed {
                return Read::Closed;
            }
            state = match deadline {
                None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Read::TimedOut;
                    }
                    self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let before = state.measurements.len();
        let count = out.len().min(before);
        let (first, second) = state.measurements.as_slices();
        let from_first = count.min(first.len());
        out[..from_first].copy_from_slice(&first[..from_first]);
        out[from_first..count].copy_from_slice(&second[..count - from_first]);
        state.measurements.drain(..count);
        let half = state.limit / 2;
        Read::Measurements { count, has_room: before > half && before - count <= half }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StateFlags, Ticks};
    use uuid::Uuid;

    fn measurement(number: u32) -> Measurement {
        Measurement {
            signal_id: Uuid::nil(),
            timestamp: Ticks(i64::from(number)),
            value: 0.0,
            flags: StateFlags::empty(),
            signal_index: number,
        }
    }

    #[test]
    fn order_is_kept_and_room_is_told_once() {
        let queue = ReadQueue::default();
        queue.open(4);
        let all: Vec<Measurement> = (0..6).map(measurement).collect();
        assert!(queue.push(&all[..3]));
        assert!(!queue.push(&all[3..]));
        let mut out = vec![measurement(99); 3];
        assert_eq!(queue.read(&mut out, None), Read::Measurements { count: 3, has_room: false });
        assert_eq!(out, all[..3]);
        assert_eq!(queue.read(&mut out[..1], None), Read::Measurements { count: 1, has_room: true });
        assert_eq!(queue.read(&mut out, None), Read::Measurements { count: 2, has_room: false });
        assert_eq!(out[..2], all[4..]);
    }

    #[test]
    fn waiting_ends_by_time_or_close() {
        let queue = ReadQueue::default();
        queue.open(4);
        let mut out = [measurement(0)];
        assert_eq!(queue.read(&mut out, Some(Duration::ZERO)), Read::TimedOut);
        assert_eq!(queue.read(&mut out, Some(Duration::from_millis(1))), Read::TimedOut);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| queue.read(&mut [measurement(0)], None));
            queue.close();
            assert_eq!(reader.join().unwrap(), Read::Closed);
        });
        queue.push(&[measurement(5)]);
        assert_eq!(queue.read(&mut out, None), Read::Measurements { count: 1, has_room: false });
        assert_eq!(queue.read(&mut out, None), Read::Closed);
    }
}
