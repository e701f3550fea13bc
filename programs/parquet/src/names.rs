//! What the metadata call signals.

use std::collections::HashMap;

use parquet::data_type::{ByteArray, FixedLenByteArray};
use sttp::Uuid;
use sttp::metadata::Metadata;

use crate::table::{Cell, Kind};

/// Columns of names.
pub const COLUMNS: [(&str, Kind); 3] = [("tag", Kind::Text), ("device", Kind::Text), ("type", Kind::Text)];

/// A signal as it stands in each of its rows; copies share their bytes.
#[derive(Clone)]
pub struct Signal {
    /// Its ID.
    pub id: Cell,
    /// What stands in the columns of names.
    pub names: [Cell; COLUMNS.len()],
}

/// Signals by their IDs.
#[derive(Default)]
pub struct Names {
    known: HashMap<Uuid, Signal>,
}

impl Names {
    /// Of other metadata from now on.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// A signal, as the metadata call it, if there are any.
    pub fn signal(&mut self, id: Uuid, metadata: Option<&Metadata>) -> &Signal {
        self.known.entry(id).or_insert_with(|| {
            let record = metadata.and_then(|metadata| metadata.measurement_by_signal_id(id));
            let text = |text: Option<&str>| match text {
                Some(text) if !text.is_empty() => Cell::Text(ByteArray::from(text)),
                _ => Cell::Null,
            };
            Signal {
                id: Cell::Id(FixedLenByteArray::from(id.as_bytes().to_vec())),
                names: [
                    text(record.and_then(|record| record.point_tag())),
                    text(record.and_then(|record| record.device_acronym())),
                    text(record.and_then(|record| record.signal_acronym())),
                ],
            }
        })
    }
}
