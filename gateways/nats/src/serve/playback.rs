//! Reading a window of time out of the stream: each measurement once, in the order of time.
//!
//! Messages that were in time were stored no later than [`AFTER`] their measurements and no earlier than [`BEFORE`]
//! them, so they are found by when they were stored. Where late ones are the index tells. The window is read in slices:
//! what may hold something of the slice is decoded, and sorted.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use bytes::Bytes;
use sttp::{Measurement, Ticks, Uuid};

use super::late::{Entry, LateIndex};
use crate::bus::{
    AFTER, BEFORE, Begin, Failure, Head, Reader, Scan, Subjects, Table, TableId, Tables, as_ticks, is_found,
};
use crate::operation::log::Level;
use crate::operation::{Counter, log};

/// The first slice, the shortest and the longest, in ticks.
const SLICE: i64 = Ticks::PER_SECOND;
const SHORTEST: i64 = Ticks::PER_SECOND / 100;
const LONGEST: i64 = 3_600 * Ticks::PER_SECOND;
/// Measurements of a slice: with fewer the next one is longer, with more shorter.
const FEW: usize = 10_000;
const MANY: usize = 100_000;
/// Attempts to read a message while the stream does not answer.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(200);
/// Tables that are kept when no message of them is.
const TABLES: usize = 64;
/// The signal is not wanted.
const UNWANTED: u32 = u32::MAX;

/// What playbacks read from. Clones are cheap.
#[derive(Clone)]
pub(super) struct Archive {
    pub(super) stream: Stream,
    pub(super) subjects: Subjects,
    pub(super) tables: Tables,
    pub(super) late: Arc<LateIndex>,
    /// Number of the last message in time that was read of the stream: who has less is behind.
    pub(super) reached: Arc<AtomicU64>,
    /// Messages that cannot be read, each time that one is in the way.
    pub(super) unreadable: Counter,
}

/// A message that may hold something of a slice.
struct Held {
    sequence: u64,
    is_late: bool,
    head: Head,
    payload: Bytes,
    signals: Arc<Wanted>,
}

/// Which signals of a table are wanted.
struct Wanted {
    table: Arc<Table>,
    positions: Vec<u32>,
}

/// A measurement, and which message of the stream it is from: what came in time goes before what was late, then what
/// came first.
struct Found {
    measurement: Measurement,
    rank: (bool, u64),
}

/// A window that is being read.
pub(super) struct Playback {
    archive: Archive,
    wanted: HashMap<Uuid, u32>,
    /// `None` for tables of which nothing is wanted.
    of_tables: HashMap<TableId, Option<Arc<Wanted>>>,
    reader: Reader,
    live: Scan,
    /// No live message follows that was stored before, or none at all.
    live_reached: i64,
    live_ended: bool,
    /// Messages behind this one are not of the window's time.
    last_sequence: u64,
    /// What was stored before is not in the stream any more, or never was.
    oldest: i64,
    held: VecDeque<Held>,
    /// Late messages that were not read yet, the earliest last.
    late: Vec<Entry>,
    /// Something could not be read, and that was told.
    is_told: bool,
    /// Where the next slice begins, how long it is, and the last time of the window.
    at: i64,
    slice: i64,
    stop: i64,
}

impl Playback {
    /// The measurements of `wanted` signals from `start` to `stop`, both included, as far as they are in the stream now.
    pub(super) async fn open(
        archive: Archive,
        start: i64,
        stop: i64,
        wanted: &[Uuid],
    ) -> Result<Playback, Failure> {
        archive.late.catch_up(&archive.stream, &archive.subjects).await.map_err(Failure::Away)?;
        let late = archive.late.meeting(start, stop);
        Playback::with_late(archive, start, stop, wanted, late).await
    }

