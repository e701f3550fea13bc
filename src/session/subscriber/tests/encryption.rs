//! Encrypted data packets, and keys as they should not be.

use super::*;
use crate::codec::cipher::CipherKey;
use crate::wire::cipher_keys::CipherKeys;

fn key(number: u8) -> CipherKey {
    CipherKey::new([number; 32], [number + 1; 16])
}

fn keys(active: u8, even: &CipherKey, odd: &CipherKey) -> Vec<u8> {
    CipherKeys { active, sets: [(even.key(), even.iv()), (odd.key(), odd.iv())] }.encode()
}

/// A payload, encrypted behind its flags.
fn sealed(key: &CipherKey, mut payload: Vec<u8>) -> Vec<u8> {
    key.encrypt(&mut payload, 1);
    payload
}

/// A subscriber with signals and the keys 1 and 2, of which the even one is active.
fn keyed() -> Connection {
    let mut connection = Connection::subscribed(settings(false), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.tell(Response::UpdateCipherKeys, &keys(0, &key(1), &key(2)));
    connection.take();
    connection
}

#[test]
fn packets_name_the_key_they_are_encrypted_with() {
    let mut connection = keyed();
    connection.tell(Response::DataPacket, &sealed(&key(1), compact(0, &[0, 5])));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 5]));
    connection.tell(Response::DataPacket, &sealed(&key(2), compact(0x04, &[1])));
    assert_eq!(connection.taken_ids(), ids(1, &[1]));
    assert_eq!(connection.session.statistics().packets_dropped, 0);
}

#[test]
fn compressed_packets_are_encrypted_too() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.tell(Response::UpdateCipherKeys, &keys(1, &key(1), &key(2)));
    connection.take();
    for (number, (_, indexes)) in BLOCKS.iter().enumerate() {
        connection.tell(Response::DataPacket, &sealed(&key(2), tssc(0x04, number as u16, number)));
        assert_eq!(connection.taken_ids(), ids(1, indexes));
    }
}

#[test]
fn the_key_before_still_reads_what_was_on_its_way() {
    let mut connection = keyed();
    connection.tell(Response::UpdateCipherKeys, &keys(1, &key(3), &key(2)));
    for (number, flags) in [(1, 0), (3, 0), (2, 0x04)] {
        connection.tell(Response::DataPacket, &sealed(&key(number), compact(flags, &[5])));
        assert_eq!(connection.taken_ids(), ids(1, &[5]), "key {number}");
    }
}

#[test]
fn what_no_key_fits_is_dropped_and_counted() {
    let mut connection = keyed();
    let good = sealed(&key(1), compact(0, &[0, 1, 5]));
    let mut damaged = good.clone();
    damaged[20] ^= 1;
    let other_set = [&[0x06], &good[1..]].concat();
    let cut = good[..good.len() - 16].to_vec();
    for payload in [sealed(&key(9), compact(0, &[5])), cut, other_set] {
        connection.tell(Response::DataPacket, &payload);
        assert!(connection.only_messages());
    }
    assert_eq!(connection.session.statistics().packets_dropped, 3);
    connection.tell(Response::DataPacket, &good);
    assert_eq!(connection.taken_ids(), ids(1, &[0, 1, 5]));
}

#[test]
fn a_packet_from_before_the_keys_is_read_as_it_is() {
    let mut connection = keyed();
    assert_ne!(compact(0, &[5]).len() % 16, 1);
    connection.tell(Response::DataPacket, &compact(0, &[5]));
    assert_eq!(connection.taken_ids(), ids(1, &[5]));
    connection.tell(Response::DataPacket, &[0x02]);
    assert!(connection.only_messages());
}

#[test]
fn by_udp_nothing_clear_is_taken_once_there_are_keys() {
    let mut connection = keyed();
    let datagram = |response: Response, payload: &[u8]| {
        response_frame(response, Command::Subscribe.code(), payload)[4..].to_vec()
    };
    let block = [&[0; 4][..], &[0], &[0, 0, 0, 5], b"block"].concat();
    for clear in [datagram(Response::DataPacket, &compact(0, &[5])), datagram(Response::BufferBlock, &block)]
    {
        connection.session.receive_datagram(&clear, true, connection.now);
        connection.drain().unwrap();
        assert!(connection.only_messages());
    }
    assert_eq!(connection.session.statistics().datagrams_rejected, 2);
    let sealed = datagram(Response::DataPacket, &sealed(&key(1), compact(0, &[0, 5])));
    connection.session.receive_datagram(&sealed, true, connection.now);
    connection.drain().unwrap();
    assert_eq!(connection.taken_ids(), ids(1, &[0, 5]));
}

#[test]
fn keys_that_cannot_be_read_change_nothing() {
    let mut connection = keyed();
    let good = keys(1, &key(3), &key(4));
    for payload in [&[][..], &good[..112], &[&good[..4], &[33], &good[5..]].concat()] {
        connection.tell(Response::UpdateCipherKeys, payload);
        assert!(connection.only_messages());
    }
    connection.tell(Response::DataPacket, &sealed(&key(1), compact(0, &[1])));
    assert_eq!(connection.taken_ids(), ids(1, &[1]));
}

#[test]
fn asking_for_new_keys_is_one_command() {
    let mut connection = keyed();
    connection.sent();
    connection.session.rotate_cipher_keys();
    assert_eq!(connection.sent(), [(0x04, vec![])]);
}
