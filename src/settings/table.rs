//! The table of all settings of a role, made of the rows of its parts.

use super::error::SettingError;
use super::foreign::Foreign;
use super::part::{Description, Form, Part};
use super::row::{ANY, LONGEST};
use super::values::seconds_text;

/// Everything that a role can be told.
pub(crate) trait Setup: Part + Clone + Default + 'static {
    /// Who is set up, for error texts.
    const ROLE: &'static str;
    /// Keys of other implementations.
    const FOREIGN: &'static [Foreign];
    /// Where its keys are listed.
    const DOCUMENT: &'static str = "docs/connection-strings.md";

    /// What can be set, in the order in which it is.
    fn table() -> &'static Table;

    /// What no row can see alone.
    fn check(&self) -> Result<(), SettingError>;

    /// For each key of a connection string the setting that it stands for beside the others, where that is
    /// another than its own, as in strings of other implementations. Refuses what would not come about.
    fn meanings(pairs: &[(&str, &str)]) -> Result<Vec<Option<&'static str>>, SettingError> {
        Ok(vec![None; pairs.len()])
    }
}

/// A setting of the table, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its key; `dataChannel.port` is `port` in the braces of `dataChannel`.
    pub key: String,
    /// Other spellings of the key, without the group.
    pub aliases: &'static [&'static str],
    /// The type of its value.
    pub kind: SettingKind,
    /// What a number counts: bytes, milliseconds, seconds and the like. Empty for other types.
    pub unit: &'static str,
    /// The least number; empty when there is no such bound.
    pub least: String,
    /// The greatest number; empty when there is no such bound.
    pub most: String,
    /// The words that a choice is of.
    pub words: &'static [&'static str],
    /// What its value can be, in one line.
    pub value: String,
    /// The value without it.
    pub default: String,
    /// What it means, in one line.
    pub summary: String,
    /// All that there is to say: the summary, and paragraphs that follow, each a line.
    pub document: String,
    /// Says in another way what other settings say, and is never written.
    pub repeats_others: bool,
    place: Place,
}

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingKind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// A time in seconds, perhaps with a fraction.
    Seconds,
    /// One of several words.
    Choice,
    /// A text; [`Setting::value`] says which.
    Text,
    /// Keys in braces, each a setting of its own that follows in the table.
    Group,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The key without the group.
    name: &'static str,
    /// The group that it stands in.
    group: Option<usize>,
    /// For a group, the key that a value without braces and `=` is for.
    bare: Option<&'static str>,
    /// From row to row, down to the part that has it.
    path: Vec<usize>,
}

impl Setting {
    /// The key without the group, and its other spellings.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.place.name).chain(self.aliases.iter().copied())
    }

    /// The key without the group.
    pub(super) fn name(&self) -> &'static str {
        self.place.name
    }

    pub(super) fn group(&self) -> Option<usize> {
        self.place.group
    }

    pub(super) fn is_group(&self) -> bool {
        self.kind == SettingKind::Group
    }

    pub(super) fn bare(&self) -> Option<&'static str> {
        self.place.bare
    }

    fn is(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The value that the settings have, as [`set`](Self::set) reads it. Empty for a group.
    pub(super) fn text(&self, settings: &dyn Part) -> String {
        let Some((row, above)) = self.place.path.split_last() else { return String::new() };
        let part = above.iter().try_fold(settings, |part, row| part.part(*row));
        part.map(|part| part.text(*row)).unwrap_or_default()
    }

    /// Changes the settings. When the text is no such value, the error says what is allowed.
    pub(super) fn set(&self, settings: &mut dyn Part, text: &str) -> Result<(), String> {
        let Some((row, above)) = self.place.path.split_last() else { return Ok(()) };
        let mut part = settings;
        for row in above {
            let Some(below) = part.part_mut(*row) else { return Ok(()) };
            part = below;
        }
        part.set(*row, text)
    }
}

/// All settings of a role, groups before what is in them.
pub(crate) struct Table(Vec<Setting>);

