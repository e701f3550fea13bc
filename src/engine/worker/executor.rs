//! Where runners run: on threads, unless an engine was made to have it otherwise.

use std::io;

use super::Runner;
use crate::host::threads;

/// Gives workers their threads, or something that stands for them.
pub(crate) trait Executor: Send + Sync {
    /// Has a runner run on something of its own, which operators know as `name`. Must not call the
    /// runner itself.
    ///
    /// # Errors
    /// There is nothing to be had; the runner was dropped.
    fn start(&self, name: &'static str, runner: Runner) -> io::Result<()>;

    /// Whether runners go on while the calling thread waits. Where they do not, whoever has to wait
    /// does the jobs itself.
    fn is_concurrent(&self) -> bool;
}

/// A thread of the system for each runner.
pub(crate) struct Threads;

impl Executor for Threads {
    fn start(&self, name: &'static str, runner: Runner) -> io::Result<()> {
        threads::spawn(name, || runner.run()).map(drop)
    }

    fn is_concurrent(&self) -> bool {
        true
    }
}
