//! Which part does what a subscriber asks for.

use std::sync::Arc;

use super::PublisherSession;
use super::catalog::{FEW_STEPS, View};
use super::close_reason::CloseReason;
use super::connection::{Connection, Selecting, Unanswered};
use super::events::{ConnectionKey, PublisherEvent};
use super::limits::REQUEST_STEPS;
use super::output::Output;
use super::selection::Selection;
use super::shares::PARTS_OF_SCARCE;
use super::terms::SubscriptionTerms;
use super::timers::Task;
use super::work::{Found, LongAnswer, LongRequest, Question, Work, WorkResult};
use crate::rights::AuditSubject;
use crate::session::Moment;
use crate::session::SubscribeRequest;
use crate::wire::Command;
use crate::wire::frame::FrameError;

/// Confirmations of a connection that are dealt with in one turn.
const CONFIRMATIONS_PER_TURN: usize = 256;
/// Fewer signals than these are announced though there is no room for answers: that takes little memory.
const MANY_SIGNALS: usize = 50;
/// Unfinished commands of that many bytes are what counts when there are too many.
const LARGE_COMMAND: usize = 64 << 10;

impl PublisherSession {
    /// Takes in bytes as they arrived on a connection, and deals with the first command among them. What
    /// follows it is kept for [`serve_commands`](Self::serve_commands).
    pub fn receive(&mut self, key: ConnectionKey, bytes: &[u8], now: Moment) {
        self.finish_packets();
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.info.counters.bytes_received += bytes.len() as u64;
        self.ground.counts.statistics.bytes_received += bytes.len() as u64;
        let address = connection.info.address.ip();
        let is_next = !connection.inbox.has_more()
            && self.ground.limits.has_time_for(address, &self.ground.settings, now.instant)
            && self.may_go_on(key, now);
        let taken = if is_next { self.handle_bytes(key, bytes, now) } else { 0 };
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.inbox.keep(&bytes[taken..]);
        self.attend(key, now);
    }

    /// Takes note of bytes that have arrived on a connection and cannot be told before more do, those of a record of TLS
    /// in part; none when all were told. Their rest has as long to come as that of a command, and they count among the
    /// commands that came in part.
    pub fn note_unfinished(&mut self, key: ConnectionKey, bytes: usize, now: Moment) {
        self.finish_packets();
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.inbox.note_untold(bytes);
        self.attend(key, now);
    }

    /// Deals with one command of each connection that has sent more than was dealt with, as far as they do
    /// not take too long together. True when there are more; call it again when others had their turn.
    pub fn serve_commands(&mut self, now: Moment) -> bool {
        self.finish_packets();
        self.ground.limits.begin_round();
        self.turns.begin_round();
        while !self.ground.limits.is_round_over()
            && let Some(key) = self.turns.next()
        {
            if let Some(connection) = self.connections.get_mut(key) {
                connection.inbox.has_turn = false;
                self.serve(key, now);
            }
        }
        self.turns.end_round();
        self.ground.limits.begin_round();
        self.has_commands()
    }

    /// Commands wait for [`serve_commands`](Self::serve_commands).
    pub fn has_commands(&self) -> bool {
        self.turns.len() > 0
    }

    /// Whether enough has come on a connection that was not dealt with yet. Then nothing is to be read from
    /// its transport before [`Output::Read`]; what is [received](Self::receive) nevertheless is kept.
    pub fn has_enough_to_do(&self, key: ConnectionKey) -> bool {
        self.connections.get(key).is_some_and(|connection| connection.inbox.is_full())
    }

    /// Deals with the next command of a connection.
    pub(super) fn serve(&mut self, key: ConnectionKey, now: Moment) {
        self.select_in_turn(key, now);
        let has_more = |connection: &Connection| connection.inbox.has_more();
        if !self.connections.get(key).is_some_and(has_more) || !self.may_go_on(key, now) {
            return;
        }
        let Some(connection) = self.connections.get_mut(key) else { return };
        let (rest, taken) = connection.inbox.take_rest();
        let used = self.handle_bytes(key, &rest[taken..], now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.inbox.put_back_rest(rest, taken + used) {
            self.ground.outbox.push(Output::Read(key));
        }
        self.attend(key, now);
    }

    /// Evaluates the filter of a connection for the metadata or rights that are new, if that waits for its turn.
    fn select_in_turn(&mut self, key: ConnectionKey, now: Moment) {
        let PublisherSession { ground, connections, feed, .. } = self;
        let cx = &mut ground.at(now);
        let Some(connection) = connections.get_mut(key) else { return };
        if connection.inbox.wants_selection.take_if(|wanted| *wanted == Selecting::InTurn).is_some() {
            feed.select_anew(connection, cx);
            connection.outlet.tell(cx.outbox);
            self.attend(key, now);
        }
    }

    /// Whether a connection may ask for something now. If not, something will happen after which it may: its
    /// answer comes, it reads what waits for it, or its address has its share again.
    fn may_go_on(&mut self, key: ConnectionKey, now: Moment) -> bool {
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return false };
        if connection.is_closing() || !connection.may_ask(cx) {
            return false;
        }
        let address = connection.info.address.ip();
        let overdrawn = cx.limits.totals.shares().overdrawn(address, &cx.settings.limits, now.instant);
        let Some(overdrawn) = overdrawn else { return true };
        if !std::mem::replace(&mut connection.inbox.has_turn, true) {
            cx.timers.set(overdrawn.until, key, Task::ServeCommands);
            let why = format!(
                "from its address comes more than {}, {}, allows lastingly",
                overdrawn.key, overdrawn.per_second
            );
            connection.tell_waiting(&why, cx);
        }
        false
    }

