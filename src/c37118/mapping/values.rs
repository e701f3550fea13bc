//! The values of data frames as measurements.

use super::super::configuration::Pmu;
use super::super::data::{DataFrame, PmuData};
use super::super::status::StatusWord;
use super::Mapping;
use crate::{StateFlags, Ticks};

/// Rows of a device before those of its phasors: status flags, frequency, rate of change.
pub(super) const FIXED_ROWS: usize = 3;

/// Measurements that a PMU has.
pub(super) fn row_count(pmu: &Pmu) -> usize {
    FIXED_ROWS + 2 * pmu.phasors.len() + pmu.analogs.len() + pmu.digitals.len()
}

/// A measurement of a data frame. Its time is that of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MappedValue {
    /// Row of the measurement in the metadata.
    pub row: u32,
    /// Magnitude in volts or amperes, angle in degrees, frequency in hertz, rate of change in hertz per
    /// second, analog values unscaled, digital values as a word, status and quality as bits. NaN when the
    /// device has none.
    pub value: f64,
    /// What the status word says of it.
    pub flags: StateFlags,
}

/// The value of a measurement of status flags: the whole status word in its low 16 bits, and above them
/// what openPDC tells of it. A 32-bit float carries it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagValue(
    /// The bits.
    pub u32,
);

impl FlagValue {
    const DEVICE_ERROR: u32 = 1 << 16;
    const SORTED_BY_ARRIVAL: u32 = 1 << 17;
    const NOT_SYNCHRONISED: u32 = 1 << 18;
    const DATA_INVALID: u32 = 1 << 19;
    const MODIFIED: u32 = 1 << 21;

    /// The value of a status word.
    pub fn of(status: StatusWord) -> FlagValue {
        let mut bits = u32::from(status.0);
        for (word, bit) in [
            (StatusWord::DEVICE_ERROR, FlagValue::DEVICE_ERROR),
            (StatusWord::SORTED_BY_ARRIVAL, FlagValue::SORTED_BY_ARRIVAL),
            (StatusWord::NOT_SYNCHRONISED, FlagValue::NOT_SYNCHRONISED),
            (StatusWord::DATA_INVALID, FlagValue::DATA_INVALID),
            (StatusWord::MODIFIED, FlagValue::MODIFIED),
        ] {
            if status.has(word) {
                bits |= bit;
            }
        }
        FlagValue(bits)
    }

    /// The status word, with nothing lost.
    pub const fn status(self) -> StatusWord {
        StatusWord(self.0 as u16)
    }
}

/// What a status word says of the other values of its PMU.
fn state_flags(status: StatusWord) -> StateFlags {
    let mut flags = StateFlags::empty();
    flags.set(StateFlags::BAD_TIME, status.has(StatusWord::NOT_SYNCHRONISED));
    flags.set(StateFlags::BAD_DATA, status.has(StatusWord::DATA_INVALID));
    flags.set(StateFlags::SYSTEM_ERROR, status.has(StatusWord::DEVICE_ERROR));
    flags
}

impl Mapping {
    /// Appends the measurements of a data frame of input number `input` to `values`. Returns their time.
    /// None without such an input, or when the frame has not the PMUs of its configuration.
    pub fn read(&self, input: usize, frame: &DataFrame<'_>, values: &mut Vec<MappedValue>) -> Option<Ticks> {
        let mapped = self.inputs.get(input)?;
        let pmus = frame.pmus();
        if pmus.len() != mapped.devices.len() {
            return None;
        }
        let quality = f64::from(u32::from(frame.time.quality) << 24);
        values.push(MappedValue { row: mapped.quality_row, value: quality, flags: StateFlags::empty() });
        for (device, pmu) in mapped.devices.iter().zip(pmus) {
            let mut rows = device.rows.iter();
            let mut push = |value, flags| {
                if let Some(row) = rows.next() {
                    values.push(MappedValue { row: *row, value, flags });
                }
            };
            read_pmu(&pmu, &device.scales, &mut push);
        }
        Some(frame.ticks())
    }
}

