//! Metadata builders.
//!
//! A builder holds tables, to which rows are added: the standard tables of STTP metadata (DeviceDetail,
//! MeasurementDetail, PhasorDetail and SchemaVersion), those of other metadata, or tables of the program's own. Make
//! it, add devices, phasors and measurements or whole tables, then finish it; it is as new afterwards. One thread uses
//! it at a time, others wait.
//!
//! ```c
//! static sttp_metadata *describe(const sttp_guid *frequency) {
//!     sttp_metadata_builder *builder = NULL;
//!     sttp_metadata *metadata = NULL;
//!     int32_t status = sttp_metadata_builder_new(&builder);
//!     if (status == STTP_OK) status = sttp_metadata_builder_add_device(builder, "SHELBY", "Shelby substation", 30);
//!     if (status == STTP_OK) {
//!         status = sttp_metadata_builder_add_measurement(builder, frequency, "DEMO:1", "SHELBY:FREQ", "SHELBY-FQ",
//!                                                        "FREQ", "SHELBY", 0, "System frequency");
//!     }
//!     if (status == STTP_OK) status = sttp_metadata_builder_finish(builder, &metadata);
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     sttp_metadata_builder_free(builder);
//!     return metadata;
//! }
//! ```

pub(super) mod standard;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::capi::metadata::values::column_type;
use crate::capi::metadata::{refused, sttp_metadata};
use crate::capi::shared::arguments::{give, lock, optional_text, output, reference, take, text};
use crate::capi::shared::guard::{guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{Column, DataSetBuilder, Metadata, Value};

/// Builds metadata row by row. Used by one thread at a time; others wait.
pub struct sttp_metadata_builder(Mutex<Building>);

struct Building {
    start: Start,
    /// Made when it is needed.
    data: Option<DataSetBuilder>,
}

/// What a new builder holds.
enum Start {
    Standard,
    Empty(String),
    Copy(Arc<Metadata>),
}

/// Makes a builder with empty standard tables.
///
/// \param builder  Receives the builder.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_new(builder: *mut *mut sttp_metadata_builder) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { give_builder(builder, Start::Standard) })
}

/// Makes a builder without tables, for those of the program's own.
///
/// \param name     Name of the data set: the root element of its XML. NULL for `DataSet`.
/// \param builder  Receives the builder.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_new_empty(
    name: *const c_char,
    builder: *mut *mut sttp_metadata_builder,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let name = unsafe { optional_text(name, "name")? }.unwrap_or("DataSet").to_owned();
        // SAFETY: the contract of the header.
        unsafe { give_builder(builder, Start::Empty(name)) }
    })
}

/// Makes a builder with all tables and rows of metadata, to change them or to add to them.
///
/// \param builder  Receives the builder.
/// *Blocks*: no; the first change copies the metadata.
/// *Ownership*: The metadata may be freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_new_from(
    metadata: *const sttp_metadata,
    builder: *mut *mut sttp_metadata_builder,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { reference(metadata, "metadata")? }.shared();
        // SAFETY: the contract of the header.
        unsafe { give_builder(builder, Start::Copy(metadata)) }
    })
}

/// Frees a builder and what was not finished.
///
/// *Ownership*: the builder is gone; finished metadata stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_free(builder: *mut sttp_metadata_builder) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(builder) }));
}

/// Adds an empty table without columns.
///
/// \param name  Its name, which differs from those of other tables in more than upper and lower case.
/// \return STTP_ERR_METADATA when the name is empty or taken, or there are too many tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_add_table(
    builder: *mut sttp_metadata_builder,
    name: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, name) = unsafe { (reference(builder, "builder")?, text(name, "name")?) };
        builder.change(|data| Ok(data.add_table(name, Vec::new()).map(drop).map_err(refused)?))
    })
}

/// Adds a column to a table. It is null in the rows that the table has.
///
/// \param table  Name of the table.
/// \param name   Name of the column, which differs from those of the table's other columns in more than
///               upper and lower case.
/// \param type   Type of its values, STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such type; STTP_ERR_NOT_FOUND when there is no
///         such table; STTP_ERR_METADATA when the name is empty or taken, or there are too many
///         columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_add_column(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
    name: *const c_char,
    r#type: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, table, name) =
            unsafe { (reference(builder, "builder")?, text(table, "table")?, text(name, "name")?) };
        let column = Column::new(name, column_type(r#type)?);
        builder.change(|data| {
            let table = existing_table(data, table)?;
            Ok(data.add_column(table, column).map(drop).map_err(refused)?)
        })
    })
}

