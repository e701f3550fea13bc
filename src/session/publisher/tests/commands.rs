//! Every command, as it should be and otherwise.

use super::*;
use crate::session::publisher::connection::MAX_FIRST_COMMAND;
use crate::settings::LimitSettings;

#[test]
fn what_needs_no_answer_gets_none() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    for (code, payload) in [
        (0x07, &[1, 2, 3, 4][..]),
        (0x07, &[]),
        (0x08, &[0, 0, 0, 1]),
        (0x09, &[]),
        (0x09, &[1, 2, 3, 4]),
        (0x0A, &[]),
        (0x0A, &[1, 2, 3]),
        (0x0B, &[]),
    ] {
        publisher.send_code(code, payload);
        assert_eq!(publisher.answers(), [], "{code:#04x}");
    }
    publisher.publish(&[1]);
    assert_eq!(publisher.answer_codes(), [(0x86, 0x02), (0x82, 0x02)]);
}

#[test]
fn what_is_not_supported_or_unknown_fails_and_the_connection_goes_on() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    for code in [0x00, 0x04, 0x05, 0x0E, 0x77, 0xCF, 0xE0, 0xFF] {
        publisher.send_code(code, &[0, 0, 0, 1]);
        assert_eq!(publisher.answer_codes(), [(0x81, code)]);
    }
    publisher.send_code(0x09, &[0, 0, 0, 1, b'x']);
    assert_eq!(publisher.answer_codes(), [(0x81, 0x09)]);
    publisher.publish(&[1]);
    assert_eq!(publisher.answer_codes(), [(0x86, 0x02), (0x82, 0x02)]);
}

#[test]
fn unsubscribing_is_answered_even_when_not_subscribed() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x03)]);
    assert!(!publisher.events.iter().any(|event| matches!(event, PublisherEvent::Unsubscribed(_))));
}

#[test]
fn metadata_requests_may_lack_the_length_of_their_filters() {
    let filters = "FILTER MeasurementDetail WHERE PointTag = 'TAG-7'";
    let with_length = [&(filters.len() as u32).to_be_bytes()[..], filters.as_bytes()].concat();
    let mut documents = Vec::new();
    for payload in [&with_length[..], filters.as_bytes()] {
        let mut publisher = Publisher::with_modes(PLAIN);
        publisher.send(Command::MetadataRefresh, payload);
        let answer = publisher.answers().remove(0);
        assert_eq!((answer.response, answer.command), (0x80, 0x01));
        documents.push(String::from_utf8(answer.payload).unwrap());
    }
    assert_eq!(documents[0], documents[1]);
    assert!(documents[0].contains("TAG-7") && !documents[0].contains("TAG-6"));
}

#[test]
fn unusable_metadata_filters_are_ignored_with_a_message() {
    for filters in ["FILTER Nope WHERE True", "FILTER", "\0\0\0\x09", "((("] {
        let mut publisher = Publisher::with_modes(PLAIN);
        publisher.send(Command::MetadataRefresh, filters.as_bytes());
        let answer = publisher.answers().remove(0);
        assert_eq!((answer.response, answer.command), (0x80, 0x01), "{filters:?}");
        assert!(matches!(publisher.events[..], [PublisherEvent::Connected(_), PublisherEvent::Message(..)]));
    }
}

#[test]
fn commands_may_come_in_any_pieces() {
    let mut bytes = command_frame(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    bytes.extend([0, 0, 0, 0]);
    bytes.extend(command_frame(Command::Subscribe, &subscribe_payload(&filter(&[1]), TextEncoding::Utf8)));
    bytes.extend(command_frame(Command::ConfirmSignalIndexCache, &[]));
    for size in [1, 2, 3, 7, 64, bytes.len()] {
        let mut publisher = Publisher::new(PublisherSettings::default());
        for piece in bytes.chunks(size) {
            publisher.receive(piece);
        }
        assert_eq!(publisher.answer_codes(), [(0x80, 0x06), (0x83, 0x02), (0x80, 0x02)]);
        assert!(publisher.session.connection_counts() == (1, 1));
    }
}

#[test]
fn confirmations_in_any_number_keep_nobody_waiting() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let busy = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    let other = publisher.key();
    let answered = |publisher: &Publisher, key| {
        publisher.session.queue(key).map_or(0, |queue| queue.pieces().flatten().count())
    };
    let request = command_frame(Command::Unsubscribe, &[]);
    let confirmations = command_frame(Command::ConfirmUpdateCipherKeys, &[]).repeat(1000);
    publisher.session.receive(busy.1, &[&confirmations[..], &request].concat(), publisher.now);
    publisher.session.receive(other, &request.repeat(2), publisher.now);
    let one_answer = answered(&publisher, other);
    assert!(publisher.session.serve_commands(publisher.now));
    assert_eq!(answered(&publisher, other), 2 * one_answer);
    assert_eq!(answered(&publisher, busy.1), 0, "the confirmations before its request took their turns");
    publisher.peer = busy;
    assert_eq!(publisher.answer_codes(), [(0x80, 0x03)]);
}

#[test]
fn frames_beyond_the_limits_end_the_connection() {
    let announced = |length: usize| (length as u32).to_be_bytes();
    let refused = |publisher: &mut Publisher, length| {
        publisher.receive(&announced(length));
        matches!(publisher.closes[..], [CloseReason::Refused(_)])
    };
    assert!(refused(&mut Publisher::new(PublisherSettings::default()), MAX_FIRST_COMMAND + 1));
    assert!(!refused(&mut Publisher::new(PublisherSettings::default()), MAX_FIRST_COMMAND));
    let most = LimitSettings::default().max_command_size;
    assert!(!refused(&mut Publisher::with_modes(PLAIN), most));
    let mut publisher = Publisher::with_modes(PLAIN);
    assert!(refused(&mut publisher, most + 1));
    let answer = &publisher.answers()[0];
    assert_eq!((answer.response, answer.command), (0x81, Command::Connect.code()));
    let text = answer.text(TextEncoding::Utf8);
    assert!(text.contains(&format!("at most {most} are accepted here (maxCommandSize)")), "{text}");
    assert_eq!(publisher.closes, [CloseReason::Refused(text)]);
}

#[test]
fn a_large_command_is_served_after_the_modes() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let rows: Vec<usize> = (0..1000).collect();
    publisher.subscribe(&filter(&rows));
    assert_eq!(publisher.answer_long_requests(), 1);
    let answers = publisher.answers();
    assert_eq!(slot_and_signals(&answers[0]).1.len(), 10);
}

#[test]
fn a_command_that_is_too_large_is_recorded_as_refused() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.receive(&(16_u32 << 20).to_be_bytes());
    let [CloseReason::Refused(text)] = &publisher.closes[..] else { panic!("{:?}", publisher.closes) };
    assert!(text.contains("(maxCommandSize)"), "{text}");
    assert!(publisher.audits.iter().any(|audit| !audit.accepted && audit.reason == *text));
}
