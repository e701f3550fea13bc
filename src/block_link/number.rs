//! Numbers and texts of variable length.

use crate::wire::{Reader, Truncated};

/// Most bytes of a number: eight groups of seven bits, and a last byte of eight.
const LONGEST: usize = 9;

/// Appends a number as groups of seven bits, the lowest first, in the shortest form.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    for _ in 1..LONGEST {
        if number < 0x80 {
            break;
        }
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// How many bytes a number takes.
pub(super) fn number_size(number: u64) -> usize {
    let bits = u64::BITS - number.leading_zeros();
    (bits.div_ceil(7) as usize).clamp(1, LONGEST)
}

/// Reads a number, which may be longer than it need be.
pub(super) fn read_number(reader: &mut Reader<'_>, field: &'static str) -> Result<u64, Truncated> {
    let mut number = 0;
    for group in 0..LONGEST - 1 {
        let byte = reader.u8(field)?;
        number |= u64::from(byte & 0x7F) << (7 * group);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Ok(number | u64::from(reader.u8(field)?) << 56)
}

/// Appends bytes behind their number.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads bytes behind their number.
pub(super) fn read_bytes<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], Truncated> {
    let length = read_number(reader, field)?;
    // What is longer than memory can be is longer than the message.
    reader.bytes(field, usize::try_from(length).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_the_shortest_form_and_nine_bytes_at_most() {
        for (number, bytes) in [
            (0, &[0][..]),
            (127, &[127]),
            (128, &[0x80, 1]),
            (300, &[0xAC, 2]),
            (u64::MAX >> 8, &[255, 255, 255, 255, 255, 255, 255, 127]),
            (u64::MAX, &[255; 9]),
            (1 << 63, &[128, 128, 128, 128, 128, 128, 128, 128, 128]),
        ] {
            let mut out = Vec::new();
            put_number(&mut out, number);
            assert_eq!(out, bytes);
            assert_eq!(number_size(number), bytes.len());
            assert_eq!(read_number(&mut Reader::new(bytes), "number"), Ok(number));
        }
        assert_eq!(read_number(&mut Reader::new(&[0x85, 0x80, 0]), "number"), Ok(5));
        assert!(read_number(&mut Reader::new(&[0x85, 0x80]), "number").is_err());
    }

    #[test]
    fn a_length_that_lies_is_no_more_than_an_error() {
        let mut reader = Reader::new(&[255; 9]);
        assert!(read_bytes(&mut reader, "text").is_err());
    }

    proptest! {
        #[test]
        fn numbers_come_back(number: u64, shift in 0..64) {
            let number = number >> shift;
            let mut out = Vec::new();
            put_number(&mut out, number);
            prop_assert_eq!(number_size(number), out.len());
            let mut reader = Reader::new(&out);
            prop_assert_eq!(read_number(&mut reader, "number"), Ok(number));
            prop_assert!(reader.rest().is_empty());
        }
    }
}
