//! C37.118: configurations.
//!
//! What the data frames of a device carry. A sttp_c37118_configuration comes from an assembler
//! (sttp_c37118_assembler_receive), from a gateway's callback or from a builder (sttp_c37118_builder_finish); it never
//! changes, and any number of threads may read it at the same time.

use std::ffi::{CString, c_char};
use std::sync::Arc;

use crate::c37118::{
    AnalogScale, C37118Error, Configuration, ConfigurationForm, DataLayout, Name, PhasorKind, PhasorScale,
    Pmu,
};
use crate::capi::shared::arguments::{check, give, output, reference, take, write_record};
use crate::capi::shared::guard::{c_string, guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::error::Error;

/// What the data frames of a device carry.
pub struct sttp_c37118_configuration(Arc<Shared>);

struct Shared {
    configuration: Arc<Configuration>,
    layout: DataLayout,
    pmus: Vec<PmuTexts>,
}

/// The names of a PMU, which end with a NUL.
struct PmuTexts {
    station: CString,
    phasors: Vec<CString>,
    analogs: Vec<CString>,
    digitals: Vec<[CString; 16]>,
    /// Of each word the pointers to its names.
    digital_pointers: Vec<[*const c_char; 16]>,
}

// SAFETY: the pointers lead to the texts beside them, which do not change.
unsafe impl Send for PmuTexts {}
// SAFETY: as above.
unsafe impl Sync for PmuTexts {}

impl PmuTexts {
    fn new(pmu: &Pmu) -> PmuTexts {
        let text = |name: &Name| c_string(name.to_string());
        let digitals: Vec<[CString; 16]> =
            pmu.digitals.iter().map(|word| word.names.each_ref().map(text)).collect();
        PmuTexts {
            station: text(&pmu.station),
            phasors: pmu.phasors.iter().map(|phasor| text(&phasor.name)).collect(),
            analogs: pmu.analogs.iter().map(|analog| text(&analog.name)).collect(),
            digital_pointers: digitals
                .iter()
                .map(|names| names.each_ref().map(|name| name.as_ptr()))
                .collect(),
            digitals,
        }
    }
}

impl sttp_c37118_configuration {
    pub(super) fn new(configuration: Arc<Configuration>) -> Result<sttp_c37118_configuration, C37118Error> {
        let layout = DataLayout::new(&configuration)?;
        let pmus = configuration.pmus.iter().map(PmuTexts::new).collect();
        Ok(sttp_c37118_configuration(Arc::new(Shared { configuration, layout, pmus })))
    }

    pub(super) fn get(&self) -> &Configuration {
        &self.0.configuration
    }

    pub(super) fn layout(&self) -> &DataLayout {
        &self.0.layout
    }

    fn pmu(&self, number: usize) -> Result<(&Pmu, &PmuTexts), Failure> {
        let found = self.get().pmus.get(number).zip(self.0.pmus.get(number));
        found.ok_or_else(|| none("PMU", number, self.get().pmus.len()))
    }
}

/// There is none with this number.
pub(super) fn none(what: &str, number: usize, count: usize) -> Failure {
    Error::NotFound(format!("there is no {what} {number}; there are {count}, counted from 0")).into()
}

/// A stream of data frames.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_stream {
    /// ID code of the stream, 1 to 65534.
    pub id_code: u32,
    /// How many PMUs its data frames have.
    pub pmu_count: u32,
    /// DATA_RATE: frames per second when positive, seconds per frame when negative.
    pub data_rate: i32,
    /// Units of the fraction of a second.
    pub time_base: u32,
    /// Version of the frames: 1 for C37.118-2005, 2 for C37.118.2-2011.
    pub version: i32,
    /// Which frame told it: 1 to 3 for CFG-1 to CFG-3.
    pub form: i32,
}

/// A PMU of a configuration.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_pmu {
    /// Name of the station, without the blanks that fill it up.
    pub station: *const c_char,
    /// ID code of the source of its data.
    pub id_code: u32,
    /// FORMAT: bit 0 polar, bit 1 phasors, bit 2 analog values, bit 3 frequency as floating point.
    pub format: u32,
    /// How many phasors it has.
    pub phasor_count: u32,
    /// How many analog values.
    pub analog_count: u32,
    /// How many words of sixteen digital values.
    pub digital_count: u32,
    /// Nominal frequency in hertz, 50 or 60.
    pub nominal_frequency: u32,
    /// CFGCNT: grows with each change of the configuration.
    pub change_count: u32,
    /// 0.
    pub reserved: u32,
}

