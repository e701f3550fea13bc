//! User commands, schema requests, and confirmations of notifications.

use super::SubscriberSession;
use super::events::{EventSink, SubscriberEvent};
use super::responses::{text, warn};
use crate::wire::Command;

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

impl SubscriberSession {
    /// Sends user command `command`, 0 to 15.
    pub fn send_user_command(&mut self, command: u8, payload: &[u8]) {
        self.send(Command::User(command), payload);
    }

    /// Asks for the tables and columns of a data set. Many publishers do not answer.
    pub fn request_schema(&mut self, schema: Schema) {
        self.send(schema.command(), &[]);
    }

    pub(super) fn handle_notification(&mut self, payload: &[u8], events: &mut EventSink<'_>) {
        match payload.split_first_chunk::<4>() {
            Some((id, message)) => {
                self.send(Command::ConfirmNotification, id);
                events(SubscriberEvent::Notification(text(message)));
            }
            None => {
                warn(events, format!("ignored a notification of {} bytes: its hash takes 4", payload.len()))
            }
        }
    }
}
