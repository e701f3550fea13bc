//! A data set: named tables of typed columns, immutable once built.

use std::ffi::CStr;
use std::sync::Arc;

use uuid::Uuid;

use super::cells::{Cell, Cells};
use super::finding::Findings;
use super::string_pool::{StringId, StringPool};
use super::value::{ColumnType, Value};

/// Named tables that share one pool of texts.
///
/// A data set does not change, so clones share its content. Build one with
/// [`DataSetBuilder`](super::DataSetBuilder) or read one with [`DataSet::from_xml`].
#[derive(Debug, Clone)]
pub struct DataSet {
    name: String,
    tables: Vec<Table>,
    pool: Arc<StringPool>,
    findings: Arc<Findings>,
}

impl DataSet {
    pub(super) fn new(
        name: String,
        tables: Vec<TableContent>,
        pool: StringPool,
        findings: Findings,
    ) -> DataSet {
        let pool = Arc::new(pool);
        let tables = tables.into_iter().map(|content| Table::new(content, &pool)).collect();
        DataSet { name, tables, pool, findings: Arc::new(findings) }
    }

    /// The name of the data set: the root element of its XML.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tables, in the order they were defined.
    pub fn tables(&self) -> impl ExactSizeIterator<Item = &Table> {
        self.tables.iter()
    }

    /// The table of that name; upper and lower case of ASCII letters are the same.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name().eq_ignore_ascii_case(name))
    }

    /// The place in [`Self::tables`] of the table of that name, as [`Self::table`] finds it.
    pub fn table_index(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name().eq_ignore_ascii_case(name))
    }

    /// A data set of the same tables with only the given rows of them, in the given order: pairs of
    /// a table's place in [`Self::tables`] and rows of it. Tables that are not mentioned come out
    /// empty, rows and tables that do not exist are left out. No text is copied.
    pub fn select_rows(&self, selection: &[(usize, Vec<usize>)]) -> DataSet {
        let mut tables: Vec<Table> = self.tables.iter().map(|table| table.select_rows(&[])).collect();
        for (index, rows) in selection {
            if let (Some(selected), Some(table)) = (tables.get_mut(*index), self.tables.get(*index)) {
                *selected = table.select_rows(rows);
            }
        }
        self.of_tables(&self.name, tables)
    }

    /// The same with a GUID where a column of a table is null.
    pub(super) fn with_guids_for_nulls(&self, table: &str, column: &str, guid: Uuid) -> DataSet {
        let mut data_set = self.clone();
        let index = self.table_index(table);
        if let Some(table) = index.and_then(|index| data_set.tables.get_mut(index))
            && let Some(column) = table.column_index(column)
        {
            let nulls: Vec<usize> =
                (0..table.row_count()).filter(|row| table.value(*row, column).is_null()).collect();
            let mut content = TableContent::clone(&table.content);
            if let Some(cells) = content.cells.get_mut(column) {
                let cells = Arc::make_mut(cells);
                // A column of another type keeps its nulls.
                nulls.into_iter().for_each(|row| {
                    cells.set(row, Some(Cell::Guid(guid)));
                });
            }
            *table = Table::new(content, &self.pool);
        }
        data_set
    }

    /// What a builder needs to go on from this data set; its texts stay shared.
    pub(super) fn contents(&self) -> (impl Iterator<Item = &TableContent>, &StringPool) {
        (self.tables.iter().map(|table| &*table.content), &self.pool)
    }

    /// A table whose texts are all in this data set.
    pub(super) fn table_over_texts(&self, content: TableContent) -> Table {
        Table::new(content, &self.pool)
    }

    /// A data set of tables that were made by [`Self::table_over_texts`] of this one.
    pub(super) fn of_tables(&self, name: &str, tables: Vec<Table>) -> DataSet {
        DataSet { name: name.to_owned(), tables, pool: Arc::clone(&self.pool), findings: Arc::default() }
    }

    /// What was wrong when the data set was read from XML, or when its computed columns were: cells that
    /// could not be read or only with good will, rows and columns that were left out. See
    /// [`Metadata::validate`](super::Metadata::validate) for what is wrong with its rows.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }
}

/// A named column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: String,
    column_type: ColumnType,
    expression: Option<String>,
}

impl Column {
    /// A column that holds values.
    pub fn new(name: impl Into<String>, column_type: ColumnType) -> Column {
        Column { name: name.into(), column_type, expression: None }
    }

    /// A column whose values the reader of the data set computes from an expression over the other
    /// columns; no values are sent for it.
    pub fn computed(
        name: impl Into<String>,
        column_type: ColumnType,
        expression: impl Into<String>,
    ) -> Column {
        Column { name: name.into(), column_type, expression: Some(expression.into()) }
    }

