//! Functions that make a text from another. Places are counted in characters from 0.

use std::borrow::Cow;

use super::{Arguments, Definition, Evaluated, or_null};
use crate::filter::error::Fault;
use crate::filter::text;
use crate::filter::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Definition] = &[
    Definition::new("Len", 1, 1, length),
    Definition::new("Lower", 1, 1, lower),
    Definition::new("Replace", 3, 4, replace),
    Definition::new("Reverse", 1, 1, reverse),
    Definition::new("Split", 3, 4, split),
    Definition::new("SubStr", 2, 3, substring),
    Definition::new("Trim", 1, 1, trim),
    Definition::new("TrimLeft", 1, 1, trim_left),
    Definition::new("TrimRight", 1, 1, trim_right),
    Definition::new("Upper", 1, 1, upper),
];

/// The number of characters.
fn length<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    match arguments.text(0)? {
        Some(text) => i32::try_from(text.chars().count())
            .map(Value::Int32)
            .map_err(|_| arguments.out_of_range(ValueType::Int32)),
        None => Ok(Value::Null(ValueType::Int32)),
    }
}

fn lower<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| text.to_lowercase().into())
}

fn upper<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| text.to_uppercase().into())
}

fn reverse<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| text.chars().rev().collect::<String>().into())
}

fn trim<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| part(text, str::trim))
}

fn trim_left<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| part(text, str::trim_start))
}

fn trim_right<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    change(arguments, |text| part(text, str::trim_end))
}

fn change<'a>(
    arguments: &Arguments<'_, 'a>,
    change: impl FnOnce(Cow<'a, str>) -> Cow<'a, str>,
) -> Evaluated<'a> {
    let changed = arguments.text(0)?.map(change);
    check_length(arguments, changed.as_ref().map_or(0, |text| text.len()))?;
    Ok(or_null(changed, ValueType::String, Value::String))
}

/// A part of a text, borrowed when the text is.
fn part<'a>(text: Cow<'a, str>, take: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(take(text)),
        Cow::Owned(text) => Cow::Owned(take(&text).to_owned()),
    }
}

fn check_length(arguments: &Arguments<'_, '_>, length: usize) -> Result<(), Fault> {
    text::check_length(arguments.function, length).map_err(|problem| arguments.fault(problem))
}

fn replace<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (source, part) = (arguments.text(0)?, arguments.required_text(1)?);
    let (replacement, case) = (arguments.required_text(2)?, arguments.case(3)?);
    let Some(source) = source else {
        return Ok(Value::Null(ValueType::String));
    };
    let found = arguments.occurrences(&source, &part, case)?;
    let kept = source.len() - found.iter().map(|range| range.len()).sum::<usize>();
    let length = kept.saturating_add(found.len().saturating_mul(replacement.len()));
    check_length(arguments, length)?;
    let mut result = String::with_capacity(length);
    let mut end = 0;
    for range in found {
        result.push_str(&source[end..range.start]);
        result.push_str(&replacement);
        end = range.end;
    }
    result.push_str(&source[end..]);
    Ok(Value::String(result.into()))
}

/// The part of that number between delimiters; empty when there are not so many.
fn split<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (source, delimiter) = (arguments.text(0)?, arguments.required_text(1)?);
    let (number, case) = (arguments.integer(2)?, arguments.case(3)?);
    let Some(source) = source else {
        return Ok(Value::Null(ValueType::String));
    };
    let found = arguments.occurrences(&source, &delimiter, case)?;
    let range = usize::try_from(number).ok().filter(|number| *number <= found.len()).map(|number| {
        let start = number.checked_sub(1).map_or(0, |before| found[before].end);
        start..found.get(number).map_or(source.len(), |next| next.start)
    });
    Ok(Value::String(part(source, |text| range.clone().map_or("", |range| &text[range]))))
}

/// From that character on, as many characters as asked for or all; empty when there is no such
/// character.
fn substring<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    let (source, start) = (arguments.text(0)?, arguments.integer(1)?);
    let length = match arguments.value(2, ValueType::Int32)? {
        Value::Null(value_type) if value_type.is_integer() => None,
        _ => usize::try_from(arguments.integer(2)?).ok(),
    };
    let start = usize::try_from(start).ok();
    Ok(or_null(source, ValueType::String, |source| {
        Value::String(part(source, |text| {
            let rest = start.and_then(|start| skip_characters(text, start)).unwrap_or_default();
            match length.and_then(|length| skip_characters(rest, length)) {
                Some(after) => &rest[..rest.len() - after.len()],
                None => rest,
            }
        }))
    }))
}

/// The text after so many characters; `None` when there are fewer.
fn skip_characters(text: &str, count: usize) -> Option<&str> {
    let mut characters = text.chars();
    match count.checked_sub(1) {
        Some(last) => characters.nth(last).map(|_| characters.as_str()),
        None => Some(text),
    }
}
