//! The thread on which the application reads historical data.

use std::any::Any;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use uuid::Uuid;

use super::history_source::{HistoryReader, HistorySource};
use super::raw;
use crate::Measurement;
use crate::engine::DriverHandle;
use crate::session::publisher::{HistoryCall, HistoryChunk, HistoryRequest, ReplayId};

/// Measurements asked for at once.
const CHUNK: usize = 8_192;

/// Asks a source for data on a thread of its own, which starts when it is first needed.
pub(super) struct HistoryWorker {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    state: Mutex<State>,
    called: Condvar,
    /// Of all shards. Number of a connection modulo their count is that of its shard.
    drivers: Vec<DriverHandle>,
}

struct State {
    /// Until the thread takes it.
    source: Option<Box<dyn HistorySource>>,
    /// One read for each playback at most, so that none is served twice before another.
    calls: VecDeque<HistoryCall>,
    /// Playbacks that the source was asked to open, and not yet to close.
    open: HashSet<ReplayId>,
    /// Of each shard.
    results: Vec<Vec<(ReplayId, HistoryChunk)>>,
    stopped: bool,
    /// Why there is no thread, when there should be one.
    failure: Option<String>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard_of(&self, id: ReplayId) -> usize {
        (id.connection % self.drivers.len() as u64) as usize
    }

    fn give(&self, state: &mut State, id: ReplayId, chunk: HistoryChunk) {
        let shard = self.shard_of(id);
        state.results[shard].push((id, chunk));
        self.drivers[shard].notify();
    }

    /// Waits for the next call; `None` when there will be none.
    fn next_call(&self) -> Option<HistoryCall> {
        let mut state = self.state();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(call) = state.calls.pop_front() {
                match &call {
                    HistoryCall::Read(id, _) => state.open.insert(*id),
                    HistoryCall::Close(id) => state.open.remove(id),
                };
                return Some(call);
            }
            state = self.called.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl HistoryWorker {
    /// A worker for `source` that tells `drivers`, one for each shard, of their results.
    pub(super) fn new(source: Box<dyn HistorySource>, drivers: Vec<DriverHandle>) -> HistoryWorker {
        let state = State {
            source: Some(source),
            calls: VecDeque::new(),
            open: HashSet::new(),
            results: drivers.iter().map(|_| Vec::new()).collect(),
            stopped: false,
            failure: None,
        };
        let shared = Shared { state: Mutex::new(state), called: Condvar::new(), drivers };
        HistoryWorker { shared: Arc::new(shared), thread: Mutex::default() }
    }

    /// Has a call made when its turn comes.
    pub(super) fn call(&self, call: HistoryCall) {
        let mut state = self.shared.state();
        match call {
            HistoryCall::Read(id, request) => {
                if let Some(source) = state.source.take() {
                    state.failure = self.start(source).err().map(|error| error.to_string());
                }
                match state.failure.clone() {
                    None => state.calls.push_back(HistoryCall::Read(id, request)),
                    Some(text) => {
                        let why = format!("the system has no thread for it: {text}");
                        self.shared.give(&mut state, id, Err(why));
                    }
                }
            }
            HistoryCall::Close(id) => {
                state.calls.retain(|call| !matches!(call, HistoryCall::Read(waiting, _) if *waiting == id));
                if state.open.contains(&id) {
                    state.calls.push_back(HistoryCall::Close(id));
                }
            }
        }
        self.shared.called.notify_one();
    }

    fn start(&self, source: Box<dyn HistorySource>) -> std::io::Result<()> {
        let shared = self.shared.clone();
        let run = move || {
            let mut desk = Desk { source, readers: HashMap::new(), space: Vec::new() };
            while let Some(call) = shared.next_call() {
                match call {
                    HistoryCall::Read(id, request) => {
                        let chunk = desk.read(id, &request);
                        shared.give(&mut shared.state(), id, chunk);
                    }
                    HistoryCall::Close(id) => desk.close(id),
                }
            }
            desk.clear();
        };
        let thread = thread::Builder::new().name("sttp-history".into()).spawn(run)?;
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// What was read for a shard since its last call.
    pub(super) fn take_results(&self, shard: usize) -> Vec<(ReplayId, HistoryChunk)> {
        std::mem::take(&mut self.shared.state().results[shard])
    }

    /// Lets go of the source. Waits for a call of it that is running, unless it is that call which
    /// wants this; then the source is dropped after it.
    pub(super) fn stop(&self) {
        let mut state = self.shared.state();
        state.stopped = true;
        state.calls.clear();
        let unused = state.source.take();
        drop(state);
        self.shared.called.notify_one();
        if let Some(source) = unused {
            contain(|| drop(source));
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            log::error!(target: "sttp::publisher", "the thread that reads historical data panicked");
        }
    }
}

/// The source and the windows that are open, on the thread.
struct Desk {
    source: Box<dyn HistorySource>,
    readers: HashMap<ReplayId, OpenWindow>,
    /// Where measurements are read to, kept to spare its memory.
    space: Vec<Measurement>,
}

struct OpenWindow {
    reader: Box<dyn HistoryReader>,
    /// Position of each signal, once one was needed.
    positions: Option<HashMap<Uuid, u32>>,
}

impl Desk {
    fn read(&mut self, id: ReplayId, request: &HistoryRequest) -> HistoryChunk {
        let read = catch_unwind(AssertUnwindSafe(|| self.read_unprotected(id, request)));
        read.unwrap_or_else(|panic| Err(format!("the program's source panicked: {}", words(&*panic))))
    }

    fn read_unprotected(&mut self, id: ReplayId, request: &HistoryRequest) -> HistoryChunk {
        let window = match self.readers.entry(id) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(new) => {
                new.insert(OpenWindow { reader: self.source.open(request)?, positions: None })
            }
        };
        self.space.resize(CHUNK, Measurement::EMPTY);
        let count = window.reader.read(&mut self.space)?.min(CHUNK);
        let wanted = self.space[..count].iter().filter(|one| request.window.contains(one.timestamp));
        let rows = wanted.filter_map(|one| Some(raw(window.position(one, request)?, one)));
        Ok((rows.collect(), count == 0))
    }

    fn close(&mut self, id: ReplayId) {
        if let Some(window) = self.readers.remove(&id) {
            contain(|| drop(window));
        }
    }

    fn clear(self) {
        self.readers.into_values().for_each(|window| contain(|| drop(window)));
        contain(|| drop(self.source));
    }
}

impl OpenWindow {
    /// Where the signal of a measurement stands in the list of those wanted. Its index tells, or
    /// else its ID does.
    fn position(&mut self, measurement: &Measurement, request: &HistoryRequest) -> Option<u32> {
        let index = measurement.signal_index;
        if request.signals.get(index as usize) == Some(&measurement.signal_id) {
            return Some(index);
        }
        let positions =
            self.positions.get_or_insert_with(|| request.signals.iter().copied().zip(0..).collect());
        positions.get(&measurement.signal_id).copied()
    }
}

/// A panic of the application's code ends here.
fn contain(call: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(call)) {
        log::error!(target: "sttp::publisher", "a source of historical data panicked: {}", words(&*panic));
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}