    /// Sees to it that what came on a connection is dealt with, and that it does not keep too much. To be
    /// called whenever something has happened that it may have waited for.
    pub(super) fn attend(&mut self, key: ConnectionKey, now: Moment) {
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.is_closing() {
            return;
        }
        connection.inbox.note_unfinished(now.instant);
        let kept = connection.inbox.arrived();
        let all = cx.limits.totals.count_unfinished(connection.inbox.counted, kept);
        connection.inbox.counted = kept;
        let most = cx.settings.limits.max_unfinished_commands;
        if all > most && kept > LARGE_COMMAND {
            let text = format!(
                "all connections together may leave {most} bytes of commands unfinished (maxUnfinishedCommands), and now \
                 there are {all}; send this one later, or a smaller one"
            );
            connection.refuse(Command::Connect, AuditSubject::OtherCommand, &text, cx);
            return connection.close(CloseReason::Refused(text), cx.outbox);
        }
        if connection.inbox.wants_selection == Some(Selecting::Elsewhere) && !connection.inbox.is_waiting() {
            connection.inbox.wants_selection = None;
            if let Some(filter) =
                connection.live_subscription().map(|subscription| subscription.filter.clone())
            {
                let request = connection.ask_elsewhere(Question::Signals(filter), None, cx);
                self.answer_later(key, request, now);
            }
        }
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        let wants_turn = connection.inbox.wants_selection == Some(Selecting::InTurn)
            || connection.inbox.has_more() && connection.may_ask(cx);
        if wants_turn && !std::mem::replace(&mut connection.inbox.has_turn, true) {
            let address = connection.info.address.ip();
            self.turns.add(key, self.ground.limits.is_light(address, &self.ground.settings, now.instant));
        }
    }

