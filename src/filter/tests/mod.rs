mod computed;
mod errors;
mod expressions;
mod hostile;
mod lists;
mod selection;

use super::{Expression, FilterError, Value};
use crate::time::Ticks;

/// The time of all evaluations: 2026-11-21T08:30:00Z.
const NOW: Ticks = Ticks(Ticks::UNIX_EPOCH.0 + 1_795_249_800 * Ticks::PER_SECOND);

fn evaluate(text: &str) -> Result<Value<'static>, FilterError> {
    Expression::parse(text)?.evaluate(None, NOW)
}

/// The type and value of an expression, or what is wrong with it.
fn outcome(text: &str) -> String {
    evaluate(text).map_or_else(|error| error.to_string(), |value| value.to_string())
}
