//! Configuration frames: what the data frames of a stream carry.
//!
//! One type for all three forms. What only some forms have is kept as they have it, so that a
//! configuration that was read is written again as the same bytes.

mod convert;
mod long_form;
mod name;
#[cfg(test)]
mod sample;
mod short_form;
#[cfg(test)]
mod tests;

use crate::wire::{Reader, Truncated};

use super::error::C37118Error;
use super::frame::{self, Frame, FrameType, Version};
use super::time::{FrameTime, TimeBase};
pub use name::Name;
#[cfg(test)]
pub(crate) use sample::sample;

/// Largest number of PMUs, or of channels of one PMU, that is believed before they are seen.
const MOST_RESERVED: usize = 1024;

/// Which frame carries a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfigurationForm {
    /// CFG-1: what the device is able to give.
    Cfg1,
    /// CFG-2: what the data frames carry.
    Cfg2,
    /// CFG-3: what the data frames carry, with longer names, scales and places.
    Cfg3,
}

impl ConfigurationForm {
    pub(super) fn frame_type(self) -> FrameType {
        match self {
            ConfigurationForm::Cfg1 => FrameType::Configuration1,
            ConfigurationForm::Cfg2 => FrameType::Configuration2,
            ConfigurationForm::Cfg3 => FrameType::Configuration3,
        }
    }
}

/// What the data frames of one stream carry.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// Which frame carried it, or is to carry it.
    pub form: ConfigurationForm,
    /// Which standard the frame follows.
    pub version: Version,
    /// ID code of the data stream, 1 to 65534.
    pub id_code: u16,
    /// Time of the frame.
    pub time: FrameTime,
    /// In which units fractions of a second are told.
    pub time_base: TimeBase,
    /// The PMUs, in the order of their data.
    pub pmus: Vec<Pmu>,
    /// Frames per second when positive, seconds per frame when negative.
    pub data_rate: i16,
}

/// One PMU of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Pmu {
    /// Name of the station.
    pub station: Name,
    /// ID code of the source of the data.
    pub id_code: u16,
    /// How its values are written.
    pub format: Format,
    /// Its phasors.
    pub phasors: Vec<PhasorChannel>,
    /// Its analog values.
    pub analogs: Vec<AnalogChannel>,
    /// Its words of sixteen digital values.
    pub digitals: Vec<DigitalWord>,
    /// FNOM: bit 0 tells the nominal frequency; the others are reserved.
    pub nominal_frequency: NominalFrequency,
    /// CFGCNT: grows with each change of the configuration.
    pub change_count: u16,
    /// What only CFG-3 tells.
    pub details: Option<PmuDetails>,
}

/// FORMAT: how the values of a PMU are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Format(
    /// The word as it is sent.
    pub u16,
);

impl Format {
    /// Bit 0: phasors are magnitude and angle, not real and imaginary part.
    pub const POLAR: u16 = 1;
    /// Bit 1: phasors are 32-bit floats, not 16-bit integers.
    pub const FLOAT_PHASORS: u16 = 2;
    /// Bit 2: analog values are 32-bit floats.
    pub const FLOAT_ANALOGS: u16 = 4;
    /// Bit 3: frequency and its rate of change are 32-bit floats.
    pub const FLOAT_FREQUENCY: u16 = 8;

    /// True when all of these bits are set.
    pub const fn has(self, bits: u16) -> bool {
        self.0 & bits == bits
    }
}

/// FNOM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct NominalFrequency(
    /// The word as it is sent.
    pub u16,
);

impl NominalFrequency {
    /// 50 or 60 Hz.
    pub const fn hertz(self) -> f64 {
        if self.0 & 1 == 1 { 50.0 } else { 60.0 }
    }
}

/// Voltage or current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhasorKind {
    /// In volts.
    Voltage,
    /// In amperes.
    Current,
}

/// One phasor of a PMU.
#[derive(Debug, Clone, PartialEq)]
pub struct PhasorChannel {
    /// Its label.
    pub name: Name,
    /// Its kind and its scale.
    pub scale: PhasorScale,
}

