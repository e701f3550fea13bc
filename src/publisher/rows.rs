//! Whether the rows that an application publishes by are those of the metadata in use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Measurement;
use crate::error::Error;
use crate::session::publisher::Catalog;

/// What is known of an application's rows. Costs nothing as long as metadata are not replaced under them.
#[derive(Default)]
pub(super) struct Rows {
    /// The application has published by rows, or looked one up.
    in_use: AtomicBool,
    /// Rows that were in use mean other signals now.
    have_changed: AtomicBool,
    /// The metadata that the application's rows are from, until it looks one up again.
    outdated: Mutex<Option<Arc<Catalog>>>,
}

impl Rows {
    /// Other metadata are published from now on.
    pub(super) fn replaced(&self, old: &Arc<Catalog>, new: &Catalog) {
        let means_the_same = |row: u32| old.signal_id(row) == new.signal_id(row);
        let rows = old.signal_count() as u32;
        if self.in_use.load(Ordering::Acquire) && !(0..rows).all(means_the_same) {
            self.outdated().get_or_insert_with(|| Arc::clone(old));
            self.have_changed.store(true, Ordering::Release);
        }
    }

    /// The application has looked up a row.
    pub(super) fn looked_up(&self) {
        self.used();
        if self.have_changed() {
            self.outdated().take();
        }
    }

    /// The application publishes by rows.
    pub(super) fn used(&self) {
        if !self.in_use.load(Ordering::Relaxed) {
            self.in_use.store(true, Ordering::Release);
        }
    }

    /// Whether rows have to be checked.
    pub(super) fn have_changed(&self) -> bool {
        self.have_changed.load(Ordering::Acquire)
    }

    /// Checks that no measurement is about to be published as one of another signal.
    ///
    /// # Errors
    /// One is by a row of metadata that were replaced.
    pub(super) fn check(&self, catalog: &Catalog, measurements: &[Measurement]) -> Result<(), Error> {
        if !self.have_changed() {
            return Ok(());
        }
        let outdated = self.outdated().clone();
        let meant = |measurement: &Measurement| match &outdated {
            _ if !measurement.signal_id.is_nil() => Some(measurement.signal_id),
            Some(outdated) => outdated.signal_id(measurement.signal_index),
            None => catalog.signal_id(measurement.signal_index),
        };
        let is_wrong =
            |measurement: &Measurement| catalog.signal_id(measurement.signal_index) != meant(measurement);
        match measurements.iter().position(is_wrong) {
            None => Ok(()),
            Some(position) => Err(Error::InvalidArgument(format!(
                "measurement {position} of {} is published by row {}, which is that of another signal since the metadata \
                 were replaced; look rows up again",
                measurements.len(),
                measurements[position].signal_index
            ))),
        }
    }

    fn outdated(&self) -> MutexGuard<'_, Option<Arc<Catalog>>> {
        self.outdated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
