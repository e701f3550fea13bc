//! Keys and values of a connection string, read strictly.

use super::error::{SettingError, shown};
use crate::wire::ConnectionString;
use crate::wire::connection_string::{ConnectionStringError, MAX_KEYS, NoPair, key_and_value, segments};

type Pair<'t> = Result<(&'t str, &'t str), SettingError>;

/// Keys and values; a piece that is none is an error, an empty one is not.
pub(super) fn pairs(text: &str) -> Result<impl Iterator<Item = Pair<'_>>, SettingError> {
    let pieces = segments(text)?.filter(|piece| !piece.trim().is_empty());
    Ok(pieces.map(|piece| {
        key_and_value(piece).map_err(|reason| match reason {
            NoPair::NoEquals => SettingError::NoEquals(shown(piece)),
            NoPair::SeveralEquals => SettingError::SeveralEquals(shown(piece)),
            NoPair::NoKey => SettingError::NoKey(shown(piece)),
        })
    }))
}

/// Keys and values of any name, each once.
pub(super) fn key_values(text: &str) -> Result<ConnectionString, SettingError> {
    let mut keys = ConnectionString::default();
    for (number, pair) in pairs(text)?.enumerate() {
        let (key, value) = pair?;
        if keys.get(key).is_some() {
            return Err(repeated(key, key, key));
        }
        if number >= MAX_KEYS {
            return Err(ConnectionStringError::TooManyKeys.into());
        }
        keys.set(key, value);
    }
    Ok(keys)
}

pub(super) fn repeated(key: &str, first: &str, second: &str) -> SettingError {
    SettingError::Repeated { key: key.to_owned(), first: shown(first), second: shown(second) }
}
