//! What devices of every format become in metadata and measurements, written down once and checked by eye against
//! openPDC's conventions: `tests/fixtures/c37118_metadata.xml` and `tests/fixtures/c37118_values.txt`.
//!
//! `STTP_UPDATE_GOLDEN=1 cargo test --test c37118 golden` writes them anew; look at every line that changes.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use sttp::Ticks;
use sttp::c37118::mapping::{Input, Mapping};
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DataLayout, DigitalWord, Format, Frame,
    FrameTime, Name, NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuDetails, PmuValues,
    Real, StatusWord, TimeBase, Version,
};

/// A station with two phasors, an analog value and a digital word.
fn station(name: &str, id_code: u16, format: u16, form: ConfigurationForm) -> Pmu {
    let is_full = form == ConfigurationForm::Cfg3;
    let phasor = |label: &str, is_current: bool, factor: u32| PhasorChannel {
        name: Name::new(label),
        scale: match is_full {
            false => PhasorScale::Unit { code: is_current.into(), factor },
            true => PhasorScale::Full {
                flags: 0,
                code: u8::from(is_current) << 3 | 4,
                user: 0,
                factor: factor as f32 * 1e-5,
                angle_offset: 0.0,
            },
        },
    };
    Pmu {
        station: Name::new(name),
        id_code,
        format: Format(format),
        phasors: vec![phasor("500 kV Bus 1", false, 915_527), phasor("Line 1 IA", true, 45_776)],
        analogs: vec![AnalogChannel {
            name: Name::new("Load MW"),
            scale: match is_full {
                false => AnalogScale::Unit { code: 1, factor: 1000 },
                true => AnalogScale::Full { factor: 0.5, offset: 10.0 },
            },
        }],
        digitals: vec![DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("Breaker {bit}"))),
            normal: 0,
            valid: 0x00FF,
        }],
        // Each of both nominal frequencies with integers and with floats.
        nominal_frequency: NominalFrequency(format & 1),
        change_count: 3,
        details: is_full.then(|| PmuDetails { latitude: 35.25, longitude: -89.5, ..PmuDetails::default() }),
    }
}

fn device(pmus: Vec<Pmu>, id_code: u16, form: ConfigurationForm) -> Configuration {
    Configuration {
        form,
        version: if form == ConfigurationForm::Cfg3 { Version::V2 } else { Version::V1 },
        id_code,
        time: FrameTime { second: 1_767_225_600, quality: 0, count: 0 },
        time_base: TimeBase(1_000_000),
        pmus,
        data_rate: 50,
    }
}

/// A device of each format, and a concentrator of four.
fn inputs() -> Vec<Input> {
    let single = (0..16).map(|format| {
        let form = ConfigurationForm::Cfg2;
        let id_code = 100 + format;
        let stations = vec![station(&format!("Format {format}"), id_code, format, form)];
        (format!("Format {format}"), device(stations, id_code, form))
    });
    let form = ConfigurationForm::Cfg3;
    let four = [("Shelby", 0), ("Cordova", 15), ("Weakley", 6), ("Lagoon Creek", 9)];
    let four =
        (201..).zip(four).map(|(id_code, (name, format))| station(name, id_code, format, form)).collect();
    let input = |(name, configuration)| Input {
        name,
        device_prefix: String::new(),
        company: "TVA".into(),
        vendor: "SEL".into(),
        configuration: Arc::new(configuration),
    };
    single.chain([("Memphis PDC".to_owned(), device(four, 200, form))]).map(input).collect()
}

/// What the stations measure: 300 kV at 30 degrees, 1 kA at -150 degrees, 50 mHz above nominal, and not
/// synchronised, for at least ten seconds.
fn measured(pmu: &Pmu) -> PmuValues {
    let phasor = |channel: &PhasorChannel, magnitude, degrees| {
        PhasorBits::from_polar(magnitude, degrees, pmu.format, channel.scale)
    };
    let is_float = pmu.format.has(Format::FLOAT_FREQUENCY);
    PmuValues {
        status: StatusWord(0x2050),
        phasors: vec![phasor(&pmu.phasors[0], 300_000.0, 30.0), phasor(&pmu.phasors[1], 1_000.0, -150.0)],
        frequency: match is_float {
            true => Real::Float(pmu.nominal_frequency.hertz() as f32 + 0.05),
            false => Real::Integer(50),
        },
        rate_of_change: if is_float { Real::Float(-0.25) } else { Real::Integer(-25) },
        analogs: vec![Real::from_number(-1_234.0, pmu.format.has(Format::FLOAT_ANALOGS))],
        digitals: vec![0x0081],
    }
}

fn values() -> String {
    let inputs = inputs();
    let mapping = Mapping::new(inputs.clone()).unwrap();
    let data_set = mapping.data_set("TVA", Ticks::UNIX_EPOCH).unwrap();
    let measurements = data_set.table("MeasurementDetail").unwrap();
    let reference = measurements.column_index("SignalReference").unwrap();
    let mut text = String::new();
    for (number, input) in inputs.iter().enumerate() {
        let configuration = &input.configuration;
        let layout = DataLayout::new(configuration).unwrap();
        let pmus: Vec<_> = configuration.pmus.iter().map(measured).collect();
        let mut bytes = Vec::new();
        let time = FrameTime { quality: 0x04, count: 20_000, ..configuration.time };
        layout.encode(&mut bytes, time, &pmus).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(text, "{}: {hex}", input.name).unwrap();
        let mut mapped = Vec::new();
        let frame = Frame::decode(&bytes).unwrap();
        let time = mapping.read(number, &layout.decode(&frame).unwrap(), &mut mapped).unwrap();
        for value in mapped {
            let name = measurements.value(value.row as usize, reference).as_str().unwrap().to_owned();
            // As STTP carries it.
            writeln!(text, "  {time} {name} = {} [{}]", value.value as f32, value.flags).unwrap();
        }
    }
    text
}

fn metadata() -> String {
    let mapping = Mapping::new(inputs()).unwrap();
    let data_set = mapping.data_set("TVA", Ticks::UNIX_EPOCH).unwrap();
    // A line for each element, so that a difference is one of a line.
    String::from_utf8(data_set.to_xml()).unwrap().replace("><", ">\n<") + "\n"
}

/// Compares with the file of that name; tells where they differ, in which row of which table.
fn check(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    if std::env::var_os("STTP_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    if expected == *found {
        return;
    }
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut report =
        format!("{} has {} lines, now there are {}\n", path.display(), expected.len(), found.len());
    let differences =
        (0..expected.len().max(found.len())).filter(|line| expected.get(*line) != found.get(*line)).take(10);
    for line in differences {
        // What stands before it and names it: the frame of a value, the first columns of a row.
        let is_head = |text: &&&str| {
            text.starts_with("<Acronym>") || text.starts_with("<SignalID>") || text.ends_with("Detail>")
        };
        let head = expected[..line.min(expected.len())].iter().rev().find(is_head).unwrap_or(&"");
        writeln!(report, "line {} (after {head}):", line + 1).unwrap();
        writeln!(report, "  is to be {}", expected.get(line).unwrap_or(&"missing")).unwrap();
        writeln!(report, "  is now   {}", found.get(line).unwrap_or(&"missing")).unwrap();
    }
    panic!("{report}STTP_UPDATE_GOLDEN=1 writes it anew, if the change is meant");
}

#[test]
fn golden_metadata() {
    check("c37118_metadata.xml", &metadata());
}

#[test]
fn golden_values() {
    check("c37118_values.txt", &values());
}
