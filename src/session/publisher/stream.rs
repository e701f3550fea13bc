//! The data packets of one subscription, encoded once for every connection that has it.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::BufMut;

use super::catalog::Catalog;
use super::events::ConnectionId;
use super::subscription::{PayloadFormat, Subscription};
use crate::Ticks;
use crate::codec::compact::{self, TimeFormat};
use crate::codec::{Encoded, NOT_SUBSCRIBED, RawMeasurement, tssc};
use crate::wire::frame::{RESPONSE_HEADER_SIZE, write_response_header};
use crate::wire::messages::{
    DATA_PACKET_HEADER_SIZE, DataPacketFlags, TSSC_HEADER_SIZE, TSSC_VERSION, next_sequence,
};
use crate::wire::{Command, Response};

/// Where the flags byte of a data packet lies in its frame.
const FLAGS_OFFSET: usize = RESPONSE_HEADER_SIZE;
/// Frames kept for reuse once no connection holds them any more.
const FRAMES_KEPT: usize = 64;

/// A finished data packet.
#[derive(Debug)]
pub(super) struct Packet {
    /// The frame for subscribers that use cache slot 0, and the one for slot 1, as needed.
    frames: [Option<Arc<Vec<u8>>>; 2],
    pub(super) measurements: u32,
    pub(super) first_time: Ticks,
    /// A subscriber can begin to decode with this packet.
    pub(super) starts_anew: bool,
}

impl Packet {
    pub(super) fn frame(&self, slot: u8) -> Option<&Arc<Vec<u8>>> {
        self.frames[usize::from(slot & 1)].as_ref()
    }
}

/// Encoder of one subscription, and the connections that get its packets.
pub(super) struct Stream {
    pub(super) subscription: Arc<Subscription>,
    pub(super) members: Vec<ConnectionId>,
    /// Signal index of each row of the metadata, or [`NOT_SUBSCRIBED`].
    route: Vec<u32>,
    encoder: Encoder,
    measurements: u32,
    first_time: Ticks,
    starts_anew: bool,
    /// The next packet must start a new encoder, because someone joined or lost packets.
    pub(super) restart: bool,
    /// Frames on their way, reused once no connection holds them any more, oldest first.
    in_flight: VecDeque<Arc<Vec<u8>>>,
}

/// The two forms of data packets, and the packet under construction.
enum Encoder {
    Tssc { encoder: tssc::Encoder, block: tssc::Block, sequence: u16 },
    Compact { format: TimeFormat, packet: Vec<u8>, limit: usize },
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
            PayloadFormat::Compact { include_time } => Encoder::Compact {
                format: TimeFormat { include_time, ..TimeFormat::default() },
                packet: Vec::with_capacity(limit),
                limit,
            },
        }
    }

    fn encode(&mut self, measurements: &[RawMeasurement], route: &[u32]) -> Encoded {
        match self {
            Encoder::Tssc { encoder, block, .. } => encoder.encode(block, measurements, route),
            Encoder::Compact { format, packet, limit } => {
                compact::encode(measurements, route, format, 0, packet, *limit)
            }
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
        Stream {
            route: catalog.route(&subscription.selection),
            encoder: Encoder::new(&subscription),
            subscription,
            members: Vec::new(),
            measurements: 0,
            first_time: Ticks::default(),
            starts_anew: false,
            restart: true,
            in_flight: VecDeque::new(),
        }
    }

    /// The rows of the metadata are others now.
    pub(super) fn change_catalog(&mut self, catalog: &Catalog) {
        self.route = catalog.route(&self.subscription.selection);
    }

    /// Encodes measurements into the packet under construction. Returns how many were used up:
    /// fewer than all when the packet is full and has to be finished first.
    pub(super) fn encode(&mut self, measurements: &[RawMeasurement]) -> usize {
        if self.measurements == 0 {
            self.starts_anew = self.encoder.begin_packet(self.restart);
        }
        let encoded = self.encoder.encode(measurements, &self.route);
        if self.measurements == 0 && encoded.written > 0 {
            self.first_time = first_time(measurements, &self.route);
            self.restart = false;
        }
        self.measurements += encoded.written as u32;
        encoded.consumed
    }

    /// The packet under construction, if there is anything in it, for subscribers that use the
    /// given cache slots.
    pub(super) fn finish_packet(&mut self, slots: [bool; 2]) -> Option<Packet> {
        if self.measurements == 0 {
            return None;
        }
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
            starts_anew: self.starts_anew,
        })
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

/// Time of the first point that is routed, without leap-second bits.
fn first_time(measurements: &[RawMeasurement], route: &[u32]) -> Ticks {
    let routed = |measurement: &&RawMeasurement| {
        route.get(measurement.row as usize).is_some_and(|index| *index != NOT_SUBSCRIBED)
    };
    measurements
        .iter()
        .find(routed)
        .map_or(Ticks::default(), |measurement| Ticks(Ticks(measurement.ticks).value()))
}
