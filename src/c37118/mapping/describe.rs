//! The metadata of mapped inputs.

use uuid::Uuid;

use super::super::channels::{self, ValueType, plain};
use super::super::configuration::{AnalogScale, PhasorKind, PhasorScale, Pmu};
use super::{MappedDevice, MappedInput, MappedRow, Mapping, MappingError, signal_id};
use crate::Ticks;
use crate::metadata::{Column, ColumnType, DataSet, DataSetBuilder, SignalKind};

/// What stands for a latitude or longitude that is not known.
const UNKNOWN_PLACE: f32 = 999.0;

/// Adder and multiplier of values that are in their units already.
pub(super) const UNSCALED: (f64, f64) = (0.0, 1.0);

/// The signals of a PMU in the order of their rows: kind, number, whether it is of a current, adder and
/// multiplier.
pub(super) fn signals_of(pmu: &Pmu, mut visit: impl FnMut(SignalKind, usize, bool, (f64, f64))) {
    for kind in [SignalKind::Status, SignalKind::Frequency, SignalKind::FrequencyChange] {
        visit(kind, 0, false, UNSCALED);
    }
    for (number, phasor) in (1..).zip(&pmu.phasors) {
        let is_current = phasor.scale.kind() == PhasorKind::Current;
        visit(SignalKind::Magnitude, number, is_current, UNSCALED);
        visit(SignalKind::Angle, number, is_current, UNSCALED);
    }
    for (number, analog) in (1..).zip(&pmu.analogs) {
        let scale = match analog.scale {
            // What this factor means is the user's affair.
            AnalogScale::Unit { .. } => UNSCALED,
            AnalogScale::Full { factor, offset } => (offset.into(), factor.into()),
        };
        visit(SignalKind::Analog, number, false, scale);
    }
    for number in 1..=pmu.digitals.len() {
        visit(SignalKind::Digital, number, false, UNSCALED);
    }
}

impl Mapping {
    /// The metadata of all inputs, changed last at `updated_on`. The row of a measurement in
    /// `MeasurementDetail` is the one of [`read`](Self::read); `source` is in front of its measurement key.
    /// Beside the standard tables there is `C37118Channel`, which tells everything of each channel that the
    /// configuration frames tell.
    ///
    /// # Errors
    ///
    /// [`MappingError::Metadata`] when there is more than metadata can hold.
    pub fn data_set(&self, source: &str, updated_on: Ticks) -> Result<DataSet, MappingError> {
        let mut builder = DataSetBuilder::standard()?;
        self.add_to(&mut builder, source, updated_on)?;
        Ok(builder.finish())
    }

    /// Adds the metadata of all inputs to others, whose measurements come before theirs: rows of
    /// [`read`](Self::read) then count from those on.
    ///
    /// # Errors
    ///
    /// [`MappingError::Metadata`] when there is more than metadata can hold.
    pub fn add_to(
        &self,
        builder: &mut DataSetBuilder,
        source: &str,
        updated_on: Ticks,
    ) -> Result<(), MappingError> {
        let tables = Tables::of(builder)?;
        for mapped in &self.inputs {
            tables.add_devices(builder, mapped, updated_on)?;
        }
        let first = builder.row_count(tables.measurements);
        for (row, MappedRow { signal, signal_id, scale, is_used }) in self.rows.iter().enumerate() {
            let key = format!("{source}:{}", first + row + 1);
            let reference = signal.reference();
            let mut cells = builder
                .append_row(tables.measurements)?
                // A row of a device that is gone must not look for it.
                .set("DeviceAcronym", is_used.then_some(&*signal.device))?
                .set("ID", key.as_str())?
                .set("SignalID", *signal_id)?
                .set("PointTag", signal.point_tag().as_str())?
                .set("SignalReference", reference.as_str())?
                .set("SignalAcronym", signal.acronym())?
                .set("Internal", true)?
                .set("Enabled", *is_used)?
                .set("UpdatedOn", updated_on)?
                .set("Adder", scale.0)?
                .set("Multiplier", scale.1)?;
            if *is_used && matches!(signal.kind, SignalKind::Magnitude | SignalKind::Angle) {
                cells = cells.set("PhasorSourceIndex", signal.index as i32)?;
            }
            cells.set("Description", format!("{} {}", signal.device, signal.acronym()).as_str())?;
        }
        for mapped in &self.inputs {
            for (index, device) in mapped.devices.iter().enumerate() {
                let configuration = &mapped.input.configuration;
                let signal = |value_type, number| {
                    self.signal_of(device, &configuration.pmus[index], value_type, number)
                };
                channels::add_channels(builder, &device.acronym, configuration, index, signal)?;
            }
        }
        Ok(())
    }

