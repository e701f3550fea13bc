//! The buffer an encoder writes a block into.

/// Longest block, in bytes, that is ever written or accepted.
pub const MAX_BLOCK_LENGTH: usize = 65_536;

/// Room beyond the last byte that may be started on, so that whole words can be written.
const SLACK: usize = 64;
/// A mask instead of a check keeps every write of the hot path inside the array.
const MASK: usize = MAX_BLOCK_LENGTH - 1;
const SPACE: usize = MAX_BLOCK_LENGTH + SLACK;

/// No measurement is started with fewer free bytes than this; the longest takes 26.
const RESERVE: usize = 100;

/// A packet under construction: room for the packet's header, then one block.
pub struct Block {
    space: Box<Space>,
    header_length: usize,
    /// Last position at which another measurement may start.
    last_start: usize,
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
            last_start: limit - RESERVE,
            cursor: Cursor::at(header_length),
            measurements: 0,
        }
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

    /// True when another measurement may be started at the cursor.
    #[inline(always)]
    pub(super) fn has_room(&self, cursor: Cursor) -> bool {
        cursor.position() <= self.last_start
    }

    #[inline(always)]
    pub(super) fn put(&mut self, cursor: Cursor, word: Word) -> Cursor {
        self.space.put(cursor, word)
    }

    /// Writes at the cursor. The block's own is to be set to where the writer has got to.
    pub(super) fn writer(&mut self, cursor: Cursor) -> Writer<'_> {
        Writer { space: &mut self.space, cursor }
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
}

impl Cursor {
    /// At the start of a block there is no collecting byte, which is the same as a full one that
    /// the first byte written replaces.
    fn at(start: usize) -> Cursor {
        Cursor { bit: 8 * start + 7, collecting: start }
    }

    /// Position of the next byte.
    #[inline(always)]
    fn position(self) -> usize {
        self.bit >> 3
    }

    /// True when the collecting byte is full: nothing would be lost by ending the block.
    pub(super) fn is_aligned(self) -> bool {
        self.bit & 7 == 7
    }
}

/// A code with its literal, ready to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    literal: u32,
    bits: u32,
    bit_count: u32,
    /// Bits of the literal, which are whole bytes.
    literal_bits: u32,
}

impl Word {
    /// The `length` (1 to 8) low bits of a code and the `literal_bits` low bits of a literal, a
    /// multiple of 4: the nibble that makes no whole byte goes to the bits, whole bytes follow,
    /// lowest first.
    #[inline(always)]
    pub(super) fn new((code, length): (u32, u32), literal: u32, literal_bits: u32) -> Word {
        let nibble_bits = literal_bits & 4;
        let nibble = literal & ((1 << nibble_bits) - 1);
        Word {
            literal: literal >> nibble_bits,
            bits: code << nibble_bits | nibble,
            bit_count: length + nibble_bits,
            literal_bits: literal_bits - nibble_bits,
        }
    }
}

/// The bytes of a packet.
struct Space([u8; SPACE]);

impl Space {
    #[inline(always)]
    fn put(&mut self, cursor: Cursor, word: Word) -> Cursor {
        let bit_count = word.bit_count as usize;
        let filled = (cursor.bit & 7) + bit_count;
        let collecting = self.0[cursor.collecting & MASK];
        let collected = u64::from(collecting) << 56 | u64::from(word.bits) << (63 - filled);
        let bytes = collected.swap_bytes();
        let position = cursor.position();
        self.write(cursor.collecting, [bytes as u8]);
        // Bits fill up to two further bytes; those they do not reach are written over later.
        self.write(position, ((bytes >> 8) as u32).to_le_bytes());
        let literal_position = (cursor.bit + bit_count) >> 3;
        self.write(literal_position, word.literal.to_le_bytes());

        Cursor {
            bit: cursor.bit + bit_count + word.literal_bits as usize,
            collecting: if literal_position == position { cursor.collecting } else { literal_position - 1 },
        }
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, position: usize, bytes: [u8; N]) {
        let position = position & MASK;
        self.0[position..position + N].copy_from_slice(&bytes);
    }
}

/// A block's space with its cursor, for what is not worth registers.
pub(super) struct Writer<'a> {
    space: &'a mut Space,
    pub(super) cursor: Cursor,
}

impl Writer<'_> {
    pub(super) fn put(&mut self, word: Word) {
        self.cursor = self.space.put(self.cursor, word);
    }

    /// Writes a number in groups of 7 bits, lowest first, each but the last marked by its top bit.
    /// The last of `max_groups` takes the 8 bits that can be left.
    pub(super) fn put_7_bit_groups(&mut self, mut value: u64, max_groups: u32) {
        for _ in 1..max_groups {
            if value < 128 {
                break;
            }
            self.put_byte(value as u8 | 128);
            value >>= 7;
        }
        self.put_byte(value as u8);
    }

    fn put_byte(&mut self, byte: u8) {
        self.space.write(self.cursor.position(), [byte]);
        self.cursor.bit += 8;
    }
}
