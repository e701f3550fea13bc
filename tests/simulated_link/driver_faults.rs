//! Mistakes that drivers could make. Each of them was made on purpose once, and went unnoticed.

use std::time::Duration;

use sttp::Ticks;
use sttp::publisher::{Overflow, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;

use crate::harness::{End, Network, PublisherTold, by_udp, coming_back, quiet, subscriber, wanting};
use crate::signals::signal_id;

const SIGNALS: [usize; 3] = [1, 2, 4];
/// Longer than the pause after which a publishing thread sends itself.
const PAUSE: Duration = Duration::from_millis(3);

/// Measurements wait for the engine.
fn queueing() -> PublisherSettings {
    PublisherSettings::default().direct_sending(false)
}

fn with_history() -> PublisherSettings {
    PublisherSettings::default().history_duration(Duration::from_secs(3_600))
}

/// Everything that was published so far.
fn playback(processing_interval: i32) -> SubscriptionOptions {
    wanting(&SIGNALS)
        .start_time(Some(Ticks(0).to_string()))
        .stop_time(Some(Ticks::MAX.to_string()))
        .processing_interval(processing_interval)
}

/// The rows of the metadata, each time in another order.
fn rotated(round: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..6).collect();
    rows.rotate_left(round % 6);
    rows
}

#[test]
fn what_waits_when_metadata_change_keeps_its_signals() {
    for loops in [1, 3] {
        for seed in 0..5 {
            let mut network = Network::with_loops(loops, seed, queueing(), 0..6);
            let peer = network.connect_subscriber(quiet(), &SIGNALS);
            network.settle();
            let mut blocks = Vec::new();
            for round in 1..20 {
                network.publish(50);
                let signal = network.rows[2];
                network.send_block(2, &[round as u8], true);
                if SIGNALS.contains(&signal) {
                    let before = network.published.numbers_of(&SIGNALS, 0).len();
                    blocks.push((signal_id(signal), vec![round as u8], before));
                }
                // Before the loops have taken what was published.
                network.redefine(rotated(round));
                network.publish(50);
                network.step();
            }
            network.settle();
            network.assert_received_all(peer, &SIGNALS);
            assert_eq!(network.peers[peer].received.blocks, blocks);
        }
    }
}

#[test]
fn a_thread_that_publishes_sends_itself_without_the_engine() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let peer = network.connect_subscriber(quiet(), &SIGNALS);
    network.settle();
    network.towards_subscriber(peer, |way| way.capacity = 1 << 20);
    network.run_for(PAUSE);
    network.publish(50);
    assert!(!network.simulation.is_busy(), "the engine has nothing to do with it");
    network.settle();
    network.assert_received_all(peer, &SIGNALS);
}

#[test]
fn a_thread_that_publishes_leaves_it_to_the_engine_to_change_the_metadata() {
    for seed in 0..5 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..6);
        let peer = network.connect_subscriber(quiet(), &SIGNALS);
        network.settle();
        for round in 1..20 {
            network.run_for(PAUSE);
            // The engine has not seen these metadata yet.
            network.redefine(rotated(round));
            network.publish(20);
            network.step();
        }
        network.settle();
        network.assert_received_all(peer, &SIGNALS);
    }
}

#[test]
fn what_is_left_after_a_turn_is_sent_in_the_next_one() {
    let settings = queueing().overflow(Overflow::Wait { timeout: None }).send_queue_limit(0);
    let mut network = Network::new(1, settings, 0..6);
    let compact = subscriber(|settings| settings.compress_payload = false);
    let peer = network.connect_subscriber(compact, &[0, 1, 2, 3, 4, 5]);
    network.settle();
    network.towards_subscriber(peer, |way| {
        (way.capacity, way.splits) = (1 << 30, false);
    });
    network.settle();
    for _ in 0..125 {
        network.publish(1_000);
    }
    // No keep-alive comes to help.
    network.run_for(Duration::from_millis(500));
    network.assert_received_all(peer, &[0, 1, 2, 3, 4, 5]);
}

