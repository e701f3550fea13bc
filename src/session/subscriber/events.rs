//! What a subscriber session tells its driver.

use std::sync::Arc;

use uuid::Uuid;

use super::messages::Schema;
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
    /// All historical data of the subscription were sent, or there will be no more, in the publisher's
    /// words, which may be none.
    ProcessingComplete(String),
    /// Text from the publisher's operators.
    Notification(String),
    /// Opaque bytes of a signal.
    BufferBlock {
        /// The signal.
        signal_id: Uuid,
        /// Its row in the cache announced last.
        signal_index: u32,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A user response.
    UserResponse {
        /// Number of the response, 0 to 15.
        response: u8,
        /// Code of the command that it answers.
        command: u8,
        /// What it carries.
        payload: &'a [u8],
    },
    /// Tables and columns of a data set as they came: an XML document, perhaps compressed with
    /// GZip.
    Schema(Schema, &'a [u8]),
    /// Something that operators want to know.
    Message(Severity, String),
}
