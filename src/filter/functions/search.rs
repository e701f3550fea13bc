//! Functions that look for one text in another. Places are counted in characters from 0.

use super::{Arguments, Definition, Evaluated, or_null};
use crate::filter::error::Fault;
use crate::filter::text::{self, Case};
use crate::filter::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Definition] = &[
    Definition::new("Contains", 2, 3, contains),
    Definition::new("EndsWith", 2, 3, ends_with),
    Definition::new("IndexOf", 2, 3, index_of),
    Definition::new("LastIndexOf", 2, 3, last_index_of),
    Definition::new("NthIndexOf", 3, 4, nth_index_of),
    Definition::new("StartsWith", 2, 3, starts_with),
    Definition::new("StrCmp", 2, 3, compare),
    Definition::new("StrCount", 2, 3, count),
];

fn contains<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    test(arguments, text::contains)
}

fn starts_with<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    test(arguments, text::starts_with)
}

fn ends_with<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    test(arguments, text::ends_with)
}

/// Null when the searched text is, false when only the part is.
fn test<'a>(arguments: &Arguments<'_, 'a>, holds: impl Fn(&str, &str, Case) -> bool) -> Evaluated<'a> {
    let (text, part, case) = (arguments.text(0)?, arguments.text(1)?, arguments.case(2)?);
    Ok(or_null(text, ValueType::Boolean, |text| {
        Value::Boolean(part.is_some_and(|part| holds(&text, &part, case)))
    }))
}

fn index_of<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let case = arguments.case(2)?;
    index(arguments, |text, part| {
        Ok(arguments.occurrences(text, part, case)?.first().map(|found| found.start))
    })
}

fn last_index_of<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let case = arguments.case(2)?;
    index(arguments, |text, part| Ok(text::last_occurrence(text, part, case)))
}

/// Occurrences count from 0; negative numbers count from the last one, -1.
fn nth_index_of<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (number, case) = (arguments.integer(2)?, arguments.case(3)?);
    index(arguments, |text, part| {
        let found = arguments.occurrences(text, part, case)?;
        let place = if number < 0 { number.saturating_add_unsigned(found.len() as u64) } else { number };
        let place = usize::try_from(place).ok();
        Ok(place.and_then(|place| found.get(place)).map(|found| found.start))
    })
}

/// The character at the byte that a search finds, or -1.
fn index<'a>(
    arguments: &Arguments<'_, 'a>,
    search: impl Fn(&str, &str) -> Result<Option<usize>, Fault>,
) -> Evaluated<'a> {
    let (text, part) = (arguments.text(0)?, arguments.required_text(1)?);
    let Some(text) = text else {
        return Ok(Value::Null(ValueType::Int32));
    };
    match search(&text, &part)? {
        Some(byte) => int32(arguments, text::character_index(&text, byte)),
        None => Ok(Value::Int32(-1)),
    }
}

fn int32<'a>(arguments: &Arguments<'_, 'a>, value: usize) -> Evaluated<'a> {
    i32::try_from(value).map(Value::Int32).map_err(|_| arguments.out_of_range(ValueType::Int32))
}

fn count<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (text, part, case) = (arguments.text(0)?, arguments.text(1)?, arguments.case(2)?);
    match text.zip(part) {
        Some((text, part)) => int32(arguments, arguments.occurrences(&text, &part, case)?.len()),
        None => Ok(Value::Int32(0)),
    }
}

/// -1, 0 or 1 as the first text stands before, with or after the second.
fn compare<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let case = arguments.case(2)?;
    let both = arguments.text(0)?.zip(arguments.text(1)?);
    let order = both.map(|(left, right)| text::compare(&left, &right, case));
    Ok(or_null(order, ValueType::Int32, |order| Value::Int32(order as i32)))
}
