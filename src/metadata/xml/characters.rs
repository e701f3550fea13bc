//! Which characters XML 1.0 has.

/// False for those that no document can carry, not even by a reference.
pub(super) fn is_carried(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
