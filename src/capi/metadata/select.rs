//! Metadata: selecting.

use std::ffi::c_char;

use crate::capi::metadata::sttp_metadata;
use crate::capi::metadata::tables::{find_table, table_number};
use crate::capi::shared::arguments::{output, reference, room, text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::filter::{Allowance, Filter, FilterError, PrimaryTable, Selected};
use crate::metadata::{ActiveMeasurements, Metadata, RowLookup, Table};
use crate::time::Ticks;

/// Selects signals with a filter, as a publisher does for a subscription: in the order of the filter,
/// each once.
///
/// \param filter      Filter statements, measurement keys, GUIDs, and point tags in double quotes,
///                    separated by semicolons.
/// \param signal_ids  Receives the first `capacity` signals; NULL when that is 0.
/// \param capacity    Elements of the array.
/// \param count       Receives how many signals were selected, even when it is more than `capacity`.
/// \return STTP_ERR_FILTER when the filter is invalid; the message says where.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_select(
    metadata: *const sttp_metadata,
    filter: *const c_char,
    signal_ids: *mut sttp_guid,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let filter = unsafe { text(filter, "filter")? };
        // SAFETY: the contract of the header.
        unsafe { write_signals(metadata, &parsed(filter)?, signal_ids, capacity, count) }
    })
}

/// A row of a table of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct sttp_row {
    /// Number of the table, as sttp_metadata_table takes it.
    pub table: u64,
    /// Row of the table, from 0.
    pub row: u64,
}

/// Selects rows of tables with a filter: in the order of its statements and of their ORDER BY, as many
/// as TOP allows, each once.
///
/// \param table     Number of the table that conditions alone, measurement keys, GUIDs and point tags
///                  are about. Statements as `FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym`
///                  name their table: any one, and ActiveMeasurements.
/// \param filter    The statements, separated by semicolons.
/// \param rows      Receives the first `capacity` rows; NULL when that is 0.
/// \param capacity  Elements of the array.
/// \param count     Receives how many rows were selected, even when it is more than `capacity`.
/// \return STTP_ERR_NOT_FOUND when there is no table of that number; STTP_ERR_FILTER when the filter is
///         invalid; the message says where.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_select_rows(
    metadata: *const sttp_metadata,
    table: usize,
    filter: *const c_char,
    rows: *mut sttp_row,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let filter = unsafe { text(filter, "filter")? };
        // SAFETY: the contract of the header.
        unsafe { write_rows(metadata, table, &parsed(filter)?, rows, capacity, count) }
    })
}

/// Tells which table a filter selects from, as the columns of its rows depend on that.
///
/// \param table     Number of the table that statements are about which name none.
/// \param filter    The statements, separated by semicolons.
/// \param selected  Receives the number of the table that all statements select from.
/// \return STTP_ERR_NOT_FOUND when there is no such table; STTP_ERR_FILTER when the filter is invalid
///         or its statements select from several tables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_filter_table(
    metadata: *const sttp_metadata,
    table: usize,
    filter: *const c_char,
    selected: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, filter, selected) = unsafe {
            (reference(metadata, "metadata")?, text(filter, "filter")?, output(selected, "selected")?)
        };
        let filter = parsed(filter)?;
        metadata.table(table)?;
        selected.write(only_table(metadata.get(), table, &filter)?);
        Ok(())
    })
}

fn parsed(filter: &str) -> Result<Filter, Error> {
    Filter::parse(filter).map_err(refused)
}

/// Writes the signals that a filter selects, as far as there is room, and how many they are.
pub(in crate::capi) unsafe fn write_signals(
    metadata: *const sttp_metadata,
    filter: &Filter,
    signal_ids: *mut sttp_guid,
    capacity: usize,
    count: *mut usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, signal_ids, count) = unsafe {
        (reference(metadata, "metadata")?, room(signal_ids, capacity, "signal_ids")?, output(count, "count")?)
    };
    let selected =
        filter.select_signals(metadata.get(), Ticks::now(), &mut Allowance::default()).map_err(refused)?;
    for (place, measurement) in signal_ids.iter_mut().zip(&selected) {
        *place = measurement.signal_id().unwrap_or_default().into();
    }
    count.write(selected.len());
    Ok(())
}

/// Writes the rows that a filter selects, as far as there is room, and how many they are.
pub(in crate::capi) unsafe fn write_rows(
    metadata: *const sttp_metadata,
    table: usize,
    filter: &Filter,
    rows: *mut sttp_row,
    capacity: usize,
    count: *mut usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (handle, rows, count) =
        unsafe { (reference(metadata, "metadata")?, room(rows, capacity, "rows")?, output(count, "count")?) };
    let (metadata, table) = (handle.get(), handle.table(table)?);
    let primary =
        PrimaryTable { name: table.name(), lookup: lookup(metadata, table), ..PrimaryTable::default() };
    let selected = filter.select(metadata.all_tables(), &primary, Ticks::now()).map_err(refused)?;
    let row = |selected: &Selected<'_>| sttp_row {
        table: table_number(metadata, selected.table_index) as u64,
        row: selected.row as u64,
    };
    for (place, selected) in rows.iter_mut().zip(&selected) {
        *place = row(selected);
    }
    count.write(selected.len());
    Ok(())
}

/// The indexes of ActiveMeasurements, if that is the table and the metadata do not bring one of that name.
fn lookup<'a>(metadata: &'a Metadata, table: &Table) -> Option<&'a dyn RowLookup> {
    let name = ActiveMeasurements::TABLE;
    let derived = table.name() == name && metadata.data_set().table_index(name).is_none();
    derived.then(|| metadata.active_measurements() as &dyn RowLookup)
}

/// The table that all statements of a filter select from.
fn only_table(metadata: &Metadata, primary: usize, filter: &Filter) -> Result<usize, Error> {
    let index = |name: Option<&str>| match name {
        Some(name) => find_table(metadata, name)
            .ok_or_else(|| Error::Filter(format!("the metadata have no table {name:?}").into())),
        None => Ok(primary),
    };
    let tables = filter.tables().map(index).collect::<Result<Vec<usize>, Error>>()?;
    match tables.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => Ok(*first),
        None => Ok(primary),
        Some(_) => {
            let message = "the statements of the filter select from several tables; give them one by one";
            Err(Error::Filter(message.into()))
        }
    }
}

pub(in crate::capi) fn refused(error: FilterError) -> Error {
    Error::Filter(error.into())
}
