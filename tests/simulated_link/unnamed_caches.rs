//! A publisher that does not say which signal index cache its packets refer to: no measurement is ever delivered as one
//! of another signal, and none is lost unless that cannot be known.
//!
//! `STTP_SEEDS=10000 cargo test --test simulated_link unnamed` plays so many seeds.

use std::env;
use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriberCounters;
use sttp::wire::Version;

use crate::harness::{Network, OTHER_PUBLISHER, Pace, UnnamingPublisher, subscriber, wanting};

const SEEDS: u64 = 1_000;
/// Batches per second.
const RATES: [u64; 3] = [30, 120, 400];

/// What came of a run.
struct Run {
    counters: SubscriberCounters,
    sent: usize,
    delivered: usize,
    messages: Vec<String>,
}

/// Subscribes again and again while measurements flow. `patient` ones let some measurements come of each subscription.
fn run(seed: u64, version: Version, compressed: bool, patient: bool) -> Run {
    let mut network = Network::new(seed, PublisherSettings::default(), 0..1);
    let rate = RATES[network.random.below(RATES.len())];
    let pace = Pace {
        interval: Duration::from_secs(1) / rate as u32,
        delay: Duration::from_millis([0, 1, 40][network.random.below(3)]),
        encoding: match version {
            // Its place in the stream tells nothing of a packet that was being encoded.
            Version::V1 if !compressed => Duration::ZERO,
            _ => Duration::from_millis([0, 2, 50, 200][network.random.below(4)]),
        },
    };
    let mut publisher = UnnamingPublisher::new(&mut network, version, compressed, pace);
    let peer = network.add();
    let settings = subscriber(|settings| {
        (settings.version, settings.compress_payload) = (version, compressed);
    });
    network.peers[peer].subscriber.connect(&OTHER_PUBLISHER.to_string(), settings).unwrap();
    if network.random.below(2) == 0 {
        let delay = Duration::from_millis(network.random.below(30) as u64);
        network.simulation.usual_conditions(|way| way.delay = delay);
    }
    let mut wanted = Vec::new();
    for _ in 0..3 {
        // Often as many signals as before.
        let count = [1, 4, 4, 4, 9][network.random.below(5)];
        let mut all: Vec<usize> = (0..16).collect();
        for place in 0..count {
            let other = place + network.random.below(16 - place);
            all.swap(place, other);
        }
        wanted = all[..count].to_vec();
        network.peers[peer].subscriber.subscribe(wanting(&wanted)).unwrap();
        let milliseconds = if patient { 900 } else { [0, 5, 50, 300][network.random.below(4)] };
        publisher.run_for(&mut network, Duration::from_millis(milliseconds));
    }
    // The changes that wait still need their time, but not so many batches.
    publisher.slow_down();
    publisher.run_for(&mut network, Duration::from_millis(2_500));
    let last = network.published.next_number();
    publisher.run_for(&mut network, Duration::from_millis(300));
    publisher.finish(&mut network);
    let received = &network.peers[peer].received;
    let expected = network.published.numbers_of(&wanted, last);
    let end: Vec<usize> = received.numbers.iter().copied().filter(|number| *number >= last).collect();
    assert_eq!(end, expected, "seed {seed}: the last subscription is complete");
    assert!(publisher.sent.iter().is_sorted());
    Run {
        counters: network.peers[peer].subscriber.statistics(),
        sent: publisher.sent.len(),
        delivered: received.numbers.len(),
        messages: received.messages.clone(),
    }
}

fn seeds() -> u64 {
    env::var("STTP_SEEDS").map_or(SEEDS, |text| text.parse().expect("STTP_SEEDS is a number"))
}

#[test]
fn compact_measurements_are_of_their_signal_or_counted() {
    let mut undelivered = 0;
    for seed in 0..seeds() / 2 {
        let version = [Version::V2, Version::V3][seed as usize % 2];
        let Run { counters, sent, delivered, messages } = run(seed, version, false, false);
        let lost = counters.measurements_unattributed as usize;
        assert_eq!(sent, delivered + lost, "seed {seed}: {counters:?}");
        assert_eq!(lost > 0, messages.iter().any(|text| text.contains("were not delivered")), "seed {seed}");
        undelivered += lost;
    }
    assert!(undelivered > 0);
}

#[test]
fn what_sequence_numbers_tell_is_not_lost() {
    for seed in 0..seeds() / 4 {
        let version = [Version::V1, Version::V2, Version::V3][seed as usize % 3];
        let Run { counters, sent, delivered, messages } = run(seed, version, true, true);
        assert_eq!(sent, delivered, "seed {seed}: {counters:?} {messages:?}");
        let Run { counters, sent, delivered, .. } = run(seed, version, true, false);
        let lost = counters.measurements_unattributed as usize;
        assert_eq!(sent, delivered + lost, "seed {seed}: {counters:?}");
    }
}

#[test]
fn what_the_place_in_the_stream_tells_is_not_lost() {
    for seed in 0..seeds() / 4 {
        let Run { counters, sent, delivered, messages } = run(seed, Version::V1, false, false);
        assert_eq!(sent, delivered, "seed {seed}: {counters:?} {messages:?}");
    }
}
