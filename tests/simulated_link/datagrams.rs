//! Measurements by UDP: lost, late, repeated, out of order, and across changes of the signals.

use std::time::Duration;

use sttp::publisher::{PublisherSettings, UdpSettings};
use sttp::subscriber::{SubscriberSettings, SubscriptionOptions, UdpReception};
use sttp::wire::{DataChannel, Version};

use crate::harness::{Network, SessionPeer, by_udp, quiet, wanting};
use crate::signals::signal_id;

const VERSIONS: [Version; 3] = [Version::V1, Version::V2, Version::V3];

fn settings(version: Version) -> SubscriberSettings {
    by_udp(|settings| settings.version = version)
}

/// A network whose only subscriber gets these signals by UDP.
fn subscribed(seed: u64, version: Version, signals: &[usize]) -> Network {
    let mut network = Network::new(seed, PublisherSettings::default(), 0..20);
    network.connect_subscriber(settings(version), signals);
    network.settle();
    network
}

#[test]
fn measurements_arrive_by_udp_in_every_version() {
    for (seed, version) in VERSIONS.into_iter().enumerate() {
        let mut network = subscribed(seed as u64, version, &[3, 5, 7]);
        for _ in 0..30 {
            network.publish(300);
            network.step();
        }
        network.settle();
        network.assert_received_all(0, &[3, 5, 7]);
        let peer = &network.peers[0];
        assert_eq!(peer.received.signals(), [3, 5, 7].map(signal_id));
        assert_eq!(peer.received.start_times.len(), 1);
        assert_eq!(peer.received.messages, [""; 0]);
        assert!(network.datagrams(0).sizes.iter().all(|size| *size <= 1400));
        let (statistics, info) = (peer.subscriber.statistics(), network.info(0));
        assert_eq!(statistics.measurements, info.counters.measurements_sent);
        assert_eq!(statistics.datagrams, network.publisher.statistics().datagrams_sent);
        assert!(info.data_channel.is_some());
    }
}

#[test]
fn datagrams_that_overtake_their_signals_are_kept() {
    for seed in 0..30 {
        for version in VERSIONS {
            let mut network = Network::new(seed, PublisherSettings::default(), 0..20);
            let peer = network.connect_subscriber(settings(version), &[3, 5, 7]);
            network.run_until("the subscription", |network| {
                network.is_connected(peer) && network.info(peer).subscribed
            });
            for _ in 0..10 {
                network.publish(100);
                network.step();
            }
            network.settle();
            network.assert_received_all(peer, &[3, 5, 7]);
            assert_eq!(network.peers[peer].received.messages, [""; 0], "seed {seed}");
        }
    }
}

#[test]
fn datagrams_have_the_size_that_was_set() {
    for (size, expected) in [(0, 256), (508, 508), (9000, 9000), (1 << 20, 32_768)] {
        let udp = UdpSettings::default().datagram_size(size);
        let mut network = Network::new(1, PublisherSettings::default().udp(udp), 0..20);
        network.connect_subscriber(settings(Version::V2), &[0, 1, 2, 3, 4]);
        network.settle();
        network.publish(20_000);
        network.run_for(Duration::from_millis(100));
        network.settle();
        // A full datagram of measurements with full times.
        let largest = 11 + (expected - 11) / 17 * 17;
        assert_eq!(network.datagrams(0).sizes.iter().max(), Some(&largest));
        network.assert_received_all(0, &[0, 1, 2, 3, 4]);
    }
}

/// A large frame that comes all at once finds no room where it arrives.
#[test]
fn large_frames_are_sent_in_pieces() {
    let mut network = subscribed(2, Version::V2, &(0..20).collect::<Vec<_>>());
    network.towards_subscriber(0, |way| way.delay = Duration::from_millis(1));
    let all = network.published.next_number();
    network.publish(60_000);
    network.run_for(Duration::ZERO);
    let sent_at_once: usize = network.datagrams(0).sizes.iter().sum();
    assert!((60_000..130_000).contains(&sent_at_once), "{sent_at_once} bytes at once");
    assert!(!network.is_flushed(), "the rest waits");
    network.run_for(Duration::from_millis(40));
    assert!(network.is_flushed());
    network.settle();
    assert_eq!(network.datagrams(0).lost, 0);
    network.assert_received_since(0, &(0..20).collect::<Vec<_>>(), all);
    // A small one goes at once.
    network.run_for(Duration::from_millis(10));
    network.publish(1000);
    network.settle();
    assert!(network.is_flushed());
}

