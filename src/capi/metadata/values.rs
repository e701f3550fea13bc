//! Metadata: values of expressions.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::capi::metadata::select::refused;
use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{invalid, optional_reference, output, text, write_text};
use crate::capi::shared::guard::{guard, guard_or};
use crate::capi::shared::records::sttp_value;
use crate::capi::shared::status::Failure;
use crate::capi::shared::time_and_values::float_text;
use crate::error::Error;
use crate::filter::{self, Expression, ValueType};
use crate::metadata::{ColumnType, Table, Value};
use crate::time::Ticks;

/// Type of a value: true or false.
pub const STTP_TYPE_BOOLEAN: i32 = 1;
/// Type of a value: signed integer of 8 bits.
pub const STTP_TYPE_INT8: i32 = 2;
/// Type of a value: signed integer of 16 bits.
pub const STTP_TYPE_INT16: i32 = 3;
/// Type of a value: signed integer of 32 bits.
pub const STTP_TYPE_INT32: i32 = 4;
/// Type of a value: signed integer of 64 bits.
pub const STTP_TYPE_INT64: i32 = 5;
/// Type of a value: unsigned integer of 8 bits.
pub const STTP_TYPE_UINT8: i32 = 6;
/// Type of a value: unsigned integer of 16 bits.
pub const STTP_TYPE_UINT16: i32 = 7;
/// Type of a value: unsigned integer of 32 bits.
pub const STTP_TYPE_UINT32: i32 = 8;
/// Type of a value: unsigned integer of 64 bits.
pub const STTP_TYPE_UINT64: i32 = 9;
/// Type of a value: IEEE-754 single precision.
pub const STTP_TYPE_SINGLE: i32 = 10;
/// Type of a value: IEEE-754 double precision.
pub const STTP_TYPE_DOUBLE: i32 = 11;
/// Type of a value: decimal number of up to 28 digits.
pub const STTP_TYPE_DECIMAL: i32 = 12;
/// Type of a value: text.
pub const STTP_TYPE_STRING: i32 = 13;
/// Type of a value: GUID.
pub const STTP_TYPE_GUID: i32 = 14;
/// Type of a value: time in UTC.
pub const STTP_TYPE_DATETIME: i32 = 15;

/// All types, their constants and names.
const TYPES: [(ColumnType, i32, &CStr); 15] = [
    (ColumnType::Boolean, STTP_TYPE_BOOLEAN, c"Boolean"),
    (ColumnType::Int8, STTP_TYPE_INT8, c"Int8"),
    (ColumnType::Int16, STTP_TYPE_INT16, c"Int16"),
    (ColumnType::Int32, STTP_TYPE_INT32, c"Int32"),
    (ColumnType::Int64, STTP_TYPE_INT64, c"Int64"),
    (ColumnType::UInt8, STTP_TYPE_UINT8, c"UInt8"),
    (ColumnType::UInt16, STTP_TYPE_UINT16, c"UInt16"),
    (ColumnType::UInt32, STTP_TYPE_UINT32, c"UInt32"),
    (ColumnType::UInt64, STTP_TYPE_UINT64, c"UInt64"),
    (ColumnType::Single, STTP_TYPE_SINGLE, c"Single"),
    (ColumnType::Double, STTP_TYPE_DOUBLE, c"Double"),
    (ColumnType::Decimal, STTP_TYPE_DECIMAL, c"Decimal"),
    (ColumnType::String, STTP_TYPE_STRING, c"String"),
    (ColumnType::Guid, STTP_TYPE_GUID, c"Guid"),
    (ColumnType::DateTime, STTP_TYPE_DATETIME, c"DateTime"),
];

/// The name of a type, as `Int32` for STTP_TYPE_INT32.
///
/// \param type  STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
/// \return The name, never NULL; `unknown type` for another number.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: the name is the library's and stays valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_type_name(r#type: i32) -> *const c_char {
    let name = || TYPES.iter().find(|(_, number, _)| *number == r#type).map(|(_, _, name)| *name);
    guard_or(c"unknown type", || name().unwrap_or(c"unknown type")).as_ptr()
}

