//! C37.118: writing frames.
//!
//! What a device sends, by its configuration, and the commands that it gets. Frames are written into the caller's
//! buffers; one that is too small is told how many bytes are needed. A buffer of 65535 bytes holds every frame but a CFG-3 in
//! pieces.

use crate::Ticks;
use crate::c37118::{
    C37118Error, Command, Format, FrameTime, PhasorBits, Pmu, PmuValues, Real, StatusWord, TimeBase,
    encode_command, encode_header, restamp,
};
use crate::capi::c37118::builder::{id_code, version, within};
use crate::capi::c37118::configuration::sttp_c37118_configuration;
use crate::capi::c37118::data::{sttp_c37118_polar, sttp_c37118_raw_phasor};
use crate::capi::c37118::frames::{
    STTP_C37118_SEND_CONFIGURATION_1, STTP_C37118_SEND_CONFIGURATION_2, STTP_C37118_SEND_CONFIGURATION_3,
    STTP_C37118_SEND_HEADER, STTP_C37118_START_DATA, STTP_C37118_STOP_DATA,
};
use crate::capi::shared::arguments::{Record, elements, invalid, records, reference, write_bytes};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;

/// What a PMU measures: the values for a data frame. Arrays have as many elements as the configuration has channels; NULL
/// stands for values that are absent.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_pmu_values {
    /// The phasors in volts or amperes and degrees; or NULL, and raw_phasors.
    pub phasors: *const sttp_c37118_polar,
    /// The phasors as they are sent; or NULL.
    pub raw_phasors: *const sttp_c37118_raw_phasor,
    /// The analog values, unscaled.
    pub analogs: *const f64,
    /// The words of digital values.
    pub digitals: *const u16,
    /// Hertz; NaN when it is absent.
    pub frequency: f64,
    /// Hertz per second; NaN when it is absent.
    pub rate_of_change: f64,
    /// STAT, bit by bit.
    pub status: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: numbers and pointers.
unsafe impl Record for sttp_c37118_pmu_values {}

/// Writes a configuration frame.
///
/// \param timestamp  When it is sent, in ticks.
/// \param quality    The high byte of FRACSEC: leap seconds and the quality of the clock.
/// \param buffer     Receives the frame, in the form and version of the configuration. A CFG-3 that a frame cannot hold
///                   is several frames, one behind the other; bytes 2 and 3 of each say its length, big-endian.
/// \param size       Bytes of the buffer.
/// \param length     Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
/// \return STTP_ERR_INVALID_ARGUMENT when the quality is none, or a CFG-1 or CFG-2 would be longer than a frame can be;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_configuration_encode(
    configuration: *const sttp_c37118_configuration,
    timestamp: i64,
    quality: u32,
    buffer: *mut u8,
    size: usize,
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let configuration = unsafe { reference(configuration, "configuration")? };
        let time = time_of(configuration, timestamp, quality)?;
        let mut frames = configuration.get().encode_frames().map_err(unencodable)?;
        frames.iter_mut().for_each(|frame| restamp(frame, time));
        // SAFETY: the contract of the header.
        unsafe { write_bytes(&frames.concat(), (buffer, size), length) }
    })
}

/// Writes a data frame.
///
/// \param timestamp    The time of the measurements, in ticks.
/// \param quality      The high byte of FRACSEC: leap seconds and the quality of the clock.
/// \param pmus         What the PMUs measure, in the order of the configuration. What 16 bits cannot hold is as near as
///                     possible.
/// \param count        How many; as many as the configuration has.
/// \param record_size  sizeof(*pmus).
/// \param buffer       Receives the frame.
/// \param size         Bytes of the buffer.
/// \param length       Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
/// \return STTP_ERR_INVALID_ARGUMENT when the PMUs are not as many, or a quality or status is none;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // One parameter for each thing that a frame has.
pub unsafe extern "C" fn sttp_c37118_data_encode(
    configuration: *const sttp_c37118_configuration,
    timestamp: i64,
    quality: u32,
    pmus: *const sttp_c37118_pmu_values,
    count: usize,
    record_size: usize,
    buffer: *mut u8,
    size: usize,
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (configuration, given) = unsafe {
            (reference(configuration, "configuration")?, records(pmus, record_size, count, "pmus")?)
        };
        let time = time_of(configuration, timestamp, quality)?;
        let known = &configuration.get().pmus;
        if count != known.len() {
            let text = format!("{count} PMUs are given, and the configuration has {}", known.len());
            return Err(invalid(text));
        }
        let mut values = Vec::with_capacity(count);
        for (pmu, given) in known.iter().zip(given) {
            // SAFETY: the contract of the header.
            values.push(unsafe { values_of(pmu, &given)? });
        }
        let mut frame = Vec::new();
        configuration.layout().encode(&mut frame, time, &values).map_err(unencodable)?;
        // SAFETY: the contract of the header.
        unsafe { write_bytes(&frame, (buffer, size), length) }
    })
}

