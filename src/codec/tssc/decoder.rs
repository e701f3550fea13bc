//! TSSC blocks to measurements.

use std::cell::Cell;
use std::collections::HashMap;
use std::hint::select_unpredictable;
use std::{mem, slice};

use thiserror::Error;

use super::block::MAX_BLOCK_LENGTH;
use super::clock::Clock;
use super::code::*;
use super::point::{CodeTable, Point, ShortCodes, position_of};
use super::reader::{ReadCursor, Source};
use crate::codec::signal_table::array_bound;
use crate::codec::{Decoded, MeasurementBuffer, Signal, SignalTable, widen_value};
use crate::{Measurement, StateFlags, Ticks};

/// Decompresses the measurements of one connection.
///
/// Its state is kept by wire index, whatever the signal table says, because a publisher may go on
/// with its encoder after the table has changed.
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
        self.points.limit = array_bound(signals.len());
        let mut cursor = ReadCursor::START;
        let whole = Source { padded: block, length: block.len(), offset: 0 };
        if self.decode_source::<false>(&whole, &mut cursor, signals, out, unknown)? {
            return Ok(());
        }
        // Too few bytes are left to read words of eight: go on in a copy with zeros after them.
        let offset = cursor.position().min(block.len());
        let rest = &block[offset..];
        let mut padded = [0; 16];
        padded[..rest.len()].copy_from_slice(rest);
        let tail = Source { padded: &padded, length: rest.len(), offset };
        cursor.bit -= 8 * offset;
        self.decode_source::<true>(&tail, &mut cursor, signals, out, unknown).map(|_| ())
    }

    /// Decodes measurements until the end, or until there is no whole word left to read. True at the end, which only
    /// the `LAST` source is sure to have.
    fn decode_source<const LAST: bool>(
        &mut self,
        source: &Source<'_>,
        cursor: &mut ReadCursor,
        signals: &SignalTable,
        out: &mut MeasurementBuffer,
        unknown: &Cell<usize>,
    ) -> Result<bool, DecodeError> {
        let mut found = None;
        loop {
            let mut run =
                Run { cursor: *cursor, last: self.last, found, room: out.room().iter_mut(), unknown };
            let room = run.room.len();
            let stop = run.decode::<LAST>(source, &self.points, self.clock.current, signals);
            let filled = room - run.room.len();
            (*cursor, self.last) = (run.cursor, run.last);
            out.fill_room(filled);
            match stop {
                Stop::NoWord => return Ok(false),
                Stop::UsedUp => return source.check_end(*cursor).map(|()| true),
                Stop::NoRoom => {}
                Stop::NotMet(index) => found = Some((index, self.points.find_or_add(index)?)),
                Stop::Deviation => match self.read_deviations(source, *cursor)? {
                    Some(after) => *cursor = after,
                    None => return Ok(true),
                },
            }
        }
    }

    /// Reads whatever of signal, time and flags is not as predicted, up to the value. `None` is the
    /// end of the block.
    #[cold]
    #[inline(never)]
    fn read_deviations(
        &mut self,
        source: &Source<'_>,
        mut cursor: ReadCursor,
    ) -> Result<Option<ReadCursor>, DecodeError> {
        let mut lowest = END_OF_STREAM;
        loop {
            let mut after = cursor;
            let last = &self.points.states[self.last];
            let code = source.read_code(&mut after, last.short.get())?;
            if code < lowest {
                let position = source.offset + after.position();
                return Err(DecodeError::CodeOutOfOrder { code, position, lowest });
            }
            if code >= FIRST_VALUE_CODE {
                return Ok(Some(cursor));
            }
            last.count(code.into());
            lowest = match code {
                END_OF_STREAM => return Ok(None),
                POINT_ID_XOR..TIME_FORWARD => {
                    let xor = source.read_literal(&mut after, point_id_literal_bits(code))?;
                    last.next.update(|next| next ^ xor);
                    TIME_FORWARD
                }
                TIME_FORWARD..QUALITY_2 => {
                    self.read_time(source, &mut after, code)?;
                    QUALITY_2
                }
                _ => {
                    self.read_quality(source, &mut after, code)?;
                    FIRST_VALUE_CODE
                }
            };
            cursor = after;
        }
    }

    fn read_time(
        &mut self,
        source: &Source<'_>,
        cursor: &mut ReadCursor,
        code: u8,
    ) -> Result<(), DecodeError> {
        let ticks = match code {
            TIME_XOR => self.clock.current ^ source.read_7_bit_groups(cursor, 9)? as i64,
            _ => self.clock.time_of(code),
        };
        self.clock.advance(ticks);
        Ok(())
    }

    fn read_quality(
        &mut self,
        source: &Source<'_>,
        cursor: &mut ReadCursor,
        code: u8,
    ) -> Result<(), DecodeError> {
        let position = self.points.position(self.points.states[self.last].next.get())?;
        let flags = match code {
            QUALITY_2 => self.points.earlier_quality[position],
            _ => source.read_7_bit_groups(cursor, 5)? as u32,
        };
        self.points.earlier_quality[position] = self.points.states[position].quality.replace(flags);
        Ok(())
    }
}