/// What only CFG-3 tells of a PMU.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_pmu_details {
    /// Its ID over all systems, byte by byte as it is sent.
    pub global_id: [u8; 16],
    /// Degrees north; infinite when it is not told.
    pub latitude: f64,
    /// Degrees east; infinite when it is not told.
    pub longitude: f64,
    /// Metres above sea level; infinite when it is not told.
    pub elevation: f64,
    /// 'M' for measurement, 'P' for protection.
    pub service_class: i32,
    /// Length of the measurement window in microseconds.
    pub window: i32,
    /// Delay of the measurement in microseconds.
    pub group_delay: i32,
    /// 0.
    pub reserved: i32,
}

/// A phasor of a PMU.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_phasor {
    /// Its label.
    pub name: *const c_char,
    /// Volts or amperes for each count, where phasors are integers.
    pub per_count: f64,
    /// Radians that are added to the angle.
    pub angle_offset: f64,
    /// 1 for a current, 0 for a voltage.
    pub is_current: i32,
    /// '0', '+' or '-' for a sequence, 'A', 'B' or 'C' for a phase; 0 when it is not told, which only CFG-3 does.
    pub component: i32,
    /// What was done to the phasor, as the bits of PHSCALE in CFG-3: resampled, filtered, adjusted.
    pub flags: u32,
    /// The user's byte of PHSCALE in CFG-3.
    pub user: u32,
}

/// An analog value of a PMU.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_analog {
    /// Its label.
    pub name: *const c_char,
    /// The factor: of CFG-1 and CFG-2 the one that the user knows, of CFG-3 what the value is to be multiplied by.
    pub factor: f64,
    /// What is to be added to the multiplied value (CFG-3).
    pub offset: f64,
    /// 0 single point on wave, 1 RMS, 2 peak, 65 to 255 the user's; -1 with CFG-3, which does not tell.
    pub code: i32,
    /// 0.
    pub reserved: i32,
}

/// A word of sixteen digital values of a PMU.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_digital_word {
    /// The labels of bits 0 to 15.
    pub names: *const *const c_char,
    /// The values in the normal state.
    pub normal: u32,
    /// The bits that are in use.
    pub valid: u32,
}

/// Makes another handle of the same configuration, which lives on when this one is freed. Copies nothing.
///
/// \param configuration  The configuration; also one that a callback is handed.
/// \param clone          Receives the other handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_clone(
    configuration: *const sttp_c37118_configuration,
    clone: *mut *mut sttp_c37118_configuration,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (configuration, clone) =
            unsafe { (reference(configuration, "configuration")?, output(clone, "clone")?) };
        give(clone, sttp_c37118_configuration(Arc::clone(&configuration.0)));
        Ok(())
    })
}

/// Frees a handle of a configuration; not one that a callback was handed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_free(configuration: *mut sttp_c37118_configuration) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(configuration) }));
}

/// Reads what a configuration says of the stream.
///
/// \param stream  Receives it.
/// \param size    sizeof(*stream).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_stream(
    configuration: *const sttp_c37118_configuration,
    stream: *mut sttp_c37118_stream,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let configuration = unsafe { reference(configuration, "configuration")? }.get();
        let record = sttp_c37118_stream {
            id_code: configuration.id_code.into(),
            pmu_count: count(configuration.pmus.len()),
            data_rate: configuration.data_rate.into(),
            time_base: configuration.time_base.per_second(),
            version: configuration.version.number().into(),
            form: match configuration.form {
                ConfigurationForm::Cfg1 => 1,
                ConfigurationForm::Cfg2 => 2,
                ConfigurationForm::Cfg3 => 3,
            },
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, stream, size, "stream") }
    })
}

/// Reads what a configuration says of a PMU.
///
/// \param number  Number of the PMU, from 0.
/// \param pmu     Receives it.
/// \param size    sizeof(*pmu).
/// \return STTP_ERR_NOT_FOUND when there is no such PMU.
/// *Ownership*: the text is valid as long as the configuration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_pmu(
    configuration: *const sttp_c37118_configuration,
    number: usize,
    pmu: *mut sttp_c37118_pmu,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (found, texts) = unsafe { reference(configuration, "configuration")? }.pmu(number)?;
        let record = sttp_c37118_pmu {
            station: texts.station.as_ptr(),
            id_code: found.id_code.into(),
            format: found.format.0.into(),
            phasor_count: count(found.phasors.len()),
            analog_count: count(found.analogs.len()),
            digital_count: count(found.digitals.len()),
            nominal_frequency: found.nominal_frequency.hertz() as u32,
            change_count: found.change_count.into(),
            reserved: 0,
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, pmu, size, "pmu") }
    })
}

