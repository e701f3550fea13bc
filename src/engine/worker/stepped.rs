//! An executor for tests: jobs run when the test says so, on its own thread.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::{Executor, Runner, Step};

/// Keeps runners for the test, which steps them.
#[derive(Default)]
pub(crate) struct Stepped(Mutex<Vec<Runner>>);

impl Executor for Stepped {
    fn start(&self, _name: &'static str, runner: Runner) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(runner);
        Ok(())
    }

    fn is_concurrent(&self) -> bool {
        false
    }
}

impl Stepped {
    /// Lets the runner with this number do a job.
    pub(crate) fn step(&self, runner: usize) -> Step {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[runner].step()
    }

    /// How many were ever started.
    pub(crate) fn runners(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
