//! Recovery by real drivers: clocks that are wrong, and publishers behind publishers.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::engine::simulated::Simulation;
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::session::Severity;
use sttp::subscriber::{RecoverySettings, Subscriber, SubscriberHandler, SubscriberSettings};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

use crate::harness::{coming_back, quiet, wanting};
use crate::signals::{NOW, metadata, signal_id};

const SOURCE: SocketAddr = address(1);
const RELAY: SocketAddr = address(2);
const RIGHT: usize = 1;
const WRONG: usize = 2;
/// Time from frame to frame.
const FRAME: Duration = Duration::from_millis(100);

const fn address(host: u8) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::new(10, 3, 0, host)), 7165)
}

struct Silent;

impl PublisherHandler for Silent {}

/// What a subscriber got: how often each time of each signal.
#[derive(Default)]
struct Got {
    times: BTreeMap<(Uuid, i64), u32>,
    recovered: usize,
    messages: Vec<String>,
}

/// Remembers what comes, and publishes it again if it is a relay.
struct Receiver {
    got: Arc<Mutex<Got>>,
    relay: Option<Arc<Publisher>>,
}

impl Receiver {
    fn take(&mut self, measurements: &[Measurement]) {
        let mut got = self.got.lock().unwrap();
        for one in measurements {
            *got.times.entry((one.signal_id, one.timestamp.0)).or_default() += 1;
        }
        if let Some(relay) = &self.relay {
            relay.publish(measurements).unwrap();
        }
    }
}

impl SubscriberHandler for Receiver {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.take(measurements);
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.got.lock().unwrap().recovered += measurements.len();
        self.take(measurements);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        if severity <= Severity::Warning {
            self.got.lock().unwrap().messages.push(text.to_owned());
        }
    }
}

/// A source of two signals, and what it has sent.
struct Scene {
    source: Arc<Publisher>,
    sent: Vec<(Uuid, i64)>,
    offset: i64,
    wrong_first: bool,
    simulation: Simulation,
}

impl Scene {
    fn new(seed: u64, offset_seconds: i64, wrong_first: bool) -> Scene {
        println!("seed {seed}, offset {offset_seconds} s, wrong first: {wrong_first}");
        let simulation = Simulation::new(seed);
        simulation.set_utc(NOW);
        let source = publisher(&simulation, SOURCE);
        let offset = offset_seconds * Ticks::PER_SECOND;
        Scene { source, sent: Vec::new(), offset, wrong_first, simulation }
    }

    /// Publishes frames for a while, one signal after the other.
    fn publish_for(&mut self, span: Duration) {
        let end = self.simulation.elapsed() + span;
        while self.simulation.elapsed() < end {
            let now = self.simulation.utc().0;
            let mut rows = [(signal_id(RIGHT), now), (signal_id(WRONG), now + self.offset)];
            if self.wrong_first {
                rows.reverse();
            }
            rows.into_iter().for_each(|(signal_id, time)| self.publish(signal_id, time));
            self.simulation.run_for(FRAME);
        }
    }

    fn publish(&mut self, signal_id: Uuid, time: i64) {
        self.source.publish(&[measurement(signal_id, time)]).unwrap();
        self.sent.push((signal_id, time));
    }

    /// Cuts a link for a while; what is on its way is lost.
    fn cut_for(&mut self, span: Duration, one: SocketAddr, other: SocketAddr) {
        for (from, to) in [(one, other), (other, one)] {
            self.simulation.conditions(from.ip(), to.ip(), |way| way.unreachable = true);
        }
        self.simulation.cut(one.ip(), other.ip());
        self.publish_for(span);
        for (from, to) in [(one, other), (other, one)] {
            self.simulation.conditions(from.ip(), to.ip(), |way| way.unreachable = false);
        }
    }

    /// Everything that was sent after the first measurement that came, has come once.
    fn assert_complete(&self, got: &Mutex<Got>) {
        let got = got.lock().unwrap();
        assert!(got.recovered > 0, "nothing was recovered: {:?}", got.messages);
        let first = self.sent.iter().position(|one| got.times.contains_key(one)).unwrap();
        let wrong: Vec<_> =
            self.sent[first..].iter().filter(|one| got.times.get(*one).copied() != Some(1)).collect();
        let count = wrong.len();
        assert_eq!(count, 0, "did not come once, as {:?}: {:?}", wrong.first(), got.messages);
    }
}

fn publisher(simulation: &Simulation, address: SocketAddr) -> Arc<Publisher> {
    let engine = simulation.engine(address.ip(), NonZeroUsize::MIN);
    let publisher = Publisher::new(&engine, Silent);
    publisher.set_metadata(metadata([RIGHT, WRONG])).unwrap();
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(3600));
    publisher.start(&address.to_string(), settings).unwrap();
    Arc::new(publisher)
}

