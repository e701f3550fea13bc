//! Expressions to values.

use std::cell::{Cell, RefCell};

use hashbrown::HashMap;

use super::allowance::Allowance;
use super::ast::{Chain, List, Name, Node, Operation, Step};
use super::error::{Fault, FilterProblem, excerpt};
use super::functions::{Arguments, Patterns};
use super::operators::{self, Comparison};
use super::text::Case;
use super::value::{Value, ValueType};
use crate::metadata::{self, ColumnType, StringId, Table};
use crate::time::Ticks;

/// What the evaluation of all statements of a filter shares.
pub(super) struct Environment {
    pub(super) now: Ticks,
    pub(super) patterns: Patterns,
    /// Steps taken from the allowance beforehand, so that most cost a subtraction only.
    granted: Cell<u64>,
    allowance: RefCell<Allowance>,
}

/// Steps that are taken from the allowance at a time; as often it is looked whether anybody waits for the result.
const GRANT: u64 = 4096;

impl Environment {
    pub(super) fn new(now: Ticks) -> Environment {
        Environment::within(Allowance::default(), now)
    }

    pub(super) fn within(allowance: Allowance, now: Ticks) -> Environment {
        Environment {
            now,
            patterns: Patterns::default(),
            granted: Cell::new(0),
            allowance: RefCell::new(allowance),
        }
    }

    /// What is left of the allowance.
    pub(super) fn into_allowance(self) -> Allowance {
        let mut allowance = self.allowance.into_inner();
        allowance.give_back(self.granted.get());
        allowance
    }

    /// Counts steps, so that no filter keeps its caller busy for long.
    pub(super) fn spend(&self, steps: usize) -> Result<(), FilterProblem> {
        match self.granted.get().checked_sub(steps as u64) {
            Some(left) => {
                self.granted.set(left);
                Ok(())
            }
            None => self.spend_more(steps as u64),
        }
    }

    #[cold]
    fn spend_more(&self, steps: u64) -> Result<(), FilterProblem> {
        let mut allowance = self.allowance.borrow_mut();
        allowance.give_back(self.granted.take());
        if !allowance.spend(steps) {
            return Err(FilterProblem::TooMuchWork { limit: allowance.limit(), why: allowance.why() });
        }
        self.granted.set(allowance.take_up_to(GRANT));
        Ok(())
    }
}

/// An expression's columns found in a table.
pub(super) struct Binding<'a> {
    environment: &'a Environment,
    table: Option<&'a Table>,
    /// By their place in the expression's list of columns.
    columns: Vec<BoundColumn>,
    tested: RefCell<TestedTexts>,
}

/// The results of tests of a column's text.
struct TestedTexts {
    /// By the place of the column in the expression's list of columns.
    by_column: Vec<HashMap<StringId, bool>>,
    /// How many more results are remembered, so that many tests do not take much memory.
    room: usize,
}

impl TestedTexts {
    const MOST: usize = 1 << 20;

    fn new(columns: usize) -> TestedTexts {
        TestedTexts { by_column: vec![HashMap::new(); columns], room: TestedTexts::MOST }
    }

    fn result(&self, column: usize, text: StringId) -> Option<bool> {
        self.by_column.get(column)?.get(&text).copied()
    }

    fn remember(&mut self, column: usize, text: StringId, result: bool) {
        if let Some(results) = self.by_column.get_mut(column).filter(|_| self.room > 0) {
            results.insert(text, result);
            self.room -= 1;
        }
    }
}

#[derive(Clone, Copy)]
struct BoundColumn {
    index: usize,
    value_type: ValueType,
}

impl<'a> Binding<'a> {
    pub(super) fn new(
        names: &[Name],
        table: Option<&'a Table>,
        environment: &'a Environment,
    ) -> Result<Binding<'a>, Fault> {
        let columns =
            names.iter().map(|column| find_column(column, table)).collect::<Result<Vec<_>, Fault>>()?;
        let tested = RefCell::new(TestedTexts::new(columns.len()));
        Ok(Binding { environment, table, columns, tested })
    }

    pub(super) fn row(&self, row: usize) -> Row<'_, 'a> {
        Row { binding: self, row }
    }
}

