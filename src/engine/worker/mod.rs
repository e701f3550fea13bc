//! Work that takes long, done elsewhere than on a loop.
//!
//! A [`Worker`] does jobs on a bounded number of threads. Whoever has a job done holds a [`Job`]
//! until the result is there, of which its driver is notified; dropping the `Job` takes the job
//! back. The queue has no bound of its own: an owner has one job at a time for each connection,
//! which is not read meanwhile.
//!
//! What runs the jobs is the [`Executor`] of the engine: threads, or in a simulation something that
//! does one job after the other when the simulation says so.

mod executor;
mod job;
#[cfg(test)]
pub(crate) mod stepped;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

pub(crate) use executor::{Executor, Threads};
pub(crate) use job::{Job, JobError};

use job::Task;

use super::driver::DriverHandle;

/// Does jobs, in the order in which they were given. Clones share its threads; with the last one
/// jobs that have not begun are dropped and the threads end.
#[derive(Clone)]
pub(crate) struct Worker {
    shared: Arc<Shared>,
}

/// Has jobs done for one driver.
#[derive(Clone)]
pub(crate) struct Elsewhere {
    pub(super) worker: Worker,
    pub(super) owner: DriverHandle,
}

impl Elsewhere {
    /// Has a job done. The driver is notified when [`Job::take`] has something.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Job<T> {
        self.worker.run(Some(self.owner.clone()), work)
    }

    /// The same with up to so many threads of its own, which wait for no other work.
    pub(crate) fn beside(&self, name: &'static str, most: usize) -> Elsewhere {
        let executor = Arc::clone(&self.worker.shared.executor);
        Elsewhere { worker: Worker::passing(executor, name, most), owner: self.owner.clone() }
    }
}

/// How a worker gets its threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// So many at most, as long as there is something to do. When there is none to be had, whoever
    /// gives a job does it.
    Passing(usize),
    /// One, from the first job to the end of the worker: jobs never overlap, and what they leave
    /// behind in their thread is there for the next. When there is none to be had, jobs fail.
    Lasting,
}

/// What the clones of a worker share. Runners hold the pool only.
struct Shared {
    pool: Arc<Pool>,
    executor: Arc<dyn Executor>,
    name: &'static str,
}

struct Pool {
    kind: Kind,
    state: Mutex<State>,
    /// A job was given or done, or the worker ends.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Box<dyn Task>>,
    /// Runners that exist.
    runners: usize,
    /// Threads on which a job is being done.
    busy: Vec<ThreadId>,
    /// Nothing is taken any more.
    stopped: bool,
}

impl Worker {
    /// A worker with up to so many threads, each of which lives only while there is something to
    /// do. Where the system has no thread, whoever gives a job does it: it must hold no lock that
    /// the job takes.
    pub(crate) fn passing(executor: Arc<dyn Executor>, name: &'static str, most: usize) -> Worker {
        Worker::new(executor, name, Kind::Passing(most))
    }

    /// A worker with a thread of its own from its first job on, on which all jobs are done in order.
    pub(crate) fn lasting(executor: Arc<dyn Executor>, name: &'static str) -> Worker {
        Worker::new(executor, name, Kind::Lasting)
    }

    fn new(executor: Arc<dyn Executor>, name: &'static str, kind: Kind) -> Worker {
        let pool = Pool { kind, state: Mutex::default(), changed: Condvar::new() };
        Worker { shared: Arc::new(Shared { pool: Arc::new(pool), executor, name }) }
    }

    /// A worker like [`lasting`](Self::lasting) where this one has its threads.
    pub(crate) fn another_lasting(&self, name: &'static str) -> Worker {
        Worker::lasting(Arc::clone(&self.shared.executor), name)
    }

