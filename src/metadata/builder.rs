//! Building a data set row by row.

use super::cells::Cell;
use super::data_set::{Column, DataSet, TableContent, TableDraft};
use super::error::{Limits, MetadataError};
use super::finding::{Finding, FindingKind, FindingProblem, Findings, Place, excerpt};
use super::standard::counts_as_enabled;
use super::string_pool::{StringId, StringInterner};
use super::text::{Reading, read_cell, zero_cell};
use super::value::{ColumnType, Value};

/// A data set that is being built: tables are added, then rows, then values.
///
/// Tables, rows and columns are counted from 0 in the order they are added.
///
/// ```
/// use sttp::metadata::{Column, ColumnType, DataSetBuilder, Value};
///
/// let mut builder = DataSetBuilder::new("DataSet");
/// let devices = builder.add_table(
///     "DeviceDetail",
///     vec![Column::new("Acronym", ColumnType::String), Column::new("Enabled", ColumnType::Boolean)],
/// )?;
/// builder.append_row(devices)?.set("Acronym", "SHELBY")?.set("Enabled", true)?;
/// let data_set = builder.finish();
/// assert_eq!(data_set.table("DeviceDetail").unwrap().value(0, 0), Value::String("SHELBY"));
/// # Ok::<(), sttp::metadata::MetadataError>(())
/// ```
#[derive(Debug)]
pub struct DataSetBuilder {
    name: String,
    tables: Vec<TableDraft>,
    texts: StringInterner,
    limits: Limits,
    row_count: usize,
    cell_count: usize,
    findings: Findings,
}

impl DataSetBuilder {
    /// An empty data set with the default [`Limits`]. `name` becomes the root element of its XML.
    pub fn new(name: impl Into<String>) -> DataSetBuilder {
        DataSetBuilder::with_limits(name, Limits::default())
    }

    /// An empty data set whose tables, columns, rows and text sizes are limited.
    pub fn with_limits(name: impl Into<String>, limits: Limits) -> DataSetBuilder {
        DataSetBuilder {
            name: name.into(),
            tables: Vec::new(),
            texts: StringInterner::new(),
            limits,
            row_count: 0,
            cell_count: 0,
            findings: Findings::default(),
        }
    }

    /// A copy of a data set, to be changed and added to, with the default [`Limits`].
    pub fn from_data_set(data_set: &DataSet) -> DataSetBuilder {
        let (tables, pool) = data_set.contents();
        let tables: Vec<TableDraft> = tables.map(TableContent::draft).collect();
        DataSetBuilder {
            name: data_set.name().to_owned(),
            row_count: tables.iter().map(|table| table.row_count).sum(),
            cell_count: tables.iter().map(|table| table.row_count * table.columns.len()).sum(),
            tables,
            texts: StringInterner::of_pool(pool),
            limits: Limits::default(),
            findings: Findings::default(),
        }
    }

    /// As [`Self::from_data_set`], with what was found wrong when the data set was read.
    pub(crate) fn with_findings_of(data_set: &DataSet) -> DataSetBuilder {
        DataSetBuilder { findings: data_set.findings().clone(), ..DataSetBuilder::from_data_set(data_set) }
    }

    /// Adds an empty table and returns its number.
    ///
    /// # Errors
    ///
    /// [`MetadataError::BadName`] when a name is empty, contains a NUL character, or differs at most in case from that
    /// of another table or column; [`MetadataError::TooMany`] past the limits.
    pub fn add_table(&mut self, name: &str, columns: Vec<Column>) -> Result<usize, MetadataError> {
        check_name("table", name, self.tables.iter().map(|table| table.name.as_str()))?;
        check_count("tables", self.tables.len() + 1, self.limits.tables)?;
        self.check_column_count(columns.len())?;
        for (index, column) in columns.iter().enumerate() {
            check_name("column", column.name(), columns.iter().take(index).map(Column::name))?;
        }
        self.tables.push(TableDraft::new(name.to_owned(), columns));
        Ok(self.tables.len() - 1)
    }

