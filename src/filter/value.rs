//! The values of filter expressions.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::time::Ticks;

/// The type of a value. All columns are mapped to these; see [`ValueType::of_column`].
///
/// The order of the numeric types, `Boolean` to `Double`, is the one in which they widen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// True or false; counts as 1 and 0 beside numbers.
    Boolean,
    /// Signed integer of 32 bits.
    Int32,
    /// Signed integer of 64 bits.
    Int64,
    /// Decimal number of up to 28 digits.
    Decimal,
    /// IEEE-754 double precision.
    Double,
    /// Unicode text.
    String,
    /// Globally unique identifier.
    Guid,
    /// A point in time, UTC.
    DateTime,
}

impl ValueType {
    /// True for the types that are numbers: `Boolean` to `Double`.
    pub fn is_numeric(self) -> bool {
        self <= ValueType::Double
    }

    /// True for `Boolean`, `Int32` and `Int64`.
    pub fn is_integer(self) -> bool {
        self <= ValueType::Int64
    }

    /// The name of the type: `Boolean`, `Int32`, `Int64`, `Decimal`, `Double`, `String`, `Guid` or
    /// `DateTime`.
    pub fn name(self) -> &'static str {
        match self {
            ValueType::Boolean => "Boolean",
            ValueType::Int32 => "Int32",
            ValueType::Int64 => "Int64",
            ValueType::Decimal => "Decimal",
            ValueType::Double => "Double",
            ValueType::String => "String",
            ValueType::Guid => "Guid",
            ValueType::DateTime => "DateTime",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value or a typed null. Texts are borrowed from the expression or the data set where possible.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// No value of that type.
    Null(ValueType),
    /// A [`ValueType::Boolean`].
    Boolean(bool),
    /// A [`ValueType::Int32`].
    Int32(i32),
    /// A [`ValueType::Int64`].
    Int64(i64),
    /// A [`ValueType::Decimal`].
    Decimal(Decimal),
    /// A [`ValueType::Double`].
    Double(f64),
    /// A [`ValueType::String`].
    String(Cow<'a, str>),
    /// A [`ValueType::Guid`].
    Guid(Uuid),
    /// A [`ValueType::DateTime`].
    DateTime(Ticks),
}

impl<'a> Value<'a> {
    /// The type of the value; a null has one too.
    pub fn value_type(&self) -> ValueType {
        match self {
            Value::Null(value_type) => *value_type,
            Value::Boolean(_) => ValueType::Boolean,
            Value::Int32(_) => ValueType::Int32,
            Value::Int64(_) => ValueType::Int64,
            Value::Decimal(_) => ValueType::Decimal,
            Value::Double(_) => ValueType::Double,
            Value::String(_) => ValueType::String,
            Value::Guid(_) => ValueType::Guid,
            Value::DateTime(_) => ValueType::DateTime,
        }
    }

    /// True when there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null(_))
    }

    /// The value as text, `None` for null: `true`, `9`, `3.5`, lower-case GUIDs without braces, times
    /// as `2026-11-21 08:30:00.033` in UTC. `Convert(…, 'String')` gives the same.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Null(_) => return None,
            Value::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Value::Int32(value) => value.to_string().into(),
            Value::Int64(value) => value.to_string().into(),
            Value::Decimal(value) => value.normalize().to_string().into(),
            Value::Double(value) => double_text(*value).into(),
            Value::String(value) => Cow::Borrowed(value),
            Value::Guid(value) => value.to_string().into(),
            Value::DateTime(value) => time_text(*value).into(),
        })
    }

    /// The same value without borrowed text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null(value_type) => Value::Null(value_type),
            Value::Boolean(value) => Value::Boolean(value),
            Value::Int32(value) => Value::Int32(value),
            Value::Int64(value) => Value::Int64(value),
            Value::Decimal(value) => Value::Decimal(value),
            Value::Double(value) => Value::Double(value),
            Value::String(value) => Value::String(Cow::Owned(value.into_owned())),
            Value::Guid(value) => Value::Guid(value),
            Value::DateTime(value) => Value::DateTime(value),
        }
    }

    /// The same value, its text borrowed from this one.
    pub(super) fn borrowed(&'a self) -> Value<'a> {
        match self {
            Value::String(value) => Value::String(Cow::Borrowed(value)),
            other => other.clone(),
        }
    }
}

/// The type and the value: `Int32: 9`, `Boolean: null`.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.value_type(), self.to_text().as_deref().unwrap_or("null"))
    }
}

/// The shortest text that reads back as the same number; with an exponent when plain digits would be
/// many.
fn double_text(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() || (1e-5..1e16).contains(&magnitude) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn time_text(time: Ticks) -> String {
    let mut text = time.to_string();
    text.pop();
    text.replacen('T', " ", 1)
}
