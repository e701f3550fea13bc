//! Metadata: records of devices, measurements and phasors.

use std::ffi::c_char;
use std::fmt::Display;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{output, reference};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::{sttp_device, sttp_guid, sttp_measurement_metadata, sttp_phasor};
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{DeviceRecord, MeasurementRecord, Metadata, PhasorRecord};

/// Counts the devices of metadata: rows of DeviceDetail.
///
/// \param metadata  The metadata.
/// \param count     Receives their number.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
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
/// \param metadata  The metadata.
/// \param index     Its number, from 0.
/// \param device  Receives the record.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when a pointer is NULL, or STTP_ERR_NOT_FOUND when there is no
///         such device.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device(
    metadata: *const sttp_metadata,
    index: usize,
    device: *mut sttp_device,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, device) = unsafe { (reference(metadata, "metadata")?, output(device, "device")?) };
        let found = metadata.get().device(index).ok_or_else(|| no_row("device", index))?;
        device.write(device_record(metadata.get(), found));
        Ok(())
    })
}

/// Counts the measurements of metadata: rows of MeasurementDetail.
///
/// \param metadata  The metadata.
/// \param count     Receives their number.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
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
/// \param metadata  The metadata.
/// \param index     Its number, from 0.
/// \param measurement  Receives the record.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when a pointer is NULL, or STTP_ERR_NOT_FOUND when there is no
///         such measurement.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_measurement(
    metadata: *const sttp_metadata,
    index: usize,
    measurement: *mut sttp_measurement_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, measurement) =
            unsafe { (reference(metadata, "metadata")?, output(measurement, "measurement")?) };
        let found = metadata.get().measurement(index).ok_or_else(|| no_row("measurement", index))?;
        measurement.write(measurement_record(metadata.get(), found));
        Ok(())
    })
}

/// Finds a measurement of metadata by its signal.
///
/// \param metadata   The metadata.
/// \param signal_id  The signal.
/// \param index      Receives the number of the measurement, for sttp_metadata_measurement and for
///                   publishing by index.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when an argument is NULL, or STTP_ERR_NOT_FOUND.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_measurement(
    metadata: *const sttp_metadata,
    signal_id: *const sttp_guid,
    index: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, signal_id, index) = unsafe {
            (reference(metadata, "metadata")?, reference(signal_id, "signal_id")?, output(index, "index")?)
        };
        let signal_id = Uuid::from(*signal_id);
        let found = metadata.get().measurement_by_signal_id(signal_id);
        index.write(found.ok_or_else(|| no_row("measurement", signal_id))?.row());
        Ok(())
    })
}

/// Counts the phasors of metadata: rows of PhasorDetail.
///
/// \param metadata  The metadata.
/// \param count     Receives their number.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
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
/// \param metadata  The metadata.
/// \param index     Its number, from 0.
/// \param phasor  Receives the record.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when a pointer is NULL, or STTP_ERR_NOT_FOUND when there is no
///         such phasor.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor(
    metadata: *const sttp_metadata,
    index: usize,
    phasor: *mut sttp_phasor,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, phasor) = unsafe { (reference(metadata, "metadata")?, output(phasor, "phasor")?) };
        let found = metadata.get().phasor(index).ok_or_else(|| no_row("phasor", index))?;
        phasor.write(phasor_record(metadata.get(), found));
        Ok(())
    })
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
        enabled: measurement.enabled().unwrap_or_default().into(),
        reserved: 0,
        updated_on: measurement.updated_on().unwrap_or_default().0,
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
