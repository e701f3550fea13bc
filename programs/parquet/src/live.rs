//! Recording from a publisher.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::session::Severity;
use sttp::settings::SubscriberSetup;
use sttp::subscriber::{Subscriber, SubscriberHandler};
use sttp::{Measurement, StateFlags, Ticks, Uuid};
use sttp_programs::log::{self, Level};
use sttp_programs::stop::Stop;

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

/// Metadata as they came last.
#[derive(Clone, Default)]
struct Latest(Arc<Mutex<Option<Arc<Metadata>>>>);

impl Latest {
    fn get(&self) -> Option<Arc<Metadata>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SubscriberHandler for Latest {
    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(metadata.clone());
    }

    fn message(&mut self, severity: Severity, text: &str) {
        match severity {
            Severity::Error => log::line(Level::Error, text),
            Severity::Warning => log::line(Level::Warning, text),
            Severity::Info | Severity::Debug => {}
        }
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
    stop: &Stop,
) -> Result<u64, String> {
    let mut recording = Recording::create(to, overwrites, true, false)?;
    let recorded = record_into(&mut recording, setup, limits, stop);
    match recorded {
        // Of nothing there is no file.
        Err(error) if recording.rows() == 0 => Err(error),
        recorded => recording.finish().and_then(|rows| recorded.map(|()| rows)),
    }
}

fn record_into(
    recording: &mut Recording,
    setup: &SubscriberSetup,
    limits: &Limits,
    stop: &Stop,
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let latest = Latest::default();
    let engine = Engine::shared().map_err(|error| told(&error))?;
    let subscriber = Subscriber::new(&engine, latest.clone());
    let mut setup = setup.clone();
    setup.settings.read_queue = QUEUE;
    setup.settings.latency_statistics = false;
    subscriber.set_up(&setup).map_err(|error| told(&error))?;
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
    }
    Ok(())
}
