//! Comparing and searching texts with or without regard to case.
//!
//! Without regard to case means: as if every character were written in upper case. Characters whose
//! upper case is more than one character, such as `ß`, stay as they are, so that a text and its upper
//! case have the same number of characters.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::error::FilterProblem;

/// Whether upper and lower case of a letter are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Ignored,
    Exact,
}

impl Case {
    pub(super) fn ignored_if(ignored: bool) -> Case {
        if ignored { Case::Ignored } else { Case::Exact }
    }
}

pub(super) fn compare(left: &str, right: &str, case: Case) -> Ordering {
    match case {
        Case::Exact => left.cmp(right),
        Case::Ignored => compare_ignoring_case(left, right),
    }
}

/// Compares bytes as long as they are ASCII, then characters.
fn compare_ignoring_case(left: &str, right: &str) -> Ordering {
    for (at, (left_byte, right_byte)) in left.bytes().zip(right.bytes()).enumerate() {
        if !left_byte.is_ascii() || !right_byte.is_ascii() {
            return left[at..].chars().map(upper).cmp(right[at..].chars().map(upper));
        }
        let order = left_byte.to_ascii_uppercase().cmp(&right_byte.to_ascii_uppercase());
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len())
}

pub(super) fn equal(left: &str, right: &str, case: Case) -> bool {
    match case {
        Case::Exact => left == right,
        Case::Ignored if left.is_ascii() && right.is_ascii() => left.eq_ignore_ascii_case(right),
        Case::Ignored => left.chars().map(upper).eq(right.chars().map(upper)),
    }
}

pub(super) fn starts_with(text: &str, start: &str, case: Case) -> bool {
    match case {
        Case::Exact => text.starts_with(start),
        Case::Ignored if text.is_ascii() && start.is_ascii() => text
            .as_bytes()
            .get(..start.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(start.as_bytes())),
        Case::Ignored => folded(text).starts_with(&*folded(start)),
    }
}

pub(super) fn ends_with(text: &str, end: &str, case: Case) -> bool {
    match case {
        Case::Exact => text.ends_with(end),
        Case::Ignored if text.is_ascii() && end.is_ascii() => text
            .len()
            .checked_sub(end.len())
            .and_then(|start| text.as_bytes().get(start..))
            .is_some_and(|ending| ending.eq_ignore_ascii_case(end.as_bytes())),
        Case::Ignored => folded(text).ends_with(&*folded(end)),
    }
}

pub(super) fn contains(text: &str, part: &str, case: Case) -> bool {
    match case {
        Case::Exact => text.contains(part),
        // Comparing at every place allocates nothing, but its cost grows with both lengths.
        Case::Ignored if text.len() <= 256 && text.is_ascii() && part.is_ascii() => {
            let part = part.as_bytes();
            part.is_empty()
                || text.as_bytes().windows(part.len()).any(|place| place.eq_ignore_ascii_case(part))
        }
        Case::Ignored => folded(text).contains(&*folded(part)),
    }
}

/// Where a non-empty part occurs in the text, from the start on and without overlaps, in bytes.
pub(super) fn occurrences(text: &str, part: &str, case: Case) -> Vec<Range<usize>> {
    if part.is_empty() {
        return Vec::new();
    }
    let (searched, part) = comparable(text, part, case);
    let found = searched.match_indices(&*part).map(|(start, part)| start..start + part.len());
    unfolded(text, &searched, found)
}

/// The byte where the last occurrence of a non-empty part starts; it may overlap earlier ones.
pub(super) fn last_occurrence(text: &str, part: &str, case: Case) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    let (searched, part) = comparable(text, part, case);
    let start = searched.rfind(&*part)?;
    unfolded(text, &searched, std::iter::once(start..start)).first().map(|range| range.start)
}

/// Refuses a text that grew too long, so that a short filter cannot ask for unlimited memory.
pub(super) fn check_length(operation: &'static str, length: usize) -> Result<(), FilterProblem> {
    const LIMIT: usize = 1 << 20;
    if length > LIMIT {
        return Err(FilterProblem::TextTooLong { operation, length, limit: LIMIT });
    }
    Ok(())
}

/// The number of characters before a byte of the text.
pub(super) fn character_index(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).chars().count()
}

/// The text in upper case.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            text.to_ascii_uppercase().into()
        } else {
            text.into()
        }
    } else {
        text.chars().map(upper).collect::<String>().into()
    }
}

fn comparable<'t>(text: &'t str, part: &'t str, case: Case) -> (Cow<'t, str>, Cow<'t, str>) {
    match case {
        Case::Exact => (text.into(), part.into()),
        Case::Ignored => (folded(text), folded(part)),
    }
}

/// Byte ranges of the folded text to those of the text itself: both have the same characters, which
/// may differ in length. The ranges are in ascending order.
fn unfolded(text: &str, folded: &str, ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    if text.is_ascii() || text == folded {
        return ranges.collect();
    }
    let mut starts =
        folded.char_indices().map(|(start, _)| start).zip(text.char_indices().map(|(start, _)| start));
    let mut original =
        |byte: usize| starts.find(|(folded, _)| *folded >= byte).map_or(text.len(), |(_, original)| original);
    let mut previous = (0, 0);
    let mut at = |byte: usize| {
        if byte != previous.0 {
            previous = (byte, original(byte));
        }
        previous.1
    };
    ranges.map(|range| at(range.start)..at(range.end)).collect()
}

fn upper(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_can_be_ignored_beyond_ascii() {
        assert!(equal("Größe", "GRÖßE", Case::Ignored));
        assert!(!equal("Größe", "GRÖßE", Case::Exact));
        assert_eq!(compare("b", "A", Case::Ignored), Ordering::Greater);
        assert_eq!(compare("b", "A", Case::Exact), Ordering::Greater);
        assert_eq!(compare("a", "B", Case::Exact), Ordering::Greater);
        assert!(starts_with("élan", "ÉL", Case::Ignored));
        assert!(ends_with("café", "FÉ", Case::Ignored));
        assert!(contains("a café b", "CAFÉ", Case::Ignored));
    }

    #[test]
    fn occurrences_are_those_of_the_text_itself() {
        assert_eq!(occurrences("aaaa", "aa", Case::Exact), [0..2, 2..4]);
        assert_eq!(last_occurrence("aaa", "aa", Case::Exact), Some(1));
        // The upper case of ı, two bytes long, is I, one byte long.
        assert_eq!(occurrences("ıxıX", "x", Case::Ignored), [2..3, 5..6]);
        assert_eq!(last_occurrence("ıxıX", "x", Case::Ignored), Some(5));
        assert!(occurrences("abc", "", Case::Exact).is_empty());
    }

    proptest! {
        #[test]
        fn searching_agrees_with_the_folded_text(text in "[a-cA-CıßéÉ]{0,12}", part in "[a-cA-Cıé]{1,2}") {
            let found = occurrences(&text, &part, Case::Ignored);
            prop_assert_eq!(!found.is_empty(), contains(&text, &part, Case::Ignored));
            for range in found {
                prop_assert!(equal(&text[range], &part, Case::Ignored));
            }
        }

        #[test]
        fn equality_agrees_with_order(left in "[a-cA-Cé]{0,3}", right in "[a-cA-CÉ]{0,3}") {
            for case in [Case::Ignored, Case::Exact] {
                prop_assert_eq!(equal(&left, &right, case), compare(&left, &right, case).is_eq());
            }
        }
    }
}
