//! Data packets: choosing the cache, decoding, delivering.

use std::time::{Duration, Instant};

use super::SubscriberError;
use super::caches::Caches;
use super::ground::Ground;
use super::keys::{Keys, PACKET_ENCRYPTED_FROM, is_data_packet};
use super::subscription::Subscription;
use crate::Measurement;
use crate::codec::compact::{self, TimeFormat};
use crate::codec::{MeasurementBuffer, tssc};
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
    out_of_sequence_since: Option<Instant>,
    base_times: [i64; 2],
    /// Measurements that were not polled yet, reused when they were.
    measurements: MeasurementBuffer,
}

/// What a packet is read with, beside the state that is carried from packet to packet.
pub(super) struct Reading<'a> {
    pub(super) keys: &'a Keys,
    pub(super) subscription: &'a Subscription,
    pub(super) caches: &'a mut Caches,
    /// The publisher may never name the slot of its second cache.
    pub(super) quirk: bool,
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
        let block = match self.next_block(&packet, ground.now) {
            Ok(block) => block,
            Err(why) => {
                ground.drop_packet(&why);
                return Ok(());
            }
        };
        let slots = &mut reading.caches.slots;
        if block.sequence == 0 {
            slots.use_newest();
        }
        let Some(slot) = slots.of_packet(packet.flags, reading.quirk) else {
            // The decoder has missed this packet, so it cannot read the next one.
            return Err(SubscriberError::Payload("no signal index cache was received before them".into()));
        };
        let first = self.measurements.len();
        let decoded = self
            .decoder
            .decode(block.block, &slot.table, &mut self.measurements)
            .map_err(|error| SubscriberError::Payload(error.to_string()))?;
        ground.counts.measurements_dropped += decoded.unknown as u64;
        check_count(packet.count, decoded.measurements, ground);
        self.deliver(first, packet.flags, reading, ground);
        Ok(())
    }

    /// The block of a compressed packet, if it is the one to decode next. Sequence 0 starts a new
    /// decoder.
    fn next_block<'a>(&mut self, packet: &DataPacket<'a>, now: Instant) -> Result<TsscPacket<'a>, String> {
        let block = TsscPacket::decode(packet.body).map_err(|error| error.to_string())?;
        let TsscPacket { version, sequence, .. } = block;
        if version != TSSC_VERSION {
            return Err(format!("compression version {version} is not TSSC's {TSSC_VERSION}"));
        }
        if sequence == 0 {
            self.decoder.reset();
        } else if sequence != self.expected {
            self.out_of_sequence_since.get_or_insert(now);
            return Err(format!("its sequence number is {sequence}, expected {}", self.expected));
        }
        self.out_of_sequence_since = None;
        self.expected = next_sequence(sequence);
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
        let Some(slot) = reading.caches.slots.of_packet(packet.flags, reading.quirk) else {
            return Err("no signal index cache was received before it".into());
        };
        if reading.subscription.is_discarding() {
            // It may have the form that the ended subscription asked for.
            return Ok(());
        }
        let first = self.measurements.len();
        let decoded = compact::decode(body, &format, &slot.table, &mut self.measurements)
            .map_err(|error| error.to_string())?;
        ground.counts.measurements_dropped += decoded.unknown as u64;
        if !lacks_count {
            check_count(packet.count, decoded.measurements, ground);
        }
        self.deliver(first, packet.flags, reading, ground);
        Ok(())
    }

    /// Tells of the measurements that were decoded from `first` on, after the cache that their rows
    /// refer to. Those of an ended subscription were only decoded because later packets build on
    /// them.
    fn deliver(
        &mut self,
        first: usize,
        flags: DataPacketFlags,
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) {
        if reading.subscription.is_discarding() {
            return;
        }
        reading.caches.announce_of_packet(flags, reading.quirk, ground.outbox);
        let place = first..self.measurements.len();
        if !place.is_empty() {
            ground.counts.packets += 1;
            ground.counts.measurements += place.len() as u64;
            ground.outbox.tell_measurements(place);
        }
    }
}

fn check_count(announced: u32, held: usize, ground: &mut Ground<'_>) {
    if held != announced as usize {
        let text = format!("a data packet announced {announced} measurements and held {held}");
        ground.outbox.warn(text);
    }
}
