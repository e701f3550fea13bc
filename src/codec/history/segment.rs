//! A run of TSSC blocks that one encoder wrote from its start.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::Ticks;
use crate::codec::RawMeasurement;
use crate::time_expression::TimeWindow;

/// Blocks of one encoder, the first one being its first.
pub(super) struct Segment {
    /// Signal of each signal index.
    pub(super) signals: Arc<Vec<Uuid>>,
    /// The blocks, one behind the other.
    bytes: Vec<u8>,
    blocks: Vec<BlockEnd>,
    pub(super) measurements: u64,
    /// Measurements that were ever recorded before.
    pub(super) before: u64,
    /// Of the finished blocks, and of the one that is not.
    finished: Times,
    unfinished: Times,
    /// When its first and its last measurement were published.
    pub(super) begun: Instant,
    pub(super) ended: Instant,
}

/// Where a block ends, and its times.
#[derive(Debug, Clone, Copy)]
struct BlockEnd {
    end: usize,
    times: Times,
}

/// Earliest and latest time, without leap-second bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) earliest: i64,
    pub(super) latest: i64,
}

impl Times {
    /// Of nothing.
    const NONE: Times = Times { earliest: i64::MAX, latest: 0 };

    fn and(self, other: Times) -> Times {
        Times { earliest: self.earliest.min(other.earliest), latest: self.latest.max(other.latest) }
    }

    /// Whether there may be something in a window.
    pub(super) fn meet(&self, window: &TimeWindow) -> bool {
        self.earliest <= window.stop.value() && self.latest >= window.start.value()
    }

    /// Whether all is in a window.
    pub(super) fn are_within(&self, window: &TimeWindow) -> bool {
        self.earliest >= window.start.value() && self.latest <= window.stop.value()
    }
}

impl Segment {
    pub(super) fn new(signals: Arc<Vec<Uuid>>, before: u64, now: Instant) -> Segment {
        Segment {
            signals,
            bytes: Vec::new(),
            blocks: Vec::new(),
            measurements: 0,
            before,
            finished: Times::NONE,
            unfinished: Times::NONE,
            begun: now,
            ended: now,
        }
    }

    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Segment>() + self.bytes.len() + size_of_val(&self.blocks[..])
    }

    /// Measurements of which `written` were encoded, whether their block is finished or not.
    pub(super) fn note(&mut self, measurements: &[RawMeasurement], written: usize, now: Instant) {
        let mut times = self.unfinished;
        let mut before = None;
        for measurement in measurements {
            // Most have the time of the one before.
            if before.replace(measurement.ticks) != Some(measurement.ticks) {
                let time = Ticks(measurement.ticks).value();
                times = times.and(Times { earliest: time, latest: time });
            }
        }
        self.unfinished = times;
        self.measurements += written as u64;
        self.ended = now;
    }

    pub(super) fn push_block(&mut self, block: &[u8]) {
        self.bytes.extend_from_slice(block);
        let times = std::mem::replace(&mut self.unfinished, Times::NONE);
        self.finished = self.finished.and(times);
        self.blocks.push(BlockEnd { end: self.bytes.len(), times });
    }

    /// No block will follow.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.blocks.shrink_to_fit();
    }

    pub(super) fn times(&self) -> Times {
        self.finished.and(self.unfinished)
    }

    /// Whether there may be something of a window in a block or in those behind it, the unfinished one among them.
    pub(super) fn meets(&self, window: &TimeWindow, number: usize) -> bool {
        let left = self.blocks.get(number..).unwrap_or_default();
        self.unfinished.meet(window) || left.iter().any(|block| block.times.meet(window))
    }

    /// A finished block with its times.
    pub(super) fn block(&self, number: usize) -> Option<(&[u8], Times)> {
        let BlockEnd { end, times } = *self.blocks.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.blocks.get(before)).map(|before| before.end);
        Some((self.bytes.get(start.unwrap_or(0)..end)?, times))
    }
}
