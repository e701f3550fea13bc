//! Historical data of the Rust API: what the publisher keeps in memory, and what the application
//! reads elsewhere.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::Publisher;
use super::history_source::HistorySource;
use super::history_worker::HistoryWorker;
use super::shards::Shared;
use crate::codec::history::HistoryExtent;
use crate::session::Moment;
use crate::session::publisher::HistoryStore;

impl Publisher {
    /// Serves subscriptions for historical data from `source` from now on, instead of from what the
    /// publisher keeps in memory, or does so no longer. Historical data that subscribers are getting
    /// from the source before end.
    ///
    /// Returns when the source before is dropped: waits for a call of it that is running. When that
    /// call itself calls this, the source is dropped after it. Dropping the publisher does the same.
    pub fn set_history_source(&self, source: Option<Box<dyn HistorySource>>) {
        let worker = source.map(|source| {
            let worker = self.engine.worker().another_lasting("sttp-history");
            Arc::new(HistoryWorker::new(source, worker))
        });
        let before = {
            let mut current = self.shared.history_worker();
            let now = Moment::now();
            self.shared.sessions().for_each(|mut session| session.use_history_source(worker.is_some(), now));
            std::mem::replace(&mut *current, worker)
        };
        self.notify_loops();
        if let Some(before) = before {
            before.stop();
        }
    }

    /// What the publisher keeps in memory of what it published.
    pub fn history(&self) -> HistoryExtent {
        self.shared.history().as_ref().map(HistoryStore::extent).unwrap_or_default()
    }
}

impl Shared {
    pub(super) fn history_worker(&self) -> MutexGuard<'_, Option<Arc<HistoryWorker>>> {
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
