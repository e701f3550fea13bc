//! How a subscriber finds its publisher, and what it says of whoever it meets there.

use std::time::Duration;

use sttp::engine::simulated::Peer;
use sttp::publisher::PublisherSettings;

use crate::harness::{End, Network, PUBLISHER, coming_back, subscriber, wanting};

/// Where somebody is who is no publisher.
const STRANGER: ([u8; 4], u16) = ([10, 4, 0, 1], 7165);
/// Where nobody is.
const NOBODY: [u8; 4] = [10, 4, 0, 2];

/// Connects a subscriber to another address than that of the publisher.
fn connect_to(network: &mut Network, address: &str, reconnects: bool) -> usize {
    let peer = network.add();
    let settings = subscriber(|settings| {
        if reconnects {
            settings.reconnect = coming_back();
        }
    });
    network.peers[peer].subscriber.subscribe(wanting(&[1, 2])).unwrap();
    network.peers[peer].subscriber.connect(address, settings).unwrap();
    peer
}

#[test]
fn a_name_leads_to_the_first_of_its_hosts_where_somebody_listens() {
    for seed in 0..5 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..4);
        network.simulation.name("publisher.grid", &[NOBODY.into(), PUBLISHER.ip(), STRANGER.0.into()]);
        let peer = connect_to(&mut network, "publisher.grid:7165", false);
        network.settle();
        network.publish(100);
        network.settle();
        network.assert_received_all(peer, &[1, 2]);
        assert_eq!(network.peers[peer].received.connections, 1);
    }
}

#[test]
fn a_name_is_looked_up_again_for_each_attempt() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = connect_to(&mut network, "publisher.grid:7165", true);
    network.run_for(Duration::from_secs(10));
    let received = &network.peers[peer].received;
    assert!(received.reconnects.len() > 5, "{:?}", received.reconnects);
    assert_eq!(received.ends.len(), received.reconnects.len(), "every attempt that fails is told");
    assert!(received.ends.iter().all(|end| matches!(end, End::Io(text) if text.contains("no such name"))));
    let told = |text: &String| text.contains("publisher.grid:7165") && text.contains("no such name");
    assert!(received.messages.iter().any(told), "{:?}", received.messages);
    network.simulation.name("publisher.grid", &[PUBLISHER.ip()]);
    network.run_for(Duration::from_secs(5));
    assert_eq!(network.peers[peer].received.connections, 1);
    // The publisher has moved, and nobody is where it was.
    network.simulation.name("publisher.grid", &[NOBODY.into()]);
    network.cut(peer);
    network.run_for(Duration::from_secs(10));
    assert_eq!(network.peers[peer].received.connections, 1);
    assert!(!network.is_connected(peer));
}

#[test]
fn a_name_that_does_not_exist_is_told() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = connect_to(&mut network, "publisher.grid:7165", false);
    network.settle();
    let error = network.peers[peer].error();
    assert!(
        matches!(error, Some(End::Io(text)) if text.contains("publisher.grid:7165") && text.contains("no such name")),
        "{error:?}"
    );
}

/// What a subscriber says of a peer that answers with these bytes, and then closes if `closes`.
fn met(bytes: &[u8], closes: bool) -> End {
    let mut network = Network::new(3, PublisherSettings::default(), 0..4);
    let listener = network.simulation.listen(STRANGER.into()).unwrap();
    let peer = connect_to(&mut network, &format!("{}", listener.address()), false);
    network.settle();
    let stranger = listener.accept().expect("the subscriber has connected");
    let (heard, ended) = stranger.read().unwrap();
    assert_eq!((&heard[..5], ended), (&[0, 0, 0, 5, 6][..], false), "it tells its operational modes first");
    send(&mut network, &stranger, bytes);
    if closes {
        drop(stranger);
    }
    network.settle();
    assert_eq!(listener.accept().map(|peer| peer.address()), None, "it does not come again");
    network.peers[peer].error().expect("the connection has ended").clone()
}

fn send(network: &mut Network, peer: &Peer, mut bytes: &[u8]) {
    while !bytes.is_empty()
        && let Ok(count) = peer.write(bytes)
    {
        bytes = &bytes[count..];
        network.settle();
    }
}

#[test]
fn strangers_are_told_by_what_they_speak() {
    for (bytes, text) in [
        (&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], "speaks HTTP"),
        (b"SSH-2.0-OpenSSH_9.7\r\n", "speaks SSH"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "TLS alert"),
        (b"\xAA\x01\x00\x22\x00\x07", "IEEE C37.118"),
        (b"\xAA\xBB\xCC\xDD\x00\x00\x00\x05", "Gateway Exchange Protocol"),
        (&[0, 0, 0, 5, 6, 0, 0, 2, 2], "is a subscriber too"),
    ] {
        for closes in [false, true] {
            let end = met(bytes, closes);
            assert!(matches!(&end, End::Protocol(told) if told.contains(text)), "{text}: {end:?}");
        }
    }
}

#[test]
fn who_closes_without_a_word_is_told_as_that() {
    assert!(matches!(met(&[], true), End::Closed(_)));
}

#[test]
fn a_port_is_taken_once() {
    let network = Network::new(1, PublisherSettings::default(), 0..4);
    let listener = network.simulation.listen(STRANGER.into()).unwrap();
    assert!(network.simulation.listen(STRANGER.into()).is_err());
    drop(listener);
    let any = network.simulation.listen((STRANGER.0, 0).into()).unwrap();
    assert_ne!(any.address().port(), 0);
    assert!(network.simulation.listen(STRANGER.into()).is_ok(), "it was given back");
}
