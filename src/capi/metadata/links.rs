//! Metadata: how devices, measurements and phasors belong together.
//!
//! Records are known by their rows, as sttp_metadata_device, sttp_metadata_measurement and sttp_metadata_phasor
//! take them.

use std::ffi::c_char;

use crate::capi::metadata::records::{no_row, write_found};
use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{output, reference, room};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{DeviceRecord, MeasurementRecord, Metadata, PhasorRecord};

/// Finds a device of metadata by its acronym.
///
/// \param acronym  The acronym, in upper or lower case.
/// \param row    Receives the row of the device; of the first one, should several have the
///                 acronym.
/// \return STTP_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_device(
    metadata: *const sttp_metadata,
    acronym: *const c_char,
    row: *mut usize,
) -> i32 {
    let find =
        |metadata: &Metadata, acronym: &str| metadata.device_by_acronym(acronym).map(DeviceRecord::row);
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_found(metadata, "device", (acronym, "acronym"), find, row) })
}

/// Finds a device of metadata by its name for people.
///
/// \param name  The name, in upper or lower case.
/// \param row   Receives the row of the device; of the first one, should several have the name.
/// \return STTP_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_device_by_name(
    metadata: *const sttp_metadata,
    name: *const c_char,
    row: *mut usize,
) -> i32 {
    let find = |metadata: &Metadata, name: &str| metadata.device_by_name(name).map(DeviceRecord::row);
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_found(metadata, "device", (name, "name"), find, row) })
}

/// Finds a phasor of a device by its label.
///
/// \param device  Row of the device.
/// \param label   The label, in upper or lower case.
/// \param row     Receives the row of the phasor; of the first one, should several have the label.
/// \return STTP_ERR_NOT_FOUND when there is no such device, or it has no such phasor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_phasor(
    metadata: *const sttp_metadata,
    device: usize,
    label: *const c_char,
    row: *mut usize,
) -> i32 {
    let find = |metadata: &Metadata, label: &str| {
        metadata.device(device)?.phasor_by_label(label).map(PhasorRecord::row)
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_found(metadata, "phasor", (label, "label"), find, row) })
}

/// Lists the measurements of a device.
///
/// \param device    Row of the device.
/// \param rows   Receives the rows of the first `capacity` measurements, ascending; NULL when
///                  that is 0.
/// \param capacity  Elements of the array.
/// \param count     Receives how many measurements there are, even when it is more than `capacity`.
/// \return STTP_ERR_NOT_FOUND when there is no such device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device_measurements(
    metadata: *const sttp_metadata,
    device: usize,
    rows: *mut usize,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    let of = |device: DeviceRecord<'_>| collected(device.measurements().map(MeasurementRecord::row));
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_list(metadata, device, of, rows, capacity, count) })
}

/// Lists the phasors of a device.
///
/// \param device    Row of the device.
/// \param rows   Receives the rows of the first `capacity` phasors, ascending; NULL when that is
///                  0.
/// \param capacity  Elements of the array.
/// \param count     Receives how many phasors there are, even when it is more than `capacity`.
/// \return STTP_ERR_NOT_FOUND when there is no such device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device_phasors(
    metadata: *const sttp_metadata,
    device: usize,
    rows: *mut usize,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    let of = |device: DeviceRecord<'_>| collected(device.phasors().map(PhasorRecord::row));
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_list(metadata, device, of, rows, capacity, count) })
}

/// Lists the devices that report through a concentrator. Metadata that others made may contain circles:
/// a device can be among the children of its children, and even its own child.
///
/// \param device    Row of the concentrator.
/// \param rows   Receives the rows of the first `capacity` devices, ascending; NULL when that is
///                  0.
/// \param capacity  Elements of the array.
/// \param count     Receives how many devices there are, even when it is more than `capacity`.
/// \return STTP_ERR_NOT_FOUND when there is no such device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device_children(
    metadata: *const sttp_metadata,
    device: usize,
    rows: *mut usize,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    let of = |device: DeviceRecord<'_>| collected(device.children().map(DeviceRecord::row));
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_list(metadata, device, of, rows, capacity, count) })
}

/// Finds the concentrator that a device reports through.
///
/// \param device  Row of the device.
/// \param parent  Receives the row of the concentrator.
/// \return STTP_ERR_NOT_FOUND when there is no such device, or it names no concentrator that is in the
///         metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_device_parent(
    metadata: *const sttp_metadata,
    device: usize,
    parent: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let device = metadata.device(device).ok_or_else(|| no_row("device", device))?;
        device.parent().map(DeviceRecord::row).ok_or_else(|| none("device", device.row(), "concentrator"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, parent, "parent") })
}