#[test]
fn the_engine_learns_of_deadlines_that_a_publishing_thread_sets() {
    const INTERVAL: Duration = Duration::from_millis(200);
    for seed in 0..10 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..6);
        let options = wanting(&SIGNALS).throttled(true).publish_interval(INTERVAL);
        let peer = network.connect(quiet());
        network.subscribe_with(peer, options);
        network.settle();
        network.run_for(Duration::from_millis(1_500));
        network.publish(50);
        network.run_for(INTERVAL + Duration::from_millis(50));
        assert_eq!(network.peers[peer].received.numbers.len(), SIGNALS.len(), "seed {seed}");
    }
}

#[test]
fn publishing_for_nobody_does_not_wake_the_engine() {
    let mut network = Network::new(1, queueing(), 0..6);
    let peer = network.connect_subscriber(quiet(), &SIGNALS);
    network.settle();
    network.publish(10);
    assert!(network.simulation.is_busy(), "somebody wants them");
    network.settle();
    network.cut(peer);
    network.settle();
    assert_eq!(network.publisher.statistics().subscribed, 0);
    network.publish(10);
    assert!(!network.simulation.is_busy(), "nobody wants them any more");
}

#[test]
fn a_subscriber_that_takes_nothing_does_not_keep_the_publisher_from_stopping() {
    for loops in [1, 3] {
        let mut network = Network::with_loops(loops, 1, PublisherSettings::default(), 0..6);
        let patient = subscriber(|settings| settings.data_loss_timeout = None);
        let peer = network.connect_subscriber(patient, &SIGNALS);
        network.settle();
        network.towards_subscriber(peer, |way| way.stalled = true);
        network.publish(20_000);
        network.run_for(Duration::from_secs(1));
        network.publisher.stop().unwrap();
        network.run_for(Duration::from_millis(1_900));
        assert!(network.is_connected(peer), "it gets the time to take what is queued");
        network.run_for(Duration::from_millis(200));
        assert!(!network.is_connected(peer));
        assert_eq!(network.closed.len(), 1);
    }
}

#[test]
fn a_subscriber_that_is_too_slow_times_out_whatever_shows_that() {
    let timeout = Some(Duration::from_secs(10));
    let by_packet: fn(&mut Network) = |network| network.publish(50_000);
    let by_block: fn(&mut Network) =
        |network| (0..4).for_each(|_| network.send_block(1, &[0; 40 << 10], false));
    let ways = [
        ("a packet", Overflow::Disconnect, by_packet),
        ("a buffer block", Overflow::Disconnect, by_block),
        ("the time", Overflow::Wait { timeout }, by_packet),
    ];
    for (what, overflow, send) in ways {
        let settings = queueing().overflow(overflow).send_queue_limit(0);
        let mut network = Network::new(1, settings, 0..6);
        let plain = quiet().compress_payload(false).gzip(false);
        let peer = network.connect_subscriber(plain, &SIGNALS);
        network.settle();
        network.towards_subscriber(peer, |way| (way.capacity, way.stalled) = (1, true));
        send(&mut network);
        network.run_for(Duration::from_secs(15));
        assert!(matches!(network.closed[..], [(_, Err(End::Timeout(_)))]), "{what}: {:?}", network.closed);
    }
}

#[test]
fn a_playback_that_has_ended_is_not_asked_for_again() {
    for seed in 0..5 {
        let mut network = Network::new(seed, with_history(), 0..6);
        network.publish(500);
        network.settle();
        let peer = network.connect(subscriber(|settings| settings.reconnect = coming_back()));
        network.subscribe_with(peer, playback(0));
        network.run_until_complete(peer);
        network.settle();
        network.cut(peer);
        network.run_for(Duration::from_secs(10));
        let received = &network.peers[peer].received;
        assert_eq!((received.connections, received.completions.len()), (2, 1));
        assert_eq!(received.numbers, network.published.numbers_of(&SIGNALS, 0));
        assert_eq!(subscriptions(&mut network), 1);
    }
}

