//! What was published lately, kept in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::catalog::Catalog;
use super::settings::PublisherSettings;
use crate::codec::history::{History, HistoryExtent, HistoryLimits};

/// What was published lately. Clones share it: of the sessions of a publisher one records, and all read.
#[derive(Clone)]
pub struct HistoryStore(Arc<Mutex<History>>);

/// What a session does with a history.
#[derive(Clone)]
pub enum HistoryUse {
    /// It keeps what is published, and reads.
    Record(HistoryStore),
    /// It reads what another session keeps.
    Read(HistoryStore),
}

impl HistoryStore {
    /// The history that a publisher keeps by its settings: the `current` one, with other limits, or a new
    /// one for the signals of `catalog`; `None` when it keeps none.
    pub fn by_settings(
        current: Option<HistoryStore>,
        settings: &PublisherSettings,
        catalog: &Catalog,
    ) -> Option<HistoryStore> {
        let limits = HistoryLimits { duration: settings.history_duration, bytes: settings.history_limit };
        if limits.duration.is_zero() {
            return None;
        }
        match current {
            Some(store) => {
                store.lock().set_limits(limits);
                Some(store)
            }
            None => {
                let history = History::new(limits, catalog.signal_ids().to_vec());
                Some(HistoryStore(Arc::new(Mutex::new(history))))
            }
        }
    }

    /// How much is kept.
    pub fn extent(&self) -> HistoryExtent {
        self.lock().extent()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HistoryUse {
    pub(super) fn store(&self) -> &HistoryStore {
        match self {
            HistoryUse::Record(store) | HistoryUse::Read(store) => store,
        }
    }

    /// The history, if it is this session's to record.
    pub(super) fn to_record(&self) -> Option<MutexGuard<'_, History>> {
        match self {
            HistoryUse::Record(store) => Some(store.lock()),
            HistoryUse::Read(_) => None,
        }
    }
}
