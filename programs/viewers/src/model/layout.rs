//! Which signals belong to which device, and what they are.

use std::collections::HashMap;
use std::sync::Arc;

use sttp::codec::SignalIndexCache;
use sttp::metadata::{MeasurementRecord, Metadata, SignalKind};

/// The devices of a subscription. Rows are those of its signal index cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// In the order of the metadata; devices that these do not have come last.
    pub devices: Vec<DeviceLayout>,
    /// How many signals there are.
    pub signals: usize,
}

/// The signals of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceLayout {
    /// Its acronym; for signals without metadata the source of their measurement keys.
    pub name: Arc<str>,
    /// How many frames it sends in a second, as far as the metadata tell.
    pub frames_per_second: Option<u32>,
    /// Row of its frequency.
    pub frequency: Option<usize>,
    /// Row of the rate of change of its frequency.
    pub change: Option<usize>,
    /// Row of its status word.
    pub status: Option<usize>,
    /// Its phasors, in the order of their index.
    pub phasors: Vec<PhasorLayout>,
    /// All of its signals, those above included.
    pub signals: Vec<SignalLayout>,
}

/// A phasor of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct PhasorLayout {
    /// Its name.
    pub label: Arc<str>,
    /// A current, else a voltage.
    pub is_current: bool,
    /// `A`, `B`, `C`, `+`, `-` or `0`; empty when nobody tells.
    pub phase: Arc<str>,
    /// Row of its magnitude, in volts or amperes.
    pub magnitude: Option<usize>,
    /// Row of its angle, in degrees.
    pub angle: Option<usize>,
}

/// A signal of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalLayout {
    /// Its row.
    pub row: usize,
    /// Its point tag; its measurement key without one.
    pub tag: Arc<str>,
    /// Its type, as `FREQ`; empty when nobody tells.
    pub kind: Arc<str>,
}

impl Layout {
    /// The devices of a signal index cache, as far as the metadata tell.
    pub fn of(cache: &SignalIndexCache, metadata: Option<&Metadata>) -> Layout {
        let mut drafts: Vec<Draft> = Vec::new();
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for (row, record) in cache.records().iter().enumerate() {
            let known = metadata.and_then(|metadata| metadata.measurement_by_signal_id(record.signal_id));
            let name = known.and_then(|known| known.device_acronym()).filter(|name| !name.is_empty());
            let name = name.unwrap_or_else(|| match cache.source(record) {
                "" => "(no device)",
                source => source,
            });
            let place = *by_name.entry(name.to_owned()).or_insert_with(|| {
                drafts.push(Draft::new(name, known));
                drafts.len() - 1
            });
            let key = || format!("{}:{}", cache.source(record), record.key_number);
            drafts[place].add(row, known, key);
        }
        drafts.sort_by_key(|draft| draft.order);
        let devices = drafts.into_iter().map(Draft::finish).collect();
        Layout { devices, signals: cache.records().len() }
    }
}

/// A device that gets its signals one by one.
struct Draft {
    device: DeviceLayout,
    /// Row of the metadata; those without come last.
    order: usize,
    /// Phasors by their index.
    phasors: Vec<(i32, PhasorLayout)>,
}

impl Draft {
    fn new(name: &str, known: Option<MeasurementRecord<'_>>) -> Draft {
        let record = known.and_then(MeasurementRecord::device);
        let frames = record.and_then(|record| record.frames_per_second());
        Draft {
            device: DeviceLayout {
                name: name.into(),
                frames_per_second: frames
                    .and_then(|frames| u32::try_from(frames).ok())
                    .filter(|frames| *frames > 0),
                frequency: None,
                change: None,
                status: None,
                phasors: Vec::new(),
                signals: Vec::new(),
            },
            order: record.map_or(usize::MAX, |record| record.row()),
            phasors: Vec::new(),
        }
    }

