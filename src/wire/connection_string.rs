//! Connection strings: `key=value; key={nested; text}`.
//!
//! Keys are case-insensitive; a value may be wrapped in braces, which protect everything inside
//! them, nested braces included. There is no escape character.

use std::fmt;

use thiserror::Error;

/// Keys that a connection string may have. Peers send about twenty.
pub(crate) const MAX_KEYS: usize = 1000;

/// A connection string cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectionStringError {
    /// A closing brace without an opening one.
    #[error(
        "connection string has a '}}' at character {0} that closes nothing; remove it or add the '{{' before it"
    )]
    UnexpectedClose(usize),
    /// An opening brace is never closed.
    #[error(
        "connection string has a '{{' at character {0} that is never closed; add the '}}' behind its value"
    )]
    Unclosed(usize),
    /// There are more keys than anyone has a meaning for.
    #[error("connection string sets more than {MAX_KEYS} keys")]
    TooManyKeys,
}

/// Keys and values in the order in which they were written; the last of equal keys wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnectionString {
    pairs: Vec<(String, String)>,
}

impl ConnectionString {
    /// Reads a connection string. A segment that has not exactly one `=` outside braces is
    /// dropped, as every publisher does.
    pub fn parse(text: &str) -> Result<ConnectionString, ConnectionStringError> {
        let mut parsed = ConnectionString::default();
        let pairs = segments(text)?.filter_map(|segment| key_and_value(segment).ok());
        for (number, (key, value)) in pairs.enumerate() {
            if number >= MAX_KEYS {
                return Err(ConnectionStringError::TooManyKeys);
            }
            parsed.set(key, value);
        }
        Ok(parsed)
    }

    /// The value of a key, whatever its case.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// Sets the value of a key, in the place of an earlier one if there is one.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        match self.pairs.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&key)) {
            Some((_, old)) => *old = value,
            None => self.pairs.push((key, value)),
        }
    }

    /// Forgets a key.
    pub fn remove(&mut self, key: &str) {
        self.pairs.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    }

    /// The keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A Boolean value: `true` or a non-zero integer. Anything else is false, a missing key
    /// `None`.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key).map(|value| {
            value.eq_ignore_ascii_case("true") || value.parse::<i64>().is_ok_and(|number| number != 0)
        })
    }

    /// A number with a decimal point. What is no finite number counts as missing.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// True when every brace of `value` has its partner, so that it can stand in a connection string.
pub fn braces_balance(value: &str) -> bool {
    check_braces(value).is_ok()
}

fn check_braces(text: &str) -> Result<(), ConnectionStringError> {
    let (mut depth, mut outermost) = (0_usize, 0);
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => {
                if depth == 0 {
                    outermost = position;
                }
                depth += 1;
            }
            b'}' if depth == 0 => return Err(ConnectionStringError::UnexpectedClose(position)),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    if depth == 0 { Ok(()) } else { Err(ConnectionStringError::Unclosed(outermost)) }
}

/// Splits at the semicolons that stand outside braces.
pub(crate) fn segments(text: &str) -> Result<impl Iterator<Item = &str>, ConnectionStringError> {
    check_braces(text)?;
    let mut depth = 0_usize;
    Ok(text.split(move |character| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ';' && depth == 0
    }))
}

/// Why a segment sets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPair {
    /// There is no `=` outside braces.
    NoEquals,
    /// There is more than one `=` outside braces.
    SeveralEquals,
    /// Nothing stands before the `=`.
    NoKey,
}

/// The key of a segment, and its value without the braces around it.
pub(crate) fn key_and_value(segment: &str) -> Result<(&str, &str), NoPair> {
    let mut depth = 0_usize;
    let mut equals = None;
    for (position, byte) in segment.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 && equals.replace(position).is_some() => return Err(NoPair::SeveralEquals),
            _ => {}
        }
    }
    let (key, value) = segment.split_at(equals.ok_or(NoPair::NoEquals)?);
    let (key, value) = (key.trim(), value[1..].trim());
    if key.is_empty() { Err(NoPair::NoKey) } else { Ok((key, without_outer_braces(value))) }
}

fn without_outer_braces(value: &str) -> &str {
    match value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        // `{a}{b}` begins and ends with braces that are not partners.
        Some(inner) if braces_balance(inner) => inner.trim(),
        _ => value,
    }
}

/// Values that need protection are written in braces.
impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (key, value)) in self.iter().enumerate() {
            let separator = if number > 0 { ";" } else { "" };
            if value.contains([';', '=', '{', '}']) || value.contains(char::is_whitespace) {
                write!(f, "{separator}{key}={{{value}}}")?;
            } else {
                write!(f, "{separator}{key}={value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_peers_send() {
        let parsed = ConnectionString::parse(
            "throttled=False;publishInterval=1.000000; FilterExpression={FILTER ActiveMeasurements WHERE SignalType='FREQ';PPA:1};\
             assemblyInfo={source=x;version={1}};requestNaNValueFilterfalse; a=b=c;;includeTime=1",
        )
        .unwrap();
        assert_eq!(parsed.boolean("THROTTLED"), Some(false));
        assert_eq!(parsed.number("publishInterval"), Some(1.0));
        assert_eq!(
            parsed.get("filterexpression"),
            Some("FILTER ActiveMeasurements WHERE SignalType='FREQ';PPA:1")
        );
        assert_eq!(parsed.get("assemblyInfo"), Some("source=x;version={1}"));
        assert_eq!(parsed.boolean("includeTime"), Some(true));
        assert_eq!(parsed.get("a"), None);
        assert_eq!(parsed.iter().count(), 5);
    }

    #[test]
    fn braces_must_balance() {
        assert_eq!(ConnectionString::parse("a={b"), Err(ConnectionStringError::Unclosed(2)));
        assert_eq!(ConnectionString::parse("a=b}"), Err(ConnectionStringError::UnexpectedClose(3)));
        assert_eq!(ConnectionString::parse("a={b}{c}").unwrap().get("a"), Some("{b}{c}"));
    }

    #[test]
    fn keys_are_bounded_but_what_is_dropped_is_not() {
        let keys = |count: usize| (0..count).map(|key| format!("key{key}=1;")).collect::<String>();
        assert_eq!(ConnectionString::parse(&keys(MAX_KEYS)).unwrap().iter().count(), MAX_KEYS);
        assert_eq!(ConnectionString::parse(&keys(MAX_KEYS + 1)), Err(ConnectionStringError::TooManyKeys));
        let identifiers = "PPA:1;".repeat(10 * MAX_KEYS);
        assert_eq!(ConnectionString::parse(&identifiers), Ok(ConnectionString::default()));
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        let parsed = ConnectionString::parse("a=1;A=2").unwrap();
        assert_eq!(parsed.iter().collect::<Vec<_>>(), [("a", "2")]);
    }

    proptest! {
        #[test]
        fn written_values_read_back(values in prop::collection::vec("[ -~é]{0,20}", 0..6)) {
            let mut written = ConnectionString::default();
            for (number, value) in values.iter().enumerate() {
                if braces_balance(value) && value.trim() == value && without_outer_braces(value) == value {
                    written.set(format!("key{number}"), value);
                }
            }
            prop_assert_eq!(ConnectionString::parse(&written.to_string()), Ok(written));
        }

        #[test]
        fn parsing_never_panics(text in "[a{}=; é]{0,40}") {
            let _ = ConnectionString::parse(&text);
        }
    }
}
