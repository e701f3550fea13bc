//! Operational modes: how both sides of a connection speak.

use crate::wire::TextEncoding;

/// Texts are UTF-16, little-endian.
pub const STTP_ENCODING_UTF16_LE: i32 = 0;
/// Texts are UTF-16, big-endian.
pub const STTP_ENCODING_UTF16_BE: i32 = 1;
/// Texts are UTF-8.
pub const STTP_ENCODING_UTF8: i32 = 2;

pub(in crate::capi) fn encoding_number(encoding: TextEncoding) -> i32 {
    match encoding {
        TextEncoding::Utf16Le => STTP_ENCODING_UTF16_LE,
        TextEncoding::Utf16Be => STTP_ENCODING_UTF16_BE,
        TextEncoding::Utf8 => STTP_ENCODING_UTF8,
    }
}
