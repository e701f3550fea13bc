//! Bytes of a document to text.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

use super::super::error::{Limits, MetadataError, XmlProblem};
use super::super::finding::excerpt;
use super::reader::problem_at;

/// The text of a document without its byte order mark.
///
/// A declared encoding counts only where the bytes leave a choice: .NET programs often declare
/// UTF-16 and then send UTF-8. ISO 8859-1 is read as Windows-1252, which is what is sent under that name.
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
        _ => match declared_encoding(document) {
            None => decode_utf8(document).map(Cow::Borrowed),
            Some(label) => decode_declared(document, label).map(Cow::Owned),
        },
    }
}

/// The name of an encoding other than UTF-8 and UTF-16 that the declaration of a document gives.
fn declared_encoding(document: &[u8]) -> Option<&[u8]> {
    const LONGEST_DECLARATION: usize = 256;
    let head = document.get(..LONGEST_DECLARATION).unwrap_or(document).strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = head.get(..end)?;
    let name = b"encoding";
    let at = declaration.windows(name.len()).position(|window| window == name)?;
    let value = declaration.get(at + name.len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let label = value.get(..value.iter().position(|byte| byte == quote)?)?;
    let is_unicode = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"utf-"));
    (!is_unicode && !label.eq_ignore_ascii_case(b"utf8") && !label.eq_ignore_ascii_case(b"utf16"))
        .then_some(label)
}

fn decode_declared(document: &[u8], label: &[u8]) -> Result<String, MetadataError> {
    let unknown = || XmlProblem::UnknownEncoding(excerpt(&String::from_utf8_lossy(label)));
    let encoding = Encoding::for_label_no_replacement(label).ok_or_else(|| problem_at("", 0, unknown()))?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(document.len() + document.len() / 8);
    let mut rest = document;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(rest.len() / 2 + 16),
            DecoderResult::Malformed(..) => {
                return Err(problem_at(&text, text.len(), XmlProblem::BrokenEncoding(encoding.name())));
            }
        }
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