    /// The same with these late messages only.
    pub(super) async fn with_late(
        archive: Archive,
        start: i64,
        stop: i64,
        wanted: &[Uuid],
        mut late: Vec<Entry>,
    ) -> Result<Playback, Failure> {
        let info = archive.stream.get_info().await;
        let info = info.map_err(|error| Failure::Away(format!("the stream: {error}")))?;
        if info.state.last_sequence < archive.reached.load(Ordering::Relaxed) {
            return Err(Failure::Away("the stream: its leader does not have everything yet".into()));
        }
        late.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.earliest));
        let live = Scan::new(
            archive.stream.clone(),
            archive.subjects.all(false, None),
            Begin::Time(start.saturating_sub(BEFORE)),
        );
        Ok(Playback {
            archive,
            wanted: wanted.iter().copied().zip(0..).collect(),
            of_tables: HashMap::new(),
            reader: Reader::default(),
            live,
            live_reached: i64::MIN,
            live_ended: false,
            last_sequence: info.state.last_sequence,
            oldest: match info.state.messages {
                0 => i64::MAX,
                _ => as_ticks(info.state.first_timestamp),
            },
            held: VecDeque::new(),
            late,
            is_told: false,
            at: start,
            slice: SLICE,
            stop,
        })
    }

    /// What of the window the stream cannot have, in words; empty when it may have all of it.
    pub(super) fn missing(&self) -> String {
        match self.oldest {
            oldest if self.at >= oldest => String::new(),
            i64::MAX => "the stream is empty".into(),
            oldest => format!(
                "the stream has nothing that was stored before {}, by its max-age and max-bytes, or because it is newer",
                Ticks(oldest)
            ),
        }
    }

    /// Where it is: measurements before this time were given.
    pub(super) fn at(&self) -> i64 {
        self.at
    }

    /// The next measurements, in the order of time; their `signal_index` is the position among the wanted signals.
    /// `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Measurement>>, Failure> {
        while self.at <= self.stop {
            let last = self.at.saturating_add(self.slice - 1).min(self.stop);
            self.hold_live(last).await?;
            self.hold_late(last).await?;
            let found = self.decode(last);
            self.slice = match found.len() {
                few if few < FEW => (self.slice * 2).min(LONGEST),
                many if many > MANY => (self.slice / 2).max(SHORTEST),
                _ => self.slice,
            };
            self.held.retain(|held| held.head.latest > last);
            self.go_on_at(last);
            if !found.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next slice begins behind `last`, or where the next measurement may be.
    fn go_on_at(&mut self, last: i64) {
        let next = last.saturating_add(1);
        let of_held = self.held.iter().map(|held| held.head.earliest);
        let of_late = self.late.last().map(|entry| entry.earliest);
        // What is still to come from the stream.
        let of_live = (!self.live_ended).then_some(self.live_reached.saturating_sub(AFTER));
        self.at = match of_held.chain(of_late).chain(of_live).min() {
            Some(earliest) => next.max(earliest),
            None => i64::MAX,
        };
        if self.at == i64::MAX {
            self.stop = i64::MIN;
        }
    }

    /// Reads live messages until none that follows can hold anything up to `last`.
    async fn hold_live(&mut self, last: i64) -> Result<(), Failure> {
        while !self.live_ended && self.live_reached <= last.saturating_add(AFTER) {
            let next = self.live.next().await.map_err(Failure::Away)?;
            let Some(stored) = next.filter(|stored| stored.sequence <= self.last_sequence) else {
                self.live_ended = true;
                return Ok(());
            };
            self.live_reached = stored.time;
            let head = Head::read(&stored.payload).map(|(head, _)| head);
            if head.is_ok_and(|head| !is_found(head.earliest, head.latest, stored.time)) {
                // Nobody would find it who looks for another window: what is late tells of it.
                continue;
            }
            self.hold(stored.sequence, false, stored.payload).await?;
        }
        Ok(())
    }

    /// Reads late messages that may hold something up to `last`.
    async fn hold_late(&mut self, last: i64) -> Result<(), Failure> {
        while let Some(entry) = self.late.pop_if(|entry| entry.earliest <= last) {
            if let Some(payload) = read_message(&self.archive.stream, entry.sequence).await? {
                self.hold(entry.sequence, true, payload).await?;
            }
        }
        Ok(())
    }

    /// Keeps a message if something of the window may be in it, unless it cannot be read.
    async fn hold(&mut self, sequence: u64, is_late: bool, payload: Bytes) -> Result<(), Failure> {
        match self.hold_read(sequence, is_late, payload).await {
            Err(Failure::Unreadable(error)) => {
                self.leave_out(sequence, &error);
                Ok(())
            }
            held => held,
        }
    }

    async fn hold_read(&mut self, sequence: u64, is_late: bool, payload: Bytes) -> Result<(), Failure> {
        let (head, _) = Head::read(&payload).map_err(Failure::Unreadable)?;
        if !head.meets(self.at, self.stop) {
            return Ok(());
        }
        if !self.of_tables.contains_key(&head.table) {
            let table = self.archive.tables.get(head.table).await?;
            let position = |signal| self.wanted.get(signal).copied().unwrap_or(UNWANTED);
            let positions: Vec<u32> = table.signals().iter().map(position).collect();
            // That a table is of nothing wanted takes no room to speak of, and the whole table to find out.
            if self.of_tables.values().flatten().count() >= TABLES {
                self.of_tables.retain(|_, of| of.as_ref().is_none_or(|of| Arc::strong_count(of) > 1));
            }
            let is_wanted = positions.iter().any(|position| *position != UNWANTED);
            self.of_tables.insert(head.table, is_wanted.then(|| Arc::new(Wanted { table, positions })));
        }
        if let Some(Some(signals)) = self.of_tables.get(&head.table) {
            let signals = signals.clone();
            self.held.push_back(Held { sequence, is_late, head, payload, signals });
        }
        Ok(())
    }

    /// What cannot be read is not in anybody's way.
    fn leave_out(&mut self, sequence: u64, why: &str) {
        self.archive.unreadable.add(1);
        let level = if std::mem::replace(&mut self.is_told, true) { Level::Debug } else { Level::Warning };
        log::write(level, format_args!("history: message {sequence} of the stream is left out: {why}"));
    }

    /// What the held messages have of the slice that ends with `last`.
    fn decode(&mut self, last: i64) -> Vec<Measurement> {
        let mut found = Vec::new();
        let mut unreadable = Vec::new();
        for held in self.held.iter().filter(|held| held.head.meets(self.at, last)) {
            let measurements = match self.reader.read(&held.payload, &held.signals.table) {
                Ok(measurements) => measurements,
                Err(error) => {
                    unreadable.push((held.sequence, error));
                    continue;
                }
            };
            for measurement in measurements {
                let position = held.signals.positions.get(measurement.signal_index as usize);
                let Some(&position) = position.filter(|position| **position != UNWANTED) else { continue };
                if (self.at..=last).contains(&measurement.timestamp.value()) {
                    let measurement = Measurement { signal_index: position, ..*measurement };
                    found.push(Found { measurement, rank: (held.is_late, held.sequence) });
                }
            }
        }
        self.held.retain(|held| unreadable.iter().all(|(sequence, _)| *sequence != held.sequence));
        for (sequence, error) in unreadable {
            self.leave_out(sequence, &error);
        }
        let key = |found: &Found| (found.measurement.timestamp, found.measurement.signal_index);
        found.sort_by(|one, other| key(one).cmp(&key(other)).then(one.rank.cmp(&other.rank)));
        found.dedup_by(|one, other| key(one) == key(other));
        found.into_iter().map(|found| found.measurement).collect()
    }
}

/// A message of the stream; `None` when the stream does not have it any more.
pub(super) async fn read_message(stream: &Stream, sequence: u64) -> Result<Option<Bytes>, Failure> {
    let mut failures = 0;
    let mut is_past = false;
    loop {
        match stream.get_raw_message(sequence).await {
            Ok(message) => return Ok(Some(message.payload)),
            // A leader that was just chosen may not have it yet.
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound && failures < ATTEMPTS => {
                if is_past {
                    return Ok(None);
                }
                failures += 1;
                is_past = stream.get_info().await.is_ok_and(|info| info.state.last_sequence >= sequence);
                if is_past {
                    continue;
                }
            }
            Err(error) if failures >= ATTEMPTS => {
                let why = format!("message {sequence} of the stream cannot be read: {error}");
                return Err(Failure::Away(why));
            }
            Err(_) => failures += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
}
