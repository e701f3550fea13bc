//! C37.118 as measurements: the metadata that describe devices, and the values of data frames, named and
//! scaled as openPDC does it, so that what knows its signals knows these.
//!
//! A [`Mapping`] is made of the configurations of any number of inputs. It tells the
//! [metadata](Mapping::data_set) of all of them, and turns each [data frame](Mapping::read) into
//! measurements whose indexes are rows of these metadata.

mod describe;
mod names;
mod values;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use super::configuration::{Configuration, PhasorScale};
use crate::metadata::{MetadataError, SignalKind};
use names::Signal;

pub use names::{device_acronym, signal_id};
pub use values::{FlagValue, MappedValue};

/// Why configurations cannot be mapped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Two devices would have one name.
    #[error(
        "two devices would be called {acronym:?}, one of them in input {input:?}; give one of the inputs a prefix for \
         its devices"
    )]
    DuplicateDevice {
        /// The name.
        acronym: String,
        /// The input of the second one.
        input: String,
    },
    /// A station without a name that an acronym can be made of.
    #[error("station {number} of input {input:?} has no name; give it one in the device")]
    NamelessStation {
        /// Position of the PMU in the configuration, from 1.
        number: usize,
        /// The input.
        input: String,
    },
    /// The metadata do not hold it.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// An input that cannot be mapped with those before it.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Its place among the inputs: several can have one name.
    pub(crate) place: usize,
    pub(crate) error: MappingError,
}

/// One stream of C37.118 that comes in.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name: that of the concentrator, where it has several PMUs.
    pub name: String,
    /// Goes in front of the acronyms of its devices, so that they differ from those of other inputs.
    pub device_prefix: String,
    /// Who owns the devices; in front of point tags.
    pub company: String,
    /// Who made the devices; in point tags.
    pub vendor: String,
    /// What its data frames carry.
    pub configuration: Arc<Configuration>,
}

/// How inputs become measurements.
///
/// When the configuration of an input changes, a mapping is [made of the one before](Self::changed), so that
/// rows stay those of their signals.
#[derive(Debug)]
pub struct Mapping {
    inputs: Vec<MappedInput>,
    rows: Vec<MappedRow>,
}

/// An input, and where its measurements are.
#[derive(Debug)]
struct MappedInput {
    input: Input,
    /// The device of a concentrator, above those of its PMUs.
    concentrator: Option<Arc<str>>,
    /// Row of the measurement of the time quality.
    quality_row: u32,
    devices: Vec<MappedDevice>,
}

/// A PMU as a device, and where its measurements are: first the status flags, the frequency and its rate
/// of change, then magnitude and angle of each phasor, then analog and digital values.
#[derive(Debug)]
struct MappedDevice {
    acronym: Arc<str>,
    rows: Vec<u32>,
    scales: Vec<PhasorScale>,
}

/// A measurement of the metadata.
#[derive(Debug, Clone)]
struct MappedRow {
    signal: Signal,
    signal_id: Uuid,
    /// What values are multiplied with, and what is added to them, to have the user's units.
    scale: (f64, f64),
    /// Whether a device has it now.
    is_used: bool,
}

/// Rows whose signals no device has any more, and which are kept beside as many as are in use.
const MOST_UNUSED: usize = 1000;

impl Mapping {
    /// Gives every device its name and every signal its row.
    ///
    /// # Errors
    ///
    /// [`MappingError`] when names are missing or equal.
    pub fn new(inputs: Vec<Input>) -> Result<Mapping, MappingError> {
        Mapping::of(None, inputs).map_err(|refused| refused.error)
    }

    /// The mapping of inputs that changed: all of them as they are now. Signals of the same name have the same
    /// row and ID as before, new ones come behind all others. Rows whose signals are gone stay in the
    /// metadata, not enabled, and are theirs should they come back; when there are too many of them, all rows are
    /// given anew.
    ///
    /// # Errors
    ///
    /// [`MappingError`] when names are missing or equal.
    pub fn changed(&self, inputs: Vec<Input>) -> Result<Mapping, MappingError> {
        Mapping::of(Some(self), inputs).map_err(|refused| refused.error)
    }

    /// The mapping of inputs, of the one before if there was one; otherwise the first input whose names do not go
    /// with those before it.
    pub(crate) fn of(before: Option<&Mapping>, inputs: Vec<Input>) -> Result<Mapping, Refused> {
        let Some(before) = before else { return Rows::default().map(inputs) };
        let changed = Rows::of(&before.rows).map(inputs.clone())?;
        let used = changed.rows.iter().filter(|row| row.is_used).count();
        let has_too_many = changed.rows.len() - used > used + MOST_UNUSED;
        if has_too_many { Mapping::of(None, inputs) } else { Ok(changed) }
    }

