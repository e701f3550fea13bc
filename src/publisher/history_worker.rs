//! The thread on which the application reads historical data.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::history_source::{HistoryPause, HistoryReader, HistorySource};
use super::points::raw;
use crate::Measurement;
use crate::engine::{Io, Job, Worker, contain};
use crate::session::publisher::{HistoryCall, HistoryChunk, HistoryPart, HistoryRequest, ReplayId};

/// Measurements asked for at once.
const CHUNK: usize = 8_192;

thread_local! {
    /// The sources that are read on this thread, which is where their readers have to stay. There is one
    /// source on a thread, unless a simulation puts all of them on its own.
    static DESKS: RefCell<HashMap<u64, Desk>> = RefCell::default();
}

/// Number of the last desk.
static LAST_DESK: AtomicU64 = AtomicU64::new(0);

/// Asks a source for data on a thread of its own, which starts when it is first needed.
pub(super) struct HistoryWorker {
    worker: Worker,
    desk: u64,
    /// Until the thread takes it.
    source: Arc<Mutex<Option<Box<dyn HistorySource>>>>,
}

/// Chunks that a shard's playbacks wait for, one for each at most, so that none is served twice before
/// another.
#[derive(Default)]
pub(super) struct HistoryReads {
    waiting: Vec<(ReplayId, Job<HistoryChunk>)>,
}

impl HistoryWorker {
    /// Asks `source` by a worker that has a thread of its own.
    pub(super) fn new(source: Box<dyn HistorySource>, worker: Worker) -> HistoryWorker {
        let desk = 1 + LAST_DESK.fetch_add(1, Ordering::Relaxed);
        HistoryWorker { worker, desk, source: Arc::new(Mutex::new(Some(source))) }
    }

    /// A call with the desk, where that is.
    fn at_desk<T, C>(&self, call: C) -> impl FnOnce() -> Option<T> + Send + use<T, C>
    where
        C: FnOnce(&mut Desk) -> T + Send,
    {
        let (number, source) = (self.desk, Arc::clone(&self.source));
        move || {
            let mut desk = take_desk(number, &source)?;
            let result = call(&mut desk);
            DESKS.with_borrow_mut(|desks| desks.insert(number, desk));
            Some(result)
        }
    }

    fn is_begun(&self) -> bool {
        self.source.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Lets go of the source. Waits for a call of it that is running, unless it is that call which
    /// wants this; then the source is dropped after it.
    pub(super) fn stop(&self) {
        let (number, source) = (self.desk, Arc::clone(&self.source));
        self.worker.stop(move || {
            if let Some(desk) = take_desk(number, &source) {
                desk.clear();
            }
        });
    }
}

/// Takes the desk out, so that it is not borrowed while the application's code runs.
fn take_desk(number: u64, source: &Mutex<Option<Box<dyn HistorySource>>>) -> Option<Desk> {
    let begun = DESKS.with_borrow_mut(|desks| desks.remove(&number));
    begun.or_else(|| source.lock().unwrap_or_else(PoisonError::into_inner).take().map(Desk::new))
}

impl HistoryReads {
    /// Has the source do something when its turn comes. The driver is notified of what was read.
    pub(super) fn call(&mut self, call: HistoryCall, worker: &HistoryWorker, io: &Io<'_>) {
        match call {
            HistoryCall::Read(id, request) => {
                let read = worker.at_desk(move |desk| desk.read(id, &request));
                let gone = || Err("the source is gone".to_owned());
                let job = worker.worker.run(Some(io.handle()), move || read().unwrap_or_else(gone));
                self.waiting.push((id, job));
            }
            HistoryCall::Close(id) => {
                self.waiting.retain(|(waiting, _)| *waiting != id);
                if worker.is_begun() {
                    let close = worker.at_desk(move |desk| desk.close(id));
                    worker.worker.post(move || {
                        close();
                    });
                }
            }
        }
    }

    /// What was read since the last call.
    pub(super) fn take(&mut self) -> Vec<(ReplayId, HistoryChunk)> {
        let mut chunks = Vec::new();
        self.waiting.retain_mut(|(id, job)| {
            let Some(chunk) = job.take() else { return true };
            chunks.push((*id, chunk.unwrap_or_else(|error| Err(error.to_string()))));
            false
        });
        chunks
    }
}

/// A source and the windows that are open.
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
    fn new(source: Box<dyn HistorySource>) -> Desk {
        Desk { source, readers: HashMap::new(), space: Vec::new() }
    }

    fn read(&mut self, id: ReplayId, request: &HistoryRequest) -> HistoryChunk {
        let read = contain(|| self.read_unprotected(id, request));
        read.unwrap_or_else(|message| Err(format!("the program's source panicked: {message}")))
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
        if count == 0 {
            return Ok(match window.reader.pause() {
                HistoryPause::Later => HistoryPart::Rows(Vec::new()),
                HistoryPause::Kept(times) => HistoryPart::Kept(times),
                HistoryPause::End { missing } => HistoryPart::End(missing),
            });
        }
        let wanted = self.space[..count].iter().filter(|one| request.window.contains(one.timestamp));
        let rows = wanted.filter_map(|one| Some(raw(window.position(one, request)?, one)));
        Ok(HistoryPart::Rows(rows.collect()))
    }

    fn close(&mut self, id: ReplayId) {
        if let Some(window) = self.readers.remove(&id) {
            let_go(window);
        }
    }

    fn clear(self) {
        self.readers.into_values().for_each(let_go);
        let_go(self.source);
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
fn let_go<T>(what: T) {
    if let Err(message) = contain(|| drop(what)) {
        log::error!(target: "sttp::publisher", "a source of historical data panicked: {message}");
    }
}
