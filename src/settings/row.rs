//! What a row of the table is: a key, its document, and how its value is read into settings and
//! written from them.

use std::time::Duration;

use super::part::{Description, Form, Part};
use super::values::{read_flag, read_integer, read_seconds, seconds_text};

/// Longest time that a setting can have: about 300 years, so that no time on Earth overflows.
pub(super) const LONGEST: Duration = Duration::from_secs(10_000_000_000);
/// Longest time of a setting in milliseconds: what 32 bits hold, as peers have it.
pub(super) const LONGEST_MILLISECONDS: i64 = u32::MAX as i64;
/// The bound of numbers that have none but that of their type.
pub(super) const ANY: i64 = i64::MAX;

/// A row of the table: a setting of `S`, or settings of a part of it.
pub(crate) struct Row<S: 'static> {
    /// Its key. That of a part is the name of a group, or empty when the part's keys stand among
    /// the others.
    pub(super) key: &'static str,
    /// Other spellings.
    pub(super) aliases: &'static [&'static str],
    /// What it means: a paragraph that says it in one line, perhaps more.
    pub(super) document: &'static str,
    pub(super) value: Value<S>,
    /// Says in another way what other rows say, and is not written.
    pub(super) repeats_others: bool,
}

impl<S> Row<S> {
    pub(super) const fn new(key: &'static str, document: &'static str, value: Value<S>) -> Row<S> {
        Row { key, aliases: &[], document, value, repeats_others: false }
    }

    pub(super) const fn or(self, aliases: &'static [&'static str]) -> Row<S> {
        Row { aliases, ..self }
    }

    pub(super) const fn repeats_others(self) -> Row<S> {
        Row { repeats_others: true, ..self }
    }
}

/// Changes settings, or tells what is allowed.
pub(super) type Set<S, T> = fn(&mut S, T) -> Result<(), String>;

/// The kind of a value, and where in the settings it lives.
pub(crate) enum Value<S: 'static> {
    Flag {
        get: fn(&S) -> bool,
        set: fn(&mut S, bool),
    },
    /// A whole number of what `unit` says.
    Integer {
        least: i64,
        most: i64,
        unit: &'static str,
        get: fn(&S) -> i64,
        set: Set<S, i64>,
    },
    /// A time in seconds.
    Seconds {
        least: Duration,
        most: Duration,
        get: fn(&S) -> Duration,
        set: Set<S, Duration>,
    },
    /// One of several words, by its position.
    Choice {
        words: &'static [&'static str],
        get: fn(&S) -> usize,
        set: fn(&mut S, usize),
    },
    /// Anything else.
    Text {
        /// What is allowed.
        form: &'static str,
        get: fn(&S) -> String,
        set: fn(&mut S, &str) -> Result<(), String>,
    },
    /// Rows of a part of the settings.
    Part {
        /// In a group, the key that a value without braces and `=` is for.
        bare: Option<&'static str>,
        get: fn(&S) -> &dyn Part,
        get_mut: fn(&mut S) -> &mut dyn Part,
    },
}

impl<S> Value<S> {
    /// The value that the settings have, as [`set`](Self::set) reads it. Empty for a part.
    pub(super) fn text(&self, settings: &S) -> String {
        match self {
            Value::Flag { get, .. } => get(settings).to_string(),
            Value::Integer { get, .. } => get(settings).to_string(),
            Value::Seconds { get, .. } => seconds_text(get(settings)),
            Value::Choice { words, get, .. } => {
                words.get(get(settings)).copied().unwrap_or_default().to_owned()
            }
            Value::Text { get, .. } => get(settings),
            Value::Part { .. } => String::new(),
        }
    }

