//! The frames that say what the data frames of a stream carry.

use std::sync::Arc;

use super::super::configuration::Configuration;
use super::super::error::C37118Error;
use super::super::fragments::Fragments;
use super::super::frame::{Frame, FrameType, are_same_but_for_times, is_same_but_for_time};
use super::super::message::Message;

/// The configuration and header frames of a device that came last, byte by byte.
#[derive(Debug, Default)]
pub(super) struct Descriptions {
    configuration_1: Vec<u8>,
    configuration_2: Vec<u8>,
    /// Several frames when it came in pieces.
    configuration_3: Vec<Vec<u8>>,
    header: Vec<u8>,
    /// Pieces of a CFG-3 that is not whole yet, as far as `fragments` has them.
    pieces: Vec<Vec<u8>>,
    fragments: Fragments,
    configuration: Option<Arc<Configuration>>,
}

/// What a frame brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing: it was known.
    None,
    /// A piece of a configuration that is not whole yet, or that was known.
    Piece,
    /// A text, or what the device is able to give.
    Text,
    /// What the data frames carry.
    Configuration,
}

impl Descriptions {
    /// Takes a configuration or header frame. When a configuration is another one than before, those of
    /// other forms are forgotten: they tell what was before.
    pub(super) fn take(&mut self, frame: &Frame<'_>) -> Result<Change, C37118Error> {
        match frame.message()? {
            Message::Header(_) => Ok(replace(&mut self.header, frame, Change::Text).0),
            Message::Configuration(_) if frame.kind == FrameType::Configuration1 => {
                Ok(replace(&mut self.configuration_1, frame, Change::Text).0)
            }
            Message::Configuration(configuration) if frame.kind == FrameType::Configuration2 => {
                let (change, is_other) = replace(&mut self.configuration_2, frame, Change::Configuration);
                if is_other {
                    self.configuration_1.clear();
                    self.configuration_3.clear();
                }
                // CFG-3 tells more.
                if change != Change::None && self.configuration_3.is_empty() {
                    self.configuration = Some(Arc::new(*configuration));
                }
                Ok(change)
            }
            Message::Configuration(configuration) => {
                Ok(self.take_long(vec![frame.bytes.to_vec()], *configuration, Change::None))
            }
            Message::ConfigurationFragment { index } => {
                if index == 1 {
                    self.pieces.clear();
                }
                let whole = self.fragments.receive(frame, index).inspect_err(|_| self.pieces.clear())?;
                self.pieces.push(frame.bytes.to_vec());
                let Some(configuration) = whole else { return Ok(Change::Piece) };
                let pieces = std::mem::take(&mut self.pieces);
                Ok(self.take_long(pieces, configuration, Change::Piece))
            }
            Message::Data | Message::Command(_) => Ok(Change::None),
        }
    }

    /// `known` is what it is when it was there already.
    fn take_long(&mut self, frames: Vec<Vec<u8>>, configuration: Configuration, known: Change) -> Change {
        let before = self.configuration_3.iter().map(Vec::as_slice);
        let is_known = are_same_but_for_times(frames.iter().map(Vec::as_slice), before);
        if is_known {
            return known;
        }
        if !self.configuration_3.is_empty() {
            self.configuration_1.clear();
            self.configuration_2.clear();
        }
        self.configuration_3 = frames;
        self.configuration = Some(Arc::new(configuration));
        Change::Configuration
    }

    /// What the data frames carry, of CFG-3 if there is one, else of CFG-2.
    pub(super) fn configuration(&self) -> Option<&Arc<Configuration>> {
        self.configuration.as_ref()
    }

    /// All of them, configurations first.
    pub(super) fn frames(&self) -> impl Iterator<Item = &[u8]> {
        [&self.configuration_1, &self.configuration_2]
            .into_iter()
            .chain(&self.configuration_3)
            .chain([&self.header])
            .filter(|frame| !frame.is_empty())
            .map(Vec::as_slice)
    }
}

/// Keeps a frame in place of another; what it brought, and whether there was another one before.
fn replace(kept: &mut Vec<u8>, frame: &Frame<'_>, change: Change) -> (Change, bool) {
    if is_same_but_for_time(kept, frame.bytes) {
        return (Change::None, false);
    }
    let is_other = !kept.is_empty();
    kept.clear();
    kept.extend_from_slice(frame.bytes);
    (change, is_other)
}
