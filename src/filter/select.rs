//! Statements to rows of a data set.

use std::cmp::Ordering;
use std::hash::Hash;

use hashbrown::{Equivalent, HashMap, HashSet};
use uuid::Uuid;

use super::ast::{OrderTerm, Select, Statement, StatementKind};
use super::convert::parse_guid;
use super::error::{Fault, FilterProblem, excerpt};
use super::evaluate::{Binding, Environment, column_index};
use super::text::{self, Case, folded};
use super::value::Value;
use crate::metadata::{self, DataSet, RowLookup, Table};

/// The table that identifiers and conditions without a table refer to, and its columns that identify
/// a measurement.
#[derive(Clone, Copy)]
pub struct PrimaryTable<'p> {
    /// Name of the table.
    pub name: &'p str,
    /// Name of the column of signal IDs.
    pub signal_id: &'p str,
    /// Name of the column of measurement keys.
    pub measurement_key: &'p str,
    /// Name of the column of point tags.
    pub point_tag: &'p str,
    /// Finds rows by these columns faster than by looking at all of them.
    pub lookup: Option<&'p dyn RowLookup>,
}

/// `ActiveMeasurements` with its columns `SignalID`, `ID` and `PointTag`.
impl Default for PrimaryTable<'_> {
    fn default() -> Self {
        PrimaryTable {
            name: "ActiveMeasurements",
            signal_id: "SignalID",
            measurement_key: "ID",
            point_tag: "PointTag",
            lookup: None,
        }
    }
}

/// A row that a filter selected.
#[derive(Debug, Clone, Copy)]
pub struct Selected<'d> {
    /// The table.
    pub table: &'d Table,
    /// The place of the table in the data set, as [`DataSet::table_index`] tells it.
    pub table_index: usize,
    /// The row of the table, counted from 0.
    pub row: usize,
}

pub(super) fn select<'d>(
    statements: &[Statement],
    data: &'d DataSet,
    primary: &PrimaryTable<'_>,
    environment: &Environment,
) -> Result<Vec<Selected<'d>>, Fault> {
    let needs_primary = |statement: &&Statement| match &statement.kind {
        StatementKind::Select(select) => select.table.is_none(),
        _ => true,
    };
    let first_in_primary = statements.iter().find(needs_primary);
    let primary_table =
        first_in_primary.map(|statement| find_table(primary.name, statement.at, data)).transpose()?;
    let scanned = match (primary.lookup, primary_table) {
        (None, Some((_, table))) => ScannedRows::new(statements, table, primary, environment)?,
        _ => ScannedRows::default(),
    };
    let lookup = primary.lookup.unwrap_or(&scanned);
    let mut selection = Selection::new(statements.len());
    for statement in statements {
        let (table, rows) = match &statement.kind {
            StatementKind::SignalId(signal_id) => (primary_table, existing(lookup.by_signal_id(*signal_id))),
            StatementKind::MeasurementKey(key) => (primary_table, existing(lookup.by_key(key))),
            StatementKind::PointTag(tag) => (primary_table, existing(lookup.by_point_tag(tag))),
            StatementKind::Select(select) => {
                let table = match &select.table {
                    Some(name) => Some(find_table(&name.name, name.at, data)?),
                    None => primary_table,
                };
                let rows = table.map(|(_, table)| matching_rows(select, table, environment)).transpose()?;
                (table, rows.unwrap_or_default())
            }
        };
        if let Some((index, table)) = table {
            selection.add(index, table, rows);
        }
    }
    Ok(selection.rows)
}

/// The row of an identifier, if there is one.
fn existing(row: Option<usize>) -> Vec<usize> {
    row.into_iter().collect()
}

/// A table and its place in the data set.
fn find_table<'d>(name: &str, at: usize, data: &'d DataSet) -> Result<(usize, &'d Table), Fault> {
    let found = data.table_index(name).and_then(|index| Some((index, data.tables().nth(index)?)));
    found.ok_or_else(|| {
        let (name, data_set) = (excerpt(name), data.name().to_owned());
        Fault::new(at, FilterProblem::UnknownTable { name, data_set })
    })
}

