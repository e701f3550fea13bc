//! Columns whose values an expression gives, computed when a data set is read or built.

use super::Expression;
use super::error::{Fault, FilterProblem};
use super::evaluate::{Binding, Environment};
use super::value::{Value, ValueType};
use crate::metadata::{
    self, ColumnType, DataSet, DataSetBuilder, FindingKind, FindingProblem, Limits, MetadataError, Place,
    Table,
};
use crate::time::Ticks;

/// How often columns may depend on columns that are computed themselves; each time takes a copy of the
/// data set.
const MAX_LEVELS: usize = 16;

/// The most bytes of text that all computed cells together may have.
const MAX_TEXT: usize = 256 << 20;

impl DataSet {
    /// Reads the XML document of a data set: in UTF-16 with either byte order, in the encoding that it
    /// declares, such as ISO 8859-1 or Windows-1252, or in UTF-8.
    ///
    /// A missing element is null, an empty one an empty text or the zero of its type. A reference to a
    /// character that XML does not have is read as U+FFFD. What cannot be read, or only with good will,
    /// is told by [`DataSet::findings`]: cells whose text is not as XML writes a value of the column's
    /// type, columns of types that are not in [`ColumnType`](crate::metadata::ColumnType), rows and fields that
    /// the document's schema does not define. A cell `Enabled` that cannot be read is true.
    /// Columns with an expression are computed.
    ///
    /// # Errors
    ///
    /// [`MetadataError::Xml`] with line and column when the document is not well-formed, has a
    /// document type definition, passes a limit, or has nothing to read: no schema, as a page of HTML,
    /// or one that defines no table of its rows.
    pub fn from_xml(document: &[u8], limits: &Limits) -> Result<DataSet, MetadataError> {
        DataSet::read_xml(document, limits).map(with_computed_columns)
    }
}

impl DataSetBuilder {
    /// The finished data set. Columns with an expression are computed, whatever was set in them; where
    /// an expression gives no value they are null, and [`DataSet::findings`] tells why.
    pub fn finish(self) -> DataSet {
        with_computed_columns(self.into_data_set())
    }
}

/// A column that is still to be computed.
struct Pending {
    table: usize,
    column: usize,
    column_type: ColumnType,
    expression: Expression,
}

/// A column of a data set of which there is no value, and why.
struct Failure {
    table: usize,
    column: usize,
    reason: String,
}

fn with_computed_columns(data_set: DataSet) -> DataSet {
    let (mut pending, mut failures) = computed_columns(&data_set);
    if pending.is_empty() && failures.is_empty() {
        return data_set;
    }
    let work = Work { environment: Environment::new(Ticks::now()), text_left: MAX_TEXT };
    let mut computed = Computation { data_set, work };
    for _ in 0..MAX_LEVELS {
        let (ready, waiting) =
            pending.iter().partition::<Vec<&Pending>, _>(|one| !waits(one, &pending, &computed));
        if ready.is_empty() {
            break;
        }
        let still_waiting: Vec<(usize, usize)> = waiting.iter().map(|one| (one.table, one.column)).collect();
        computed.compute(&ready);
        pending.retain(|one| still_waiting.contains(&(one.table, one.column)));
    }
    failures.extend(pending.into_iter().map(|one| Failure {
        table: one.table,
        column: one.column,
        reason: format!("it depends on itself, or on more than {MAX_LEVELS} others one after the other"),
    }));
    computed.finish(failures)
}

/// The columns with an expression, and those whose expression cannot be parsed.
fn computed_columns(data_set: &DataSet) -> (Vec<Pending>, Vec<Failure>) {
    let (mut pending, mut failures) = (Vec::new(), Vec::new());
    for (table, content) in data_set.tables().enumerate() {
        for (column, definition) in content.columns().iter().enumerate() {
            match definition.expression().map(Expression::parse) {
                None => {}
                Some(Ok(expression)) => {
                    pending.push(Pending {
                        table,
                        column,
                        column_type: definition.column_type(),
                        expression,
                    });
                }
                Some(Err(error)) => failures.push(Failure { table, column, reason: error.to_string() }),
            }
        }
    }
    (pending, failures)
}

