//! Frames of C37.118 in recorded network traffic: what tcpdump and Wireshark write as pcap and pcapng files.

mod packets;
mod payloads;
mod segments;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::net::SocketAddr;

use bytes::Bytes;
use thiserror::Error;

use super::assembler::FrameAssembler;
use super::frame::Frame;
use crate::Ticks;
use packets::Packets;
use payloads::{Payload, Payloads};
use segments::Segments;

pub use payloads::CaptureTransport;

/// Flows that are followed at a time; the one that was silent longest is forgotten for another.
const MOST_FLOWS: usize = 1_024;

/// Why a capture cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The file is something else.
    #[error("this is no pcap or pcapng file; record one with: tcpdump -w FILE port 4712")]
    NoCapture,
    /// The file cannot be read any further.
    #[error("the capture cannot be read behind packet {packets}: {cause}")]
    Broken {
        /// Packets before that place.
        packets: u64,
        /// What is wrong there.
        cause: String,
    },
}

/// A frame, and when and where it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedFrame {
    /// When its last byte was recorded, by the clock of the machine that did.
    pub time: Ticks,
    /// Who sent it.
    pub sender: SocketAddr,
    /// To whom.
    pub receiver: SocketAddr,
    /// By TCP or UDP.
    pub transport: CaptureTransport,
    /// The frame, whose check word is right.
    pub bytes: Bytes,
}

/// What was met so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CaptureCounts {
    /// Packets of the file.
    pub packets: u64,
    /// Packets that carry neither TCP nor UDP, or are damaged or cut.
    pub other_packets: u64,
    /// Frames of C37.118.
    pub frames: u64,
    /// Frames whose check word was wrong, in flows that had good ones.
    pub bad_checks: u64,
    /// Bytes that the recorder missed in TCP flows that had frames.
    pub missing_bytes: u64,
}

/// One direction between two sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FlowKey {
    sender: SocketAddr,
    receiver: SocketAddr,
    transport: CaptureTransport,
}

#[derive(Debug, Default)]
struct Flow {
    assembler: FrameAssembler,
    segments: Segments,
    frames: u64,
    /// Number of its last packet.
    last_packet: u64,
    /// What the counts of the capture have of it.
    counted: CaptureCounts,
}

/// Reads a capture frame by frame, in the order in which they were recorded. It holds little of the file at a time:
/// for each TCP flow at most 256 KiB that came out of order.
///
/// Ethernet, with VLAN tags or not, all interfaces of Linux together, loopback and raw IP are read; IP fragments are put together.
pub struct Capture {
    packets: Packets,
    payloads: Payloads,
    flows: HashMap<FlowKey, Flow>,
    found: VecDeque<CapturedFrame>,
    counts: CaptureCounts,
}

impl Capture {
    /// A capture whose first bytes are those of `file`.
    ///
    /// # Errors
    ///
    /// [`CaptureError::NoCapture`] when it is something else.
    pub fn new(file: impl Read + Send + 'static) -> Result<Capture, CaptureError> {
        Ok(Capture {
            packets: Packets::new(file)?,
            payloads: Payloads::default(),
            flows: HashMap::new(),
            found: VecDeque::new(),
            counts: CaptureCounts::default(),
        })
    }

    /// What was met so far.
    pub fn counts(&self) -> CaptureCounts {
        self.counts
    }

    /// The next frame; None when there is no other.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Broken`] where the file is damaged or cut.
    pub fn next_frame(&mut self) -> Result<Option<CapturedFrame>, CaptureError> {
        loop {
            if let Some(frame) = self.found.pop_front() {
                return Ok(Some(frame));
            }
            if !self.read_packet()? {
                return Ok(self.take_what_waits());
            }
        }
    }