    /// Adds a column to a table and returns its number. It is null in the rows that there are.
    ///
    /// # Errors
    ///
    /// As [`Self::add_table`], and [`MetadataError::Missing`] when there is no such table.
    pub fn add_column(&mut self, table: usize, column: Column) -> Result<usize, MetadataError> {
        let content = self.tables.get_mut(table).ok_or_else(|| missing("table", table, &self.name))?;
        let cell_count = self.cell_count.saturating_add(content.row_count);
        check_name("column", column.name(), content.columns.iter().map(Column::name))?;
        check_count("columns", content.columns.len() + 1, self.limits.columns)?;
        check_count("cells", cell_count, self.limits.cells)?;
        self.cell_count = cell_count;
        Ok(content.push_column(column))
    }

    /// The number of the table of that name; upper and lower case of ASCII letters are the same.
    pub fn table_index(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The number of the column of that name in a table.
    pub fn column_index(&self, table: usize, name: &str) -> Option<usize> {
        self.tables.get(table)?.column_index(name)
    }

    /// The number of rows of a table; 0 when there is no such table.
    pub fn row_count(&self, table: usize) -> usize {
        self.tables.get(table).map_or(0, |table| table.row_count)
    }

    /// Adds a row of nulls to a table.
    ///
    /// # Errors
    ///
    /// [`MetadataError::Missing`] when there is no such table, [`MetadataError::TooMany`] past the
    /// limit.
    pub fn append_row(&mut self, table: usize) -> Result<RowBuilder<'_>, MetadataError> {
        let row = self.push_row(table)?;
        Ok(RowBuilder { builder: self, table, row })
    }

    /// Adds a row of nulls to a table and returns its number. Errors as [`Self::append_row`].
    pub fn push_row(&mut self, table: usize) -> Result<usize, MetadataError> {
        let content = self.tables.get_mut(table).ok_or_else(|| missing("table", table, &self.name))?;
        let cell_count = self.cell_count.saturating_add(content.columns.len());
        check_count("rows", self.row_count + 1, self.limits.rows.min(u32::MAX as usize))?;
        check_count("cells", cell_count, self.limits.cells)?;
        self.row_count += 1;
        self.cell_count = cell_count;
        Ok(content.push_row())
    }

    /// Sets a cell. [`Value::Null`] makes it null.
    ///
    /// # Errors
    ///
    /// [`MetadataError::Missing`] when there is no such table, row or column,
    /// [`MetadataError::WrongValue`] when the value is not of the column's type or outside its
    /// range, [`MetadataError::NulInText`] and [`MetadataError::TooMany`] for texts.
    pub fn set(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        value: Value<'_>,
    ) -> Result<(), MetadataError> {
        let expected = self.column(table, column)?.column_type();
        let cell = match value {
            Value::Null => None,
            Value::String(text) if expected == ColumnType::String => {
                Some(Cell::String(self.intern(table, row, column, text)?))
            }
            _ => Some(typed_cell(value, expected).ok_or_else(|| self.wrong_value(table, column, &value))?),
        };
        self.store(table, row, column, cell)
    }

    /// Sets a cell from text in the form that XML has for the column's type, or in another that is
    /// understood: `yes` and `no`, numbers with a fraction for integers, which are rounded, and times as
    /// [`Ticks`](crate::Ticks) read them. Errors as [`Self::set`].
    pub fn set_text(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        text: &str,
    ) -> Result<(), MetadataError> {
        let expected = self.column(table, column)?.column_type();
        let cell = match expected {
            ColumnType::String => Cell::String(self.intern(table, row, column, text)?),
            _ => match read_cell(text, expected) {
                Reading::Exact(cell) | Reading::Free(cell) => cell,
                Reading::Nothing => return Err(self.wrong_value(table, column, &text)),
            },
        };
        self.store(table, row, column, Some(cell))
    }

    /// The data set as it was built: computed columns hold what was set in them. Filters, which know
    /// expressions, add `finish`.
    pub(crate) fn into_data_set(self) -> DataSet {
        let pool = self.texts.into_pool();
        DataSet::new(
            self.name,
            self.tables.into_iter().map(TableDraft::finish).collect(),
            pool,
            self.findings,
        )
    }

    pub(super) fn check_column_count(&self, count: usize) -> Result<(), MetadataError> {
        check_count("columns", count, self.limits.columns)
    }

    /// As [`Self::column_index`], but tries the column `expected` first.
    pub(super) fn column_index_from(&self, table: usize, expected: usize, name: &str) -> Option<usize> {
        let content = self.tables.get(table)?;
        match content.columns.get(expected) {
            Some(column) if column.name() == name => Some(expected),
            _ => content.column_index(name),
        }
    }

