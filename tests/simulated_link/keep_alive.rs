//! Keep-alives, and what each side does about silence.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::{ConnectionState, Subscriber};
use sttp::wire::Version;

use crate::harness::{End, Network, PUBLISHER, PublisherTold, Slow, all_forms, quiet, subscriber, wanting};

#[test]
fn keep_alives_hold_an_idle_connection() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let settings = subscriber(|settings| settings.data_loss_timeout = Some(Duration::from_secs(6)));
    let peer = network.connect(settings);
    network.settle();
    let before = network.info(peer).counters.bytes_sent;
    network.run_for(Duration::from_secs(600));
    assert_eq!(network.peers[peer].error(), None);
    let keep_alives = (network.info(peer).counters.bytes_sent - before) / 10;
    assert!((119..=120).contains(&keep_alives), "{keep_alives} keep-alives in 600 s");
}

/// In less time than keep-alives need, an idle connection would be restarted for ever.
#[test]
fn a_time_out_that_keep_alives_cannot_meet_is_refused() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.add();
    for milliseconds in [1, 2_000, 5_000, 5_500] {
        let settings = quiet().data_loss_timeout(Some(Duration::from_millis(milliseconds)));
        let error = network.peers[peer].subscriber.connect(&PUBLISHER.to_string(), settings).unwrap_err();
        assert!(error.to_string().contains("keep-alive every 5 seconds"), "{error}");
    }
}

#[test]
fn a_silent_publisher_is_given_up() {
    for seed in 0..5 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..4);
        let peer = network.connect_subscriber(quiet(), &[1]);
        network.run_for(Duration::from_secs(30));
        network.towards_subscriber(peer, |way| way.stalled = true);
        network.run_for(Duration::from_secs(14));
        assert_eq!(network.peers[peer].error(), None);
        network.run_for(Duration::from_secs(7));
        let error = network.peers[peer].error();
        assert!(matches!(error, Some(End::Timeout(text)) if text.contains("20 s")), "{error:?}");
    }
}

#[test]
fn what_came_while_the_process_was_stopped_is_read_before_silence_is_judged() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..4);
        let peer = network.connect_subscriber(settings, &[1]);
        network.settle();
        let host = network.peers[peer].host;
        network.simulation.stop(host);
        for _ in 0..60 {
            network.publish(4);
            network.run_for(Duration::from_millis(500));
        }
        network.simulation.go_on(host);
        network.settle();
        assert_eq!(network.peers[peer].error(), None);
        network.assert_received_all(peer, &[1]);
    }
}

#[test]
fn silence_after_the_process_was_stopped_is_silence() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[1]);
    network.settle();
    let host = network.peers[peer].host;
    network.towards_subscriber(peer, |way| way.stalled = true);
    network.simulation.stop(host);
    network.run_for(Duration::from_secs(30));
    network.simulation.go_on(host);
    network.settle();
    assert!(matches!(network.peers[peer].error(), Some(End::Timeout(_))));
}

#[test]
fn a_callback_may_take_longer_than_a_publisher_may_be_silent() {
    let mut network = Network::new(3, PublisherSettings::default(), 0..1);
    let engine = network.simulation.engine([10, 3, 0, 1].into(), NonZeroUsize::MIN);
    let count = Arc::new(AtomicUsize::new(0));
    let subscriber = Subscriber::new(&engine, Slow { takes: Duration::from_secs(25), count: count.clone() });
    subscriber.connect(&PUBLISHER.to_string(), quiet()).unwrap();
    subscriber.subscribe(wanting(&[0])).unwrap();
    network.settle();
    for _ in 0..3 {
        network.publish(1);
        network.settle();
    }
    network.run_for(Duration::from_secs(60));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    assert_eq!(subscriber.state(), ConnectionState::Subscribed);
}

#[test]
fn an_unanswered_metadata_request_is_given_up() {
    let settings = subscriber(|settings| settings.data_loss_timeout = None);
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect(settings);
    network.settle();
    network.towards_subscriber(peer, |way| way.stalled = true);
    network.peers[peer].subscriber.request_metadata("").unwrap();
    network.run_for(Duration::from_secs(59));
    assert_eq!(network.peers[peer].error(), None);
    network.run_for(Duration::from_secs(2));
    let error = network.peers[peer].error();
    assert!(matches!(error, Some(End::Timeout(text)) if text.contains("MetadataRefresh")), "{error:?}");
}

#[test]
fn metadata_that_arrive_slowly_are_not_given_up() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4000);
    let settings = quiet().gzip(false);
    let peer = network.connect(settings);
    network.settle();
    network.towards_subscriber(peer, |way| way.capacity = 4 << 10);
    network.towards_subscriber(peer, |way| way.delay = Duration::from_secs(3));
    let start = network.simulation.now();
    network.peers[peer].subscriber.request_metadata("").unwrap();
    while network.peers[peer].received.metadata.is_empty() {
        network.run_for(Duration::from_secs(1));
        assert_eq!(network.peers[peer].error(), None);
    }
    assert!(network.simulation.now() > start + Duration::from_secs(60));
}

#[test]
fn version_3_waits_for_the_answer_to_its_modes() {
    let settings = subscriber(|settings| {
        settings.version = Version::V3;
        settings.data_loss_timeout = None;
    });
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(settings, &[1]);
    network.towards_subscriber(peer, |way| way.stalled = true);
    network.run_for(Duration::from_secs(59));
    assert_eq!(network.info(peer).filter, "");
    assert_eq!(network.publisher.statistics().bytes_received, 9);
    network.run_for(Duration::from_secs(2));
    let error = network.peers[peer].error();
    assert!(
        matches!(error, Some(End::Timeout(text)) if text.contains("DefineOperationalModes")),
        "{error:?}"
    );
}

#[test]
fn a_subscriber_without_modes_is_closed() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect(subscriber(|settings| settings.data_loss_timeout = None));
    network.towards_publisher(peer, |way| way.stalled = true);
    network.run_for(Duration::from_secs(29));
    assert!(network.is_connected(peer));
    network.run_for(Duration::from_secs(7));
    assert!(!network.is_connected(peer));
    let told =
        |event: &PublisherTold| matches!(event, PublisherTold::Message(_, text) if text.contains("modes"));
    assert!(network.take_events().iter().any(told));
}
