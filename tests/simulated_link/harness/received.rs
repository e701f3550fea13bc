//! What a subscriber got, compared with what was published.

use std::sync::Arc;
use std::time::Duration;

use sttp::codec::SignalIndexCache;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::subscriber::Schema;
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::Command;
use sttp::{Measurement, Ticks};
use uuid::Uuid;

use super::told::{End, SubscriberTold};
use crate::signals::{Published, Times};

/// What is to be expected of the measurements that a subscriber gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    times: Times,
    /// They come again: the latest ones of each signal, or a window of history.
    pub(crate) repeats: bool,
    /// The connection changes bytes, so that nothing is to be expected.
    pub(crate) is_damaged: bool,
}

impl Form {
    /// Another subscription is asked for. What was asked for before may be on its way still.
    pub(super) fn expect(&mut self, options: &SubscriptionOptions, compressed: bool) {
        self.times = match (compressed, options.include_time, options.millisecond_resolution) {
            (false, false, _) => Times::None,
            (false, true, true) => Times::Milliseconds,
            (true, _, _) | (false, true, false) => Times::Exact,
        };
        self.repeats |= options.throttled || options.start_time.is_some();
    }
}

impl Default for Form {
    fn default() -> Form {
        Form { times: Times::Exact, repeats: false, is_damaged: false }
    }
}

/// What a subscriber was told.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) form: Form,
    pub(crate) connections: usize,
    /// How each of them ended, or could not be had.
    pub(crate) ends: Vec<End>,
    /// Attempts to connect again, and the delay before each.
    pub(crate) reconnects: Vec<(u32, Duration)>,
    /// Caches by their generation, in the order in which they came into use.
    pub(crate) caches: Vec<(u32, Arc<SignalIndexCache>)>,
    /// Numbers of the measurements, see [`Published`].
    pub(crate) numbers: Vec<usize>,
    /// Numbers of those that were fetched afterwards.
    pub(crate) recovered: Vec<usize>,
    /// Measurements that are not a number.
    pub(crate) nan: usize,
    /// Measurements of each packet.
    pub(crate) packets: Vec<usize>,
    pub(crate) start_times: Vec<Ticks>,
    pub(crate) configuration_changes: usize,
    pub(crate) metadata: Vec<Arc<Metadata>>,
    /// Metadata as they came.
    pub(crate) documents: Vec<Vec<u8>>,
    pub(crate) succeeded: Vec<Command>,
    pub(crate) failed: Vec<(Command, String)>,
    /// Warnings and errors.
    pub(crate) messages: Vec<String>,
    /// Messages that are neither.
    pub(crate) information: Vec<String>,
    /// Ends of historical data.
    pub(crate) completions: Vec<String>,
    /// Buffer blocks: signal, bytes, and how many measurements came before.
    pub(crate) blocks: Vec<(Uuid, Vec<u8>, usize)>,
    pub(crate) notifications: Vec<String>,
    /// User responses: number, number of the command, payload.
    pub(crate) user_responses: Vec<(u8, Option<u8>, Vec<u8>)>,
    pub(crate) schemas: Vec<(Schema, Arc<Metadata>)>,
}

impl Received {
    /// Signals of the cache in use, or none.
    pub(crate) fn signals(&self) -> Vec<Uuid> {
        self.caches
            .last()
            .map_or(Vec::new(), |(_, cache)| cache.records().iter().map(|record| record.signal_id).collect())
    }

    pub(super) fn take(&mut self, told: SubscriberTold, published: &Published) {
        match told {
            SubscriberTold::Connected => self.connections += 1,
            SubscriberTold::Disconnected(end) => self.ends.push(end),
            SubscriberTold::Reconnecting(attempt, delay) => self.reconnects.push((attempt, delay)),
            SubscriberTold::Document(xml) => self.documents.push(xml),
            SubscriberTold::Metadata(metadata) => self.metadata.push(metadata),
            SubscriberTold::Cache(generation, cache) => self.caches.push((generation, cache)),
            SubscriberTold::Measurements(_) | SubscriberTold::Recovered(_) if self.form.is_damaged => {}
            SubscriberTold::Measurements(measurements) => {
                self.packets.push(measurements.len());
                measurements.iter().for_each(|one| self.take_measurement(one, published));
            }
            SubscriberTold::Recovered(measurements) => {
                let numbers = measurements.iter().map(|one| self.number_of(one, published));
                let numbers: Vec<usize> = numbers.collect();
                self.recovered.extend(numbers);
            }
            SubscriberTold::StartTime(time) => self.start_times.push(time),
            SubscriberTold::Complete(text) => self.completions.push(text),
            SubscriberTold::ConfigurationChanged => self.configuration_changes += 1,
            SubscriberTold::Block(signal, bytes) => self.blocks.push((signal, bytes, self.numbers.len())),
            SubscriberTold::Notification(text) => self.notifications.push(text),
            SubscriberTold::UserResponse(response, command, payload) => {
                self.user_responses.push((response, command, payload));
            }
            SubscriberTold::Schema(schema, tables) => self.schemas.push((schema, tables)),
            SubscriberTold::Succeeded(command) => self.succeeded.push(command),
            SubscriberTold::Failed(command, text) => self.failed.push((command, text)),
            SubscriberTold::Message(Severity::Warning | Severity::Error, text) => self.messages.push(text),
            SubscriberTold::Message(Severity::Info, text) => self.information.push(text),
            SubscriberTold::Message(Severity::Debug, _) => {}
        }
    }

    /// The number of a measurement, after everything in it was compared with what was published.
    fn number_of(&self, measurement: &Measurement, published: &Published) -> usize {
        let (_, cache) = self.caches.last().expect("measurements come after their cache");
        let record = &cache.records()[measurement.signal_index as usize];
        assert_eq!(record.signal_id, measurement.signal_id, "the row is not one of the announced cache");
        published.recognise(measurement, self.form.times)
    }

    fn take_measurement(&mut self, measurement: &Measurement, published: &Published) {
        if measurement.value.is_nan() {
            self.nan += 1;
            return;
        }
        let number = self.number_of(measurement, published);
        assert!(
            self.form.repeats || self.numbers.last().is_none_or(|last| *last < number),
            "measurement {number} is repeated"
        );
        self.numbers.push(number);
    }
}
