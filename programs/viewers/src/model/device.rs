//! A device as it is now, and as it was over the last minutes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::{StateFlags, Ticks};

use super::history::{History, Point};
use super::intake::Slot;
use super::layout::DeviceLayout;
use super::quality::{Level, level};

/// A device from which nothing comes for so long is silent.
pub const SILENCE: Duration = Duration::from_secs(5);
/// Values are those of now for so long: at one frame a second, the fewest that there are, the next one may be late.
const CURRENT: Duration = Duration::from_millis(1500);
/// Seconds without a flag after which an alarm ends, so that one that comes and goes is one alarm.
const CLEAR_SECONDS: u32 = 3;

/// The latest of a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Its time; `None` before the first.
    pub time: Option<Ticks>,
    /// Its value; not a number before the first.
    pub value: f64,
    /// Least and greatest since it was looked at before.
    pub range: [f32; 2],
    /// Its flags, and all that came in the last second or two.
    pub flags: StateFlags,
    /// Flags of the second that has not ended yet.
    pending: StateFlags,
}

impl Reading {
    const NOTHING: Reading = Reading {
        time: None,
        value: f64::NAN,
        range: [f32::NAN; 2],
        flags: StateFlags::empty(),
        pending: StateFlags::empty(),
    };

    fn take(&mut self, slot: &Slot) {
        if slot.count == 0 {
            self.range = [self.value as f32; 2];
            return;
        }
        self.time = Some(Ticks(slot.timestamp));
        self.value = slot.value;
        self.range = [slot.least, slot.most];
        self.pending |= StateFlags::from_bits_retain(slot.flags);
        self.flags |= self.pending;
    }

    fn end_second(&mut self) {
        self.flags = std::mem::take(&mut self.pending);
    }
}

/// A phasor as it is now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhasorReading {
    /// In volts or amperes; not a number when unknown.
    pub magnitude: f64,
    /// In degrees; not a number when unknown.
    pub angle: f64,
    /// Flags of both.
    pub flags: StateFlags,
}

/// How a device is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceState {
    /// Its values come, and nothing is said against them.
    Good,
    /// Nothing has come yet, and not for long.
    Waiting,
    /// There is no connection, so that nobody knows.
    Unknown,
    /// Values are to be used with care.
    Warning,
    /// Nothing comes.
    Silent,
    /// Values are bad.
    Alarm,
}

impl DeviceState {
    /// All of them.
    pub const ALL: [DeviceState; 6] = [
        DeviceState::Good,
        DeviceState::Waiting,
        DeviceState::Unknown,
        DeviceState::Warning,
        DeviceState::Silent,
        DeviceState::Alarm,
    ];

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            DeviceState::Good => "good",
            DeviceState::Waiting => "waiting",
            DeviceState::Unknown => "unknown",
            DeviceState::Warning => "warning",
            DeviceState::Silent => "silent",
            DeviceState::Alarm => "alarm",
        }
    }
}

/// A device: what its signals are, their latest values, and its history.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its signals.
    pub layout: Arc<DeviceLayout>,
    /// The latest of each, in the order of `layout.signals`.
    pub readings: Vec<Reading>,
    /// A point for each of the last seconds.
    pub history: History,
    /// How it is doing.
    pub state: DeviceState,
    /// Since when, by this machine's clock.
    pub since: Ticks,
    /// Frames of the last second.
    pub frames: f64,
    /// When something came last.
    arrived: Instant,
    has_arrived: bool,
    second: Second,
    seconds_without_flags: u32,
    /// Places of `layout`'s rows among `readings`.
    places: Places,
}

/// The second that has not ended yet.
#[derive(Debug, Clone, Copy)]
struct Second {
    point: Point,
    frames: u32,
}

impl Second {
    const EMPTY: Second = Second { point: Point::NOTHING, frames: 0 };
}

#[derive(Debug, Clone)]
struct Places {
    frequency: Option<usize>,
    change: Option<usize>,
    status: Option<usize>,
    phasors: Vec<[Option<usize>; 2]>,
}

impl Places {
    fn of(layout: &DeviceLayout) -> Places {
        let place = |row: Option<usize>| {
            let row = row?;
            // Rows of a device ascend.
            layout.signals.binary_search_by_key(&row, |signal| signal.row).ok()
        };
        Places {
            frequency: place(layout.frequency),
            change: place(layout.change),
            status: place(layout.status),
            phasors: layout
                .phasors
                .iter()
                .map(|phasor| [place(phasor.magnitude), place(phasor.angle)])
                .collect(),
        }
    }
}

impl Device {
    pub(super) fn new(layout: DeviceLayout, time: Ticks, now: Instant) -> Device {
        Device {
            readings: vec![Reading::NOTHING; layout.signals.len()],
            places: Places::of(&layout),
            layout: Arc::new(layout),
            history: History::default(),
            state: DeviceState::Waiting,
            since: time,
            frames: 0.0,
            arrived: now,
            has_arrived: false,
            second: Second::EMPTY,
            seconds_without_flags: 0,
        }
    }