/// Adds a row of nulls to a table.
///
/// \param table  Name of the table.
/// \return STTP_ERR_NOT_FOUND when there is no such table; STTP_ERR_METADATA when there are too many
///         rows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_add_row(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, table) = unsafe { (reference(builder, "builder")?, text(table, "table")?) };
        builder.change(|data| {
            let table = existing_table(data, table)?;
            Ok(data.push_row(table).map(drop).map_err(refused)?)
        })
    })
}

/// Sets a cell of the row that was last added to a table.
///
/// \param table   Name of the table, as `DeviceDetail`.
/// \param column  Name of the column, as `Longitude`.
/// \param value   The value as in XML, as `-89.5`, `true` or `2026-11-21T08:30:00Z`; NULL for null.
/// \return STTP_ERR_NOT_FOUND when there is no such table, column or row; STTP_ERR_METADATA when the
///         value does not fit the column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_set(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
    column: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { set_cell(builder, table, None, column, value) })
}

/// Sets a cell of any row of a table.
///
/// \param table   Name of the table, as `DeviceDetail`.
/// \param row     The row, from 0.
/// \param column  Name of the column, as `Longitude`.
/// \param value   The value as in XML, as `-89.5`, `true` or `2026-11-21T08:30:00Z`; NULL for null.
/// \return STTP_ERR_NOT_FOUND when there is no such table, column or row; STTP_ERR_METADATA when the
///         value does not fit the column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_set_at(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
    row: usize,
    column: *const c_char,
    value: *const c_char,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { set_cell(builder, table, Some(row), column, value) })
}

/// Finishes the metadata that were built. The builder is as new afterwards: what it was made with is
/// there again, what was changed and added since is not.
///
/// \param metadata  Receives the metadata.
/// *Ownership*: The builder stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_builder_finish(
    builder: *mut sttp_metadata_builder,
    metadata: *mut *mut sttp_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (builder, metadata) = unsafe { (reference(builder, "builder")?, output(metadata, "metadata")?) };
        let built = lock(&builder.0).take()?.finish();
        give(metadata, sttp_metadata::new(Arc::new(Metadata::new(built))));
        Ok(())
    })
}

impl sttp_metadata_builder {
    /// Changes what is being built.
    pub(super) fn change(
        &self,
        change: impl FnOnce(&mut DataSetBuilder) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut building = lock(&self.0);
        let mut data = building.take()?;
        let changed = change(&mut data);
        building.data = Some(data);
        changed
    }
}

impl Building {
    /// What was built so far, or what a new builder holds.
    fn take(&mut self) -> Result<DataSetBuilder, Failure> {
        if let Some(data) = self.data.take() {
            return Ok(data);
        }
        Ok(match &self.start {
            Start::Standard => DataSetBuilder::standard().map_err(refused)?,
            Start::Empty(name) => DataSetBuilder::new(name),
            Start::Copy(metadata) => DataSetBuilder::from_data_set(metadata.data_set()),
        })
    }
}

unsafe fn give_builder(place: *mut *mut sttp_metadata_builder, start: Start) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let place = unsafe { output(place, "builder")? };
    give(place, sttp_metadata_builder(Mutex::new(Building { start, data: None })));
    Ok(())
}

/// Sets a cell of a row, or of the last one.
unsafe fn set_cell(
    builder: *mut sttp_metadata_builder,
    table: *const c_char,
    row: Option<usize>,
    column: *const c_char,
    value: *const c_char,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (builder, table, column, value) = unsafe {
        (
            reference(builder, "builder")?,
            text(table, "table")?,
            text(column, "column")?,
            optional_text(value, "value")?,
        )
    };
    builder.change(|data| {
        let index = existing_table(data, table)?;
        let column = existing_column(data, index, column)?;
        let count = data.row_count(index);
        let row = row.or_else(|| count.checked_sub(1)).filter(|row| *row < count);
        let row = row.ok_or_else(|| {
            Error::NotFound(format!("{table} has {count} rows, and not the one to be set; add it first"))
        })?;
        let set = match value {
            Some(text) => data.set_text(index, row, column, text),
            None => data.set(index, row, column, Value::Null),
        };
        Ok(set.map_err(refused)?)
    })
}

pub(super) fn existing_table(data: &DataSetBuilder, name: &str) -> Result<usize, Error> {
    data.table_index(name).ok_or_else(|| missing("table", name))
}

pub(super) fn existing_column(data: &DataSetBuilder, table: usize, name: &str) -> Result<usize, Error> {
    data.column_index(table, name).ok_or_else(|| missing("column", name))
}

fn missing(what: &str, name: &str) -> Error {
    Error::NotFound(format!("the metadata have no {what} {name:?}"))
}
