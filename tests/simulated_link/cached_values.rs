//! The latest values, which a publisher sends to those who subscribe.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::engine::simulated::Simulation;
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
use sttp::{Measurement, StateFlags, Ticks};

use crate::harness::{all_forms, quiet, wanting};
use crate::signals::{NOW, metadata, signal_id};

const PUBLISHER: SocketAddr = address(1);

const fn address(host: u8) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 4, 0, host)), 7165)
}

struct Silent;

impl PublisherHandler for Silent {}

type Got = Arc<Mutex<Vec<Measurement>>>;

struct Receiver(Got);

impl SubscriberHandler for Receiver {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.lock().unwrap().extend_from_slice(measurements);
    }
}

/// A publisher of some signals, and who has subscribed.
struct Scene {
    publisher: Publisher,
    subscribers: Vec<Subscriber>,
    simulation: Simulation,
}

impl Scene {
    fn new(loops: usize, settings: PublisherSettings) -> Scene {
        let simulation = Simulation::new(loops as u64);
        simulation.set_utc(NOW);
        let engine = simulation.engine(PUBLISHER.ip(), NonZeroUsize::new(loops).unwrap());
        let publisher = Publisher::new(&engine, Silent);
        publisher.set_metadata(metadata(0..4)).unwrap();
        publisher.start(&PUBLISHER.to_string(), settings).unwrap();
        Scene { publisher, subscribers: Vec::new(), simulation }
    }

    fn publish(&mut self, signal: usize, value: f64) {
        let (signal_id, timestamp) = (signal_id(signal), self.simulation.utc());
        let flags = StateFlags::SUSPECT_DATA;
        self.publisher
            .publish(&[Measurement { signal_id, timestamp, value, flags, signal_index: 0 }])
            .unwrap();
        self.simulation.run_for(Duration::from_millis(50));
    }

    fn subscribe(&mut self, settings: SubscriberSettings, signals: &[usize], throttled: bool) -> Got {
        let got = Got::default();
        let host = address(10 + self.subscribers.len() as u8);
        let engine = self.simulation.engine(host.ip(), NonZeroUsize::MIN);
        let subscriber = Subscriber::new(&engine, Receiver(got.clone()));
        let mut options = wanting(signals);
        (options.throttled, options.publish_interval) = (throttled, Duration::from_secs(100));
        subscriber.subscribe(options).unwrap();
        subscriber.connect(&PUBLISHER.to_string(), settings).unwrap();
        self.subscribers.push(subscriber);
        self.simulation.run_for(Duration::from_secs(2));
        got
    }
}

/// Signal, value, and whether it is marked.
fn told(got: &Got, signals: &[usize]) -> Vec<(usize, f64, bool)> {
    let is_late = |one: &Measurement| one.flags.contains(StateFlags::LATE_TIME_ALARM);
    let number =
        |one: &Measurement| *signals.iter().find(|signal| signal_id(**signal) == one.signal_id).unwrap();
    got.lock().unwrap().iter().map(|one| (number(one), one.value, is_late(one))).collect()
}

fn keeping() -> PublisherSettings {
    PublisherSettings::default().cached_values(true)
}

#[test]
fn whoever_subscribes_gets_the_latest_values_first() {
    for loops in [1, 2] {
        for form in all_forms() {
            let mut scene = Scene::new(loops, keeping());
            for (signal, value) in [(0, 1.0), (1, 2.0), (2, 3.0), (1, 4.0)] {
                scene.publish(signal, value);
            }
            // Signal 3 has no value yet, and signal 0 is not asked for.
            let old = scene.subscribe(form.clone(), &[1, 2, 3], false);
            assert_eq!(told(&old, &[1, 2, 3]), [(1, 4.0, true), (2, 3.0, true)]);
            scene.publish(1, 5.0);
            let newcomer = scene.subscribe(form.clone(), &[1, 2, 3], false);
            scene.publish(3, 6.0);
            assert_eq!(told(&newcomer, &[1, 2, 3]), [(1, 5.0, true), (2, 3.0, true), (3, 6.0, false)]);
            // Nobody gets them for another one.
            assert_eq!(told(&old, &[1, 2, 3])[2..], [(1, 5.0, false), (3, 6.0, false)]);
            let flags = newcomer.lock().unwrap()[0].flags;
            assert!(flags.contains(StateFlags::SUSPECT_DATA), "{flags:?}");
        }
    }
}

#[test]
fn other_metadata_and_other_signals() {
    let mut scene = Scene::new(1, keeping());
    for (signal, value) in [(0, 1.0), (1, 2.0), (2, 3.0)] {
        scene.publish(signal, value);
    }
    // Signal 1 has another row, signal 0 none.
    scene.publisher.set_metadata(metadata([3, 2, 1])).unwrap();
    scene.simulation.run_for(Duration::from_secs(1));
    let got = scene.subscribe(quiet(), &[1, 3], false);
    assert_eq!(told(&got, &[1, 3]), [(1, 2.0, true)]);
    scene.publish(3, 4.0);
    // Other metadata are no subscription.
    scene.publisher.set_metadata(metadata([1, 2, 3])).unwrap();
    scene.simulation.run_for(Duration::from_secs(1));
    assert_eq!(told(&got, &[1, 3]), [(1, 2.0, true), (3, 4.0, false)]);
    scene.subscribers[0].subscribe(wanting(&[2, 3])).unwrap();
    scene.simulation.run_for(Duration::from_secs(2));
    let mut after = told(&got, &[1, 2, 3]).split_off(2);
    after.sort_by_key(|one| one.0);
    assert_eq!(after, [(2, 3.0, true), (3, 4.0, true)]);
}

#[test]
fn throttled_subscribers_get_them_at_once_and_without_the_setting_nobody_does() {
    let mut scene = Scene::new(1, keeping());
    scene.publish(1, 1.0);
    let got = scene.subscribe(quiet(), &[1], true);
    assert_eq!(told(&got, &[1]), [(1, 1.0, true)]);
    drop(scene);

    let mut scene = Scene::new(1, PublisherSettings::default());
    scene.publish(1, 1.0);
    let got = scene.subscribe(quiet(), &[1], false);
    assert_eq!(told(&got, &[1]), []);
}

#[test]
fn times_are_those_of_the_values() {
    let mut scene = Scene::new(1, keeping());
    scene.publish(1, 1.0);
    let published = scene.simulation.utc();
    scene.simulation.run_for(Duration::from_secs(60));
    let got = scene.subscribe(quiet(), &[1], false);
    let Ticks(time) = got.lock().unwrap()[0].timestamp;
    assert!(published.0 - time < Ticks::PER_SECOND, "{time}");
}
