//! Data packets: choosing the cache, decoding, delivering.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::SubscriberError;
use super::caches::{Caches, Naming};
use super::ground::Ground;
use super::keys::{Keys, PACKET_ENCRYPTED_FROM, is_data_packet};
use super::slot::Slot;
use super::subscription::Subscription;
use super::unnamed::Reference;
use crate::Measurement;
use crate::codec::compact::{self, TimeFormat};
use crate::codec::{Decoded, MeasurementBuffer, tssc};
use crate::wire::messages::{DataPacket, DataPacketFlags, TSSC_VERSION, TsscPacket, next_sequence};

/// How long compressed measurements may be out of sequence. A publisher that skipped some starts
/// anew with sequence 0; one that does not has lost count, and only a new connection helps.
const OUT_OF_SEQUENCE_LIMIT: Duration = Duration::from_secs(5);

/// What decoding needs from packet to packet.
#[derive(Default)]
pub(super) struct Data {
    decoder: tssc::Decoder,
    /// Sequence number that the next compressed packet must have; 0 is always right.
    expected: u16,
    /// A packet is missing, so that none can be decoded before the encoder begins anew.
    lacks_packet: bool,
    out_of_sequence_since: Option<Instant>,
    base_times: [i64; 2],
    /// Measurements that were not polled yet, reused when they were.
    measurements: MeasurementBuffer,
}

/// How something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By TCP, in the order in which the publisher did everything else.
    Stream,
    /// By UDP, at any time after it was sent.
    Datagram,
}

/// What a packet is read with, beside the state that is carried from packet to packet.
pub(super) struct Reading<'a> {
    pub(super) keys: &'a Keys,
    pub(super) subscription: &'a Subscription,
    pub(super) caches: &'a mut Caches,
    pub(super) naming: Naming,
    pub(super) way: Way,
}

impl Data {
    pub(super) fn measurements(&self) -> &[Measurement] {
        self.measurements.as_slice()
    }

    pub(super) fn set_base_times(&mut self, base_times: [i64; 2]) {
        self.base_times = base_times;
    }

    /// Packets that are out of sequence do not matter any more.
    pub(super) fn forget_sequence(&mut self) {
        self.out_of_sequence_since = None;
    }

    /// The publisher gets as long again to start anew.
    pub(super) fn put_off(&mut self, now: Instant) {
        if let Some(since) = &mut self.out_of_sequence_since {
            *since = now;
        }
    }

