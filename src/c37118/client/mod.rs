//! The client of a device that speaks C37.118, as a state machine without sockets, threads or clocks.
//!
//! What arrived and the time go in, and after each call [`poll`](ClientSession::poll) tells what to send,
//! configurations, data frames and messages, until there is nothing left. The device is told to stop, asked
//! for its configuration, CFG-3 first, and started; a configuration that changes is followed; silence and
//! answers that do not come are dealt with. One session stays over all connections to its device.
//!
//! ```
//! use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
//! use sttp::session::Moment;
//! use sttp::settings::C37118ClientSettings;
//!
//! let settings = C37118ClientSettings::default().id_code(235).stop_first(false);
//! let mut session = ClientSession::new(settings, Channels::Stream);
//! // The TCP connection is there.
//! session.connected(Moment::now());
//! let Some(ClientOutput::Send(command)) = session.poll() else { panic!("it asks for CFG-3") };
//! assert_eq!(command[..6], [0xAA, 0x41, 0, 18, 0, 235]);
//! // Send it; hand what arrives to `session.receive`, and poll again.
//! ```

mod active;
mod configurations;
mod counters;
mod device;
mod ground;
mod output;
mod questions;
#[cfg(test)]
mod tests;
mod timeline;

use std::sync::Arc;
use std::time::Instant;

use super::assembler::FrameAssembler;
use super::configuration::Configuration;
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::C37118ClientSettings;

pub use counters::ClientCounters;
use device::Device;
pub use output::ClientOutput;

/// How a device is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// One stream for everything (TCP).
    Stream,
    /// A stream (TCP) for commands and answers, datagrams (UDP, also multicast) for data.
    StreamAndDatagrams,
    /// Datagrams for everything, by one socket.
    Datagrams,
    /// Datagrams that come without being asked for (also multicast). Nothing is sent; the configuration is
    /// waited for, which devices send every minute.
    SpontaneousDatagrams,
}

/// A client of one device, or one data stream of a concentrator.
///
/// It does not block and has no clock; one thread uses it at a time. What waits for the driver is bounded:
/// data frames that are not taken after many calls are dropped and counted.
#[derive(Debug)]
pub struct ClientSession {
    stream: FrameAssembler,
    datagrams: FrameAssembler,
    device: Device,
}

impl ClientSession {
    /// A session that is not connected.
    pub fn new(settings: C37118ClientSettings, channels: Channels) -> ClientSession {
        ClientSession {
            stream: FrameAssembler::default(),
            datagrams: FrameAssembler::default(),
            device: Device::new(settings, channels),
        }
    }

    /// All channels are there: the stream is connected, the socket for datagrams is open.
    pub fn connected(&mut self, now: Moment) {
        self.stream.restart();
        self.device.connected(now);
    }

    /// The connection is lost, or was closed by the device. The driver is to connect again.
    pub fn disconnected(&mut self) {
        self.stream.restart();
        self.device.disconnected();
    }

    /// The driver is about to close the connection: the device is told to stop sending, if it can be told.
    /// What is to be sent comes from [`poll`](Self::poll); nothing else happens any more until
    /// [`connected`](Self::connected).
    pub fn close(&mut self, now: Moment) {
        self.device.close(now);
    }

    /// Bytes have arrived on the stream; they continue those of the call before.
    pub fn receive(&mut self, bytes: &[u8], now: Moment) {
        if !self.device.is_connected() {
            return;
        }
        self.device.count_bytes(bytes);
        self.stream.receive(bytes, |frame| self.device.take(&frame, now));
        if self.stream.has_begun() {
            self.device.has_part(now);
        }
        if let Some(error) = self.stream.take_unsupported() {
            self.device.tell_error(&error, now);
        }
    }

    /// A datagram has arrived. It may hold several frames.
    pub fn receive_datagram(&mut self, bytes: &[u8], now: Moment) {
        if !self.device.is_connected() {
            return;
        }
        self.device.count_bytes(bytes);
        self.datagrams.receive_datagram(bytes, |frame| self.device.take(&frame, now));
        if let Some(error) = self.datagrams.take_unsupported() {
            self.device.tell_error(&error, now);
        }
    }

    /// The time of [`deadline`](Self::deadline) has come; calls that are too early or too late do no harm.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.device.handle_timeout(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` for never.
    pub fn deadline(&self) -> Option<Instant> {
        self.device.deadline()
    }

    /// The next thing to do or to know, in order.
    pub fn poll(&mut self) -> Option<ClientOutput<'_>> {
        self.device.poll()
    }

    /// Whether data frames have come since the device was connected. Until then, the next attempt to connect
    /// should wait longer than the one before.
    pub fn has_received_data(&self) -> bool {
        self.device.has_received_data()
    }

    /// The configuration that data frames are read by, if there is one.
    pub fn configuration(&self) -> Option<&Arc<Configuration>> {
        self.device.configuration()
    }

    /// What was counted so far.
    pub fn counters(&self) -> ClientCounters {
        let mut counters = self.device.counters();
        for counts in [self.stream.counts(), self.datagrams.counts()] {
            counters.bad_checks += counts.bad_checks;
            counters.skipped_bytes += counts.skipped_bytes;
        }
        counters
    }

    /// Tells operators something in the order of everything else, such as what the driver has noticed.
    pub fn message(&mut self, severity: Severity, text: impl Into<String>, now: Moment) {
        self.device.message(severity, text, now);
    }
}
