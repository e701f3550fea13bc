//! Keep-alives, and what each side does about silence.

use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::wire::Version;

use crate::harness::{End, Network, PublisherTold, quiet, subscriber};

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
    let settings = subscriber(|settings| settings.gzip = false);
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