    /// Does what the commands want that end in `bytes`, up to the first that asks for something. Returns how
    /// many bytes were dealt with.
    fn handle_bytes(&mut self, key: ConnectionKey, bytes: &[u8], now: Moment) -> usize {
        let mut rest = bytes;
        let Some(connection) = self.connections.get_mut(key) else { return bytes.len() };
        let mut assembler = connection.inbox.take_assembler();
        let mut confirmations = 0;
        while let Some(connection) = self.connections.get_mut(key) {
            if connection.is_closing() {
                break;
            }
            let limit = connection.command_limit(&self.ground.settings.limits);
            match assembler.next(&mut rest, limit) {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    connection.inbox.command_is_whole();
                    let Some((code, payload)) = frame.split_first() else { continue };
                    self.handle_command(key, *code, payload, now);
                    confirmations += 1;
                    if !is_confirmation(*code) || confirmations >= CONFIRMATIONS_PER_TURN {
                        break;
                    }
                }
                Err(error) => {
                    let reason = match error {
                        FrameError::TooLarge { .. } => {
                            let text = match connection.modes() {
                                Some(_) => format!("{error} (maxCommandSize)"),
                                None => format!("{error} before the operational modes are known"),
                            };
                            let cx = &mut self.ground.at(now);
                            connection.refuse(Command::Connect, AuditSubject::OtherCommand, &text, cx);
                            CloseReason::Refused(text)
                        }
                        error => error.into(),
                    };
                    connection.close(reason, &mut self.ground.outbox);
                    break;
                }
            }
        }
        if let Some(connection) = self.connections.get_mut(key) {
            connection.inbox.put_back(assembler);
        }
        bytes.len() - rest.len()
    }

    /// Work was done for a connection.
    fn charge(&mut self, key: ConnectionKey, steps: u64, now: Moment) {
        let cx = &mut self.ground.at(now);
        if let Some(connection) = self.connections.get_mut(key) {
            connection.charge(steps, cx);
        }
    }

    /// Has long requests worked on, as many as may be.
    pub(super) fn begin_long_requests(&mut self, now: Moment) {
        let PublisherSession { ground, connections, long_requests, .. } = self;
        if long_requests.is_empty() {
            return;
        }
        let cx = ground.at(now);
        let burden = |address, key| {
            let steps = connections.get(key).map_or(0, |connection| connection.inbox.steps);
            (cx.limits.totals.shares().burden(address, &cx.settings.limits, now.instant), steps)
        };
        while let Some(request) = long_requests.next(|address| cx.has_room_for_answers(address), burden) {
            cx.outbox.push(Output::Work(Work::Answer(request)));
        }
    }

    fn handle_command(&mut self, key: ConnectionKey, code: u8, payload: &[u8], now: Moment) {
        let PublisherSession { ground, connections, feed, .. } = self;
        let cx = &mut ground.at(now);
        let Some(connection) = connections.get_mut(key) else { return };
        if !is_confirmation(code) {
            connection.charge(REQUEST_STEPS, cx);
            connection.count_request(code, cx);
        }
        let Some(command) = connection.admit(code, cx) else { return connection.outlet.tell(cx.outbox) };
        match command {
            Command::DefineOperationalModes => connection.define_modes(payload, cx),
            Command::Subscribe => return self.handle_subscribe(key, payload, now),
            Command::Unsubscribe => feed.unsubscribe(connection, cx),
            Command::ConfirmSignalIndexCache => feed.confirm_cache(connection, cx),
            Command::UpdateProcessingInterval => feed.playbacks.change_pace(connection, payload, cx),
            Command::MetadataRefresh => {
                if let Some(request) = connection.answer_metadata_request(payload, cx) {
                    return self.answer_later(key, request, now);
                }
            }
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
            Command::User(command) => {
                if connection.may_send_user_command(command, cx) {
                    cx.outbox.event(PublisherEvent::UserCommand {
                        connection: connection.info.id,
                        command,
                        payload: payload.to_vec(),
                    });
                }
            }
            Command::ConfirmUpdateBaseTimes | Command::Connect => {
                let text = format!("{} is not supported here", command.name());
                connection.refuse(command, AuditSubject::OtherCommand, &text, cx);
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
        let Some(connection) = self.connections.get(key) else { return };
        let view = connection.view(cx.catalog);
        let most = connection.allowance(cx.settings);
        let mut allowance = most.at_most(FEW_STEPS);
        let filter = &request.options.filter;
        let selection = match view.takes_long_to_select(filter) {
            true => None,
            false => Some(view.select(filter, now.utc, &mut allowance)),
        };
        let takes_long = allowance.is_exhausted() && allowance.limit() < most.limit();
        let Some(selection) = selection.filter(|_| !takes_long) else {
            let Some(connection) = self.connections.get_mut(key) else { return };
            let question = Question::Signals(filter.clone());
            let request = connection.ask_elsewhere(question, Some(request), cx);
            return self.answer_later(key, request, now);
        };
        self.charge(key, allowance.spent(), now);
        let selected = selection.map(|selection| (request, selection)).map_err(|error| error.to_string());
        self.answer_subscribe(key, selected, now);
    }

    fn answer_later(&mut self, key: ConnectionKey, request: LongRequest, now: Moment) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let cx = &mut self.ground.at(now);
        let address = connection.info.address.ip();
        if request.makes_large_answer() && !cx.has_room_for_answers(address) {
            let (waiting, most) = (cx.limits.totals.answers.bytes(), cx.settings.limits.max_waiting_answers);
            let share = match waiting < most {
                true => format!("; an address has one part of {PARTS_OF_SCARCE} once half is taken"),
                false => String::new(),
            };
            let why = format!(
                "{waiting} bytes of answers are not sent yet, and maxWaitingAnswers allows {most}{share}"
            );
            connection.tell_waiting(&why, cx);
        }
        self.long_requests.add(address, request);
        self.begin_long_requests(now);
    }

    /// Answers a Subscribe whose signals are known, or why it is refused.
    fn answer_subscribe(
        &mut self,
        key: ConnectionKey,
        selected: Result<(Box<SubscribeRequest>, Arc<Selection>), String>,
        now: Moment,
    ) {
        let selected = match selected {
            Ok((request, selection)) if !self.has_room_for(key, &selection, now) => {
                let cx = &mut self.ground.at(now);
                let Some(connection) = self.connections.get_mut(key) else { return };
                let question = Question::Signals(request.options.filter.clone());
                let request = connection.ask_elsewhere(question, Some(request), cx).with_large_answer();
                return self.answer_later(key, request, now);
            }
            selected => selected,
        };
        let steps = selected.as_ref().map_or(0, |(_, selection)| selection.steps());
        self.charge(key, steps, now);
        let is_historical = selected.as_ref().is_ok_and(|(request, _)| request.options.start_time.is_some());
        let subject = if is_historical { AuditSubject::HistoricalData } else { AuditSubject::Subscription };
        let answer = selected.and_then(|(request, selection)| self.subscribe(key, &request, selection, now));
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        match answer {
            Ok(text) => {
                connection.accept(subject, &text, cx);
                connection.tell_problem(cx);
                connection.outlet.succeed(Command::Subscribe, &text);
            }
            Err(text) => {
                cx.outbox.warn(format!("refused the subscription of {}: {text}", connection.info.address));
                connection.refuse(Command::Subscribe, subject, &text, cx);
            }
        }
        connection.outlet.tell(cx.outbox);
        // Where caches are not confirmed, measurements flow already.
        self.feed.welcome(&mut self.connections, cx);
    }

    /// Whether signals may be announced to a connection now: not if that takes much memory and answers have all that
    /// they may have.
    fn has_room_for(&mut self, key: ConnectionKey, selection: &Selection, now: Moment) -> bool {
        let address = self.connections.get(key).map(|connection| connection.info.address.ip());
        selection.signal_count() < MANY_SIGNALS
            || selection.is_being_announced()
            || address.is_none_or(|address| self.ground.at(now).has_room_for_answers(address))
    }

    /// Subscribes a connection to these signals. Returns what it gets, in words.
    fn subscribe(
        &mut self,
        key: ConnectionKey,
        request: &SubscribeRequest,
        selection: Arc<Selection>,
        now: Moment,
    ) -> Result<String, String> {
        let PublisherSession { ground, connections, feed, .. } = self;
        let cx = &mut ground.at(now);
        let gone = || "the connection is gone".to_owned();
        let connection = connections.get_mut(key).ok_or_else(gone)?;
        let granted = feed.grant(connection, request, selection, cx)?;
        // The groups that the connection has left go on without it before it joins one.
        feed.settle(connections, cx);
        let connection = connections.get_mut(key).ok_or_else(gone)?;
        let address = connection.info.address;
        let timeout = connection.blocks.timeout_or(cx.settings.buffer_block_timeout);
        let terms = Arc::new(SubscriptionTerms::new(request, &granted, address, timeout));
        connection.info.assembly = terms.asked_for.assembly.clone();
        // Measurements may flow at once.
        connection.info.terms = Some(terms);
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
        let LongAnswer { connection: key, view, found, steps } = answer;
        self.long_requests.answered(key);
        self.charge(key, steps, now);
        self.answer_now(key, &view, found, now);
        self.begin_long_requests(now);
        self.attend(key, now);
    }

    /// Answers a long request with what was found.
    fn answer_now(&mut self, key: ConnectionKey, view: &View, found: Found, now: Moment) {
        let cx = &mut self.ground.at(now);
        let Some(connection) = self.connections.get_mut(key) else { return };
        let Some(Unanswered { subscribe }) = connection.inbox.answered() else { return };
        if connection.is_closing() {
            return;
        }
        let has_rights = view.has_rights_of(&connection.view(cx.catalog));
        let is_current = has_rights && view.is_of(cx.catalog);
        match (found, subscribe) {
            (Found::Metadata(Ok(_)), _) if !has_rights => {
                let text = "what the subscriber may have has changed meanwhile; ask again";
                connection.refuse(Command::MetadataRefresh, AuditSubject::Metadata, text, cx);
            }
            (Found::Metadata(metadata), _) => connection.answer_metadata(metadata, cx),
            (Found::Signals(_), Some(request)) if !is_current => {
                self.select_signals(key, request, now);
            }
            (Found::Signals(selected), Some(request)) => {
                let selected = selected.map(|selection| (request, selection));
                self.answer_subscribe(key, selected, now);
            }
            // The filter of a subscription, evaluated with other metadata.
            (Found::Signals(_), None) if !is_current => {
                connection.inbox.wants_selection = Some(Selecting::Elsewhere);
            }
            (Found::Signals(selected), None) => self.feed.use_selection(connection, selected, cx),
        }
        if let Some(connection) = self.connections.get_mut(key) {
            connection.outlet.tell(&mut self.ground.outbox);
        }
    }
}

/// Whether a code is that of a command which only says that something has arrived.
fn is_confirmation(code: u8) -> bool {
    matches!(
        Command::from_code(code),
        Some(
            Command::ConfirmNotification
                | Command::ConfirmBufferBlock
                | Command::ConfirmUpdateBaseTimes
                | Command::ConfirmUpdateCipherKeys
        )
    )
}