    /// The signal that tells a channel.
    fn signal_of(&self, device: &MappedDevice, pmu: &Pmu, value_type: ValueType, number: usize) -> Uuid {
        let fixed = super::values::FIXED_ROWS;
        let place = match value_type {
            ValueType::Status => 0,
            ValueType::Frequency => 1,
            ValueType::RateOfChange => 2,
            ValueType::Phasor => fixed + 2 * (number - 1),
            ValueType::Analog => fixed + 2 * pmu.phasors.len() + number - 1,
            ValueType::Digital => fixed + 2 * pmu.phasors.len() + pmu.analogs.len() + number - 1,
        };
        self.rows[device.rows[place] as usize].signal_id
    }
}

/// The tables that are filled.
struct Tables {
    devices: usize,
    measurements: usize,
    phasors: usize,
}

impl Tables {
    fn of(builder: &mut DataSetBuilder) -> Result<Tables, MappingError> {
        let table = |builder: &DataSetBuilder, name: &str| builder.table_index(name).unwrap_or_default();
        let tables = Tables {
            devices: table(builder, "DeviceDetail"),
            measurements: table(builder, "MeasurementDetail"),
            phasors: table(builder, "PhasorDetail"),
        };
        for column in ["Adder", "Multiplier"] {
            if builder.column_index(tables.measurements, column).is_none() {
                builder.add_column(tables.measurements, Column::new(column, ColumnType::Double))?;
            }
        }
        Ok(tables)
    }

    fn add_devices(
        &self,
        builder: &mut DataSetBuilder,
        mapped: &MappedInput,
        updated_on: Ticks,
    ) -> Result<(), MappingError> {
        let configuration = &mapped.input.configuration;
        // Of a device that sends less than one, at least one: readers divide by it.
        let rate = configuration.frames_per_second().round().max(1.0) as i32;
        let mut add = |acronym: &str, name: &str, id_code: u16, parent: Option<&str>, place: (f32, f32)| {
            let mut cells = builder
                .append_row(self.devices)?
                .set("UniqueID", signal_id(acronym))?
                .set("IsConcentrator", mapped.concentrator.as_deref() == Some(acronym))?
                .set("Acronym", acronym)?
                .set("Name", name)?
                .set("AccessID", i32::from(id_code))?
                .set("ProtocolName", configuration.version.protocol_name())?
                .set("FramesPerSecond", rate)?
                .set("CompanyAcronym", mapped.input.company.as_str())?
                .set("VendorAcronym", mapped.input.vendor.as_str())?
                .set_text("Latitude", &place.0.to_string())?
                .set_text("Longitude", &place.1.to_string())?
                .set("Enabled", true)?
                .set("UpdatedOn", updated_on)?;
            if let Some(parent) = parent {
                cells = cells.set("ParentAcronym", parent)?;
            }
            let _ = cells;
            Ok::<(), MappingError>(())
        };
        let nowhere = (UNKNOWN_PLACE, UNKNOWN_PLACE);
        if let Some(concentrator) = &mapped.concentrator {
            add(concentrator, &mapped.input.name, configuration.id_code, None, nowhere)?;
        }
        for (device, pmu) in mapped.devices.iter().zip(&configuration.pmus) {
            let known = |degrees: f32| if degrees.is_finite() { degrees } else { UNKNOWN_PLACE };
            let place =
                pmu.details.map_or(nowhere, |details| (known(details.latitude), known(details.longitude)));
            add(&device.acronym, &plain(&pmu.station), pmu.id_code, mapped.concentrator.as_deref(), place)?;
        }
        for (device, pmu) in mapped.devices.iter().zip(&configuration.pmus) {
            for (number, phasor) in pmu.phasors.iter().enumerate() {
                let label = plain(&phasor.name);
                let id = builder.row_count(self.phasors) as i32 + 1;
                builder
                    .append_row(self.phasors)?
                    .set("ID", id)?
                    .set("DeviceAcronym", &*device.acronym)?
                    .set("Label", label.as_str())?
                    .set("Type", if phasor.scale.kind() == PhasorKind::Current { "I" } else { "V" })?
                    .set("Phase", phase(&label, phasor.scale))?
                    .set("SourceIndex", number as i32 + 1)?
                    .set("UpdatedOn", updated_on)?;
            }
        }
        Ok(())
    }
}

