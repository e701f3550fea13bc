//! Measurements to TSSC blocks.

use std::hint::select_unpredictable;

use super::block::{Block, Word, Writer};
use super::clock::Clock;
use super::code::*;
use super::point::{CodeTable, Point, ShortCodes};
use crate::codec::{Encoded, RawMeasurement};

/// Compresses the measurements of one subscription.
pub struct Encoder {
    /// Entry 0 stands for "no measurement yet"; the signal with wire index `i` has entry `i + 1`.
    points: Vec<Point<CodeLengths>>,
    stream: Stream,
}

/// What an encoder knows of the stream beside [`Encoder::points`].
struct Stream {
    /// Flags of each signal before [`Point::quality`], in the order of the points.
    earlier_quality: Vec<u32>,
    clock: Clock,
    /// Entry of the signal of the previous measurement.
    last: usize,
}

impl Encoder {
    /// An encoder for wire indexes 0 to `signals - 1`. Takes 68 bytes for each.
    pub fn new(signals: usize) -> Encoder {
        let entries = signals + 1;
        let stream = Stream { earlier_quality: vec![0; entries], clock: Clock::new(), last: 0 };
        let mut encoder = Encoder { points: vec![Point::new(0); entries], stream };
        encoder.reset();
        encoder
    }

    /// Forgets everything, as the decoder does at sequence number 0.
    pub fn reset(&mut self) {
        for (next, point) in (0u32..).zip(&mut self.points) {
            *point = Point::new(next);
        }
        self.stream.earlier_quality.fill(0);
        self.stream.clock = Clock::new();
        self.stream.last = 0;
    }

    /// Appends the subscribed measurements of `batch` to `block`, until it is full. `route` gives
    /// the wire index of each row; rows beyond it, and those routed to an index this encoder has
    /// no signal for, such as [`NOT_SUBSCRIBED`](crate::codec::NOT_SUBSCRIBED), are skipped.
    ///
    /// When the batch was not consumed, finish the block, send it, clear it and call again with
    /// the rest. A block may take any number of batches.
    pub fn encode(&mut self, block: &mut Block, batch: &[RawMeasurement], route: &[u32]) -> Encoded {
        let points = &mut self.points[..];
        let mut last = self.stream.last;
        let mut cursor = block.cursor;
        let mut skipped = 0;
        let mut measurements = batch.iter();
        while block.has_room(cursor) {
            let Some(measurement) = measurements.next() else { break };
            let entry = route.get(measurement.row as usize).map_or(usize::MAX, |&index| index as usize + 1);
            if entry >= points.len() {
                skipped += 1;
                continue;
            }
            let as_predicted = points[last].next == (entry - 1) as u32
                && self.stream.clock.current == measurement.ticks
                && points[entry].quality == measurement.flags;
            if !as_predicted {
                let mut writer = block.writer(cursor);
                self.stream.last = last;
                self.stream.put_deviations(points, &mut writer, entry, measurement);
                cursor = writer.cursor;
            }
            let (place, xor) = points[entry].take_value(measurement.value_bits);
            let model = &mut points[last];
            let word = Word::new(model.table.code_bits(place), xor, value_literal_bits(place));
            cursor = block.put(cursor, word);
            model.count(place);
            last = entry;
        }
        self.stream.last = last;
        block.cursor = cursor;
        let consumed = batch.len() - measurements.len();
        let written = consumed - skipped;
        block.measurements += written;
        Encoded { consumed, written }
    }

    /// Completes a block. The state goes on to the next block, which must be sent after this one.
    pub fn finish_block(&mut self, block: &mut Block) {
        if !block.cursor.is_aligned() {
            let mut writer = block.writer(block.cursor);
            put_code(&mut self.points[self.stream.last], &mut writer, END_OF_STREAM);
            block.cursor = writer.cursor;
        }
    }
}

