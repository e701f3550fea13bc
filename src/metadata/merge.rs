//! Adding the rows of one data set to another, so that IDs stay unique and links right.

use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

use super::builder::DataSetBuilder;
use super::data_set::{DataSet, Table};
use super::error::MetadataError;
use super::standard::{
    DeviceColumns, FromValue, MeasurementColumns, PhasorColumns, SCHEMA_VERSION_TABLE, VERSION_INFO_TABLE,
};
use super::value::Value;

/// Columns with the number of a phasor: the one that numbers it, then those that refer to one.
const PHASOR_NUMBERS: [&str; 4] = ["ID", "DestinationPhasorID", "PrimaryVoltageID", "SecondaryVoltageID"];

/// What became of the rows that were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// Rows that are new.
    pub added: usize,
    /// Rows that were there, and now have the values of the added ones.
    pub replaced: usize,
}

/// What makes two rows of a standard table the same.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Signal(Uuid),
    Device(String),
    Phasor(String, i32),
    /// There is one row of the version.
    Version,
}

impl DataSetBuilder {
    /// A data set to be changed and added to: the rows of one and behind them those of another, with the
    /// tables and columns of both.
    ///
    /// Phasors of the other whose number is taken get a new one, and the columns that refer to them
    /// follow. The version is that of the first.
    ///
    /// # Errors
    ///
    /// [`MetadataError::WrongValue`] when a column has another type in the first and a value does not
    /// fit; [`MetadataError::TooMany`] past the limits.
    pub fn from_both(own: &DataSet, other: &DataSet) -> Result<(DataSetBuilder, Merged), MetadataError> {
        let mut builder = DataSetBuilder::from_data_set(own);
        let merged = builder.add_rows(own, other, false)?;
        Ok((builder, merged))
    }

    /// As [`Self::from_both`], but rows of the first take the values of those that are the same in the
    /// other: measurements of one signal ID, devices of one acronym, phasors of one device and source
    /// index. Where the other's row is null, and in columns that it does not have, the value of the
    /// first stays.
    ///
    /// # Errors
    ///
    /// As [`Self::from_both`].
    pub fn from_merged(own: &DataSet, other: &DataSet) -> Result<(DataSetBuilder, Merged), MetadataError> {
        let mut builder = DataSetBuilder::from_data_set(own);
        let merged = builder.add_rows(own, other, true)?;
        Ok((builder, merged))
    }

    fn add_rows(&mut self, own: &DataSet, other: &DataSet, replaces: bool) -> Result<Merged, MetadataError> {
        let mut merged = Merged::default();
        for table in other.tables() {
            let own_table = own.table(table.name());
            let (target, columns) = self.target_of(table)?;
            let known = own_table.map(|own| rows_by_key(own, replaces)).unwrap_or_default();
            let numbers = PhasorNumbers::new(own_table, table, &known);
            for row in 0..table.row_count() {
                let found = row_key(table, row).and_then(|key| known.get(&key).copied());
                let target_row = match found {
                    Some(_) if is_version(table) => continue,
                    Some(found) => {
                        merged.replaced += 1;
                        found
                    }
                    None => {
                        merged.added += 1;
                        self.push_row(target)?
                    }
                };
                for (column, target_column) in columns.iter().enumerate() {
                    let value = numbers.value(table, row, column, found.is_some());
                    if !value.is_null() {
                        self.set_any(target, target_row, *target_column, value)?;
                    }
                }
            }
        }
        Ok(merged)
    }

    /// The table for the rows of another data set's one, and in it the column for each of its columns.
    fn target_of(&mut self, table: &Table) -> Result<(usize, Vec<usize>), MetadataError> {
        let target = match self.table_index(table.name()) {
            Some(target) => target,
            None => self.add_table(table.name(), table.columns().to_vec())?,
        };
        let columns = table.columns().iter().map(|column| match self.column_index(target, column.name()) {
            Some(known) => Ok(known),
            None => self.add_column(target, column.clone()),
        });
        let columns = columns.collect::<Result<_, _>>()?;
        Ok((target, columns))
    }

    /// Sets a cell to a value of another column's type, by way of its text where that differs.
    fn set_any(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        value: Value<'_>,
    ) -> Result<(), MetadataError> {
        match self.set(table, row, column, value) {
            Err(MetadataError::WrongValue { .. }) => self.set_text(table, row, column, &value.to_string()),
            result => result,
        }
    }
}

