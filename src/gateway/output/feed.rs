//! What the publisher sends, on its way into the streams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::plan::{Plan, selection, stream_settings};
use super::{Request, Shared, StreamId};
use crate::Measurement;
use crate::c37118::concentrator::{Concentrator, ConcentratorCounters, ConcentratorError};
use crate::c37118::encapsulation::{Decapsulator, DecapsulatorCounters, EncapsulatedStream};
use crate::c37118::{Configuration, ConfigurationForm};
use crate::codec::SignalIndexCache;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::{Moment, Severity};
use crate::subscriber::SubscriberHandler;

/// Bytes of frames that are held while their configuration is not known.
const MOST_HELD: usize = 4 << 20;

/// Where measurements become frames, for each stream. The subscriber and the driver, which run on the same loop, use it
/// in turn.
#[derive(Default)]
pub(super) struct Feeds {
    streams: BTreeMap<StreamId, Feed>,
    metadata: Option<Arc<Metadata>>,
    /// The signals that rows of measurements are of.
    rows: Vec<Uuid>,
    /// What the subscriber was asked for.
    subscribed: BTreeSet<Uuid>,
}

/// What is made for one stream.
struct Feed {
    plan: Arc<Plan>,
    /// None while the metadata have nothing for it.
    concentrator: Option<Concentrator>,
    /// In its place, where frames are passed on.
    decapsulator: Option<Decapsulator>,
}

/// What metadata, or the first ones, mean for a stream.
pub(super) enum Change {
    /// It has another configuration, as CFG-2 and as CFG-3.
    Configuration(Arc<Configuration>, Configuration),
    /// It goes on as it was, and why.
    Refused(String),
}

impl Feeds {
    /// Another stream.
    pub(super) fn add(&mut self, id: StreamId, plan: Arc<Plan>) {
        self.streams.insert(id, Feed { plan, concentrator: None, decapsulator: None });
    }

    pub(super) fn remove(&mut self, id: StreamId) {
        self.streams.remove(&id);
    }

    /// The publisher has told its metadata.
    pub(super) fn set_metadata(&mut self, metadata: Arc<Metadata>) {
        self.metadata = Some(metadata);
    }

    /// Has a stream made of the metadata. `sent` gets the frames that were begun by the ones before.
    pub(super) fn make(&mut self, id: StreamId, now: Moment, mut sent: impl FnMut(&[u8])) -> Option<Change> {
        let metadata = Arc::clone(self.metadata.as_ref()?);
        let feed = self.streams.get_mut(&id)?;
        match feed.make(&metadata, &self.rows, now, &mut sent) {
            Ok(change) => change,
            Err(error) => Some(Change::Refused(error)),
        }
    }

    /// Has measurements become frames, as far as these are complete or due. Tells when to come again.
    pub(super) fn poll(&mut self, id: StreamId, now: Moment, mut sent: impl FnMut(&[u8])) -> Option<Instant> {
        let feed = self.streams.get_mut(&id)?;
        if let Some(decapsulator) = &mut feed.decapsulator {
            while let Some(frame) = decapsulator.poll() {
                sent(frame);
            }
        }
        let concentrator = feed.concentrator.as_mut()?;
        while let Some(frame) = concentrator.poll(now) {
            sent(frame);
        }
        concentrator.deadline(now)
    }

    /// What there is to tell of measurements that are not sent.
    pub(super) fn take_notice(&mut self, id: StreamId, now: Moment) -> Option<String> {
        self.streams.get_mut(&id)?.concentrator.as_mut()?.take_notice(now)
    }

    /// The signals that all streams are made of, when they are not those that are subscribed.
    pub(super) fn wish(&self) -> Option<BTreeSet<Uuid>> {
        let wanted: BTreeSet<Uuid> = self.streams.values().flat_map(Feed::signals).collect();
        (wanted != self.subscribed).then_some(wanted)
    }

    /// The subscriber was asked for what was [wished](Self::wish).
    pub(super) fn set_subscribed(&mut self, signals: BTreeSet<Uuid>) {
        self.subscribed = signals;
    }

    /// What was counted of a stream: of frames that are made, and of those that are passed on.
    pub(super) fn counters(&self, id: StreamId) -> (ConcentratorCounters, DecapsulatorCounters) {
        let feed = self.streams.get(&id);
        let made = feed.and_then(|feed| Some(*feed.concentrator.as_ref()?.counters()));
        let passed_on = feed.and_then(|feed| Some(*feed.decapsulator.as_ref()?.counters()));
        (made.unwrap_or_default(), passed_on.unwrap_or_default())
    }

    /// What the frames carry that are passed on, once that is known.
    pub(super) fn relayed_configuration(&self, id: StreamId) -> Option<&Arc<Configuration>> {
        self.streams.get(&id)?.decapsulator.as_ref()?.configuration()
    }

    /// A buffer block has come.
    fn take_block(&mut self, signal_id: Uuid, bytes: &[u8]) {
        for decapsulator in self.streams.values_mut().filter_map(|feed| feed.decapsulator.as_mut()) {
            decapsulator.receive(signal_id, bytes);
        }
    }

