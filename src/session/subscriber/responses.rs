//! The parts of a session, and which of them each response concerns.

use std::time::Instant;

use super::SubscriberError;
use super::account::DatagramAccount;
use super::agreed::AgreedModes;
use super::blocks::{self, BufferBlocks};
use super::caches::{Caches, Naming};
use super::counters::SubscriberCounters;
use super::data::{self, Data, Way};
use super::early::EarlyDatagrams;
use super::ground::Ground;
use super::handshake::Handshake;
use super::keys::{BLOCK_ENCRYPTED_FROM, Keys, PACKET_ENCRYPTED_FROM};
use super::outbox::Outbox;
use super::output::{Output, Schema};
use super::questions::{Asker, Document, Questions};
use super::settings::SessionSettings;
use super::subscription::Subscription;
use crate::codec::gzip;
use crate::session::SubscribeRequest;
use crate::wire::frame::{RawResponse, copied};
use crate::wire::messages::{
    Account, BaseTimes, DataPacketFlags, MAX_STATUS_TEXT, decode_data_start_time, decode_status_text,
    encode_processing_interval,
};
use crate::wire::text::printable;
use crate::wire::{Command, Response, TextEncoding};

/// Everything of a session but the cutting of frames.
pub(super) struct Parts {
    pub(super) settings: SessionSettings,
    pub(super) outbox: Outbox,
    pub(super) counts: SubscriberCounters,
    pub(super) handshake: Handshake,
    pub(super) agreed: AgreedModes,
    pub(super) questions: Questions,
    pub(super) subscription: Subscription,
    pub(super) caches: Caches,
    pub(super) keys: Keys,
    pub(super) data: Data,
    early: EarlyDatagrams,
    pub(super) blocks: BufferBlocks,
    pub(super) account: DatagramAccount,
    /// Measurements that the publisher says it has dropped.
    dropped_by_publisher: u64,
}

impl Parts {
    pub(super) fn new(settings: SessionSettings, now: Instant) -> Parts {
        let mut outbox = Outbox::default();
        Parts {
            handshake: Handshake::begin(&settings, &mut outbox, now),
            agreed: AgreedModes::new(&settings),
            settings,
            outbox,
            counts: SubscriberCounters::default(),
            questions: Questions::new(now),
            subscription: Subscription::default(),
            caches: Caches::default(),
            keys: Keys::default(),
            data: Data::default(),
            early: EarlyDatagrams::default(),
            blocks: BufferBlocks::default(),
            account: DatagramAccount::default(),
            dropped_by_publisher: 0,
        }
    }

    /// The connection cannot go on.
    pub(super) fn end(&mut self, error: SubscriberError) {
        self.handshake.end();
        self.outbox.tell(Output::Ended(error));
    }

    pub(super) fn is_ended(&self) -> bool {
        self.handshake.is_ended()
    }

    /// How data packets tell which cache they refer to.
    fn naming(&self) -> Naming {
        // There is only one slot to name, which an earlier datagram to the same port means as well.
        let is_ambiguous = !self.settings.version.confirms_caches() && self.subscription.reuses_channel();
        match self.caches.slots.publisher_names_slots() {
            true => Naming::Slots,
            false if is_ambiguous => Naming::None,
            false => self.handshake.naming(self.settings.version),
        }
    }

    /// Asks for measurements, as soon as may be.
    pub(super) fn subscribe(&mut self, request: SubscribeRequest) {
        self.subscription.wait(request);
        self.subscribe_if_possible();
    }

