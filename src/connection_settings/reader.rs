//! Reads a connection string strictly, and sets what it says.

use super::error::{SettingError, shown};
use super::foreign::Foreign;
use super::key::{Key, Value};
use super::nearest::nearest;
use super::{Setup, publisher, subscriber};
use crate::wire::ConnectionString;
use crate::wire::connection_string::{ConnectionStringError, MAX_KEYS, NoPair, key_and_value, segments};

/// A key of a connection string and its value.
struct Given<'t, S: Setup> {
    key: &'static Key<S>,
    /// As it is called in errors: with the group that it stands in, as `dataChannel.port`.
    name: String,
    /// As the operator spelt it.
    written: &'t str,
    value: &'t str,
    /// Keys are set in the order of the table, whatever their order in the text.
    position: (usize, usize),
    /// The value as the settings have it.
    outcome: String,
}

/// Sets what `text` says. What it does not mention stays; when it has a mistake, everything does.
pub(super) fn apply<S: Setup>(setup: &mut S, text: &str) -> Result<(), SettingError> {
    let mut given = collect::<S>(text)?;
    given.sort_by_key(|item| item.position);
    let mut changed = setup.clone();
    for number in 0..given.len() {
        set(&mut changed, &mut given, number)?;
    }
    changed.check()?;
    *setup = changed;
    Ok(())
}

fn set<S: Setup>(setup: &mut S, given: &mut [Given<'_, S>], number: usize) -> Result<(), SettingError> {
    let (earlier, rest) = given.split_at_mut(number);
    let item = &mut rest[0];
    item.key.value.set(setup, item.value).map_err(|allowed| SettingError::BadValue {
        key: item.name.clone(),
        value: shown(item.value),
        allowed,
    })?;
    item.outcome = item.key.value.text(setup);
    match earlier.iter().find(|other| other.key.value.text(setup) != other.outcome) {
        Some(other) => Err(SettingError::Conflict { key: other.name.clone(), other: item.name.clone() }),
        None => Ok(()),
    }
}

/// The keys of the text and of the groups in it.
fn collect<S: Setup>(text: &str) -> Result<Vec<Given<'_, S>>, SettingError> {
    let mut given: Vec<Given<'_, S>> = Vec::new();
    let mut strangers: Vec<&str> = Vec::new();
    for pair in pairs(text)? {
        let (written, value) = pair?;
        if let Some(position) = S::KEYS.iter().position(|key| key.is(written)) {
            collect_key(&S::KEYS[position], position, written, value, &mut given)?;
        } else if let Some(foreign) =
            S::FOREIGN.iter().find(|foreign| foreign.name.eq_ignore_ascii_case(written))
        {
            if strangers.contains(&foreign.name) {
                return Err(repeated(foreign.name, written, written));
            }
            strangers.push(foreign.name);
            foreign.meet(value)?;
        } else {
            return Err(unknown::<S>(written));
        }
    }
    Ok(given)
}

fn collect_key<'t, S: Setup>(
    key: &'static Key<S>,
    position: usize,
    written: &'t str,
    value: &'t str,
    given: &mut Vec<Given<'t, S>>,
) -> Result<(), SettingError> {
    let Value::Group { keys, bare } = &key.value else {
        let name = key.name.to_owned();
        return add(
            given,
            Given { key, name, written, value, position: (position, 0), outcome: String::new() },
        );
    };
    let inner = match bare {
        Some(bare) if !value.contains('=') => vec![Ok((*bare, value))],
        _ => pairs(value)?.collect(),
    };
    for pair in inner {
        let (written, value) = pair?;
        let place =
            keys.iter().position(|key| key.is(written)).ok_or_else(|| unknown_in(key, keys, written))?;
        let name = format!("{}.{}", key.name, keys[place].name);
        let position = (position, place + 1);
        add(given, Given { key: &keys[place], name, written, value, position, outcome: String::new() })?;
    }
    Ok(())
}

fn add<'t, S: Setup>(given: &mut Vec<Given<'t, S>>, item: Given<'t, S>) -> Result<(), SettingError> {
    match given.iter().find(|other| other.position == item.position) {
        Some(other) => Err(repeated(&item.name, other.written, item.written)),
        None => {
            given.push(item);
            Ok(())
        }
    }
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

type Pair<'t> = Result<(&'t str, &'t str), SettingError>;

/// Keys and values; a piece that is none is an error, an empty one is not.
fn pairs(text: &str) -> Result<impl Iterator<Item = Pair<'_>>, SettingError> {
    let pieces = segments(text)?.filter(|piece| !piece.trim().is_empty());
    Ok(pieces.map(|piece| {
        key_and_value(piece).map_err(|reason| match reason {
            NoPair::NoEquals => SettingError::NoEquals(shown(piece)),
            NoPair::SeveralEquals => SettingError::SeveralEquals(shown(piece)),
            NoPair::NoKey => SettingError::NoKey(shown(piece)),
        })
    }))
}

fn repeated(key: &str, first: &str, second: &str) -> SettingError {
    SettingError::Repeated { key: key.to_owned(), first: shown(first), second: shown(second) }
}

fn unknown_in<S>(group: &Key<S>, keys: &'static [Key<S>], written: &str) -> SettingError {
    let advice = match nearest(written, keys.iter().flat_map(Key::names)) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("give {}", group.value.allowed()),
    };
    SettingError::Unknown { key: format!("{}.{}", group.name, shown(written)), advice }
}

fn unknown<S: Setup>(written: &str) -> SettingError {
    let foreign = S::FOREIGN.iter().map(|foreign: &Foreign| foreign.name);
    let advice = if let Some(group) = group_with(S::KEYS, written) {
        format!("it belongs into {group}={{...}}")
    } else if let Some(role) = other_role::<S>(written) {
        format!("it is a setting of a {role}, and this is for a {}", S::ROLE)
    } else if let Some(name) = nearest(written, S::KEYS.iter().flat_map(Key::names).chain(foreign)) {
        format!("did you mean {name}?")
    } else {
        format!("docs/connection-strings.md lists the keys of a {}", S::ROLE)
    };
    SettingError::Unknown { key: shown(written), advice }
}

fn group_with<S>(keys: &[Key<S>], written: &str) -> Option<&'static str> {
    let mut groups = keys.iter().filter_map(|key| match &key.value {
        Value::Group { keys, .. } => Some((key.name, keys)),
        _ => None,
    });
    groups.find(|(_, keys)| keys.iter().any(|key| key.is(written))).map(|(name, _)| name)
}

/// The other role, if it has this key.
fn other_role<S: Setup>(written: &str) -> Option<&'static str> {
    fn role_with<S: Setup>(written: &str) -> Option<&'static str> {
        S::KEYS.iter().any(|key| key.is(written)).then_some(S::ROLE)
    }
    role_with::<subscriber::SubscriberSetup>(written)
        .or_else(|| role_with::<publisher::PublisherSetup>(written))
}
