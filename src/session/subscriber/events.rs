//! What a subscriber session tells its driver.

use std::sync::Arc;

use crate::codec::SignalIndexCache;
use crate::session::Severity;
use crate::wire::Command;
use crate::{Measurement, Ticks};

/// Receives events while bytes are taken in.
pub type EventSink<'a> = dyn FnMut(SubscriberEvent<'_>) + 'a;

/// Something that happened on the connection.
#[derive(Debug)]
pub enum SubscriberEvent<'a> {
    /// The signals of the subscription and their rows; from here on `signal_index` of delivered
    /// measurements is a row of this cache.
    SubscriptionUpdated {
        /// Grows by one with each cache of the connection.
        generation: u32,
        /// The signals.
        cache: &'a Arc<SignalIndexCache>,
    },
    /// Measurements of one data packet, never none.
    Measurements(&'a [Measurement]),
    /// Metadata as they came: an XML document, perhaps compressed with GZip.
    Metadata(&'a [u8]),
    /// Time of the first measurement of the subscription.
    DataStartTime(Ticks),
    /// The publisher's metadata have changed.
    ConfigurationChanged,
    /// The publisher did what `command` asked.
    Succeeded {
        /// The command that is answered.
        command: Command,
        /// The publisher's words, may be empty.
        text: String,
    },
    /// The publisher refused what `command` asked.
    Failed {
        /// The command that is answered.
        command: Command,
        /// The publisher's words, may be empty.
        text: String,
    },
    /// A temporal subscription has ended.
    ProcessingComplete(String),
    /// Text from the publisher's operators.
    Notification(String),
    /// Something that operators want to know.
    Message(Severity, String),
}
