//! The cells of one column, stored as one array, or as one cell where all are the same.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::string_pool::{StringId, StringPool};
use super::value::{ColumnType, Value};
use crate::time::Ticks;

/// All cells of a column. In many columns all are the same: those take no memory for each.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    column_type: ColumnType,
    /// `None` once cells differ.
    uniform: Option<Uniform>,
    /// Empty as long as all cells are the same.
    various: Various,
}

/// Rows of the same cell.
#[derive(Debug, Clone, Copy, Default)]
struct Uniform {
    /// The cell; `None` for nulls.
    cell: Option<Cell>,
    count: usize,
    /// One more row follows, which is null because it was only just added.
    has_new_row: bool,
}

/// An array of values and a bit per row that tells nulls apart.
#[derive(Debug, Clone)]
struct Various {
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
    /// Of the types whose values all fit.
    Int32(Vec<i32>),
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
            Values::Int32($array) => $body,
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
        Cells { column_type, uniform: Some(Uniform::default()), various: Various::new(column_type) }
    }

    pub(super) fn column_type(&self) -> ColumnType {
        self.column_type
    }

    pub(super) fn push_null(&mut self) {
        if !self.uniform.as_mut().is_some_and(Uniform::push_null) {
            self.various().push_null();
        }
    }

    /// Sets a cell, or makes it null. False, and nothing changed, when there is no such row or the
    /// cell is of another type than the column.
    pub(super) fn set(&mut self, row: usize, cell: Option<Cell>) -> bool {
        if let Some(uniform) = &mut self.uniform {
            if !uniform.has_row(row) || cell.is_some_and(|cell| !cell.fits(self.column_type)) {
                return false;
            }
            if uniform.set(row, cell) {
                return true;
            }
        }
        self.various().set(row, cell)
    }

    /// Gives each row a place of its own.
    fn various(&mut self) -> &mut Various {
        if let Some(uniform) = self.uniform.take() {
            self.various = Various::of(self.column_type, uniform);
        }
        &mut self.various
    }

    pub(super) fn value<'a>(&self, row: usize, pool: &'a StringPool) -> Value<'a> {
        match self.uniform {
            Some(uniform) => uniform.cell(row).map_or(Value::Null, |cell| cell.value(pool)),
            None => self.various.value(row, pool),
        }
    }

    /// The id of a cell's text; `None` for nulls and for columns that do not hold texts.
    pub(super) fn string_id(&self, row: usize) -> Option<StringId> {
        match (self.uniform, &self.various.values) {
            (Some(uniform), _) => match uniform.cell(row) {
                Some(Cell::String(id)) => Some(id),
                _ => None,
            },
            (None, Values::String(array)) if self.various.is_present(row) => array.get(row).copied(),
            _ => None,
        }
    }

    /// The GUIDs by row, if rows have a place each. What stands where a row is null means nothing.
    pub(super) fn guids(&self) -> Option<&[Uuid]> {
        match (&self.uniform, &self.various.values) {
            (None, Values::Guid(array)) => Some(array),
            _ => None,
        }
    }

    /// The cells of the given rows, in that order; null for rows that do not exist.
    pub(super) fn select(&self, rows: &[usize]) -> Cells {
        let column_type = self.column_type;
        let all_same =
            |uniform: &Uniform| uniform.cell.is_none() || rows.iter().all(|row| *row < uniform.count);
        match self.uniform {
            Some(uniform) if all_same(&uniform) => {
                let uniform = Some(Uniform { count: rows.len(), has_new_row: false, ..uniform });
                Cells { column_type, uniform, various: Various::new(column_type) }
            }
            Some(uniform) => {
                let various = Various::of(column_type, uniform).select(rows);
                Cells { column_type, uniform: None, various }
            }
            None => Cells { column_type, uniform: None, various: self.various.select(rows) },
        }
    }

    pub(super) fn shrink_to_fit(&mut self) {
        each_array!(&mut self.various.values, array => array.shrink_to_fit());
        self.various.present.shrink_to_fit();
    }
}

impl Uniform {
    fn has_row(&self, row: usize) -> bool {
        row < self.count + usize::from(self.has_new_row)
    }

    fn cell(&self, row: usize) -> Option<Cell> {
        self.cell.filter(|_| row < self.count)
    }

    /// False when there would be a null among other cells.
    fn push_null(&mut self) -> bool {
        if self.has_new_row {
            if self.cell.is_some() {
                return false;
            }
            self.count += 1;
        }
        self.has_new_row = true;
        true
    }

