//! Data frames, read and written by the configuration that describes them.

use bytes::BufMut;

use super::configuration::{Configuration, Format, PhasorScale, Pmu};
use super::error::C37118Error;
use super::frame::{self, Frame, FrameType, HEADER_SIZE, Version};
use super::status::StatusWord;
use super::time::{FrameTime, TimeBase};
use crate::Ticks;

/// What stands for a value that is absent, where values are 16-bit integers.
const ABSENT: u16 = 0x8000;
/// Counts of an integer angle in one radian.
const ANGLE_COUNTS: f64 = 1e4;

/// A real value as it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Real {
    /// A 16-bit integer.
    Integer(i16),
    /// A 32-bit float.
    Float(f32),
}

impl Real {
    /// The number, NaN when the value is absent.
    pub fn number(self) -> f64 {
        match self {
            Real::Integer(integer) if integer.cast_unsigned() == ABSENT => f64::NAN,
            Real::Integer(integer) => integer.into(),
            Real::Float(float) => float.into(),
        }
    }

    /// The value of a number in one form or the other. Integers are rounded and kept within what they
    /// can be, and NaN is an absent value.
    pub fn from_number(number: f64, is_float: bool) -> Real {
        match is_float {
            true => Real::Float(number as f32),
            false => Real::Integer(integer(number)),
        }
    }

    fn absent(is_float: bool) -> Real {
        Real::from_number(f64::NAN, is_float)
    }
}

/// The nearest integer that is not the one for absent values; that one for NaN.
fn integer(number: f64) -> i16 {
    if number.is_nan() { ABSENT.cast_signed() } else { number.round().max(-32_767.0) as i16 }
}

/// A phasor as it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PhasorBits {
    /// Real and imaginary part in counts of the scale.
    RectangularInteger(i16, i16),
    /// Magnitude in counts of the scale, angle in ten-thousandths of a radian.
    PolarInteger(u16, i16),
    /// Real and imaginary part in volts or amperes.
    RectangularFloat(f32, f32),
    /// Magnitude in volts or amperes, angle in radians.
    PolarFloat(f32, f32),
}

impl PhasorBits {
    /// Magnitude in volts or amperes and angle in degrees; NaN when they are absent.
    pub fn polar(self, scale: PhasorScale) -> (f64, f64) {
        let (first, second) = self.numbers();
        let (magnitude, radians) = match self {
            PhasorBits::RectangularInteger(..) => {
                (first.hypot(second) * scale.per_count(), second.atan2(first))
            }
            PhasorBits::PolarInteger(..) => (first * scale.per_count(), second / ANGLE_COUNTS),
            PhasorBits::RectangularFloat(..) => (first.hypot(second), second.atan2(first)),
            PhasorBits::PolarFloat(..) => (first, second),
        };
        (magnitude, (radians + f64::from(scale.angle_offset())).to_degrees())
    }

    /// The phasor of a magnitude in volts or amperes and an angle in degrees, as `format` has it. What an
    /// integer cannot hold is as near as possible; NaN in either is an absent phasor.
    pub fn from_polar(magnitude: f64, degrees: f64, format: Format, scale: PhasorScale) -> PhasorBits {
        if magnitude.is_nan() || degrees.is_nan() {
            return PhasorBits::absent(format);
        }
        let radians = degrees.to_radians() - f64::from(scale.angle_offset());
        let is_polar = format.has(Format::POLAR);
        if format.has(Format::FLOAT_PHASORS) {
            if is_polar {
                return PhasorBits::PolarFloat(magnitude as f32, radians as f32);
            }
            let (sine, cosine) = radians.sin_cos();
            return PhasorBits::RectangularFloat((magnitude * cosine) as f32, (magnitude * sine) as f32);
        }
        let per_count = scale.per_count();
        let counts = if per_count == 0.0 { 0.0 } else { magnitude / per_count };
        if is_polar {
            return PhasorBits::PolarInteger(
                counts.round() as u16,
                integer(turned_within_pi(radians) * ANGLE_COUNTS),
            );
        }
        let (sine, cosine) = radians.sin_cos();
        PhasorBits::RectangularInteger(integer(counts * cosine), integer(counts * sine))
    }

