//! Gateways between IEEE C37.118 and STTP.
//!
//! An [`Input`] connects to devices (PMUs, or PDCs) and publishes what they measure; an [`Output`] subscribes, and
//! serves what it receives as streams of C37.118. Both run on an engine, as publishers and subscribers do: any number
//! of devices and streams takes no thread of its own.

mod input;
mod output;

pub use input::{DeviceCounters, DeviceId, DeviceInfo, DeviceState, Input, InputHandler};
pub use output::{Output, OutputHandler, StreamId, StreamInfo};
