//! Frames of another device, which are served as they are.

use bytes::Bytes;

use crate::c37118::fragments::MOST_BYTES;
use crate::c37118::frame::LAST;
use crate::c37118::{C37118Error, FrameAssembler, FrameType, Message};

/// The kind of the one frame that `bytes` are, and CONT_IDX where it is a piece of a configuration.
///
/// # Errors
///
/// They are not one whole, undamaged frame.
pub(super) fn examine(bytes: &[u8]) -> Result<(FrameType, Option<u16>), C37118Error> {
    let mut found = None;
    FrameAssembler::default().receive(bytes, |frame| {
        found = (frame.bytes.len() == bytes.len()).then(|| {
            frame.message().map(|message| match message {
                Message::ConfigurationFragment { index } => (frame.kind, Some(index)),
                _ => (frame.kind, None),
            })
        });
    });
    found.unwrap_or_else(|| Err(C37118Error::Unencodable("the bytes are not one whole frame".into())))
}

/// Pieces of a CFG-3, until the last one is there.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    frames: Vec<Bytes>,
    size: usize,
}

impl Pieces {
    /// Takes the next piece. Returns all of them when it was the last one.
    ///
    /// # Errors
    ///
    /// It is not the one that is due, or there are too many; those before it are forgotten then.
    pub(super) fn take(&mut self, bytes: &[u8], index: u16) -> Result<Option<Vec<Bytes>>, C37118Error> {
        if index == 1 {
            *self = Pieces::default();
        }
        let expected = self.frames.len() as u16 + 1;
        if index != expected && (index != LAST || expected == 1) {
            *self = Pieces::default();
            return Err(C37118Error::Fragment { index, expected });
        }
        self.size += bytes.len();
        if self.size > MOST_BYTES {
            let size = std::mem::take(self).size;
            return Err(C37118Error::TooLarge { what: "a CFG-3 in pieces", size });
        }
        self.frames.push(Bytes::copy_from_slice(bytes));
        Ok((index == LAST).then(|| std::mem::take(self).frames))
    }
}