impl Stream {
    /// Writes whatever of signal, time and flags is not as predicted.
    #[cold]
    #[inline(never)]
    fn put_deviations(
        &mut self,
        points: &mut [Point<CodeLengths>],
        writer: &mut Writer<'_>,
        entry: usize,
        measurement: &RawMeasurement,
    ) {
        let model = &mut points[self.last];
        let index = (entry - 1) as u32;
        if model.next != index {
            put_index(model, writer, index);
        }
        if self.clock.current != measurement.ticks {
            put_time(model, writer, &mut self.clock, measurement.ticks);
        }
        let flags = measurement.flags;
        if points[entry].quality != flags {
            let earlier = &mut self.earlier_quality[entry];
            put_quality(&mut points[self.last], writer, *earlier == flags, flags);
            *earlier = std::mem::replace(&mut points[entry].quality, flags);
        }
    }
}

fn put_index(model: &mut Point<CodeLengths>, writer: &mut Writer<'_>, index: u32) {
    let xor = index ^ model.next;
    let code = point_id_code(xor);
    writer.put(Word::new(model.short.code_bits(code), xor, point_id_literal_bits(code)));
    model.count(place_of(code));
    model.next = index;
}

fn put_time(model: &mut Point<CodeLengths>, writer: &mut Writer<'_>, clock: &mut Clock, ticks: i64) {
    let code = clock.code_for(ticks);
    put_code(model, writer, code);
    if code == TIME_XOR {
        writer.put_7_bit_groups((ticks ^ clock.current) as u64, 9);
    }
    clock.advance(ticks);
}

fn put_quality(model: &mut Point<CodeLengths>, writer: &mut Writer<'_>, known: bool, flags: u32) {
    put_code(model, writer, if known { QUALITY_2 } else { QUALITY });
    if !known {
        writer.put_7_bit_groups(flags.into(), 5);
    }
}

/// Writes a code without what may follow it.
fn put_code(model: &mut Point<CodeLengths>, writer: &mut Writer<'_>, code: u8) {
    writer.put(Word::new(model.short.code_bits(code), 0, 0));
    model.count(place_of(code));
}

impl Point<CodeLengths> {
    /// Takes the next value of the signal. Returns the place of its code, chosen without branches
    /// because which one it is cannot be predicted, and the literal it needs if any.
    #[inline(always)]
    fn take_value(&mut self, value: u32) -> (u32, u32) {
        let [first, second, third] = self.values;
        let xor = value ^ first;
        let mut place = place_of(VALUE_XOR) + ((xor | 1).ilog2() & 28);
        place = select_unpredictable(value == 0, place_of(VALUE_ZERO), place);
        place = select_unpredictable(value == third, place_of(VALUE_3), place);
        place = select_unpredictable(value == second, place_of(VALUE_2), place);
        place = select_unpredictable(value == first, place_of(VALUE_1), place);
        self.remember_value(place, value);
        (place, xor)
    }
}

/// The number of bits of each code from 16 on, by place modulo 64; only those of value codes are
/// kept up.
#[derive(Clone, Copy)]
struct CodeLengths(u64);

impl CodeLengths {
    /// The bits of the value code at a place and how many they are.
    #[inline(always)]
    fn code_bits(self, place: u32) -> (u32, u32) {
        let length = self.0.wrapping_shr(place) as u32 & 15;
        (select_unpredictable(length < 5, 1, place / 4), length)
    }
}

impl CodeTable for CodeLengths {
    fn new(short: &ShortCodes) -> CodeLengths {
        let mut lengths = 0x1111_1111_1111_1111 * u64::from(5 + short.len());
        for (length, code) in (1u64..).zip(short.iter()).filter(|&(_, code)| code >= FIRST_VALUE_CODE) {
            let place = place_of(code);
            lengths &= !15u64.wrapping_shl(place);
            lengths |= length.wrapping_shl(place);
        }
        CodeLengths(lengths)
    }
}
