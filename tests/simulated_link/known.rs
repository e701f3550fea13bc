//! What each side knows of the other one, and of the signals.

use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::{Compression, SubscriptionOptions};
use sttp::wire::{Command, TextEncoding, Version};
use uuid::Uuid;

use crate::harness::{Network, PUBLISHER, all_forms, by_udp, coming_back, quiet, subscriber, wanting};
use crate::signals::signal_id;

#[test]
fn a_subscriber_knows_its_publisher_and_how_both_speak() {
    for (seed, settings) in all_forms().enumerate() {
        let (version, tssc, gzip) = (settings.version, settings.compress_payload, settings.compress_metadata);
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..8);
        let peer = network.connect(settings);
        assert_eq!(network.peers[peer].subscriber.publisher(), None);
        network.settle();
        let known = network.peers[peer].subscriber.publisher().unwrap();
        assert_eq!((known.address, known.incoming, known.data_port), (PUBLISHER, false, None));
        assert_eq!(known.subscriber_id, None, "it comes with the signals");
        let modes = known.modes;
        assert_eq!((modes.version, modes.encoding, modes.confirmed), (version, TextEncoding::Utf8, true));
        assert_eq!(modes.metadata, Compression { asked_for: gzip, in_use: None });

        network.subscribe(peer, &[1, 2, 3]);
        network.peers[peer].subscriber.request_metadata("").unwrap();
        network.settle();
        network.publish(50);
        network.settle();
        let known = network.peers[peer].subscriber.publisher().unwrap();
        assert_eq!(known.subscriber_id, Some(network.info(peer).subscriber_id));
        let modes = known.modes;
        for (compression, expected) in
            [(modes.metadata, gzip), (modes.signal_index_cache, gzip), (modes.payload, tssc)]
        {
            assert_eq!(compression, Compression { asked_for: expected, in_use: Some(expected) });
        }
        network.peers[peer].subscriber.disconnect().unwrap();
        network.settle();
        assert_eq!(network.peers[peer].subscriber.publisher(), None);
        assert_eq!(network.peers[peer].subscriber.signals(), None);
    }
}

#[test]
fn metadata_and_signal_lists_are_compressed_apart() {
    for (metadata, cache) in [(true, false), (false, true)] {
        let mut network = Network::new(1, PublisherSettings::default(), 0..8);
        let settings = quiet().compress_metadata(metadata).compress_signal_index_cache(cache);
        let peer = network.connect_subscriber(settings, &[1]);
        network.settle();
        network.peers[peer].subscriber.request_metadata("").unwrap();
        network.settle();
        let modes = network.peers[peer].subscriber.publisher().unwrap().modes;
        assert_eq!((modes.metadata.in_use, modes.signal_index_cache.in_use), (Some(metadata), Some(cache)));
        let modes = network.info(peer).modes.unwrap();
        assert_eq!((modes.compressed_metadata.granted, modes.compressed_cache.granted), (metadata, cache));
    }
}

#[test]
fn the_list_of_signals_is_the_one_that_was_told_last() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..20);
    let peer = network.connect(subscriber(|settings| settings.reconnect = coming_back()));
    assert_eq!(network.peers[peer].subscriber.signals(), None);
    for (signals, generation) in [(&[1, 2, 3][..], 1), (&[9, 4], 2)] {
        network.subscribe(peer, signals);
        network.settle();
        network.publish(50);
        network.settle();
        let known = network.peers[peer].subscriber.signals().unwrap();
        let ids: Vec<Uuid> = known.cache.records().iter().map(|record| record.signal_id).collect();
        assert_eq!(known.generation, generation);
        assert_eq!(ids, signals.iter().map(|signal| signal_id(*signal)).collect::<Vec<_>>());
    }
    network.cut(peer);
    network.run_until("the end", |network| network.peers[peer].subscriber.publisher().is_none());
    assert_eq!(network.peers[peer].subscriber.signals(), None);
    network.run_for(Duration::from_secs(5));
    let known = network.peers[peer].subscriber.signals().unwrap();
    assert_eq!((known.generation, known.cache.records().len()), (1, 2), "of the new connection");
}

