//! Historical data, from what the publisher keeps in memory.

use std::time::Duration;

use sttp::publisher::{Overflow, PublisherSettings};
use sttp::subscriber::{ConnectionState, SubscriberSettings, SubscriptionOptions};
use sttp::wire::{Command, Version};
use sttp::{Measurement, Ticks};

use crate::harness::{Network, PublisherTold, all_forms, coming_back, quiet, wanting};
use crate::signals::{NOW, START, not_a_number};

const SIGNALS: [usize; 4] = [1, 2, 4, 7];

fn settings() -> PublisherSettings {
    PublisherSettings::default().history_duration(Duration::from_secs(3_600))
}

/// Waits for ever, so that only the publisher decides.
fn patient(mut settings: SubscriberSettings) -> SubscriberSettings {
    settings.data_loss_timeout = None;
    settings
}

fn options(start: Ticks, stop: Ticks, processing_interval: i32) -> SubscriptionOptions {
    wanting(&SIGNALS)
        .start_time(Some(start.to_string()))
        .stop_time(Some(stop.to_string()))
        .processing_interval(processing_interval)
}

/// Numbers of the measurements that a window has to give.
fn numbers_in(network: &Network, start: Ticks, stop: Ticks) -> Vec<usize> {
    let numbers = network.published.numbers_of(&SIGNALS, 0).into_iter();
    numbers.filter(|number| (start..=stop).contains(&network.published.time_of(*number))).collect()
}

#[test]
fn a_window_arrives_complete_in_every_form_while_live_measurements_flow() {
    for (seed, form) in all_forms().enumerate() {
        for overflow in [Overflow::DropOldest, Overflow::Disconnect, Overflow::Wait { timeout: None }] {
            let send_queue_limit = 64 << 10;
            let settings = settings().overflow(overflow).send_queue_limit(send_queue_limit);
            let mut network = Network::new(seed as u64, settings, 0..9);
            let live = network.connect_subscriber(form.clone(), &SIGNALS);
            network.settle();
            for _ in 0..50 {
                network.publish(300);
                network.step();
            }
            // From one measurement to another, both included.
            let [first, last] = [2_345, 13_456].map(|number| network.published.time_of(number));
            let historical = network.connect(patient(form.clone()));
            network.subscribe_with(historical, options(first, last, 0));
            let mut round = 0;
            while network.peers[historical].received.completions.is_empty() {
                round += 1;
                assert!(round < 100_000, "the historical data do not end");
                // It reads now and then.
                network.towards_subscriber(historical, |way| way.stalled = round % 30 > 10);
                if round < 300 {
                    network.publish(10);
                }
                network.step();
                let is_small = |queued| queued < 100 << 10;
                assert!(
                    !network.is_connected(historical)
                        || is_small(network.info(historical).counters.queued_bytes)
                );
            }
            network.settle();

            network.assert_received_all(live, &SIGNALS);
            let expected = numbers_in(&network, first, last);
            let received = &network.peers[historical].received;
            assert_eq!(received.numbers, expected);
            assert_eq!(received.start_times, [network.published.time_of(expected[0])]);
            assert_eq!(received.failed, []);
            assert_eq!(network.info(historical).counters.measurements_dropped, 0);
            assert!(!network.info(historical).subscribed, "nothing will follow");
        }
    }
}

#[test]
fn an_open_window_ends_with_what_is_there() {
    let mut network = Network::new(5, settings(), 0..9);
    network.publish(5_000);
    network.settle();
    let stops = [None, Some("*".into()), Some("*+1d".into()), Some("9999-12-31".into())];
    for stop_time in stops {
        let peer = network.connect(quiet());
        let start_time = Some("2026-01-01".into());
        let options = options(Ticks(0), Ticks(0), 0).stop_time(stop_time).start_time(start_time);
        network.subscribe_with(peer, options);
        network.run_until_complete(peer);
        network.assert_received_all(peer, &SIGNALS);
    }
}

#[test]
fn a_window_without_measurements_ends_at_once() {
    let mut network = Network::new(5, settings(), 0..9);
    network.publish(5_000);
    let before = network.published.time_of(0).0;
    for (start, stop) in [(0, before - 1), (before + (1 << 50), i64::MAX >> 2)] {
        let peer = network.connect(quiet());
        network.subscribe_with(peer, options(Ticks(start), Ticks(stop.min(Ticks::MAX.0)), -1));
        network.run_until_complete(peer);
        assert_eq!(network.peers[peer].received.numbers, [0_usize; 0]);
        assert_eq!(network.peers[peer].received.start_times, []);
    }
}

