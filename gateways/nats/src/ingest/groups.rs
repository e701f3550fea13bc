//! Which signals share a message.

use std::collections::HashMap;
use std::sync::Arc;

use sttp::codec::SignalIndexCache;
use sttp::metadata::Metadata;

use crate::bus::Table;

/// Where a signal is: in which group, and where in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: u32,
    pub(super) position: u32,
}

/// The groups of a subscription.
pub(super) struct Groups {
    pub(super) tables: Vec<Arc<Table>>,
    /// By the row of the signal index cache.
    pub(super) places: Vec<Place>,
}

impl Groups {
    /// Puts whole devices together until a group has `most` signals. A device that has more is split; signals of no
    /// device count as one.
    pub(super) fn new(cache: &SignalIndexCache, metadata: Option<&Metadata>, most: usize) -> Groups {
        let device_of = |signal| {
            let measurement = metadata?.measurement_by_signal_id(signal)?;
            measurement.device_acronym().map(str::to_owned)
        };
        let mut numbers: HashMap<Option<String>, usize> = HashMap::new();
        let mut devices: Vec<Vec<u32>> = Vec::new();
        for (row, record) in (0..).zip(cache.records()) {
            let number = *numbers.entry(device_of(record.signal_id)).or_insert(devices.len());
            if number == devices.len() {
                devices.push(Vec::new());
            }
            devices[number].push(row);
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for device in &devices {
            match groups.last_mut() {
                Some(last) if last.len() + device.len() <= most => last.extend(device),
                _ => groups.extend(device.chunks(most).map(<[u32]>::to_vec)),
            }
        }
        let mut places = vec![Place { group: 0, position: 0 }; cache.records().len()];
        for (group, rows) in (0..).zip(&groups) {
            for (position, row) in (0..).zip(rows) {
                places[*row as usize] = Place { group, position };
            }
        }
        let signal = |row: &u32| cache.records()[*row as usize].signal_id;
        let tables =
            groups.iter().map(|rows| Arc::new(Table::new(rows.iter().map(signal).collect()))).collect();
        Groups { tables, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sttp::Uuid;
    use sttp::metadata::DataSetBuilder;

    /// Devices with so many signals each, numbered from 1 on.
    fn subscribed(devices: &[u32]) -> (SignalIndexCache, Metadata) {
        let mut cache = SignalIndexCache::new(Uuid::nil());
        let mut builder = DataSetBuilder::standard().unwrap();
        let table = builder.table_index("MeasurementDetail").unwrap();
        let mut number = 0;
        for (device, signals) in (0..).zip(devices) {
            for _ in 0..*signals {
                number += 1;
                let id = Uuid::from_u128(number);
                cache.push(id, "T", number as u64);
                let row = builder.append_row(table).unwrap().set("SignalID", id).unwrap();
                row.set("DeviceAcronym", &*format!("D{device}")).unwrap();
            }
        }
        (cache, Metadata::new(builder.finish()))
    }

    fn sizes(groups: &Groups) -> Vec<usize> {
        groups.tables.iter().map(|table| table.signals().len()).collect()
    }

    #[test]
    fn whole_devices_are_together() {
        let (cache, metadata) = subscribed(&[3, 4, 5, 25, 1]);
        let groups = Groups::new(&cache, Some(&metadata), 10);
        assert_eq!(sizes(&groups), [7, 5, 10, 10, 6]);
        for (row, place) in groups.places.iter().enumerate() {
            let signal = groups.tables[place.group as usize].signals()[place.position as usize];
            assert_eq!(signal, cache.records()[row].signal_id);
        }
        assert_eq!(sizes(&Groups::new(&cache, Some(&metadata), 1)), [1; 38]);
        assert_eq!(sizes(&Groups::new(&cache, None, 30)), [30, 8]);
    }
}
