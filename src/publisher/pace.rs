//! How fast calls that publish follow each other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::host;

/// The least time since the call before. Who publishes faster gains by two threads: one prepares
/// measurements while the other one sends.
const LEAST_PAUSE: Duration = Duration::from_millis(1);

/// How fast calls that publish follow each other.
pub(super) struct Pace {
    begun: Instant,
    /// When the latest call came, in nanoseconds since then.
    latest: AtomicU64,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace { begun: host::now(), latest: AtomicU64::new(0) }
    }

    /// To be told of each call. Whether there was a pause before it.
    pub(super) fn is_after_pause(&self) -> bool {
        let now = host::now().duration_since(self.begun).as_nanos() as u64;
        let before = self.latest.swap(now, Ordering::Relaxed);
        now.saturating_sub(before) >= LEAST_PAUSE.as_nanos() as u64
    }
}