    /// Takes the frames out of the next packet. False at the end of the file.
    fn read_packet(&mut self) -> Result<bool, CaptureError> {
        let packets = self.counts.packets;
        let Some(packet) = self.packets.next_packet(packets)? else { return Ok(false) };
        self.counts.packets += 1;
        let time = packet.time;
        match self.payloads.read(packet.link, packet.bytes, packets) {
            None => self.counts.other_packets += 1,
            Some(payload) => {
                let key = FlowKey {
                    sender: payload.sender,
                    receiver: payload.receiver,
                    transport: payload.transport,
                };
                let flow = flow_of(&mut self.flows, key, packets);
                flow.take(&payload, time, &mut Found { key, frames: &mut self.found });
                flow.count(&mut self.counts);
            }
        }
        Ok(true)
    }

    /// At the end: frames behind bytes that the recorder missed.
    fn take_what_waits(&mut self) -> Option<CapturedFrame> {
        for (key, flow) in &mut self.flows {
            let mut out = Found { key: *key, frames: &mut self.found };
            flow.finish(&mut out);
            flow.count(&mut self.counts);
        }
        self.found.make_contiguous().sort_by_key(|frame| frame.time);
        self.found.pop_front()
    }
}

/// The flow of a packet with this number.
fn flow_of(flows: &mut HashMap<FlowKey, Flow>, key: FlowKey, packet: u64) -> &mut Flow {
    if flows.len() >= MOST_FLOWS && !flows.contains_key(&key) {
        let oldest = flows.iter().min_by_key(|(_, flow)| flow.last_packet).map(|(key, _)| *key);
        oldest.map(|oldest| flows.remove(&oldest));
    }
    let flow = flows.entry(key).or_default();
    flow.last_packet = packet;
    flow
}

/// Where the frames of a flow go.
struct Found<'a> {
    key: FlowKey,
    frames: &'a mut VecDeque<CapturedFrame>,
}

impl Found<'_> {
    /// Takes the whole frames out of bytes that continue earlier ones. Returns their number.
    fn take(&mut self, assembler: &mut FrameAssembler, bytes: &[u8], time: Ticks) -> u64 {
        let before = self.frames.len();
        assembler.receive(bytes, |frame| self.push(&frame, time));
        (self.frames.len() - before) as u64
    }

    /// Takes the frames out of a datagram, which no other continues. Returns their number.
    fn take_datagram(&mut self, assembler: &mut FrameAssembler, bytes: &[u8], time: Ticks) -> u64 {
        let before = self.frames.len();
        assembler.receive_datagram(bytes, |frame| self.push(&frame, time));
        (self.frames.len() - before) as u64
    }

    fn push(&mut self, frame: &Frame<'_>, time: Ticks) {
        let FlowKey { sender, receiver, transport } = self.key;
        let bytes = Bytes::copy_from_slice(frame.bytes);
        self.frames.push_back(CapturedFrame { time, sender, receiver, transport, bytes });
    }
}

impl Flow {
    fn take(&mut self, payload: &Payload<'_>, time: Ticks, found: &mut Found<'_>) {
        let Flow { assembler, segments, frames, .. } = self;
        match payload.segment {
            Some(segment) => segments.take(segment, &payload.bytes, time, |bytes, time| {
                *frames += found.take(assembler, bytes, time);
            }),
            None => *frames += found.take_datagram(assembler, &payload.bytes, time),
        }
    }

    fn finish(&mut self, found: &mut Found<'_>) {
        let Flow { assembler, segments, frames, .. } = self;
        segments.finish(|bytes, time| *frames += found.take(assembler, bytes, time));
    }

    /// Counts what is new of it, if it speaks C37.118 at all.
    fn count(&mut self, counts: &mut CaptureCounts) {
        if self.frames == 0 {
            return;
        }
        let bad_checks = self.assembler.counts().bad_checks;
        let missing_bytes = self.segments.missing_bytes();
        counts.frames += self.frames - self.counted.frames;
        counts.bad_checks += bad_checks - self.counted.bad_checks;
        counts.missing_bytes += missing_bytes - self.counted.missing_bytes;
        self.counted = CaptureCounts { frames: self.frames, bad_checks, missing_bytes, ..self.counted };
    }
}