    /// As [`Self::set_text`], but an empty text is the zero of the column's type, and what is not the
    /// form of XML is noted with its place in the document: a text that cannot be read leaves the cell
    /// null, or makes it true where it tells whether something is in use.
    pub(super) fn set_element_text(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        text: &str,
        place: impl FnOnce() -> Place,
    ) -> Result<(), MetadataError> {
        let expected = self.column(table, column)?.column_type();
        if let (true, Some(zero)) = (text.is_empty(), zero_cell(expected)) {
            return self.store(table, row, column, Some(zero));
        }
        if expected == ColumnType::String {
            return self.set_text(table, row, column, text);
        }
        let (cell, kind) = match read_cell(text, expected) {
            Reading::Exact(cell) => return self.store(table, row, column, Some(cell)),
            Reading::Free(cell) => (cell, FindingKind::ReadFreely),
            Reading::Nothing => {
                let (table_name, column_name) = self.names(table, column);
                match counts_as_enabled(&table_name, &column_name, expected) {
                    Some(cell) => (cell, FindingKind::ReadFreely),
                    None => {
                        self.note(table, Some(row), column, FindingKind::Unreadable, Some(place), || {
                            FindingProblem::Unreadable { text: excerpt(text), expected }
                        });
                        return Ok(());
                    }
                }
            }
        };
        self.store(table, row, column, Some(cell))?;
        self.note(table, Some(row), column, kind, Some(place), || {
            let value = cell.without_text().map_or_else(String::new, |value| value.to_string());
            FindingProblem::ReadFreely { text: excerpt(text), expected, value }
        });
        Ok(())
    }

    /// Notes something about a cell, or about a column when no row is given.
    pub(crate) fn note(
        &mut self,
        table: usize,
        row: Option<usize>,
        column: usize,
        kind: FindingKind,
        place: Option<impl FnOnce() -> Place>,
        problem: impl FnOnce() -> FindingProblem,
    ) {
        let (tables, findings) = (&self.tables, &mut self.findings);
        findings.note(kind, || {
            let content = tables.get(table);
            let name = content.and_then(|content| content.columns.get(column)).map(Column::name);
            Finding {
                table: content.map_or_else(String::new, |content| content.name.clone()),
                row,
                column: name.unwrap_or_default().to_owned(),
                place: place.map(|place| place()),
                problem: problem(),
            }
        });
    }

    /// Notes something that is about no cell.
    pub(super) fn note_finding(&mut self, kind: FindingKind, finding: impl FnOnce() -> Finding) {
        self.findings.note(kind, finding);
    }

    /// The name of a table; empty when there is no such table.
    pub(super) fn table_name(&self, table: usize) -> String {
        self.tables.get(table).map_or_else(String::new, |table| table.name.clone())
    }

    pub(super) fn has_tables(&self) -> bool {
        !self.tables.is_empty()
    }

    fn column(&self, table: usize, column: usize) -> Result<&Column, MetadataError> {
        let content = self.tables.get(table).ok_or_else(|| missing("table", table, &self.name))?;
        content.columns.get(column).ok_or_else(|| missing("column", column, &content.name))
    }

    fn store(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        cell: Option<Cell>,
    ) -> Result<(), MetadataError> {
        let content = self.tables.get_mut(table).ok_or_else(|| missing("table", table, &self.name))?;
        let stored = content.cells.get_mut(column).is_some_and(|cells| cells.set(row, cell));
        if stored { Ok(()) } else { Err(missing("row", row, &content.name)) }
    }

    fn intern(
        &mut self,
        table: usize,
        row: usize,
        column: usize,
        text: &str,
    ) -> Result<StringId, MetadataError> {
        // Many columns repeat the text of the row before, which spares the hash.
        let before =
            row.checked_sub(1).and_then(|row| self.tables.get(table)?.cells.get(column)?.string_id(row));
        if let Some(id) = before.filter(|id| self.texts.text(*id) == text) {
            return Ok(id);
        }
        check_count("bytes in a text", text.len(), self.limits.text_bytes)?;
        if let Some(position) = text.find('\0') {
            let (table, column) = self.names(table, column);
            return Err(MetadataError::NulInText { table, column, position });
        }
        self.texts.intern(text).ok_or(MetadataError::TooMany {
            what: "bytes in all texts",
            count: usize::MAX,
            limit: u32::MAX as usize,
        })
    }

