//! A serial line of two pseudo-terminals, with what passes bytes on no faster than a line does.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sttp::block_link::negotiation::LinkRole;
use sttp::engine::Engine;
use sttp::gateway::block_link::{Link, LinkHandler};
use sttp::settings::TimeForm;
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

use super::block_link::metadata;
use pseudo_terminal::{is_readable, pseudo_terminal};

#[path = "../../tests/block_link/pseudo_terminal.rs"]
mod pseudo_terminal;

/// Bytes of a block, as serial lines usually have them.
pub(crate) const BLOCK: u32 = 512;
/// Signals that are sent once, whose runtime IDs have one byte: those of the others have two.
const SHORT: u32 = 64;
/// The others fill a block.
const SIGNALS: u32 = SHORT + (BLOCK - 13) / 15;
/// More than any line takes, as the oldest gives way.
const FRAMES_PER_SECOND: u32 = 60;

/// What a line is like.
pub(crate) struct Line {
    settings: String,
    bytes_per_second: f64,
}

impl Line {
    /// Of `RATE,8N1` and the like: a byte takes a start bit, its bits, a bit for parity unless that is N, and stop bits.
    pub(crate) fn parse(settings: &str) -> Line {
        let (rate, form) = settings.split_once(',').expect("RATE,8N1");
        let rate: f64 = rate.parse().expect("a rate");
        let [data, parity, stop] = *form.as_bytes() else { panic!("8N1, 8E1 and the like") };
        let bits = 1 + (data - b'0') + u8::from(parity != b'N') + (stop - b'0');
        Line { settings: settings.into(), bytes_per_second: rate / f64::from(bits) }
    }

    /// The most measurements in a second: 15 bytes each, and 13 bytes of a block besides.
    pub(crate) fn formula(&self) -> f64 {
        self.bytes_per_second * (1.0 - 13.0 / f64::from(BLOCK)) / 15.0
    }

    /// Measurements that come out of the line in a second, once they do, for so many seconds.
    pub(crate) fn measurements_per_second(&self, seconds: f64) -> f64 {
        let engine = Engine::new().expect("an engine");
        let [(first, first_path), (second, second_path)] = [pseudo_terminal(), pseudo_terminal()];
        let setup = |path: &str| {
            format!("link=serial:{path},{}; blockSize={BLOCK}; sendQueue=4096", self.settings)
                .parse()
                .unwrap()
        };
        let received = Arc::new(AtomicU64::new(0));
        let publisher = Link::new(&engine, LinkRole::Server, &setup(&first_path), Quiet).expect("a line");
        let counting = Counting(Arc::clone(&received));
        let subscriber =
            Link::new(&engine, LinkRole::Client, &setup(&second_path), counting).expect("a line");
        publisher.set_metadata(metadata(SIGNALS)).expect("room");
        subscriber.subscribe("", TimeForm::Ticks).expect("room");
        [&publisher, &subscriber].iter().for_each(|link| link.open().expect("room"));
        while [&publisher, &subscriber].iter().any(|link| link.info().address.is_empty()) {
            thread::sleep(Duration::from_millis(1));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let copies = [first.try_clone().unwrap(), second.try_clone().unwrap()];
        let [first_copy, second_copy] = copies;
        let carriers = [(first, second_copy), (second, first_copy)].map(|(from, to)| {
            let (stop, rate) = (Arc::clone(&stop), self.bytes_per_second);
            thread::spawn(move || carry(from, to, rate, &stop))
        });
        let mut begun: Option<(Instant, u64)> = None;
        let mut time = Ticks::UNIX_EPOCH.0;
        let mut first = 1;
        let start = Instant::now();
        let rate = loop {
            assert!(start.elapsed().as_secs_f64() < 120.0 + seconds, "nothing comes over the line");
            time += Ticks::PER_SECOND / i64::from(FRAMES_PER_SECOND);
            publisher.publish(&frame(first, Ticks(time))).expect("room");
            thread::sleep(Duration::from_secs(1) / FRAMES_PER_SECOND);
            let count = received.load(Ordering::Acquire);
            if count > 0 {
                first = SHORT + 1;
            }
            match begun {
                // Definitions, and what the terminals hold, have to be over.
                None if count > u64::from(10 * SIGNALS) => begun = Some((Instant::now(), count)),
                Some((at, before)) if at.elapsed().as_secs_f64() >= seconds => {
                    break (count - before) as f64 / at.elapsed().as_secs_f64();
                }
                _ => {}
            }
        };
        stop.store(true, Ordering::Release);
        carriers.into_iter().for_each(|carrier| carrier.join().expect("it carries"));
        rate
    }
}

/// Measurements of one time.
fn frame(first: u32, timestamp: Ticks) -> Vec<Measurement> {
    (first..=SIGNALS)
        .map(|number| Measurement {
            signal_id: Uuid::from_u128(number.into()),
            timestamp,
            value: f64::from(number) + 0.5,
            flags: StateFlags::empty(),
            signal_index: 0,
        })
        .collect()
}

/// Passes bytes on, each when the line would have sent it.
fn carry(mut from: File, mut to: File, bytes_per_second: f64, stop: &AtomicBool) {
    let mut free_at = Instant::now();
    let mut buffer = [0; 64];
    while !stop.load(Ordering::Acquire) {
        let looked_at = Instant::now();
        let is_readable = is_readable(&from);
        // The line has been idle; who wakes up late has not.
        if looked_at.elapsed() > Duration::from_micros(500) {
            free_at = free_at.max(Instant::now());
        }
        if !is_readable {
            continue;
        }
        let count = from.read(&mut buffer).expect("a terminal");
        free_at += Duration::from_secs_f64(count as f64 / bytes_per_second);
        thread::sleep(free_at.saturating_duration_since(Instant::now()));
        to.write_all(&buffer[..count]).expect("a terminal");
    }
}

struct Quiet;

impl LinkHandler for Quiet {}

struct Counting(Arc<AtomicU64>);

impl LinkHandler for Counting {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.fetch_add(measurements.len() as u64, Ordering::AcqRel);
    }
}
