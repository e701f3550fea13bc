//! C37.118 as measurements: the metadata that describe devices, and the values of data frames, named and
//! scaled as openPDC does it, so that what knows its signals knows these.
//!
//! A [`Mapping`] is made of the configurations of any number of inputs. It tells the
//! [metadata](Mapping::data_set) of all of them, and turns each [data frame](Mapping::read) into
//! measurements whose indexes are rows of these metadata.

mod describe;
mod names;
mod values;

use std::collections::HashSet;
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use super::configuration::{Configuration, PhasorScale};
use crate::metadata::MetadataError;

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
#[derive(Debug)]
pub struct Mapping {
    inputs: Vec<MappedInput>,
}

/// An input, and where its measurements are.
#[derive(Debug)]
struct MappedInput {
    input: Input,
    /// The device of a concentrator, above those of its PMUs.
    concentrator: Option<String>,
    /// Row of the measurement of the time quality.
    quality_row: u32,
    devices: Vec<MappedDevice>,
}

/// A PMU as a device, and where its measurements are: first the status flags, the frequency and its rate
/// of change, then magnitude and angle of each phasor, then analog and digital values.
#[derive(Debug)]
struct MappedDevice {
    acronym: String,
    first_row: u32,
    scales: Vec<PhasorScale>,
}

impl Mapping {
    /// Gives every device its name and every signal its row.
    ///
    /// # Errors
    ///
    /// [`MappingError`] when names are missing or equal.
    pub fn new(inputs: Vec<Input>) -> Result<Mapping, MappingError> {
        let mut acronyms = HashSet::new();
        let mut row = 0;
        let mut mapped = Vec::with_capacity(inputs.len());
        for input in inputs {
            mapped.push(map_input(input, &mut acronyms, &mut row)?);
        }
        Ok(Mapping { inputs: mapped })
    }

    /// The signal ID of each row.
    pub fn signal_ids(&self) -> Vec<Uuid> {
        self.signals().map(|signal| signal_id(&signal.reference())).collect()
    }
}

fn map_input(
    input: Input,
    acronyms: &mut HashSet<String>,
    row: &mut u32,
) -> Result<MappedInput, MappingError> {
    let configuration = input.configuration.clone();
    let mut named = |text: &str, number: usize| {
        let acronym = device_acronym(&format!("{}{text}", input.device_prefix));
        if device_acronym(text).is_empty() {
            return Err(MappingError::NamelessStation { number, input: input.name.clone() });
        }
        if !acronyms.insert(acronym.clone()) {
            return Err(MappingError::DuplicateDevice { acronym, input: input.name.clone() });
        }
        Ok(acronym)
    };
    let concentrator = match configuration.pmus.len() {
        1 => None,
        _ => Some(named(&input.name, 0)?),
    };
    let quality_row = *row;
    *row += 1;
    let mut devices = Vec::with_capacity(configuration.pmus.len());
    for (number, pmu) in configuration.pmus.iter().enumerate() {
        let acronym = named(&pmu.station.to_string(), number + 1)?;
        let scales = pmu.phasors.iter().map(|phasor| phasor.scale).collect();
        devices.push(MappedDevice { acronym, first_row: *row, scales });
        *row += values::row_count(pmu) as u32;
    }
    Ok(MappedInput { input, concentrator, quality_row, devices })
}
