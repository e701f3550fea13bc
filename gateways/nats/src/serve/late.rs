//! Where in the stream late messages are, by the times that are in them.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use tokio::sync::watch;

use crate::bus::{Scan, Stored, Subjects};
use crate::operation::{Counter, Operation, log};

/// How long who wants to read waits for the index to catch up with the stream, before others have their turn.
const PATIENCE: Duration = Duration::from_secs(2);
const PART: &str = "late";
/// So many entries are added before those of messages that the stream dropped are looked for.
const BEFORE_PRUNING: usize = 10_000;

/// A late message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) sequence: u64,
    /// When it was stored, in ticks.
    pub(super) stored: i64,
    pub(super) earliest: i64,
    pub(super) latest: i64,
}

/// All late messages of the stream, in its order: 32 bytes of memory for each.
pub(super) struct LateIndex {
    entries: RwLock<Vec<Entry>>,
    /// Number of the last one.
    reached: watch::Sender<u64>,
}

impl LateIndex {
    pub(super) fn new() -> LateIndex {
        LateIndex { entries: RwLock::default(), reached: watch::Sender::new(0) }
    }

    /// Reads the stream as long as the program runs.
    pub(super) async fn follow(&self, stream: Stream, mut scan: Scan, operation: &Operation) {
        let unread = unread(operation);
        let mut added = 0;
        loop {
            let stored = scan.follow(operation, PART).await;
            if let Err(error) = self.add(&stored) {
                unread.add(1);
                log::error!("late message {} is left out: {error}", stored.sequence);
            }
            added += 1;
            if added % BEFORE_PRUNING == 0
                && let Ok(info) = stream.get_info().await
            {
                self.drop_before(info.state.first_sequence);
            }
        }
    }

    fn add(&self, stored: &Stored) -> Result<(), &'static str> {
        let added = match stored.times {
            None => Err("it does not tell its times"),
            Some((earliest, latest)) if earliest > latest => Err("its times are none"),
            Some((earliest, latest)) => {
                let entry = Entry { sequence: stored.sequence, stored: stored.time, earliest, latest };
                let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
                // What is read once more takes the place of what was read before.
                let before = entries.partition_point(|entry| entry.sequence < stored.sequence);
                entries.truncate(before);
                entries.push(entry);
                Ok(())
            }
        };
        // Also behind what is left out: nobody has to wait for that.
        self.reached.send_replace(stored.sequence);
        added
    }

    fn drop_before(&self, sequence: u64) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let kept = entries.partition_point(|entry| entry.sequence < sequence);
        entries.drain(..kept);
    }

    /// Waits until everything that is late and in the stream now is here, too.
    pub(super) async fn catch_up(&self, stream: &Stream, subjects: &Subjects) -> Result<(), String> {
        let last = match stream.get_last_raw_message_by_subject(&subjects.all(true, None)).await {
            Ok(last) => last,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => return Ok(()),
            Err(error) => return Err(format!("the stream: {error}")),
        };
        let mut reached = self.reached.subscribe();
        let caught_up = reached.wait_for(|reached| *reached >= last.sequence);
        match tokio::time::timeout(PATIENCE, caught_up).await {
            Ok(_) => Ok(()),
            Err(_) => Err("the index of late messages is behind the stream".into()),
        }
    }

    /// Those behind a message of the stream, up to so many, and the number of a message up to which there are no
    /// others when there are none of these.
    pub(super) fn behind(&self, sequence: u64, most: usize) -> (Vec<Entry>, u64) {
        // Read first: all up to this one are among the entries.
        let reached = *self.reached.borrow();
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let first = entries.partition_point(|entry| entry.sequence <= sequence);
        (entries[first..].iter().take(most).copied().collect(), reached)
    }

    /// Waits until there is one behind a message of the stream.
    pub(super) async fn wait_behind(&self, sequence: u64) {
        // The sender is here as long as this is.
        let _ = self.reached.subscribe().wait_for(|reached| *reached > sequence).await;
    }

    /// Those that may hold something from `start` to `stop`, both included.
    pub(super) fn meeting(&self, start: i64, stop: i64) -> Vec<Entry> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter(|entry| entry.earliest <= stop && entry.latest >= start).copied().collect()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Counts what nobody gets.
pub(super) fn unread(operation: &Operation) -> Counter {
    operation.metrics.counter(
        "sttp_nats_unread_late_messages_total",
        "Late messages that could not be read, and were not published.",
        &[],
    )
}
