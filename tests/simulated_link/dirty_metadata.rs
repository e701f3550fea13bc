//! Metadata with rows that cannot be told apart: both sides are told, and nothing vanishes uncounted.

use std::time::Duration;

use sttp::Measurement;
use sttp::publisher::PublisherSettings;
use sttp::wire::frame::response_frame;
use sttp::wire::{Command, Response};

use crate::harness::{Network, OTHER_PUBLISHER, PublisherTold, quiet, subscriber, wanting};
use crate::signals::signal_id;

/// Signal number of each row: row 2 has the signal ID of row 1.
const ROWS: [usize; 4] = [0, 1, 1, 2];

const TOLD: &str = "MeasurementDetail, row 2, SignalID: signal ID 57170000-0000-4000-8000-000000000001 is that of \
                    row 1 already: only that row gets its data";

fn one_for_each_row(network: &mut Network) -> Vec<Measurement> {
    let row = |(row, signal): (usize, &usize)| {
        let mut measurement = network.published.next(*signal, &mut network.random);
        measurement.signal_index = row as u32;
        measurement
    };
    ROWS.iter().enumerate().map(row).collect()
}

#[test]
fn what_two_rows_of_one_signal_id_publish_is_delivered_or_counted() {
    for loops in [1, 2] {
        let mut network = Network::with_loops(loops, 1, PublisherSettings::default(), ROWS);
        let by_id = network.connect_subscriber(quiet(), &[0, 1, 2]);
        let by_filter = network.connect(quiet());
        let mut options = wanting(&[]);
        options.filter = "FILTER ActiveMeasurements WHERE True".to_owned();
        network.subscribe_with(by_filter, options);
        network.settle();
        let by_row = one_for_each_row(&mut network);
        network.publisher.publish_indexed(&by_row).unwrap();
        assert_eq!(network.publisher.statistics().measurements_unknown, 1);
        let by_signal = one_for_each_row(&mut network);
        network.publisher.publish(&by_signal).unwrap();
        network.settle();
        for peer in [by_id, by_filter] {
            let received = &network.peers[peer].received;
            assert_eq!(received.signals(), [0, 1, 2].map(signal_id), "each signal once");
            assert_eq!(received.numbers, [0, 1, 3, 4, 5, 6, 7], "all but that of row 2");
        }
        assert_eq!(network.publisher.statistics().measurements_unknown, 1);
        let told = network.take_events().into_iter().filter(|event| {
            matches!(event, PublisherTold::Message(_, text) if *text == format!("Metadata that are published: {TOLD}"))
        });
        assert_eq!(told.count(), 1, "one shard tells it");
    }
}

#[test]
fn a_subscriber_is_told_what_is_wrong_with_metadata() {
    let mut network = Network::new(1, PublisherSettings::default(), ROWS);
    let peer = network.connect(subscriber(|settings| settings.request_metadata = true));
    network.settle();
    let peer = &network.peers[peer];
    let [metadata] = &peer.received.metadata[..] else { panic!("{} metadata", peer.received.metadata.len()) };
    assert_eq!(metadata.measurements().count(), ROWS.len());
    // And the document as it came.
    assert_eq!(peer.received.documents, [metadata.data_set().to_xml()]);
    assert!(peer.received.messages.contains(&format!("Metadata of the publisher: {TOLD}")));
    // Its signal ID, its key and its tag.
    assert_eq!(peer.received.messages.len(), 3, "{:?}", peer.received.messages);
    let counts = peer.subscriber.statistics();
    assert_eq!((counts.metadata_findings, counts.metadata_unusable), (3, 0));
}

/// What another publisher may send in place of metadata.
#[test]
fn documents_that_are_no_metadata_are_told_and_counted_and_the_connection_goes_on() {
    let without_schema = b"<NewDataSet><DeviceDetail><Acronym>SHELBY</Acronym></DeviceDetail></NewDataSet>";
    for document in [&b"<html><body>404</body></html>"[..], b"none", without_schema, b"\x1F\x8B\x08broken"] {
        let mut network = Network::new(1, PublisherSettings::default(), 0..1);
        let listener = network.simulation.listen(OTHER_PUBLISHER).unwrap();
        let peer = network.add();
        let settings = subscriber(|settings| settings.request_metadata = true);
        network.peers[peer].subscriber.connect(&OTHER_PUBLISHER.to_string(), settings).unwrap();
        network.run_for(Duration::from_millis(10));
        let connection = listener.accept().unwrap();
        let answers = [
            response_frame(Response::Succeeded, Command::DefineOperationalModes.code(), b"Fine."),
            response_frame(Response::Succeeded, Command::MetadataRefresh.code(), document),
        ];
        for answer in answers {
            let mut rest = &answer[..];
            while !rest.is_empty() {
                let taken = connection.write(rest).unwrap_or_default();
                rest = &rest[taken..];
                network.run_for(Duration::from_millis(1));
            }
        }
        network.run_for(Duration::from_secs(1));
        let counts = network.peers[peer].subscriber.statistics();
        let received = &network.peers[peer].received;
        let shown = String::from_utf8_lossy(document);
        assert_eq!((counts.metadata_unusable, counts.metadata_findings), (1, 0), "{shown}");
        let [(Command::MetadataRefresh, text)] = &received.failed[..] else {
            panic!("{shown}: {received:?}")
        };
        assert!(text.starts_with("The publisher's metadata cannot be used: "), "{text}");
        assert!(received.messages.contains(text), "{received:?}");
        assert!(received.metadata.is_empty());
        assert_eq!(network.peers[peer].error(), None);
    }
}
