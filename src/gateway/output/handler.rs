//! What an output of C37.118 tells its application.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::StreamId;
use crate::c37118::{Command, Configuration};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;

/// Receives what happens, on the thread of the engine, always the same. While a method runs, nothing else of that
/// thread is served: return soon.
pub trait OutputHandler: Send + 'static {
    /// The subscriber is connected to its publisher.
    fn connected(&mut self, _address: &str) {}

    /// The connection to the publisher has ended, or an attempt to make one has failed: `Ok` when the application asked
    /// for it. [`reconnecting`](Self::reconnecting) follows when there is to be another attempt.
    fn disconnected(&mut self, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to connect to the publisher follows after `delay`.
    fn reconnecting(&mut self, _attempt: u32, _delay: Duration) {}

    /// The publisher has told its metadata, of which the streams are made.
    fn metadata(&mut self, _metadata: &Arc<Metadata>) {}

    /// A stream has a configuration from now on, the first one or another.
    fn configuration(&mut self, _stream: StreamId, _configuration: &Arc<Configuration>) {}

    /// A client has connected by TCP.
    fn client_connected(&mut self, _stream: StreamId, _address: SocketAddr) {}

    /// The connection of a client has ended, and why.
    fn client_disconnected(&mut self, _stream: StreamId, _address: SocketAddr, _reason: &str) {}

    /// A client has sent a command that the standard leaves to users, or an extended one.
    fn command(&mut self, _stream: StreamId, _command: &Command) {}

    /// Something that operators want to know; of a stream, or of all.
    fn message(&mut self, _stream: Option<StreamId>, _severity: Severity, _text: &str) {}
}
