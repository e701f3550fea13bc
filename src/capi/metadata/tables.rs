//! Metadata: tables.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::OnceLock;

use crate::capi::metadata::sttp_metadata;
use crate::capi::metadata::values::sttp_value;
use crate::capi::metadata::values::{existing_row, type_number, write_value};
use crate::capi::shared::arguments::{output, reference, text};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{ActiveMeasurements, Column, ColumnType, Metadata, Table};

/// Number of the table ActiveMeasurements, which the library derives from the others: one row for each
/// enabled measurement, as subscription filters see it. (Metadata that bring a table of that name have only
/// theirs.)
pub const STTP_TABLE_ACTIVE_MEASUREMENTS: usize = 0xFFFF_FFFF;

/// Counts the tables of metadata, without ActiveMeasurements.
///
/// \param count  Receives the number of tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_table_count(metadata: *const sttp_metadata, count: *mut usize) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, count) = unsafe { (reference(metadata, "metadata")?, output(count, "count")?) };
        count.write(metadata.get().data_set().tables().len());
        Ok(())
    })
}

/// Describes a table of metadata.
///
/// \param index    Number of the table, from 0, or STTP_TABLE_ACTIVE_MEASUREMENTS.
/// \param name     Receives its name.
/// \param rows     Receives its number of rows.
/// \param columns  Receives its number of columns.
/// \return STTP_ERR_NOT_FOUND when there is no such table.
/// *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
/// metadata.
/// *Ownership*: the name is the library's and stays valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_table(
    metadata: *const sttp_metadata,
    index: usize,
    name: *mut *const c_char,
    rows: *mut usize,
    columns: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, name, rows, columns) = unsafe {
            (
                reference(metadata, "metadata")?,
                output(name, "name")?,
                output(rows, "rows")?,
                output(columns, "columns")?,
            )
        };
        let table = metadata.table(index)?;
        name.write(metadata.names(index)?.table.as_ptr());
        rows.write(table.row_count());
        columns.write(table.columns().len());
        Ok(())
    })
}

/// Finds a table of metadata by its name.
///
/// \param name   The name, as `DeviceDetail` or `ActiveMeasurements`, in upper or lower case.
/// \param index  Receives the number of the table.
/// \return STTP_ERR_NOT_FOUND when there is no such table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_table(
    metadata: *const sttp_metadata,
    name: *const c_char,
    index: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, name, index) =
            unsafe { (reference(metadata, "metadata")?, text(name, "name")?, output(index, "index")?) };
        let found = find_table(metadata.get(), name);
        index.write(found.ok_or_else(|| Error::NotFound(format!("the metadata have no table {name:?}")))?);
        Ok(())
    })
}

/// Describes a column of a table.
///
/// \param table  Number of the table.
/// \param index  Number of the column, from 0.
/// \param name   Receives its name.
/// \param type   Receives the type of its values, STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
/// \return STTP_ERR_NOT_FOUND when there is no such table or column.
/// *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
/// metadata.
/// *Ownership*: the name is the library's and stays valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_column(
    metadata: *const sttp_metadata,
    table: usize,
    index: usize,
    name: *mut *const c_char,
    r#type: *mut i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, name, kind) =
            unsafe { (reference(metadata, "metadata")?, output(name, "name")?, output(r#type, "type")?) };
        let column = existing_column(metadata.table(table)?, index)?;
        name.write(metadata.names(table)?.column(index).as_ptr());
        kind.write(type_number(column.column_type()));
        Ok(())
    })
}

/// Finds a column of a table by its name.
///
/// \param table  Number of the table.
/// \param name   The name, in upper or lower case.
/// \param index  Receives the number of the column.
/// \return STTP_ERR_NOT_FOUND when there is no such table or column.
/// *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
/// metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_find_column(
    metadata: *const sttp_metadata,
    table: usize,
    name: *const c_char,
    index: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, name, index) =
            unsafe { (reference(metadata, "metadata")?, text(name, "name")?, output(index, "index")?) };
        let table = metadata.table(table)?;
        let found = table.column_index(name);
        index
            .write(found.ok_or_else(|| Error::NotFound(format!("{} has no column {name:?}", table.name())))?);
        Ok(())
    })
}

