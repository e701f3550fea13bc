//! C37.118 through STTP byte by byte: frames as buffer blocks, and back.
//!
//! A device's data frames are the buffer blocks of one signal, its configuration and header frames those of
//! another, which are sent again to each new subscriber. Metadata tell both signals in table `C37118Stream`
//! and, in table `C37118Channel`, what each channel is, so that nobody needs the configuration to know it.
//! The server that gives the frames to clients again is not to be told from the device.

mod decapsulator;
mod descriptions;
mod encapsulator;
mod streams;

#[cfg(test)]
mod tests;

use uuid::Uuid;

use crate::metadata::DataSet;

pub use decapsulator::{Decapsulator, DecapsulatorCounters};
pub use encapsulator::{Block, Encapsulator};

/// A stream of C37.118 that travels through STTP as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncapsulatedStream {
    /// Acronym of its device.
    pub device: String,
    /// The signal whose buffer blocks are its data frames.
    pub data_signal: Uuid,
    /// The signal whose buffer blocks are its configuration and header frames.
    pub configuration_signal: Uuid,
    /// ID code of the stream; 0 while it is unknown.
    pub id_code: u16,
}

impl EncapsulatedStream {
    /// All streams that metadata tell.
    pub fn of_metadata(metadata: &DataSet) -> Vec<EncapsulatedStream> {
        streams::read(metadata)
    }
}