    /// Both parts as they are sent: counts, and ten-thousandths of a radian, or volts, amperes and radians. Those of an
    /// absent integer phasor are NaN.
    pub fn numbers(self) -> (f64, f64) {
        match self {
            PhasorBits::RectangularInteger(real, imaginary) => {
                (Real::Integer(real).number(), Real::Integer(imaginary).number())
            }
            // All magnitudes are possible, but no angle goes so far.
            PhasorBits::PolarInteger(_, angle) if angle.cast_unsigned() == ABSENT => (f64::NAN, f64::NAN),
            PhasorBits::PolarInteger(magnitude, angle) => (magnitude.into(), angle.into()),
            PhasorBits::RectangularFloat(first, second) | PhasorBits::PolarFloat(first, second) => {
                (first.into(), second.into())
            }
        }
    }

    /// The phasor that has these [`numbers`](Self::numbers) in `format`. Integers are rounded and kept within what they
    /// can be; NaN in either is an absent phasor.
    pub fn from_numbers(first: f64, second: f64, format: Format) -> PhasorBits {
        if first.is_nan() || second.is_nan() {
            return PhasorBits::absent(format);
        }
        match (format.has(Format::FLOAT_PHASORS), format.has(Format::POLAR)) {
            (true, true) => PhasorBits::PolarFloat(first as f32, second as f32),
            (true, false) => PhasorBits::RectangularFloat(first as f32, second as f32),
            (false, true) => PhasorBits::PolarInteger(first.round() as u16, integer(second)),
            (false, false) => PhasorBits::RectangularInteger(integer(first), integer(second)),
        }
    }

    fn absent(format: Format) -> PhasorBits {
        let absent = ABSENT.cast_signed();
        match (format.has(Format::FLOAT_PHASORS), format.has(Format::POLAR)) {
            (true, true) => PhasorBits::PolarFloat(f32::NAN, f32::NAN),
            (true, false) => PhasorBits::RectangularFloat(f32::NAN, f32::NAN),
            (false, true) => PhasorBits::PolarInteger(ABSENT, absent),
            (false, false) => PhasorBits::RectangularInteger(absent, absent),
        }
    }
}

/// The same angle between -π and π, where an integer can hold it.
fn turned_within_pi(radians: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if radians.abs() <= PI { radians } else { radians - TAU * (radians / TAU).round() }
}

/// Where the values of one PMU are in a data frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PmuLayout {
    format: Format,
    nominal_hertz: u8,
    phasors: usize,
    analogs: usize,
    digitals: usize,
    /// Of its status word, in the payload.
    offset: usize,
}

impl PmuLayout {
    fn phasor_size(&self) -> usize {
        if self.format.has(Format::FLOAT_PHASORS) { 8 } else { 4 }
    }

    fn frequency_size(&self) -> usize {
        if self.format.has(Format::FLOAT_FREQUENCY) { 4 } else { 2 }
    }

    fn analog_size(&self) -> usize {
        if self.format.has(Format::FLOAT_ANALOGS) { 4 } else { 2 }
    }

    fn frequency_offset(&self) -> usize {
        2 + self.phasors * self.phasor_size()
    }

    fn analog_offset(&self) -> usize {
        self.frequency_offset() + 2 * self.frequency_size()
    }

    fn digital_offset(&self) -> usize {
        self.analog_offset() + self.analogs * self.analog_size()
    }

    fn size(&self) -> usize {
        self.digital_offset() + 2 * self.digitals
    }
}

/// How the data frames of a configuration are laid out. Reading and writing by it allocates nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataLayout {
    id_code: u16,
    version: Version,
    time_base: TimeBase,
    pmus: Vec<PmuLayout>,
    payload_size: usize,
}

impl DataLayout {
    /// The layout that a configuration describes.
    ///
    /// # Errors
    ///
    /// [`C37118Error::TooLarge`] when such data frames would be longer than a frame can be.
    pub fn new(configuration: &Configuration) -> Result<DataLayout, C37118Error> {
        let mut payload_size = 0;
        let mut pmus = Vec::with_capacity(configuration.pmus.len());
        for pmu in &configuration.pmus {
            let layout = PmuLayout {
                format: pmu.format,
                nominal_hertz: pmu.nominal_frequency.hertz() as u8,
                phasors: pmu.phasors.len(),
                analogs: pmu.analogs.len(),
                digitals: pmu.digitals.len(),
                offset: payload_size,
            };
            payload_size += layout.size();
            pmus.push(layout);
        }
        let size = HEADER_SIZE + payload_size + frame::CHECK_SIZE;
        if size > frame::MAX_FRAME_SIZE {
            return Err(C37118Error::TooLarge { what: "a data frame of this configuration", size });
        }
        let Configuration { id_code, version, time_base, .. } = *configuration;
        Ok(DataLayout { id_code, version, time_base, pmus, payload_size })
    }

