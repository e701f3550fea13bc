//! Throttled subscriptions: the latest value of every signal, once per interval.

use std::collections::BTreeMap;
use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriberSettings;
use sttp::subscriber::SubscriptionOptions;

use crate::harness::{Network, all_forms};
use crate::signals::filter;

const SIGNALS: [usize; 4] = [1, 2, 4, 5];
const INTERVAL: Duration = Duration::from_millis(200);

fn options(throttled: bool) -> SubscriptionOptions {
    let (filter, publish_interval) = (filter(SIGNALS), INTERVAL);
    SubscriptionOptions::default().filter(filter).throttled(throttled).publish_interval(publish_interval)
}

fn connect(network: &mut Network, form: SubscriberSettings, throttled: bool) -> usize {
    let peer = network.connect(form);
    network.subscribe_with(peer, options(throttled));
    peer
}

/// Number of the latest measurement of each signal.
fn latest(network: &Network) -> Vec<usize> {
    let numbers = SIGNALS.iter().filter_map(|signal| network.published.numbers_of(&[*signal], 0).pop());
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// The sets that a peer got: with these few signals one in each packet.
fn sets(network: &Network, peer: usize) -> Vec<Vec<usize>> {
    let received = &network.peers[peer].received;
    let mut numbers = received.numbers.iter().copied();
    received.packets.iter().map(|count| numbers.by_ref().take(*count).collect()).collect()
}

/// Checks that every set has one measurement of each signal, none older than in the set before.
fn assert_sets_advance(network: &Network, peer: usize) {
    let mut newest: BTreeMap<usize, usize> = BTreeMap::new();
    for set in sets(network, peer) {
        let before = newest.clone();
        for number in set {
            let signal = network.published.signal_of(number);
            assert!(before.get(&signal).is_none_or(|before| *before <= number), "{signal} goes back");
            let seen = newest.insert(signal, number);
            assert_eq!(seen, before.get(&signal).copied(), "{signal} comes twice in a set");
        }
        assert!(before.keys().all(|signal| newest.contains_key(signal)));
    }
}

#[test]
fn the_latest_values_arrive_once_per_interval_in_every_form() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..8);
        let peers = [0, 1].map(|_| connect(&mut network, form.clone(), true));
        let complete = connect(&mut network, form.clone(), false);
        network.settle();
        let started = network.simulation.now();
        for _ in 0..600 {
            network.publish(10);
            network.step();
        }
        let late = connect(&mut network, form, true);
        network.run_for(INTERVAL * 3);
        network.settle();
        let intervals = (network.simulation.now() - started).as_millis() / INTERVAL.as_millis();

        network.assert_received_all(complete, &SIGNALS);
        for peer in peers.into_iter().chain([late]) {
            assert_sets_advance(&network, peer);
            let mut last = sets(&network, peer).pop().unwrap();
            last.sort_unstable();
            assert_eq!(last, latest(&network), "the same again while nothing new comes");
        }
        let received = peers.map(|peer| sets(&network, peer).len() as u128);
        assert!(received.iter().all(|sets| (intervals - 1..=intervals).contains(sets)), "{received:?}");
        assert_eq!(sets(&network, peers[0]), sets(&network, peers[1]), "they share their stream");
    }
}

#[test]
fn a_subscription_can_be_throttled_and_released_while_measurements_flow() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..8);
        let peer = connect(&mut network, form, false);
        for round in 0..8 {
            let throttled = round % 2 == 0;
            network.subscribe_with(peer, options(throttled));
            for _ in 0..20 {
                network.publish(30);
                network.step();
            }
            network.settle();
            let before = network.peers[peer].received.numbers.len();
            let first = network.published.next_number();
            for _ in 0..100 {
                network.publish(10);
                network.step();
            }
            network.settle();
            let received = network.peers[peer].received.numbers[before..].to_vec();
            let published = network.published.numbers_of(&SIGNALS, first);
            if throttled {
                assert!(received.len() < published.len() / 10, "{} of {}", received.len(), published.len());
            } else {
                assert_eq!(received, published);
            }
        }
    }
}
