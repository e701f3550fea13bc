//! A configuration for tests.

use super::*;

/// Two PMUs, one of every kind of channel each, in different formats.
pub(crate) fn sample(form: ConfigurationForm) -> Configuration {
    let pmu = |number: u16, format: u16| {
        let is_full = form == ConfigurationForm::Cfg3;
        let phasor = |label: &str, current: bool| PhasorChannel {
            name: name(form, label),
            scale: match is_full {
                false => PhasorScale::Unit { code: current.into(), factor: 915_527 },
                true => PhasorScale::Full {
                    flags: 0x0240,
                    code: if current { 9 } else { 1 },
                    user: 3,
                    factor: 0.125,
                    angle_offset: 0.5,
                },
            },
        };
        Pmu {
            station: name(form, &format!("SHELBY {number}")),
            id_code: 100 + number,
            format: Format(format),
            phasors: vec![phasor("VA", false), phasor("IA", true)],
            analogs: vec![AnalogChannel {
                name: name(form, "MW"),
                scale: match is_full {
                    false => AnalogScale::Unit { code: 1, factor: -5 },
                    true => AnalogScale::Full { factor: 2.5, offset: -1.0 },
                },
            }],
            digitals: vec![DigitalWord {
                names: std::array::from_fn(|bit| name(form, &format!("BREAKER {bit}"))),
                normal: 0x00F0,
                valid: 0x0FFF,
            }],
            nominal_frequency: NominalFrequency(number & 1),
            change_count: 12,
            details: is_full.then(|| PmuDetails {
                global_id: [7; 16],
                latitude: 50.5,
                ..PmuDetails::default()
            }),
        }
    };
    Configuration {
        form,
        version: if form == ConfigurationForm::Cfg3 { Version::V2 } else { Version::V1 },
        id_code: 7,
        time: FrameTime { second: 1_700_000_000, quality: 0x21, count: 500_000 },
        time_base: TimeBase(1_000_000),
        pmus: vec![pmu(1, 0), pmu(2, 15)],
        data_rate: 30,
    }
}

/// A name as it is received in this form.
fn name(form: ConfigurationForm, text: &str) -> Name {
    match form {
        ConfigurationForm::Cfg3 => Name::new(text),
        ConfigurationForm::Cfg1 | ConfigurationForm::Cfg2 => Name::from_bytes(&Name::new(text).fixed()),
    }
}
