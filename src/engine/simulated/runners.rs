//! What takes long, done by the simulation in place of threads.

use std::io;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::running::{as_host, running};
use crate::engine::worker::{Executor, Runner, Step};
use crate::host;
use crate::host::simulated::Random;

/// The longest time until a job is done where nothing else was said.
const USUAL_JOB: Duration = Duration::from_millis(5);

/// The runners of all workers. Each does one job after the other, after a while.
pub(super) struct Runners {
    state: Mutex<State>,
}

struct State {
    random: Random,
    waiting: Vec<Waiting>,
    /// The longest time until a job is done; none when jobs are not done at all.
    longest: Option<Duration>,
}

struct Waiting {
    runner: Runner,
    /// Whose it is.
    host: Option<IpAddr>,
    /// When its next job is done, once it has one.
    due: Option<Instant>,
}

impl Runners {
    pub(super) fn new(random: Random) -> Runners {
        Runners { state: Mutex::new(State { random, waiting: Vec::new(), longest: Some(USUAL_JOB) }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Jobs take so long at most from now on, also those that have begun; with `None` for ever.
    pub(super) fn set_longest(&self, longest: Option<Duration>) {
        let mut state = self.state();
        state.longest = longest;
        state.waiting.iter_mut().for_each(|one| one.due = None);
    }

    /// When the next job is done, if there is one.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let mut state = self.state();
        let State { random, waiting, longest } = &mut *state;
        let longest = (*longest)?;
        for one in waiting.iter_mut().filter(|one| one.due.is_none() && one.runner.has_work()) {
            one.due = Some(host::now() + random.up_to(longest));
        }
        waiting.iter().filter_map(|one| one.due).min()
    }

    /// Does a job that is due.
    pub(super) fn step(&self) {
        let now = host::now();
        let mut state = self.state();
        let due = state.waiting.iter().position(|one| one.due.is_some_and(|due| due <= now));
        let Some(position) = due else { return };
        let Waiting { mut runner, host, .. } = state.waiting.remove(position);
        // The job may need another runner.
        drop(state);
        match as_host(host, || runner.step()) {
            Step::Done | Step::Idle => self.state().waiting.push(Waiting { runner, host, due: None }),
            Step::Over => {}
        }
    }

    /// Drops all runners.
    pub(super) fn clear(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        drop(waiting);
    }
}

impl Executor for Runners {
    fn start(&self, _name: &'static str, runner: Runner) -> io::Result<()> {
        self.state().waiting.push(Waiting { runner, host: running(), due: None });
        Ok(())
    }

    fn is_concurrent(&self) -> bool {
        false
    }
}