    /// Has a job done. The driver of `owner` is notified when [`Job::take`] has something.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        owner: Option<DriverHandle>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Job<T> {
        let (job, task) = job::pair(owner, work);
        self.add(task);
        job
    }

    /// Has a job done of which nobody awaits a result. A panic of it is logged.
    pub(crate) fn post(&self, work: impl FnOnce() + Send + 'static) {
        self.add(job::unowned(work));
    }

    fn add(&self, task: Box<dyn Task>) {
        let pool = &self.shared.pool;
        let mut state = pool.state();
        if state.stopped {
            drop(state);
            return task.fail(JobError::Stopped);
        }
        let (wanted, unwanted): (VecDeque<_>, VecDeque<_>) =
            mem::take(&mut state.tasks).into_iter().partition(|task| task.is_wanted());
        state.tasks = wanted;
        state.tasks.push_back(task);
        let starts = state.runners < pool.most_runners();
        state.runners += usize::from(starts);
        drop(state);
        // What a job holds may be dropped only when nothing is locked.
        drop(unwanted);
        if starts {
            self.start_runner();
        } else {
            pool.changed.notify_all();
        }
    }

    /// Starts a runner that was counted already.
    fn start_runner(&self) {
        let Shared { pool, executor, name } = &*self.shared;
        let runner = Runner { pool: Arc::clone(pool), is_counted: true };
        let Err(error) = executor.start(name, runner) else { return };
        match pool.kind {
            Kind::Passing(_) => {
                log::warn!(target: "sttp::engine", "no thread for {name}, its work holds up others: {error}");
                pool.work_here();
            }
            Kind::Lasting => {
                let tasks = mem::take(&mut pool.state().tasks);
                tasks.into_iter().for_each(|task| task.fail(JobError::NoThread(error.to_string())));
                pool.changed.notify_all();
            }
        }
    }

    /// Ends the worker: jobs that have not begun fail, the one that runs is waited for, and then
    /// `last` is done where jobs are. Called inside a job of this worker, it does not wait, and
    /// `last` follows later.
    pub(crate) fn stop(&self, last: impl FnOnce() + Send + 'static) {
        let Shared { pool, executor, .. } = &*self.shared;
        let mut state = pool.state();
        if mem::replace(&mut state.stopped, true) {
            return;
        }
        let dropped = mem::take(&mut state.tasks);
        state.tasks.push_back(job::unowned(last));
        let has_runner = state.runners > 0;
        let is_inside = state.busy.contains(&thread::current().id());
        drop(state);
        pool.changed.notify_all();
        dropped.into_iter().for_each(|task| task.fail(JobError::Stopped));
        if is_inside {
            return;
        }
        if !has_runner || !executor.is_concurrent() {
            pool.work_here();
        }
        pool.wait_until_idle();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        let dropped = match mem::replace(&mut state.stopped, true) {
            // `stop` has left its last job.
            true => VecDeque::new(),
            false => mem::take(&mut state.tasks),
        };
        drop(state);
        self.pool.changed.notify_all();
        dropped.into_iter().for_each(|task| task.fail(JobError::Stopped));
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn most_runners(&self) -> usize {
        match self.kind {
            Kind::Passing(most) => most,
            Kind::Lasting => 1,
        }
    }

    /// Does what waits, on the calling thread.
    fn work_here(&self) {
        loop {
            let Some(task) = self.state().begin() else { return };
            self.perform(task);
        }
    }

    /// Does a job that has begun.
    fn perform(&self, task: Box<dyn Task>) {
        task.perform();
        let mut state = self.state();
        let here = thread::current().id();
        if let Some(place) = state.busy.iter().position(|busy| *busy == here) {
            state.busy.swap_remove(place);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn wait_until_idle(&self) {
        let mut state = self.state();
        while !state.tasks.is_empty() || !state.busy.is_empty() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State {
    /// Takes the next job, which begins on the calling thread.
    fn begin(&mut self) -> Option<Box<dyn Task>> {
        let task = self.tasks.pop_front()?;
        self.busy.push(thread::current().id());
        Some(task)
    }
}

/// Does the jobs of a worker, wherever its executor puts it.
pub(crate) struct Runner {
    pool: Arc<Pool>,
    /// The pool counts it among its runners.
    is_counted: bool,
}

/// What came of a [`Runner::step`].
#[cfg(feature = "simulation")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A job was done.
    Done,
    /// There was nothing to do. More may come.
    Idle,
    /// The runner is of no further use.
    Over,
}

impl Runner {
    /// Works until nothing is left to do, or for ever.
    pub(crate) fn run(mut self) {
        while let Some(task) = self.wait_for_task() {
            self.pool.perform(task);
        }
    }

    /// Whether a [`step`](Self::step) would do something.
    #[cfg(feature = "simulation")]
    pub(crate) fn has_work(&self) -> bool {
        let state = self.pool.state();
        !state.tasks.is_empty() || state.stopped
    }

    /// Does the next job if there is one, and waits for none.
    #[cfg(feature = "simulation")]
    pub(crate) fn step(&mut self) -> Step {
        let pool = Arc::clone(&self.pool);
        let mut state = pool.state();
        let Some(task) = state.begin() else {
            return if self.ends(&mut state) { Step::Over } else { Step::Idle };
        };
        drop(state);
        pool.perform(task);
        Step::Done
    }

    /// The next job; `None` is the end.
    fn wait_for_task(&mut self) -> Option<Box<dyn Task>> {
        let pool = Arc::clone(&self.pool);
        let mut state = pool.state();
        loop {
            if let Some(task) = state.begin() {
                return Some(task);
            }
            if self.ends(&mut state) {
                return None;
            }
            state = pool.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a runner that has nothing to do will have nothing any more. It does not count from
    /// then on, so that the next job starts another one.
    fn ends(&mut self, state: &mut State) -> bool {
        let ends = state.stopped || matches!(self.pool.kind, Kind::Passing(_));
        if ends && mem::replace(&mut self.is_counted, false) {
            state.runners -= 1;
        }
        ends
    }
}

/// One that was never begun, because its executor could not.
impl Drop for Runner {
    fn drop(&mut self) {
        if self.is_counted {
            self.pool.state().runners -= 1;
        }
    }
}
