//! What the publisher does with each command.

use std::sync::Arc;

use super::connection::Connection;
use super::data_channels::carriage;
use super::events::{ConnectionId, PublisherEvent};
use super::exchange::{CacheExchange, Offer};
use super::long_requests::Question;
use super::selection::Selection;
use super::subscription::Subscription;
use super::{CloseReason, MAX_COMMAND, MAX_FIRST_COMMAND, PublisherSession};
use crate::session::{GREETING, Moment, Severity};
use crate::wire::messages::decode_metadata_refresh;
use crate::wire::modes::ModesError;
use crate::wire::{Command, OperationalModes, Response, SubscribeRequest, SubscriptionOptions};

/// Characters kept of how a subscriber names itself.
const MAX_IDENTITY: usize = 256;

impl PublisherSession {
    /// Takes in bytes as they arrived on a connection. After an error the connection must be
    /// closed.
    pub fn receive(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> Result<(), CloseReason> {
        self.statistics.bytes_received += bytes.len() as u64;
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        connection.info.bytes_received += bytes.len() as u64;
        self.handle_bytes(id, bytes, now, events)
    }

    /// Does what the commands want that end in `bytes`, up to one that takes long to answer.
    pub(super) fn handle_bytes(
        &mut self,
        id: ConnectionId,
        mut bytes: &[u8],
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> Result<(), CloseReason> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        let mut assembler = std::mem::take(&mut connection.assembler);
        loop {
            let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
            if connection.closing.is_some() {
                return Ok(());
            }
            if connection.keep_for_later(bytes) {
                connection.assembler = assembler;
                return Ok(());
            }
            if let Some(reason) = connection.unread() {
                return Err(reason);
            }
            let limit = if connection.modes.is_some() { MAX_COMMAND } else { MAX_FIRST_COMMAND };
            let Some(frame) = assembler.next(&mut bytes, limit)? else {
                connection.assembler = assembler;
                return Ok(());
            };
            if let Some((code, payload)) = frame.split_first() {
                self.handle_command(id, *code, payload, now, events);
                if let Some(connection) = self.connections.get_mut(&id) {
                    super::mark_changed(connection, &mut self.changed);
                }
            }
        }
    }

    fn handle_command(
        &mut self,
        id: ConnectionId,
        code: u8,
        payload: &[u8],
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let command = Command::from_code(code);
        if connection.modes.is_none() && command != Some(Command::DefineOperationalModes) {
            let text = match Response::from_code(code) {
                Some(_) => other_publisher(connection.info.outgoing).to_owned(),
                None => {
                    format!("command {code:#04x} came before DefineOperationalModes, which must be the first")
                }
            };
            connection.respond(Response::Failed, code, &text);
            connection.closing = Some(CloseReason::Refused(text));
            return;
        }
        let Some(command) = command else {
            connection.respond(Response::Failed, code, &format!("STTP has no command {code:#04x}"));
            return;
        };
        match command {
            Command::DefineOperationalModes => define_modes(connection, payload, events),
            Command::Subscribe => self.handle_subscribe(id, payload, now, events),
            Command::Unsubscribe => self.handle_unsubscribe(id, now, events),
            Command::MetadataRefresh => self.handle_metadata_refresh(id, payload, now, events),
            Command::RotateCipherKeys => self.handle_rotation_command(id, now),
            Command::ConfirmSignalIndexCache => self.handle_cache_confirmation(id, now, events),
            Command::ConfirmNotification => self.handle_notification_confirmation(id, payload),
            Command::ConfirmBufferBlock => self.handle_block_confirmation(id, payload, now.instant),
            Command::ConfirmUpdateCipherKeys => {}
            // With a longer payload it is one implementation's way to publish measurements.
            Command::ConfirmUpdateBaseTimes if payload.len() <= 4 => {}
            Command::UpdateProcessingInterval => self.handle_processing_interval(id, payload, now),
            Command::GetPrimaryMetadataSchema | Command::GetSignalSelectionSchema => {
                self.handle_schema_request(id, command)
            }
            // The application answers when it likes.
            Command::User(command) => events.push(PublisherEvent::UserCommand {
                connection: id,
                command,
                payload: payload.to_vec(),
            }),
            Command::ConfirmUpdateBaseTimes | Command::Connect => {
                connection.fail(command, &format!("{} is not supported here", command.name()))
            }
        }
    }

    fn handle_subscribe(
        &mut self,
        id: ConnectionId,
        payload: &[u8],
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        let Some(modes) = self.connections.get(&id).and_then(|connection| connection.modes) else { return };
        match SubscribeRequest::decode(payload, modes.encoding) {
            Ok(SubscribeRequest { options }) => self.select_signals(id, Box::new(options), now, events),
            Err(error) => self.refuse_subscription(id, &error.to_string(), events),
        }
    }

    /// Answers a Subscribe, at once or when its signals were selected on another thread.
    pub(super) fn select_signals(
        &mut self,
        id: ConnectionId,
        options: Box<SubscriptionOptions>,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        if self.catalog.takes_long_to_select(&options.filter) {
            let question = Question::Signals(options.filter.clone());
            return self.answer_later(id, question, Some(options), now.utc);
        }
        let selection = self.catalog.select(&options.filter, now.utc);
        let selected = selection.map(|selection| (options, selection)).map_err(|error| error.to_string());
        self.answer_subscribe(id, selected, now, events);
    }

    /// Answers a Subscribe whose signals are known, or why it is refused.
    pub(super) fn answer_subscribe(
        &mut self,
        id: ConnectionId,
        selected: Result<(Box<SubscriptionOptions>, Arc<Selection>), String>,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(modes) = connection.modes else { return };
        let subscription = selected.and_then(|(options, selection)| {
            // Historical data are not lost on their way, so they do not go by UDP.
            let channel = options.data_channel.filter(|_| options.start_time.is_none());
            let carriage = carriage(channel, connection, &self.settings)?;
            let window = self.replays.window(&options, now.utc)?;
            connection.info.identity = identity(&options);
            connection.blocks.set_timeout(options.buffer_block_timeout);
            let subscription = Subscription::new(&options, modes, &self.settings, selection, carriage);
            Ok((options, subscription.in_window(window)))
        });
        match subscription {
            Ok((options, subscription)) => {
                if let Err(text) = self.begin_encryption(id, &subscription.carriage, now) {
                    return self.refuse_subscription(id, &text, events);
                }
                let used = self.use_subscription_or_group(id, subscription, &options, now, events);
                let description = match used {
                    Ok(used) => used.describe(&options),
                    Err(text) => return self.refuse_subscription(id, &text, events),
                };
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.succeed(Command::Subscribe, &description);
                }
            }
            Err(text) => self.refuse_subscription(id, &text, events),
        }
    }

