//! Texts in the encoding that a connection's operational modes choose.

use std::borrow::Cow;
use std::fmt::Write;

/// Encoding of every text of a connection, without byte order mark or terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TextEncoding {
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-8.
    #[default]
    Utf8,
}

impl TextEncoding {
    /// Appends `text` in this encoding.
    pub fn encode_into(self, text: &str, out: &mut Vec<u8>) {
        match self {
            TextEncoding::Utf8 => out.extend_from_slice(text.as_bytes()),
            TextEncoding::Utf16Le => text.encode_utf16().for_each(|unit| out.extend(unit.to_le_bytes())),
            TextEncoding::Utf16Be => text.encode_utf16().for_each(|unit| out.extend(unit.to_be_bytes())),
        }
    }

    /// `text` in this encoding.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let bytes_per_ascii = if self == TextEncoding::Utf8 { 1 } else { 2 };
        let mut out = Vec::with_capacity(text.len().saturating_mul(bytes_per_ascii));
        self.encode_into(text, &mut out);
        out
    }

    /// Reads a text; what is invalid in this encoding becomes U+FFFD, since no peer may lose its
    /// connection for a bad text.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            TextEncoding::Utf8 => String::from_utf8_lossy(bytes),
            TextEncoding::Utf16Le => decode_utf16(bytes, u16::from_le_bytes).into(),
            TextEncoding::Utf16Be => decode_utf16(bytes, u16::from_be_bytes).into(),
        }
    }
}

/// A text as it can be shown to people, whoever wrote it: at most so many characters, and those that control
/// a terminal, end a line or turn the direction of writing as escapes.
pub fn printable(text: &str, most: usize) -> Cow<'_, str> {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    let (shown, rest) = text.split_at(end);
    if rest.is_empty() && !shown.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(shown.len() + 32);
    for character in shown.chars() {
        match is_unprintable(character) {
            true => printable.extend(character.escape_default()),
            false => printable.push(character),
        }
    }
    if !rest.is_empty() {
        let _ = write!(printable, "… ({} more bytes)", rest.len());
    }
    Cow::Owned(printable)
}

fn is_unprintable(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_direction || matches!(character, '\u{2028}' | '\u{2029}')
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, odd_byte) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !odd_byte.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [TextEncoding; 3] = [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be];

    #[test]
    fn byte_orders() {
        assert_eq!(TextEncoding::Utf16Le.encode("Aé"), [0x41, 0, 0xE9, 0]);
        assert_eq!(TextEncoding::Utf16Be.encode("Aé"), [0, 0x41, 0, 0xE9]);
        assert_eq!(TextEncoding::Utf8.encode("Aé"), [0x41, 0xC3, 0xA9]);
    }

    #[test]
    fn invalid_text_is_replaced() {
        assert_eq!(TextEncoding::Utf8.decode(&[0x41, 0xFF]), "A\u{FFFD}");
        assert_eq!(TextEncoding::Utf16Le.decode(&[0x00, 0xD8, 0x41, 0]), "\u{FFFD}A");
        assert_eq!(TextEncoding::Utf16Be.decode(&[0, 0x41, 0]), "A\u{FFFD}");
    }

    #[test]
    fn what_is_shown_controls_nothing_and_ends() {
        assert_eq!(printable("Ångström", 100), "Ångström");
        assert_eq!(
            printable("a\x1b[2J\r\nERROR\u{9b}\u{202e}", 100),
            "a\\u{1b}[2J\\r\\nERROR\\u{9b}\\u{202e}"
        );
        assert_eq!(printable("ÅÅÅÅ", 3), "ÅÅÅ… (2 more bytes)");
        assert_eq!(printable("ÅÅÅ", 3), "ÅÅÅ");
    }

    proptest! {
        #[test]
        fn texts_round_trip(text in ".*") {
            for encoding in ALL {
                let bytes = encoding.encode(&text);
                prop_assert_eq!(encoding.decode(&bytes), text.as_str());
            }
        }
    }
}
