//! What the publisher refuses.

use std::time::Duration;

use sttp::session::publisher::{PublisherSettings, UdpSettings};
use sttp::session::subscriber::{SessionSettings, SubscriberError};
use sttp::wire::{Command, DataChannel, SubscriptionOptions};

use crate::network::Network;
use crate::signals::filter;

#[test]
fn connections_beyond_the_limit_are_told_so() {
    for seed in 0..10 {
        let settings = PublisherSettings::default().max_connections(2);
        let mut network = Network::new(seed, settings, 0..4);
        for _ in 0..4 {
            network.connect_subscriber(SessionSettings::default(), &[1]);
        }
        network.settle();
        network.run_for(Duration::from_secs(1));
        for peer in 0..2 {
            assert_eq!(network.peers[peer].error, None);
            assert!(network.info(peer).subscribed);
        }
        for peer in 2..4 {
            let error = &network.peers[peer].error;
            assert!(matches!(error, Some(SubscriberError::Refused(_))), "{error:?}");
        }
        network.cut(0);
        let again = network.connect_subscriber(SessionSettings::default(), &[1]);
        network.settle();
        assert!(network.info(again).subscribed);
        let statistics = network.publisher.statistics();
        assert_eq!((statistics.connections_accepted, statistics.connections_refused), (3, 2));
    }
}

#[test]
fn subscriptions_that_cannot_be_served_are_refused() {
    let options = SubscriptionOptions { filter: filter([1]), ..SubscriptionOptions::default() };
    let udp = Some(DataChannel { port: 9600, multicast_group: None });
    let settings = PublisherSettings::default().udp(UdpSettings::default().enabled(false));
    for refused in [
        SubscriptionOptions { start_time: Some("*-5m".into()), ..options.clone() },
        SubscriptionOptions { data_channel: udp, ..options.clone() },
    ] {
        let mut network = Network::new(1, settings, 0..4);
        let peer = network.connect(SessionSettings::default());
        network.subscribe_with(peer, refused);
        network.settle();
        let failed = &network.peers[peer].received.failed;
        assert!(matches!(failed[..], [(Command::Subscribe, _)]), "{failed:?}");
        assert_eq!(network.events.len(), 2, "connected, and a message");
    }
}