    /// Uses a subscription of its own, or that of the multicast group which is asked for. Returns
    /// which it is.
    fn use_subscription_or_group(
        &mut self,
        id: ConnectionId,
        subscription: Subscription,
        options: &SubscriptionOptions,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> Result<Arc<Subscription>, String> {
        if let Some(group) = subscription.carriage.group {
            return self.join_group(id, group, subscription, now, events);
        }
        if self.connections.get(&id).is_some_and(|connection| connection.group.is_some()) {
            self.drop_subscription(id, now, events);
        }
        let subscription = Arc::new(subscription);
        self.replace_replay(id, &subscription, options, now);
        self.use_subscription(id, subscription.clone(), now, events);
        Ok(subscription)
    }

    fn refuse_subscription(&mut self, id: ConnectionId, text: &str, events: &mut Vec<PublisherEvent>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let message = format!("refused the subscription of {}: {text}", connection.info.address);
        events.push(PublisherEvent::Message(Severity::Warning, message));
        connection.fail(Command::Subscribe, text);
    }

    /// Sends the cache of a new subscription. Measurements follow once it is confirmed, at once
    /// for subscribers that never confirm.
    pub(super) fn use_subscription(
        &mut self,
        id: ConnectionId,
        subscription: Arc<Subscription>,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(modes) = connection.modes else { return };
        if modes.version.confirms_caches() {
            match connection.exchange.offer(subscription, now.instant) {
                Some(offer) => connection.send_cache(&offer),
                None => self.watch_held_offer(id),
            }
        } else {
            connection.exchange.install(subscription.clone());
            connection.send_cache(&Offer { slot: 0, subscription: subscription.clone() });
            self.start_measurements(id, &subscription, events);
        }
    }

    pub(super) fn start_measurements(
        &mut self,
        id: ConnectionId,
        subscription: &Arc<Subscription>,
        events: &mut Vec<PublisherEvent>,
    ) {
        self.finish_packets();
        self.leave_stream(id);
        match subscription.window {
            None => self.join_stream(id, subscription),
            Some(_) if self.start_replay(id, subscription) => {}
            // It was ended before its signals were confirmed.
            Some(_) => return,
        }
        let carriage = subscription.carriage;
        self.use_channel(id, carriage.channel.filter(|_| carriage.group.is_none()));
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.start(subscription);
            events.push(PublisherEvent::Subscribed(connection.current_info().clone()));
        }
    }

