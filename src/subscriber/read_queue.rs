//! Received measurements on their way to a thread that reads them when it likes.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[cfg(unix)]
use super::read_signal::ReadSignal;
use crate::codec::SignalIndexCache;
use crate::{Measurement, host};

/// Packets of fewer measurements are gathered in chunks of about this size.
const CHUNK: usize = 4096;
/// Empty chunks kept for reuse.
const SPARE_CHUNKS: usize = 8;

/// The signals that rows of measurements refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// Number of the signal index cache on its connection, as
    /// [`subscription_updated`](super::SubscriberHandler::subscription_updated) was told.
    pub generation: u32,
    /// The cache: `signal_index` of a measurement is a row of it.
    pub cache: Arc<SignalIndexCache>,
}

impl Signals {
    /// Whether both are the very same, not only alike.
    pub fn is(&self, other: &Signals) -> bool {
        Arc::ptr_eq(&self.cache, &other.cache) && self.generation == other.generation
    }
}

/// A queue between the engine, which adds whole packets, and readers.
///
/// It has a soft limit: the engine stops reading the socket when it is reached, so that at most
/// what one read of the socket held is added beyond it, and nothing is lost. Measurements are copied
/// while nobody else has to wait for the lock, and chunks go round, so that few of them stay in the
/// caches of processors.
#[derive(Debug, Default)]
pub(super) struct ReadQueue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Chunk>,
    spare: Vec<Vec<Measurement>>,
    /// Measurements in all chunks.
    length: usize,
    limit: usize,
    /// Readers that wait for a measurement.
    waiting: usize,
    /// No more measurements will come.
    closed: bool,
    /// What measurements refer to that are added from now on.
    signals: Option<Signals>,
    /// What those refer to that were read last.
    read_signals: Option<Signals>,
    /// None will come before the application wants something else.
    ended: bool,
    /// Tells the application's event loop.
    #[cfg(unix)]
    signal: Option<ReadSignal>,
}

#[derive(Debug)]
struct Chunk {
    measurements: Vec<Measurement>,
    signals: Option<Signals>,
    /// How many were read.
    read: usize,
}

impl Chunk {
    /// Moves as many as fit to the beginning of `out`, and returns how many.
    fn move_to(&mut self, out: &mut [Measurement]) -> usize {
        let left = &self.measurements[self.read..];
        let count = left.len().min(out.len());
        out[..count].copy_from_slice(&left[..count]);
        self.read += count;
        count
    }
}

/// What a read found.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    /// So many measurements, all of these signals; and the queue has room again for an engine that had stopped.
    Measurements { count: usize, signals: Option<Signals>, has_room: bool },
    /// Nothing came in time.
    TimedOut,
    /// Nothing is left, and nothing will come before the application wants something else.
    Ended,
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
        state.ended = false;
        state.show();
    }

    /// What is queued can still be read, then readers see the end.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.show();
        self.arrived.notify_all();
    }

    /// Measurements that are added from now on refer to other signals.
    pub(super) fn use_signals(&self, signals: Signals) {
        self.state().signals = Some(signals);
    }

    /// The signals that the measurements refer to which were read last.
    pub(super) fn read_signals(&self) -> Option<Signals> {
        self.state().read_signals.clone()
    }

    /// What is queued can still be read; then readers see that nothing comes for now, if `ended`.
    pub(super) fn set_ended(&self, ended: bool) {
        let mut state = self.state();
        state.ended = ended;
        state.show();
        if ended {
            self.arrived.notify_all();
        }
    }

    /// A descriptor that is readable while a read would not wait. It stays the queue's.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::io::Result<std::os::fd::RawFd> {
        let mut state = self.state();
        if state.signal.is_none() {
            state.signal = Some(ReadSignal::new()?);
            state.show();
        }
        let descriptor = state.signal.as_ref().map(ReadSignal::descriptor);
        descriptor.ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    /// Adds a packet. Returns false when the limit is reached.
    pub(super) fn push(&self, measurements: &[Measurement]) -> bool {
        let mut state = self.state();
        if !state.append(measurements) {
            let mut chunk = state.spare.pop().unwrap_or_default();
            drop(state);
            chunk.reserve(measurements.len().max(CHUNK));
            chunk.extend_from_slice(measurements);
            state = self.state();
            let signals = state.signals.clone();
            state.chunks.push_back(Chunk { measurements: chunk, signals, read: 0 });
        }
        state.length += measurements.len();
        state.ended = false;
        state.show();
        let has_room = state.length < state.limit;
        if state.waiting > 0 {
            self.arrived.notify_one();
        }
        has_room
    }

    /// True when the engine may read on.
    pub(super) fn has_room(&self) -> bool {
        let state = self.state();
        state.length <= state.limit / 2
    }

    /// Moves measurements of the same signals into `out`; waits for the first one until `timeout` has passed.
    pub(super) fn read(&self, out: &mut [Measurement], timeout: Option<Duration>) -> Read {
        let mut state = match self.wait(timeout) {
            Ok(state) => state,
            Err(nothing) => return nothing,
        };
        let mut most = state.length;
        let mut count = 0;
        let mut signals = None;
        while count < out.len()
            && let Some(mut chunk) = state.take_chunk(signals.as_ref().filter(|_| count > 0))
        {
            if count == 0 {
                signals.clone_from(&chunk.signals);
                state.read_signals.clone_from(&signals);
            }
            drop(state);
            let moved = chunk.move_to(&mut out[count..]);
            count += moved;
            state = self.state();
            most = most.max(state.length);
            state.length -= moved;
            state.take_back(chunk);
        }
        state.show();
        let half = state.limit / 2;
        Read::Measurements { count, signals, has_room: most > half && state.length <= half }
    }

    /// Waits until there is something to read.
    fn wait(&self, timeout: Option<Duration>) -> Result<MutexGuard<'_, State>, Read> {
        let deadline = timeout.and_then(|timeout| host::now().checked_add(timeout));
        let mut state = self.state();
        while state.chunks.is_empty() {
            if state.closed {
                return Err(Read::Closed);
            }
            if state.ended {
                return Err(Read::Ended);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(host::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Read::TimedOut);
            }
            state.waiting += 1;
            state = match left {
                None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.waiting -= 1;
        }
        Ok(state)
    }
}

