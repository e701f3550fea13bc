//! Reads bits and bytes of a block, the mirror of the block's writer.

use super::decoder::{DecodeError, Stop};

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

    /// How many bytes from the position on reading up to 24 bits begins, times 8.
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
    pub(super) fn end(&self) -> usize {
        8 * self.length + 7
    }

    /// The eight bytes from the cursor's position on as a little-endian number, if there are so many.
    #[inline(always)]
    pub(super) fn word(&self, cursor: ReadCursor) -> Option<u64> {
        let position = cursor.position();
        let bytes = self.padded.get(position..position + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// A number in groups of 7 bits; the last of `max_groups`, which are five at least, has 8 bits.
    #[inline(always)]
    pub(super) fn read_7_bit_groups(&self, cursor: &mut ReadCursor, max_groups: u32) -> Result<u64, Stop> {
        let Some(word) = self.word(*cursor) else { return Err(Stop::NoWord) };
        let ends = !(word as u32) & 0x8080_8080;
        let (value, bits) = match ends {
            0 => self.many_7_bit_groups(*cursor, max_groups).map_err(Stop::Wrong)?,
            _ => {
                // All groups are taken at once, because how many of four there are cannot be predicted.
                let bits = ends.trailing_zeros() + 1;
                let groups = word as u32 & u32::MAX >> (32 - bits);
                let groups = groups & 0x007F_007F | (groups & 0x7F00_7F00) >> 1;
                ((groups & 0x3FFF | (groups & 0x3FFF_0000) >> 2).into(), bits)
            }
        };
        cursor.bit += bits as usize;
        self.check_end(*cursor).map_err(Stop::Wrong)?;
        Ok(value)
    }

    /// The same, one group after the other; and the bits that they take.
    #[cold]
    fn many_7_bit_groups(&self, cursor: ReadCursor, max_groups: u32) -> Result<(u64, u32), DecodeError> {
        let mut value = 0;
        for group in 0..max_groups {
            let place = cursor.position() + group as usize;
            let byte = *self.padded.get(place).ok_or_else(|| self.truncated())?;
            let is_last = byte < 128 || group + 1 == max_groups;
            value |= u64::from(if is_last { byte } else { byte & 127 }) << (7 * group);
            if is_last {
                return Ok((value, 8 * (group + 1)));
            }
        }
        Ok((value, 8 * max_groups))
    }

    #[cold]
    pub(super) fn truncated(&self) -> DecodeError {
        DecodeError::Truncated { length: self.offset + self.length }
    }
}
