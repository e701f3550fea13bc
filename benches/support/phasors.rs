//! Frames of C37.118 that have hardly more than phasors in 16 bits.

use sttp::c37118::{
    Configuration, ConfigurationForm, DataLayout, Format, FrameTime, Name, NominalFrequency, PhasorBits,
    PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord, TimeBase, Version,
};

/// Phasors in each frame.
pub(crate) const PHASORS_IN_FRAME: usize = 500;
const START: u32 = 1_767_225_600;
const RATE: usize = 60;

/// A stream of frames.
pub(crate) struct PhasorStream {
    pub(crate) configuration: Configuration,
    /// The configuration as a frame.
    pub(crate) described: Vec<u8>,
    pub(crate) values: Vec<(FrameTime, PmuValues)>,
    /// Data frames with these values.
    pub(crate) frames: Vec<Vec<u8>>,
    /// The data frame that follows.
    pub(crate) last: Vec<u8>,
}

/// So many data frames, and what they are by.
pub(crate) fn stream(count: usize) -> PhasorStream {
    let channel = |number| PhasorChannel {
        name: Name::new(&format!("BUS {number}")),
        scale: PhasorScale::Unit { code: 0, factor: 915_527 },
    };
    let configuration = Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V2,
        id_code: 7,
        time: FrameTime::default(),
        time_base: TimeBase(1_000_000),
        pmus: vec![Pmu {
            station: Name::new("SHELBY"),
            id_code: 7,
            format: Format(0),
            phasors: (0..PHASORS_IN_FRAME).map(channel).collect(),
            analogs: Vec::new(),
            digitals: Vec::new(),
            nominal_frequency: NominalFrequency(0),
            change_count: 1,
            details: None,
        }],
        data_rate: RATE as i16,
    };
    let mut described = Vec::new();
    configuration.encode(&mut described).expect("it fits into a frame");
    let layout = DataLayout::new(&configuration).expect("it fits into a frame");
    let values_of = |number: usize| {
        let mut values = PmuValues::absent(&configuration.pmus[0]);
        values.status = StatusWord(0);
        values.frequency = Real::Integer(number as i16);
        for (place, phasor) in values.phasors.iter_mut().enumerate() {
            *phasor = PhasorBits::RectangularInteger(place as i16, number as i16);
        }
        let time = FrameTime {
            second: START + (number / RATE) as u32,
            quality: 0,
            count: (number % RATE * 16_667) as u32,
        };
        (time, values)
    };
    let frame = |(time, values): &(FrameTime, PmuValues)| {
        let mut bytes = Vec::new();
        layout.encode(&mut bytes, *time, std::slice::from_ref(values)).expect("values of the configuration");
        bytes
    };
    let values: Vec<_> = (0..count).map(values_of).collect();
    let (frames, last) = (values.iter().map(frame).collect(), frame(&values_of(count)));
    PhasorStream { configuration, described, values, frames, last }
}
