//! Notifications, user commands, changes of the configuration, schema requests.

use super::*;
use crate::codec::gzip;
use crate::metadata::{DataSet, Limits};
use crate::settings::LimitSettings;
use crate::wire::notification::NotificationId;

const UTF_16: u32 = 0x0000_0002;
const GZIP: u32 = 0x8000_0222;

impl Publisher {
    fn notify(&mut self, text: &str) -> NotificationId {
        let id = self.next_notification();
        assert!(self.session.notify(id, None, text, self.now));
        id
    }

    fn next_notification(&mut self) -> NotificationId {
        self.notifications += 1;
        NotificationId::from_number(self.notifications)
    }

    /// The notifications that are confirmed, or never will be, since the last call.
    fn ended_notifications(&mut self) -> Vec<(NotificationId, bool)> {
        let ended = |event| match event {
            PublisherEvent::Notification { id, confirmed, .. } => Some((id, confirmed)),
            _ => None,
        };
        self.take_events().into_iter().filter_map(ended).collect()
    }
}

#[test]
fn notifications_carry_the_time_in_the_encoding_of_the_connection() {
    for (modes, encoding) in [(PLAIN, TextEncoding::Utf8), (UTF_16, TextEncoding::Utf16Le)] {
        let mut publisher = Publisher::with_modes(modes);
        let id = publisher.notify("Årets fel");
        let [answer] = &publisher.answers()[..] else { panic!("one answer") };
        assert_eq!((answer.response, answer.command), (0x89, 0x02));
        let (hash, text) = answer.payload.split_at(4);
        assert_eq!(hash, id.0.to_be_bytes());
        assert!(hash.iter().all(u8::is_ascii_alphanumeric));
        assert_eq!(encoding.decode(text), "[2026-01-01T00:00:00Z] Årets fel");
    }
}

#[test]
fn a_confirmation_is_told_once() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let (first, second) = (publisher.notify("first"), publisher.notify("second"));
    assert_ne!(first, second);
    for (payload, told) in [
        (&second.0.to_be_bytes()[..], vec![(second, true)]),
        (&second.0.to_be_bytes(), vec![]),
        (b"????", vec![]),
        (b"", vec![]),
        (&[&first.0.to_be_bytes()[..], b"more"].concat(), vec![(first, true)]),
    ] {
        publisher.send(Command::ConfirmNotification, payload);
        assert_eq!(publisher.ended_notifications(), told);
    }
}

#[test]
fn who_has_not_told_its_modes_is_notified_after_them() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    let early = publisher.next_notification();
    assert!(publisher.session.notify(early, Some(publisher.id()), "early", publisher.now));
    assert_eq!(publisher.answers(), []);
    publisher.send(Command::DefineOperationalModes, &UTF_16.to_be_bytes());
    let answers = publisher.answers();
    assert_eq!((answers[0].response, answers[1].response), (0x80, 0x89));
    assert!(TextEncoding::Utf16Le.decode(&answers[1].payload[4..]).ends_with("early"));
    publisher.send(Command::ConfirmNotification, &early.0.to_be_bytes());
    assert_eq!(publisher.ended_notifications(), [(early, true)]);
}

#[test]
fn only_the_newest_unconfirmed_notifications_are_kept_and_the_end_is_told() {
    for modes_first in [true, false] {
        let mut publisher = Publisher::new(PublisherSettings::default());
        let modes = PLAIN.to_be_bytes();
        if modes_first {
            publisher.send(Command::DefineOperationalModes, &modes);
        }
        let ids: Vec<_> = (0..300).map(|_| publisher.notify("again")).collect();
        if !modes_first {
            publisher.send(Command::DefineOperationalModes, &modes);
        }
        let ended: Vec<_> = ids.iter().map(|id| (*id, false)).collect();
        assert_eq!(publisher.ended_notifications(), ended[..44]);
        publisher.close();
        assert_eq!(publisher.ended_notifications(), ended[44..]);
    }
}

#[test]
fn who_does_not_read_gets_no_more_notifications() {
    let mut publisher = Publisher::with_modes(PLAIN);
    for _ in 0..5000 {
        publisher.notify("again");
    }
    assert!(publisher.session.queue(publisher.key()).unwrap().control_frames().0 <= 1026);
    assert_eq!(publisher.ended_notifications().len(), 5000 - 256);
}