/// How a phasor is scaled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PhasorScale {
    /// PHUNIT of CFG-1 and CFG-2.
    Unit {
        /// 0 for volts, 1 for amperes.
        code: u8,
        /// Hundred-thousandths of a volt or ampere for each count of an integer phasor, in 24 bits.
        factor: u32,
    },
    /// PHSCALE of CFG-3.
    Full {
        /// What was done to the phasor: resampling, filters, adjustments.
        flags: u16,
        /// Bit 3 set for current; bits 2 to 0: 0 zero, 1 positive, 2 negative sequence, 4 phase A, 5 B, 6 C.
        code: u8,
        /// The user's.
        user: u8,
        /// Volts or amperes for each count.
        factor: f32,
        /// Radians that are added to the angle.
        angle_offset: f32,
    },
}

impl PhasorScale {
    /// Voltage or current.
    pub const fn kind(self) -> PhasorKind {
        let is_current = match self {
            PhasorScale::Unit { code, .. } => code != 0,
            PhasorScale::Full { code, .. } => code & 8 != 0,
        };
        if is_current { PhasorKind::Current } else { PhasorKind::Voltage }
    }

    /// Volts or amperes for each count of an integer phasor.
    pub fn per_count(self) -> f64 {
        match self {
            PhasorScale::Unit { factor, .. } => f64::from(factor) * 1e-5,
            PhasorScale::Full { factor, .. } => f64::from(factor),
        }
    }

    /// Radians to add to the angle.
    pub const fn angle_offset(self) -> f32 {
        match self {
            PhasorScale::Unit { .. } => 0.0,
            PhasorScale::Full { angle_offset, .. } => angle_offset,
        }
    }
}

/// One analog value of a PMU.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalogChannel {
    /// Its label.
    pub name: Name,
    /// Its kind and its scale.
    pub scale: AnalogScale,
}

/// How an analog value is scaled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AnalogScale {
    /// ANUNIT of CFG-1 and CFG-2.
    Unit {
        /// 0 single point on wave, 1 RMS, 2 peak, 65 to 255 the user's.
        code: u8,
        /// The user's factor, signed, in 24 bits.
        factor: i32,
    },
    /// ANSCALE of CFG-3.
    Full {
        /// Multiplies the value.
        factor: f32,
        /// Is added afterwards.
        offset: f32,
    },
}

/// One word of sixteen digital values.
#[derive(Debug, Clone, PartialEq)]
pub struct DigitalWord {
    /// The labels of bits 0 to 15.
    pub names: [Name; 16],
    /// The values in the normal state.
    pub normal: u16,
    /// The bits that are in use.
    pub valid: u16,
}

/// What CFG-3 tells of a PMU beside the other forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PmuDetails {
    /// Its ID over all systems.
    pub global_id: [u8; 16],
    /// Degrees north; infinite when it is not given.
    pub latitude: f32,
    /// Degrees east; infinite when it is not given.
    pub longitude: f32,
    /// Metres above sea level; infinite when it is not given.
    pub elevation: f32,
    /// `M` for measurement, `P` for protection.
    pub service_class: u8,
    /// Length of the measurement window in microseconds.
    pub window: i32,
    /// Delay of the measurement in microseconds.
    pub group_delay: i32,
}

impl Default for PmuDetails {
    fn default() -> PmuDetails {
        PmuDetails {
            global_id: [0; 16],
            latitude: f32::INFINITY,
            longitude: f32::INFINITY,
            elevation: f32::INFINITY,
            service_class: b'M',
            window: 0,
            group_delay: 0,
        }
    }
}

/// PHNMR, ANNMR and DGNMR.
struct ChannelCounts {
    phasors: usize,
    analogs: usize,
    digitals: usize,
}

impl ChannelCounts {
    fn read(reader: &mut Reader<'_>) -> Result<ChannelCounts, Truncated> {
        Ok(ChannelCounts {
            phasors: reader.u16("PHNMR")?.into(),
            analogs: reader.u16("ANNMR")?.into(),
            digitals: reader.u16("DGNMR")?.into(),
        })
    }

    /// Of a PMU that is to be written.
    fn of(pmu: &Pmu) -> Result<[u16; 3], C37118Error> {
        let count = |number: usize, what: &str| {
            u16::try_from(number).map_err(|_| {
                C37118Error::Unencodable(format!(
                    "PMU {} has {number} {what}; 65535 is the most",
                    pmu.station
                ))
            })
        };
        Ok([
            count(pmu.phasors.len(), "phasors")?,
            count(pmu.analogs.len(), "analog values")?,
            count(pmu.digitals.len(), "digital words")?,
        ])
    }
}

