//! How far long work is, every five seconds; and that it ends when it is to.

use std::time::{Duration, Instant};

use crate::log::{self, Level};
use crate::stop::Stop;
use crate::text::grouped;

/// Between two lines.
const INTERVAL: Duration = Duration::from_secs(5);
/// Calls between two looks at the clock.
const CALLS: u32 = 1 << 12;

/// When to tell how far the work is.
#[derive(Debug)]
pub struct Progress {
    next: Instant,
    calls: u32,
}

impl Progress {
    /// Work begins now.
    pub fn begin() -> Progress {
        Progress { next: Instant::now() + INTERVAL, calls: 0 }
    }

    /// One row of many is done, which are so many now.
    ///
    /// # Errors
    ///
    /// A line that says so when the program is asked to end.
    pub fn step(&mut self, rows: u64, stop: &Stop) -> Result<(), String> {
        self.calls += 1;
        if self.calls < CALLS {
            return Ok(());
        }
        self.look(|| format!("{} rows so far", grouped(rows)));
        if stop.is_asked() { Err(format!("it was ended after {} rows", grouped(rows))) } else { Ok(()) }
    }

    /// Tells what `say` says when it is time.
    pub fn look(&mut self, say: impl FnOnce() -> String) {
        self.calls = 0;
        let now = Instant::now();
        if now >= self.next {
            self.next = now + INTERVAL;
            log::line(Level::Info, &say());
        }
    }
}