    /// When to look at [`overdue`](Self::overdue).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.out_of_sequence_since.map(|since| since + OUT_OF_SEQUENCE_LIMIT)
    }

    /// What the publisher should have done by now.
    pub(super) fn overdue(&self, now: Instant) -> Option<SubscriberError> {
        let overdue = self.deadline().is_some_and(|deadline| now >= deadline);
        overdue.then_some(SubscriberError::OutOfSequence(OUT_OF_SEQUENCE_LIMIT))
    }

    /// Takes in a data packet.
    ///
    /// # Errors
    /// Later packets cannot be read without this one, which cannot be read.
    pub(super) fn receive(
        &mut self,
        payload: &[u8],
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) -> Result<(), SubscriberError> {
        if !ground.outbox.has_outputs() {
            self.measurements.clear();
        }
        let flags = DataPacketFlags::from_bits_retain(payload.first().copied().unwrap_or_default());
        let opened = match reading
            .keys
            .open(flags, payload, PACKET_ENCRYPTED_FROM, |plain| is_data_packet(flags, plain))
        {
            Ok(opened) => opened,
            Err(why) => {
                ground.drop_packet(&why);
                return Ok(());
            }
        };
        let payload = &opened[..];
        let packet = match DataPacket::decode(payload) {
            Ok(packet) => packet,
            Err(error) => {
                ground.drop_packet(&error.to_string());
                return Ok(());
            }
        };
        if packet.flags.contains(DataPacketFlags::COMPRESSED) {
            return self.receive_compressed(packet, reading, ground);
        }
        let taken = match packet.flags.contains(DataPacketFlags::COMPACT) {
            true => self.receive_compact(packet, payload, reading, ground),
            false => Err(format!("flags {:#04x} mean neither compact nor compressed", packet.flags.bits())),
        };
        if let Err(why) = taken {
            ground.drop_packet(&why);
        }
        Ok(())
    }

    fn receive_compressed(
        &mut self,
        packet: DataPacket<'_>,
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) -> Result<(), SubscriberError> {
        let block = match self.next_block(&packet, ground) {
            Ok(block) => block,
            Err(why) => {
                ground.drop_packet(&why);
                return Ok(());
            }
        };
        let begins = block.sequence == 0;
        let Some(reference) = reading.caches.of_compressed(packet.flags, begins, reading.naming) else {
            // The decoder has missed this packet, so it cannot read the next one.
            return Err(SubscriberError::Payload("no signal index cache was received before them".into()));
        };
        let is_known = !matches!(reference, Reference::Unknown(_));
        let (slot, other) = match reference {
            Reference::To(slot) | Reference::Unknown(slot) => (slot, None),
            Reference::Either { old, new } => {
                let (slot, other) = reading.first_choice(old, new);
                (slot, Some(other))
            }
        };
        let first = self.measurements.len();
        let decoded = self
            .decoder
            .decode(block.block, &slot.table, &mut self.measurements)
            .map_err(|error| SubscriberError::Payload(error.to_string()))?;
        check_count(packet.count, decoded.measurements, ground);
        let is_late = other.is_none() && reading.naming == Naming::None && decoded.unknown > 0;
        if !is_known || is_late && reading.caches.unnamed.previous().is_some() {
            self.lose_from(first, decoded.measurements, reading, ground);
            return Ok(());
        }
        match other {
            Some(other) => self.keep_common(first, decoded, &slot, &other, reading, ground),
            None => ground.counts.measurements_dropped += decoded.unknown as u64,
        }
        self.deliver(first, &slot, reading, ground);
        Ok(())
    }

    /// The block of a compressed packet, if it is the one to decode next. Sequence 0 starts a new
    /// decoder.
    fn next_block<'a>(
        &mut self,
        packet: &DataPacket<'a>,
        ground: &mut Ground<'_>,
    ) -> Result<TsscPacket<'a>, String> {
        let block = TsscPacket::decode(packet.body).map_err(|error| error.to_string())?;
        let TsscPacket { version, sequence, .. } = block;
        if version != TSSC_VERSION {
            return Err(format!("compression version {version} is not TSSC's {TSSC_VERSION}"));
        }
        let expected = std::mem::replace(&mut self.expected, next_sequence(sequence));
        if sequence == 0 {
            self.decoder.reset();
            self.lacks_packet = false;
        } else if sequence != expected {
            self.out_of_sequence_since.get_or_insert(ground.now);
            let missing = packets_between(expected, sequence);
            if missing == 0 {
                self.expected = expected;
                return Err(format!("its number is {sequence}, after {expected} was expected"));
            }
            self.lacks_packet = true;
            ground.counts.packets_missing += u64::from(missing);
            ground.outbox.warn(format!(
                "{missing} data packets are missing: number {sequence} came, expected was {expected}"
            ));
        }
        if self.lacks_packet {
            self.out_of_sequence_since.get_or_insert(ground.now);
            return Err(format!("its number is {sequence}, and one before it is missing"));
        }
        self.out_of_sequence_since = None;
        Ok(block)
    }

    fn receive_compact(
        &mut self,
        packet: DataPacket<'_>,
        payload: &[u8],
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) -> Result<(), String> {
        let options = reading.subscription.options();
        let mut format = TimeFormat {
            include_time: options.is_none_or(|options| options.include_time),
            millisecond_resolution: options.is_some_and(|options| options.millisecond_resolution),
            base_times: self.base_times,
        };
        let mut body = packet.body;
        let lacks_count = compact::lacks_count(&payload[1..]);
        if lacks_count {
            // The publisher that leaves out the count always sends full times.
            body = &payload[1..];
            format.include_time = true;
        }
        let Some(reference) = reading.caches.of_compact(packet.flags, reading.naming) else {
            return Err("no signal index cache was received before it".into());
        };
        if reading.subscription.is_discarding() {
            // It may have the form that the ended subscription asked for.
            return Ok(());
        }
        let slot = match reference {
            Reference::To(slot) => slot,
            Reference::Either { old, new } => {
                return self.receive_of_either(packet.count, body, &format, [old, new], reading, ground);
            }
            Reference::Unknown(slot) => {
                let first = self.measurements.len();
                let decoded = self.decode(body, &format, &slot)?;
                self.lose_from(first, decoded.measurements, reading, ground);
                return Ok(());
            }
        };
        let first = self.measurements.len();
        let decoded = self.decode(body, &format, &slot)?;
        let (announced, held) = (packet.count, decoded.measurements);
        if !lacks_count && reading.way == Way::Datagram && held != announced as usize {
            // Those with times and those without never have the same number in the same bytes.
            self.measurements.truncate(first);
            return Err(format!(
                "it announced {announced} measurements and held {held}: they have the form of an earlier subscription, \
                 or are damaged"
            ));
        }
        if !lacks_count {
            check_count(announced, held, ground);
        }
        if decoded.unknown > 0 && reading.naming == Naming::None && self.is_late(body, &format, reading) {
            self.lose_from(first, decoded.measurements, reading, ground);
            return Ok(());
        }
        ground.counts.measurements_dropped += decoded.unknown as u64;
        self.deliver(first, &slot, reading, ground);
        Ok(())
    }

    fn decode(&mut self, body: &[u8], format: &TimeFormat, slot: &Slot) -> Result<Decoded, String> {
        compact::decode(body, format, &slot.table, &mut self.measurements).map_err(|error| error.to_string())
    }

    /// Whether all signals of a compact packet are in the cache that was in use before.
    fn is_late(&mut self, body: &[u8], format: &TimeFormat, reading: &Reading<'_>) -> bool {
        let Some(previous) = reading.caches.unnamed.previous() else { return false };
        let first = self.measurements.len();
        let decoded = self.decode(body, format, previous);
        self.measurements.truncate(first);
        decoded.is_ok_and(|decoded| decoded.unknown == 0)
    }

    /// Takes in a compact packet of one of two caches, as far as it tells of which.
    fn receive_of_either(
        &mut self,
        count: u32,
        body: &[u8],
        format: &TimeFormat,
        [old, new]: [Arc<Slot>; 2],
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) -> Result<(), String> {
        let first = self.measurements.len();
        let by_old = self.decode(body, format, &old)?;
        self.measurements.truncate(first);
        if by_old.measurements != count as usize {
            // It may have the form that the subscription before asked for.
            let held = by_old.measurements;
            self.lose_from(first, count as usize, reading, ground);
            return Err(format!(
                "it announced {count} measurements and held {held}, while the signals change"
            ));
        }
        let by_new = self.decode(body, format, &new)?;
        if by_old.unknown > 0 && by_new.unknown == 0 {
            self.deliver(first, &new, reading, ground);
        } else if by_old.unknown == 0 && by_new.unknown > 0 {
            self.measurements.truncate(first);
            self.decode(body, format, &old)?;
            if reading.caches.unnamed.is_ended(&old) {
                self.measurements.truncate(first);
            } else if reading.caches.is_outdated(&old) {
                self.lose_from(first, by_old.measurements, reading, ground);
            }
            self.deliver(first, &old, reading, ground);
        } else {
            self.measurements.truncate(first);
            let (slot, other) = reading.first_choice(old, new);
            let decoded = self.decode(body, format, &slot)?;
            self.keep_common(first, decoded, &slot, &other, reading, ground);
            self.deliver(first, &slot, reading, ground);
        }
        Ok(())
    }

    /// Of the measurements that were decoded from `first` on with one cache, leaves those that mean the same in
    /// another one.
    fn keep_common(
        &mut self,
        first: usize,
        decoded: Decoded,
        slot: &Slot,
        other: &Slot,
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) {
        self.measurements.retain_from(first, |measurement| slot.agrees(measurement, other));
        let kept = self.measurements.len() - first;
        reading.lose(decoded.measurements - kept, ground);
    }

    /// Does not deliver the measurements that were decoded from `first` on.
    fn lose_from(
        &mut self,
        first: usize,
        measurements: usize,
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) {
        self.measurements.truncate(first);
        reading.lose(measurements, ground);
    }

    /// Tells of the measurements that were decoded from `first` on, after the cache that their rows
    /// refer to. Those of an ended subscription were only decoded because later packets build on
    /// them.
    fn deliver(&mut self, first: usize, slot: &Slot, reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
        let place = first..self.measurements.len();
        if reading.subscription.is_discarding() || place.is_empty() {
            return;
        }
        reading.caches.announce_slot(slot, ground.outbox);
        ground.counts.packets += 1;
        ground.counts.measurements += place.len() as u64;
        ground.outbox.tell_measurements(place);
    }
}

