//! Values to text and back, in the lexical forms of XML.

use std::fmt;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::cells::Cell;
use super::value::{ColumnType, Value};
use crate::time::Ticks;

/// The value that a text means in a column of any type but [`ColumnType::String`]; `None` when it
/// means none. White space around it is ignored.
pub(super) fn parse_cell(text: &str, column_type: ColumnType) -> Option<Cell> {
    let text = text.trim();
    match column_type {
        ColumnType::Boolean => parse_boolean(text).map(Cell::Boolean),
        ColumnType::UInt64 => text.parse().ok().map(Cell::UInt64),
        ColumnType::Single => text.parse().ok().map(Cell::Single),
        ColumnType::Double => text.parse().ok().map(Cell::Double),
        ColumnType::Decimal => parse_decimal(text).map(Cell::Decimal),
        ColumnType::Guid => Uuid::parse_str(text).ok().map(Cell::Guid),
        ColumnType::DateTime => text.parse().ok().map(Cell::DateTime),
        ColumnType::String => None,
        _ => {
            let (least, greatest) = column_type.integer_range()?;
            let value = text.parse().ok()?;
            (least..=greatest).contains(&value).then_some(Cell::Int(value))
        }
    }
}

/// What an empty element means in a column of any type but [`ColumnType::String`].
pub(super) fn zero_cell(column_type: ColumnType) -> Option<Cell> {
    Some(match column_type {
        ColumnType::Boolean => Cell::Boolean(false),
        ColumnType::UInt64 => Cell::UInt64(0),
        ColumnType::Single => Cell::Single(0.0),
        ColumnType::Double => Cell::Double(0.0),
        ColumnType::Decimal => Cell::Decimal(Decimal::ZERO),
        ColumnType::Guid => Cell::Guid(Uuid::nil()),
        ColumnType::DateTime => Cell::DateTime(Ticks(0)),
        ColumnType::String => return None,
        _ => Cell::Int(0),
    })
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn parse_decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| text.parse()).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// The text of the value as XML has it; empty for null.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Boolean(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::UInt64(value) => value.fmt(f),
            Value::Single(value) => write_float(f, (*value).into(), value),
            Value::Double(value) => write_float(f, *value, value),
            Value::Decimal(value) => value.fmt(f),
            Value::String(value) => value.fmt(f),
            Value::Guid(value) => value.fmt(f),
            Value::DateTime(value) => value.fmt(f),
        }
    }
}

fn write_float(f: &mut fmt::Formatter<'_>, value: f64, shortest: &dyn fmt::Debug) -> fmt::Result {
    if value.is_infinite() {
        return f.write_str(if value > 0.0 { "INF" } else { "-INF" });
    }
    // The debug form is the shortest text that reads back as the same number, with an exponent
    // when the number is very large or very small.
    write!(f, "{shortest:?}")
}
