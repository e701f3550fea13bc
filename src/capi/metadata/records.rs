//! Metadata: records of devices, measurements and phasors.

use std::ffi::c_char;
use std::fmt::Display;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{output, reference, text, write_record};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{DeviceRecord, MeasurementRecord, Metadata, PhasorRecord};

/// A device: one row of the metadata's DeviceDetail. Texts are never NULL; what the metadata do
/// not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_device {
    /// Name that measurements and phasors refer to.
    pub acronym: *const c_char,
    /// Name for people.
    pub name: *const c_char,
    /// Acronym of the device, usually a concentrator, that this one belongs to.
    pub parent_acronym: *const c_char,
    /// Protocol that the publisher gets the device's data with.
    pub protocol_name: *const c_char,
    /// Owner.
    pub company_acronym: *const c_char,
    /// Maker.
    pub vendor_acronym: *const c_char,
    /// Model.
    pub vendor_device_name: *const c_char,
    /// Grid that the device belongs to.
    pub interconnection_name: *const c_char,
    /// The device, for ever.
    pub unique_id: sttp_guid,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Number that the device's own protocol knows it by, as the ID code of IEEE C37.118.
    pub access_id: i32,
    /// Data frames a second.
    pub frames_per_second: i32,
    /// 1 for a concentrator, else 0.
    pub is_concentrator: i32,
    /// 1 for a device in use, else 0.
    pub enabled: i32,
    /// Rows of MeasurementDetail that name the device.
    pub measurement_count: u64,
    /// Rows of PhasorDetail that name the device.
    pub phasor_count: u64,
}

/// Counts the devices of metadata: rows of DeviceDetail.
///
/// \param count  Receives their number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device_count(
    metadata: *const sttp_metadata,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_count(metadata, count, |metadata| metadata.devices().len()) })
}

/// Reads a device of metadata.
///
/// \param row     Its row.
/// \param device  Receives the record.
/// \param size    sizeof(*device).
/// \return STTP_ERR_NOT_FOUND when there is no such device.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
/// is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device(
    metadata: *const sttp_metadata,
    row: usize,
    device: *mut sttp_device,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { reference(metadata, "metadata")? };
        let found = metadata.get().device(row).ok_or_else(|| no_row("device", row))?;
        let record = device_record(metadata.get(), found);
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, device, size, "device") }
    })
}

/// A measurement's description: one row of the metadata's MeasurementDetail. Texts are never NULL;
/// what the metadata do not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_measurement_metadata {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Measurement key, as `PPA:12`.
    pub id: *const c_char,
    /// Name of the signal.
    pub point_tag: *const c_char,
    /// Place of the signal in its device, as `SHELBY-PA1`.
    pub signal_reference: *const c_char,
    /// Kind of signal, as `FREQ`, `VPHM` or `IPHA`.
    pub signal_type: *const c_char,
    /// Acronym of its device.
    pub device_acronym: *const c_char,
    /// Text for people.
    pub description: *const c_char,
    /// Phasor number of the phasor that the signal is a part of; 0 for none.
    pub phasor_source_index: i32,
    /// 1 when the publisher owns the signal, 0 when it got it from elsewhere.
    pub internal: i32,
    /// 1 for a signal in use, which subscriptions can have, else 0.
    pub enabled: i32,
    /// 0.
    pub reserved: i32,
    /// Ticks of the latest change; 0 when unknown.
    pub updated_on: i64,
    /// What is added to values after they were multiplied, so that they are in engineering units; 0 unless the metadata
    /// say otherwise. Measurements come as they were published: value * multiplier + adder is up to the program.
    pub adder: f64,
    /// What values are multiplied with; 1 unless the metadata say otherwise.
    pub multiplier: f64,
}

/// Counts the measurements of metadata: rows of MeasurementDetail.
///
/// \param count  Receives their number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_measurement_count(
    metadata: *const sttp_metadata,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_count(metadata, count, |metadata| metadata.measurements().len()) })
}

