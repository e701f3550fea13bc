//! What comes late, published if nobody had it in time.
//!
//! Whether a measurement was published before, in time or late, the stream itself tells, however long ago that was. Of
//! two that are late the first one counts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sttp::{Measurement, Ticks, Uuid};

use super::late::{Entry, unread};
use super::playback::{Archive, Playback, read_message};
use super::relay::Relay;
use super::routes::Routes;
use super::seen::Seen;
use crate::bus::{Failure, Head, Reader, Table};
use crate::operation::{Operation, log};

/// How long a late message waits before it is looked at, in ticks: one in time with the same measurements, of an ingest
/// whose clock is a little different, is in the stream then.
const WAIT: i64 = 3 * Ticks::PER_SECOND;
/// Messages that are looked at together, and how far apart their times may be, in ticks.
const AT_ONCE: usize = 64;
const SPAN: i64 = 300 * Ticks::PER_SECOND;
const PAUSE: Duration = Duration::from_secs(1);
const PART: &str = "late measurements";

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
    sequence: u64,
    head: Head,
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
        let unread = unread(&self.operation);
        loop {
            self.archive.late.wait_behind(self.done).await;
            let (batch, reached) = self.archive.late.behind(self.done, AT_ONCE);
            let Some(first) = batch.first().copied() else {
                // What was behind is left out, or not in the stream any more.
                self.done = self.done.max(reached);
                continue;
            };
            let batch = next_batch(batch, first).await;
            match self.publish(&batch).await {
                Ok(left_out) => {
                    self.operation.health.well(PART);
                    self.done = batch.last().map_or(first.sequence, |entry| entry.sequence);
                    for (sequence, error) in left_out {
                        unread.add(1);
                        log::error!("late message {sequence} is left out: {error}");
                    }
                }
                Err(error) => {
                    self.operation.health.ill(PART, error.as_str());
                    log::debug!("late measurements wait: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Publishes what is new in some messages. Which could not be read, and why; or that the bus is away, when nothing
    /// is published.
    async fn publish(&self, batch: &[Entry]) -> Result<Vec<(u64, String)>, String> {
        let mut messages = Vec::new();
        let mut left_out = Vec::new();
        for entry in batch {
            match self.read(entry.sequence).await {
                Ok(late) => messages.extend(late),
                Err(Failure::Unreadable(error)) => left_out.push((entry.sequence, error)),
                Err(Failure::Away(error)) => return Err(error),
            }
        }
        let mut routes = Routes::default();
        let mut known = match self.published_before(&messages, &mut routes).await {
            Ok(known) => known,
            Err(Failure::Away(error) | Failure::Unreadable(error)) => return Err(error),
        };
        let mut reader = Reader::default();
        for late in &messages {
            let route = routes.of(&late.table);
            let measurements = match reader.read(&late.payload, &late.table) {
                Ok(measurements) => measurements,
                Err(error) => {
                    left_out.push((late.sequence, error));
                    continue;
                }
            };
            let is_new = |measurement: &&Measurement| {
                let place = route.get(measurement.signal_index as usize);
                place.is_some_and(|place| known.is_new(place.slot, measurement.timestamp.0))
            };
            let new: Vec<Measurement> = measurements.iter().filter(is_new).copied().collect();
            let repeated = (measurements.len() - new.len()) as u64;
            tokio::task::block_in_place(|| self.relay.pass_late(&new, &late.table, repeated));
        }
        Ok(left_out)
    }

    /// A late message, if the stream has it still.
    async fn read(&self, sequence: u64) -> Result<Option<Late>, Failure> {
        let Some(payload) = read_message(&self.archive.stream, sequence).await? else { return Ok(None) };
        let (head, _) = Head::read(&payload).map_err(Failure::Unreadable)?;
        let table = self.archive.tables.get(head.table).await?;
        Ok(Some(Late { sequence, head, payload, table }))
    }

    /// What the stream has in time, or late and before these messages, of their signals and times.
    async fn published_before(&self, messages: &[Late], routes: &mut Routes) -> Result<Seen, Failure> {
        let mut known = Seen::new(Duration::MAX, Instant::now());
        let Some(first) = messages.iter().map(|late| late.sequence).min() else { return Ok(known) };
        let start = messages.iter().map(|late| late.head.earliest).min().unwrap_or(0);
        let stop = messages.iter().map(|late| late.head.latest).max().unwrap_or(0);
        let signals: HashSet<Uuid> =
            messages.iter().flat_map(|late| late.table.signals().iter().copied()).collect();
        let signals = Table::new(signals.into_iter().collect());
        let route = routes.of(&signals);
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

/// Those of the messages that lie together with the first one in time, once they are old enough.
async fn next_batch(mut batch: Vec<Entry>, first: Entry) -> Vec<Entry> {
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
