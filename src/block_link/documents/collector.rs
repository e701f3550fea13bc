//! Pieces to documents.

use std::collections::BTreeMap;

use super::{Edition, MOST_PIECES, Piece, check};

/// Most ranges of missing pieces that are told at once.
const MOST_RANGES: usize = 64;

/// What became of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collected {
    /// It is kept, and others are missing.
    Kept,
    /// It is there already, or belongs to a document that was whole.
    Known,
    /// It cannot be a piece of its document, or the document is larger than is taken.
    Refused,
    /// All pieces are there, but they are not what was sent: they are forgotten.
    Damaged,
    /// The document is whole.
    Whole(Vec<u8>),
}

/// Collects the pieces of one document. It holds no more than has come, and no more than it takes.
#[derive(Debug)]
pub struct DocumentCollector {
    most: usize,
    edition: Option<(Edition, u16)>,
    pieces: BTreeMap<u16, Vec<u8>>,
    /// What was whole last.
    whole: Option<Edition>,
}

impl DocumentCollector {
    /// Takes documents of at most `most` bytes.
    pub fn new(most: usize) -> DocumentCollector {
        DocumentCollector { most, edition: None, pieces: BTreeMap::new(), whole: None }
    }

    /// Whether this is what was whole last.
    pub fn has(&self, edition: &Edition) -> bool {
        self.whole.as_ref() == Some(edition)
    }

    /// A piece has come.
    pub fn take(&mut self, piece: &Piece<'_>) -> Collected {
        if self.has(&piece.edition) {
            return Collected::Known;
        }
        let Some(count) = count(&piece.edition, piece.size) else { return Collected::Refused };
        let (size, length) = (usize::from(piece.size), piece.edition.length as usize);
        let start = usize::from(piece.number) * size;
        let is_right = usize::from(piece.number) < count && piece.data.len() == size.min(length - start);
        if length > self.most || !is_right {
            return Collected::Refused;
        }
        if self.edition != Some((piece.edition, piece.size)) {
            self.edition = Some((piece.edition, piece.size));
            self.pieces.clear();
        }
        if self.pieces.insert(piece.number, piece.data.to_vec()).is_some() {
            return Collected::Known;
        }
        if self.pieces.len() < count {
            return Collected::Kept;
        }
        self.edition = None;
        let content: Vec<u8> = std::mem::take(&mut self.pieces).into_values().flatten().collect();
        if check(&content) != piece.edition.check {
            return Collected::Damaged;
        }
        self.whole = Some(piece.edition);
        Collected::Whole(content)
    }

    /// The document of which pieces are missing, and first and last number of those, as many as can be told at once. None
    /// when nothing has begun.
    pub fn missing(&self) -> Option<(u32, Vec<(u16, u16)>)> {
        let (edition, size) = self.edition?;
        let count = count(&edition, size)? as u16;
        let mut ranges = Vec::new();
        let mut next = 0;
        for number in self.pieces.keys().copied().chain([count]) {
            if number > next && ranges.len() < MOST_RANGES {
                ranges.push((next, number - 1));
            }
            next = number.saturating_add(1);
        }
        Some((edition.number, ranges))
    }
}

/// How many pieces a document has; None when it cannot be.
fn count(edition: &Edition, size: u16) -> Option<usize> {
    let count = (edition.length as usize).div_ceil(usize::from(size).max(1)).max(1);
    (size > 0 && count <= MOST_PIECES).then_some(count)
}