#[test]
fn parts_of_a_second_are_sent_as_the_times_that_they_mean() {
    for version in [Version::V1, Version::V2] {
        let mut network = Network::new(6, settings(), 0..9);
        let peer = network.connect(quiet().version(version).reconnect(coming_back()));
        network.settle();
        let times = wanting(&SIGNALS).start_time(Some("*-500ms".into())).stop_time(Some("*-0.25s".into()));
        network.subscribe_with(peer, times.processing_interval(0));
        network.run_until_complete(peer);
        let begun = network.take_events().into_iter().find_map(|event| match event {
            PublisherTold::Subscribed(info) => info.terms,
            _ => None,
        });
        let terms = begun.expect("the terms are known when measurements may flow");
        let time = |text: &Option<String>| text.as_ref().unwrap().parse::<Ticks>().unwrap().0;
        let (start, stop) = (time(&terms.asked_for.start_time), time(&terms.asked_for.stop_time));
        assert_eq!(stop - start, Ticks::PER_SECOND / 4);
        let asked = start + Ticks::PER_SECOND / 2 - NOW.0;
        assert!((0..Ticks::PER_SECOND).contains(&asked), "{asked}");
        assert_eq!(terms.granted.window.map(|window| (window.start.0, window.stop.0)), Some((start, stop)));
        network.cut(peer);
        network.run_for(Duration::from_secs(10));
        let received = &network.peers[peer].received;
        assert_eq!((received.connections, received.completions.len()), (2, 1), "it is not asked for again");
    }
}

/// How long a playback of the first `seconds` of history takes on the simulated clock.
fn playing_time(network: &mut Network, peer: usize) -> Duration {
    let begun = network.simulation.now();
    network.run_until_complete(peer);
    network.simulation.now() - begun
}

/// A history with steps of exactly 40 ms, 5 measurements each.
fn regular_history(network: &mut Network, steps: i64) {
    for step in 0..steps {
        let frame: Vec<_> = (0..5)
            .map(|row| Measurement {
                timestamp: Ticks(START + step * 40 * Ticks::PER_MILLISECOND),
                signal_index: row,
                ..not_a_number(row as usize)
            })
            .collect();
        network.publisher.publish_indexed(&frame).unwrap();
    }
    network.settle();
}

#[test]
fn playback_follows_its_interval() {
    for (interval, milliseconds) in [(-1, 40), (40, 40), (10, 10), (100, 100), (0, 0)] {
        let mut network = Network::new(7, settings(), 0..5);
        regular_history(&mut network, 501);
        let peer = network.connect(quiet());
        network.subscribe_with(peer, options(Ticks(0), Ticks::MAX, interval));
        let took = playing_time(&mut network, peer).as_millis() as i64;
        // Besides, there is the way there and back.
        let expected = 500 * milliseconds;
        assert!((expected..expected + 500).contains(&took), "{interval}: {took} ms");
        let received = &network.peers[peer].received;
        assert_eq!(received.nan, 501 * 3, "signals 1, 2 and 4 are among the five");
        if interval != 0 {
            assert!(received.packets.len() > 250, "steps come one by one");
        }
    }
}

#[test]
fn the_pace_can_be_changed_under_way() {
    let mut network = Network::new(9, settings(), 0..5);
    regular_history(&mut network, 1_001);
    let peer = network.connect(quiet());
    network.subscribe_with(peer, options(Ticks(0), Ticks::MAX, 3_600_000));
    network.run_for(Duration::from_secs(60));
    assert_eq!(network.peers[peer].received.nan, 3, "one step an hour");
    network.peers[peer].subscriber.update_processing_interval(50).unwrap();
    network.run_for(Duration::from_secs(10));
    let after_ten_seconds = network.peers[peer].received.nan / 3;
    assert!((190..=205).contains(&after_ten_seconds), "{after_ten_seconds} steps");
    network.peers[peer].subscriber.update_processing_interval(0).unwrap();
    let took = playing_time(&mut network, peer);
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(network.peers[peer].received.nan, 3 * 1_001);
    let changes = network.peers[peer].received.succeeded.iter();
    assert_eq!(changes.filter(|command| **command == Command::UpdateProcessingInterval).count(), 2);
}