    /// Asks for what waits to be asked for, unless the publisher might then not tell whose measurements it sends.
    fn subscribe_if_possible(&mut self) {
        let orderly = self.handshake.is_orderly() || self.caches.slots.publisher_names_slots();
        let is_unanswered = self.subscription.is_unanswered() && self.questions.awaits_subscribe();
        if !orderly && (is_unanswered || !self.caches.unnamed.is_settled()) {
            return self.caches.unnamed.hurry();
        }
        let Some(request) = self.subscription.take_waiting() else { return };
        let payload = match request.encode(TextEncoding::Utf8) {
            Ok(payload) => payload,
            Err(error) => {
                let (command, text) = (Command::Subscribe, error.to_string());
                return self.outbox.tell(Output::Failed { command, text });
            }
        };
        if self.subscription.has_other_layout(&request.options) {
            self.unsubscribe();
        }
        // They came for the subscription before, whose answer nobody awaits any more.
        drop(self.early.take());
        if self.subscription.data_channel() != request.data_channel {
            self.account = DatagramAccount::of(request.data_channel);
        }
        let next_generation = self.caches.slots.newest_generation() + 1;
        self.subscription.replace(request, next_generation);
        self.questions.subscribed();
        self.outbox.send(Command::Subscribe, &payload);
    }

    pub(super) fn unsubscribe(&mut self) {
        self.subscription.end();
        self.account = DatagramAccount::default();
        self.data.forget_sequence();
        self.caches.unnamed.end(self.caches.slots.newest_generation());
        self.outbox.send(Command::Unsubscribe, &[]);
    }

    /// Goes on with what waits until it is known which signal index cache the publisher uses.
    fn settle(&mut self, now: Instant) {
        let naming = self.naming();
        let (caches, mut ground) = self.for_caches(now);
        caches.confirm_waiting(naming, &mut ground);
        if self.subscription.is_waiting() {
            self.subscribe_if_possible();
        }
        if self.caches.unnamed.asks(now) {
            let options = self.subscription.options();
            let interval = options.map_or(-1, |options| options.processing_interval);
            self.questions.interval_changed(Asker::Session);
            self.outbox.send(Command::UpdateProcessingInterval, &encode_processing_interval(interval));
        }
        if !self.early.is_empty() && !self.awaits_signals() {
            self.take_early(now);
        }
        let undelivered = self.caches.unnamed.take_undelivered();
        if undelivered > 0 {
            self.outbox.warn(format!(
                "{undelivered} measurements were not delivered: the publisher changed the signals, and does not tell \
                 which signals measurements are of that it sends meanwhile"
            ));
        }
    }

    fn modes_awaited_since(&self) -> Option<Instant> {
        self.handshake.awaits_answer_since(self.settings.version)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.is_ended() {
            return None;
        }
        let questions = self.questions.deadline(self.modes_awaited_since(), &self.settings);
        questions.into_iter().chain(self.data.deadline()).chain(self.caches.unnamed.deadline()).min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.is_ended() {
            return;
        }
        self.questions.look_at_clock(now);
        let silent = self.questions.overdue(self.modes_awaited_since(), &self.settings, now);
        if let Some(error) = silent.or_else(|| self.data.overdue(now)) {
            return self.end(error);
        }
        self.caches.unnamed.handle_timeout(now);
        self.settle(now);
    }

    /// Looks at a frame before its responses.
    pub(super) fn begin_frame(&mut self, frame: &[u8], now: Instant) -> Result<(), SubscriberError> {
        if is_operational_modes(frame) {
            return Err(SubscriberError::OtherSubscriber);
        }
        let (blocks, mut reading, mut ground) = self.for_blocks(now);
        blocks.give_up_missing(&mut reading, &mut ground);
        Ok(())
    }

