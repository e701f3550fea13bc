//! The data packets of one subscription, encoded once for every connection that has it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use bytes::BufMut;

use super::base_times::{BaseTimeRotation, routed_times};
use super::restarts::Restarts;
use super::throttle::Throttle;
use crate::Ticks;
use crate::codec::compact::{self, TimeFormat};
use crate::codec::{Encoded, NOT_SUBSCRIBED, RawMeasurement, tssc};
use crate::session::Moment;
use crate::session::meter::Spread;
use crate::session::publisher::catalog::Catalog;
use crate::session::publisher::events::ConnectionKey;
use crate::session::publisher::packet::Packet;
use crate::session::publisher::subscription::{PayloadFormat, Subscription};
use crate::session::publisher::totals::{Held, Place, Totals};
use crate::wire::frame::{RESPONSE_HEADER_SIZE, write_response_header};
use crate::wire::messages::{
    BaseTimes, DATA_PACKET_HEADER_SIZE, DataPacketFlags, TSSC_HEADER_SIZE, TSSC_VERSION, next_sequence,
};
use crate::wire::{Command, Response};

/// Where the flags byte of a data packet lies in its frame.
const FLAGS_OFFSET: usize = RESPONSE_HEADER_SIZE;
/// Frames kept for reuse once no connection holds them any more.
const FRAMES_KEPT: usize = 64;

/// Encoder of one subscription, and the connections that get its packets.
pub(crate) struct Stream {
    pub(crate) subscription: Arc<Subscription>,
    pub(crate) members: Vec<ConnectionKey>,
    /// Signal index of each row of the metadata, or [`NOT_SUBSCRIBED`]. Rows of a throttled stream
    /// are positions in its selection.
    route: Vec<u32>,
    pub(super) throttle: Option<Throttle>,
    base_times: Option<BaseTimeRotation>,
    encoder: Encoder,
    /// Of the packet under construction, as far as it has any.
    measurements: u32,
    first_time: Ticks,
    last_time: Ticks,
    /// When its first measurement was encoded.
    begun: Option<Moment>,
    starts_anew: bool,
    /// A packet must start a new encoder soon, because someone joined or lost packets.
    pub(super) restart: bool,
    restarts: Restarts,
    /// The next packet starts a new encoder.
    restarts_now: bool,
    /// Its place among the streams of the publisher, if it is not one connection's alone.
    _place: Option<Place>,
    /// What waits of it to be sent.
    held: Option<Held>,
    /// Frames on their way, reused once no connection holds them any more, oldest first.
    in_flight: VecDeque<Arc<Vec<u8>>>,
}

/// The two forms of data packets, and the packet under construction.
enum Encoder {
    Tssc { encoder: tssc::Encoder, block: tssc::Block, sequence: u16 },
    Compact { format: TimeFormat, active_base: usize, packet: Vec<u8>, limit: usize },
}

impl Encoder {
    fn new(subscription: &Subscription) -> Encoder {
        let limit = subscription.carriage.frame_limit;
        match subscription.format {
            PayloadFormat::Tssc => Encoder::Tssc {
                encoder: tssc::Encoder::new(subscription.selection.signal_count()),
                block: tssc::Block::new(RESPONSE_HEADER_SIZE + TSSC_HEADER_SIZE, limit),
                sequence: 0,
            },
            PayloadFormat::Compact { include_time, base_times } => Encoder::Compact {
                format: TimeFormat {
                    include_time,
                    millisecond_resolution: base_times.is_some_and(|rules| rules.millisecond_resolution),
                    ..TimeFormat::default()
                },
                active_base: 0,
                packet: Vec::with_capacity(limit),
                limit,
            },
        }
    }

    fn encode(&mut self, measurements: &[RawMeasurement], route: &[u32]) -> Encoded {
        match self {
            Encoder::Tssc { encoder, block, .. } => encoder.encode(block, measurements, route),
            Encoder::Compact { format, active_base, packet, limit } => {
                compact::encode(measurements, route, format, *active_base, packet, *limit)
            }
        }
    }

    fn use_base_times(&mut self, base_times: &BaseTimes) {
        if let Encoder::Compact { format, active_base, .. } = self {
            format.base_times = base_times.offsets;
            *active_base = usize::from(base_times.time_index == 1);
        }
    }

