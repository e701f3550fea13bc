//! Several publishers, each with signals of its own, which end and start again with others in other rows, and
//! subscribers that want all signals of whichever publisher they are connected to, and move from one to another.
//!
//! Whatever the seed: a measurement comes under the signal that its publisher has published it for, from the publisher
//! that the subscriber is connected to, once and in order; and once everybody is well again, all of them come.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::engine::Engine;
use sttp::engine::simulated::{Random, Simulation, as_host};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriptionOptions};
use sttp::wire::Version;
use sttp::{Measurement, StateFlags};
use uuid::Uuid;

use super::play;
use crate::harness::{coming_back, held_by, subscriber};
use crate::signals::{NOW, metadata, signal_id};

const PORT: u16 = 7165;
/// A name that stands for all publishers.
const ANY: &str = "publishers";
/// Signals of each publisher.
const SIGNALS: usize = 6;
/// Measurements of each publisher have their numbers as values, from here on times the publisher's number.
const FIRST_NUMBER: usize = 1 << 20;

#[test]
fn publishers_are_not_taken_for_one_another_whatever_the_seed() {
    play(0..60, run);
}

struct Quiet;

impl PublisherHandler for Quiet {}

/// A publisher, as often as it starts.
struct Place {
    number: usize,
    host: IpAddr,
    engine: Engine,
    publisher: Option<Publisher>,
    /// Signal of each row.
    rows: Vec<usize>,
    /// Signal of each measurement.
    published: Vec<usize>,
}

impl Place {
    fn new(simulation: &Simulation, number: usize, random: &mut Random) -> Place {
        let host = IpAddr::from([10, 0, 0, 1 + number as u8]);
        let engine = simulation.engine(host, NonZeroUsize::new(1 + random.below(2)).unwrap());
        let mut place =
            Place { number, host, engine, publisher: None, rows: Vec::new(), published: Vec::new() };
        place.start(random);
        place
    }

    fn address(&self) -> String {
        SocketAddr::new(self.host, PORT).to_string()
    }

    /// Starts with some of its signals, in any order.
    fn start(&mut self, random: &mut Random) {
        self.rows = (0..SIGNALS).map(|signal| 100 * self.number + signal).collect();
        for row in (1..SIGNALS).rev() {
            self.rows.swap(row, random.below(row + 1));
        }
        self.rows.truncate(SIGNALS - random.below(3));
        self.publisher = Some(as_host(Some(self.host), || {
            let publisher = Publisher::new(&self.engine, Quiet);
            publisher.set_metadata(metadata(self.rows.iter().copied())).unwrap();
            publisher.start(&self.address(), PublisherSettings::default()).unwrap();
            publisher
        }));
    }

    fn publish(&mut self, count: usize, random: &mut Random) {
        let Some(publisher) = &self.publisher else { return };
        let measurements: Vec<Measurement> = (0..count)
            .map(|_| {
                let row = random.below(self.rows.len());
                let number = self.published.len();
                self.published.push(self.rows[row]);
                Measurement {
                    signal_id: signal_id(self.rows[row]),
                    timestamp: NOW,
                    value: (self.number * FIRST_NUMBER + number) as f64,
                    flags: StateFlags::empty(),
                    signal_index: row as u32,
                }
            })
            .collect();
        as_host(Some(self.host), || publisher.publish_indexed(&measurements)).unwrap();
    }
}

/// What a subscriber was told: to whom it is connected, and signal and value of measurements.
enum Told {
    Connected(IpAddr),
    Measurement(Uuid, f64),
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Told>>>);

impl SubscriberHandler for Log {
    fn connected(&mut self, address: &str) {
        let address: SocketAddr = address.parse().unwrap();
        as_host(None, || self.0.lock().unwrap().push(Told::Connected(address.ip())));
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        let told = measurements.iter().map(|one| Told::Measurement(one.signal_id, one.value));
        as_host(None, || self.0.lock().unwrap().extend(told));
    }
}

struct Mover {
    host: IpAddr,
    subscriber: Subscriber,
    log: Log,
    /// Number of the publisher that it is connected to, and those of the measurements that came since.
    at: Option<usize>,
    numbers: Vec<usize>,
}

impl Mover {
    fn new(simulation: &Simulation, number: usize, places: &[Place], random: &mut Random) -> Mover {
        let host = IpAddr::from([10, 1, 0, 1 + number as u8]);
        let engine = simulation.engine(host, NonZeroUsize::MIN);
        let log = Log::default();
        let subscriber = Subscriber::new(&engine, log.clone());
        let everything =
            SubscriptionOptions::default().filter("FILTER ActiveMeasurements WHERE True".to_owned());
        subscriber.subscribe(everything).unwrap();
        let mover = Mover { host, subscriber, log, at: None, numbers: Vec::new() };
        mover.connect(places, random);
        mover
    }

