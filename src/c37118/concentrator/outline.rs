//! From metadata to what a stream carries: its configuration, and which signal each value is of.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::super::channels::{Channels, KnownChannel};
use super::super::configuration::{
    AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, PhasorScale, Pmu,
};
use super::super::frame::Version;
use super::super::time::FrameTime;
use super::channel::{self, Facts};
use super::error::ConcentratorError;
use super::settings::{Selection, StreamSettings};
use super::window::NO_CELL;
use crate::Ticks;
use crate::metadata::{DeviceRecord, MeasurementRecord, Metadata, SignalKind};

/// What a stream carries.
#[derive(Debug)]
pub(super) struct Outline {
    /// The signal of each cell, from cell 1 on.
    pub(super) signals: Vec<Uuid>,
    /// Cells of the time quality.
    pub(super) quality: Vec<u32>,
    /// In the order of the configuration.
    pub(super) pmus: Vec<PmuCells>,
    /// As CFG-2.
    pub(super) configuration: Configuration,
    /// As CFG-3.
    pub(super) long: Configuration,
}

/// The cells of a PMU. Where there is no signal, it is the cell in which no value ever is.
#[derive(Debug, Default)]
pub(super) struct PmuCells {
    pub(super) status: u32,
    pub(super) frequency: u32,
    pub(super) rate_of_change: u32,
    /// Magnitude and angle.
    pub(super) phasors: Vec<(u32, u32)>,
    pub(super) analogs: Vec<u32>,
    pub(super) digitals: Vec<u32>,
}

/// The measurements of a device, by what they are.
#[derive(Default)]
struct Device<'a> {
    acronym: &'a str,
    status: Option<MeasurementRecord<'a>>,
    frequency: Option<MeasurementRecord<'a>>,
    rate_of_change: Option<MeasurementRecord<'a>>,
    /// By number: magnitude and angle.
    phasors: BTreeMap<u32, (Option<MeasurementRecord<'a>>, Option<MeasurementRecord<'a>>)>,
    analogs: BTreeMap<u32, MeasurementRecord<'a>>,
    digitals: BTreeMap<u32, MeasurementRecord<'a>>,
}

impl<'a> Device<'a> {
    /// Puts in a measurement, unless there is one of the same kind and number.
    fn put(&mut self, kind: SignalKind, index: u32, measurement: MeasurementRecord<'a>) {
        let place = match kind {
            SignalKind::Status => &mut self.status,
            SignalKind::Frequency => &mut self.frequency,
            SignalKind::FrequencyChange => &mut self.rate_of_change,
            SignalKind::Magnitude => &mut self.phasors.entry(index).or_default().0,
            SignalKind::Angle => &mut self.phasors.entry(index).or_default().1,
            SignalKind::Analog => {
                self.analogs.entry(index).or_insert(measurement);
                return;
            }
            SignalKind::Digital => {
                self.digitals.entry(index).or_insert(measurement);
                return;
            }
            _ => return,
        };
        place.get_or_insert(measurement);
    }

    /// Any of its measurements, for what they say of the device.
    fn any(&self) -> Option<MeasurementRecord<'a>> {
        let of_phasors = self.phasors.values().find_map(|(magnitude, angle)| magnitude.or(*angle));
        let single = self.status.or(self.frequency).or(self.rate_of_change);
        single.or(of_phasors).or_else(|| self.analogs.values().chain(self.digitals.values()).next().copied())
    }
}

/// Gives signals their cells.
#[derive(Default)]
struct Cells {
    signals: Vec<Uuid>,
}

impl Cells {
    fn of(&mut self, measurement: Option<MeasurementRecord<'_>>) -> u32 {
        let Some(id) = measurement.and_then(MeasurementRecord::signal_id) else { return NO_CELL };
        self.signals.push(id);
        self.signals.len() as u32
    }
}

/// The devices that are selected, and the measurements of time quality.
struct Selected<'a> {
    devices: Vec<Device<'a>>,
    quality: Vec<MeasurementRecord<'a>>,
}

