//! What the publisher sends, on its way into the streams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::plan::{Made, Plan, made_of};
use super::{Request, Shared, StreamId};
use crate::c37118::concentrator::{Concentrator, ConcentratorCounters};
use crate::c37118::encapsulation::{Decapsulator, DecapsulatorCounters, EncapsulatedStream};
use crate::c37118::{Configuration, ConfigurationForm};
use crate::codec::SignalIndexCache;
use crate::engine::Job;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::{Moment, Severity};
use crate::subscriber::SubscriberHandler;
use crate::{Measurement, Ticks};

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
    /// Finds out what metadata mean for the stream.
    job: Option<Job<Result<Made, String>>>,
    /// There are other metadata than those of the job.
    is_outdated: bool,
}

/// What a job of a stream does.
type Work = Box<dyn FnOnce() -> Result<Made, String> + Send>;

/// What metadata, or the first ones, mean for a stream.
pub(super) enum Change {
    /// Its frames are as they were, or those of a device.
    Signals,
    /// It has another configuration, as CFG-2 and as CFG-3.
    Configuration(Arc<Configuration>, Configuration),
    /// It goes on as it was, and why.
    Refused(String),
}

impl Feeds {
    /// Another stream.
    pub(super) fn add(&mut self, id: StreamId, plan: Arc<Plan>) {
        let feed = Feed { plan, concentrator: None, decapsulator: None, job: None, is_outdated: false };
        self.streams.insert(id, feed);
    }

    pub(super) fn remove(&mut self, id: StreamId) {
        self.streams.remove(&id);
    }

    /// The publisher has told its metadata.
    pub(super) fn set_metadata(&mut self, metadata: Arc<Metadata>) {
        self.metadata = Some(metadata);
    }

    /// Has it found out elsewhere what the metadata mean for a stream: by [`proceed`](Self::proceed) it becomes that.
    pub(super) fn make(
        &mut self,
        id: StreamId,
        utc: Ticks,
        elsewhere: impl FnOnce(Work) -> Job<Result<Made, String>>,
    ) {
        let (Some(metadata), Some(feed)) = (&self.metadata, self.streams.get_mut(&id)) else { return };
        feed.is_outdated = feed.job.is_some();
        if !feed.is_outdated {
            let (plan, metadata) = (Arc::clone(&feed.plan), Arc::clone(metadata));
            feed.job = Some(elsewhere(Box::new(move || made_of(&plan.setup, &metadata, utc))));
        }
    }

    /// Whether other metadata have come since it was begun to make a stream of some.
    pub(super) fn is_outdated(&self, id: StreamId) -> bool {
        self.streams.get(&id).is_some_and(|feed| feed.is_outdated && feed.job.is_none())
    }

