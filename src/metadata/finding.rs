//! What is wrong in metadata that can be used all the same.

use std::ffi::CStr;
use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use super::value::ColumnType;

/// Something wrong in metadata, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The table, as its metadata spell it.
    pub table: String,
    /// The row of the table, counted from 0; `None` when it is about the table or the column as a whole.
    pub row: Option<usize>,
    /// The column; empty when it is about the row or the table as a whole.
    pub column: String,
    /// Where in the XML document, for what was found while reading one.
    pub place: Option<Place>,
    /// What is wrong there.
    pub problem: FindingProblem,
}

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line of the document, counted from 1.
    pub line: u32,
    /// Column of that line in characters, counted from 1.
    pub column: u32,
}

macro_rules! problems {
    ($(
        $(#[doc = $doc:literal])*
        #[error($message:literal)]
        $kind:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* },
    )*) => {
        /// What is wrong at a place of metadata.
        #[derive(Debug, Clone, PartialEq, Eq, Error)]
        #[non_exhaustive]
        pub enum FindingProblem {
            $($(#[doc = $doc])* #[error($message)] $kind { $($(#[$field_doc])* $field: $type,)* },)*
        }

        /// The kinds of [`FindingProblem`], by which findings are counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FindingKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl FindingKind {
            /// All kinds, in the order of their numbers.
            pub const ALL: &[FindingKind] = &[$(FindingKind::$kind,)*];

            /// Its name, as `Unreadable`.
            pub fn name(self) -> &'static str {
                self.c_name().to_str().unwrap_or_default()
            }

            /// Its name for C.
            pub(crate) fn c_name(self) -> &'static CStr {
                match self {
                    $(FindingKind::$kind => const { crate::counters::text(concat!(stringify!($kind), "\0"), 0) },)*
                }
            }
        }

        impl FindingProblem {
            /// The kind of the problem.
            pub fn kind(&self) -> FindingKind {
                match self {
                    $(FindingProblem::$kind { .. } => FindingKind::$kind,)*
                }
            }
        }
    };
}

problems! {
    /// The text of a cell is no value of the column's type. The cell is null.
    #[error("{text:?} is no {expected} value: the cell is null")]
    Unreadable {
        /// The beginning of the text.
        text: String,
        /// The type of the column.
        expected: ColumnType,
    },
    /// The text of a cell is not what XML has for the column's type, but was understood.
    #[error("{text:?} is not how XML writes a {expected} value: it is read as {value}")]
    ReadFreely {
        /// The beginning of the text.
        text: String,
        /// The type of the column.
        expected: ColumnType,
        /// What it was read as.
        value: String,
    },
    /// A text refers to a character that XML does not have. U+FFFD stands in its place.
    #[error("&{reference}; refers to a character that XML does not have: U+FFFD stands in its place")]
    ForbiddenCharacter {
        /// The reference, without the signs around it.
        reference: String,
    },
    /// A row belongs to no table of the document's schema. It is left out.
    #[error("the schema defines no such table, at least not before this row: it is left out")]
    UndefinedTable {},
    /// A field of a row belongs to no column of the table's schema. It is left out.
    #[error("the schema defines no such column: the field is left out")]
    UndefinedColumn {},
    /// The schema gives a column no type that is supported. The column is left out.
    #[error("{schema_type:?} is no supported type: the column is left out")]
    UnsupportedColumn {
        /// The type; empty when there is none.
        schema_type: String,
    },
    /// The expression of a column has no value. The cell, or the column from that row on, is null.
    #[error("the column's expression gives no value: {reason}")]
    NotComputed {
        /// Why.
        reason: String,
    },
    /// A measurement has no signal ID. Nobody can subscribe to it, and nothing be published for it.
    #[error("the measurement has no signal ID: it can neither be published nor subscribed to")]
    NoSignalId {},
    /// The signal ID of a measurement is all zeros, which stands for none.
    #[error("the signal ID is all zeros, which stands for none")]
    NilSignalId {},
    /// The signal ID is that of another measurement too.
    #[error("signal ID {signal_id} is that of row {first_row} already: only that row gets its data")]
    RepeatedSignalId {
        /// The signal ID.
        signal_id: Uuid,
        /// The first row that has it.
        first_row: usize,
    },
    /// The measurement key is not a source, a colon and a number.
    #[error("{key:?} is no measurement key: give SOURCE:number")]
    BadKey {
        /// The beginning of the text.
        key: String,
    },
    /// A name that finds a row is that of another row too.
    #[error("{name:?} is that of row {first_row} already: only that row is found by it")]
    RepeatedName {
        /// The beginning of the name.
        name: String,
        /// The first row that has it.
        first_row: usize,
    },
    /// A device or phasor lacks a name by which measurements refer to it.
    #[error("nothing can refer to the row: it has none")]
    NoName {},
    /// A row refers to a device that is not described.
    #[error("there is no device {acronym:?}")]
    UnknownDevice {
        /// The beginning of the acronym.
        acronym: String,
    },
    /// A measurement refers to a phasor that is not described.
    #[error("the device {acronym:?} has no phasor {source_index}")]
    UnknownPhasor {
        /// The beginning of the device's acronym.
        acronym: String,
        /// The index that the phasor should have.
        source_index: i32,
    },
}

