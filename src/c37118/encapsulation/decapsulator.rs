//! Buffer blocks to frames.

use std::collections::VecDeque;
use std::sync::Arc;

use uuid::Uuid;

use super::super::assembler::FrameAssembler;
use super::super::configuration::Configuration;
use super::super::frame::{Frame, FrameType};
use super::EncapsulatedStream;
use super::descriptions::{Change, Descriptions};
use crate::counters::counter_record;

counter_record! {
    /// What is counted of a stream of frames that is made of buffer blocks.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct DecapsulatorCounters {
        /// Data frames received.
        data_frames: u64, Total, "frames";
        /// Configuration and header frames received.
        configuration_frames: u64, Total, "frames";
        /// Configuration and header frames among them that were known.
        configuration_frames_repeated: u64, Total, "frames";
        /// Blocks that are no frame, not one of their signal, or no configuration that means anything.
        blocks_rejected: u64, Total, "blocks";
        /// Frames dropped, because no configuration came for longer than is waited for, or because they were not
        /// taken.
        frames_dropped: u64, Total, "frames";
    }
}

/// Buffers that are kept for frames to come.
const MOST_SPARE: usize = 16;

/// Buffer blocks of a stream to its frames.
#[derive(Debug)]
pub struct Decapsulator {
    stream: EncapsulatedStream,
    most_held: usize,
    descriptions: Descriptions,
    /// Frames to be polled, unless they are data frames without a configuration.
    frames: VecDeque<Vec<u8>>,
    /// Data frames that wait for the configuration.
    waiting: VecDeque<Vec<u8>>,
    /// Bytes of both.
    held: usize,
    spare: Vec<Vec<u8>>,
    current: Vec<u8>,
    counters: DecapsulatorCounters,
}

impl Decapsulator {
    /// For one stream. At most `most_held` bytes of frames are held, while the configuration is not known or
    /// nobody takes them; then the oldest data frames are dropped.
    pub fn new(stream: EncapsulatedStream, most_held: usize) -> Decapsulator {
        Decapsulator {
            stream,
            most_held,
            descriptions: Descriptions::default(),
            frames: VecDeque::new(),
            waiting: VecDeque::new(),
            held: 0,
            spare: Vec::new(),
            current: Vec::new(),
            counters: DecapsulatorCounters::default(),
        }
    }

    /// The stream.
    pub fn stream(&self) -> &EncapsulatedStream {
        &self.stream
    }

    /// Goes on with the blocks of another stream. Frames of the one before that were not taken are dropped.
    pub fn follow(&mut self, stream: EncapsulatedStream) {
        while self.drop_oldest() {}
        self.descriptions = Descriptions::default();
        self.stream = stream;
    }

    /// What the data frames carry; None before a whole CFG-2 or CFG-3 came.
    pub fn configuration(&self) -> Option<&Arc<Configuration>> {
        self.descriptions.configuration()
    }

    /// The configuration and header frames that came last, byte by byte: what a server answers with.
    pub fn answers(&self) -> impl Iterator<Item = &[u8]> {
        self.descriptions.frames()
    }

    /// What became of blocks and frames.
    pub fn counters(&self) -> &DecapsulatorCounters {
        &self.counters
    }

    /// Takes a buffer block of any signal; those of other signals are ignored.
    pub fn receive(&mut self, signal_id: Uuid, bytes: &[u8]) {
        if signal_id == self.stream.data_signal {
            match Frame::decode(bytes) {
                Ok(frame) if frame.kind == FrameType::Data => {
                    self.counters.data_frames += 1;
                    self.hold(bytes, self.descriptions.configuration().is_some());
                }
                _ => self.counters.blocks_rejected += 1,
            }
        } else if signal_id == self.stream.configuration_signal {
            match self.take(bytes) {
                Some(Change::None) => self.counters.configuration_frames_repeated += 1,
                Some(_) => {
                    self.hold(bytes, true);
                    if self.descriptions.configuration().is_some() {
                        self.frames.append(&mut self.waiting);
                    }
                }
                None => self.counters.blocks_rejected += 1,
            }
        }
    }

    /// None when the block is not one frame of a configuration or a header.
    fn take(&mut self, bytes: &[u8]) -> Option<Change> {
        let mut change = None;
        let mut frames = 0;
        let kept = &mut self.descriptions;
        // Not every CFG-3 of other implementations is one frame by its length.
        FrameAssembler::default().receive(bytes, |frame| {
            frames += 1;
            let is_answer = !matches!(frame.kind, FrameType::Data | FrameType::Command);
            if is_answer && frame.bytes.len() == bytes.len() {
                change = kept.take(&frame).ok();
            }
        });
        self.counters.configuration_frames += u64::from(change.is_some());
        change.filter(|_| frames == 1)
    }

    fn hold(&mut self, bytes: &[u8], is_ready: bool) {
        while self.held + bytes.len() > self.most_held && self.drop_oldest() {}
        let mut frame = self.spare.pop().unwrap_or_default();
        frame.clear();
        frame.extend_from_slice(bytes);
        self.held += frame.len();
        if is_ready { self.frames.push_back(frame) } else { self.waiting.push_back(frame) }
    }

    /// Drops the oldest data frame; of configurations and headers at most a few are held.
    fn drop_oldest(&mut self) -> bool {
        let is_data = |frame: &Vec<u8>| frame.get(1).is_some_and(|second| second & 0x70 == 0);
        let dropped = match self.waiting.pop_front() {
            Some(frame) => Some(frame),
            None => self.frames.iter().position(is_data).and_then(|index| self.frames.remove(index)),
        };
        // Headers and configurations that nobody takes are in the answers too.
        let Some(frame) = dropped.or_else(|| self.frames.pop_front()) else { return false };
        self.counters.frames_dropped += 1;
        self.held -= frame.len();
        self.keep(frame);
        true
    }

    fn keep(&mut self, frame: Vec<u8>) {
        if self.spare.len() < MOST_SPARE {
            self.spare.push(frame);
        }
    }

    /// The next frame, byte by byte as the device sent it: configurations and headers before the data
    /// that follow them, and no data before a configuration.
    pub fn poll(&mut self) -> Option<&[u8]> {
        let frame = self.frames.pop_front()?;
        self.held -= frame.len();
        let used = std::mem::replace(&mut self.current, frame);
        self.keep(used);
        Some(&self.current)
    }
}
