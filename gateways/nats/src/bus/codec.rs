//! A message: measurements of one group, which can be read without any other message.
//!
//! Behind 40 bytes of head, all numbers with the highest byte first, comes one block of TSSC, from an encoder that has the
//! state behind the reference of the table that the head names; in it, a signal is its position in that table.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sttp::codec::tssc::{Block, Decoder, Encoder, MAX_BLOCK_LENGTH};
use sttp::codec::{MeasurementBuffer, RawMeasurement};
use sttp::{Measurement, Ticks};

use super::{Table, TableId};

/// First bytes of a message: STTP on the bus, form 2.
const MAGIC: [u8; 4] = *b"STB2";
/// Bytes in front of the block.
const HEAD_SIZE: usize = 40;
/// Most measurements that a block of its largest size can hold: no fewer than two bits for each.
const MOST_MEASUREMENTS: u32 = (MAX_BLOCK_LENGTH * 4) as u32;

/// What a message says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) table: TableId,
    pub(crate) measurements: u32,
    /// Earliest and latest time, ticks without leap-second bits.
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

impl Head {
    /// The head of a message, and its block.
    pub(crate) fn read(message: &[u8]) -> Result<(Head, &[u8]), String> {
        let Some((head, block)) = message.split_first_chunk::<HEAD_SIZE>() else {
            return Err(format!("a message has {} bytes, fewer than its head takes", message.len()));
        };
        if head[..4] != MAGIC {
            return Err(
                "a message is of another form; is this program older than the one that sent it?".into()
            );
        }
        let number = |at: usize| i64::from_be_bytes(std::array::from_fn(|index| head[at + index]));
        let read = Head {
            measurements: u32::from_be_bytes(std::array::from_fn(|index| head[4 + index])),
            table: TableId(std::array::from_fn(|index| head[8 + index])),
            earliest: number(24),
            latest: number(32),
        };
        if read.measurements == 0 || read.measurements > MOST_MEASUREMENTS || read.earliest > read.latest {
            return Err("a message says of itself what cannot be".into());
        }
        Ok((read, block))
    }

    fn write(&self, out: &mut [u8]) {
        out[..4].copy_from_slice(&MAGIC);
        out[4..8].copy_from_slice(&self.measurements.to_be_bytes());
        out[8..24].copy_from_slice(&self.table.0);
        out[24..32].copy_from_slice(&self.earliest.to_be_bytes());
        out[32..40].copy_from_slice(&self.latest.to_be_bytes());
    }

    /// Whether there may be something from `start` to `stop`, both included.
    pub(crate) fn meets(&self, start: i64, stop: i64) -> bool {
        self.earliest <= stop && self.latest >= start
    }
}

/// A message that was written.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) head: Head,
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} bytes", self.head, self.bytes.len())
    }
}

/// A table, and what its messages are encoded from. Clones are the same.
#[derive(Clone)]
pub(crate) struct Start {
    pub(crate) table: Arc<Table>,
    /// Locked because a coder is not to be looked at by several threads.
    encoder: Arc<Mutex<Encoder>>,
}

impl Start {
    /// Messages begin without history.
    pub(crate) fn plain(table: Arc<Table>) -> Start {
        let encoder = Encoder::new(table.signals().len());
        Start { table, encoder: Arc::new(Mutex::new(encoder)) }
    }

    /// Messages begin behind a reference, with the encoder that wrote it.
    pub(super) fn behind(table: Table, encoder: Encoder) -> Start {
        Start { table: Arc::new(table), encoder: Arc::new(Mutex::new(encoder)) }
    }

    fn encoder(&self) -> MutexGuard<'_, Encoder> {
        self.encoder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes messages of one table.
pub(crate) struct Writer {
    start: Start,
    encoder: Encoder,
    block: Block,
    /// Each position is its own index on the wire.
    route: Vec<u32>,
    earliest: i64,
    latest: i64,
}

impl Writer {
    pub(crate) fn new(start: Start) -> Writer {
        let signals = start.table.signals().len();
        let encoder = start.encoder().clone();
        Writer {
            encoder,
            start,
            block: Block::new(HEAD_SIZE, MAX_BLOCK_LENGTH),
            route: (0..signals as u32).collect(),
            earliest: i64::MAX,
            latest: i64::MIN,
        }
    }

    /// Whether nothing waits to be finished.
    pub(crate) fn is_empty(&self) -> bool {
        self.block.is_empty()
    }

    /// Times of what waits, without leap-second bits; the earliest is later than the latest when nothing does.
    pub(crate) fn times(&self) -> (i64, i64) {
        (self.earliest, self.latest)
    }

