//! What waits for the driver of a session, and what is counted.

use std::collections::VecDeque;
use std::ops::Range;

use super::counters::BlockLinkCounters;
use super::event::LinkEvent;
use crate::host::Moment;
use crate::measurement::Measurement;
use crate::operator::{MessageLimiter, Severity};

/// Measurements that wait for the driver. It takes them after each call, so that more only come when it does not.
const MOST_MEASUREMENTS: usize = 1 << 17;
/// Other events that wait for the driver.
const MOST_EVENTS: usize = 1 << 14;

/// Events, and what all parts count.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) counters: BlockLinkCounters,
    limiter: MessageLimiter,
    events: VecDeque<Pending>,
    /// Measurements that wait, those of one event behind those of the event before.
    measurements: Vec<Measurement>,
}

/// An event that waits.
#[derive(Debug)]
enum Pending {
    Event(LinkEvent<'static>),
    Measurements(Range<usize>),
}

impl Ground {
    pub(super) fn tell(&mut self, event: LinkEvent<'static>) {
        let is_data = matches!(event, LinkEvent::Frame(_) | LinkEvent::Signal { .. });
        if is_data && self.events.len() >= MOST_EVENTS {
            self.counters.deliveries_dropped += 1;
            return;
        }
        self.events.push_back(Pending::Event(event));
    }

    pub(super) fn message(&mut self, severity: Severity, text: impl Into<String>, now: Moment) {
        if let Some(text) = self.limiter.pass(text.into(), now.instant) {
            self.tell(LinkEvent::Message { severity, text });
        }
    }

    /// Hands on a measurement.
    pub(super) fn deliver(&mut self, measurement: Measurement) {
        if self.events.is_empty() {
            self.measurements.clear();
        }
        if self.measurements.len() >= MOST_MEASUREMENTS {
            self.counters.deliveries_dropped += 1;
            return;
        }
        let start = self.measurements.len();
        self.measurements.push(measurement);
        match self.events.back_mut() {
            Some(Pending::Measurements(range)) => range.end = start + 1,
            _ => self.events.push_back(Pending::Measurements(start..start + 1)),
        }
    }

    pub(super) fn poll(&mut self) -> Option<LinkEvent<'_>> {
        Some(match self.events.pop_front()? {
            Pending::Event(event) => event,
            Pending::Measurements(range) => LinkEvent::Measurements(&self.measurements[range]),
        })
    }
}
