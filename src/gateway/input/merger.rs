//! The metadata of one publisher, merged of what all devices of an input are.
//!
//! Devices tell their configurations one after the other when they are connected, and each of them changes the
//! metadata of all. So a change waits a moment for those of others, and large metadata are made elsewhere than on
//! the loop.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::DeviceId;
use crate::Ticks;
use crate::c37118::Configuration;
use crate::c37118::encapsulation::Encapsulator;
use crate::c37118::mapping::{self, Mapping, MappingError};
use crate::engine::{Io, Job, JobError};
use crate::metadata::{DataSet, DataSetBuilder, Metadata};

/// How long a change waits for another one, while other devices are expected to tell something.
const PAUSE: Duration = Duration::from_millis(100);
/// How long it waits at most.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Makes metadata of the configurations of devices.
pub(super) struct Merger {
    /// In front of measurement keys.
    source: String,
    devices: BTreeMap<DeviceId, Described>,
    wait: Option<Wait>,
    job: Option<Job<Merged>>,
    /// What came of it last: rows and keys of signals stay.
    latest: Option<Arc<Mapped>>,
}

/// What a device is in the metadata.
#[derive(Clone, Default)]
pub(super) struct Described {
    /// As measurements.
    pub(super) input: Option<mapping::Input>,
    /// As frames that are passed on.
    pub(super) encapsulator: Option<Arc<Mutex<Encapsulator>>>,
}

/// Something has changed.
struct Wait {
    begun: Instant,
    due: Instant,
}

/// What all devices are at one time.
pub(super) struct Mapped {
    pub(super) mapping: Mapping,
    /// The signal of each row.
    pub(super) signals: Vec<Uuid>,
    places: BTreeMap<DeviceId, Place>,
    /// Those whose frames can be passed on.
    relayed: BTreeSet<DeviceId>,
}

/// A device in the mapping.
struct Place {
    input: usize,
    configuration: Arc<Configuration>,
}

impl Mapped {
    /// The number of a device in the mapping, as far as its data frames are those of this configuration.
    pub(super) fn input(&self, device: DeviceId, configuration: &Arc<Configuration>) -> Option<usize> {
        let place = self.places.get(&device)?;
        Arc::ptr_eq(&place.configuration, configuration).then_some(place.input)
    }
}

impl Mapped {
    /// Whether the metadata have the signals of the frames of a device.
    pub(super) fn relays(&self, device: DeviceId) -> bool {
        self.relayed.contains(&device)
    }
}

/// What has come of it.
pub(super) struct Merged {
    pub(super) outcome: Result<(Arc<Mapped>, Arc<Metadata>), MappingError>,
    /// Devices that are not among the others, and why.
    pub(super) left_out: Vec<(DeviceId, MappingError)>,
}

impl Merger {
    pub(super) fn new(source: String) -> Merger {
        Merger { source, devices: BTreeMap::new(), wait: None, job: None, latest: None }
    }

    /// A device has told its configuration.
    pub(super) fn set(&mut self, device: DeviceId, described: Described, others_follow: bool, now: Instant) {
        self.devices.insert(device, described);
        self.changed(others_follow, now);
    }

    /// A device is none of the input any more.
    pub(super) fn remove(&mut self, device: DeviceId, now: Instant) {
        if self.devices.remove(&device).is_some() {
            self.changed(true, now);
        }
    }

    /// How many devices have told their configurations.
    pub(super) fn device_count(&self) -> usize {
        self.devices.len()
    }

    /// Whether a device has told its configuration.
    pub(super) fn knows(&self, device: DeviceId) -> bool {
        self.devices.contains_key(&device)
    }

    fn changed(&mut self, others_follow: bool, now: Instant) {
        let begun = self.wait.as_ref().map_or(now, |wait| wait.begun);
        let due = if others_follow { (now + PAUSE).min(begun + LONGEST_WAIT) } else { now };
        self.wait = Some(Wait { begun, due });
    }

