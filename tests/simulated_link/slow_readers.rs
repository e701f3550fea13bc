//! Subscribers that take measurements more slowly than they are published.

use std::time::Duration;

use sttp::publisher::{Overflow, PublisherSettings};
use sttp::session::Severity;
use sttp::subscriber::SubscriberSettings;

use crate::harness::{End, Network, PublisherTold, all_forms, quiet};

const SIGNALS: [usize; 5] = [0, 2, 4, 6, 8];
const LIMIT: usize = 64 << 10;

fn settings(overflow: Overflow) -> PublisherSettings {
    PublisherSettings::default().overflow(overflow).send_queue_limit(LIMIT)
}

/// Waits for ever, so that only the publisher decides.
fn patient(mut settings: SubscriberSettings) -> SubscriberSettings {
    settings.data_loss_timeout = None;
    settings
}

#[test]
fn what_is_dropped_is_counted_and_what_follows_is_decoded() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, settings(Overflow::DropOldest), 0..9);
        let slow = network.connect_subscriber(patient(form.clone()), &SIGNALS);
        let other = network.connect_subscriber(form, &SIGNALS);
        network.settle();
        for round in 0..300 {
            network.towards_subscriber(slow, |way| way.stalled = round % 150 > 5);
            network.publish(150);
            network.step();
            assert!(network.info(slow).counters.queued_bytes as usize <= LIMIT + 64);
        }
        network.towards_subscriber(slow, |way| way.stalled = false);
        network.settle();
        let last = network.published.next_number();
        network.publish(500);
        network.settle();

        network.assert_received_all(other, &SIGNALS);
        network.assert_received_since(slow, &SIGNALS, last);
        let published = network.published.numbers_of(&SIGNALS, 0);
        let info = network.info(slow);
        let received = &network.peers[slow].received;
        assert!(info.counters.measurements_dropped > 0);
        assert_eq!(info.counters.measurements_sent, received.numbers.len() as u64);
        assert_eq!(
            info.counters.measurements_sent + info.counters.measurements_dropped,
            published.len() as u64
        );
        assert_eq!(network.publisher.statistics().measurements_dropped, info.counters.measurements_dropped);
        let told = network.peers[slow].subscriber.statistics();
        assert_eq!(told.measurements_dropped_by_publisher, info.counters.measurements_dropped);
        assert_eq!(told.packets_missing, 0);
        let is_told = |text: &String| text.contains("measurements are missing: the publisher dropped them");
        assert!(!received.messages.is_empty() && received.messages.iter().all(is_told), "{received:?}");
        assert_eq!(network.peers[other].received.messages, [""; 0]);
        let counts = network.peers[other].subscriber.statistics();
        assert_eq!(counts.measurements_dropped_by_publisher, 0, "only its own");
    }
}

#[test]
fn operators_learn_whose_measurements_are_dropped_and_how_many() {
    let mut network = Network::new(4, settings(Overflow::DropOldest), 0..9);
    let slow = network.connect_subscriber(patient(quiet()), &SIGNALS);
    let other = network.connect_subscriber(quiet(), &SIGNALS);
    network.settle();
    network.towards_subscriber(slow, |way| way.stalled = true);
    for _ in 0..600 {
        network.publish(150);
        network.run_for(Duration::from_millis(100));
    }
    let (slow_address, other_address) = (network.info(slow).address, network.info(other).address);
    let texts = |network: &mut Network| -> Vec<String> {
        let events = network.take_events().into_iter();
        let texts = events.filter_map(|event| match event {
            PublisherTold::Message(Severity::Warning, text) if text.starts_with("dropped") => Some(text),
            _ => None,
        });
        texts.collect()
    };
    let told = texts(&mut network);
    assert!((2..=12).contains(&told.len()), "at most every five seconds: {told:?}");
    assert!(told.iter().all(|text| text.contains(&format!("measurements for {slow_address}, "))), "{told:?}");
    assert!(!told.iter().any(|text| text.contains(&other_address.to_string())));
    network.cut(slow);
    network.settle();
    let total = network.info(slow).counters.measurements_dropped;
    let last = told.into_iter().chain(texts(&mut network)).last().unwrap();
    assert!(total > 0 && last.contains(&format!(", {total} so far")), "{total} were dropped: {last}");
}

#[test]
fn a_subscriber_that_reads_nothing_at_all_costs_bounded_memory() {
    let mut network = Network::new(1, settings(Overflow::DropOldest), 0..9);
    let slow = network.connect_subscriber(patient(quiet()), &SIGNALS);
    network.settle();
    network.towards_subscriber(slow, |way| way.stalled = true);
    for _ in 0..2000 {
        network.publish(300);
        network.run_for(Duration::from_secs(1));
        assert!(network.info(slow).counters.queued_bytes as usize <= LIMIT + 64);
    }
}

