//! Data packets: choosing the cache, decoding, delivering.

use std::time::Instant;

use super::decryption::is_data_packet;
use super::events::{EventSink, SubscriberEvent};
use super::responses::warn;
use super::{SubscriberError, SubscriberSession};
use crate::codec::compact::{self, TimeFormat};
use crate::codec::{MeasurementBuffer, tssc};
use crate::wire::messages::{DataPacket, DataPacketFlags, TSSC_VERSION, TsscPacket, next_sequence};

/// What decoding needs from packet to packet.
#[derive(Default)]
pub(super) struct Decoding {
    decoder: tssc::Decoder,
    /// Sequence number that the next compressed packet must have; 0 is always right.
    expected: u16,
    out_of_sequence_since: Option<Instant>,
    base_times: [i64; 2],
    /// Measurements of the current packet, reused for the next.
    measurements: MeasurementBuffer,
}

impl Decoding {
    pub(super) fn set_base_times(&mut self, base_times: [i64; 2]) {
        self.base_times = base_times;
    }

    pub(super) fn out_of_sequence_since(&self) -> Option<Instant> {
        self.out_of_sequence_since
    }

    /// Packets that are out of sequence do not matter any more.
    pub(super) fn forget_sequence(&mut self) {
        self.out_of_sequence_since = None;
    }

    /// The publisher gets as long again to start anew.
    pub(super) fn put_off_restart(&mut self, now: Instant) {
        if let Some(since) = &mut self.out_of_sequence_since {
            *since = now;
        }
    }

    /// True when a packet is the one to decode next. Sequence 0 starts a new decoder.
    fn accepts(&mut self, sequence: u16, now: Instant) -> bool {
        if sequence == 0 {
            self.decoder.reset();
        } else if sequence != self.expected {
            self.out_of_sequence_since.get_or_insert(now);
            return false;
        }
        self.out_of_sequence_since = None;
        self.expected = next_sequence(sequence);
        true
    }
}

impl SubscriberSession {
    pub(super) fn handle_data_packet(
        &mut self,
        payload: &[u8],
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        let flags = DataPacketFlags::from_bits_retain(payload.first().copied().unwrap_or_default());
        match self.decryption.open(flags, payload, 1, |plain| is_data_packet(flags, plain)) {
            Ok(payload) => self.handle_clear_packet(&payload, now, events),
            Err(why) => {
                self.drop_packet(events, why);
                Ok(())
            }
        }
    }

    fn handle_clear_packet(
        &mut self,
        payload: &[u8],
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        let packet = match DataPacket::decode(payload) {
            Ok(packet) => packet,
            Err(error) => {
                self.drop_packet(events, error.to_string());
                return Ok(());
            }
        };
        if packet.flags.contains(DataPacketFlags::COMPRESSED) {
            self.handle_compressed(packet, now, events)
        } else if packet.flags.contains(DataPacketFlags::COMPACT) {
            self.handle_compact(packet, payload, events);
            Ok(())
        } else {
            let flags = packet.flags.bits();
            self.drop_packet(events, format!("flags {flags:#04x} mean neither compact nor compressed"));
            Ok(())
        }
    }

    pub(super) fn drop_packet(&mut self, events: &mut EventSink<'_>, why: String) {
        self.statistics.packets_dropped += 1;
        warn(events, format!("dropped a data packet: {why}"));
    }

    fn handle_compressed(
        &mut self,
        packet: DataPacket<'_>,
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        let body = match TsscPacket::decode(packet.body) {
            Ok(body) if body.version == TSSC_VERSION => body,
            Ok(body) => {
                self.drop_packet(
                    events,
                    format!("compression version {} is not TSSC's {TSSC_VERSION}", body.version),
                );
                return Ok(());
            }
            Err(error) => {
                self.drop_packet(events, error.to_string());
                return Ok(());
            }
        };
        let expected = self.decoding.expected;
        if !self.decoding.accepts(body.sequence, now) {
            self.drop_packet(
                events,
                format!("its sequence number is {}, expected {expected}", body.sequence),
            );
            return Ok(());
        }
        if body.sequence == 0 {
            self.caches.use_newest();
        }
        let quirk = self.may_not_name_slots();
        let Some(slot) = self.caches.of_packet(packet.flags, quirk) else {
            // The decoder has missed this packet, so it cannot read the next one.
            return Err(SubscriberError::Payload("no signal index cache was received before them".into()));
        };
        let Decoding { decoder, measurements, .. } = &mut self.decoding;
        measurements.clear();
        let decoded = decoder
            .decode(body.block, &slot.table, measurements)
            .map_err(|error| SubscriberError::Payload(error.to_string()))?;
        self.statistics.measurements_dropped += decoded.unknown as u64;
        check_count(packet.count, decoded.measurements, events);
        self.deliver(packet.flags, events);
        Ok(())
    }

    fn handle_compact(&mut self, packet: DataPacket<'_>, payload: &[u8], events: &mut EventSink<'_>) {
        let options = self.subscription.as_ref();
        let mut format = TimeFormat {
            include_time: options.is_none_or(|options| options.include_time),
            millisecond_resolution: options.is_some_and(|options| options.millisecond_resolution),
            base_times: self.decoding.base_times,
        };
        let mut body = packet.body;
        let lacks_count = compact::lacks_count(&payload[1..]);
        if lacks_count {
            // The publisher that leaves out the count always sends full times.
            body = &payload[1..];
            format.include_time = true;
        }
        let quirk = self.may_not_name_slots();
        let Some(slot) = self.caches.of_packet(packet.flags, quirk) else {
            return self.drop_packet(events, "no signal index cache was received before it".into());
        };
        if self.discarding {
            // It may have the form that the ended subscription asked for.
            return;
        }
        let measurements = &mut self.decoding.measurements;
        measurements.clear();
        match compact::decode(body, &format, &slot.table, measurements) {
            Ok(decoded) => {
                self.statistics.measurements_dropped += decoded.unknown as u64;
                if !lacks_count {
                    check_count(packet.count, decoded.measurements, events);
                }
                self.deliver(packet.flags, events);
            }
            Err(error) => self.drop_packet(events, error.to_string()),
        }
    }

    /// Hands over the decoded measurements, after the cache that their rows refer to. Those of an
    /// ended subscription were only decoded because later packets build on them.
    fn deliver(&mut self, flags: DataPacketFlags, events: &mut EventSink<'_>) {
        if self.discarding {
            return;
        }
        let quirk = self.may_not_name_slots();
        if let Some(slot) = self.caches.of_packet(flags, quirk)
            && slot.generation != self.announced
        {
            self.announced = slot.generation;
            events(SubscriberEvent::SubscriptionUpdated { generation: slot.generation, cache: &slot.cache });
        }
        let measurements = &self.decoding.measurements;
        if !measurements.is_empty() {
            self.statistics.packets += 1;
            self.statistics.measurements += measurements.len() as u64;
            events(SubscriberEvent::Measurements(measurements.as_slice()));
        }
    }
}

fn check_count(announced: u32, held: usize, events: &mut EventSink<'_>) {
    if held != announced as usize {
        warn(events, format!("a data packet announced {announced} measurements and held {held}"));
    }
}