#[test]
fn a_playback_is_replaced_and_ended_at_any_time() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, settings(), 0..9);
        network.publish(20_000);
        network.settle();
        let peer = network.connect(form);
        let (start, end) = (Ticks(0), Ticks::MAX);
        let mut expected = Vec::new();
        for round in 0..12 {
            match network.random.below(4) {
                0 => network.subscribe(peer, &SIGNALS),
                1 => network.peers[peer].subscriber.unsubscribe().unwrap(),
                _ => network.subscribe_with(peer, options(start, end, 5)),
            }
            let milliseconds = network.random.below(200) as u64;
            network.run_for(Duration::from_millis(milliseconds));
            // Whatever was on its way when the subscription changed is told apart by the session.
            network.settle();
            network.peers[peer].received.numbers.clear();
            assert_eq!(network.peers[peer].error(), None, "round {round}");
        }
        // The last wish counts.
        network.peers[peer].subscriber.unsubscribe().unwrap();
        network.settle();
        network.peers[peer].received.numbers.clear();
        network.peers[peer].received.completions.clear();
        network.subscribe_with(peer, options(start, end, 0));
        network.run_until_complete(peer);
        expected.extend(numbers_in(&network, start, end));
        assert_eq!(network.peers[peer].received.numbers, expected);
        network.settle();
        assert_eq!(network.peers[peer].received.completions.len(), 1);
        // Live measurements after that.
        network.peers[peer].received.numbers.clear();
        network.subscribe(peer, &SIGNALS);
        network.settle();
        let first = network.published.next_number();
        network.publish(500);
        network.settle();
        assert_eq!(network.peers[peer].received.numbers, network.published.numbers_of(&SIGNALS, first));
    }
}

#[test]
fn what_is_forgotten_before_its_turn_is_told() {
    let limited = settings().history_limit(1 << 20);
    let mut network = Network::new(3, limited, 0..9);
    network.publish(20_000);
    let peer = network.connect(patient(quiet()));
    network.subscribe_with(peer, options(Ticks(0), Ticks::MAX, 1_000));
    network.run_for(Duration::from_secs(2));
    for _ in 0..400 {
        network.publish(2_000);
        network.run_for(Duration::from_millis(1));
    }
    network.peers[peer].subscriber.update_processing_interval(0).unwrap();
    network.run_until_complete(peer);
    let text = &network.peers[peer].received.completions[0];
    assert!(text.contains("too old to be kept"), "{text}");
    let (command, why) = &network.peers[peer].received.failed[0];
    assert_eq!(*command, Command::Subscribe);
    assert!(why.contains("too old to be kept"), "{why}");
    let told = network
        .take_events()
        .into_iter()
        .any(|event| matches!(event, PublisherTold::Message(_, text) if text.contains("too old to be kept")));
    assert!(told);
}

#[test]
fn many_playbacks_share_the_time() {
    let mut network = Network::new(11, settings(), 0..9);
    network.publish(30_000);
    network.settle();
    let (start, end) = (Ticks(0), Ticks::MAX);
    let peers: Vec<usize> = (0..40).map(|_| network.connect(quiet())).collect();
    for peer in &peers {
        network.subscribe_with(*peer, options(start, end, 0));
    }
    // The last one of them does not wait for the others to be complete.
    network.run_until_complete(*peers.last().unwrap());
    let expected = numbers_in(&network, start, end);
    for peer in peers {
        if network.peers[peer].received.completions.is_empty() {
            network.run_until_complete(peer);
        }
        assert_eq!(network.peers[peer].received.numbers, expected);
    }
}

/// Each window that is replaced has an end of its own, which is not that of the last one.
#[test]
fn of_windows_that_replace_each_other_the_end_of_the_last_is_told() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, settings(), 0..9);
        network.publish(20_000);
        let peer = network.connect(patient(form));
        network.settle();
        let [first, middle, last] = [2_345, 13_456, 15_000].map(|number| network.published.time_of(number));
        network.towards_publisher(peer, |way| way.stalled = true);
        for (start, stop) in [(first, last), (first, middle), (middle, last)] {
            network.subscribe_with(peer, options(start, stop, 0));
        }
        network.towards_publisher(peer, |way| way.stalled = false);
        network.settle();
        let received = &network.peers[peer].received;
        assert_eq!(received.completions.len(), 1);
        assert!(received.numbers.ends_with(&numbers_in(&network, middle, last)));
        assert_eq!(network.peers[peer].subscriber.state(), ConnectionState::Connected);
    }
}
