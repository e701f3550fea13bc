//! Metadata: values of expressions.

use std::ffi::c_char;

use crate::capi::metadata::select::refused;
use crate::capi::metadata::sttp_metadata;
use crate::capi::metadata::values::*;
use crate::capi::shared::arguments::{optional_reference, text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::filter::{self, Expression, ValueType};
use crate::metadata::Value;
use crate::time::Ticks;

/// Evaluates an expression, as `SignalAcronym LIKE '%PHM' AND Len(PointTag) > 10`, at a row of a table.
/// As in the other STTP implementations, arithmetic operators apply from left to right: `1 + 2 * 3` is
/// 9.
///
/// \param metadata    The metadata; NULL for an expression that names no columns, which needs no row.
/// \param table       Number of the table, as sttp_metadata_find_table tells it.
/// \param row         Row of the table, from 0.
/// \param expression  The expression. Its functions Now and UtcNow give the current time.
/// \param value       Receives the value: of type Boolean, Int32, Int64, Decimal, Double, String, Guid
///                    or DateTime. NULL when only the text is wanted.
/// \param buffer      Receives the text of the value and a NUL; NULL when that is not wanted.
/// \param size        Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which
///                    needs `text_length` + 1.
/// \return STTP_ERR_NOT_FOUND when there is no such table or row; STTP_ERR_FILTER when the expression
///         is invalid or cannot be evaluated at this row (the message says where);
///         STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_evaluate(
    metadata: *const sttp_metadata,
    table: usize,
    row: usize,
    expression: *const c_char,
    value: *mut sttp_value,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let expression = unsafe { text(expression, "expression")? };
        let expression = Expression::parse(expression).map_err(refused)?;
        // SAFETY: the contract of the header.
        unsafe { write_result(&expression, metadata, (table, row), value, buffer, size) }
    })
}

/// Writes the value of an expression at a row of a table.
pub(in crate::capi) unsafe fn write_result(
    expression: &Expression,
    metadata: *const sttp_metadata,
    (table, row): (usize, usize),
    value: *mut sttp_value,
    buffer: *mut c_char,
    size: usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let metadata = unsafe { optional_reference(metadata, "metadata")? };
    let table = metadata.map(|metadata| metadata.table(table)).transpose()?;
    let row = table.map(|table| existing_row(table, row).map(|row| (table, row))).transpose()?;
    let result = expression.evaluate(row, Ticks::now()).map_err(refused)?;
    // SAFETY: the caller has the contract of the header.
    unsafe { write_value(type_of(&result), cell_of(&result), value, buffer, size) }
}

fn type_of(value: &filter::Value<'_>) -> i32 {
    match value.value_type() {
        ValueType::Boolean => STTP_TYPE_BOOLEAN,
        ValueType::Int32 => STTP_TYPE_INT32,
        ValueType::Int64 => STTP_TYPE_INT64,
        ValueType::Decimal => STTP_TYPE_DECIMAL,
        ValueType::Double => STTP_TYPE_DOUBLE,
        ValueType::String => STTP_TYPE_STRING,
        ValueType::Guid => STTP_TYPE_GUID,
        ValueType::DateTime => STTP_TYPE_DATETIME,
    }
}

/// The value as a cell would have it.
fn cell_of<'a>(value: &'a filter::Value<'_>) -> Value<'a> {
    match value {
        filter::Value::Null(_) => Value::Null,
        filter::Value::Boolean(value) => Value::Boolean(*value),
        filter::Value::Int32(value) => Value::Int((*value).into()),
        filter::Value::Int64(value) => Value::Int(*value),
        filter::Value::Decimal(value) => Value::Decimal(*value),
        filter::Value::Double(value) => Value::Double(*value),
        filter::Value::String(value) => Value::String(value),
        filter::Value::Guid(value) => Value::Guid(*value),
        filter::Value::DateTime(value) => Value::DateTime(*value),
    }
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