    /// Changes the settings. When the text is no such value, the error says what is allowed.
    pub(super) fn set(&self, settings: &mut S, text: &str) -> Result<(), String> {
        match self {
            Value::Flag { set, .. } => set(settings, read_flag(text).ok_or_else(|| self.allowed())?),
            Value::Integer { least, most, get, set, .. } => {
                let number = read_integer(text).filter(|number| (*least..=*most).contains(number));
                let number = number.ok_or_else(|| self.allowed())?;
                set(settings, number)?;
                // The field may be of a smaller type, as sizes of 32-bit machines are.
                if get(settings) != number {
                    return Err(self.allowed());
                }
            }
            Value::Seconds { least, most, set, .. } => {
                let time = read_seconds(text).filter(|time| (*least..=*most).contains(time));
                set(settings, time.ok_or_else(|| self.allowed())?)?;
            }
            Value::Choice { words, set, .. } => {
                let position = words.iter().position(|word| word.eq_ignore_ascii_case(text));
                set(settings, position.ok_or_else(|| self.allowed())?);
            }
            Value::Text { set, .. } => return set(settings, text),
            Value::Part { .. } => return Err(self.allowed()),
        }
        Ok(())
    }

    /// Brings a number that a program has set within its bounds.
    pub(super) fn limit(&self, settings: &mut S) {
        // What has no place in the field stays as it is.
        let _ = match self {
            Value::Integer { least, most, get, set, .. } => {
                let number = get(settings);
                let within = number.clamp(*least, *most);
                if within == number { Ok(()) } else { set(settings, within) }
            }
            Value::Seconds { least, most, get, set, .. } => {
                let time = get(settings);
                let within = time.clamp(*least, *most);
                if within == time { Ok(()) } else { set(settings, within) }
            }
            Value::Part { get_mut, .. } => {
                get_mut(settings).limit();
                Ok(())
            }
            Value::Flag { .. } | Value::Choice { .. } | Value::Text { .. } => Ok(()),
        };
    }

    /// What the value can be. Empty for a part.
    pub(super) fn allowed(&self) -> String {
        match self {
            Value::Flag { .. } => "true or false".to_owned(),
            Value::Integer { least, most: ANY, unit, .. } => format!("{unit}, {least} or more"),
            Value::Integer { least, most, unit, .. } => format!("{unit}, {least} to {most}"),
            Value::Seconds { least, most: LONGEST, .. } if least.is_zero() => "seconds".to_owned(),
            Value::Seconds { least, most: LONGEST, .. } => {
                format!("seconds, {} or more", seconds_text(*least))
            }
            Value::Seconds { least, most, .. } => {
                format!("seconds, {} to {}", seconds_text(*least), seconds_text(*most))
            }
            Value::Choice { words, .. } => match words {
                [others @ .., last] => format!("{} or {last}", others.join(", ")),
                [] => String::new(),
            },
            Value::Text { form, .. } => (*form).to_owned(),
            Value::Part { .. } => String::new(),
        }
    }
}

/// What consists of rows.
pub(crate) trait Rows: Sized + 'static {
    const ROWS: &'static [Row<Self>];
}

impl<S> Row<S> {
    fn description(&self) -> Description {
        let form = match self.value {
            Value::Flag { .. } => Form::Flag,
            Value::Integer { least, most, unit, .. } => Form::Integer { least, most, unit },
            Value::Seconds { least, most, .. } => Form::Seconds { least, most },
            Value::Choice { words, .. } => Form::Choice { words },
            Value::Text { .. } => Form::Text,
            Value::Part { bare, .. } => Form::Part { bare },
        };
        Description {
            key: self.key,
            aliases: self.aliases,
            document: self.document,
            repeats_others: self.repeats_others,
            form,
            allowed: self.value.allowed(),
        }
    }
}

impl<S: Rows> Part for S {
    fn descriptions(&self) -> Vec<Description> {
        S::ROWS.iter().map(Row::description).collect()
    }

    fn part(&self, row: usize) -> Option<&dyn Part> {
        match S::ROWS.get(row)?.value {
            Value::Part { get, .. } => Some(get(self)),
            _ => None,
        }
    }

    fn part_mut(&mut self, row: usize) -> Option<&mut dyn Part> {
        match S::ROWS.get(row)?.value {
            Value::Part { get_mut, .. } => Some(get_mut(self)),
            _ => None,
        }
    }

    fn text(&self, row: usize) -> String {
        S::ROWS.get(row).map(|row| row.value.text(self)).unwrap_or_default()
    }

    fn set(&mut self, row: usize, text: &str) -> Result<(), String> {
        S::ROWS.get(row).map_or(Ok(()), |row| row.value.set(self, text))
    }

    fn limit(&mut self) {
        S::ROWS.iter().for_each(|row| row.value.limit(self));
    }
}
