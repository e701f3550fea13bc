//! Recovery of what was missed while the connection was lost, behind a proxy that cuts connections.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::publisher::{Overflow, Publisher, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{RecoverySettings, Subscriber, SubscriberHandler};
use sttp::{Measurement, StateFlags, Ticks};

use crate::patience::{PATIENCE, SLOWNESS};
use crate::{idle_publisher, quick_reconnects};

const START: i64 = 639_028_224_000_000_000;
/// Time between two frames of measurements.
const STEP: i64 = 33 * Ticks::PER_MILLISECOND;
/// Measurements that are published, at least, while connections are cut.
const MEASUREMENTS: usize = 1_000_000 / SLOWNESS;
/// Gaps that there are in the end, at least.
const GAPS: u64 = 6;

/// Forwards connections to a publisher until they are cut; what is on its way then is lost.
struct Proxy {
    address: SocketAddr,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn new(publisher: SocketAddr) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let accepted = open.clone();
        thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(publisher)) else { return };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    accepted.lock().unwrap().push(from.try_clone().unwrap());
                    thread::spawn(move || forward(from, to));
                }
            }
        });
        Proxy { address, open }
    }

    fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 4096];
    let mut pass = || -> io::Result<bool> {
        let count = from.read(&mut buffer)?;
        to.write_all(&buffer[..count])?;
        Ok(count > 0)
    };
    while pass().unwrap_or(false) {}
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// How often each measurement came, by its frame and the row of its signal in the metadata.
#[derive(Default)]
struct Tally {
    signals: Vec<uuid::Uuid>,
    live: Vec<u8>,
    recovered: Vec<u8>,
    total: usize,
}

impl Tally {
    fn count(&mut self, measurements: &[Measurement], recovered: bool) {
        for measurement in measurements {
            let frame = ((measurement.timestamp.0 - START) / STEP) as usize;
            let row = self.signals.iter().position(|id| *id == measurement.signal_id).unwrap();
            let number = frame * self.signals.len() + row;
            assert_eq!(measurement.value, number as f32 as f64);
            let counts = if recovered { &mut self.recovered } else { &mut self.live };
            counts.resize(counts.len().max(number + 1), 0);
            counts[number] += 1;
            self.total += 1;
        }
    }
}

struct Counter(Arc<Mutex<Tally>>);

impl SubscriberHandler for Counter {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.lock().unwrap().count(measurements, false);
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.0.lock().unwrap().count(measurements, true);
    }
}

/// Publishes the measurements of all signals for some frames.
fn publish(publisher: &Publisher, signals: &[uuid::Uuid], frames: std::ops::Range<usize>) {
    let measurements: Vec<Measurement> = frames
        .flat_map(|frame| signals.iter().enumerate().map(move |(row, id)| (frame, row, *id)))
        .map(|(frame, row, signal_id)| Measurement {
            signal_id,
            timestamp: Ticks(START + frame as i64 * STEP),
            value: (frame * signals.len() + row) as f64,
            flags: StateFlags::empty(),
            signal_index: 0,
        })
        .collect();
    publisher.publish(&measurements).unwrap();
}

#[test]
fn everything_is_delivered_once_although_the_link_breaks_again_and_again() {
    let engine = Engine::new().unwrap();
    let (publisher, _) = idle_publisher(&engine);
    let settings = PublisherSettings::default()
        .overflow(Overflow::Wait { timeout: None })
        .history_duration(Duration::from_secs(3600));
    publisher.start("127.0.0.1:0", settings).unwrap();
    let proxy = Proxy::new(publisher.address().unwrap());
    let sample = sttp::metadata::Metadata::new(sttp::metadata::DataSet::sample().unwrap());
    let signals: Vec<_> = sample.measurements().filter_map(|row| row.signal_id()).collect();

    let tally = Arc::new(Mutex::new(Tally { signals: signals.clone(), ..Tally::default() }));
    let subscriber = Subscriber::new(&engine, Counter(tally.clone()));
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    let recovery = RecoverySettings::default()
        .enabled(true)
        .start_delay(Duration::ZERO)
        .start_buffer(Duration::from_secs(1))
        .end_buffer(Duration::from_secs(1));
    let settings = quick_reconnects().recovery(recovery);
    subscriber.connect(&proxy.address.to_string(), settings).unwrap();

    // A gap can only be told from the beginning once something was received.
    let deadline = Instant::now() + PATIENCE;
    let mut frames = 0;
    let mut first_received = None;
    while first_received.is_none() {
        assert!(Instant::now() < deadline, "nothing was received");
        publish(&publisher, &signals, frames..frames + 1);
        frames += 1;
        thread::sleep(Duration::from_millis(5));
        first_received = tally.lock().unwrap().live.iter().position(|count| *count > 0);
    }
    let first = first_received.unwrap() / signals.len() * signals.len();

    let deadline = Instant::now() + 3 * PATIENCE;
    let mut next_cut = Instant::now();
    while frames * signals.len() < MEASUREMENTS || subscriber.statistics().gaps < GAPS {
        assert!(Instant::now() < deadline, "{:?}", subscriber.statistics());
        publish(&publisher, &signals, frames..frames + 10);
        frames += 10;
        if Instant::now() >= next_cut {
            proxy.cut();
            next_cut = Instant::now() + Duration::from_millis(60) * SLOWNESS as u32;
        }
        thread::sleep(Duration::from_millis(2));
    }
    // A gap ends with the first live measurement after it.
    let deadline = Instant::now() + 3 * PATIENCE;
    let everything = |frames: usize| frames * signals.len() - first;
    while tally.lock().unwrap().total < everything(frames) {
        assert!(Instant::now() < deadline, "{:?}", subscriber.statistics());
        publish(&publisher, &signals, frames..frames + 1);
        frames += 1;
        publisher.flush(Some(PATIENCE)).unwrap();
        thread::sleep(Duration::from_millis(50));
    }
    let tally = tally.lock().unwrap();
    let count = |counts: &[u8], number| counts.get(number).copied().unwrap_or_default();
    for number in first..frames * signals.len() {
        let (live, recovered) = (count(&tally.live, number), count(&tally.recovered, number));
        assert_eq!(
            live + recovered,
            1,
            "measurement {number}: {live} times live, {recovered} times recovered"
        );
    }
    let statistics = subscriber.statistics();
    let recovered: u64 = tally.recovered.iter().map(|count| u64::from(*count)).sum();
    assert!(recovered > 0, "{statistics:?}");
    assert_eq!(statistics.measurements_recovered, recovered);
    assert_eq!(statistics.gaps_abandoned, 0);
}
