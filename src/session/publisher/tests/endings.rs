//! What must not go on, or begin again, when something ends or changes.

use super::temporal::{COMPLETE, codes, keeping, play, window};
use super::*;
use crate::wire::notification::NotificationId;

fn by_udp() -> Publisher {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe(&format!("dataChannel={{localport=9600}};{}", filter(&[1])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher
}

#[test]
fn a_finished_playback_is_not_asked_for_again() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.use_history_source(true, publisher.now);
    publisher.subscribe(&window(&[1], "*-1d", "*+1d"));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    play(&mut publisher);
    let calls = publisher.history_calls();
    let [HistoryCall::Read(id, _)] = &calls[..] else { panic!("{calls:?}") };
    let point = RawMeasurement { ticks: TICKS, row: 0, flags: 0, value_bits: 0 };
    publisher.supply(*id, Ok(HistoryPart::Rows(vec![point])));
    assert_eq!(codes(&play(&mut publisher)), [0x86, 0x82]);
    assert!(matches!(publisher.history_calls()[..], [HistoryCall::Read(..)]));
    publisher.supply(*id, Ok(HistoryPart::End(String::new())));
    assert_eq!(codes(&play(&mut publisher)), [COMPLETE]);
    assert_eq!(publisher.history_calls(), [HistoryCall::Close(*id)]);

    publisher.supply(*id, Ok(HistoryPart::Rows(vec![point])));
    publisher.wait(Duration::from_secs(4));
    publisher.session.set_catalog(catalog(5), publisher.now);
    publisher.configure(PublisherSettings::default());
    assert_eq!(codes(&play(&mut publisher)), [0x8A]);
    publisher.close();
    assert_eq!(publisher.history_calls(), []);
}

#[test]
fn changes_of_the_configuration_do_not_restart_a_playback() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2, 3]);
    let window = window(&[1, 2, 3], "*-1d", "*+1h");
    publisher.subscribe(&window.replace("processingInterval=0", "processingInterval=1000"));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80, 0x86, 0x82], "the first step");

    let history_duration = Duration::from_secs(120);
    publisher.configure(PublisherSettings { history_duration, ..PublisherSettings::default() });
    publisher.session.announce_configuration_change();
    publisher.session.set_catalog(catalog(3), publisher.now);
    assert_eq!(codes(&play(&mut publisher)), [0x8A, 0x8A]);
    // A confirmation of nothing starts nothing.
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    for step in [&[0x82][..], &[0x82, COMPLETE]] {
        publisher.wait(Duration::from_secs(1));
        let answers = play(&mut publisher);
        assert_eq!(codes(&answers), step);
        assert_eq!(answers[0].payload[1..5], [0, 0, 0, 1], "one measurement, no earlier ones");
    }
}

#[test]
fn a_closed_connection_gives_up_its_channel() {
    let mut publisher = by_udp();
    let id = ChannelId::Connection(publisher.key());
    assert_eq!(std::mem::take(&mut publisher.channels), [id]);
    assert!(publisher.session.channel(id).is_some());
    publisher.publish(&[1, 1]);
    publisher.close();
    publisher.poll();
    assert_eq!(publisher.channels.last(), Some(&id), "so that its socket is closed");
    assert_eq!(publisher.session.channel(id), None);
    let statistics = publisher.session.statistics();
    assert_eq!((statistics.datagrams_dropped, statistics.measurements_dropped), (1, 2));
    publisher.session.send_datagrams(id, |_| panic!("nothing waits"));
}

#[test]
fn a_key_means_no_other_connection_once_its_own_is_closed() {
    let mut publisher = by_udp();
    let closed = publisher.key();
    publisher.close();
    publisher.connect();
    assert_ne!(publisher.key(), closed);
    assert!(publisher.session.queue(closed).is_none() && publisher.session.queue(publisher.key()).is_some());
    assert_eq!(publisher.session.channel(ChannelId::Connection(closed)), None);
    assert!(publisher.session.close(closed, publisher.now).is_none());
}