/// Finds the device of a measurement.
///
/// \param measurement  Row of the measurement.
/// \param device       Receives the row of the device.
/// \return STTP_ERR_NOT_FOUND when there is no such measurement, or it names no device that is in the
///         metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_measurement_device(
    metadata: *const sttp_metadata,
    measurement: usize,
    device: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let found = existing_measurement(metadata, measurement)?.device();
        found.map(DeviceRecord::row).ok_or_else(|| none("measurement", measurement, "device"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, device, "device") })
}

/// Finds the phasor whose magnitude or angle a measurement is.
///
/// \param measurement  Row of the measurement.
/// \param phasor       Receives the row of the phasor.
/// \return STTP_ERR_NOT_FOUND when there is no such measurement, or it is not a part of a phasor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_measurement_phasor(
    metadata: *const sttp_metadata,
    measurement: usize,
    phasor: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let found = existing_measurement(metadata, measurement)?.phasor();
        found.map(PhasorRecord::row).ok_or_else(|| none("measurement", measurement, "phasor"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, phasor, "phasor") })
}

/// Finds the device of a phasor.
///
/// \param phasor  Row of the phasor.
/// \param device  Receives the row of the device.
/// \return STTP_ERR_NOT_FOUND when there is no such phasor, or it names no device that is in the
///         metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor_device(
    metadata: *const sttp_metadata,
    phasor: usize,
    device: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let found = existing_phasor(metadata, phasor)?.device();
        found.map(DeviceRecord::row).ok_or_else(|| none("phasor", phasor, "device"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, device, "device") })
}

/// Finds the measurement of a phasor's magnitude.
///
/// \param phasor       Row of the phasor.
/// \param measurement  Receives the row of the measurement.
/// \return STTP_ERR_NOT_FOUND when there is no such phasor, or none of the measurements is its
///         magnitude.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor_magnitude(
    metadata: *const sttp_metadata,
    phasor: usize,
    measurement: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let found = existing_phasor(metadata, phasor)?.magnitude();
        found.map(MeasurementRecord::row).ok_or_else(|| none("phasor", phasor, "magnitude"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, measurement, "measurement") })
}

/// Finds the measurement of a phasor's angle.
///
/// \param phasor       Row of the phasor.
/// \param measurement  Receives the row of the measurement.
/// \return STTP_ERR_NOT_FOUND when there is no such phasor, or none of the measurements is its angle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_phasor_angle(
    metadata: *const sttp_metadata,
    phasor: usize,
    measurement: *mut usize,
) -> i32 {
    let of = |metadata: &Metadata| {
        let found = existing_phasor(metadata, phasor)?.angle();
        found.map(MeasurementRecord::row).ok_or_else(|| none("phasor", phasor, "angle"))
    };
    // SAFETY: the contract of the header.
    guard(|| unsafe { write_link(metadata, of, measurement, "measurement") })
}

/// Writes what belongs to a device, as far as there is room, and how much that is.
unsafe fn write_list(
    metadata: *const sttp_metadata,
    device: usize,
    of: impl FnOnce(DeviceRecord<'_>) -> Vec<usize>,
    rows: *mut usize,
    capacity: usize,
    count: *mut usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, rows, count) =
        unsafe { (reference(metadata, "metadata")?, room(rows, capacity, "rows")?, output(count, "count")?) };
    let found = of(metadata.get().device(device).ok_or_else(|| no_row("device", device))?);
    for (place, row) in rows.iter_mut().zip(&found) {
        *place = *row;
    }
    count.write(found.len());
    Ok(())
}

/// Writes the number of the one record that another one leads to.
unsafe fn write_link(
    metadata: *const sttp_metadata,
    of: impl FnOnce(&Metadata) -> Result<usize, Error>,
    place: *mut usize,
    name: &str,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, place) = unsafe { (reference(metadata, "metadata")?, output(place, name)?) };
    place.write(of(metadata.get())?);
    Ok(())
}

fn collected(rows: impl Iterator<Item = usize>) -> Vec<usize> {
    rows.collect()
}

fn existing_measurement(metadata: &Metadata, row: usize) -> Result<MeasurementRecord<'_>, Error> {
    metadata.measurement(row).ok_or_else(|| no_row("measurement", row))
}

fn existing_phasor(metadata: &Metadata, row: usize) -> Result<PhasorRecord<'_>, Error> {
    metadata.phasor(row).ok_or_else(|| no_row("phasor", row))
}

fn none(what: &str, row: usize, wanted: &str) -> Error {
    Error::NotFound(format!("the metadata have no {wanted} for {what} {row}"))
}