    /// Begins a packet. True when a subscriber can begin to decode with it, which it always can if
    /// `restart` is wanted.
    fn begin_packet(&mut self, restart: bool) -> bool {
        match self {
            Encoder::Tssc { encoder, block, sequence } => {
                block.clear();
                if restart {
                    encoder.reset();
                    *sequence = 0;
                }
                *sequence == 0
            }
            Encoder::Compact { packet, .. } => {
                packet.clear();
                packet.resize(RESPONSE_HEADER_SIZE + DATA_PACKET_HEADER_SIZE, 0);
                true
            }
        }
    }

    /// Completes the packet and copies it to `frame`.
    fn finish_packet(&mut self, measurements: u32, frame: &mut Vec<u8>) {
        let (packet, flags) = match self {
            Encoder::Tssc { encoder, block, .. } => {
                encoder.finish_block(block);
                (block.packet(), DataPacketFlags::COMPRESSED)
            }
            Encoder::Compact { packet, .. } => (packet.as_slice(), DataPacketFlags::COMPACT),
        };
        frame.clear();
        frame.extend_from_slice(packet);
        let mut header = &mut frame[RESPONSE_HEADER_SIZE..];
        header.put_u8(flags.bits());
        header.put_u32(measurements);
        if let Encoder::Tssc { sequence, .. } = self {
            header.put_u8(TSSC_VERSION);
            header.put_u16(*sequence);
            *sequence = next_sequence(*sequence);
        }
        write_response_header(frame, Response::DataPacket, Command::Subscribe.code());
    }
}

impl Stream {
    pub(super) fn new(subscription: Arc<Subscription>, catalog: &Catalog) -> Stream {
        let selection = &subscription.selection;
        let throttle = subscription.throttle.map(|rules| Throttle::new(rules, selection, catalog));
        let base_times = match subscription.format {
            PayloadFormat::Compact { base_times, .. } => base_times.map(BaseTimeRotation::new),
            PayloadFormat::Tssc => None,
        };
        let route = match throttle {
            Some(_) => selection.indexes(subscription.first_index()),
            None => catalog.route(selection, subscription.first_index()),
        };
        Stream { throttle, base_times, ..Stream::with_route(subscription, route) }
    }

    /// A stream of one connection alone, whose rows are positions in the selection.
    pub(super) fn of_selection(subscription: Arc<Subscription>) -> Stream {
        let route = subscription.selection.indexes(subscription.first_index());
        Stream::with_route(subscription, route)
    }

    /// A stream of one connection alone, whose rows are those of the catalog. It is not throttled, and all its
    /// times are full ones.
    pub(super) fn for_one(key: ConnectionKey, subscription: Arc<Subscription>, catalog: &Catalog) -> Stream {
        let route = catalog.route(&subscription.selection, subscription.first_index());
        Stream { members: vec![key], ..Stream::with_route(subscription, route) }
    }

    fn with_route(subscription: Arc<Subscription>, route: Vec<u32>) -> Stream {
        Stream {
            encoder: Encoder::new(&subscription),
            subscription,
            members: Vec::new(),
            route,
            throttle: None,
            base_times: None,
            measurements: 0,
            first_time: Ticks::default(),
            last_time: Ticks::default(),
            begun: None,
            starts_anew: false,
            restart: true,
            restarts: Restarts::default(),
            restarts_now: false,
            _place: None,
            held: None,
            in_flight: VecDeque::new(),
        }
    }

    /// It counts among the streams of the publisher.
    pub(super) fn counted_in(self, totals: &Arc<Totals>, place: Place) -> Stream {
        Stream { _place: Some(place), held: Some(totals.hold()), ..self }
    }

    /// So many bytes wait of it in so many queues that do not share them.
    pub(super) fn count_held(&mut self, bytes: usize, queues: usize) {
        if let Some(held) = &mut self.held {
            held.set(bytes, queues);
        }
    }

    /// The rows of the metadata are others now.
    pub(super) fn change_catalog(&mut self, catalog: &Catalog) {
        let Subscription { selection, .. } = &*self.subscription;
        match &mut self.throttle {
            Some(throttle) => throttle.change_catalog(selection, catalog),
            None => self.route = catalog.route(selection, self.subscription.first_index()),
        }
    }