/// The values of a PMU in the order of their rows.
fn read_pmu(pmu: &PmuData<'_>, scales: &[super::PhasorScale], push: &mut impl FnMut(f64, StateFlags)) {
    let status = pmu.status();
    let flags = state_flags(status);
    push(f64::from(FlagValue::of(status).0), StateFlags::empty());
    push(pmu.frequency(), flags);
    push(pmu.rate_of_change(), flags);
    for (phasor, scale) in pmu.phasors().zip(scales) {
        let (magnitude, angle) = phasor.polar(*scale);
        push(magnitude, flags);
        push(angle, flags);
    }
    for analog in pmu.analogs() {
        push(analog.number(), flags);
    }
    for word in pmu.digitals() {
        push(f64::from(word), flags);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::configuration::{ConfigurationForm, sample};
    use super::super::super::{DataLayout, Frame, PhasorBits, PmuValues, Real};
    use super::super::Input;
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_status_word_survives_the_value_of_a_measurement() {
        for word in 0..=u16::MAX {
            let value = FlagValue::of(StatusWord(word)).0 as f32;
            assert_eq!(FlagValue(value as u32).status(), StatusWord(word));
        }
        assert_eq!(FlagValue::of(StatusWord(0xE200)).0, 0x002D_E200);
    }

    #[test]
    fn values_have_the_rows_of_their_signals() {
        let configuration = sample(ConfigurationForm::Cfg2);
        let layout = DataLayout::new(&configuration).unwrap();
        let mut pmus: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
        pmus[0].status = StatusWord(StatusWord::NOT_SYNCHRONISED);
        pmus[0].frequency = Real::Integer(-13);
        pmus[0].rate_of_change = Real::Integer(25);
        pmus[0].phasors[0] = PhasorBits::RectangularInteger(0, 14_635);
        pmus[0].analogs[0] = Real::Integer(77);
        pmus[0].digitals[0] = 0x0F0F;
        let mut bytes = Vec::new();
        layout.encode(&mut bytes, configuration.time, &pmus).unwrap();
        let frame = Frame::decode(&bytes).unwrap();
        let input = Input {
            name: "PDC 1".into(),
            device_prefix: String::new(),
            company: "GPA".into(),
            vendor: String::new(),
            configuration: Arc::new(configuration),
        };
        let mapping = Mapping::new(vec![input]).unwrap();
        let mut values = Vec::new();
        let time = mapping.read(0, &layout.decode(&frame).unwrap(), &mut values);
        assert_eq!(time.map(|time| time.to_string()), Some("2023-11-14T22:13:20.5Z".into()));
        let rows: Vec<u32> = values.iter().map(|value| value.row).collect();
        assert_eq!(rows, (0..mapping.signal_ids().len() as u32).collect::<Vec<_>>());
        let value = |reference: &str| {
            let row = mapping.rows.iter().position(|row| row.signal.reference() == reference).unwrap();
            values[row]
        };
        assert_eq!(value("PDC_1-QF").value, f64::from(0x2100_0000_u32));
        assert_eq!(value("SHELBY_1-SF").value, f64::from(0x0004_2000_u32));
        assert_eq!(value("SHELBY_1-FQ").value, 49.987);
        assert_eq!(value("SHELBY_1-DF").value, 0.25);
        assert_eq!((value("SHELBY_1-PM1").value.round(), value("SHELBY_1-PA1").value), (133_987.0, 90.0));
        assert_eq!((value("SHELBY_1-AV1").value, value("SHELBY_1-DV1").value), (77.0, f64::from(0x0F0F)));
        assert!(value("SHELBY_1-PM2").value.is_nan() && value("SHELBY_2-FQ").value.is_nan());
        assert_eq!(value("SHELBY_1-FQ").flags, StateFlags::BAD_TIME);
        assert_eq!(value("SHELBY_1-SF").flags, StateFlags::empty());
        assert_eq!(value("SHELBY_2-PM1").flags, StateFlags::BAD_DATA);
        assert_eq!(mapping.read(1, &layout.decode(&frame).unwrap(), &mut values), None);
    }

    #[test]
    fn a_concentrator_without_pmus_has_its_quality_alone() {
        let mut configuration = sample(ConfigurationForm::Cfg2);
        configuration.pmus.clear();
        let input = Input {
            name: "PDC".into(),
            device_prefix: String::new(),
            company: String::new(),
            vendor: String::new(),
            configuration: Arc::new(configuration),
        };
        let mapping = Mapping::new(vec![input]).unwrap();
        let signals: Vec<_> = mapping.rows.iter().map(|row| row.signal.reference()).collect();
        assert_eq!(signals, ["PDC-QF"]);
        assert_eq!(
            mapping
                .data_set("PMU", Ticks::UNIX_EPOCH)
                .unwrap()
                .table("MeasurementDetail")
                .unwrap()
                .row_count(),
            1
        );
    }
}