#[test]
fn a_slow_subscriber_is_disconnected_on_request() {
    for seed in 0..10 {
        let mut network = Network::new(seed, settings(Overflow::Disconnect), 0..9);
        let slow = network.connect_subscriber(patient(quiet()), &SIGNALS);
        let other = network.connect_subscriber(quiet(), &SIGNALS);
        network.settle();
        network.towards_subscriber(slow, |way| way.stalled = true);
        for _ in 0..300 {
            network.publish(500);
            network.step();
        }
        network.run_for(Duration::from_secs(6));
        assert!(!network.is_connected(slow));
        assert!(matches!(network.closed[..], [(_, Err(End::Timeout(_)))]), "{:?}", network.closed);
        network.settle();
        network.assert_received_all(other, &SIGNALS);
    }
}

#[test]
fn publishing_waits_on_request_and_nothing_is_lost() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, settings(Overflow::Wait { timeout: None }), 0..9);
        let slow = network.connect_subscriber(patient(form), &SIGNALS);
        network.settle();
        let mut waited = 0;
        for round in 0..150 {
            network.towards_subscriber(slow, |way| way.stalled = round % 50 > 10);
            if !network.try_to_publish(10_000) {
                waited += 1;
            }
            network.step();
        }
        assert!(waited > 0);
        network.towards_subscriber(slow, |way| way.stalled = false);
        network.settle();
        assert!(network.is_flushed());
        network.assert_received_all(slow, &SIGNALS);
        assert_eq!(network.info(slow).counters.measurements_dropped, 0);
    }
}

#[test]
fn waiting_ends_with_its_time_out() {
    let timeout = Some(Duration::from_secs(30));
    let mut network = Network::new(3, settings(Overflow::Wait { timeout }), 0..9);
    let slow = network.connect_subscriber(patient(quiet()), &SIGNALS);
    network.run_for(Duration::from_secs(100));
    network.towards_subscriber(slow, |way| way.stalled = true);
    while network.try_to_publish(10_000) {
        network.step();
    }
    network.run_for(Duration::from_secs(28));
    assert!(network.is_connected(slow));
    network.run_for(Duration::from_secs(12));
    assert!(matches!(network.closed[..], [(_, Err(End::Timeout(_)))]), "{:?}", network.closed);
    assert!(network.try_to_publish(10_000));
}

#[test]
fn a_short_time_out_is_not_over_before_it_began() {
    let timeout = Some(Duration::from_secs(1));
    for seed in 0..20 {
        let mut network = Network::new(seed, settings(Overflow::Wait { timeout }), 0..9);
        let reader = network.connect_subscriber(patient(quiet()), &SIGNALS);
        network.settle();
        for _ in 0..300 {
            network.publish(50);
            network.run_for(Duration::from_millis(93));
        }
        assert!(network.is_connected(reader));
        assert_eq!(network.peers[reader].error(), None);
    }
}

#[test]
fn metadata_that_wait_to_be_sent_cost_no_measurements() {
    for overflow in [Overflow::DropOldest, Overflow::Disconnect, Overflow::Wait { timeout: None }] {
        let mut network = Network::new(2, settings(overflow), 0..3000);
        let form = quiet().gzip(false);
        let peer = network.connect_subscriber(form, &SIGNALS);
        network.run_until("the subscription", |network| {
            network.is_connected(peer) && network.info(peer).subscribed
        });
        network.peers[peer].subscriber.request_metadata("").unwrap();
        for _ in 0..200 {
            network.publish(20);
            network.step();
        }
        network.run_until("the metadata", |network| network.peers[peer].received.metadata.len() == 1);
        network.settle();
        assert_eq!(network.info(peer).counters.measurements_dropped, 0);
        network.assert_received_all(peer, &SIGNALS);
    }
}

#[test]
fn what_waits_is_sent_though_the_connection_holds_less_than_before() {
    for seed in 0..3 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..8);
        let peer = network.connect_subscriber(quiet(), &[1, 2, 5]);
        network.settle();
        network.towards_subscriber(peer, |way| way.stalled = true);
        network.publish(8_000);
        network.step();
        network.towards_subscriber(peer, |way| (way.capacity, way.stalled) = (64, false));
        network.settle();
        network.assert_received_all(peer, &[1, 2, 5]);
    }
}