    fn set_rows(&mut self, rows: Vec<Uuid>) {
        self.rows = rows;
        for concentrator in self.streams.values_mut().filter_map(|feed| feed.concentrator.as_mut()) {
            concentrator.set_rows(&self.rows);
        }
    }

    fn push(&mut self, measurements: &[Measurement], now: Moment) {
        for concentrator in self.streams.values_mut().filter_map(|feed| feed.concentrator.as_mut()) {
            concentrator.push(measurements, now);
        }
    }
}

impl Feed {
    /// Passes on the frames of a device of the metadata.
    fn relay(&mut self, metadata: &Metadata) -> Result<(), String> {
        let device = self.plan.setup.relay.trim();
        let streams = EncapsulatedStream::of_metadata(metadata.data_set());
        let found = streams.into_iter().find(|stream| stream.device.eq_ignore_ascii_case(device));
        let stream = found.ok_or_else(|| format!("the publisher has no frames of a device {device}"))?;
        let is_new = self.decapsulator.as_ref().is_none_or(|decapsulator| {
            let known = decapsulator.stream();
            (known.data_signal, known.configuration_signal)
                != (stream.data_signal, stream.configuration_signal)
        });
        match &mut self.decapsulator {
            Some(decapsulator) if is_new => decapsulator.follow(stream),
            Some(_) => {}
            None => self.decapsulator = Some(Decapsulator::new(stream, MOST_HELD)),
        }
        Ok(())
    }

    /// What it is made of.
    fn signals(&self) -> Vec<Uuid> {
        let stream = self.decapsulator.as_ref().map(Decapsulator::stream);
        let relayed = stream.into_iter().flat_map(|stream| [stream.data_signal, stream.configuration_signal]);
        let mapped = self.concentrator.iter().flat_map(|concentrator| concentrator.signals().iter().copied());
        mapped.chain(relayed).collect()
    }

    fn make(
        &mut self,
        metadata: &Metadata,
        rows: &[Uuid],
        now: Moment,
        sent: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<Change>, String> {
        if self.plan.relays() {
            return self.relay(metadata).map(|()| None);
        }
        let setup = &self.plan.setup;
        let told = |error: ConcentratorError| error.to_string();
        let changed = match &mut self.concentrator {
            Some(concentrator) => {
                concentrator.set_selection(selection(setup, metadata)?);
                let change = concentrator.would_change(metadata, now).map_err(told)?;
                if change.is_some() {
                    while let Some(frame) = concentrator.finish(now) {
                        sent(frame);
                    }
                }
                change.map(|change| concentrator.change(change, now)).is_some()
            }
            None => {
                let settings = stream_settings(setup, metadata)?;
                let mut concentrator = Concentrator::new(settings, metadata, now).map_err(told)?;
                concentrator.set_rows(rows);
                self.concentrator = Some(concentrator);
                true
            }
        };
        let made = self.concentrator.as_ref().filter(|_| changed).map(|concentrator| {
            let long = concentrator.configuration_in(ConfigurationForm::Cfg3);
            Change::Configuration(Arc::clone(concentrator.configuration()), long)
        });
        Ok(made)
    }
}

/// What the subscriber tells, for the streams and the application.
pub(super) struct Source(pub(super) Arc<Shared>);

impl SubscriberHandler for Source {
    fn connected(&mut self, address: &str) {
        self.0.handler().connected(address);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        self.0.handler().disconnected(reason);
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        self.0.handler().reconnecting(attempt, delay);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.0.feeds().set_metadata(Arc::clone(metadata));
        self.0.handler().metadata(metadata);
        // A driver that is gone has no use for them.
        let _ = self.0.ask(Request::UseMetadata);
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let rows = cache.records().iter().map(|record| record.signal_id).collect();
        self.0.feeds().set_rows(rows);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.feeds().push(measurements, Moment::now());
        self.0.notify();
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.measurements(measurements);
    }

    fn buffer_block(&mut self, signal_id: &Uuid, _signal_index: u32, bytes: &[u8]) {
        self.0.feeds().take_block(*signal_id, bytes);
        self.0.notify();
    }

    fn configuration_changed(&mut self) {
        let _ = self.0.ask(Request::AskForMetadata);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.0.handler().message(None, severity, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::DataSet;

    #[test]
    fn signals_are_wished_for_until_they_are_subscribed() {
        let setup = "udpTargets=127.0.0.1:4713; accessID=70".parse().unwrap();
        let mut feeds = Feeds::default();
        feeds.add(1, Arc::new(Plan::new(&setup).unwrap()));
        assert_eq!(feeds.wish(), None, "nothing is known yet");
        feeds.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap())));
        assert!(matches!(feeds.make(1, Moment::now(), |_| ()), Some(Change::Configuration(..))));
        let wish = feeds.wish().unwrap();
        assert!(!wish.is_empty());
        assert_eq!(feeds.wish(), Some(wish.clone()), "the request may have failed");
        feeds.set_subscribed(wish);
        assert_eq!(feeds.wish(), None);
        feeds.remove(1);
        assert_eq!(feeds.wish(), Some(BTreeSet::new()));
    }
}
