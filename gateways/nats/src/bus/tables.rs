//! Tables of signals in the bucket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::jetstream::kv::Store;

use super::{Table, TableId};

/// Tables that are remembered when nobody uses them.
const REMEMBERED: usize = 1024;

/// Gets tables from the bucket and puts them there. Clones share what they remember.
#[derive(Clone)]
pub(crate) struct Tables {
    bucket: Store,
    known: Arc<Mutex<HashMap<TableId, Arc<Table>>>>,
}

impl Tables {
    pub(crate) fn new(bucket: Store) -> Tables {
        Tables { bucket, known: Arc::default() }
    }

    /// The table of a name.
    pub(crate) async fn get(&self, id: TableId) -> Result<Arc<Table>, String> {
        if let Some(table) = self.known(id) {
            return Ok(table);
        }
        let bytes = self
            .bucket
            .get(key(id))
            .await
            .map_err(|error| format!("table {id} cannot be read from the bucket: {error}"))?
            .ok_or_else(|| format!("table {id} is not in the bucket"))?;
        let table = Arc::new(Table::read(id, &bytes)?);
        self.remember(table.clone());
        Ok(table)
    }

    /// Puts a table into the bucket.
    pub(crate) async fn put(&self, table: Arc<Table>) -> Result<(), String> {
        let id = table.id();
        self.bucket
            .put(key(id), table.bytes().into())
            .await
            .map_err(|error| format!("table {id} cannot be put into the bucket: {error}"))?;
        self.remember(table);
        Ok(())
    }

    fn known(&self, id: TableId) -> Option<Arc<Table>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn remember(&self, table: Arc<Table>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, table| Arc::strong_count(table) > 1);
        }
        known.insert(table.id(), table);
    }
}

fn key(id: TableId) -> String {
    format!("table.{id}")
}
