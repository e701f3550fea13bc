//! The last measurements that were published, compressed in memory.
//!
//! Measurements are kept in *segments*: runs of TSSC blocks that one encoder wrote from its start.
//! A reader decodes segments from their start, as far as the times of what follows meet its window;
//! others cost nothing. When there is too much, the oldest segment is dropped. Order is the order of publishing: measurements
//! come out sorted by time as far as they went in sorted.

mod reader;
mod segment;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::RawMeasurement;
use super::tssc;
use crate::Ticks;
pub use reader::HistoryReader;
use segment::Segment;

/// Bytes of one TSSC block: as much as is decoded at once.
const BLOCK_SIZE: usize = 32 << 10;
/// Least bytes of a segment, so that the start of its encoder costs little.
const SEGMENT_SIZE: usize = 256 << 10;
/// Measurements of each signal in a segment, for the same reason.
const MEASUREMENTS_PER_SIGNAL: usize = 32;
/// No segment takes more than this part of the limit, in bytes or in time.
const SEGMENTS_AT_LEAST: usize = 8;
/// Smallest limit, in bytes.
const SMALLEST_LIMIT: usize = 1 << 20;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryLimits {
    /// What was published longer ago is dropped; up to an eighth more may be kept.
    pub duration: Duration,
    /// Compressed bytes, 1 MiB at least. The measurements published last may go beyond it by what
    /// one segment takes.
    pub bytes: usize,
}

/// What is kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryExtent {
    /// Measurements.
    pub measurements: u64,
    /// Bytes that they take.
    pub bytes: u64,
    /// Earliest time of a measurement, 0 when there is none.
    pub earliest: Ticks,
    /// Latest time of a measurement, 0 when there is none.
    pub latest: Ticks,
    /// Latest time of a measurement that was kept and is not any more, 0 when there is none: of later ones,
    /// nothing was dropped.
    pub dropped: Ticks,
}

/// The last measurements that were published.
pub struct History {
    limits: HistoryLimits,
    /// Oldest first; the last one may be open.
    segments: VecDeque<Segment>,
    /// Number of the first segment; numbers are never used again.
    first_number: u64,
    /// The encoder goes on in the last segment.
    is_open: bool,
    recorder: Recorder,
    /// Of segments and of the signal tables that they use.
    bytes: usize,
    /// Measurements ever recorded.
    recorded: u64,
    /// Latest time of those that were dropped.
    dropped: i64,
}

/// Encoder of the open segment.
struct Recorder {
    /// Signal of each row.
    signals: Arc<Vec<Uuid>>,
    /// Each row is its own signal index.
    route: Vec<u32>,
    encoder: tssc::Encoder,
    block: tssc::Block,
}

impl Recorder {
    fn new(signals: Vec<Uuid>) -> Recorder {
        Recorder {
            route: (0..signals.len() as u32).collect(),
            encoder: tssc::Encoder::new(signals.len()),
            block: tssc::Block::new(0, BLOCK_SIZE),
            signals: Arc::new(signals),
        }
    }
}

impl History {
    /// An empty history of measurements whose rows stand for `signals`.
    pub fn new(limits: HistoryLimits, signals: Vec<Uuid>) -> History {
        let recorder = Recorder::new(signals);
        History {
            limits: HistoryLimits { bytes: limits.bytes.max(SMALLEST_LIMIT), ..limits },
            segments: VecDeque::new(),
            first_number: 0,
            is_open: false,
            bytes: table_size(&recorder.signals),
            recorder,
            recorded: 0,
            dropped: 0,
        }
    }

    /// Other limits from now on.
    pub fn set_limits(&mut self, limits: HistoryLimits) {
        self.limits = HistoryLimits { bytes: limits.bytes.max(SMALLEST_LIMIT), ..limits };
    }

    /// Rows stand for other signals from now on.
    pub fn set_signals(&mut self, signals: Vec<Uuid>) {
        if *self.recorder.signals == signals {
            return;
        }
        self.close_segment();
        let old = std::mem::replace(&mut self.recorder, Recorder::new(signals));
        self.bytes += table_size(&self.recorder.signals);
        self.forget_table(&old.signals);
    }

