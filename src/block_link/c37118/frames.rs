//! Data points of C37.118 to data frames.

use std::collections::VecDeque;
use std::ops::AddAssign;

use super::super::field::DataPoint;
use super::slots::Slots;
use crate::c37118::{FrameTime, FrameType, encode_payload};
use crate::wire::{Reader, Truncated};

/// Frames that are open at the same time; the oldest is given up for another.
const MOST_OPEN: usize = 64;
/// Times of frames that are over: points of these come too late, or again.
const MOST_CLOSED: usize = 64;
/// Bytes of a point in front of its value: SOC, count of FRACSEC, time quality.
const TIME_SIZE: usize = 8;

/// What became of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FrameCounts {
    /// Frames that were put together.
    pub whole: u64,
    /// Frames of which points came, but not all.
    pub incomplete: u64,
    /// Points that became part of a frame.
    pub points: u64,
    /// Points that came behind their frame, or again.
    pub late_points: u64,
    /// Points that have not the fields of their value.
    pub malformed_points: u64,
}

impl AddAssign for FrameCounts {
    fn add_assign(&mut self, other: FrameCounts) {
        self.whole += other.whole;
        self.incomplete += other.incomplete;
        self.points += other.points;
        self.late_points += other.late_points;
        self.malformed_points += other.malformed_points;
    }
}

/// A frame of which points have come.
#[derive(Debug)]
struct OpenFrame {
    time: FrameTime,
    payload: Vec<u8>,
    is_there: Vec<bool>,
    missing: usize,
}

/// Puts the data frames of one configuration together. It holds 64 unfinished frames at most.
#[derive(Debug)]
pub struct FrameBuilder {
    slots: Slots,
    open: VecDeque<OpenFrame>,
    closed: VecDeque<FrameTime>,
    counts: FrameCounts,
}

impl FrameBuilder {
    /// For the frames of a configuration.
    pub fn new(slots: Slots) -> FrameBuilder {
        FrameBuilder { slots, open: VecDeque::new(), closed: VecDeque::new(), counts: FrameCounts::default() }
    }

    /// Where the values are.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    #[cfg(test)]
    pub(super) fn open_frames(&self) -> usize {
        self.open.len()
    }

    /// What became of frames so far; those that are unfinished count as incomplete.
    pub fn counts(&self) -> FrameCounts {
        FrameCounts { incomplete: self.counts.incomplete + self.open.len() as u64, ..self.counts }
    }

    /// A point of the value at this place has come. Returns the frame, if that is whole now. A point that has not the fields
    /// of the value is left out.
    pub fn take(&mut self, place: usize, point: &DataPoint<'_>) -> Option<Vec<u8>> {
        let slot = *self.slots.slots().get(place)?;
        let read = read_time(point.data).ok().filter(|(_, value)| value.len() == slot.size());
        let Some((time, value)) = read else {
            self.counts.malformed_points += 1;
            return None;
        };
        if self.closed.contains(&time) {
            self.counts.late_points += 1;
            return None;
        }
        let index = self.open.iter().position(|frame| frame.time == time);
        let index = index.unwrap_or_else(|| self.begin(time));
        let frame = &mut self.open[index];
        if std::mem::replace(&mut frame.is_there[place], true) {
            self.counts.late_points += 1;
            return None;
        }
        self.counts.points += 1;
        frame.payload[slot.offset..slot.offset + slot.size()].copy_from_slice(value);
        frame.missing -= 1;
        if frame.missing > 0 {
            return None;
        }
        let frame = self.open.remove(index)?;
        self.close(time);
        self.counts.whole += 1;
        let configuration = self.slots.configuration();
        let mut bytes = Vec::new();
        let (version, id_code) = (configuration.version, configuration.id_code);
        // Cannot be too large: what its length is came as a frame.
        encode_payload(&mut bytes, FrameType::Data, version, id_code, time, &frame.payload).ok()?;
        Some(bytes)
    }

    fn begin(&mut self, time: FrameTime) -> usize {
        if self.open.len() >= MOST_OPEN
            && let Some(oldest) = self.open.pop_front()
        {
            self.counts.incomplete += 1;
            self.close(oldest.time);
        }
        let count = self.slots.slots().len();
        let payload = vec![0; self.slots.payload_size()];
        self.open.push_back(OpenFrame { time, payload, is_there: vec![false; count], missing: count });
        self.open.len() - 1
    }

    fn close(&mut self, time: FrameTime) {
        if self.closed.len() >= MOST_CLOSED {
            self.closed.pop_front();
        }
        self.closed.push_back(time);
    }
}

/// Appends the time in front of the value of a point.
pub(super) fn write_time(out: &mut Vec<u8>, time: FrameTime) {
    out.extend_from_slice(&time.second.to_be_bytes());
    out.extend_from_slice(&time.count.to_be_bytes()[1..]);
    out.push(time.quality);
}

fn read_time(data: &[u8]) -> Result<(FrameTime, &[u8]), Truncated> {
    let mut reader = Reader::new(data);
    let second = reader.u32("SOC")?;
    let fraction = reader.u32("FRACSEC")?;
    let time = FrameTime { second, quality: fraction as u8, count: fraction >> 8 };
    debug_assert_eq!(reader.offset(), TIME_SIZE);
    Ok((time, reader.rest()))
}

/// The points of a data frame, in the order of its values: place and fields, in `scratch`. None when the payload is not that of
/// the configuration.
pub(in super::super) fn points_of(
    slots: &Slots,
    time: FrameTime,
    payload: &[u8],
    mut visit: impl FnMut(usize, &[u8]),
) -> bool {
    if payload.len() != slots.payload_size() {
        return false;
    }
    let mut data = Vec::new();
    for (place, slot) in slots.slots().iter().enumerate() {
        data.clear();
        write_time(&mut data, time);
        data.extend_from_slice(&payload[slot.offset..slot.offset + slot.size()]);
        visit(place, &data);
    }
    true
}
