//! What a subscription with a filter gets.

use hashbrown::HashSet;

use super::{Allowance, Filter, FilterError, PrimaryTable};
use crate::metadata::{MeasurementRecord, Metadata};
use crate::time::Ticks;

impl Filter {
    /// The rows of `MeasurementDetail` that the statements [select](Self::select) from the `ActiveMeasurements` of a
    /// publisher, in that order, whether or not they have a signal ID. Takes no more steps than `allowance` has.
    pub fn select_measurement_rows(
        &self,
        metadata: &Metadata,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Vec<usize>, FilterError> {
        let active = metadata.active_measurements();
        let primary = PrimaryTable { lookup: Some(active), ..PrimaryTable::default() };
        let selected = self.select_within(active.data_set(), &primary, now, allowance)?;
        Ok(selected.iter().filter_map(|selected| active.measurement_row(selected.row)).collect())
    }

    /// The measurements that a subscription with this filter gets: what the statements
    /// [select](Self::select_measurement_rows), in that order. Rows without a signal ID are none, and of several rows
    /// with the same one the first that is selected counts. Takes no more steps than `allowance` has.
    pub fn select_signals<'m>(
        &self,
        metadata: &'m Metadata,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Vec<MeasurementRecord<'m>>, FilterError> {
        let rows = self.select_measurement_rows(metadata, now, allowance)?;
        let repeats = !metadata.rows_of_repeated_signal_ids().is_empty();
        let mut known = HashSet::new();
        let mut is_signal = |measurement: &MeasurementRecord<'_>| match measurement.signal_id() {
            Some(signal_id) if !signal_id.is_nil() => !repeats || known.insert(signal_id),
            _ => false,
        };
        let measurements = rows.into_iter().filter_map(|row| metadata.measurement(row));
        Ok(measurements.filter(|measurement| is_signal(measurement)).collect())
    }
}
