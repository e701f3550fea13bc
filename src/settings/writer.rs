//! Writes settings as connection strings.

use super::table::{Setting, Setup};
use crate::wire::ConnectionString;

/// The connection string that makes `setup` of the default.
pub(super) fn write<S: Setup>(setup: &S) -> ConnectionString {
    write_settings(setup, S::table().outermost())
}

/// What is in the braces of a group.
pub(super) fn group_text<S: Setup>(setup: &S, group: usize) -> String {
    write_settings(setup, S::table().members(group)).to_string()
}

fn write_settings<'t, S: Setup>(
    setup: &S,
    settings: impl Iterator<Item = (usize, &'t Setting)>,
) -> ConnectionString {
    let mut written = ConnectionString::default();
    for (number, setting) in settings.filter(|(_, setting)| !setting.repeats_others) {
        let value = if setting.is_group() { group_text(setup, number) } else { setting.text(setup) };
        if value != setting.default {
            written.set(setting.name(), value);
        }
    }
    written
}
