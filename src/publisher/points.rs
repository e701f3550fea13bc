//! Measurements as the publisher is given them, brought to the rows of the catalog, as encoders take them.

use super::unknown_signals::{Missing, Signal};
use crate::Measurement;
use crate::codec::{RawMeasurement, narrow_value};
use crate::session::publisher::Catalog;

/// The points of measurements whose signal IDs say what they are of. What the catalog does not have is missing.
pub(super) fn points_by_id(
    catalog: &Catalog,
    measurements: &[Measurement],
    points: &mut Vec<RawMeasurement>,
    missing: &mut Missing,
) {
    // The row after the one before is the right one when measurements come in the order of the metadata.
    let mut expected = 0;
    let signals = catalog.signals();
    for measurement in measurements {
        let id = &measurement.signal_id;
        let is_expected = signals.id(expected) == Some(*id) && !id.is_nil();
        let row = if is_expected { Some(expected) } else { signals.row(id) };
        match row {
            Some(row) => {
                points.push(raw(row, measurement));
                expected = row.wrapping_add(1);
            }
            None => missing.add(Signal::Id(*id)),
        }
    }
}

/// The same, of measurements whose signal indexes are rows of the catalog.
pub(super) fn points_by_index(
    catalog: &Catalog,
    measurements: &[Measurement],
    points: &mut Vec<RawMeasurement>,
    missing: &mut Missing,
) {
    let signals = catalog.signal_count();
    let is_known = |measurement: &Measurement| (measurement.signal_index as usize) < signals;
    let point = |measurement: &Measurement| raw(measurement.signal_index, measurement);
    // When nothing has to be left out, the number of points is known and their room is not checked for each.
    if catalog.delivers_all() && measurements.iter().all(is_known) {
        points.extend(measurements.iter().map(point));
        return;
    }
    for measurement in measurements {
        if catalog.delivers(measurement.signal_index) {
            points.push(point(measurement));
        } else {
            let row = measurement.signal_index;
            missing.add(if is_known(measurement) { Signal::Undeliverable(row) } else { Signal::Row(row) });
        }
    }
}

/// A measurement as encoders take it, its value rounded to what the wire carries.
pub(super) fn raw(row: u32, measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        ticks: measurement.timestamp.0,
        row,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}