    /// What is kept.
    pub fn extent(&self) -> HistoryExtent {
        HistoryExtent {
            measurements: self.recorded - self.segments.front().map_or(self.recorded, |front| front.before),
            bytes: self.bytes as u64,
            earliest: Ticks(self.segments.iter().map(|segment| segment.times().earliest).min().unwrap_or(0)),
            latest: Ticks(self.segments.iter().map(|segment| segment.times().latest).max().unwrap_or(0)),
            dropped: Ticks(self.dropped),
        }
    }

    /// Keeps measurements that were published now. Those whose row stands for no signal are left
    /// out.
    pub fn record(&mut self, measurements: &[RawMeasurement], now: Instant) {
        self.close_aged_segment(now);
        let mut rest = measurements;
        while !rest.is_empty() {
            self.open_segment(now);
            let Recorder { encoder, block, route, .. } = &mut self.recorder;
            let encoded = encoder.encode(block, rest, route);
            let (taken, left) = rest.split_at(encoded.consumed);
            if let Some(segment) = self.segments.back_mut() {
                segment.note(taken, encoded.written, now);
            }
            self.recorded += encoded.written as u64;
            rest = left;
            if !rest.is_empty() {
                self.finish_block();
                self.close_full_segment();
            }
        }
        self.drop_oldest(now);
    }

    /// Sees to it that the last segment is open.
    fn open_segment(&mut self, now: Instant) {
        if !std::mem::replace(&mut self.is_open, true) {
            self.recorder.encoder.reset();
            self.recorder.block.clear();
            let segment = Segment::new(self.recorder.signals.clone(), self.recorded, now);
            self.bytes += segment.size();
            self.segments.push_back(segment);
        }
    }

    /// Moves the block under construction, if there is anything in it, to the open segment.
    fn finish_block(&mut self) {
        let Recorder { encoder, block, .. } = &mut self.recorder;
        if block.is_empty() || !self.is_open {
            return;
        }
        if let Some(segment) = self.segments.back_mut() {
            encoder.finish_block(block);
            let before = segment.size();
            segment.push_block(block.bytes());
            self.bytes += segment.size() - before;
        }
        block.clear();
    }

    fn close_full_segment(&mut self) {
        let Some(segment) = self.segments.back() else { return };
        let enough = self.recorder.signals.len().saturating_mul(MEASUREMENTS_PER_SIGNAL) as u64;
        let size = segment.size();
        let is_long = size >= SEGMENT_SIZE && segment.measurements >= enough;
        if is_long || size >= self.limits.bytes / SEGMENTS_AT_LEAST {
            self.close_segment();
        }
    }

    fn close_aged_segment(&mut self, now: Instant) {
        let longest = self.limits.duration / SEGMENTS_AT_LEAST as u32;
        if self.segments.back().is_some_and(|segment| now.duration_since(segment.begun) >= longest) {
            self.close_segment();
        }
    }

    fn close_segment(&mut self) {
        self.finish_block();
        if std::mem::take(&mut self.is_open)
            && let Some(segment) = self.segments.back_mut()
        {
            segment.shrink();
        }
    }

    fn drop_oldest(&mut self, now: Instant) {
        let kept = usize::from(self.is_open);
        while self.segments.len() > kept
            && let Some(front) = self.segments.front()
        {
            let is_old = now.duration_since(front.ended) > self.limits.duration;
            if !is_old && self.bytes <= self.limits.bytes {
                return;
            }
            let Some(dropped) = self.segments.pop_front() else { return };
            self.first_number += 1;
            self.bytes -= dropped.size();
            self.dropped = self.dropped.max(dropped.times().latest);
            self.forget_table(&dropped.signals);
        }
    }

    /// The table of signals is not counted any more once `signals` is its last user.
    fn forget_table(&mut self, signals: &Arc<Vec<Uuid>>) {
        let is_used = Arc::ptr_eq(signals, &self.recorder.signals)
            || self.segments.iter().any(|segment| Arc::ptr_eq(&segment.signals, signals));
        if !is_used {
            self.bytes -= table_size(signals);
        }
    }
}

fn table_size(signals: &[Uuid]) -> usize {
    size_of_val(signals)
}
