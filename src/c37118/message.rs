//! What a frame says.

use super::command::Command;
use super::configuration::Configuration;
use super::error::C37118Error;
use super::frame::{Frame, FrameType, MAX_FRAME_SIZE};
use super::image;
use crate::wire::Reader;

/// What a frame says.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<'a> {
    /// Measurements, to be read with the [`DataLayout`](super::DataLayout) of the configuration.
    Data,
    /// A text for people, as it came.
    Header(&'a [u8]),
    /// A configuration that is whole.
    Configuration(Box<Configuration>),
    /// A piece of a CFG-3, for [`Fragments`](super::Fragments).
    ConfigurationFragment {
        /// CONT_IDX: 1 for the first one, FFFF for the last one.
        index: u16,
    },
    /// A command to the device.
    Command(Command),
}

impl<'a> Frame<'a> {
    /// What the frame says.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when the payload does not fit the type of the frame.
    pub fn message(&self) -> Result<Message<'a>, C37118Error> {
        let payload = self.payload();
        let short = |cause| C37118Error::Short { what: self.kind.name(), cause };
        Ok(match self.kind {
            FrameType::Data => Message::Data,
            FrameType::Header => Message::Header(payload),
            FrameType::Configuration1 | FrameType::Configuration2 => {
                Message::Configuration(Box::new(Configuration::decode(self)?))
            }
            FrameType::Configuration3 if self.bytes.len() > MAX_FRAME_SIZE => {
                Message::Configuration(Box::new(image::decode(self)?))
            }
            FrameType::Configuration3 => match Reader::new(payload).u16("CONT_IDX").map_err(short)? {
                0 => Message::Configuration(Box::new(Configuration::decode(self)?)),
                index => Message::ConfigurationFragment { index },
            },
            FrameType::Command => {
                let mut reader = Reader::new(payload);
                let code = reader.u16("CMD").map_err(short)?;
                Message::Command(Command::decode(code, reader.rest()))
            }
        })
    }
}
