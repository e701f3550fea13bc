//! What a link tells its application.

use std::sync::Arc;
use std::time::Duration;

use crate::Measurement;
use crate::block_link::negotiation::Agreement;
use crate::block_link::subscription::Status;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;

/// Receives what happens, on the thread of the engine, always the same. While a method runs, nothing else of that
/// thread is served: return soon.
pub trait LinkHandler: Send + 'static {
    /// The link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.
    fn opened(&mut self, _address: &str) {}

    /// Both sides have agreed how they talk; on one-way links, who sends has said so. It may come again at any time.
    fn agreed(&mut self, _agreement: &Agreement) {}

    /// The link has ended, or could not be opened: `Ok` when the application asked for it, or a file was read to its end.
    /// [`reopening`](Self::reopening) follows when it is to be opened again.
    fn closed(&mut self, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to open the link follows after `delay`.
    fn reopening(&mut self, _attempt: u32, _delay: Duration) {}

    /// The other side has told its metadata, the first ones or others.
    fn metadata(&mut self, _metadata: &Arc<Metadata>) {}

    /// Measurements have come. Their `signal_index` means nothing here.
    fn measurements(&mut self, _measurements: &[Measurement]) {}

    /// The configuration frames of a stream of C37.118, one behind the other, as its device has sent them.
    fn configuration(&mut self, _id_code: u16, _frames: &[u8]) {}

    /// A data frame of C37.118, as its device has sent it.
    fn frame(&mut self, _bytes: &[u8]) {}

    /// The other side has subscribed, with a filter, and gets so many signals. Without a filter it wants nothing any more.
    fn subscribed(&mut self, _filter: Option<&str>, _signals: usize) {}

    /// The other side has answered a subscription: whether it is accepted, for how many signals, and a text for people.
    fn answered(&mut self, _status: Status, _signals: u32, _text: &str) {}

    /// Something that operators want to know.
    fn message(&mut self, _severity: Severity, _text: &str) {}
}
