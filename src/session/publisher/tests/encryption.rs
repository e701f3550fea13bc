//! Cipher keys and encrypted packets as they stand on the wire.

use super::*;
use crate::codec::cipher::CipherKey;
use crate::session::publisher::connection::RETIREMENT;
use crate::wire::cipher_keys::CipherKeys;

fn encrypting(scope: Encryption, rotation: Duration) -> PublisherSettings {
    let encryption = EncryptionSettings { scope, rotation };
    PublisherSettings { encryption, ..PublisherSettings::default() }
}

/// A publisher of these settings whose subscriber has told its modes.
fn with_modes(settings: PublisherSettings, modes: u32) -> Publisher {
    let mut publisher = Publisher::new(settings);
    publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
    publisher.answers();
    publisher
}

/// Index of the active set, and the two sets.
fn told_keys(payload: &[u8]) -> (u8, [CipherKey; 2]) {
    let keys = CipherKeys::decode(payload).unwrap();
    (keys.active, keys.sets.map(|(key, iv)| CipherKey::new(*key, *iv)))
}

#[test]
fn the_first_subscription_brings_keys_and_the_next_none() {
    let mut publisher = with_modes(encrypting(Encryption::All, Duration::from_secs(60)), PLAIN);
    publisher.subscribe(&filter(&[1]));
    let answers = publisher.answers();
    let codes: Vec<(u8, u8)> = answers.iter().map(|answer| (answer.response, answer.command)).collect();
    assert_eq!(codes, [(0x85, 0x02), (0x80, 0x04), (0x83, 0x02), (0x80, 0x02)]);
    let (active, [even, odd]) = told_keys(&answers[0].payload);
    assert_eq!(active, 0);
    assert_ne!(even, odd);
    publisher.subscribe(&filter(&[2]));
    assert!(publisher.answer_codes().iter().all(|(response, _)| *response != 0x85));
}

#[test]
fn rotations_change_to_keys_that_are_known_and_replace_the_others_later() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = with_modes(encrypting(Encryption::All, Duration::from_millis(1)), modes);
        publisher.subscribe(&filter(&[1, 2]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        let (_, mut sets) = told_keys(&publisher.answers()[0].payload);
        publisher.publish(&[1]);
        publisher.answers();
        let mut time_to_next = Duration::from_secs(1);
        for round in 1..5_u8 {
            let active = usize::from(round % 2);
            publisher.wait(time_to_next);
            publisher.publish(&[1, 2]);
            let answers = publisher.answers();
            assert!(answers.iter().all(|answer| answer.response != 0x85), "datagrams may be on their way");
            let packet = &answers.last().unwrap().payload;
            assert_eq!(packet[0] & 0x04 != 0, active == 1);
            let mut plain = Vec::new();
            sets[active].decrypt(&packet[1..], &mut plain).unwrap();
            assert_eq!(plain[..4], [0, 0, 0, 2]);

            publisher.wait(RETIREMENT);
            let answers = publisher.answers();
            let told = answers.iter().find(|answer| answer.response == 0x85).unwrap();
            let (named, new) = told_keys(&told.payload);
            assert_eq!(usize::from(named), active);
            assert_eq!(new[active], sets[active], "the keys in use stay");
            assert_ne!(new[1 - active], sets[1 - active]);
            sets = new;
            time_to_next = Duration::from_secs(1) - RETIREMENT;
        }
    }
}

#[test]
fn keys_rotate_once_a_second_at_most() {
    let mut publisher = with_modes(encrypting(Encryption::All, Duration::from_secs(60)), PLAIN);
    publisher.send(Command::RotateCipherKeys, &[]);
    assert_eq!(publisher.answer_codes(), [(0x81, 0x04)]);
    publisher.subscribe(&filter(&[1]));
    publisher.answers();
    publisher.wait(Duration::from_millis(999));
    publisher.send(Command::RotateCipherKeys, &[]);
    assert_eq!(publisher.answer_codes(), [(0x81, 0x04)]);
    publisher.wait(Duration::from_millis(1));
    publisher.send(Command::RotateCipherKeys, &[]);
    assert_eq!(publisher.answer_codes(), []);
    publisher.wait(RETIREMENT);
    assert_eq!(publisher.answer_codes(), [(0x85, 0x02), (0x80, 0x04)]);
    // The timer counts from the last rotation.
    publisher.wait(Duration::from_millis(59_400));
    assert!(publisher.answer_codes().iter().all(|(response, _)| *response != 0x85));
    publisher.wait(Duration::from_millis(200));
    publisher.wait(RETIREMENT);
    assert!(publisher.answer_codes().contains(&(0x85, 0x02)));
}

#[test]
fn subscribers_by_tcp_get_no_keys_when_only_udp_is_encrypted() {
    let mut publisher = with_modes(encrypting(Encryption::Udp, Duration::from_secs(60)), PLAIN);
    publisher.subscribe(&filter(&[1]));
    assert_eq!(publisher.answer_codes(), [(0x83, 0x02), (0x80, 0x02)]);
    publisher.subscribe(&format!("dataChannel={{localport=9600}};{}", filter(&[1])));
    assert!(publisher.answer_codes().contains(&(0x85, 0x02)));
}

#[test]
fn full_packets_stay_within_what_every_subscriber_accepts() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = with_modes(encrypting(Encryption::All, Duration::from_secs(60)), modes);
        publisher.subscribe(&filter(&[1, 2]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.answers();
        publisher.publish(&[1, 2].repeat(50_000));
        let packets = publisher.answers();
        let largest = packets.iter().map(|packet| 6 + packet.payload.len()).max();
        assert!(largest.is_some_and(|largest| largest <= 32_768 && largest > 32_000), "{largest:?}");
    }
}