impl State {
    /// Shows the application's event loop whether a read would find something.
    fn show(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.show(self.length > 0 || self.ended || self.closed);
        }
    }

    /// Adds a small packet to the last chunk, if it has room. A chunk that is being read is not here.
    fn append(&mut self, measurements: &[Measurement]) -> bool {
        let Some(last) = self.chunks.back_mut() else { return false };
        let fits = last.measurements.len() + measurements.len() <= CHUNK
            && are_same(last.signals.as_ref(), self.signals.as_ref());
        if fits {
            last.measurements.extend_from_slice(measurements);
        }
        fits
    }

    /// Takes the next chunk, if its measurements refer to the `same` signals as others before, if there are any.
    fn take_chunk(&mut self, same: Option<&Signals>) -> Option<Chunk> {
        self.chunks.pop_front_if(|chunk| same.is_none_or(|same| are_same(chunk.signals.as_ref(), Some(same))))
    }

    /// A reader is done with a chunk for now.
    fn take_back(&mut self, mut chunk: Chunk) {
        if chunk.read < chunk.measurements.len() {
            self.chunks.push_front(chunk);
        } else if self.spare.len() < SPARE_CHUNKS {
            chunk.measurements.clear();
            self.spare.push(chunk.measurements);
        }
    }
}

fn are_same(one: Option<&Signals>, other: Option<&Signals>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is(other),
        (None, None) => true,
        _ => false,
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
        assert_eq!(
            queue.read(&mut out, None),
            Read::Measurements { count: 3, signals: None, has_room: false }
        );
        assert_eq!(out, all[..3]);
        assert_eq!(
            queue.read(&mut out[..1], None),
            Read::Measurements { count: 1, signals: None, has_room: true }
        );
        assert_eq!(
            queue.read(&mut out, None),
            Read::Measurements { count: 2, signals: None, has_room: false }
        );
        assert_eq!(out[..2], all[4..]);
    }

    #[test]
    fn packets_of_all_sizes_come_out_in_order_whatever_is_read_at_once() {
        let queue = ReadQueue::default();
        queue.open(1 << 20);
        let all: Vec<Measurement> = (0..40_000).map(measurement).collect();
        let mut packets = &all[..];
        for size in [1, 3, 4_090, 10, 9_000, 1, 20_000, 4_096, 2_000, 799].into_iter().cycle() {
            let (packet, rest) = packets.split_at(size.min(packets.len()));
            queue.push(packet);
            packets = rest;
            if rest.is_empty() {
                break;
            }
        }
        let mut received = Vec::new();
        let mut space = vec![measurement(0); 15_000];
        for most in [1, 2, 5_000, 7, 15_000].into_iter().cycle() {
            match queue.read(&mut space[..most], Some(Duration::ZERO)) {
                Read::Measurements { count, .. } => received.extend_from_slice(&space[..count]),
                end => {
                    assert_eq!(end, Read::TimedOut);
                    break;
                }
            }
        }
        assert!(received == all);
    }

    #[test]
    fn what_is_read_and_added_at_the_same_time_keeps_its_order() {
        let queue = ReadQueue::default();
        queue.open(1 << 20);
        let all: Vec<Measurement> = (0..200_000).map(measurement).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let sizes = [7, 1_000, 5_000, 1, 12_000].into_iter().cycle();
                let mut rest = &all[..];
                for size in sizes {
                    let (packet, others) = rest.split_at(size.min(rest.len()));
                    queue.push(packet);
                    rest = others;
                    if rest.is_empty() {
                        break;
                    }
                }
                queue.close();
            });
            let mut received = Vec::new();
            let mut space = vec![measurement(0); 3_000];
            while let Read::Measurements { count, .. } = queue.read(&mut space, None) {
                received.extend_from_slice(&space[..count]);
            }
            assert!(received == all);
        });
    }

    #[test]
    fn a_read_is_of_the_same_signals_and_says_which() {
        let queue = ReadQueue::default();
        queue.open(1_000);
        let signals =
            |generation| Signals { generation, cache: Arc::new(SignalIndexCache::new(Uuid::nil())) };
        let all = [signals(1), signals(2), signals(1)];
        for (signals, number) in all.iter().zip(0..) {
            queue.use_signals(signals.clone());
            queue.push(&[measurement(number); 3]);
        }
        let mut out = [measurement(99); 4];
        for (signals, number) in all.iter().zip(0..) {
            for (room, expected) in [(2, 2), (4, 1)] {
                let read = queue.read(&mut out[..room], Some(Duration::ZERO));
                let Read::Measurements { count, signals: Some(told), .. } = read else { panic!("{read:?}") };
                assert_eq!(count, expected);
                assert!(told.is(signals) && queue.read_signals().unwrap().is(signals));
                assert!(out[..count].iter().all(|one| one.signal_index == number));
            }
        }
        assert_eq!(queue.read(&mut out, Some(Duration::ZERO)), Read::TimedOut);
        assert!(queue.read_signals().unwrap().is(&all[2]), "until the reader goes on");
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
        assert_eq!(
            queue.read(&mut out, None),
            Read::Measurements { count: 1, signals: None, has_room: false }
        );
        assert_eq!(queue.read(&mut out, None), Read::Closed);
    }

    #[test]
    fn waiting_ends_when_nothing_comes_for_now() {
        let queue = ReadQueue::default();
        queue.open(4);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| queue.read(&mut [measurement(0)], None));
            queue.set_ended(true);
            assert_eq!(reader.join().unwrap(), Read::Ended);
        });
        let mut out = [measurement(0)];
        queue.push(&[measurement(5)]);
        assert_eq!(
            queue.read(&mut out, None),
            Read::Measurements { count: 1, signals: None, has_room: false }
        );
        assert_eq!(queue.read(&mut out, Some(Duration::ZERO)), Read::TimedOut, "something came after all");
        queue.set_ended(true);
        queue.set_ended(false);
        assert_eq!(queue.read(&mut out, Some(Duration::ZERO)), Read::TimedOut);
    }

    #[cfg(unix)]
    #[test]
    fn the_descriptor_is_readable_while_a_read_would_find_something() {
        let queue = ReadQueue::default();
        queue.open(4);
        queue.push(&[measurement(0), measurement(1)]);
        let descriptor = queue.descriptor().unwrap();
        assert_eq!(queue.descriptor().unwrap(), descriptor);
        let is_readable = || {
            let mut watched = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
            // SAFETY: one descriptor, which lives.
            assert!(unsafe { libc::poll(&raw mut watched, 1, 0) } >= 0);
            watched.revents & libc::POLLIN != 0
        };
        let mut out = [measurement(0)];
        assert!(is_readable(), "what came before is shown");
        queue.read(&mut out, None);
        assert!(is_readable(), "one is left");
        queue.read(&mut out, None);
        assert!(!is_readable());
        queue.push(&[measurement(2)]);
        assert!(is_readable());
        queue.read(&mut out, None);
        for (change, readable) in [(true, true), (false, false)] {
            queue.set_ended(change);
            assert_eq!(is_readable(), readable);
        }
        queue.close();
        assert!(is_readable(), "a read would find the end");
        queue.open(4);
        assert!(!is_readable());
    }
}
