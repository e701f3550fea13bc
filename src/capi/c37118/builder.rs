//! C37.118: building configurations.
//!
//! What a device tells of its data frames: a builder takes PMUs and their channels, in the order of the data, and makes
//! a configuration in each form that clients may ask for. Records that are cleared before they are filled in say nothing
//! of what only CFG-3 tells.
//!
//! ```c
//! #include <string.h>
//!
//! static sttp_c37118_configuration *describe(int32_t form) {
//!     sttp_c37118_builder *builder = NULL;
//!     sttp_c37118_configuration *configuration = NULL;
//!     sttp_c37118_stream stream;
//!     sttp_c37118_pmu pmu;
//!     sttp_c37118_phasor voltage;
//!     memset(&stream, 0, sizeof stream);
//!     memset(&pmu, 0, sizeof pmu);
//!     memset(&voltage, 0, sizeof voltage);
//!     stream.id_code = 7;
//!     stream.data_rate = 50;
//!     stream.time_base = 1000000;
//!     stream.version = 2;
//!     pmu.station = "Shelby";
//!     pmu.id_code = 7;
//!     pmu.nominal_frequency = 50;
//!     voltage.name = "Bus 1 V+";
//!     voltage.per_count = 9.15527;
//!     int32_t status = sttp_c37118_builder_new(&stream, sizeof stream, &builder);
//!     if (status == STTP_OK) status = sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu);
//!     if (status == STTP_OK) status = sttp_c37118_builder_add_phasor(builder, &voltage, sizeof voltage);
//!     if (status == STTP_OK) status = sttp_c37118_builder_finish(builder, form, &configuration);
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     sttp_c37118_builder_free(builder);
//!     return configuration;
//! }
//! ```

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, FrameTime, Name,
    NominalFrequency, PhasorChannel, PhasorScale, Pmu, PmuDetails, TimeBase, Version,
};
use crate::capi::c37118::configuration::{
    COMPONENTS, sttp_c37118_analog, sttp_c37118_configuration, sttp_c37118_digital_word, sttp_c37118_phasor,
    sttp_c37118_pmu, sttp_c37118_pmu_details, sttp_c37118_stream,
};
use crate::capi::shared::arguments::{
    Record, elements, give, invalid, lock, optional_text, output, record, reference, take, text,
};
use crate::capi::shared::guard::{guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::error::Error;

/// PHSCALE: which component a phasor is of, where nobody has said it.
const NO_COMPONENT: u8 = 3;
/// PHSCALE: a current.
const CURRENT: u8 = 8;
/// PHUNIT: the largest factor that 24 bits hold, in hundred-thousandths.
const LARGEST_UNIT: f64 = 0x00FF_FFFF as f64;
/// ANUNIT: the largest factor that 24 bits hold.
const LARGEST_FACTOR: f64 = 0x007F_FFFF as f64;

// SAFETY: numbers and pointers.
unsafe impl Record for sttp_c37118_stream {}
// SAFETY: as above.
unsafe impl Record for sttp_c37118_pmu {}
// SAFETY: as above.
unsafe impl Record for sttp_c37118_pmu_details {}
// SAFETY: as above.
unsafe impl Record for sttp_c37118_phasor {}
// SAFETY: as above.
unsafe impl Record for sttp_c37118_analog {}
// SAFETY: as above.
unsafe impl Record for sttp_c37118_digital_word {}

/// Builds configurations. Used by one thread at a time; others wait.
pub struct sttp_c37118_builder(Mutex<Building>);

struct Building {
    id_code: u16,
    version: Version,
    time_base: TimeBase,
    data_rate: i16,
    pmus: Vec<BuildingPmu>,
}

struct BuildingPmu {
    /// Without phasors and analog values, which each form scales in its own way.
    pmu: Pmu,
    details: PmuDetails,
    phasors: Vec<Phasor>,
    analogs: Vec<Analog>,
}

struct Phasor {
    name: Name,
    is_current: bool,
    per_count: f64,
    angle_offset: f32,
    component: u8,
    flags: u16,
    user: u8,
}

struct Analog {
    name: Name,
    code: u8,
    factor: f64,
    offset: f32,
}

/// Makes a builder.
///
/// \param stream   ID code, data rate, time base and version; the rest is left out.
/// \param size     sizeof(*stream).
/// \param builder  Receives the builder.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such ID code, data rate, time base or version.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_new(
    stream: *const sttp_c37118_stream,
    size: usize,
    builder: *mut *mut sttp_c37118_builder,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (stream, builder) = unsafe { (record(stream, size, "stream")?, output(builder, "builder")?) };
        let data_rate = i16::try_from(stream.data_rate).ok().filter(|rate| *rate != 0);
        let building = Building {
            id_code: id_code(stream.id_code)?,
            version: version(stream.version)?,
            time_base: TimeBase(within("time_base", stream.time_base, 1, TimeBase::FINEST.0)?),
            data_rate: data_rate.ok_or_else(|| {
                let rate = stream.data_rate;
                invalid(format!("data_rate is {rate}; give frames per second, or seconds per frame below 0"))
            })?,
            pmus: Vec::new(),
        };
        give(builder, sttp_c37118_builder(Mutex::new(building)));
        Ok(())
    })
}

