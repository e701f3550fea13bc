//! The array decoders append to.

use crate::Measurement;

/// A growable array of measurements that keeps its memory, and the measurements in it, when it is
/// cleared: once warm, appending neither allocates nor initialises.
#[derive(Debug, Default)]
pub struct MeasurementBuffer {
    /// All that were ever appended; those from `length` on are left-overs to write over.
    items: Vec<Measurement>,
    length: usize,
}

impl MeasurementBuffer {
    /// An empty buffer. Allocates when something is appended.
    pub fn new() -> MeasurementBuffer {
        MeasurementBuffer::default()
    }

    /// The measurements, oldest first.
    pub fn as_slice(&self) -> &[Measurement] {
        &self.items[..self.length]
    }

    /// Number of measurements.
    pub fn len(&self) -> usize {
        self.length
    }

    /// True when there is no measurement.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Removes all measurements.
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// Keeps the first `length` measurements; no effect when there are not more.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Of the measurements from `first` on, keeps those that `keep` wants.
    pub fn retain_from(&mut self, first: usize, mut keep: impl FnMut(&Measurement) -> bool) {
        let mut kept = first;
        for index in first..self.length {
            if keep(&self.items[index]) {
                self.items.swap(kept, index);
                kept += 1;
            }
        }
        self.length = self.length.min(kept);
    }

    /// Appends a measurement.
    #[inline(always)]
    pub fn push(&mut self, measurement: Measurement) {
        if self.length >= self.items.len() {
            self.grow();
        }
        self.items[self.length] = measurement;
        self.length += 1;
    }

    /// Room to write over, for at least one measurement.
    pub(super) fn room(&mut self) -> &mut [Measurement] {
        if self.length >= self.items.len() {
            self.grow();
        }
        &mut self.items[self.length..]
    }

    /// Appends the first `count` measurements of the [`room`](Self::room).
    pub(super) fn fill_room(&mut self, count: usize) {
        self.length = self.items.len().min(self.length + count);
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.items.resize((2 * self.items.len()).max(256), Measurement::EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{StateFlags, Ticks};

    fn measurement(signal_index: u32) -> Measurement {
        Measurement {
            signal_id: Uuid::from_u128(1),
            timestamp: Ticks(2),
            value: 3.0,
            flags: StateFlags::BAD_DATA,
            signal_index,
        }
    }

    #[test]
    fn appends_in_order_and_reuses_its_memory() {
        let mut buffer = MeasurementBuffer::new();
        for round in 0..3 {
            assert!(buffer.is_empty());
            for index in 0..1_000 {
                buffer.push(measurement(index + round));
            }
            assert_eq!(buffer.len(), 1_000);
            assert!(buffer.as_slice().iter().map(|m| m.signal_index).eq(round..1_000 + round));
            buffer.truncate(2_000);
            buffer.retain_from(900, |measurement| measurement.signal_index.is_multiple_of(2));
            assert_eq!(buffer.len(), 950);
            assert_eq!(buffer.as_slice()[901].signal_index - buffer.as_slice()[900].signal_index, 2);
            buffer.truncate(10);
            assert_eq!(buffer.as_slice().len(), 10);
            buffer.clear();
        }
    }
}