    /// When to [`proceed`](Self::proceed).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.wait.as_ref().filter(|_| self.job.is_none()).map(|wait| wait.due)
    }

    /// Begins with what is due, and tells what has come of what was begun: to be called when the driver is notified,
    /// too.
    pub(super) fn proceed(&mut self, io: &Io<'_>) -> Option<Result<Merged, JobError>> {
        let merged = match &mut self.job {
            Some(job) => Some(job.take()?),
            None => None,
        };
        self.job = None;
        if let Some(Ok(Merged { outcome: Ok((mapped, _)), .. })) = &merged {
            self.latest = Some(Arc::clone(mapped));
        }
        if self.wait.take_if(|wait| wait.due <= io.now()).is_some() {
            let (devices, source, latest) = (self.devices.clone(), self.source.clone(), self.latest.clone());
            let updated_on = io.utc();
            self.job =
                Some(io.elsewhere().run(move || merge(devices, latest.as_deref(), &source, updated_on)));
        }
        merged
    }
}

/// Maps all devices but those whose names do not go with those of the ones before.
fn merge(
    all: BTreeMap<DeviceId, Described>,
    latest: Option<&Mapped>,
    source: &str,
    updated_on: Ticks,
) -> Merged {
    let encapsulators: Vec<(DeviceId, Arc<Mutex<Encapsulator>>)> = all
        .iter()
        .filter_map(|(id, described)| Some((*id, Arc::clone(described.encapsulator.as_ref()?))))
        .collect();
    let mut devices: Vec<(DeviceId, mapping::Input)> =
        all.into_iter().filter_map(|(id, described)| Some((id, described.input?))).collect();
    let mut left_out = Vec::new();
    let mapping = loop {
        let inputs = devices.iter().map(|(_, input)| input.clone()).collect();
        match Mapping::of(latest.map(|latest| &latest.mapping), inputs) {
            Ok(mapping) => break mapping,
            Err(refused) => left_out.push((devices.remove(refused.place).0, refused.error)),
        }
    };
    let outcome = mapping.data_set(source, updated_on).map(|data_set| {
        let (data_set, relayed) =
            with_relayed(data_set, &mapping, encapsulators, &mut left_out, |relayed, builder| {
                relayed.describe(builder, source, updated_on)
            });
        let metadata = Arc::new(Metadata::new(data_set));
        // What takes long of what the publisher does with it.
        metadata.validate();
        let signals = mapping.signal_ids();
        let place = |(input, (device, mapped)): (usize, (DeviceId, mapping::Input))| {
            (device, Place { input, configuration: mapped.configuration })
        };
        let places = devices.into_iter().enumerate().map(place).collect();
        (Arc::new(Mapped { mapping, signals, places, relayed }), metadata)
    });
    Merged { outcome, left_out }
}

/// Adds the devices whose frames are passed on to metadata, but those whose names do not go with those of the ones
/// before, and those that cannot be described. Tells which were added.
fn with_relayed(
    data_set: DataSet,
    mapping: &Mapping,
    mut encapsulators: Vec<(DeviceId, Arc<Mutex<Encapsulator>>)>,
    left_out: &mut Vec<(DeviceId, MappingError)>,
    describe: impl Fn(&Encapsulator, &mut DataSetBuilder) -> Result<(), MappingError>,
) -> (DataSet, BTreeSet<DeviceId>) {
    let mut acronyms: HashSet<String> = mapping.acronyms().map(|acronym| acronym.to_string()).collect();
    encapsulators.retain(|(device, encapsulator)| {
        let acronym = lock(encapsulator).stream().device.clone();
        let is_free = acronyms.insert(acronym.clone());
        if !is_free {
            left_out.push((*device, MappingError::DuplicateDevice { input: acronym.clone(), acronym }));
        }
        is_free
    });
    while !encapsulators.is_empty() {
        let mut builder = DataSetBuilder::from_data_set(&data_set);
        let failed = encapsulators.iter().enumerate().find_map(|(place, (_, encapsulator))| {
            Some((place, describe(&lock(encapsulator), &mut builder).err()?))
        });
        match failed {
            None => return (builder.finish(), encapsulators.into_iter().map(|(device, _)| device).collect()),
            // Some of its rows may be there: all is done once more without it.
            Some((place, error)) => left_out.push((encapsulators.remove(place).0, error)),
        }
    }
    (data_set, BTreeSet::new())
}

