//! User commands and their answers, changes of the configuration, schema requests.

use super::events::ConnectionId;
use super::{PublisherSession, mark_changed};
use crate::session::Frame;
use crate::wire::frame::response_frame;
use crate::wire::{Command, Response};

/// An answer to a user command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserAnswer<'a> {
    /// User response of this number, 0 to 15, and its payload.
    Response(u8, &'a [u8]),
    /// The command succeeded, in these words.
    Succeeded(&'a str),
    /// The command failed, in these words.
    Failed(&'a str),
}

/// Why an answer was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswerable {
    /// There is no such connection, or it is about to end.
    NoConnection,
    /// The subscriber has not taken earlier answers yet.
    QueueFull,
}

impl PublisherSession {
    /// Answers user command `command`, 0 to 15, of a subscriber.
    pub fn answer_user_command(
        &mut self,
        id: ConnectionId,
        command: u8,
        answer: UserAnswer<'_>,
    ) -> Result<(), Unanswerable> {
        let connection = self.connections.get_mut(&id).filter(|connection| connection.closing.is_none());
        let connection = connection.ok_or(Unanswerable::NoConnection)?;
        if connection.unread().is_some() {
            return Err(Unanswerable::QueueFull);
        }
        let command = Command::User(command);
        match answer {
            UserAnswer::Response(number, payload) => {
                let frame = response_frame(Response::User(number), command.code(), payload);
                connection.push(Frame::control(frame));
            }
            UserAnswer::Succeeded(text) => connection.succeed(command, text),
            UserAnswer::Failed(text) => connection.fail(command, text),
        }
        mark_changed(connection, &mut self.changed);
        Ok(())
    }

    /// Tells all subscribers that the configuration has changed, so that they request metadata
    /// again. [`set_catalog`](Self::set_catalog) does so by itself.
    pub fn announce_configuration_change(&mut self) {
        for connection in self.connections.values_mut() {
            if connection.modes.is_some() && connection.closing.is_none() && connection.unread().is_none() {
                connection.announce(Response::ConfigurationChanged, &[]);
                mark_changed(connection, &mut self.changed);
            }
        }
    }

    /// Answers with the tables of the metadata, or of what filters select from, without rows.
    pub(super) fn handle_schema_request(&mut self, id: ConnectionId, command: Command) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(modes) = connection.modes else { return };
        connection.push(Frame::control(self.catalog.schema_response(command, modes)));
    }
}
