//! Measurements to TSSC blocks.

use std::cell::Cell;
use std::hint::select_unpredictable;
use std::num::NonZeroU64;
use std::{mem, ptr, slice};

use super::block::{Block, Cursor, Space, Word, Writer};
use super::clock::Clock;
use super::code::*;
use super::point::{CodeTable, Point, ShortCodes, position_of};
use crate::codec::{Encoded, RawMeasurement};

/// Compresses the measurements of one subscription.
///
/// A clone goes on from the state that its original has then, for streams that begin alike;
/// [`clone_from`](Clone::clone_from) takes a state over into the memory that is there, and costs less than a
/// [`reset`](Encoder::reset).
pub struct Encoder {
    /// By wire index.
    points: Vec<Point<ValueCodes>>,
    /// Stands for the signal of the previous measurement while there is none.
    before_any: Box<Point<ValueCodes>>,
    stream: Stream,
}

/// What an encoder knows of the stream beside [`Encoder::points`].
struct Stream {
    /// Flags of each signal before [`Point::quality`], in the order of the points. Empty as long as no flags changed.
    earlier_quality: Vec<u32>,
    signals: usize,
    clock: Clock,
    /// Wire index of the signal of the previous measurement.
    last: usize,
    /// Address that a measurement would have that follows the last one whose signal or time was not as predicted.
    follower: usize,
}

impl Clone for Encoder {
    fn clone(&self) -> Encoder {
        let Encoder { points, before_any, stream } = self;
        Encoder { points: points.clone(), before_any: before_any.clone(), stream: stream.clone() }
    }

    fn clone_from(&mut self, source: &Encoder) {
        let Encoder { points, before_any, stream } = source;
        self.points.clone_from(points);
        self.before_any.clone_from(before_any);
        self.stream.clone_from(stream);
    }
}

impl Encoder {
    /// An encoder for wire indexes 0 to `signals - 1`. Takes 80 bytes for each, and 4 more once flags have changed.
    pub fn new(signals: usize) -> Encoder {
        let stream = Stream {
            earlier_quality: Vec::new(),
            signals,
            clock: Clock::new(),
            last: Stream::NONE,
            follower: 0,
        };
        let points = vec![Point::new(0); signals];
        let mut encoder = Encoder { points, before_any: Box::new(Point::new(0)), stream };
        encoder.reset();
        encoder
    }

    /// Forgets everything, as the decoder does at sequence number 0.
    pub fn reset(&mut self) {
        *self.before_any = Point::new(0);
        for (next, point) in (1u32..).zip(&mut self.points) {
            *point = Point::new(next);
        }
        self.stream.earlier_quality.fill(0);
        self.stream.clock = Clock::new();
        self.stream.last = Stream::NONE;
    }

    /// Appends the subscribed measurements of `batch` to `block`, until it is full. `route` gives
    /// the wire index of each row; rows beyond it, and those routed to an index this encoder has
    /// no signal for, such as [`NOT_SUBSCRIBED`](crate::codec::NOT_SUBSCRIBED), are skipped.
    ///
    /// When the batch was not consumed, finish the block, send it, clear it and call again with
    /// the rest. A block may take any number of batches.
    pub fn encode(&mut self, block: &mut Block, batch: &[RawMeasurement], route: &[u32]) -> Encoded {
        let before = block.measurements;
        let mut rest = batch;
        // As many at a time as there is room for, so that the loops need not look for it.
        while !rest.is_empty() && block.has_room() {
            let (part, others) = rest.split_at(rest.len().min(block.sure_room()));
            self.encode_part(block, part, route);
            rest = others;
        }
        Encoded { consumed: batch.len() - rest.len(), written: block.measurements - before }
    }

    /// Encodes measurements that there is room for.
    fn encode_part(&mut self, block: &mut Block, part: &[RawMeasurement], route: &[u32]) {
        let mut rest = &part[self.encode_predicted(block, part, route)..];
        while !rest.is_empty() {
            rest = &rest[self.encode_deviating(block, rest, route)..];
            rest = &rest[self.encode_predicted(block, rest, route)..];
        }
    }