/// Whether a column names one that is not computed yet.
fn waits(one: &Pending, pending: &[Pending], computed: &Computation) -> bool {
    let Some(table) = computed.table(one.table) else { return false };
    let named: Vec<usize> =
        one.expression.tree.columns.iter().filter_map(|name| table.column_index(&name.name)).collect();
    pending.iter().any(|other| other.table == one.table && named.contains(&other.column))
}

/// What all expressions together may take.
struct Work {
    environment: Environment,
    text_left: usize,
}

struct Computation {
    data_set: DataSet,
    work: Work,
}

impl Computation {
    fn table(&self, index: usize) -> Option<&Table> {
        self.data_set.tables().nth(index)
    }

    fn compute(&mut self, ready: &[&Pending]) {
        let mut builder = DataSetBuilder::with_findings_of(&self.data_set);
        for one in ready {
            if let Some(table) = self.data_set.tables().nth(one.table) {
                compute_column(one, table, &mut self.work, &mut builder);
            }
        }
        self.data_set = builder.into_data_set();
    }

    fn finish(self, failures: Vec<Failure>) -> DataSet {
        if failures.is_empty() {
            return self.data_set;
        }
        let mut builder = DataSetBuilder::with_findings_of(&self.data_set);
        for Failure { table, column, reason } in failures {
            note(&mut builder, table, None, column, reason);
        }
        builder.into_data_set()
    }
}

fn note(builder: &mut DataSetBuilder, table: usize, row: Option<usize>, column: usize, reason: String) {
    let no_place: Option<fn() -> Place> = None;
    builder.note(table, row, column, FindingKind::NotComputed, no_place, || FindingProblem::NotComputed {
        reason,
    });
}

/// Sets the cells of a column. One that has no value does not keep the others from theirs, unless there
/// was too much work.
fn compute_column(one: &Pending, table: &Table, work: &mut Work, builder: &mut DataSetBuilder) {
    let Pending { table: table_index, column, column_type, expression } = one;
    let text_of = |fault: Fault| fault.locate(&expression.text).to_string();
    let binding = match Binding::new(&expression.tree.columns, Some(table), &work.environment) {
        Ok(binding) => binding,
        Err(fault) => return note(builder, *table_index, None, *column, text_of(fault)),
    };
    for row in 0..table.row_count() {
        let value = binding.row(row).value(&expression.tree.root);
        let is_too_much = |fault: &Fault| matches!(fault.problem(), FilterProblem::TooMuchWork { .. });
        match value {
            Err(fault) if is_too_much(&fault) => {
                return note(builder, *table_index, Some(row), *column, text_of(fault));
            }
            Err(fault) => note(builder, *table_index, Some(row), *column, text_of(fault)),
            Ok(value) => {
                let stored = match value.convert(ValueType::of_column(*column_type)) {
                    Ok(Value::String(text)) if text.len() > work.text_left => {
                        let reason = format!("all computed texts together have more than {MAX_TEXT} bytes");
                        return note(builder, *table_index, Some(row), *column, reason);
                    }
                    Ok(value) => {
                        if let Value::String(text) = &value {
                            work.text_left -= text.len();
                        }
                        let cell = cell_value(&value, *column_type);
                        builder.set(*table_index, row, *column, cell).map_err(|error| error.to_string())
                    }
                    Err(problem) => Err(problem.to_string()),
                };
                if let Err(reason) = stored {
                    note(builder, *table_index, Some(row), *column, reason);
                }
            }
        }
    }
}

/// The value for a column whose values have its type.
fn cell_value<'v>(value: &'v Value<'_>, column_type: ColumnType) -> metadata::Value<'v> {
    match value {
        Value::Null(_) => metadata::Value::Null,
        Value::Boolean(value) => metadata::Value::Boolean(*value),
        Value::Int32(value) => metadata::Value::Int((*value).into()),
        Value::Int64(value) => metadata::Value::Int(*value),
        Value::Decimal(value) => metadata::Value::Decimal(*value),
        Value::Double(value) if column_type == ColumnType::Single => metadata::Value::Single(*value as f32),
        Value::Double(value) => metadata::Value::Double(*value),
        Value::String(value) => metadata::Value::String(value),
        Value::Guid(value) => metadata::Value::Guid(*value),
        Value::DateTime(value) => metadata::Value::DateTime(*value),
    }
}
