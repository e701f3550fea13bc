//! How late measurements arrive, how many come in a second, and what came of each signal.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use uuid::Uuid;

use super::settings::SubscriberSettings;
use crate::codec::SignalIndexCache;
use crate::session::meter::{Meter, Spread};
use crate::session::{Latency, LatencyStatistics};
use crate::{Measurement, Ticks};

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
        meter.measurements_per_second()
    }

    pub(super) fn latency(&self, now: Instant) -> LatencyStatistics {
        let mut meter = self.meter();
        meter.roll(now);
        meter.latency()
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