/// Reads a measurement of metadata.
///
/// \param row        Its row.
/// \param measurement  Receives the record.
/// \param size         sizeof(*measurement).
/// \return STTP_ERR_NOT_FOUND when there is no such measurement.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
/// is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_measurement(
    metadata: *const sttp_metadata,
    row: usize,
    measurement: *mut sttp_measurement_metadata,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { reference(metadata, "metadata")? };
        let found = metadata.get().measurement(row).ok_or_else(|| no_row("measurement", row))?;
        let record = measurement_record(metadata.get(), found);
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, measurement, size, "measurement") }
    })
}

/// Finds a measurement of metadata by its signal.
///
/// \param signal_id  The signal.
/// \param row      Receives the row of the measurement, for sttp_metadata_measurement and for
///                   publishing by row.
/// \return STTP_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_measurement(
    metadata: *const sttp_metadata,
    signal_id: *const sttp_guid,
    row: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, signal_id, row) = unsafe {
            (reference(metadata, "metadata")?, reference(signal_id, "signal_id")?, output(row, "row")?)
        };
        let signal_id = Uuid::from(*signal_id);
        let found = metadata.get().measurement_by_signal_id(signal_id);
        row.write(found.ok_or_else(|| no_row("measurement", signal_id))?.row());
        Ok(())
    })
}

/// Finds a measurement of metadata by its measurement key.
///
/// \param key  The key, `SOURCE:number`, in upper or lower case.
/// \param row  Receives the row of the measurement; of the first one, should several have the key.
/// \return STTP_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_measurement_by_key(
    metadata: *const sttp_metadata,
    key: *const c_char,
    row: *mut usize,
) -> i32 {
    let find = |metadata: &Metadata, key: &str| metadata.measurement_by_key(key).map(MeasurementRecord::row);
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_found(metadata, "measurement", (key, "key"), find, row) })
}

/// Finds a measurement of metadata by its point tag.
///
/// \param point_tag  The tag, in upper or lower case.
/// \param row        Receives the row of the measurement; of the first one, should several have the tag.
/// \return STTP_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_measurement_by_tag(
    metadata: *const sttp_metadata,
    point_tag: *const c_char,
    row: *mut usize,
) -> i32 {
    let find =
        |metadata: &Metadata, tag: &str| metadata.measurement_by_point_tag(tag).map(MeasurementRecord::row);
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_found(metadata, "measurement", (point_tag, "point_tag"), find, row) })
}

/// A phasor: one row of the metadata's PhasorDetail. Texts are never NULL; what the metadata do
/// not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_phasor {
    /// Acronym of its device.
    pub device_acronym: *const c_char,
    /// Name for people.
    pub label: *const c_char,
    /// `V` for a voltage, `I` for a current.
    pub r#type: *const c_char,
    /// `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
    pub phase: *const c_char,
    /// Row of the phasor.
    pub id: i32,
    /// Row of the phasor in its device, from 1.
    pub source_index: i32,
    /// `id` of the voltage that a current belongs to; 0 for none.
    pub destination_id: i32,
    /// 0.
    pub reserved: i32,
    /// Ticks of the latest change; 0 when unknown.
    pub updated_on: i64,
}

/// Counts the phasors of metadata: rows of PhasorDetail.
///
/// \param count  Receives their number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor_count(
    metadata: *const sttp_metadata,
    count: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_count(metadata, count, |metadata| metadata.phasors().len()) })
}

/// Reads a phasor of metadata.
///
/// \param row     Its row.
/// \param phasor  Receives the record.
/// \param size    sizeof(*phasor).
/// \return STTP_ERR_NOT_FOUND when there is no such phasor.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
/// is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor(
    metadata: *const sttp_metadata,
    row: usize,
    phasor: *mut sttp_phasor,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { reference(metadata, "metadata")? };
        let found = metadata.get().phasor(row).ok_or_else(|| no_row("phasor", row))?;
        let record = phasor_record(metadata.get(), found);
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, phasor, size, "phasor") }
    })
}

