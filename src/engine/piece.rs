//! Datagrams that came together.

use std::net::SocketAddr;

/// Datagrams of one sender that were received together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Bytes of all of them.
    pub(crate) length: usize,
    /// Bytes of each; of the last one what is left.
    pub(crate) segment: usize,
    /// Who sent them.
    pub(crate) from: SocketAddr,
}

impl Piece {
    /// How many datagrams it is.
    pub(crate) fn count(&self) -> usize {
        self.length.div_ceil(self.segment.max(1)).max(1)
    }

    /// Each datagram of the bytes of a piece. There is one, if an empty one.
    pub(crate) fn datagrams<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = Some(bytes);
        std::iter::from_fn(move || {
            let (datagram, others) = self.split(rest?);
            rest = (!others.is_empty()).then_some(others);
            Some(datagram)
        })
    }

    /// The first datagram of the bytes of a piece, and the others.
    pub(crate) fn split<'a>(&self, bytes: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        bytes.split_at(self.segment.min(bytes.len()))
    }
}