    /// Adds measurements, whose rows are positions in the table. Messages that are full are handed out.
    pub(crate) fn push(&mut self, measurements: &[RawMeasurement], mut full: impl FnMut(Message)) {
        let mut rest = measurements;
        while !rest.is_empty() {
            let encoded = self.encoder.encode(&mut self.block, rest, &self.route);
            let (taken, left) = rest.split_at(encoded.consumed);
            for measurement in taken {
                let time = Ticks(measurement.ticks).value();
                self.earliest = self.earliest.min(time);
                self.latest = self.latest.max(time);
            }
            rest = left;
            if !rest.is_empty()
                && let Some(message) = self.finish()
            {
                full(message);
            }
        }
    }

    /// What waits, as a message.
    pub(crate) fn finish(&mut self) -> Option<Message> {
        if self.block.is_empty() {
            return None;
        }
        self.encoder.finish_block(&mut self.block);
        let head = Head {
            table: self.start.table.id(),
            measurements: self.block.measurements() as u32,
            earliest: self.earliest,
            latest: self.latest,
        };
        head.write(self.block.header_mut());
        let message = Message { head, bytes: self.block.packet().to_vec() };
        self.block.clear();
        self.encoder.clone_from(&self.start.encoder());
        (self.earliest, self.latest) = (i64::MAX, i64::MIN);
        Some(message)
    }
}

/// Reads messages. Keeps its memory from one to the next.
#[derive(Default)]
pub(crate) struct Reader {
    decoder: Decoder,
    read: MeasurementBuffer,
}

impl Reader {
    /// The measurements of a message whose table this is: signals by their ID and, in `signal_index`, their position in
    /// the table.
    pub(crate) fn read(&mut self, message: &[u8], table: &Table) -> Result<&[Measurement], String> {
        let (head, block) = Head::read(message)?;
        if head.table != table.id() {
            return Err(format!("a message is of table {}, not {}", head.table, table.id()));
        }
        self.decoder.clone_from(&table.start());
        self.read.clear();
        let decoded = self
            .decoder
            .decode(block, table.by_position(), &mut self.read)
            .map_err(|error| format!("a message cannot be decoded: {error}"))?;
        if decoded.unknown > 0 || decoded.measurements != head.measurements as usize {
            return Err(format!(
                "a message has {} measurements, {} of them of no signal; its head says {}",
                decoded.measurements, decoded.unknown, head.measurements
            ));
        }
        Ok(self.read.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Recorder;
    use std::time::{Duration, Instant};
    use sttp::Uuid;

    fn table(signals: u128) -> Arc<Table> {
        Arc::new(Table::new((1..=signals).map(Uuid::from_u128).collect()))
    }

    /// Odd values, odd flags, times with and without leap-second bits.
    fn odd(count: u32, signals: u32) -> Vec<RawMeasurement> {
        let odd = |number: u32| RawMeasurement {
            ticks: (i64::from(number / signals) * 333_333)
                | if number.is_multiple_of(97) { Ticks::LEAP_SECOND } else { 0 },
            row: number % signals,
            flags: if number.is_multiple_of(5) { number.wrapping_mul(0x9E37_79B9) } else { 0 },
            value_bits: match number % 7 {
                0 => 0x7FA0_0001,
                1 => f32::NEG_INFINITY.to_bits(),
                _ => (59.9 + number as f32).to_bits(),
            },
        };
        (0..count).map(odd).collect()
    }

    fn write(table: &Arc<Table>, measurements: &[RawMeasurement]) -> Vec<Message> {
        let mut writer = Writer::new(Start::plain(table.clone()));
        let mut messages = Vec::new();
        for batch in measurements.chunks(100) {
            writer.push(batch, |message| messages.push(message));
        }
        messages.extend(writer.finish());
        assert!(writer.is_empty());
        messages
    }

    #[test]
    fn each_message_gives_back_what_went_in_without_the_others() {
        let table = table(30);
        let all = odd(50_000, 30);
        let messages = write(&table, &all);
        assert!(messages.len() > 2);
        let mut rest = &all[..];
        let mut read = Vec::new();
        for message in &messages {
            // A reader that knows no other message.
            let mut reader = Reader::default();
            let measurements = reader.read(&message.bytes, &table).unwrap();
            let (own, others) = rest.split_at(measurements.len());
            rest = others;
            let times = own.iter().map(|measurement| Ticks(measurement.ticks).value());
            assert_eq!(Some(message.head.earliest), times.clone().min());
            assert_eq!(Some(message.head.latest), times.max());
            assert_eq!(Head::read(&message.bytes).unwrap().0, message.head);
            for measurement in measurements {
                assert_eq!(measurement.signal_id, table.signals()[measurement.signal_index as usize]);
                read.push(RawMeasurement {
                    ticks: measurement.timestamp.0,
                    row: measurement.signal_index,
                    flags: measurement.flags.bits(),
                    value_bits: sttp::codec::narrow_value(measurement.value),
                });
            }
        }
        assert_eq!(read, all);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let table = table(3);
        let good = write(&table, &odd(3, 3)).remove(0).bytes;
        let mut reader = Reader::default();
        assert!(reader.read(&good, &table).is_ok());
        for length in 0..good.len() {
            assert!(reader.read(&good[..length], &table).is_err(), "{length} bytes");
        }
        for (at, byte) in [(0, b'X'), (4, 1), (7, 2), (8, good[8] ^ 1), (24, 0x7F)] {
            let mut bad = good.clone();
            bad[at] = byte;
            assert!(reader.read(&bad, &table).is_err(), "byte {at}");
        }
        assert!(reader.read(&good, &self::table(4)).is_err());
    }

    /// Synchrophasors of 100 devices: a frequency that swings slowly, magnitudes that drift, angles that go round with the
    /// frequency, and noise in the last digits.
    fn synchrophasors(seconds: f64) -> Vec<RawMeasurement> {
        let frame = (seconds * 30.0).round() as u32;
        let swing = |period: f64| std::f64::consts::TAU * seconds / period;
        let measurement = |row: u32| {
            let chance =
                (row.wrapping_mul(7_919) ^ frame.wrapping_mul(104_729)).wrapping_mul(0x9E37_79B9) >> 16;
            let noise = f64::from(chance) / 65_536.0 - 0.5;
            let device = f64::from(row / 10);
            let value = match row % 10 {
                0 => 60.0 + 0.018 * swing(53.0).sin() + 0.002 * noise,
                1 => 0.01 * noise,
                2..6 => {
                    (300_000.0 + 30.0 * device) * (1.0 + 0.005 * (swing(900.0) + device).sin() + 2e-4 * noise)
                }
                _ => {
                    let angle = 3.6 * device - 55.0 * swing(53.0).cos() + 0.03 * noise;
                    (angle + 180.0).rem_euclid(360.0) - 180.0
                }
            };
            RawMeasurement {
                ticks: i64::from(frame) * 333_333,
                row,
                flags: 0,
                value_bits: (value as f32).to_bits(),
            }
        };
        (0..1_000).map(measurement).collect()
    }

    /// As `docs/bus.md` says.
    #[test]
    fn bytes_of_a_measurement_are_as_documented() {
        let table = table(1_000);
        let bytes = |start: &Start, frames: u32| {
            let (mut bytes, mut count) = (0, 0);
            for minute in [1, 7, 30, 60] {
                let mut writer = Writer::new(start.clone());
                for frame in 0..frames {
                    let measurements = synchrophasors(f64::from(minute) * 60.0 + f64::from(frame) / 30.0);
                    writer.push(&measurements, |_| panic!("a message is full"));
                    count += measurements.len();
                }
                bytes += writer.finish().unwrap().bytes.len();
            }
            bytes as f64 / count as f64
        };
        let recorded = |frames_of_message: u32| {
            let (now, route) = (Instant::now(), (0..1_000).collect::<Vec<_>>());
            let mut recorder = Recorder::new(&table, usize::MAX, now);
            for frame in 0.. {
                let after = f64::from(frame) / 30.0;
                let at = now + Duration::from_secs_f64(after);
                if recorder.is_done(at) {
                    break;
                }
                recorder.take(&synchrophasors(after), &route, frame % frames_of_message == 0, at);
            }
            recorder.finish(&table).unwrap().unwrap()
        };
        let plain = Start::plain(table.clone());
        for (frames, without, with) in
            [(1, 4.8..5.3, 2.9..3.3), (3, 3.4..4.0, 2.3..2.7), (12, 2.4..3.1, 2.0..2.5)]
        {
            let found = [bytes(&plain, frames), bytes(&recorded(frames), frames)];
            assert!(without.contains(&found[0]) && with.contains(&found[1]), "{frames}: {found:.2?}");
        }
    }

    /// For whoever writes another codec: a table of two signals with a reference, and a message of it.
    #[test]
    fn what_is_written_is_as_documented() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let measurement = |row, second: i64, value: f32| RawMeasurement {
            ticks: 639_028_224_000_000_000 + second * Ticks::PER_SECOND,
            row,
            flags: 0,
            value_bits: value.to_bits(),
        };
        let (table, now) = (table(2), Instant::now());
        let mut recorder = Recorder::new(&table, usize::MAX, now);
        for sample in 0..6 {
            let of_sample = [measurement(0, sample, 59.5 + sample as f32), measurement(1, sample, -0.25)];
            recorder.take(&of_sample, &[0, 1], true, now + Duration::from_secs(2 * sample as u64));
        }
        let start = recorder.finish(&table).unwrap().unwrap();
        let mut writer = Writer::new(start.clone());
        writer.push(&[measurement(0, 9, 60.0), measurement(1, 9, -0.25)], |_| {});
        let message = writer.finish().unwrap();
        let document = include_str!("../../../../docs/bus.md");
        let without_blanks: String = document.split_whitespace().collect();
        for bytes in [start.table.bytes(), &message.bytes] {
            assert!(without_blanks.contains(&hex(bytes)), "docs/bus.md does not have {}", hex(bytes));
        }
    }
}
