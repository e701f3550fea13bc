//! Reads bits and bytes of a block, the mirror of the block's writer.

use super::code::CODES;
use super::decoder::DecodeError;
use super::point::ShortCodes;

/// The bytes of a block, or of its last part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// The bytes, possibly followed by padding so that whole words can be read.
    pub(super) padded: &'a [u8],
    /// How many of them belong to the block.
    pub(super) length: usize,
    /// Position in the block of the first.
    pub(super) offset: usize,
}

/// Where reading has got to.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadCursor {
    /// Eight times the position of the next byte, plus 7 less the bits left of the byte that bits are read from.
    pub(super) bit: usize,
    /// That byte, in the highest bits; the others mean nothing.
    pub(super) collected: u32,
}

impl ReadCursor {
    pub(super) const START: ReadCursor = ReadCursor { bit: 7, collected: 0 };

    /// Position of the next byte.
    #[inline(always)]
    pub(super) fn position(self) -> usize {
        self.bit >> 3
    }

    /// The byte that bits are read from and, given the word at the position, the three bytes after it, highest first.
    #[inline(always)]
    pub(super) fn bit_bytes(self, word: u64) -> u32 {
        self.collected & 0xFF00_0000 | (word as u32).swap_bytes() >> 8
    }

    /// The next bits, 24 at least, given the bytes they are in.
    #[inline(always)]
    pub(super) fn window(self, bit_bytes: u32) -> u32 {
        (bit_bytes << 1) << (self.bit & 7)
    }

    /// How many bytes from the position on reading up to 12 bits begins, times 8.
    #[inline(always)]
    pub(super) fn begun_bits(self, bits: u32) -> u32 {
        ((self.bit as u32 & 7) + bits) & 24
    }
}

impl Source<'_> {
    /// True when no bit and no byte is left, or padding was taken for data.
    #[inline(always)]
    pub(super) fn is_used_up(&self, cursor: ReadCursor) -> bool {
        cursor.bit >= self.end()
    }

    /// An error when padding was taken for data.
    pub(super) fn check_end(&self, cursor: ReadCursor) -> Result<(), DecodeError> {
        if cursor.bit > self.end() { Err(self.truncated()) } else { Ok(()) }
    }

    #[inline(always)]
    fn end(&self) -> usize {
        8 * self.length + 7
    }

    /// The eight bytes from the cursor's position on as a little-endian number, if there are so many.
    #[inline(always)]
    pub(super) fn word(&self, cursor: ReadCursor) -> Option<u64> {
        let position = cursor.position();
        let bytes = self.padded.get(position..position + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    pub(super) fn read_code(&self, cursor: &mut ReadCursor, short: ShortCodes) -> Result<u8, DecodeError> {
        for code in short.iter() {
            if self.read_bits(cursor, 1)? == 1 {
                return Ok(code);
            }
        }
        Ok(self.read_bits(cursor, 5)? as u8 % CODES as u8)
    }

    /// A literal of a multiple of 4 bits: the nibble that makes no whole byte is taken from the bits,
    /// whole bytes follow.
    pub(super) fn read_literal(
        &self,
        cursor: &mut ReadCursor,
        literal_bits: u32,
    ) -> Result<u32, DecodeError> {
        let nibble_bits = literal_bits & 4;
        let mut literal = self.read_bits(cursor, nibble_bits)?;
        for shift in (nibble_bits..literal_bits).step_by(8) {
            literal |= u32::from(self.read_byte(cursor)?) << shift;
        }
        Ok(literal)
    }

    /// A number in groups of 7 bits; the last of `max_groups` has 8 bits.
    pub(super) fn read_7_bit_groups(
        &self,
        cursor: &mut ReadCursor,
        max_groups: u32,
    ) -> Result<u64, DecodeError> {
        let mut value = 0;
        for group in 1..max_groups {
            let byte = self.read_byte(cursor)?;
            value |= u64::from(byte & 127) << (7 * (group - 1));
            if byte < 128 {
                return Ok(value);
            }
        }
        Ok(value | u64::from(self.read_byte(cursor)?) << (7 * (max_groups - 1)))
    }

    /// Up to 8 bits, most significant first.
    fn read_bits(&self, cursor: &mut ReadCursor, bits: u32) -> Result<u32, DecodeError> {
        let begun = cursor.begun_bits(bits);
        let next = if begun > 0 { u64::from(self.byte_at(*cursor)?) } else { 0 };
        let bytes = cursor.bit_bytes(next);
        let window = cursor.window(bytes);
        *cursor = ReadCursor { bit: cursor.bit + bits as usize, collected: bytes << begun };
        Ok((window >> 24) >> (8 - bits))
    }

    fn read_byte(&self, cursor: &mut ReadCursor) -> Result<u8, DecodeError> {
        let byte = self.byte_at(*cursor)?;
        cursor.bit += 8;
        Ok(byte)
    }

    fn byte_at(&self, cursor: ReadCursor) -> Result<u8, DecodeError> {
        let position = cursor.position();
        if position >= self.length {
            return Err(self.truncated());
        }
        self.padded.get(position).copied().ok_or_else(|| self.truncated())
    }

    #[cold]
    fn truncated(&self) -> DecodeError {
        DecodeError::Truncated { length: self.offset + self.length }
    }
}
