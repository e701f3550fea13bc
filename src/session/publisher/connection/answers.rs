//! Answers: metadata, their schema, what the application says to user commands.

use super::Connection;
use crate::rights::AuditSubject;
use crate::session::SubscribeRequest;
use crate::session::publisher::catalog::{FEW_STEPS, WrittenMetadata};
use crate::session::publisher::context::Context;
use crate::session::publisher::limits::answer_steps;
use crate::session::publisher::settings::LimitSettings;
use crate::session::publisher::shares::Cost;
use crate::session::publisher::work::{LongRequest, Question};
use crate::session::{Frame, Severity};
use crate::wire::frame::response_frame;
use crate::wire::messages::decode_metadata_refresh;
use crate::wire::{Command, Response};

/// What subscribers are told whom a setting refuses metadata.
const NO_METADATA: &str = "this publisher gives no metadata";

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
        limits: &LimitSettings,
    ) -> Result<(), Unanswerable> {
        if self.is_closing() {
            return Err(Unanswerable::NoConnection);
        }
        if self.outlet.is_overfull(limits) {
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
    pub(crate) fn announce_configuration_change(&mut self, limits: &LimitSettings) {
        if self.modes().is_some() && !self.outlet.is_overfull(limits) {
            self.outlet.announce(Response::ConfigurationChanged, &[]);
        }
    }

    /// Answers with the tables of the metadata, or of what filters select from, without rows.
    pub(crate) fn answer_schema_request(&mut self, command: Command, cx: &mut Context<'_>) {
        let Some(modes) = self.modes() else { return };
        if !self.may_have_metadata(command, cx) {
            return;
        }
        self.accept(AuditSubject::Metadata, "their schema", cx);
        self.outlet.push(Frame::control(cx.catalog.schema_response(command, modes)));
    }

    /// Answers a request for metadata. If they are to be written elsewhere, that request is returned.
    pub(crate) fn answer_metadata_request(
        &mut self,
        payload: &[u8],
        cx: &mut Context<'_>,
    ) -> Option<LongRequest> {
        let modes = self.modes()?;
        if let Some(why) = self.metadata_refusal(cx) {
            self.refuse_metadata(&why, cx);
            return None;
        }
        if !self.may_have_metadata(Command::MetadataRefresh, cx) {
            return None;
        }
        let filters = decode_metadata_refresh(payload, modes.encoding);
        let (view, now) = (self.view(cx.catalog), cx.now.utc);
        let most = self.allowance(cx.settings);
        let mut allowance = most.at_most(FEW_STEPS);
        let has_room = filters.trim().is_empty() || cx.has_room_for_answers(self.info.address.ip());
        if has_room && !view.takes_long_to_write(&filters, modes, now) {
            let metadata = view.written_metadata(&filters, modes, now, &mut allowance);
            self.charge(allowance.spent(), cx);
            // With all that it may take, what is too much for this thread is done elsewhere.
            let takes_long = metadata.is_err() && allowance.limit() < most.limit();
            if !takes_long {
                self.answer_metadata(metadata.map_err(|error| error.to_string()), cx);
                return None;
            }
        }
        Some(self.ask_elsewhere(Question::Metadata(filters, modes), None, cx))
    }

    /// Why this subscriber gets no metadata.
    fn metadata_refusal(&self, cx: &Context<'_>) -> Option<String> {
        let by_application = self.metadata_refusal.as_deref().or(cx.metadata_refusal);
        let by_setting = (!cx.settings.allow_metadata).then_some(NO_METADATA);
        by_application.or(by_setting).map(str::to_owned)
    }

    fn refuse_metadata(&mut self, why: &str, cx: &mut Context<'_>) {
        let text = format!("refused metadata to {}: {why}", self.info.address);
        cx.outbox.message(Severity::Info, text);
        self.refuse(Command::MetadataRefresh, AuditSubject::Metadata, why, cx);
    }

    /// Answers with metadata, or why there are none.
    pub(crate) fn answer_metadata(
        &mut self,
        metadata: Result<WrittenMetadata, String>,
        cx: &mut Context<'_>,
    ) {
        match metadata {
            Ok(metadata) => self.send_metadata(metadata, cx),
            Err(why) => self.refuse_metadata(&why, cx),
        }
    }

    fn send_metadata(&mut self, metadata: WrittenMetadata, cx: &mut Context<'_>) {
        for ignored in metadata.ignored {
            cx.outbox.warn(format!("ignored a metadata filter of {}: {ignored}", self.info.address));
        }
        if !metadata.is_kept {
            self.charge(answer_steps(metadata.response.len()), cx);
        }
        let bytes = metadata.response.len();
        self.accept(AuditSubject::Metadata, &format!("{bytes} bytes"), cx);
        self.tell_problem(cx);
        self.outlet.push_shared(metadata.response, metadata.is_kept);
    }

    /// A request to be answered elsewhere, for whose answer the connection waits from now on. `subscribe` is
    /// what a Subscribe asks for.
    pub(crate) fn ask_elsewhere(
        &mut self,
        question: Question,
        subscribe: Option<Box<SubscribeRequest>>,
        cx: &Context<'_>,
    ) -> LongRequest {
        self.inbox.wait(subscribe);
        let allowance = self.allowance(cx.settings);
        LongRequest::new(self.key, self.view(cx.catalog), question, cx.now.utc, allowance)
    }

    /// Whether what it asks for is dealt with, as far as it depends on its own: it has read most of what it was answered,
    /// and waits for nothing.
    pub(crate) fn may_ask(&self, cx: &Context<'_>) -> bool {
        let has_room = cx.has_room_for_answers(self.info.address.ip());
        !self.inbox.is_held
            && !self.inbox.is_waiting()
            && !self.outlet.owes_answers(has_room, &cx.settings.limits)
    }

    /// Work was done for this connection.
    pub(crate) fn charge(&mut self, steps: u64, cx: &mut Context<'_>) {
        self.inbox.steps += steps;
        cx.limits.charge(self.info.address.ip(), Cost::Steps(steps), &cx.settings.limits, cx.now.instant);
    }

    /// Counts a command with this code.
    pub(crate) fn count_request(&self, code: u8, cx: &mut Context<'_>) {
        let address = self.info.address.ip();
        cx.limits.charge(address, Cost::Command, &cx.settings.limits, cx.now.instant);
        let cost = match Command::from_code(code) {
            Some(Command::Subscribe) => Cost::Subscribe,
            Some(
                Command::MetadataRefresh
                | Command::GetPrimaryMetadataSchema
                | Command::GetSignalSelectionSchema,
            ) => Cost::MetadataRequest,
            _ => return,
        };
        cx.limits.charge(address, cost, &cx.settings.limits, cx.now.instant);
    }
}
