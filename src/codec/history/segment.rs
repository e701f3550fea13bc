//! A run of TSSC blocks that one encoder wrote from its start.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::Ticks;
use crate::codec::RawMeasurement;

/// Blocks of one encoder, the first one being its first.
pub(super) struct Segment {
    /// Signal of each signal index.
    pub(super) signals: Arc<Vec<Uuid>>,
    /// The blocks, one behind the other.
    bytes: Vec<u8>,
    /// Where each block ends.
    block_ends: Vec<usize>,
    pub(super) measurements: u64,
    /// Measurements that were ever recorded before.
    pub(super) before: u64,
    /// Earliest and latest time, without leap-second bits.
    pub(super) earliest: i64,
    pub(super) latest: i64,
    /// When its first and its last measurement were published.
    pub(super) begun: Instant,
    pub(super) ended: Instant,
}

impl Segment {
    pub(super) fn new(signals: Arc<Vec<Uuid>>, before: u64, now: Instant) -> Segment {
        Segment {
            signals,
            bytes: Vec::new(),
            block_ends: Vec::new(),
            measurements: 0,
            before,
            earliest: i64::MAX,
            latest: 0,
            begun: now,
            ended: now,
        }
    }

    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Segment>() + self.bytes.len() + size_of_val(&self.block_ends[..])
    }

    /// Measurements of which `written` were encoded, whether their block is finished or not.
    pub(super) fn note(&mut self, measurements: &[RawMeasurement], written: usize, now: Instant) {
        for measurement in measurements {
            let time = Ticks(measurement.ticks).value();
            self.earliest = self.earliest.min(time);
            self.latest = self.latest.max(time);
        }
        self.measurements += written as u64;
        self.ended = now;
    }

    pub(super) fn push_block(&mut self, block: &[u8]) {
        self.bytes.extend_from_slice(block);
        self.block_ends.push(self.bytes.len());
    }

    /// No block will follow.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.block_ends.shrink_to_fit();
    }

    pub(super) fn block(&self, number: usize) -> Option<&[u8]> {
        let end = *self.block_ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.block_ends.get(before)).copied();
        self.bytes.get(start.unwrap_or(0)..end)
    }
}
