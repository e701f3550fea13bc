//! `tstp-out`: STTP publishers to events on NATS.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::Client;
use sttp::Measurement;
use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::subscriber::{Subscriber, SubscriberHandler};
use sttp::wire::Command;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::mishap::Mishap;
use super::moment::Now;
use super::outgoing::{Message, Outgoing};
use crate::bus;
use crate::config::Configuration;
use crate::operation::{Counter, Health, Operation, log};

/// Packets of a source that may wait to be made events. While so many wait, its connection is not read.
const WAITING_PACKETS: usize = 256;
/// How long measurements wait for the metadata of their signals, and how many may.
const METADATA_PATIENCE: Duration = Duration::from_secs(5);
const MOST_HELD: usize = 500_000;
/// How long NATS may take to get what is left when the program stops.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// The longest pause between looks at the clock.
const IDLE: Duration = Duration::from_secs(1);

/// Sends events until it is time to stop.
pub(crate) async fn run(configuration: Configuration, operation: Operation) -> Result<(), String> {
    let client = bus::connect(&configuration.nats, "sttp-nats tstp-out", &operation).await?;
    let settings = configuration.tstp_out;
    let engine = Engine::new().map_err(|error| format!("the engine cannot be started: {error}"))?;
    let (give_up, given_up) = watch::channel(false);
    let mut subscribers = Vec::new();
    let mut workers = Vec::new();
    for name in settings.sources.keys() {
        let setup = settings.setup(name)?;
        let counts = Counts::new(&operation, name);
        let outgoing = Outgoing::new(
            name,
            settings.clone(),
            counts.left_out(&operation, name),
            counts.renamed(&operation, name),
        )?;
        let (items, arrived) = sync_channel(WAITING_PACKETS);
        let part = format!("source {name}");
        operation.health.ill(&part, "not connected yet");
        let listener = Listener { name: name.clone(), part, health: operation.health.clone(), items };
        let subscriber = Subscriber::new(&engine, listener);
        subscriber.set_up(&setup).map_err(|error| format!("tstp-out.sources.{name}: {error}"))?;
        subscribers.push(subscriber);
        let worker = Worker {
            outgoing,
            client: client.clone(),
            runtime: Handle::current(),
            given_up: given_up.clone(),
            counts,
            signals: None,
            metadata: None,
            hold_until: None,
            held: Vec::new(),
            messages: Vec::new(),
        };
        let thread = thread::Builder::new().name(format!("tstp-out {name}"));
        workers
            .push(thread.spawn(move || worker.run(&arrived)).map_err(|error| format!("no thread: {error}"))?);
    }
    operation.stop.wait().await;
    // Their handlers go with them, which ends the workers as soon as they have done what waits.
    drop(subscribers);
    tokio::spawn(async move {
        tokio::time::sleep(STOP_GRACE).await;
        give_up.send_replace(true);
    });
    let ended = tokio::task::spawn_blocking(move || workers.into_iter().all(|worker| worker.join().is_ok()));
    if !ended.await.unwrap_or(false) {
        log::error!("a worker panicked: what it had is lost");
    }
    match tokio::time::timeout(STOP_GRACE, client.flush()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("the last events may be lost: {error}")),
        Err(_) => Err("the last events may be lost: NATS did not take them in time".into()),
    }
}

/// What a worker gets.
enum Item {
    Signals(Arc<SignalIndexCache>),
    Metadata(Arc<Metadata>),
    Measurements(Vec<Measurement>),
}

/// Hands on what a source tells.
struct Listener {
    name: String,
    part: String,
    health: Arc<Health>,
    items: SyncSender<Item>,
}

impl Listener {
    /// Waits while the worker has enough to do: meanwhile the connection is not read. When the program stops, there
    /// is no worker any more.
    fn hand_on(&self, item: Item) {
        let _ = self.items.send(item);
    }
}

impl SubscriberHandler for Listener {
    fn disconnected(&mut self, reason: Result<(), &Error>) {
        if let Err(error) = reason {
            self.health.ill(&self.part, error.to_string());
        }
    }

    fn connected(&mut self, _address: &str) {
        self.health.ill(&self.part, "not subscribed yet");
    }

    fn request_succeeded(&mut self, request: Command, _text: &str) {
        if request == Command::Subscribe {
            self.health.well(&self.part);
        }
    }

    fn request_failed(&mut self, request: Command, text: &str) {
        if request == Command::Subscribe {
            self.health.ill(&self.part, text);
        }
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.hand_on(Item::Metadata(metadata.clone()));
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        log::info!("source {}: {} signals", self.name, cache.records().len());
        self.hand_on(Item::Signals(cache.clone()));
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.hand_on(Item::Measurements(measurements.to_vec()));
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.hand_on(Item::Measurements(measurements.to_vec()));
    }

    fn message(&mut self, severity: Severity, text: &str) {
        log::write(severity.into(), format_args!("source {}: {text}", self.name));
    }
}

/// What is counted of a source.
struct Counts {
    measurements: Counter,
    events: Counter,
    points: Counter,
    bytes: Counter,
    lost: Mishap,
}

