//! What the publisher refuses.

use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::UdpReception;
use sttp::wire::Command;

use crate::harness::{End, Network, PublisherTold, quiet, subscriber, wanting};

#[test]
fn connections_beyond_the_limit_are_told_so() {
    for seed in 0..10 {
        let settings = PublisherSettings::default().max_connections(2);
        let mut network = Network::new(seed, settings, 0..4);
        for _ in 0..4 {
            network.connect_subscriber(quiet(), &[1]);
            network.settle();
        }
        network.run_for(Duration::from_secs(1));
        for peer in 0..2 {
            assert_eq!(network.peers[peer].error(), None);
            assert!(network.info(peer).subscribed);
        }
        for peer in 2..4 {
            let error = network.peers[peer].error();
            assert!(matches!(error, Some(End::Refused(_))), "{error:?}");
        }
        network.cut(0);
        let again = network.connect_subscriber(quiet(), &[1]);
        network.settle();
        assert!(network.info(again).subscribed);
        let statistics = network.publisher.statistics();
        assert_eq!((statistics.connections_accepted, statistics.connections_refused), (3, 2));
    }
}

#[test]
fn subscriptions_that_cannot_be_served_are_refused() {
    let historical = wanting(&[1]).start_time(Some("*-5m".into()));
    let by_udp = subscriber(|settings| settings.udp = Some(UdpReception::default().port(9600)));
    for (settings, options) in [(quiet(), historical), (by_udp, wanting(&[1]))] {
        let mut without_udp = PublisherSettings::default();
        without_udp.udp.enabled = false;
        let mut network = Network::new(1, without_udp, 0..4);
        let peer = network.connect(settings);
        network.subscribe_with(peer, options);
        network.settle();
        let failed = &network.peers[peer].received.failed;
        assert!(matches!(failed[..], [(Command::Subscribe, _)]), "{failed:?}");
        let events = network.take_events();
        assert!(
            matches!(events[..], [PublisherTold::Connected(_), PublisherTold::Message(..)]),
            "{events:?}"
        );
    }
}
