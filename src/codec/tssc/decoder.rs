//! TSSC blocks to measurements.

use std::cell::Cell;
use std::collections::HashMap;
use std::hint::select_unpredictable;
use std::{mem, slice};

use thiserror::Error;

use super::block::MAX_BLOCK_LENGTH;
use super::clock::Clock;
use super::code::*;
use super::point::{Point, position_of};
use super::prefixes::{Layout, Prefixes};
use super::reader::{ReadCursor, Source};
use crate::codec::{Decoded, MeasurementBuffer, Signal, SignalTable, widen_value};
use crate::{Measurement, StateFlags, Ticks};

/// Decompresses the measurements of one connection.
///
/// Its state is kept by wire index, whatever the signal table says, because a publisher may go on
/// with its encoder after the table has changed.
///
/// A clone goes on from the state that its original has then, as that of an [`Encoder`](super::Encoder) does;
/// [`clone_from`](Clone::clone_from) takes a state over into the memory that is there. Takes 84 bytes for each signal met,
/// and 4 to 8 for each up to the highest wire index.
pub struct Decoder {
    points: Points,
    clock: Clock,
    /// Position of the signal of the previous measurement.
    last: usize,
}

/// Why a block could not be decoded. The decoder has lost the stream then: it needs a
/// [`reset`](Decoder::reset) and the publisher a new subscription.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The block is longer than any publisher makes it.
    #[error("TSSC block of {length} bytes is longer than the {MAX_BLOCK_LENGTH} bytes allowed")]
    TooLong {
        /// Bytes in the block.
        length: usize,
    },
    /// The block ends within a measurement.
    #[error("TSSC block of {length} bytes ends within a measurement")]
    Truncated {
        /// Bytes in the block.
        length: usize,
    },
    /// A code word stands where it has no meaning: after the signal only time, flags or value may
    /// follow, after the time flags or value, after the flags the value.
    #[error(
        "TSSC code word {code} at byte {position} of the block is out of order: at least {lowest} expected"
    )]
    CodeOutOfOrder {
        /// The code word.
        code: u8,
        /// Position in the block of the byte after its last bit.
        position: usize,
        /// Lowest code word that may stand there.
        lowest: u8,
    },
    /// The block speaks of more signals than there can be.
    #[error(
        "TSSC block uses signal index {index}, which is one signal more than the {limit} allowed for this signal index cache"
    )]
    TooManySignals {
        /// The wire index that has no room.
        index: u32,
        /// Signals allowed.
        limit: usize,
    },
}

impl Clone for Decoder {
    fn clone(&self) -> Decoder {
        Decoder { points: self.points.clone(), ..*self }
    }

    fn clone_from(&mut self, source: &Decoder) {
        self.points.clone_from(&source.points);
        (self.clock, self.last) = (source.clock, source.last);
    }
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new()
    }
}

impl Decoder {
    /// A decoder for a stream that starts with sequence number 0.
    pub fn new() -> Decoder {
        Decoder { points: Points::new(), clock: Clock::new(), last: Points::BEFORE_ANY }
    }

    /// Forgets everything, for sequence number 0. Keeps memory.
    pub fn reset(&mut self) {
        self.points.clear();
        self.clock = Clock::new();
        self.last = Points::BEFORE_ANY;
    }

    /// Decodes a block and appends its measurements to `out`. Those whose wire index is not in
    /// `signals` are decoded, counted and dropped.
    ///
    /// Remembers at most 65,536 signals or four times as many as there are in `signals`, whichever
    /// is more.
    ///
    /// # Errors
    /// See [`DecodeError`]. `out` is as before then.
    pub fn decode(
        &mut self,
        block: &[u8],
        signals: &SignalTable,
        out: &mut MeasurementBuffer,
    ) -> Result<Decoded, DecodeError> {
        let before = out.len();
        let unknown = Cell::new(0);
        match self.decode_block(block, signals, out, &unknown) {
            Ok(()) => {
                let unknown = unknown.get();
                Ok(Decoded { measurements: out.len() - before + unknown, unknown })
            }
            Err(error) => {
                out.truncate(before);
                Err(error)
            }
        }
    }