fn subscriber(
    simulation: &Simulation,
    host: SocketAddr,
    to: SocketAddr,
    delay: Duration,
    relay: Option<Arc<Publisher>>,
) -> (Subscriber, Arc<Mutex<Got>>) {
    let got = Arc::<Mutex<Got>>::default();
    let engine = simulation.engine(host.ip(), NonZeroUsize::MIN);
    let subscriber = Subscriber::new(&engine, Receiver { got: got.clone(), relay });
    subscriber.subscribe(wanting(&[RIGHT, WRONG])).unwrap();
    let recovery = RecoverySettings::default().enabled(true).start_delay(delay);
    let settings: SubscriberSettings = quiet().reconnect(coming_back()).recovery(recovery);
    subscriber.connect(&to.to_string(), settings).unwrap();
    (subscriber, got)
}

fn measurement(signal_id: Uuid, time: i64) -> Measurement {
    Measurement {
        signal_id,
        timestamp: Ticks(time),
        value: 60.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    }
}

#[test]
fn one_wrong_clock_loses_nobody_anything() {
    for (seed, offset) in [45, -3, -25_200, 315_360_000, 5, 0].into_iter().enumerate() {
        for wrong_first in [false, true] {
            for delay in [Duration::ZERO, Duration::from_secs(5)] {
                let mut scene = Scene::new(seed as u64, offset, wrong_first);
                let host = address(9);
                let (_subscriber, got) = subscriber(&scene.simulation, host, SOURCE, delay, None);
                scene.publish_for(Duration::from_secs(5));
                scene.cut_for(Duration::from_millis(2500), SOURCE, host);
                scene.publish_for(Duration::from_secs(10));
                scene.cut_for(Duration::from_secs(70), SOURCE, host);
                scene.publish_for(Duration::from_secs(20));
                scene.simulation.run_for(Duration::from_secs(30));
                scene.assert_complete(&got);
                let got = got.lock().unwrap();
                let given_up: Vec<_> = got.messages.iter().filter(|text| text.contains("Gave up")).collect();
                assert!(given_up.is_empty(), "{given_up:?}");
            }
        }
    }
}

/// What a relay recovered from its source is recovered from the relay, though the relay has it later than what is
/// newer.
#[test]
fn what_a_relay_recovered_can_be_recovered_from_it() {
    for (seed, offset) in [0, 45, -25_200].into_iter().enumerate() {
        relay_misses(seed as u64, offset, Duration::from_secs(2), Duration::from_secs(30));
    }
}

/// The same for a moment that begins when the connection of the relay's subscriber is lost, too.
#[test]
fn what_a_relay_missed_for_a_moment_can_be_recovered_from_it() {
    for (seed, offset) in [0, 45, -25_200].into_iter().enumerate() {
        relay_misses(seed as u64, offset, Duration::ZERO, Duration::from_millis(500));
    }
}

/// A relay misses something for a while, gets it, and is cut off from its subscriber meanwhile, and some time before.
fn relay_misses(seed: u64, offset: i64, before: Duration, span: Duration) {
    let mut scene = Scene::new(seed, offset, false);
    let relay = publisher(&scene.simulation, RELAY);
    let delay = Duration::from_secs(2);
    let (_middle, got_by_relay) = subscriber(&scene.simulation, RELAY, SOURCE, delay, Some(relay.clone()));
    let last = address(9);
    let (_end, got) = subscriber(&scene.simulation, last, RELAY, Duration::from_secs(20), None);
    scene.publish_for(Duration::from_secs(5));
    for (from, to) in [(RELAY, last), (last, RELAY)] {
        scene.simulation.conditions(from.ip(), to.ip(), |way| way.unreachable = true);
    }
    scene.simulation.cut(RELAY.ip(), last.ip());
    scene.publish_for(before);
    scene.cut_for(span, SOURCE, RELAY);
    scene.publish_for(Duration::from_secs(15));
    for (from, to) in [(RELAY, last), (last, RELAY)] {
        scene.simulation.conditions(from.ip(), to.ip(), |way| way.unreachable = false);
    }
    scene.publish_for(Duration::from_secs(60));
    scene.simulation.run_for(Duration::from_secs(30));
    scene.assert_complete(&got_by_relay);
    scene.assert_complete(&got);
}

/// Measurements of a signal may come a little out of order, also those that come first after a loss.
#[test]
fn what_comes_out_of_order_after_a_loss_hides_nothing_of_it() {
    for (seed, back) in [2, 1_000, 2_500_000].into_iter().enumerate() {
        for delay in [Duration::ZERO, Duration::from_secs(5)] {
            let mut scene = Scene::new(seed as u64, 0, false);
            let host = address(9);
            let (_subscriber, got) = subscriber(&scene.simulation, host, SOURCE, delay, None);
            scene.publish_for(Duration::from_secs(5));
            scene.cut_for(Duration::from_millis(500), SOURCE, host);
            let (_, newest) = *scene.sent.last().unwrap();
            scene.simulation.run_for(Duration::from_secs(3));
            let next = newest + 1_000_000;
            for time in [next, next - back, next - back / 2] {
                scene.publish(signal_id(RIGHT), time);
            }
            scene.publish_for(Duration::from_secs(20));
            scene.simulation.run_for(Duration::from_secs(30));
            scene.assert_complete(&got);
        }
    }
}