#[test]
fn a_connection_that_is_closing_gets_nothing_more() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    assert!(publisher.session.end(publisher.id()));
    publisher.poll();
    assert_eq!(publisher.closes, [CloseReason::Wanted]);

    let note = NotificationId::from_number(7);
    assert!(!publisher.session.notify(note, Some(publisher.id()), "too late", publisher.now));
    assert!(publisher.session.notify(note, None, "to all others", publisher.now));
    let answer = UserAnswer::Succeeded("too late");
    let answered = publisher.session.answer_user_command(publisher.id(), 0, answer);
    assert_eq!(answered, Err(Unanswerable::NoConnection));
    publisher.publish(&[1]);
    publisher.session.send_buffer_block(1, b"block", true, publisher.now);
    publisher.session.announce_configuration_change();
    publisher.session.set_catalog(catalog(5), publisher.now);
    publisher.send(Command::Unsubscribe, &[]);
    publisher.wait(Duration::from_secs(30));
    assert_eq!(publisher.answers(), []);
    assert!(publisher.session.end(publisher.id()), "it is still there");
    publisher.poll();
    assert_eq!(publisher.closes, [], "and is closed for one reason");
    publisher.close();
    assert!(!publisher.session.end(publisher.id()));
    assert!(!publisher.events.iter().any(|event| matches!(event, PublisherEvent::Notification { .. })));
}

#[test]
fn those_who_get_measurements_are_counted() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    assert_eq!(publisher.session.connection_counts(), (1, 1));
    let first = publisher.peer;
    publisher.connect();
    assert_eq!(publisher.session.connection_counts(), (2, 1));
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    for _ in 0..2 {
        publisher.subscribe(&filter(&[2]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        assert_eq!(publisher.session.connection_counts(), (2, 2));
    }
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(publisher.session.connection_counts(), (2, 1));
    publisher.close();
    assert_eq!(publisher.session.connection_counts(), (1, 1));
    publisher.peer = first;
    assert!(publisher.close().unwrap().subscribed, "it was so until the end");
    assert_eq!(publisher.session.connection_counts(), (0, 0));
}

#[test]
fn a_slow_subscriber_is_closed_at_once_whatever_shows_that_it_is_slow() {
    let disconnect = PublisherSettings {
        overflow: Overflow::Disconnect,
        send_queue_limit: 0,
        ..PublisherSettings::default()
    };
    let timeout = Some(Duration::from_secs(10));
    let wait = PublisherSettings { overflow: Overflow::Wait { timeout }, ..disconnect };
    let mut by_packet = Publisher::subscribed_with(disconnect, PLAIN, &[1]);
    by_packet.publish(&[1; 20_000]);
    let mut by_block = Publisher::subscribed_with(disconnect, PLAIN, &[1]);
    (0..2).for_each(|_| by_block.session.send_buffer_block(1, &[0; 40 << 10], false, by_block.now));
    let mut by_time = Publisher::subscribed_with(wait, PLAIN, &[1]);
    by_time.publish(&[1; 20_000]);
    for (mut publisher, seconds, key) in [
        (by_packet, 0, "(sendQueueLimit)"),
        (by_block, 0, "(sendQueueLimit)"),
        (by_time, 15, "(overflowWaitTimeout)"),
    ] {
        let closes: Vec<CloseReason> =
            (0..=seconds).flat_map(|_| publisher.wait(Duration::from_secs(1))).collect();
        let [reason @ CloseReason::TooSlow { .. }] = &closes[..] else { panic!("{closes:?}") };
        assert!(reason.is_immediate() && reason.to_string().ends_with(key), "{reason}");
    }
    assert!(
        !CloseReason::NoModes { timeout: Duration::ZERO }.is_immediate()
            && !CloseReason::Refused(String::new()).is_immediate()
    );
}