    /// Whether a configuration, which may be one of another version, describes the same data frames.
    pub(super) fn is_that_of(&self, configuration: &Configuration) -> bool {
        DataLayout::new(configuration)
            .is_ok_and(|other| DataLayout { version: self.version, ..other } == *self)
    }

    /// Reads a data frame.
    ///
    /// # Errors
    ///
    /// [`C37118Error::OtherId`] and [`C37118Error::OtherConfiguration`] when it is not of this
    /// configuration.
    pub fn decode<'a>(&'a self, frame: &Frame<'a>) -> Result<DataFrame<'a>, C37118Error> {
        if frame.id_code != self.id_code {
            return Err(C37118Error::OtherId { found: frame.id_code, expected: self.id_code });
        }
        let payload = frame.payload();
        if frame.kind != FrameType::Data || payload.len() != self.payload_size {
            let around = HEADER_SIZE + frame::CHECK_SIZE;
            let expected = self.payload_size + around;
            return Err(C37118Error::OtherConfiguration { size: payload.len() + around, expected });
        }
        Ok(DataFrame { layout: self, time: frame.time, payload })
    }

    /// The data frame that `bytes` are, which were found to be one of this layout and this time.
    pub(super) fn known<'a>(&'a self, time: FrameTime, bytes: &'a [u8]) -> DataFrame<'a> {
        DataFrame { layout: self, time, payload: &bytes[HEADER_SIZE..bytes.len() - frame::CHECK_SIZE] }
    }

    /// Writes a data frame over `frame`. There are as many `pmus` as in the configuration, with as many
    /// values.
    ///
    /// # Errors
    ///
    /// [`C37118Error::Unencodable`] when they do not fit the configuration.
    pub fn encode(
        &self,
        frame: &mut Vec<u8>,
        time: FrameTime,
        pmus: &[PmuValues],
    ) -> Result<(), C37118Error> {
        if pmus.len() != self.pmus.len() {
            let text = format!("values of {} PMUs for a configuration of {}", pmus.len(), self.pmus.len());
            return Err(C37118Error::Unencodable(text));
        }
        frame::begin(frame, FrameType::Data, self.version, self.id_code, time);
        for (number, (layout, values)) in self.pmus.iter().zip(pmus).enumerate() {
            let start = frame.len();
            values.write(frame);
            let (size, expected) = (frame.len() - start, layout.size());
            if size != expected || !values.fits(layout) {
                let text = format!(
                    "the values of PMU {} take {size} bytes, or have another format, where the configuration says \
                     {expected}",
                    number + 1
                );
                return Err(C37118Error::Unencodable(text));
            }
        }
        frame::finish(frame, "a data frame")
    }
}

/// A data frame whose length fits its configuration.
#[derive(Debug, Clone, Copy)]
pub struct DataFrame<'a> {
    layout: &'a DataLayout,
    /// Its time, bit by bit.
    pub time: FrameTime,
    payload: &'a [u8],
}

impl<'a> DataFrame<'a> {
    /// Its time as ticks.
    pub fn ticks(&self) -> Ticks {
        self.time.ticks(self.layout.time_base)
    }

    /// The data of the PMUs, in the order of the configuration.
    pub fn pmus(&self) -> impl ExactSizeIterator<Item = PmuData<'a>> + use<'a> {
        let payload = self.payload;
        self.layout.pmus.iter().map(move |layout| PmuData {
            layout,
            bytes: &payload[layout.offset..layout.offset + layout.size()],
        })
    }
}

/// The data of one PMU, where they lie in the frame.
#[derive(Debug, Clone, Copy)]
pub struct PmuData<'a> {
    layout: &'a PmuLayout,
    /// As many as the layout says.
    bytes: &'a [u8],
}

impl<'a> PmuData<'a> {
    /// STAT.
    pub fn status(&self) -> StatusWord {
        StatusWord(u16_at(self.bytes))
    }

