//! What the operators do to values.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::error::{FilterProblem, excerpt};
use super::text::{self, Case};
use super::value::{Value, ValueType};

type Result<T> = std::result::Result<T, FilterProblem>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Plus,
    Minus,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Multiply,
    Divide,
    Modulus,
    Add,
    Subtract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bitwise {
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logical {
    And,
    Or,
}

impl Unary {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Unary::Plus => "unary +",
            Unary::Minus => "unary -",
            Unary::Not => "NOT",
        }
    }

    /// The result for a value: the bitwise complement is the `NOT` of integers. Null stays null.
    pub(super) fn apply(self, operand: Value<'_>) -> Result<Value<'_>> {
        let value_type = operand.value_type();
        let out_of_range = FilterProblem::OutOfRange { operation: self.symbol(), result: value_type };
        Ok(match (self, operand) {
            (_, Value::Null(value_type)) => Value::Null(value_type),
            (Unary::Not, Value::Boolean(value)) => Value::Boolean(!value),
            (Unary::Not, Value::Int32(value)) => Value::Int32(!value),
            (Unary::Not, Value::Int64(value)) => Value::Int64(!value),
            (Unary::Minus, Value::Int32(value)) => Value::Int32(value.checked_neg().ok_or(out_of_range)?),
            (Unary::Minus, Value::Int64(value)) => Value::Int64(value.checked_neg().ok_or(out_of_range)?),
            (Unary::Minus, Value::Decimal(value)) => Value::Decimal(-value),
            (Unary::Minus, Value::Double(value)) => Value::Double(-value),
            (
                Unary::Plus,
                value @ (Value::Int32(_) | Value::Int64(_) | Value::Decimal(_) | Value::Double(_)),
            ) => value,
            _ => return Err(FilterProblem::Operand { operator: self.symbol(), operand: value_type }),
        })
    }
}

impl Arithmetic {
    fn symbol(self) -> &'static str {
        match self {
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Modulus => "%",
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
        }
    }

    /// The result in the wider type of the two; anything can be added to a text, and a text to a number.
    pub(super) fn apply<'a>(self, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>> {
        let (left_type, right_type) = (left.value_type(), right.value_type());
        let result = self.result_type(left_type, right_type).ok_or(FilterProblem::Operands {
            operator: self.symbol(),
            left: left_type,
            right: right_type,
        })?;
        if left.is_null() || right.is_null() {
            return Ok(Value::Null(result));
        }
        match (left.convert(result)?, right.convert(result)?) {
            (Value::Boolean(left), Value::Boolean(right)) => self.booleans(left, right),
            (Value::Int32(left), Value::Int32(right)) => {
                let value = self.integers(left.into(), right.into(), result)?;
                i32::try_from(value).map(Value::Int32).map_err(|_| self.out_of_range(result))
            }
            (Value::Int64(left), Value::Int64(right)) => self.integers(left, right, result).map(Value::Int64),
            (Value::Decimal(left), Value::Decimal(right)) => self.decimals(left, right).map(Value::Decimal),
            (Value::Double(left), Value::Double(right)) => Ok(Value::Double(self.doubles(left, right))),
            (Value::String(left), Value::String(right)) => {
                let joined_length = left.len() + right.len();
                text::check_length("+", joined_length)?;
                Ok(Value::String(left + right))
            }
            _ => Ok(Value::Null(result)),
        }
    }

    fn result_type(self, left: ValueType, right: ValueType) -> Option<ValueType> {
        let both_numeric = left.is_numeric() && right.is_numeric();
        match (self, left, right) {
            (Arithmetic::Modulus, ..) => (left.is_integer() && right.is_integer()).then_some(left.max(right)),
            (Arithmetic::Add, ValueType::String, _) => Some(ValueType::String),
            (Arithmetic::Add, _, ValueType::String) => left.is_numeric().then_some(ValueType::String),
            _ => both_numeric.then_some(left.max(right)),
        }
    }

    fn out_of_range(self, result: ValueType) -> FilterProblem {
        FilterProblem::OutOfRange { operation: self.symbol(), result }
    }

    fn by_zero(self) -> FilterProblem {
        FilterProblem::DivisionByZero { operator: self.symbol() }
    }

    /// Arithmetic of 0 and 1 whose result is whether the sum, difference, product or quotient is not
    /// zero; a quotient by zero is.
    fn booleans(self, left: bool, right: bool) -> Result<Value<'static>> {
        Ok(Value::Boolean(match self {
            Arithmetic::Add => left | right,
            Arithmetic::Subtract => left ^ right,
            Arithmetic::Multiply | Arithmetic::Divide => left & right,
            Arithmetic::Modulus => {
                return Err(FilterProblem::Operands {
                    operator: self.symbol(),
                    left: ValueType::Boolean,
                    right: ValueType::Boolean,
                });
            }
        }))
    }

    fn integers(self, left: i64, right: i64, result: ValueType) -> Result<i64> {
        match self {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide | Arithmetic::Modulus if right == 0 => return Err(self.by_zero()),
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Modulus => Some(left.wrapping_rem(right)),
        }
        .ok_or(self.out_of_range(result))
    }

    fn decimals(self, left: Decimal, right: Decimal) -> Result<Decimal> {
        match self {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide | Arithmetic::Modulus if right.is_zero() => return Err(self.by_zero()),
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Modulus => left.checked_rem(right),
        }
        .ok_or(self.out_of_range(ValueType::Decimal))
    }

    fn doubles(self, left: f64, right: f64) -> f64 {
        match self {
            Arithmetic::Add => left + right,
            Arithmetic::Subtract => left - right,
            Arithmetic::Multiply => left * right,
            Arithmetic::Divide => left / right,
            Arithmetic::Modulus => left % right,
        }
    }
}