    /// Sets a row that there is. False when it would then differ from others.
    fn set(&mut self, row: usize, cell: Option<Cell>) -> bool {
        let is_new_row = row == self.count;
        if is_new_row && row == 0 || is_same(cell, self.cell) {
            self.cell = cell;
            self.count = self.count.max(row + 1);
            self.has_new_row &= !is_new_row;
            return true;
        }
        is_new_row && cell.is_none()
    }
}

impl Various {
    fn new(column_type: ColumnType) -> Various {
        Various { values: Values::new(column_type), present: Vec::new() }
    }

    fn of(column_type: ColumnType, uniform: Uniform) -> Various {
        let mut various = Various::new(column_type);
        for row in 0..uniform.count {
            various.push_null();
            various.set(row, uniform.cell);
        }
        if uniform.has_new_row {
            various.push_null();
        }
        various
    }

    fn len(&self) -> usize {
        each_array!(&self.values, array => array.len())
    }

    fn push_null(&mut self) {
        if self.len().is_multiple_of(64) {
            self.present.push(0);
        }
        each_array!(&mut self.values, array => array.push(Default::default()));
    }

    fn set(&mut self, row: usize, cell: Option<Cell>) -> bool {
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

    fn is_present(&self, row: usize) -> bool {
        self.present.get(row / 64).is_some_and(|word| word & (1 << (row % 64)) != 0)
    }

    fn value<'a>(&self, row: usize, pool: &'a StringPool) -> Value<'a> {
        if !self.is_present(row) {
            return Value::Null;
        }
        let value = match &self.values {
            Values::Boolean(array) => array.get(row).map(|value| Value::Boolean(*value)),
            Values::Int32(array) => array.get(row).map(|value| Value::Int((*value).into())),
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

    fn select(&self, rows: &[usize]) -> Various {
        let mut present = vec![0; rows.len().div_ceil(64)];
        for (word, rows) in present.iter_mut().zip(rows.chunks(64)) {
            for (bit, row) in rows.iter().enumerate() {
                *word |= u64::from(self.is_present(*row)) << bit;
            }
        }
        Various { values: self.values.select(rows), present }
    }
}

impl Cell {
    /// Whether a column of that type holds such cells.
    fn fits(self, column_type: ColumnType) -> bool {
        match self {
            Cell::Boolean(_) => column_type == ColumnType::Boolean,
            Cell::UInt64(_) => column_type == ColumnType::UInt64,
            Cell::Single(_) => column_type == ColumnType::Single,
            Cell::Double(_) => column_type == ColumnType::Double,
            Cell::Decimal(_) => column_type == ColumnType::Decimal,
            Cell::String(_) => column_type == ColumnType::String,
            Cell::Guid(_) => column_type == ColumnType::Guid,
            Cell::DateTime(_) => column_type == ColumnType::DateTime,
            Cell::Int(value) => column_type
                .integer_range()
                .is_some_and(|(least, greatest)| (least..=greatest).contains(&value)),
        }
    }

    /// The value, unless it is a text, which only its pool knows.
    pub(super) fn without_text(self) -> Option<Value<'static>> {
        Some(match self {
            Cell::Boolean(value) => Value::Boolean(value),
            Cell::Int(value) => Value::Int(value),
            Cell::UInt64(value) => Value::UInt64(value),
            Cell::Single(value) => Value::Single(value),
            Cell::Double(value) => Value::Double(value),
            Cell::Decimal(value) => Value::Decimal(value),
            Cell::Guid(value) => Value::Guid(value),
            Cell::DateTime(value) => Value::DateTime(value),
            Cell::String(_) => return None,
        })
    }

    fn value(self, pool: &StringPool) -> Value<'_> {
        match self {
            Cell::String(id) => Value::String(pool.text(id)),
            other => other.without_text().unwrap_or(Value::Null),
        }
    }
}

