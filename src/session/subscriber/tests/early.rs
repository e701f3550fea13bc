//! Datagrams that overtake the signal index cache.

use super::*;
use crate::session::SubscribeRequest;
use crate::wire::{DataChannel, Version};

/// A session of version 1 that is about to get measurements by UDP.
fn by_udp() -> Connection {
    let version_1 = SessionSettings { version: Version::V1, ..settings(false) };
    let mut connection = Connection::new(version_1);
    let greeting = OURS.unwrap_or_default();
    connection.answer(Response::Succeeded, Command::DefineOperationalModes, greeting.as_bytes());
    connection.take();
    subscribe_by_udp(&mut connection, 9000);
    connection
}

fn subscribe_by_udp(connection: &mut Connection, port: u16) {
    let data_channel = Some(DataChannel { port, multicast_group: None });
    let options = SubscriptionOptions::default();
    connection.session.subscribe(SubscribeRequest { data_channel, ..options.into() }).unwrap();
}

fn datagram(connection: &mut Connection, packet: &[u8]) {
    let datagram = response_frame(Response::DataPacket, 2, packet).split_off(4);
    connection.session.receive_datagram(&datagram, true, connection.now);
    connection.drain().unwrap();
}

#[test]
fn they_are_delivered_once_the_publisher_has_answered() {
    let mut connection = by_udp();
    datagram(&mut connection, &compact(0, &[0, 5]));
    connection.tell(Response::UpdateSignalIndexCache, &cache(1));
    assert!(matches!(connection.take()[..], [Event::Updated(1, _)]));
    datagram(&mut connection, &compact(0, &[1]));
    assert_eq!(connection.take(), []);
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    datagram(&mut connection, &compact(0, &[300]));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 5, 1, 300]));
}

#[test]
fn those_of_a_subscription_before_are_not_kept_for_the_next() {
    let mut connection = by_udp();
    connection.tell(Response::UpdateSignalIndexCache, &cache(1));
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    datagram(&mut connection, &compact(0, &[0]));
    assert_eq!(connection.taken_ids(), ids(1, &[0]));
    subscribe_by_udp(&mut connection, 9001);
    datagram(&mut connection, &compact(0, &[5]));
    connection.tell(Response::UpdateSignalIndexCache, &cache(2));
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    assert_eq!(connection.taken_ids(), ids(2, &[5]));
}

#[test]
fn those_to_the_same_port_are_not_guessed() {
    for unsubscribes in [false, true] {
        let mut connection = by_udp();
        connection.tell(Response::UpdateSignalIndexCache, &cache(1));
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        datagram(&mut connection, &compact(0, &[0]));
        assert_eq!(connection.taken_ids(), ids(1, &[0]));
        if unsubscribes {
            connection.session.unsubscribe();
        }
        subscribe_by_udp(&mut connection, 9000);
        datagram(&mut connection, &compact(0, &[5]));
        connection.tell(Response::UpdateSignalIndexCache, &cache(2));
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        datagram(&mut connection, &compact(0, &[5]));
        assert!(connection.taken_ids().is_empty());
        connection.wait(Duration::from_millis(500)).unwrap();
        connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"");
        datagram(&mut connection, &compact(0, &[5]));
        assert_eq!(connection.taken_ids(), ids(2, &[5]));
    }
}

#[test]
fn few_are_kept() {
    let mut connection = by_udp();
    let packet = compact(0, &[1; 1_000]);
    let count = 2 * (8 << 20) / packet.len();
    for _ in 0..count {
        datagram(&mut connection, &packet);
    }
    let rejected = connection.session.statistics().datagrams_rejected as usize;
    assert!((count / 3..2 * count / 3).contains(&rejected), "{rejected} of {count}");
    assert!(connection.only_messages());
    connection.tell(Response::UpdateSignalIndexCache, &cache(1));
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    assert_eq!(connection.taken_ids().len(), (count - rejected) * 1_000);
}
