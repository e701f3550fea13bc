//! The frequency of a device over the last minutes.

use std::collections::VecDeque;

/// A second of a device. What did not come is not a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The latest frequency, in hertz.
    pub frequency: f32,
    /// The least.
    pub least: f32,
    /// The greatest.
    pub most: f32,
    /// The rate of change of frequency that was furthest from zero, in hertz per second.
    pub change: f32,
}

impl Point {
    /// A second in which nothing came.
    pub const NOTHING: Point =
        Point { frequency: f32::NAN, least: f32::NAN, most: f32::NAN, change: f32::NAN };
}

/// Seconds that are kept of each device: ten minutes.
pub const LONGEST: usize = 600;
/// Points of all devices together; beyond, each device has fewer.
const ALL: usize = 2 << 20;
/// Fewer would not make a line.
const SHORTEST: usize = 60;

/// A point for each of the last seconds, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    points: VecDeque<Point>,
}

impl History {
    /// How many seconds are kept of each of so many devices.
    pub fn capacity(devices: usize) -> usize {
        (ALL / devices.max(1)).clamp(SHORTEST, LONGEST)
    }

    /// Adds a second, and forgets the oldest beyond the capacity.
    pub fn push(&mut self, point: Point, capacity: usize) {
        while self.points.len() >= capacity.max(1) {
            self.points.pop_front();
        }
        self.points.push_back(point);
    }

    /// The last `count` seconds, or as many as there are, the oldest first.
    pub fn last(&self, count: usize) -> impl DoubleEndedIterator<Item = &Point> + ExactSizeIterator {
        self.points.range(self.points.len().saturating_sub(count)..)
    }

    /// Seconds that are kept.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_many_devices_share() {
        let mut history = History::default();
        for second in 0..10 {
            history.push(Point { frequency: second as f32, ..Point::NOTHING }, 4);
        }
        let left: Vec<f32> = history.last(3).map(|point| point.frequency).collect();
        assert_eq!((history.len(), left), (4, vec![7.0, 8.0, 9.0]));
        assert_eq!([1, 10_000, 1_000_000].map(History::capacity), [LONGEST, 209, SHORTEST]);
    }
}
