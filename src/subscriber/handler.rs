//! What a subscriber tells its application.

use std::sync::Arc;
use std::time::Duration;

use crate::codec::SignalIndexCache;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;
use crate::wire::Command;
use crate::{Measurement, Ticks};

/// Receives what happens, on the thread of the engine. While a method runs, no other connection
/// of that engine is served: return soon.
pub trait SubscriberHandler: Send + 'static {
    /// A connection to `address` is established.
    fn connected(&mut self, _address: &str) {}

    /// The connection has ended: `Ok` when the application asked for it.
    fn disconnected(&mut self, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to connect again follows after `delay`.
    fn reconnecting(&mut self, _attempt: u32, _delay: Duration) {}

    /// Metadata were received.
    fn metadata(&mut self, _metadata: &Arc<Metadata>) {}

    /// From here on, `signal_index` of measurements is a row of `cache`. `generation` grows with
    /// each cache of a connection.
    fn subscription_updated(&mut self, _generation: u32, _cache: &Arc<SignalIndexCache>) {}

    /// The measurements of one data packet.
    fn measurements(&mut self, _measurements: &[Measurement]) {}

    /// Measurements that were missed while the connection was lost, fetched afterwards; never those
    /// that [`measurements`](Self::measurements) gets. Their `signal_index` is a row of the same
    /// cache. They come in the order of their times, while newer ones arrive.
    fn recovered_measurements(&mut self, _measurements: &[Measurement]) {}

    /// Time of the first measurement of the subscription.
    fn data_start_time(&mut self, _time: Ticks) {}

    /// The publisher's metadata have changed; request them and subscribe again as needed.
    fn configuration_changed(&mut self) {}

    /// The publisher refused a request, in its words.
    fn request_failed(&mut self, _request: Command, _text: &str) {}

    /// Something that operators want to know.
    fn message(&mut self, _severity: Severity, _text: &str) {}
}