    /// Everything but measurements and buffer blocks comes by TCP only.
    pub(super) fn receive_by_udp(&mut self, raw: RawResponse<'_>, now: Instant) -> Result<(), String> {
        if self.awaits_signals() {
            return match self.early.keep(raw) {
                true => Ok(()),
                false => Err("too many wait for the signal index cache already".into()),
            };
        }
        let response = Response::from_code(raw.response);
        let encrypted_from = match response {
            Some(Response::BufferBlock) => BLOCK_ENCRYPTED_FROM,
            _ => PACKET_ENCRYPTED_FROM,
        };
        // What goes to a group never is.
        if !self.subscription.is_by_multicast() && self.keys.lacks_encryption(raw.payload, encrypted_from) {
            return Err("it is not encrypted, although the publisher has told the keys for that".into());
        }
        match response {
            Some(Response::DataPacket) => {
                let flags = raw.payload.first().copied().unwrap_or_default();
                let flags = DataPacketFlags::from_bits_retain(flags);
                if flags.contains(DataPacketFlags::COMPRESSED) {
                    return Err("it is compressed in a way that cannot be read when some are lost".into());
                }
                if self.is_for_others(flags) {
                    return Ok(());
                }
                if self.caches.is_replaced(flags, self.naming()) {
                    self.ground(now).drop_packet("it came after the first one of newer signals");
                    return Ok(());
                }
            }
            Some(Response::BufferBlock) => {}
            _ => return Err(format!("response {:#04x} does not come by UDP", raw.response)),
        }
        // No datagram is worth a connection.
        self.take_in(raw, Way::Datagram, now).map_err(|error| error.to_string())
    }

    /// Whether datagrams may have overtaken the cache that they refer to. In version 1, where packets name none and
    /// nothing is confirmed, each subscription has a socket of its own, and its answer follows its cache.
    fn awaits_signals(&self) -> bool {
        let is_shared = self.subscription.first_group_generation().is_some();
        let has_none = self.caches.slots.newest_generation() == 0 && self.subscription.options().is_some();
        let may_change = !self.settings.version.confirms_caches() && self.subscription.is_unanswered();
        !is_shared && (has_none || may_change)
    }

    /// Takes in the datagrams that came before their cache.
    fn take_early(&mut self, now: Instant) {
        for early in self.early.take() {
            if let Err(why) = self.receive_by_udp(early.response(), now) {
                self.counts.datagrams_rejected += 1;
                self.outbox.warn(format!("dropped a datagram that came before its signals: {why}"));
            }
        }
    }

    fn is_for_others(&self, flags: DataPacketFlags) -> bool {
        let Some(first) = self.subscription.first_group_generation() else { return false };
        self.caches.slots.named(flags).is_none_or(|slot| slot.generation < first)
    }

    /// Takes in a response by TCP.
    pub(super) fn receive(&mut self, raw: RawResponse<'_>, now: Instant) -> Result<(), SubscriberError> {
        self.take_in(raw, Way::Stream, now)
    }

    fn take_in(&mut self, raw: RawResponse<'_>, way: Way, now: Instant) -> Result<(), SubscriberError> {
        self.hand_over(raw, way, now)?;
        self.settle(now);
        Ok(())
    }

