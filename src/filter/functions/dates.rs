//! Functions of times.

use super::{Arguments, Definition, Evaluated};
use crate::filter::dates::{self, Interval};
use crate::filter::error::Fault;
use crate::filter::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Definition] = &[
    Definition::new("DateAdd", 3, 3, date_add),
    Definition::new("DateDiff", 3, 3, date_difference),
    Definition::new("DatePart", 2, 2, date_part),
    Definition::new("Now", 0, 0, now),
    Definition::new("UtcNow", 0, 0, now),
];

/// The time of the evaluation in UTC, which is also what `Now` gives: the subscriber who writes a
/// filter cannot know the time zone of the publisher that evaluates it.
fn now<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    Ok(Value::DateTime(arguments.environment().now))
}

fn date_add<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let time = arguments.time(0)?;
    let count = arguments.integer(1)?;
    let name = arguments.required_text(2)?;
    let Some(time) = time else {
        return Ok(Value::Null(ValueType::DateTime));
    };
    let later = interval(arguments, &name)
        .and_then(|interval| dates::add(time, count, interval).map_err(|problem| arguments.fault(problem)));
    later.map(Value::DateTime)
}

fn date_difference<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (from, to) = (arguments.time(0)?, arguments.time(1)?);
    let name = arguments.required_text(2)?;
    match from.zip(to) {
        Some((from, to)) => int32(arguments, dates::difference(from, to, interval(arguments, &name)?)),
        None => Ok(Value::Null(ValueType::Int32)),
    }
}

fn date_part<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let time = arguments.time(0)?;
    let name = arguments.required_text(1)?;
    match time {
        Some(time) => int32(arguments, dates::part(time, interval(arguments, &name)?)),
        None => Ok(Value::Null(ValueType::Int32)),
    }
}

/// The interval of that name. It is looked up for times only: nulls have no use for it.
fn interval(arguments: &Arguments<'_, '_>, name: &str) -> Result<Interval, Fault> {
    Interval::parse(name).map_err(|problem| arguments.fault(problem))
}

fn int32<'a>(arguments: &Arguments<'_, 'a>, value: i64) -> Evaluated<'a> {
    i32::try_from(value).map(Value::Int32).map_err(|_| arguments.out_of_range(ValueType::Int32))
}