/// What waits for its turn is sent before the connection ends.
#[test]
fn large_frames_are_sent_before_the_end() {
    let mut network = subscribed(2, Version::V2, &[1, 2]);
    network.publish(100_000);
    network.run_for(Duration::ZERO);
    assert!(!network.is_flushed());
    network.publisher.stop().unwrap();
    network.run_for(Duration::from_secs(3));
    let sent: u64 = network.publisher.statistics().measurements_sent;
    assert_eq!(sent, network.published.numbers_of(&[1, 2], 0).len() as u64);
    assert_eq!(network.publisher.statistics().datagrams_dropped, 0);
}

#[test]
fn the_buffer_fits_the_subscription_or_that_is_told() {
    for (signals, is_told) in [(20_000, false), (200_000, true)] {
        let mut network = Network::new(1, PublisherSettings::default(), 0..signals);
        let peer = network.connect(settings(Version::V2));
        let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
        network.subscribe_with(peer, SubscriptionOptions::default().filter(filter));
        network.run_until("the signals", |network| !network.peers[peer].received.caches.is_empty());
        let messages = &network.peers[peer].received.messages;
        let told = messages.iter().any(|text| text.contains("net.core.rmem_max"));
        assert_eq!(told, is_told, "{signals} signals: {messages:?}");
    }
}

/// The publisher tells how many it has sent.
#[test]
fn lost_datagrams_are_counted_and_told() {
    for seed in 0..10 {
        let mut network = subscribed(seed, VERSIONS[seed as usize % 3], &[3, 5, 7]);
        network.towards_subscriber(0, |way| way.datagram_loss = 0.1);
        for _ in 0..600 {
            network.publish(100);
            network.step();
        }
        network.run_for(Duration::from_secs(10));
        let (lost, peer) = (network.datagrams(0).lost, &network.peers[0]);
        assert!(lost > 0);
        assert_eq!(peer.subscriber.statistics().datagrams_lost, lost);
        assert!(peer.received.messages.iter().any(|text| text.contains("did not come")), "{lost}");
    }
}

#[test]
fn nothing_is_called_lost_that_is_late_or_of_another_subscription() {
    for seed in 0..20 {
        let mut network = subscribed(seed, VERSIONS[1 + seed as usize % 2], &[3, 5, 7, 9]);
        network.towards_subscriber(0, |way| way.datagrams_overtake = true);
        network.peers[0].received.form.repeats = true;
        for signals in [&[5, 9, 11][..], &[1], &[2, 3, 4, 5, 6, 7], &[7, 3]] {
            for _ in 0..300 {
                network.publish(100);
                network.step();
            }
            network.run_for(Duration::from_secs(seed % 4));
            network.subscribe(0, signals);
        }
        network.run_for(Duration::from_secs(10));
        let peer = &network.peers[0];
        assert_eq!(peer.subscriber.statistics().datagrams_lost, 0, "seed {seed}");
    }
}

/// In version 1 nothing but the port tells which subscription a datagram is of.
#[test]
fn nothing_is_mistaken_that_comes_to_the_port_of_a_subscription_before() {
    let mut undelivered = 0;
    for seed in 0..10 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..12);
        let port_stays = by_udp(|settings| {
            settings.version = Version::V1;
            settings.udp = Some(UdpReception::default().port(9700));
        });
        let peer = network.connect_subscriber(port_stays, &[3, 5, 7]);
        network.towards_subscriber(peer, |way| {
            (way.delay, way.datagrams_overtake) = (Duration::from_millis(20), true);
        });
        network.peers[peer].received.form.repeats = true;
        for signals in [&[5, 9, 11][..], &[1, 2, 3], &[7, 3, 4]] {
            for _ in 0..100 {
                network.publish(50);
                network.step();
            }
            network.subscribe(peer, signals);
        }
        network.run_for(Duration::from_secs(3));
        network.towards_subscriber(peer, |way| way.datagrams_overtake = false);
        let first = network.published.next_number();
        network.publish(300);
        network.settle();
        network.assert_received_since(peer, &[7, 3, 4], first);
        undelivered += network.peers[peer].subscriber.statistics().measurements_unattributed;
    }
    assert!(undelivered > 0);
}

