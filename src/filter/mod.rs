//! Filter expressions over metadata.
//!
//! A subscriber tells with a filter which measurements it wants. [`Filter`] holds its statements: lists
//! of signal IDs, measurement keys and point tags, and `FILTER table WHERE condition ORDER BY columns`.
//! [`Expression`] is a single expression, evaluated to a [`Value`].

mod access;
mod allowance;
mod ast;
mod computed;
mod convert;
mod dates;
mod error;
mod evaluate;
mod functions;
mod lexer;
mod operators;
mod parser;
mod select;
mod signals;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use access::AccessFilter;
pub use allowance::{Allowance, MAX_STEPS};
pub use ast::Adjustment;
pub use error::{FilterError, FilterProblem};
pub use select::{PrimaryTable, Selected};
pub use value::{Value, ValueType};

use std::borrow::Cow;

use ast::{Statement, StatementKind, Tree};
use evaluate::{Binding, Environment};

use crate::metadata::{DataSet, Table};
use crate::time::Ticks;

/// An expression such as `Device LIKE 'SHELBY%' AND FramesPerSecond >= 30`, parsed.
#[derive(Debug)]
pub struct Expression {
    text: String,
    tree: Tree,
}

impl Expression {
    /// Parses a single expression.
    pub fn parse(text: &str) -> Result<Expression, FilterError> {
        match parser::parse_expression(text) {
            Ok(tree) => Ok(Expression { text: text.to_owned(), tree }),
            Err(fault) => Err(fault.locate(text)),
        }
    }

    /// The value of the expression at a row of a table, or of an expression that names no columns.
    /// `now` is the time that the functions `Now` and `UtcNow` give.
    ///
    /// Fails when there is no such column, or when an operator or function cannot be applied.
    pub fn evaluate(&self, row: Option<(&Table, usize)>, now: Ticks) -> Result<Value<'static>, FilterError> {
        let environment = Environment::new(now);
        let (table, row) = row.unzip();
        Binding::new(&self.tree.columns, table, &environment)
            .and_then(|binding| {
                let row = binding.row(row.unwrap_or_default());
                row.value(&self.tree.root).map(Value::into_owned)
            })
            .map_err(|fault| fault.locate(&self.text))
    }

    /// The values of the expression at many rows of a table, which its columns are looked up in just once.
    /// `visit` is handed each row that exists and its value. All rows together may take no more work than
    /// one evaluation.
    ///
    /// Fails when there is no such column.
    pub fn evaluate_each(
        &self,
        table: &Table,
        rows: impl IntoIterator<Item = usize>,
        now: Ticks,
        mut visit: impl FnMut(usize, Result<Value<'_>, FilterError>),
    ) -> Result<(), FilterError> {
        let environment = Environment::new(now);
        let binding = Binding::new(&self.tree.columns, Some(table), &environment)
            .map_err(|fault| fault.locate(&self.text))?;
        for row in rows.into_iter().filter(|row| *row < table.row_count()) {
            let value = binding.row(row).value(&self.tree.root);
            visit(row, value.map_err(|fault| fault.locate(&self.text)));
        }
        Ok(())
    }
}

/// One or more statements, separated by semicolons, that select rows of a data set, parsed.
///
/// Statements are
///
/// - `FILTER [TOP n] table WHERE condition [ORDER BY column [ASC | DESC], …]`,
/// - a condition alone, for the primary table,
/// - a GUID, bare, in braces or in quotes: the signal of that ID in the primary table,
/// - a measurement key, `SOURCE:number`, or a point tag in double quotes, likewise; a point tag may do
///   without quotes when it has a colon and else only letters, digits and `-!_.@#$`: `SHELBY:FREQ`.
///
/// Behind an identifier may stand an adder and a multiplier, `PPA:1, 0.5, 2`, as in lists of output
/// measurements; they select nothing, see [`Filter::adjustments`].
///
/// ```
/// # use sttp::filter::{Filter, PrimaryTable};
/// # use sttp::metadata::{Column, ColumnType, DataSetBuilder};
/// # let mut builder = DataSetBuilder::new("Example");
/// # let columns = vec![Column::new("PointTag", ColumnType::String), Column::new("SignalType", ColumnType::String)];
/// # let table = builder.add_table("ActiveMeasurements", columns)?;
/// # builder.append_row(table)?.set("PointTag", "SHELBY:FREQ")?.set("SignalType", "FREQ")?;
/// # let data = builder.finish();
/// let filter = Filter::parse("FILTER ActiveMeasurements WHERE SignalType = 'freq' ORDER BY PointTag")?;
/// let selected = filter.select(&data, &PrimaryTable::default(), sttp::Ticks::now())?;
/// assert_eq!(selected[0].row, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Filter {
    text: String,
    statements: Vec<Statement>,
}

