//! How late measurements are, and how many come in a second.

use std::time::{Duration, Instant};

use crate::Ticks;

/// Shorter intervals would only measure packets.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

/// How late measurements were: the time by the clock of this machine less that of the measurement,
/// in ticks of 100 ns. Below 0 when the clock that the measurement comes from is ahead. All 0
/// without any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    /// Measurements that this is of. Those without time are not among them.
    pub measurements: u64,
    /// Of the quickest one.
    pub minimum: i64,
    /// Mean of all of them.
    pub mean: i64,
    /// Of the slowest one.
    pub maximum: i64,
}

impl Latency {
    /// That of these measurements and others together.
    pub(crate) fn with(self, other: Latency) -> Latency {
        let mut both = Spread::from(self);
        both.merge(other.into());
        both.latency()
    }
}

/// How late measurements were, in all and lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LatencyStatistics {
    /// All so far.
    pub total: Latency,
    /// Those of the latest complete interval.
    pub interval: Latency,
}

/// Counts measurements, and how late they were, in intervals of one length.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    length: Duration,
    /// Beginning of the current interval; `None` before the first.
    began: Option<Instant>,
    current: Interval,
    complete: Interval,
    total: Spread,
}

#[derive(Debug, Clone, Copy, Default)]
struct Interval {
    measurements: u64,
    spread: Spread,
}

impl Meter {
    /// Begins to count.
    pub(crate) fn new(length: Duration, now: Instant) -> Meter {
        Meter { length: length.max(SHORTEST_INTERVAL), began: Some(now), ..Meter::default() }
    }

    /// Other intervals from now on. The total goes on.
    pub(crate) fn open(&mut self, length: Duration, now: Instant) {
        self.length = length.max(SHORTEST_INTERVAL);
        self.began = Some(now);
        self.current = Interval::default();
        self.complete = Interval::default();
    }

    /// Begins to count, unless it does so already.
    pub(crate) fn open_once(&mut self, length: Duration, now: Instant) {
        if self.began.is_none() {
            self.open(length, now);
        }
    }

    pub(crate) fn add(&mut self, measurements: u64, spread: Spread, now: Instant) {
        self.roll(now);
        self.current.measurements += measurements;
        self.current.spread.merge(spread);
        self.total.merge(spread);
    }

    /// Ends the current interval when it is over. After a pause of more than an interval the
    /// latest complete one is an empty one.
    pub(crate) fn roll(&mut self, now: Instant) {
        let Some(began) = self.began else { return };
        // Readers may be ahead of the engine, which looks at the clock once per turn.
        let passed = now.saturating_duration_since(began);
        if passed < self.length {
            return;
        }
        let over = std::mem::take(&mut self.current);
        self.complete = if passed < self.length.saturating_mul(2) { over } else { Interval::default() };
        let into_next = passed.as_nanos() % self.length.as_nanos();
        self.began = now.checked_sub(Duration::from_nanos(into_next as u64)).or(Some(now));
    }

    /// Measurements per second in the latest complete interval.
    pub(crate) fn measurements_per_second(&self) -> f64 {
        match self.length.is_zero() {
            true => 0.0,
            false => self.complete.measurements as f64 / self.length.as_secs_f64(),
        }
    }

    pub(crate) fn latency(&self) -> LatencyStatistics {
        LatencyStatistics { total: self.total.latency(), interval: self.complete.spread.latency() }
    }
}

/// Smallest, largest and sum of latencies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    measurements: u64,
    minimum: i64,
    maximum: i64,
    sum: i128,
}

impl Default for Spread {
    fn default() -> Spread {
        Spread { measurements: 0, minimum: i64::MAX, maximum: i64::MIN, sum: 0 }
    }
}

impl From<Latency> for Spread {
    fn from(latency: Latency) -> Spread {
        if latency.measurements == 0 {
            return Spread::default();
        }
        Spread {
            measurements: latency.measurements,
            minimum: latency.minimum,
            maximum: latency.maximum,
            sum: i128::from(latency.mean) * i128::from(latency.measurements),
        }
    }
}

impl Spread {
    /// Adds a measurement, unless it has no time.
    pub(crate) fn add(&mut self, now: Ticks, timestamp: Ticks) {
        if timestamp.value() == 0 {
            return;
        }
        // Both are below 2^62.
        let latency = now.value() - timestamp.value();
        self.measurements += 1;
        self.minimum = self.minimum.min(latency);
        self.maximum = self.maximum.max(latency);
        self.sum += i128::from(latency);
    }

    fn merge(&mut self, other: Spread) {
        self.measurements += other.measurements;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.sum += other.sum;
    }

    pub(crate) fn latency(&self) -> Latency {
        if self.measurements == 0 {
            return Latency::default();
        }
        Latency {
            measurements: self.measurements,
            minimum: self.minimum,
            // Between the other two.
            mean: (self.sum / i128::from(self.measurements)) as i64,
            maximum: self.maximum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_of_several_sessions_make_one() {
        let (few, many) = (
            Latency { measurements: 1, minimum: 50, mean: 50, maximum: 50 },
            Latency { measurements: 3, minimum: -10, mean: 10, maximum: 30 },
        );
        let all = Latency { measurements: 4, minimum: -10, mean: 20, maximum: 50 };
        assert_eq!((few.with(many), many.with(few)), (all, all));
        assert_eq!(few.with(Latency::default()), few);
    }
}