    /// Goes on from the device of the same name that there was before other signals came into use.
    pub(super) fn follow(&mut self, earlier: Device) {
        (self.history, self.state, self.since) = (earlier.history, earlier.state, earlier.since);
        (self.arrived, self.has_arrived) = (earlier.arrived, earlier.has_arrived);
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.layout.name
    }

    /// The latest frequency, in hertz.
    pub fn frequency(&self) -> Option<&Reading> {
        self.readings.get(self.places.frequency?)
    }

    /// The latest rate of change of frequency, in hertz per second.
    pub fn change(&self) -> Option<&Reading> {
        self.readings.get(self.places.change?)
    }

    /// The latest status word.
    pub fn status(&self) -> Option<u16> {
        let value = self.readings.get(self.places.status?)?.value;
        (0.0..65_536.0).contains(&value).then_some(value as u16)
    }

    /// The latest of each phasor, in the order of `layout.phasors`.
    pub fn phasors(&self) -> impl Iterator<Item = PhasorReading> {
        let reading = |place: Option<usize>| place.map_or(Reading::NOTHING, |place| self.readings[place]);
        self.places.phasors.iter().map(move |places| {
            let [magnitude, angle] = places.map(reading);
            PhasorReading {
                magnitude: magnitude.value,
                angle: angle.value,
                flags: magnitude.flags | angle.flags,
            }
        })
    }

    /// All flags of its signals that came in the last second or two.
    pub fn flags(&self) -> StateFlags {
        self.readings.iter().fold(StateFlags::empty(), |flags, reading| flags | reading.flags)
    }

    /// The latest time of its signals.
    pub fn time(&self) -> Option<Ticks> {
        self.readings.iter().filter_map(|reading| reading.time).max()
    }

    /// True while its latest values are those of now.
    pub fn is_current(&self, now: Instant) -> bool {
        self.has_arrived && self.silence(now) < CURRENT
    }

    /// How long nothing has come.
    pub fn silence(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.arrived)
    }

    /// Takes what came; the slots are those of all devices.
    pub(super) fn take(&mut self, slots: &[Slot], now: Instant) {
        let mut frames = 0;
        for (signal, reading) in self.layout.signals.iter().zip(&mut self.readings) {
            let slot = slots.get(signal.row).unwrap_or(&Slot::EMPTY);
            frames = frames.max(slot.count);
            reading.take(slot);
        }
        if frames == 0 {
            return;
        }
        (self.arrived, self.has_arrived) = (now, true);
        self.second.frames += frames;
        let point = &mut self.second.point;
        let slot = |row: Option<usize>| row.and_then(|row| slots.get(row)).filter(|slot| slot.count > 0);
        if let Some(slot) = slot(self.layout.frequency) {
            point.frequency = slot.value as f32;
            point.least = point.least.min(slot.least);
            point.most = point.most.max(slot.most);
        }
        if let Some(slot) = slot(self.layout.change) {
            for change in [slot.least, slot.most] {
                if point.change.is_nan() || change.abs() > point.change.abs() {
                    point.change = change;
                }
            }
        }
    }

    /// Ends a second that took so long.
    pub(super) fn end_second(&mut self, took: Duration, capacity: usize) {
        let second = std::mem::replace(&mut self.second, Second::EMPTY);
        self.frames = f64::from(second.frames) / took.as_secs_f64();
        self.history.push(second.point, capacity);
        self.readings.iter_mut().for_each(Reading::end_second);
        if level(self.flags()) == Level::Good {
            self.seconds_without_flags = self.seconds_without_flags.saturating_add(1);
        } else {
            self.seconds_without_flags = 0;
        }
    }

    /// Finds out how it is doing; tells when that has changed. Without a connection nobody knows.
    pub(super) fn judge(&mut self, is_connected: bool, time: Ticks, now: Instant) -> Option<DeviceState> {
        let silent = self.silence(now) >= SILENCE;
        let state = match level(self.flags()) {
            _ if !is_connected => DeviceState::Unknown,
            _ if silent => DeviceState::Silent,
            _ if !self.has_arrived => DeviceState::Waiting,
            Level::Alarm => DeviceState::Alarm,
            Level::Warning => DeviceState::Warning,
            Level::Good if self.is_lately_flagged() => self.state,
            Level::Good => DeviceState::Good,
        };
        if state == self.state {
            return None;
        }
        (self.state, self.since) = (state, time);
        Some(state)
    }

    /// Nothing can come while there is no connection; from the next one on it is waited for as at first.
    pub(super) fn wait(&mut self, now: Instant) {
        (self.arrived, self.has_arrived) = (now, false);
    }

    fn is_lately_flagged(&self) -> bool {
        matches!(self.state, DeviceState::Alarm | DeviceState::Warning)
            && self.seconds_without_flags < CLEAR_SECONDS
    }
}
