//! What leaves a session, but for the bytes to send.

use std::sync::Arc;

use uuid::Uuid;

use super::SubscriberError;
use crate::codec::SignalIndexCache;
use crate::session::Severity;
use crate::wire::Command;
use crate::{Measurement, Ticks};

/// A data set whose tables and columns can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Schema {
    /// The publisher's metadata.
    Metadata,
    /// What filter expressions select signals from.
    SignalSelection,
}

impl Schema {
    /// The command that asks for it.
    pub fn command(self) -> Command {
        match self {
            Schema::Metadata => Command::GetPrimaryMetadataSchema,
            Schema::SignalSelection => Command::GetSignalSelectionSchema,
        }
    }

    /// The schema that a command asks for.
    pub(super) fn of_command(command: Command) -> Option<Schema> {
        [Schema::Metadata, Schema::SignalSelection].into_iter().find(|schema| schema.command() == command)
    }
}

/// Something that happened on the connection, in the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Output<'a> {
    /// The signals of the subscription and their rows; from here on `signal_index` of delivered
    /// measurements is a row of this cache.
    SubscriptionUpdated {
        /// Grows by one with each cache of the connection.
        generation: u32,
        /// The signals.
        cache: Arc<SignalIndexCache>,
    },
    /// Measurements of one data packet, never none. They lie in an array that is used again.
    Measurements(&'a [Measurement]),
    /// Metadata as they came: an XML document, perhaps compressed with GZip.
    Metadata(Vec<u8>),
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
    /// After a Subscribe has failed: there is no subscription of before that goes on.
    NotSubscribed,
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
        bytes: Vec<u8>,
    },
    /// A user response.
    UserResponse {
        /// Number of the response, 0 to 15.
        response: u8,
        /// Number of the user command that it answers, 0 to 15; `None` when it answers none.
        command: Option<u8>,
        /// What it carries.
        payload: Vec<u8>,
    },
    /// Tables and columns of a data set as they came: an XML document, perhaps compressed with
    /// GZip.
    Schema(Schema, Vec<u8>),
    /// Something that operators want to know.
    Message(Severity, String),
    /// The connection cannot go on. Nothing follows.
    Ended(SubscriberError),
}
