//! Values to text and back, in the lexical forms of XML.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::cells::Cell;
use super::value::{ColumnType, Value};
use crate::time::{self, Ticks};

/// What a text means in a column.
pub(super) enum Reading {
    /// It is written as XML has it, or as all writers know it.
    Exact(Cell),
    /// It is written otherwise, but means just one value.
    Free(Cell),
    /// It means no value of the column's type.
    Nothing,
}

/// What a text means in a column of any type but [`ColumnType::String`]. White space around it is
/// ignored.
pub(super) fn read_cell(text: &str, column_type: ColumnType) -> Reading {
    let text = text.trim();
    match parse_cell(text, column_type) {
        Some(cell) => Reading::Exact(cell),
        None => parse_freely(text, column_type).map_or(Reading::Nothing, Reading::Free),
    }
}

fn parse_cell(text: &str, column_type: ColumnType) -> Option<Cell> {
    match column_type {
        ColumnType::Boolean => parse_boolean(text).map(Cell::Boolean),
        ColumnType::UInt64 => text.parse().ok().map(Cell::UInt64),
        ColumnType::Single => text.parse().ok().map(Cell::Single),
        ColumnType::Double => text.parse().ok().map(Cell::Double),
        ColumnType::Decimal => parse_decimal(text).map(Cell::Decimal),
        ColumnType::Guid => Uuid::parse_str(text).ok().map(Cell::Guid),
        ColumnType::DateTime if !time::is_iso(text) => None,
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

/// Forms that data bases, spreadsheets and scripts write.
fn parse_freely(text: &str, column_type: ColumnType) -> Option<Cell> {
    match column_type {
        ColumnType::Boolean => boolean_of_text(text).map(Cell::Boolean),
        ColumnType::DateTime => text.parse().ok().map(Cell::DateTime),
        ColumnType::UInt64 => rounded(parse_decimal(text)?).try_into().ok().map(Cell::UInt64),
        _ => {
            let (least, greatest) = column_type.integer_range()?;
            let value = rounded(parse_decimal(text)?).try_into().ok()?;
            (least..=greatest).contains(&value).then_some(Cell::Int(value))
        }
    }
}

/// The truth value of a text: a word for it, or a number, which is true unless it is 0.
pub(super) fn boolean_of_text(text: &str) -> Option<bool> {
    const WORDS: [(&str, &str); 4] =
        [("true", "false"), ("yes", "no"), ("on", "off"), ("enabled", "disabled")];
    const LETTERS: [(&str, &str); 2] = [("t", "f"), ("y", "n")];
    let text = text.trim();
    let is = |word: &str| word.eq_ignore_ascii_case(text);
    let meant = WORDS.iter().chain(&LETTERS).find(|(yes, no)| is(yes) || is(no)).map(|(yes, _)| is(yes));
    meant.or_else(|| Some(!parse_decimal(text)?.is_zero()))
}

/// The nearest whole number, halves away from zero: rates of 29.97 are those of 30 frames.
pub(super) fn rounded(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

pub(super) fn parse_decimal(text: &str) -> Option<Decimal> {
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
