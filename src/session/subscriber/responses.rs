//! The parts of a session, and which of them each response concerns.

use std::time::Instant;

use super::SubscriberError;
use super::blocks::{self, BufferBlocks};
use super::caches::Caches;
use super::counters::SubscriberCounters;
use super::data::{self, Data};
use super::ground::Ground;
use super::handshake::Handshake;
use super::keys::{BLOCK_ENCRYPTED_FROM, Keys, PACKET_ENCRYPTED_FROM};
use super::outbox::Outbox;
use super::output::{Output, Schema};
use super::questions::{Document, Questions};
use super::settings::SessionSettings;
use super::subscription::Subscription;
use crate::wire::frame::RawResponse;
use crate::wire::messages::{
    BaseTimes, DataPacketFlags, MAX_STATUS_TEXT, decode_data_start_time, decode_status_text,
};
use crate::wire::text::printable;
use crate::wire::{Command, Response, TextEncoding};

/// Everything of a session but the cutting of frames.
pub(super) struct Parts {
    pub(super) settings: SessionSettings,
    pub(super) outbox: Outbox,
    pub(super) counts: SubscriberCounters,
    pub(super) handshake: Handshake,
    pub(super) questions: Questions,
    pub(super) subscription: Subscription,
    pub(super) caches: Caches,
    pub(super) keys: Keys,
    pub(super) data: Data,
    pub(super) blocks: BufferBlocks,
}

impl Parts {
    pub(super) fn new(settings: SessionSettings, now: Instant) -> Parts {
        let mut outbox = Outbox::default();
        Parts {
            handshake: Handshake::begin(&settings, &mut outbox, now),
            settings,
            outbox,
            counts: SubscriberCounters::default(),
            questions: Questions::new(now),
            subscription: Subscription::default(),
            caches: Caches::default(),
            keys: Keys::default(),
            data: Data::default(),
            blocks: BufferBlocks::default(),
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

    /// The publisher may alternate cache slots without naming them.
    pub(super) fn may_not_name_slots(&self) -> bool {
        self.handshake.may_not_name_slots() && !self.caches.slots.publisher_names_slots()
    }

    fn modes_awaited_since(&self) -> Option<Instant> {
        self.handshake.awaits_answer_since(self.settings.version)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.is_ended() {
            return None;
        }
        let questions = self.questions.deadline(self.modes_awaited_since(), &self.settings);
        questions.into_iter().chain(self.data.deadline()).min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.is_ended() {
            return;
        }
        self.questions.look_at_clock(now);
        let silent = self.questions.overdue(self.modes_awaited_since(), &self.settings, now);
        if let Some(error) = silent.or_else(|| self.data.overdue(now)) {
            self.end(error);
        }
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
                let quirk = self.may_not_name_slots();
                if self.caches.is_replaced(flags, quirk) {
                    self.ground(now).drop_packet("it came after the first one of newer signals");
                    return Ok(());
                }
            }
            Some(Response::BufferBlock) => {}
            _ => return Err(format!("response {:#04x} does not come by UDP", raw.response)),
        }
        // No datagram is worth a connection.
        self.receive(raw, now).map_err(|error| error.to_string())
    }

    fn is_for_others(&self, flags: DataPacketFlags) -> bool {
        let Some(first) = self.subscription.first_group_generation() else { return false };
        self.caches.slots.named(flags).is_none_or(|slot| slot.generation < first)
    }

    /// Hands a response to the part that it concerns.
    pub(super) fn receive(&mut self, raw: RawResponse<'_>, now: Instant) -> Result<(), SubscriberError> {
        let payload = raw.payload;
        let outbox = &mut self.outbox;
        let Some(response) = Response::from_code(raw.response) else {
            let (code, length) = (raw.response, payload.len());
            outbox.warn(format!("ignored unknown response {code:#04x} of {length} bytes"));
            return Ok(());
        };
        match response {
            Response::DataPacket => {
                let (data, mut reading, mut ground) = self.for_data(now);
                data.receive(payload, &mut reading, &mut ground)?;
            }
            Response::BufferBlock => {
                let (blocks, mut reading, mut ground) = self.for_blocks(now);
                blocks.receive(payload, &mut reading, &mut ground);
            }
            Response::Succeeded => self.receive_success(raw),
            Response::Failed => self.receive_failure(raw)?,
            Response::UpdateSignalIndexCache => {
                // Some publishers may not say more to a Subscribe.
                self.questions.subscribe_answered(false);
                let (caches, mut ground) = self.for_caches(now);
                caches.receive(payload, &mut ground);
            }
            Response::NoOp => {
                let by_udp = self.subscription.is_by_udp();
                let (caches, mut ground) = self.for_caches(now);
                caches.keep_alive(by_udp, &mut ground);
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
                let payload = payload.to_vec();
                outbox.tell(Output::UserResponse { response, command: raw.command, payload });
            }
        }
        Ok(())
    }

    fn receive_success(&mut self, raw: RawResponse<'_>) {
        let Some(command) = Command::from_code(raw.command) else {
            let text = format!("ignored the answer to unknown command {:#04x}", raw.command);
            return self.outbox.warn(text);
        };
        match command {
            Command::MetadataRefresh => {
                return match self.questions.answered(Document::Metadata) {
                    true => self.outbox.tell(Output::Metadata(raw.payload.to_vec())),
                    false => self.ignore_document("metadata", raw.payload),
                };
            }
            Command::DefineOperationalModes => self.handshake.accept(raw.payload, &mut self.outbox),
            Command::Subscribe => self.subscribe_answered(true),
            _ => {}
        }
        if Schema::of_command(command).is_some() && !self.questions.answered(Document::Schema) {
            return self.ignore_document("a schema", raw.payload);
        }
        self.outbox.tell(match Schema::of_command(command) {
            Some(schema) => Output::Schema(schema, raw.payload.to_vec()),
            None => Output::Succeeded { command, text: text(raw.payload) },
        });
    }

    fn ignore_document(&mut self, what: &str, payload: &[u8]) {
        self.outbox.warn(format!("ignored {what} of {} bytes that nobody has asked for", payload.len()));
    }

    fn subscribe_answered(&mut self, is_granted: bool) {
        self.subscription.answered(is_granted);
        self.questions.subscribe_answered(self.subscription.is_unanswered());
    }

    fn receive_failure(&mut self, raw: RawResponse<'_>) -> Result<(), SubscriberError> {
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
            _ => {}
        }
        self.outbox.tell(Output::Failed { command, text });
        Ok(())
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

    fn for_data(&mut self, now: Instant) -> (&mut Data, data::Reading<'_>, Ground<'_>) {
        let quirk = self.may_not_name_slots();
        let Parts { settings, outbox, counts, subscription, caches, keys, data, .. } = self;
        let reading = data::Reading { keys, subscription, caches, quirk };
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