    fn add(&mut self, row: usize, known: Option<MeasurementRecord<'_>>, key: impl Fn() -> String) {
        let kind = known.and_then(|known| known.signal_acronym()).unwrap_or_default().to_ascii_uppercase();
        let tag = known.and_then(|known| known.point_tag().or(known.id())).map_or_else(key, str::to_owned);
        match part_of(known, &kind) {
            Some(SignalKind::Frequency) => drop(self.device.frequency.get_or_insert(row)),
            Some(SignalKind::FrequencyChange) => drop(self.device.change.get_or_insert(row)),
            Some(SignalKind::Status) => drop(self.device.status.get_or_insert(row)),
            Some(part @ (SignalKind::Angle | SignalKind::Magnitude)) => {
                self.add_phasor(row, known, &kind, part == SignalKind::Angle);
            }
            _ => {}
        }
        self.device.signals.push(SignalLayout { row, tag: tag.into(), kind: kind.into() });
    }

    fn add_phasor(&mut self, row: usize, known: Option<MeasurementRecord<'_>>, kind: &str, is_angle: bool) {
        let Some(known) = known else { return };
        let of_reference = known.reference().and_then(|reference| i32::try_from(reference.index).ok());
        let index = known.phasor_source_index().filter(|index| *index > 0).or(of_reference).unwrap_or(0);
        let place = self.phasors.iter().position(|(other, _)| *other == index).unwrap_or_else(|| {
            let record = known.phasor();
            let label = record.and_then(|record| record.label()).filter(|label| !label.is_empty());
            let of_type = record.and_then(|record| record.phasor_type());
            let is_current = of_type.map_or(kind.starts_with('I'), |text| text.eq_ignore_ascii_case("I"));
            self.phasors.push((
                index,
                PhasorLayout {
                    label: label.map_or_else(|| format!("Phasor {index}").into(), Into::into),
                    is_current,
                    phase: record.and_then(|record| record.phase()).unwrap_or_default().trim().into(),
                    magnitude: None,
                    angle: None,
                },
            ));
            self.phasors.len() - 1
        });
        let phasor = &mut self.phasors[place].1;
        let part = if is_angle { &mut phasor.angle } else { &mut phasor.magnitude };
        part.get_or_insert(row);
    }

    fn finish(mut self) -> DeviceLayout {
        self.phasors.sort_by_key(|(index, _)| *index);
        self.device.phasors = self.phasors.into_iter().map(|(_, phasor)| phasor).collect();
        self.device
    }
}

/// What a signal is: by its type or, without one, by its reference.
fn part_of(known: Option<MeasurementRecord<'_>>, kind: &str) -> Option<SignalKind> {
    match kind {
        "FREQ" => Some(SignalKind::Frequency),
        "DFDT" => Some(SignalKind::FrequencyChange),
        "FLAG" | "STAT"
            if known?.reference().is_none_or(|reference| reference.kind == SignalKind::Status) =>
        {
            Some(SignalKind::Status)
        }
        _ if kind.ends_with("PHA") => Some(SignalKind::Angle),
        _ if kind.ends_with("PHM") => Some(SignalKind::Magnitude),
        "" => known?.reference().map(|reference| reference.kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn devices_have_their_signals() {
        let metadata = sample::metadata();
        let layout = Layout::of(&sample::cache(&metadata), Some(&metadata));
        assert_eq!((layout.devices.len(), layout.signals), (3, 33));
        for device in &layout.devices {
            assert_eq!(device.frames_per_second, Some(30));
            assert!(device.frequency.is_some() && device.change.is_some() && device.status.is_some());
            assert_eq!((device.phasors.len(), device.signals.len()), (4, 11));
            assert!(device.phasors.iter().all(|phasor| phasor.magnitude.is_some() && phasor.angle.is_some()));
            assert_eq!(device.phasors.iter().filter(|phasor| phasor.is_current).count(), 2);
        }
    }

    #[test]
    fn without_metadata_signals_have_their_keys() {
        let metadata = sample::metadata();
        let layout = Layout::of(&sample::cache(&metadata), None);
        assert_eq!(layout.devices.len(), 1);
        let device = &layout.devices[0];
        assert_eq!((device.signals.len(), device.frequency), (33, None));
        assert!(device.signals[0].tag.starts_with(&*device.name), "{}", device.signals[0].tag);
    }
}
