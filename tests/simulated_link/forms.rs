//! Every version with every form of data packets and caches.

use std::time::Duration;

use sttp::codec::gzip;
use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::messages::{DataPacket, DataPacketFlags};
use sttp::wire::{Command, Response, Version};

use crate::harness::{Network, all_forms, answer_to, payloads, quiet};
use crate::signals::{filter, signal_id};

#[test]
fn measurements_arrive_in_every_form() {
    for (seed, settings) in all_forms().enumerate() {
        let (version, compressed, gzipped) =
            (settings.version, settings.compress_payload, settings.compress_signal_index_cache);
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..20);
        let peer = network.connect(settings);
        network.record(peer);
        network.subscribe(peer, &[3, 5, 7]);
        network.settle();
        for _ in 0..50 {
            network.publish(200);
            network.step();
        }
        network.settle();

        let received = &network.peers[peer].received;
        assert_eq!(received.signals(), [3, 5, 7].map(signal_id));
        assert_eq!(received.start_times.len(), 1);
        assert_eq!(received.succeeded, [Command::DefineOperationalModes, Command::Subscribe]);
        network.assert_received_all(peer, &[3, 5, 7]);
        assert_eq!(received.messages, [""; 0]);
        let statistics = network.peers[peer].subscriber.statistics();
        assert_eq!(statistics.measurements, network.info(peer).counters.measurements_sent);

        let answers = network.answers(peer);
        let [cache] = payloads(&answers, Response::UpdateSignalIndexCache).collect::<Vec<_>>()[..] else {
            panic!("one cache")
        };
        // From version 2 on, the slot comes first.
        let cache = if version == Version::V1 { cache } else { &cache[1..] };
        assert_eq!(gzip::is_gzip(cache), gzipped);
        for packet in payloads(&answers, Response::DataPacket) {
            let flags = DataPacket::decode(packet).unwrap().flags;
            assert_eq!(flags.contains(DataPacketFlags::COMPRESSED), compressed);
            assert_eq!(flags.contains(DataPacketFlags::COMPACT), !compressed);
        }
    }
}

#[test]
fn many_measurements_take_many_packets() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..50);
        let signals: Vec<usize> = (0..50).collect();
        let peer = network.connect_subscriber(settings, &signals);
        network.settle();
        network.publish(20_000);
        network.settle();
        assert!(network.peers[peer].received.packets.len() > 1);
        network.assert_received_all(peer, &signals);
    }
}

#[test]
fn without_time_only_compact_measurements_lose_it() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let peer = network.connect(settings);
        let options = SubscriptionOptions::default().filter(filter(0..10)).include_time(false);
        network.subscribe_with(peer, options);
        network.settle();
        network.publish(3000);
        network.settle();
        assert_eq!(network.peers[peer].received.numbers.len(), 3000);
    }
}

#[test]
fn values_that_are_not_a_number_are_filtered_on_request() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..4);
        let [filtered, complete] = [true, false].map(|nan_filter| {
            let peer = network.connect(settings.clone());
            network.subscribe_with(
                peer,
                SubscriptionOptions::default().filter(filter(0..4)).nan_filter(nan_filter),
            );
            peer
        });
        network.settle();
        network.publish(100);
        network.publish_nan(10);
        network.publish(100);
        network.settle();
        for (peer, nan) in [(filtered, 0), (complete, 10)] {
            assert_eq!(network.peers[peer].received.nan, nan);
            assert_eq!(network.peers[peer].received.numbers.len(), 200);
        }
    }
}

#[test]
fn a_packet_of_nothing_is_not_sent() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect_subscriber(quiet(), &[2]);
    network.settle();
    while network.published.numbers_of(&[2], 0).is_empty() {
        network.publish(1);
    }
    network.settle();
    assert_eq!(network.peers[peer].received.packets, [1]);
}

#[test]
fn metadata_come_as_they_were_asked_for() {
    for (seed, settings) in all_forms().enumerate() {
        let gzipped = settings.compress_metadata;
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..30);
        let peer = network.connect(settings);
        network.record(peer);
        network.settle();
        network.peers[peer].subscriber.request_metadata("").unwrap();
        network.settle();
        let [metadata] = network.peers[peer].received.metadata.as_slice() else { panic!("one document") };
        assert_eq!(metadata.data_set().table("MeasurementDetail").unwrap().row_count(), 30);
        let answers = network.answers(peer);
        let document = answer_to(&answers, Command::MetadataRefresh);
        assert_eq!(gzip::is_gzip(document), gzipped);
        assert!(gzipped || document.starts_with(b"<"));
        network.run_for(Duration::from_secs(70));
        assert_eq!(network.peers[peer].error(), None);
    }
}
