//! The publisher, and what is let through to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sttp::Measurement;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::publisher::Publisher;

use super::routes::{NO_ROW, Routes};
use super::seen::Seen;
use crate::bus::Table;
use crate::operation::{Counter, Operation, log};

/// Publishes each measurement once.
pub(super) struct Relay {
    publisher: Arc<Publisher>,
    state: Mutex<State>,
    received: Counter,
    published: Counter,
    repeated: Counter,
    unknown: Counter,
    refused: Counter,
}

struct State {
    routes: Routes,
    seen: Seen,
}

impl Relay {
    pub(super) fn new(publisher: Arc<Publisher>, window: Duration, operation: &Operation) -> Relay {
        let counter = |name, help| operation.metrics.counter(name, help, &[]);
        Relay {
            publisher,
            state: Mutex::new(State { routes: Routes::default(), seen: Seen::new(window, Instant::now()) }),
            received: counter("sttp_nats_bus_measurements_total", "Measurements that came from the bus."),
            published: counter(
                "sttp_nats_relayed_measurements_total",
                "Measurements that were published by STTP.",
            ),
            repeated: counter(
                "sttp_nats_repeated_measurements_total",
                "Measurements that came again, by another ingest for example, and were left out.",
            ),
            unknown: counter(
                "sttp_nats_unknown_measurements_total",
                "Measurements whose signal the metadata do not have, left out.",
            ),
            refused: counter(
                "sttp_nats_refused_measurements_total",
                "Measurements that could not be published.",
            ),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes these metadata from now on.
    pub(super) fn use_metadata(&self, metadata: Arc<Metadata>) -> Result<(), Error> {
        // Rows are looked up anew before the publisher has them: one that does not fit is refused, and looked up again.
        self.state().routes.use_metadata(&metadata);
        self.publisher.set_metadata(metadata)
    }

    /// Lets measurements of a table through that were not seen before. Without `publishes` they are only remembered.
    pub(super) fn pass(&self, measurements: &[Measurement], table: &Table, publishes: bool) {
        let mut passed = Vec::with_capacity(measurements.len());
        let (mut repeated, mut unknown) = (0, 0);
        {
            let mut state = self.state();
            let route = state.routes.of(table);
            state.seen.turn(Instant::now());
            for measurement in measurements {
                let Some(place) = route.get(measurement.signal_index as usize) else { continue };
                if place.row == NO_ROW {
                    unknown += 1;
                } else if !state.seen.is_new(place.slot, measurement.timestamp.0) {
                    repeated += 1;
                } else {
                    passed.push(Measurement { signal_index: place.row, ..*measurement });
                }
            }
        }
        self.received.add(measurements.len() as u64);
        if publishes {
            self.repeated.add(repeated);
            self.unknown.add(unknown);
            self.publish(&passed);
        }
    }

    /// The same for what is late and new to the stream; so many others of its message were not. It is remembered, too:
    /// a copy that counts as in time by another clock may come yet.
    pub(super) fn pass_late(&self, measurements: &[Measurement], table: &Table, repeated: u64) {
        self.received.add(repeated);
        self.repeated.add(repeated);
        self.pass(measurements, table, true);
    }

    fn publish(&self, measurements: &[Measurement]) {
        if measurements.is_empty() {
            return;
        }
        let count = measurements.len() as u64;
        let published = match self.publisher.publish_indexed(measurements) {
            // The metadata have changed since the rows were looked up.
            Err(Error::InvalidArgument(_)) => self.publisher.publish(measurements),
            other => other,
        };
        match published {
            Ok(()) => self.published.add(count),
            Err(error) => {
                self.refused.add(count);
                log::warning!("{count} measurements were not published: {error}");
            }
        }
    }

    /// Measurements that are remembered, in sets of up to 64.
    pub(super) fn remembered(&self) -> usize {
        self.state().seen.len()
    }
}
