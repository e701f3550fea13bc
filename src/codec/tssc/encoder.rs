//! Measurements to TSSC blocks.

use super::block::{Block, Cursor, Writer};
use super::clock::Clock;
use super::code::*;
use super::point::{CodeTable, Point, ShortCodes};
use crate::codec::{Encoded, RawMeasurement};

/// Compresses the measurements of one subscription.
pub struct Encoder {
    /// Entry 0 stands for "no measurement yet"; the signal with wire index `i` has entry `i + 1`.
    points: Vec<Point<WordLengths>>,
    /// Flags of each signal before [`Point::quality`], at the same positions as `points`.
    earlier_quality: Vec<u32>,
    clock: Clock,
    /// Entry of the signal of the previous measurement.
    last: usize,
}

impl Encoder {
    /// An encoder for wire indexes 0 to `signals - 1`. Takes 68 bytes for each.
    pub fn new(signals: usize) -> Encoder {
        let mut encoder = Encoder {
            points: vec![Point::new(0); signals + 1],
            earlier_quality: vec![0; signals + 1],
            clock: Clock::new(),
            last: 0,
        };
        encoder.reset();
        encoder
    }

    /// Forgets everything, as the decoder does at sequence number 0.
    pub fn reset(&mut self) {
        for (next, point) in (0u32..).zip(&mut self.points) {
            *point = Point::new(next);
        }
        self.earlier_quality.fill(0);
        self.clock = Clock::new();
        self.last = 0;
    }

    /// Appends the subscribed measurements of `batch` to `block`, until it is full. `route` gives
    /// the wire index of each row; rows beyond it, and those routed to an index this encoder has
    /// no signal for, such as [`NOT_SUBSCRIBED`](crate::codec::NOT_SUBSCRIBED), are skipped.
    ///
    /// When the batch was not consumed, finish the block, send it, clear it and call again with
    /// the rest. A block may take any number of batches.
    pub fn encode(&mut self, block: &mut Block, batch: &[RawMeasurement], route: &[u32]) -> Encoded {
        let (mut writer, mut cursor, last_start) = block.parts();
        let mut encoded = Encoded { consumed: batch.len(), written: 0 };
        for (consumed, measurement) in batch.iter().enumerate() {
            let Some(&index) = route.get(measurement.row as usize) else { continue };
            let entry = index as usize + 1;
            let Some(point) = self.points.get(entry) else { continue };
            if cursor.position() > last_start {
                encoded.consumed = consumed;
                break;
            }
            let as_predicted = self.points[self.last].next == index
                && self.clock.current == measurement.ticks
                && point.quality == measurement.flags;
            if !as_predicted {
                cursor = self.put_deviations(&mut writer, cursor, entry, measurement);
            }
            cursor = self.put_value(&mut writer, cursor, entry, measurement.value_bits);
            encoded.written += 1;
        }
        block.cursor = cursor;
        block.measurements += encoded.written;
        encoded
    }

    /// Completes a block. The state goes on to the next block, which must be sent after this one.
    pub fn finish_block(&mut self, block: &mut Block) {
        let (mut writer, cursor, _) = block.parts();
        if !cursor.is_aligned() {
            block.cursor = self.put_code(&mut writer, cursor, END_OF_STREAM);
        }
    }

    /// Writes whatever of signal, time and flags is not as predicted.
    #[cold]
    #[inline(never)]
    fn put_deviations(
        &mut self,
        writer: &mut Writer<'_>,
        mut cursor: Cursor,
        entry: usize,
        measurement: &RawMeasurement,
    ) -> Cursor {
        let index = (entry - 1) as u32;
        if self.points[self.last].next != index {
            cursor = self.put_index(writer, cursor, index);
        }
        if self.clock.current != measurement.ticks {
            cursor = self.put_time(writer, cursor, measurement.ticks);
        }
        if self.points[entry].quality != measurement.flags {
            cursor = self.put_quality(writer, cursor, entry, measurement.flags);
        }
        cursor
    }

