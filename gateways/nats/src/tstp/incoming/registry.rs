//! The devices and signals that events were of, and the metadata that tell of them.

use std::collections::{HashMap, HashSet};

use sttp::c37118::mapping::device_acronym;
use sttp::metadata::{Column, ColumnType, DataSetBuilder, Metadata, MetadataError};
use sttp::{Ticks, Uuid};
use thiserror::Error;

use super::points::Sample;
use crate::tstp::event::Header;
use crate::tstp::settings::TstpIn;

/// The namespace of signal IDs that are made from names.
const NAMESPACE: Uuid = Uuid::from_u128(0x8d0a_4b0f_5c1e_4f6b_9f35_7a2e_6d41_0014);
/// The source of measurement keys, and the protocol of devices.
const SOURCE: &str = "TSTP";

/// Why a signal is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("there are {0} devices already; raise max-devices, or take the events of fewer")]
    Devices(usize),
    #[error("there are {0} signals already; raise max-signals, or take the events of fewer")]
    Signals(usize),
    #[error("a name has {bytes} bytes, and {most} are the most; raise max-name")]
    LongName { bytes: usize, most: usize },
    #[error("a name is empty or has control characters, which metadata cannot have")]
    BadName,
}

/// All that were seen, in the order of their rows.
pub(super) struct Registry {
    max_devices: usize,
    max_signals: usize,
    max_name: usize,
    devices: Vec<Device>,
    by_endpoint: HashMap<String, usize>,
    series: Vec<Series>,
    signals: Vec<Signal>,
    ids: HashSet<Uuid>,
    /// Names that are taken, in lower case.
    acronyms: HashSet<String>,
    point_tags: HashSet<String>,
    /// Something changed since the metadata were made.
    has_news: bool,
}

struct Device {
    endpoint: String,
    acronym: String,
    app_version: String,
    since: Ticks,
    /// Places of its series, by name.
    series: HashMap<String, usize>,
    signal_count: usize,
}

struct Series {
    device: usize,
    name: String,
    /// Rows of its signals by the names of values, the empty one in generation A.
    rows: HashMap<String, u32>,
}

struct Signal {
    series: usize,
    value: String,
    id: Uuid,
    /// What its transmitter says that it is.
    signal_type: Option<String>,
    point_tag: String,
    reference: String,
    since: Ticks,
}

/// The ID of a signal: always the same for the same names (a UUID of version 5). `value` is empty in generation A.
pub(crate) fn signal_id(endpoint: &str, series: &str, value: &str) -> Uuid {
    let mut names = format!("{endpoint}\0{series}");
    if !value.is_empty() {
        names += "\0";
        names += value;
    }
    Uuid::new_v5(&NAMESPACE, names.as_bytes())
}

impl Registry {
    pub(super) fn new(settings: &TstpIn) -> Registry {
        Registry {
            max_devices: settings.max_devices,
            max_signals: settings.max_signals,
            max_name: settings.max_name,
            devices: Vec::new(),
            by_endpoint: HashMap::new(),
            series: Vec::new(),
            signals: Vec::new(),
            ids: HashSet::new(),
            acronyms: HashSet::new(),
            point_tags: HashSet::new(),
            has_news: false,
        }
    }

    pub(super) fn has_news(&self) -> bool {
        self.has_news
    }

    /// The metadata are to be made again.
    pub(super) fn renew(&mut self) {
        self.has_news = true;
    }

    pub(super) fn device_count(&self) -> usize {
        self.devices.len()
    }

    pub(super) fn signal_count(&self) -> usize {
        self.signals.len()
    }

    /// The ID of the signal of a row.
    pub(super) fn id(&self, row: u32) -> Uuid {
        self.signals.get(row as usize).map_or(Uuid::nil(), |signal| signal.id)
    }

    /// The place of the series that an event is of, if there is one yet.
    pub(super) fn find(&mut self, header: &Header<'_>) -> Option<usize> {
        let device = self.devices.get_mut(*self.by_endpoint.get(header.endpoint)?)?;
        if device.app_version != header.app_version && is_good(header.app_version, self.max_name) {
            device.app_version = header.app_version.into();
            self.has_news = true;
        }
        device.series.get(header.series).copied()
    }

    /// The row of a value of a series.
    pub(super) fn row(&self, series: usize, value: &str) -> Option<u32> {
        self.series.get(series)?.rows.get(value).copied()
    }

    /// Makes the signal of a sample, its series and its device if they are not there, and returns the place of the
    /// series and the row of the signal. The ID that the transmitter wants counts if no other signal has it.
    pub(super) fn add(
        &mut self,
        header: &Header<'_>,
        sample: &Sample<'_>,
        now: Ticks,
    ) -> Result<(usize, u32), Refusal> {
        let value = sample.name;
        if self.signals.len() >= self.max_signals {
            return Err(Refusal::Signals(self.signals.len()));
        }
        for name in [header.endpoint, header.series, value] {
            self.check_name(name)?;
        }
        if header.endpoint.is_empty() || header.series.is_empty() {
            return Err(Refusal::BadName);
        }
        let device = match self.by_endpoint.get(header.endpoint) {
            Some(device) => *device,
            None => self.add_device(header, now)?,
        };
        let series = match self.devices[device].series.get(header.series) {
            Some(series) => *series,
            None => {
                let name = header.series.to_owned();
                self.series.push(Series { device, name: name.clone(), rows: HashMap::new() });
                self.devices[device].series.insert(name, self.series.len() - 1);
                self.series.len() - 1
            }
        };
        let row = self.signals.len() as u32;
        let id = sample.signal_id.filter(|id| !id.is_nil() && !self.ids.contains(id));
        let mut id = id.unwrap_or_else(|| signal_id(header.endpoint, header.series, value));
        // Another one took it, whose transmitter wanted it.
        while self.ids.contains(&id) {
            id = Uuid::new_v5(&id, value.as_bytes());
        }
        self.ids.insert(id);
        let device = &mut self.devices[device];
        device.signal_count += 1;
        let reference = format!("{}-AV{}", device.acronym, device.signal_count);
        let separator = if value.is_empty() { "" } else { "/" };
        let tag = format!("{}:{}{separator}{value}", device.acronym, header.series);
        let point_tag = distinct(&mut self.point_tags, tag, id);
        self.series[series].rows.insert(value.into(), row);
        let signal_type = sample.signal_type.filter(|name| is_good(name, self.max_name)).map(str::to_owned);
        self.signals.push(Signal {
            series,
            value: value.into(),
            id,
            signal_type,
            point_tag,
            reference,
            since: now,
        });
        self.has_news = true;
        Ok((series, row))
    }

