//! Where the values of a configuration are in its data frames.

use std::sync::Arc;

use super::record::{ChannelRecord, ValueType};
use crate::c37118::{Configuration, Format, Pmu};

/// One value of the data frames of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which of the PMUs it is of, from 0 on.
    pub pmu: usize,
    /// What kind of value it is.
    pub value_type: ValueType,
    /// Which of those of its type in the PMU, from 0 on.
    pub position: usize,
    /// Bytes of each number: 2 or 4.
    pub number_size: usize,
    /// Where it begins in the payload of a frame.
    pub offset: usize,
}

impl Slot {
    /// Bytes of the value in a frame, and in a data point.
    pub const fn size(&self) -> usize {
        match self.value_type {
            ValueType::Phasor => 2 * self.number_size,
            _ => self.number_size,
        }
    }
}

/// All values of the data frames of a configuration, in their order.
#[derive(Debug, Clone)]
pub struct Slots {
    configuration: Arc<Configuration>,
    slots: Vec<Slot>,
    payload_size: usize,
}

impl Slots {
    /// Those of a configuration.
    pub fn new(configuration: Arc<Configuration>) -> Slots {
        let mut slots = Vec::new();
        let mut offset = 0;
        for (pmu, settings) in configuration.pmus.iter().enumerate() {
            for (value_type, count) in counts(settings) {
                let number_size = number_size(settings, value_type);
                for position in 0..count {
                    let slot = Slot { pmu, value_type, position, number_size, offset };
                    offset += slot.size();
                    slots.push(slot);
                }
            }
        }
        Slots { configuration, slots, payload_size: offset }
    }

    /// The configuration.
    pub fn configuration(&self) -> &Arc<Configuration> {
        &self.configuration
    }

    /// The values.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Bytes of the payload of a data frame.
    pub fn payload_size(&self) -> usize {
        self.payload_size
    }

    /// The metadata of a value, whose points have runtime ID `id`.
    pub fn record(&self, slot: &Slot, id: u32) -> ChannelRecord {
        let configuration = &self.configuration;
        let pmu = &configuration.pmus[slot.pmu];
        let name = |name: &crate::c37118::Name| name.as_bytes().to_vec();
        let names = match slot.value_type {
            ValueType::Phasor => vec![name(&pmu.phasors[slot.position].name)],
            ValueType::Analog => vec![name(&pmu.analogs[slot.position].name)],
            ValueType::Digital => pmu.digitals[slot.position].names.iter().map(name).collect(),
            ValueType::Status | ValueType::Frequency | ValueType::RateOfChange => vec![Vec::new()],
        };
        let is_phasor = slot.value_type == ValueType::Phasor;
        ChannelRecord {
            id,
            concentrator_id: configuration.id_code,
            source_id: pmu.id_code,
            time_base: configuration.time_base.0,
            value_type: slot.value_type,
            size: slot.number_size as u8,
            is_polar: is_phasor.then(|| pmu.format.has(Format::POLAR)),
            position: slot.position as u16 + 1,
            pmu_number: slot.pmu as u16 + 1,
            station: name(&pmu.station),
            names,
            nominal_frequency: pmu.nominal_frequency.hertz() as u16,
            data_rate: configuration.data_rate,
            change_count: pmu.change_count,
        }
    }

    /// The place of the value that a record is of; None when the configuration has none like it.
    pub fn find(&self, record: &ChannelRecord) -> Option<usize> {
        let pmu = usize::from(record.pmu_number.checked_sub(1)?);
        let position = usize::from(record.position.checked_sub(1)?);
        let place = self.slots.iter().position(|slot| {
            slot.pmu == pmu && slot.position == position && slot.value_type == record.value_type
        })?;
        // Of another configuration it may be another value, whatever else is the same.
        (self.record(&self.slots[place], record.id) == *record).then_some(place)
    }
}

/// How many values of each type a PMU has, in the order of a frame.
fn counts(pmu: &Pmu) -> [(ValueType, usize); 6] {
    [
        (ValueType::Status, 1),
        (ValueType::Phasor, pmu.phasors.len()),
        (ValueType::Frequency, 1),
        (ValueType::RateOfChange, 1),
        (ValueType::Analog, pmu.analogs.len()),
        (ValueType::Digital, pmu.digitals.len()),
    ]
}

fn number_size(pmu: &Pmu, value_type: ValueType) -> usize {
    let float = match value_type {
        ValueType::Status | ValueType::Digital => return 2,
        ValueType::Phasor => Format::FLOAT_PHASORS,
        ValueType::Frequency | ValueType::RateOfChange => Format::FLOAT_FREQUENCY,
        ValueType::Analog => Format::FLOAT_ANALOGS,
    };
    if pmu.format.has(float) { 4 } else { 2 }
}
