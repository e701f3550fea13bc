//! Measurements of signals that the publisher's metadata do not have.

use std::time::Duration;

use sttp::Measurement;
use sttp::publisher::PublisherSettings;
use sttp::session::Severity;

use crate::harness::{Network, PublisherTold, quiet};
use crate::signals::{not_a_number, signal_id};

/// What was told of them.
fn told(network: &mut Network) -> Vec<String> {
    let events = network.take_events().into_iter();
    let text = |event| match event {
        PublisherTold::Message(Severity::Warning, text) if text.contains("not in the metadata") => Some(text),
        _ => None,
    };
    events.filter_map(text).collect()
}

fn subscribed(loops: usize) -> Network {
    let mut network = Network::with_loops(loops, 1, PublisherSettings::default(), 0..4);
    network.connect_subscriber(quiet(), &[1, 2]);
    network.settle();
    network
}

#[test]
fn they_are_told_by_their_ids_at_once_and_then_once_in_a_while() {
    for loops in [1, 2] {
        let mut network = subscribed(loops);
        let publish = |network: &Network, signals: &[usize]| {
            let measurements: Vec<_> = signals.iter().map(|signal| not_a_number(*signal)).collect();
            network.publisher.publish(&measurements).unwrap();
        };
        publish(&network, &[1, 77, 2, 77, 78]);
        network.settle();
        let [first] = &told(&mut network)[..] else { panic!("one message") };
        assert!(first.starts_with("3 measurements"), "{first}");
        for signal in [77, 78] {
            assert!(first.contains(&signal_id(signal).to_string()), "{first}");
        }
        assert!(!first.contains(&signal_id(1).to_string()), "{first}");
        for _ in 0..90 {
            publish(&network, &[1, 79]);
            network.run_for(Duration::from_millis(100));
        }
        assert_eq!(told(&mut network), [""; 0], "so that operators can read other messages");
        // Nothing is published any more.
        network.run_for(Duration::from_secs(2));
        let [second] = &told(&mut network)[..] else { panic!("one message") };
        assert!(
            second.starts_with("90 measurements") && second.contains(&signal_id(79).to_string()),
            "{second}"
        );
        assert!(!second.contains(&signal_id(77).to_string()), "{second}");
        network.run_for(Duration::from_secs(60));
        assert_eq!(told(&mut network), [""; 0]);
        assert_eq!(network.publisher.statistics().measurements_unknown, 93);
        assert_eq!(network.peers[0].received.nan, 92);
    }
}

#[test]
fn rows_that_the_metadata_do_not_have_are_told() {
    let mut network = subscribed(1);
    let measurements = [2, 4, 1].map(|row| Measurement { signal_index: row, ..not_a_number(0) });
    network.publisher.publish_indexed(&measurements).unwrap();
    network.settle();
    let [text] = &told(&mut network)[..] else { panic!("one message") };
    assert!(text.starts_with("1 measurement was not published") && text.contains("row 4"), "{text}");
    assert_eq!(network.peers[0].received.nan, 2);
}
