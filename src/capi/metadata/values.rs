//! Metadata: types and values of cells and expressions.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::capi::shared::arguments::{invalid, output, write_text};
use crate::capi::shared::guard::guard_or;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::status::Failure;
use crate::capi::shared::time_and_values::float_text;
use crate::error::Error;
use crate::metadata::{ColumnType, Table, Value};

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
pub(super) const TYPES: [(ColumnType, i32, &CStr); 15] = [
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

/// A value of a cell or an expression: 48 bytes, 8-byte aligned (on 32-bit x86 4-byte).
///
/// Functions that answer one write its text into a buffer of the caller: `true` or `false`, `-12`, a
/// Decimal with all its digits but without trailing zeros (`0.25`), a Single or Double as the shortest text
/// that reads back to the same number (`60`, `1e-7`, `nan`, `inf`, `-inf`), a Guid as
/// `01234567-89ab-cdef-0123-456789abcdef`, a DateTime as `2026-11-21T08:30:00.5Z`, a String as it is, null
/// as the empty text. sttp_metadata_builder_set reads all of these but null.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_value {
    /// A Guid; else zeros.
    pub guid: sttp_guid,
    /// An integer, or 1 for true and 0 for false. A DateTime's ticks. A Single, Double or Decimal cut
    /// toward zero, 0 when that does not fit. UInt64: the same 64 bits, to be read as uint64_t. Else 0.
    pub integer: i64,
    /// A number of any type as the nearest double, 1 for true and 0 for false; else 0. The text of a
    /// Decimal is exact.
    pub number: f64,
    /// Bytes of a String without NUL; else 0.
    pub text_length: u64,
    /// STTP_TYPE_...: what it is a value of, even when it is null.
    pub r#type: i32,
    /// 1 when there is no value, else 0.
    pub is_null: i32,
}

/// The name of a type, as `Int32` for STTP_TYPE_INT32.
///
/// \param type  STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
/// \return The name, never NULL; `unknown type` for another number.
/// *Ownership*: the name is the library's and stays valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_type_name(r#type: i32) -> *const c_char {
    let name = || TYPES.iter().find(|(_, number, _)| *number == r#type).map(|(_, _, name)| *name);
    guard_or(c"unknown type", || name().unwrap_or(c"unknown type")).as_ptr()
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

pub(super) fn record(number_of_type: i32, value: Value<'_>) -> sttp_value {
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

pub(super) fn text_of(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Single(value) => Cow::Owned(float_text(value.into(), value)),
        Value::Double(value) => Cow::Owned(float_text(value, value)),
        Value::Decimal(value) => Cow::Owned(value.normalize().to_string()),
        _ => Cow::Owned(value.to_string()),
    }
}
