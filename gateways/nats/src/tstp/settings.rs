//! What `tstp-out` and `tstp-in` can be told, as the configuration has it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use sttp::settings::{PublisherSetup, SubscriberSetup};

use super::generation::Generation;
use super::subject;
use super::template::Template;
use crate::config::{connection, size, span};

/// Least and most that an event may be limited to, in bytes.
const EVENT_BYTES: std::ops::RangeInclusive<u64> = 4 << 10..=64 << 20;

/// Names that carry what data points have no place for: as tags in generation A, as values in the others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Carriers {
    /// Ticks of 100 ns beyond the millisecond, 1 to 9999; left out where there are none.
    pub(crate) ticks: String,
    /// The bits of leap seconds; left out where there are none.
    pub(crate) leap: String,
    /// State flags; left out where there are none. In generations B and C behind the name of the value and a dot.
    pub(crate) flags: String,
}

impl Default for Carriers {
    fn default() -> Carriers {
        Carriers { ticks: "ticks".into(), leap: "leap".into(), flags: "flags".into() }
    }
}

impl Carriers {
    fn check(&self, key: &str) -> Result<(), String> {
        let names = [&self.ticks, &self.leap, &self.flags];
        let are_distinct = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
        match names.iter().all(|name| !name.is_empty()) && are_distinct {
            true => Ok(()),
            false => Err(format!("{key}.carriers: give ticks, leap and flags three different names")),
        }
    }
}

/// Measurements to time series events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct TstpOut {
    /// Connection strings of subscribers, by names: where measurements come from.
    pub(crate) sources: BTreeMap<String, String>,
    /// The name of this transmitter in subjects.
    pub(crate) instance: String,
    pub(crate) generation: Generation,
    /// `endpointId`.
    pub(crate) endpoint: Template,
    /// `timeSeriesName`. Without one, a time series for each signal in generation A, for each device in the others.
    pub(crate) series: Option<Template>,
    /// The name of a value in generations B and C.
    pub(crate) value: Template,
    /// `appVersionName`.
    pub(crate) app_version: Template,
    /// Further tags by their names, of every data point.
    pub(crate) tags: BTreeMap<String, Template>,
    pub(crate) carriers: Carriers,
    /// How long data points wait for others of their series.
    #[serde(with = "span")]
    pub(crate) interval: Duration,
    /// Largest event; the server may set less.
    #[serde(with = "size")]
    pub(crate) max_event: u64,
    /// How long events are worth something; none for ever.
    #[serde(with = "span")]
    pub(crate) timeout: Duration,
}

impl Default for TstpOut {
    fn default() -> TstpOut {
        let template = |text: &str| text.parse().unwrap_or_else(|error| unreachable!("{error}"));
        TstpOut {
            sources: BTreeMap::new(),
            instance: "sttp".into(),
            generation: Generation::A,
            endpoint: template("{device.EndpointID|DeviceAcronym|'sttp'}"),
            series: None,
            value: template("{ValueName|signal|PointTag|SignalID}"),
            app_version: template("{device.AppVersionName|'sttp'}"),
            tags: BTreeMap::new(),
            carriers: Carriers::default(),
            interval: Duration::from_millis(100),
            max_event: 64 << 10,
            timeout: Duration::ZERO,
        }
    }
}

impl TstpOut {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.sources.is_empty() {
            return Err(
                "there is nothing to send; give --source NAME=CONNECTION, or [tstp-out.sources]".into()
            );
        }
        for name in self.sources.keys() {
            self.setup(name)?;
        }
        subject::of_series(&self.instance, "x").map_err(|error| format!("tstp-out.instance: {error}"))?;
        self.carriers.check("tstp-out")?;
        let carriers = [&self.carriers.ticks, &self.carriers.leap, &self.carriers.flags];
        if let Some(name) = self.tags.keys().find(|name| name.is_empty() || carriers.contains(name)) {
            return Err(format!("tstp-out.tags: {name:?} is taken; use another name"));
        }
        if self.interval > Duration::from_secs(3_600) {
            return Err("tstp-out.interval: data points would wait longer than an hour; give less".into());
        }
        check_event_bytes("tstp-out", self.max_event)
    }

    /// What a source's connection string says.
    pub(super) fn setup(&self, name: &str) -> Result<SubscriberSetup, String> {
        let connection = self.sources.get(name).map_or("", String::as_str);
        let mut setup = connection::subscriber(connection)
            .map_err(|error| format!("tstp-out.sources.{name}: {error}"))?;
        // Names come from the metadata, and measurements are handed on as they come.
        setup.settings.request_metadata = true;
        setup.settings.read_queue = 0;
        Ok(setup)
    }

    /// The template of `timeSeriesName`.
    pub(super) fn series(&self) -> Result<Template, String> {
        match (&self.series, self.generation) {
            (Some(template), _) => Ok(template.clone()),
            (None, Generation::A) => "{TimeSeriesName|signal|PointTag|SignalID}".parse(),
            (None, Generation::B | Generation::C) => "{TimeSeriesName|'measurements'}".parse(),
        }
    }
}

