//! Metadata: building.
//!
//! A builder holds the standard tables of STTP metadata (DeviceDetail, MeasurementDetail, PhasorDetail
//! and SchemaVersion), to which rows are added.

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use uuid::Uuid;

use super::arguments::{give, lock, optional_text, output, reference, take, text};
use super::guard::{guard, guard_or};
use super::metadata::{refused, sttp_metadata};
use super::records::sttp_guid;
use super::status::Failure;
use crate::error::Error;
use crate::metadata::{DataSetBuilder, Limits, Metadata, MetadataError, Value};
use crate::time::Ticks;

/// Builds metadata row by row. Used by one thread at a time; others wait.
pub struct sttp_metadata_builder(Mutex<DataSetBuilder>);

/// Makes a builder with empty standard tables.
///
/// \param builder  Receives the builder.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `builder` is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the builder is the caller's, who frees it with sttp_metadata_builder_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_new(builder: *mut *mut sttp_metadata_builder) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let builder = unsafe { output(builder, "builder")? };
        let standard = DataSetBuilder::standard().map_err(refused)?;
        give(builder, sttp_metadata_builder(Mutex::new(standard)));
        Ok(())
    })
}

/// Frees a builder and what was not finished.
///
/// \param builder  The builder, or NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the builder is gone; finished metadata stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_free(builder: *mut sttp_metadata_builder) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(builder) }));
}

/// Adds a device: a row of DeviceDetail, enabled, updated now.
///
/// \param builder            The builder.
/// \param acronym            Name that measurements and phasors refer to, as `SHELBY`.
/// \param name               Name for people; NULL for none.
/// \param frames_per_second  Data frames a second.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when `builder` or `acronym` is NULL or a text no valid UTF-8,
///         or STTP_ERR_METADATA when a text is too long.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; texts are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_add_device(
    builder: *mut sttp_metadata_builder,
    acronym: *const c_char,
    name: *const c_char,
    frames_per_second: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, acronym, name) = unsafe {
            (reference(builder, "builder")?, text(acronym, "acronym")?, optional_text(name, "name")?)
        };
        add_row(
            &mut lock(&builder.0),
            "DeviceDetail",
            &[
                ("UniqueID", Value::Guid(Uuid::new_v4())),
                ("IsConcentrator", Value::Boolean(false)),
                ("Acronym", Value::String(acronym)),
                ("Name", name.into()),
                ("FramesPerSecond", frames_per_second.into()),
                ("Enabled", Value::Boolean(true)),
                ("UpdatedOn", Value::DateTime(Ticks::now())),
            ],
        )
    })
}

/// Adds a measurement: a row of MeasurementDetail, internal, enabled, updated now. Its index for
/// publishing is the number of measurements added before.
///
/// \param builder              The builder.
/// \param signal_id            The signal: make one once, and keep it for ever.
/// \param id                   Measurement key, as `PPA:12`.
/// \param point_tag            Name of the signal; NULL for none.
/// \param signal_reference     Place of the signal in its device, as `SHELBY-PA1`; NULL for none.
/// \param signal_type          Kind of signal: `FREQ`, `DFDT`, `VPHM`, `VPHA`, `IPHM`, `IPHA`, `ALOG`, `DIGI`,
///                             `FLAG`, `CALC`, ...
/// \param device_acronym       Acronym of its device; NULL for none.
/// \param phasor_source_index  `source_index` of the device's phasor that it is a part of; 0 for none.
/// \param description          Text for people; NULL for none.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when `builder`, `signal_id`, `id` or `signal_type` is NULL or a
///         text no valid UTF-8, or STTP_ERR_METADATA when a text is too long.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; texts are copied.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // One parameter for each thing that a program knows of a signal.
pub unsafe extern "C" fn sttp_metadata_builder_add_measurement(
    builder: *mut sttp_metadata_builder,
    signal_id: *const sttp_guid,
    id: *const c_char,
    point_tag: *const c_char,
    signal_reference: *const c_char,
    signal_type: *const c_char,
    device_acronym: *const c_char,
    phasor_source_index: i32,
    description: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, signal_id, id, signal_type) = unsafe {
            (
                reference(builder, "builder")?,
                reference(signal_id, "signal_id")?,
                text(id, "id")?,
                text(signal_type, "signal_type")?,
            )
        };
        // SAFETY: the contract of the header.
        let (point_tag, signal_reference, device_acronym, description) = unsafe {
            (
                optional_text(point_tag, "point_tag")?,
                optional_text(signal_reference, "signal_reference")?,
                optional_text(device_acronym, "device_acronym")?,
                optional_text(description, "description")?,
            )
        };
        let phasor = (phasor_source_index != 0).then_some(phasor_source_index);
        add_row(
            &mut lock(&builder.0),
            "MeasurementDetail",
            &[
                ("DeviceAcronym", device_acronym.into()),
                ("ID", Value::String(id)),
                ("SignalID", Value::Guid((*signal_id).into())),
                ("PointTag", point_tag.into()),
                ("SignalReference", signal_reference.into()),
                ("SignalAcronym", Value::String(signal_type)),
                ("PhasorSourceIndex", phasor.into()),
                ("Description", description.into()),
                ("Internal", Value::Boolean(true)),
                ("Enabled", Value::Boolean(true)),
                ("UpdatedOn", Value::DateTime(Ticks::now())),
            ],
        )
    })
}