/// Reads what only CFG-3 says of a PMU.
///
/// \param number   Number of the PMU, from 0.
/// \param details  Receives it.
/// \param size     sizeof(*details).
/// \return STTP_ERR_NOT_FOUND when there is no such PMU, or the configuration is no CFG-3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_details(
    configuration: *const sttp_c37118_configuration,
    number: usize,
    details: *mut sttp_c37118_pmu_details,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (found, _) = unsafe { reference(configuration, "configuration")? }.pmu(number)?;
        let told =
            found.details.ok_or_else(|| Error::NotFound("only CFG-3 tells details of a PMU".into()))?;
        let record = sttp_c37118_pmu_details {
            global_id: told.global_id,
            latitude: told.latitude.into(),
            longitude: told.longitude.into(),
            elevation: told.elevation.into(),
            service_class: told.service_class.into(),
            window: told.window,
            group_delay: told.group_delay,
            reserved: 0,
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, details, size, "details") }
    })
}

/// Reads what a configuration says of a phasor.
///
/// \param pmu     Number of the PMU, from 0.
/// \param number  Number of the phasor, from 0.
/// \param phasor  Receives it.
/// \param size    sizeof(*phasor).
/// \return STTP_ERR_NOT_FOUND when there is no such PMU or phasor.
/// *Ownership*: the text is valid as long as the configuration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_phasor(
    configuration: *const sttp_c37118_configuration,
    pmu: usize,
    number: usize,
    phasor: *mut sttp_c37118_phasor,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (found, texts) = unsafe { reference(configuration, "configuration")? }.pmu(pmu)?;
        let channel = found.phasors.get(number).zip(texts.phasors.get(number));
        let (channel, name) = channel.ok_or_else(|| none("phasor", number, found.phasors.len()))?;
        let (component, flags, user) = match channel.scale {
            PhasorScale::Unit { .. } => (0, 0, 0),
            PhasorScale::Full { code, flags, user, .. } => (component_of(code), flags, user),
        };
        let record = sttp_c37118_phasor {
            name: name.as_ptr(),
            per_count: channel.scale.per_count(),
            angle_offset: channel.scale.angle_offset().into(),
            is_current: (channel.scale.kind() == PhasorKind::Current).into(),
            component,
            flags: flags.into(),
            user: user.into(),
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, phasor, size, "phasor") }
    })
}

/// Reads what a configuration says of an analog value.
///
/// \param pmu     Number of the PMU, from 0.
/// \param number  Number of the analog value, from 0.
/// \param analog  Receives it.
/// \param size    sizeof(*analog).
/// \return STTP_ERR_NOT_FOUND when there is no such PMU or analog value.
/// *Ownership*: the text is valid as long as the configuration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_analog(
    configuration: *const sttp_c37118_configuration,
    pmu: usize,
    number: usize,
    analog: *mut sttp_c37118_analog,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (found, texts) = unsafe { reference(configuration, "configuration")? }.pmu(pmu)?;
        let channel = found.analogs.get(number).zip(texts.analogs.get(number));
        let (channel, name) = channel.ok_or_else(|| none("analog value", number, found.analogs.len()))?;
        let (code, factor, offset) = match channel.scale {
            AnalogScale::Unit { code, factor } => (code.into(), factor.into(), 0.0),
            AnalogScale::Full { factor, offset } => (-1, factor.into(), offset.into()),
        };
        let record = sttp_c37118_analog { name: name.as_ptr(), factor, offset, code, reserved: 0 };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, analog, size, "analog") }
    })
}

/// Reads what a configuration says of a word of digital values.
///
/// \param pmu     Number of the PMU, from 0.
/// \param number  Number of the word, from 0.
/// \param word    Receives it.
/// \param size    sizeof(*word).
/// \return STTP_ERR_NOT_FOUND when there is no such PMU or word.
/// *Ownership*: the texts are valid as long as the configuration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_digital(
    configuration: *const sttp_c37118_configuration,
    pmu: usize,
    number: usize,
    word: *mut sttp_c37118_digital_word,
    size: usize,
) -> i32 {
    guard(|| {
        check(word, "word")?;
        // SAFETY: the contract of the header.
        let (found, texts) = unsafe { reference(configuration, "configuration")? }.pmu(pmu)?;
        let channel = found.digitals.get(number).zip(texts.digital_pointers.get(number));
        let (channel, names) = channel.ok_or_else(|| none("digital word", number, texts.digitals.len()))?;
        let record = sttp_c37118_digital_word {
            names: names.as_ptr(),
            normal: channel.normal.into(),
            valid: channel.valid.into(),
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, word, size, "word") }
    })
}

/// What the low three bits of PHSCALE's second part stand for.
pub(super) const COMPONENTS: [(u8, u8); 6] =
    [(0, b'0'), (1, b'+'), (2, b'-'), (4, b'A'), (5, b'B'), (6, b'C')];

fn component_of(code: u8) -> i32 {
    COMPONENTS.iter().find(|(known, _)| *known == code & 7).map_or(0, |(_, letter)| i32::from(*letter))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
