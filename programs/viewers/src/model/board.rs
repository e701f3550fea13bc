//! All that is shown: the connection and the devices as they were at the last look.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::session::Severity;
use sttp::subscriber::{ConnectionState, LatencyStatistics, SubscriberCounters};

use super::device::{Device, DeviceState, SILENCE};
use super::events::Events;
use super::history::History;
use super::intake::{Intake, Slot};
use super::layout::Layout;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(100);
/// Between two looks at more signals than `MANY`.
const LONG_INTERVAL: Duration = Duration::from_secs(1);
const MANY: usize = 50_000;

/// What a subscriber tells of itself at a look.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Where it stands.
    pub state: ConnectionState,
    /// The publisher's address, as it was given or as it came.
    pub publisher: String,
    /// Since when there is a connection.
    pub since: Option<Ticks>,
    /// How it is secured, as `TLS 1.3`; `None` when it is not.
    pub security: Option<String>,
    /// Its counts.
    pub counters: SubscriberCounters,
    /// How late measurements are.
    pub latency: LatencyStatistics,
}

/// The connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// What the subscriber tells.
    pub facts: Facts,
    /// Bytes that came in the last second.
    pub bytes_per_second: f64,
    /// Since when nothing is subscribed; `None` while it is.
    pub lost_since: Option<Ticks>,
    /// When that was, by a clock that nobody sets.
    lost: Instant,
    was_subscribed: bool,
}

/// How late measurements were in the last second, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latency {
    /// The quickest.
    pub minimum: f64,
    /// The mean.
    pub mean: f64,
    /// The slowest.
    pub maximum: f64,
}

/// What was published and never came, or could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Data packets and datagrams that never came.
    pub packets: u64,
    /// Packets and datagrams that could not be used.
    pub damaged: u64,
    /// Measurements that the publisher dropped, or that could not be told apart.
    pub measurements: u64,
}

impl Connection {
    fn new(facts: Facts, time: Ticks, now: Instant) -> Connection {
        Connection { facts, bytes_per_second: 0.0, lost_since: Some(time), lost: now, was_subscribed: false }
    }

    fn look(&mut self, facts: Facts, time: Ticks, now: Instant) {
        self.facts = facts;
        if self.is_subscribed() {
            (self.lost_since, self.was_subscribed) = (None, true);
        } else if self.lost_since.is_none() {
            (self.lost_since, self.lost) = (Some(time), now);
        }
    }

    /// True when nothing can come: a connection was lost, or there has been none for as long as silence is an alarm.
    fn is_alarm(&self, now: Instant) -> bool {
        self.lost_since.is_some()
            && (self.was_subscribed || now.saturating_duration_since(self.lost) >= SILENCE)
    }
    /// In the last second; `None` when nothing came.
    pub fn latency(&self) -> Option<Latency> {
        let interval = self.facts.latency.interval;
        let milliseconds = |ticks: i64| ticks as f64 / Ticks::PER_MILLISECOND as f64;
        (interval.measurements > 0).then(|| Latency {
            minimum: milliseconds(interval.minimum),
            mean: milliseconds(interval.mean),
            maximum: milliseconds(interval.maximum),
        })
    }

    /// Since the beginning.
    pub fn losses(&self) -> Losses {
        let counters = &self.facts.counters;
        Losses {
            packets: counters.packets_missing + counters.datagrams_lost,
            damaged: counters.packets_dropped + counters.datagrams_rejected,
            measurements: counters.measurements_dropped
                + counters.measurements_unattributed
                + counters.measurements_dropped_by_publisher,
        }
    }

    /// True while the publisher sends what was subscribed.
    pub fn is_subscribed(&self) -> bool {
        self.facts.state == ConnectionState::Subscribed
    }

    /// Where it stands, in a word or two.
    pub fn word(&self) -> &'static str {
        match self.facts.state {
            ConnectionState::Idle => "not connected",
            ConnectionState::Connecting => "connecting",
            ConnectionState::Connected => "connected",
            ConnectionState::Subscribed => "subscribed",
            ConnectionState::Reconnecting => "reconnecting",
            ConnectionState::Listening => "listening",
        }
    }
}

/// A stream as it was at the last look. A copy of it does not change any more.
#[derive(Debug, Clone)]
pub struct Board {
    /// When that was.
    pub time: Ticks,
    /// When that was, by a clock that nobody sets.
    pub now: Instant,
    /// The connection.
    pub connection: Connection,
    /// All devices, in the order of the metadata.
    pub devices: Vec<Device>,
    /// How many signals they have.
    pub signals: usize,
    /// What happened lately.
    pub events: Events,
    /// When it was made, which tells boards of one program from those of an earlier one.
    pub began: Ticks,
    /// Grows with each change of the devices or their signals.
    pub generation: u64,
    /// Looks so far.
    pub looks: u64,
    slots: Vec<Slot>,
    second_began: Instant,
    bytes_before: u64,
}

