//! Measurements for benchmarks of data: frames of all signals as publishers hand them on, from the best case for a
//! codec to the worst.

use sttp::codec::{RawMeasurement, narrow_value};

/// Signals in each frame.
pub(crate) const SIGNALS: u32 = 1_000;
/// Signals of a device: frequency and its rate of change, then magnitudes, then angles.
const PER_DEVICE: u32 = 10;
const MAGNITUDES: u32 = 4;
const START: i64 = 638_500_000_000_000_000;
const FRAMES_PER_SECOND: i64 = 60;
/// [`sttp::StateFlags::SUSPECT_TIME`]
const SUSPECT_TIME: u32 = 1 << 17;
const FRAME: i64 = 10_000_000 / FRAMES_PER_SECOND;

/// One kind of stream. Not every benchmark uses all that it can tell.
#[derive(Clone, Copy)]
pub(crate) struct Stream {
    /// Short, for the names of rows; empty for the best case.
    pub(crate) name: &'static str,
    values: Values,
    order: Order,
    times: Times,
    /// Measurements of a hundred that are flagged, others each time.
    flagged: u32,
}

#[derive(Clone, Copy)]
enum Values {
    /// 60 Hz and a little noise, which leaves some of the low bits of each value unpredictable.
    Frequencies,
    /// What devices measure: see [`PER_DEVICE`].
    Mixed,
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// That of the metadata.
    Rows,
    /// Devices in another order in each frame.
    Devices,
    /// Signals in another order in each frame.
    Random,
}

#[derive(Clone, Copy)]
enum Times {
    Same,
    /// A twentieth of the devices is a frame late, another one two frames.
    Late,
    OfDevices,
    OfMeasurements,
}

const BEST: Stream =
    Stream { name: "", values: Values::Frequencies, order: Order::Rows, times: Times::Same, flagged: 0 };
const MIXED: Stream = Stream { name: "mixed values", values: Values::Mixed, ..BEST };
const DEVICES: Stream = Stream { name: "devices in changing order", order: Order::Devices, ..MIXED };

/// All kinds, the best case first.
pub(crate) const STREAMS: [Stream; 8] = [
    BEST,
    MIXED,
    DEVICES,
    Stream { name: "late devices", times: Times::Late, ..DEVICES },
    Stream { name: "devices with times", times: Times::OfDevices, ..DEVICES },
    Stream { name: "changing flags", flagged: 10, ..BEST },
    Stream { name: "random order", order: Order::Random, ..BEST },
    Stream { name: "measurements with times", times: Times::OfMeasurements, ..BEST },
];

#[allow(dead_code)]
impl Stream {
    /// The kind of that name.
    pub(crate) fn named(name: &str) -> Stream {
        STREAMS.into_iter().find(|stream| stream.name == name).expect("the name of a stream")
    }

    /// What a row of this stream is called, given the name of what is measured.
    pub(crate) fn row_name(&self, work: &str) -> String {
        if self.name.is_empty() { work.into() } else { format!("{work}, {}", self.name) }
    }

    /// What its file is called.
    pub(crate) fn file_name(&self) -> String {
        format!("{}.stream", if self.name.is_empty() { "best case" } else { self.name }.replace(' ', "-"))
    }

    /// So many frames of [`SIGNALS`] measurements, one behind the other; always the same.
    pub(crate) fn frames(&self, count: usize) -> Vec<RawMeasurement> {
        let mut chance = Chance(1);
        let mut rows: Vec<u32> = (0..SIGNALS).collect();
        let mut measurements = Vec::with_capacity(count * SIGNALS as usize);
        for frame in 0..count as i64 {
            self.reorder(&mut rows, &mut chance);
            let mut ticks = 0;
            for (place, &row) in rows.iter().enumerate() {
                let begins_device = (place as u32).is_multiple_of(PER_DEVICE);
                ticks = self.time(frame, ticks, begins_device, &mut chance);
                let flags = if chance.below(100) < self.flagged { SUSPECT_TIME } else { 0 };
                let value_bits = narrow_value(self.value(row, frame, &mut chance));
                measurements.push(RawMeasurement { ticks, row, flags, value_bits });
            }
        }
        measurements
    }

    fn reorder(&self, rows: &mut [u32], chance: &mut Chance) {
        match self.order {
            Order::Rows => {}
            Order::Devices => {
                let mut devices: Vec<u32> = (0..SIGNALS / PER_DEVICE).collect();
                chance.shuffle(&mut devices);
                let signals =
                    devices.iter().flat_map(|device| device * PER_DEVICE..(device + 1) * PER_DEVICE);
                rows.iter_mut().zip(signals).for_each(|(row, signal)| *row = signal);
            }
            Order::Random => chance.shuffle(rows),
        }
    }

    /// The time of a measurement, given that of the one before.
    fn time(&self, frame: i64, before: i64, begins_device: bool, chance: &mut Chance) -> i64 {
        let due = START + frame * FRAME;
        match self.times {
            Times::Same => due,
            Times::OfMeasurements => due + i64::from(chance.below(FRAME as u32)),
            Times::Late | Times::OfDevices if !begins_device => before,
            Times::OfDevices => due + i64::from(chance.below(FRAME as u32)),
            Times::Late => match chance.below(20) {
                late @ 1..=2 => due - i64::from(late) * FRAME,
                _ => due,
            },
        }
    }

    fn value(&self, row: u32, frame: i64, chance: &mut Chance) -> f64 {
        let noise = chance.noise();
        let (device, signal) = (f64::from(row / PER_DEVICE), row % PER_DEVICE);
        match (self.values, signal) {
            (Values::Frequencies, _) | (Values::Mixed, 0) => 60.0 + 0.006 * noise,
            (Values::Mixed, 1) => 0.04 * noise,
            (Values::Mixed, _) if signal < 2 + MAGNITUDES => {
                (300_000.0 + 100.0 * device) * (1.0 + 0.06 * noise)
            }
            // The angle goes round slowly because the frequency is not quite the nominal one.
            (Values::Mixed, _) => (3.6 * device + 0.5 * frame as f64 + 9.0 * noise).rem_euclid(360.0) - 180.0,
        }
    }
}

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    /// 24 random bits.
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as u32
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.next()) * u64::from(bound)) >> 24) as u32
    }

    /// Between -0.5 and 0.5.
    fn noise(&mut self) -> f64 {
        f64::from(self.next()) / f64::from(1 << 24) - 0.5
    }

    fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}