impl Reading<'_> {
    /// The cache to read a packet with that refers to one of two, and the other one: what the application was told
    /// of last comes first.
    fn first_choice(&self, old: Arc<Slot>, new: Arc<Slot>) -> (Arc<Slot>, Arc<Slot>) {
        let prefers_new = self.caches.is_outdated(&old) || self.caches.unnamed.is_ended(&old);
        if prefers_new { (new, old) } else { (old, new) }
    }

    /// Measurements are not delivered, because it is not known which signal they are of.
    fn lose(&mut self, measurements: usize, ground: &mut Ground<'_>) {
        if !self.subscription.is_discarding() {
            ground.counts.measurements_unattributed += measurements as u64;
            self.caches.unnamed.lose(measurements as u64);
        }
    }
}

/// How many packets have numbers from `expected` on and before `sequence`; none when the publisher went back.
fn packets_between(expected: u16, sequence: u16) -> u16 {
    // The numbers go round without 0.
    let missing = match sequence.checked_sub(expected) {
        Some(missing) => missing,
        None => (u16::MAX - expected) + sequence,
    };
    if missing > u16::MAX / 2 { 0 } else { missing }
}

fn check_count(announced: u32, held: usize, ground: &mut Ground<'_>) {
    if held != announced as usize {
        let text = format!("a data packet announced {announced} measurements and held {held}");
        ground.outbox.warn(text);
    }
}
