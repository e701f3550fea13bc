//! The memory of answers that nobody takes.

use super::*;
use crate::settings::LimitSettings;

fn publisher_with(most: usize) -> Publisher {
    let limits = LimitSettings::default().max_waiting_answers(most);
    let mut publisher = Publisher::new(PublisherSettings::default().limits(limits));
    publisher.session.set_catalog(catalog(4_000), publisher.now);
    publisher
}

fn waiting(publisher: &Publisher) -> usize {
    publisher.session.ground.limits.totals.answers.bytes()
}

fn join(publisher: &mut Publisher, address: [u8; 4]) {
    publisher.connect_from(address);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
}

#[test]
fn slow_readers_of_one_address_leave_room_to_others() {
    let most = 16 << 20;
    let mut publisher = publisher_with(most);
    let mut number = 0;
    // Whether another subscriber of an address is answered at once: a large answer, unlike all others.
    let mut is_answered = |publisher: &mut Publisher, host: u8| {
        number += 1;
        join(publisher, [192, 0, 2, host]);
        let filters = format!("FILTER MeasurementDetail WHERE PointTag <> '{number}'");
        let payload = [&(filters.len() as u32).to_be_bytes()[..], filters.as_bytes()].concat();
        publisher.send(Command::MetadataRefresh, &payload);
        publisher.answer_long_requests();
        publisher.session.queue(publisher.key()).unwrap().len() > 64 << 10
    };
    while is_answered(&mut publisher, 1) {}
    let greedy = publisher.peer;
    assert!((most / 2..most * 3 / 4).contains(&waiting(&publisher)), "{}", waiting(&publisher));
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("what 192.0.2.1:9 asks for waits") && text.contains("an address has one part of 8 once half is taken"));
    assert!(publisher.take_events().iter().any(is_told));
    assert!(is_answered(&mut publisher, 2), "half of the room is for others");
    while is_answered(&mut publisher, 2) {}
    assert!(is_answered(&mut publisher, 3));

    // Those who take nothing make room, and the one that waits is answered.
    let mut closed = 0;
    for _ in 0..3 {
        for (id, key) in
            publisher.session.connections.iter().map(|it| (it.info.id, it.key)).collect::<Vec<_>>()
        {
            if publisher.session.closing(key).is_some() {
                publisher.peer = (id, key);
                publisher.close();
            }
        }
        let reasons = publisher.wait(Duration::from_secs(5));
        assert!(reasons.iter().all(|reason| matches!(reason, CloseReason::Hindering { .. })), "{reasons:?}");
        closed += reasons.len();
    }
    assert!(closed > 0);
    publisher.answer_long_requests();
    publisher.peer = greedy;
    let answers = publisher.answers();
    assert_eq!(answers.iter().map(|answer| answer.response).collect::<Vec<_>>(), [0x89, 0x80]);
    let told = answers[0].text(TextEncoding::Utf8);
    let (why, share) =
        ("bytes of answers are not sent yet, and maxWaitingAnswers allows 16777216", "one part of 8");
    assert!(
        told.contains("what you ask for waits: ") && told.contains(why) && told.contains(share),
        "{told}"
    );
    assert!(answers[1].payload.len() > 64 << 10, "it has its answer");
}

#[test]
fn small_answers_that_nobody_takes_have_a_limit_together() {
    const CONNECTIONS: usize = 400;
    let most = 1 << 20;
    let mut publisher = publisher_with(most);
    let commands = command_frame(Command::Unsubscribe, &[]).repeat(1_000);
    for number in 0..CONNECTIONS {
        join(&mut publisher, [10, 0, (number >> 8) as u8, number as u8]);
        publisher.receive(&commands);
    }
    let queues = |publisher: &Publisher| {
        publisher.session.connections.iter().map(|it| it.outlet.queue.len()).collect::<Vec<_>>()
    };
    // One more is there from the beginning.
    let (first, last) = (queues(&publisher)[1], queues(&publisher)[CONNECTIONS]);
    assert!(first > 6_000 && (4_000..4_200).contains(&last), "{first} {last}");
    let all: usize = queues(&publisher).iter().sum();
    assert!(waiting(&publisher) >= all && all < most + CONNECTIONS * 4_200, "{all}");

    // A reader goes on, others end.
    let reader = publisher.peer;
    let mut answered = 0;
    for _ in 0..3 {
        while let codes = publisher.answer_codes()
            && !codes.is_empty()
        {
            answered += codes.iter().filter(|code| **code == (0x80, 0x03)).count();
        }
        publisher.wait(Duration::from_secs(5));
    }
    assert_eq!(answered, 1_000);
    assert!(publisher.session.closing(reader.1).is_none());
    let closing = publisher.session.connections.iter().filter(|it| it.is_closing()).count();
    assert_eq!(closing, CONNECTIONS - 1);
}
