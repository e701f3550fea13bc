//! What the device of a world sends, so that each frame tells which one it is.

use sttp::Ticks;
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DataLayout, DigitalWord, Format, FrameTime,
    Name, NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord,
    TimeBase, Version,
};

/// ID code of the stream.
pub(crate) const ID_CODE: u16 = 77;
/// ID code of another stream, whose frames come by the same way.
pub(crate) const OTHER_ID: u16 = 78;

/// The configuration number `number`. Others have other lengths, unless `has_equal_lengths`.
pub(crate) fn configuration(number: u16, rate: i16, has_equal_lengths: bool) -> Configuration {
    let analogs = if has_equal_lengths { 1 } else { number };
    let analog = AnalogChannel { name: Name::new("MW"), scale: AnalogScale::Unit { code: 1, factor: 1 } };
    let phasor =
        PhasorChannel { name: Name::new("VA"), scale: PhasorScale::Unit { code: 0, factor: 915_527 } };
    let word = DigitalWord {
        names: std::array::from_fn(|bit| Name::new(&format!("BIT {bit}"))),
        normal: 0,
        valid: 0xFFFF,
    };
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: ID_CODE,
        time: FrameTime::default(),
        time_base: TimeBase(1_000_000),
        pmus: vec![Pmu {
            station: Name::new(&format!("STATION {number}")),
            id_code: ID_CODE,
            format: Format(0),
            phasors: vec![phasor],
            analogs: vec![analog; analogs.into()],
            digitals: vec![word],
            nominal_frequency: NominalFrequency(1),
            change_count: number,
            details: None,
        }],
        data_rate: rate,
    }
}

/// Data frame number `number`, by a configuration.
pub(crate) fn frame(configuration: &Configuration, number: u32, time: Ticks, is_changing: bool) -> Vec<u8> {
    let word = number.to_be_bytes();
    let half = |at: usize| i16::from_be_bytes([word[at], word[at + 1]]);
    let pmu = &configuration.pmus[0];
    let values = PmuValues {
        status: StatusWord(if is_changing { StatusWord::CONFIGURATION_CHANGE } else { 0 }),
        phasors: vec![PhasorBits::RectangularInteger(half(0), half(2))],
        frequency: Real::Integer(0),
        rate_of_change: Real::Integer(0),
        analogs: vec![Real::Integer(number as i16); pmu.analogs.len()],
        digitals: vec![0; pmu.digitals.len()],
    };
    let mut bytes = Vec::new();
    let time = FrameTime::from_ticks(time, configuration.time_base, 0);
    DataLayout::new(configuration).unwrap().encode(&mut bytes, time, &[values]).unwrap();
    bytes
}

/// The number of a data frame.
pub(crate) fn number(phasor: PhasorBits) -> u32 {
    let PhasorBits::RectangularInteger(high, low) = phasor else { panic!("{phasor:?}") };
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    u32::from_be_bytes([a, b, c, d])
}
