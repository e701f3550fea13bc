//! A small data set to try publishers and subscribers with.

use super::data_set::DataSet;
use super::error::{Limits, MetadataError};

const SAMPLE: &[u8] = include_bytes!("sample.xml");

impl DataSet {
    /// Metadata of three invented phasor measurement units at 30 frames per second, each with
    /// frequency, its rate of change, status flags, and two voltages and two currents as angle and
    /// magnitude: 33 measurements whose signal IDs never change.
    ///
    /// # Errors
    ///
    /// None in practice: the document is part of the library.
    pub fn sample() -> Result<DataSet, MetadataError> {
        DataSet::read_xml(SAMPLE, &Limits::default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::Metadata;
    use super::*;

    #[test]
    fn has_three_devices_with_all_their_signals() {
        let metadata = Metadata::new(DataSet::sample().unwrap());
        assert_eq!(metadata.schema_version(), Some(14));
        assert_eq!(metadata.devices().len(), 3);
        for device in metadata.devices() {
            assert_eq!(device.frames_per_second(), Some(30));
            assert_eq!(device.measurements().count(), 11);
            assert_eq!(device.phasors().count(), 4);
        }
        for phasor in metadata.phasors() {
            assert!(phasor.angle().is_some() && phasor.magnitude().is_some());
        }
        assert_eq!(metadata.active_measurements().table().row_count(), 33);
    }

    #[test]
    fn is_what_the_library_writes_itself() {
        assert_eq!(DataSet::sample().unwrap().to_xml(), SAMPLE);
    }
}
