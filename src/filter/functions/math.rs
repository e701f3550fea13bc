//! Functions of numbers.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::ToPrimitive;

use super::{Arguments, Definition, Evaluated};
use crate::filter::convert::{decimal_to_double, double_to_decimal};
use crate::filter::error::{Fault, FilterProblem};
use crate::filter::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Definition] = &[
    Definition::new("Abs", 1, 1, absolute),
    Definition::new("Ceiling", 1, 1, ceiling),
    Definition::new("Floor", 1, 1, floor),
    Definition::new("Power", 2, 2, power),
    Definition::new("Round", 1, 1, round),
    Definition::new("Sqrt", 1, 1, square_root),
];

fn absolute<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let out_of_range = |result| move || arguments.out_of_range(result);
    Ok(match arguments.number(0)? {
        Value::Int32(value) => Value::Int32(value.checked_abs().ok_or_else(out_of_range(ValueType::Int32))?),
        Value::Int64(value) => Value::Int64(value.checked_abs().ok_or_else(out_of_range(ValueType::Int64))?),
        Value::Decimal(value) => Value::Decimal(value.abs()),
        Value::Double(value) => Value::Double(value.abs()),
        other => other,
    })
}

fn ceiling<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    to_whole(arguments, |value| value.ceil(), f64::ceil)
}

fn floor<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    to_whole(arguments, |value| value.floor(), f64::floor)
}

/// To the nearest integer, halves away from zero.
fn round<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    to_whole(arguments, |value| value.round_dp_with_strategy(0, MidpointAwayFromZero), f64::round)
}

fn to_whole<'a>(
    arguments: &Arguments<'_, 'a>,
    decimal: impl Fn(Decimal) -> Decimal,
    double: impl Fn(f64) -> f64,
) -> Evaluated<'a> {
    Ok(match arguments.number(0)? {
        Value::Decimal(value) => Value::Decimal(decimal(value)),
        Value::Double(value) => Value::Double(double(value)),
        other => other,
    })
}

/// A `Decimal` for a `Decimal`, else a `Double`.
fn square_root<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let value = arguments.number(0)?;
    match value {
        Value::Decimal(value) => {
            let root = decimal_root(value);
            root.map(Value::Decimal).ok_or_else(|| arguments.out_of_range(ValueType::Decimal))
        }
        Value::Null(ValueType::Decimal) => Ok(value),
        other => match other.convert(ValueType::Double).map_err(|problem| arguments.fault(problem))? {
            Value::Double(value) => Ok(Value::Double(value.sqrt())),
            null => Ok(null),
        },
    }
}

/// The root as a `Double`, which a step of Newton's method makes as precise as a `Decimal` can be.
fn decimal_root(value: Decimal) -> Option<Decimal> {
    let estimate = double_to_decimal(decimal_to_double(value).sqrt())?;
    if estimate.is_zero() {
        return Some(estimate);
    }
    value.checked_div(estimate)?.checked_add(estimate)?.checked_div(Decimal::TWO)
}

/// The first number raised to the second, in the wider type of the two.
fn power<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (base, exponent) = (arguments.number(0)?, arguments.number(1)?);
    let result = base.value_type().max(exponent.value_type());
    let convert = |value: Value<'a>| value.convert(result).map_err(|problem| arguments.fault(problem));
    Ok(match (convert(base)?, convert(exponent)?) {
        (Value::Boolean(base), Value::Boolean(exponent)) => Value::Boolean(base || !exponent),
        (Value::Int32(base), Value::Int32(exponent)) => {
            let value = integer_power(arguments, base.into(), exponent.into(), result)?;
            Value::Int32(value.try_into().map_err(|_| arguments.out_of_range(result))?)
        }
        (Value::Int64(base), Value::Int64(exponent)) => {
            Value::Int64(integer_power(arguments, base, exponent, result)?)
        }
        (Value::Decimal(base), Value::Decimal(exponent)) => {
            let value = decimal_power(base, exponent);
            Value::Decimal(value.ok_or_else(|| arguments.out_of_range(result))?)
        }
        (Value::Double(base), Value::Double(exponent)) => Value::Double(base.powf(exponent)),
        _ => Value::Null(result),
    })
}

/// The fraction that a negative exponent gives is cut off.
fn integer_power(
    arguments: &Arguments<'_, '_>,
    base: i64,
    exponent: i64,
    result: ValueType,
) -> Result<i64, Fault> {
    let is_odd = exponent & 1 == 1;
    match base {
        0 if exponent < 0 => {
            Err(arguments.fault(FilterProblem::DivisionByZero { operator: "Power: division" }))
        }
        0 if exponent > 0 => Ok(0),
        -1 => Ok(if is_odd { -1 } else { 1 }),
        1 => Ok(1),
        _ if exponent < 0 => Ok(0),
        _ => u32::try_from(exponent)
            .ok()
            .and_then(|exponent| base.checked_pow(exponent))
            .ok_or_else(|| arguments.out_of_range(result)),
    }
}

/// Exact for small whole exponents as far as the digits reach, else as precise as a `Double`.
fn decimal_power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    const MOST_FACTORS: i64 = 1_000;
    let whole = exponent.to_i64().filter(|_| exponent.fract().is_zero());
    match whole {
        Some(count @ 0..=MOST_FACTORS) => {
            (0..count).try_fold(Decimal::ONE, |product, _| product.checked_mul(base))
        }
        _ => double_to_decimal(decimal_to_double(base).powf(decimal_to_double(exponent))),
    }
}
