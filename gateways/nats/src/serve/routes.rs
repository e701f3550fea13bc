//! From the positions of a table to rows of the publisher and slots of what was seen.

use std::collections::HashMap;
use std::sync::Arc;

use sttp::Uuid;
use sttp::metadata::Metadata;

use crate::bus::{Table, TableId};

/// Tables whose routes are kept.
const REMEMBERED: usize = 1024;
/// The metadata have no such signal.
pub(super) const NO_ROW: u32 = u32::MAX;

/// Where a signal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Row in the publisher's metadata, or [`NO_ROW`].
    pub(super) row: u32,
    /// The same as long as the program runs.
    pub(super) slot: u32,
}

/// The places of a table's signals.
pub(super) type Route = Arc<[Place]>;

/// Finds places.
#[derive(Default)]
pub(super) struct Routes {
    rows: HashMap<Uuid, u32>,
    slots: HashMap<Uuid, u32>,
    by_table: HashMap<TableId, Route>,
}

impl Routes {
    /// Rows are those of these metadata from now on.
    pub(super) fn use_metadata(&mut self, metadata: &Metadata) {
        self.rows.clear();
        for (row, measurement) in (0..).zip(metadata.measurements()) {
            if let Some(signal) = measurement.signal_id() {
                self.rows.entry(signal).or_insert(row);
            }
        }
        self.by_table.clear();
    }

    /// The places of a table.
    pub(super) fn of(&mut self, table: &Table) -> Route {
        if let Some(route) = self.by_table.get(&table.id()) {
            return route.clone();
        }
        let Routes { rows, slots, by_table } = self;
        let place = |signal: &Uuid| {
            let next = slots.len() as u32;
            let slot = *slots.entry(*signal).or_insert(next);
            Place { row: rows.get(signal).copied().unwrap_or(NO_ROW), slot }
        };
        let route: Route = table.signals().iter().map(place).collect();
        if by_table.len() >= REMEMBERED {
            by_table.clear();
        }
        by_table.insert(table.id(), route.clone());
        route
    }
}
