//! What a subscriber tells its application.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::codec::SignalIndexCache;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;
use crate::session::subscriber::Schema;
use crate::wire::Command;
use crate::{Measurement, Ticks};

/// Receives what happens, on the thread of the engine, or on one of several, always the same. While
/// a method runs, no other connection of that thread is served: return soon.
pub trait SubscriberHandler: Send + 'static {
    /// A connection to `address` is established.
    fn connected(&mut self, _address: &str) {}

    /// The connection has ended, or an attempt to make one has failed: `Ok` when the application asked for it.
    /// [`reconnecting`](Self::reconnecting) follows when there is to be another attempt.
    fn disconnected(&mut self, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to connect again follows after `delay`.
    fn reconnecting(&mut self, _attempt: u32, _delay: Duration) {}

    /// The document of metadata as it came, but not compressed, before [`metadata`](Self::metadata) is told;
    /// also one that cannot be used. Empty from a publisher that has none.
    fn metadata_document(&mut self, _xml: &[u8]) {}

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

    /// The historical data that were subscribed have ended, in the publisher's words, which may be
    /// none. The subscription is over; the connection stays. With a read queue, measurements may
    /// still wait there.
    fn processing_complete(&mut self, _text: &str) {}

    /// The publisher's metadata have changed; request them and subscribe again as needed.
    fn configuration_changed(&mut self) {}

    /// Opaque bytes of a signal. `signal_index` is a row of the cache told last. With a read queue
    /// they come here all the same, ahead of measurements that wait there.
    fn buffer_block(&mut self, _signal_id: &Uuid, _signal_index: u32, _bytes: &[u8]) {}

    /// Text from the publisher's operators; it is also a message.
    fn notification(&mut self, _text: &str) {}

    /// User response `response`, 0 to 15, to user command `command`, 0 to 15; `None` when it answers none.
    fn user_response(&mut self, _response: u8, _command: Option<u8>, _payload: &[u8]) {}

    /// Tables and columns that were asked for, without rows.
    fn schema(&mut self, _schema: Schema, _tables: &Arc<Metadata>) {}

    /// The publisher did what was requested, in its words, which may be none.
    fn request_succeeded(&mut self, _request: Command, _text: &str) {}

    /// The publisher refused a request, in its words; or it was not sent, because the connection ended before.
    fn request_failed(&mut self, _request: Command, _text: &str) {}

    /// Something that operators want to know.
    fn message(&mut self, _severity: Severity, _text: &str) {}
}