    /// Has a stream be what was found. `sent` gets the frames that were begun before.
    pub(super) fn proceed(
        &mut self,
        id: StreamId,
        now: Moment,
        mut sent: impl FnMut(&[u8]),
    ) -> Option<Change> {
        let feed = self.streams.get_mut(&id)?;
        let found = feed.job.as_mut()?.take()?;
        feed.job = None;
        Some(match found {
            Ok(Ok(made)) => feed.take(made, &self.rows, now, &mut sent),
            Ok(Err(reason)) => Change::Refused(reason),
            Err(error) => Change::Refused(error.to_string()),
        })
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
    /// Passes on the frames of a device.
    fn relay(&mut self, stream: EncapsulatedStream) {
        match &mut self.decapsulator {
            Some(decapsulator) => {
                let known = decapsulator.stream();
                let is_new = (known.data_signal, known.configuration_signal)
                    != (stream.data_signal, stream.configuration_signal);
                if is_new {
                    decapsulator.follow(stream);
                }
            }
            None => self.decapsulator = Some(Decapsulator::new(stream, MOST_HELD)),
        }
    }

    /// What it is made of.
    fn signals(&self) -> Vec<Uuid> {
        let stream = self.decapsulator.as_ref().map(Decapsulator::stream);
        let relayed = stream.into_iter().flat_map(|stream| [stream.data_signal, stream.configuration_signal]);
        let mapped = self.concentrator.iter().flat_map(|concentrator| concentrator.signals().iter().copied());
        mapped.chain(relayed).collect()
    }

    /// Becomes what it is made of.
    fn take(&mut self, made: Made, rows: &[Uuid], now: Moment, sent: &mut dyn FnMut(&[u8])) -> Change {
        let definition = match made {
            Made::Measurements(definition) => *definition,
            Made::Frames(stream) => {
                self.relay(stream);
                return Change::Signals;
            }
        };
        let concentrator = match &mut self.concentrator {
            Some(concentrator) if !concentrator.is_changed_by(&definition) => return Change::Signals,
            Some(concentrator) => {
                while let Some(frame) = concentrator.finish(now) {
                    sent(frame);
                }
                concentrator.change(definition, now);
                concentrator
            }
            None => {
                let concentrator = self.concentrator.insert(Concentrator::of(definition));
                concentrator.set_rows(rows);
                concentrator
            }
        };
        let long = concentrator.configuration_in(ConfigurationForm::Cfg3);
        Change::Configuration(Arc::clone(concentrator.configuration()), long)
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
    use crate::StateFlags;
    use crate::engine::Worker;
    use crate::engine::worker::stepped::Stepped;
    use crate::metadata::{DataSet, Limits};

    /// The feed of one stream, and a worker that the test steps.
    struct Bench {
        feeds: Feeds,
        executor: Arc<Stepped>,
        worker: Worker,
    }

    impl Bench {
        fn new() -> Bench {
            let setup = "udpTargets=127.0.0.1:4713; accessID=70; waitBy=arrival".parse().unwrap();
            let mut feeds = Feeds::default();
            feeds.add(1, Arc::new(Plan::new(&setup).unwrap()));
            let executor = Arc::new(Stepped::default());
            Bench { feeds, worker: Worker::passing(executor.clone(), "worker", 1), executor }
        }

        fn make(&mut self) {
            self.feeds.make(1, Ticks::UNIX_EPOCH, |work| self.worker.run(None, work));
        }

        /// The metadata of the sample, in which the name of a device is another.
        fn set_metadata(&mut self, name: &str) {
            let xml =
                String::from_utf8(DataSet::sample().unwrap().to_xml()).unwrap().replace("Aldermoor", name);
            let data_set = DataSet::from_xml(xml.as_bytes(), &Limits::default()).unwrap();
            self.feeds.set_metadata(Arc::new(Metadata::new(data_set)));
            self.make();
        }

        /// The stations and CFGCNT of the stream that was made, and how many frames were begun before.
        fn proceed(&mut self, now: Moment) -> Option<(Vec<String>, u16, usize)> {
            let mut begun = 0;
            match self.feeds.proceed(1, now, |_| begun += 1)? {
                Change::Configuration(configuration, _) => {
                    let stations = configuration.pmus.iter().map(|pmu| pmu.station.to_string()).collect();
                    Some((stations, configuration.pmus[0].change_count, begun))
                }
                Change::Signals => panic!("nothing changed"),
                Change::Refused(reason) => panic!("{reason}"),
            }
        }
    }

    #[test]
    fn signals_are_wished_for_until_they_are_subscribed() {
        let mut bench = Bench::new();
        assert_eq!(bench.feeds.wish(), None, "nothing is known yet");
        bench.set_metadata("Aldermoor");
        bench.executor.step(0);
        assert!(bench.proceed(Moment::now()).is_some());
        let wish = bench.feeds.wish().unwrap();
        assert!(!wish.is_empty());
        assert_eq!(bench.feeds.wish(), Some(wish.clone()), "the request may have failed");
        bench.feeds.set_subscribed(wish);
        assert_eq!(bench.feeds.wish(), None);
        bench.feeds.remove(1);
        assert_eq!(bench.feeds.wish(), Some(BTreeSet::new()));
    }

    #[test]
    fn frames_go_on_while_it_is_found_out_what_other_metadata_mean() {
        let mut bench = Bench::new();
        let mut now = Moment::now();
        bench.set_metadata("Aldermoor");
        assert!(bench.proceed(now).is_none(), "it is found out elsewhere");
        bench.executor.step(0);
        let (stations, count, _) = bench.proceed(now).unwrap();
        assert_eq!(count, 0);
        bench.feeds.set_rows(bench.feeds.wish().unwrap().into_iter().collect());
        let mut push = |bench: &mut Bench| {
            now += Duration::from_secs(1);
            let measurement = Measurement {
                signal_id: Uuid::nil(),
                timestamp: now.utc,
                value: 1.0,
                flags: StateFlags::empty(),
                signal_index: 0,
            };
            bench.feeds.push(&[measurement], now);
            now
        };
        bench.set_metadata("Elsewhere");
        let mut sent = 0;
        let pushed = push(&mut bench);
        bench.feeds.poll(1, pushed + Duration::from_secs(10), |_| sent += 1);
        assert_eq!(sent, 1, "the stream goes on as it was");
        // More of them come before those are worked on.
        bench.set_metadata("Aldermoor");
        bench.executor.step(0);
        let pushed = push(&mut bench);
        let (others, count, begun) = bench.proceed(pushed).unwrap();
        assert!(others != stations && others.len() == stations.len(), "{others:?}");
        assert_eq!(count, 1);
        assert!(begun > 0, "what was begun is of the stream before");
        assert!(bench.feeds.is_outdated(1));
        bench.make();
        assert!(!bench.feeds.is_outdated(1));
        bench.executor.step(0);
        assert_eq!(bench.proceed(pushed).unwrap(), (stations, 2, 0));
    }
}