    /// Connects to one of the publishers, or to whichever can be had.
    fn connect(&self, places: &[Place], random: &mut Random) {
        let settings = subscriber(|settings| {
            settings.version = [Version::V1, Version::V2, Version::V3][random.below(3)];
            settings.compress_payload = random.below(2) == 0;
            settings.request_metadata = random.below(2) == 0;
            settings.reconnect = coming_back();
        });
        let address = match random.below(3) {
            0 => format!("{ANY}:{PORT}"),
            _ => places[random.below(places.len())].address(),
        };
        self.subscriber.connect(&address, settings).unwrap();
    }

    /// Compares what came with what was published.
    fn look(&mut self, places: &[Place]) {
        for told in std::mem::take(&mut *self.log.0.lock().unwrap()) {
            match told {
                Told::Connected(host) => {
                    self.at = places.iter().position(|place| place.host == host);
                    self.numbers.clear();
                }
                Told::Measurement(signal, value) => {
                    let (place, number) = (value as usize / FIRST_NUMBER, value as usize % FIRST_NUMBER);
                    assert_eq!(self.at, Some(place), "a measurement of a publisher it is not connected to");
                    assert_eq!(
                        signal,
                        signal_id(places[place].published[number]),
                        "measurement {number} of {place}"
                    );
                    assert!(self.numbers.last().is_none_or(|last| *last < number), "{number} is repeated");
                    self.numbers.push(number);
                }
            }
        }
    }
}

fn run(seed: u64) {
    println!("seed {seed}");
    let simulation = Simulation::new(seed);
    simulation.set_utc(NOW);
    let mut random = Random::new(seed);
    let mut places: Vec<Place> =
        (0..2 + random.below(2)).map(|number| Place::new(&simulation, number, &mut random)).collect();
    let hosts: Vec<IpAddr> = places.iter().map(|place| place.host).collect();
    simulation.name(ANY, &hosts);
    let mut movers: Vec<Mover> = (0..2 + random.below(3))
        .map(|number| Mover::new(&simulation, number, &places, &mut random))
        .collect();
    let all_hosts: Vec<IpAddr> = hosts.iter().copied().chain(movers.iter().map(|mover| mover.host)).collect();
    for _ in 0..3 {
        for _ in 0..100 {
            let mover = &movers[random.below(movers.len())];
            let place = &mut places[random.below(hosts.len())];
            match random.below(30) {
                0 => simulation.cut(place.host, mover.host),
                1 => simulation.conditions(place.host, mover.host, |way| way.stalled = !way.stalled),
                2 => simulation.conditions(place.host, mover.host, |way| way.unreachable = !way.unreachable),
                3 | 4 => {
                    mover.subscriber.disconnect().unwrap();
                    simulation.run_for(Duration::from_millis(random.below(50) as u64));
                    mover.connect(&places, &mut random);
                }
                // With the port free at once, as a process that ends and is started again.
                5 | 6 => {
                    place.publisher = None;
                    if random.below(2) == 0 {
                        place.start(&mut random);
                    }
                }
                7 if place.publisher.is_none() => place.start(&mut random),
                _ => {}
            }
            let count = random.below(50);
            places.iter_mut().for_each(|place| place.publish(count, &mut random));
            simulation.run_for(Duration::from_millis(random.below(20) as u64));
            movers.iter_mut().for_each(|mover| mover.look(&places));
        }
        for (one, other) in all_hosts.iter().flat_map(|one| all_hosts.iter().map(move |other| (one, other))) {
            simulation.conditions(*one, *other, |way| *way = Default::default());
        }
        places
            .iter_mut()
            .filter(|place| place.publisher.is_none())
            .for_each(|place| place.start(&mut random));
        simulation.run_for(Duration::from_secs(80));
        let first: Vec<usize> = places.iter().map(|place| place.published.len()).collect();
        places.iter_mut().for_each(|place| place.publish(100, &mut random));
        simulation.run_for(Duration::from_secs(2));
        for (number, mover) in movers.iter_mut().enumerate() {
            mover.look(&places);
            let at = mover.at.unwrap_or_else(|| panic!("subscriber {number} is not connected, seed {seed}"));
            let got: Vec<usize> =
                mover.numbers.iter().copied().filter(|number| *number >= first[at]).collect();
            let all: Vec<usize> = (first[at]..places[at].published.len()).collect();
            assert_eq!(got, all, "subscriber {number} of publisher {at}, seed {seed}");
        }
    }
    drop((places, movers));
    drop(simulation);
    let left: Vec<usize> = all_hosts.into_iter().map(held_by).collect();
    assert!(left.iter().all(|held| *held == 0), "all is over, and left are {left:?} bytes, seed {seed}");
}