    fn decode_block(
        &mut self,
        block: &[u8],
        signals: &SignalTable,
        out: &mut MeasurementBuffer,
        unknown: &Cell<usize>,
    ) -> Result<(), DecodeError> {
        if block.len() > MAX_BLOCK_LENGTH {
            return Err(DecodeError::TooLong { length: block.len() });
        }
        self.points.limit = most_signals(signals.len());
        let mut reading = Reading { cursor: ReadCursor::START, lowest: END_OF_STREAM, lowest_at: 0 };
        let whole = Source { padded: block, length: block.len(), offset: 0 };
        if self.decode_source::<false>(&whole, &mut reading, signals, out, unknown)? {
            return Ok(());
        }
        // Too few bytes are left to read words of eight: go on in a copy with zeros after them.
        let offset = reading.cursor.position().min(block.len());
        let rest = &block[offset..];
        let mut padded = [0; 32];
        padded[..rest.len()].copy_from_slice(rest);
        let tail = Source { padded: &padded, length: rest.len(), offset };
        reading.move_back(offset);
        self.decode_source::<true>(&tail, &mut reading, signals, out, unknown).map(|_| ())
    }

    /// Decodes measurements until the end, or until there is no whole word left to read. True at the end, which only
    /// the `LAST` source is sure to have.
    fn decode_source<const LAST: bool>(
        &mut self,
        source: &Source<'_>,
        reading: &mut Reading,
        signals: &SignalTable,
        out: &mut MeasurementBuffer,
        unknown: &Cell<usize>,
    ) -> Result<bool, DecodeError> {
        let mut found = None;
        loop {
            let mut run = Run {
                reading: *reading,
                clock: &mut self.clock,
                points: &self.points,
                last: self.last,
                found,
                room: out.room().iter_mut(),
                unknown,
                stop: None,
            };
            let room = run.room.len();
            let stop = run.decode::<LAST>(source, signals);
            let filled = room - run.room.len();
            (*reading, self.last) = (run.reading, run.last);
            out.fill_room(filled);
            match stop {
                Stop::NoWord => return Ok(false),
                Stop::UsedUp if reading.lowest() > END_OF_STREAM => return Err(source.truncated()),
                Stop::UsedUp => return source.check_end(reading.cursor).map(|()| true),
                Stop::End => return Ok(true),
                Stop::NoRoom => {}
                Stop::NotMet(index) => found = Some((index, self.points.find_or_add(index)?)),
                Stop::Wrong(error) => return Err(error),
            }
        }
    }
}

/// Where reading has got to, within a measurement or between two.
#[derive(Clone, Copy)]
struct Reading {
    cursor: ReadCursor,
    /// The lowest code that may come where the cursor is at that bit; anywhere else a measurement begins.
    lowest: u8,
    lowest_at: usize,
}

impl Reading {
    fn lowest(&self) -> u8 {
        if self.cursor.bit == self.lowest_at { self.lowest } else { END_OF_STREAM }
    }

    /// Goes on in what begins that many bytes later.
    fn move_back(&mut self, bytes: usize) {
        self.cursor.bit -= 8 * bytes;
        self.lowest_at = self.lowest_at.wrapping_sub(8 * bytes);
    }
}

/// Decoding as long as there is room, whole words, and the state of each signal.
struct Run<'a> {
    reading: Reading,
    clock: &'a mut Clock,
    points: &'a Points,
    /// Position of the signal of the previous measurement.
    last: usize,
    /// Position of the state of a wire index that was looked for because it was not near.
    found: Option<(u32, usize)>,
    /// What the measurements are written to.
    room: slice::IterMut<'a, Measurement>,
    /// Measurements without a signal. In a cell, because the loop has no register to spare for it.
    unknown: &'a Cell<usize>,
    /// Why what is not as predicted ends the run.
    stop: Option<Stop>,
}

/// Why a run ended. The cursor is before what could not be decoded.
pub(super) enum Stop {
    /// There is no whole word left to read.
    NoWord,
    /// There is nothing left to read.
    UsedUp,
    /// The code that ends the stream was read.
    End,
    NoRoom,
    /// The state of this wire index is not near.
    NotMet(u32),
    Wrong(DecodeError),
}

