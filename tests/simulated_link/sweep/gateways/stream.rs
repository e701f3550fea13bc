//! What the devices of a run send: every value tells which device and frame it is of.

use std::time::Duration;

use sttp::Ticks;
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, FrameTime, Name,
    NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord, TimeBase,
    Version,
};

/// Frames per second.
pub(super) const RATE: i16 = 5;
/// Time from one frame to the next.
pub(super) const PERIOD: Duration = Duration::from_millis(1000 / RATE as u64);
const TICKS: i64 = Ticks::PER_SECOND / RATE as i64;
const TIME_BASE: TimeBase = TimeBase(1_000_000);

/// ID code of a device's stream.
pub(super) fn id_code(device: usize) -> u16 {
    100 + device as u16
}

/// Its name, and that of one of its PMUs.
pub(super) fn station(device: usize, pmu: usize) -> String {
    format!("D{device}P{pmu}")
}

/// What a device is that has so many PMUs.
pub(super) fn configuration(device: usize, pmus: usize) -> Configuration {
    let pmu = |number: usize| Pmu {
        station: Name::new(&station(device, number)),
        id_code: id_code(device),
        format: Format(Format::FLOAT_PHASORS | Format::POLAR | Format::FLOAT_FREQUENCY),
        phasors: vec![PhasorChannel {
            name: Name::new("VA"),
            scale: PhasorScale::Unit { code: 0, factor: 915_527 },
        }],
        analogs: vec![AnalogChannel {
            name: Name::new("MW"),
            scale: AnalogScale::Unit { code: 1, factor: 1 },
        }],
        digitals: vec![DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("BREAKER {bit}"))),
            normal: 0,
            valid: 0xFFFF,
        }],
        nominal_frequency: NominalFrequency(0),
        change_count: 1,
        details: None,
    };
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: id_code(device),
        time: FrameTime::default(),
        time_base: TIME_BASE,
        pmus: (0..pmus).map(pmu).collect(),
        data_rate: RATE,
    }
}

/// Time of a frame, and its number by its time, when the first one is of `begin`.
pub(super) fn time(begin: Ticks, number: u32) -> FrameTime {
    FrameTime::from_ticks(Ticks(begin.0 + i64::from(number) * TICKS), TIME_BASE, 0)
}

pub(super) fn number(begin: Ticks, time: Ticks) -> u32 {
    let since = time.0 - begin.0;
    assert_eq!(since % TICKS, 0, "no frame has the time {time}");
    u32::try_from(since / TICKS).expect("the first frame is of the beginning")
}

/// The values of a frame of a device's PMU.
pub(super) fn values(device: usize, place: usize, number: u32) -> PmuValues {
    // The clock is not locked, or the trigger says something.
    let status = if number.is_multiple_of(3) { 0x2080 } else { (number % 8) as u16 };
    let own = (device * 10 + place) as f32;
    PmuValues {
        status: StatusWord(status),
        phasors: vec![PhasorBits::PolarFloat(1000.0 * own + number as f32, own / 8.0)],
        frequency: Real::Float(59.5 + own + number as f32 / 64.0),
        rate_of_change: Real::Float(own),
        analogs: vec![Real::Integer((1000 * own as u32 + number) as i16)],
        digitals: vec![(number as u16) ^ ((own as u16) << 12)],
    }
}

/// Whether these are the values of a frame, as far as they are there; `None` when some are not those. `Some(true)` when
/// nothing is missing.
pub(super) fn compare(got: &PmuValues, sent: &PmuValues) -> Option<bool> {
    // Of a PMU whose STAT has not come, the values that have come are right all the same.
    // A stream says by a bit of its own for a minute that its configuration has changed.
    let has_status = got.status.0 & !StatusWord::CONFIGURATION_CHANGE == sent.status.0;
    let is_absent =
        |real: Real| matches!(real, Real::Float(value) if value.is_nan()) || real == Real::Integer(i16::MIN);
    let reals = [
        (got.frequency, sent.frequency),
        (got.rate_of_change, sent.rate_of_change),
        (got.analogs[0], sent.analogs[0]),
    ];
    let phasors = match (got.phasors[0], sent.phasors[0]) {
        (PhasorBits::PolarFloat(got, angle), PhasorBits::PolarFloat(sent, sent_angle)) => {
            [(got, sent), (angle, sent_angle)]
        }
        other => panic!("{other:?}"),
    };
    let has_digital = got.digitals == sent.digitals;
    let are_right = reals.iter().all(|(got, sent)| got == sent || is_absent(*got))
        && phasors.iter().all(|(got, sent)| (got - sent).abs() < 0.001 || got.is_nan())
        && (has_digital || got.digitals == [0])
        && (has_status || got.status.0 & 0x8000 != 0);
    let are_there = reals.iter().all(|(got, sent)| got == sent)
        && phasors.iter().all(|(got, _)| !got.is_nan())
        && has_digital
        && has_status;
    are_right.then_some(are_there)
}