    /// The signal ID of each row.
    pub fn signal_ids(&self) -> Vec<Uuid> {
        self.rows.iter().map(|row| row.signal_id).collect()
    }

    /// The acronyms of all devices, those of concentrators included.
    pub(crate) fn acronyms(&self) -> impl Iterator<Item = &Arc<str>> {
        self.inputs.iter().flat_map(|input| {
            input.concentrator.iter().chain(input.devices.iter().map(|device| &device.acronym))
        })
    }
}

/// Rows as they are given to signals.
#[derive(Default)]
struct Rows {
    rows: Vec<MappedRow>,
    places: HashMap<Uuid, u32>,
}

impl Rows {
    /// Those of an earlier mapping, none of them in use.
    fn of(rows: &[MappedRow]) -> Rows {
        Rows {
            rows: rows.iter().map(|row| MappedRow { is_used: false, ..row.clone() }).collect(),
            places: (0..).zip(rows).map(|(place, row)| (row.signal_id, place)).collect(),
        }
    }

    fn give(&mut self, signal: Signal, scale: (f64, f64)) -> u32 {
        let signal_id = signal_id(&signal.reference());
        let row = MappedRow { signal, signal_id, scale, is_used: true };
        match self.places.get(&signal_id) {
            Some(place) => {
                self.rows[*place as usize] = row;
                *place
            }
            None => {
                let place = self.rows.len() as u32;
                self.places.insert(signal_id, place);
                self.rows.push(row);
                place
            }
        }
    }

    fn map(mut self, inputs: Vec<Input>) -> Result<Mapping, Refused> {
        let mut acronyms = HashSet::new();
        let mut mapped = Vec::with_capacity(inputs.len());
        for (place, input) in inputs.into_iter().enumerate() {
            let input = self.map_input(input, &mut acronyms).map_err(|error| Refused { place, error })?;
            mapped.push(input);
        }
        Ok(Mapping { inputs: mapped, rows: self.rows })
    }

    fn map_input(
        &mut self,
        input: Input,
        acronyms: &mut HashSet<Arc<str>>,
    ) -> Result<MappedInput, MappingError> {
        let configuration = input.configuration.clone();
        let mut named = |text: &str, number: usize| -> Result<Arc<str>, MappingError> {
            let acronym: Arc<str> = device_acronym(&format!("{}{text}", input.device_prefix)).into();
            if device_acronym(text).is_empty() {
                return Err(MappingError::NamelessStation { number, input: input.name.clone() });
            }
            if !acronyms.insert(acronym.clone()) {
                let acronym = acronym.to_string();
                return Err(MappingError::DuplicateDevice { acronym, input: input.name.clone() });
            }
            Ok(acronym)
        };
        let concentrator = match configuration.pmus.len() {
            1 => None,
            _ => Some(named(&input.name, 0)?),
        };
        let mut acronyms = Vec::with_capacity(configuration.pmus.len());
        for (number, pmu) in configuration.pmus.iter().enumerate() {
            acronyms.push(named(&pmu.station.to_string(), number + 1)?);
        }
        let (company, vendor): (Arc<str>, Arc<str>) =
            (input.company.as_str().into(), input.vendor.as_str().into());
        let signal = |device: &Arc<str>, kind, index, is_current| Signal {
            device: device.clone(),
            company: company.clone(),
            vendor: vendor.clone(),
            kind,
            index,
            is_current,
        };
        let of_frame = concentrator.clone().or(acronyms.first().cloned()).unwrap_or_default();
        let quality_row = self.give(signal(&of_frame, SignalKind::Quality, 0, false), describe::UNSCALED);
        let mut devices = Vec::with_capacity(configuration.pmus.len());
        for (acronym, pmu) in acronyms.into_iter().zip(&configuration.pmus) {
            let mut rows = Vec::with_capacity(values::row_count(pmu));
            describe::signals_of(pmu, |kind, index, is_current, scale| {
                rows.push(self.give(signal(&acronym, kind, index, is_current), scale));
            });
            let scales = pmu.phasors.iter().map(|phasor| phasor.scale).collect();
            devices.push(MappedDevice { acronym, rows, scales });
        }
        Ok(MappedInput { input, concentrator, quality_row, devices })
    }
}

#[cfg(test)]
mod tests;