    fn handle_cache_confirmation(&mut self, id: ConnectionId, now: Moment, events: &mut Vec<PublisherEvent>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if !connection.modes.is_some_and(|modes| modes.version.confirms_caches()) {
            return;
        }
        if self.handle_group_confirmation(id, now, events) {
            return;
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        // A confirmation that nobody asked for is harmless.
        let Some(confirmed) = connection.exchange.confirm(now.instant) else { return };
        if let Some(next) = confirmed.next {
            connection.send_cache(&next);
        }
        self.watch_held_offer(id);
        if let Some(subscription) = confirmed.current {
            self.start_measurements(id, &subscription, events);
        }
    }

    fn handle_unsubscribe(&mut self, id: ConnectionId, now: Moment, events: &mut Vec<PublisherEvent>) {
        self.cancel_replay(id, "the subscriber has unsubscribed");
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.succeed(Command::Unsubscribe, "Client unsubscribed.");
        }
        self.drop_subscription(id, now, events);
    }

    pub(super) fn drop_subscription(
        &mut self,
        id: ConnectionId,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        self.leave_stream(id);
        self.use_channel(id, None);
        self.leave_group(id, now, events);
        self.cancel_replay(id, "the subscription is over");
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.exchange.clear(now.instant);
        if connection.info.subscribed {
            connection.stop();
            events.push(PublisherEvent::Unsubscribed(connection.current_info().clone()));
        }
    }

    fn handle_metadata_refresh(
        &mut self,
        id: ConnectionId,
        payload: &[u8],
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(modes) = connection.modes else { return };
        let filters = decode_metadata_refresh(payload, modes.encoding);
        if self.catalog.takes_long_to_write(&filters, modes) {
            let question = Question::Metadata(filters, modes);
            return self.answer_later(id, question, None, now.utc);
        }
        connection.send_metadata(self.catalog.written_metadata(&filters, modes, now.utc), events);
    }
}

fn define_modes(connection: &mut Connection, payload: &[u8], events: &mut Vec<PublisherEvent>) {
    let command = Command::DefineOperationalModes;
    if connection.exchange.newest().is_some() || connection.group.is_some() {
        connection.fail(command, "operational modes cannot change while subscribed; unsubscribe first");
        return;
    }
    match OperationalModes::decode(payload) {
        Ok(modes) => {
            let first = connection.modes.replace(modes).is_none();
            // A confirmation that is still to come must not count in the new version.
            connection.exchange = CacheExchange::default();
            connection.info.version = Some(modes.version);
            let text = format!(
                "{GREETING}{}: STTP version {} accepted",
                env!("CARGO_PKG_VERSION"),
                modes.version as u32
            );
            connection.succeed(command, &text);
            connection.send_waiting_notifications();
            if first {
                events.push(PublisherEvent::Connected(connection.current_info().clone()));
            }
        }
        Err(error) => {
            connection.fail(command, &error.to_string());
            if !matches!(error, ModesError::Truncated(_)) {
                connection.closing = Some(CloseReason::Refused(error.to_string()));
            }
        }
    }
}

/// What to tell operators when a response came where a command should have.
fn other_publisher(outgoing: bool) -> &'static str {
    match outgoing {
        true => {
            "a publisher is there, not a subscriber; connect to a subscriber that listens, or listen for one that \
             connects"
        }
        false => {
            "a publisher has connected to this publisher; let it connect to a subscriber that listens, or listen for \
             one that connects"
        }
    }
}

/// Program and version as the subscriber names itself, cut after as much as anyone reads.
fn identity(options: &SubscriptionOptions) -> String {
    let assembly = &options.assembly;
    let identity = format!("{} {}", assembly.source, assembly.version);
    identity.trim().chars().take(MAX_IDENTITY).collect()
}