/// Frees a builder.
///
/// *Ownership*: the builder is gone; finished configurations stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_free(builder: *mut sttp_c37118_builder) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(builder) }));
}

/// Adds a PMU. Channels that are added next are its.
///
/// \param pmu   The PMU; its counts of channels are left out. CFG-1 and CFG-2 hold 16 bytes of a name, CFG-3 255; longer
///              ones are cut.
/// \param size  sizeof(*pmu).
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such ID code, format or nominal frequency.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_add_pmu(
    builder: *mut sttp_c37118_builder,
    pmu: *const sttp_c37118_pmu,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, pmu) = unsafe { (reference(builder, "builder")?, record(pmu, size, "pmu")?) };
        let nominal_frequency = match pmu.nominal_frequency {
            60 => NominalFrequency(0),
            50 => NominalFrequency(1),
            other => return Err(invalid(format!("nominal_frequency is {other}; give 50 or 60"))),
        };
        let added = Pmu {
            // SAFETY: the contract of the header.
            station: Name::new(unsafe { text(pmu.station, "station")? }),
            id_code: id_code(pmu.id_code)?,
            format: Format(within("format", pmu.format, 0, 15)? as u16),
            phasors: Vec::new(),
            analogs: Vec::new(),
            digitals: Vec::new(),
            nominal_frequency,
            change_count: within("change_count", pmu.change_count, 0, u16::MAX.into())? as u16,
            details: None,
        };
        let (details, phasors, analogs) = (PmuDetails::default(), Vec::new(), Vec::new());
        lock(&builder.0).pmus.push(BuildingPmu { pmu: added, details, phasors, analogs });
        Ok(())
    })
}

/// Says what CFG-3 tells of the PMU that was last added: without it that the place is not known, and that it measures
/// for measurement.
///
/// \param details  What it tells.
/// \param size     sizeof(*details).
/// \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when there is no such service class.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_set_details(
    builder: *mut sttp_c37118_builder,
    details: *const sttp_c37118_pmu_details,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, told) = unsafe { (reference(builder, "builder")?, record(details, size, "details")?) };
        let service_class =
            u8::try_from(told.service_class).ok().filter(|class| matches!(class, b'M' | b'P'));
        let details = PmuDetails {
            global_id: told.global_id,
            latitude: told.latitude as f32,
            longitude: told.longitude as f32,
            elevation: told.elevation as f32,
            service_class: service_class.ok_or_else(|| {
                invalid(format!("service_class is {}; give 'M' or 'P'", told.service_class))
            })?,
            window: told.window,
            group_delay: told.group_delay,
        };
        builder.change(|pmu| pmu.details = details)
    })
}

/// Adds a phasor to the PMU that was last added.
///
/// \param phasor  The phasor.
/// \param size    sizeof(*phasor).
/// \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a field is none of those
///         possible.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_add_phasor(
    builder: *mut sttp_c37118_builder,
    phasor: *const sttp_c37118_phasor,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, phasor) = unsafe { (reference(builder, "builder")?, record(phasor, size, "phasor")?) };
        let added = Phasor {
            // SAFETY: the contract of the header.
            name: Name::new(unsafe { text(phasor.name, "name")? }),
            is_current: phasor.is_current != 0,
            per_count: finite("per_count", phasor.per_count)?,
            angle_offset: finite("angle_offset", phasor.angle_offset)? as f32,
            component: component(phasor.component)?,
            flags: within("flags", phasor.flags, 0, u16::MAX.into())? as u16,
            user: within("user", phasor.user, 0, u8::MAX.into())? as u8,
        };
        builder.change(|pmu| pmu.phasors.push(added))
    })
}

