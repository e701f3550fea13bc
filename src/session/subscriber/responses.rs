//! What the subscriber does with each response.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use super::events::{EventSink, SubscriberEvent};
use super::messages::Schema;
use super::{ModesAnswer, SubscriberError, SubscriberSession};
use crate::codec::{SignalIndexCache, gzip};
use crate::session::{GREETING, Severity};
use crate::wire::frame::{RawResponse, responses};
use crate::wire::messages::{BaseTimes, decode_data_start_time, decode_status_text, has_length};
use crate::wire::{Command, Response, TextEncoding};

impl SubscriberSession {
    pub(super) fn handle_frame(
        &mut self,
        frame: &[u8],
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        if is_operational_modes(frame) {
            return Err(SubscriberError::OtherSubscriber);
        }
        self.give_up_missing_blocks(now, events);
        for response in responses(frame) {
            self.handle_response(response?, now, events)?;
        }
        Ok(())
    }

    pub(super) fn handle_response(
        &mut self,
        raw: RawResponse<'_>,
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        let payload = raw.payload;
        let Some(response) = Response::from_code(raw.response) else {
            warn(
                events,
                format!("ignored unknown response {:#04x} of {} bytes", raw.response, payload.len()),
            );
            return Ok(());
        };
        match response {
            Response::DataPacket => self.handle_data_packet(payload, now, events)?,
            Response::Succeeded => self.handle_success(raw, events),
            Response::Failed => self.handle_failure(raw, events)?,
            Response::UpdateSignalIndexCache => self.handle_cache(payload, events),
            Response::UpdateBaseTimes => match BaseTimes::decode(payload) {
                Ok(base_times) => self.decoding.set_base_times(base_times.offsets),
                Err(error) => warn(events, format!("ignored UpdateBaseTimes: {error}")),
            },
            Response::DataStartTime => match decode_data_start_time(payload) {
                Ok(time) => events(SubscriberEvent::DataStartTime(time)),
                Err(error) => warn(events, format!("ignored DataStartTime: {error}")),
            },
            Response::ProcessingComplete => self.handle_processing_complete(payload, events),
            Response::Notify => self.handle_notification(payload, events),
            Response::ConfigurationChanged => events(SubscriberEvent::ConfigurationChanged),
            Response::NoOp => self.announce_unused_cache(events),
            Response::UpdateCipherKeys => self.handle_cipher_keys(payload, events),
            Response::BufferBlock => self.handle_buffer_block(payload, now, events),
            Response::User(response) => {
                events(SubscriberEvent::UserResponse { response, command: raw.command, payload });
            }
        }
        Ok(())
    }

    fn handle_success(&mut self, raw: RawResponse<'_>, events: &mut EventSink<'_>) {
        let Some(command) = Command::from_code(raw.command) else {
            return warn(events, format!("ignored the answer to unknown command {:#04x}", raw.command));
        };
        match command {
            Command::MetadataRefresh => {
                self.metadata_requested = None;
                return events(SubscriberEvent::Metadata(raw.payload));
            }
            Command::DefineOperationalModes => self.accept_modes(raw.payload),
            Command::Subscribe => self.count_answer(true),
            _ => {}
        }
        if let Some(schema) = Schema::of_command(command) {
            return events(SubscriberEvent::Schema(schema, raw.payload));
        }
        events(SubscriberEvent::Succeeded { command, text: text(raw.payload) });
    }

    /// Once every Subscribe command is answered, what arrives belongs to the newest one that
    /// succeeded. A cache tells nothing of the kind: it may be that of a subscription ended
    /// meanwhile.
    fn count_answer(&mut self, is_granted: bool) {
        self.group_signals.answered(is_granted);
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.unanswered == 0 {
            self.playback.answered();
            self.discarding = self.subscription.is_none();
        }
    }

    /// Our own publisher names slots; the one that puts lengths in front of texts uses one slot.
    fn accept_modes(&mut self, payload: &[u8]) {
        let without_quirk = has_length(payload) || text(payload).starts_with(GREETING);
        self.modes = if without_quirk { ModesAnswer::AcceptedWithoutQuirk } else { ModesAnswer::Accepted };
        self.held.drain(..).for_each(|frame| self.queue.push(frame));
    }

