//! Filter expressions over metadata.
//!
//! A subscriber tells with a filter which measurements it wants. [`Filter`] holds its statements: lists
//! of signal IDs, measurement keys and point tags, and `FILTER table WHERE condition ORDER BY columns`.
//! [`Expression`] is a single expression, evaluated to a [`Value`].

mod ast;
mod convert;
mod dates;
mod error;
mod evaluate;
mod functions;
mod lexer;
mod operators;
mod parser;
mod text;
mod value;

pub use error::{FilterError, FilterProblem};
pub use value::{Value, ValueType};

use ast::Tree;
use evaluate::{Binding, Environment};

use crate::metadata::Table;
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
}