/// Reads a cell of a table.
///
/// \param table   Number of the table.
/// \param row     Its row, from 0.
/// \param column  Its column, from 0.
/// \param value   Receives the value, of the type of the column; NULL when only the text is wanted.
/// \param buffer  Receives the text of the value and a NUL; NULL when that is not wanted.
/// \param size    Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which needs
///                `text_length` + 1.
/// \return STTP_ERR_NOT_FOUND when there is no such table, row or column; STTP_ERR_BUFFER_TOO_SMALL.
/// *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
/// metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_cell(
    metadata: *const sttp_metadata,
    table: usize,
    row: usize,
    column: usize,
    value: *mut sttp_value,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let table = unsafe { reference(metadata, "metadata")? }.table(table)?;
        let kind = existing_column(table, column)?.column_type();
        let cell = table.value(existing_row(table, row)?, column);
        // SAFETY: the contract of the header.
        unsafe { write_value(type_number(kind), cell, value, buffer, size) }
    })
}

/// Reads a cell of a column of type String without copying it.
///
/// \param table   Number of the table.
/// \param row     Its row, from 0.
/// \param column  Its column, from 0.
/// \param text    Receives the text, with a closing NUL; NULL for null.
/// \return STTP_ERR_INVALID_ARGUMENT when the column is of another type; STTP_ERR_NOT_FOUND when there
///         is no such table, row or column.
/// *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
/// metadata.
/// *Ownership*: the text is the library's and stays valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_cell_string(
    metadata: *const sttp_metadata,
    table: usize,
    row: usize,
    column: usize,
    text: *mut *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, text) = unsafe { (reference(metadata, "metadata")?, output(text, "text")?) };
        let table = metadata.table(table)?;
        check_string(existing_column(table, column)?)?;
        let found = table.c_str(existing_row(table, row)?, column);
        text.write(found.map_or(ptr::null(), CStr::as_ptr));
        Ok(())
    })
}

/// Names of tables and columns for C, made when they are first asked for.
#[derive(Default)]
pub(super) struct NameCache {
    tables: OnceLock<Vec<Names>>,
    active: OnceLock<Names>,
}

struct Names {
    table: CString,
    columns: Vec<CString>,
}

impl Names {
    fn of(table: &Table) -> Names {
        let columns = table.columns().iter().map(|column| c_string(column.name())).collect();
        Names { table: c_string(table.name()), columns }
    }

    fn column(&self, index: usize) -> &CStr {
        self.columns.get(index).map_or(c"", |name| name)
    }
}

impl sttp_metadata {
    /// The table with that number.
    pub(super) fn table(&self, number: usize) -> Result<&Table, Error> {
        let data_set = self.get().data_set();
        let found = match number {
            STTP_TABLE_ACTIVE_MEASUREMENTS => self.get().all_tables().table(ActiveMeasurements::TABLE),
            _ => data_set.tables().nth(number),
        };
        found.ok_or_else(|| {
            let count = data_set.tables().len();
            Error::NotFound(format!("the metadata have no table {number}; they have {count}, from 0"))
        })
    }

    fn names(&self, number: usize) -> Result<&Names, Error> {
        let (cache, data_set) = (self.name_cache(), self.get().data_set());
        let names = cache.tables.get_or_init(|| data_set.tables().map(Names::of).collect());
        match names.get(number) {
            Some(names) => Ok(names),
            None => self.table(number).map(|active| cache.active.get_or_init(|| Names::of(active))),
        }
    }
}

/// The number of the table of that name.
pub(super) fn find_table(metadata: &Metadata, name: &str) -> Option<usize> {
    let derived = name.eq_ignore_ascii_case(ActiveMeasurements::TABLE);
    let found = metadata.data_set().table_index(name);
    found.or_else(|| derived.then_some(STTP_TABLE_ACTIVE_MEASUREMENTS))
}

/// The number of a table by its place in [`Metadata::all_tables`].
pub(super) fn table_number(metadata: &Metadata, place: usize) -> usize {
    let is_derived = place >= metadata.data_set().tables().len();
    if is_derived { STTP_TABLE_ACTIVE_MEASUREMENTS } else { place }
}

fn existing_column(table: &Table, index: usize) -> Result<&Column, Error> {
    let columns = table.columns();
    columns.get(index).ok_or_else(|| {
        let (name, count) = (table.name(), columns.len());
        Error::NotFound(format!("{name} has no column {index}; it has {count}, from 0"))
    })
}

fn check_string(column: &Column) -> Result<(), Failure> {
    let (name, kind) = (column.name(), column.column_type());
    if kind == ColumnType::String {
        return Ok(());
    }
    let message = format!("the column {name} holds {kind} values; read them with sttp_metadata_cell");
    Err(Error::InvalidArgument(message).into())
}
