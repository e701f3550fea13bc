//! Bounds on time and memory.

use super::*;
use crate::settings::SMALLEST_SEND_QUEUE;

#[test]
fn data_packets_stay_within_32_kib() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = Publisher::subscribed(modes, &[0, 1, 2]);
        let rows: Vec<usize> = (0..30_000).map(|number| number * 7 % 3).collect();
        publisher.publish(&rows);
        let answers = publisher.answers();
        let mut packets = answers.iter().filter(|answer| answer.response == 0x82).peekable();
        assert!(packets.peek().is_some());
        let largest = packets.map(|packet| 6 + packet.payload.len()).max().unwrap();
        assert!(largest <= 32_768, "{largest}");
        assert!(modes == TSSC || largest > 32_700, "compact packets are filled");
    }
}

#[test]
fn a_subscriber_that_asks_without_reading_is_closed() {
    let command = command_frame(Command::Unsubscribe, &[]);
    let mut publisher = Publisher::with_modes(PLAIN);
    (0..10_000).for_each(|_| publisher.receive(&command));
    assert!(matches!(publisher.closes[..], [CloseReason::Unread { .. }]));
    assert!(publisher.session.queue(publisher.key()).unwrap().len() < 1 << 20);
}

#[test]
fn a_subscriber_that_asks_and_reads_is_served() {
    let mut publisher = Publisher::with_modes(PLAIN);
    for _ in 0..5000 {
        publisher.send(Command::Unsubscribe, &[]);
        assert_eq!(publisher.answer_codes(), [(0x80, 0x03)]);
    }
}

#[test]
fn keep_alives_come_every_five_seconds_unless_something_waits_anyway() {
    let mut publisher = Publisher::with_modes(PLAIN);
    for _ in 0..3 {
        let due = publisher.session.deadline().unwrap();
        assert_eq!(due - publisher.now.instant, Duration::from_secs(5));
        assert_eq!(publisher.wait(Duration::from_secs(5)), []);
        assert_eq!(publisher.answer_codes(), [(0xFF, 0x02)]);
    }
    for _ in 0..1000 {
        assert_eq!(publisher.wait(Duration::from_secs(5)), []);
    }
    assert_eq!(publisher.answer_codes(), [(0xFF, 0x02)], "they do not pile up");
}

#[test]
fn who_does_not_tell_its_modes_is_closed() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    assert_eq!(publisher.wait(Duration::from_secs(29)), []);
    assert_eq!(publisher.wait(Duration::from_secs(5)), [CloseReason::NoModes]);
}

#[test]
fn who_does_not_take_its_refusal_is_closed_all_the_same() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    publisher.send(Command::Subscribe, &[]);
    let reasons = publisher.wait(Duration::from_secs(5));
    assert!(matches!(reasons[..], [CloseReason::Refused(_)]));
}

#[test]
fn refused_connections_do_not_take_the_place_of_others() {
    let settings = PublisherSettings { max_connections: 1, ..PublisherSettings::default() };
    let mut publisher = Publisher::new(settings);
    let first = publisher.peer;
    publisher.connect();
    let refused = publisher.peer;
    assert!(publisher.session.closing(refused.1).is_some());
    publisher.peer = first;
    publisher.close();
    publisher.peer = refused;
    publisher.connect();
    assert!(publisher.session.closing(publisher.key()).is_none());
}

#[test]
fn one_address_cannot_take_all_connections() {
    let mut session =
        PublisherSession::new(PublisherSettings::default().max_connections_per_address(2), catalog(3));
    let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
    let mut connect = |id: u64, host: u8, outgoing: bool, elsewhere_from_address: usize| {
        let address = ([192, 0, 2, host], 1000 + id as u16).into();
        let new = NewConnection { outgoing, elsewhere_from_address, ..NewConnection::accepted(id, address) };
        let key = session.open(new, now);
        let closing = session.closing(key).map(ToString::to_string);
        if id == 3 {
            session.close(key, now);
        }
        closing
    };
    assert_eq!(connect(1, 1, false, 0), None);
    assert_eq!(connect(2, 1, true, 0), None, "one that the publisher made does not count");
    assert_eq!(connect(3, 1, false, 0), None);
    assert_eq!(connect(4, 1, false, 0), None, "one that is gone does not count");
    let refused = connect(5, 1, false, 0).unwrap_or_default();
    assert!(refused.contains("at most 2 connections from 192.0.2.1; close another one first"), "{refused}");
    assert_eq!(connect(6, 1, true, 0), None, "one that the publisher makes is not refused");
    assert_eq!(connect(7, 2, false, 1), None);
    assert!(connect(8, 3, false, 2).is_some(), "those that other loops serve count");
    assert_eq!(session.statistics().connections_refused, 2);
}

#[test]
fn only_measurements_count_for_the_limit_of_the_queue() {
    let settings = PublisherSettings { overflow: Overflow::Disconnect, ..PublisherSettings::default() };
    let mut publisher = Publisher::new(PublisherSettings { send_queue_limit: 0, ..settings });
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.session.set_catalog(catalog(2000), publisher.now);
    publisher.send(Command::MetadataRefresh, &[]);
    assert!(publisher.session.queue(publisher.key()).unwrap().len() > SMALLEST_SEND_QUEUE);
    publisher.publish(&[1; 100]);
    assert!(publisher.session.closing(publisher.key()).is_none());
    publisher.publish(&[1; 10_000]);
    let closing = publisher.session.closing(publisher.key());
    assert!(matches!(closing, Some(CloseReason::TooSlow { .. })));
    assert!(matches!(publisher.wait(Duration::from_secs(5))[..], [CloseReason::TooSlow { .. }]));
}

#[test]
fn bytes_for_a_connection_that_is_gone_are_ignored() {
    let mut publisher = Publisher::with_modes(PLAIN);
    assert!(publisher.close().is_some());
    assert!(publisher.close().is_none());
    publisher.send(Command::Unsubscribe, &[]);
    publisher.session.sent(publisher.key(), 5, publisher.now);
    assert!(publisher.session.queue(publisher.key()).is_none());
    assert_eq!(publisher.wait(Duration::from_secs(60)), []);
}
