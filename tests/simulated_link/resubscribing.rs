//! Other signals while measurements flow: every measurement keeps its signal across the switch.

use std::time::Duration;

use sttp::Measurement;
use sttp::error::Error;
use sttp::publisher::PublisherSettings;
use sttp::subscriber::{ConnectionState, SubscriptionOptions};
use sttp::wire::{Command, Version};
use uuid::Uuid;

use crate::harness::{Network, PublisherTold, all_forms, quiet, subscriber};
use crate::signals::{Times, filter, not_a_number, signal_id};

/// Random signals out of those that the network publishes, at least one, in random order.
fn some_signals(network: &mut Network) -> Vec<usize> {
    let mut signals: Vec<usize> = network.rows.clone();
    for last in (1..signals.len()).rev() {
        signals.swap(last, network.random.below(last + 1));
    }
    signals.truncate(1 + network.random.below(signals.len()));
    signals
}

#[test]
fn resubscribing_while_data_flows() {
    for (seed, settings) in all_forms().enumerate() {
        for round in 0..5 {
            let mut network = Network::new(seed as u64 * 100 + round, PublisherSettings::default(), 0..16);
            let mut signals = some_signals(&mut network);
            let peer = network.connect_subscriber(settings.clone(), &signals);
            for _ in 0..30 {
                for _ in 0..network.random.below(30) {
                    network.publish(40);
                    network.step();
                }
                signals = some_signals(&mut network);
                network.subscribe(peer, &signals);
            }
            network.settle();
            let last = network.published.next_number();
            network.publish(500);
            network.settle();
            let wanted: Vec<_> = signals.iter().map(|signal| signal_id(*signal)).collect();
            let received = &network.peers[peer].received;
            assert_eq!(received.signals(), wanted);
            network.assert_received_since(peer, &signals, last);
            assert_eq!(network.peers[peer].subscriber.statistics().measurements_dropped, 0);
        }
    }
}

#[test]
fn measurements_do_not_pause_for_a_resubscription() {
    for compress_payload in [true, false] {
        let settings = subscriber(|settings| settings.compress_payload = compress_payload);
        let mut network = Network::new(9, PublisherSettings::default(), 0..8);
        let peer = network.connect_subscriber(settings, &[0, 1, 2]);
        network.settle();
        for round in 0..200 {
            network.publish(100);
            network.step();
            if round % 20 == 10 {
                network.subscribe(peer, if round % 40 == 10 { &[5, 2, 1] } else { &[0, 1, 2] });
            }
        }
        network.settle();
        // Signals 1 and 2 are in every cache, so none of their measurements may be missing.
        let common = network.published.numbers_of(&[1, 2], 0);
        let numbers = &network.peers[peer].received.numbers;
        assert!(common.iter().all(|number| numbers.binary_search(number).is_ok()));
    }
}

#[test]
fn unsubscribing_and_resubscribing_in_any_order() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let mut wanted = None;
        let peer = network.connect(settings);
        for _ in 0..200 {
            match network.random.below(6) {
                0 => {
                    network.peers[peer].subscriber.unsubscribe().unwrap();
                    wanted = None;
                }
                1 | 2 => {
                    let signals = some_signals(&mut network);
                    network.subscribe(peer, &signals);
                    wanted = Some(signals);
                }
                _ => {}
            }
            network.publish(30);
            network.step();
        }
        network.settle();
        let last = network.published.next_number();
        network.publish(300);
        network.settle();
        assert_eq!(network.info(peer).subscribed, wanted.is_some());
        network.assert_received_since(peer, &wanted.unwrap_or_default(), last);
    }
}