#[test]
fn a_playback_that_broke_off_is_asked_for_again() {
    let mut network = Network::new(1, with_history(), 0..6);
    network.publish(500);
    network.settle();
    let peer = network.connect(subscriber(|settings| settings.reconnect = coming_back()));
    network.subscribe_with(peer, playback(100));
    network.run_for(Duration::from_secs(2));
    network.cut(peer);
    network.peers[peer].received.numbers.clear();
    network.run_until_complete(peer);
    assert_eq!(network.peers[peer].received.numbers, network.published.numbers_of(&SIGNALS, 0));
}

#[test]
fn a_playback_goes_on_when_the_configuration_changes() {
    for seed in 0..5 {
        let mut network = Network::new(seed, with_history(), 0..6);
        network.publish(500);
        network.settle();
        let peer = network.connect(subscriber(|settings| settings.follow_configuration = true));
        network.subscribe_with(peer, playback(20));
        network.run_for(Duration::from_millis(500));
        assert!(!network.peers[peer].received.numbers.is_empty());
        network.redefine(0..7);
        network.run_until_complete(peer);
        let received = &network.peers[peer].received;
        assert_eq!(received.configuration_changes, 1);
        assert_eq!(received.numbers, network.published.numbers_of(&SIGNALS, 0), "from the start, once");
        assert_eq!(subscriptions(&mut network), 1);
    }
}

#[test]
fn a_live_subscription_follows_the_configuration() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let peer =
        network.connect_subscriber(subscriber(|settings| settings.follow_configuration = true), &SIGNALS);
    network.settle();
    network.redefine(0..7);
    network.settle();
    let succeeded = network.peers[peer].received.succeeded.iter();
    assert_eq!(succeeded.filter(|command| **command == sttp::wire::Command::Subscribe).count(), 2);
}

/// How many subscriptions the publisher was told of since this was last asked.
fn subscriptions(network: &mut Network) -> usize {
    let subscribed = |event: &PublisherTold| matches!(event, PublisherTold::Subscribed(_));
    network.take_events().into_iter().filter(subscribed).count()
}

#[test]
fn the_socket_of_a_channel_goes_with_its_connection() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let peers = [(); 3].map(|()| network.connect_subscriber(by_udp(|_| {}), &SIGNALS));
    network.settle();
    network.publish(50);
    network.settle();
    assert_eq!(network.simulation.open_datagram_senders(), 3);
    network.cut(peers[0]);
    network.settle();
    assert_eq!(network.simulation.open_datagram_senders(), 2);
    network.peers[peers[1]].subscriber.unsubscribe().unwrap();
    network.settle();
    assert_eq!(network.simulation.open_datagram_senders(), 1);
    network.peers[peers[2]].subscriber.disconnect().unwrap();
    network.settle();
    assert_eq!(network.simulation.open_datagram_senders(), 0);
}

#[test]
fn nobody_is_notified_who_is_being_refused() {
    for loops in [1, 2] {
        let settings = PublisherSettings::default().max_connections(1);
        let mut network = Network::with_loops(loops, 1, settings, 0..6);
        let first = network.connect_subscriber(quiet(), &SIGNALS);
        network.settle();
        let refused = network.connect(quiet());
        network.towards_subscriber(refused, |way| way.stalled = true);
        network.run_for(Duration::from_secs(1));
        assert!(network.is_connected(refused), "it has not read yet that it is refused");
        let id = network.publisher.notify(None, "for subscribers").unwrap();
        network.run_for(Duration::from_secs(60));
        let told = network.take_events().into_iter().filter_map(|event| match event {
            PublisherTold::Notification(connection, id, confirmed) => Some((connection, id, confirmed)),
            _ => None,
        });
        assert_eq!(told.collect::<Vec<_>>(), [(network.info(first).id, id, true)]);
    }
}