impl Filter {
    /// Parses the statements of a filter.
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        match parser::parse_statements(text) {
            Ok(statements) => Ok(Filter { text: text.to_owned(), statements }),
            Err(fault) => Err(fault.locate(text)),
        }
    }

    /// The tables that the statements name; `None` for statements about the primary table.
    pub fn tables(&self) -> impl Iterator<Item = Option<&str>> {
        self.statements.iter().map(|statement| match &statement.kind {
            StatementKind::Select(select) => select.table.as_ref().map(|table| table.name.as_str()),
            StatementKind::SignalId(_) | StatementKind::MeasurementKey(_) | StatementKind::PointTag(_) => {
                None
            }
        })
    }

    /// The adder and multiplier of each statement that has them. They are for whoever receives the
    /// measurements; what publishes them sends values as they are.
    pub fn adjustments(&self) -> impl Iterator<Item = Option<Adjustment>> {
        self.statements.iter().map(|statement| statement.adjustment.as_deref().copied())
    }

    /// The filter as every publisher reads it: as it was written, but for point tags without quotes, which
    /// get them, and what stands behind identifiers, which is left out.
    pub fn portable(&self) -> Cow<'_, str> {
        let source = |statement: &Statement| self.text.get(statement.at..statement.end).unwrap_or_default();
        let is_bare = |statement: &Statement| {
            matches!(statement.kind, StatementKind::PointTag(_)) && !source(statement).starts_with('"')
        };
        let needs_change = |statement: &Statement| statement.adjustment.is_some() || is_bare(statement);
        if !self.statements.iter().any(needs_change) {
            return Cow::Borrowed(&self.text);
        }
        let statements = self.statements.iter().map(|statement| match &statement.kind {
            StatementKind::PointTag(tag) if is_bare(statement) => format!("\"{tag}\""),
            _ => source(statement).trim_end().to_owned(),
        });
        Cow::Owned(statements.collect::<Vec<_>>().join("; "))
    }

    /// The rows that the statements select, statement by statement; a row that several statements
    /// select is mentioned once. `now` is the time that the functions `Now` and `UtcNow` give.
    ///
    /// A row is selected when the condition is true for it; null and values that are not Boolean do
    /// not select it. `TOP n` takes the first `n` rows that match in the order of the table, and
    /// `ORDER BY` then sorts these: nulls first, texts without regard to case unless `BINARY` stands
    /// before the column. Identifiers of which there is no signal select nothing.
    ///
    /// Fails when a table or column does not exist, and when an operator or function cannot be applied
    /// in any row.
    pub fn select<'d>(
        &self,
        data: &'d DataSet,
        primary: &PrimaryTable<'_>,
        now: Ticks,
    ) -> Result<Vec<Selected<'d>>, FilterError> {
        self.select_within(data, primary, now, &mut Allowance::default())
    }

    /// The same, taking no more steps than that.
    pub fn select_within<'d>(
        &self,
        data: &'d DataSet,
        primary: &PrimaryTable<'_>,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Vec<Selected<'d>>, FilterError> {
        let environment = Environment::within(allowance.clone(), now);
        let selected = select::select(&self.statements, data, primary, &environment);
        *allowance = environment.into_allowance();
        selected.map_err(|fault| fault.locate(&self.text))
    }

    /// The rows that each of the statements selects by itself, as [`Self::select_within`] does, so that
    /// one that fails does not keep the others from selecting.
    pub fn select_each<'d>(
        &self,
        data: &'d DataSet,
        primary: &PrimaryTable<'_>,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Vec<Result<Vec<Selected<'d>>, FilterError>> {
        let environment = Environment::within(allowance.clone(), now);
        let selected = self
            .statements
            .iter()
            .map(|statement| select::select(std::slice::from_ref(statement), data, primary, &environment))
            .map(|selected| selected.map_err(|fault| fault.locate(&self.text)))
            .collect();
        *allowance = environment.into_allowance();
        selected
    }
}
