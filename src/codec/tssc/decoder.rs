//! TSSC blocks to measurements.

use std::collections::HashMap;
use std::hint::select_unpredictable;

use thiserror::Error;

use super::block::MAX_BLOCK_LENGTH;
use super::clock::Clock;
use super::code::*;
use super::point::{CodeTable, Point, ShortCodes};
use super::reader::{ReadCursor, Source};
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
        let mut decoded = Decoded::default();
        match self.decode_block(block, signals, out, &mut decoded.unknown) {
            Ok(()) => {
                decoded.measurements = out.len() - before + decoded.unknown;
                Ok(decoded)
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
        unknown: &mut usize,
    ) -> Result<(), DecodeError> {
        if block.len() > MAX_BLOCK_LENGTH {
            return Err(DecodeError::TooLong { length: block.len() });
        }
        self.points.limit = crate::codec::signal_table::array_bound(signals.len());
        let whole = Source { padded: block, length: block.len(), offset: 0 };
        let Some(cursor) = self.decode_words(whole, ReadCursor::START, signals, out, unknown)? else {
            return Ok(());
        };
        // Too few bytes are left to read words of eight: go on in a copy with zeros after them.
        let offset = cursor.position().min(block.len());
        let rest = &block[offset..];
        let mut padded = [0; 16];
        padded[..rest.len()].copy_from_slice(rest);
        let tail = Source { padded: &padded, length: rest.len(), offset };
        let cursor = ReadCursor { bit: cursor.bit - 8 * offset, ..cursor };
        self.decode_words(tail, cursor, signals, out, unknown).map(|_| ())
    }

    /// Decodes measurements until the end (`None`), or until there is no whole word left to read.
    fn decode_words(
        &mut self,
        source: Source<'_>,
        mut cursor: ReadCursor,
        signals: &SignalTable,
        out: &mut MeasurementBuffer,
        unknown: &mut usize,
    ) -> Result<Option<ReadCursor>, DecodeError> {
        let mut last = self.last;
        loop {
            if source.is_used_up(cursor) {
                self.last = last;
                return source.check_end(cursor).map(|()| None);
            }
            let Some(word) = source.word(cursor) else {
                self.last = last;
                return Ok(Some(cursor));
            };
            let model = &mut self.points.states[last];
            let window = cursor.window(word);
            let (place, length) = model.table.read(window);
            if place < place_of(FIRST_VALUE_CODE) {
                self.last = last;
                match self.read_deviations(&source, cursor)? {
                    Some(after) => cursor = after,
                    None => return Ok(None),
                }
                continue;
            }

            // Code, odd nibble and whole bytes of the value all lie in the window and the word.
            let literal_bits = value_literal_bits(place);
            let nibble_bits = literal_bits & 4;
            let bits = length + nibble_bits;
            let bytes = word >> (((cursor.bit & 7) as u32 + bits) & !7);
            let nibble = ((window << length) >> 60) & (u64::from(nibble_bits) >> 2).wrapping_neg();
            let literal = (bytes << nibble_bits | nibble) & ((1 << literal_bits) - 1);
            cursor = cursor.after(window, bits, literal_bits & !7);
            model.count(place);

            let index = model.next;
            last = self.points.position(index)?;
            let point = &mut self.points.states[last];
            let value = point.take_value(place, literal as u32);
            let flags = point.quality;
            match signals.get(index) {
                Some(&Signal { id, row }) => out.push(Measurement {
                    signal_id: id,
                    timestamp: Ticks(self.clock.current),
                    value: widen_value(value),
                    flags: StateFlags::from_bits_retain(flags),
                    signal_index: row,
                }),
                None => *unknown += 1,
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
            let last = &mut self.points.states[self.last];
            let code = source.read_code(&mut after, &last.short)?;
            if code < lowest {
                let position = source.offset + after.position();
                return Err(DecodeError::CodeOutOfOrder { code, position, lowest });
            }
            if code >= FIRST_VALUE_CODE {
                return Ok(Some(cursor));
            }
            last.count(place_of(code));
            lowest = match code {
                END_OF_STREAM => return Ok(None),
                POINT_ID_XOR..TIME_FORWARD => {
                    last.next ^= source.read_literal(&mut after, point_id_literal_bits(code))?;
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
        let position = self.points.position(self.points.states[self.last].next)?;
        let flags = match code {
            QUALITY_2 => self.points.earlier_quality[position],
            _ => source.read_7_bit_groups(cursor, 5)? as u32,
        };
        let point = &mut self.points.states[position];
        self.points.earlier_quality[position] = std::mem::replace(&mut point.quality, flags);
        Ok(())
    }
}

impl Point<ShortTable> {
    /// Takes the next value of the signal, given the place of its code and its literal, which is 0
    /// for codes that have none.
    #[inline(always)]
    fn take_value(&mut self, place: u32, literal: u32) -> u32 {
        let [first, second, third] = self.values;
        let mut value = first ^ literal;
        value = select_unpredictable(place == place_of(VALUE_2), second, value);
        value = select_unpredictable(place == place_of(VALUE_3), third, value);
        value = select_unpredictable(place == place_of(VALUE_ZERO), 0, value);
        self.remember_value(place, value);
        value
    }
}

/// The places of the short codes, 8 bits each, most frequent lowest; their number in the highest
/// 8 bits.
#[derive(Clone, Copy)]
struct ShortTable(u64);

impl ShortTable {
    /// The place of the code word at the start of the window, and its number of bits.
    #[inline(always)]
    fn read(self, window: u64) -> (u32, u32) {
        let short_codes = (self.0 >> 56) as u32;
        let zeros = (window | 1 << 60).leading_zeros();
        let is_short = zeros < short_codes;
        let short = (self.0 >> (8 * zeros)) as u8;
        let other = place_of((window.wrapping_shl(short_codes) >> 59) as u8);
        let place = select_unpredictable(is_short, short.into(), other);
        (place, select_unpredictable(is_short, zeros + 1, short_codes + 5))
    }
}

impl CodeTable for ShortTable {
    fn new(short: &ShortCodes) -> ShortTable {
        let count = u64::from(short.len()) << 56;
        ShortTable(
            (0u32..)
                .zip(short.iter())
                .fold(count, |codes, (rank, code)| codes | u64::from(place_of(code)) << (8 * rank)),
        )
    }
}

/// The states of all signals met so far.
struct Points {
    /// In the order the signals were met.
    states: Vec<Point<ShortTable>>,
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