#[test]
fn nothing_is_delivered_after_unsubscribing() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let peer = network.connect_subscriber(settings, &[1, 2, 3]);
        network.settle();
        for _ in 0..20 {
            network.publish(100);
            network.step();
        }
        network.peers[peer].subscriber.unsubscribe().unwrap();
        network.run_for(Duration::ZERO);
        let before = network.peers[peer].received.numbers.len();
        for _ in 0..20 {
            network.publish(100);
            network.step();
        }
        network.settle();
        assert_eq!(network.peers[peer].received.numbers.len(), before);
        let ended = |event: &PublisherTold| matches!(event, PublisherTold::Unsubscribed(_));
        assert_eq!(network.events.iter().filter(|event| ended(event)).count(), 1);
        assert!(!network.info(peer).subscribed);
    }
}

#[test]
fn a_late_answer_does_not_make_one_subscribed_that_has_unsubscribed() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..3);
        let peer = network.connect_subscriber(settings, &[1]);
        network.settle();
        let state = |network: &Network| network.peers[peer].subscriber.state();
        assert_eq!(state(&network), ConnectionState::Subscribed);
        network.subscribe(peer, &[2]);
        network.peers[peer].subscriber.unsubscribe().unwrap();
        network.settle();
        assert!(network.peers[peer].received.succeeded.contains(&Command::Unsubscribe));
        assert_eq!(state(&network), ConnectionState::Connected);
        network.subscribe(peer, &[1]);
        network.settle();
        assert_eq!(state(&network), ConnectionState::Subscribed);
    }
}

#[test]
fn times_may_come_and_go_while_data_flow() {
    for version in [Version::V1, Version::V2, Version::V3] {
        for seed in 0..10 {
            let settings = subscriber(|settings| {
                (settings.version, settings.compress_payload) = (version, false);
            });
            let mut network = Network::new(seed, PublisherSettings::default(), 0..9);
            let peer = network.connect_subscriber(settings, &[1, 2, 3]);
            for round in 0..20 {
                for _ in 0..network.random.below(12) {
                    network.publish(9);
                    network.step();
                }
                let options =
                    SubscriptionOptions::default().filter(filter([1, 2, 3])).include_time(round % 2 == 0);
                network.subscribe_with(peer, options);
            }
            network.settle();
            let last = network.published.next_number();
            network.publish(100);
            network.settle();
            network.assert_received_since(peer, &[1, 2, 3], last);
            let statistics = network.peers[peer].subscriber.statistics();
            assert_eq!((statistics.packets_dropped, statistics.measurements_dropped), (0, 0));
        }
    }
}

#[test]
fn subscriptions_follow_redefined_metadata() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let chosen = network.connect_subscriber(settings.clone(), &[2, 5, 30]);
        let all = network.connect(settings);
        let filter = "FILTER ActiveMeasurements WHERE True".into();
        network.subscribe_with(all, SubscriptionOptions::default().filter(filter));
        network.settle();
        for rows in [vec![7, 5, 2, 1], vec![30, 31, 5], (0..40).collect(), (0..10).rev().collect()] {
            for _ in 0..20 {
                network.publish(60);
                network.step();
            }
            network.redefine(rows);
        }
        network.settle();
        let last = network.published.next_number();
        network.publish(500);
        network.settle();
        network.assert_received_since(chosen, &[2, 5, 30], last);
        // Signal 5 was there all the time, so none of its measurements may be missing.
        let numbers = &network.peers[chosen].received.numbers;
        let expected = network.published.numbers_of(&[5], 0);
        assert!(expected.iter().all(|number| numbers.binary_search(number).is_ok()));
        assert_eq!(network.peers[chosen].received.signals(), [2, 5].map(signal_id));
        let every_signal: Vec<_> = (0..10).rev().map(signal_id).collect();
        assert_eq!(network.peers[all].received.signals(), every_signal);
        for peer in &network.peers {
            assert_eq!(peer.received.configuration_changes, 4);
            assert_eq!(peer.subscriber.statistics().measurements_dropped, 0);
        }
    }
}