/// The phase of a phasor: CFG-3 tells it; otherwise what the end of its label says, as in `VA`, `I_B` or
/// `Line 1 IC`, and else the positive sequence, which most are.
fn phase(label: &str, scale: PhasorScale) -> &'static str {
    if let PhasorScale::Full { code, .. } = scale {
        return match code & 7 {
            0 => "0",
            2 => "-",
            4 => "A",
            5 => "B",
            6 => "C",
            _ => "+",
        };
    }
    let mut backwards = label.trim().chars().rev();
    let last = backwards.next().map(|character| character.to_ascii_uppercase());
    let stands_apart = match backwards.next() {
        None => true,
        Some('V' | 'v' | 'I' | 'i') => backwards.next().is_none_or(|before| !before.is_alphanumeric()),
        Some(before) => !before.is_alphanumeric(),
    };
    match last.filter(|_| stands_apart) {
        Some('A') => "A",
        Some('B') => "B",
        Some('C') => "C",
        Some('N') => "N",
        Some('0') => "0",
        _ if label.trim().ends_with('-') => "-",
        _ => "+",
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::configuration::{ConfigurationForm, sample};
    use super::super::Input;
    use super::*;
    use crate::metadata::Metadata;
    use std::sync::Arc;

    fn mapping(names: &[&str]) -> Result<Mapping, MappingError> {
        Mapping::new(
            names
                .iter()
                .map(|name| Input {
                    name: (*name).to_owned(),
                    device_prefix: format!("{name} "),
                    company: "GPA".into(),
                    vendor: "ABB".into(),
                    configuration: Arc::new(sample(ConfigurationForm::Cfg3)),
                })
                .collect(),
        )
    }

    #[test]
    fn metadata_are_what_openpdc_would_say() {
        let mapping = mapping(&["North", "South"]).unwrap();
        let metadata = Metadata::new(mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap());
        let devices: Vec<_> = metadata.devices().map(|device| device.acronym().unwrap().to_owned()).collect();
        assert_eq!(
            devices,
            [
                "NORTH_NORTH",
                "NORTH_SHELBY_1",
                "NORTH_SHELBY_2",
                "SOUTH_SOUTH",
                "SOUTH_SHELBY_1",
                "SOUTH_SHELBY_2"
            ]
        );
        let device = metadata.devices().nth(1).unwrap();
        assert_eq!(device.parent_acronym(), Some("NORTH_NORTH"));
        assert_eq!((device.access_id(), device.frames_per_second()), (Some(101), Some(30)));
        assert_eq!(device.protocol_name(), Some("IEEE C37.118.2-2011"));
        assert_eq!(device.latitude().map(|degrees| degrees.to_string()), Some("50.5".into()));
        assert_eq!(device.longitude().map(|degrees| degrees.to_string()), Some("999".into()));
        let phasors: Vec<_> = device.phasors().map(|phasor| (phasor.phasor_type(), phasor.phase())).collect();
        assert_eq!(phasors, [(Some("V"), Some("+")), (Some("I"), Some("+"))]);
        for phasor in metadata.phasors() {
            assert!(phasor.angle().is_some() && phasor.magnitude().is_some());
        }
        for (row, id) in mapping.signal_ids().iter().enumerate() {
            assert_eq!(metadata.measurements().nth(row).unwrap().signal_id(), Some(*id));
        }
        let analog = metadata.measurements().find(|one| one.signal_reference() == Some("NORTH_SHELBY_1-AV1"));
        assert_eq!(analog.unwrap().point_tag(), Some("GPA_NORTH_SHELBY_1:ABBAV1"));
    }

    #[test]
    fn two_devices_of_one_name_are_refused() {
        let error = mapping(&["North", "north"]).unwrap_err().to_string();
        assert!(error.contains("NORTH_NORTH") && error.contains("prefix"), "{error}");
    }

    #[test]
    fn phases_are_read_off_labels() {
        let unit = PhasorScale::Unit { code: 0, factor: 1 };
        for (label, expected) in [
            ("VA", "A"),
            ("Line 1 IC", "C"),
            ("I_B", "B"),
            ("BUS VN", "N"),
            ("CANADA", "+"),
            ("V1LPM", "+"),
            ("500 kV BUS", "+"),
            ("", "+"),
        ] {
            assert_eq!(phase(label, unit), expected, "{label}");
        }
    }
}
