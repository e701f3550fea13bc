//! Which part does what a subscriber asks for.

use std::sync::Arc;

use super::PublisherSession;
use super::connection::Unanswered;
use super::events::{ConnectionKey, PublisherEvent};
use super::selection::Selection;
use super::work::{Found, LongAnswer, Question, WorkResult};
use crate::session::Moment;
use crate::session::SubscribeRequest;
use crate::wire::Command;

impl PublisherSession {
    /// Takes in bytes as they arrived on a connection.
    pub fn receive(&mut self, key: ConnectionKey, bytes: &[u8], now: Moment) {
        self.finish_packets();
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.info.counters.bytes_received += bytes.len() as u64;
        self.ground.counts.statistics.bytes_received += bytes.len() as u64;
        self.handle_bytes(key, bytes, now);
    }

    /// Does what the commands want that end in `bytes`, up to one that takes long to answer.
    fn handle_bytes(&mut self, key: ConnectionKey, mut bytes: &[u8], now: Moment) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let mut assembler = connection.inbox.take_assembler();
        while let Some(connection) = self.connections.get_mut(key) {
            if connection.is_closing() {
                return;
            }
            if connection.inbox.keep_for_later(bytes) {
                return connection.inbox.put_back(assembler);
            }
            let limit = connection.command_limit();
            match limit.and_then(|limit| Ok(assembler.next(&mut bytes, limit)?)) {
                Ok(None) => return connection.inbox.put_back(assembler),
                Ok(Some(frame)) => {
                    if let Some((code, payload)) = frame.split_first() {
                        self.handle_command(key, *code, payload, now);
                    }
                }
                Err(reason) => return connection.close(reason, &mut self.ground.outbox),
            }
        }
    }

    fn handle_command(&mut self, key: ConnectionKey, code: u8, payload: &[u8], now: Moment) {
        let PublisherSession { ground, connections, feed } = self;
        let cx = &mut ground.at(now);
        let Some(connection) = connections.get_mut(key) else { return };
        let Some(command) = connection.admit(code, cx) else { return connection.outlet.tell(cx.outbox) };
        match command {
            Command::DefineOperationalModes => connection.define_modes(payload, cx),
            Command::Subscribe => return self.handle_subscribe(key, payload, now),
            Command::Unsubscribe => feed.unsubscribe(connection, cx),
            Command::ConfirmSignalIndexCache => feed.confirm_cache(connection, cx),
            Command::UpdateProcessingInterval => feed.playbacks.change_pace(connection, payload, now.instant),
            Command::MetadataRefresh => connection.answer_metadata_request(payload, cx),
            Command::GetPrimaryMetadataSchema | Command::GetSignalSelectionSchema => {
                connection.answer_schema_request(command, cx);
            }
            Command::RotateCipherKeys => connection.answer_rotation_command(cx),
            Command::ConfirmNotification => {
                connection.notifications.confirm(connection.info.id, payload, cx.outbox);
            }
            Command::ConfirmBufferBlock => {
                connection.confirm_block(payload, cx);
                connection.outlet.tell_channel(cx.outbox);
            }
            Command::ConfirmUpdateCipherKeys => {}
            // With a longer payload it is one implementation's way to publish measurements.
            Command::ConfirmUpdateBaseTimes if payload.len() <= 4 => {}
            // The application answers when it likes.
            Command::User(command) => cx.outbox.event(PublisherEvent::UserCommand {
                connection: connection.info.id,
                command,
                payload: payload.to_vec(),
            }),
            Command::ConfirmUpdateBaseTimes | Command::Connect => {
                connection.outlet.fail(command, &format!("{} is not supported here", command.name()));
            }
        }
        connection.outlet.tell(cx.outbox);
        feed.settle(connections, cx);
    }

    fn handle_subscribe(&mut self, key: ConnectionKey, payload: &[u8], now: Moment) {
        let Some(modes) = self.connections.get(key).and_then(|connection| connection.modes()) else { return };
        match SubscribeRequest::decode(payload, modes.encoding) {
            Ok(request) => self.select_signals(key, Box::new(request), now),
            Err(error) => self.answer_subscribe(key, Err(error.to_string()), now),
        }
    }

    /// Answers a Subscribe, at once or when its signals were selected elsewhere.
    fn select_signals(&mut self, key: ConnectionKey, request: Box<SubscribeRequest>, now: Moment) {
        let cx = &mut self.ground.at(now);
        if cx.catalog.takes_long_to_select(&request.options.filter) {
            let question = Question::Signals(request.options.filter.clone());
            let Some(connection) = self.connections.get_mut(key) else { return };
            return connection.answer_later(question, Some(request), cx);
        }
        let selection = cx.catalog.select(&request.options.filter, now.utc);
        let selected = selection.map(|selection| (request, selection)).map_err(|error| error.to_string());
        self.answer_subscribe(key, selected, now);
    }

    /// Answers a Subscribe whose signals are known, or why it is refused.
    fn answer_subscribe(
        &mut self,
        key: ConnectionKey,
        selected: Result<(Box<SubscribeRequest>, Arc<Selection>), String>,
        now: Moment,
    ) {
        let answer = selected.and_then(|(request, selection)| self.subscribe(key, &request, selection, now));
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        match answer {
            Ok(text) => connection.outlet.succeed(Command::Subscribe, &text),
            Err(text) => {
                cx.outbox.warn(format!("refused the subscription of {}: {text}", connection.info.address));
                connection.outlet.fail(Command::Subscribe, &text);
            }
        }
        connection.outlet.tell(cx.outbox);
    }

    /// Subscribes a connection to these signals. Returns what it gets, in words.
    fn subscribe(
        &mut self,
        key: ConnectionKey,
        request: &SubscribeRequest,
        selection: Arc<Selection>,
        now: Moment,
    ) -> Result<String, String> {
        let PublisherSession { ground, connections, feed } = self;
        let cx = &mut ground.at(now);
        let gone = || "the connection is gone".to_owned();
        let connection = connections.get_mut(key).ok_or_else(gone)?;
        let granted = feed.grant(connection, request, selection, cx)?;
        // The groups that the connection has left go on without it before it joins one.
        feed.settle(connections, cx);
        let connection = connections.get_mut(key).ok_or_else(gone)?;
        Ok(feed.subscribe(connection, granted, &request.options, cx).describe(&request.options))
    }

    /// Goes on with what was done elsewhere. Comes too late if its connection is gone, or wants something
    /// else now, which does not matter.
    pub fn finish_work(&mut self, result: WorkResult, now: Moment) {
        self.finish_packets();
        match result {
            WorkResult::Answer(answer) => self.take_answer(answer, now),
            WorkResult::History(replay, chunk) => {
                let Some(key) = self.feed.playbacks.connection_of(replay) else { return };
                let cx = &mut self.ground.at(now);
                if let Some(connection) = self.connections.get_mut(key) {
                    self.feed.playbacks.supply(connection, chunk, cx);
                    connection.outlet.tell(cx.outbox);
                }
            }
        }
    }

    fn take_answer(&mut self, answer: LongAnswer, now: Moment) {
        let LongAnswer { connection: key, catalog, found } = answer;
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        let Some(Unanswered { subscribe, rest }) = connection.inbox.answered() else { return };
        if connection.is_closing() {
            return;
        }
        match (found, subscribe) {
            (Found::Metadata(Ok(metadata)), _) => connection.send_metadata(metadata, cx.outbox),
            (Found::Metadata(Err(why)), _) => connection.outlet.fail(Command::MetadataRefresh, &why),
            (Found::Signals(_), Some(request)) if !Arc::ptr_eq(&catalog, cx.catalog) => {
                self.select_signals(key, request, now);
            }
            (Found::Signals(selected), Some(request)) => {
                let selected = selected.map(|selection| (request, selection));
                self.answer_subscribe(key, selected, now);
            }
            (Found::Signals(_), None) => {}
        }
        if let Some(connection) = self.connections.get_mut(key) {
            connection.outlet.tell(&mut self.ground.outbox);
        }
        self.handle_bytes(key, &rest, now);
    }
}
