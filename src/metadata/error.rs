//! What can be wrong with metadata, and how much of it is allowed.

use thiserror::Error;

use super::value::ColumnType;

/// Why metadata were refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A document is not the XML of a data set.
    #[error("metadata XML, line {line}, column {column}: {problem}")]
    Xml {
        /// Line of the document, counted from 1.
        line: u32,
        /// Column of that line in characters, counted from 1.
        column: u32,
        /// What is wrong there.
        problem: XmlProblem,
    },
    /// There is more of something than the [`Limits`] or the storage allow.
    #[error("metadata have too many {what}: {count}, allowed are {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How much there is, as far as it was counted.
        count: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// A table or column was given a name that another one has or that is empty.
    #[error("{name:?} cannot name a {what}: it is {reason}")]
    BadName {
        /// `table` or `column`.
        what: &'static str,
        /// The refused name.
        name: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// There is no such table, row or column.
    #[error("there is no {what} {which} in {place}")]
    Missing {
        /// `table`, `row` or `column`.
        what: &'static str,
        /// Its name or number.
        which: String,
        /// Where it was looked for.
        place: String,
    },
    /// A value does not fit the column.
    #[error("{table}.{column} holds {expected} values, not {value:?}")]
    WrongValue {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// Type of the column.
        expected: ColumnType,
        /// The beginning of the text of the refused value.
        value: String,
    },
    /// A text contains a NUL character, which neither XML nor C can carry.
    #[error("the text for {table}.{column} contains a NUL character at byte {position}")]
    NulInText {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// Byte of the text.
        position: usize,
    },
}

/// What is wrong at a place of an XML document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlProblem {
    /// The document does not follow the XML grammar.
    #[error("{0}")]
    Syntax(String),
    /// The bytes are not in the encoding of the document.
    #[error("bytes are not valid {0}; a document in another encoding has to declare it")]
    BrokenEncoding(&'static str),
    /// The document declares an encoding that is not known.
    #[error("the declared encoding {0:?} is not known; send UTF-8")]
    UnknownEncoding(String),
    /// The document is no data set: it has no schema, which says what tables and columns there are.
    #[error("the document is no metadata: its root element {root:?} has no schema{}", after(text))]
    NoDataSet {
        /// Name of the root element.
        root: String,
        /// The beginning of the text of the document.
        text: String,
    },
    /// The document has rows, but its schema defines no table.
    #[error("the document has {rows} rows, but its schema defines no table")]
    NothingDefined {
        /// How many rows there are.
        rows: usize,
    },
    /// The document has a document type definition, which metadata never need.
    #[error("the document is no metadata: it has the document type {0:?}")]
    Doctype(String),
    /// A reference is not one of the five predefined entities nor a character.
    #[error("unknown reference {0:?}")]
    UnknownReference(String),
    /// An end tag does not match the start tag.
    #[error("end tag {found:?} does not close {expected:?}")]
    MismatchedTag {
        /// Name of the innermost open element.
        expected: String,
        /// Name of the end tag.
        found: String,
    },
    /// The document ends, or has no root element, before everything is closed.
    #[error("the document ends inside element {0:?}")]
    Unclosed(String),
    /// There is not exactly one root element.
    #[error("expected one root element")]
    NoSingleRoot,
    /// There is more of something than the [`Limits`] allow.
    #[error("too many {what}, allowed are {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// The content of the document cannot be stored.
    #[error("{0}")]
    Content(Box<MetadataError>),
}

/// The end of a sentence that tells the text of a document, if it has any.
fn after(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("; it begins {text:?}") }
}

/// How much a metadata document may contain. The defaults leave room for about a million
/// measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the document in bytes.
    pub document_bytes: usize,
    /// Number of tables.
    pub tables: usize,
    /// Number of columns of one table.
    pub columns: usize,
    /// Number of rows of all tables together; never more than 2³² - 1.
    pub rows: usize,
    /// Number of cells of all tables together, null or not. A cell takes up to 16 bytes, however
    /// little of the document it takes.
    pub cells: usize,
    /// Size of one text in bytes of UTF-8, after references are resolved.
    pub text_bytes: usize,
    /// Size of one name in bytes of UTF-8.
    pub name_bytes: usize,
    /// Nesting depth of elements.
    pub depth: usize,
    /// Number of attributes of one element.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            document_bytes: 1 << 30,
            tables: 256,
            columns: 1_024,
            rows: 8_000_000,
            cells: 1 << 26,
            text_bytes: 1 << 20,
            name_bytes: 1_024,
            depth: 32,
            attributes: 64,
        }
    }
}