/// Decoding as long as nothing but values comes, which is what nearly all measurements are.
struct Run<'a> {
    cursor: ReadCursor,
    /// Position of the signal of the previous measurement.
    last: usize,
    /// Position of the state of a wire index that was looked for because it was not near.
    found: Option<(u32, usize)>,
    /// What the measurements are written to.
    room: slice::IterMut<'a, Measurement>,
    /// Measurements without a signal. In a cell, because the loop has no register to spare for it.
    unknown: &'a Cell<usize>,
}

/// Why a run ended. The cursor is before what could not be decoded.
enum Stop {
    /// There is no whole word left to read.
    NoWord,
    /// There is nothing left to read.
    UsedUp,
    NoRoom,
    /// The state of this wire index is not near.
    NotMet(u32),
    /// The next code is not that of a value.
    Deviation,
}

impl Run<'_> {
    /// Nothing is called in here but what is hardly ever needed, so that all of it stays in registers.
    #[inline(never)]
    fn decode<const LAST: bool>(
        &mut self,
        source: &Source<'_>,
        points: &Points,
        time: i64,
        signals: &SignalTable,
    ) -> Stop {
        let mut room = mem::take(&mut self.room);
        let states = &points.states[..];
        let near = &points.near[..];
        let mut cursor = self.cursor;
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
            let Some(Layout { code, bits, length }) = model.table.layout(window) else {
                break Stop::Deviation;
            };
            let index = model.next.get();
            let position = near.get(index as usize).map_or(usize::MAX, |&position| position as usize);
            let point = match (states.get(position), self.found) {
                (Some(point), _) => point,
                (None, Some((found, position))) if found == index => &states[position],
                _ => break Stop::NotMet(index),
            };

            // Code, odd nibble and whole bytes of the value all lie in the window and the word.
            let begun = cursor.begun_bits(bits);
            let bytes = (word >> begun) as u32;
            let nibble = window.rotate_left(bits) & 15;
            let literal = select_unpredictable(code & 1 == 0, bytes << 4 | nibble, bytes);
            let literal = literal & LITERAL_MASKS[code as usize % CODES];
            cursor = ReadCursor { bit: cursor.bit + length as usize, collected: bit_bytes << begun };

            let value = point.take_value(code, literal);
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
            mem::replace(&mut model, point).count(code);
        };
        self.room = room;
        self.last = position_of(model, states);
        self.cursor = cursor;
        stop
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

/// The bits that the literal of each value code has.
static LITERAL_MASKS: [u32; CODES] = literal_masks();

const fn literal_masks() -> [u32; CODES] {
    let mut masks = [0; CODES];
    let mut code = VALUE_XOR;
    while (code as usize) < CODES {
        masks[code as usize] = u32::MAX >> (32 - value_literal_bits(code));
        code += 1;
    }
    masks
}

