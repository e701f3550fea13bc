//! DefineOperationalModes: first, valid, and not while subscribed.

use super::*;
use crate::codec::gzip;
use crate::metadata::{DataSet, Limits};

#[test]
fn valid_modes_are_answered_at_once_and_briefly() {
    for modes in [0xE600_0262_u32, 0xE000_0261, 0x0000_0203, 0xC400_0002, 0x0000_0102] {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        let answers = publisher.answers();
        assert_eq!((answers.len(), answers[0].response, answers[0].command), (1, 0x80, 0x06));
        assert!(answers[0].payload.len() < 1000);
        assert!(matches!(publisher.events[..], [PublisherEvent::Connected(_)]));
        assert!(publisher.session.closing(publisher.key()).is_none());
    }
}

#[test]
fn invalid_modes_are_refused_and_end_the_connection() {
    for modes in [0x0000_0200_u32, 0x0000_0204, 0x0000_021F, 0x0000_0302, 0x0001_0202] {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        assert_eq!(publisher.answer_codes(), [(0x81, 0x06)], "{modes:#x}");
        assert!(publisher.session.closing(publisher.key()).is_some());
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        assert!(publisher.answers().is_empty(), "nothing is served any more");
        assert!(publisher.events.is_empty());
    }
}

#[test]
fn modes_that_are_cut_are_refused_but_may_be_repeated() {
    for length in 0..4 {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes()[..length]);
        assert_eq!(publisher.answer_codes(), [(0x81, 0x06)]);
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        assert_eq!(publisher.answer_codes(), [(0x80, 0x06)]);
    }
}

#[test]
fn any_other_first_command_ends_the_connection() {
    for code in (0..=u8::MAX).filter(|code| *code != 0x06) {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.send_code(code, &[]);
        assert_eq!(publisher.answer_codes(), [(0x81, code)]);
        assert!(publisher.session.closing(publisher.key()).is_some());
    }
}

#[test]
fn modes_cannot_change_while_subscribed() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
    assert_eq!(publisher.answer_codes(), [(0x80, 0x06)]);
    publisher.subscribe(&filter(&[1]));
    publisher.answers();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    assert_eq!(publisher.answer_codes(), [(0x81, 0x06)]);
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    assert_eq!(publisher.answer_codes(), [(0x80, 0x03), (0x80, 0x06)]);
    let connected = |event: &&PublisherEvent| matches!(event, PublisherEvent::Connected(_));
    assert_eq!(publisher.events.iter().filter(connected).count(), 1);
}

#[test]
fn a_confirmation_from_before_a_change_of_version_does_not_count() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::DefineOperationalModes, &0x0000_0201_u32.to_be_bytes());
    publisher.subscribe(&filter(&[2]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.publish(&[1, 2]);
    let answers = publisher.answers();
    let codes: Vec<u8> = answers.iter().map(|answer| answer.response).collect();
    assert_eq!(codes, [0x86, 0x82]);
    assert_eq!(answers[1].payload[..5], [0x02, 0, 0, 0, 1]);
}

#[test]
fn texts_caches_and_metadata_come_in_the_encoding_of_the_modes() {
    for (bits, encoding, start_of_xml) in [
        (0x000, TextEncoding::Utf16Le, &[0xFF, 0xFE, b'<', 0][..]),
        (0x100, TextEncoding::Utf16Be, &[0xFE, 0xFF, 0, b'<']),
        (0x200, TextEncoding::Utf8, b"<"),
    ] {
        let mut publisher = Publisher::with_modes(0x02 | bits);
        let payload = subscribe_payload(&filter(&[4, 5]), encoding);
        publisher.send(Command::Subscribe, &payload);
        let answers = publisher.answers();
        assert_eq!((answers[0].response, answers[1].response), (0x83, 0x80));
        let cache = SignalIndexCache::decode(&answers[0].payload[1..], encoding).unwrap();
        assert_eq!(cache.records().len(), 2);
        assert_eq!(cache.source(&cache.records()[1]), "ÅRSTA");
        assert_eq!(cache.records()[1].key_number, 5);
        assert!(answers[1].text(encoding).contains("2 signals"));
        publisher.send(Command::MetadataRefresh, &[]);
        let document = publisher.answers().remove(0).payload;
        assert!(document.starts_with(start_of_xml), "{encoding:?}");
        let data_set = DataSet::from_xml(&document, &Limits::default()).unwrap();
        assert_eq!(data_set.table("MeasurementDetail").unwrap().row_count(), 10);
    }
}

#[test]
fn nothing_is_compressed_unless_both_bits_say_so() {
    for (modes, tssc, cache, metadata) in [
        (0xE000_0262, true, true, true),
        (0xE000_0202, false, false, false),
        (0x0000_0262, false, false, false),
        (0x2000_0242, true, false, false),
        (0x4000_0222, false, true, false),
        (0x8000_0222, false, false, true),
    ] {
        let mut publisher = Publisher::with_modes(modes);
        publisher.subscribe(&filter(&[0]));
        publisher.send(Command::MetadataRefresh, &[]);
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.publish(&[0]);
        let answers = publisher.answers();
        let payload = |response| &answers.iter().find(|answer| answer.response == response).unwrap().payload;
        assert_eq!(gzip::is_gzip(&payload(0x83)[1..]), cache, "{modes:#x}");
        assert_eq!(payload(0x82)[0], if tssc { 0x08 } else { 0x02 }, "{modes:#x}");
        let document = answers.iter().find(|answer| answer.command == 0x01).unwrap();
        assert_eq!(gzip::is_gzip(&document.payload), metadata, "{modes:#x}");
    }
}
