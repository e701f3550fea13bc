//! What a publisher tells its application.

use crate::error::Error;
use crate::session::Severity;
use crate::session::publisher::ConnectionInfo;

/// Receives what happens, on the thread of the engine. While a method runs, no connection of that
/// engine is served: return soon.
pub trait PublisherHandler: Send + 'static {
    /// A subscriber has connected and told its operational modes.
    fn connected(&mut self, _connection: &ConnectionInfo) {}

    /// A connection has ended: `Ok` when the application or the subscriber wanted it.
    fn disconnected(&mut self, _connection: &ConnectionInfo, _reason: Result<(), &Error>) {}

    /// Measurements flow to a subscriber from now on: it has confirmed its signals.
    fn subscribed(&mut self, _connection: &ConnectionInfo) {}

    /// A subscriber has ended its subscription and stays connected.
    fn unsubscribed(&mut self, _connection: &ConnectionInfo) {}

    /// Something that operators want to know.
    fn message(&mut self, _severity: Severity, _text: &str) {}
}
