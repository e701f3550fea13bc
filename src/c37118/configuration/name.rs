//! Names of stations and channels.

use std::fmt;

/// Bytes of a name in CFG-1 and CFG-2.
pub(super) const FIXED_SIZE: usize = 16;
/// Most bytes of a name in CFG-3.
const MOST_BYTES: usize = u8::MAX as usize;

/// A name, byte by byte as it is sent: with the blanks or zeros that fill it up in CFG-1 and CFG-2,
/// at most 255 bytes. Its text is [displayed](fmt::Display) without them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Name {
    bytes: Box<[u8]>,
}

impl Name {
    /// The name with this text, cut to 255 bytes.
    pub fn new(text: &str) -> Name {
        Name::from_bytes(cut(text.as_bytes(), MOST_BYTES))
    }

    /// The name as it was received.
    pub(super) fn from_bytes(bytes: &[u8]) -> Name {
        Name { bytes: bytes.into() }
    }

    /// The name as it was received.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name as CFG-1 and CFG-2 have it: filled up with blanks, or cut.
    pub(super) fn fixed(&self) -> [u8; FIXED_SIZE] {
        let mut fixed = [b' '; FIXED_SIZE];
        let bytes = cut(&self.bytes, FIXED_SIZE);
        fixed[..bytes.len()].copy_from_slice(bytes);
        fixed
    }

    /// Its length and its bytes, as CFG-3 has it.
    pub(super) fn write_counted(&self, out: &mut Vec<u8>) {
        let bytes = cut(&self.bytes, MOST_BYTES);
        out.push(bytes.len() as u8);
        out.extend_from_slice(bytes);
    }
}

/// At most `most` bytes, none of them a part of a character.
fn cut(bytes: &[u8], most: usize) -> &[u8] {
    let Some(tail) = bytes.get(most) else { return bytes };
    let is_inside = |byte: &u8| byte & 0xC0 == 0x80;
    let mut end = most;
    if is_inside(tail) {
        while end > 0 && is_inside(&bytes[end]) {
            end -= 1;
        }
    }
    &bytes[..end]
}

/// The text without what fills it up. Bytes that are no UTF-8 become the replacement character.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        f.write_str(text.trim_matches(|character: char| character == '\0' || character.is_whitespace()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_name_is_kept_and_not_shown() {
        for bytes in [b"SHELBY          ", b"SHELBY\0\0\0\0\0\0\0\0\0\0"] {
            let name = Name::from_bytes(bytes);
            assert_eq!((name.to_string().as_str(), &name.fixed()), ("SHELBY", bytes));
        }
        assert_eq!(&Name::new("SHELBY").fixed(), b"SHELBY          ");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(&Name::new("Umspannwerk Süd 1").fixed(), b"Umspannwerk S\xC3\xBCd");
        assert_eq!(&Name::new("0123456789abcde\u{FC}").fixed(), b"0123456789abcde ");
        assert_eq!(Name::new(&"é".repeat(200)).as_bytes().len(), 254);
    }
}
