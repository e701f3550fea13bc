//! Subscribers that chose UTF-16 for the texts of their connection. Subscribers of this library choose
//! UTF-8, so that these speak raw frames.

use sttp::codec::gzip;
use sttp::engine::simulated::Peer;
use sttp::metadata::{DataSet, Limits, Value};
use sttp::publisher::PublisherSettings;
use sttp::session::SubscribeRequest;
use sttp::wire::frame::command_frame;
use sttp::wire::messages::{DataPacket, encode_metadata_refresh};
use sttp::wire::modes::ModeFlags;
use sttp::wire::{Command, OperationalModes, Response, TextEncoding, Version};

use crate::harness::{Answer, Network, PUBLISHER, answer_to, answers, payloads, wanting};
use crate::signals::signal_id;

const FILTER: &str = "FILTER MeasurementDetail WHERE PointTag <> 'Überlandwerk 電力' ORDER BY PointTag DESC";

/// Everything that a peer sends at once.
fn send(network: &mut Network, peer: &Peer, bytes: &[u8]) {
    let mut sent = 0;
    while sent < bytes.len() {
        sent += peer.write(&bytes[sent..]).unwrap_or_default();
        network.settle();
    }
}

/// Reads what arrives until nothing more does.
fn receive(network: &mut Network, peer: &Peer, received: &mut Vec<u8>) {
    loop {
        network.settle();
        let (bytes, _) = peer.read().expect("the connection is whole");
        if bytes.is_empty() {
            return;
        }
        received.extend(bytes);
    }
}

/// What the publisher answers to a subscriber that subscribes and asks for metadata, all in the given
/// encoding.
fn exchange(
    network: &mut Network,
    encoding: TextEncoding,
    flags: ModeFlags,
    signals: &[usize],
) -> Vec<Answer> {
    let peer = network.simulation.connect([10, 2, 0, 1].into(), PUBLISHER);
    network.settle();
    let modes = OperationalModes { version: Version::V2, encoding, flags };
    let subscription = SubscribeRequest::from(wanting(signals)).encode(encoding).unwrap();
    let commands = [
        command_frame(Command::DefineOperationalModes, &modes.bits().to_be_bytes()),
        command_frame(Command::Subscribe, &subscription),
        command_frame(Command::MetadataRefresh, &encode_metadata_refresh(FILTER, encoding)),
    ];
    let mut received = Vec::new();
    send(network, &peer, &commands.concat());
    receive(network, &peer, &mut received);
    send(network, &peer, &command_frame(Command::ConfirmSignalIndexCache, &[]));
    receive(network, &peer, &mut received);
    network.publish(500);
    receive(network, &peer, &mut received);

    answers(&received)
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
            let answers = exchange(&mut network, encoding, flags, &[3, 5]);
            assert_eq!(payloads(&answers, Response::Failed).count(), 0);
            let packets =
                payloads(&answers, Response::DataPacket).map(|payload| DataPacket::decode(payload).unwrap());
            let measurements: usize = packets.map(|packet| packet.count as usize).sum();
            assert_eq!(measurements, network.published.numbers_of(&[3, 5], 0).len());

            let document = answer_to(&answers, Command::MetadataRefresh);
            assert_eq!(gzip::is_gzip(document), !flags.is_empty());
            let document = match gzip::is_gzip(document) {
                true => gzip::decompress(document, 1 << 20).unwrap(),
                false => document.to_vec(),
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
