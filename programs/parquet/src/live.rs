//! Recording from a publisher.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::settings::SubscriberSetup;
use sttp::subscriber::{Subscriber, SubscriberHandler};
use sttp::{Measurement, StateFlags, Ticks, Uuid};
use sttp_programs::connection::Teller;
use sttp_programs::metrics;
use sttp_programs::progress::Progress;
use sttp_programs::silence::Silence;
use sttp_programs::stop::Stop;
use sttp_programs::supervisor;
use sttp_programs::text::grouped;

use crate::recording::{Recording, Row};

/// Measurements that wait to be written; while they do, nothing is received.
const QUEUE: usize = 1 << 20;
/// Measurements that are taken at a time.
const BATCH: usize = 1 << 14;
/// How long to wait for measurements before it is looked whether to end.
const PAUSE: Duration = Duration::from_millis(100);

/// When to end.
pub struct Limits {
    pub count: Option<u64>,
    pub duration: Option<Duration>,
    /// How long the first measurement may take.
    pub timeout: Duration,
}

/// What comes beside measurements. Copies have the same.
#[derive(Clone)]
struct Latest {
    /// Metadata as they came last.
    metadata: Arc<Mutex<Option<Arc<Metadata>>>>,
    teller: Teller,
}

impl Latest {
    fn get(&self) -> Option<Arc<Metadata>> {
        self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SubscriberHandler for Latest {
    fn connected(&mut self, address: &str) {
        self.teller.connected(address);
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        self.teller.reconnecting(attempt, delay);
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        self.teller.subscribed(cache.records().len());
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some(metadata.clone());
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.teller.message(severity, text);
    }
}

/// Records until a limit is reached, or it is asked to stop; tells how many measurements there are.
///
/// # Errors
///
/// When nothing comes in time, nothing more can come, or the file cannot be written. What came before is in the file.
pub fn record(
    setup: &SubscriberSetup,
    to: &Path,
    overwrites: bool,
    limits: &Limits,
    counted_at: Option<&str>,
    stop: &Stop,
) -> Result<u64, String> {
    let mut recording = Recording::create(to, overwrites, true, false)?;
    let teller = Teller::of(setup).map_err(|error| error.to_string())?;
    let latest = Latest { metadata: Arc::default(), teller };
    let recorded = record_into(&mut recording, &latest, setup, limits, counted_at, stop);
    match recorded {
        // Of nothing there is no file.
        Err(error) if recording.rows() == 0 => Err(error),
        recorded => recording.finish(latest.get().as_deref()).and_then(|rows| recorded.map(|()| rows)),
    }
}

fn record_into(
    recording: &mut Recording,
    latest: &Latest,
    setup: &SubscriberSetup,
    limits: &Limits,
    counted_at: Option<&str>,
    stop: &Stop,
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let engine = Engine::shared().map_err(|error| told(&error))?;
    let subscriber = Arc::new(Subscriber::new(&engine, latest.clone()));
    let mut setup = setup.clone();
    setup.settings.read_queue = QUEUE;
    setup.settings.latency_statistics = false;
    latest.teller.begin();
    subscriber.set_up(&setup).map_err(|error| told(&error))?;
    let rows = Arc::new(AtomicU64::new(0));
    let _answers = counted_at.map(|address| count_at(address, &subscriber, &rows)).transpose()?;
    supervisor::ready();
    let (mut silence, mut progress) = (Silence::default(), Progress::begin());
    let empty = Measurement {
        signal_id: Uuid::nil(),
        timestamp: Ticks(0),
        value: 0.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    };
    let mut space = vec![empty; BATCH];
    let begun = Instant::now();
    let mut first: Option<Instant> = None;
    let mut metadata: Option<Arc<Metadata>> = None;
    while !stop.is_asked() {
        silence.watch(&subscriber, latest.teller.peer());
        progress.look(|| format!("{} measurements so far", grouped(recording.rows())));
        if first.zip(limits.duration).is_some_and(|(first, duration)| first.elapsed() >= duration) {
            break;
        }
        let room = limits.count.map_or(BATCH as u64, |count| (count - recording.rows()).min(BATCH as u64));
        if room == 0 {
            break;
        }
        let count = match subscriber.read(&mut space[..room as usize], Some(PAUSE)) {
            Ok(count) => count,
            Err(Error::Complete(_)) => break,
            Err(error @ (Error::Refused(_) | Error::Closed(_))) => return Err(error.to_string()),
            Err(error) if first.is_none() && begun.elapsed() >= limits.timeout => {
                return Err(format!("no measurement in {} s: {error}", limits.timeout.as_secs_f64()));
            }
            Err(_) => continue,
        };
        first.get_or_insert_with(Instant::now);
        let now = latest.get();
        if now.as_ref().map(Arc::as_ptr) != metadata.as_ref().map(Arc::as_ptr) {
            metadata = now;
            recording.forget_names();
        }
        for one in &space[..count] {
            let row = Row {
                signal_id: one.signal_id,
                timestamp: one.timestamp,
                // What came was of single precision.
                value: one.value as f32,
                flags: one.flags,
                recovered: false,
            };
            recording.push(row, metadata.as_deref())?;
        }
        rows.store(recording.rows(), Ordering::Relaxed);
    }
    Ok(())
}

/// Answers those who want to know what is counted.
fn count_at(
    address: &str,
    subscriber: &Arc<Subscriber>,
    rows: &Arc<AtomicU64>,
) -> Result<metrics::Server, String> {
    let (subscriber, rows) = (subscriber.clone(), rows.clone());
    metrics::Server::begin(address, move |metrics| {
        metrics.subscriber(&subscriber);
        let help = "Rows of the file so far.";
        metrics.number("sttp_parquet_rows_total", help, rows.load(Ordering::Relaxed) as f64);
    })
}
