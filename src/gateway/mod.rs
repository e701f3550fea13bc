//! Gateways between STTP and what else there is: IEEE C37.118, and block links.
//!
//! An [`Input`] connects to devices of C37.118 (PMUs, or PDCs) and publishes what they measure; an [`Output`] subscribes,
//! and serves what it receives as streams of C37.118. [`block_link`] has links over which STTP goes where TCP is not to be
//! had. All run on an engine, as publishers and subscribers do: any number of devices, streams and links takes no thread of
//! its own.

pub mod block_link;
mod finder;
mod input;
mod output;
mod owed;

pub use input::{DeviceCounters, DeviceId, DeviceInfo, DeviceState, Input, InputHandler};
pub use output::{Output, OutputHandler, StreamId, StreamInfo};