#[test]
fn notifications_need_their_connection() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let id = publisher.next_notification();
    assert!(!publisher.session.notify(id, Some(77), "nobody", publisher.now));
    publisher.close();
    publisher.notify("nobody");
    assert!(publisher.ended_notifications().is_empty());
}

#[test]
fn user_commands_are_told_and_answered_in_any_way() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.send_code(0xD0, &[]);
    publisher.send_code(0xDF, &[0, 0xFF]);
    assert_eq!(publisher.answers(), []);
    let told = |event: &PublisherEvent| match event {
        PublisherEvent::UserCommand { connection, command, payload } => {
            Some((*connection, *command, payload.clone()))
        }
        _ => None,
    };
    let commands: Vec<_> = publisher.events.iter().filter_map(told).collect();
    let id = publisher.id();
    assert_eq!(commands, [(id, 0, vec![]), (id, 15, vec![0, 0xFF])]);
    for answer in
        [UserAnswer::Response(7, &[0xFF, 0]), UserAnswer::Succeeded("fine"), UserAnswer::Failed("bad")]
    {
        assert_eq!(publisher.session.answer_user_command(id, 15, answer), Ok(()));
    }
    let answers = publisher.answers();
    let expected = [(0xE7, &[0xFF, 0][..]), (0x80, b"fine"), (0x81, b"bad")];
    for (answer, (response, payload)) in answers.iter().zip(expected) {
        assert_eq!((answer.response, answer.command, &answer.payload[..]), (response, 0xDF, payload));
    }
    assert_eq!(answers.len(), 3);
}

#[test]
fn what_nobody_asked_for_waits_up_to_a_limit() {
    let limits = LimitSettings::default().max_unread_messages(2 << 20);
    let mut publisher = Publisher::new(PublisherSettings::default().limits(limits));
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    let mut answers = |size: usize| {
        let payload = vec![0; size];
        let answer = UserAnswer::Response(1, &payload);
        let id = publisher.id();
        let sent =
            (0..500).take_while(|_| publisher.session.answer_user_command(id, 0, answer).is_ok()).count();
        publisher.answers();
        sent
    };
    assert_eq!(answers(10), 32 + 1);
    assert_eq!(answers(120 << 10), 18, "16, and as many as are no more than 2 MiB");
    assert_eq!(answers(1 << 20), 17);
}

#[test]
fn answers_need_a_subscriber_that_takes_them() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let answer = UserAnswer::Succeeded("");
    assert_eq!(publisher.session.answer_user_command(99, 0, answer), Err(Unanswerable::NoConnection));
    let sent =
        (0..5000).take_while(|_| publisher.session.answer_user_command(publisher.id(), 0, answer).is_ok());
    assert_eq!(sent.count(), 1024 + 1);
    assert_eq!(
        publisher.session.answer_user_command(publisher.id(), 0, answer),
        Err(Unanswerable::QueueFull)
    );
}

#[test]
fn changes_of_the_configuration_are_held_back_until_the_modes_are_known() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    publisher.session.announce_configuration_change();
    assert_eq!(publisher.answers(), []);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    publisher.session.announce_configuration_change();
    assert_eq!(publisher.answer_codes(), [(0x8A, 0x02)]);
}

#[test]
fn schemas_are_the_tables_without_rows() {
    for modes in [PLAIN, GZIP] {
        let mut publisher = Publisher::with_modes(modes);
        for (code, table, column) in
            [(0x0C, "MeasurementDetail", "PointTag"), (0x0D, "ActiveMeasurements", "SignalType")]
        {
            publisher.send_code(code, &[]);
            let [answer] = &publisher.answers()[..] else { panic!("one answer") };
            assert_eq!((answer.response, answer.command), (0x80, code));
            assert_eq!(gzip::is_gzip(&answer.payload), modes == GZIP);
            let xml = match modes == GZIP {
                true => gzip::decompress(&answer.payload, 1 << 20).unwrap(),
                false => answer.payload.clone(),
            };
            let schema = DataSet::from_xml(&xml, &Limits::default()).unwrap();
            let table = schema.table(table).unwrap();
            assert_eq!(table.row_count(), 0);
            assert!(table.column_index(column).is_some());
        }
    }
}
