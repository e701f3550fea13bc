//! Rights that shrink while something waits to be sent: nothing of what was taken away leaves afterwards.

use super::*;
use crate::rights::{AuditSubject, Grant, Rights};
use crate::settings::{PublisherSettings, RightsSettings};

fn publisher_with(modes: u32, options: &str) -> Publisher {
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(60));
    let mut publisher = Publisher::new(settings);
    allow(&mut publisher, "signals = ALLOW WHERE True");
    publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
    publisher.subscribe(&format!("{options}{}", filter(&[1, 2])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.take_events();
    publisher
}

fn allow(publisher: &mut Publisher, section: &str) {
    let rights = Rights::parse(&format!("[others]\n{section}\n"), "rights").unwrap();
    publisher.session.set_rights(Some(Arc::new(rights)), publisher.now);
}

fn responses_of(publisher: &mut Publisher, code: u8) -> usize {
    publisher.answers().iter().filter(|answer| answer.response == code).count()
}

fn is_told(publisher: &mut Publisher, text: &str) -> bool {
    let is_told =
        |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, told) if told.contains(text));
    publisher.take_events().iter().any(is_told)
}

const WITHOUT_1: &str = "signals = ALLOW WHERE True\ndeny = DAM:1";

#[test]
fn packets_that_wait_are_dropped_counted_and_told() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = publisher_with(modes, "");
        // It goes on with a sequence number of its own: whoever joined it in the middle could read nothing.
        publisher.publish(&[1, 2]);
        publisher.answers();
        publisher.publish(&[1, 2]);
        publisher.publish(&[1, 2, 1]);
        allow(&mut publisher, WITHOUT_1);
        assert!(is_told(
            &mut publisher,
            "dropped 5 measurements and 0 buffer blocks that waited for 127.0.0.1:9"
        ));
        assert_eq!(responses_of(&mut publisher, 0x82), 0);
        assert_eq!(publisher.session.info(publisher.id()).unwrap().counters.measurements_dropped, 5);
        assert_eq!(publisher.session.statistics().measurements_dropped, 5);
        publisher.wait(Duration::from_secs(5));
        assert!(!is_told(&mut publisher, "dropped"), "it was told already");
        publisher.publish(&[1, 2]);
        let answers = publisher.answers();
        let packet = answers.iter().find(|answer| answer.response == 0x82).unwrap();
        assert_eq!(packet.payload[1..5], [0, 0, 0, 1]);
        assert!(modes == PLAIN || packet.payload[6..8] == [0, 0], "it begins anew");
    }
}

