//! Measurements by UDP: lost, late, repeated, out of order, and across changes of the signals.

use std::time::Duration;

use sttp::session::publisher::{PublisherSettings, UdpSettings};
use sttp::session::subscriber::SessionSettings;
use sttp::wire::{DataChannel, SubscriptionOptions, Version};

use crate::network::Network;
use crate::signals::{filter, signal_id};

const VERSIONS: [Version; 3] = [Version::V1, Version::V2, Version::V3];

fn settings(version: Version) -> SessionSettings {
    SessionSettings { version, compress_payload: false, ..SessionSettings::default() }
}

fn options(signals: &[usize], port: u16) -> SubscriptionOptions {
    SubscriptionOptions {
        filter: filter(signals.iter().copied()),
        data_channel: Some(DataChannel { port, multicast_group: None }),
        ..SubscriptionOptions::default()
    }
}

/// A network whose only subscriber gets these signals by UDP.
fn subscribed(seed: u64, version: Version, signals: &[usize]) -> Network {
    let mut network = Network::new(seed, PublisherSettings::default(), 0..20);
    let peer = network.connect(settings(version));
    network.subscribe_with(peer, options(signals, 9600));
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
        assert!(peer.datagrams.sizes.iter().all(|size| *size <= 1400));
        let (statistics, info) = (peer.session.statistics(), network.info(0));
        assert_eq!(statistics.measurements, info.measurements_sent);
        assert_eq!(statistics.datagrams, network.publisher.statistics().datagrams_sent);
        assert_eq!(info.data_channel.map(|address| address.port()), Some(9600));
    }
}

#[test]
fn datagrams_have_the_size_that_was_set() {
    for (size, expected) in [(0, 256), (508, 508), (9000, 9000), (1 << 20, 32_768)] {
        let udp = UdpSettings::default().datagram_size(size);
        let mut network = Network::new(1, PublisherSettings::default().udp(udp), 0..20);
        let peer = network.connect(settings(Version::V2));
        network.subscribe_with(peer, options(&[0, 1, 2, 3, 4], 9600));
        network.settle();
        network.publish(20_000);
        network.settle();
        let datagrams = &network.peers[0].datagrams;
        assert_eq!(datagrams.sizes.iter().max(), Some(&datagrams.largest_expected(expected)));
        network.assert_received_all(0, &[0, 1, 2, 3, 4]);
    }
}

#[test]
fn lost_late_and_repeated_datagrams_cost_no_more_than_themselves() {
    for seed in 0..10 {
        let mut network = subscribed(seed, VERSIONS[seed as usize % 3], &[3, 5, 7]);
        network.peers[0].expect_disorder();
        network.peers[0].datagrams.lossy();
        for _ in 0..60 {
            network.publish(400);
            network.step();
        }
        network.settle();
        let peer = &network.peers[0];
        let statistics = peer.session.statistics();
        assert!(peer.datagrams.lost > 0 && peer.datagrams.repeated > 0);
        assert_eq!(
            statistics.datagrams,
            network.publisher.statistics().datagrams_sent - peer.datagrams.lost + peer.datagrams.repeated
        );
        assert_eq!(statistics.packets, statistics.datagrams);
        assert_eq!(peer.received.messages, [""; 0]);
        assert!(peer.error.is_none());
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
        network.peers[0].expect_disorder();
        network.peers[0].datagrams.lossy();
        for signals in [&[5, 9, 11][..], &[1], &[2, 3, 4, 5, 6, 7], &[7, 3]] {
            network.subscribe_with(0, options(signals, 9600));
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
        dropped += peer.session.statistics().packets_dropped;
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
    let statistics = network.peers[0].session.statistics();
    assert_eq!(statistics.measurements, network.info(0).measurements_sent);
}

#[test]
fn a_subscription_can_change_between_udp_and_tcp() {
    let mut network = subscribed(4, Version::V2, &[1, 2]);
    network.publish(500);
    network.settle();
    let by_udp = network.publisher.statistics().datagrams_sent;
    assert!(by_udp > 0);
    network.subscribe(0, &[1, 2]);
    network.settle();
    assert_eq!(network.info(0).data_channel, None);
    network.publish(500);
    network.settle();
    assert_eq!(network.publisher.statistics().datagrams_sent, by_udp);
    network.subscribe_with(0, options(&[1, 2], 9700));
    network.run_for(Duration::from_secs(2));
    assert_eq!(network.info(0).data_channel.map(|address| address.port()), Some(9700));
    network.publish(500);
    network.settle();
    assert!(network.publisher.statistics().datagrams_sent > by_udp);
    network.assert_received_all(0, &[1, 2]);

    network.peers[0].session.unsubscribe();
    network.settle();
    assert_eq!(network.info(0).data_channel, None);
}

#[test]
fn connections_by_udp_and_tcp_share_nothing_but_the_publisher() {
    let mut network = subscribed(5, Version::V2, &[1, 2]);
    let second = network.connect(settings(Version::V2));
    network.subscribe_with(second, options(&[1, 2], 9601));
    let compressed = network.connect_subscriber(SessionSettings::default(), &[1, 2]);
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
    assert!(network.peers.iter().all(|peer| peer.error.is_none()), "keep-alives go by TCP");
}

#[test]
fn compressed_measurements_never_go_by_udp() {
    let mut network = Network::new(6, PublisherSettings::default(), 0..20);
    let peer = network.connect(SessionSettings::default());
    network.peers[peer].expect_disorder();
    network.subscribe_with(peer, options(&[1, 2], 9600));
    network.settle();
    network.publish(500);
    network.settle();
    network.assert_received_all(peer, &[1, 2]);
    assert_eq!(network.peers[peer].session.statistics().datagrams_rejected, 0);
}

#[test]
fn what_the_system_does_not_take_is_counted() {
    let mut network = subscribed(7, Version::V2, &[1, 2]);
    network.peers[0].datagrams.full = true;
    network.publish(2000);
    network.settle();
    let statistics = network.publisher.statistics();
    assert_eq!((statistics.datagrams_sent, statistics.measurements_sent), (0, 0));
    assert!(statistics.datagrams_dropped > 1);
    let expected = network.published.numbers_of(&[1, 2], 0).len() as u64;
    assert_eq!(network.info(0).measurements_dropped, expected);
    assert_eq!(statistics.measurements_dropped, expected);
    network.peers[0].datagrams.full = false;
    network.publish(100);
    network.settle();
    assert!(!network.peers[0].received.numbers.is_empty());
}
