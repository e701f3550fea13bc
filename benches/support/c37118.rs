//! Frames of C37.118: 50 stations with 20 values each, 60 times a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::c37118::concentrator::{Concentrator, StreamSettings};
use sttp::c37118::mapping::{Input, MappedValue, Mapping};
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DataLayout, DigitalWord, Format, Frame,
    FrameTime, Name, NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real,
    StatusWord, TimeBase, Version,
};
use sttp::metadata::Metadata;
use sttp::session::Moment;
use sttp::{Measurement, Ticks};
use uuid::Uuid;

const STATIONS: u16 = 50;
const PHASORS: usize = 6;
const ANALOGS: usize = 4;
const RATE: i16 = 60;
const START: u32 = 1_767_225_600;
const SCALE: PhasorScale = PhasorScale::Unit { code: 0, factor: 915_527 };
/// Phasors in real and imaginary parts, everything in 16 bits.
pub(crate) const INTEGERS: Format = Format(0);
/// Magnitudes and angles, everything in 32 bits.
pub(crate) const FLOATS: Format = Format(15);

/// Frames of a concentrator, and their measurements: a time quality, and 1,000 values.
pub(crate) struct Stream {
    layout: DataLayout,
    mapping: Mapping,
    configuration: Arc<Configuration>,
    frames: Vec<Vec<u8>>,
    started: Instant,
}

impl Stream {
    pub(crate) fn new(format: Format, count: usize) -> Stream {
        let configuration = Arc::new(configuration(format));
        let layout = DataLayout::new(&configuration).expect("it fits into a frame");
        let input = Input {
            name: "PDC".into(),
            device_prefix: String::new(),
            company: String::new(),
            vendor: String::new(),
            configuration: configuration.clone(),
        };
        let mapping = Mapping::new(vec![input]).expect("names that differ");
        let frames = (0..count).map(|number| frame(&configuration, &layout, number)).collect();
        Stream { layout, mapping, configuration, frames, started: Instant::now() }
    }

    /// Appends the values of a frame.
    pub(crate) fn map(&self, number: usize, values: &mut Vec<MappedValue>) -> Ticks {
        let frame = Frame::decode(&self.frames[number]).expect("a whole frame");
        let data = self.layout.decode(&frame).expect("a frame of the configuration");
        self.mapping.read(0, &data, values).expect("a frame of the input")
    }

    /// As a subscriber gets them.
    pub(crate) fn measurements(&self) -> Vec<Vec<Measurement>> {
        let mut values = Vec::new();
        (0..self.frames.len())
            .map(|number| {
                values.clear();
                let timestamp = self.map(number, &mut values);
                let measurement = |value: &MappedValue| Measurement {
                    signal_id: Uuid::nil(),
                    timestamp,
                    value: f64::from(value.value as f32),
                    flags: value.flags,
                    signal_index: value.row,
                };
                values.iter().map(measurement).collect()
            })
            .collect()
    }

    pub(crate) fn concentrator(&self) -> Concentrator {
        let metadata = Metadata::new(self.mapping.data_set("PMU", Ticks::UNIX_EPOCH).expect("few signals"));
        let settings = StreamSettings {
            data_rate: RATE,
            time_base: self.configuration.time_base,
            ..StreamSettings::default()
        };
        let mut concentrator =
            Concentrator::new(settings, &metadata, self.now(0)).expect("a stream like the device's");
        concentrator.set_rows(&self.mapping.signal_ids());
        concentrator
    }

    /// When a frame comes.
    pub(crate) fn now(&self, number: usize) -> Moment {
        let since = Duration::from_secs(1) * number as u32 / RATE as u32;
        Moment {
            instant: self.started + since,
            utc: Ticks(
                Ticks::UNIX_EPOCH.0 + i64::from(START) * Ticks::PER_SECOND + since.as_nanos() as i64 / 100,
            ),
        }
    }
}

fn configuration(format: Format) -> Configuration {
    let pmu = |number| Pmu {
        station: Name::new(&format!("STATION {number}")),
        id_code: number,
        format,
        phasors: (0..PHASORS)
            .map(|phasor| PhasorChannel { name: Name::new(&format!("BUS {phasor}")), scale: SCALE })
            .collect(),
        analogs: (0..ANALOGS)
            .map(|analog| AnalogChannel {
                name: Name::new(&format!("MW {analog}")),
                scale: AnalogScale::Unit { code: 0, factor: 1 },
            })
            .collect(),
        digitals: vec![DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("BREAKER {bit}"))),
            normal: 0,
            valid: u16::MAX,
        }],
        nominal_frequency: NominalFrequency(0),
        change_count: 0,
        details: None,
    };
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: 1,
        time: FrameTime { second: START, quality: 0, count: 0 },
        time_base: TimeBase(1_000_000),
        pmus: (1..=STATIONS).map(pmu).collect(),
        data_rate: RATE,
    }
}

/// Phasors that turn, a little different for each station.
fn frame(configuration: &Configuration, layout: &DataLayout, number: usize) -> Vec<u8> {
    let values = |pmu: &Pmu| {
        let phase = number as f64 * 0.7 + f64::from(pmu.id_code);
        let phasor = |phasor: usize| {
            let degrees = (phase + phasor as f64 * 60.0) % 360.0 - 180.0;
            PhasorBits::from_polar(130_000.0 + phase, degrees, pmu.format, SCALE)
        };
        let real = |number: f64, float| Real::from_number(number, pmu.format.has(float));
        let is_float = pmu.format.has(Format::FLOAT_FREQUENCY);
        PmuValues {
            status: StatusWord(0),
            phasors: (0..PHASORS).map(phasor).collect(),
            frequency: real(
                if is_float { 60.0 + phase.sin() / 50.0 } else { phase.sin() * 20.0 },
                Format::FLOAT_FREQUENCY,
            ),
            rate_of_change: real(phase.cos(), Format::FLOAT_FREQUENCY),
            analogs: (0..ANALOGS).map(|analog| real(phase * analog as f64, Format::FLOAT_ANALOGS)).collect(),
            digitals: vec![number as u16],
        }
    };
    let (second, index) = (number / RATE as usize, number % RATE as usize);
    let time = FrameTime {
        second: START + second as u32,
        quality: 0,
        count: ((index * 1_000_000 + 30) / RATE as usize) as u32,
    };
    let pmus: Vec<PmuValues> = configuration.pmus.iter().map(values).collect();
    let mut bytes = Vec::new();
    layout.encode(&mut bytes, time, &pmus).expect("values of the format");
    bytes
}
