//! Metadata documents.

use sttp::metadata::{
    DataSet, DataSetBuilder, Finding, FindingKind, Findings, Limits, Metadata, Table, Value,
};

/// A document that can be read is written to one that gives the same data set.
pub(crate) fn xml(document: &[u8]) {
    let Ok(data_set) = DataSet::from_xml(document, &Limits::default()) else { return };
    let findings = data_set.findings();
    assert!(findings.iter().len() <= findings.count());
    assert!(findings.iter().all(|finding| !finding.to_string().is_empty()));
    let written = data_set.to_xml();
    let again = DataSet::from_xml(&written, &Limits::default()).expect("a written document can be read");
    // Expressions that give no value give none again.
    let is_read = |finding: &Finding| finding.problem.kind() == FindingKind::NotComputed;
    assert!(again.findings().iter().all(is_read), "a written cell cannot be read: {}", again.findings());
    assert_same(&data_set, &again);
    assert_eq!(again.to_xml(), written);
    combine(&data_set);
    visit_records(&Metadata::new(data_set));
}

/// Metadata that are merged with themselves stay what they are; all that is wrong is counted, and told with a place.
fn combine(data_set: &DataSet) {
    let metadata = Metadata::new(data_set.clone());
    let findings = metadata.validate();
    let counts = FindingKind::ALL.iter().map(|kind| findings.count_of(*kind));
    assert_eq!(counts.sum::<usize>(), findings.count());
    assert!(findings.told().len() <= FindingKind::ALL.len() * Findings::MOST_TOLD);
    for finding in findings {
        let table = data_set.table(&finding.table);
        let in_table = |row: usize| table.is_none_or(|table| row < table.row_count());
        assert!(finding.row.is_none_or(in_table), "{finding}");
    }
    if let Ok((builder, merged)) = DataSetBuilder::from_merged(data_set, data_set) {
        let rows = |data_set: &DataSet| data_set.tables().map(Table::row_count).sum::<usize>();
        assert_eq!(rows(&builder.finish()), rows(data_set) + merged.added);
    }
}

fn assert_same(left: &DataSet, right: &DataSet) {
    let name = if left.name().is_empty() { "DataSet" } else { left.name() };
    assert_eq!(name, right.name());
    assert_eq!(left.tables().len(), right.tables().len());
    for (left, right) in left.tables().zip(right.tables()) {
        assert_eq!(left.name(), right.name());
        assert_eq!(left.columns(), right.columns());
        assert_eq!(left.row_count(), right.row_count());
        for row in 0..left.row_count() {
            // Computed columns are not written.
            for column in (0..left.columns().len()).filter(|c| left.columns()[*c].expression().is_none()) {
                let (left, right) = (left.value(row, column), right.value(row, column));
                assert!(is_same(left, right), "{left:?} became {right:?}");
            }
        }
    }
}

fn is_same(left: Value<'_>, right: Value<'_>) -> bool {
    match (left, right) {
        (Value::Single(left), Value::Single(right)) => left == right || left.is_nan() && right.is_nan(),
        (Value::Double(left), Value::Double(right)) => left == right || left.is_nan() && right.is_nan(),
        (Value::String(left), Value::String(right)) => left.chars().map(carried).eq(right.chars()),
        _ => left == right,
    }
}

/// What becomes of a character that a reference can name, but XML 1.0 cannot carry.
fn carried(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
        _ => character,
    }
}

/// Follows every relation between the records.
fn visit_records(metadata: &Metadata) {
    for device in metadata.devices() {
        let _ = (device.parent(), device.measurements().count(), device.phasors().count());
    }
    for phasor in metadata.phasors() {
        let _ = (phasor.device(), phasor.angle(), phasor.magnitude());
    }
    let active = metadata.active_measurements();
    for measurement in metadata.measurements() {
        let _ = (measurement.device(), measurement.phasor(), measurement.key(), measurement.reference());
        if let Some(row) = active.active_row(measurement.row()) {
            assert_eq!(active.measurement_row(row), Some(measurement.row()));
        }
        if let Some(signal_id) = measurement.signal_id() {
            assert!(metadata.measurement_by_signal_id(signal_id).is_some());
        }
    }
}
