//! Which rows of a publisher's metadata a subscriber is meant to get.

use std::collections::HashSet;

use super::data_set::Table;
use super::standard::{DeviceRecord, MeasurementRecord, PhasorRecord};
use super::view::Metadata;

/// Whose measurements a subscriber asks metadata for, from the two metadata flags of its
/// operational modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetadataScope {
    /// All measurements.
    All,
    /// Those that the publisher owns.
    Internal,
    /// Those that the publisher itself receives from another source.
    External,
}

impl MetadataScope {
    /// The scope of a pair of flags. Subscribers that set neither do not know the flags, and
    /// expect everything.
    pub fn from_flags(internal: bool, external: bool) -> MetadataScope {
        match (internal, external) {
            (true, false) => MetadataScope::Internal,
            (false, true) => MetadataScope::External,
            (true, true) | (false, false) => MetadataScope::All,
        }
    }

    /// Devices that know their original source are external.
    fn has_device(self, device: DeviceRecord<'_>) -> bool {
        let is_external = device.original_source().is_some();
        match self {
            MetadataScope::All => true,
            MetadataScope::Internal => !is_external,
            MetadataScope::External => is_external,
        }
    }

    fn has_measurement(self, measurement: MeasurementRecord<'_>) -> bool {
        let is_internal = measurement.internal() == Some(true);
        match self {
            MetadataScope::All => true,
            MetadataScope::Internal => is_internal,
            MetadataScope::External => !is_internal,
        }
    }
}

impl Metadata {
    /// The rows in a scope, of every table, as [`DataSet::select_rows`](super::DataSet::select_rows)
    /// takes them.
    ///
    /// Unless the scope is [`MetadataScope::All`], what the selection leaves without its
    /// counterpart goes too: devices without measurements, phasors without device, measurements
    /// whose phasor is missing. Tables other than the three standard ones keep all rows.
    pub fn rows_in_scope(&self, scope: MetadataScope) -> Vec<(usize, Vec<usize>)> {
        let rows = self.standard_rows_in_scope(scope);
        let all_rows = |table: &Table| (0..table.row_count()).collect();
        let tables = self.data_set.tables().enumerate();
        let select = |(index, table)| {
            let kept = match Some(index) {
                index if index == self.devices.index() => rows.devices.clone(),
                index if index == self.measurements.index() => rows.measurements.clone(),
                index if index == self.phasors.index() => rows.phasors.clone(),
                _ => all_rows(table),
            };
            (index, kept)
        };
        tables.map(select).collect()
    }

    fn standard_rows_in_scope(&self, scope: MetadataScope) -> StandardRows {
        let mut measurements: Vec<MeasurementRecord<'_>> =
            self.measurements().filter(|measurement| scope.has_measurement(*measurement)).collect();
        let mut devices: Vec<DeviceRecord<'_>> =
            self.devices().filter(|device| scope.has_device(*device)).collect();
        let mut phasors: Vec<PhasorRecord<'_>> = self.phasors().collect();
        if scope != MetadataScope::All {
            let measured: HashSet<&str> =
                measurements.iter().filter_map(|record| record.device_acronym()).collect();
            devices.retain(|device| device.acronym().is_some_and(|acronym| measured.contains(acronym)));
            let kept: HashSet<&str> = devices.iter().filter_map(|device| device.acronym()).collect();
            phasors.retain(|phasor| phasor.device_acronym().is_some_and(|acronym| kept.contains(acronym)));
            let kept: HashSet<usize> = phasors.iter().map(|phasor| phasor.row()).collect();
            measurements.retain(|measurement| {
                measurement.phasor_source_index().is_none()
                    || measurement.phasor().is_some_and(|phasor| kept.contains(&phasor.row()))
            });
        }
        StandardRows {
            devices: devices.into_iter().map(DeviceRecord::row).collect(),
            measurements: measurements.into_iter().map(MeasurementRecord::row).collect(),
            phasors: phasors.into_iter().map(PhasorRecord::row).collect(),
        }
    }
}

struct StandardRows {
    devices: Vec<usize>,
    measurements: Vec<usize>,
    phasors: Vec<usize>,
}
