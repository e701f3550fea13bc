//! Encrypted measurements: keys, their rotation, and who gets encrypted what.

use std::time::Duration;

use sttp::publisher::{Encryption, EncryptionSettings, PublisherSettings};
use sttp::wire::{Command, DataChannel, Version};

use crate::harness::{Network, PUBLISHER, SessionPeer, all_forms, by_udp, quiet, subscriber};

fn encrypting(scope: Encryption, rotation: Duration) -> PublisherSettings {
    let encryption = EncryptionSettings::default().scope(scope).rotation(rotation);
    PublisherSettings::default().encryption(encryption)
}

#[test]
fn encrypted_measurements_arrive_in_every_form() {
    for (seed, settings) in all_forms().enumerate() {
        let publisher = encrypting(Encryption::All, Duration::from_secs(1));
        let mut network = Network::new(seed as u64, publisher, 0..20);
        let peer = network.connect_subscriber(settings, &[3, 5, 7]);
        network.settle();
        for _ in 0..20 {
            network.publish(200);
            network.run_for(Duration::from_millis(300));
        }
        network.settle();
        network.assert_received_all(peer, &[3, 5, 7]);
        let received = &network.peers[peer].received;
        assert_eq!(received.messages, [""; 0]);
        let rotations = received.succeeded.iter().filter(|command| **command == Command::RotateCipherKeys);
        assert!(rotations.count() >= 5, "the keys rotate every second");
        let told = received.information.iter().filter(|text| text.contains("encrypts"));
        assert_eq!(told.count(), 1, "{:?}", received.information);
    }
}

#[test]
fn keys_come_before_what_they_encrypt_even_out_of_order() {
    for seed in 0..10 {
        let publisher = encrypting(Encryption::Udp, Duration::from_secs(1));
        let mut network = Network::new(seed, publisher, 0..20);
        let peer = network.connect(by_udp(|_| {}));
        network.lose_datagrams(peer);
        network.subscribe(peer, &[1, 2, 3]);
        network.settle();
        for _ in 0..1000 {
            network.publish(40);
            network.step();
        }
        network.settle();
        let statistics = network.peers[peer].subscriber.statistics();
        assert_eq!((statistics.packets_dropped, statistics.datagrams_rejected), (0, 0));
        assert_eq!(statistics.packets, statistics.datagrams);
        let rotations = network.peers[peer].received.succeeded.iter();
        assert!(rotations.filter(|command| **command == Command::RotateCipherKeys).count() > 3);
        assert!(network.datagrams(peer).sizes.iter().all(|size| *size <= 1400));
    }
}

#[test]
fn only_those_who_ask_for_udp_get_encrypted_measurements_if_so_set() {
    let mut network = Network::new(3, encrypting(Encryption::Udp, Duration::from_secs(60)), 0..20);
    let tcp = network.connect_subscriber(quiet(), &[1, 2]);
    let udp = network.connect_subscriber(by_udp(|_| {}), &[1, 2]);
    network.settle();
    network.publish(1000);
    network.settle();
    for peer in [tcp, udp] {
        network.assert_received_all(peer, &[1, 2]);
    }
    let keys = |peer: usize| {
        network.peers[peer]
            .received
            .succeeded
            .iter()
            .filter(|command| **command == Command::RotateCipherKeys)
            .count()
    };
    assert_eq!((keys(tcp), keys(udp)), (0, 1));
    assert_eq!(network.peers[udp].subscriber.statistics().packets_dropped, 0);
}

/// Once it has keys, a subscriber expects encrypted measurements by TCP too.
#[test]
fn who_goes_over_from_udp_to_tcp_keeps_its_keys() {
    let mut network = Network::new(3, encrypting(Encryption::Udp, Duration::from_secs(60)), 0..20);
    let mut peer = SessionPeer::connect(&mut network, Version::V2);
    network.simulation.record(PUBLISHER.ip(), peer.host);
    peer.subscribe(&[1, 2], Some(DataChannel { port: 9600, multicast_group: None }));
    peer.settle(&mut network);
    network.publish(1000);
    peer.settle(&mut network);
    let by_udp = peer.numbers.len();
    assert!(by_udp > 50);
    peer.subscribe(&[1, 2], None);
    peer.settle(&mut network);
    network.publish(1000);
    peer.settle(&mut network);
    let numbers = network.published.numbers_of(&[1, 2], 0);
    assert_eq!(peer.numbers, numbers);
    let keys = peer.succeeded.iter().filter(|command| **command == Command::RotateCipherKeys);
    assert_eq!(keys.count(), 1, "those that it has got serve on");
    assert_eq!(peer.counters().packets_dropped, 0);
    let recorded = network.simulation.recorded(PUBLISHER.ip(), peer.host);
    assert!(values_seen(&recorded, &numbers[by_udp..]) < 3, "by TCP they are encrypted, too");
}

#[test]
fn subscribers_may_ask_for_new_keys_but_not_too_often() {
    let mut network = Network::new(4, encrypting(Encryption::All, Duration::from_secs(3600)), 0..20);
    let peer = network.connect_subscriber(quiet(), &[1, 2]);
    network.run_for(Duration::from_secs(2));
    network.peers[peer].subscriber.rotate_cipher_keys().unwrap();
    network.run_for(Duration::from_millis(600));
    assert_eq!(network.peers[peer].received.failed.len(), 0);
    network.publish(500);
    network.peers[peer].subscriber.rotate_cipher_keys().unwrap();
    network.settle();
    let failed = network.peers[peer].received.failed.clone();
    assert!(
        matches!(&failed[..], [(Command::RotateCipherKeys, text)] if text.contains("later")),
        "{failed:?}"
    );
    network.publish(500);
    network.settle();
    network.assert_received_all(peer, &[1, 2]);
    let answers = network.peers[peer].received.succeeded.iter();
    assert_eq!(answers.filter(|command| **command == Command::RotateCipherKeys).count(), 2);
}

#[test]
fn without_encryption_there_are_no_keys_to_rotate() {
    let mut network = Network::new(5, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[1]);
    network.settle();
    network.peers[peer].subscriber.rotate_cipher_keys().unwrap();
    network.settle();
    let failed = &network.peers[peer].received.failed;
    assert!(matches!(&failed[..], [(Command::RotateCipherKeys, text)] if text.contains("not encrypted")));
}

/// The bytes of the values must not be seen on the way.
#[test]
fn what_travels_is_encrypted() {
    let clear = bytes_of_values(PublisherSettings::default());
    let encrypted = bytes_of_values(encrypting(Encryption::All, Duration::from_secs(60)));
    assert!(clear > 100 && encrypted < 3, "{clear} values seen in the clear, {encrypted} encrypted");
}

/// How many of the published values can be seen in the bytes that a subscriber reads.
fn bytes_of_values(settings: PublisherSettings) -> usize {
    let mut network = Network::new(6, settings, 0..4);
    let compact = subscriber(|settings| settings.compress_payload = false);
    let peer = network.connect_subscriber(compact, &[1]);
    network.settle();
    network.record(peer);
    network.publish(800);
    network.settle();
    network.assert_received_all(peer, &[1]);
    values_seen(&network.recorded(peer), &network.published.numbers_of(&[1], 0))
}

fn values_seen(recorded: &[u8], numbers: &[usize]) -> usize {
    let seen = |number: &&usize| {
        let value = (**number as f32).to_be_bytes();
        recorded.windows(4).any(|bytes| bytes == value)
    };
    numbers.iter().filter(seen).count()
}
