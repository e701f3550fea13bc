//! Tables of signals in the bucket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::kv::Store;
use async_nats::jetstream::stream::{Info, SourceInfo, Stream};
use sttp::Ticks;

use super::scan::{Begin, Scan, as_ticks};
use super::{Failure, Table, TableId};
use crate::operation::log;

/// Signals of tables that are remembered, each some 200 bytes; those that somebody uses are, however many there are.
const REMEMBERED: usize = 500_000;
/// How often a table is asked for: servers of a cluster may get it later than the first message of it.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// A mirror that has heard nothing of the other site for so long may lack something.
const SILENT: Duration = Duration::from_secs(10);
/// Tables are put again by who uses them at least as often as that, in ticks: seldom as long as references are renewed.
pub(crate) const FRESH: i64 = 2 * 3_600 * Ticks::PER_SECOND;
/// Tables that were put so long before the oldest message of the stream are of none, in ticks.
const UNUSED: i64 = 24 * 3_600 * Ticks::PER_SECOND;
/// How often those are looked for.
const CLEANED: Duration = Duration::from_secs(3_600);

/// Gets tables of a stream from the bucket and puts them there. Clones share what they remember.
#[derive(Clone)]
pub(crate) struct Tables {
    bucket: Store,
    stream: Arc<str>,
    known: Arc<Mutex<Known>>,
}

/// Tables that are remembered, with when they were used.
type Known = HashMap<TableId, (Arc<Table>, Instant)>;

impl Tables {
    pub(crate) fn new(bucket: Store, stream: &str) -> Tables {
        Tables { bucket, stream: stream.into(), known: Arc::default() }
    }