    fn wrong_value(&self, table: usize, column: usize, value: &dyn std::fmt::Display) -> MetadataError {
        let expected = self.column(table, column).map_or(ColumnType::String, Column::column_type);
        let (table, column) = self.names(table, column);
        let value = value.to_string().chars().take(64).collect();
        MetadataError::WrongValue { table, column, expected, value }
    }

    fn names(&self, table: usize, column: usize) -> (String, String) {
        let content = self.tables.get(table);
        let column = content.and_then(|content| content.columns.get(column));
        (
            content.map_or_else(String::new, |content| content.name.clone()),
            column.map_or_else(String::new, |column| column.name().to_owned()),
        )
    }
}

/// A new row of a [`DataSetBuilder`], to be filled by column name.
#[derive(Debug)]
pub struct RowBuilder<'a> {
    builder: &'a mut DataSetBuilder,
    table: usize,
    row: usize,
}

impl RowBuilder<'_> {
    /// The number of the row in its table.
    pub fn row(&self) -> usize {
        self.row
    }

    /// Sets the cell of a column. Errors as [`DataSetBuilder::set`].
    pub fn set<'v>(self, column: &str, value: impl Into<Value<'v>>) -> Result<Self, MetadataError> {
        let index = self.column_index(column)?;
        self.builder.set(self.table, self.row, index, value.into())?;
        Ok(self)
    }

    /// Sets the cell of a column from text. Errors as [`DataSetBuilder::set_text`].
    pub fn set_text(self, column: &str, text: &str) -> Result<Self, MetadataError> {
        let index = self.column_index(column)?;
        self.builder.set_text(self.table, self.row, index, text)?;
        Ok(self)
    }

    fn column_index(&self, column: &str) -> Result<usize, MetadataError> {
        self.builder.column_index(self.table, column).ok_or_else(|| {
            let place = self.builder.tables.get(self.table).map_or("", |table| table.name.as_str());
            missing("column", column, place)
        })
    }
}

/// The cell of a value that is of the column's type; integers of every width fit integer columns
/// whose range they are in.
fn typed_cell(value: Value<'_>, expected: ColumnType) -> Option<Cell> {
    Some(match (value, expected) {
        (Value::Boolean(value), ColumnType::Boolean) => Cell::Boolean(value),
        (Value::Int(value), ColumnType::UInt64) => Cell::UInt64(value.try_into().ok()?),
        (Value::UInt64(value), ColumnType::UInt64) => Cell::UInt64(value),
        (Value::Single(value), ColumnType::Single) => Cell::Single(value),
        (Value::Double(value), ColumnType::Double) => Cell::Double(value),
        (Value::Decimal(value), ColumnType::Decimal) => Cell::Decimal(value),
        (Value::Guid(value), ColumnType::Guid) => Cell::Guid(value),
        (Value::DateTime(value), ColumnType::DateTime) => Cell::DateTime(value),
        (Value::Int(value), _) => integer_cell(value, expected)?,
        (Value::UInt64(value), _) => integer_cell(value.try_into().ok()?, expected)?,
        _ => return None,
    })
}

fn integer_cell(value: i64, expected: ColumnType) -> Option<Cell> {
    let (least, greatest) = expected.integer_range()?;
    (least..=greatest).contains(&value).then_some(Cell::Int(value))
}

fn check_name<'a>(
    what: &'static str,
    name: &str,
    mut others: impl Iterator<Item = &'a str>,
) -> Result<(), MetadataError> {
    let reason = if name.is_empty() {
        "empty"
    } else if name.contains('\0') {
        "not printable"
    } else if others.any(|other| other.eq_ignore_ascii_case(name)) {
        "already used"
    } else {
        return Ok(());
    };
    Err(MetadataError::BadName { what, name: name.chars().take(64).collect(), reason })
}

fn check_count(what: &'static str, count: usize, limit: usize) -> Result<(), MetadataError> {
    if count > limit { Err(MetadataError::TooMany { what, count, limit }) } else { Ok(()) }
}

fn missing(what: &'static str, which: impl ToString, place: &str) -> MetadataError {
    MetadataError::Missing { what, which: which.to_string(), place: place.to_owned() }
}