fn is_version(table: &Table) -> bool {
    [SCHEMA_VERSION_TABLE, VERSION_INFO_TABLE].iter().any(|name| name.eq_ignore_ascii_case(table.name()))
}

/// What makes a row the same as another; `None` for rows that are like no other.
fn row_key(table: &Table, row: usize) -> Option<Key> {
    let cell =
        |column: &str| table.column_index(column).map_or(Value::Null, |column| table.value(row, column));
    let text = |column: &str| cell(column).as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let is = |name: &str| name.eq_ignore_ascii_case(table.name());
    if is(MeasurementColumns::TABLE) {
        Uuid::from_value(cell("SignalID")).filter(|id| !id.is_nil()).map(Key::Signal)
    } else if is(DeviceColumns::TABLE) {
        text("Acronym").map(Key::Device)
    } else if is(PhasorColumns::TABLE) {
        Some(Key::Phasor(text("DeviceAcronym")?, i32::from_value(cell("SourceIndex"))?))
    } else {
        is_version(table).then_some(Key::Version)
    }
}

/// The rows that added ones may be the same as; that of the version always.
fn rows_by_key(table: &Table, replaces: bool) -> HashMap<Key, usize> {
    let mut rows = HashMap::new();
    if replaces || is_version(table) {
        for row in 0..table.row_count() {
            if let Some(key) = row_key(table, row) {
                rows.entry(key).or_insert(row);
            }
        }
    }
    rows
}

/// The numbers that added phasors get.
struct PhasorNumbers {
    /// The columns of the added table with such numbers, that of the row's own first.
    columns: Vec<usize>,
    new: HashMap<i32, i32>,
}

impl PhasorNumbers {
    fn new(own: Option<&Table>, added: &Table, known: &HashMap<Key, usize>) -> PhasorNumbers {
        let mut numbers = PhasorNumbers { columns: Vec::new(), new: HashMap::new() };
        let id_of = |table: &Table, row: usize| {
            table.column_index("ID").and_then(|column| i32::from_value(table.value(row, column)))
        };
        if !added.name().eq_ignore_ascii_case(PhasorColumns::TABLE) || added.column_index("ID").is_none() {
            return numbers;
        }
        numbers.columns = PHASOR_NUMBERS.iter().filter_map(|name| added.column_index(name)).collect();
        let taken =
            own.into_iter().flat_map(|own| (0..own.row_count()).filter_map(move |row| id_of(own, row)));
        let mut taken: HashSet<i32> = taken.collect();
        let of_added = (0..added.row_count()).filter_map(|row| id_of(added, row));
        let mut next = taken.iter().copied().chain(of_added).max().unwrap_or(0);
        for row in 0..added.row_count() {
            let Some(id) = id_of(added, row) else { continue };
            let found = row_key(added, row).and_then(|key| known.get(&key).copied());
            let new = match found.and_then(|found| id_of(own?, found)) {
                Some(kept) => kept,
                None if taken.insert(id) => id,
                None => {
                    next = next.saturating_add(1);
                    taken.insert(next);
                    next
                }
            };
            numbers.new.entry(id).or_insert(new);
        }
        numbers
    }

