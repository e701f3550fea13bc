//! Functions of values of any type.

use super::{Arguments, Definition, Evaluated};
use crate::filter::convert;
use crate::filter::error::{FilterProblem, excerpt};
use crate::filter::operators::Comparison;
use crate::filter::text::Case;
use crate::filter::value::{Value, ValueType};
use crate::time::Ticks;

pub(super) const FUNCTIONS: &[Definition] = &[
    Definition::at_least("Coalesce", 2, coalesce),
    Definition::new("Convert", 2, 2, convert),
    Definition::new("IIf", 3, 3, if_else),
    Definition::new("IsDate", 1, 1, is_date),
    Definition::new("IsGuid", 1, 1, is_guid),
    Definition::new("IsInteger", 1, 1, is_integer),
    Definition::new("IsNull", 2, 2, is_null),
    Definition::new("IsNumeric", 1, 1, is_numeric),
    Definition::at_least("MaxOf", 2, max_of),
    Definition::at_least("MinOf", 2, min_of),
];

/// The first value that is not null; later ones are not evaluated.
fn coalesce<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let first = arguments.value(0, ValueType::Boolean)?;
    if !first.is_null() {
        return Ok(first);
    }
    for argument in 1..arguments.count() {
        let value = arguments.value(argument, ValueType::Boolean)?;
        if !value.is_null() {
            return Ok(value);
        }
    }
    Ok(first)
}

fn convert<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let value = arguments.value(0, ValueType::Boolean)?;
    let name = arguments.required_text(1)?;
    let to = type_named(&name)
        .ok_or_else(|| arguments.fault(FilterProblem::UnknownType { name: excerpt(&name) }))?;
    value.convert(to).map_err(|problem| arguments.fault(problem))
}

/// The type of that name or of a .NET name for it, with or without `System.` before it.
fn type_named(name: &str) -> Option<ValueType> {
    const TYPES: [ValueType; 8] = [
        ValueType::Boolean,
        ValueType::Int32,
        ValueType::Int64,
        ValueType::Decimal,
        ValueType::Double,
        ValueType::String,
        ValueType::Guid,
        ValueType::DateTime,
    ];
    let lower = name.to_ascii_lowercase();
    let name = lower.strip_prefix("system.").unwrap_or(&lower);
    TYPES.into_iter().find(|known| known.name().eq_ignore_ascii_case(name)).or(match name {
        "bool" => Some(ValueType::Boolean),
        "single" => Some(ValueType::Double),
        "date" | "time" => Some(ValueType::DateTime),
        "uuid" => Some(ValueType::Guid),
        _ if name.starts_with("float") => Some(ValueType::Double),
        _ if name.starts_with("int") || name.starts_with("uint") => Some(ValueType::Int64),
        _ => None,
    })
}

/// The second value if the first is true, else the third; only that one is evaluated.
fn if_else<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    match arguments.value(0, ValueType::Boolean)? {
        Value::Boolean(true) => arguments.value(1, ValueType::Boolean),
        Value::Boolean(false) | Value::Null(ValueType::Boolean) => arguments.value(2, ValueType::Boolean),
        other => Err(arguments.refused(0, &other, "true or false")),
    }
}

fn is_null<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let value = arguments.value(0, ValueType::Boolean)?;
    let default = arguments.value(1, ValueType::Boolean)?;
    if default.is_null() {
        return Err(arguments.refused(1, &default, "a value that is not null"));
    }
    Ok(if value.is_null() { default } else { value })
}

fn is_date<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    is_of_type(
        arguments,
        |value_type| value_type == ValueType::DateTime,
        |text| text.parse::<Ticks>().is_ok(),
    )
}

fn is_guid<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    is_of_type(
        arguments,
        |value_type| value_type == ValueType::Guid,
        |text| convert::parse_guid(text.trim()).is_some(),
    )
}

fn is_integer<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    is_of_type(arguments, ValueType::is_integer, convert::is_integer)
}

fn is_numeric<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    is_of_type(arguments, ValueType::is_numeric, convert::is_numeric)
}

/// Whether the argument has a type, or is a text that means a value of it; false for null.
fn is_of_type<'a>(
    arguments: &Arguments<'_, 'a>,
    has_type: impl Fn(ValueType) -> bool,
    means_value: impl Fn(&str) -> bool,
) -> Evaluated<'a> {
    let value = arguments.value(0, ValueType::Boolean)?;
    Ok(Value::Boolean(match &value {
        Value::Null(_) => false,
        Value::String(text) => means_value(text),
        other => has_type(other.value_type()),
    }))
}

fn max_of<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    extreme(arguments, Comparison::Less)
}

fn min_of<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    extreme(arguments, Comparison::Greater)
}

/// The value than which all before it are less or greater; nulls are passed over. The types of the best
/// value so far and of the next one decide, in that order, how they are compared.
fn extreme<'a>(arguments: &Arguments<'_, 'a>, is_worse: Comparison) -> Evaluated<'a> {
    let mut best = arguments.value(0, ValueType::Boolean)?;
    for argument in 1..arguments.count() {
        let next = arguments.value(argument, ValueType::Boolean)?;
        let replaced = is_worse
            .holds(&best, &next, Case::Ignored)
            .map_err(|problem| arguments.fault(problem))?
            .unwrap_or(best.is_null() && !next.is_null());
        if replaced {
            best = next;
        }
    }
    Ok(best)
}