/// Adds a phasor: a row of PhasorDetail, updated now.
///
/// \param builder         The builder.
/// \param device_acronym  Acronym of its device.
/// \param label           Name for people.
/// \param type            `V` for a voltage, `I` for a current.
/// \param phase           `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
/// \param source_index    Number of the phasor in its device, from 1.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when a pointer is NULL or a text no valid UTF-8, or
///         STTP_ERR_METADATA when a text is too long.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; texts are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_add_phasor(
    builder: *mut sttp_metadata_builder,
    device_acronym: *const c_char,
    label: *const c_char,
    r#type: *const c_char,
    phase: *const c_char,
    source_index: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, device_acronym, label, kind, phase) = unsafe {
            (
                reference(builder, "builder")?,
                text(device_acronym, "device_acronym")?,
                text(label, "label")?,
                text(r#type, "type")?,
                text(phase, "phase")?,
            )
        };
        let mut builder = lock(&builder.0);
        let before = builder.table_index("PhasorDetail").map_or(0, |table| builder.row_count(table));
        add_row(
            &mut builder,
            "PhasorDetail",
            &[
                ("ID", i64::try_from(before + 1).unwrap_or(i64::MAX).into()),
                ("DeviceAcronym", Value::String(device_acronym)),
                ("Label", Value::String(label)),
                ("Type", Value::String(kind)),
                ("Phase", Value::String(phase)),
                ("SourceIndex", source_index.into()),
                ("UpdatedOn", Value::DateTime(Ticks::now())),
            ],
        )
    })
}

/// Sets a cell of the row that was last added to a table, for what the other functions do not take.
///
/// \param builder  The builder.
/// \param table    Name of the table, as `DeviceDetail`.
/// \param column   Name of the column, as `Longitude`.
/// \param value    The value as in XML, as `-89.5`, `true` or `2026-11-21T08:30:00Z`; NULL for null.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when another pointer is NULL or a text no valid UTF-8,
///         STTP_ERR_NOT_FOUND when there is no such table, column or row, or STTP_ERR_METADATA when the value
///         does not fit the column.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; texts are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_set(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
    column: *const c_char,
    value: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, table, column, value) = unsafe {
            (
                reference(builder, "builder")?,
                text(table, "table")?,
                text(column, "column")?,
                optional_text(value, "value")?,
            )
        };
        set_cell(&mut lock(&builder.0), table, column, value)
    })
}

/// Finishes the metadata that were built. The builder is as new afterwards.
///
/// \param builder   The builder.
/// \param metadata  Receives the metadata.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the metadata are the caller's, who frees them with sttp_metadata_free. The builder stays
/// the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_finish(
    builder: *mut sttp_metadata_builder,
    metadata: *mut *mut sttp_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, metadata) = unsafe { (reference(builder, "builder")?, output(metadata, "metadata")?) };
        let empty = DataSetBuilder::standard().map_err(refused)?;
        let built = std::mem::replace(&mut *lock(&builder.0), empty);
        give(metadata, sttp_metadata::new(Arc::new(Metadata::new(built.finish()))));
        Ok(())
    })
}

/// Adds a row of these values, all or nothing.
fn add_row(builder: &mut DataSetBuilder, table: &str, values: &[(&str, Value<'_>)]) -> Result<(), Failure> {
    let limit = Limits::default().text_bytes;
    let texts = values.iter().filter_map(|(_, value)| value.as_str());
    if let Some(text) = texts.into_iter().find(|text| text.len() > limit) {
        let error = MetadataError::TooMany { what: "bytes in a text", count: text.len(), limit };
        return Err(refused(error).into());
    }
    let table = builder.table_index(table).ok_or_else(|| missing(table, "table"))?;
    let mut row = builder.append_row(table).map_err(refused)?;
    for (column, value) in values {
        row = row.set(column, *value).map_err(refused)?;
    }
    Ok(())
}

/// Sets a cell of the last row of a table.
fn set_cell(
    builder: &mut DataSetBuilder,
    table: &str,
    column: &str,
    value: Option<&str>,
) -> Result<(), Failure> {
    let table_index = builder.table_index(table).ok_or_else(|| missing(table, "table"))?;
    let column = builder.column_index(table_index, column).ok_or_else(|| missing(column, "column"))?;
    let row = builder.row_count(table_index).checked_sub(1);
    let row = row.ok_or_else(|| Error::NotFound(format!("{table} has no row yet; add one first")))?;
    let set = match value {
        Some(text) => builder.set_text(table_index, row, column, text),
        None => builder.set(table_index, row, column, Value::Null),
    };
    Ok(set.map_err(refused)?)
}

fn missing(name: &str, what: &str) -> Error {
    Error::NotFound(format!("the metadata have no {what} {name:?}"))
}
