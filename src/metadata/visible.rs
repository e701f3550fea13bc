//! Metadata without what somebody may not see.

use std::collections::HashSet;

use uuid::Uuid;

use super::data_set::Table;
use super::standard::{DeviceRecord, FromValue, MeasurementRecord};
use super::view::Metadata;

/// Columns by which tables other than the standard ones refer to signals, and to devices.
const SIGNAL_ID: &str = "SignalID";
const DEVICE: &str = "DeviceAcronym";

/// What others may refer to.
struct Shown<'a> {
    signals: HashSet<Uuid>,
    devices: HashSet<&'a str>,
    phasors: HashSet<usize>,
}

impl Metadata {
    /// The same metadata with only those measurements whose row of `MeasurementDetail` is visible. What only belongs
    /// to others goes with them: devices that have none of those left, phasors, and rows of other tables that have the
    /// `SignalID` of such a measurement, or the `DeviceAcronym` of such a device. Devices that have no measurements at
    /// all stay when devices report through them that stay. Tables that refer to neither stay whole.
    pub fn visible(&self, is_visible: impl Fn(usize) -> bool) -> Metadata {
        let measurements: Vec<MeasurementRecord<'_>> =
            self.measurements().filter(|measurement| is_visible(measurement.row())).collect();
        let shown = self.shown(&measurements);
        let select = |(index, table): (usize, &Table)| {
            let rows = match Some(index) {
                index if index == self.measurements.index() => {
                    measurements.iter().map(|measurement| measurement.row()).collect()
                }
                index if index == self.devices.index() => {
                    let devices = self.devices().filter(|device| shown.has_device(device.acronym()));
                    devices.map(DeviceRecord::row).collect()
                }
                index if index == self.phasors.index() => {
                    (0..table.row_count()).filter(|row| shown.phasors.contains(row)).collect()
                }
                _ => shown.rows_of(table),
            };
            (index, rows)
        };
        let rows: Vec<_> = self.data_set.tables().enumerate().map(select).collect();
        Metadata::with_node_id(self.data_set.select_rows(&rows), self.node_id)
    }

    /// What measurements bring with them.
    fn shown<'a>(&'a self, measurements: &[MeasurementRecord<'a>]) -> Shown<'a> {
        let mut devices: HashSet<&str> =
            measurements.iter().filter_map(|measurement| measurement.device_acronym()).collect();
        let measured: HashSet<&str> =
            self.measurements().filter_map(|measurement| measurement.device_acronym()).collect();
        let mut children: Vec<DeviceRecord<'_>> = self
            .devices()
            .filter(|device| device.acronym().is_some_and(|name| devices.contains(name)))
            .collect();
        while let Some(child) = children.pop() {
            let Some(parent) = child.parent() else { continue };
            let Some(name) = parent.acronym().filter(|name| !measured.contains(name)) else { continue };
            if devices.insert(name) {
                children.push(parent);
            }
        }
        Shown {
            signals: measurements.iter().filter_map(|measurement| measurement.signal_id()).collect(),
            devices,
            phasors: measurements
                .iter()
                .filter_map(|measurement| Some(measurement.phasor()?.row()))
                .collect(),
        }
    }
}

impl Shown<'_> {
    fn has_device(&self, acronym: Option<&str>) -> bool {
        acronym.is_some_and(|acronym| self.devices.contains(acronym))
    }

    /// The rows of another table that refer to nothing that is hidden.
    fn rows_of(&self, table: &Table) -> Vec<usize> {
        let (signal, device) = (table.column_index(SIGNAL_ID), table.column_index(DEVICE));
        let is_shown = |row: &usize| {
            let value = |column: Option<usize>| column.map(|column| table.value(*row, column));
            let signal = value(signal).and_then(Uuid::from_value);
            let device = value(device).and_then(|value| value.as_str());
            signal.is_none_or(|signal| self.signals.contains(&signal))
                && device.is_none_or(|device| self.has_device(Some(device)))
        };
        (0..table.row_count()).filter(is_shown).collect()
    }
}
