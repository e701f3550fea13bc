//! Functions of times.

use super::{Arguments, Definition, Evaluated, or_null};
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
    let interval = interval(arguments, 2)?;
    let later = time.map(|time| dates::add(time, count, interval)).transpose();
    Ok(or_null(later.map_err(|problem| arguments.fault(problem))?, ValueType::DateTime, Value::DateTime))
}

fn date_difference<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (from, to) = (arguments.time(0)?, arguments.time(1)?);
    let interval = interval(arguments, 2)?;
    match from.zip(to) {
        Some((from, to)) => int32(arguments, dates::difference(from, to, interval)),
        None => Ok(Value::Null(ValueType::Int32)),
    }
}

fn date_part<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let time = arguments.time(0)?;
    let interval = interval(arguments, 1)?;
    match time {
        Some(time) => int32(arguments, dates::part(time, interval)),
        None => Ok(Value::Null(ValueType::Int32)),
    }
}

fn interval(arguments: &Arguments<'_, '_>, argument: usize) -> Result<Interval, Fault> {
    let name = arguments.required_text(argument)?;
    Interval::parse(&name).map_err(|problem| arguments.fault(problem))
}

fn int32<'a>(arguments: &Arguments<'_, 'a>, value: i64) -> Evaluated<'a> {
    i32::try_from(value).map(Value::Int32).map_err(|_| arguments.out_of_range(ValueType::Int32))
}
