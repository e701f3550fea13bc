//! A device that other implementations read.

use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, FrameTime, Name,
    NominalFrequency, PhasorChannel, PhasorScale, Pmu, TimeBase, Version,
};

/// ID code of the stream.
pub(crate) const ID_CODE: u16 = 77;

/// A PMU with one of every kind of channel; 50 Hz where `number` is odd.
pub(crate) fn pmu(number: u16, format: u16) -> Pmu {
    let phasor = |label: &str, code, factor| PhasorChannel {
        name: Name::new(label),
        scale: PhasorScale::Unit { code, factor },
    };
    Pmu {
        station: Name::new(&format!("STATION {number}")),
        id_code: 100 + number,
        format: Format(format),
        phasors: vec![phasor("VA", 0, 915_527), phasor("IA", 1, 45_776)],
        analogs: vec![AnalogChannel {
            name: Name::new("MW"),
            scale: AnalogScale::Unit { code: 1, factor: 5 },
        }],
        digitals: vec![DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("BIT {bit}"))),
            normal: 0x00F0,
            valid: 0x0FFF,
        }],
        nominal_frequency: NominalFrequency(number & 1),
        change_count: 3,
        details: None,
    }
}

/// CFG-2 of these PMUs, 30 frames a second.
pub(crate) fn configuration(pmus: Vec<Pmu>) -> Configuration {
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: ID_CODE,
        time: FrameTime::default(),
        time_base: TimeBase(1_000_000),
        pmus,
        data_rate: 30,
    }
}
