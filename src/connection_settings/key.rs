//! What a key is: its names, and how its value is read into settings and written from them.

use std::time::Duration;

use super::values::{read_flag, read_integer, read_seconds, seconds_text};

/// Longest time that a key can have unless it says so: what 32 bits of milliseconds hold, as much
/// as the functions of the C API take.
pub(super) const LONGEST: Duration = Duration::from_millis(u32::MAX as u64);

/// A key of a connection string.
pub(crate) struct Key<S: 'static> {
    pub(crate) name: &'static str,
    /// Other spellings.
    pub(crate) aliases: &'static [&'static str],
    /// What it means, in one line.
    pub(crate) text: &'static str,
    pub(crate) value: Value<S>,
    /// Says in another way what other keys say, and is not written.
    pub(crate) repeats_others: bool,
    /// Functions of the C API that set the same.
    pub(crate) functions: &'static [&'static str],
}

impl<S> Key<S> {
    pub(super) const fn new(name: &'static str, text: &'static str, value: Value<S>) -> Key<S> {
        Key { name, aliases: &[], text, value, repeats_others: false, functions: &[] }
    }

    pub(super) const fn or(self, aliases: &'static [&'static str]) -> Key<S> {
        Key { aliases, ..self }
    }

    /// In C, it is set by these functions.
    pub(super) const fn c(self, functions: &'static [&'static str]) -> Key<S> {
        Key { functions, ..self }
    }

    pub(super) const fn repeats_others(self) -> Key<S> {
        Key { repeats_others: true, ..self }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }
}

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
        set: fn(&mut S, i64),
    },
    /// A time in seconds.
    Seconds {
        least: Duration,
        most: Duration,
        get: fn(&S) -> Duration,
        set: fn(&mut S, Duration),
    },
    /// One of several words, by its position.
    Choice {
        words: &'static [&'static str],
        get: fn(&S) -> usize,
        set: fn(&mut S, usize),
    },
    /// Anything else. `set` returns what is allowed when the text is none of it.
    Text {
        /// What is allowed.
        form: &'static str,
        get: fn(&S) -> String,
        set: fn(&mut S, &str) -> Result<(), String>,
    },
    /// Keys in braces.
    Group {
        keys: &'static [Key<S>],
        /// The key that a value without braces and `=` is for.
        bare: Option<&'static str>,
    },
}

impl<S> Value<S> {
    /// The value that the settings have, as [`set`](Self::set) reads it. Empty for a group.
    pub(crate) fn text(&self, settings: &S) -> String {
        match self {
            Value::Flag { get, .. } => get(settings).to_string(),
            Value::Integer { get, .. } => get(settings).to_string(),
            Value::Seconds { get, .. } => seconds_text(get(settings)),
            Value::Choice { words, get, .. } => words[get(settings)].to_owned(),
            Value::Text { get, .. } => get(settings),
            Value::Group { .. } => String::new(),
        }
    }

    /// Changes the settings. When the text is no such value, the error says what is allowed.
    pub(super) fn set(&self, settings: &mut S, text: &str) -> Result<(), String> {
        match self {
            Value::Flag { set, .. } => set(settings, read_flag(text).ok_or_else(|| self.allowed())?),
            Value::Integer { least, most, get, set, .. } => {
                let number = read_integer(text).filter(|number| (*least..=*most).contains(number));
                let number = number.ok_or_else(|| self.allowed())?;
                set(settings, number);
                // The field may be of a smaller type, as sizes of 32-bit machines are.
                if get(settings) != number {
                    return Err(self.allowed());
                }
            }
            Value::Seconds { least, most, set, .. } => {
                let time = read_seconds(text).filter(|time| (*least..=*most).contains(time));
                set(settings, time.ok_or_else(|| self.allowed())?);
            }
            Value::Choice { words, set, .. } => {
                let position = words.iter().position(|word| word.eq_ignore_ascii_case(text));
                set(settings, position.ok_or_else(|| self.allowed())?);
            }
            Value::Text { set, .. } => return set(settings, text),
            Value::Group { .. } => return Err(self.allowed()),
        }
        Ok(())
    }

    /// What the value can be.
    pub(crate) fn allowed(&self) -> String {
        match self {
            Value::Flag { .. } => "true or false".to_owned(),
            Value::Integer { least, most: i64::MAX, unit, .. } => format!("{unit}, {least} or more"),
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
            Value::Group { keys, .. } => {
                let names: Vec<_> = keys.iter().map(|key| key.name).collect();
                format!("keys in braces: {}", names.join(", "))
            }
        }
    }
}

/// A flag that lives at `$field` of the settings.
macro_rules! flag {
    ($($field:ident).+) => {
        Value::Flag { get: |setup| setup.$($field).+, set: |setup, value| setup.$($field).+ = value }
    };
}

/// A number that lives at `$field`, from `$least` to `$most` of what `$unit` says. The bounds fit
/// the field's type; what a program put there beyond them is written as well as can be.
macro_rules! integer {
    ($($field:ident).+, $least:expr, $most:expr, $unit:literal) => {
        Value::Integer {
            least: $least,
            most: $most,
            unit: $unit,
            get: |setup| i64::try_from(setup.$($field).+).unwrap_or(i64::MAX),
            set: |setup, value| {
                if let Ok(value) = value.try_into() {
                    setup.$($field).+ = value;
                }
            },
        }
    };
}

/// A [`Duration`] that lives at `$field`.
macro_rules! seconds {
    ($($field:ident).+, $least:expr) => {
        seconds!($($field).+, $least, LONGEST)
    };
    ($($field:ident).+, $least:expr, $most:expr) => {
        Value::Seconds {
            least: $least,
            most: $most,
            get: |setup| setup.$($field).+,
            set: |setup, value| setup.$($field).+ = value,
        }
    };
}

pub(super) use {flag, integer, seconds};
