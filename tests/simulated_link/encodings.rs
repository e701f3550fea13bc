//! Subscribers that chose UTF-16 for the texts of their connection.

use sttp::codec::gzip;
use sttp::metadata::{DataSet, Limits, Value};
use sttp::session::publisher::PublisherSettings;
use sttp::session::subscriber::SessionSettings;
use sttp::wire::frame::command_frame;
use sttp::wire::messages::encode_metadata_refresh;
use sttp::wire::modes::ModeFlags;
use sttp::wire::{Command, OperationalModes, SubscribeRequest, SubscriptionOptions, TextEncoding, Version};

use crate::network::Network;
use crate::signals::{filter, signal_id};

const FILTER: &str = "FILTER MeasurementDetail WHERE PointTag <> 'Überlandwerk 電力' ORDER BY PointTag DESC";

/// Connects a subscriber that subscribes and asks for metadata, all in the given encoding. Sessions of
/// this library write UTF-8 only, so that the bytes of this one are replaced by others that ask for the
/// same.
fn connect(network: &mut Network, encoding: TextEncoding, flags: ModeFlags, signals: &[usize]) -> usize {
    let options = SubscriptionOptions { filter: filter(signals.iter().copied()), ..Default::default() };
    let peer = network.connect(SessionSettings { compress_payload: false, ..SessionSettings::default() });
    network.subscribe_with(peer, options.clone());
    let now = network.now.instant;
    let session = &mut network.peers[peer].session;
    session.request_metadata(FILTER, now);
    let replaced = session.queue().len();
    session.queue().advance(replaced);
    let modes = OperationalModes { version: Version::V2, encoding, flags };
    let commands = [
        command_frame(Command::DefineOperationalModes, &modes.bits().to_be_bytes()),
        command_frame(Command::Subscribe, &SubscribeRequest::encode(&options, encoding).unwrap()),
        command_frame(Command::MetadataRefresh, &encode_metadata_refresh(FILTER, encoding)),
    ];
    let bytes = commands.concat();
    let mut sent = 0;
    while sent < bytes.len() {
        sent += network.peers[peer].to_publisher.write(&bytes[sent..], now, &mut network.random);
    }
    peer
}

#[test]
fn metadata_come_in_the_encoding_of_the_connection() {
    let gzip_modes = ModeFlags::GZIP | ModeFlags::COMPRESS_METADATA;
    for (seed, (encoding, start)) in [
        (TextEncoding::Utf16Le, &[0xFF, 0xFE, b'<', 0][..]),
        (TextEncoding::Utf16Be, &[0xFE, 0xFF, 0, b'<']),
        (TextEncoding::Utf8, b"<?xml"),
    ]
    .into_iter()
    .enumerate()
    {
        for flags in [ModeFlags::empty(), gzip_modes] {
            let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..30);
            let peer = connect(&mut network, encoding, flags, &[3, 5]);
            network.settle();
            network.publish(500);
            network.settle();
            network.assert_received_all(peer, &[3, 5]);
            assert_eq!(network.peers[peer].received.failed, []);

            let [document] = network.peers[peer].received.metadata.as_slice() else { panic!("one document") };
            let document = match gzip::is_gzip(document) {
                true => gzip::decompress(document, 1 << 20).unwrap(),
                false => document.clone(),
            };
            assert!(document.starts_with(start), "{encoding:?}");
            let declaration = encoding.decode(&document[..200]).into_owned();
            assert_eq!(declaration.contains("encoding=\"utf-16\""), encoding != TextEncoding::Utf8);
            let data_set = DataSet::from_xml(&document, &Limits::default()).unwrap();
            let table = data_set.table("MeasurementDetail").unwrap();
            assert_eq!(table.row_count(), 30);
            let signal = table.column_index("SignalID").unwrap();
            assert_eq!(table.value(0, signal), Value::Guid(signal_id(9)), "the filter was understood");
        }
    }
}
