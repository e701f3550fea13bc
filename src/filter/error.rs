//! What can be wrong with a filter, and where.

use thiserror::Error;

use super::value::ValueType;

/// Why a filter was refused or could not be evaluated, and the place in its text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("filter, line {line}, column {column}: {problem}")]
pub struct FilterError {
    line: u32,
    column: u32,
    problem: Box<FilterProblem>,
}

impl FilterError {
    /// Line of the filter's text, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Column of that line in characters, counted from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// What is wrong there.
    pub fn problem(&self) -> &FilterProblem {
        &self.problem
    }
}

/// What is wrong at a place of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FilterProblem {
    /// The text does not follow the grammar.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// The beginning of what stands there.
        found: String,
        /// What the grammar allows there.
        expected: &'static str,
    },
    /// A literal is well formed but means no value.
    #[error("{text} is not {expected}")]
    Literal {
        /// The beginning of the literal.
        text: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The text is longer than filters may be.
    #[error("the filter has {length} bytes, allowed are {limit}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The most that is allowed.
        limit: usize,
    },
    /// Too many statements have a condition.
    #[error("more than {limit} statements with a condition")]
    TooManyConditions {
        /// The most that are allowed.
        limit: usize,
    },
    /// Parentheses, functions and unary operators are nested too deeply.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The most levels that are allowed.
        limit: usize,
    },
    /// There is no function of that name.
    #[error("there is no function {name}")]
    UnknownFunction {
        /// The name.
        name: String,
    },
    /// A function got too few or too many arguments.
    #[error("{function} takes {expected}, found {found}")]
    ArgumentCount {
        /// The function.
        function: &'static str,
        /// How many it takes.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// A function got an argument that it cannot use.
    #[error("argument {argument} of {function} is {found}, expected {expected}")]
    Argument {
        /// The function.
        function: &'static str,
        /// The number of the argument, counted from 1.
        argument: usize,
        /// The type of the argument, or `null`.
        found: &'static str,
        /// What the function takes.
        expected: &'static str,
    },
    /// The data set has no table of that name.
    #[error("there is no table {name} in the data set {data_set}")]
    UnknownTable {
        /// The name.
        name: String,
        /// The data set.
        data_set: String,
    },
    /// The table has no column of that name.
    #[error("there is no column {name} in the table {table}")]
    UnknownColumn {
        /// The name.
        name: String,
        /// The table.
        table: String,
    },
    /// A condition without a table names something that is no column of the primary one: a point tag or
    /// another identifier that needs quotes, perhaps.
    #[error(
        "there is no column {name} in the table {table}; if a point tag is meant, write it in double quotes"
    )]
    UnknownName {
        /// The name.
        name: String,
        /// The table.
        table: String,
    },
    /// A column is named where no row is at hand.
    #[error("the column {name} has no value here: the expression is evaluated without a table")]
    NoTable {
        /// The column.
        name: String,
    },
    /// An operator cannot be applied to values of these types.
    #[error("{operator} cannot be applied to {left} and {right}")]
    Operands {
        /// The operator.
        operator: &'static str,
        /// Type of what stands left of it.
        left: ValueType,
        /// Type of what stands right of it.
        right: ValueType,
    },
    /// A unary operator cannot be applied to a value of this type.
    #[error("{operator} cannot be applied to {operand}")]
    Operand {
        /// The operator.
        operator: &'static str,
        /// Type of what stands right of it.
        operand: ValueType,
    },
    /// The right side of an operator that needs a value is null.
    #[error("the right side of {operator} is null")]
    NullOperand {
        /// The operator.
        operator: &'static str,
    },
    /// A value has no counterpart in another type.
    #[error("{value} ({from}) cannot be converted to {to}")]
    Conversion {
        /// The beginning of the value's text.
        value: String,
        /// Its type.
        from: ValueType,
        /// The wanted type.
        to: ValueType,
    },
    /// `Convert` was asked for a type that does not exist.
    #[error(
        "{name:?} is not a type: expected Boolean, Int32, Int64, Decimal, Double, String, Guid or DateTime"
    )]
    UnknownType {
        /// The beginning of the name.
        name: String,
    },
    /// A date function was given an interval that does not exist.
    #[error(
        "{name:?} is not an interval: expected Year, Month, DayOfYear, Day, Week, WeekDay, Hour, Minute, \
         Second or Millisecond"
    )]
    UnknownInterval {
        /// The beginning of the name.
        name: String,
    },
    /// A division by zero that has no value.
    #[error("{operator} by zero")]
    DivisionByZero {
        /// `/` or `%`, or the function that divides.
        operator: &'static str,
    },
    /// A result is outside what its type can hold.
    #[error("the result of {operation} is out of the range of {result}")]
    OutOfRange {
        /// The operator or function.
        operation: &'static str,
        /// The type of the result.
        result: ValueType,
    },
    /// A pattern of `LIKE` has a wildcard between other characters.
    #[error("{pattern:?} is not a pattern of LIKE: % and * may only stand first and last")]
    Pattern {
        /// The beginning of the pattern.
        pattern: String,
    },
    /// A regular expression is malformed or needs too much memory.
    #[error("{pattern:?} is not a regular expression: {reason}")]
    RegularExpression {
        /// The beginning of the expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A text grew too long while it was computed.
    #[error("the result of {operation} has {length} bytes, allowed are {limit}")]
    TextTooLong {
        /// The operator or function.
        operation: &'static str,
        /// The length in bytes.
        length: usize,
        /// The most that is allowed.
        limit: usize,
    },
    /// The evaluation took too many steps.
    #[error("the evaluation takes more than {limit} steps{}", .why.map(|why| format!(": {why}")).unwrap_or_default())]
    TooMuchWork {
        /// The most steps that are allowed.
        limit: u64,
        /// Why they are no more, if the [`Allowance`](super::Allowance) says so.
        why: Option<&'static str>,
    },
}

/// A problem at a byte of the filter's text, before line and column are known.
#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    problem: Box<FilterProblem>,
}

impl Fault {
    pub(super) fn new(at: usize, problem: FilterProblem) -> Fault {
        Fault { at, problem: Box::new(problem) }
    }

    /// The same, of a condition without a table.
    pub(super) fn without_table(self) -> Fault {
        match *self.problem {
            FilterProblem::UnknownColumn { name, table } => {
                Fault::new(self.at, FilterProblem::UnknownName { name, table })
            }
            problem => Fault::new(self.at, problem),
        }
    }

    pub(super) fn problem(&self) -> &FilterProblem {
        &self.problem
    }

    /// Counts line and column in the text that the filter was parsed from.
    pub(super) fn locate(self, text: &str) -> FilterError {
        let before = text.get(..self.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        FilterError {
            line: count(before.matches('\n').count() + 1),
            column: count(before[line_start..].chars().count() + 1),
            problem: self.problem,
        }
    }
}

/// The beginning of a text, short enough for a message.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
