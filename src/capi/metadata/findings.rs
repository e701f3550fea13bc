//! Metadata: what is wrong with them.
//!
//! Metadata are read with good will: a cell that cannot be read becomes null, a row of an unknown table is left out,
//! and the rest is used. What was found is told here, with its place. Subscribers and publishers tell the first of it
//! in messages.
//!
//! ```c
//! static void complain(const sttp_metadata *metadata) {
//!     sttp_finding finding;
//!     for (size_t index = 0; sttp_metadata_finding(metadata, index, &finding, sizeof finding) == STTP_OK; index++) {
//!         fprintf(stderr, "%s\n", finding.message);
//!     }
//! }
//! ```

use std::ffi::{CString, c_char};

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{invalid, output, reference, write_record};
use crate::capi::shared::guard::{c_string, guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::metadata::{Finding, FindingKind, Findings};

/// Findings of every kind.
pub const STTP_FINDING_ANY: i32 = -1;
/// The text of a cell is no value of the column's type. The cell is null.
pub const STTP_FINDING_UNREADABLE: i32 = 0;
/// The text of a cell is not what XML has for the column's type, but was understood.
pub const STTP_FINDING_READ_FREELY: i32 = 1;
/// A text refers to a character that XML does not have. U+FFFD stands in its place.
pub const STTP_FINDING_FORBIDDEN_CHARACTER: i32 = 2;
/// A row belongs to no table of the document's schema. It is left out.
pub const STTP_FINDING_UNDEFINED_TABLE: i32 = 3;
/// A field of a row belongs to no column of the table's schema. It is left out.
pub const STTP_FINDING_UNDEFINED_COLUMN: i32 = 4;
/// The schema gives a column no type that is supported. The column is left out.
pub const STTP_FINDING_UNSUPPORTED_COLUMN: i32 = 5;
/// The expression of a column has no value. The cell, or the column from that row on, is null.
pub const STTP_FINDING_NOT_COMPUTED: i32 = 6;
/// A measurement has no signal ID. Nobody can subscribe to it, and nothing be published for it.
pub const STTP_FINDING_NO_SIGNAL_ID: i32 = 7;
/// The signal ID of a measurement is all zeros, which stands for none.
pub const STTP_FINDING_NIL_SIGNAL_ID: i32 = 8;
/// The signal ID is that of another measurement too. Only the first of them gets its data.
pub const STTP_FINDING_REPEATED_SIGNAL_ID: i32 = 9;
/// The measurement key is not a source, a colon and a number.
pub const STTP_FINDING_BAD_KEY: i32 = 10;
/// A name that finds a row is that of another row too. Only the first of them is found.
pub const STTP_FINDING_REPEATED_NAME: i32 = 11;
/// A device or phasor lacks a name by which measurements refer to it.
pub const STTP_FINDING_NO_NAME: i32 = 12;
/// A row refers to a device that is not described.
pub const STTP_FINDING_UNKNOWN_DEVICE: i32 = 13;
/// A measurement refers to a phasor that is not described.
pub const STTP_FINDING_UNKNOWN_PHASOR: i32 = 14;

/// The row of a finding that is about a table or a column as a whole.
pub const STTP_FINDING_NO_ROW: u64 = 0xFFFF_FFFF_FFFF_FFFF;

/// All kinds and their constants.
const KINDS: [(FindingKind, i32); 15] = [
    (FindingKind::Unreadable, STTP_FINDING_UNREADABLE),
    (FindingKind::ReadFreely, STTP_FINDING_READ_FREELY),
    (FindingKind::ForbiddenCharacter, STTP_FINDING_FORBIDDEN_CHARACTER),
    (FindingKind::UndefinedTable, STTP_FINDING_UNDEFINED_TABLE),
    (FindingKind::UndefinedColumn, STTP_FINDING_UNDEFINED_COLUMN),
    (FindingKind::UnsupportedColumn, STTP_FINDING_UNSUPPORTED_COLUMN),
    (FindingKind::NotComputed, STTP_FINDING_NOT_COMPUTED),
    (FindingKind::NoSignalId, STTP_FINDING_NO_SIGNAL_ID),
    (FindingKind::NilSignalId, STTP_FINDING_NIL_SIGNAL_ID),
    (FindingKind::RepeatedSignalId, STTP_FINDING_REPEATED_SIGNAL_ID),
    (FindingKind::BadKey, STTP_FINDING_BAD_KEY),
    (FindingKind::RepeatedName, STTP_FINDING_REPEATED_NAME),
    (FindingKind::NoName, STTP_FINDING_NO_NAME),
    (FindingKind::UnknownDevice, STTP_FINDING_UNKNOWN_DEVICE),
    (FindingKind::UnknownPhasor, STTP_FINDING_UNKNOWN_PHASOR),
];

/// Something wrong in metadata, and where it is. Texts are never NULL.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_finding {
    /// The whole finding as a sentence for people, with its place and the text that is wrong.
    pub message: *const c_char,
    /// The table, as the metadata spell it.
    pub table: *const c_char,
    /// The column; empty when it is about the row or the table as a whole.
    pub column: *const c_char,
    /// The row of the table, from 0, or STTP_FINDING_NO_ROW.
    pub row: u64,
    /// STTP_FINDING_...: what is wrong.
    pub kind: i32,
    /// Line of the document that the metadata were read from, from 1; 0 when it was not found while reading one.
    pub line: u32,
    /// Character of that line, from 1; 0 likewise.
    pub character: u32,
    /// 0.
    pub reserved: u32,
}