#[test]
fn a_refused_subscription_leaves_the_old_one_as_it_was() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let peer = network.connect_subscriber(settings, &[4, 2]);
        network.settle();
        for bad in ["FILTER Nope WHERE True", "FILTER ActiveMeasurements WHERE (", "FILTER"] {
            network.publish(100);
            network.step();
            let options = SubscriptionOptions::default().filter(bad.into());
            network.subscribe_with(peer, options);
        }
        network.settle();
        network.publish(100);
        network.settle();
        let received = &network.peers[peer].received;
        let failed = received.failed.iter().filter(|(command, _)| *command == Command::Subscribe);
        assert_eq!(failed.count(), 3);
        assert!(received.failed.iter().all(|(_, text)| !text.is_empty()));
        assert_eq!(received.caches.len(), 1);
        network.assert_received_all(peer, &[4, 2]);
        assert!(network.info(peer).subscribed);
    }
}

#[test]
fn a_filter_may_select_nothing_until_metadata_change() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..4);
        let peer = network.connect_subscriber(settings, &[8]);
        network.settle();
        network.publish(50);
        network.settle();
        let received = &network.peers[peer].received;
        assert_eq!((received.caches.len(), received.signals().len()), (1, 0));
        assert!(received.succeeded.contains(&Command::Subscribe));
        network.redefine([8, 1]);
        network.settle();
        network.publish(50);
        network.settle();
        network.assert_received_all(peer, &[8]);
    }
}

#[test]
fn rows_of_replaced_metadata_are_refused() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[0, 1, 2, 3, 4]);
    network.settle();
    let of_row = |row: u32, id: Option<usize>| Measurement {
        signal_id: id.map_or(Uuid::nil(), signal_id),
        signal_index: row,
        value: f64::NAN,
        ..not_a_number(0)
    };
    let publish = |network: &Network, row, id| network.publisher.publish_indexed(&[of_row(row, id)]);
    publish(&network, 1, None).unwrap();
    // One more signal leaves the rows as they were.
    network.redefine(0..5);
    publish(&network, 1, None).unwrap();
    network.redefine([1, 0, 2, 3]);
    for subscribed in [true, false] {
        if !subscribed {
            network.peers[peer].subscriber.disconnect().unwrap();
        }
        network.settle();
        let error = publish(&network, 1, None).unwrap_err();
        assert!(
            matches!(&error, Error::InvalidArgument(text) if text.contains("measurement 0 of 1")),
            "{error}"
        );
        assert!(publish(&network, 4, None).is_err(), "the row is gone");
        assert!(publish(&network, 1, Some(1)).is_err());
        publish(&network, 2, None).unwrap();
        publish(&network, 1, Some(0)).unwrap();
    }
    assert_eq!(network.publisher.signal_index(&signal_id(0)), Some(1));
    publish(&network, 1, None).unwrap();
    assert!(publish(&network, 1, Some(1)).is_err());
    publish(&network, 4, None).unwrap();
    assert_eq!(network.publisher.statistics().measurements_unknown, 1);
}

#[test]
fn what_waits_to_be_read_keeps_its_signals() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..9);
        let peer = network.connect_subscriber(form.read_queue(1 << 20), &[0, 1, 2, 3, 4, 5]);
        network.settle();
        for signals in [&[8, 7][..], &[7, 8, 0, 1], &[5]] {
            network.publish(300);
            network.step();
            network.subscribe(peer, signals);
            network.settle();
        }
        network.publish(300);
        network.settle();
        let subscriber = &network.peers[peer].subscriber;
        assert_eq!(subscriber.read_signals(), None);
        let mut room = vec![not_a_number(0); 7_000];
        let (mut generations, mut numbers) = (Vec::new(), Vec::new());
        while let Ok((count, signals)) = subscriber.read_with_signals(&mut room, Some(Duration::ZERO)) {
            let signals = signals.unwrap();
            assert!(subscriber.read_signals().unwrap().is(&signals));
            generations.push(signals.generation);
            for one in &room[..count] {
                let record = &signals.cache.records()[one.signal_index as usize];
                assert_eq!(record.signal_id, one.signal_id);
                numbers.push(network.published.recognise(one, Times::Exact));
            }
        }
        assert!(numbers.is_sorted());
        generations.dedup();
        assert_eq!(generations.len(), 4, "{generations:?}");
    }
}
