//! What a publisher does for one of its connections, or answers to all of them.

use std::time::Duration;

use sttp::Measurement;
use sttp::error::Error;
use sttp::publisher::{PublisherSettings, UserAnswer};

use crate::harness::{Network, PublisherTold, all_forms, quiet, wanting};

/// One measurement of each of these signals.
fn one_of_each(network: &mut Network, signals: &[usize]) -> Vec<Measurement> {
    signals.iter().map(|signal| network.published.next(*signal, &mut network.random)).collect()
}

#[test]
fn a_newcomer_gets_the_latest_values_and_the_others_do_not() {
    for loops in [1, 2] {
        for (seed, form) in all_forms().enumerate() {
            let mut network = Network::with_loops(loops, seed as u64, PublisherSettings::default(), 0..6);
            let old = network.connect_subscriber(form.clone(), &[1, 2, 4]);
            network.settle();
            let first = network.published.next_number();
            network.publish(500);
            network.settle();
            let newcomer = network.connect_subscriber(form.clone(), &[1, 2, 4]);
            network.settle();
            let before = network.published.next_number();
            let latest = one_of_each(&mut network, &[0, 1, 2, 4]);
            let id = network.info(newcomer).id;
            network.publisher.publish_to(id, &latest).unwrap();
            for _ in 0..20 {
                network.publish(50);
                network.step();
            }
            network.settle();
            // Signal 0 is not subscribed.
            let received = &network.peers[newcomer].received.numbers;
            assert_eq!(received[..3], [before + 1, before + 2, before + 3]);
            network.assert_received_since(newcomer, &[1, 2, 4], before);
            let of_all = &network.peers[old].received.numbers;
            assert!(of_all.iter().all(|number| *number < before || *number >= before + latest.len()));
            let shared = |numbers: &[usize]| -> Vec<usize> {
                numbers.iter().copied().filter(|number| *number >= before + latest.len()).collect()
            };
            assert_eq!(shared(of_all), shared(received));
            assert!(of_all.starts_with(&network.published.numbers_of(&[1, 2, 4], first)[..3]));
            assert_eq!(network.peers[old].subscriber.statistics().packets_dropped, 0);
        }
    }
}

#[test]
fn a_throttled_subscriber_gets_them_at_once() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let peer = network.connect(quiet());
    let mut options = wanting(&[1, 2]);
    options.throttled = true;
    network.subscribe_with(peer, options);
    network.settle();
    let latest = one_of_each(&mut network, &[1, 2]);
    network.publisher.publish_to(network.info(peer).id, &latest).unwrap();
    network.run_for(Duration::from_millis(300));
    assert_eq!(network.peers[peer].received.numbers, [0, 1]);
}

#[test]
fn nothing_is_published_to_a_connection_without_subscription() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let peer = network.connect(quiet());
    network.settle();
    let id = network.info(peer).id;
    let latest = one_of_each(&mut network, &[1]);
    assert!(matches!(network.publisher.publish_to(id, &latest), Err(Error::InvalidState(_))));
    assert!(matches!(network.publisher.publish_to(id + 1_000, &latest), Err(Error::NotFound(_))));
}

#[test]
fn the_publisher_ends_a_playback_and_hears_of_changes_of_its_pace() {
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(3_600));
    let mut network = Network::new(1, settings, 0..6);
    network.publish(2_000);
    network.settle();
    let peer = network.connect(quiet());
    let mut options = wanting(&[1, 2, 4]);
    (options.start_time, options.processing_interval) = (Some("2026-01-01".into()), 60_000);
    network.subscribe_with(peer, options);
    network.run_for(Duration::from_secs(2));
    let id = network.info(peer).id;
    network.peers[peer].subscriber.update_processing_interval(30_000).unwrap();
    network.run_for(Duration::from_secs(2));
    let told =
        |event: &PublisherTold| matches!(event, PublisherTold::ProcessingInterval(of, 30_000) if *of == id);
    assert_eq!(network.take_events().iter().filter(|event| told(event)).count(), 1);

    network.publisher.end_playback(id, "the archive is closed").unwrap();
    network.settle();
    let received = &network.peers[peer].received;
    assert_eq!(received.completions, ["Historical data end here: the archive is closed"]);
    assert!(received.numbers.len() < network.published.numbers_of(&[1, 2, 4], 0).len());
    assert!(network.is_connected(peer) && !network.info(peer).subscribed);
    assert!(matches!(network.publisher.end_playback(id, ""), Err(Error::InvalidState(_))));
    assert!(matches!(network.publisher.end_playback(id + 1_000, ""), Err(Error::NotFound(_))));
}

#[test]
fn a_user_response_goes_to_all() {
    for loops in [1, 3] {
        let mut network = Network::with_loops(loops, 1, PublisherSettings::default(), 0..6);
        let peers: Vec<usize> = all_forms().map(|form| network.connect(form)).collect();
        network.settle();
        network.publisher.answer_user_command(None, 3, UserAnswer::Response(7, b"all")).unwrap();
        network.settle();
        for peer in peers {
            assert_eq!(network.peers[peer].received.user_responses, [(7, Some(3), b"all".to_vec())]);
        }
    }
}
