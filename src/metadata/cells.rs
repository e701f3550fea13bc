//! The cells of one column, stored as one array per column.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::string_pool::{StringId, StringPool};
use super::value::{ColumnType, Value};
use crate::time::Ticks;

/// All cells of a column: an array of values and a bit per row that tells nulls apart.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    values: Values,
    present: Vec<u64>,
}

/// A cell as it is stored: its text, if it has one, is already interned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell {
    Boolean(bool),
    Int(i64),
    UInt64(u64),
    Single(f32),
    Double(f64),
    Decimal(Decimal),
    String(StringId),
    Guid(Uuid),
    DateTime(Ticks),
}

#[derive(Debug, Clone)]
enum Values {
    Boolean(Vec<bool>),
    Int(Vec<i64>),
    UInt64(Vec<u64>),
    Single(Vec<f32>),
    Double(Vec<f64>),
    Decimal(Vec<Decimal>),
    String(Vec<StringId>),
    Guid(Vec<Uuid>),
    DateTime(Vec<Ticks>),
}

/// Does the same with the array of whatever type a column has.
macro_rules! each_array {
    ($values:expr, $array:ident => $body:expr) => {
        match $values {
            Values::Boolean($array) => $body,
            Values::Int($array) => $body,
            Values::UInt64($array) => $body,
            Values::Single($array) => $body,
            Values::Double($array) => $body,
            Values::Decimal($array) => $body,
            Values::String($array) => $body,
            Values::Guid($array) => $body,
            Values::DateTime($array) => $body,
        }
    };
}

impl Cells {
    pub(super) fn new(column_type: ColumnType) -> Cells {
        let values = match column_type {
            ColumnType::Boolean => Values::Boolean(Vec::new()),
            ColumnType::UInt64 => Values::UInt64(Vec::new()),
            ColumnType::Single => Values::Single(Vec::new()),
            ColumnType::Double => Values::Double(Vec::new()),
            ColumnType::Decimal => Values::Decimal(Vec::new()),
            ColumnType::String => Values::String(Vec::new()),
            ColumnType::Guid => Values::Guid(Vec::new()),
            ColumnType::DateTime => Values::DateTime(Vec::new()),
            _ => Values::Int(Vec::new()),
        };
        Cells { values, present: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        each_array!(&self.values, array => array.len())
    }

    pub(super) fn push_null(&mut self) {
        if self.len().is_multiple_of(64) {
            self.present.push(0);
        }
        each_array!(&mut self.values, array => array.push(Default::default()));
    }

    /// Sets a cell, or makes it null. False, and nothing changed, when there is no such row or the
    /// cell is of another type than the column.
    pub(super) fn set(&mut self, row: usize, cell: Option<Cell>) -> bool {
        let stored = match cell {
            None => row < self.len(),
            Some(cell) => self.values.set(row, cell),
        };
        if let (true, Some(word)) = (stored, self.present.get_mut(row / 64)) {
            let bit = 1 << (row % 64);
            *word = if cell.is_some() { *word | bit } else { *word & !bit };
        }
        stored
    }

    pub(super) fn is_present(&self, row: usize) -> bool {
        self.present.get(row / 64).is_some_and(|word| word & (1 << (row % 64)) != 0)
    }

    pub(super) fn value<'a>(&self, row: usize, pool: &'a StringPool) -> Value<'a> {
        if !self.is_present(row) {
            return Value::Null;
        }
        let value = match &self.values {
            Values::Boolean(array) => array.get(row).map(|value| Value::Boolean(*value)),
            Values::Int(array) => array.get(row).map(|value| Value::Int(*value)),
            Values::UInt64(array) => array.get(row).map(|value| Value::UInt64(*value)),
            Values::Single(array) => array.get(row).map(|value| Value::Single(*value)),
            Values::Double(array) => array.get(row).map(|value| Value::Double(*value)),
            Values::Decimal(array) => array.get(row).map(|value| Value::Decimal(*value)),
            Values::String(array) => array.get(row).map(|id| Value::String(pool.text(*id))),
            Values::Guid(array) => array.get(row).map(|value| Value::Guid(*value)),
            Values::DateTime(array) => array.get(row).map(|value| Value::DateTime(*value)),
        };
        value.unwrap_or(Value::Null)
    }

    /// The id of a cell's text; `None` for nulls and for columns that do not hold texts.
    pub(super) fn string_id(&self, row: usize) -> Option<StringId> {
        match &self.values {
            Values::String(array) if self.is_present(row) => array.get(row).copied(),
            _ => None,
        }
    }

    /// The cells of the given rows, in that order; null for rows that do not exist.
    pub(super) fn select(&self, rows: &[usize]) -> Cells {
        let mut present = vec![0; rows.len().div_ceil(64)];
        for (word, rows) in present.iter_mut().zip(rows.chunks(64)) {
            for (bit, row) in rows.iter().enumerate() {
                *word |= u64::from(self.is_present(*row)) << bit;
            }
        }
        Cells { values: self.values.select(rows), present }
    }

    pub(super) fn shrink_to_fit(&mut self) {
        each_array!(&mut self.values, array => array.shrink_to_fit());
        self.present.shrink_to_fit();
    }
}

impl Values {
    fn set(&mut self, row: usize, cell: Cell) -> bool {
        match (self, cell) {
            (Values::Boolean(array), Cell::Boolean(value)) => store(array, row, value),
            (Values::Int(array), Cell::Int(value)) => store(array, row, value),
            (Values::UInt64(array), Cell::UInt64(value)) => store(array, row, value),
            (Values::Single(array), Cell::Single(value)) => store(array, row, value),
            (Values::Double(array), Cell::Double(value)) => store(array, row, value),
            (Values::Decimal(array), Cell::Decimal(value)) => store(array, row, value),
            (Values::String(array), Cell::String(value)) => store(array, row, value),
            (Values::Guid(array), Cell::Guid(value)) => store(array, row, value),
            (Values::DateTime(array), Cell::DateTime(value)) => store(array, row, value),
            _ => false,
        }
    }

    fn select(&self, rows: &[usize]) -> Values {
        match self {
            Values::Boolean(array) => Values::Boolean(pick(array, rows)),
            Values::Int(array) => Values::Int(pick(array, rows)),
            Values::UInt64(array) => Values::UInt64(pick(array, rows)),
            Values::Single(array) => Values::Single(pick(array, rows)),
            Values::Double(array) => Values::Double(pick(array, rows)),
            Values::Decimal(array) => Values::Decimal(pick(array, rows)),
            Values::String(array) => Values::String(pick(array, rows)),
            Values::Guid(array) => Values::Guid(pick(array, rows)),
            Values::DateTime(array) => Values::DateTime(pick(array, rows)),
        }
    }
}

fn store<T>(array: &mut [T], row: usize, value: T) -> bool {
    match array.get_mut(row) {
        Some(cell) => {
            *cell = value;
            true
        }
        None => false,
    }
}

fn pick<T: Copy + Default>(array: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| array.get(*row).copied().unwrap_or_default()).collect()
}