    /// Encodes until there is a second measurement behind another that [`Run::encode`] does not write; that one is left
    /// for [`Encoder::encode_deviating`]. Returns how many measurements are dealt with.
    // Apart from that one, because in one function there are not enough registers for either loop.
    #[inline(never)]
    fn encode_predicted(&mut self, block: &mut Block, batch: &[RawMeasurement], route: &[u32]) -> usize {
        let model = self.points.get(self.stream.last).unwrap_or(&self.before_any);
        let (space, end) = block.parts();
        let skipped = Cell::new(0);
        let mut run = Run { model, cursor: *end, measurements: batch.iter(), skipped: &skipped };
        // How many were left after the last measurement of which more was written.
        let mut left = usize::MAX;
        while let Some((measurement, index)) = run.encode(space, &self.points, route, &mut self.stream) {
            if run.measurements.len() + 1 == left {
                run.measurements = batch[batch.len() - left..].iter();
                break;
            }
            left = run.measurements.len();
            let mut writer = Writer { space, cursor: run.cursor };
            let point = &self.points[index as usize];
            self.stream.put_deviating(run.model, point, index, &mut writer, measurement);
            (run.cursor, run.model) = (writer.cursor, point);
        }
        *end = run.cursor;
        if !ptr::eq(run.model, &*self.before_any) {
            self.stream.last = position_of(run.model, &self.points);
        }
        let consumed = batch.len() - run.measurements.len();
        block.measurements += consumed - skipped.get();
        consumed
    }

    /// Encodes as long as of each measurement more than the value is to be written. Returns how many measurements are
    /// dealt with.
    #[inline(never)]
    fn encode_deviating(&mut self, block: &mut Block, batch: &[RawMeasurement], route: &[u32]) -> usize {
        let points = &self.points[..];
        let mut model = points.get(self.stream.last).unwrap_or(&self.before_any);
        let stream = &mut self.stream;
        let (space, end) = block.parts();
        let mut cursor = *end;
        let mut rest = batch;
        while let [measurement, others @ ..] = rest
            && let Some(&index) = route.get(measurement.row as usize)
            && let Some(point) = points.get(index as usize)
        {
            let deviation = (model.next.get() ^ index) | (point.quality.get() ^ measurement.flags);
            if deviation == 0 && measurement.ticks == stream.clock.current {
                break;
            }
            rest = others;
            cursor = stream.put(mem::replace(&mut model, point), point, index, space, cursor, measurement);
        }
        *end = cursor;
        if !ptr::eq(model, &*self.before_any) {
            stream.last = position_of(model, points);
        }
        let consumed = batch.len() - rest.len();
        block.measurements += consumed;
        consumed
    }

    /// Completes a block. The state goes on to the next block, which must be sent after this one.
    pub fn finish_block(&mut self, block: &mut Block) {
        if !block.cursor.is_aligned() {
            let (space, cursor) = block.parts();
            let model = self.points.get(self.stream.last).unwrap_or(&self.before_any);
            *cursor = space.put(*cursor, Word::code(model.short.get().code_bits(END_OF_STREAM)));
            model.count(END_OF_STREAM.into());
        }
    }
}

impl Clone for Stream {
    fn clone(&self) -> Stream {
        Stream { earlier_quality: self.earlier_quality.clone(), ..*self }
    }

    fn clone_from(&mut self, source: &Stream) {
        let mut earlier_quality = mem::take(&mut self.earlier_quality);
        earlier_quality.clone_from(&source.earlier_quality);
        *self = Stream { earlier_quality, ..*source };
    }
}

impl Stream {
    /// There was no measurement yet.
    const NONE: usize = usize::MAX;

    /// Writes a measurement of which more than the value is to be written.
    #[inline(never)]
    fn put_deviating(
        &mut self,
        model: &Point<ValueCodes>,
        point: &Point<ValueCodes>,
        index: u32,
        writer: &mut Writer<'_>,
        measurement: &RawMeasurement,
    ) {
        writer.cursor = self.put(model, point, index, writer.space, writer.cursor, measurement);
    }

