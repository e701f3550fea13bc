//! C37.118 through STTP and back: mapped to measurements that a [`Concentrator`] makes frames of again, and
//! encapsulated.
//!
//! Of a mapped stream is the same, bit by bit: everything of frames with integer phasors whose angle offset is
//! zero; with float phasors everything but these, which are the same to a millionth, and to a millionth of a radian,
//! because magnitude and angle in degrees travel as 32-bit floats. FRACSEC is the nearest count to the time of the
//! frame; a device that cuts where others round differs by one count. A phasor that is absent comes back as 8000 or
//! NaN in both of its parts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::c37118::concentrator::{Concentrator, StreamSettings, WaitBy};
use sttp::c37118::encapsulation::{Decapsulator, Encapsulator};
use sttp::c37118::mapping::{Input, MappedValue, Mapping};
use sttp::c37118::{
    Configuration, ConfigurationForm, DataLayout, Format, Frame, FrameType, Message, PhasorBits, PhasorScale,
    PmuValues, Real,
};
use sttp::metadata::{DataSet, Limits, Metadata};
use sttp::session::Moment;
use sttp::{Measurement, Ticks, Uuid};

/// Sends every frame of a stream through STTP in both ways.
#[derive(Default)]
pub(crate) struct RoundTrip {
    mapped: Option<Mapped>,
    encapsulated: Option<(Encapsulator, Decapsulator)>,
    /// Data frames that wait for a configuration, encapsulated.
    waiting: Vec<Vec<u8>>,
    /// Data frames that were compared.
    pub(crate) frames: usize,
    /// Those that were the same bytes, time and check word aside.
    pub(crate) equal: usize,
    /// Those whose time was the same but for one count.
    pub(crate) on_time: usize,
}

struct Mapped {
    configuration: Configuration,
    layout: DataLayout,
    mapping: Mapping,
    concentrator: Concentrator,
    now: Moment,
}

impl RoundTrip {
    pub(crate) fn take(&mut self, frame: &Frame<'_>) {
        self.encapsulate(frame);
        match frame.message().unwrap() {
            Message::Configuration(configuration) if frame.kind != FrameType::Configuration1 => {
                self.mapped = Some(Mapped::new(*configuration));
            }
            Message::Data => {
                let Some(mapped) = &mut self.mapped else { return };
                let made = mapped.send(frame);
                self.frames += 1;
                let made = Frame::decode(&made).expect("a frame for each that was sent");
                self.equal += usize::from(made.payload() == frame.payload());
                self.on_time += usize::from(made.time.count.abs_diff(frame.time.count) <= 1);
                mapped.compare(frame, &made);
            }
            _ => {}
        }
    }

    fn encapsulate(&mut self, frame: &Frame<'_>) {
        let (encapsulator, decapsulator) = self.encapsulated.get_or_insert_with(|| {
            let encapsulator = Encapsulator::new("device");
            let decapsulator = Decapsulator::new(encapsulator.stream().clone(), 1 << 30);
            (encapsulator, decapsulator)
        });
        let Some(block) = encapsulator.take(frame).unwrap() else { return };
        decapsulator.receive(block.signal_id, block.bytes);
        let mut expected = Vec::new();
        if frame.kind == FrameType::Data {
            self.waiting.push(frame.bytes.to_vec());
        } else {
            expected.push(frame.bytes.to_vec());
        }
        if decapsulator.configuration().is_some() {
            // A configuration is followed by the data that waited for it.
            expected.append(&mut self.waiting);
        }
        for expected in expected {
            assert_eq!(decapsulator.poll(), Some(&expected[..]), "{:?}", frame.kind);
        }
        assert_eq!(decapsulator.poll(), None, "{:?}", frame.kind);
    }
}

impl Mapped {
    fn new(configuration: Configuration) -> Mapped {
        let input = Input {
            name: "PDC".into(),
            device_prefix: String::new(),
            company: "GPA".into(),
            vendor: String::new(),
            configuration: Arc::new(configuration.clone()),
        };
        let mapping = Mapping::new(vec![input]).unwrap();
        let document = mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap().to_xml();
        let metadata = Metadata::new(DataSet::from_xml(&document, &Limits::default()).unwrap());
        let now = Moment { instant: Instant::now(), utc: Ticks::now() };
        let settings = StreamSettings {
            id_code: configuration.id_code,
            version: configuration.version,
            data_rate: configuration.data_rate,
            time_base: configuration.time_base,
            change_count: configuration.pmus.first().map_or(0, |pmu| pmu.change_count),
            lag: Duration::from_secs(1),
            lead: Duration::from_secs(1),
            wait_by: WaitBy::Arrival,
            ..StreamSettings::default()
        };
        let mut concentrator = Concentrator::new(settings, &metadata, now).unwrap();
        concentrator.set_rows(&mapping.signal_ids());
        let layout = DataLayout::new(&configuration).unwrap();
        let mapped = Mapped { configuration, layout, mapping, concentrator, now };
        mapped.compare_configurations();
        mapped
    }

