//! Reads connection strings, and single settings, strictly, and sets what they say.

use super::error::{SettingError, shown};
use super::key_values::{pairs, repeated};
use super::nearest::nearest;
use super::role_with;
use super::table::{Setting, Setup, Table};

/// A key and its value.
struct Given<'t> {
    /// Its number in the table. Keys are set in the order of the table, whatever their order in the
    /// text.
    number: usize,
    /// As the operator spelt it.
    written: &'t str,
    value: &'t str,
    /// The value as the settings have it.
    outcome: String,
}

/// Sets what `text` says. What it does not mention stays; when it has a mistake, everything does.
pub(super) fn apply<S: Setup>(setup: &mut S, text: &str) -> Result<(), SettingError> {
    let mut given = Vec::new();
    let mut strangers = Vec::new();
    let pairs = pairs(text)?.collect::<Result<Vec<_>, _>>()?;
    let meanings = S::meanings(&pairs)?;
    for (&(written, value), meaning) in pairs.iter().zip(meanings) {
        match meaning.and_then(|key| S::table().find(key)) {
            Some(number) => add(S::table(), number, written, value, &mut given)?,
            None => collect::<S>(written, value, &mut given, &mut strangers)?,
        }
    }
    set_all(setup, given)
}

/// Sets one key, as `key={value}` in a connection string does. Without a value, it gets its default.
pub(super) fn set<S: Setup>(setup: &mut S, key: &str, value: Option<&str>) -> Result<(), SettingError> {
    let key = key.trim();
    let mut given = Vec::new();
    match value {
        Some(value) => {
            S::meanings(&[(key, value.trim())])?;
            collect::<S>(key, value.trim(), &mut given, &mut Vec::new())?;
        }
        None => {
            let (table, number) = (S::table(), find::<S>(key)?);
            let settings = table.settings();
            let members = table.members(number).map(|(member, _)| member);
            let numbers = members.chain(Some(number).filter(|number| !settings[*number].is_group()));
            given.extend(numbers.map(|number| Given {
                number,
                written: key,
                value: &settings[number].default,
                outcome: String::new(),
            }));
        }
    }
    set_all(setup, given)
}

/// The number of a key in the table.
pub(super) fn find<S: Setup>(key: &str) -> Result<usize, SettingError> {
    S::table().find(key.trim()).ok_or_else(|| unknown::<S>(key.trim()))
}

/// The value of a key, as it can be set again; of a group, what differs from the defaults.
pub(super) fn get<S: Setup>(setup: &S, key: &str) -> Result<String, SettingError> {
    let number = find::<S>(key)?;
    let setting = &S::table().settings()[number];
    Ok(if setting.is_group() { super::writer::group_text(setup, number) } else { setting.text(setup) })
}

fn set_all<S: Setup>(setup: &mut S, mut given: Vec<Given<'_>>) -> Result<(), SettingError> {
    given.sort_by_key(|item| item.number);
    let mut changed = setup.clone();
    for position in 0..given.len() {
        set_one(&mut changed, &mut given, position)?;
    }
    changed.check()?;
    *setup = changed;
    Ok(())
}

fn set_one<S: Setup>(setup: &mut S, given: &mut [Given<'_>], position: usize) -> Result<(), SettingError> {
    let settings = S::table().settings();
    let (earlier, rest) = given.split_at_mut(position);
    let Some(item) = rest.first_mut() else { return Ok(()) };
    let setting = &settings[item.number];
    setting.set(setup, item.value).map_err(|allowed| SettingError::BadValue {
        key: setting.key.clone(),
        value: shown(item.value),
        allowed,
    })?;
    item.outcome = setting.text(setup);
    match earlier.iter().find(|other| settings[other.number].text(setup) != other.outcome) {
        Some(other) => Err(SettingError::Conflict {
            key: settings[other.number].key.clone(),
            other: setting.key.clone(),
        }),
        None => Ok(()),
    }
}

/// Finds a key, or the keys of a group, in the table. What means nothing here is checked at once.
fn collect<'t, S: Setup>(
    written: &'t str,
    value: &'t str,
    given: &mut Vec<Given<'t>>,
    strangers: &mut Vec<&'static str>,
) -> Result<(), SettingError> {
    let table = S::table();
    let Some(number) = table.find(written) else { return meet_stranger::<S>(written, value, strangers) };
    let setting = &table.settings()[number];
    if !setting.is_group() {
        return add(table, number, written, value, given);
    }
    if let Some(bare) = setting.bare().filter(|_| !value.contains('=')) {
        let number = table.find_in(number, bare).ok_or_else(|| unknown_in(table, number, bare))?;
        return add(table, number, bare, value, given);
    }
    for pair in pairs(value)? {
        let (written, value) = pair?;
        let inner = table.find_in(number, written).ok_or_else(|| unknown_in(table, number, written))?;
        add(table, inner, written, value, given)?;
    }
    Ok(())
}

fn add<'t>(
    table: &Table,
    number: usize,
    written: &'t str,
    value: &'t str,
    given: &mut Vec<Given<'t>>,
) -> Result<(), SettingError> {
    match given.iter().find(|other| other.number == number) {
        Some(other) => Err(repeated(&table.settings()[number].key, other.written, written)),
        None => {
            given.push(Given { number, written, value, outcome: String::new() });
            Ok(())
        }
    }
}

fn meet_stranger<S: Setup>(
    written: &str,
    value: &str,
    strangers: &mut Vec<&'static str>,
) -> Result<(), SettingError> {
    let known = S::FOREIGN.iter().find(|foreign| foreign.name.eq_ignore_ascii_case(written));
    let foreign = known.ok_or_else(|| unknown::<S>(written))?;
    if strangers.contains(&foreign.name) {
        return Err(repeated(foreign.name, written, written));
    }
    strangers.push(foreign.name);
    foreign.meet(value)
}

fn unknown_in(table: &Table, group: usize, written: &str) -> SettingError {
    let setting = &table.settings()[group];
    let advice = match nearest(written, table.members(group).flat_map(|(_, setting)| setting.names())) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("give {}", setting.value),
    };
    SettingError::Unknown { key: format!("{}.{}", setting.key, shown(written)), advice }
}

fn unknown<S: Setup>(written: &str) -> SettingError {
    let table = S::table();
    let group_of = |name: &str| {
        let mut groups = table.outermost().filter(|(_, setting)| setting.is_group());
        groups.find(|(group, _)| table.find_in(*group, name).is_some()).map(|(_, setting)| setting.name())
    };
    if let Some((group, inner)) = written.split_once('.')
        && let Some(group) = table.find(group).filter(|group| table.settings()[*group].is_group())
    {
        return unknown_in(table, group, inner);
    }
    let foreign = S::FOREIGN.iter().map(|foreign| foreign.name);
    let known = table.outermost().flat_map(|(_, setting): (usize, &Setting)| setting.names()).chain(foreign);
    let advice = if let Some(group) = group_of(written) {
        format!("it belongs into {group}={{...}}")
    } else if let Some(role) = role_with(written) {
        format!("it is a setting of a {role}, and this is for a {}", S::ROLE)
    } else if let Some(name) = nearest(written, known) {
        format!("did you mean {name}?")
    } else {
        format!("{} lists the keys of a {}", S::DOCUMENT, S::ROLE)
    };
    SettingError::Unknown { key: shown(written), advice }
}