impl Table {
    /// The table of the default settings of a role.
    pub(super) fn of(default: &dyn Part) -> Table {
        let mut table = Table(Vec::new());
        table.add(default, None, &mut Vec::new());
        table
    }

    fn add(&mut self, part: &dyn Part, group: Option<usize>, path: &mut Vec<usize>) {
        for (row, description) in part.descriptions().into_iter().enumerate() {
            path.push(row);
            let below = part.part(row);
            let inside = if below.is_some() && description.key.is_empty() {
                group
            } else {
                self.0.push(self.setting(description, part.text(row), group, path.clone()));
                Some(self.0.len() - 1)
            };
            if let Some(below) = below {
                self.add(below, inside, path);
            }
            path.pop();
        }
        if let Some(group) = group {
            let names: Vec<_> = self.members(group).map(|(_, setting)| setting.name()).collect();
            self.0[group].value = format!("keys in braces: {}", names.join(", "));
        }
    }

    fn setting(
        &self,
        description: Description,
        default: String,
        group: Option<usize>,
        path: Vec<usize>,
    ) -> Setting {
        let Description { key, aliases, document, repeats_others, form, allowed } = description;
        let paragraphs: Vec<String> = document.trim().split("\n\n").map(one_line).collect();
        let mut setting = Setting {
            key: group.map_or_else(|| key.to_owned(), |group| format!("{}.{key}", self.0[group].key)),
            aliases,
            kind: SettingKind::Text,
            unit: "",
            least: String::new(),
            most: String::new(),
            words: &[],
            value: allowed,
            default,
            summary: paragraphs.first().map(|text| text.trim_end_matches('.').to_owned()).unwrap_or_default(),
            document: paragraphs.join("\n"),
            repeats_others,
            place: Place { name: key, group, bare: None, path },
        };
        match form {
            Form::Text => {}
            Form::Flag => setting.kind = SettingKind::Flag,
            Form::Integer { least, most, unit } => {
                setting.kind = SettingKind::Integer;
                setting.unit = unit;
                setting.least = least.to_string();
                setting.most =
                    Some(most).filter(|most| *most != ANY).map(|most| most.to_string()).unwrap_or_default();
            }
            Form::Seconds { least, most } => {
                setting.kind = SettingKind::Seconds;
                setting.unit = "seconds";
                setting.least = seconds_text(least);
                setting.most =
                    Some(most).filter(|most| *most != LONGEST).map(seconds_text).unwrap_or_default();
            }
            Form::Choice { words } => {
                setting.kind = SettingKind::Choice;
                setting.words = words;
            }
            Form::Part { bare } => {
                setting.kind = SettingKind::Group;
                setting.place.bare = bare;
            }
        }
        setting
    }

    pub(crate) fn settings(&self) -> &[Setting] {
        &self.0
    }

    /// The settings of a group, with their numbers.
    pub(super) fn members(&self, group: usize) -> impl Iterator<Item = (usize, &Setting)> {
        self.0.iter().enumerate().filter(move |(_, setting)| setting.group() == Some(group))
    }

    /// The settings and groups that stand in no group, with their numbers.
    pub(super) fn outermost(&self) -> impl Iterator<Item = (usize, &Setting)> {
        self.0.iter().enumerate().filter(|(_, setting)| setting.group().is_none())
    }

    /// The number of a setting by any of its names, as `lagTime` or `dataChannel.port`.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let (name, inner) = key.split_once('.').map_or((key, None), |(name, inner)| (name, Some(inner)));
        let (number, setting) = self.outermost().find(|(_, setting)| setting.is(name))?;
        match inner {
            None => Some(number),
            Some(inner) if setting.is_group() => self.find_in(number, inner),
            Some(_) => None,
        }
    }

    /// The number of a setting of a group.
    pub(super) fn find_in(&self, group: usize, name: &str) -> Option<usize> {
        self.members(group).find(|(_, setting)| setting.is(name)).map(|(number, _)| number)
    }
}

/// A paragraph without its line breaks.
fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