    /// The phasors, in the order of the configuration.
    pub fn phasors(&self) -> impl ExactSizeIterator<Item = PhasorBits> + use<'a> {
        let layout = self.layout;
        let bytes = &self.bytes[2..layout.frequency_offset()];
        let is_polar = layout.format.has(Format::POLAR);
        let is_float = layout.format.has(Format::FLOAT_PHASORS);
        bytes.chunks_exact(layout.phasor_size()).map(move |bytes| match (is_float, is_polar) {
            (false, false) => {
                PhasorBits::RectangularInteger(u16_at(bytes).cast_signed(), u16_at(&bytes[2..]).cast_signed())
            }
            (false, true) => PhasorBits::PolarInteger(u16_at(bytes), u16_at(&bytes[2..]).cast_signed()),
            (true, false) => PhasorBits::RectangularFloat(f32_at(bytes), f32_at(&bytes[4..])),
            (true, true) => PhasorBits::PolarFloat(f32_at(bytes), f32_at(&bytes[4..])),
        })
    }

    /// FREQ as it is sent: thousandths of a hertz from nominal, or hertz.
    pub fn frequency_bits(&self) -> Real {
        self.real_at(self.layout.frequency_offset(), Format::FLOAT_FREQUENCY)
    }

    /// The frequency in hertz.
    pub fn frequency(&self) -> f64 {
        match self.frequency_bits() {
            Real::Float(hertz) => hertz.into(),
            thousandths => f64::from(self.layout.nominal_hertz) + thousandths.number() / 1e3,
        }
    }

    /// DFREQ as it is sent: hundredths of a hertz per second, or hertz per second.
    pub fn rate_of_change_bits(&self) -> Real {
        self.real_at(self.layout.frequency_offset() + self.layout.frequency_size(), Format::FLOAT_FREQUENCY)
    }

    /// The rate of change of the frequency in hertz per second.
    pub fn rate_of_change(&self) -> f64 {
        match self.rate_of_change_bits() {
            Real::Float(rate) => rate.into(),
            hundredths => hundredths.number() / 1e2,
        }
    }

    /// The analog values as they are sent, in the order of the configuration.
    pub fn analogs(&self) -> impl ExactSizeIterator<Item = Real> + use<'a> {
        let layout = self.layout;
        let is_float = layout.format.has(Format::FLOAT_ANALOGS);
        let bytes = &self.bytes[layout.analog_offset()..layout.digital_offset()];
        bytes.chunks_exact(layout.analog_size()).map(move |bytes| real(bytes, is_float))
    }

    /// The words of digital values, in the order of the configuration.
    pub fn digitals(&self) -> impl ExactSizeIterator<Item = u16> + use<'a> {
        self.bytes[self.layout.digital_offset()..].chunks_exact(2).map(u16_at)
    }

    /// A copy of all values, as they are sent.
    pub fn values(&self) -> PmuValues {
        PmuValues {
            status: self.status(),
            phasors: self.phasors().collect(),
            frequency: self.frequency_bits(),
            rate_of_change: self.rate_of_change_bits(),
            analogs: self.analogs().collect(),
            digitals: self.digitals().collect(),
        }
    }

    fn real_at(&self, offset: usize, float: u16) -> Real {
        real(&self.bytes[offset..], self.layout.format.has(float))
    }
}

fn real(bytes: &[u8], is_float: bool) -> Real {
    if is_float { Real::Float(f32_at(bytes)) } else { Real::Integer(u16_at(bytes).cast_signed()) }
}

