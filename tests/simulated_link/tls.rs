//! TLS on the simulated network: bytes that come in pieces, time that passes, strangers in numbers.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sttp::publisher::{PublisherSettings, UdpSettings};
use sttp::session::Severity;
use sttp::subscriber::{ConnectionState, Subscriber, SubscriberSettings};
use sttp::tls::TlsSettings;
use sttp::wire::Command;

use crate::harness::{
    Between, DAY, End, Network, PUBLISHER, PublisherTold, Slow, Unit, by_udp, held_by, made, quiet, trusting,
    wanting,
};

/// A publisher with TLS, and the settings of its subscribers.
fn secured(loops: usize, seed: u64, settings: PublisherSettings) -> (Network, TlsSettings) {
    let (ours, theirs) = (made("publisher", 365), made("subscriber", 365));
    let network = Network::with_loops(loops, seed, settings, 0..20);
    network.publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
    network.publisher.configure(settings).unwrap();
    (network, trusting(&theirs, &ours))
}

fn connect(
    network: &mut Network,
    tls: &TlsSettings,
    settings: SubscriberSettings,
    signals: &[usize],
) -> usize {
    let peer = network.connect_after(settings, |subscriber| subscriber.secure(Some(tls.clone())).unwrap());
    network.subscribe(peer, signals);
    peer
}

/// Warnings that the publisher has told since the last call.
fn warnings(network: &mut Network) -> Vec<String> {
    let told = network.take_events().into_iter();
    told.filter_map(|event| match event {
        PublisherTold::Message(Severity::Warning, text) => Some(text),
        _ => None,
    })
    .collect()
}

#[test]
fn everything_arrives_in_whatever_pieces_it_comes() {
    for seed in 0..6 {
        let loops = 1 + seed as usize % 2;
        let (mut network, tls) = secured(loops, seed, PublisherSettings::default());
        let peers = [0, 1].map(|_| connect(&mut network, &tls, quiet(), &[3, 5, 7]));
        network.settle();
        for _ in 0..30 {
            network.publish(500);
            network.step();
        }
        network.settle();
        for peer in peers {
            network.assert_received_all(peer, &[3, 5, 7]);
            assert!(network.info(peer).tls.is_some());
        }
        network.publisher.stop().unwrap();
        network.settle();
        assert!(
            matches!(network.peers[peers[0]].error(), Some(End::Closed(_))),
            "{:?}",
            network.peers[peers[0]].error()
        );
    }
}

#[test]
fn measurements_by_udp_are_encrypted_unless_the_operator_says_otherwise() {
    let keys = |settings: PublisherSettings| {
        let (mut network, tls) = secured(1, 3, settings);
        let peer = connect(&mut network, &tls, by_udp(|_| {}), &[1, 2]);
        network.settle();
        network.publish(2_000);
        network.settle();
        network.assert_received_all(peer, &[1, 2]);
        assert!(network.datagrams(peer).sizes.len() > 1);
        let succeeded = network.peers[peer].received.succeeded.iter();
        succeeded.filter(|command| **command == Command::RotateCipherKeys).count()
    };
    assert_eq!(keys(PublisherSettings::default()), 1);
    let clear = UdpSettings::default().clear_with_tls(true);
    assert_eq!(keys(PublisherSettings::default().udp(clear)), 0);
}

#[test]
fn strangers_in_numbers_keep_nobody_out() {
    let (mut network, tls) = secured(1, 5, PublisherSettings::default());
    let stranger = |number: u16| IpAddr::V4(Ipv4Addr::new(10, 9, (number / 40) as u8, 1));
    // More than there are places, each silent.
    let strangers: Vec<_> =
        (0..600).map(|number| network.simulation.connect(stranger(number), PUBLISHER)).collect();
    network.run_for(Duration::from_secs(1));
    let honest = connect(&mut network, &tls, quiet(), &[1]);
    network.run_for(Duration::from_secs(2));
    network.publish(100);
    network.run_for(Duration::from_millis(500));
    network.assert_complete(honest, &[1]);
    let ended = || strangers.iter().filter(|peer| !matches!(peer.read(), Ok((_, false)))).count();
    assert!(ended() >= 600 - 512, "who came first and took most places has lost them");
    network.run_for(Duration::from_secs(10));
    assert_eq!(ended(), 600, "nobody stays who says nothing");
    assert!(
        warnings(&mut network)
            .iter()
            .any(|text| text.contains("was not done within 10 s (handshakeTimeout)"))
    );
    assert_eq!(network.simulation.open_connection_ends(), 2 + 600);
}