impl Configuration {
    /// Reads a whole CFG-1, CFG-2 or CFG-3.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when the frame is of another type, or ends before or after its last field.
    pub fn decode(frame: &Frame<'_>) -> Result<Configuration, C37118Error> {
        let form = match frame.kind {
            FrameType::Configuration1 => ConfigurationForm::Cfg1,
            FrameType::Configuration2 => ConfigurationForm::Cfg2,
            FrameType::Configuration3 => ConfigurationForm::Cfg3,
            other => return Err(C37118Error::Unencodable(format!("a {} is no configuration", other.name()))),
        };
        Configuration::decode_payload(frame, form, frame.payload())
    }

    /// Reads a configuration whose payload may have come in pieces.
    pub(super) fn decode_payload(
        frame: &Frame<'_>,
        form: ConfigurationForm,
        payload: &[u8],
    ) -> Result<Configuration, C37118Error> {
        let what = frame.kind.name();
        let mut reader = Reader::new(payload);
        let configuration = Configuration::read(frame, form, &mut reader)
            .map_err(|cause| C37118Error::Short { what, cause })?;
        match reader.rest().len() {
            0 => Ok(configuration),
            extra => Err(C37118Error::TrailingBytes { what, extra }),
        }
    }

    fn read(
        frame: &Frame<'_>,
        form: ConfigurationForm,
        reader: &mut Reader<'_>,
    ) -> Result<Configuration, Truncated> {
        if form == ConfigurationForm::Cfg3 {
            reader.u16("CONT_IDX")?;
        }
        let time_base = TimeBase(reader.u32("TIME_BASE")?);
        let count = usize::from(reader.u16("NUM_PMU")?);
        let mut pmus = Vec::with_capacity(count.min(MOST_RESERVED));
        for _ in 0..count {
            pmus.push(match form {
                ConfigurationForm::Cfg1 | ConfigurationForm::Cfg2 => short_form::read(reader)?,
                ConfigurationForm::Cfg3 => long_form::read(reader)?,
            });
        }
        let data_rate = reader.u16("DATA_RATE")?.cast_signed();
        let Frame { version, id_code, time, .. } = *frame;
        Ok(Configuration { form, version, id_code, time, time_base, pmus, data_rate })
    }

    /// Writes the frame over `frame`. Names that the form has no room for are cut.
    ///
    /// # Errors
    ///
    /// [`C37118Error::TooLarge`] when a frame cannot hold it; a CFG-3 is then to be written in
    /// [pieces](Self::encode_fragments). [`C37118Error::Unencodable`] when it has scales of another form.
    pub fn encode(&self, frame: &mut Vec<u8>) -> Result<(), C37118Error> {
        frame::begin(frame, self.form.frame_type(), self.version, self.id_code, self.time);
        if self.form == ConfigurationForm::Cfg3 {
            frame.extend_from_slice(&[0, 0]);
        }
        self.write(frame)?;
        frame::finish(frame, self.form.frame_type().name())
    }

    /// Everything from TIME_BASE to DATA_RATE.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), C37118Error> {
        let count = u16::try_from(self.pmus.len()).map_err(|_| {
            C37118Error::Unencodable(format!(
                "a configuration has {} PMUs; 65535 is the most",
                self.pmus.len()
            ))
        })?;
        out.extend_from_slice(&self.time_base.0.to_be_bytes());
        out.extend_from_slice(&count.to_be_bytes());
        for pmu in &self.pmus {
            match self.form {
                ConfigurationForm::Cfg1 | ConfigurationForm::Cfg2 => short_form::write(pmu, out)?,
                ConfigurationForm::Cfg3 => long_form::write(pmu, out)?,
            }
        }
        out.extend_from_slice(&self.data_rate.to_be_bytes());
        Ok(())
    }

    /// Frames per second; less than one where the device sends one frame in several seconds, zero when
    /// it tells no rate.
    pub fn frames_per_second(&self) -> f64 {
        match self.data_rate {
            rate @ 0.. => f64::from(rate),
            seconds => -1.0 / f64::from(seconds),
        }
    }
}

/// A scale of the other form cannot be written without a loss.
fn other_form(pmu: &Pmu, channel: &Name, form: &str) -> C37118Error {
    C37118Error::Unencodable(format!(
        "channel {channel} of PMU {} has a scale of another form; give it one of {form}",
        pmu.station
    ))
}
