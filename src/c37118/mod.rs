//! IEEE C37.118: the frames that phasor measurement units (PMUs) and phasor data concentrators
//! (PDCs) speak, as bytes and as typed values. No sockets, no clocks.
//!
//! Version 1 is C37.118-2005, version 2 C37.118.2-2011. All fields are big-endian. What a frame
//! carries is kept bit by bit: a frame that was decoded and is encoded again is the same bytes.
//!
//! - [`FrameAssembler`] finds frames in a stream of bytes, and its way back after garbage.
//! - [`Frame`] is one frame whose length and check word are right; [`Frame::message`] says what it means.
//! - [`Configuration`] describes the data frames of a device, in the forms CFG-1, CFG-2 and CFG-3;
//!   [`Fragments`] joins a CFG-3 that came in pieces.
//! - [`DataLayout`] reads and writes data frames by a configuration, without allocating.
//! - [`capture`] finds the frames in recorded network traffic.
//! - [`mapping`] turns configurations into metadata and data frames into measurements, [`concentrator`]
//!   measurements into frames.
//! - [`encapsulation`] carries frames through STTP as they are.
//! - [`client`] asks a device for its data, [`server`] is one: sessions without sockets.

mod assembler;
pub mod capture;
mod channels;
pub mod client;
mod command;
pub mod concentrator;
mod configuration;
mod data;
pub mod encapsulation;
mod error;
mod fragments;
mod frame;
mod ieee1344;
mod image;
pub mod mapping;
mod message;
pub mod server;
mod status;
mod time;

pub use assembler::{AssemblerCounts, FrameAssembler};
pub use command::Command;
#[cfg(test)]
pub(crate) use configuration::sample;
pub use configuration::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, Name,
    NominalFrequency, PhasorChannel, PhasorKind, PhasorScale, Pmu, PmuDetails,
};
pub use data::{DataFrame, DataLayout, PhasorBits, PmuData, PmuValues, Real};
pub use error::C37118Error;
pub use fragments::Fragments;
pub(crate) use frame::encode_payload;
pub(crate) use frame::restamp;
pub use frame::{Frame, FrameType, Version, encode_command, encode_header};
#[cfg(test)]
pub(crate) use image::tests::image;
pub use message::Message;
pub use status::{DataError, StatusWord};
pub use time::{ClockQuality, FrameTime, TimeBase};