/// Time series events to a publisher.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct TstpIn {
    /// The connection string of the publisher.
    pub(crate) sttp: String,
    pub(crate) generation: Generation,
    /// Names of transmitters whose events are taken; none for all.
    pub(crate) transmitters: Vec<String>,
    /// Names of time series that are taken; none for all.
    pub(crate) series: Vec<String>,
    /// Receivers with the same name share the events; without one, each gets all.
    pub(crate) queue_group: String,
    /// What signals are, by the name of their value or time series; `*` at the end stands for anything.
    pub(crate) signal_types: BTreeMap<String, String>,
    pub(crate) carriers: Carriers,
    /// Whether a text that is a number counts as one.
    pub(crate) numbers_in_texts: bool,
    /// Largest event that is read.
    #[serde(with = "size")]
    pub(crate) max_event: u64,
    /// Most devices and signals that are made, and most bytes of a name.
    pub(crate) max_devices: usize,
    pub(crate) max_signals: usize,
    pub(crate) max_name: usize,
    /// Most that waits to be read, in bytes; what comes then is dropped and counted.
    #[serde(with = "size")]
    pub(crate) queue: u64,
    /// Least time between two changes of the metadata.
    #[serde(with = "span")]
    pub(crate) metadata_interval: Duration,
}

impl Default for TstpIn {
    fn default() -> TstpIn {
        TstpIn {
            sttp: "port=7165".into(),
            generation: Generation::A,
            transmitters: Vec::new(),
            series: Vec::new(),
            queue_group: "sttp".into(),
            signal_types: BTreeMap::new(),
            carriers: Carriers::default(),
            numbers_in_texts: true,
            max_event: 8 << 20,
            max_devices: 10_000,
            max_signals: 100_000,
            max_name: 256,
            queue: 64 << 20,
            metadata_interval: Duration::from_secs(1),
        }
    }
}

impl TstpIn {
    pub(crate) fn check(&self) -> Result<(), String> {
        self.setup()?;
        self.subjects()?;
        if self.queue_group.contains(char::is_whitespace) {
            return Err("tstp-in.queue-group: a name without blanks is needed".into());
        }
        self.carriers.check("tstp-in")?;
        for (pattern, acronym) in &self.signal_types {
            if acronym.is_empty() || acronym.contains(char::is_control) {
                return Err(format!("tstp-in.signal-types: {pattern}: give a signal type, as FREQ"));
            }
        }
        if self.max_devices == 0 || self.max_signals == 0 || self.max_signals > 2_000_000 {
            return Err("tstp-in: give max-devices 1 at least, and max-signals 1 to 2000000".into());
        }
        if !(1..=4_096).contains(&self.max_name) {
            return Err("tstp-in.max-name: give 1 to 4096 bytes".into());
        }
        if self.queue < self.max_event {
            return Err("tstp-in.queue: give at least as much as max-event".into());
        }
        check_event_bytes("tstp-in", self.max_event)
    }

    /// What the publisher's connection string says.
    pub(super) fn setup(&self) -> Result<PublisherSetup, String> {
        connection::publisher(&self.sttp).map_err(|error| format!("tstp-in.sttp: {}: {error}", self.sttp))
    }

    /// What to subscribe to: each transmitter with each series.
    pub(super) fn subjects(&self) -> Result<Vec<String>, String> {
        let all = |names: &[String]| match names {
            [] => vec![None],
            names => names.iter().cloned().map(Some).collect(),
        };
        let (transmitters, series) = (all(&self.transmitters), all(&self.series));
        let mut subjects = Vec::new();
        for transmitter in &transmitters {
            for series in &series {
                let subject = subject::of_interest(transmitter.as_deref(), series.as_deref());
                let subject = subject.map_err(|error| format!("tstp-in: {error}"))?;
                // Who is named twice sends what it sends once.
                if !subjects.contains(&subject) {
                    subjects.push(subject);
                }
            }
        }
        Ok(subjects)
    }

    /// The type of a signal by the name of its value, else of its time series, if one is set.
    pub(super) fn signal_type(&self, value: &str, series: &str) -> Option<&str> {
        let of = |name: &str| {
            let exact = self.signal_types.get(name);
            let begins =
                |pattern: &str| pattern.strip_suffix('*').is_some_and(|start| name.starts_with(start));
            // Of several patterns the longest one.
            let patterns = self.signal_types.iter().filter(|(pattern, _)| begins(pattern));
            exact.or_else(|| patterns.max_by_key(|(pattern, _)| pattern.len()).map(|(_, acronym)| acronym))
        };
        Some(value).filter(|value| !value.is_empty()).and_then(of).or_else(|| of(series)).map(String::as_str)
    }
}

fn check_event_bytes(key: &str, bytes: u64) -> Result<(), String> {
    match EVENT_BYTES.contains(&bytes) {
        true => Ok(()),
        false => Err(format!("{key}.max-event: give 4K to 64M")),
    }
}