/// Adds an analog value to the PMU that was last added.
///
/// \param analog  The analog value. CFG-1 and CFG-2 tell its code, 0 for -1, and its factor, as a whole number; CFG-3
///                tells factor and offset.
/// \param size    sizeof(*analog).
/// \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a field is none of those
///         possible, as a code from 3 to 64, which the standard reserves.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_add_analog(
    builder: *mut sttp_c37118_builder,
    analog: *const sttp_c37118_analog,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, analog) = unsafe { (reference(builder, "builder")?, record(analog, size, "analog")?) };
        let code = if analog.code == -1 { 0 } else { analog.code };
        let known = u8::try_from(code).ok().filter(|code| matches!(code, 0..=2 | 65..=255));
        let added = Analog {
            // SAFETY: the contract of the header.
            name: Name::new(unsafe { text(analog.name, "name")? }),
            code: known.ok_or_else(|| invalid(format!("code is {code}; give -1, 0, 1, 2 or 65 to 255")))?,
            factor: finite("factor", analog.factor)?,
            offset: finite("offset", analog.offset)? as f32,
        };
        builder.change(|pmu| pmu.analogs.push(added))
    })
}

/// Adds a word of sixteen digital values to the PMU that was last added.
///
/// \param word  The word. Its names are sixteen, each a text or NULL for none; or NULL for none at all.
/// \param size  sizeof(*word).
/// \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a word is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_add_digital(
    builder: *mut sttp_c37118_builder,
    word: *const sttp_c37118_digital_word,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, word) = unsafe { (reference(builder, "builder")?, record(word, size, "word")?) };
        let mut added = DigitalWord {
            names: Default::default(),
            normal: within("normal", word.normal, 0, u16::MAX.into())? as u16,
            valid: within("valid", word.valid, 0, u16::MAX.into())? as u16,
        };
        let count = if word.names.is_null() { 0 } else { added.names.len() };
        // SAFETY: the contract of the header.
        let names: &[*const c_char] = unsafe { elements(word.names, count, "names")? };
        for (place, name) in added.names.iter_mut().zip(names) {
            // SAFETY: the contract of the header.
            *place = Name::new(unsafe { optional_text(*name, "names")? }.unwrap_or_default());
        }
        builder.change(|pmu| pmu.pmu.digitals.push(added))
    })
}

/// Makes a configuration of what was added so far. A builder may make several, in each form, and with what is added
/// later.
///
/// \param form           1 to 3 for CFG-1 to CFG-3. What a form has no room for is left out.
/// \param configuration  Receives the configuration.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such form, a scale does not fit into it, or data frames of it
///         would be longer than a frame can be, 65535 bytes.
/// *Ownership*: The builder stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_builder_finish(
    builder: *const sttp_c37118_builder,
    form: i32,
    configuration: *mut *mut sttp_c37118_configuration,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, configuration) =
            unsafe { (reference(builder, "builder")?, output(configuration, "configuration")?) };
        let form = match form {
            1 => ConfigurationForm::Cfg1,
            2 => ConfigurationForm::Cfg2,
            3 => ConfigurationForm::Cfg3,
            other => return Err(invalid(format!("form is {other}; give 1 to 3 for CFG-1 to CFG-3"))),
        };
        let made = sttp_c37118_configuration::new(Arc::new(lock(&builder.0).finish(form)?));
        give(configuration, made.map_err(|error| invalid(error.to_string()))?);
        Ok(())
    })
}

impl sttp_c37118_builder {
    /// Changes the PMU that was last added.
    fn change(&self, change: impl FnOnce(&mut BuildingPmu)) -> Result<(), Failure> {
        let mut building = lock(&self.0);
        let pmu = building.pmus.last_mut();
        let none = || Error::InvalidState("there is no PMU yet; add one first".into());
        change(pmu.ok_or_else(none)?);
        Ok(())
    }
}