#[test]
fn bytes_are_counted_by_channel() {
    for udp in [false, true] {
        let mut network = Network::new(3, PublisherSettings::default(), 0..8);
        let settings = if udp { by_udp(|_| {}) } else { quiet() };
        let peer = network.connect_subscriber(settings, &[1, 2, 3]);
        network.settle();
        network.publish(500);
        network.run_for(Duration::from_millis(3_500));
        let (got, sent) = (network.peers[peer].subscriber.statistics(), network.info(peer).counters);
        assert_eq!(got.command_channel_bytes_received, sent.command_channel_bytes_sent);
        assert_eq!(got.data_channel_bytes_received, sent.data_channel_bytes_sent);
        assert_eq!(got.data_channel_bytes_received > 0, udp);
        assert_eq!(got.bytes_received, got.command_channel_bytes_received + got.data_channel_bytes_received);
        assert_eq!(sent.bytes_sent, sent.command_channel_bytes_sent + sent.data_channel_bytes_sent);
        let all = network.publisher.statistics();
        assert_eq!(all.bytes_sent, all.command_channel_bytes_sent + all.data_channel_bytes_sent);
        let known = network.peers[peer].subscriber.publisher().unwrap();
        assert_eq!(known.data_port.is_some(), udp);
        let granted = network.info(peer).terms.unwrap().granted.clone();
        assert_eq!(granted.data_channel.map(|channel| channel.port()), known.data_port);
        assert_eq!(granted.compressed, !udp);
    }
}

#[test]
fn a_publisher_knows_what_subscribers_ask_for_and_get() {
    let mut network = Network::new(4, PublisherSettings::default(), 0..8);
    let peer = network.connect(quiet().version(Version::V3));
    network.settle();
    assert_eq!(network.info(peer).terms, None);
    let mut options = wanting(&[1, 2]).throttled(true).publish_interval(Duration::from_millis(1));
    options.assembly.source = "SCADA".into();
    options.assembly.version = "7".into();
    options.assembly.updated_on = "today".into();
    network.subscribe_with(peer, options);
    network.settle();
    let info = network.info(peer);
    assert_eq!(info.identity, "SCADA 7");
    assert_eq!((&*info.assembly.source, &*info.assembly.updated_on), ("SCADA", "today"));
    let terms = info.terms.unwrap();
    assert_eq!(terms.asked_for.publish_interval, Duration::from_millis(1));
    assert_eq!(terms.granted.publish_interval, Some(Duration::from_millis(10)), "the shortest there is");
    network.peers[peer].subscriber.unsubscribe().unwrap();
    network.settle();
    assert_eq!(network.info(peer).terms, None);
}

#[test]
fn metadata_are_refused_with_the_reason_and_measurements_flow() {
    for loops in [1, 2] {
        let mut network = Network::with_loops(loops, 5, PublisherSettings::default(), 0..8);
        network.publisher.refuse_metadata(None, Some("ask the head office")).unwrap();
        let peers =
            [(); 2].map(|()| network.connect(subscriber(|settings| settings.request_metadata = true)));
        peers.iter().for_each(|peer| network.subscribe(*peer, &[1, 2]));
        network.settle();
        network.publish(100);
        network.settle();
        for peer in peers {
            let refused = (Command::MetadataRefresh, "ask the head office".to_owned());
            assert_eq!(network.peers[peer].received.failed, [refused]);
            assert_eq!(network.peers[peer].received.metadata.len(), 0);
            network.assert_received_all(peer, &[1, 2]);
        }
        network.publisher.refuse_metadata(None, None).unwrap();
        let first = network.info(peers[0]).id;
        network.publisher.refuse_metadata(first, Some("not you")).unwrap();
        assert!(network.publisher.refuse_metadata(first + 1_000, None).is_err());
        for peer in peers {
            network.peers[peer].subscriber.request_metadata("").unwrap();
        }
        network.settle();
        assert_eq!(network.peers[peers[0]].received.failed.last().unwrap().1, "not you");
        assert_eq!(peers.map(|peer| network.peers[peer].received.metadata.len()), [0, 1]);
        network.publisher.refuse_metadata(first, None).unwrap();
        network.peers[peers[0]].subscriber.request_metadata("").unwrap();
        network.settle();
        assert_eq!(network.peers[peers[0]].received.metadata.len(), 1);
    }
}

#[test]
fn a_publisher_publishes_its_node_id() {
    let node = Uuid::from_u128(0xA5);
    for known_before in [true, false] {
        let settings = PublisherSettings::default().node_id(if known_before { node } else { Uuid::nil() });
        let mut network = Network::new(6, settings, 0..8);
        if !known_before {
            network.publisher.configure(settings.node_id(node)).unwrap();
        }
        network.redefine(0..8);
        let filter = format!("FILTER ActiveMeasurements WHERE SourceNodeID = '{node}'");
        let peer = network.connect(quiet());
        network.subscribe_with(peer, SubscriptionOptions::default().filter(filter));
        network.settle();
        assert_eq!(network.peers[peer].received.signals().len(), 8);
        network.publisher.configure(settings.node_id(Uuid::from_u128(7))).unwrap();
        network.settle();
        network.run_for(Duration::from_secs(11));
        assert_eq!(network.peers[peer].received.signals().len(), 0, "they are those of another node now");
    }
}
