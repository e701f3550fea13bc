//! What is wrong with a connection string of an operator.

use thiserror::Error;

use crate::wire::connection_string::ConnectionStringError;

/// Characters of a text that its error repeats.
const MAX_SHOWN: usize = 60;

/// A connection string sets nothing, because something in it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SettingError {
    /// Its braces do not balance.
    #[error(transparent)]
    Grammar(#[from] ConnectionStringError),
    /// A piece without `=`.
    #[error("connection string has {0:?} without a value; write key=value, and ; between them")]
    NoEquals(String),
    /// A piece with several `=`.
    #[error("connection string has several '=' in {0:?}; put the value in braces, as in key={{a=b}}")]
    SeveralEquals(String),
    /// A piece that begins with `=`.
    #[error("connection string has {0:?} without a key before the '='; write key=value")]
    NoKey(String),
    /// There is no such key.
    #[error("unknown key {key:?}; {advice}")]
    Unknown {
        /// The key.
        key: String,
        /// What may have been meant.
        advice: String,
    },
    /// A key is given twice, perhaps by another name.
    #[error("{key} is set twice, by {first} and by {second}; leave one out")]
    Repeated {
        /// The key.
        key: String,
        /// Its first name.
        first: String,
        /// Its second name.
        second: String,
    },
    /// A value is none that the key can have.
    #[error("{key} is {value:?}; give {allowed}")]
    BadValue {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What it can be.
        allowed: String,
    },
    /// A key of other implementations asks for what libsttp does not do.
    #[error("{key} is {value:?}; {advice}")]
    Foreign {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What to do instead.
        advice: String,
    },
    /// Two keys want different things of the same setting.
    #[error("{key} contradicts {other}; leave one out, or let them agree")]
    Conflict {
        /// The one key.
        key: String,
        /// The other key.
        other: String,
    },
    /// The settings do not go together, or something is missing.
    #[error("{0}")]
    Unusable(String),
}

/// The beginning of a text that may be long.
pub(super) fn shown(text: &str) -> String {
    let mut characters = text.trim().chars();
    let beginning: String = characters.by_ref().take(MAX_SHOWN).collect();
    if characters.next().is_some() { beginning + "…" } else { beginning }
}