impl Counts {
    fn new(operation: &Operation, source: &str) -> Counts {
        let count = |name, help| operation.metrics.counter(name, help, &[("source", source)]);
        Counts {
            measurements: count("sttp_tstp_out_measurements_total", "Measurements that came."),
            events: count("sttp_tstp_out_events_total", "Time series events that were handed to NATS."),
            points: count("sttp_tstp_out_data_points_total", "Data points in these events."),
            bytes: count("sttp_tstp_out_bytes_total", "Bytes of these events."),
            lost: Mishap::new(count(
                "sttp_tstp_out_measurements_lost_total",
                "Measurements in events that NATS did not take.",
            )),
        }
    }

    fn left_out(&self, operation: &Operation, source: &str) -> Mishap {
        Mishap::new(operation.metrics.counter(
            "sttp_tstp_out_measurements_left_out_total",
            "Measurements of signals that no event can name.",
            &[("source", source)],
        ))
    }

    fn renamed(&self, operation: &Operation, source: &str) -> Mishap {
        Mishap::new(operation.metrics.counter(
            "sttp_tstp_out_signals_renamed_total",
            "Signals that did not get the names of the templates, or none.",
            &[("source", source)],
        ))
    }
}

/// Makes events of what a source sends, on a thread of its own.
struct Worker {
    outgoing: Outgoing,
    client: Client,
    runtime: Handle,
    given_up: watch::Receiver<bool>,
    counts: Counts,
    signals: Option<Arc<SignalIndexCache>>,
    metadata: Option<Arc<Metadata>>,
    /// Measurements of `signals` are held until the metadata tell of them all, or until then.
    hold_until: Option<Instant>,
    held: Vec<Measurement>,
    messages: Vec<Message>,
}