impl Board {
    /// A board before the first look.
    pub fn new(facts: Facts, time: Ticks, now: Instant) -> Board {
        Board {
            time,
            now,
            connection: Connection::new(facts, time, now),
            devices: Vec::new(),
            signals: 0,
            events: Events::default(),
            began: time,
            generation: 0,
            looks: 0,
            slots: Vec::new(),
            second_began: now,
            bytes_before: 0,
        }
    }

    /// How long to wait before the next look.
    pub fn interval(&self) -> Duration {
        if self.signals > MANY { LONG_INTERVAL } else { INTERVAL }
    }

    /// Looks at what came. `time` is the wall clock's.
    pub fn look(&mut self, intake: &Intake, facts: Facts, time: Ticks, now: Instant) {
        (self.time, self.now) = (time, now);
        self.looks += 1;
        self.connection.look(facts, time, now);
        let layout = self.take(intake);
        if let Some(layout) = layout {
            self.lay_out(&layout);
        }
        for device in &mut self.devices {
            device.take(&self.slots, now);
        }
        let took = now.saturating_duration_since(self.second_began);
        if took >= Duration::from_secs(1) {
            self.end_second(took);
        }
        self.judge();
    }

    /// Takes slots and events, and the layout if it is another one.
    fn take(&mut self, intake: &Intake) -> Option<Arc<Layout>> {
        let mut stored = intake.stored();
        self.events.append(&mut stored.events);
        let layout = (stored.generation != self.generation).then(|| stored.layout.clone());
        if layout.is_some() {
            self.generation = stored.generation;
            self.slots = vec![Slot::EMPTY; stored.slots.len()];
        }
        // The engine goes on at once, with empty slots.
        self.slots.fill(Slot::EMPTY);
        std::mem::swap(&mut self.slots, &mut stored.slots);
        layout
    }

    fn lay_out(&mut self, layout: &Layout) {
        self.signals = layout.signals;
        let earlier = std::mem::take(&mut self.devices).into_iter();
        let mut earlier: HashMap<Arc<str>, Device> =
            earlier.map(|device| (device.layout.name.clone(), device)).collect();
        for layout in &layout.devices {
            let mut device = Device::new(layout.clone(), self.time, self.now);
            if let Some(earlier) = earlier.remove(&layout.name) {
                device.follow(earlier);
            }
            self.devices.push(device);
        }
    }

    fn end_second(&mut self, took: Duration) {
        self.second_began = self.now;
        let bytes = self.connection.facts.counters.bytes_received;
        let came = bytes.saturating_sub(self.bytes_before);
        self.connection.bytes_per_second = came as f64 / took.as_secs_f64();
        self.bytes_before = bytes;
        let capacity = History::capacity(self.devices.len());
        for device in &mut self.devices {
            device.end_second(took, capacity);
        }
    }

    fn judge(&mut self) {
        let is_connected = self.connection.is_subscribed();
        for device in &mut self.devices {
            if !is_connected {
                device.wait(self.now);
            }
            let before = device.state;
            let Some(state) = device.judge(is_connected, self.time, self.now) else { continue };
            let (severity, text) = match state {
                // Of the connection it is told once, not for each device.
                DeviceState::Waiting | DeviceState::Unknown => continue,
                // That a device has begun to send is no news.
                DeviceState::Good if before == DeviceState::Waiting => continue,
                DeviceState::Good => (Severity::Info, format!("{}: good again", device.name())),
                DeviceState::Silent => (Severity::Error, format!("{}: nothing comes", device.name())),
                DeviceState::Warning => (Severity::Warning, format!("{}: {}", device.name(), device.flags())),
                DeviceState::Alarm => (Severity::Error, format!("{}: {}", device.name(), device.flags())),
            };
            self.events.add(self.time, severity, &text);
        }
    }

    /// Since when nothing can come, because there is no connection, once that is an alarm of its own.
    pub fn connection_alarm(&self) -> Option<Ticks> {
        self.connection.lost_since.filter(|_| self.connection.is_alarm(self.now))
    }

    /// Devices that do not do well, the worst first, then the latest.
    pub fn alarms(&self) -> Vec<&Device> {
        let mut alarms: Vec<&Device> =
            self.devices.iter().filter(|device| device.state >= DeviceState::Warning).collect();
        alarms.sort_by_key(|device| std::cmp::Reverse((device.state, device.since)));
        alarms
    }
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