    /// A cell of the added table as it is to be stored. A row that is replaced keeps its number.
    fn value<'a>(&self, table: &'a Table, row: usize, column: usize, is_replaced: bool) -> Value<'a> {
        let value = table.value(row, column);
        if !self.columns.contains(&column) {
            return value;
        }
        if is_replaced && self.columns.first() == Some(&column) {
            return Value::Null;
        }
        let new = i32::from_value(value).and_then(|number| self.new.get(&number));
        new.map_or(value, |new| Value::from(*new))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, ColumnType, Metadata};
    use super::*;

    /// A device with a phasor of that number whose other end has the next number, and a measurement.
    fn device(acronym: &str, phasor: i32, signal: u128, label: &str) -> DataSet {
        let build = || -> Result<DataSet, MetadataError> {
            let mut builder = DataSetBuilder::standard()?;
            let [devices, measurements, phasors] = ["DeviceDetail", "MeasurementDetail", "PhasorDetail"]
                .map(|name| builder.table_index(name).unwrap());
            builder.append_row(devices)?.set("Acronym", acronym)?.set("FramesPerSecond", 30)?;
            for (number, other, index) in [(phasor, phasor + 1, 1), (phasor + 1, phasor, 2)] {
                let row = builder.append_row(phasors)?.set("ID", number)?.set("DeviceAcronym", acronym)?;
                let row = row.set("SourceIndex", index)?.set("Label", label)?;
                row.set("DestinationPhasorID", other)?;
            }
            let row = builder.append_row(measurements)?.set("SignalID", Uuid::from_u128(signal))?;
            let row = row.set("DeviceAcronym", acronym)?.set("SignalAcronym", "VPHM")?;
            row.set("PhasorSourceIndex", 1)?.set("Enabled", true)?;
            Ok(builder.into_data_set())
        };
        build().unwrap()
    }

    fn phasors(metadata: &Metadata) -> Vec<(Option<i32>, Option<i32>, Option<&str>)> {
        metadata
            .phasors()
            .map(|phasor| (phasor.id(), phasor.destination_phasor_id(), phasor.label()))
            .collect()
    }

    #[test]
    fn appended_phasors_get_numbers_of_their_own_and_references_follow() {
        let (a, b) = (device("A", 1, 1, "a"), device("B", 2, 2, "b"));
        let (builder, merged) = DataSetBuilder::from_both(&a, &b).unwrap();
        assert_eq!(merged, Merged { added: 4, replaced: 0 });
        let metadata = Metadata::new(builder.into_data_set());
        let (a, b) = (Some("a"), Some("b"));
        let expected =
            [(Some(1), Some(2), a), (Some(2), Some(1), a), (Some(4), Some(3), b), (Some(3), Some(4), b)];
        assert_eq!(phasors(&metadata), expected);
        assert_eq!(metadata.schema_version(), Some(14));
        assert_eq!(metadata.data_set().table("SchemaVersion").unwrap().row_count(), 1);
        let measurement = metadata.measurement_by_signal_id(Uuid::from_u128(2)).unwrap();
        assert_eq!(measurement.phasor().unwrap().label(), b);
        assert!(metadata.validate().is_empty(), "{}", metadata.validate());
    }

    #[test]
    fn merged_rows_replace_those_of_the_same_identity() {
        let (old, new) = (device("A", 1, 1, "old"), device("A", 7, 1, "new"));
        let (builder, merged) = DataSetBuilder::from_merged(&old, &new).unwrap();
        assert_eq!(merged, Merged { added: 0, replaced: 4 });
        let other = device("B", 1, 3, "other");
        let (builder, merged) = DataSetBuilder::from_merged(&builder.into_data_set(), &other).unwrap();
        assert_eq!(merged, Merged { added: 4, replaced: 0 });
        let metadata = Metadata::new(builder.into_data_set());
        let (new, other) = (Some("new"), Some("other"));
        let expected = [
            (Some(1), Some(2), new),
            (Some(2), Some(1), new),
            (Some(3), Some(4), other),
            (Some(4), Some(3), other),
        ];
        assert_eq!(phasors(&metadata), expected);
        assert_eq!((metadata.devices().len(), metadata.measurements().len()), (2, 2));
        assert!(metadata.validate().is_empty(), "{}", metadata.validate());
    }

    #[test]
    fn tables_and_columns_of_either_are_there_and_other_types_are_converted() {
        let table = |columns: &[(&str, ColumnType)], texts: &[&str]| {
            let mut builder = DataSetBuilder::new("DataSet");
            let defined = columns.iter().map(|(name, column_type)| Column::new(*name, *column_type));
            let table = builder.add_table("T", defined.collect()).unwrap();
            let row = builder.push_row(table).unwrap();
            for (column, text) in texts.iter().enumerate() {
                builder.set_text(table, row, column, text).unwrap();
            }
            builder.into_data_set()
        };
        let own = table(&[("A", ColumnType::Int32), ("B", ColumnType::String)], &["1", "x"]);
        let other = table(&[("C", ColumnType::Double), ("a", ColumnType::String)], &["0.5", "29.97"]);
        let (builder, merged) = DataSetBuilder::from_both(&own, &other).unwrap();
        assert_eq!(merged, Merged { added: 1, replaced: 0 });
        let data_set = builder.into_data_set();
        let content = data_set.table("T").unwrap();
        let row = |row| [0, 1, 2].map(|column| content.value(row, column));
        assert_eq!(row(0), [Value::Int(1), Value::String("x"), Value::Null]);
        assert_eq!(row(1), [Value::Int(30), Value::Null, Value::Double(0.5)]);
        let wrong = table(&[("A", ColumnType::String)], &["many"]);
        let refused = DataSetBuilder::from_both(&own, &wrong);
        assert!(matches!(refused, Err(MetadataError::WrongValue { .. })), "{refused:?}");
    }
}
