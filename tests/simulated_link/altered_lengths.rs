//! Lengths that somebody on the way has altered, so that what follows is taken for the rest of something.

use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriberSettings;

use crate::harness::{BY_PUBLISHER, BY_SUBSCRIBER, Between, End, Network, Unit, patient};

const SECOND: Duration = Duration::from_secs(1);

/// A network with somebody on the way, and a subscriber that gets signal 1 through there.
fn with_somebody_on_the_way(
    seed: u64,
    unit: Unit,
    settings: SubscriberSettings,
) -> (Network, Between, usize) {
    let publisher = PublisherSettings::default();
    let mut network = Network::new(seed, publisher, 0..20);
    if let Unit::Record = unit {
        network.secure(publisher);
    }
    let mut between = Between::new(&network, unit);
    let peer = between.connect(&mut network, settings);
    (network, between, peer)
}

#[test]
fn a_subscriber_does_not_wait_for_ever_for_a_record_of_altered_length() {
    let (mut network, mut between, peer) = with_somebody_on_the_way(8, Unit::Record, patient());
    between.altered = Some(BY_PUBLISHER);
    network.publish(200);
    between.carry(&mut network, SECOND * 59);
    assert_eq!(network.peers[peer].received.ends, [], "the rest may come");
    between.carry(&mut network, SECOND * 2);
    let ends = &network.peers[peer].received.ends;
    assert!(
        matches!(&ends[..], [End::Timeout(text)] if text.contains("record") && text.contains("(answerTimeout)")),
        "{ends:?}"
    );
    between.assert_signal_comes(&mut network, peer, 1);
}

#[test]
fn a_subscriber_does_not_wait_for_ever_for_a_record_of_altered_length_while_bytes_come() {
    let (mut network, mut between, peer) = with_somebody_on_the_way(11, Unit::Record, patient());
    let first = network.published.next_number();
    between.altered = Some(BY_PUBLISHER);
    for _ in 0..58 {
        network.publish(40);
        between.carry(&mut network, SECOND);
    }
    let received = &network.peers[peer].received;
    assert_eq!(received.ends, [], "the rest may come");
    assert!(received.numbers.iter().all(|number| *number < first), "all is taken for the rest of a record");
    for _ in 0..4 {
        network.publish(40);
        between.carry(&mut network, SECOND);
    }
    let ends = &network.peers[peer].received.ends;
    assert!(
        matches!(&ends[..], [End::Timeout(text)] if text.contains("record") && text.contains("(answerTimeout)")),
        "{ends:?}"
    );
    between.assert_signal_comes(&mut network, peer, 1);
}

#[test]
fn a_publisher_does_not_wait_for_ever_for_a_record_of_altered_length() {
    let (mut network, mut between, peer) = with_somebody_on_the_way(9, Unit::Record, patient());
    between.altered = Some(BY_SUBSCRIBER);
    network.subscribe(peer, &[2]);
    between.carry(&mut network, SECOND * 29);
    assert!(network.closed.is_empty(), "the rest may come");
    between.carry(&mut network, SECOND * 10);
    let reasons: Vec<_> = network.closed.iter().map(|(_, reason)| reason).collect();
    assert!(
        matches!(&reasons[..], [Err(End::Protocol(text))] if text.contains("record of TLS") && text.contains("(commandTimeout)")),
        "{reasons:?}"
    );
    between.assert_signal_comes(&mut network, peer, 2);
}

#[test]
fn a_subscriber_does_not_wait_for_ever_for_a_response_of_altered_length_while_bytes_come() {
    let (mut network, mut between, peer) = with_somebody_on_the_way(10, Unit::Frame, patient());
    let first = network.published.next_number();
    between.altered = Some(BY_PUBLISHER);
    for _ in 0..58 {
        network.publish(200);
        between.carry(&mut network, SECOND);
    }
    let received = &network.peers[peer].received;
    assert_eq!(received.ends, [], "the rest may come");
    assert!(received.numbers.iter().all(|number| *number < first), "all is taken for the rest of a packet");
    for _ in 0..4 {
        network.publish(200);
        between.carry(&mut network, SECOND);
    }
    let ends = &network.peers[peer].received.ends;
    assert!(
        matches!(&ends[..], [End::Timeout(text)] if text.contains("rest of a response") && text.contains("(answerTimeout)")),
        "{ends:?}"
    );
    between.assert_signal_comes(&mut network, peer, 1);
}