/// Writes a header frame.
///
/// \param timestamp    When it is sent, in ticks.
/// \param quality      The high byte of FRACSEC: leap seconds and the quality of the clock.
/// \param text         A text for people, in ASCII.
/// \param text_length  Its bytes.
/// \param buffer       Receives the frame.
/// \param size         Bytes of the buffer.
/// \param length       Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
/// \return STTP_ERR_INVALID_ARGUMENT when the quality is none, or the text has more than 65519 bytes;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // One parameter for each thing that a frame has.
pub unsafe extern "C" fn sttp_c37118_header_encode(
    configuration: *const sttp_c37118_configuration,
    timestamp: i64,
    quality: u32,
    text: *const u8,
    text_length: usize,
    buffer: *mut u8,
    size: usize,
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (configuration, text) =
            unsafe { (reference(configuration, "configuration")?, elements(text, text_length, "text")?) };
        let time = time_of(configuration, timestamp, quality)?;
        let mut frame = Vec::new();
        let of = configuration.get();
        encode_header(&mut frame, of.version, of.id_code, time, text).map_err(unencodable)?;
        // SAFETY: the contract of the header.
        unsafe { write_bytes(&frame, (buffer, size), length) }
    })
}

/// Writes a command frame.
///
/// \param id_code    The data stream that it is for.
/// \param version    1 for C37.118-2005, 2 for C37.118.2-2011.
/// \param timestamp  When it is sent, in ticks.
/// \param command    STTP_C37118_STOP_DATA to STTP_C37118_SEND_CONFIGURATION_3, or any other code.
/// \param buffer     Receives the frame, of 18 bytes.
/// \param size       Bytes of the buffer.
/// \return STTP_ERR_INVALID_ARGUMENT when an ID code, version or command is none; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_command(
    id_code: u32,
    version: i32,
    timestamp: i64,
    command: u32,
    buffer: *mut u8,
    size: usize,
) -> i32 {
    guard(|| {
        let command = match command {
            STTP_C37118_STOP_DATA => Command::StopData,
            STTP_C37118_START_DATA => Command::StartData,
            STTP_C37118_SEND_HEADER => Command::SendHeader,
            STTP_C37118_SEND_CONFIGURATION_1 => Command::SendConfiguration1,
            STTP_C37118_SEND_CONFIGURATION_2 => Command::SendConfiguration2,
            STTP_C37118_SEND_CONFIGURATION_3 => Command::SendConfiguration3,
            code => Command::Other(within("command", code, 1, u16::MAX.into())? as u16),
        };
        // SAFETY: the contract of the header.
        unsafe {
            write_command((id_code, version, timestamp), &command, (buffer, size), std::ptr::null_mut())
        }
    })
}