/// Whether two cells cannot be told apart: 1.0 and 1.00 are different decimals, -0 and 0 different
/// numbers.
fn is_same(left: Option<Cell>, right: Option<Cell>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(Cell::Boolean(left)), Some(Cell::Boolean(right))) => left == right,
        (Some(Cell::Int(left)), Some(Cell::Int(right))) => left == right,
        (Some(Cell::UInt64(left)), Some(Cell::UInt64(right))) => left == right,
        (Some(Cell::Single(left)), Some(Cell::Single(right))) => left.to_bits() == right.to_bits(),
        (Some(Cell::Double(left)), Some(Cell::Double(right))) => left.to_bits() == right.to_bits(),
        (Some(Cell::Decimal(left)), Some(Cell::Decimal(right))) => left.serialize() == right.serialize(),
        (Some(Cell::String(left)), Some(Cell::String(right))) => left == right,
        (Some(Cell::Guid(left)), Some(Cell::Guid(right))) => left == right,
        (Some(Cell::DateTime(left)), Some(Cell::DateTime(right))) => left.0 == right.0,
        _ => false,
    }
}

impl Values {
    fn new(column_type: ColumnType) -> Values {
        match column_type {
            ColumnType::Boolean => Values::Boolean(Vec::new()),
            ColumnType::UInt64 => Values::UInt64(Vec::new()),
            ColumnType::Single => Values::Single(Vec::new()),
            ColumnType::Double => Values::Double(Vec::new()),
            ColumnType::Decimal => Values::Decimal(Vec::new()),
            ColumnType::String => Values::String(Vec::new()),
            ColumnType::Guid => Values::Guid(Vec::new()),
            ColumnType::DateTime => Values::DateTime(Vec::new()),
            ColumnType::Int64 | ColumnType::UInt32 => Values::Int(Vec::new()),
            _ => Values::Int32(Vec::new()),
        }
    }

    fn set(&mut self, row: usize, cell: Cell) -> bool {
        match (self, cell) {
            (Values::Boolean(array), Cell::Boolean(value)) => store(array, row, value),
            (Values::Int32(array), Cell::Int(value)) => {
                value.try_into().is_ok_and(|value| store(array, row, value))
            }
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
            Values::Int32(array) => Values::Int32(pick(array, rows)),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell() -> impl Strategy<Value = Option<Cell>> {
        prop_oneof![
            4 => Just(Some(Cell::Double(1.0))),
            2 => Just(None),
            1 => Just(Some(Cell::Double(-0.0))),
            1 => Just(Some(Cell::Double(0.0))),
            1 => Just(Some(Cell::Int(7))),
        ]
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push,
        Set(usize, Option<Cell>),
        PushAndSet(Option<Cell>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            1 => Just(Step::Push),
            1 => (0..6usize, cell()).prop_map(|(row, cell)| Step::Set(row, cell)),
            6 => cell().prop_map(Step::PushAndSet),
        ]
    }

    fn bits(value: Value<'_>) -> Option<u64> {
        match value {
            Value::Double(value) => Some(value.to_bits()),
            _ => None,
        }
    }

    proptest! {
        /// A column behaves as if every row had a place of its own, whatever is the same in it.
        #[test]
        fn uniform_and_various_columns_cannot_be_told_apart(
            steps in prop::collection::vec(step(), 0..40),
            rows in prop::collection::vec(0..45usize, 0..10),
        ) {
            let pool = StringPool::default();
            let mut cells = Cells::new(ColumnType::Double);
            let mut plain = Various::new(ColumnType::Double);
            for step in steps {
                if !matches!(step, Step::Set(..)) {
                    cells.push_null();
                    plain.push_null();
                }
                let (row, cell) = match step {
                    Step::Push => continue,
                    Step::Set(row, cell) => (row, cell),
                    Step::PushAndSet(cell) => (plain.len() - 1, cell),
                };
                prop_assert_eq!(cells.set(row, cell), plain.set(row, cell));
            }
            for row in 0..plain.len() + 2 {
                prop_assert_eq!(bits(cells.value(row, &pool)), bits(plain.value(row, &pool)));
            }
            let (some, plain_some) = (cells.select(&rows), plain.select(&rows));
            for row in 0..rows.len() {
                prop_assert_eq!(bits(some.value(row, &pool)), bits(plain_some.value(row, &pool)));
            }
        }
    }

    #[test]
    fn columns_of_one_cell_take_no_memory_for_each_row() {
        let mut cells = Cells::new(ColumnType::Decimal);
        for row in 0..1000 {
            cells.push_null();
            assert!(cells.set(row, Some(Cell::Decimal(Decimal::new(100, 2)))));
        }
        assert!(matches!(cells.uniform, Some(Uniform { count: 1000, has_new_row: false, .. })));
        assert!(cells.set(999, Some(Cell::Decimal(Decimal::new(10, 1)))));
        assert!(cells.uniform.is_none());
    }
}
