//! A job on its way through a worker, and what its owner holds of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use thiserror::Error;

use crate::engine::driver::DriverHandle;
use crate::engine::panics::contain;

/// Why a job gave no result.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum JobError {
    /// It panicked, with this message.
    #[error("it panicked: {0}")]
    Panicked(String),
    /// The worker could not begin to work.
    #[error("the system has no thread for it: {0}")]
    NoThread(String),
    /// The worker was stopped before its turn came.
    #[error("it was not begun, because its worker ends")]
    Stopped,
}

/// What the owner of a job holds until it has the result. Dropping it says that nobody wants the
/// result any more: the job is not begun then, and if it is under way its result is dropped.
pub(crate) struct Job<T> {
    outcome: Arc<Outcome<T>>,
}

type Outcome<T> = Mutex<Option<Result<T, JobError>>>;

impl<T> Job<T> {
    /// Whether [`take`](Self::take) has something.
    pub(crate) fn is_done(&self) -> bool {
        lock(&self.outcome).is_some()
    }

    /// What came of the job, once it is done. Given once.
    pub(crate) fn take(&mut self) -> Option<Result<T, JobError>> {
        lock(&self.outcome).take()
    }
}

/// A job in the queue of a worker.
pub(super) trait Task: Send {
    /// Whether anybody still wants the result.
    fn is_wanted(&self) -> bool;

    /// Does the job, if it is still wanted. Panics end here.
    fn perform(self: Box<Self>);

    /// The job will not be done.
    fn fail(self: Box<Self>, error: JobError);
}

/// The two ends of a job.
pub(super) fn pair<T: Send + 'static>(
    owner: Option<DriverHandle>,
    work: impl FnOnce() -> T + Send + 'static,
) -> (Job<T>, Box<dyn Task>) {
    let outcome = Arc::new(Outcome::default());
    let task = Owned { work, outcome: Arc::downgrade(&outcome), owner };
    (Job { outcome }, Box::new(task))
}

/// A job that is done whether or not anybody waits for it.
pub(super) fn unowned(work: impl FnOnce() + Send + 'static) -> Box<dyn Task> {
    Box::new(Unowned(work))
}

struct Owned<T, F> {
    work: F,
    outcome: Weak<Outcome<T>>,
    owner: Option<DriverHandle>,
}

impl<T: Send, F: FnOnce() -> T + Send> Task for Owned<T, F> {
    fn is_wanted(&self) -> bool {
        self.outcome.strong_count() > 0
    }

    fn perform(self: Box<Self>) {
        if !self.is_wanted() {
            return;
        }
        let Owned { work, outcome, owner } = *self;
        tell(&outcome, owner, contain(work).map_err(JobError::Panicked));
    }

    fn fail(self: Box<Self>, error: JobError) {
        tell(&self.outcome, self.owner, Err(error));
    }
}

fn tell<T>(outcome: &Weak<Outcome<T>>, owner: Option<DriverHandle>, result: Result<T, JobError>) {
    let Some(outcome) = outcome.upgrade() else { return };
    *lock(&outcome) = Some(result);
    if let Some(owner) = owner {
        owner.notify();
    }
}

fn lock<T>(outcome: &Outcome<T>) -> MutexGuard<'_, Option<Result<T, JobError>>> {
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Unowned<F>(F);

impl<F: FnOnce() + Send> Task for Unowned<F> {
    fn is_wanted(&self) -> bool {
        true
    }

    fn perform(self: Box<Self>) {
        if let Err(message) = contain(self.0) {
            log::error!(target: "sttp::engine", "work that nobody waits for panicked: {message}");
        }
    }

    fn fail(self: Box<Self>, error: JobError) {
        log::error!(target: "sttp::engine", "work that nobody waits for was not done: {error}");
    }
}