    /// The name of the column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of all values of the column.
    pub fn column_type(&self) -> ColumnType {
        self.column_type
    }

    /// The expression of a computed column.
    pub fn expression(&self) -> Option<&str> {
        self.expression.as_deref()
    }
}

/// Rows of typed columns. Rows and columns are counted from 0. Clones share the content.
#[derive(Debug, Clone)]
pub struct Table {
    content: Arc<TableContent>,
    pool: Arc<StringPool>,
}

/// A table without the pool that its texts are in. Tables that have the same column share its cells.
#[derive(Debug, Clone)]
pub(super) struct TableContent {
    name: String,
    columns: Vec<Column>,
    pub(super) cells: Vec<Arc<Cells>>,
    pub(super) row_count: usize,
}

impl TableContent {
    /// A copy to be changed.
    pub(super) fn draft(&self) -> TableDraft {
        TableDraft {
            name: self.name.clone(),
            columns: self.columns.clone(),
            cells: self.cells.iter().map(|cells| Cells::clone(cells)).collect(),
            row_count: self.row_count,
        }
    }
}

/// A table that grows.
#[derive(Debug)]
pub(super) struct TableDraft {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) cells: Vec<Cells>,
    pub(super) row_count: usize,
}

impl TableDraft {
    pub(super) fn new(name: String, columns: Vec<Column>) -> TableDraft {
        let cells = columns.iter().map(|column| Cells::new(column.column_type)).collect();
        TableDraft { name, columns, cells, row_count: 0 }
    }

    /// The table as it is now, without spare memory.
    pub(super) fn finish(mut self) -> TableContent {
        self.cells.iter_mut().for_each(Cells::shrink_to_fit);
        TableContent {
            name: self.name,
            columns: self.columns,
            cells: self.cells.into_iter().map(Arc::new).collect(),
            row_count: self.row_count,
        }
    }

    pub(super) fn column_index(&self, name: &str) -> Option<usize> {
        column_index(&self.columns, name)
    }

    /// Adds a column of nulls.
    pub(super) fn push_column(&mut self, column: Column) -> usize {
        let mut cells = Cells::new(column.column_type);
        (0..self.row_count).for_each(|_| cells.push_null());
        self.cells.push(cells);
        self.columns.push(column);
        self.columns.len() - 1
    }

    /// Adds a row of nulls.
    pub(super) fn push_row(&mut self) -> usize {
        for cells in &mut self.cells {
            cells.push_null();
        }
        self.row_count += 1;
        self.row_count - 1
    }
}

impl Table {
    fn new(content: TableContent, pool: &Arc<StringPool>) -> Table {
        Table { content: Arc::new(content), pool: Arc::clone(pool) }
    }

    /// The name of the table.
    pub fn name(&self) -> &str {
        &self.content.name
    }

    /// The columns, in the order they were defined.
    pub fn columns(&self) -> &[Column] {
        &self.content.columns
    }

    /// The number of rows.
    pub fn row_count(&self) -> usize {
        self.content.row_count
    }

    /// The place of the column of that name; upper and lower case of ASCII letters are the same.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        column_index(&self.content.columns, name)
    }

    /// The value of a cell; null when there is no such row or column.
    pub fn value(&self, row: usize, column: usize) -> Value<'_> {
        self.content.cells.get(column).map_or(Value::Null, |cells| cells.value(row, &self.pool))
    }

    /// The id of the text of a cell of a [`ColumnType::String`] column; `None` when the cell is
    /// null or holds no text. Ids of all tables of a data set are comparable.
    pub fn string_id(&self, row: usize, column: usize) -> Option<StringId> {
        self.content.cells.get(column)?.string_id(row)
    }

    /// The text of a cell of a [`ColumnType::String`] column with a closing NUL byte, for C;
    /// `None` when the cell is null or holds no text.
    pub fn c_str(&self, row: usize, column: usize) -> Option<&CStr> {
        self.string_id(row, column).map(|id| self.pool.c_text(id))
    }

    /// The cells of a column; `None` when there is no such column.
    pub(super) fn cells(&self, column: usize) -> Option<&Arc<Cells>> {
        self.content.cells.get(column)
    }

    /// A table of the given rows in the given order; rows that do not exist are left out. No text
    /// is copied.
    pub fn select_rows(&self, rows: &[usize]) -> Table {
        let rows: Vec<usize> = rows.iter().copied().filter(|row| *row < self.row_count()).collect();
        let cells = self.content.cells.iter().map(|cells| Arc::new(cells.select(&rows))).collect();
        let content = TableContent {
            name: self.content.name.clone(),
            columns: self.content.columns.clone(),
            cells,
            row_count: rows.len(),
        };
        Table::new(content, &self.pool)
    }
}

fn column_index(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
}
