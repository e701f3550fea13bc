//! Where the engine's thread leaves what comes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sttp::codec::SignalIndexCache;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::subscriber::SubscriberHandler;
use sttp::wire::Command;
use sttp::{Measurement, Ticks};
use sttp_programs::connection::Teller;

use super::events::Events;
use super::layout::Layout;

/// What came of a signal since it was looked at last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) timestamp: i64,
    pub(super) value: f64,
    pub(super) least: f32,
    pub(super) most: f32,
    /// All flags that came.
    pub(super) flags: u32,
    pub(super) count: u32,
}

impl Slot {
    pub(super) const EMPTY: Slot =
        Slot { timestamp: 0, value: f64::NAN, least: f32::NAN, most: f32::NAN, flags: 0, count: 0 };

    /// The least that can be done for a measurement: no clock, no memory, no look-up.
    fn store(&mut self, measurement: &Measurement) {
        let value = measurement.value as f32;
        self.timestamp = measurement.timestamp.value();
        self.value = measurement.value;
        // Of a number and something that is none, these are the number.
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.flags |= measurement.flags.bits();
        self.count = self.count.saturating_add(1);
    }
}

/// What the engine's thread has stored, for the board to take.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) layout: Arc<Layout>,
    /// Grows with each layout.
    pub(super) generation: u64,
    pub(super) slots: Vec<Slot>,
    pub(super) events: Events,
    metadata: Option<Arc<Metadata>>,
    cache: Option<Arc<SignalIndexCache>>,
}

impl Stored {
    fn lay_out(&mut self) {
        let Some(cache) = &self.cache else { return };
        self.layout = Arc::new(Layout::of(cache, self.metadata.as_deref()));
        self.generation += 1;
        self.slots = vec![Slot::EMPTY; self.layout.signals];
    }
}

/// The handler of a subscriber that stores for boards. Copies store in the same place.
#[derive(Clone)]
pub struct Intake {
    stored: Arc<Mutex<Stored>>,
    teller: Teller,
}

impl Intake {
    /// Stores what comes, and tells the log of the connection.
    pub fn new(teller: Teller) -> Intake {
        Intake { stored: Arc::default(), teller }
    }

    pub(super) fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to what happened.
    pub fn tell(&self, severity: Severity, text: &str) {
        self.stored().events.add(Ticks::now(), severity, text);
    }
}

impl SubscriberHandler for Intake {
    fn connected(&mut self, address: &str) {
        self.teller.connected(address);
        self.tell(Severity::Info, &format!("connected to {address}"));
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        match reason {
            Ok(()) => self.tell(Severity::Info, "disconnected"),
            Err(error) => self.tell(Severity::Error, &error.to_string()),
        }
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        self.teller.reconnecting(attempt, delay);
        let text = format!("attempt {attempt} to connect again in {:.1} s", delay.as_secs_f64());
        self.tell(Severity::Warning, &text);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let mut stored = self.stored();
        stored.metadata = Some(metadata.clone());
        stored.lay_out();
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        self.teller.subscribed(cache.records().len());
        let mut stored = self.stored();
        stored.cache = Some(cache.clone());
        stored.lay_out();
        let text = format!("subscribed to {} signals", cache.records().len());
        stored.events.add(Ticks::now(), Severity::Info, &text);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        let slots = &mut self.stored().slots;
        for measurement in measurements {
            if let Some(slot) = slots.get_mut(measurement.signal_index as usize) {
                slot.store(measurement);
            }
        }
    }

    fn configuration_changed(&mut self) {
        self.tell(Severity::Info, "the publisher's configuration has changed");
    }

    fn request_failed(&mut self, request: Command, text: &str) {
        self.tell(Severity::Error, &format!("{request:?} failed: {text}"));
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.teller.message(severity, text);
        if severity != Severity::Debug {
            self.tell(severity, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use sttp::StateFlags;

    use super::super::sample;
    use super::*;

    #[test]
    fn slots_have_the_latest_and_the_extremes() {
        let mut intake = sample::intake();
        let mut send = |value: f64, flags: StateFlags| {
            intake.measurements(&[sample::measurement(5, value, Ticks(7), flags)]);
        };
        send(60.02, StateFlags::BAD_TIME);
        send(f64::NAN, StateFlags::empty());
        send(59.98, StateFlags::SUSPECT_DATA);
        send(60.0, StateFlags::empty());
        let slot = intake.stored().slots[5];
        assert_eq!((slot.count, slot.value, slot.timestamp), (4, 60.0, 7));
        assert_eq!((slot.least, slot.most), (59.98, 60.02));
        assert_eq!(slot.flags, (StateFlags::BAD_TIME | StateFlags::SUSPECT_DATA).bits());
    }

    #[test]
    fn rows_that_there_are_not_are_left_out() {
        let mut intake = sample::intake();
        intake.measurements(&[sample::measurement(33, 1.0, Ticks(7), StateFlags::empty())]);
        assert!(intake.stored().slots.iter().all(|slot| slot.count == 0));
    }
}