impl Outline {
    pub(super) fn new(
        settings: &StreamSettings,
        metadata: &Metadata,
        now: Ticks,
    ) -> Result<Outline, ConcentratorError> {
        let selected = select(&settings.selection, metadata)?;
        if selected.devices.is_empty() {
            return Err(ConcentratorError::NothingToSend);
        }
        let known = Channels::of(metadata.data_set());
        let mut cells = Cells::default();
        let quality = selected.quality.iter().map(|one| cells.of(Some(*one))).collect();
        let (mut pmus, mut short, mut long) = (Vec::new(), Vec::new(), Vec::new());
        for (number, device) in (1..).zip(&selected.devices) {
            let maker = PmuMaker { settings, metadata, known: &known };
            let (short_pmu, long_pmu) = maker.make(number, device);
            short.push(short_pmu);
            long.push(long_pmu);
            pmus.push(PmuCells {
                status: cells.of(device.status),
                frequency: cells.of(device.frequency),
                rate_of_change: cells.of(device.rate_of_change),
                phasors: device
                    .phasors
                    .values()
                    .map(|(magnitude, angle)| (cells.of(*magnitude), cells.of(*angle)))
                    .collect(),
                analogs: device.analogs.values().map(|one| cells.of(Some(*one))).collect(),
                digitals: device.digitals.values().map(|one| cells.of(Some(*one))).collect(),
            });
        }
        let configuration = Configuration {
            form: ConfigurationForm::Cfg2,
            version: settings.version,
            id_code: settings.id_code,
            time: FrameTime::from_ticks(now, settings.time_base, 0),
            time_base: settings.time_base,
            pmus: short,
            data_rate: settings.data_rate,
        };
        // Which the version before has not.
        let long = Configuration {
            form: ConfigurationForm::Cfg3,
            version: Version::V2,
            pmus: long,
            ..configuration.clone()
        };
        Ok(Outline { signals: cells.signals, quality, pmus, configuration, long })
    }

    /// Sets CFGCNT of all PMUs.
    pub(super) fn set_change_count(&mut self, count: u16) {
        let pmus = self.configuration.pmus.iter_mut().chain(&mut self.long.pmus);
        pmus.for_each(|pmu| pmu.change_count = count);
    }

    /// Whether frames of both mean the same, whatever their configuration counts.
    pub(super) fn is_same_as(&self, other: &Outline) -> bool {
        let same = |one: &Configuration, two: &Configuration| {
            one.pmus.len() == two.pmus.len()
                && one.pmus.iter().zip(&two.pmus).all(|(one, two)| {
                    let mut counted = one.clone();
                    counted.change_count = two.change_count;
                    counted == *two
                })
        };
        self.signals == other.signals
            && same(&self.configuration, &other.configuration)
            && same(&self.long, &other.long)
    }
}

/// The devices in the order of their measurements, or in that of the selection.
fn select<'a>(selection: &Selection, metadata: &'a Metadata) -> Result<Selected<'a>, ConcentratorError> {
    let wanted = match selection {
        Selection::Devices(acronyms) => Some(expand(acronyms, metadata)?),
        Selection::All | Selection::Signals(_) => None,
    };
    let signals: Option<HashSet<Uuid>> = match selection {
        Selection::Signals(signals) => Some(signals.iter().copied().collect()),
        Selection::All | Selection::Devices(_) => None,
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    if let Some(wanted) = &wanted {
        for (place, device) in wanted.devices.iter().enumerate() {
            places.entry(device.clone()).or_insert(place);
        }
    }
    let mut devices: Vec<Device<'a>> = Vec::new();
    devices.resize_with(places.len(), Device::default);
    let mut quality = Vec::new();
    let mut seen = HashSet::new();
    for measurement in metadata.measurements().filter(|measurement| measurement.is_active()) {
        let (Some(reference), Some(id)) = (measurement.reference(), measurement.signal_id()) else {
            continue;
        };
        let acronym =
            measurement.device_acronym().filter(|name| !name.is_empty()).unwrap_or(reference.device);
        let name = acronym.to_uppercase();
        let is_selected = signals.as_ref().is_none_or(|signals| signals.contains(&id));
        if !is_selected || !channel::is_of_frames(reference.kind) {
            continue;
        }
        if reference.kind == SignalKind::Quality {
            if wanted.as_ref().is_none_or(|wanted| wanted.clocks.contains(&name)) && seen.insert(id) {
                quality.push(measurement);
            }
            continue;
        }
        let place = match (places.get(&name), &wanted) {
            (Some(place), _) => *place,
            (None, Some(_)) => continue,
            (None, None) => {
                places.insert(name, devices.len());
                devices.push(Device::default());
                devices.len() - 1
            }
        };
        // A signal is a value of one channel; a second row of it is a mistake in the metadata.
        if seen.insert(id) {
            devices[place].acronym = acronym;
            devices[place].put(reference.kind, reference.index, measurement);
        }
    }
    devices.retain(|device| device.any().is_some());
    Ok(Selected { devices, quality })
}

