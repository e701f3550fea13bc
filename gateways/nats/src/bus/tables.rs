//! Tables of signals in the bucket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::kv::Store;

use super::{Failure, Table, TableId};

/// Tables that are remembered when nobody uses them.
const REMEMBERED: usize = 1024;
/// How often a table is asked for: servers of a cluster may get it later than the first message of it.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

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

    /// The table of a name, which may take seconds.
    pub(crate) async fn get(&self, id: TableId) -> Result<Arc<Table>, Failure> {
        let (mut missed, mut failed) = (0, 0);
        loop {
            match self.look_up(id).await {
                Ok(Some(table)) => return Ok(table),
                Ok(None) if missed >= ATTEMPTS => {
                    return Err(Failure::Unreadable(format!("table {id} is not in the bucket")));
                }
                Ok(None) => missed += 1,
                Err(Failure::Away(_)) if failed < ATTEMPTS => failed += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A table that is known, or in the bucket.
    async fn look_up(&self, id: TableId) -> Result<Option<Arc<Table>>, Failure> {
        if let Some(table) = self.known(id) {
            return Ok(Some(table));
        }
        let bytes =
            self.bucket.get(key(id)).await.map_err(|error| {
                Failure::Away(format!("table {id} cannot be read from the bucket: {error}"))
            })?;
        let Some(bytes) = bytes else { return Ok(None) };
        let table = Arc::new(Table::read(id, &bytes).map_err(Failure::Unreadable)?);
        self.remember(table.clone());
        Ok(Some(table))
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