    /// Hands a response to the part that it concerns.
    fn hand_over(&mut self, raw: RawResponse<'_>, way: Way, now: Instant) -> Result<(), SubscriberError> {
        let payload = raw.payload;
        let outbox = &mut self.outbox;
        let Some(response) = Response::from_code(raw.response) else {
            let (code, length) = (raw.response, payload.len());
            outbox.warn(format!("ignored unknown response {code:#04x} of {length} bytes"));
            return Ok(());
        };
        match response {
            Response::DataPacket => {
                let flags = DataPacketFlags::from_bits_retain(payload.first().copied().unwrap_or_default());
                self.agreed.payload.in_use = Some(flags.contains(DataPacketFlags::COMPRESSED));
                let (data, mut reading, mut ground) = self.for_data(way, now);
                data.receive(payload, &mut reading, &mut ground)?;
            }
            Response::BufferBlock => {
                let (blocks, mut reading, mut ground) = self.for_blocks(now);
                blocks.receive(payload, &mut reading, &mut ground);
            }
            Response::Succeeded => self.receive_success(raw, now)?,
            Response::Failed => self.receive_failure(raw, now)?,
            Response::UpdateSignalIndexCache => {
                // Some publishers may not say more to a Subscribe.
                self.questions.subscribe_answered(false);
                let confirms = self.settings.version.confirms_caches();
                let cache = payload.get(usize::from(confirms)..).unwrap_or_default();
                self.agreed.signal_index_cache.in_use = Some(gzip::is_gzip(cache));
                let naming = self.naming();
                let (caches, mut ground) = self.for_caches(now);
                caches.receive(payload, naming, &mut ground);
            }
            Response::NoOp if !payload.is_empty() => match Account::decode(payload) {
                Some(Account::DatagramsSent(sent)) if self.subscription.is_answered() => {
                    self.account.announce(sent);
                }
                Some(Account::MeasurementsDropped(total)) => self.learn_dropped(total),
                Some(Account::DatagramsSent(_)) | None => {}
            },
            Response::NoOp => {
                let (by_udp, naming) = (self.subscription.is_by_udp(), self.naming());
                let (caches, mut ground) = self.for_caches(now);
                caches.keep_alive(by_udp, naming, &mut ground);
            }
            Response::UpdateBaseTimes => match BaseTimes::decode(payload) {
                Ok(base_times) => self.data.set_base_times(base_times.offsets),
                Err(error) => outbox.warn(format!("ignored UpdateBaseTimes: {error}")),
            },
            Response::DataStartTime => match decode_data_start_time(payload) {
                Ok(time) => outbox.tell(Output::DataStartTime(time)),
                Err(error) => outbox.warn(format!("ignored DataStartTime: {error}")),
            },
            Response::ProcessingComplete => self.subscription.complete(text(payload), outbox),
            Response::UpdateCipherKeys => self.keys.receive(payload, outbox),
            Response::Notify => receive_notification(payload, outbox),
            Response::ConfigurationChanged => outbox.tell(Output::ConfigurationChanged),
            Response::User(response) => {
                let command = match Command::from_code(raw.command) {
                    Some(Command::User(number)) => Some(number),
                    _ => None,
                };
                outbox.tell(Output::UserResponse { response, command, payload: copied(payload)? });
            }
        }
        Ok(())
    }

    /// The publisher tells how many measurements it has dropped so far, before it goes on.
    fn learn_dropped(&mut self, total: u64) {
        let more = total.saturating_sub(self.dropped_by_publisher);
        if more == 0 {
            return;
        }
        self.dropped_by_publisher = total;
        let counted = &mut self.counts.measurements_dropped_by_publisher;
        *counted = counted.saturating_add(more);
        self.outbox.warn(format!(
            "{more} measurements are missing: the publisher dropped them, because they were not taken as fast as they are \
             published, or because it allows no more to this subscriber (measurementsPerSecond) or to all together \
             (maxSendQueues, maxUdpRate); its messages say which"
        ));
    }

    fn receive_success(&mut self, raw: RawResponse<'_>, now: Instant) -> Result<(), SubscriberError> {
        let Some(command) = Command::from_code(raw.command) else {
            let text = format!("ignored the answer to unknown command {:#04x}", raw.command);
            self.outbox.warn(text);
            return Ok(());
        };
        match command {
            Command::MetadataRefresh => {
                self.agreed.metadata.in_use = Some(gzip::is_gzip(raw.payload));
                match self.questions.answered(Document::Metadata) {
                    true => self.outbox.tell(Output::Metadata(copied(raw.payload)?)),
                    false => self.ignore_document("metadata", raw.payload),
                }
                return Ok(());
            }
            Command::DefineOperationalModes => {
                self.agreed.confirmed = true;
                self.handshake.accept(raw.payload, &mut self.outbox);
            }
            Command::Subscribe => self.subscribe_answered(true),
            Command::UpdateProcessingInterval if self.is_answer_to_session(now) => return Ok(()),
            _ => {}
        }
        if Schema::of_command(command).is_some() && !self.questions.answered(Document::Schema) {
            self.ignore_document("a schema", raw.payload);
            return Ok(());
        }
        self.outbox.tell(match Schema::of_command(command) {
            Some(schema) => Output::Schema(schema, copied(raw.payload)?),
            None => Output::Succeeded { command, text: text(raw.payload) },
        });
        Ok(())
    }

