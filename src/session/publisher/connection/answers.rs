//! Answers: metadata, their schema, what the application says to user commands.

use super::Connection;
use crate::session::Frame;
use crate::session::SubscribeRequest;
use crate::session::publisher::catalog::WrittenMetadata;
use crate::session::publisher::context::Context;
use crate::session::publisher::output::{Outbox, Output};
use crate::session::publisher::work::{LongRequest, Question, Work};
use crate::wire::frame::response_frame;
use crate::wire::messages::decode_metadata_refresh;
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

impl Connection {
    pub(crate) fn answer_user_command(
        &mut self,
        command: u8,
        answer: UserAnswer<'_>,
    ) -> Result<(), Unanswerable> {
        if self.is_closing() {
            return Err(Unanswerable::NoConnection);
        }
        if self.outlet.unread().is_some() {
            return Err(Unanswerable::QueueFull);
        }
        let command = Command::User(command);
        match answer {
            UserAnswer::Response(number, payload) => {
                let frame = response_frame(Response::User(number), command.code(), payload);
                self.outlet.push(Frame::control(frame));
            }
            UserAnswer::Succeeded(text) => self.outlet.succeed(command, text),
            UserAnswer::Failed(text) => self.outlet.fail(command, text),
        }
        Ok(())
    }

    /// Tells that the configuration has changed, unless the subscriber does not read anyway.
    pub(crate) fn announce_configuration_change(&mut self) {
        if self.modes().is_some() && self.outlet.unread().is_none() {
            self.outlet.announce(Response::ConfigurationChanged, &[]);
        }
    }

    /// Answers with the tables of the metadata, or of what filters select from, without rows.
    pub(crate) fn answer_schema_request(&mut self, command: Command, cx: &Context<'_>) {
        let Some(modes) = self.modes() else { return };
        self.outlet.push(Frame::control(cx.catalog.schema_response(command, modes)));
    }

    /// Answers a request for metadata, at once or when they were written elsewhere.
    pub(crate) fn answer_metadata_request(&mut self, payload: &[u8], cx: &mut Context<'_>) {
        let Some(modes) = self.modes() else { return };
        let filters = decode_metadata_refresh(payload, modes.encoding);
        if cx.catalog.takes_long_to_write(&filters, modes) {
            return self.answer_later(Question::Metadata(filters, modes), None, cx);
        }
        self.send_metadata(cx.catalog.written_metadata(&filters, modes, cx.now.utc), cx.outbox);
    }

    pub(crate) fn send_metadata(&mut self, metadata: WrittenMetadata, outbox: &mut Outbox) {
        for ignored in metadata.ignored {
            outbox.warn(format!("ignored a metadata filter of {}: {ignored}", self.info.address));
        }
        self.outlet.push(Frame::shared(metadata.response));
    }

    /// Has a request answered elsewhere. `subscribe` is what a Subscribe asks for.
    pub(crate) fn answer_later(
        &mut self,
        question: Question,
        subscribe: Option<Box<SubscribeRequest>>,
        cx: &mut Context<'_>,
    ) {
        self.inbox.wait(subscribe);
        let request = LongRequest::new(self.key, cx.catalog, question, cx.now.utc);
        cx.outbox.push(Output::Work(Work::Answer(request)));
    }
}