impl Bitwise {
    fn symbol(self) -> &'static str {
        match self {
            Bitwise::ShiftLeft => "<<",
            Bitwise::ShiftRight => ">>",
            Bitwise::And => "&",
            Bitwise::Or => "|",
            Bitwise::Xor => "^",
        }
    }

    /// The result in the wider type of the two; a shift has the type of its left side.
    pub(super) fn apply<'a>(self, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>> {
        if matches!(self, Bitwise::ShiftLeft | Bitwise::ShiftRight) {
            return self.shift(left, right);
        }
        let (left_type, right_type) = (left.value_type(), right.value_type());
        if !left_type.is_integer() || !right_type.is_integer() {
            return Err(self.operands(left_type, right_type));
        }
        let result = left_type.max(right_type);
        Ok(match (left.convert(result)?, right.convert(result)?) {
            (Value::Boolean(left), Value::Boolean(right)) => {
                Value::Boolean(self.bits(left.into(), right.into()) != 0)
            }
            (Value::Int32(left), Value::Int32(right)) => {
                // The bits of two sign-extended integers are the sign-extended bits of the result.
                Value::Int32(self.bits(left.into(), right.into()) as i32)
            }
            (Value::Int64(left), Value::Int64(right)) => Value::Int64(self.bits(left, right)),
            _ => Value::Null(result),
        })
    }

    fn bits(self, left: i64, right: i64) -> i64 {
        match self {
            Bitwise::And => left & right,
            Bitwise::Or => left | right,
            _ => left ^ right,
        }
    }

    fn operands(self, left: ValueType, right: ValueType) -> FilterProblem {
        FilterProblem::Operands { operator: self.symbol(), left, right }
    }

    /// Shifts by as many bits as the lowest 5 bits of the right side tell, 6 bits for `Int64`, so that
    /// -1 shifts by 31 or 63.
    fn shift<'a>(self, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>> {
        let (left_type, right_type) = (left.value_type(), right.value_type());
        if left.is_null() {
            return Ok(left);
        }
        let bits = match right {
            Value::Boolean(bits) => i64::from(bits),
            Value::Int32(bits) => bits.into(),
            Value::Int64(bits) => bits,
            Value::Null(bits) if bits.is_integer() => {
                return Err(FilterProblem::NullOperand { operator: self.symbol() });
            }
            _ => return Err(self.operands(left_type, right_type)),
        } as u32;
        let is_left = self == Bitwise::ShiftLeft;
        let shift = |value: i32| if is_left { value.wrapping_shl(bits) } else { value.wrapping_shr(bits) };
        Ok(match left {
            Value::Boolean(value) => Value::Boolean(shift(value.into()) != 0),
            Value::Int32(value) => Value::Int32(shift(value)),
            Value::Int64(value) if is_left => Value::Int64(value.wrapping_shl(bits)),
            Value::Int64(value) => Value::Int64(value.wrapping_shr(bits)),
            _ => return Err(self.operands(left_type, right_type)),
        })
    }
}

