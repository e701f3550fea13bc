//! The buffer an encoder writes a block into.

use std::hint::select_unpredictable;

/// Longest block, in bytes, that is ever written or accepted.
pub const MAX_BLOCK_LENGTH: usize = 65_536;

/// Room beyond the last byte that may be started on, so that whole words can be written.
const SLACK: usize = 64;
/// A mask instead of a check keeps every write of the hot path inside the array.
const MASK: usize = MAX_BLOCK_LENGTH - 1;
const SPACE: usize = MAX_BLOCK_LENGTH + SLACK;

/// Bytes of the longest measurement.
const LONGEST: usize = 26;

/// No measurement is started with fewer free bytes than this.
const RESERVE: usize = 100;

/// A packet under construction: room for the packet's header, then one block.
pub struct Block {
    space: Box<Space>,
    header_length: usize,
    /// The last place at which another measurement may start.
    pub(super) last_start: Cursor,
    pub(super) cursor: Cursor,
    pub(super) measurements: usize,
}

impl Block {
    /// A block with `header_length` bytes in front of it, which the caller fills at the end. Header
    /// and block together never exceed `limit` bytes, nor [`MAX_BLOCK_LENGTH`].
    ///
    /// `header_length` is taken as at most 1024 and `limit` as at least 200 bytes more than it, so
    /// that each block takes at least one measurement.
    pub fn new(header_length: usize, limit: usize) -> Block {
        let header_length = header_length.min(1_024);
        let limit = limit.clamp(header_length + 2 * RESERVE, MAX_BLOCK_LENGTH);
        Block {
            space: Box::new(Space([0; SPACE])),
            header_length,
            last_start: Cursor::at(limit - RESERVE),
            cursor: Cursor::at(header_length),
            measurements: 0,
        }
    }

    /// True when there is room for another measurement.
    pub(super) fn has_room(&self) -> bool {
        self.cursor.is_within(self.last_start)
    }

    /// How many measurements there is room for, whatever they are, given that there is for one.
    pub(super) fn sure_room(&self) -> usize {
        (self.last_start.position() - self.cursor.position()) / LONGEST + 1
    }

    /// Empties the block. Costs nothing; the header keeps its bytes.
    pub fn clear(&mut self) {
        self.cursor = Cursor::at(self.header_length);
        self.measurements = 0;
    }

    /// Number of measurements in the block.
    pub fn measurements(&self) -> usize {
        self.measurements
    }

    /// True when the block holds no measurement.
    pub fn is_empty(&self) -> bool {
        self.measurements == 0
    }

    /// The packet's header, for the caller to fill.
    pub fn header_mut(&mut self) -> &mut [u8] {
        &mut self.space.0[..self.header_length]
    }

    /// Header and block. The block is complete once its encoder has finished it.
    pub fn packet(&self) -> &[u8] {
        &self.space.0[..self.cursor.position()]
    }

    /// The block without the header.
    pub fn bytes(&self) -> &[u8] {
        &self.packet()[self.header_length..]
    }

    /// The bytes and the cursor, which is to be set to where the writing has got to.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&mut Space, &mut Cursor) {
        (&mut self.space, &mut self.cursor)
    }
}

/// Where a block has got to. Small and copied around, so that it lives in registers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    /// Eight times the position of the next byte, plus the number of bits in the collecting byte
    /// beyond its first. The literals between bits make this grow by exactly what is written.
    bit: usize,
    /// Position of the byte that collects bits, which may be full.
    collecting: usize,
    /// That byte, in the highest bits; all others are zero.
    collected: u32,
}

impl Cursor {
    /// At the start of a block there is no collecting byte, which is the same as a full one that
    /// the first byte written replaces.
    const fn at(start: usize) -> Cursor {
        Cursor { bit: 8 * start + 7, collecting: start, collected: 0 }
    }

    /// Position of the next byte.
    #[inline(always)]
    fn position(self) -> usize {
        self.bit >> 3
    }

