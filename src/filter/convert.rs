//! Values to other types.

use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use uuid::Uuid;

use super::error::{FilterProblem, excerpt};
use super::lexer::guid_prefix;
use super::value::{Value, ValueType};
use crate::time::Ticks;

type Result<T> = std::result::Result<T, FilterProblem>;

impl<'a> Value<'a> {
    /// The value in another type; null stays null. Numbers are cut toward zero where the type has no
    /// fractions, times count as seconds since 1970.
    pub(super) fn convert(self, to: ValueType) -> Result<Value<'a>> {
        if self.value_type() == to {
            return Ok(self);
        }
        let converted = match &self {
            Value::Null(_) => Some(Value::Null(to)),
            Value::Boolean(value) => number(i64::from(*value).into(), to),
            Value::Int32(value) => number(i64::from(*value).into(), to),
            Value::Int64(value) => number((*value).into(), to),
            Value::Decimal(value) => number(Number::Decimal(*value), to),
            Value::Double(value) => number(Number::Double(*value), to),
            Value::DateTime(value) => number(unix_seconds(*value).into(), to),
            Value::String(value) => parse(value, to),
            Value::Guid(_) => None,
        };
        match (converted, to) {
            (Some(value), _) => Ok(value),
            (None, ValueType::String) => {
                Ok(Value::String(self.to_text().unwrap_or_default().into_owned().into()))
            }
            (None, _) => Err(self.conversion_error(to)),
        }
    }

    fn conversion_error(&self, to: ValueType) -> FilterProblem {
        FilterProblem::Conversion {
            value: excerpt(&self.to_text().unwrap_or_default()),
            from: self.value_type(),
            to,
        }
    }
}

/// A number in one of the three ways it can be exact.
enum Number {
    Integer(i64),
    Decimal(Decimal),
    Double(f64),
}

impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number::Integer(value)
    }
}

impl Number {
    fn is_zero(&self) -> bool {
        match self {
            Number::Integer(value) => *value == 0,
            Number::Decimal(value) => value.is_zero(),
            Number::Double(value) => *value == 0.0,
        }
    }

    /// The number without fraction, when that is in the range of an integer of 64 bits.
    fn integer(&self) -> Option<i64> {
        match self {
            Number::Integer(value) => Some(*value),
            Number::Decimal(value) => value.trunc().to_i64(),
            Number::Double(value) => value.trunc().to_i64(),
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        match self {
            Number::Integer(value) => Some(Decimal::from(*value)),
            Number::Decimal(value) => Some(*value),
            Number::Double(value) => double_to_decimal(*value),
        }
    }

    fn double(&self) -> Option<f64> {
        match self {
            Number::Integer(value) => Some(*value as f64),
            Number::Decimal(value) => Some(decimal_to_double(*value)),
            Number::Double(value) => Some(*value),
        }
    }
}

/// The nearest double. What `rust_decimal` itself gives can be the next one.
pub(super) fn decimal_to_double(value: Decimal) -> f64 {
    /// Up to this scale powers of ten are exact in a double.
    const EXACT_SCALE: u32 = 22;
    let mantissa = value.mantissa();
    if mantissa.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS && value.scale() <= EXACT_SCALE {
        return mantissa as f64 / 10_f64.powi(value.scale() as i32);
    }
    // Decimal numbers are texts of doubles.
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The decimal number of the double's shortest text; `None` when that has too many digits before the
/// point, or the double is no number.
pub(super) fn double_to_decimal(value: f64) -> Option<Decimal> {
    value.is_finite().then(|| parse_decimal(&value.to_string())).flatten()
}

fn number<'a>(value: Number, to: ValueType) -> Option<Value<'a>> {
    Some(match to {
        ValueType::Boolean => Value::Boolean(!value.is_zero()),
        ValueType::Int32 => Value::Int32(value.integer()?.try_into().ok()?),
        ValueType::Int64 => Value::Int64(value.integer()?),
        ValueType::Decimal => Value::Decimal(value.decimal()?),
        ValueType::Double => Value::Double(value.double()?),
        ValueType::String | ValueType::Guid | ValueType::DateTime => return None,
    })
}

/// The value that a text means in a type other than text.
fn parse<'a>(text: &str, to: ValueType) -> Option<Value<'a>> {
    let text = text.trim();
    Some(match to {
        ValueType::Boolean if text.eq_ignore_ascii_case("true") => Value::Boolean(true),
        ValueType::Boolean if text.eq_ignore_ascii_case("false") => Value::Boolean(false),
        ValueType::Boolean => Value::Boolean(parse_integer(text)? != 0),
        ValueType::Int32 => Value::Int32(parse_integer(text)?.try_into().ok()?),
        ValueType::Int64 => Value::Int64(parse_integer(text)?),
        ValueType::Decimal => Value::Decimal(parse_decimal(text)?),
        ValueType::Double => Value::Double(text.parse().ok()?),
        ValueType::Guid => Value::Guid(parse_guid(text)?),
        ValueType::DateTime => Value::DateTime(text.parse().ok()?),
        ValueType::String => return None,
    })
}

/// An integer, or a number whose fraction is cut off.
fn parse_integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| parse_decimal(text)?.trunc().to_i64())
}

