//! A recording as Parquet: a row for each measurement.

use std::path::Path;

use sttp::metadata::Metadata;
use sttp::{StateFlags, Ticks, Uuid};

use crate::names::{self, Names};
use crate::signals;
use crate::table::{Cell, Kind, Table};

/// The columns that every recording has.
const COLUMNS: [(&str, Kind); 5] = [
    ("time", Kind::Time),
    ("signal_id", Kind::Id),
    ("value", Kind::Float),
    ("flags", Kind::Flags),
    ("timestamp", Kind::Long),
];
/// One that recordings may have: whether a measurement was missed first.
pub const RECOVERED: &str = "recovered";

/// A recording that is being written.
pub struct Recording {
    table: Table,
    names: Names,
    has_names: bool,
    has_recovered: bool,
}

/// A measurement.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub signal_id: Uuid,
    pub timestamp: Ticks,
    pub value: f32,
    pub flags: StateFlags,
    pub recovered: bool,
}

impl Recording {
    /// Begins a file, with names where they will be known.
    ///
    /// # Errors
    ///
    /// Those of [`Table::create`].
    pub fn create(
        path: &Path,
        overwrites: bool,
        has_names: bool,
        has_recovered: bool,
    ) -> Result<Recording, String> {
        let names = names::COLUMNS.iter().filter(|_| has_names);
        let recovered = [(RECOVERED, Kind::Bool)];
        let columns = COLUMNS.iter().chain(names).chain(recovered.iter().filter(|_| has_recovered));
        let columns: Vec<(String, Kind)> = columns.map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        let table = Table::create(path, overwrites, &columns)?;
        Ok(Recording { table, names: Names::default(), has_names, has_recovered })
    }

    /// The metadata are others from now on.
    pub fn forget_names(&mut self) {
        self.names.forget();
    }

    /// Adds a measurement.
    ///
    /// # Errors
    ///
    /// Those of [`Table::push`].
    pub fn push(&mut self, row: Row, metadata: Option<&Metadata>) -> Result<(), String> {
        let signal = self.names.signal(row.signal_id, metadata);
        let first = [
            Cell::time(row.timestamp),
            signal.id.clone(),
            Cell::Float(row.value),
            Cell::Flags(row.flags.bits()),
            Cell::Long(row.timestamp.0),
        ];
        let names = signal.names.iter().filter(|_| self.has_names).cloned();
        let recovered = self.has_recovered.then_some(Cell::Bool(row.recovered));
        self.table.push(first.into_iter().chain(names).chain(recovered))
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.table.rows()
    }

    /// Ends the file, which has the metadata in it where there are any.
    ///
    /// # Errors
    ///
    /// Those of [`Table::finish`].
    pub fn finish(mut self, metadata: Option<&Metadata>) -> Result<u64, String> {
        if let Some(xml) = metadata.and_then(signals::written) {
            self.table.annotate(signals::KEY, xml);
        }
        self.table.finish()
    }
}
