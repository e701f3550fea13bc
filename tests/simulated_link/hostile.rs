//! Bytes that no honest peer sends, in both directions.

use proptest::prelude::*;

use sttp::session::publisher::{NewConnection, PublisherSettings};
use sttp::session::subscriber::{Output, SessionSettings};
use sttp::session::{Moment, PublisherSession, SubscribeRequest, SubscriberSession};

use crate::harness::{Network, subscriber};
use crate::signals::catalog;

/// All bytes that a publisher sends to a subscriber that subscribes twice.
fn valid_responses(settings: &SessionSettings) -> Vec<u8> {
    let mut network = Network::new(1, PublisherSettings::default(), 0..8);
    let peer = network.connect_subscriber(
        subscriber(|own| {
            own.compress_payload = settings.compress_payload;
            own.compress_metadata = settings.compress_metadata;
            own.compress_signal_index_cache = settings.compress_signal_index_cache;
        }),
        &[1, 2, 3],
    );
    network.record(peer);
    network.settle();
    network.publish(100);
    network.settle();
    network.subscribe(peer, &[3, 4]);
    network.peers[peer].subscriber.request_metadata("").unwrap();
    network.settle();
    network.publish(100);
    network.settle();
    network.recorded(peer)
}

/// Overwrites, removes and inserts bytes.
fn mutate(bytes: &mut Vec<u8>, mutations: &[(usize, u8, u8)]) {
    for (position, kind, value) in mutations {
        let position = position % bytes.len().max(1);
        match kind % 4 {
            0 => bytes.insert(position, *value),
            1 if position < bytes.len() => _ = bytes.remove(position),
            _ if position < bytes.len() => bytes[position] = *value,
            _ => {}
        }
    }
}

fn mutations() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..6)
}

/// Gives a subscriber these bytes. The measurements it delivers are bounded by the bytes.
fn receive(settings: SessionSettings, bytes: &[u8], piece: usize) {
    let now = std::time::Instant::now();
    let mut session = SubscriberSession::new(settings, now);
    session.subscribe(SubscribeRequest::default()).unwrap();
    for piece in bytes.chunks(piece) {
        let mut rest = piece;
        while session.receive(&mut rest, now) {
            while let Some(output) = session.poll() {
                if let Output::Ended(_) = output {
                    return;
                }
            }
        }
        assert!(session.queue().len() <= 1000 + 9 * bytes.len());
    }
}

fn serve(bytes: &[u8], piece: usize) {
    let now = Moment::now();
    let mut session = PublisherSession::new(PublisherSettings::default(), catalog(0..8));
    let key = session.open(NewConnection::accepted(1, ([127, 0, 0, 1], 1).into()), now);
    for piece in bytes.chunks(piece) {
        session.receive(key, piece, now);
        while session.serve_commands(now) {}
        while session.poll().is_some() {}
        // No answer to these commands is larger than the metadata.
        let queued = session.queue(key).map_or(0, |queue| queue.len());
        assert!(queued <= 20_000 * (1 + bytes.len() / 5));
    }
    session.publish(&[], now);
    session.finish_packets();
}

fn form(compress_payload: bool, gzip: bool) -> SessionSettings {
    SessionSettings {
        compress_payload,
        compress_metadata: gzip,
        compress_signal_index_cache: gzip,
        max_frame_size: 1 << 20,
        ..SessionSettings::default()
    }
}

proptest! {
    #[test]
    fn subscribers_survive_any_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        piece in 1_usize..100,
    ) {
        receive(form(true, true), &bytes, piece);
    }

    #[test]
    fn publishers_survive_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), piece in 1_usize..100) {
        serve(&bytes, piece);
    }

    #[test]
    fn subscribers_survive_damaged_responses(
        mutations in mutations(), piece in 1_usize..5000, compressed: bool, gzip: bool
    ) {
        let mut bytes = valid_responses(&form(compressed, gzip));
        mutate(&mut bytes, &mutations);
        receive(form(compressed, gzip), &bytes, piece);
    }

    #[test]
    fn publishers_survive_damaged_commands(mutations in mutations(), piece in 1_usize..5000) {
        let mut bytes = valid_commands();
        mutate(&mut bytes, &mutations);
        serve(&bytes, piece);
    }

    #[test]
    fn publishers_survive_any_commands(
        commands in prop::collection::vec((0_u8..16, prop::collection::vec(any::<u8>(), 0..40)), 0..20)
    ) {
        let mut bytes = vec![0, 0, 0, 5, 6, 0, 0, 2, 2];
        for (code, payload) in commands {
            bytes.extend((1 + payload.len() as u32).to_be_bytes());
            bytes.push(code);
            bytes.extend(payload);
        }
        serve(&bytes, 50);
    }
}

/// All bytes that a subscriber sends.
fn valid_commands() -> Vec<u8> {
    let now = std::time::Instant::now();
    let mut session = SubscriberSession::new(SessionSettings::default(), now);
    for _ in 0..3 {
        session.subscribe(SubscribeRequest::default()).unwrap();
        session.request_metadata("FILTER MeasurementDetail WHERE True", now);
    }
    session.unsubscribe();
    session.queue().pieces().flatten().copied().collect()
}