    fn ignore_document(&mut self, what: &str, payload: &[u8]) {
        self.outbox.warn(format!("ignored {what} of {} bytes that nobody has asked for", payload.len()));
    }

    fn subscribe_answered(&mut self, is_granted: bool) {
        self.subscription.answered(is_granted);
        self.questions.subscribe_answered(self.subscription.is_unanswered());
    }

    fn receive_failure(&mut self, raw: RawResponse<'_>, now: Instant) -> Result<(), SubscriberError> {
        let text = text(raw.payload);
        let Some(command) = Command::from_code(raw.command) else {
            self.outbox.warn(format!("unknown command {:#04x} failed: {text}", raw.command));
            return Ok(());
        };
        match command {
            Command::Connect => return Err(SubscriberError::Refused(text)),
            Command::DefineOperationalModes => {
                return Err(SubscriberError::ModesRefused { version: self.settings.version as u32, text });
            }
            Command::MetadataRefresh => {
                self.questions.answered(Document::Metadata);
            }
            Command::GetPrimaryMetadataSchema | Command::GetSignalSelectionSchema => {
                self.questions.answered(Document::Schema);
            }
            Command::Subscribe => self.subscribe_answered(false),
            Command::UpdateProcessingInterval if self.is_answer_to_session(now) => return Ok(()),
            _ => {}
        }
        self.outbox.tell(Output::Failed { command, text });
        if command == Command::Subscribe && !self.subscription.is_granted() {
            self.outbox.tell(Output::NotSubscribed);
        }
        Ok(())
    }

    /// Whether an answer to UpdateProcessingInterval is one that the session waited for.
    fn is_answer_to_session(&mut self, now: Instant) -> bool {
        let is_own = self.questions.interval_answered() == Asker::Session;
        if is_own {
            self.caches.unnamed.answered(now);
        }
        is_own
    }
}

/// What a part is given.
impl Parts {
    fn ground(&mut self, now: Instant) -> Ground<'_> {
        let Parts { settings, outbox, counts, .. } = self;
        Ground { settings, outbox, counts, now }
    }

    fn for_caches(&mut self, now: Instant) -> (&mut Caches, Ground<'_>) {
        let Parts { settings, outbox, counts, caches, .. } = self;
        (caches, Ground { settings, outbox, counts, now })
    }

    fn for_data(&mut self, way: Way, now: Instant) -> (&mut Data, data::Reading<'_>, Ground<'_>) {
        let naming = self.naming();
        let Parts { settings, outbox, counts, subscription, caches, keys, data, .. } = self;
        let reading = data::Reading { keys, subscription, caches, naming, way };
        (data, reading, Ground { settings, outbox, counts, now })
    }

    fn for_blocks(&mut self, now: Instant) -> (&mut BufferBlocks, blocks::Reading<'_>, Ground<'_>) {
        let has_flags = self.handshake.is_answered();
        let Parts { settings, outbox, counts, subscription, caches, keys, blocks, .. } = self;
        let reading = blocks::Reading { keys, subscription, caches, has_flags };
        (blocks, reading, Ground { settings, outbox, counts, now })
    }
}

fn receive_notification(payload: &[u8], outbox: &mut Outbox) {
    match payload.split_first_chunk::<4>() {
        Some((id, message)) => {
            outbox.send(Command::ConfirmNotification, id);
            outbox.tell(Output::Notification(decode_status_text(message, TextEncoding::Utf8)));
        }
        None => {
            let length = payload.len();
            outbox.warn(format!("ignored a notification of {length} bytes: its hash takes 4"));
        }
    }
}

/// The publisher's words about something that was asked of it.
fn text(payload: &[u8]) -> String {
    printable(&decode_status_text(payload, TextEncoding::Utf8), MAX_STATUS_TEXT).into_owned()
}

/// Every subscriber begins with this command, which is too short for a response.
fn is_operational_modes(frame: &[u8]) -> bool {
    frame.len() == 1 + size_of::<u32>() && frame[0] == Command::DefineOperationalModes.code()
}
