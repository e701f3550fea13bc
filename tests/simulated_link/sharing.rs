//! Subscribers with the same subscription share one stream of packets.

use sttp::publisher::PublisherSettings;
use sttp::wire::Version;

use crate::harness::{Network, all_forms, quiet};

const SIGNALS: [usize; 6] = [1, 2, 4, 8, 9, 11];

#[test]
fn joiners_in_the_middle_decode_everything_from_then_on() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..12);
        for round in 0..100 {
            if round < 40 && round % 4 == 0 {
                network.connect_subscriber(settings.clone(), &SIGNALS);
            }
            network.publish(150);
            network.step();
        }
        network.settle();
        network.publish(100);
        network.settle();
        for peer in 0..network.peers.len() {
            network.assert_complete(peer, &SIGNALS);
        }
        let first = [0, 4, 9].map(|peer: usize| network.peers[peer].received.numbers[0]);
        assert!(first[0] < first[1] && first[1] < first[2], "later subscribers begin later: {first:?}");
    }
}

#[test]
fn subscribers_of_different_versions_and_forms_do_not_disturb_each_other() {
    for seed in 0..8 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..12);
        for settings in all_forms() {
            for signals in [&SIGNALS[..], &SIGNALS[2..]] {
                network.connect_subscriber(settings.clone(), signals);
                network.publish(100);
                network.step();
            }
        }
        network.settle();
        network.publish(1000);
        network.settle();
        for peer in 0..network.peers.len() {
            network.assert_complete(peer, if peer % 2 == 0 { &SIGNALS } else { &SIGNALS[2..] });
        }
    }
}

#[test]
fn those_who_leave_or_vanish_do_not_disturb_the_others() {
    for seed in 0..20 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..12);
        for _ in 0..4 {
            network.connect_subscriber(quiet(), &SIGNALS);
        }
        network.settle();
        for round in 0..60 {
            network.publish(100);
            network.step();
            match round {
                20 => network.cut(0),
                30 => network.peers[1].subscriber.unsubscribe().unwrap(),
                _ => {}
            }
        }
        network.settle();
        for peer in 2..4 {
            network.assert_received_all(peer, &SIGNALS);
        }
        assert!(network.peers[1].received.numbers.len() < network.peers[2].received.numbers.len());
    }
}

#[test]
fn slots_of_subscribers_that_share_packets_may_differ() {
    for compress_payload in [true, false] {
        let mut settings = quiet();
        (settings.version, settings.compress_payload) = (Version::V2, compress_payload);
        let mut network = Network::new(5, PublisherSettings::default(), 0..12);
        let early = network.connect_subscriber(settings.clone(), &[1, 2]);
        network.settle();
        network.subscribe(early, &SIGNALS);
        network.settle();
        let late = network.connect_subscriber(settings, &SIGNALS);
        network.settle();
        network.publish(2000);
        network.settle();
        network.assert_received_all(early, &SIGNALS);
        network.assert_received_all(late, &SIGNALS);
    }
}
