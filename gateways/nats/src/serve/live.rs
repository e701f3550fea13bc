//! What comes in time, in the order of the stream, published as it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sttp::Ticks;

use super::playback::Archive;
use super::relay::Relay;
use crate::bus::{Begin, Failure, Head, Reader, Scan, Stored, Table, TableId, Tables, is_found};
use crate::operation::{Counter, Gauge, Operation, log};

/// How far back what was published before the start is remembered, in ticks: a second copy of it may come yet.
const REMEMBERED: i64 = 30 * Ticks::PER_SECOND;
const PART: &str = "live";

/// Follows the stream.
pub(super) struct Live {
    relay: Arc<Relay>,
    tables: Tables,
    reached: Arc<AtomicU64>,
    scan: Scan,
    operation: Operation,
    reader: Reader,
    unreadable: Counter,
    misplaced: Counter,
    behind: Gauge,
    /// What was stored before is only remembered.
    begun: i64,
}

impl Live {
    /// Follows what `scan` makes of a place to begin.
    pub(super) fn new(
        relay: Arc<Relay>,
        archive: &Archive,
        scan: impl FnOnce(Begin) -> Scan,
        source: &str,
        operation: Operation,
    ) -> Live {
        let begun = Ticks::now().value();
        let (metrics, labels) = (&operation.metrics, [("source", source)]);
        Live {
            relay,
            tables: archive.tables.clone(),
            reached: archive.reached.clone(),
            scan: scan(Begin::Time(begun - REMEMBERED)),
            reader: Reader::default(),
            unreadable: metrics.counter(
                "sttp_nats_unreadable_messages_total",
                "Messages of the bus that could not be read.",
                &labels,
            ),
            misplaced: metrics.counter(
                "sttp_nats_misplaced_measurements_total",
                "Measurements in time that the stream took long afterwards; their ingest sends them late once more.",
                &labels,
            ),
            behind: metrics.gauge(
                "sttp_nats_behind_messages",
                "Messages of the stream that are not read yet.",
                &labels,
            ),
            operation,
            begun,
        }
    }

    /// Publishes what comes as long as the program runs.
    pub(super) async fn follow(mut self) {
        loop {
            let stored = self.scan.follow(&self.operation, PART).await;
            self.behind.set(stored.pending as f64);
            if self.scan.was_renumbered() {
                self.reached.store(0, Ordering::Relaxed);
            }
            self.reached.fetch_max(stored.sequence, Ordering::Relaxed);
            if let Err(error) = self.take(&stored).await {
                self.unreadable.add(1);
                log::error!("message {} of the stream is lost: {error}", stored.sequence);
            }
        }
    }

    async fn take(&mut self, stored: &Stored) -> Result<(), String> {
        let (head, _) = Head::read(&stored.payload)?;
        if !is_found(head.earliest, head.latest, stored.time) {
            self.misplaced.add(head.measurements.into());
            return Ok(());
        }
        let table = self.table(head.table).await?;
        let measurements = self.reader.read(&stored.payload, &table)?;
        let publishes = stored.time >= self.begun;
        // Publishing may wait for slow subscribers.
        tokio::task::block_in_place(|| self.relay.pass(measurements, &table, publishes));
        Ok(())
    }

    /// The table of a message, whatever the bus does meanwhile.
    async fn table(&mut self, id: TableId) -> Result<Arc<Table>, String> {
        let mut is_ill = false;
        loop {
            match self.tables.get(id).await {
                Ok(table) => {
                    if is_ill {
                        self.operation.health.well(PART);
                    }
                    return Ok(table);
                }
                Err(Failure::Unreadable(error)) => return Err(error),
                Err(Failure::Away(error)) => {
                    is_ill = true;
                    self.operation.health.ill(PART, error.as_str());
                    log::warning!("{PART}: {error}; it is tried again");
                }
            }
        }
    }
}
