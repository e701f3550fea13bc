//! A stream as people look at it: devices with their latest values, their history and what is wrong with them.
//!
//! The engine's thread stores what comes into an [`Intake`], one slot for each signal. Whoever shows it has a
//! [`Board`], which takes from there a few times a second. All memory is bounded by the number of signals, and by
//! constants.

mod board;
mod device;
mod events;
mod history;
mod intake;
mod layout;
mod quality;
#[cfg(test)]
pub mod sample;

pub use board::{Board, Connection, Facts, Latency, Losses};
pub use device::{Device, DeviceState, PhasorReading, Reading};
pub use events::{Event, Events};
pub use history::{History, Point};
pub use intake::Intake;
pub use layout::{DeviceLayout, Layout, PhasorLayout, SignalLayout};
pub use quality::{Level, level, worst};
