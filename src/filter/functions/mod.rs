//! The functions of filter expressions.

mod dates;
mod general;
mod math;
mod regular;
mod search;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::ast::Node;
use super::error::{Fault, FilterProblem};
use super::evaluate::{Environment, Row};
use super::text::{self as texts, Case};
use super::value::{Value, ValueType};
use crate::time::Ticks;

pub(super) use regular::Patterns;

type Evaluated<'a> = Result<Value<'a>, Fault>;

/// One of the functions.
#[derive(Clone, Copy)]
pub(super) struct Function(&'static Definition);

/// The name of a function, how many arguments it takes and what it does.
struct Definition {
    name: &'static str,
    least: usize,
    /// `None` is any number.
    most: Option<usize>,
    call: for<'b, 'a> fn(&Arguments<'b, 'a>) -> Evaluated<'a>,
}

impl Definition {
    const fn new(
        name: &'static str,
        least: usize,
        most: usize,
        call: for<'b, 'a> fn(&Arguments<'b, 'a>) -> Evaluated<'a>,
    ) -> Definition {
        Definition { name, least, most: Some(most), call }
    }

    const fn at_least(
        name: &'static str,
        least: usize,
        call: for<'b, 'a> fn(&Arguments<'b, 'a>) -> Evaluated<'a>,
    ) -> Definition {
        Definition { name, least, most: None, call }
    }
}

impl Function {
    /// The function of that name, in upper or lower case.
    pub(super) fn named(name: &str) -> Option<Function> {
        [
            general::FUNCTIONS,
            math::FUNCTIONS,
            dates::FUNCTIONS,
            search::FUNCTIONS,
            text::FUNCTIONS,
            regular::FUNCTIONS,
        ]
        .into_iter()
        .flatten()
        .find(|definition| definition.name.eq_ignore_ascii_case(name))
        .map(Function)
    }

    pub(super) fn check_argument_count(self, count: usize) -> Result<(), FilterProblem> {
        let Definition { name, least, most, .. } = *self.0;
        if count >= least && most.is_none_or(|most| count <= most) {
            return Ok(());
        }
        let expected = match most {
            Some(0) => "no arguments".to_owned(),
            Some(1) if least == 1 => "1 argument".to_owned(),
            Some(most) if most == least => format!("{least} arguments"),
            Some(most) => format!("{least} to {most} arguments"),
            None => format!("{least} or more arguments"),
        };
        Err(FilterProblem::ArgumentCount { function: name, expected, found: count })
    }

    pub(super) fn call<'a>(self, arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
        (self.0.call)(arguments)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// The arguments of a call, evaluated when they are asked for.
pub(super) struct Arguments<'b, 'a> {
    row: Row<'b, 'a>,
    function: &'static str,
    nodes: &'a [Node],
    at: usize,
}

impl<'b, 'a> Arguments<'b, 'a> {
    pub(super) fn new(row: Row<'b, 'a>, function: &Function, nodes: &'a [Node], at: usize) -> Self {
        Arguments { row, function: function.0.name, nodes, at }
    }

    fn environment(&self) -> &'a Environment {
        self.row.environment()
    }

    fn count(&self) -> usize {
        self.nodes.len()
    }

    fn fault(&self, problem: FilterProblem) -> Fault {
        Fault::new(self.at, problem)
    }

    /// The error that an argument is not what the function takes.
    fn refused(&self, argument: usize, value: &Value<'_>, expected: &'static str) -> Fault {
        let found = if value.is_null() { "null" } else { value.value_type().name() };
        self.fault(FilterProblem::Argument {
            function: self.function,
            argument: argument + 1,
            found,
            expected,
        })
    }

    fn out_of_range(&self, result: ValueType) -> Fault {
        self.fault(FilterProblem::OutOfRange { operation: self.function, result })
    }

    /// Any value; `NULL` alone is a null of the given type.
    fn value(&self, argument: usize, null_type: ValueType) -> Evaluated<'a> {
        match self.nodes.get(argument) {
            Some(node) => self.row.value_or_null(node, null_type),
            None => Ok(Value::Null(null_type)),
        }
    }

    /// A number or a null of a numeric type.
    fn number(&self, argument: usize) -> Evaluated<'a> {
        let value = self.value(argument, ValueType::Double)?;
        if value.value_type().is_numeric() {
            Ok(value)
        } else {
            Err(self.refused(argument, &value, "a number"))
        }
    }

    /// An integer that is not null.
    fn integer(&self, argument: usize) -> Result<i64, Fault> {
        const EXPECTED: &str = "an integer";
        match self.value(argument, ValueType::Int32)? {
            Value::Boolean(value) => Ok(value.into()),
            Value::Int32(value) => Ok(value.into()),
            Value::Int64(value) => Ok(value),
            other => Err(self.refused(argument, &other, EXPECTED)),
        }
    }

    /// A text; `None` when it is null.
    fn text(&self, argument: usize) -> Result<Option<Cow<'a, str>>, Fault> {
        match self.value(argument, ValueType::String)? {
            Value::String(text) => {
                self.spend_on(&text)?;
                Ok(Some(text))
            }
            Value::Null(ValueType::String) => Ok(None),
            other => Err(self.refused(argument, &other, "a text")),
        }
    }

    /// Counts the work on a text, a step for 16 bytes.
    fn spend_on(&self, text: &str) -> Result<(), Fault> {
        self.spend(text.len() / 16)
    }

    fn spend(&self, steps: usize) -> Result<(), Fault> {
        self.environment().spend(steps).map_err(|problem| self.fault(problem))
    }

    /// Where a part occurs in a text, without overlaps, in bytes.
    fn occurrences(&self, text: &str, part: &str, case: Case) -> Result<Vec<Range<usize>>, Fault> {
        let found = texts::occurrences(text, part, case);
        self.spend(found.len() * 4)?;
        Ok(found)
    }

    /// A text that is not null.
    fn required_text(&self, argument: usize) -> Result<Cow<'a, str>, Fault> {
        self.text(argument)?.ok_or_else(|| self.refused(argument, &Value::Null(ValueType::String), "a text"))
    }

    /// A time or the text of one; `None` when it is null.
    fn time(&self, argument: usize) -> Result<Option<Ticks>, Fault> {
        let value = self.value(argument, ValueType::DateTime)?;
        if !matches!(value.value_type(), ValueType::DateTime | ValueType::String) {
            return Err(self.refused(argument, &value, "a date"));
        }
        match value.convert(ValueType::DateTime).map_err(|problem| self.fault(problem))? {
            Value::DateTime(time) => Ok(Some(time)),
            _ => Ok(None),
        }
    }

    /// The optional last argument of text functions: true ignores case.
    fn case(&self, argument: usize) -> Result<Case, Fault> {
        let value = self.value(argument, ValueType::Boolean)?;
        let ignored = value.convert(ValueType::Boolean).map_err(|problem| self.fault(problem))?;
        Ok(Case::ignored_if(ignored == Value::Boolean(true)))
    }
}

/// A value or a null of that type.
fn or_null<'a, T>(value: Option<T>, null_type: ValueType, wrap: impl FnOnce(T) -> Value<'a>) -> Value<'a> {
    value.map_or(Value::Null(null_type), wrap)
}