    /// When the stream has something to do by itself.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let throttle = self.throttle.as_ref().and_then(Throttle::deadline);
        throttle.into_iter().chain(self.rotation_deadline()).min()
    }

    /// When [`rotate_base_times`](Self::rotate_base_times) is to be called.
    pub(super) fn rotation_deadline(&self) -> Option<Instant> {
        self.base_times.as_ref().and_then(BaseTimeRotation::deadline)
    }

    /// Changes what times are offsets from. No packet may be under construction.
    pub(super) fn rotate_base_times(&mut self, now: Moment) {
        if let Some(rotation) = &mut self.base_times {
            rotation.rotate(now);
            rotation.current().iter().for_each(|base_times| self.encoder.use_base_times(base_times));
        }
    }

    /// Takes note of measurements before they are encoded.
    pub(super) fn observe(&mut self, measurements: &[RawMeasurement], now: Moment) {
        if let Some(rotation) = &mut self.base_times {
            rotation.observe(measurements, &self.route, now);
            rotation.current().iter().for_each(|base_times| self.encoder.use_base_times(base_times));
        }
    }

    /// Signal index of a row of the metadata, if the subscription has its signal.
    pub(super) fn signal_index(&self, row: u32) -> Option<u32> {
        let row = match &self.throttle {
            Some(throttle) => throttle.route().get(row as usize)?,
            None => &row,
        };
        self.route.get(*row as usize).copied().filter(|index| *index != NOT_SUBSCRIBED)
    }

    /// Encodes measurements into the packet under construction. Returns how many were used up:
    /// fewer than all when the packet is full and has to be finished first.
    pub(super) fn encode(&mut self, measurements: &[RawMeasurement], now: Moment) -> usize {
        if self.measurements == 0 {
            self.restarts_now |= self.restart && !self.restarts_now && self.restarts.take(now.instant);
            self.starts_anew = self.encoder.begin_packet(self.restarts_now);
        }
        let encoded = self.encoder.encode(measurements, &self.route);
        if encoded.written > 0 {
            let written = &measurements[..encoded.consumed];
            if self.measurements == 0 {
                let first = routed_times(written, &self.route).next().unwrap_or_default();
                // Without leap-second bits.
                self.first_time = Ticks(first.value());
                self.begun = Some(now);
                self.restart &= !self.starts_anew;
                self.restarts_now = false;
            }
            self.last_time = routed_times(written, &self.route).next_back().unwrap_or_default();
        }
        self.measurements += encoded.written as u32;
        encoded.consumed
    }

    /// Whether there is anything in the packet under construction.
    pub(super) fn has_packet(&self) -> bool {
        self.begun.is_some()
    }

    /// The packet under construction, if there is anything in it, for subscribers that use the
    /// given cache slots.
    pub(super) fn finish_packet(&mut self, slots: [bool; 2]) -> Option<Packet> {
        let begun = self.begun.take()?;
        let measurements = std::mem::take(&mut self.measurements);
        let mut slot_0 = self.unused_frame();
        self.encoder.finish_packet(measurements, Arc::make_mut(&mut slot_0));
        let slot_1 = slots[1].then(|| {
            let mut frame = self.unused_frame();
            let bytes = Arc::make_mut(&mut frame);
            bytes.clone_from(&slot_0);
            bytes[FLAGS_OFFSET] |= DataPacketFlags::CACHE_INDEX.bits();
            frame
        });
        Some(Packet {
            frames: [Some(slot_0), slot_1],
            measurements,
            first_time: self.first_time,
            encoded: begun.instant,
            latencies: self.latencies(measurements, begun.utc),
            base_times: self.base_times.as_ref().and_then(BaseTimeRotation::current),
            starts_anew: self.starts_anew,
        })
    }

    fn latencies(&self, measurements: u32, now: Ticks) -> Spread {
        let mut latencies = Spread::default();
        if self.subscription.window.is_none() {
            latencies.add(now, self.first_time);
            if measurements > 1 {
                latencies.add(now, self.last_time);
            }
        }
        latencies
    }

    /// A frame to fill; one that was sent, if there is one.
    fn unused_frame(&mut self) -> Arc<Vec<u8>> {
        self.in_flight.pop_front_if(|frame| Arc::get_mut(frame).is_some()).unwrap_or_default()
    }

    /// Takes a delivered packet back, to use its frames again once they are sent.
    pub(super) fn recycle(&mut self, packet: Packet) {
        self.in_flight.extend(packet.frames.into_iter().flatten());
        let surplus = self.in_flight.len().saturating_sub(FRAMES_KEPT);
        self.in_flight.drain(..surplus);
    }
}