impl Comparison {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
        }
    }

    /// Whether the comparison holds; `None` when one side is null. Both sides are compared as the type
    /// that they have in common; texts exactly only where the operator asks for it.
    pub(super) fn holds(self, left: &Value<'_>, right: &Value<'_>, case: Case) -> Result<Option<bool>> {
        let (left_type, right_type) = (left.value_type(), right.value_type());
        let common = common_type(left_type, right_type).ok_or(FilterProblem::Operands {
            operator: self.symbol(),
            left: left_type,
            right: right_type,
        })?;
        if left.is_null() || right.is_null() {
            return Ok(None);
        }
        if left_type == common && right_type == common {
            return Ok(Some(self.holds_for(left, right, case)));
        }
        let (left, right) = (left.borrowed().convert(common)?, right.borrowed().convert(common)?);
        Ok(Some(self.holds_for(&left, &right, case)))
    }

    /// Whether the comparison holds between two values of the same type.
    fn holds_for(self, left: &Value<'_>, right: &Value<'_>, case: Case) -> bool {
        let order = match (left, right) {
            (Value::String(left), Value::String(right)) => match self {
                Comparison::Equal => return text::equal(left, right, case),
                Comparison::NotEqual => return !text::equal(left, right, case),
                _ => Some(text::compare(left, right, case)),
            },
            _ => order(left, right),
        };
        match self {
            Comparison::Less => order == Some(Ordering::Less),
            Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
            Comparison::Greater => order == Some(Ordering::Greater),
            Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Comparison::Equal => order == Some(Ordering::Equal),
            Comparison::NotEqual => order != Some(Ordering::Equal),
        }
    }
}

/// The order of two values of the same type other than texts; `None` beside a number that is not a
/// number.
fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Int32(left), Value::Int32(right)) => Some(left.cmp(right)),
        (Value::Int64(left), Value::Int64(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Guid(left), Value::Guid(right)) => Some(left.cmp(right)),
        (Value::DateTime(left), Value::DateTime(right)) => Some(left.value().cmp(&right.value())),
        _ => None,
    }
}

/// The type as which values of two types are compared, if they can be compared.
fn common_type(left: ValueType, right: ValueType) -> Option<ValueType> {
    match (left, right) {
        (ValueType::String, _) => Some(ValueType::String),
        (ValueType::Int32 | ValueType::Int64, ValueType::String) => Some(ValueType::Decimal),
        (_, ValueType::String) => Some(left),
        _ if left.is_numeric() && right.is_numeric() => Some(left.max(right)),
        _ => (left == right).then_some(left),
    }
}

impl Logical {
    fn symbol(self) -> &'static str {
        match self {
            Logical::And => "AND",
            Logical::Or => "OR",
        }
    }

    /// The result; null when either side is null, whatever the other one is.
    pub(super) fn apply(self, left: &Value<'_>, right: &Value<'_>) -> Result<Value<'static>> {
        match (left, right) {
            (Value::Boolean(left), Value::Boolean(right)) => Ok(Value::Boolean(match self {
                Logical::And => *left && *right,
                Logical::Or => *left || *right,
            })),
            _ if left.value_type() == ValueType::Boolean && right.value_type() == ValueType::Boolean => {
                Ok(Value::Null(ValueType::Boolean))
            }
            _ => Err(FilterProblem::Operands {
                operator: self.symbol(),
                left: left.value_type(),
                right: right.value_type(),
            }),
        }
    }
}

/// Whether a text is like a pattern, `None` when the text is null. `%` and `*` at the start and the end
/// of the pattern stand for any characters; without them the pattern must equal the text.
pub(super) fn like(value: &Value<'_>, pattern: &Value<'_>, case: Case) -> Result<Option<bool>> {
    let (text, pattern) = match (value, pattern) {
        (Value::Null(_), _) => return Ok(None),
        (Value::String(text), Value::String(pattern)) => (text, pattern),
        (Value::String(_), Value::Null(ValueType::String | ValueType::Boolean)) => {
            return Err(FilterProblem::NullOperand { operator: "LIKE" });
        }
        _ => {
            return Err(FilterProblem::Operands {
                operator: "LIKE",
                left: value.value_type(),
                right: pattern.value_type(),
            });
        }
    };
    const WILDCARDS: [char; 2] = ['%', '*'];
    let without_start = pattern.strip_prefix(WILDCARDS);
    let rest = without_start.unwrap_or(pattern);
    let without_end = rest.strip_suffix(WILDCARDS);
    let middle = without_end.unwrap_or(rest);
    if middle.contains(WILDCARDS) {
        return Err(FilterProblem::Pattern { pattern: excerpt(pattern) });
    }
    Ok(Some(match (without_start.is_some(), without_end.is_some()) {
        _ if middle.is_empty() => true,
        (true, true) => text::contains(text, middle, case),
        (true, false) => text::ends_with(text, middle, case),
        (false, true) => text::starts_with(text, middle, case),
        (false, false) => text::equal(text, middle, case),
    }))
}