fn find_column(column: &Name, table: Option<&Table>) -> Result<BoundColumn, Fault> {
    let Some(table) = table else {
        return Err(Fault::new(column.at, FilterProblem::NoTable { name: excerpt(&column.name) }));
    };
    column_index(&column.name, column.at, table).map(|index| {
        let column_type =
            table.columns().get(index).map_or(ColumnType::String, |column| column.column_type());
        BoundColumn { index, value_type: ValueType::of_column(column_type) }
    })
}

/// The place of a column in a table.
pub(super) fn column_index(name: &str, at: usize, table: &Table) -> Result<usize, Fault> {
    table.column_index(name).ok_or_else(|| {
        let (name, table) = (excerpt(name), table.name().to_owned());
        Fault::new(at, FilterProblem::UnknownColumn { name, table })
    })
}

/// A row at which expressions are evaluated.
#[derive(Clone, Copy)]
pub(super) struct Row<'b, 'a> {
    binding: &'b Binding<'a>,
    row: usize,
}

impl<'a> Row<'_, 'a> {
    pub(super) fn environment(&self) -> &'a Environment {
        self.binding.environment
    }

    /// The value of an expression; `NULL` alone is a null of type `Boolean`.
    pub(super) fn value(&self, node: &'a Node) -> Result<Value<'a>, Fault> {
        self.value_or_null(node, ValueType::Boolean)
    }

    /// The value of an expression; `NULL` alone is a null of the given type.
    pub(super) fn value_or_null(&self, node: &'a Node, null_type: ValueType) -> Result<Value<'a>, Fault> {
        match node {
            Node::Null => Ok(Value::Null(null_type)),
            Node::Literal(value) => Ok(value.borrowed()),
            Node::Column(column) => Ok(self.cell(*column)),
            Node::Unary { operator, operand, at } => {
                operator.apply(self.value(operand)?).map_err(|problem| Fault::new(*at, problem))
            }
            Node::Call { function, arguments, at } => {
                self.spend(1, *at)?;
                function.call(&Arguments::new(*self, function, arguments, *at))
            }
            Node::Chain(chain) => self.chain(chain),
        }
    }

    fn spend(&self, steps: usize, at: usize) -> Result<(), Fault> {
        self.environment().spend(steps).map_err(|problem| Fault::new(at, problem))
    }

    fn cell(&self, column: usize) -> Value<'a> {
        let bound = self.binding.columns.get(column);
        let cell = bound.zip(self.binding.table).map(|(bound, table)| table.value(self.row, bound.index));
        let null_type = bound.map_or(ValueType::Boolean, |bound| bound.value_type);
        match cell.unwrap_or(metadata::Value::Null) {
            metadata::Value::Null => Value::Null(null_type),
            metadata::Value::Boolean(value) => Value::Boolean(value),
            metadata::Value::Int(value) => match i32::try_from(value) {
                Ok(value) if null_type == ValueType::Int32 => Value::Int32(value),
                _ => Value::Int64(value),
            },
            metadata::Value::UInt64(value) => {
                i64::try_from(value).map_or(Value::Double(value as f64), Value::Int64)
            }
            metadata::Value::Single(value) => Value::Double(value.into()),
            metadata::Value::Double(value) => Value::Double(value),
            metadata::Value::Decimal(value) => Value::Decimal(value),
            metadata::Value::String(value) => Value::String(value.into()),
            metadata::Value::Guid(value) => Value::Guid(value),
            metadata::Value::DateTime(value) => Value::DateTime(value),
        }
    }

    fn chain(&self, chain: &'a Chain) -> Result<Value<'a>, Fault> {
        let mut steps = chain.steps.iter();
        let mut value = match (chain.text_test, chain.steps.first()) {
            (Some(column), Some(test)) => {
                steps.next();
                self.text_test(column, test)?
            }
            _ => self.value(&chain.first)?,
        };
        for step in steps {
            value = self.step(value, step)?;
        }
        Ok(value)
    }

    /// Applies a test that depends on nothing but the text of a column, once per different text.
    fn text_test(&self, column: usize, test: &'a Step) -> Result<Value<'a>, Fault> {
        let id = self.text_id(column);
        let known = id.and_then(|id| self.binding.tested.borrow().result(column, id));
        if let Some(known) = known {
            self.spend(1, test.at)?;
            return Ok(Value::Boolean(known));
        }
        let value = self.step(self.cell(column), test)?;
        if let (Some(id), Value::Boolean(result)) = (id, &value) {
            self.binding.tested.borrow_mut().remember(column, id, *result);
        }
        Ok(value)
    }

    fn text_id(&self, column: usize) -> Option<StringId> {
        self.binding.table?.string_id(self.row, self.binding.columns.get(column)?.index)
    }

    fn step(&self, left: Value<'a>, step: &'a Step) -> Result<Value<'a>, Fault> {
        self.spend(1 + text_steps(&left), step.at)?;
        let located = |problem| Fault::new(step.at, problem);
        match &step.operation {
            Operation::Arithmetic(operator, right) => {
                let right = self.value(right)?;
                self.spend(text_steps(&right), step.at)?;
                operator.apply(left, right).map_err(located)
            }
            Operation::Bitwise(operator, right) => operator.apply(left, self.value(right)?).map_err(located),
            Operation::Compare(operator, case, right) => {
                operator.holds(&left, &self.value(right)?, *case).map(boolean).map_err(located)
            }
            Operation::Logical(operator, right) => {
                operator.apply(&left, &self.value(right)?).map_err(located)
            }
            Operation::Like { pattern, case, negated } => {
                let is_like = operators::like(&left, &self.value(pattern)?, *case).map_err(located)?;
                Ok(boolean(is_like.map(|is_like| is_like != *negated)))
            }
            Operation::In { list, case, negated } => {
                let found = self.is_in(&left, list, *case, step.at)?;
                Ok(match found {
                    Some(found) => Value::Boolean(found != *negated),
                    None => Value::Null(ValueType::Boolean),
                })
            }
            Operation::IsNull { negated } => Ok(Value::Boolean(left.is_null() != *negated)),
        }
    }

    /// Whether the list contains the value; `None` when the value is null.
    fn is_in(&self, value: &Value<'a>, list: &'a List, case: Case, at: usize) -> Result<Option<bool>, Fault> {
        if value.is_null() {
            return Ok(None);
        }
        if let Some(found) = list.lookup(value) {
            return Ok(Some(found));
        }
        for item in &list.items {
            self.spend(1, at)?;
            let equal = Comparison::Equal.holds(value, &self.value(item)?, case);
            if equal.map_err(|problem| Fault::new(at, problem))? == Some(true) {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }
}

/// The steps that working through a value takes: one for 64 bytes of text.
fn text_steps(value: &Value<'_>) -> usize {
    match value {
        Value::String(text) => text.len() / 64,
        _ => 0,
    }
}

fn boolean<'a>(value: Option<bool>) -> Value<'a> {
    value.map_or(Value::Null(ValueType::Boolean), Value::Boolean)
}

impl ValueType {
    /// The type that the values of a column have: `Int32` for integers of up to 32 bits except
    /// unsigned ones of 32, `Int64` for all other integers (an unsigned one that is too great is a
    /// `Double`), `Double` for both sizes of floating point.
    pub fn of_column(column_type: ColumnType) -> ValueType {
        match column_type {
            ColumnType::Boolean => ValueType::Boolean,
            ColumnType::Int8
            | ColumnType::Int16
            | ColumnType::Int32
            | ColumnType::UInt8
            | ColumnType::UInt16 => ValueType::Int32,
            ColumnType::Int64 | ColumnType::UInt32 | ColumnType::UInt64 => ValueType::Int64,
            ColumnType::Single | ColumnType::Double => ValueType::Double,
            ColumnType::Decimal => ValueType::Decimal,
            ColumnType::String => ValueType::String,
            ColumnType::Guid => ValueType::Guid,
            ColumnType::DateTime => ValueType::DateTime,
        }
    }
}
