//! One publisher, subscribed.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sttp::Measurement;
use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::subscriber::{ConnectionState, Subscriber, SubscriberHandler};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::batcher::Batcher;
use super::groups::Groups;
use crate::config::Ingest;
use crate::operation::{Counter, Operation, log};

/// How long a connection may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// A subscriber and what it brings.
pub(super) struct Source {
    subscriber: Subscriber,
    shared: Arc<Shared>,
    timer: Option<JoinHandle<()>>,
}

/// Name of a source in what health tells.
pub(super) fn part(name: &str) -> String {
    format!("source {name}")
}

/// The latest metadata of a source.
pub(super) type Documents = watch::Receiver<Option<Arc<Metadata>>>;

/// What the engine and the timer share.
struct Shared {
    batcher: Mutex<Batcher>,
    /// Something waits in the batcher.
    waits: Notify,
    /// The connection has ended.
    ended: Notify,
}

impl Shared {
    fn batcher(&self) -> MutexGuard<'_, Batcher> {
        self.batcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Receives what the subscriber tells.
struct Handler {
    part: String,
    operation: Operation,
    shared: Arc<Shared>,
    linger: Duration,
    group_signals: usize,
    metadata: Option<Arc<Metadata>>,
    cache: Option<Arc<SignalIndexCache>>,
    documents: watch::Sender<Option<Arc<Metadata>>>,
    received: Counter,
    recovered: Counter,
    unknown: Counter,
}

impl Source {
    /// Begins to subscribe. Metadata come out of the second, the latest ones.
    pub(super) fn start(
        name: &str,
        ingest: &Ingest,
        batcher: Batcher,
        operation: &Operation,
    ) -> Result<(Source, Documents), String> {
        let wrong = |error: Error| format!("source {name}: {error}");
        let mut setup = ingest.setup(name)?;
        setup.settings.follow_configuration = true;
        if setup.settings.outage_log.is_empty() {
            setup.settings.outage_log = outage_log(&ingest.spool.folder, name);
        }
        let engine = Engine::new().map_err(|error| format!("source {name}: {error}"))?;
        let shared =
            Arc::new(Shared { batcher: Mutex::new(batcher), waits: Notify::new(), ended: Notify::new() });
        let (documents, metadata) = watch::channel(None);
        let counter = |name_of, help| operation.metrics.counter(name_of, help, &[("source", name)]);
        let handler = Handler {
            part: part(name),
            operation: operation.clone(),
            shared: shared.clone(),
            linger: ingest.linger,
            group_signals: ingest.group_signals,
            metadata: None,
            cache: None,
            documents,
            received: counter(
                "sttp_nats_received_measurements_total",
                "Measurements that publishers have sent.",
            ),
            recovered: counter(
                "sttp_nats_recovered_measurements_total",
                "Measurements that were missed while a connection to a publisher was lost, and recovered.",
            ),
            unknown: counter(
                "sttp_nats_unknown_measurements_total",
                "Measurements of no known signal, left out.",
            ),
        };
        let subscriber = Subscriber::new(&engine, handler);
        subscriber.set_up(&setup).map_err(wrong)?;
        if let Some(address) = subscriber.address() {
            log::info!("source {name}: waiting for the publisher at {address}");
        }
        let timer =
            (!ingest.linger.is_zero()).then(|| tokio::spawn(flush_after(shared.clone(), ingest.linger)));
        Ok((Source { subscriber, shared, timer }, metadata))
    }

    /// Ends the subscription; what has come is sent on.
    pub(super) async fn stop(self) {
        let is_connected =
            !matches!(self.subscriber.state(), ConnectionState::Idle | ConnectionState::Listening);
        if let Err(error) = self.subscriber.disconnect() {
            log::warning!("a source cannot be disconnected: {error}");
        }
        if is_connected && tokio::time::timeout(PATIENCE, self.shared.ended.notified()).await.is_err() {
            log::warning!("a source did not end in time; what it brings now is left out");
        }
        if let Some(timer) = self.timer {
            timer.abort();
        }
        flush(&self.shared).await;
    }
}

/// Sends on what has waited for others long enough, as long as the source runs.
async fn flush_after(shared: Arc<Shared>, linger: Duration) {
    loop {
        shared.waits.notified().await;
        tokio::time::sleep(linger).await;
        flush(&shared).await;
    }
}

/// Hands on what waits, on a thread that may wait for room.
async fn flush(shared: &Arc<Shared>) {
    let shared = shared.clone();
    if let Err(error) = tokio::task::spawn_blocking(move || shared.batcher().flush()).await {
        log::error!("measurements were not sent on: {error}");
    }
}

/// A file beside the spool.
fn outage_log(folder: &Path, name: &str) -> String {
    folder.join(format!("{name}.outages")).to_string_lossy().into_owned()
}

impl Handler {
    fn take(&self, measurements: &[Measurement], counter: &Counter) {
        counter.add(measurements.len() as u64);
        let mut batcher = self.shared.batcher();
        let unknown = batcher.take(measurements);
        match batcher.waits() {
            true if batcher.was_quiet(self.linger) => batcher.flush(),
            true => self.shared.waits.notify_one(),
            false => {}
        }
        self.unknown.add(unknown as u64);
    }

    fn regroup(&self) {
        if let Some(cache) = &self.cache {
            let groups = Groups::new(cache, self.metadata.as_deref(), self.group_signals);
            log::info!("{}: {} signals in {} groups", self.part, cache.records().len(), groups.tables.len());
            self.shared.batcher().use_groups(groups);
        }
    }
}

impl SubscriberHandler for Handler {
    fn connected(&mut self, address: &str) {
        log::info!("{}: connected to {address}", self.part);
        self.operation.health.ill(&self.part, "not subscribed yet");
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        if let Err(error) = reason {
            log::warning!("{}: {error}", self.part);
            self.operation.health.ill(&self.part, error.to_string());
        }
        self.shared.ended.notify_one();
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.metadata = Some(metadata.clone());
        self.documents.send_replace(Some(metadata.clone()));
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        self.cache = Some(cache.clone());
        self.regroup();
        self.operation.health.well(&self.part);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.take(measurements, &self.received);
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.take(measurements, &self.recovered);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        log::write(severity.into(), format_args!("{}: {text}", self.part));
    }
}
