//! Reading a window out of a history.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::History;
use super::segment::{Segment, Times};
use crate::Measurement;
use crate::codec::{MeasurementBuffer, RawMeasurement, SignalTable, narrow_value, tssc};
use crate::time_expression::TimeWindow;

/// Signal index of wanted signals that a segment does not have.
const ABSENT: u32 = u32::MAX;

/// Reads the measurements of some signals in a window of time, one block after the other, while
/// the history goes on growing and dropping.
pub struct HistoryReader {
    window: TimeWindow,
    /// Position of each wanted signal.
    wanted: HashMap<Uuid, usize>,
    /// The segment to read and its next block.
    segment: u64,
    block: usize,
    /// Measurements ever recorded before the segment to read.
    before: u64,
    missed: u64,
    /// Signal indexes of segments that use this table of signals, to positions.
    table: Option<(Arc<Vec<Uuid>>, SignalTable)>,
    decoder: tssc::Decoder,
    decoded: MeasurementBuffer,
}

impl HistoryReader {
    /// A reader that begins with what is oldest. Measurements name their signal by its position in
    /// `wanted`.
    pub fn new(history: &History, window: TimeWindow, wanted: impl Iterator<Item = Uuid>) -> HistoryReader {
        HistoryReader {
            window,
            wanted: wanted.zip(0..).collect(),
            segment: history.first_number,
            block: 0,
            before: history.segments.front().map_or(history.recorded, |front| front.before),
            missed: 0,
            table: None,
            decoder: tssc::Decoder::new(),
            decoded: MeasurementBuffer::new(),
        }
    }

    /// The times that are read.
    pub fn window(&self) -> TimeWindow {
        self.window
    }

    /// Measurements of all signals that the history dropped before they could be read.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Decodes the next block that may hold something of the window, and appends what it does hold
    /// to `out`. False when everything recorded so far was read.
    pub fn read(&mut self, history: &mut History, out: &mut Vec<RawMeasurement>) -> bool {
        loop {
            self.skip_dropped(history);
            let position = (self.segment - history.first_number) as usize;
            let Some(segment) = history.segments.get(position) else { return false };
            let is_last = position + 1 == history.segments.len();
            if !segment.meets(&self.window, self.block) {
                if is_last {
                    return false;
                }
                self.begin_segment(self.segment + 1, segment.before + segment.measurements);
                continue;
            }
            if segment.block(self.block).is_none() && is_last {
                history.finish_block();
            }
            let Some(segment) = history.segments.get(position) else { return false };
            match segment.block(self.block) {
                Some((block, times)) => {
                    self.block += 1;
                    self.use_table(segment);
                    self.decode(block, times, out);
                    return true;
                }
                None if is_last => return false,
                None => self.begin_segment(self.segment + 1, segment.before + segment.measurements),
            }
        }
    }

    fn skip_dropped(&mut self, history: &History) {
        if self.segment < history.first_number {
            let before = history.segments.front().map_or(history.recorded, |front| front.before);
            self.missed += before - self.before;
            self.begin_segment(history.first_number, before);
        }
    }

    fn begin_segment(&mut self, number: u64, before: u64) {
        self.segment = number;
        self.block = 0;
        self.before = before;
        self.decoder.reset();
    }

    /// Finds the wanted signals among those of a segment.
    fn use_table(&mut self, segment: &Segment) {
        if self.table.as_ref().is_some_and(|(signals, _)| Arc::ptr_eq(signals, &segment.signals)) {
            return;
        }
        let mut records = vec![(ABSENT, Uuid::nil()); self.wanted.len()];
        for (index, signal_id) in (0..).zip(segment.signals.iter()) {
            if let Some(record) = self.wanted.get(signal_id).and_then(|position| records.get_mut(*position)) {
                *record = (index, *signal_id);
            }
        }
        self.table = Some((segment.signals.clone(), SignalTable::new(&records)));
    }

    fn decode(&mut self, block: &[u8], times: Times, out: &mut Vec<RawMeasurement>) {
        let Some((_, table)) = &self.table else { return };
        self.decoded.clear();
        if let Err(error) = self.decoder.decode(block, table, &mut self.decoded) {
            log::error!("a segment of the history in memory is damaged: {error}");
            // Later blocks of the segment build on this one.
            self.block = usize::MAX;
        }
        let measurements = self.decoded.as_slice().iter();
        if times.are_within(&self.window) {
            out.extend(measurements.map(raw));
        } else if times.meet(&self.window) {
            let in_window = measurements.filter(|measurement| self.window.contains(measurement.timestamp));
            out.extend(in_window.map(raw));
        }
    }
}

fn raw(measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        ticks: measurement.timestamp.0,
        row: measurement.signal_index,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}
