//! Keep-alives, and what each side does about silence.

use std::time::Duration;

use sttp::session::publisher::{CloseReason, PublisherSettings};
use sttp::session::subscriber::{SessionSettings, SubscriberError};
use sttp::wire::Version;

use crate::network::Network;

#[test]
fn keep_alives_hold_an_idle_connection() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let settings = SessionSettings { data_loss_timeout: Some(Duration::from_secs(6)), ..Default::default() };
    let peer = network.connect(settings);
    network.settle();
    let before = network.info(peer).bytes_sent;
    network.run_for(Duration::from_secs(600));
    assert_eq!(network.peers[peer].error, None);
    let keep_alives = (network.info(peer).bytes_sent - before) / 10;
    assert!((119..=120).contains(&keep_alives), "{keep_alives} keep-alives in 600 s");
}

#[test]
fn a_silent_publisher_is_given_up() {
    for seed in 0..5 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..4);
        let timeout = Duration::from_secs(20);
        let peer = network.connect_subscriber(SessionSettings::default(), &[1]);
        network.run_for(Duration::from_secs(30));
        network.peers[peer].to_subscriber.stalled = true;
        network.run_for(Duration::from_secs(14));
        assert_eq!(network.peers[peer].error, None);
        network.run_for(Duration::from_secs(7));
        assert_eq!(network.peers[peer].error, Some(SubscriberError::Silent(timeout)));
    }
}

#[test]
fn an_unanswered_metadata_request_is_given_up() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    let timeout = settings.answer_timeout;
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect(settings);
    network.settle();
    network.peers[peer].to_subscriber.stalled = true;
    let now = network.now.instant;
    network.peers[peer].session.request_metadata("", now);
    network.run_for(timeout - Duration::from_secs(1));
    assert_eq!(network.peers[peer].error, None);
    network.run_for(Duration::from_secs(2));
    let command = "MetadataRefresh";
    assert_eq!(network.peers[peer].error, Some(SubscriberError::NoAnswer { command, timeout }));
}

#[test]
fn metadata_that_arrive_slowly_are_not_given_up() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4000);
    let settings = SessionSettings { gzip: false, ..SessionSettings::default() };
    let peer = network.connect(settings);
    network.settle();
    network.peers[peer].to_subscriber.capacity = 64;
    network.peers[peer].to_subscriber.delay = Duration::from_secs(3);
    let (start, now) = (network.now.instant, network.now.instant);
    network.peers[peer].session.request_metadata("", now);
    while network.peers[peer].received.metadata.is_empty() {
        network.step();
        assert_eq!(network.peers[peer].error, None);
    }
    assert!(network.now.instant > start + Duration::from_secs(60));
}

#[test]
fn version_3_waits_for_the_answer_to_its_modes() {
    let settings = SessionSettings {
        version: Version::V3,
        data_loss_timeout: None,
        answer_timeout: Duration::from_secs(10),
        ..SessionSettings::default()
    };
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(settings, &[1]);
    network.peers[peer].to_subscriber.stalled = true;
    network.run_for(Duration::from_secs(9));
    assert_eq!(network.info(peer).filter, "");
    assert_eq!(network.publisher.statistics().bytes_received, 9);
    network.run_for(Duration::from_secs(2));
    assert!(matches!(network.peers[peer].error, Some(SubscriberError::NoAnswer { .. })));
}

#[test]
fn a_subscriber_without_modes_is_closed() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect(SessionSettings { data_loss_timeout: None, ..Default::default() });
    network.peers[peer].to_publisher.stalled = true;
    network.run_for(Duration::from_secs(29));
    assert_eq!(network.ended, []);
    network.run_for(Duration::from_secs(7));
    assert!(matches!(network.ended[..], [(_, CloseReason::NoModes)]));
}