/// Evaluates an expression, as `SignalAcronym LIKE '%PHM' AND Len(PointTag) > 10`, at a row of a table. As in
/// the other STTP implementations, arithmetic operators apply from left to right: `1 + 2 * 3` is 9.
///
/// \param metadata    The metadata; NULL for an expression that names no columns, which needs no row.
/// \param table       Number of the table, as sttp_metadata_find_table tells it.
/// \param row         Row of the table, from 0.
/// \param expression  The expression. Its functions Now and UtcNow give the current time.
/// \param value       Receives the value: of type Boolean, Int32, Int64, Decimal, Double, String, Guid or
///                    DateTime. NULL when only the text is wanted.
/// \param buffer      Receives the text of the value and a NUL; NULL when that is not wanted.
/// \param size        Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which
///                    needs `text_length` + 1.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when `expression` is NULL or no valid UTF-8,
///         STTP_ERR_NOT_FOUND when there is no such table or row, STTP_ERR_FILTER when the expression is
///         invalid or cannot be evaluated at this row (the message says where), or
///         STTP_ERR_BUFFER_TOO_SMALL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
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
        let (metadata, expression) =
            unsafe { (optional_reference(metadata, "metadata")?, text(expression, "expression")?) };
        let table = metadata.map(|metadata| metadata.table(table)).transpose()?;
        let row = table.map(|table| existing_row(table, row).map(|row| (table, row))).transpose()?;
        let expression = Expression::parse(expression).map_err(refused)?;
        let result = expression.evaluate(row, Ticks::now()).map_err(refused)?;
        // SAFETY: the contract of the header.
        unsafe { write_value(type_of(&result), cell_of(&result), value, buffer, size) }
    })
}

/// The row, if the table has it.
pub(super) fn existing_row(table: &Table, row: usize) -> Result<usize, Error> {
    let (name, count) = (table.name(), table.row_count());
    let found = (row < count).then_some(row);
    found.ok_or_else(|| Error::NotFound(format!("{name} has no row {row}; it has {count} rows, from 0")))
}

/// The number of a type in C.
pub(super) fn type_number(column_type: ColumnType) -> i32 {
    TYPES.iter().find(|(known, _, _)| *known == column_type).map_or(0, |(_, number, _)| *number)
}

/// The type with that number.
pub(in crate::capi) fn column_type(number: i32) -> Result<ColumnType, Failure> {
    let found = TYPES.iter().find(|(_, known, _)| *known == number).map(|(column_type, _, _)| *column_type);
    found.ok_or_else(|| invalid(format!("type is {number}; give STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME")))
}

/// Writes a value and its text into places of the caller, both of which may be NULL.
pub(super) unsafe fn write_value(
    number_of_type: i32,
    value: Value<'_>,
    place: *mut sttp_value,
    buffer: *mut c_char,
    size: usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    unsafe {
        let place = if place.is_null() { None } else { Some(output(place, "value")?) };
        if !buffer.is_null() || size != 0 {
            write_text(&text_of(value), buffer, size)?;
        }
        if let Some(place) = place {
            place.write(record(number_of_type, value));
        }
    }
    Ok(())
}

fn record(number_of_type: i32, value: Value<'_>) -> sttp_value {
    let (integer, number) = match value {
        Value::Boolean(value) => (value.into(), f64::from(u8::from(value))),
        Value::Int(value) => (value, value as f64),
        Value::UInt64(value) => (value.cast_signed(), value as f64),
        Value::Single(value) => (whole(value.into()), value.into()),
        Value::Double(value) => (whole(value), value),
        Value::Decimal(value) => {
            (value.trunc().to_i64().unwrap_or_default(), value.to_f64().unwrap_or_default())
        }
        Value::DateTime(value) => (value.0, 0.0),
        Value::Null | Value::String(_) | Value::Guid(_) => (0, 0.0),
    };
    let guid = if let Value::Guid(value) = value { value } else { Uuid::nil() };
    sttp_value {
        guid: guid.into(),
        integer,
        number,
        text_length: value.as_str().map_or(0, |text| text.len() as u64),
        r#type: number_of_type,
        is_null: value.is_null().into(),
    }
}

/// The number without its fraction; 0 when no integer of 64 bits is that.
fn whole(number: f64) -> i64 {
    number.trunc().to_i64().unwrap_or_default()
}

fn text_of(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Single(value) => Cow::Owned(float_text(value.into(), value)),
        Value::Double(value) => Cow::Owned(float_text(value, value)),
        Value::Decimal(value) => Cow::Owned(value.normalize().to_string()),
        _ => Cow::Owned(value.to_string()),
    }
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
#[path = "values_tests.rs"]
mod tests;
