//! What was published lately, kept in memory: the time and memory to keep a measurement, and how fast measurements are
//! played back over loopback to subscribers that have asked for nothing before. Prints a table and writes it to
//! `target/bench/history.json`.

use std::fs;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use sttp::codec::RawMeasurement;
use sttp::codec::history::{History, HistoryLimits};
use sttp::engine::Engine;
use sttp::metadata::Metadata;
use sttp::publisher::{LimitSettings, Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings, SubscriptionOptions};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

use stream::{SIGNALS, Stream};

#[path = "support/stream.rs"]
mod stream;
mod support;

const FRAMES: usize = 3_000;
const ROUNDS: usize = 5;
/// Windows that are played back at a time, each to a subscriber of its own, and the frames of each.
const WINDOWS: usize = 100;
const WINDOW_FRAMES: usize = 600;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let frames = Stream::named("mixed values").frames(FRAMES);
    let mut rows = Vec::new();
    measure_keeping(&frames, &mut rows);
    measure_playing(&frames, &mut rows);
    for row in &rows {
        println!("{:<48} {:>10.3} {}", row.name, row.value, row.unit);
    }
    let rows: Vec<_> = rows.iter().map(Row::json).collect();
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let folder = PathBuf::from(target).join("bench");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("history.json"), format!("{:#}\n", serde_json::json!({ "rows": rows }))).unwrap();
}

struct Row {
    name: &'static str,
    value: f64,
    unit: &'static str,
}

impl Row {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "value": self.value, "unit": self.unit })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn measure_keeping(frames: &[RawMeasurement], rows: &mut Vec<Row>) {
    let signals: Vec<Uuid> = (0..SIGNALS as usize).map(support::signal_id).collect();
    let limits = HistoryLimits { duration: Duration::from_secs(3_600), bytes: 1 << 30 };
    let (mut times, mut bytes) = (Vec::new(), 0.0);
    for _ in 0..ROUNDS {
        let mut history = History::new(limits, signals.clone());
        let mut elapsed = Duration::ZERO;
        let mut published = Vec::new();
        for frame in frames.chunks(SIGNALS as usize) {
            // In the processor's caches, as what was just published is.
            published.clear();
            published.extend_from_slice(frame);
            let started = Instant::now();
            history.record(black_box(&published), started);
            elapsed += started.elapsed();
        }
        times.push(elapsed.as_secs_f64() * 1e9 / frames.len() as f64);
        bytes = history.extent().bytes as f64 / frames.len() as f64;
    }
    rows.push(Row { name: "appended, per measurement", value: median(times), unit: "ns" });
    rows.push(Row { name: "memory, per measurement", value: bytes, unit: "bytes each" });
}

// ---- over loopback ----------------------------------------------------------------------------------

struct Quiet;

impl PublisherHandler for Quiet {}

/// Counts what is played back, and tells of the end.
struct Playing {
    received: usize,
    done: Sender<usize>,
}

impl SubscriberHandler for Playing {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.received += black_box(measurements).len();
    }

    fn processing_complete(&mut self, _text: &str) {
        let _ = self.done.send(self.received);
    }
}

fn measure_playing(frames: &[RawMeasurement], rows: &mut Vec<Row>) {
    let publisher = Publisher::new(&Engine::new().unwrap(), Quiet);
    publisher.set_metadata(Arc::new(Metadata::new(support::data_set(SIGNALS as usize)))).unwrap();
    // All windows come from one address, which may have a part only once half of the playbacks are taken.
    let settings = PublisherSettings::default()
        .history_duration(Duration::from_secs(3_600))
        .limits(LimitSettings::default().max_playbacks(2 * WINDOWS));
    publisher.start(&format!("{}:0", Ipv4Addr::LOCALHOST), settings).unwrap();
    for frame in frames.chunks(SIGNALS as usize) {
        let frame: Vec<Measurement> = frame.iter().map(measurement).collect();
        publisher.publish_indexed(&frame).unwrap();
        publisher.flush(Some(PATIENCE)).unwrap();
    }
    assert_eq!(publisher.history().measurements, frames.len() as u64);

    let whole = 0..FRAMES - 1;
    let one = (0..ROUNDS).map(|_| play(&publisher, frames, std::slice::from_ref(&whole))).collect();
    rows.push(Row { name: "played back to one subscriber", value: median(one), unit: "/s" });
    let starts = (0..WINDOWS).map(|window| window * (FRAMES - WINDOW_FRAMES) / WINDOWS);
    let windows: Vec<_> = starts.map(|start| start..start + WINDOW_FRAMES - 1).collect();
    let many = (0..ROUNDS).map(|_| play(&publisher, frames, &windows)).collect();
    rows.push(Row { name: "played back, 100 windows at a time", value: median(many), unit: "/s" });
}

/// Measurements per second, all subscribers together, from connecting to the end of the last playback. Windows name
/// their first and last frame.
fn play(publisher: &Publisher, frames: &[RawMeasurement], windows: &[std::ops::Range<usize>]) -> f64 {
    let engine = Engine::new().unwrap();
    let (done, ends) = channel();
    let started = Instant::now();
    let subscribers: Vec<Subscriber> = windows
        .iter()
        .map(|window| {
            let subscriber = Subscriber::new(&engine, Playing { received: 0, done: done.clone() });
            let time = |frame: usize| Some(Ticks(frames[frame * SIGNALS as usize].ticks).to_string());
            let options = SubscriptionOptions::default()
                .filter("FILTER ActiveMeasurements WHERE True".to_owned())
                .start_time(time(window.start))
                .stop_time(time(window.end))
                .processing_interval(0);
            subscriber.subscribe(options).unwrap();
            let settings = SubscriberSettings::default().request_metadata(false);
            subscriber.connect(&publisher.address().unwrap().to_string(), settings).unwrap();
            subscriber
        })
        .collect();
    let mut received = 0;
    for _ in &subscribers {
        received += ends.recv_timeout(PATIENCE).expect("every playback ends");
    }
    let seconds = started.elapsed().as_secs_f64();
    let expected: usize = windows.iter().map(|window| (window.len() + 1) * SIGNALS as usize).sum();
    assert_eq!(received, expected, "all that the windows hold");
    received as f64 / seconds
}

fn measurement(raw: &RawMeasurement) -> Measurement {
    Measurement {
        signal_id: support::signal_id(raw.row as usize),
        timestamp: Ticks(raw.ticks),
        value: f32::from_bits(raw.value_bits).into(),
        flags: StateFlags::from_bits_retain(raw.flags),
        signal_index: raw.row,
    }
}
