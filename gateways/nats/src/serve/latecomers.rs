//! What comes late, published if nobody had it in time.
//!
//! Whether a measurement was published before, in time or late, the stream itself tells, however long ago that was. Of
//! two that are late the first one counts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sttp::{Measurement, Ticks, Uuid};

use super::late::Entry;
use super::live::table;
use super::playback::{Archive, Playback, read_message};
use super::relay::Relay;
use super::routes::Routes;
use super::seen::Seen;
use crate::bus::{Head, Reader, Table};
use crate::operation::{Operation, log};

/// How long a late message waits before it is looked at, in ticks: one in time with the same measurements, of an ingest
/// whose clock is a little different, is in the stream then.
const WAIT: i64 = 3 * Ticks::PER_SECOND;
/// Messages that are looked at together, and how far apart their times may be, in ticks.
const AT_ONCE: usize = 64;
const SPAN: i64 = 300 * Ticks::PER_SECOND;
const PAUSE: Duration = Duration::from_secs(1);

/// Publishes what comes late.
pub(super) struct Latecomers {
    relay: Arc<Relay>,
    archive: Archive,
    operation: Operation,
    /// Number of the message that was dealt with last.
    done: u64,
}

/// A late message that was read.
struct Late {
    payload: Bytes,
    table: Arc<Table>,
}

impl Latecomers {
    /// Begins behind a message of the stream.
    pub(super) fn new(relay: Arc<Relay>, archive: Archive, behind: u64, operation: Operation) -> Latecomers {
        Latecomers { relay, archive, operation, done: behind }
    }

    /// Publishes what comes as long as the program runs.
    pub(super) async fn follow(mut self) {
        let lost = self.operation.metrics.counter(
            "sttp_nats_unread_late_messages_total",
            "Late messages that could not be read, and were not published; they stay in the history.",
            &[],
        );
        let mut failures = 0;
        loop {
            self.archive.late.wait_behind(self.done).await;
            let batch = self.next_batch().await;
            let Some(last) = batch.last().map(|entry| entry.sequence) else { continue };
            match self.publish(&batch).await {
                Ok(()) => {
                    failures = 0;
                    self.done = last;
                }
                Err(error) if failures < 30 => {
                    log::debug!("late measurements wait: {error}");
                    failures += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    log::error!("{} late messages were not published: {error}", batch.len());
                    lost.add(batch.len() as u64);
                    failures = 0;
                    self.done = last;
                }
            }
        }
    }

    /// The next messages whose times lie together, once they are old enough.
    async fn next_batch(&self) -> Vec<Entry> {
        let mut batch = self.archive.late.behind(self.done, AT_ONCE);
        let Some(first) = batch.first().copied() else { return batch };
        let age = Ticks::now().value().saturating_sub(first.stored);
        if age < WAIT {
            let left = (WAIT - age).min(2 * WAIT) as u64 * 100;
            tokio::time::sleep(Duration::from_nanos(left)).await;
        }
        let ripe = Ticks::now().value().saturating_sub(WAIT);
        let (mut earliest, mut latest) = (first.earliest, first.latest);
        let together = batch.iter().position(|entry| {
            earliest = earliest.min(entry.earliest);
            latest = latest.max(entry.latest);
            latest.saturating_sub(earliest) > SPAN || entry.stored > ripe
        });
        // At least one, however long it is, and however wrong the clocks are.
        batch.truncate(together.unwrap_or(batch.len()).max(1));
        batch
    }

    async fn publish(&self, batch: &[Entry]) -> Result<(), String> {
        let mut messages = Vec::new();
        for entry in batch {
            if let Some(payload) = read_message(&self.archive.stream, entry.sequence).await? {
                let (head, _) = Head::read(&payload)?;
                messages.push(Late { table: table(&self.archive.tables, &head).await?, payload });
            }
        }
        let mut routes = Routes::default();
        let mut known = self.published_before(batch, &messages, &mut routes).await?;
        let mut reader = Reader::default();
        for Late { payload, table } in &messages {
            let route = routes.of(table);
            let measurements = reader.read(payload, table)?;
            let is_new = |measurement: &&Measurement| {
                let place = route.get(measurement.signal_index as usize);
                place.is_some_and(|place| known.is_new(place.slot, measurement.timestamp.0))
            };
            let new: Vec<Measurement> = measurements.iter().filter(is_new).copied().collect();
            let repeated = measurements.len() - new.len();
            tokio::task::block_in_place(|| self.relay.publish_late(&new, repeated as u64));
        }
        Ok(())
    }

    /// What the stream has in time, or late and before the batch, of the batch's signals and times.
    async fn published_before(
        &self,
        batch: &[Entry],
        messages: &[Late],
        routes: &mut Routes,
    ) -> Result<Seen, String> {
        let mut known = Seen::new(Duration::MAX, Instant::now());
        let start = batch.iter().map(|entry| entry.earliest).min().unwrap_or(0);
        let stop = batch.iter().map(|entry| entry.latest).max().unwrap_or(0);
        let signals: HashSet<Uuid> =
            messages.iter().flat_map(|late| late.table.signals().iter().copied()).collect();
        let signals = Table::new(signals.into_iter().collect());
        let route = routes.of(&signals);
        let first = batch.first().map_or(0, |entry| entry.sequence);
        let mut before = self.archive.late.meeting(start, stop);
        before.retain(|entry| entry.sequence < first);
        let mut playback =
            Playback::with_late(self.archive.clone(), start, stop, signals.signals(), before).await?;
        while let Some(measurements) = playback.next().await? {
            for measurement in measurements {
                if let Some(place) = route.get(measurement.signal_index as usize) {
                    known.is_new(place.slot, measurement.timestamp.0);
                }
            }
        }
        Ok(known)
    }
}
