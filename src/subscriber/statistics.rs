//! How late measurements arrive, how many come in a second, and what came of each signal.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::settings::SubscriberSettings;
use crate::codec::SignalIndexCache;
use crate::{Measurement, Ticks};

/// Shorter intervals would only measure packets.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

/// How late measurements were: time of arrival less time of the measurement, by the clock of this
/// machine, in ticks of 100 ns. Below 0 when the publisher's clock is ahead. All 0 without any.
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

/// How late measurements were, where
/// [`latency_statistics`](SubscriberSettings::latency_statistics) is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LatencyStatistics {
    /// All since the subscriber was made.
    pub total: Latency,
    /// Those of the latest complete interval.
    pub interval: Latency,
}

/// What came of one signal since the current signal index cache came into use.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SignalStatistics {
    /// The signal.
    pub signal_id: Uuid,
    /// Measurements that arrived. Those recovered afterwards are not among them.
    pub measurements: u64,
    /// Measurements with any state flag.
    pub measurements_with_flags: u64,
    /// Time of the latest to arrive.
    pub last_timestamp: Ticks,
    /// Value of the latest to arrive.
    pub last_value: f64,
    /// How late they were.
    pub latency: Latency,
}

/// What the driver measures and API threads read.
#[derive(Default)]
pub(super) struct Statistics {
    meter: Mutex<Meter>,
    signals: Mutex<Option<SignalTallies>>,
}

impl Statistics {
    /// Other settings from now on; a new interval begins.
    pub(super) fn open(&self, settings: &SubscriberSettings, now: Instant) {
        self.meter().open(settings.statistics_interval, now);
        *self.signals() = settings.signal_statistics.then(SignalTallies::default);
    }

    /// Adds a packet. `arrived` is the wall clock's time where latencies are wanted.
    pub(super) fn add(&self, measurements: &[Measurement], now: Instant, arrived: Option<Ticks>) {
        let mut spread = Spread::default();
        if let Some(arrived) = arrived {
            measurements.iter().for_each(|measurement| spread.add(arrived, measurement.timestamp));
        }
        self.meter().add(measurements.len() as u64, spread, now);
    }

    /// Adds a packet to the counts of its signals.
    pub(super) fn add_to_signals(&self, measurements: &[Measurement], arrived: Ticks) {
        if let Some(signals) = &mut *self.signals() {
            signals.add(measurements, arrived);
        }
    }

    /// Signals of measurements are rows of `cache` from now on.
    pub(super) fn use_cache(&self, generation: u32, cache: &SignalIndexCache) {
        if let Some(signals) = &mut *self.signals() {
            let rows = cache.records().iter().map(|record| SignalTally::new(record.signal_id)).collect();
            *signals = SignalTallies { generation, rows };
        }
    }

    pub(super) fn measurements_per_second(&self, now: Instant) -> f64 {
        let mut meter = self.meter();
        meter.roll(now);
        match meter.length.is_zero() {
            true => 0.0,
            false => meter.complete.measurements as f64 / meter.length.as_secs_f64(),
        }
    }

    pub(super) fn latency(&self, now: Instant) -> LatencyStatistics {
        let mut meter = self.meter();
        meter.roll(now);
        LatencyStatistics { total: meter.total.latency(), interval: meter.complete.spread.latency() }
    }

    /// Lets `read` see the number of the signal index cache and the counts of its rows; `None`
    /// where they are not wanted. Meanwhile no measurement is delivered.
    pub(super) fn read_signals<R>(&self, read: impl FnOnce(u32, &[SignalTally]) -> R) -> Option<R> {
        self.signals().as_ref().map(|signals| read(signals.generation, &signals.rows))
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signals(&self) -> MutexGuard<'_, Option<SignalTallies>> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What arrived in intervals of one length.
#[derive(Default)]
struct Meter {
    length: Duration,
    /// Beginning of the current interval; `None` before the first connect.
    began: Option<Instant>,
    current: Interval,
    complete: Interval,
    total: Spread,
}

#[derive(Clone, Copy, Default)]
struct Interval {
    measurements: u64,
    spread: Spread,
}

impl Meter {
    fn open(&mut self, length: Duration, now: Instant) {
        self.length = length.max(SHORTEST_INTERVAL);
        self.began = Some(now);
        self.current = Interval::default();
        self.complete = Interval::default();
    }

    fn add(&mut self, measurements: u64, spread: Spread, now: Instant) {
        self.roll(now);
        self.current.measurements += measurements;
        self.current.spread.merge(spread);
        self.total.merge(spread);
    }

    /// Ends the current interval when it is over. After a pause of more than an interval the
    /// latest complete one is an empty one.
    fn roll(&mut self, now: Instant) {
        let Some(began) = self.began else { return };
        // Readers may be ahead of the driver, which looks at the clock once per turn.
        let passed = now.saturating_duration_since(began);
        if passed < self.length {
            return;
        }
        let over = std::mem::take(&mut self.current);
        self.complete = if passed < self.length.saturating_mul(2) { over } else { Interval::default() };
        let into_next = passed.as_nanos() % self.length.as_nanos();
        self.began = now.checked_sub(Duration::from_nanos(into_next as u64)).or(Some(now));
    }
}

/// Smallest, largest and sum of latencies.
#[derive(Clone, Copy)]
struct Spread {
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

impl Spread {
    /// Adds a measurement, unless it has no time.
    fn add(&mut self, arrived: Ticks, timestamp: Ticks) {
        if timestamp.value() == 0 {
            return;
        }
        // Both are below 2^62.
        let latency = arrived.value() - timestamp.value();
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

    fn latency(&self) -> Latency {
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

/// Counts by row of a signal index cache.
#[derive(Default)]
struct SignalTallies {
    generation: u32,
    rows: Vec<SignalTally>,
}

impl SignalTallies {
    fn add(&mut self, measurements: &[Measurement], arrived: Ticks) {
        for measurement in measurements {
            if let Some(row) = self.rows.get_mut(measurement.signal_index as usize) {
                row.add(measurement, arrived);
            }
        }
    }
}

/// Counts of one signal.
pub(crate) struct SignalTally {
    signal_id: Uuid,
    measurements: u64,
    measurements_with_flags: u64,
    last_timestamp: Ticks,
    last_value: f64,
    spread: Spread,
}

impl SignalTally {
    fn new(signal_id: Uuid) -> SignalTally {
        SignalTally {
            signal_id,
            measurements: 0,
            measurements_with_flags: 0,
            last_timestamp: Ticks(0),
            last_value: 0.0,
            spread: Spread::default(),
        }
    }

    fn add(&mut self, measurement: &Measurement, arrived: Ticks) {
        self.measurements += 1;
        self.measurements_with_flags += u64::from(!measurement.flags.is_empty());
        self.last_timestamp = measurement.timestamp;
        self.last_value = measurement.value;
        self.spread.add(arrived, measurement.timestamp);
    }

    pub(crate) fn statistics(&self) -> SignalStatistics {
        SignalStatistics {
            signal_id: self.signal_id,
            measurements: self.measurements,
            measurements_with_flags: self.measurements_with_flags,
            last_timestamp: self.last_timestamp,
            last_value: self.last_value,
            latency: self.spread.latency(),
        }
    }
}

#[cfg(test)]
#[path = "statistics_tests.rs"]
mod tests;