/// Devices in capitals, and those whose time quality counts for them.
struct Wanted {
    devices: Vec<String>,
    clocks: HashSet<String>,
}

/// Concentrators are taken as their children.
fn expand(acronyms: &[String], metadata: &Metadata) -> Result<Wanted, ConcentratorError> {
    let mut wanted = Wanted { devices: Vec::new(), clocks: HashSet::new() };
    for acronym in acronyms {
        let device = metadata.device_by_acronym(acronym);
        let device = device.ok_or_else(|| ConcentratorError::NoDevice(acronym.clone()))?;
        wanted.clocks.insert(acronym.to_uppercase());
        let parent = device.parent_acronym().map(str::to_uppercase);
        wanted.clocks.extend(parent);
        let children = device.children().filter_map(DeviceRecord::acronym).map(str::to_uppercase);
        let children: Vec<String> = children.collect();
        if children.is_empty() {
            wanted.devices.push(acronym.to_uppercase());
        }
        wanted.devices.extend(children);
    }
    let mut seen = HashSet::new();
    wanted.devices.retain(|device| seen.insert(device.clone()));
    Ok(wanted)
}

/// Makes a PMU of a device in both forms.
struct PmuMaker<'m> {
    settings: &'m StreamSettings,
    metadata: &'m Metadata,
    known: &'m Channels<'m>,
}

impl PmuMaker<'_> {
    /// As CFG-2 and as CFG-3.
    fn make(&self, number: u16, device: &Device<'_>) -> (Pmu, Pmu) {
        let record = self.metadata.device_by_acronym(device.acronym);
        let of_pmu = device.any().and_then(MeasurementRecord::signal_id).and_then(|id| self.known.find(id));
        let facts = Facts { record, known: of_pmu, acronym: device.acronym };
        let format = self.settings.format.or_else(|| of_pmu.and_then(|known| known.format()));
        let mut format = format.unwrap_or(Format(
            Format::POLAR | Format::FLOAT_PHASORS | Format::FLOAT_ANALOGS | Format::FLOAT_FREQUENCY,
        ));
        let of_channels =
            || device.phasors.iter().map(|(index, (magnitude, angle))| (*index, magnitude.or(*angle)));
        if of_channels().filter_map(|(_, one)| self.find(one)).any(channel::is_beyond_phunit) {
            format.0 |= Format::FLOAT_PHASORS;
        }
        let phasors: Vec<_> =
            of_channels().map(|(index, one)| channel::phasor(index, one, self.find(one), format)).collect();
        let analogs: Vec<_> = device
            .analogs
            .iter()
            .map(|(index, one)| channel::analog(*index, *one, self.find(Some(*one))))
            .collect();
        let digitals: Vec<DigitalWord> = device
            .digitals
            .iter()
            .map(|(index, one)| channel::digital(*index, *one, self.find(Some(*one))))
            .collect();
        let override_code =
            self.settings.id_codes.iter().find(|(name, _)| name.eq_ignore_ascii_case(device.acronym));
        let short = Pmu {
            station: facts.station(),
            id_code: override_code.map_or_else(|| facts.id_code().unwrap_or(number), |(_, code)| *code),
            format,
            phasors: phasors.iter().map(|phasor| phasor.short.clone()).collect(),
            analogs: analogs.iter().map(|analog| analog.short.clone()).collect(),
            digitals,
            nominal_frequency: of_pmu
                .and_then(|known| known.nominal_frequency())
                .unwrap_or(self.settings.nominal_frequency),
            change_count: self.settings.change_count,
            details: None,
        };
        let long = Pmu {
            phasors: phasors.into_iter().map(|phasor| phasor.long).collect(),
            analogs: analogs.into_iter().map(|analog| analog.long).collect(),
            details: Some(facts.details()),
            ..short.clone()
        };
        debug_assert!(short.phasors.iter().all(|phasor| matches!(phasor.scale, PhasorScale::Unit { .. })));
        debug_assert!(long.analogs.iter().all(|analog| matches!(analog.scale, AnalogScale::Full { .. })));
        (short, long)
    }

    fn find(&self, measurement: Option<MeasurementRecord<'_>>) -> Option<KnownChannel<'_>> {
        self.known.find(measurement?.signal_id()?)
    }
}