    /// Writes whatever of signal, time and flags is not as predicted, and the value.
    #[inline(always)]
    fn put(
        &mut self,
        model: &Point<ValueCodes>,
        point: &Point<ValueCodes>,
        index: u32,
        space: &mut Space,
        mut cursor: Cursor,
        measurement: &RawMeasurement,
    ) -> Cursor {
        if model.next.get() != index {
            let (code, word) = take_index(model, index);
            cursor = space.put(cursor, word);
            model.count(code.into());
        }
        if self.clock.current != measurement.ticks {
            cursor = self.put_time(model, space, cursor, measurement.ticks);
        }
        if point.quality.get() != measurement.flags {
            cursor = self.put_quality(model, space, cursor, (point, index), measurement.flags);
        }
        let (code, xor) = point.take_value(measurement.value_bits);
        cursor = space.put(cursor, model.table.word(code, xor));
        model.count(code);
        cursor
    }

    /// Takes signal or flags, whichever is not as predicted. None, and nothing is taken, if that is not all, if it is
    /// the time, if the flags are not those that the signal had before its last ones, or if signals or times of
    /// measurements that follow each other are not as predicted.
    // Calls nothing that comes back, so that it gets by with the registers that no caller counts on.
    #[inline(never)]
    fn take_deviation(
        &mut self,
        model: &Point<ValueCodes>,
        point: &Point<ValueCodes>,
        index: u32,
        measurement: &RawMeasurement,
    ) -> Option<Deviation> {
        let is_in_time = measurement.ticks == self.clock.current;
        if is_in_time && model.next.get() == index {
            return self.take_earlier_quality(model, point, index, measurement.flags);
        }
        let place = ptr::from_ref(measurement).addr();
        let follows = place == self.follower;
        self.follower = place + size_of::<RawMeasurement>();
        if follows || !is_in_time || point.quality.get() != measurement.flags {
            return None;
        }
        let (code, word) = take_index(model, index);
        Deviation::new(code, word)
    }

    #[inline(never)]
    fn take_earlier_quality(
        &mut self,
        model: &Point<ValueCodes>,
        point: &Point<ValueCodes>,
        index: u32,
        flags: u32,
    ) -> Option<Deviation> {
        let earlier = self.earlier_quality_of(index);
        if *earlier != flags {
            return None;
        }
        *earlier = point.quality.replace(flags);
        Deviation::new(QUALITY_2, Word::code(model.short.get().code_bits(QUALITY_2)))
    }

    /// Flags of a signal before its last ones.
    #[inline(always)]
    fn earlier_quality_of(&mut self, index: u32) -> &mut u32 {
        if self.earlier_quality.is_empty() {
            self.earlier_quality.resize(self.signals, 0);
        }
        &mut self.earlier_quality[index as usize]
    }

    /// Writes the time, which is not the current one.
    #[inline(always)]
    fn put_time(
        &mut self,
        model: &Point<ValueCodes>,
        space: &mut Space,
        cursor: Cursor,
        ticks: i64,
    ) -> Cursor {
        let code = self.clock.code_for(ticks);
        let code_bits = model.short.get().code_bits(code);
        let cursor = match code {
            TIME_XOR => space.put_number(cursor, code_bits, (ticks ^ self.clock.current) as u64, 9),
            _ => space.put(cursor, Word::code(code_bits)),
        };
        model.count(code.into());
        self.clock.advance(ticks);
        cursor
    }

    /// Writes the flags of a signal, which are not its previous ones.
    #[inline(always)]
    fn put_quality(
        &mut self,
        model: &Point<ValueCodes>,
        space: &mut Space,
        cursor: Cursor,
        (point, index): (&Point<ValueCodes>, u32),
        flags: u32,
    ) -> Cursor {
        let earlier = self.earlier_quality_of(index);
        let code = if *earlier == flags { QUALITY_2 } else { QUALITY };
        let code_bits = model.short.get().code_bits(code);
        let cursor = match code {
            QUALITY => space.put_number(cursor, code_bits, flags.into(), 5),
            _ => space.put(cursor, Word::code(code_bits)),
        };
        *earlier = point.quality.replace(flags);
        model.count(code.into());
        cursor
    }
}

