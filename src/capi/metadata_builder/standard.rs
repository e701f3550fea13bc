//! Metadata: building devices, measurements and phasors.
//!
//! Adds rows to the standard tables of STTP metadata, which sttp_metadata_builder_new makes.

use std::ffi::c_char;

use uuid::Uuid;

use crate::capi::metadata::refused;
use crate::capi::metadata_builder::{existing_column, existing_table, sttp_metadata_builder};
use crate::capi::shared::arguments::{optional_text, reference, text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::status::Failure;
use crate::metadata::{DataSetBuilder, Limits, MetadataError, Value};
use crate::time::Ticks;

/// Adds a device: a row of DeviceDetail, enabled, updated now.
///
/// \param acronym            Name that measurements and phasors refer to, as `SHELBY`.
/// \param name               Name for people; NULL for none.
/// \param frames_per_second  Data frames a second.
/// \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
///         when a text is too long.
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
        let values = [
            ("UniqueID", Value::Guid(Uuid::new_v4())),
            ("IsConcentrator", Value::Boolean(false)),
            ("Acronym", Value::String(acronym)),
            ("Name", name.into()),
            ("FramesPerSecond", frames_per_second.into()),
            ("Enabled", Value::Boolean(true)),
            ("UpdatedOn", Value::DateTime(Ticks::now())),
        ];
        builder.change(|data| add_row(data, "DeviceDetail", &values))
    })
}

/// Adds a measurement: a row of MeasurementDetail, internal, enabled, updated now. Its index for
/// publishing is the number of measurements added before.
///
/// \param signal_id            The signal: make one once, and keep it for ever.
/// \param id                   Measurement key, as `PPA:12`.
/// \param point_tag            Name of the signal; NULL for none.
/// \param signal_reference     Place of the signal in its device, as `SHELBY-PA1`; NULL for none.
/// \param signal_type          Kind of signal: `FREQ`, `DFDT`, `VPHM`, `VPHA`, `IPHM`, `IPHA`, `ALOG`,
///                             `DIGI`, `FLAG`, `CALC`, ...
/// \param device_acronym       Acronym of its device; NULL for none.
/// \param phasor_source_index  Phasor number of the phasor that it is a part of; 0 for none.
/// \param description          Text for people; NULL for none.
/// \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
///         when a text is too long.
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
        let values = [
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
        ];
        builder.change(|data| add_row(data, "MeasurementDetail", &values))
    })
}

/// Adds a phasor: a row of PhasorDetail, updated now.
///
/// \param device_acronym  Acronym of its device.
/// \param label           Name for people.
/// \param type            `V` for a voltage, `I` for a current.
/// \param phase           `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
/// \param source_index    Phasor number, from 1.
/// \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
///         when a text is too long.
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
        builder.change(|data| {
            let before = data.table_index("PhasorDetail").map_or(0, |table| data.row_count(table));
            let values = [
                ("ID", i64::try_from(before + 1).unwrap_or(i64::MAX).into()),
                ("DeviceAcronym", Value::String(device_acronym)),
                ("Label", Value::String(label)),
                ("Type", Value::String(kind)),
                ("Phase", Value::String(phase)),
                ("SourceIndex", source_index.into()),
                ("UpdatedOn", Value::DateTime(Ticks::now())),
            ];
            add_row(data, "PhasorDetail", &values)
        })
    })
}

/// Adds a row of these values, all or nothing.
fn add_row(data: &mut DataSetBuilder, table: &str, values: &[(&str, Value<'_>)]) -> Result<(), Failure> {
    let limit = Limits::default().text_bytes;
    let texts = values.iter().filter_map(|(_, value)| value.as_str());
    if let Some(text) = texts.into_iter().find(|text| text.len() > limit) {
        let error = MetadataError::TooMany { what: "bytes in a text", count: text.len(), limit };
        return Err(refused(error).into());
    }
    let table = existing_table(data, table)?;
    for (column, _) in values {
        existing_column(data, table, column)?;
    }
    let mut row = data.append_row(table).map_err(refused)?;
    for (column, value) in values {
        row = row.set(column, *value).map_err(refused)?;
    }
    Ok(())
}