impl Run<'_> {
    /// Nothing is called in here but what few measurements need, so that all of it stays in registers.
    #[inline(never)]
    fn decode<const LAST: bool>(&mut self, source: &Source<'_>, signals: &SignalTable) -> Stop {
        let mut room = mem::take(&mut self.room);
        let states = &self.points.states[..];
        let near = &self.points.near[..];
        let mut cursor = self.reading.cursor;
        let mut time = self.clock.current;
        let mut model = &states[self.last];
        let stop = loop {
            if LAST && source.is_used_up(cursor) {
                break Stop::UsedUp;
            }
            let Some(word) = source.word(cursor) else { break Stop::NoWord };
            if room.as_slice().is_empty() {
                break Stop::NoRoom;
            }
            let bit_bytes = cursor.bit_bytes(word);
            let window = cursor.window(bit_bytes);
            let mut layout = model.table.layout(window);
            if layout.code < FIRST_VALUE_CODE.into() {
                let with_value =
                    if LAST { None } else { self.take_earlier_quality(model, layout, window, cursor) };
                let Some(with_value) = with_value else {
                    self.reading.cursor = cursor;
                    let code = layout.code as u8;
                    let (literal, after) =
                        layout.literal(cursor, word, bit_bytes, literal_bits(code) & 4 != 0);
                    let bit = self.read_deviation::<LAST>(source, model, code, literal, after.bit);
                    if let Some(stop) = self.stop.take() {
                        break stop;
                    }
                    cursor = ReadCursor { bit, ..after };
                    time = self.clock.current;
                    continue;
                };
                layout = with_value;
            }
            // Every other value code has an odd nibble.
            let (literal, after) = layout.literal(cursor, word, bit_bytes, layout.code & 1 == 0);
            let index = model.next.get();
            let position = near.get(index as usize).map_or(usize::MAX, |&position| position as usize);
            let point = match (states.get(position), self.found) {
                (Some(point), _) => point,
                (None, Some((found, position))) if found == index => &states[position],
                _ => break Stop::NotMet(index),
            };

            cursor = after;
            let value = point.take_value(layout.code, literal);
            if let Some(&Signal { id, row }) = signals.get(index)
                && let Some(slot) = room.next()
            {
                *slot = Measurement {
                    signal_id: id,
                    timestamp: Ticks(time),
                    value: widen_value(value),
                    flags: StateFlags::from_bits_retain(point.quality.get()),
                    signal_index: row,
                };
            } else {
                self.unknown.update(|unknown| unknown + 1);
            }
            mem::replace(&mut model, point).count(layout.code);
        };
        self.room = room;
        self.last = position_of(model, states);
        self.reading.cursor = cursor;
        stop
    }

    /// If the code is the one for the flags that the signal had before its last ones, and a value follows, which is how
    /// flags change most often: takes the flags, and returns how both codes and the value's literal are written.
    /// Otherwise nothing is taken.
    #[inline(always)]
    fn take_earlier_quality(
        &mut self,
        model: &Point<Prefixes>,
        quality: Layout,
        window: u32,
        cursor: ReadCursor,
    ) -> Option<Layout> {
        // After a signal or a time it would have to be checked whether flags may follow; and which codes are short must
        // not change between the two.
        if quality.code != QUALITY_2.into()
            || cursor.bit == self.reading.lowest_at
            || model.codes_until_choice.get() <= 1
        {
            return None;
        }
        let value = model.table.layout(window << quality.bits);
        if value.code < FIRST_VALUE_CODE.into() {
            return None;
        }
        let position = *self.points.near.get(model.next.get() as usize)? as usize;
        let point = self.points.states.get(position)?;
        let earlier = &self.points.earlier_quality[position];
        earlier.set(point.quality.replace(earlier.get()));
        model.count(quality.code);
        Some(Layout {
            code: value.code,
            bits: quality.bits + value.bits,
            length: quality.bits + value.length,
        })
    }

    /// Reads one of signal, time and flags, which is not as predicted, given its code and literal and the bit after
    /// them; returns the bit after all of it, or says why to stop.
    #[inline(never)]
    fn read_deviation<const LAST: bool>(
        &mut self,
        source: &Source<'_>,
        model: &Point<Prefixes>,
        code: u8,
        literal: u32,
        after: usize,
    ) -> usize {
        let mut cursor = ReadCursor { bit: after, ..self.reading.cursor };
        let lowest = self.reading.lowest();
        if code < lowest || LAST && cursor.bit > source.end() {
            return self.fail(source, model, code, after);
        }
        let next = match code {
            END_OF_STREAM => {
                self.stop = Some(Stop::End);
                END_OF_STREAM
            }
            POINT_ID_XOR..TIME_FORWARD => {
                model.next.update(|next| next ^ literal);
                TIME_FORWARD
            }
            TIME_FORWARD..QUALITY_2 => {
                let ticks = match code {
                    TIME_XOR => match source.read_7_bit_groups(&mut cursor, 9) {
                        Ok(xor) => self.clock.current ^ xor as i64,
                        Err(stop) => return self.stop_before(stop),
                    },
                    _ => self.clock.time_of(code),
                };
                self.clock.advance(ticks);
                QUALITY_2
            }
            _ => {
                let index = model.next.get();
                let Some(position) = self.points.position(index, self.found) else {
                    return self.stop_before(Stop::NotMet(index));
                };
                let earlier = &self.points.earlier_quality[position];
                let flags = match code {
                    QUALITY_2 => earlier.get(),
                    _ => match source.read_7_bit_groups(&mut cursor, 5) {
                        Ok(flags) => flags as u32,
                        Err(stop) => return self.stop_before(stop),
                    },
                };
                earlier.set(self.points.states[position].quality.replace(flags));
                FIRST_VALUE_CODE
            }
        };
        model.count(code.into());
        (self.reading.lowest, self.reading.lowest_at) = (next, cursor.bit);
        cursor.bit
    }

    #[cold]
    fn stop_before(&mut self, stop: Stop) -> usize {
        self.stop = Some(stop);
        self.reading.cursor.bit
    }

    #[cold]
    fn fail(&mut self, source: &Source<'_>, model: &Point<Prefixes>, code: u8, after: usize) -> usize {
        let Reading { cursor, .. } = self.reading;
        let lowest = self.reading.lowest();
        let error = match source.check_end(ReadCursor { bit: after, ..cursor }) {
            Err(error) => error,
            Ok(()) => {
                let (_, length) = model.short.get().code_bits(code);
                let after_code = ReadCursor { bit: cursor.bit + length as usize, ..cursor };
                DecodeError::CodeOutOfOrder { code, position: source.offset + after_code.position(), lowest }
            }
        };
        self.stop_before(Stop::Wrong(error))
    }
}