    fn add_device(&mut self, header: &Header<'_>, now: Ticks) -> Result<usize, Refusal> {
        if self.devices.len() >= self.max_devices {
            return Err(Refusal::Devices(self.devices.len()));
        }
        let endpoint = header.endpoint.to_owned();
        let acronym = Some(device_acronym(&endpoint)).filter(|acronym| !acronym.is_empty());
        let acronym = acronym.unwrap_or_else(|| SOURCE.into());
        let acronym = distinct(&mut self.acronyms, acronym, device_id(&endpoint));
        let app_version = Some(header.app_version).filter(|name| is_good(name, self.max_name));
        self.by_endpoint.insert(endpoint.clone(), self.devices.len());
        self.devices.push(Device {
            endpoint,
            acronym,
            app_version: app_version.unwrap_or_default().into(),
            since: now,
            series: HashMap::new(),
            signal_count: 0,
        });
        Ok(self.devices.len() - 1)
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        if name.len() > self.max_name {
            return Err(Refusal::LongName { bytes: name.len(), most: self.max_name });
        }
        if is_good(name, self.max_name) { Ok(()) } else { Err(Refusal::BadName) }
    }

    /// The metadata of all that were seen. What has no column in the standard tables has one of its own, by which
    /// events can be made of it again.
    pub(super) fn metadata(&mut self, settings: &TstpIn) -> Result<Metadata, MetadataError> {
        let mut builder = DataSetBuilder::standard()?;
        let [devices, measurements] =
            ["DeviceDetail", "MeasurementDetail"].map(|name| builder.table_index(name).unwrap_or_default());
        let own = [
            (devices, "EndpointID"),
            (devices, "AppVersionName"),
            (measurements, "TimeSeriesName"),
            (measurements, "ValueName"),
        ];
        for (table, name) in own {
            builder.add_column(table, Column::new(name, ColumnType::String))?;
        }
        for device in &self.devices {
            builder
                .append_row(devices)?
                .set("UniqueID", device_id(&device.endpoint))?
                .set("Acronym", device.acronym.as_str())?
                .set("Name", device.endpoint.as_str())?
                .set("ProtocolName", SOURCE)?
                .set("Enabled", true)?
                .set("UpdatedOn", device.since)?
                .set("EndpointID", device.endpoint.as_str())?
                .set("AppVersionName", device.app_version.as_str())?;
        }
        for (number, signal) in (1..).zip(&self.signals) {
            let series = &self.series[signal.series];
            let device = &self.devices[series.device];
            let separator = if signal.value.is_empty() { "" } else { ", value " };
            let signal_type =
                settings.signal_type(&signal.value, &series.name).or(signal.signal_type.as_deref());
            let description = format!("{} of {}{separator}{}", series.name, device.endpoint, signal.value);
            builder
                .append_row(measurements)?
                .set("DeviceAcronym", device.acronym.as_str())?
                .set("ID", &*format!("{SOURCE}:{number}"))?
                .set("SignalID", signal.id)?
                .set("PointTag", signal.point_tag.as_str())?
                .set("SignalReference", signal.reference.as_str())?
                .set("SignalAcronym", signal_type.unwrap_or("ALOG"))?
                .set("Description", description.as_str())?
                .set("Internal", true)?
                .set("Enabled", true)?
                .set("UpdatedOn", signal.since)?
                .set("TimeSeriesName", series.name.as_str())?
                .set("ValueName", Some(signal.value.as_str()).filter(|value| !value.is_empty()))?;
        }
        self.has_news = false;
        Ok(Metadata::new(builder.finish()))
    }
}

fn device_id(endpoint: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, endpoint.as_bytes())
}

/// Whether metadata can have a text: XML knows no control characters, nor two of the last.
fn is_good(name: &str, most: usize) -> bool {
    let is_bad = |character: char| character.is_control() || matches!(character, '\u{FFFE}' | '\u{FFFF}');
    name.len() <= most && !name.contains(is_bad)
}

/// The name if it is not taken, upper or lower case; else with a part of an ID, or all of it.
fn distinct(taken: &mut HashSet<String>, name: String, id: Uuid) -> String {
    if taken.insert(name.to_lowercase()) {
        return name;
    }
    let short = format!("{name}_{}", &id.simple().to_string()[..8]);
    if taken.insert(short.to_lowercase()) {
        return short;
    }
    let long = format!("{name}_{}", id.simple());
    taken.insert(long.to_lowercase());
    long
}
