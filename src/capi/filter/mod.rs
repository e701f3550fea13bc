//! Filters: compiled once, used often.
//!
//! A filter says which signals a subscription gets, in statements: `FILTER ActiveMeasurements WHERE Device = 'SHELBY'`,
//! measurement keys, signal IDs, and point tags. An expression is a single condition or calculation over the columns of
//! a table. Both are compiled without any metadata, which checks how they are written; whether tables and columns exist
//! shows where they are used. Handles never change, so that any number of threads may use one at the same time.
//!
//! ```c
//! static size_t count_signals(const char *text, const sttp_metadata *const *publishers, size_t number) {
//!     sttp_filter *filter = NULL;
//!     size_t sum = 0;
//!     if (sttp_filter_new(text, &filter) != STTP_OK) {
//!         fprintf(stderr, "%s\n", sttp_last_error());
//!         return 0;
//!     }
//!     for (size_t i = 0; i < number; i++) {
//!         size_t count = 0;
//!         if (sttp_filter_select(filter, publishers[i], NULL, 0, &count) == STTP_OK) sum += count;
//!     }
//!     sttp_filter_free(filter);
//!     return sum;
//! }
//! ```

pub(super) mod expression;

use std::ffi::{CString, c_char};

use crate::capi::metadata::select::{refused, sttp_row, write_rows, write_signals};
use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{give, output, reference, take, text};
use crate::capi::shared::guard::{c_string, guard, guard_or};
use crate::capi::shared::records::sttp_guid;
use crate::error::Error;
use crate::filter::Filter;

/// Statements that select signals or rows, compiled. Immutable.
pub struct sttp_filter {
    filter: Filter,
    portable: CString,
}

/// Compiles a filter, which checks how it is written.
///
/// \param text    Filter statements, conditions, measurement keys, GUIDs, and point tags, separated by semicolons.
/// \param filter  Receives the filter.
/// \return STTP_ERR_FILTER when the filter is invalid; the message says where.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_new(text: *const c_char, filter: *mut *mut sttp_filter) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, place) = unsafe { (self::text(text, "text")?, output(filter, "filter")?) };
        let filter = Filter::parse(text).map_err(refused)?;
        let portable = c_string(&*filter.portable());
        give(place, sttp_filter { filter, portable });
        Ok(())
    })
}

/// Frees a filter.
///
/// \param filter  The filter, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_free(filter: *mut sttp_filter) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(filter) }));
}

/// Selects signals, as sttp_metadata_select does.
///
/// \param metadata    What is selected from.
/// \param signal_ids  Receives the first `capacity` signals; NULL when that is 0.
/// \param capacity    Elements of the array.
/// \param count       Receives how many signals were selected, even when it is more than `capacity`.
/// \return STTP_ERR_FILTER when there is no such table or column, or an operator cannot be applied.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_select(
    filter: *const sttp_filter,
    metadata: *const sttp_metadata,
    signal_ids: *mut sttp_guid,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let filter = unsafe { reference(filter, "filter")? };
        // SAFETY: the contract of the header.
        unsafe { write_signals(metadata, &filter.filter, signal_ids, capacity, count) }
    })
}

/// Selects rows of tables, as sttp_metadata_select_rows does.
///
/// \param metadata  What is selected from.
/// \param table     Number of the table that statements are about which name none.
/// \param rows      Receives the first `capacity` rows; NULL when that is 0.
/// \param capacity  Elements of the array.
/// \param count     Receives how many rows were selected, even when it is more than `capacity`.
/// \return STTP_ERR_NOT_FOUND when there is no table of that number; STTP_ERR_FILTER when there is no such table or
///         column, or an operator cannot be applied.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_select_rows(
    filter: *const sttp_filter,
    metadata: *const sttp_metadata,
    table: usize,
    rows: *mut sttp_row,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let filter = unsafe { reference(filter, "filter")? };
        // SAFETY: the contract of the header.
        unsafe { write_rows(metadata, table, &filter.filter, rows, capacity, count) }
    })
}

/// The filter as every publisher reads it: as it was written, but for point tags without quotes, which get them, and
/// adders and multipliers behind identifiers, which are left out. Subscribers send it so.
///
/// \param text  Receives the filter.
/// *Ownership*: the text is the library's and stays valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_portable(filter: *const sttp_filter, text: *mut *const c_char) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (filter, text) = unsafe { (reference(filter, "filter")?, output(text, "text")?) };
        text.write(filter.portable.as_ptr());
        Ok(())
    })
}

/// The adder and multiplier behind an identifier of a list, as in `PPA:1, 0.5, 2; PPA:2`. They are for whoever receives
/// the measurements: value * multiplier + adder. What publishes them sends values as they are.
///
/// \param statement   Number of the statement, from 0.
/// \param adder       Receives what is to be added; 0 without one.
/// \param multiplier  Receives what is to be multiplied with; 1 without one.
/// \return STTP_ERR_NOT_FOUND when there is no such statement.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_filter_adjustment(
    filter: *const sttp_filter,
    statement: usize,
    adder: *mut f64,
    multiplier: *mut f64,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (filter, adder, multiplier) = unsafe {
            (reference(filter, "filter")?, output(adder, "adder")?, output(multiplier, "multiplier")?)
        };
        let found = filter.filter.adjustments().nth(statement).ok_or_else(|| {
            let count = filter.filter.adjustments().count();
            Error::NotFound(format!("the filter has no statement {statement}; it has {count}, from 0"))
        })?;
        adder.write(found.map_or(0.0, |adjustment| adjustment.adder));
        multiplier.write(found.map_or(1.0, |adjustment| adjustment.multiplier));
        Ok(())
    })
}
