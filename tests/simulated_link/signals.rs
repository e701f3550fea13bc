//! The signals that the tests publish, and the measurements by which they recognise them.

use std::sync::Arc;
use std::time::Duration;

use sttp::codec::{RawMeasurement, narrow_value};
use sttp::engine::simulated::Random;
use sttp::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use sttp::session::publisher::Catalog;
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

/// 2026-01-01 in ticks.
pub(crate) const START: i64 = 639_028_224_000_000_000;

/// Now, when a test begins: later than all measurements.
pub(crate) const NOW: Ticks = Ticks(START + 180 * 86_400 * Ticks::PER_SECOND);

/// So many measurements in a row have the same time, but for a few ticks.
const SAME_TIME: usize = 7;

/// State flags that survive both forms of data packets.
const FLAGS: [u32; 4] = [0, 0, 0x1000, 0x0040_0000];

/// Signal number `number` of the tests.
pub(crate) fn signal_id(number: usize) -> Uuid {
    Uuid::from_u128(0x5717_0000_0000_4000_8000_0000_0000_0000 + number as u128)
}

/// A filter that selects the signals of these numbers, in this order.
pub(crate) fn filter(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| signal_id(number).to_string()).collect::<Vec<_>>().join(";")
}

/// Metadata with the signals of these numbers, as the publisher session takes them.
pub(crate) fn catalog(numbers: impl IntoIterator<Item = usize>) -> Arc<Catalog> {
    Arc::new(Catalog::new(metadata(numbers)))
}

/// Metadata with the signals of these numbers, one row each.
pub(crate) fn metadata(numbers: impl IntoIterator<Item = usize>) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = [
        ("DeviceAcronym", ColumnType::String),
        ("ID", ColumnType::String),
        ("SignalID", ColumnType::Guid),
        ("PointTag", ColumnType::String),
        ("SignalReference", ColumnType::String),
        ("SignalAcronym", ColumnType::String),
        ("Internal", ColumnType::Boolean),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type)).to_vec();
    let table = builder.add_table("MeasurementDetail", columns).unwrap();
    for number in numbers {
        let key = format!("SIM:{number}");
        let tag = format!("SIM-TAG-{number}");
        let row = builder.append_row(table).unwrap();
        let row = row.set("DeviceAcronym", "SIM").unwrap();
        let row = row.set("ID", key.as_str()).unwrap();
        let row = row.set("SignalID", signal_id(number)).unwrap();
        let row = row.set("PointTag", tag.as_str()).unwrap();
        let row = row.set("SignalReference", tag.as_str()).unwrap();
        row.set("SignalAcronym", "FREQ").unwrap().set("Internal", true).unwrap();
    }
    Arc::new(Metadata::new(builder.finish()))
}

/// A measurement as the publisher session takes it.
pub(crate) fn raw(row: u32, measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        ticks: measurement.timestamp.0,
        row,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}

/// A measurement of a signal without a usable value.
pub(crate) fn not_a_number(signal: usize) -> Measurement {
    Measurement {
        signal_id: signal_id(signal),
        timestamp: Ticks(START),
        value: f64::NAN,
        flags: StateFlags::empty(),
        signal_index: 0,
    }
}

/// How exact the times are that a subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    Exact,
    /// Less than a millisecond too early.
    Milliseconds,
    None,
}

impl Times {
    fn fit(self, sent: Ticks, received: Ticks) -> bool {
        match self {
            Times::Exact => received == sent,
            Times::Milliseconds => (0..Ticks::PER_MILLISECOND).contains(&(sent.0 - received.0)),
            Times::None => received == Ticks(0),
        }
    }
}

/// Everything that was published. The value of a measurement is its number here, so that a
/// received one can be compared with it whatever the subscription left out.
#[derive(Debug, Default)]
pub(crate) struct Published {
    measurements: Vec<Measurement>,
    /// Ticks by which times are ahead of what the number of measurements tells.
    ahead: i64,
}

impl Published {
    /// Lets time pass between the measurements so far and those to come.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.ahead += (span.as_nanos() / 100) as i64;
    }

    /// The next measurement, of the signal with this number.
    pub(crate) fn next(&mut self, signal: usize, random: &mut Random) -> Measurement {
        let number = self.measurements.len();
        assert!(number < 1 << 24, "single precision tells no more measurements apart");
        let time = START + self.ahead + (number / SAME_TIME) as i64 * 333_333 + random.below(3) as i64;
        let measurement = Measurement {
            signal_id: signal_id(signal),
            timestamp: Ticks(time),
            value: number as f64,
            flags: StateFlags::from_bits_retain(FLAGS[random.below(FLAGS.len())]),
            signal_index: 0,
        };
        self.measurements.push(measurement);
        measurement
    }

    /// The latest measurements were not published after all.
    pub(crate) fn forget_since(&mut self, number: usize) {
        self.measurements.truncate(number);
    }

    /// Number of a received measurement, after everything else in it was compared with what was
    /// published.
    pub(crate) fn recognise(&self, received: &Measurement, times: Times) -> usize {
        let number = received.value as usize;
        let sent = &self.measurements[number];
        assert_eq!(received.value, sent.value);
        assert_eq!(received.signal_id, sent.signal_id, "measurement {number} has another signal");
        assert_eq!(received.flags, sent.flags, "measurement {number} has other flags");
        assert!(
            times.fit(sent.timestamp, received.timestamp),
            "measurement {number} has time {}, not {}",
            received.timestamp,
            sent.timestamp
        );
        number
    }

    /// Whether no other measurement of its signal has about the same time. The times of those that have do
    /// not grow from one to the next.
    pub(crate) fn has_time_of_its_own(&self, number: usize) -> bool {
        let first = number / SAME_TIME * SAME_TIME;
        let others = (first..self.measurements.len().min(first + SAME_TIME)).filter(|other| *other != number);
        let signal = self.measurements[number].signal_id;
        others.into_iter().all(|other| self.measurements[other].signal_id != signal)
    }

    pub(crate) fn get(&self, number: usize) -> &Measurement {
        &self.measurements[number]
    }

    pub(crate) fn time_of(&self, number: usize) -> Ticks {
        self.measurements[number].timestamp
    }

    /// Number of the next measurement.
    pub(crate) fn next_number(&self) -> usize {
        self.measurements.len()
    }

    /// The signal that a measurement is of.
    pub(crate) fn signal_of(&self, number: usize) -> usize {
        (self.measurements[number].signal_id.as_u128() & 0xFFFF) as usize
    }

    /// Numbers of the measurements from number `first` on whose signal is one of `signals`.
    pub(crate) fn numbers_of(&self, signals: &[usize], first: usize) -> Vec<usize> {
        let wanted: Vec<Uuid> = signals.iter().map(|signal| signal_id(*signal)).collect();
        let numbers = first..self.measurements.len();
        numbers.filter(|number| wanted.contains(&self.measurements[*number].signal_id)).collect()
    }
}