#[test]
fn who_comes_to_a_stream_in_the_middle_gets_nothing_before_it_begins_anew() {
    let mut publisher = publisher_with(TSSC, "");
    let mut peers = Vec::new();
    for _ in 0..20 {
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
        publisher.subscribe(&filter(&[1, 2]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        peers.push(publisher.peer);
    }
    // There are only so many beginnings at once: the last ones to come have to wait.
    let own = RightsSettings::default().signals("ALLOW WHERE True".into()).deny("DAM:1".into());
    let grant = Arc::new(Grant::new("own", own).unwrap());
    let mut waited = 0;
    for peer in peers {
        publisher.peer = peer;
        publisher.answers();
        publisher.session.set_grant(peer.0, Some(grant.clone()), publisher.now).unwrap();
        publisher.answers();
        publisher.publish(&[1, 2]);
        publisher.publish(&[1, 2]);
        let answers = publisher.answers();
        match answers.iter().find(|answer| answer.response == 0x82) {
            Some(first) => assert_eq!(first.payload[6..8], [0, 0], "the sequence number of a beginning"),
            None => waited += 1,
        }
    }
    assert!((1..10).contains(&waited), "{waited}");
}

#[test]
fn what_is_still_allowed_is_not_dropped() {
    let mut publisher = publisher_with(PLAIN, "");
    publisher.publish(&[1, 2]);
    allow(&mut publisher, "signals = ALLOW WHERE True\ndeny = DAM:3");
    assert_eq!(responses_of(&mut publisher, 0x82), 1);
}

#[test]
fn a_frame_that_is_sent_in_part_is_sent_whole() {
    let mut publisher = publisher_with(PLAIN, "");
    publisher.publish(&[1, 2]);
    publisher.answers();
    publisher.publish(&[1, 2]);
    publisher.publish(&[1, 2]);
    publisher.session.sent(publisher.key(), 7, publisher.now);
    let rest = publisher.session.queue(publisher.key()).unwrap().pieces().next().unwrap().len();
    allow(&mut publisher, WITHOUT_1);
    let queue = publisher.session.queue(publisher.key()).unwrap();
    assert_eq!(queue.pieces().next().unwrap().len(), rest);
    assert_eq!(queue.data_len(), 7 + rest);
}

#[test]
fn datagrams_that_wait_are_dropped() {
    let mut publisher = publisher_with(PLAIN, "dataChannel={localport=9}; ");
    publisher.publish(&[1, 2]);
    allow(&mut publisher, WITHOUT_1);
    let mut sent = 0;
    let channel = ChannelId::Connection(publisher.key());
    publisher.session.send_datagrams(channel, |datagrams| {
        sent = datagrams.len();
        Handed::dropping_others(sent)
    });
    assert_eq!(sent, 0);
    assert!(is_told(&mut publisher, "dropped 2 measurements"));

    // So are those of who gets nothing by UDP any more.
    let mut publisher = publisher_with(PLAIN, "dataChannel={localport=9}; ");
    publisher.publish(&[1, 2]);
    publisher.audits.clear();
    allow(&mut publisher, "signals = ALLOW WHERE True\nudp = false");
    assert!(publisher.session.channel(ChannelId::Connection(publisher.key())).is_none());
    assert_eq!(publisher.session.statistics().measurements_dropped, 2);
    publisher.poll();
    let audited = |audit: &Audit| audit.subject == AuditSubject::Rights && !audit.accepted;
    assert!(publisher.audits.iter().any(audited));
}

#[test]
fn buffer_blocks_that_wait_are_dropped_and_do_not_come_again() {
    let mut publisher = publisher_with(PLAIN, "");
    for (row, confirm) in [(1, false), (1, true), (2, true)] {
        publisher.session.send_buffer_block(row, b"opaque", confirm, publisher.now);
    }
    allow(&mut publisher, WITHOUT_1);
    assert_eq!(responses_of(&mut publisher, 0x88), 0);
    assert!(is_told(&mut publisher, "0 measurements and 3 buffer blocks"));
    publisher.wait(Duration::from_secs(6));
    let answers = publisher.answers();
    let again: Vec<_> = answers.iter().filter(|answer| answer.response == 0x88).collect();
    assert_eq!(again.len(), 1, "that of the signal that it may have comes again: {answers:?}");
    assert_eq!(publisher.session.statistics().buffer_blocks_unconfirmed, 1);
}

#[test]
fn historical_data_that_wait_are_dropped() {
    for section in [WITHOUT_1, "signals = ALLOW WHERE True\ntemporal = false"] {
        let mut publisher = publisher_with(PLAIN, "");
        publisher.publish(&[1, 2]);
        publisher.subscribe(&format!("startTimeConstraint=2000-01-01; {}", filter(&[1, 2])));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.answers();
        publisher.wait(Duration::from_secs(1));
        assert!(publisher.session.queue(publisher.key()).unwrap().data_len() > 0);
        allow(&mut publisher, section);
        assert_eq!(responses_of(&mut publisher, 0x82), 0, "{section}");
    }
}

#[test]
fn what_waits_of_a_subscription_before_is_dropped_too() {
    let historical = format!("startTimeConstraint=2000-01-01; {}", filter(&[1, 2]));
    type Then = fn(&mut Publisher);
    let unsubscribe: Then = |publisher| publisher.send(Command::Unsubscribe, &[]);
    let change: Then = |publisher| {
        publisher.subscribe(&filter(&[3]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
    };
    let ask: Then = |publisher| publisher.subscribe(&filter(&[3]));
    for section in [WITHOUT_1, "signals = ALLOW WHERE True\ntemporal = false\ndeny = DAM:1"] {
        for (is_historical, then) in [(false, unsubscribe), (false, change), (true, unsubscribe), (true, ask)]
        {
            let mut publisher = publisher_with(PLAIN, "");
            publisher.publish(&[1, 2]);
            if is_historical {
                publisher.answers();
                publisher.subscribe(&historical);
                publisher.send(Command::ConfirmSignalIndexCache, &[]);
                publisher.wait(Duration::from_secs(1));
            }
            then(&mut publisher);
            assert!(publisher.session.queue(publisher.key()).unwrap().data_len() > 0);
            allow(&mut publisher, section);
            assert_eq!(responses_of(&mut publisher, 0x82), 0, "{is_historical} {section}");
            assert!(is_told(&mut publisher, "measurements and 0 buffer blocks that waited for 127.0.0.1:9"));
        }
    }

    // A block that was not confirmed does not come again, and who has got everything loses nothing afterwards.
    let mut publisher = publisher_with(PLAIN, "");
    publisher.publish(&[1, 2]);
    publisher.session.send_buffer_block(1, b"opaque", true, publisher.now);
    unsubscribe(&mut publisher);
    publisher.answers();
    allow(&mut publisher, WITHOUT_1);
    publisher.wait(Duration::from_secs(6));
    assert_eq!(responses_of(&mut publisher, 0x88), 0);
    change(&mut publisher);
    publisher.publish(&[3]);
    allow(&mut publisher, "signals = ALLOW WHERE True\ndeny = DAM:2");
    assert_eq!(responses_of(&mut publisher, 0x82), 1);
}

#[test]
fn every_request_is_audited() {
    let mut publisher = publisher_with(PLAIN, "");
    publisher.audits.clear();
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::RotateCipherKeys, &[]);
    publisher.send(Command::UpdateProcessingInterval, &[0, 0, 0, 9]);
    publisher.send(Command::UpdateProcessingInterval, &[0]);
    publisher.send(Command::Connect, &[]);
    publisher.send_code(0x77, &[]);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.send(Command::DefineOperationalModes, &[1]);
    publisher.poll();
    let audits: Vec<_> = publisher.audits.drain(..).map(|audit| (audit.subject, audit.accepted)).collect();
    assert_eq!(
        audits,
        [
            (AuditSubject::Unsubscription, true),
            (AuditSubject::CipherKeys, false),
            (AuditSubject::ProcessingInterval, false),
            (AuditSubject::ProcessingInterval, false),
            (AuditSubject::OtherCommand, false),
            (AuditSubject::OtherCommand, false),
            (AuditSubject::OperationalModes, true),
            (AuditSubject::OperationalModes, false),
        ]
    );
    publisher.connect();
    publisher.send(Command::Subscribe, &[]);
    let last = publisher.audits.last().unwrap();
    assert_eq!((last.subject, last.accepted), (AuditSubject::OtherCommand, false));
    assert!(last.reason.contains("must be the first"), "{last}");
}
