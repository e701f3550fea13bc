//! The threads that answer requests which take long.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::engine::DriverHandle;
use crate::session::publisher::{Catalog, LongAnswer, LongRequest};

/// Most threads at a time: one may work for seconds, and another for those who ask for little.
const MOST_THREADS: usize = 2;

/// Answers requests on threads of its own, which end when there is nothing left to do. Clones share
/// them.
#[derive(Clone)]
pub(super) struct RequestWorker {
    state: Arc<Mutex<State>>,
}

struct State {
    /// One for each connection at most, so that none is served twice before another.
    jobs: VecDeque<Job>,
    /// Of each shard.
    answers: Vec<Vec<LongAnswer>>,
    threads: usize,
}

enum Job {
    /// A request, and the shard that gets the answer.
    Answer(LongRequest, usize, DriverHandle),
    /// Writing what the first subscriber will ask for.
    Prepare(Arc<Catalog>),
}

impl Job {
    fn is_wanted(&self) -> bool {
        match self {
            Job::Answer(request, ..) => request.is_wanted(),
            // Nobody else has it when other metadata came meanwhile.
            Job::Prepare(catalog) => Arc::strong_count(catalog) > 1,
        }
    }
}

impl RequestWorker {
    /// A worker for so many shards.
    pub(super) fn new(shards: usize) -> RequestWorker {
        let answers = (0..shards).map(|_| Vec::new()).collect();
        RequestWorker { state: Arc::new(Mutex::new(State { jobs: VecDeque::new(), answers, threads: 0 })) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has metadata written for the first subscriber.
    pub(super) fn prepare(&self, catalog: Arc<Catalog>) {
        self.add(Job::Prepare(catalog));
    }

    /// Has a request of a shard answered, whose driver is told then.
    pub(super) fn answer(&self, request: LongRequest, shard: usize, driver: DriverHandle) {
        self.add(Job::Answer(request, shard, driver));
    }

    /// The answers for a shard since its last call.
    pub(super) fn take_answers(&self, shard: usize) -> Vec<LongAnswer> {
        std::mem::take(&mut self.state().answers[shard])
    }

    fn add(&self, job: Job) {
        let mut state = self.state();
        state.jobs.retain(Job::is_wanted);
        state.jobs.push_back(job);
        if state.threads >= MOST_THREADS {
            return;
        }
        state.threads += 1;
        drop(state);
        let worker = self.clone();
        let thread = thread::Builder::new().name("sttp-requests".into()).spawn(move || worker.work());
        if let Err(error) = thread {
            log::warn!(target: "sttp::publisher", "no thread for large requests, they hold up the engine: {error}");
            self.work();
        }
    }

    /// Does what there is to do.
    fn work(&self) {
        while let Some(job) = self.next_job() {
            match job {
                Job::Prepare(catalog) => {
                    // Whoever asks for the metadata is told of a panic.
                    let _ = catch_unwind(AssertUnwindSafe(|| catalog.prepare_metadata()));
                }
                Job::Answer(request, shard, driver) => {
                    let answer = catch_unwind(AssertUnwindSafe(|| request.answer()));
                    let answer = answer.unwrap_or_else(|_| request.fail("the publisher failed to answer"));
                    self.state().answers[shard].push(answer);
                    driver.notify();
                }
            }
        }
    }

    /// The next job; `None` is the end of the thread.
    fn next_job(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            match state.jobs.pop_front() {
                Some(job) if job.is_wanted() => return Some(job),
                Some(_) => {}
                None => {
                    state.threads -= 1;
                    return None;
                }
            }
        }
    }
}
