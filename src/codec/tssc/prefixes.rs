//! How a decoder finds out which code comes next, and how long it is.

use std::cell::Cell;
use std::hint::select_unpredictable;

use super::code::*;
use super::point::{CodeTable, ShortCodes};
use super::reader::ReadCursor;

/// How a code and its literal are written.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) code: u32,
    /// Bits of the code and of the odd nibble, and of what is read before them.
    pub(super) bits: u32,
    /// Bits with the whole bytes.
    pub(super) length: u32,
}

impl Layout {
    #[inline(always)]
    fn of(code: u8, code_bits: u32) -> Layout {
        let literal_bits = u32::from(LITERAL_BITS[usize::from(code) % CODES]);
        Layout { code: code.into(), bits: code_bits + (literal_bits & 4), length: code_bits + literal_bits }
    }

    /// The literal, and the cursor after it, given where code and literal begin, the word there, and the bytes that bits
    /// are in: all of it lies in these.
    #[inline(always)]
    pub(super) fn literal(
        self,
        cursor: ReadCursor,
        word: u64,
        bit_bytes: u32,
        has_nibble: bool,
    ) -> (u32, ReadCursor) {
        let begun = cursor.begun_bits(self.bits);
        let bytes = (word >> begun) as u32;
        let nibble = cursor.window(bit_bytes).rotate_left(self.bits) & 15;
        let literal = select_unpredictable(has_nibble, bytes << 4 | nibble, bytes)
            & LITERAL_MASKS[self.code as usize % CODES];
        (literal, ReadCursor { bit: cursor.bit + self.length as usize, collected: bit_bytes << begun })
    }
}

/// Bits of the literal of each code.
static LITERAL_BITS: [u8; CODES] = literals().0;
/// The bits that it has.
static LITERAL_MASKS: [u32; CODES] = literals().1;

const fn literals() -> ([u8; CODES], [u32; CODES]) {
    let (mut lengths, mut masks) = ([0; CODES], [0; CODES]);
    let mut code = 0;
    while code < CODES {
        let bits = literal_bits(code as u8);
        if bits > 0 {
            lengths[code] = bits as u8;
            masks[code] = u32::MAX >> (32 - bits);
        }
        code += 1;
    }
    (lengths, masks)
}

/// What any three bits begin with: the layouts of the short codes.
#[derive(Clone, Default)]
pub(super) struct Prefixes {
    /// The code, if it is short.
    codes: Cell<[u8; 8]>,
    /// [`Layout::bits`] of a short value code, of all others the bits of the code alone.
    bits: Cell<[u8; 8]>,
    /// [`Layout::length`] of a short value code, [`Prefixes::SHORT`] of another short one, or [`Prefixes::LONG`].
    lengths: Cell<[u8; 8]>,
}

impl Prefixes {
    const LONG: u8 = 0;
    const SHORT: u8 = 1;

    /// How what the window begins with is written.
    #[inline(always)]
    pub(super) fn layout(&self, window: u32) -> Layout {
        let prefix = (window >> 29) as usize;
        let of_prefix = |table: &Cell<[u8; 8]>| u32::from(table.as_array_of_cells()[prefix].get());
        let code = of_prefix(&self.codes);
        let bits = of_prefix(&self.bits);
        let length = of_prefix(&self.lengths);
        if code < FIRST_VALUE_CODE.into() {
            let long = window.rotate_left(bits) & 31;
            // Which of both it is cannot be predicted.
            return Layout::of(select_unpredictable(length == Prefixes::LONG.into(), long, code) as u8, bits);
        }
        Layout { code, bits, length }
    }
}

impl CodeTable for Prefixes {
    fn follow(&self, short: ShortCodes) {
        /// The bytes of the prefixes that begin with the first, the second and the third short code.
        const BEGIN: [u64; 3] = [0x0101_0101_0000_0000, 0x0101_0000, 0x0100];
        /// Those of the prefixes that begin with none, by the number of short codes.
        const REST: [u64; 4] = [0x0101_0101_0101_0101, 0x0101_0101, 0x0101, 0x01];
        let count = short.len();
        let (mut codes, mut lengths) = (0, 0);
        let mut bits = u64::from(count + 5) * REST[count as usize % 4];
        for ((code_bits, code), prefixes) in (1..).zip(short.iter()).zip(BEGIN) {
            let layout = match code {
                FIRST_VALUE_CODE.. => Layout::of(code, code_bits),
                _ => Layout { code: code.into(), bits: code_bits, length: Prefixes::SHORT.into() },
            };
            codes |= u64::from(layout.code) * prefixes;
            bits |= u64::from(layout.bits) * prefixes;
            lengths |= u64::from(layout.length) * prefixes;
        }
        self.codes.set(codes.to_le_bytes());
        self.bits.set(bits.to_le_bytes());
        self.lengths.set(lengths.to_le_bytes());
    }
}
