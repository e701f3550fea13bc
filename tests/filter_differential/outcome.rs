//! The result of an expression, as text, so that results of two programs can be compared.

use std::fmt;

use rust_decimal::Decimal;
use sttp::filter::{FilterError, Value};

#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Error(String),
    Null(String),
    Value { value_type: String, text: String },
}

impl Outcome {
    pub(crate) fn of(result: Result<Value<'_>, FilterError>) -> Outcome {
        match result {
            Err(error) => Outcome::Error(error.to_string()),
            Ok(value) => {
                let value_type = value.value_type().name().to_owned();
                match value.to_text() {
                    None => Outcome::Null(value_type),
                    Some(text) => Outcome::Value { value_type, text: text.into_owned() },
                }
            }
        }
    }

    pub(crate) fn from_json(result: &serde_json::Value) -> Outcome {
        if let Some(error) = result["error"].as_str() {
            return Outcome::Error(error.to_owned());
        }
        let value_type = result["type"].as_str().unwrap().to_owned();
        match result["value"].as_str() {
            None => Outcome::Null(value_type),
            Some(text) => Outcome::Value { value_type, text: text.to_owned() },
        }
    }

    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Outcome::Error(_))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Outcome::Null(_))
    }

    /// The type of a value or null.
    pub(crate) fn value_type(&self) -> Option<&str> {
        match self {
            Outcome::Error(_) => None,
            Outcome::Null(value_type) | Outcome::Value { value_type, .. } => Some(value_type),
        }
    }

    /// The text of a value that is not null.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Outcome::Value { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_a(&self, value_type: &str) -> bool {
        self.value_type() == Some(value_type)
    }

    /// The value as a number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match (self.value_type()?, self.text()?) {
            ("Boolean", text) => Some(f64::from(text == "true")),
            ("Int32" | "Int64" | "Decimal" | "Double", text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether two programs came to the same result. Texts of errors differ, of course.
    pub(crate) fn agrees(&self, theirs: &Outcome) -> bool {
        match (self, theirs) {
            (Outcome::Error(_), Outcome::Error(_)) => true,
            (Outcome::Null(ours), Outcome::Null(theirs)) => ours == theirs,
            (
                Outcome::Value { value_type, text: ours },
                Outcome::Value { value_type: their_type, text: theirs },
            ) => value_type == their_type && equal_texts(value_type, ours, theirs),
            _ => false,
        }
    }
}

fn equal_texts(value_type: &str, ours: &str, theirs: &str) -> bool {
    match value_type {
        "Double" => match (ours.parse::<f64>(), theirs.parse::<f64>()) {
            (Ok(ours), Ok(theirs)) => ours == theirs || ours.is_nan() && theirs.is_nan(),
            _ => false,
        },
        "Decimal" => match (decimal(ours), decimal(theirs)) {
            // This library keeps 28 digits after the point, Python 28 digits wherever the point is.
            (Some(ours), Some(theirs)) => {
                let difference = (ours - theirs).abs();
                difference <= Decimal::new(1, 28).max(ours.abs() * Decimal::new(1, 20))
            }
            _ => false,
        },
        _ => ours == theirs,
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let is_zero = || text.parse().is_ok_and(|number: f64| number.abs() < 1e-28);
    let parsed = text.parse().or_else(|_| Decimal::from_scientific(text)).ok();
    parsed.or_else(|| is_zero().then_some(Decimal::ZERO))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Error(text) => write!(f, "error ({text})"),
            Outcome::Null(value_type) => write!(f, "{value_type}: null"),
            Outcome::Value { value_type, text } => write!(f, "{value_type}: {text:?}"),
        }
    }
}