/// Writes the row of the record that is found by a text.
pub(super) unsafe fn write_found(
    metadata: *const sttp_metadata,
    what: &str,
    (wanted, name): (*const c_char, &str),
    find: impl FnOnce(&Metadata, &str) -> Option<usize>,
    row: *mut usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, wanted, row) =
        unsafe { (reference(metadata, "metadata")?, text(wanted, name)?, output(row, "row")?) };
    let found = find(metadata.get(), wanted);
    row.write(found.ok_or_else(|| no_row(what, format_args!("{wanted:?}")))?);
    Ok(())
}

unsafe fn write_count(
    metadata: *const sttp_metadata,
    count: *mut usize,
    of: impl FnOnce(&Metadata) -> usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, count) = unsafe { (reference(metadata, "metadata")?, output(count, "count")?) };
    count.write(of(metadata.get()));
    Ok(())
}

pub(super) fn no_row(what: &str, which: impl Display) -> Error {
    Error::NotFound(format!("the metadata have no {what} {which}"))
}

/// Gives the texts of a row by the names of their columns; empty when there is none.
fn texts<'a>(metadata: &'a Metadata, table: &str, row: usize) -> impl Fn(&str) -> *const c_char + 'a {
    let table = metadata.data_set().table(table);
    move |column| {
        let text = table.and_then(|table| table.c_str(row, table.column_index(column)?));
        text.unwrap_or(c"").as_ptr()
    }
}

fn device_record(metadata: &Metadata, device: DeviceRecord<'_>) -> sttp_device {
    let text = texts(metadata, "DeviceDetail", device.row());
    let degrees = |degrees: Option<Decimal>| degrees.and_then(|degrees| degrees.to_f64()).unwrap_or_default();
    sttp_device {
        acronym: text("Acronym"),
        name: text("Name"),
        parent_acronym: text("ParentAcronym"),
        protocol_name: text("ProtocolName"),
        company_acronym: text("CompanyAcronym"),
        vendor_acronym: text("VendorAcronym"),
        vendor_device_name: text("VendorDeviceName"),
        interconnection_name: text("InterconnectionName"),
        unique_id: device.unique_id().unwrap_or_default().into(),
        longitude: degrees(device.longitude()),
        latitude: degrees(device.latitude()),
        access_id: device.access_id().unwrap_or_default(),
        frames_per_second: device.frames_per_second().unwrap_or_default(),
        is_concentrator: device.is_concentrator().unwrap_or_default().into(),
        enabled: device.enabled().unwrap_or_default().into(),
        measurement_count: device.measurements().count() as u64,
        phasor_count: device.phasors().count() as u64,
    }
}

fn measurement_record(metadata: &Metadata, measurement: MeasurementRecord<'_>) -> sttp_measurement_metadata {
    let text = texts(metadata, "MeasurementDetail", measurement.row());
    sttp_measurement_metadata {
        signal_id: measurement.signal_id().unwrap_or_default().into(),
        id: text("ID"),
        point_tag: text("PointTag"),
        signal_reference: text("SignalReference"),
        signal_type: text("SignalAcronym"),
        device_acronym: text("DeviceAcronym"),
        description: text("Description"),
        phasor_source_index: measurement.phasor_source_index().unwrap_or_default(),
        internal: measurement.internal().unwrap_or_default().into(),
        enabled: measurement.is_active().into(),
        reserved: 0,
        updated_on: measurement.updated_on().unwrap_or_default().0,
        adder: measurement.adder().unwrap_or(0.0),
        multiplier: measurement.multiplier().unwrap_or(1.0),
    }
}

fn phasor_record(metadata: &Metadata, phasor: PhasorRecord<'_>) -> sttp_phasor {
    let text = texts(metadata, "PhasorDetail", phasor.row());
    sttp_phasor {
        device_acronym: text("DeviceAcronym"),
        label: text("Label"),
        r#type: text("Type"),
        phase: text("Phase"),
        id: phasor.id().unwrap_or_default(),
        source_index: phasor.source_index().unwrap_or_default(),
        destination_id: phasor.destination_phasor_id().unwrap_or_default(),
        reserved: 0,
        updated_on: phasor.updated_on().unwrap_or_default().0,
    }
}