impl Point<Prefixes> {
    /// Takes the next value of the signal, given its code and its literal, which is 0 for codes that have none.
    #[inline(always)]
    fn take_value(&self, code: u32, literal: u32) -> u32 {
        let [first, second, third] = self.values.get();
        let mut value = first ^ literal;
        value = select_unpredictable(code == VALUE_2.into(), second, value);
        value = select_unpredictable(code == VALUE_3.into(), third, value);
        value = select_unpredictable(code == VALUE_ZERO.into(), 0, value);
        self.remember_value(code, value);
        value
    }
}

/// How many signals a publisher may send measurements of when there are so many in a cache: those of the cache before, too.
fn most_signals(signals: usize) -> usize {
    signals.saturating_mul(4).max(65_536)
}

/// The states of all signals met so far.
struct Points {
    /// In the order the signals were met.
    states: Vec<Point<Prefixes>>,
    /// Flags of each signal before [`Point::quality`], at the same positions as `states`.
    earlier_quality: Vec<Cell<u32>>,
    /// Position of each wire index below some bound.
    near: Vec<u32>,
    /// Positions of the others.
    far: HashMap<u32, u32>,
    /// How many signals there may be.
    limit: usize,
}

impl Clone for Points {
    fn clone(&self) -> Points {
        let Points { states, earlier_quality, near, far, limit } = self;
        Points {
            states: states.clone(),
            earlier_quality: earlier_quality.clone(),
            near: near.clone(),
            far: far.clone(),
            limit: *limit,
        }
    }

    fn clone_from(&mut self, source: &Points) {
        let Points { states, earlier_quality, near, far, limit } = source;
        self.states.clone_from(states);
        self.earlier_quality.clone_from(earlier_quality);
        self.near.clone_from(near);
        self.far.clone_from(far);
        self.limit = *limit;
    }
}

impl Points {
    /// Position of the state that stands for "no measurement yet".
    const BEFORE_ANY: usize = 0;
    /// Marks wire indexes in `near` that were not met; there are never so many states.
    const NOT_MET: u32 = u32::MAX;

    fn new() -> Points {
        let mut points = Points {
            states: Vec::new(),
            earlier_quality: Vec::new(),
            near: Vec::new(),
            far: HashMap::new(),
            limit: 0,
        };
        points.clear();
        points
    }

    fn clear(&mut self) {
        self.states.clear();
        self.states.push(Point::new(0));
        self.earlier_quality.clear();
        self.earlier_quality.push(Cell::new(0));
        self.near.clear();
        self.far.clear();
    }

    /// Position of the state for a wire index, which is near or was found.
    fn position(&self, index: u32, found: Option<(u32, usize)>) -> Option<usize> {
        let near = self.near.get(index as usize).map(|&position| position as usize);
        near.filter(|&position| position < self.states.len())
            .or_else(|| found.and_then(|(found, position)| (found == index).then_some(position)))
    }

    #[cold]
    #[inline(never)]
    fn find_or_add(&mut self, index: u32) -> Result<usize, DecodeError> {
        if let Some(&position) = self.far.get(&index) {
            return Ok(position as usize);
        }
        let position = self.states.len();
        if position > self.limit {
            return Err(DecodeError::TooManySignals { index, limit: self.limit });
        }
        self.states.push(Point::new(index.wrapping_add(1)));
        self.earlier_quality.push(Cell::new(0));
        let near = index as usize;
        if near < self.limit {
            if near >= self.near.len() {
                self.near.resize((near + 1).next_power_of_two(), Points::NOT_MET);
            }
            self.near[near] = position as u32;
        } else {
            self.far.insert(index, position as u32);
        }
        Ok(position)
    }
}
