//! Functions of regular expressions, in the syntax of the `regex` crate, whose search takes time
//! proportional to the length of the text.

use std::borrow::Cow;
use std::cell::RefCell;

use hashbrown::HashMap;
use regex::{Regex, RegexBuilder};

use super::{Arguments, Definition, Evaluated, or_null};
use crate::filter::error::{Fault, FilterProblem, excerpt};
use crate::filter::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Definition] =
    &[Definition::new("RegExMatch", 2, 2, is_match), Definition::new("RegExVal", 2, 2, matched)];

/// The most bytes of a compiled expression.
const MAX_SIZE: usize = 256 << 10;

/// The most compiled expressions that are kept.
const MAX_KEPT: usize = 16;

/// What compiling an expression counts as.
const STEPS_TO_COMPILE: usize = 20_000;

/// The expressions compiled so far, by their text.
#[derive(Default)]
pub(in crate::filter) struct Patterns(RefCell<HashMap<String, Regex>>);

/// Whether the expression matches anywhere in the text.
fn is_match<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    search(arguments, ValueType::Boolean, |pattern, text| Value::Boolean(pattern.is_match(&text)))
}

/// The first match of the expression, empty when there is none.
fn matched<'a>(arguments: &Arguments<'_, 'a>) -> Evaluated<'a> {
    search(arguments, ValueType::String, |pattern, text| {
        let found = pattern.find(&text).map(|found| found.as_str().to_owned());
        Value::String(found.unwrap_or_default().into())
    })
}

fn search<'a>(
    arguments: &Arguments<'_, 'a>,
    result: ValueType,
    evaluate: impl FnOnce(&Regex, Cow<'a, str>) -> Value<'a>,
) -> Evaluated<'a> {
    let (pattern, text) = (arguments.text(0)?, arguments.text(1)?);
    let found = pattern.zip(text).map(|(pattern, text)| {
        let pattern = compiled(arguments, &pattern)?;
        arguments.spend(text.len())?;
        Ok(evaluate(&pattern, text))
    });
    Ok(or_null(found.transpose()?, result, |value| value))
}

fn compiled(arguments: &Arguments<'_, '_>, pattern: &str) -> Result<Regex, Fault> {
    let environment = arguments.environment();
    let mut patterns = environment.patterns.0.borrow_mut();
    if let Some(known) = patterns.get(pattern) {
        return Ok(known.clone());
    }
    arguments.spend(STEPS_TO_COMPILE + pattern.len())?;
    let compiled = RegexBuilder::new(pattern)
        .size_limit(MAX_SIZE)
        .dfa_size_limit(MAX_SIZE)
        .nest_limit(50)
        .build()
        .map_err(|error| {
            arguments
                .fault(FilterProblem::RegularExpression { pattern: excerpt(pattern), reason: reason(&error) })
        })?;
    if patterns.len() == MAX_KEPT {
        patterns.clear();
    }
    patterns.insert(pattern.to_owned(), compiled.clone());
    Ok(compiled)
}

/// What is wrong with an expression: the last line of the parser's message, which repeats the whole
/// expression before it.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("compiled it takes more than {limit} bytes"),
        other => {
            let message = other.to_string();
            let last = message.lines().last().unwrap_or_default();
            excerpt(last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}