    /// True when the next byte is before the one of a cursor without bits in its collecting byte.
    #[inline(always)]
    pub(super) fn is_within(self, last: Cursor) -> bool {
        self.bit <= last.bit
    }

    /// True when the collecting byte is full: nothing would be lost by ending the block.
    pub(super) fn is_aligned(self) -> bool {
        self.bit & 7 == 7
    }
}

/// A code with its literal, ready to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// The whole bytes of the literal, lowest first; what is beyond them is written over.
    pub(super) literal: u32,
    /// The code and the odd nibble of the literal, 1 to 12 bits.
    pub(super) bits: u32,
    pub(super) bit_count: u32,
    /// Bits of the literal's whole bytes.
    pub(super) literal_bits: u32,
}

impl Word {
    /// The `length` (1 to 8) low bits of a code, without a literal.
    #[inline(always)]
    pub(super) fn code((code, length): (u32, u32)) -> Word {
        Word { literal: 0, bits: code, bit_count: length, literal_bits: 0 }
    }

    /// A code and a number of at most 28 bits in groups of 7.
    #[inline(always)]
    fn with_7_bit_groups((code, length): (u32, u32), value: u32) -> Word {
        // All groups are made at once, because how many of four there are cannot be predicted.
        let groups = value & 0x3FFF | (value & 0x0FFF_C000) << 2;
        let groups = groups & 0x007F_007F | (groups & 0x3F80_3F80) << 1;
        let last = (groups | 1).ilog2() & 24;
        let marks = 0x8080_8080 & ((1 << last) - 1);
        Word { literal: groups | marks, bits: code, bit_count: length, literal_bits: last + 8 }
    }
}

/// The bytes of a packet.
pub(super) struct Space([u8; SPACE]);

impl Space {
    #[inline(always)]
    pub(super) fn put(&mut self, cursor: Cursor, word: Word) -> Cursor {
        let filled = (cursor.bit as u32 & 7) + word.bit_count;
        let collected = cursor.collected | word.bits << (31 - filled);
        // Bits begin up to two further bytes, which the literal follows.
        let begun_bits = filled & 24;
        let begun = u64::from(collected.swap_bytes() >> 8);
        let position = cursor.position();
        self.write(cursor.collecting, [(collected >> 24) as u8]);
        self.write(position, (begun | u64::from(word.literal) << begun_bits).to_le_bytes());

        let last_begun = (position + (begun_bits / 8) as usize).wrapping_sub(1);
        Cursor {
            bit: cursor.bit + (word.bit_count + word.literal_bits) as usize,
            collecting: select_unpredictable(begun_bits == 0, cursor.collecting, last_begun),
            collected: collected << begun_bits,
        }
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, position: usize, bytes: [u8; N]) {
        let position = position & MASK;
        self.0[position..position + N].copy_from_slice(&bytes);
    }

    /// Writes a code and a number after it in groups of 7 bits, lowest first, each but the last marked by its top bit.
    /// The last of `max_groups` takes the 8 bits that can be left.
    #[inline(always)]
    pub(super) fn put_number(
        &mut self,
        cursor: Cursor,
        code: (u32, u32),
        value: u64,
        max_groups: u32,
    ) -> Cursor {
        if value >> 28 != 0 {
            let cursor = self.put(cursor, Word::code(code));
            return self.put_many_7_bit_groups(cursor, value, max_groups);
        }
        self.put(cursor, Word::with_7_bit_groups(code, value as u32))
    }

    #[cold]
    #[inline(never)]
    fn put_many_7_bit_groups(&mut self, mut cursor: Cursor, mut value: u64, max_groups: u32) -> Cursor {
        let mut put_byte = |byte| {
            self.write(cursor.position(), [byte]);
            cursor.bit += 8;
        };
        for _ in 1..max_groups {
            if value < 128 {
                break;
            }
            put_byte(value as u8 | 128);
            value >>= 7;
        }
        put_byte(value as u8);
        cursor
    }
}

/// A block's space with its cursor, for what is not worth registers.
pub(super) struct Writer<'a> {
    pub(super) space: &'a mut Space,
    pub(super) cursor: Cursor,
}
