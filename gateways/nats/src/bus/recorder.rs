//! Makes a reference of what a group sends.

use std::time::{Duration, Instant};

use sttp::codec::RawMeasurement;
use sttp::codec::tssc::{Block, Encoder, MAX_BLOCK_LENGTH};

use super::Table;
use super::codec::Start;
use super::table::{LONGEST, push_block};

/// Samples of a reference. A coder chooses codes after six measurements of a signal: with fewer they would not be known.
const SAMPLES: usize = 6;
/// How far samples are apart, from begin to begin: codes are chosen for values as they are seconds later, as those of messages are.
const APART: Duration = Duration::from_secs(2);
/// How long a reference is waited for: what comes seldom is not in it as often.
const PATIENCE: Duration = Duration::from_secs(60);
/// No block of less is begun.
const LEAST_BLOCK: usize = 1_024;

/// Takes samples of what is sent until they make a reference.
///
/// A sample is as many measurements as there are signals, from the beginning of a message on, or up to twice as many of
/// one message: what is near each other in messages is so in the reference.
pub(crate) struct Recorder {
    signals: usize,
    encoder: Encoder,
    block: Block,
    blocks: Vec<u8>,
    /// Bytes that the table has room for.
    room: usize,
    begun: Instant,
    /// Measurements altogether, and of this sample.
    taken: usize,
    of_sample: usize,
    /// When the next sample begins.
    next: Instant,
}

impl Recorder {
    /// The table with the reference has up to `longest` bytes, and no more than a table may have.
    pub(crate) fn new(table: &Table, longest: usize, now: Instant) -> Recorder {
        let signals = table.signals().len();
        let room = LONGEST.min(longest).saturating_sub(table.bytes().len());
        Recorder {
            signals,
            encoder: Encoder::new(signals),
            block: block_for(room),
            blocks: Vec::new(),
            room,
            begun: now,
            taken: 0,
            of_sample: 0,
            next: now,
        }
    }

    /// Takes what a sample wants of what is added to a message. `begins`: the message has nothing yet.
    pub(crate) fn take(
        &mut self,
        measurements: &[RawMeasurement],
        route: &[u32],
        begins: bool,
        now: Instant,
    ) {
        if begins && self.of_sample >= self.signals {
            self.of_sample = 0;
        }
        if self.of_sample == 0 {
            if !begins || now < self.next {
                return;
            }
            self.next = now + APART;
        }
        if self.taken == 0 {
            self.begun = now;
        }
        let count = measurements.len().min(2 * self.signals - self.of_sample);
        let mut rest = &measurements[..count];
        while !rest.is_empty() && self.has_room() {
            let encoded = self.encoder.encode(&mut self.block, rest, route);
            rest = &rest[encoded.consumed..];
            if !rest.is_empty() {
                self.finish_block();
            }
        }
        self.taken += count;
        self.of_sample += count;
        if self.of_sample == 2 * self.signals {
            self.of_sample = 0;
        }
    }

    /// Whether there is enough, or no more to wait for.
    pub(crate) fn is_done(&self, now: Instant) -> bool {
        let is_late = self.taken > 0 && now.duration_since(self.begun) >= PATIENCE;
        self.taken >= SAMPLES * self.signals || is_late || !self.has_room()
    }

    /// The table with the reference; `None` when it has no room for one.
    pub(crate) fn finish(mut self, plain: &Table) -> Result<Option<Start>, String> {
        if !self.block.is_empty() {
            self.finish_block();
        }
        if self.blocks.is_empty() {
            return Ok(None);
        }
        let table = plain.with_reference(&self.blocks)?;
        Ok(Some(Start::behind(table, self.encoder)))
    }

    fn has_room(&self) -> bool {
        self.room >= LEAST_BLOCK
    }

    fn finish_block(&mut self) {
        self.encoder.finish_block(&mut self.block);
        let before = self.blocks.len();
        push_block(&mut self.blocks, self.block.bytes());
        self.room = self.room.saturating_sub(self.blocks.len() - before);
        self.block = block_for(self.room);
    }
}