/// How a value is written.
#[derive(Clone, Copy)]
struct Layout {
    /// The value code.
    code: u32,
    /// Bits of the code and of the odd nibble.
    bits: u32,
    /// Bits with the whole bytes.
    length: u32,
}

impl Layout {
    #[inline(always)]
    fn of_value(code: u8, code_bits: u32) -> Layout {
        let literal_bits = value_literal_bits(code);
        Layout { code: code.into(), bits: code_bits + (literal_bits & 4), length: code_bits + literal_bits }
    }
}

/// What any three bits begin with: the layouts of the short value codes.
#[derive(Clone, Default)]
struct Prefixes {
    /// The value code, or [`Prefixes::OTHER`].
    codes: Cell<[u8; 8]>,
    /// [`Layout::bits`]; of other codes the bits of the code, or 0 when it is short.
    bits: Cell<[u8; 8]>,
    /// [`Layout::length`].
    lengths: Cell<[u8; 8]>,
}

impl Prefixes {
    /// A code that is not short, or not that of a value.
    const OTHER: u32 = 0;

    /// How the value that the window begins with is written, if it does begin with a value.
    #[inline(always)]
    fn layout(&self, window: u32) -> Option<Layout> {
        let prefix = (window >> 29) as usize;
        let of_prefix = |table: &Cell<[u8; 8]>| u32::from(table.as_array_of_cells()[prefix].get());
        let code = of_prefix(&self.codes);
        let bits = of_prefix(&self.bits);
        if code == Prefixes::OTHER {
            let code = window.rotate_left(bits) as u8 & 31;
            return (bits > 0 && code >= FIRST_VALUE_CODE).then(|| Layout::of_value(code, bits));
        }
        Some(Layout { code, bits, length: of_prefix(&self.lengths) })
    }
}

impl CodeTable for Prefixes {
    fn follow(&self, short: ShortCodes) {
        /// The bytes of the prefixes that begin with the first, the second and the third short code.
        const SHORT: [u64; 3] = [0x0101_0101_0000_0000, 0x0101_0000, 0x0100];
        /// Those of the prefixes that begin with none, by the number of short codes.
        const OTHER: [u64; 4] = [0x0101_0101_0101_0101, 0x0101_0101, 0x0101, 0x01];
        let count = short.len();
        let (mut codes, mut lengths) = (0, 0);
        let mut bits = u64::from(count + 5) * OTHER[count as usize % 4];
        for ((length, code), prefixes) in (1..).zip(short.iter()).zip(SHORT) {
            if code >= FIRST_VALUE_CODE {
                let layout = Layout::of_value(code, length);
                codes |= u64::from(layout.code) * prefixes;
                bits |= u64::from(layout.bits) * prefixes;
                lengths |= u64::from(layout.length) * prefixes;
            }
        }
        self.codes.set(codes.to_le_bytes());
        self.bits.set(bits.to_le_bytes());
        self.lengths.set(lengths.to_le_bytes());
    }
}

/// The states of all signals met so far.
struct Points {
    /// In the order the signals were met.
    states: Vec<Point<Prefixes>>,
    /// Flags of each signal before [`Point::quality`], at the same positions as `states`.
    earlier_quality: Vec<u32>,
    /// Position of each wire index below some bound.
    near: Vec<u32>,
    /// Positions of the others.
    far: HashMap<u32, u32>,
    /// How many signals there may be.
    limit: usize,
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
        self.earlier_quality.push(0);
        self.near.clear();
        self.far.clear();
    }

    /// Position of the state for a wire index, which is made when it is the first time.
    #[inline(always)]
    fn position(&mut self, index: u32) -> Result<usize, DecodeError> {
        let position = self.near.get(index as usize).map_or(usize::MAX, |&position| position as usize);
        if position < self.states.len() { Ok(position) } else { self.find_or_add(index) }
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
        self.earlier_quality.push(0);
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