/// A decimal number, with or without an exponent.
pub(super) fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.strip_suffix('.').filter(|digits| !digits.is_empty()).unwrap_or(text);
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// A GUID with or without braces and dashes.
pub(super) fn parse_guid(text: &str) -> Option<Uuid> {
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    guid_prefix(text.as_bytes()).filter(|(_, length)| *length == text.len()).map(|(guid, _)| guid)
}

/// True when the text is an integer that the integer types, or an unsigned one of 64 bits, can hold.
pub(super) fn is_integer(text: &str) -> bool {
    let text = text.trim();
    text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
}

/// True when the text is a number.
pub(super) fn is_numeric(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok()
}

fn unix_seconds(time: Ticks) -> i64 {
    (time.value() - Ticks::UNIX_EPOCH.0).div_euclid(Ticks::PER_SECOND)
}

/// An integer literal: the narrowest of `Int32`, `Int64`, `Decimal` and `Double` that can hold it.
pub(super) fn integer_literal(digits: &str) -> Option<Value<'static>> {
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => u128::from_str_radix(hex, 16).ok()?,
        None => match digits.parse() {
            Ok(value) => value,
            Err(_) => return digits.parse().ok().map(Value::Double),
        },
    };
    Some(if let Ok(value) = i32::try_from(value) {
        Value::Int32(value)
    } else if let Ok(value) = i64::try_from(value) {
        Value::Int64(value)
    } else if let Some(value) = Decimal::from_u128(value) {
        Value::Decimal(value)
    } else {
        Value::Double(value as f64)
    })
}

/// A literal with a decimal point, `Decimal` if that can hold it, or an exponent, `Double`.
pub(super) fn number_literal(text: &str) -> Option<Value<'static>> {
    let has_exponent = text.contains(['e', 'E']);
    let decimal = if has_exponent { None } else { parse_decimal(text) };
    decimal.map(Value::Decimal).or_else(|| text.parse().ok().map(Value::Double))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimals_become_the_nearest_doubles(mantissa: i128, shift in 32..96_u32, scale in 0..=28_u32) {
            let decimal = Decimal::from_i128_with_scale(mantissa >> shift, scale);
            prop_assert_eq!(decimal_to_double(decimal), decimal.to_string().parse::<f64>().unwrap());
        }

        #[test]
        fn doubles_survive_as_decimals(value in -1e12..1e12) {
            // Beyond 28 digits after the point there are none left.
            prop_assume!(f64::abs(value) > 1e-9);
            prop_assert_eq!(double_to_decimal(value).map(decimal_to_double), Some(value));
        }
    }

    #[test]
    fn doubles_that_are_no_decimals_are_refused() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e29, -1e300] {
            assert_eq!(double_to_decimal(value), None, "{value}");
        }
        assert_eq!(double_to_decimal(1e-300), Some(Decimal::ZERO));
        assert_eq!(decimal_to_double(Decimal::MAX), 7.922_816_251_426_434e28);
    }
}