    fn handle_failure(
        &mut self,
        raw: RawResponse<'_>,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        let text = text(raw.payload);
        let Some(command) = Command::from_code(raw.command) else {
            warn(events, format!("unknown command {:#04x} failed: {text}", raw.command));
            return Ok(());
        };
        match command {
            Command::Connect => return Err(SubscriberError::Refused(text)),
            Command::DefineOperationalModes => {
                return Err(SubscriberError::ModesRefused { version: self.settings.version as u32, text });
            }
            Command::MetadataRefresh => self.metadata_requested = None,
            Command::Subscribe => self.count_answer(false),
            _ => {}
        }
        events(SubscriberEvent::Failed { command, text });
        Ok(())
    }

    /// A cache that cannot be read is not confirmed, and the old one stays.
    fn handle_cache(&mut self, payload: &[u8], events: &mut EventSink<'_>) {
        let confirms = self.settings.version.confirms_caches();
        let (slot, body) = match payload.split_first() {
            Some((slot, body)) if confirms => (*slot, body),
            _ => (0, payload),
        };
        if body.is_empty() {
            return;
        }
        match decode_cache(body, self.settings.max_frame_size) {
            Ok(cache) => self.caches.install(slot, Arc::new(cache)),
            Err(error) => {
                let text = format!("ignored a signal index cache of {} bytes: {error}", body.len());
                return events(SubscriberEvent::Message(Severity::Error, text));
            }
        }
        if confirms {
            self.send(Command::ConfirmSignalIndexCache, &[]);
            self.switch_unnamed_slot_on_confirmation();
        }
        if self.announced == 0 {
            self.announce_newest(events);
        }
    }

    /// A publisher that never names slots switches caches when it gets our confirmation. With
    /// TSSC the next packet of sequence 0 tells when that was; without, the best guess is now.
    fn switch_unnamed_slot_on_confirmation(&mut self) {
        if !self.settings.compress_payload {
            self.caches.use_newest();
        }
    }

    /// Tells of a new cache when measurements do not flow. By UDP they may flow beside the
    /// keep-alives, with the old cache as long as others wait for the new one.
    fn announce_unused_cache(&mut self, events: &mut EventSink<'_>) {
        let packets = self.statistics.packets;
        let by_udp = self.subscription.as_ref().is_some_and(|options| options.data_channel.is_some());
        if !by_udp || packets == self.packets_at_keep_alive {
            self.announce_newest(events);
        }
        self.packets_at_keep_alive = packets;
    }

    /// Tells of the newest cache, if that was not done yet: at once for the first one, later with
    /// the first packet that uses it or, when measurements do not flow, with the next keep-alive.
    fn announce_newest(&mut self, events: &mut EventSink<'_>) {
        if let Some(newest) = self.caches.newest()
            && newest.generation != self.announced
        {
            self.announced = newest.generation;
            events(SubscriberEvent::SubscriptionUpdated {
                generation: newest.generation,
                cache: &newest.cache,
            });
        }
    }
}

fn decode_cache(body: &[u8], limit: usize) -> Result<SignalIndexCache, String> {
    let bytes = match gzip::is_gzip(body) {
        true => Cow::Owned(gzip::decompress(body, limit).map_err(|error| error.to_string())?),
        false => Cow::Borrowed(body),
    };
    SignalIndexCache::decode(&bytes, TextEncoding::Utf8).map_err(|error| error.to_string())
}

pub(super) fn text(payload: &[u8]) -> String {
    decode_status_text(payload, TextEncoding::Utf8)
}

pub(super) fn warn(events: &mut EventSink<'_>, text: String) {
    events(SubscriberEvent::Message(Severity::Warning, text));
}

/// Every subscriber begins with this command, which is too short for a response.
fn is_operational_modes(frame: &[u8]) -> bool {
    frame.len() == 1 + size_of::<u32>() && frame[0] == Command::DefineOperationalModes.code()
}