    /// Channels, formats and scales are those of the device.
    fn compare_configurations(&self) {
        let made = self.concentrator.configuration_in(self.configuration.form);
        assert_eq!(made.pmus.len(), self.configuration.pmus.len());
        for (made, sent) in made.pmus.iter().zip(&self.configuration.pmus) {
            assert_eq!((made.station.to_string(), made.id_code), (sent.station.to_string(), sent.id_code));
            assert_eq!((made.format, made.nominal_frequency), (sent.format, sent.nominal_frequency));
            let names = |pmu: &sttp::c37118::Pmu| {
                let phasors = pmu.phasors.iter().map(|phasor| phasor.name.to_string());
                let digitals = pmu.digitals.iter().flat_map(|word| &word.names).map(|name| name.to_string());
                phasors
                    .chain(pmu.analogs.iter().map(|analog| analog.name.to_string()))
                    .chain(digitals)
                    .collect::<Vec<_>>()
            };
            assert_eq!(names(made), names(sent));
            if self.configuration.form == ConfigurationForm::Cfg2 {
                assert!(made.phasors.iter().zip(&sent.phasors).all(|(made, sent)| made.scale == sent.scale));
                assert!(made.analogs.iter().zip(&sent.analogs).all(|(made, sent)| made.scale == sent.scale));
            }
        }
    }

    fn send(&mut self, frame: &Frame<'_>) -> Vec<u8> {
        let mut values = Vec::new();
        let time = self.mapping.read(0, &self.layout.decode(frame).unwrap(), &mut values).unwrap();
        let measurement = |value: &MappedValue| Measurement {
            signal_id: Uuid::nil(),
            timestamp: time,
            value: f64::from(value.value as f32),
            flags: value.flags,
            signal_index: value.row,
        };
        self.concentrator.push(&values.iter().map(measurement).collect::<Vec<_>>(), self.now);
        let mut made = Vec::new();
        // Captures have holes, which are filled; and they are read faster than they were sent.
        self.now.instant += Duration::from_secs(2);
        while let Some(bytes) = self.concentrator.poll(self.now) {
            made = bytes.to_vec();
        }
        made
    }

    fn compare(&self, frame: &Frame<'_>, made: &Frame<'_>) {
        assert_eq!((made.time.second, made.time.quality), (frame.time.second, frame.time.quality));
        let pmus = |frame: &Frame<'_>| -> Vec<PmuValues> {
            self.layout.decode(frame).unwrap().pmus().map(|pmu| pmu.values()).collect()
        };
        for ((made, sent), pmu) in pmus(made).iter().zip(&pmus(frame)).zip(&self.configuration.pmus) {
            assert_eq!(made.status, sent.status);
            assert_eq!(made.digitals, sent.digitals);
            let reals = |values: &PmuValues| {
                let reals =
                    [values.frequency, values.rate_of_change].into_iter().chain(values.analogs.clone());
                reals.map(real_bits).collect::<Vec<_>>()
            };
            assert_eq!(reals(made), reals(sent));
            for ((made, sent), channel) in made.phasors.iter().zip(&sent.phasors).zip(&pmu.phasors) {
                let (made_polar, sent_polar) = (made.polar(channel.scale), sent.polar(channel.scale));
                let is_absent = made_polar.0.is_nan() && sent_polar.0.is_nan();
                let is_same = match channel.scale.angle_offset() == 0.0 {
                    true => made == sent || pmu.format.has(Format::FLOAT_PHASORS) && is_near(*made, *sent),
                    false => is_turned(*made, *sent, channel.scale),
                };
                assert!(is_absent || is_same, "{made:?} of {sent:?}");
            }
        }
    }
}

fn real_bits(real: Real) -> u64 {
    match real {
        Real::Integer(integer) => integer.cast_unsigned().into(),
        Real::Float(float) => 1 << 32 | u64::from(float.to_bits()),
    }
}

fn is_near(made: PhasorBits, sent: PhasorBits) -> bool {
    let near = |one: f32, two: f32, of: f32| (one - two).abs() <= of.abs() * 1e-6;
    match (made, sent) {
        (PhasorBits::RectangularFloat(r1, i1), PhasorBits::RectangularFloat(r2, i2)) => {
            near(r1, r2, r2.hypot(i2)) && near(i1, i2, r2.hypot(i2))
        }
        (PhasorBits::PolarFloat(m1, a1), PhasorBits::PolarFloat(m2, a2)) => m1 == m2 && near(a1, a2, 1.0),
        _ => false,
    }
}

/// Whether it is the same phasor without the angle offset, which only a CFG-3 can tell: to half a count of what
/// integers can hold.
fn is_turned(made: PhasorBits, sent: PhasorBits, scale: PhasorScale) -> bool {
    let straight = PhasorScale::Unit { code: 0, factor: (scale.per_count() * 1e5).round() as u32 };
    let ((m1, a1), (m2, a2)) = (made.polar(straight), sent.polar(scale));
    let turn = (a1 - a2).to_radians();
    let turn = turn - std::f64::consts::TAU * (turn / std::f64::consts::TAU).round();
    (m1 - m2).abs() <= scale.per_count() && (turn * m2).abs() <= scale.per_count() + 1e-4 * m2
}
