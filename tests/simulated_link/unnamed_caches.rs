//! A publisher that does not say which signal index cache its packets refer to: no measurement is ever delivered as one
//! of another signal, and none is lost unless that cannot be known.
//!
//! `STTP_SEEDS=10000 cargo test --test simulated_link unnamed` plays so many seeds, `STTP_SEEDS=1000..2000` those from
//! 1000 to 1999.

use std::ops::Range;
use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriberCounters;
use sttp::wire::Version;

use crate::harness::{Network, OTHER_PUBLISHER, Pace, UnnamingPublisher, said_seeds, subscriber, wanting};

const USUAL_SEEDS: Range<u64> = 0..1_000;
/// Batches per second.
const RATES: [u64; 3] = [30, 120, 400];

/// What came of a run.
struct Run {
    counters: SubscriberCounters,
    sent: usize,
    delivered: usize,
    messages: Vec<String>,
}

/// How many signals each list has: often as many as before.
const LENGTHS: [usize; 5] = [1, 4, 4, 4, 9];
/// Always as many, so that no index tells anything.
const EQUAL: [usize; 1] = [4];

/// Subscribes again and again while measurements flow. `patient` ones let some measurements come of each subscription.
fn run(seed: u64, version: Version, compressed: bool, patient: bool, lengths: &[usize]) -> Run {
    let mut network = Network::new(seed, PublisherSettings::default(), 0..1);
    let rate = RATES[network.random.below(RATES.len())];
    let pace = Pace {
        interval: Duration::from_secs(1) / rate as u32,
        delay: Duration::from_millis([0, 1, 40][network.random.below(3)]),
        encoding: Duration::from_millis([0, 2, 50, 200][network.random.below(4)]),
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
        let count = lengths[network.random.below(lengths.len())];
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

/// A part of the seeds.
fn seeds(part: u64) -> Range<u64> {
    let Range { start, end } = said_seeds().unwrap_or(USUAL_SEEDS);
    start..start + end.saturating_sub(start).div_ceil(part)
}

#[test]
fn compact_measurements_are_of_their_signal_or_counted() {
    let mut undelivered = 0;
    for seed in seeds(2) {
        let version = [Version::V1, Version::V2, Version::V3][seed as usize % 3];
        let lengths = [&LENGTHS[..], &EQUAL][seed as usize / 3 % 2];
        let Run { counters, sent, delivered, messages } = run(seed, version, false, false, lengths);
        let lost = counters.measurements_unattributed as usize;
        assert_eq!(sent, delivered + lost, "seed {seed}: {counters:?}");
        assert_eq!(lost > 0, messages.iter().any(|text| text.contains("were not delivered")), "seed {seed}");
        undelivered += lost;
    }
    assert!(undelivered > 0);
}

#[test]
fn what_sequence_numbers_tell_is_not_lost() {
    for seed in seeds(4) {
        let version = [Version::V1, Version::V2, Version::V3][seed as usize % 3];
        let Run { counters, sent, delivered, messages } = run(seed, version, true, true, &LENGTHS);
        assert_eq!(sent, delivered, "seed {seed}: {counters:?} {messages:?}");
        let Run { counters, sent, delivered, .. } = run(seed, version, true, false, &EQUAL);
        let lost = counters.measurements_unattributed as usize;
        assert_eq!(sent, delivered + lost, "seed {seed}: {counters:?}");
    }
}

/// In version 1 the list comes after the change. All that can still be of the list before is what was being encoded.
#[test]
fn in_version_1_nothing_is_wrong_although_batches_come_late() {
    let mut undelivered = 0;
    for seed in seeds(4) {
        let run = run(seed, Version::V1, false, seed % 2 == 0, &EQUAL);
        let lost = run.counters.measurements_unattributed as usize;
        assert_eq!(run.sent, run.delivered + lost, "seed {seed}: {:?}", run.counters);
        undelivered += lost;
    }
    assert!(undelivered > 0);
}
