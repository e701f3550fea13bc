//! A program that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sttp::Measurement;
use sttp::engine::simulated::take_time;
use sttp::error::Error;
use sttp::subscriber::SubscriberHandler;

/// Takes so long for the first measurements, counts all, and must not be disconnected.
pub(crate) struct Slow {
    pub(crate) takes: Duration,
    pub(crate) count: Arc<AtomicUsize>,
}

impl SubscriberHandler for Slow {
    fn measurements(&mut self, measurements: &[Measurement]) {
        if self.count.fetch_add(measurements.len(), Ordering::SeqCst) == 0 {
            take_time(self.takes);
        }
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        panic!("{reason:?}");
    }
}