/// The selected rows, each mentioned once.
struct Selection<'d> {
    rows: Vec<Selected<'d>>,
    /// Places of tables, and rows; not needed for a single statement.
    known: Option<HashSet<(usize, usize)>>,
}

impl<'d> Selection<'d> {
    fn new(statement_count: usize) -> Selection<'d> {
        Selection { rows: Vec::new(), known: (statement_count > 1).then(HashSet::new) }
    }

    fn add(&mut self, table_index: usize, table: &'d Table, rows: Vec<usize>) {
        for row in rows.into_iter().filter(|row| *row < table.row_count()) {
            if self.known.as_mut().is_none_or(|known| known.insert((table_index, row))) {
                self.rows.push(Selected { table, table_index, row });
            }
        }
    }
}

/// The rows for which the condition is true, as many as wanted, in the wanted order.
fn matching_rows(select: &Select, table: &Table, environment: &Environment) -> Result<Vec<usize>, Fault> {
    let binding = Binding::new(&select.condition.columns, Some(table), environment)
        .map_err(|fault| if select.table.is_none() { fault.without_table() } else { fault })?;
    let order = Order::new(&select.order, table)?;
    let limit = select.limit.unwrap_or(usize::MAX);
    environment.spend(table.row_count()).map_err(|problem| Fault::new(select.condition.at, problem))?;
    let mut rows = Vec::new();
    for row in 0..table.row_count() {
        if rows.len() >= limit {
            break;
        }
        if binding.row(row).value(&select.condition.root)? == Value::Boolean(true) {
            rows.push(row);
        }
    }
    order.sort(&mut rows, environment)?;
    Ok(rows)
}

/// The terms of `ORDER BY`, found in a table.
struct Order<'a> {
    table: &'a Table,
    terms: Vec<(usize, &'a OrderTerm)>,
}

