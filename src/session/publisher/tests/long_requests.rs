//! Requests that are answered on other threads.

use super::*;

/// More signals than a filter is evaluated for, or metadata are written for, on the engine's thread.
const MANY: usize = 5_000;
/// All of them, by some forty steps for each.
const ALL: &str = "filterExpression={FILTER ActiveMeasurements WHERE Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + \
                   Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) + \
                   Len(ID) + Len(ID) + Len(ID) + Len(ID) + Len(ID) > 0}";

fn with_many_signals() -> Publisher {
    let mut publisher = Publisher::new(PublisherSettings::default());
    publisher.session.set_catalog(catalog(MANY), publisher.now);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    publisher
}

#[test]
fn a_connection_waits_for_its_answer_and_is_then_answered_in_order() {
    let mut publisher = with_many_signals();
    let bytes = [
        command_frame(Command::Subscribe, &subscribe_payload(ALL, TextEncoding::Utf8)),
        command_frame(Command::MetadataRefresh, &[]),
        command_frame(Command::Unsubscribe, &[]),
    ]
    .concat();
    let (first, second) = bytes.split_at(bytes.len() - 3);
    publisher.receive(first);
    publisher.receive(second);
    assert!(publisher.awaits_answer(publisher.key()));
    assert_eq!(publisher.answer_codes(), []);

    assert_eq!(publisher.answer_long_requests(), 1, "one at a time");
    assert_eq!(publisher.answer_codes(), [(0x83, 0x02), (0x80, 0x02)]);
    assert!(publisher.awaits_answer(publisher.key()));
    assert_eq!(publisher.answer_long_requests(), 1);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x01)]);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x03)], "once the large answer is taken");
    assert!(!publisher.awaits_answer(publisher.key()));
}

#[test]
fn others_are_answered_meanwhile() {
    let mut publisher = with_many_signals();
    publisher.subscribe(ALL);
    let waiting = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[1]);
    let codes = [(0x80, 0x06), (0x83, 0x02), (0x80, 0x02), (0x86, 0x02), (0x82, 0x02)];
    assert_eq!(publisher.answer_codes(), codes);
    assert!(publisher.awaits_answer(waiting.1));
}

#[test]
fn of_one_address_one_request_is_worked_on_at_a_time() {
    let mut publisher = with_many_signals();
    for (address, under_way) in [("[2001:db8::1]:1", 1), ("[2001:db8::2]:2", 0), ("[2001:db8:0:1::1]:3", 1)] {
        let new = NewConnection::accepted(publisher.peer.0 + 1, address.parse().unwrap());
        publisher.peer = (new.id, publisher.session.open(new, publisher.now));
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(ALL);
        assert_eq!(publisher.long_requests().len(), under_way, "{address}");
    }
}

#[test]
fn what_was_found_before_needs_no_other_thread() {
    let mut publisher = with_many_signals();
    publisher.send(Command::MetadataRefresh, &[]);
    publisher.subscribe(ALL);
    publisher.answer_long_requests();
    let first = publisher.answers();
    publisher.answer_long_requests();
    publisher.answers();
    publisher.send(Command::MetadataRefresh, &[]);
    publisher.subscribe(ALL);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert!(!publisher.awaits_answer(publisher.key()));
    assert_eq!(publisher.answers()[0], first[0]);
}

#[test]
fn signals_are_selected_anew_when_the_metadata_have_changed_meanwhile() {
    let mut publisher = with_many_signals();
    publisher.subscribe(ALL);
    publisher.session.set_catalog(catalog(MANY + 1), publisher.now);
    assert_eq!(publisher.answer_long_requests(), 1);
    assert!(publisher.awaits_answer(publisher.key()), "that was the answer to an old question");
    assert_eq!(publisher.answer_long_requests(), 1);
    let answers = publisher.answers();
    let cache = answers.iter().find(|answer| answer.response == 0x83).unwrap();
    assert_eq!(slot_and_signals(cache).1.len(), MANY + 1);
}