/// A block that fits in the room with its length in front.
fn block_for(room: usize) -> Block {
    Block::new(0, room.saturating_sub(4).min(MAX_BLOCK_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::{Message, Reader, Writer};
    use std::sync::Arc;
    use sttp::Uuid;

    fn plain(signals: u128) -> Table {
        Table::new((1..=signals).map(Uuid::from_u128).collect())
    }

    fn frame(signals: u32, number: u32) -> Vec<RawMeasurement> {
        let measurement = |row| RawMeasurement {
            ticks: i64::from(number) * 333_333,
            row,
            flags: 0,
            value_bits: (60.0 + ((number * 7 + row) % 50) as f32 / 1e4).to_bits(),
        };
        (0..signals).map(measurement).collect()
    }

    /// What `Recorder` is told of messages of so many frames, 30 frames a second; how many it was told until it was done.
    fn recorded(signals: u32, frames_of_message: u32) -> (Recorder, u32) {
        let (table, now) = (plain(signals.into()), Instant::now());
        let route: Vec<u32> = (0..signals).collect();
        let mut recorder = Recorder::new(&table, LONGEST, now);
        for number in 0.. {
            let at = now + Duration::from_millis(u64::from(number) * 33);
            if recorder.is_done(at) {
                return (recorder, number);
            }
            recorder.take(&frame(signals, number), &route, number % frames_of_message == 0, at);
        }
        unreachable!()
    }

    #[test]
    fn samples_are_of_one_message_and_seconds_apart() {
        let (recorder, told) = recorded(100, 1);
        assert_eq!(recorder.taken, 600);
        assert!((304..=320).contains(&told), "{told}");
        // Two frames of each of three messages.
        let (recorder, told) = recorded(100, 3);
        assert_eq!(recorder.taken, 600);
        assert!((120..=135).contains(&told), "{told}");
    }

    #[test]
    fn what_comes_seldom_is_not_waited_for() {
        let (table, now) = (plain(10), Instant::now());
        let mut recorder = Recorder::new(&table, LONGEST, now);
        let later = |seconds| now + Duration::from_secs(seconds);
        assert!(!recorder.is_done(later(1_000)), "nothing came yet");
        recorder.take(&frame(1, 0), &[0], true, later(1_000));
        assert!(!recorder.is_done(later(1_059)));
        assert!(recorder.is_done(later(1_060)));
        assert!(recorder.finish(&table).unwrap().is_some());
    }

    #[test]
    fn a_reference_fits_in_the_table() {
        let signals = 50_000;
        let (table, now) = (plain(signals.into()), Instant::now());
        let route: Vec<u32> = (0..signals).collect();
        let mut recorder = Recorder::new(&table, LONGEST, now);
        let mut number = 0;
        while !recorder.is_done(now) {
            recorder.take(&frame(signals, number), &route, true, now + APART * number);
            number += 1;
        }
        let start = recorder.finish(&table).unwrap().unwrap();
        assert!((LONGEST - 2 * LEAST_BLOCK..=LONGEST).contains(&start.table.bytes().len()));
        // One that is full of signals has none.
        let full = plain(62_450);
        let recorder = Recorder::new(&full, LONGEST, now);
        assert!(recorder.is_done(now) && recorder.finish(&full).unwrap().is_none());
        // Nor has one that the server would not take with it.
        let recorder = Recorder::new(&table, table.bytes().len() + LEAST_BLOCK - 1, now);
        assert!(recorder.is_done(now) && recorder.finish(&table).unwrap().is_none());
    }

    /// Each message alone, in any order, by a reader that read messages of other tables before.
    #[test]
    fn messages_behind_a_reference_are_read_without_each_other() {
        let signals = 120;
        let (recorder, _) = recorded(signals, 1);
        let plain = Arc::new(plain(signals.into()));
        let behind = recorder.finish(&plain).unwrap().unwrap();
        let mut reader = Reader::default();
        let mut sizes = [0, 0];
        for number in (1_000..1_010).rev() {
            // Others of the group, and in another order.
            let mut measurements = frame(signals, number);
            measurements.rotate_left(number as usize % 7 * 10);
            measurements.truncate(100);
            for (start, size) in [Start::plain(plain.clone()), behind.clone()].into_iter().zip(&mut sizes) {
                let table = start.table.clone();
                let mut writer = Writer::new(start);
                let write = |writer: &mut Writer| -> Message {
                    writer.push(&measurements, |_| panic!("it is not full"));
                    writer.finish().unwrap()
                };
                let message = write(&mut writer);
                assert_eq!(write(&mut writer).bytes, message.bytes, "it depends on the one before");
                let table = Table::read(table.id(), table.bytes()).unwrap();
                let read = reader.read(&message.bytes, &table).unwrap();
                let read: Vec<_> =
                    read.iter().map(|one| (one.timestamp.0, one.signal_index, one.value)).collect();
                let value = |one: &RawMeasurement| f64::from(f32::from_bits(one.value_bits));
                let written: Vec<_> =
                    measurements.iter().map(|one| (one.ticks, one.row, value(one))).collect();
                assert_eq!(read, written);
                *size += message.bytes.len();
            }
        }
        assert!(sizes[1] * 10 < sizes[0] * 6, "{sizes:?}");
    }
}
