//! The 32 code words, and the sets of widths they name.

pub(super) const END_OF_STREAM: u8 = 0;
/// First of seven: the signal differs, in 4, 8, 12, 16, 20, 24 or 32 bits, from the predicted one.
pub(super) const POINT_ID_XOR: u8 = 1;
/// First of four: the time is later by one of the four remembered steps.
pub(super) const TIME_FORWARD: u8 = 8;
/// First of four: the time is earlier by one of the four remembered steps.
pub(super) const TIME_REVERSE: u8 = 12;
/// The time before the previous one.
pub(super) const TIMESTAMP_2: u8 = 16;
/// The time as difference (exclusive or) from the previous one, in groups of 7 bits.
pub(super) const TIME_XOR: u8 = 17;
/// The signal's flags before its previous ones.
pub(super) const QUALITY_2: u8 = 18;
/// The flags in groups of 7 bits.
pub(super) const QUALITY: u8 = 19;
/// The signal's previous value.
pub(super) const VALUE_1: u8 = 20;
/// The signal's value before that.
pub(super) const VALUE_2: u8 = 21;
/// The signal's value before those.
pub(super) const VALUE_3: u8 = 22;
/// The value whose bits are all zero.
pub(super) const VALUE_ZERO: u8 = 23;
/// First of eight: the value differs from the previous one in 4, 8, .. 32 bits.
pub(super) const VALUE_XOR: u8 = 24;

/// Codes from here on tell a value and so end a measurement.
pub(super) const FIRST_VALUE_CODE: u8 = VALUE_1;
pub(super) const CODES: usize = 32;

/// Bits of the literal that follows a value code; none for the four codes that name a value.
#[inline(always)]
pub(super) const fn value_literal_bits(code: u8) -> u32 {
    4 * code.saturating_sub(VALUE_ZERO) as u32
}

/// Bits of the literal that follows a signal code, there being no code for 28 bits.
pub(super) const fn point_id_literal_bits(code: u8) -> u32 {
    let bits = 4 * ((code - POINT_ID_XOR) as u32 + 1);
    if bits == 28 { 32 } else { bits }
}

/// Bits of the literal that follows any code, as far as it is not in groups of 7 bits.
pub(super) const fn literal_bits(code: u8) -> u32 {
    match code {
        POINT_ID_XOR..TIME_FORWARD => point_id_literal_bits(code),
        _ => value_literal_bits(code),
    }
}

/// The code for a signal that differs from the prediction by `xor`, which is not 0.
pub(super) const fn point_id_code(xor: u32) -> u8 {
    let group = xor.ilog2() / 4;
    POINT_ID_XOR + if group > 6 { 6 } else { group as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_of_signals_has_the_narrowest_code_that_holds_it() {
        for bit in 0..32 {
            let code = point_id_code(1 << bit);
            assert!((POINT_ID_XOR..TIME_FORWARD).contains(&code));
            assert!(point_id_literal_bits(code) > bit);
            assert!(code == POINT_ID_XOR || point_id_literal_bits(code - 1) <= bit);
        }
    }
}
