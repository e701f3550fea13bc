//! Which process this is: a fork has none of the threads of the one that it was forked from.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often the process that first used the library was forked until this one came about.
static FORKS: AtomicU32 = AtomicU32::new(0);
static WATCH: Once = Once::new();

/// A process, to be told from its forks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// The process that calls.
    pub(crate) fn current() -> Process {
        WATCH.call_once(watch);
        Process(FORKS.load(Ordering::Relaxed))
    }

    /// Whether the process that calls is another one.
    pub(crate) fn is_left(self) -> bool {
        self.0 != FORKS.load(Ordering::Relaxed)
    }

    /// A number below `count`, another one in each of so many processes that were forked one from the other.
    pub(crate) fn number_below(self, count: usize) -> usize {
        self.0 as usize % count
    }
}

#[cfg(all(unix, not(miri)))]
fn watch() {
    unsafe extern "C" fn forked() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the function only changes a number, which it may do in a fork of a process with threads. Without
    // memory for the registration forks are not noticed, which changes nothing else.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
}

/// There are no forks, nor does Miri know of any.
#[cfg(any(not(unix), miri))]
fn watch() {}
