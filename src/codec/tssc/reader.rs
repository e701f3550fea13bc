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
    /// Eight times the position of the next byte, plus 7 less the bits left of the current one.
    pub(super) bit: usize,
    /// The bits left, highest first; all others are zero.
    pub(super) held: u64,
}

impl ReadCursor {
    pub(super) const START: ReadCursor = ReadCursor { bit: 7, held: 0 };

    /// Position of the next byte.
    #[inline(always)]
    pub(super) fn position(self) -> usize {
        self.bit >> 3
    }

    /// How many bits are left of the byte read last.
    #[inline(always)]
    pub(super) fn bits_left(self) -> usize {
        !self.bit & 7
    }

    /// The next bits, highest first, given the word at the position.
    #[inline(always)]
    pub(super) fn window(self, word: u64) -> u64 {
        self.held | word.swap_bytes() >> self.bits_left()
    }

    /// The cursor after `bits` bits of `window` and the whole bytes that follow these bits, which
    /// make `byte_bits` bits.
    #[inline(always)]
    pub(super) fn after(self, window: u64, bits: u32, byte_bits: u32) -> ReadCursor {
        let next = ReadCursor { bit: self.bit + (bits + byte_bits) as usize, held: 0 };
        let kept = !(u64::MAX >> next.bits_left());
        ReadCursor { held: (window << bits) & kept, ..next }
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

    pub(super) fn read_code(&self, cursor: &mut ReadCursor, short: &ShortCodes) -> Result<u8, DecodeError> {
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
        let needed = bits as usize > cursor.bits_left();
        let next = if needed { u64::from(self.byte_at(*cursor)?) } else { 0 };
        let window = cursor.window(next);
        *cursor = cursor.after(window, bits, 0);
        Ok((window >> 56) as u32 >> (8 - bits))
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