impl<'a> Order<'a> {
    fn new(terms: &'a [OrderTerm], table: &'a Table) -> Result<Order<'a>, Fault> {
        let terms =
            terms.iter().map(|term| Ok((column_index(&term.column.name, term.column.at, table)?, term)));
        Ok(Order { table, terms: terms.collect::<Result<_, Fault>>()? })
    }

    fn sort(&self, rows: &mut [usize], environment: &Environment) -> Result<(), Fault> {
        let Some((&(column, first), others)) = self.terms.split_first() else {
            return Ok(());
        };
        let comparisons = rows.len().saturating_mul(rows.len().checked_ilog2().unwrap_or(0) as usize + 1);
        environment
            .spend(comparisons.saturating_mul(self.terms.len()))
            .map_err(|problem| Fault::new(first.column.at, problem))?;
        let mut keyed: Vec<_> = rows.iter().map(|row| (self.table.value(*row, column), *row)).collect();
        keyed.sort_by(|(left_key, left), (right_key, right)| {
            first.compare(*left_key, *right_key).then_with(|| self.compare(*left, *right, others))
        });
        for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
            *row = sorted;
        }
        Ok(())
    }

    fn compare(&self, left: usize, right: usize, terms: &[(usize, &OrderTerm)]) -> Ordering {
        terms
            .iter()
            .map(|(column, term)| {
                term.compare(self.table.value(left, *column), self.table.value(right, *column))
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl OrderTerm {
    fn compare(&self, left: metadata::Value<'_>, right: metadata::Value<'_>) -> Ordering {
        let order = compare_cells(left, right, self.case);
        if self.descending { order.reverse() } else { order }
    }
}

/// The order of two cells of a column. Nulls come first.
fn compare_cells(left: metadata::Value<'_>, right: metadata::Value<'_>, case: Case) -> Ordering {
    use metadata::Value;
    match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(&right),
        (Value::Int(left), Value::Int(right)) => left.cmp(&right),
        (Value::UInt64(left), Value::UInt64(right)) => left.cmp(&right),
        (Value::Single(left), Value::Single(right)) => left.total_cmp(&right),
        (Value::Double(left), Value::Double(right)) => left.total_cmp(&right),
        (Value::Decimal(left), Value::Decimal(right)) => left.cmp(&right),
        (Value::String(left), Value::String(right)) => text::compare(left, right, case),
        (Value::Guid(left), Value::Guid(right)) => left.cmp(&right),
        (Value::DateTime(left), Value::DateTime(right)) => left.value().cmp(&right.value()),
        (left, right) => right.is_null().cmp(&left.is_null()),
    }
}

/// The rows of the identifiers that a filter asks for, found by looking once at all rows.
#[derive(Default)]
struct ScannedRows {
    signal_ids: Wanted<Uuid>,
    /// By upper-case text.
    keys: Wanted<String>,
    /// By upper-case text.
    point_tags: Wanted<String>,
}

impl ScannedRows {
    fn new(
        statements: &[Statement],
        table: &Table,
        primary: &PrimaryTable<'_>,
        environment: &Environment,
    ) -> Result<ScannedRows, Fault> {
        let mut wanted = ScannedRows::default();
        for Statement { kind, at, .. } in statements {
            match kind {
                StatementKind::SignalId(signal_id) => wanted.signal_ids.add(*signal_id, *at),
                StatementKind::MeasurementKey(key) => wanted.keys.add(folded(key).into_owned(), *at),
                StatementKind::PointTag(tag) => wanted.point_tags.add(folded(tag).into_owned(), *at),
                StatementKind::Select(_) => {}
            }
        }
        let note_text = |rows: &mut HashMap<String, Option<usize>>, cell: metadata::Value<'_>, row| {
            note(cell.as_str().and_then(|text| rows.get_mut(&*folded(text))), row);
        };
        wanted.signal_ids.scan(table, primary.signal_id, environment, note_signal_id)?;
        wanted.keys.scan(table, primary.measurement_key, environment, note_text)?;
        wanted.point_tags.scan(table, primary.point_tag, environment, note_text)?;
        Ok(wanted)
    }
}

fn note_signal_id(rows: &mut HashMap<Uuid, Option<usize>>, cell: metadata::Value<'_>, row: usize) {
    let signal_id = match cell {
        metadata::Value::Guid(signal_id) => Some(signal_id),
        metadata::Value::String(text) => parse_guid(text),
        _ => None,
    };
    note(signal_id.and_then(|signal_id| rows.get_mut(&signal_id)), row);
}

/// Notes the first row that has what is wanted.
fn note(place: Option<&mut Option<usize>>, row: usize) {
    if let Some(place) = place {
        place.get_or_insert(row);
    }
}

/// The wanted values of a column and their rows.
struct Wanted<K> {
    rows: HashMap<K, Option<usize>>,
    /// Where the filter first asks for such a value.
    first_at: Option<usize>,
}

impl<K> Default for Wanted<K> {
    fn default() -> Self {
        Wanted { rows: HashMap::new(), first_at: None }
    }
}

impl<K: Hash + Eq> Wanted<K> {
    fn add(&mut self, value: K, at: usize) {
        self.rows.insert(value, None);
        self.first_at.get_or_insert(at);
    }

    /// Looks at all cells of the column, unless nothing is wanted of it.
    fn scan(
        &mut self,
        table: &Table,
        column: &str,
        environment: &Environment,
        note: impl Fn(&mut HashMap<K, Option<usize>>, metadata::Value<'_>, usize),
    ) -> Result<(), Fault> {
        let Some(at) = self.first_at else {
            return Ok(());
        };
        let column = column_index(column, at, table)?;
        environment.spend(table.row_count()).map_err(|problem| Fault::new(at, problem))?;
        for row in 0..table.row_count() {
            note(&mut self.rows, table.value(row, column), row);
        }
        Ok(())
    }

    fn row<Q: Hash + Equivalent<K> + ?Sized>(&self, value: &Q) -> Option<usize> {
        self.rows.get(value).copied().flatten()
    }
}

impl RowLookup for ScannedRows {
    fn by_signal_id(&self, signal_id: Uuid) -> Option<usize> {
        self.signal_ids.row(&signal_id)
    }

    fn by_key(&self, key: &str) -> Option<usize> {
        self.keys.row(&*folded(key))
    }

    fn by_point_tag(&self, point_tag: &str) -> Option<usize> {
        self.point_tags.row(&*folded(point_tag))
    }
}