/// Takes the signal, which is not the predicted one; returns the code for it, and how it is written.
#[inline(always)]
fn take_index(model: &Point<ValueCodes>, index: u32) -> (u8, Word) {
    let xor = index ^ model.next.replace(index);
    let Difference { code, literal } = DIFFERENCES[xor.ilog2() as usize % DIFFERENCES.len()];
    (code, literal.word(model.short.get().code_bits(code), xor))
}

/// A code other than a value's, and how it is written. In one number, which a function returns in a register.
#[derive(Clone, Copy)]
struct Deviation(NonZeroU64);

impl Deviation {
    const LITERAL: u32 = 32;
    const CODE: u32 = 24;
    const LITERAL_BITS: u32 = 16;
    const BITS: u32 = 4;

    /// Never None, because each code has bits.
    #[inline(always)]
    fn new(code: u8, word: Word) -> Option<Deviation> {
        let low = u32::from(code) << Deviation::CODE
            | word.literal_bits << Deviation::LITERAL_BITS
            | word.bits << Deviation::BITS
            | word.bit_count;
        NonZeroU64::new(u64::from(word.literal) << Deviation::LITERAL | u64::from(low)).map(Deviation)
    }

    #[inline(always)]
    fn code(self) -> u32 {
        self.0.get() as u32 >> Deviation::CODE
    }

    #[inline(always)]
    fn word(self) -> Word {
        let low = self.0.get() as u32;
        Word {
            literal: (self.0.get() >> Deviation::LITERAL) as u32,
            bits: low >> Deviation::BITS & 0xFFF,
            bit_count: low & 15,
            literal_bits: low >> Deviation::LITERAL_BITS & 0xFF,
        }
    }
}

/// Encoding as long as nothing but values is to be written, as of most measurements, and now and then what
/// [`Stream::take_deviation`] takes.
struct Run<'a> {
    cursor: Cursor,
    /// The point of the previous measurement.
    model: &'a Point<ValueCodes>,
    /// Those to come.
    measurements: slice::Iter<'a, RawMeasurement>,
    /// Measurements that are not subscribed. In a cell, because the loop has no register to spare for it.
    skipped: &'a Cell<usize>,
}

impl<'a> Run<'a> {
    /// Takes and returns the first measurement of which more is to be written, with its wire index.
    #[inline(always)]
    fn encode(
        &mut self,
        space: &mut Space,
        points: &'a [Point<ValueCodes>],
        route: &[u32],
        stream: &mut Stream,
    ) -> Option<(&'a RawMeasurement, u32)> {
        let Run { mut cursor, mut model, .. } = *self;
        let mut measurements = self.measurements.clone();
        let time = stream.clock.current;
        let deviating = loop {
            let Some(measurement) = measurements.next() else { break None };
            let Some((point, index)) = route
                .get(measurement.row as usize)
                .and_then(|&index| Some((points.get(index as usize)?, index)))
            else {
                self.skipped.update(|skipped| skipped + 1);
                continue;
            };
            let deviation = (model.next.get() ^ index) | (point.quality.get() ^ measurement.flags);
            if deviation != 0 || measurement.ticks != time {
                let Some(deviation) = stream.take_deviation(model, point, index, measurement) else {
                    break Some((measurement, index));
                };
                cursor = space.put(cursor, deviation.word());
                model.count(deviation.code());
            }
            let (code, xor) = point.take_value(measurement.value_bits);
            cursor = space.put(cursor, model.table.word(code, xor));
            mem::replace(&mut model, point).count(code);
        };
        (self.cursor, self.model, self.measurements) = (cursor, model, measurements);
        deviating
    }
}