#[test]
fn a_byte_now_and_then_does_not_prolong_the_handshake() {
    let (mut network, _tls) = secured(1, 6, PublisherSettings::default());
    let slow = network.simulation.connect(IpAddr::V4(Ipv4Addr::new(10, 9, 0, 1)), PUBLISHER);
    network.run_for(Duration::from_millis(100));
    for byte in [22, 3, 1, 2, 0, 1, 0, 1, 252, 3] {
        slow.write(&[byte]).unwrap();
        network.run_for(Duration::from_millis(900));
        assert!(!slow.read().unwrap().1);
    }
    network.run_for(Duration::from_secs(2));
    assert!(slow.read().is_ok_and(|(_, is_over)| is_over));
}

#[test]
fn certificates_that_soon_end_are_told_every_day() {
    let (ours, theirs) = (made("publisher", 365), made("subscriber", 10));
    let mut network = Network::new(7, PublisherSettings::default(), 0..4);
    network.publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
    network.run_for(Duration::from_secs(1));
    let first = warnings(&mut network);
    assert!(
        matches!(&first[..], [text] if text.contains("expires in 9 days") && text.contains("CN=subscriber")),
        "{first:?}"
    );
    network.run_for(DAY * 3);
    assert_eq!(warnings(&mut network).len(), 3);
    network.publisher.secure(None).unwrap();
    network.run_for(DAY * 3);
    assert_eq!(warnings(&mut network), [""; 0]);
}

#[test]
fn a_publisher_is_not_silent_while_a_record_comes_slowly() {
    let mut network = Network::new(10, PublisherSettings::default(), 0..20);
    network.secure(PublisherSettings::default());
    let mut between = Between::new(&network, Unit::Record);
    let peer = between.connect(&mut network, quiet());
    let first = network.published.next_number();
    between.kept_back = 12_000;
    network.publish(60_000);
    while between.kept_back > 0 {
        between.carry(&mut network, Duration::from_secs(10));
        between.kept_back -= 2_400;
    }
    between.carry(&mut network, Duration::from_secs(4));
    assert_eq!(network.peers[peer].received.ends, []);
    network.assert_received_since(peer, &[1], first);
}

#[test]
fn a_callback_may_take_longer_than_the_rest_of_a_record() {
    let (mut network, tls) = secured(1, 11, PublisherSettings::default());
    let mut between = Between::new(&network, Unit::Record);
    let engine = network.simulation.engine([10, 3, 0, 1].into(), NonZeroUsize::MIN);
    let count = Arc::new(AtomicUsize::new(0));
    let subscriber =
        Subscriber::new(&engine, Slow { takes: Duration::from_secs(90), count: Arc::clone(&count) });
    subscriber.secure(Some(tls)).unwrap();
    subscriber.connect(&between.address(), quiet()).unwrap();
    subscriber.subscribe(wanting(&Vec::from_iter(0..20))).unwrap();
    between.carry(&mut network, Duration::from_secs(4));
    between.kept_back = 10;
    network.publish(20_000);
    between.carry(&mut network, Duration::from_secs(4));
    network.run_for(Duration::from_secs(4));
    let so_far = count.load(Ordering::SeqCst);
    assert!((1..20_000).contains(&so_far), "{so_far}: the last record has come in part");
    between.kept_back = 0;
    between.carry(&mut network, Duration::from_secs(4));
    assert_eq!(count.load(Ordering::SeqCst), 20_000);
    assert_eq!(subscriber.state(), ConnectionState::Subscribed);
}

/// Subscribers come, get measurements, and go, in one way or another. Returns what the publisher holds then.
fn held_after_visits(network: &mut Network, visits: usize) -> usize {
    for visit in 0..visits {
        let peer = network.connect_subscriber(quiet(), &[1]);
        network.run_for(Duration::from_secs(1));
        network.publish(20);
        network.run_for(Duration::from_millis(100));
        network.assert_complete(peer, &[1]);
        match visit % 3 {
            0 => network.cut(peer),
            1 => network.peers[peer].subscriber.disconnect().unwrap(),
            _ => {}
        }
        network.peers.pop();
        network.run_for(Duration::from_secs(1));
    }
    // Longer than all time-outs.
    network.run_for(Duration::from_secs(200));
    network.closed.clear();
    network.take_events();
    held_by(PUBLISHER.ip())
}

#[test]
fn who_comes_and_goes_leaves_nothing() {
    let mut network = Network::new(12, PublisherSettings::default(), 0..4);
    network.secure(PublisherSettings::default());
    let visits = 30;
    let mut held = held_after_visits(&mut network, visits);
    // What is kept to be used again grows at first.
    let leaves_nothing = (0..3).any(|_| {
        let before = held;
        held = held_after_visits(&mut network, visits);
        held <= before
    });
    assert!(leaves_nothing, "the publisher holds {held} bytes, more after each {visits} visits");
}