/// Writes an extended command frame, whose content the user has agreed on with the device.
///
/// \param id_code         The data stream that it is for.
/// \param version         1 for C37.118-2005, 2 for C37.118.2-2011.
/// \param timestamp       When it is sent, in ticks.
/// \param content         What it carries.
/// \param content_length  Its bytes.
/// \param buffer          Receives the frame.
/// \param size            Bytes of the buffer.
/// \param length          Receives the bytes of the frame, also when the buffer is too small; NULL when they are not
///                        wanted.
/// \return STTP_ERR_INVALID_ARGUMENT when an ID code or version is none, or the content has more than 65517 bytes;
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // One parameter for each thing that a frame has.
pub unsafe extern "C" fn sttp_c37118_extended_command(
    id_code: u32,
    version: i32,
    timestamp: i64,
    content: *const u8,
    content_length: usize,
    buffer: *mut u8,
    size: usize,
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let content = unsafe { elements(content, content_length, "content")? };
        let command = Command::Extended(content.to_vec());
        // SAFETY: the contract of the header.
        unsafe { write_command((id_code, version, timestamp), &command, (buffer, size), length) }
    })
}

unsafe fn write_command(
    (id, number, timestamp): (u32, i32, i64),
    command: &Command,
    buffer: (*mut u8, usize),
    length: *mut usize,
) -> Result<(), Failure> {
    let (id_code, version) = (id_code(id)?, version(number)?);
    let time = FrameTime::from_ticks(Ticks(timestamp), TimeBase::FINEST, 0);
    let mut frame = Vec::new();
    encode_command(&mut frame, version, id_code, time, command).map_err(unencodable)?;
    // SAFETY: the caller has the contract of the header.
    unsafe { write_bytes(&frame, buffer, length) }
}

fn time_of(
    configuration: &sttp_c37118_configuration,
    timestamp: i64,
    quality: u32,
) -> Result<FrameTime, Failure> {
    let quality = within("quality", quality, 0, u8::MAX.into())? as u8;
    Ok(FrameTime::from_ticks(Ticks(timestamp), configuration.get().time_base, quality))
}

/// The values of a PMU as its format has them.
unsafe fn values_of(pmu: &Pmu, given: &sttp_c37118_pmu_values) -> Result<PmuValues, Failure> {
    let mut values = PmuValues::absent(pmu);
    values.status = StatusWord(within("status", given.status, 0, u16::MAX.into())? as u16);
    let is_float = pmu.format.has(Format::FLOAT_FREQUENCY);
    let nominal = pmu.nominal_frequency.hertz();
    let scaled = |scale: f64, number: f64| Real::from_number(number * scale, is_float);
    (values.frequency, values.rate_of_change) = match is_float {
        true => (scaled(1.0, given.frequency), scaled(1.0, given.rate_of_change)),
        false => (scaled(1e3, given.frequency - nominal), scaled(1e2, given.rate_of_change)),
    };
    if !given.phasors.is_null() && !given.raw_phasors.is_null() {
        return Err(invalid("phasors and raw_phasors exclude each other; one of them has to be NULL".into()));
    }
    // SAFETY: the caller has the contract of the header.
    let (phasors, raw, analogs, digitals) = unsafe {
        (
            channels(given.phasors, pmu.phasors.len(), "phasors")?,
            channels(given.raw_phasors, pmu.phasors.len(), "raw_phasors")?,
            channels(given.analogs, pmu.analogs.len(), "analogs")?,
            channels(given.digitals, pmu.digitals.len(), "digitals")?,
        )
    };
    for ((place, phasor), channel) in values.phasors.iter_mut().zip(phasors).zip(&pmu.phasors) {
        *place = PhasorBits::from_polar(phasor.magnitude, phasor.angle, pmu.format, channel.scale);
    }
    for (place, phasor) in values.phasors.iter_mut().zip(raw) {
        *place = PhasorBits::from_numbers(phasor.first, phasor.second, pmu.format);
    }
    for (place, analog) in values.analogs.iter_mut().zip(analogs) {
        *place = Real::from_number(*analog, pmu.format.has(Format::FLOAT_ANALOGS));
    }
    values.digitals.iter_mut().zip(digitals).for_each(|(place, word)| *place = *word);
    Ok(values)
}

/// The channels of one kind; none where they are absent.
unsafe fn channels<'a, T>(pointer: *const T, count: usize, name: &str) -> Result<&'a [T], Failure> {
    // SAFETY: the caller has the contract of the header.
    unsafe { elements(pointer, if pointer.is_null() { 0 } else { count }, name) }
}

fn unencodable(error: C37118Error) -> Failure {
    invalid(error.to_string())
}