impl Building {
    fn finish(&self, form: ConfigurationForm) -> Result<Configuration, Failure> {
        let Building { id_code, version, time_base, data_rate, .. } = *self;
        let pmus = self.pmus.iter().map(|pmu| pmu.finish(form)).collect::<Result<_, _>>()?;
        Ok(Configuration { form, version, id_code, time: FrameTime::default(), time_base, pmus, data_rate })
    }
}

impl BuildingPmu {
    fn finish(&self, form: ConfigurationForm) -> Result<Pmu, Failure> {
        let mut pmu = self.pmu.clone();
        let is_long = form == ConfigurationForm::Cfg3;
        pmu.details = is_long.then_some(self.details);
        for phasor in &self.phasors {
            let scale = match is_long {
                true => phasor.long_scale(),
                false => phasor.short_scale(&self.pmu)?,
            };
            pmu.phasors.push(PhasorChannel { name: phasor.name.clone(), scale });
        }
        for analog in &self.analogs {
            let scale = match is_long {
                true => AnalogScale::Full { factor: analog.factor as f32, offset: analog.offset },
                false => analog.short_scale(&self.pmu)?,
            };
            pmu.analogs.push(AnalogChannel { name: analog.name.clone(), scale });
        }
        Ok(pmu)
    }
}

impl Phasor {
    fn long_scale(&self) -> PhasorScale {
        PhasorScale::Full {
            flags: self.flags,
            code: self.component | if self.is_current { CURRENT } else { 0 },
            user: self.user,
            factor: self.per_count as f32,
            angle_offset: self.angle_offset,
        }
    }

    fn short_scale(&self, pmu: &Pmu) -> Result<PhasorScale, Failure> {
        let units = (self.per_count * 1e5).round();
        // Nobody looks at the scale of a float.
        let is_float = pmu.format.has(Format::FLOAT_PHASORS);
        let factor = if is_float { units.clamp(0.0, LARGEST_UNIT) } else { units };
        if !(0.0..=LARGEST_UNIT).contains(&factor) {
            return Err(invalid(format!(
                "phasor {} of {} has {} per count; CFG-1 and CFG-2 tell 0 to 167.77215",
                self.name, pmu.station, self.per_count
            )));
        }
        Ok(PhasorScale::Unit { code: self.is_current.into(), factor: factor as u32 })
    }
}

impl Analog {
    fn short_scale(&self, pmu: &Pmu) -> Result<AnalogScale, Failure> {
        let factor = self.factor.round();
        if !(-LARGEST_FACTOR - 1.0..=LARGEST_FACTOR).contains(&factor) {
            return Err(invalid(format!(
                "analog value {} of {} has the factor {}; CFG-1 and CFG-2 tell -8388608 to 8388607",
                self.name, pmu.station, self.factor
            )));
        }
        Ok(AnalogScale::Unit { code: self.code, factor: factor as i32 })
    }
}

/// An ID code of a stream or a PMU.
pub(super) fn id_code(number: u32) -> Result<u16, Failure> {
    Ok(within("id_code", number, 1, 65_534)? as u16)
}

/// A version of frames.
pub(super) fn version(number: i32) -> Result<Version, Failure> {
    match number {
        1 => Ok(Version::V1),
        2 => Ok(Version::V2),
        _ => Err(invalid(format!("version is {number}; give 1 or 2"))),
    }
}

/// A number that has its limits.
pub(super) fn within(name: &str, number: u32, least: u32, most: u32) -> Result<u32, Failure> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(invalid(format!("{name} is {number}; give {least} to {most}")))
}

fn finite(name: &str, number: f64) -> Result<f64, Failure> {
    if number.is_finite() { Ok(number) } else { Err(invalid(format!("{name} is {number}; give a number"))) }
}

fn component(letter: i32) -> Result<u8, Failure> {
    if letter == 0 {
        return Ok(NO_COMPONENT);
    }
    let known = COMPONENTS.iter().find(|(_, known)| i32::from(*known) == letter);
    known.map(|(code, _)| *code).ok_or_else(|| {
        invalid(format!(
            "component is {letter}; give '0', '+', '-', 'A', 'B' or 'C', or 0 when it is not known"
        ))
    })
}
