//! The subjects that events travel under.
//!
//! `kaa.v1.events.<instance>.endpoint.data-collection.data-points-received.<series>`: names in them are escaped, since a
//! dot would begin another token, a blank another argument, and `*` and `>` are wildcards.

use thiserror::Error;

const BEFORE_INSTANCE: &str = "kaa.v1.events.";
const BEHIND_INSTANCE: &str = ".endpoint.data-collection.data-points-received.";
/// What `PUB`, a reply subject and the length need besides of the 4,096 bytes that a server reads as one line.
const MOST: usize = 3_072;

/// Why a name cannot be in a subject.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum SubjectError {
    /// A server drops messages with an empty token without a word.
    #[error("a name in a subject is empty; give one")]
    Empty,
    /// A server closes connections over longer lines.
    #[error("the subject has {0} bytes, and {MOST} are the most; use shorter names")]
    TooLong(usize),
}

/// The subject of the events of a time series.
pub(crate) fn of_series(instance: &str, series: &str) -> Result<String, SubjectError> {
    checked(format!("{BEFORE_INSTANCE}{}{BEHIND_INSTANCE}{}", escape(instance)?, escape(series)?))
}

/// The subject to subscribe to for what a transmitter, or every one, sends of a time series, or of every one. `>` and
/// not `*` stands for those, since other transmitters may have names with dots.
pub(crate) fn of_interest(instance: Option<&str>, series: Option<&str>) -> Result<String, SubjectError> {
    let instance = instance.map_or(Ok("*".into()), escape)?;
    let series = series.map_or(Ok(">".into()), escape)?;
    checked(format!("{BEFORE_INSTANCE}{instance}{BEHIND_INSTANCE}{series}"))
}

fn checked(subject: String) -> Result<String, SubjectError> {
    if subject.len() > MOST { Err(SubjectError::TooLong(subject.len())) } else { Ok(subject) }
}

/// The names of the transmitter and of the time series that are in a subject; `None` when it is another one.
pub(crate) fn names_in(subject: &str) -> Option<(String, String)> {
    let (instance, series) = subject.strip_prefix(BEFORE_INSTANCE)?.split_once('.')?;
    let series = series.strip_prefix(&BEHIND_INSTANCE[1..])?;
    (!instance.is_empty() && !series.is_empty()).then(|| (unescape(instance), unescape(series)))
}

/// A name as one token.
fn escape(name: &str) -> Result<String, SubjectError> {
    let mut token = String::with_capacity(name.len());
    for character in name.chars() {
        let is_special = matches!(character, '.' | '*' | '>' | '%');
        if is_special || character.is_whitespace() || character.is_control() {
            let mut bytes = [0; 4];
            character.encode_utf8(&mut bytes).bytes().for_each(|byte| token += &format!("%{byte:02X}"));
        } else {
            token.push(character);
        }
    }
    if token.is_empty() { Err(SubjectError::Empty) } else { Ok(token) }
}

/// The name that a token, or several of a transmitter that does not escape, stands for: as it is where it is not an
/// escaped one.
fn unescape(token: &str) -> String {
    let mut bytes = Vec::with_capacity(token.len());
    let mut left = token.as_bytes();
    while let Some((first, others)) = left.split_first() {
        let escaped = || {
            let [high, low] = others.first_chunk()?.map(|digit| char::from(digit).to_digit(16));
            Some((high? * 16 + low?) as u8)
        };
        match (*first == b'%').then(escaped) {
            None => bytes.push(*first),
            Some(Some(byte)) => bytes.push(byte),
            Some(None) => return token.to_owned(),
        }
        left = if *first == b'%' { &others[2..] } else { others };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| token.to_owned())
}