#[test]
fn lost_late_and_repeated_datagrams_cost_no_more_than_themselves() {
    for seed in 0..10 {
        let mut network = subscribed(seed, VERSIONS[seed as usize % 3], &[3, 5, 7]);
        network.lose_datagrams(0);
        for _ in 0..60 {
            network.publish(400);
            network.step();
        }
        network.settle();
        let peer = &network.peers[0];
        let statistics = peer.subscriber.statistics();
        let (sent, traffic) = (network.publisher.statistics().datagrams_sent, network.datagrams(0));
        assert!(traffic.lost > 0 && traffic.repeated > 0);
        assert_eq!(statistics.datagrams, sent - traffic.lost + traffic.repeated);
        assert_eq!(statistics.packets, statistics.datagrams);
        assert_eq!(peer.received.messages, [""; 0]);
        assert_eq!(peer.error(), None);
    }
}

/// Datagrams of the old signals that come late are either delivered with their old rows or
/// dropped, but never taken for other signals: every measurement tells its signal.
#[test]
fn datagrams_that_are_late_for_a_change_of_signals_are_not_mistaken() {
    let mut dropped = 0;
    for seed in 0..20 {
        let version = VERSIONS[1 + seed as usize % 2];
        let mut network = subscribed(seed, version, &[3, 5, 7, 9]);
        network.lose_datagrams(0);
        for signals in [&[5, 9, 11][..], &[1], &[2, 3, 4, 5, 6, 7], &[7, 3]] {
            network.subscribe(0, signals);
            for _ in 0..40 {
                network.publish(100);
                network.step();
            }
        }
        network.run_for(Duration::from_secs(2));
        (0..10).for_each(|_| network.publish(100));
        network.settle();
        let peer = &network.peers[0];
        assert_eq!(peer.received.signals(), [7, 3].map(signal_id));
        let generations: Vec<u32> = peer.received.caches.iter().map(|(generation, _)| *generation).collect();
        assert!(generations.is_sorted(), "{generations:?}");
        dropped += peer.subscriber.statistics().packets_dropped;
    }
    assert!(dropped > 0, "no datagram was late");
}

#[test]
fn redefined_metadata_reach_subscribers_by_udp() {
    let mut network = subscribed(3, Version::V2, &[1, 2, 30]);
    network.publish(100);
    network.settle();
    network.redefine(10..40);
    network.settle();
    network.publish(3000);
    network.settle();
    assert_eq!(network.peers[0].received.signals(), [30].map(signal_id));
    let statistics = network.peers[0].subscriber.statistics();
    assert_eq!(statistics.measurements, network.info(0).counters.measurements_sent);
}

#[test]
fn a_subscription_can_change_between_udp_and_tcp() {
    let mut network = Network::new(4, PublisherSettings::default(), 0..20);
    let mut peer = SessionPeer::connect(&mut network, Version::V2);
    peer.subscribe(&[1, 2], Some(DataChannel { port: 9600, multicast_group: None }));
    peer.settle(&mut network);
    network.publish(500);
    peer.settle(&mut network);
    let by_udp = network.publisher.statistics().datagrams_sent;
    assert!(by_udp > 0);
    peer.subscribe(&[1, 2], None);
    peer.settle(&mut network);
    assert_eq!(peer.info(&network).data_channel, None);
    network.publish(500);
    peer.settle(&mut network);
    assert_eq!(network.publisher.statistics().datagrams_sent, by_udp);
    peer.subscribe(&[1, 2], Some(DataChannel { port: 9700, multicast_group: None }));
    peer.settle(&mut network);
    peer.run_for(&mut network, Duration::from_secs(2));
    assert_eq!(peer.info(&network).data_channel.map(|address| address.port()), Some(9700));
    network.publish(500);
    peer.settle(&mut network);
    assert!(network.publisher.statistics().datagrams_sent > by_udp);
    assert_eq!(peer.numbers, network.published.numbers_of(&[1, 2], 0));

    peer.unsubscribe();
    peer.settle(&mut network);
    assert_eq!(peer.info(&network).data_channel, None);
}