/// The first two bytes of what the layout has checked.
fn u16_at(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

fn f32_at(bytes: &[u8]) -> f32 {
    f32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// The values of one PMU in a data frame, as they are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct PmuValues {
    /// STAT.
    pub status: StatusWord,
    /// The phasors.
    pub phasors: Vec<PhasorBits>,
    /// FREQ: thousandths of a hertz from nominal, or hertz.
    pub frequency: Real,
    /// DFREQ: hundredths of a hertz per second, or hertz per second.
    pub rate_of_change: Real,
    /// The analog values.
    pub analogs: Vec<Real>,
    /// The words of digital values.
    pub digitals: Vec<u16>,
}

impl PmuValues {
    /// What stands in for data of a PMU that are absent.
    pub fn absent(pmu: &Pmu) -> PmuValues {
        let frequency = Real::absent(pmu.format.has(Format::FLOAT_FREQUENCY));
        PmuValues {
            status: StatusWord::ABSENT,
            phasors: vec![PhasorBits::absent(pmu.format); pmu.phasors.len()],
            frequency,
            rate_of_change: frequency,
            analogs: vec![Real::absent(pmu.format.has(Format::FLOAT_ANALOGS)); pmu.analogs.len()],
            digitals: vec![0; pmu.digitals.len()],
        }
    }

    /// Whether all values have the form of the layout.
    fn fits(&self, layout: &PmuLayout) -> bool {
        let format = layout.format;
        let has_form = |real: &Real, float: u16| matches!(real, Real::Float(_)) == format.has(float);
        self.phasors.len() == layout.phasors
            && self.analogs.len() == layout.analogs
            && self.phasors.iter().all(|phasor| {
                let (is_float, is_polar) = match phasor {
                    PhasorBits::RectangularInteger(..) => (false, false),
                    PhasorBits::PolarInteger(..) => (false, true),
                    PhasorBits::RectangularFloat(..) => (true, false),
                    PhasorBits::PolarFloat(..) => (true, true),
                };
                is_float == format.has(Format::FLOAT_PHASORS) && is_polar == format.has(Format::POLAR)
            })
            && has_form(&self.frequency, Format::FLOAT_FREQUENCY)
            && has_form(&self.rate_of_change, Format::FLOAT_FREQUENCY)
            && self.analogs.iter().all(|analog| has_form(analog, Format::FLOAT_ANALOGS))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.put_u16(self.status.0);
        for phasor in &self.phasors {
            match *phasor {
                PhasorBits::RectangularInteger(real, imaginary) => {
                    out.put_i16(real);
                    out.put_i16(imaginary);
                }
                PhasorBits::PolarInteger(magnitude, angle) => {
                    out.put_u16(magnitude);
                    out.put_i16(angle);
                }
                PhasorBits::RectangularFloat(first, second) | PhasorBits::PolarFloat(first, second) => {
                    out.put_u32(first.to_bits());
                    out.put_u32(second.to_bits());
                }
            }
        }
        for real in [self.frequency, self.rate_of_change].iter().chain(&self.analogs) {
            match *real {
                Real::Integer(integer) => out.put_i16(integer),
                Real::Float(float) => out.put_u32(float.to_bits()),
            }
        }
        for word in &self.digitals {
            out.put_u16(*word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOLTS: PhasorScale = PhasorScale::Unit { code: 0, factor: 915_527 };

    #[test]
    fn every_integer_phasor_survives_the_32_bits_of_a_measurement() {
        for format in [Format(0), Format(Format::POLAR)] {
            for first in (-32_767..32_767_i16).step_by(617) {
                for second in (-31_415..31_415_i16).step_by(911) {
                    let bits = match format.has(Format::POLAR) {
                        true => PhasorBits::PolarInteger(first.unsigned_abs().max(1), second),
                        false => PhasorBits::RectangularInteger(first, second),
                    };
                    let (magnitude, angle) = bits.polar(VOLTS);
                    let (magnitude, angle) = (f64::from(magnitude as f32), f64::from(angle as f32));
                    assert_eq!(PhasorBits::from_polar(magnitude, angle, format, VOLTS), bits);
                }
            }
        }
    }

    #[test]
    fn values_of_the_standards_example() {
        // C37.118: VA = 14635, 0 counts of 915527 hundred-thousandths of a volt are 134.0 kV.
        let (magnitude, angle) = PhasorBits::RectangularInteger(14_635, 0).polar(VOLTS);
        assert_eq!((magnitude.round(), angle), (133_987.0, 0.0));
        let (magnitude, angle) = PhasorBits::RectangularInteger(-7_318, 12_676).polar(VOLTS);
        assert_eq!((magnitude.round(), angle.round()), (134_003.0, 120.0));
    }

    #[test]
    fn absent_values_are_not_a_number_and_back() {
        for bits in 0..16 {
            let format = Format(bits);
            let absent = PhasorBits::absent(format);
            let (magnitude, angle) = absent.polar(VOLTS);
            assert!(magnitude.is_nan() && angle.is_nan(), "{absent:?}");
            let again = PhasorBits::from_polar(f64::NAN, 0.0, format, VOLTS);
            assert_eq!(format!("{again:?}"), format!("{absent:?}"));
        }
        assert!(Real::Integer(i16::MIN).number().is_nan());
        assert_eq!(Real::from_number(f64::NAN, false), Real::Integer(i16::MIN));
        assert_eq!(Real::from_number(-1e9, false), Real::Integer(-32_767), "not the one for absent values");
        assert_eq!(Real::from_number(1e9, false), Real::Integer(32_767));
    }

    #[test]
    fn an_angle_beyond_half_a_turn_is_turned_back() {
        let bits = PhasorBits::from_polar(100.0, 190.0, Format(Format::POLAR), VOLTS);
        let (_, angle) = bits.polar(VOLTS);
        assert!((angle + 170.0).abs() < 0.01, "{angle}");
    }
}