    fn put_index(&mut self, writer: &mut Writer<'_>, cursor: Cursor, index: u32) -> Cursor {
        let last = &mut self.points[self.last];
        let xor = index ^ last.next;
        let code = point_id_code(xor);
        let cursor = writer.put(cursor, last.short.word(code), xor, point_id_nibbles(code));
        last.count(code);
        last.next = index;
        cursor
    }

    fn put_time(&mut self, writer: &mut Writer<'_>, cursor: Cursor, ticks: i64) -> Cursor {
        let code = self.clock.code_for(ticks);
        let mut cursor = self.put_code(writer, cursor, code);
        if code == TIME_XOR {
            let xor = ticks ^ self.clock.current;
            cursor = writer.put_7_bit_groups(cursor, xor as u64, 9);
        }
        self.clock.advance(ticks);
        cursor
    }

    fn put_quality(&mut self, writer: &mut Writer<'_>, cursor: Cursor, entry: usize, flags: u32) -> Cursor {
        let known = self.earlier_quality[entry] == flags;
        let mut cursor = self.put_code(writer, cursor, if known { QUALITY_2 } else { QUALITY });
        if !known {
            cursor = writer.put_7_bit_groups(cursor, flags.into(), 5);
        }
        self.earlier_quality[entry] = std::mem::replace(&mut self.points[entry].quality, flags);
        cursor
    }

    /// Writes a code that has no literal.
    fn put_code(&mut self, writer: &mut Writer<'_>, cursor: Cursor, code: u8) -> Cursor {
        let last = &mut self.points[self.last];
        let cursor = writer.put(cursor, last.short.word(code), 0, 0);
        last.count(code);
        cursor
    }

    /// Writes the value, which ends the measurement. The code is chosen without branches: which
    /// one it is cannot be predicted.
    #[inline(always)]
    fn put_value(&mut self, writer: &mut Writer<'_>, cursor: Cursor, entry: usize, value: u32) -> Cursor {
        let point = &mut self.points[entry];
        let (code, xor) = value_code(value, point.values);
        point.remember_value(code, value);
        let last = &mut self.points[self.last];
        let cursor = writer.put(cursor, last.table.word(code), xor, value_nibbles(code));
        last.count(code);
        self.last = entry;
        cursor
    }
}

/// The code for a value, and the literal it needs if any.
#[inline(always)]
fn value_code(value: u32, [first, second, third]: [u32; 3]) -> (u8, u32) {
    let xor = value ^ first;
    let mut code = VALUE_XOR + ((xor | 1).ilog2() / 4) as u8;
    code = if value == 0 { VALUE_ZERO } else { code };
    code = if value == third { VALUE_3 } else { code };
    code = if value == second { VALUE_2 } else { code };
    code = if value == first { VALUE_1 } else { code };
    (code, xor)
}

/// The number of bits of each value code, 4 bits for each code from [`FIRST_VALUE_CODE`] on.
#[derive(Clone, Copy)]
struct WordLengths(u64);

impl WordLengths {
    /// The bits of a value code and how many they are.
    #[inline(always)]
    fn word(self, code: u8) -> (u32, u32) {
        let length = (self.0 >> (4 * u32::from(code - FIRST_VALUE_CODE))) as u32 & 15;
        (if length < 5 { 1 } else { u32::from(code) }, length)
    }
}

impl CodeTable for WordLengths {
    fn new(short: &ShortCodes) -> WordLengths {
        let mut lengths = 0x1111_1111_1111 * u64::from(5 + short.len());
        for (length, code) in (1u64..).zip(short.iter()).filter(|&(_, code)| code >= FIRST_VALUE_CODE) {
            let place = 4 * u32::from(code - FIRST_VALUE_CODE);
            lengths = lengths & !(15 << place) | length << place;
        }
        WordLengths(lengths)
    }
}
