//! Documents in numbered pieces: metadata, and configurations of C37.118.

mod collector;
mod message;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use flate2::Crc;

pub use collector::{Collected, DocumentCollector};
pub use message::{DocumentMessage, Piece};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// Metadata: XML, GZip-compressed.
    Metadata,
    /// Configuration frames of C37.118.
    C37118Configuration,
}

impl DocumentKind {
    const fn code(self) -> u8 {
        match self {
            DocumentKind::Metadata => 1,
            DocumentKind::C37118Configuration => 2,
        }
    }

    const fn from_code(code: u8) -> Option<DocumentKind> {
        match code {
            1 => Some(DocumentKind::Metadata),
            2 => Some(DocumentKind::C37118Configuration),
            _ => None,
        }
    }
}

/// Which document it is, whatever is in it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName {
    /// What it is.
    pub kind: DocumentKind,
    /// 0, or the ID code of a stream of C37.118.
    pub subject: u16,
}

impl DocumentName {
    /// The metadata.
    pub const METADATA: DocumentName = DocumentName { kind: DocumentKind::Metadata, subject: 0 };

    /// The configuration of a stream of C37.118.
    pub const fn configuration(id_code: u16) -> DocumentName {
        DocumentName { kind: DocumentKind::C37118Configuration, subject: id_code }
    }
}

/// What a document is now, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Number that changes with the content.
    pub number: u32,
    /// Bytes of all.
    pub length: u32,
    /// CRC-32 of all.
    pub check: u32,
}

/// A document that can be sent.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which one.
    pub name: DocumentName,
    /// What it is now.
    pub edition: Edition,
    content: Bytes,
}

/// Bytes of a block of feature `documents` in front of the bytes of a piece: message, kind, subject, document, length,
/// check, length of pieces, number.
pub(super) const PIECE_HEADER: usize = 1 + 1 + 2 + 4 + 4 + 4 + 2 + 2;

/// The most pieces that a document may have.
pub(super) const MOST_PIECES: usize = u16::MAX as usize;

impl Document {
    /// A document with this number.
    pub fn new(name: DocumentName, number: u32, content: Bytes) -> Document {
        // What is longer has more pieces than can be numbered, and is not sent.
        let edition = Edition { number, length: content.len() as u32, check: check(&content) };
        Document { name, edition, content }
    }

    /// How many pieces of `size` bytes it has: at least one.
    pub fn pieces(&self, size: usize) -> usize {
        self.content.len().div_ceil(size).max(1)
    }

    /// Piece `number` of those of `size` bytes; None when there is none.
    pub fn piece(&self, size: usize, number: u16) -> Option<Piece<'_>> {
        let start = usize::from(number) * size;
        if usize::from(number) >= self.pieces(size) {
            return None;
        }
        let end = self.content.len().min(start + size);
        let edition = self.edition;
        Some(Piece { edition, size: size as u16, number, data: &self.content[start..end] })
    }
}

/// CRC-32 (ISO-HDLC), as GZip has it.
fn check(content: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(content);
    sum.sum()
}