    /// The table of a name, which may take seconds.
    pub(crate) async fn get(&self, id: TableId) -> Result<Arc<Table>, Failure> {
        let (mut missed, mut failed) = (0, 0);
        loop {
            match self.look_up(id).await {
                Ok(Some(table)) => return Ok(table),
                Ok(None) if missed >= ATTEMPTS => {
                    self.be_up_to_date(id).await?;
                    return Err(Failure::Unreadable(format!("table {id} is not in the bucket")));
                }
                Ok(None) => missed += 1,
                Err(Failure::Away(_)) if failed < ATTEMPTS => failed += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Fails if the bucket is a mirror that may get a table yet.
    async fn be_up_to_date(&self, id: TableId) -> Result<(), Failure> {
        let away = |why: &dyn std::fmt::Display| Failure::Away(format!("table {id}: {why}"));
        let info = self.bucket.stream.get_info().await.map_err(|error| away(&error))?;
        if is_behind(&info) { Err(away(&"the mirror of the bucket is behind")) } else { Ok(()) }
    }

    /// A table that is known, or in the bucket.
    async fn look_up(&self, id: TableId) -> Result<Option<Arc<Table>>, Failure> {
        if let Some(table) = self.known(id) {
            return Ok(Some(table));
        }
        let bytes =
            self.bucket.get(self.key(id)).await.map_err(|error| {
                Failure::Away(format!("table {id} cannot be read from the bucket: {error}"))
            })?;
        let Some(bytes) = bytes else { return Ok(None) };
        let table = Arc::new(Table::read(id, &bytes).map_err(Failure::Unreadable)?);
        self.remember(table.clone());
        Ok(Some(table))
    }

    /// Puts a table into the bucket.
    pub(crate) async fn put(&self, table: &Table) -> Result<(), String> {
        let id = table.id();
        let put = self.bucket.put(self.key(id), table.bytes().to_vec().into()).await;
        put.map(drop).map_err(|error| format!("table {id} cannot be put into the bucket: {error}"))
    }

    /// Removes tables that no message of the stream can be of, as long as the program runs. Whoever sends messages of a
    /// table puts it again as often as [`FRESH`] says.
    pub(crate) async fn keep_clean(self, stream: Stream) {
        loop {
            match self.remove_unused(&stream, UNUSED).await {
                Ok(0) => {}
                Ok(count) => log::info!("{count} tables that no message is of any more were removed"),
                Err(error) => log::warning!("tables that no message is of are not removed: {error}"),
            }
            tokio::time::sleep(CLEANED).await;
        }
    }

    /// Those that were put last so many ticks before the oldest message; how many there were.
    async fn remove_unused(&self, stream: &Stream, before: i64) -> Result<usize, String> {
        let info = stream.get_info().await.map_err(|error| error.to_string())?;
        // Messages of any age may come yet: into a mirror from the other site, into an empty stream from spools.
        if info.state.messages == 0 || is_behind(&info) {
            return Ok(0);
        }
        // The clock of the server may have been wrong.
        let oldest = as_ticks(info.state.first_timestamp).min(Ticks::now().value());
        self.remove_before(oldest.saturating_sub(before)).await
    }

    /// Removes tables that were put last before a time, in ticks; how many there were.
    async fn remove_before(&self, time: i64) -> Result<usize, String> {
        let subject = format!("$KV.{}.table.{}.*", self.bucket.name, self.stream);
        let mut scan = Scan::new(self.bucket.stream.clone(), subject, Begin::Oldest).headers_only();
        let mut removed = 0;
        while let Some(stored) = scan.next().await?.filter(|stored| stored.time < time) {
            // Not if it was put again meanwhile.
            let purge =
                self.bucket.stream.purge().filter(stored.subject.as_str()).sequence(stored.sequence + 1);
            removed += purge.await.map_err(|error| error.to_string())?.purged as usize;
        }
        Ok(removed)
    }

    fn known(&self, id: TableId) -> Option<Arc<Table>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (table, used) = known.get_mut(&id)?;
        *used = Instant::now();
        Some(table.clone())
    }

    fn remember(&self, table: Arc<Table>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut signals: usize = known.values().map(|(table, _)| table.signals().len()).sum();
        // Those that were not used for the longest time go first.
        while signals >= REMEMBERED {
            let unused = known.iter().filter(|(_, (table, _))| Arc::strong_count(table) == 1);
            let Some(id) = unused.min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id) else { break };
            signals -= known.remove(&id).map_or(0, |(table, _)| table.signals().len());
        }
        known.insert(table.id(), (table, Instant::now()));
    }

    fn key(&self, id: TableId) -> String {
        format!("table.{}.{id}", self.stream)
    }
}

/// Whether it is a mirror that may lack something that the other site has.
fn is_behind(info: &Info) -> bool {
    let lacks = |mirror: &SourceInfo| mirror.lag > 0 || mirror.active.is_none_or(|heard| heard > SILENT);
    info.mirror.as_ref().is_some_and(lacks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::open_bucket;
    use crate::config::Bus;
    use crate::support::Folder;
    use crate::support::nats::{Server, is_missing};
    use sttp::Uuid;

    #[tokio::test]
    async fn tables_that_are_put_again_stay() {
        if is_missing() {
            return;
        }
        let folder = Folder::new("tables");
        let server = Server::start(&folder.0.join("nats"));
        let context = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
        let bucket = open_bucket(&context, &Bus::default()).await.unwrap();
        let of = |number: u128| Arc::new(Table::new(vec![Uuid::from_u128(number)]));
        let tables = Tables::new(bucket.clone(), "ONE");
        for number in 1..=3 {
            tables.put(&of(number)).await.unwrap();
        }
        assert!(tables.get(of(1).id()).await.is_ok());
        Tables::new(bucket.clone(), "OTHER").put(&of(1)).await.unwrap();
        bucket.put("shared.rights", "".into()).await.unwrap();
        let between = bucket.entry("shared.rights").await.unwrap().unwrap().created;
        tables.put(&of(2)).await.unwrap();
        assert_eq!(tables.remove_before(as_ticks(between)).await, Ok(2));
        let mut keys: Vec<_> =
            futures_util::TryStreamExt::try_collect(bucket.keys().await.unwrap()).await.unwrap();
        keys.sort();
        let key = |stream, number| format!("table.{stream}.{}", of(number).id());
        assert_eq!(keys, ["shared.rights".to_owned(), key("ONE", 2), key("OTHER", 1)]);
        assert_eq!(tables.remove_before(as_ticks(between)).await, Ok(0));
        // Into a stream in which there is nothing messages of any age may come.
        let config = async_nats::jetstream::stream::Config { name: "ONE".into(), ..Default::default() };
        let stream = context.create_stream(config).await.unwrap();
        assert_eq!(tables.remove_unused(&stream, 0).await, Ok(0));
        context.publish("ONE", "".into()).await.unwrap().await.unwrap();
        assert_eq!(tables.remove_unused(&stream, UNUSED).await, Ok(0));
        assert_eq!(tables.remove_unused(&stream, 0).await, Ok(1));
        // What is remembered is asked of nobody.
        assert!(tables.get(of(1).id()).await.is_ok());
        let missing = Tables::new(bucket, "ONE").look_up(of(1).id()).await;
        assert!(matches!(missing, Ok(None)));
    }
}
