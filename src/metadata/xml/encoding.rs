//! Bytes of a document to text.

use std::borrow::Cow;

use super::super::error::{Limits, MetadataError, XmlProblem};
use super::reader::problem_at;

/// The text of a document without its byte order mark.
///
/// A declared encoding counts only where the bytes leave a choice: .NET programs often declare
/// UTF-16 and then send UTF-8.
pub(super) fn decode<'a>(document: &'a [u8], limits: &Limits) -> Result<Cow<'a, str>, MetadataError> {
    if document.len() > limits.document_bytes {
        return Err(MetadataError::TooMany {
            what: "bytes in the document",
            count: document.len(),
            limit: limits.document_bytes,
        });
    }
    match document {
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_utf8(rest).map(Cow::Borrowed),
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        [b'<', 0, ..] => decode_utf16(document, u16::from_le_bytes).map(Cow::Owned),
        [0, b'<', ..] => decode_utf16(document, u16::from_be_bytes).map(Cow::Owned),
        _ => decode_utf8(document).map(Cow::Borrowed),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<&str, MetadataError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(valid);
        problem_at(&text, text.len(), XmlProblem::BrokenEncoding("UTF-8"))
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, MetadataError> {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(units.len());
    for decoded in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        match decoded {
            Ok(character) => text.push(character),
            Err(_) => return Err(problem_at(&text, text.len(), XmlProblem::BrokenEncoding("UTF-16"))),
        }
    }
    if !rest.is_empty() {
        return Err(problem_at(&text, text.len(), XmlProblem::BrokenEncoding("UTF-16")));
    }
    Ok(text)
}