#[test]
fn connections_by_udp_and_tcp_share_nothing_but_the_publisher() {
    let mut network = subscribed(5, Version::V2, &[1, 2]);
    let second = network.connect_subscriber(settings(Version::V2), &[1, 2]);
    let compressed = network.connect_subscriber(quiet(), &[1, 2]);
    network.settle();
    for _ in 0..20 {
        network.publish(500);
        network.step();
    }
    network.settle();
    for peer in [0, second, compressed] {
        network.assert_received_all(peer, &[1, 2]);
    }
    network.run_for(Duration::from_secs(60));
    assert!(network.peers.iter().all(|peer| peer.error().is_none()), "keep-alives go by TCP");
}

#[test]
fn compressed_measurements_never_go_by_udp() {
    let mut network = Network::new(6, PublisherSettings::default(), 0..20);
    let peer = network.connect_subscriber(by_udp(|settings| settings.compress_payload = true), &[1, 2]);
    network.settle();
    network.publish(500);
    network.settle();
    network.assert_received_all(peer, &[1, 2]);
    assert_eq!(network.peers[peer].subscriber.statistics().datagrams_rejected, 0);
}

#[test]
fn what_the_system_does_not_take_is_counted() {
    let mut network = subscribed(7, Version::V2, &[1, 2]);
    network.towards_subscriber(0, |way| way.datagrams_refused = true);
    network.publish(2000);
    network.settle();
    let statistics = network.publisher.statistics();
    assert_eq!((statistics.datagrams_sent, statistics.measurements_sent), (0, 0));
    assert!(statistics.datagrams_dropped > 1);
    let expected = network.published.numbers_of(&[1, 2], 0).len() as u64;
    assert_eq!(network.info(0).counters.measurements_dropped, expected);
    assert_eq!(statistics.measurements_dropped, expected);
    network.run_for(Duration::from_secs(3));
    let peer = &network.peers[0];
    let counts = peer.subscriber.statistics();
    assert_eq!((counts.measurements_dropped_by_publisher, counts.datagrams_lost), (expected, 0));
    assert_eq!(peer.received.messages.iter().filter(|text| text.contains("are missing")).count(), 1);
    network.towards_subscriber(0, |way| way.datagrams_refused = false);
    network.publish(100);
    network.settle();
    assert!(!network.peers[0].received.numbers.is_empty());
}

/// A datagram may be on its way for longer than any slot of signal index caches rests.
#[test]
fn datagrams_that_come_very_late_are_not_mistaken() {
    let (mut of_other_signals, mut in_another_form) = (0, 0);
    for seed in 0..10 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..9);
        let peer = network.connect_subscriber(by_udp(|_| {}), &[1, 2, 3]);
        network.settle();
        network.publish(10);
        network.settle();
        network.peers[peer].received.form.repeats = true;
        network.towards_subscriber(peer, |way| {
            (way.delay, way.datagrams_overtake) = (Duration::from_secs(20), true);
        });
        // Nothing else is sent meanwhile that would hold up what is sent by TCP.
        network.publish(5_000);
        network.run_for(Duration::from_millis(1));
        network.towards_subscriber(peer, |way| way.delay = Duration::ZERO);
        for round in 0..10 {
            let signals = [[3, 1, 7], [5, 2, 3], [2, 3, 8]][round % 3];
            let options = wanting(&signals).include_time(round % 4 > 0);
            network.subscribe_with(peer, options);
            network.run_for(Duration::from_millis(1_500));
            network.publish(100);
        }
        network.settle();
        let statistics = network.peers[peer].subscriber.statistics();
        of_other_signals += statistics.measurements_dropped;
        let messages = &network.peers[peer].received.messages;
        in_another_form += messages.iter().filter(|text| text.contains("form of an earlier")).count();
        assert!(!network.peers[peer].received.numbers.is_empty());
    }
    assert!(of_other_signals > 0 && in_another_form > 0);
}
