//! Makes messages of what a subscription brings.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sttp::codec::{RawMeasurement, narrow_value};
use sttp::{Measurement, Ticks};
use tokio::sync::mpsc::Sender;

use super::groups::{Groups, Place};
use super::item::{Item, Outgoing};
use super::pair::Pair;
use crate::bus::{Message, Table, TableId, is_late};
use crate::operation::Gauge;

/// Times of a late message lie no further apart, in ticks, so that whoever looks for a time finds little else.
const LATE_SPAN: i64 = 60 * Ticks::PER_SECOND;

/// Names the messages of a run of the program.
#[derive(Clone)]
pub(super) struct Names {
    run: Arc<str>,
    next: Arc<AtomicU64>,
}

impl Names {
    /// Of a run that no other has the name of.
    pub(super) fn new(run: &str) -> Names {
        Names { run: run.into(), next: Arc::default() }
    }

    fn next(&self) -> String {
        format!("{}-{}", self.run, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Measurements of one source on their way into messages.
pub(super) struct Batcher {
    exit: Exit,
    /// By the row of the signal index cache.
    places: Vec<Place>,
    pairs: Vec<Pair>,
    /// Measurements that follow each other in one group.
    run: Vec<RawMeasurement>,
    /// When something was handed on last.
    handed_on: Option<Instant>,
    /// Groups whose messages begin from a reference.
    referenced: Gauge,
}

/// Where messages go.
struct Exit {
    source: Arc<str>,
    names: Names,
    out: Sender<Item>,
    /// Bytes that the bus takes at a time, 0 as long as nobody knows.
    longest: Box<dyn Fn() -> usize + Send>,
}

impl Exit {
    /// Waits as long as it takes. Nobody takes anything any more when the program ends.
    fn hand_on(&self, item: Item) {
        if self.out.blocking_send(item).is_err() {
            crate::operation::log::debug!("{}: what came after the end is left out", self.source);
        }
    }

    fn message(&self, group: u32, table: &Arc<Table>, message: Message) {
        let (source, name, table) = (self.source.clone(), self.names.next(), table.clone());
        let outgoing = Outgoing { source, group, name, table, message };
        self.hand_on(Item::Message(outgoing));
    }
}

impl Batcher {
    /// `longest` tells how many bytes the bus takes at a time, 0 as long as nobody knows.
    pub(super) fn new(
        source: &str,
        names: Names,
        out: Sender<Item>,
        longest: impl Fn() -> usize + Send + 'static,
        referenced: Gauge,
    ) -> Batcher {
        Batcher {
            exit: Exit { source: source.into(), names, out, longest: Box::new(longest) },
            places: Vec::new(),
            pairs: Vec::new(),
            run: Vec::new(),
            handed_on: None,
            referenced,
        }
    }

    /// Rows of measurements are those of these groups from now on. Groups whose signals stay keep their references.
    pub(super) fn use_groups(&mut self, groups: Groups) {
        self.flush();
        let now = Instant::now();
        let mut before: HashMap<TableId, Pair> =
            self.pairs.drain(..).map(|pair| (pair.plain().id(), pair)).collect();
        for table in groups.tables {
            let pair = before.remove(&table.id()).unwrap_or_else(|| Pair::new(table, now));
            self.exit.hand_on(Item::Table(pair.table().clone()));
            self.pairs.push(pair);
        }
        self.places = groups.places;
        self.count_referenced();
    }

    fn count_referenced(&self) {
        let count = self.pairs.iter().filter(|pair| pair.is_referenced()).count();
        self.referenced.set(count as f64);
    }

    /// Takes measurements whose `signal_index` is a row of the signal index cache. What is full is handed on. How many
    /// have no row.
    pub(super) fn take(&mut self, measurements: &[Measurement]) -> usize {
        let (now, instant) = (Ticks::now().value(), Instant::now());
        let mut last_time = None;
        let mut late = false;
        let mut current = None;
        let mut unknown = 0;
        for measurement in measurements {
            let Some(place) = self.places.get(measurement.signal_index as usize).copied() else {
                unknown += 1;
                continue;
            };
            if last_time.replace(measurement.timestamp) != Some(measurement.timestamp) {
                let time = measurement.timestamp.value();
                late = is_late(time, time, now);
            }
            let key = (place.group, late);
            if let Some(before) = current.replace(key)
                && before != key
            {
                self.write(before, instant);
            }
            self.run.push(RawMeasurement {
                ticks: measurement.timestamp.0,
                row: place.position,
                flags: measurement.flags.bits(),
                value_bits: narrow_value(measurement.value),
            });
        }
        if let Some(key) = current {
            self.write(key, instant);
        }
        unknown
    }

    /// Writes the run, which is of one group, late or in time.
    fn write(&mut self, (group, late): (u32, bool), now: Instant) {
        if self.pairs[group as usize].is_due(now) {
            let pair = &mut self.pairs[group as usize];
            for message in pair.finish().collect::<Vec<_>>() {
                self.exit.message(group, pair.table(), message);
            }
            pair.turn();
            self.count_referenced();
        }
        let Batcher { exit, pairs, run, .. } = self;
        let pair = &mut pairs[group as usize];
        let table = pair.table().clone();
        if !late {
            if let Some(next) = pair.record(run, &exit.longest, now) {
                exit.hand_on(Item::Table(next));
            }
            pair.live.push(run, |message| exit.message(group, &table, message));
        } else {
            let writer = pair.late();
            for same_span in run.chunk_by(|one, other| one.ticks == other.ticks) {
                let time = same_span.first().map_or(0, |first| Ticks(first.ticks).value());
                let (earliest, latest) = writer.times();
                let span = latest.max(time).saturating_sub(earliest.min(time));
                if span > LATE_SPAN
                    && let Some(message) = writer.finish()
                {
                    exit.message(group, &table, message);
                }
                writer.push(same_span, |message| exit.message(group, &table, message));
            }
        }
        run.clear();
    }

    /// Whether something waits for others to share a message with.
    pub(super) fn waits(&self) -> bool {
        self.pairs.iter().any(Pair::waits)
    }

    /// Whether nothing was handed on for so long: what comes so seldom has nothing to wait for.
    pub(super) fn was_quiet(&self, linger: Duration) -> bool {
        self.handed_on.is_none_or(|handed_on| handed_on.elapsed() >= linger)
    }

    /// Hands everything on.
    pub(super) fn flush(&mut self) {
        if self.waits() {
            self.handed_on = Some(Instant::now());
        }
        for (group, pair) in (0..).zip(&mut self.pairs) {
            for message in pair.finish().collect::<Vec<_>>() {
                self.exit.message(group, pair.table(), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Reader;
    use sttp::{StateFlags, Uuid};
    use tokio::sync::mpsc::{Receiver, channel};

    fn batcher() -> (Batcher, Receiver<Item>) {
        let (out, items) = channel(1_000);
        let table = |from: u128| Arc::new(Table::new((from..from + 2).map(Uuid::from_u128).collect()));
        let place = |row: u32| Place { group: row / 2, position: row % 2 };
        let mut batcher = Batcher::new("east", Names::new("run"), out, || 1 << 20, Gauge::default());
        batcher.use_groups(Groups { tables: vec![table(1), table(3)], places: (0..4).map(place).collect() });
        (batcher, items)
    }

    #[test]
    fn groups_whose_signals_stay_keep_their_references() {
        let (mut batcher, mut items) = batcher();
        let (now, of_two) =
            (Instant::now(), |ticks| [0, 1].map(|row| RawMeasurement { ticks, row, ..Default::default() }));
        let later = |seconds: u64| now + Duration::from_secs(seconds);
        let made = (0..20).find(|second| {
            batcher.run.extend(of_two(*second as i64));
            batcher.write((0, false), later(*second));
            batcher.flush();
            batcher.pairs[0].is_due(later(second + 5))
        });
        batcher.run.extend(of_two(20));
        batcher.write((0, false), later(made.unwrap() + 5));
        let place = |row: u32| Place { group: row / 2, position: row % 2 };
        let tables = vec![batcher.pairs[1].plain().clone(), batcher.pairs[0].plain().clone()];
        assert!(batcher.pairs[0].is_referenced());
        batcher.use_groups(Groups { tables, places: (0..4).map(place).collect() });
        assert!(batcher.pairs[1].is_referenced() && !batcher.pairs[0].is_referenced());
        batcher.take(&[measurement(2, 7)]);
        batcher.flush();
        // With the tables in front, each message can be read.
        assert_eq!(read(&mut items).last().unwrap(), &(1, vec![(Uuid::from_u128(1), 7)]));
    }

    fn measurement(row: u32, time: i64) -> Measurement {
        let signal_id = Uuid::from_u128(u128::from(row) + 1);
        let timestamp = Ticks(time);
        Measurement { signal_id, timestamp, value: 1.5, flags: StateFlags::BAD_TIME, signal_index: row }
    }

    /// The messages, their group and what is in them.
    fn read(items: &mut Receiver<Item>) -> Vec<(u32, Vec<(Uuid, i64)>)> {
        let mut tables = Vec::new();
        let mut read = Vec::new();
        while let Ok(item) = items.try_recv() {
            match item {
                Item::Table(table) => tables.push(table),
                Item::Message(outgoing) => {
                    let table =
                        tables.iter().find(|table| table.id() == outgoing.message.head.table).unwrap();
                    let mut reader = Reader::default();
                    let measurements = reader.read(&outgoing.message.bytes, table).unwrap();
                    let content = measurements.iter().map(|one| (one.signal_id, one.timestamp.0)).collect();
                    read.push((outgoing.group, content));
                }
            }
        }
        read
    }

    #[test]
    fn groups_and_what_is_late_have_messages_of_their_own() {
        let (mut batcher, mut items) = batcher();
        let now = Ticks::now().value();
        let hour = 3_600 * Ticks::PER_SECOND;
        let times =
            [(0, now), (1, now), (2, now), (0, now - hour), (3, now + 1), (0, now + 2), (1, now - hour + 5)];
        let all: Vec<Measurement> = times.iter().map(|(row, time)| measurement(*row, *time)).collect();
        assert_eq!(batcher.take(&all), 0);
        assert!(batcher.waits());
        batcher.flush();
        assert!(!batcher.waits());
        let signal = |row: u128| Uuid::from_u128(row + 1);
        let expected = [
            (0, vec![(signal(0), now), (signal(1), now), (signal(0), now + 2)]),
            (0, vec![(signal(0), now - hour), (signal(1), now - hour + 5)]),
            (1, vec![(signal(2), now), (signal(3), now + 1)]),
        ];
        assert_eq!(read(&mut items), expected);
    }

    #[test]
    fn what_comes_seldom_has_nothing_to_wait_for() {
        let (mut batcher, _items) = batcher();
        let long = Duration::from_secs(3_600);
        assert!(batcher.was_quiet(long));
        batcher.flush();
        assert!(batcher.was_quiet(long), "there was nothing");
        batcher.take(&[measurement(0, Ticks::now().value())]);
        assert!(batcher.was_quiet(long), "it waits yet");
        batcher.flush();
        assert!(!batcher.was_quiet(long));
        assert!(batcher.was_quiet(Duration::ZERO));
    }

    #[test]
    fn a_late_message_spans_a_minute_at_most() {
        let (mut batcher, mut items) = batcher();
        let times: Vec<i64> = (0..10).map(|number| number * 20 * Ticks::PER_SECOND).collect();
        batcher.take(&times.iter().map(|time| measurement(0, *time)).collect::<Vec<_>>());
        batcher.flush();
        let lengths: Vec<usize> = read(&mut items).iter().map(|(_, content)| content.len()).collect();
        assert_eq!(lengths, [4, 4, 2]);
    }

    #[test]
    fn what_has_no_row_is_counted() {
        let (mut batcher, _items) = batcher();
        assert_eq!(batcher.take(&[measurement(4, 0), measurement(0, 0), measurement(9, 0)]), 2);
    }
}
