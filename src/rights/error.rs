//! What is wrong with a rights file.

use thiserror::Error;

use super::grant::GrantError;
use crate::settings::SettingError;

/// Rights cannot be read: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}{}: {problem}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct RightsError {
    /// The file, as it was named.
    pub file: String,
    /// Its line, counted from 1; `None` when it is about all of it.
    pub line: Option<usize>,
    /// What is wrong there.
    pub problem: RightsProblem,
}

/// What is wrong with a rights file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RightsProblem {
    /// The file cannot be read.
    #[error("the rights cannot be read: {0}")]
    Unreadable(String),
    /// It is longer than any that people write.
    #[error("the file has more than {} MiB; write fewer rights, and groups of signals", .0 >> 20)]
    TooLong(usize),
    /// It is no UTF-8.
    #[error("this is no UTF-8; save the file as UTF-8")]
    NotText,
    /// There is no section at all.
    #[error("there is no section, so that nobody could connect; write some, as [others]")]
    Empty,
    /// Something stands before the first section.
    #[error("a section must come first: [subscriber NAME], [group NAME] or [others]")]
    NoSection,
    /// A section is not one of those that there are.
    #[error("{0:?} is no section; write [subscriber NAME], [group NAME] or [others]")]
    Section(String),
    /// Two sections have the same name.
    #[error("{section} is in line {first} already; use another name, or one section")]
    RepeatedSection {
        /// The section.
        section: String,
        /// Where it was first.
        first: usize,
    },
    /// A line is no `key = value`.
    #[error(
        "{0:?} is neither a section nor key = value; begin the line with spaces if it continues the one before"
    )]
    NoValue(String),
    /// A section has a key twice.
    #[error(
        "{key} is in line {first} of this section already; write one value, on several lines if it is long"
    )]
    RepeatedKey {
        /// The key.
        key: String,
        /// Where it was first.
        first: usize,
    },
    /// A key or a value.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A key that this kind of section has not.
    #[error("{section} has no {key}: {why}")]
    Misplaced {
        /// The kind of section.
        section: &'static str,
        /// The key.
        key: String,
        /// Why not.
        why: &'static str,
    },
    /// Nothing tells who a subscriber is.
    #[error("nothing tells who {0} is; give certificate, subject or addresses, or write [others]")]
    Unknown(String),
    /// Nothing tells which signals there are.
    #[error(
        "nothing tells which signals {0} may have; give signals, allow, deny or groups: 'signals = ALLOW WHERE \
             True' for all, 'signals =' for none"
    )]
    NoSignals(String),
    /// There is no such group.
    #[error("there is no [group {0}]; write it, or leave it out of groups")]
    NoGroup(String),
    /// A filter that cannot be used.
    #[error(transparent)]
    Grant(#[from] GrantError),
}