#[test]
fn filters_of_subscriptions_are_evaluated_elsewhere_too_when_the_metadata_change() {
    let mut publisher = with_many_signals();
    publisher.subscribe(ALL);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(publisher.answer_long_requests(), 1);
    publisher.answers();
    publisher.session.set_catalog(catalog(MANY + 1), publisher.now);
    let first = publisher.long_requests();
    assert_eq!(first.len(), 1);
    // The metadata change once more meanwhile.
    publisher.session.set_catalog(catalog(MANY + 2), publisher.now);
    publisher.session.finish_work(WorkResult::Answer(first[0].answer()), publisher.now);
    assert_eq!(publisher.answer_long_requests(), 1);
    let answers = publisher.answers();
    let cache = answers.iter().find(|answer| answer.response == 0x83).unwrap();
    assert_eq!(slot_and_signals(cache).1.len(), MANY + 2);
}

/// A filter of some ten thousand steps, and another one for each number.
fn costly(number: usize) -> String {
    let text = "Replace(".repeat(3) + "'aaaaaaaaaa'" + &",'a','aaaaaaaaaa')".repeat(3);
    format!("filterExpression={{FILTER ActiveMeasurements WHERE Len(Upper({text})) > {number}}}")
}

#[test]
fn filters_of_many_subscriptions_are_evaluated_anew_in_turns() {
    const SUBSCRIBERS: usize = 60;
    let mut publisher = Publisher::with_modes(PLAIN);
    let peers: Vec<_> = (0..SUBSCRIBERS)
        .map(|number| {
            publisher.connect();
            publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
            publisher.subscribe(&costly(number));
            assert_eq!(publisher.answer_long_requests(), 0, "it is evaluated at once");
            publisher.send(Command::ConfirmSignalIndexCache, &[]);
            publisher.answers();
            publisher.peer
        })
        .collect();
    let late = |publisher: &Publisher| {
        publisher.session.connections.iter().filter(|it| it.inbox.wants_selection.is_some()).count()
    };
    publisher.session.set_catalog(catalog(11), publisher.now);
    let mut left = vec![SUBSCRIBERS, late(&publisher)];
    while publisher.session.serve_commands(publisher.now) {
        left.push(late(&publisher));
    }
    let at_once: Vec<usize> = left.windows(2).map(|pair| pair[0] - pair[1]).collect();
    assert!(at_once.iter().all(|count| (1..=20).contains(count)), "{at_once:?}");
    assert_eq!(late(&publisher), 0);
    for peer in peers {
        publisher.peer = peer;
        let answers = publisher.answers();
        let cache = answers.iter().find(|answer| answer.response == 0x83).unwrap();
        assert_eq!(slot_and_signals(cache).1.len(), 11);
    }
}

#[test]
fn the_answer_for_a_connection_that_is_gone_is_ignored() {
    let mut publisher = with_many_signals();
    publisher.subscribe(ALL);
    let requests = publisher.long_requests();
    assert_eq!(requests[0].connection(), publisher.key());
    publisher.close();
    publisher.session.finish_work(WorkResult::Answer(requests[0].answer()), publisher.now);
    assert_eq!(publisher.answer_codes(), []);
}

#[test]
fn a_request_that_cannot_be_answered_is_refused() {
    let mut publisher = with_many_signals();
    publisher.subscribe(ALL);
    publisher.send(Command::MetadataRefresh, &[]);
    for command in [0x02, 0x01] {
        let request = publisher.long_requests().remove(0);
        let failed = request.fail("no thread is left");
        publisher.session.finish_work(WorkResult::Answer(failed), publisher.now);
        let answers = publisher.answers();
        assert_eq!((answers[0].response, answers[0].command), (0x81, command));
        assert_eq!(answers[0].text(TextEncoding::Utf8), "no thread is left");
    }
}