/// Counts what is wrong with metadata: what was found while they were read, and rows of the standard tables that nobody
/// can refer to, that several have the name of, or that refer to nothing.
///
/// \param kind   STTP_FINDING_...: what is counted; STTP_FINDING_ANY for everything.
/// \param count  Receives how many findings there are.
/// *Blocks*: no; the first call looks at all rows, unless a publisher or subscriber did that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_finding_count(
    metadata: *const sttp_metadata,
    kind: i32,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, count) = unsafe { (reference(metadata, "metadata")?, output(count, "count")?) };
        let kind = if kind == STTP_FINDING_ANY { None } else { Some(finding_kind(kind)?) };
        let findings = metadata.get().validate();
        count.write(kind.map_or_else(|| findings.count(), |kind| findings.count_of(kind)));
        Ok(())
    })
}

/// Reads a finding of metadata. All findings are counted, but of each kind the first 100 only are kept.
///
/// \param index    Number of the finding, from 0, in the order in which they were made.
/// \param finding  Receives the finding.
/// \param size     sizeof(*finding).
/// \return STTP_ERR_NOT_FOUND when there are no more.
/// *Blocks*: no; the first call looks at all rows, unless a publisher or subscriber did that.
/// *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_finding(
    metadata: *const sttp_metadata,
    index: usize,
    finding: *mut sttp_finding,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { reference(metadata, "metadata")? };
        let findings = metadata.get().validate();
        let texts = metadata.finding_texts();
        let found = findings.iter().zip(texts).nth(index).ok_or_else(|| {
            Error::NotFound(format!("the metadata have {} findings that are kept, from 0", texts.len()))
        })?;
        // SAFETY: the contract of the header.
        unsafe { write_record(&record(found.0, found.1), finding, size, "finding") }
    })
}

/// The name of a kind of findings, as `UnknownDevice` for STTP_FINDING_UNKNOWN_DEVICE.
///
/// \param kind  STTP_FINDING_...: the kind.
/// \return The name, never NULL and valid for ever; `unknown finding` for another number.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_finding_name(kind: i32) -> *const c_char {
    let name = || finding_kind(kind).map_or(c"unknown finding", |kind| kind.c_name());
    guard_or(c"unknown finding", name).as_ptr()
}

/// The texts of a finding for C.
pub(super) struct FindingTexts {
    message: CString,
    table: CString,
    column: CString,
}

impl FindingTexts {
    pub(super) fn of_all(findings: &Findings) -> Vec<FindingTexts> {
        let of = |finding: &Finding| FindingTexts {
            message: c_string(finding.to_string()),
            table: c_string(finding.table.as_str()),
            column: c_string(finding.column.as_str()),
        };
        findings.iter().map(of).collect()
    }
}

fn record(finding: &Finding, texts: &FindingTexts) -> sttp_finding {
    sttp_finding {
        message: texts.message.as_ptr(),
        table: texts.table.as_ptr(),
        column: texts.column.as_ptr(),
        row: finding.row.map_or(STTP_FINDING_NO_ROW, |row| row as u64),
        kind: number_of(finding.problem.kind()),
        line: finding.place.map_or(0, |place| place.line),
        character: finding.place.map_or(0, |place| place.column),
        reserved: 0,
    }
}

fn finding_kind(number: i32) -> Result<FindingKind, Failure> {
    let found = KINDS.iter().find(|(_, known)| *known == number).map(|(kind, _)| *kind);
    found.ok_or_else(|| {
        let last = KINDS.len() - 1;
        invalid(format!(
            "kind is {number}; give STTP_FINDING_ANY (-1), or one of STTP_FINDING_... (0 to {last})"
        ))
    })
}

fn number_of(kind: FindingKind) -> i32 {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(STTP_FINDING_ANY, |(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn every_kind_has_a_number_and_a_name() {
        for (position, kind) in FindingKind::ALL.iter().enumerate() {
            assert_eq!(number_of(*kind), position as i32, "{kind:?}");
            // SAFETY: the answer is a text.
            let name = unsafe { CStr::from_ptr(sttp_finding_name(position as i32)) };
            assert_eq!(name.to_str(), Ok(kind.name()));
        }
        for number in [STTP_FINDING_ANY, FindingKind::ALL.len() as i32, i32::MIN] {
            // SAFETY: the answer is a text.
            assert_eq!(unsafe { CStr::from_ptr(sttp_finding_name(number)) }, c"unknown finding");
        }
    }
}