/// As `DeviceDetail, row 3, FramesPerSecond (line 80, column 12): …`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        if let Some(place) = self.place {
            write!(f, " (line {}, column {})", place.line, place.column)?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// All that is wrong in metadata: everything is counted, and the first of each kind are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    listed: Vec<Finding>,
    counts: [usize; FindingKind::ALL.len()],
}

impl Findings {
    /// How many findings of one kind are listed.
    pub const MOST_LISTED: usize = 100;
    /// How many findings of one kind are told to operators.
    pub const MOST_TOLD: usize = 3;

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// How many findings there are.
    pub fn count(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many findings there are of one kind.
    pub fn count_of(&self, kind: FindingKind) -> usize {
        self.counts.get(kind as usize).copied().unwrap_or_default()
    }

    /// The findings, in the order in which they were made: of each kind no more than
    /// [`Self::MOST_LISTED`].
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.listed.iter()
    }

    /// The findings in words for operators: of each kind the first [`Self::MOST_TOLD`], and how many more
    /// there are.
    pub fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for kind in FindingKind::ALL {
            let of_kind = self.listed.iter().filter(|finding| finding.problem.kind() == *kind);
            let begin = told.len();
            told.extend(of_kind.take(Self::MOST_TOLD).map(Finding::to_string));
            let more = self.count_of(*kind).saturating_sub(told.len() - begin);
            if let (1.., Some(last)) = (more, told.last_mut()) {
                last.push_str(&format!("; and {more} more of this kind"));
            }
        }
        told
    }

    /// Counts a finding, and lists it unless there are many of its kind.
    pub(crate) fn note(&mut self, kind: FindingKind, finding: impl FnOnce() -> Finding) {
        let Some(count) = self.counts.get_mut(kind as usize) else { return };
        *count += 1;
        if *count <= Self::MOST_LISTED {
            self.listed.push(finding());
        }
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The first finding and how many more there are; empty when there are none.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.listed.first() else { return Ok(()) };
        first.fmt(f)?;
        match self.count() - 1 {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// The beginning of a text, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(row: usize) -> Finding {
        Finding {
            table: "T".into(),
            row: Some(row),
            column: "A".into(),
            place: Some(Place { line: 7, column: 9 }),
            problem: FindingProblem::BadKey { key: "x".into() },
        }
    }

    #[test]
    fn everything_is_counted_and_the_first_of_each_kind_listed() {
        let mut findings = Findings::default();
        assert_eq!(findings.to_string(), "");
        for row in 0..1_000 {
            findings.note(FindingKind::BadKey, || finding(row));
        }
        findings.note(FindingKind::NoName, || Finding { problem: FindingProblem::NoName {}, ..finding(1) });
        assert_eq!((findings.count(), findings.count_of(FindingKind::BadKey)), (1_001, 1_000));
        assert_eq!(findings.iter().len(), Findings::MOST_LISTED + 1);
        let text =
            "T, row 0, A (line 7, column 9): \"x\" is no measurement key: give SOURCE:number; and 1000 more";
        assert_eq!(findings.to_string(), text);
    }

    #[test]
    fn operators_are_told_the_first_of_each_kind() {
        let mut findings = Findings::default();
        assert!(findings.told().is_empty());
        for row in 0..1_000 {
            findings.note(FindingKind::BadKey, || finding(row));
        }
        let none = |row| Finding { problem: FindingProblem::NoName {}, place: None, ..finding(row) };
        findings.note(FindingKind::NoName, || none(7));
        let key = |row| {
            format!("T, row {row}, A (line 7, column 9): \"x\" is no measurement key: give SOURCE:number")
        };
        let more = key(2) + "; and 997 more of this kind";
        let name = "T, row 7, A: nothing can refer to the row: it has none".to_owned();
        assert_eq!(findings.told(), [key(0), key(1), more, name]);
    }

    #[test]
    fn kinds_are_numbered_in_their_order_and_have_names() {
        for (number, kind) in FindingKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, number);
            assert_eq!(kind.name(), format!("{kind:?}"));
        }
    }
}
