//! Looking for what is wrong in the standard tables: rows that nobody can refer to, that several have
//! the name of, or that refer to nothing.

use super::data_set::{Column, Table};
use super::finding::{Finding, FindingProblem, Findings, excerpt};
use super::index::TextIndex;
use super::signal::MeasurementKey;
use super::standard::{DeviceColumns, DeviceRecord, MeasurementColumns, MeasurementRecord, PhasorColumns};
use super::value::{ColumnType, Value};
use super::view::Metadata;

impl Metadata {
    /// All that is wrong: what was found while the data set was read, see
    /// [`DataSet::findings`](super::DataSet::findings), and what the standard tables lack. The first
    /// call looks at all rows.
    ///
    /// Of several measurements with one signal ID, data reach the first one only; one without a
    /// signal ID gets none.
    pub fn validate(&self) -> &Findings {
        self.findings.get_or_init(|| {
            let mut findings = self.data_set.findings().clone();
            self.check_devices(&mut findings);
            self.check_measurements(&mut findings);
            self.check_phasors(&mut findings);
            findings
        })
    }

    fn check_devices(&self, findings: &mut Findings) {
        let Some(table) = self.devices.table(&self.data_set) else { return };
        let mut check = Check { table, findings };
        check.fields(DeviceColumns::STANDARD, DeviceColumns::is_readable);
        for device in self.devices() {
            let acronym = device.acronym().filter(|acronym| !acronym.is_empty());
            let first = |acronym: &str| self.device_by_acronym(acronym).map(DeviceRecord::row);
            check.name("Acronym", device.row(), acronym, first);
            if acronym.is_none() {
                check.note(device.row(), "Acronym", FindingProblem::NoName {});
            }
        }
    }

    fn check_measurements(&self, findings: &mut Findings) {
        let Some(table) = self.measurements.table(&self.data_set) else { return };
        let mut check = Check { table, findings };
        check.fields(MeasurementColumns::STANDARD, MeasurementColumns::is_readable);
        // Of their own, because who publishes hardly ever looks for keys and tags afterwards.
        let columns = &self.measurements.columns;
        let [keys, tags] = [columns.id, columns.point_tag].map(|column| TextIndex::new(table, column));
        for measurement in self.measurements() {
            let row = measurement.row();
            match measurement.signal_id() {
                None => check.note(row, "SignalID", FindingProblem::NoSignalId {}),
                Some(signal_id) if signal_id.is_nil() => {
                    check.note(row, "SignalID", FindingProblem::NilSignalId {});
                }
                Some(signal_id) => {
                    let first = self.measurement_by_signal_id(signal_id).map(MeasurementRecord::row);
                    if let Some(first_row) = first.filter(|first| *first != row) {
                        let problem = FindingProblem::RepeatedSignalId { signal_id, first_row };
                        check.note(row, "SignalID", problem);
                    }
                }
            }
            let id = measurement.id().filter(|id| !id.is_empty());
            if let Some(id) = id.filter(|id| MeasurementKey::parse(id).is_none()) {
                check.note(row, "ID", FindingProblem::BadKey { key: excerpt(id) });
            }
            check.name("ID", row, id, |key| keys.find(table, key));
            let tag = measurement.point_tag().filter(|tag| !tag.is_empty());
            check.name("PointTag", row, tag, |tag| tags.find(table, tag));
            if measurement.device().is_none() {
                check.device(self, row, measurement.device_acronym());
            }
            if let (Some(device), Some(source_index)) =
                (measurement.device(), measurement.phasor_source_index().filter(|index| *index > 0))
                && self.phasors.index().is_some()
                && measurement.phasor().is_none()
            {
                let acronym = excerpt(device.acronym().unwrap_or_default());
                let problem = FindingProblem::UnknownPhasor { acronym, source_index };
                check.note(row, "PhasorSourceIndex", problem);
            }
        }
    }

    fn check_phasors(&self, findings: &mut Findings) {
        let Some(table) = self.phasors.table(&self.data_set) else { return };
        let mut check = Check { table, findings };
        check.fields(PhasorColumns::STANDARD, PhasorColumns::is_readable);
        for phasor in self.phasors() {
            let row = phasor.row();
            match phasor.device_acronym() {
                None | Some("") => check.note(row, "DeviceAcronym", FindingProblem::NoName {}),
                acronym if phasor.device().is_none() => check.device(self, row, acronym),
                Some(_) => {}
            }
            if phasor.source_index().is_none() {
                check.note(row, "SourceIndex", FindingProblem::NoName {});
            }
        }
    }
}

/// What is found in one table.
struct Check<'a> {
    table: &'a Table,
    findings: &'a mut Findings,
}

impl Check<'_> {
    fn note(&mut self, row: usize, column: &str, problem: FindingProblem) {
        let table = self.table.name();
        self.findings.note(problem.kind(), || Finding {
            table: table.to_owned(),
            row: Some(row),
            column: column.to_owned(),
            place: None,
            problem,
        });
    }

    /// Notes a name by which an earlier row is found.
    fn name(
        &mut self,
        column: &str,
        row: usize,
        name: Option<&str>,
        first: impl FnOnce(&str) -> Option<usize>,
    ) {
        let Some(name) = name else { return };
        if let Some(first_row) = first(name).filter(|first| *first != row) {
            self.note(row, column, FindingProblem::RepeatedName { name: excerpt(name), first_row });
        }
    }

    /// Notes an acronym of which there is no device; without a table of devices nobody expects one.
    fn device(&mut self, metadata: &Metadata, row: usize, acronym: Option<&str>) {
        let Some(acronym) = acronym.filter(|acronym| !acronym.is_empty()) else { return };
        if metadata.devices.index().is_some() {
            self.note(row, "DeviceAcronym", FindingProblem::UnknownDevice { acronym: excerpt(acronym) });
        }
    }

    /// Notes cells that mean nothing for their field, in columns of another type than the standard
    /// has.
    fn fields(
        &mut self,
        standard: &[(&'static str, ColumnType)],
        is_readable: impl Fn(&str, Value<'_>) -> bool,
    ) {
        for (name, expected) in standard {
            let Some(index) = self.table.column_index(name) else { continue };
            let has_type = |column: &Column| column.column_type() == *expected;
            if self.table.columns().get(index).is_some_and(has_type) {
                continue;
            }
            for row in 0..self.table.row_count() {
                let value = self.table.value(row, index);
                if !value.is_null() && !is_readable(name, value) {
                    let text = excerpt(&value.to_string());
                    self.note(row, name, FindingProblem::Unreadable { text, expected: *expected });
                }
            }
        }
    }
}
