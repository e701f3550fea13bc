//! Parts of the settings, whatever their types: structs that consist of rows of the table, or of
//! further parts.

use std::time::Duration;

/// A part of the settings, whatever its type. Its rows have numbers.
pub(crate) trait Part {
    fn descriptions(&self) -> Vec<Description>;
    fn part(&self, row: usize) -> Option<&dyn Part>;
    fn part_mut(&mut self, row: usize) -> Option<&mut dyn Part>;
    /// The value of a row.
    fn text(&self, row: usize) -> String;
    /// Sets the value of a row. When the text is no such value, the error says what is allowed.
    fn set(&mut self, row: usize, text: &str) -> Result<(), String>;
    /// Brings the numbers of all rows within their bounds.
    fn limit(&mut self);
}

/// A row without its way to the settings.
pub(crate) struct Description {
    pub(super) key: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) document: &'static str,
    pub(super) repeats_others: bool,
    pub(super) form: Form,
    /// What the value can be.
    pub(super) allowed: String,
}

/// The kind of a value.
pub(crate) enum Form {
    Flag,
    Integer { least: i64, most: i64, unit: &'static str },
    Seconds { least: Duration, most: Duration },
    Choice { words: &'static [&'static str] },
    Text,
    Part { bare: Option<&'static str> },
}
