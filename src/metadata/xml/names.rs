//! Names of tables and columns as names of XML elements.
//!
//! A character that cannot stand in an element's name is written as `_xHHHH_`, its UTF-16 code in
//! hexadecimal, or `_xHHHHHHHH_`; an underscore that would look like the start of such a code is
//! written as `_x005F_`.

use std::borrow::Cow;

/// The name that an element's name stands for.
pub(super) fn decode_name(name: &str) -> Cow<'_, str> {
    if !name.contains("_x") {
        return Cow::Borrowed(name);
    }
    let mut decoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(character) = rest.chars().next() {
        match leading_code(rest) {
            Some((coded, after)) => {
                decoded.push(coded);
                rest = after;
            }
            None => {
                decoded.push(character);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            }
        }
    }
    Cow::Owned(decoded)
}

/// The element's name of a name.
pub(super) fn encode_name(name: &str) -> Cow<'_, str> {
    let mut places = name.char_indices();
    if places.all(|(place, character)| is_plain(name, place, character)) {
        return Cow::Borrowed(name);
    }
    let mut encoded = String::with_capacity(name.len() + 8);
    for (place, character) in name.char_indices() {
        let code = u32::from(character);
        match code {
            _ if is_plain(name, place, character) => encoded.push(character),
            0..=0xFFFF => encoded.push_str(&format!("_x{code:04X}_")),
            _ => encoded.push_str(&format!("_x{code:08X}_")),
        }
    }
    Cow::Owned(encoded)
}

/// The character that the code at the start of the text stands for, and the text after the code.
fn leading_code(text: &str) -> Option<(char, &str)> {
    let digits = text.strip_prefix("_x")?;
    [4, 8].into_iter().find_map(|length| {
        let (code, rest) = digits.split_at_checked(length)?;
        if !code.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        Some((character, rest.strip_prefix('_')?))
    })
}

fn is_plain(name: &str, place: usize, character: char) -> bool {
    match character {
        '_' => !starts_like_code(name.get(place..).unwrap_or_default()),
        'A'..='Z' | 'a'..='z' => true,
        '0'..='9' | '-' | '.' => place > 0,
        // Every other character would be allowed in some XML parsers' names and not in others'.
        _ => false,
    }
}

/// The closing underscore does not matter: the code of the next character may bring one.
fn starts_like_code(text: &str) -> bool {
    let digits = text.strip_prefix("_x").and_then(|digits| digits.get(..4));
    digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unusual_names_are_coded() {
        for (name, coded) in [
            ("PointTag", "PointTag"),
            ("Point Tag", "Point_x0020_Tag"),
            ("1st", "_x0031_st"),
            ("a_b", "a_b"),
            ("_x0020_", "_x005F_x0020_"),
            ("_xA0A0 ", "_x005F_xA0A0_x0020_"),
            ("a:b", "a_x003A_b"),
            ("\u{1F50C}", "_x0001F50C_"),
        ] {
            assert_eq!(encode_name(name), coded);
            assert_eq!(decode_name(coded), name);
        }
    }

    #[test]
    fn what_is_no_code_stays() {
        for name in ["_x", "_x00", "_xZZZZ_", "_x0020", "_xD800_", "_x00é0_"] {
            assert_eq!(decode_name(name), name);
        }
    }

    proptest! {
        #[test]
        fn names_round_trip(name in "[_x0-9A-F é\u{1F50C}]{0,20}") {
            let coded = encode_name(&name);
            prop_assert_eq!(decode_name(&coded), name.as_str());
        }
    }
}