impl Worker {
    fn run(mut self, arrived: &Receiver<Item>) {
        loop {
            let now = Instant::now();
            let next = [self.outgoing.deadline(), self.hold_until].into_iter().flatten().min();
            let wait = next.map_or(IDLE, |next| next.saturating_duration_since(now));
            match arrived.recv_timeout(wait) {
                Ok(item) => self.take(item),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Now::of_clocks();
            if self.hold_until.is_some_and(|until| until <= now.instant) {
                self.release(now);
            }
            if self.outgoing.deadline().is_some_and(|deadline| deadline <= now.instant) {
                self.outgoing.flush(now, &mut self.messages);
            }
            self.publish();
        }
        let now = Now::of_clocks();
        self.release(now);
        self.outgoing.flush(now, &mut self.messages);
        self.publish();
    }

    fn take(&mut self, item: Item) {
        let now = Now::of_clocks();
        match item {
            Item::Signals(signals) => {
                self.release(now);
                self.signals = Some(signals);
                self.hold_until = Some(now.instant + METADATA_PATIENCE);
            }
            Item::Metadata(metadata) => {
                self.metadata = Some(metadata);
                // Names may be others now.
                self.hold_until.get_or_insert(now.instant + METADATA_PATIENCE);
            }
            Item::Measurements(measurements) => {
                self.counts.measurements.add(measurements.len() as u64);
                if self.hold_until.is_none() {
                    self.outgoing.add(&measurements, now, &mut self.messages);
                    return;
                }
                self.held.extend_from_slice(&measurements);
                if self.held.len() > MOST_HELD {
                    self.release(now);
                }
                return;
            }
        }
        if self.is_described() {
            self.release(now);
        }
    }

    /// Whether the metadata tell of all signals.
    fn is_described(&self) -> bool {
        let (Some(signals), Some(metadata)) = (&self.signals, &self.metadata) else { return false };
        let is_known = |signal_id| metadata.measurement_by_signal_id(signal_id).is_some();
        signals.records().iter().all(|record| is_known(record.signal_id))
    }

    /// Gives the signals their names, by what metadata there are, and adds what was held for that.
    fn release(&mut self, now: Now) {
        if self.hold_until.take().is_none() {
            return;
        }
        if let Some(signals) = &self.signals {
            let max_payload = self.client.max_payload();
            let metadata = self.metadata.as_deref();
            self.outgoing.use_signals(signals, metadata, max_payload, now, &mut self.messages);
        }
        let held = std::mem::take(&mut self.held);
        self.outgoing.add(&held, now, &mut self.messages);
    }

    /// Hands all events to NATS, waiting as long as it takes, or until the program gives up.
    fn publish(&mut self) {
        for message in self.messages.drain(..) {
            let subject = message.subject.to_string();
            let bytes = message.payload.len() as u64;
            let (client, mut given_up) = (&self.client, self.given_up.clone());
            let published = self.runtime.block_on(async {
                tokio::select! {
                    published = client.publish(subject, message.payload.into()) => {
                        published.map_err(|error| error.to_string())
                    }
                    _ = given_up.wait_for(|is_given_up| *is_given_up) => {
                        Err("NATS did not take it in time".to_owned())
                    }
                }
            });
            match published {
                Ok(()) => {
                    self.counts.events.add(1);
                    self.counts.points.add(message.points);
                    self.counts.bytes.add(bytes);
                }
                Err(error) => {
                    self.counts.lost.happened(message.measurements, Instant::now(), || {
                        format!("an event with {} measurements is lost: {error}", message.measurements)
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sttp::metadata::DataSetBuilder;
    use sttp::{StateFlags, Ticks, Uuid};
    use tokio::runtime::Runtime;

    use super::*;
    use crate::operation::Metrics;
    use crate::tstp::TstpOut;

    /// A worker whose NATS is not there, and what keeps its client.
    fn worker() -> (Worker, watch::Sender<bool>, Runtime) {
        let runtime = Runtime::new().unwrap();
        let client = async_nats::ConnectOptions::new().retry_on_initial_connect().connect("127.0.0.1:1");
        let client = runtime.block_on(client).unwrap();
        let metrics = Metrics::default();
        let count = |name| metrics.counter(name, "Things.", &[]);
        let mishap = |name| Mishap::new(count(name));
        let counts = Counts {
            measurements: count("a_total"),
            events: count("b_total"),
            points: count("c_total"),
            bytes: count("d_total"),
            lost: mishap("e_total"),
        };
        let outgoing =
            Outgoing::new("test", TstpOut::default(), mishap("f_total"), mishap("g_total")).unwrap();
        let (give_up, given_up) = watch::channel(false);
        let worker = Worker {
            outgoing,
            client,
            runtime: runtime.handle().clone(),
            given_up,
            counts,
            signals: None,
            metadata: None,
            hold_until: None,
            held: Vec::new(),
            messages: Vec::new(),
        };
        (worker, give_up, runtime)
    }

    fn signals(count: u128) -> Item {
        let mut cache = SignalIndexCache::new(Uuid::nil());
        (1..=count).for_each(|number| cache.push(Uuid::from_u128(number), "PPA", number as u64));
        Item::Signals(Arc::new(cache))
    }

    /// Of so many signals of a device.
    fn metadata(count: u128) -> Item {
        let mut builder = DataSetBuilder::standard().unwrap();
        let table = builder.table_index("MeasurementDetail").unwrap();
        for number in 1..=count {
            let row = builder.append_row(table).unwrap().set("SignalID", Uuid::from_u128(number)).unwrap();
            let row = row.set("DeviceAcronym", "SHELBY").unwrap();
            row.set("SignalReference", &*format!("SHELBY-PM{number}")).unwrap();
        }
        Item::Metadata(Arc::new(Metadata::new(builder.finish())))
    }

    fn measurements(count: u128) -> Item {
        let one = |number| Measurement {
            signal_id: Uuid::from_u128(number),
            timestamp: Ticks::now(),
            value: 1.0,
            flags: StateFlags::default(),
            signal_index: number as u32 - 1,
        };
        Item::Measurements((1..=count).map(one).collect())
    }

    /// The last tokens of the subjects of all events.
    fn series(worker: &mut Worker) -> Vec<String> {
        worker.outgoing.flush(Now::of_clocks(), &mut worker.messages);
        let last = |message: Message| message.subject.rsplit('.').next().unwrap().to_owned();
        worker.messages.drain(..).map(last).collect()
    }

    #[test]
    fn measurements_wait_for_the_metadata_of_their_signals() {
        let (mut worker, _give_up, _runtime) = worker();
        worker.take(signals(2));
        worker.take(measurements(2));
        worker.take(metadata(1));
        worker.take(measurements(2));
        assert_eq!(worker.held.len(), 4, "one signal is not described yet");
        assert_eq!(series(&mut worker), [""; 0]);
        worker.take(metadata(2));
        assert!(worker.held.is_empty() && worker.hold_until.is_none());
        assert_eq!(series(&mut worker), ["PM1", "PM2"]);
        // One more, and its metadata later.
        worker.take(signals(3));
        worker.take(measurements(3));
        worker.take(metadata(3));
        assert_eq!(series(&mut worker), ["PM1", "PM2", "PM3"]);
    }

    #[test]
    fn measurements_do_not_wait_for_ever() {
        let (mut worker, _give_up, _runtime) = worker();
        worker.take(signals(1));
        worker.take(measurements(1));
        let until = worker.hold_until.expect("they are held");
        assert!(until > Instant::now() && until <= Instant::now() + METADATA_PATIENCE);
        worker.release(Now::of_clocks());
        assert_eq!(series(&mut worker), [Uuid::from_u128(1).to_string()]);
        // What comes later has its name once the metadata tell it.
        worker.take(metadata(1));
        worker.take(measurements(1));
        assert_eq!(series(&mut worker), ["PM1"]);
    }

    #[test]
    fn no_more_is_held_than_there_is_room_for() {
        let (mut worker, _give_up, _runtime) = worker();
        worker.take(signals(1));
        let Item::Measurements(one) = measurements(1) else { unreachable!() };
        worker.take(Item::Measurements(vec![one[0]; MOST_HELD]));
        assert_eq!(worker.held.len(), MOST_HELD);
        worker.take(measurements(1));
        assert!(worker.held.is_empty());
    }
}
