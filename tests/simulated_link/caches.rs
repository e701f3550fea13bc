//! Signal index caches that the subscriber confirms late or never, and odd ones.

use std::time::Duration;

use sttp::codec::SignalIndexCache;
use sttp::publisher::PublisherSettings;
use sttp::wire::frame::response_frame;
use sttp::wire::{Command, Response, TextEncoding};

use crate::harness::{Network, OTHER_PUBLISHER, PublisherTold, held_by, quiet, wanting};
use crate::signals::signal_id;

#[test]
fn nothing_is_published_before_the_confirmation() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[0, 1]);
    // The subscription reaches the publisher, its answer does not reach the subscriber.
    network.towards_subscriber(peer, |way| way.stalled = true);
    for _ in 0..200 {
        network.publish(50);
        network.step();
    }
    assert!(!network.info(peer).subscribed);
    assert_eq!(network.info(peer).counters.measurements_dropped, 0);
    assert!(!network.events.iter().any(|event| matches!(event, PublisherTold::Subscribed(_))));
    network.towards_subscriber(peer, |way| way.stalled = false);
    network.settle();
    let first = network.published.next_number();
    network.publish(50);
    network.settle();
    network.assert_received_since(peer, &[0, 1], first);
}

#[test]
fn while_a_new_cache_is_not_confirmed_the_old_one_serves() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[0, 1]);
    network.settle();
    network.towards_publisher(peer, |way| way.delay = Duration::from_secs(2));
    for signals in [[2, 3], [3, 1], [1, 2]] {
        network.subscribe(peer, &signals);
        for _ in 0..20 {
            network.publish(20);
            network.step();
        }
    }
    network.settle();
    let first = network.published.next_number();
    network.publish(50);
    network.settle();
    network.assert_received_since(peer, &[1, 2], first);
    // Signal 1 left the subscription for a while only with the cache of the signals 2 and 3.
    assert_eq!(network.peers[peer].subscriber.statistics().measurements_dropped, 0);
}

#[test]
fn caches_are_announced_without_measurements_too() {
    let mut network = Network::new(3, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[0, 1]);
    network.settle();
    assert_eq!(network.peers[peer].received.caches.len(), 1);
    network.subscribe(peer, &[2, 3]);
    network.settle();
    network.run_for(Duration::from_secs(6));
    let generations: Vec<u32> =
        network.peers[peer].received.caches.iter().map(|(generation, _)| *generation).collect();
    assert_eq!(generations, [1, 2]);
}

/// As a publisher may send it, or somebody on the way who changes a length.
#[test]
fn a_gap_between_two_indexes_takes_no_memory() {
    let mut network = Network::new(4, PublisherSettings::default(), 0..1);
    let listener = network.simulation.listen(OTHER_PUBLISHER).unwrap();
    let peer = network.add();
    let subscriber = &network.peers[peer].subscriber;
    subscriber.subscribe(wanting(&[0, 1])).unwrap();
    subscriber.connect(&OTHER_PUBLISHER.to_string(), quiet()).unwrap();
    network.settle();
    let connection = listener.accept().unwrap();
    let (ids, gap) = ([signal_id(0), signal_id(1)], 65_535_u32);
    let mut cache = SignalIndexCache::default();
    ids.iter().for_each(|id| cache.push(*id, "", 1));
    let mut cache = cache.encode(TextEncoding::Utf8);
    // Behind the head, and the record of the first signal.
    cache[24 + 32..][..4].copy_from_slice(&gap.to_be_bytes());
    let before = held_by(network.peers[peer].host);
    let mut sent = 0;
    for slot in [0, 1] {
        let payload = [&[slot], &cache[..]].concat();
        let frame = response_frame(Response::UpdateSignalIndexCache, Command::Subscribe.code(), &payload);
        sent += frame.len();
        let mut rest = &frame[..];
        while !rest.is_empty() {
            rest = &rest[connection.write(rest).unwrap()..];
            network.settle();
        }
    }
    let (generation, known) = network.peers[peer].received.caches.first().expect("the cache is told");
    assert_eq!((*generation, known.records()[1].signal_index), (1, gap));
    let held = held_by(network.peers[peer].host) - before;
    assert!(held <= 16 << 10, "{held} bytes are held for {sent}");
}
