//! C37.118: data frames.
//!
//! What a data frame says, by the configuration of its stream. A frame that was checked by an assembler, or that a
//! callback was handed, is read without copying it.

use crate::c37118::{DataFrame, Frame, PmuData};
use crate::capi::c37118::configuration::{none, sttp_c37118_configuration};
use crate::capi::shared::arguments::{elements, output, reference, room, write_record};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::error::Error;

/// What a PMU says in a data frame beside its channels.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_pmu_data {
    /// Hertz; NaN when it is absent.
    pub frequency: f64,
    /// Hertz per second; NaN when it is absent.
    pub rate_of_change: f64,
    /// STAT, bit by bit.
    pub status: u32,
    /// 0.
    pub reserved: u32,
}

/// A phasor of a data frame.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_polar {
    /// Volts or amperes; NaN when it is absent.
    pub magnitude: f64,
    /// Degrees; NaN when it is absent.
    pub angle: f64,
}

/// A phasor as it is sent.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_raw_phasor {
    /// The real part; where FORMAT is polar, the magnitude. Counts where phasors are integers, volts or amperes where they
    /// are floats; NaN when it is absent.
    pub first: f64,
    /// The imaginary part, in the same unit; where FORMAT is polar, the angle: ten-thousandths of a radian where phasors are
    /// integers, radians where they are floats.
    pub second: f64,
}

unsafe fn data<'a>(
    configuration: &'a sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
) -> Result<DataFrame<'a>, Failure> {
    // SAFETY: the caller has the contract of the header.
    let bytes = unsafe { elements(frame, length, "frame")? };
    let decoded = Frame::decode(bytes).and_then(|frame| configuration.layout().decode(&frame));
    Ok(decoded.map_err(|error| Error::Protocol(error.into()))?)
}

unsafe fn pmu_data<'a>(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
) -> Result<(&'a sttp_c37118_configuration, PmuData<'a>), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (configuration, frame) = unsafe {
        let configuration = reference(configuration, "configuration")?;
        (configuration, data(configuration, frame, length)?)
    };
    let mut pmus = frame.pmus();
    let count = pmus.len();
    Ok((configuration, pmus.nth(pmu).ok_or_else(|| none("PMU", pmu, count))?))
}

/// Reads the time of a data frame.
///
/// \param frame      The whole frame.
/// \param length     Its bytes.
/// \param timestamp  Receives ticks.
/// \param quality    Receives the high byte of FRACSEC: leap seconds and the quality of the clock.
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_time(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    timestamp: *mut i64,
    quality: *mut u32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (frame, timestamp, quality) = unsafe {
            let configuration = reference(configuration, "configuration")?;
            (
                data(configuration, frame, length)?,
                output(timestamp, "timestamp")?,
                output(quality, "quality")?,
            )
        };
        timestamp.write(frame.ticks().0);
        quality.write(frame.time.quality.into());
        Ok(())
    })
}

/// Reads status word and frequency of a PMU in a data frame.
///
/// \param frame   The whole frame.
/// \param length  Its bytes.
/// \param pmu     Number of the PMU, from 0.
/// \param values  Receives them.
/// \param size    sizeof(*values).
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
///         no such PMU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_pmu(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
    values: *mut sttp_c37118_pmu_data,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (_, found) = unsafe { pmu_data(configuration, frame, length, pmu)? };
        let record = sttp_c37118_pmu_data {
            frequency: found.frequency(),
            rate_of_change: found.rate_of_change(),
            status: found.status().0.into(),
            reserved: 0,
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, values, size, "values") }
    })
}

/// Reads the phasors of a PMU in a data frame, from the first on.
///
/// \param frame    The whole frame.
/// \param length   Its bytes.
/// \param pmu      Number of the PMU, from 0.
/// \param phasors  Receives them, as many as there is room for; NULL when there is none.
/// \param count    How many there is room for.
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
///         no such PMU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_phasors(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
    phasors: *mut sttp_c37118_polar,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let ((configuration, found), phasors) =
            unsafe { (pmu_data(configuration, frame, length, pmu)?, room(phasors, count, "phasors")?) };
        let channels =
            configuration.get().pmus.get(pmu).map(|pmu| pmu.phasors.as_slice()).unwrap_or_default();
        for ((place, phasor), channel) in phasors.iter_mut().zip(found.phasors()).zip(channels) {
            let (magnitude, angle) = phasor.polar(channel.scale);
            *place = sttp_c37118_polar { magnitude, angle };
        }
        Ok(())
    })
}

/// Reads the phasors of a PMU in a data frame as they were sent, without scale, from the first on.
///
/// \param frame    The whole frame.
/// \param length   Its bytes.
/// \param pmu      Number of the PMU, from 0.
/// \param phasors  Receives them, as many as there is room for; NULL when there is none.
/// \param count    How many there is room for.
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
///         no such PMU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_raw_phasors(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
    phasors: *mut sttp_c37118_raw_phasor,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let ((_, found), phasors) =
            unsafe { (pmu_data(configuration, frame, length, pmu)?, room(phasors, count, "phasors")?) };
        for (place, phasor) in phasors.iter_mut().zip(found.phasors()) {
            let (first, second) = phasor.numbers();
            *place = sttp_c37118_raw_phasor { first, second };
        }
        Ok(())
    })
}

/// Reads the analog values of a PMU in a data frame, unscaled, from the first on.
///
/// \param frame    The whole frame.
/// \param length   Its bytes.
/// \param pmu      Number of the PMU, from 0.
/// \param analogs  Receives them, as many as there is room for; NULL when there is none. NaN for absent ones.
/// \param count    How many there is room for.
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
///         no such PMU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_analogs(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
    analogs: *mut f64,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let ((_, found), analogs) =
            unsafe { (pmu_data(configuration, frame, length, pmu)?, room(analogs, count, "analogs")?) };
        analogs.iter_mut().zip(found.analogs()).for_each(|(place, analog)| *place = analog.number());
        Ok(())
    })
}

/// Reads the words of digital values of a PMU in a data frame, from the first on.
///
/// \param frame     The whole frame.
/// \param length    Its bytes.
/// \param pmu       Number of the PMU, from 0.
/// \param digitals  Receives them, as many as there is room for; NULL when there is none.
/// \param count     How many there is room for.
/// \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
///         no such PMU.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_data_digitals(
    configuration: *const sttp_c37118_configuration,
    frame: *const u8,
    length: usize,
    pmu: usize,
    digitals: *mut u16,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let ((_, found), digitals) =
            unsafe { (pmu_data(configuration, frame, length, pmu)?, room(digitals, count, "digitals")?) };
        digitals.iter_mut().zip(found.digitals()).for_each(|(place, word)| *place = word);
        Ok(())
    })
}