impl Point<ValueCodes> {
    /// Takes the next value of the signal. Returns its code, chosen without branches because which one it is cannot
    /// be predicted, and the literal it needs if any.
    #[inline(always)]
    fn take_value(&self, value: u32) -> (u32, u32) {
        let [first, second, third] = self.values.get();
        let xor = value ^ first;
        let mut code = u32::from(VALUE_XOR) + (xor | 1).ilog2() / 4;
        code = select_unpredictable(value == 0, VALUE_ZERO.into(), code);
        code = select_unpredictable(value == third, VALUE_3.into(), code);
        code = select_unpredictable(value == second, VALUE_2.into(), code);
        code = select_unpredictable(value == first, VALUE_1.into(), code);
        self.remember_value(code, value);
        (code, xor)
    }
}

const VALUE_CODES: usize = CODES - FIRST_VALUE_CODE as usize;

/// Value codes, ready to be written: the number of bits, odd nibble included, in the lowest four bits, then the bits,
/// those of the nibble being zero.
#[derive(Clone, Default)]
struct ValueCodes(Cell<[u16; VALUE_CODES]>);

impl ValueCodes {
    #[inline(always)]
    fn word(&self, code: u32, xor: u32) -> Word {
        let number = (code as usize).wrapping_sub(FIRST_VALUE_CODE.into());
        let ready = u32::from(self.0.as_array_of_cells()[number].get());
        let literal = LITERALS[number];
        Word {
            literal: xor >> (literal.nibble_mask & 4),
            bits: ready >> 4 | xor & literal.nibble_mask,
            bit_count: ready & 15,
            literal_bits: literal.byte_bits,
        }
    }
}

impl CodeTable for ValueCodes {
    fn follow(&self, short: ShortCodes) {
        let mut codes = [0; VALUE_CODES];
        for (code, ready) in (FIRST_VALUE_CODE..).zip(&mut codes) {
            *ready = ready_code((code.into(), 5 + short.len()), code);
        }
        for (length, code) in (1..).zip(short.iter()).filter(|&(_, code)| code >= FIRST_VALUE_CODE) {
            codes[usize::from(code - FIRST_VALUE_CODE)] = ready_code((1, length), code);
        }
        self.0.set(codes);
    }
}

/// The entry of a value code, given its bits and how many they are.
fn ready_code((bits, length): (u32, u32), code: u8) -> u16 {
    let nibble_bits = value_literal_bits(code) & 4;
    ((bits << nibble_bits) << 4 | (length + nibble_bits)) as u16
}

/// The parts of a literal.
#[derive(Clone, Copy)]
struct Literal {
    /// The odd nibble, if there is one.
    nibble_mask: u32,
    /// Bits of its whole bytes.
    byte_bits: u32,
}

impl Literal {
    const fn of(bits: u32) -> Literal {
        Literal { nibble_mask: if bits & 4 == 0 { 0 } else { 15 }, byte_bits: bits & !4 }
    }

    /// A code, its bits and how many they are, with the literal `xor`.
    #[inline(always)]
    fn word(self, (code, length): (u32, u32), xor: u32) -> Word {
        let nibble_bits = self.nibble_mask & 4;
        Word {
            literal: xor >> nibble_bits,
            bits: code << nibble_bits | xor & self.nibble_mask,
            bit_count: length + nibble_bits,
            literal_bits: self.byte_bits,
        }
    }
}

/// Those of all value codes.
static LITERALS: [Literal; VALUE_CODES] = literals();

const fn literals() -> [Literal; VALUE_CODES] {
    let mut literals = [Literal::of(0); VALUE_CODES];
    let mut number = 0;
    while number < VALUE_CODES {
        literals[number] = Literal::of(value_literal_bits(FIRST_VALUE_CODE + number as u8));
        number += 1;
    }
    literals
}

/// How a difference of signals is written.
#[derive(Clone, Copy)]
struct Difference {
    code: u8,
    literal: Literal,
}

/// By the highest bit of the difference.
static DIFFERENCES: [Difference; 32] = differences();

const fn differences() -> [Difference; 32] {
    let mut differences = [Difference { code: POINT_ID_XOR, literal: Literal::of(0) }; 32];
    let mut bit = 0;
    while bit < differences.len() {
        let code = point_id_code(1 << bit);
        differences[bit] = Difference { code, literal: Literal::of(point_id_literal_bits(code)) };
        bit += 1;
    }
    differences
}
