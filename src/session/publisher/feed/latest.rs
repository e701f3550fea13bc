//! The latest measurement of each signal, for subscribers that have just come.

use std::sync::Arc;

use super::super::catalog::Catalog;
use super::super::events::ConnectionKey;
use crate::StateFlags;
use crate::codec::RawMeasurement;

/// Row of a place that has no measurement yet.
const NONE: u32 = u32::MAX;

/// What was published last of each row of the metadata.
#[derive(Default)]
pub(super) struct Latest {
    /// The metadata whose rows these are; none before the first measurement.
    catalog: Option<Arc<Catalog>>,
    points: Vec<RawMeasurement>,
    /// Connections whose subscriptions have just begun.
    newcomers: Vec<ConnectionKey>,
}

impl Latest {
    /// Keeps what was published, whose rows are those of the catalog.
    pub(super) fn keep(&mut self, points: &[RawMeasurement], catalog: &Arc<Catalog>) {
        self.use_catalog(catalog);
        for point in points {
            if let Some(place) = self.points.get_mut(point.row as usize) {
                *place = *point;
            }
        }
    }

    /// Forgets everything, when nothing is to be kept any more.
    pub(super) fn clear(&mut self) {
        *self = Latest::default();
    }

    /// Rows are those of other metadata now: signals that there still are keep what was published of them.
    fn use_catalog(&mut self, catalog: &Arc<Catalog>) {
        if self.catalog.as_ref().is_some_and(|current| Arc::ptr_eq(current, catalog)) {
            return;
        }
        let nothing = RawMeasurement { row: NONE, ..RawMeasurement::default() };
        let kept = std::mem::replace(&mut self.points, vec![nothing; catalog.signal_ids().len()]);
        let Some(before) = self.catalog.replace(catalog.clone()) else { return };
        for point in kept {
            let row = before.signal_id(point.row).and_then(|signal_id| catalog.signal_index(&signal_id));
            if let Some(row) = row
                && let Some(place) = self.points.get_mut(row as usize)
            {
                *place = RawMeasurement { row, ..point };
            }
        }
    }

    /// All of them, marked as late.
    pub(super) fn marked(&mut self, catalog: &Arc<Catalog>) -> Vec<RawMeasurement> {
        self.use_catalog(catalog);
        let flags = StateFlags::LATE_TIME_ALARM.bits();
        let known = self.points.iter().filter(|point| point.row != NONE);
        known.map(|point| RawMeasurement { flags: point.flags | flags, ..*point }).collect()
    }

    /// Measurements flow to a connection from now on.
    pub(super) fn note_newcomer(&mut self, key: ConnectionKey) {
        self.newcomers.push(key);
    }

    pub(super) fn take_newcomers(&mut self) -> Vec<ConnectionKey> {
        std::mem::take(&mut self.newcomers)
    }
}
