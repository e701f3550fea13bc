//! Historical data of the Rust API: what the publisher keeps in memory, and what the application
//! reads elsewhere.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::Publisher;
use super::history_worker::HistoryWorker;
use super::server::Server;
use super::shards::Shared;
use crate::Measurement;
use crate::codec::history::HistoryExtent;
use crate::session::Moment;
use crate::session::publisher::HistoryRequest;

/// Gives measurements of the past, from a database for instance.
///
/// All calls of a source and its readers come one at a time on a thread of their own, so that they
/// may take as long as they need; subscribers of historical data are served in turns meanwhile, and
/// all others are not held up.
pub trait HistorySource: Send + 'static {
    /// Begins to read a window for one subscriber.
    ///
    /// # Errors
    ///
    /// Why that cannot be done, in words that the subscriber's operator gets.
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String>;
}

/// Reads the measurements of one window. Dropped when the subscriber has everything or does not
/// want any more.
pub trait HistoryReader {
    /// Writes the next measurements, in the order of time, to the beginning of `out`, and returns
    /// how many; 0 is the end. Both ends of the window belong to it; measurements outside of it, and
    /// of signals that were not asked for, are left out. A `signal_index` that is the position of
    /// the signal among those asked for saves a look-up for each.
    ///
    /// # Errors
    ///
    /// Why reading cannot go on, in words that the subscriber's operator gets.
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String>;
}

impl Publisher {
    /// Serves subscriptions for historical data from `source` from now on, instead of from what the
    /// publisher keeps in memory, or does so no longer. Historical data that subscribers are getting
    /// from the source before end.
    ///
    /// Returns when the source before is dropped: waits for a call of it that is running. When that
    /// call itself calls this, the source is dropped after it. Dropping the publisher does the same.
    pub fn set_history_source(&self, source: Option<Box<dyn HistorySource>>) {
        let worker = source.map(|source| Arc::new(HistoryWorker::new(source, self.drivers())));
        let before = {
            let mut current = self.shared.history_worker();
            self.shared.sessions().for_each(|mut session| session.use_history_source(worker.is_some()));
            std::mem::replace(&mut *current, worker)
        };
        self.notify_loops();
        if let Some(before) = before {
            before.stop();
        }
    }

    /// What the publisher keeps in memory of what it published.
    pub fn history(&self) -> HistoryExtent {
        self.shared.leader().history()
    }
}

impl Shared {
    fn history_worker(&self) -> MutexGuard<'_, Option<Arc<HistoryWorker>>> {
        self.history_worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The application's source is not asked any more.
    pub(super) fn stop_history(&self) {
        let worker = self.history_worker().take();
        if let Some(worker) = worker {
            worker.stop();
        }
    }
}

impl Server {
    /// Carries calls to the application's source of historical data, and results back.
    pub(super) fn serve_history(&mut self, now: Moment) {
        let calls = self.session().take_history_calls();
        let worker = self.shared.history_worker().clone();
        let Some(worker) = worker else { return };
        calls.into_iter().for_each(|call| worker.call(call));
        let results = worker.take_results(self.shard);
        let mut session = self.session();
        for (id, chunk) in results {
            session.supply_history(id, chunk, now);
        }
    }
}