fn lock(encapsulator: &Mutex<Encapsulator>) -> MutexGuard<'_, Encapsulator> {
    encapsulator.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c37118::{ConfigurationForm, Name, sample};
    use crate::metadata::MetadataError;

    /// A device with one station, called like all others that have its ID code.
    fn described(station: &str) -> Described {
        let mut configuration = sample(ConfigurationForm::Cfg2);
        configuration.pmus.truncate(1);
        configuration.pmus[0].station = Name::new(station);
        let input = mapping::Input {
            name: "C37118_1".into(),
            device_prefix: String::new(),
            company: String::new(),
            vendor: String::new(),
            configuration: Arc::new(configuration),
        };
        Described { input: Some(input), encapsulator: None }
    }

    #[test]
    fn only_devices_whose_stations_clash_are_left_out_where_all_have_one_id_code() {
        let stations = ["A", "B", "B", "", "C", "D"];
        let devices: BTreeMap<DeviceId, Described> =
            (1..).zip(stations).map(|(device, station)| (device, described(station))).collect();
        let mut latest = None;
        // Of nothing, and of a mapping before.
        for _ in 0..2 {
            let merged = merge(devices.clone(), latest.as_deref(), "PMU", Ticks::UNIX_EPOCH);
            let left_out: Vec<DeviceId> = merged.left_out.iter().map(|(device, _)| *device).collect();
            assert_eq!(left_out, [3, 4], "{:?}", merged.left_out);
            let (mapped, _) = merged.outcome.unwrap();
            assert_eq!(mapped.places.keys().copied().collect::<Vec<_>>(), [1, 2, 5, 6]);
            for (device, place) in &mapped.places {
                let configuration = &devices[device].input.as_ref().unwrap().configuration;
                assert!(Arc::ptr_eq(configuration, &place.configuration), "{device}");
            }
            latest = Some(mapped);
        }
    }

    #[test]
    fn a_device_that_cannot_be_described_leaves_no_rows_and_keeps_no_other_out() {
        let mapping = Mapping::new(Vec::new()).unwrap();
        let data_set = mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap();
        let encapsulators = [(1, "ONE"), (2, "TWO"), (3, "THREE"), (4, "one")]
            .map(|(device, name)| (device, Arc::new(Mutex::new(Encapsulator::new(name)))));
        let mut left_out = Vec::new();
        let (data_set, relayed) =
            with_relayed(data_set, &mapping, encapsulators.into(), &mut left_out, |one, builder| {
                one.describe(builder, "PMU", Ticks::UNIX_EPOCH)?;
                match &*one.stream().device {
                    "TWO" => Err(MappingError::Metadata(MetadataError::TooMany {
                        what: "rows",
                        count: 2,
                        limit: 1,
                    })),
                    _ => Ok(()),
                }
            });
        assert_eq!(relayed, BTreeSet::from([1, 3]));
        let left_out: Vec<_> = left_out.iter().map(|(device, error)| (*device, error.to_string())).collect();
        assert!(left_out[0].0 == 4 && left_out[0].1.contains("\"ONE\""), "{left_out:?}");
        assert!(left_out[1].0 == 2 && left_out[1].1.contains("too many rows"), "{left_out:?}");
        let metadata = Metadata::new(data_set);
        let devices: Vec<_> = metadata.devices().map(|device| device.acronym().unwrap().to_owned()).collect();
        assert_eq!(devices, ["ONE", "THREE"]);
        assert_eq!(metadata.measurements().count(), 4);
    }
}
