//! Bounds on time and memory.

use super::*;
use crate::rights::Rights;
use crate::session::publisher::work::Found;
use crate::settings::{LimitSettings, SMALLEST_SEND_QUEUE};

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

fn waiting_answers(publisher: &Publisher) -> usize {
    publisher.session.ground.limits.totals.answers.bytes()
}

pub(super) fn publisher_with(limits: LimitSettings) -> Publisher {
    let mut publisher = Publisher::new(PublisherSettings { limits, ..PublisherSettings::default() });
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    publisher
}

#[test]
fn a_subscriber_that_asks_without_reading_waits_and_is_closed_in_the_end() {
    let command = command_frame(Command::Unsubscribe, &[]);
    let mut publisher = Publisher::with_modes(PLAIN);
    while !publisher.session.has_enough_to_do(publisher.key()) {
        publisher.receive(&command);
    }
    assert!(publisher.session.queue(publisher.key()).unwrap().len() < 1 << 14);
    let ended =
        (1..20).find_map(|tick| publisher.wait(Duration::from_secs(5)).pop().map(|reason| (tick, reason)));
    // It is first looked at after 5 s.
    let Some((13, reason @ CloseReason::Unread { .. })) = ended else { panic!("{ended:?}") };
    assert!(reason.to_string().contains("maxUnreadAnswers"), "{reason}");
}

#[test]
fn a_subscriber_that_asks_much_at_once_and_reads_gets_all_answers() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.receive(&command_frame(Command::Unsubscribe, &[]).repeat(5_000));
    let mut answers = 0;
    while let count @ 1.. = publisher.answers().len() {
        answers += count;
    }
    assert_eq!((answers, publisher.closes.len()), (5_000, 0));
}

#[test]
fn one_command_of_each_connection_is_dealt_with_before_the_next() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let first = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    let peers = [first, publisher.peer];
    let commands = command_frame(Command::Unsubscribe, &[]).repeat(3);
    peers.iter().for_each(|peer| publisher.session.receive(peer.1, &commands, publisher.now));
    for round in 1..=3 {
        for peer in peers {
            assert_eq!(publisher.session.queue(peer.1).unwrap().control_frames().0, round);
        }
        assert_eq!(publisher.session.serve_commands(publisher.now), round < 2);
    }
}

/// A filter that takes so many steps at each of the ten signals, and others each time.
fn expensive(number: usize) -> String {
    let text = "Replace(".repeat(4) + "'aaaaaaaaaa'" + &",'a','aaaaaaaaaa')".repeat(4);
    format!("filterExpression={{FILTER ActiveMeasurements WHERE Len(Upper({text})) > {number}}}")
}

/// Subscribes with such filters.
fn expensive_subscribes() -> Vec<u8> {
    let subscribe = |number| {
        command_frame(Command::Subscribe, &subscribe_payload(&expensive(number), TextEncoding::Utf8))
    };
    (0..150).flat_map(subscribe).collect()
}

#[test]
fn what_a_subscriber_asked_for_that_has_hung_up_is_not_done() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.receive(publisher.key(), &expensive_subscribes(), publisher.now);
    let requests = publisher.long_requests();
    let [request] = &requests[..] else { panic!("{} long requests at a time", requests.len()) };
    assert!(!publisher.session.has_enough_to_do(publisher.key()), "its end can be seen");
    publisher.close();
    let Found::Signals(Err(text)) = request.answer().found else { panic!("it was answered") };
    assert!(
        text.contains("takes more than 100000000 steps: the publisher allows no more (maxFilterSteps)"),
        "{text}"
    );
    assert_eq!(publisher.long_requests().len(), 0);
    assert!(!publisher.session.has_commands());
}

#[test]
fn who_asks_for_much_at_once_keeps_nobody_of_its_address_waiting() {
    for hangs_up in [false, true] {
        let mut publisher = Publisher::with_modes(PLAIN);
        publisher.session.set_catalog(catalog(1_000), publisher.now);
        publisher.session.receive(publisher.key(), &expensive_subscribes(), publisher.now);
        assert_eq!(publisher.long_requests().len(), 1);
        if hangs_up {
            publisher.close();
        }
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(&filter(&[1]));
        assert_eq!(publisher.answer_codes(), [(0x80, 0x06), (0x83, 0x02), (0x80, 0x02)]);
    }
}

#[test]
fn work_beyond_the_share_of_an_address_waits() {
    let limits = LimitSettings::default().steps_per_second(100_000);
    let mut publisher = publisher_with(limits);
    for number in 0..200 {
        publisher.subscribe(&format!(
            "filterExpression={{FILTER ActiveMeasurements WHERE PointTag > '{number}'}}"
        ));
    }
    let granted = |publisher: &mut Publisher| {
        publisher.answers().iter().filter(|answer| answer.response == 0x80).count()
    };
    let first = granted(&mut publisher);
    assert!((150..200).contains(&first), "{first}");
    let told = publisher.take_events().into_iter().any(
        |event| matches!(event, PublisherEvent::Message(_, text) if text.contains("more than stepsPerSecond, 100000, allows")),
    );
    assert!(told);
    assert_eq!(publisher.wait(Duration::from_secs(1)), []);
    assert_eq!(first + granted(&mut publisher), 200);
}

#[test]
fn of_one_address_one_long_request_is_worked_on_and_who_asked_for_less_comes_first() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let ask = |publisher: &mut Publisher, id: u64, host: u8| {
        let address = ([192, 0, 2, host], 9).into();
        let key = publisher.session.open(NewConnection::accepted(id, address), publisher.now);
        publisher.peer = (id, key);
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(&expensive(id as usize));
        key
    };
    let busy: Vec<_> = (10..15).map(|id| ask(&mut publisher, id, 1)).collect();
    let second = ask(&mut publisher, 20, 2);
    let third = ask(&mut publisher, 30, 3);
    let mut begun = publisher.long_requests();
    assert_eq!(begun.iter().map(LongRequest::connection).collect::<Vec<_>>(), [busy[0], second]);
    let answer = begun.remove(0).answer();
    publisher.session.finish_work(WorkResult::Answer(answer), publisher.now);
    let next = publisher.long_requests();
    assert_eq!(next.iter().map(LongRequest::connection).collect::<Vec<_>>(), [third]);
}

#[test]
fn a_filter_that_takes_more_steps_than_allowed_is_refused() {
    let mut publisher = publisher_with(LimitSettings::default().max_filter_steps(10_000));
    publisher.subscribe(&expensive(1));
    let answers = publisher.answers();
    assert_eq!((answers[0].response, answers[0].command), (0x81, 0x02));
    assert!(
        answers[0]
            .text(TextEncoding::Utf8)
            .contains("more than 10000 steps: the publisher allows no more (maxFilterSteps)")
    );
}

#[test]
fn metadata_whose_filters_take_more_steps_than_allowed_are_refused() {
    // Too many for the thread of the engine at once, or for the worker, which has them all.
    for (steps, elsewhere) in [(10_000, 0), (200_000, 1)] {
        let mut publisher = publisher_with(LimitSettings::default().max_filter_steps(steps));
        publisher.session.set_catalog(catalog(100), publisher.now);
        publisher.answers();
        let filter = expensive(1).replace("ActiveMeasurements", "MeasurementDetail");
        let filters = filter.trim_start_matches("filterExpression={").trim_end_matches('}');
        let cheap = "FILTER MeasurementDetail WHERE PointTag = 'TAG-7'";
        publisher.send(Command::MetadataRefresh, format!("{cheap}; {filters}").as_bytes());
        assert_eq!(publisher.answer_long_requests(), elsewhere);
        let [answer] = &publisher.answers()[..] else { panic!("one answer") };
        assert_eq!((answer.response, answer.command), (0x81, 0x01));
        let text = answer.text(TextEncoding::Utf8);
        let expected = format!("more than {steps} steps: the publisher allows no more (maxFilterSteps)");
        assert!(text.contains(&expected), "{text}");
        assert!(publisher.audits.iter().any(|audit| !audit.accepted && audit.reason == text));
        // The connection goes on.
        publisher.send(Command::MetadataRefresh, cheap.as_bytes());
        assert_eq!(publisher.answer_codes(), [(0x80, 0x01)]);
    }
}

#[test]
fn one_large_answer_is_on_its_way_to_a_connection_and_equal_ones_are_shared() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.set_catalog(catalog(4_000), publisher.now);
    publisher.answers();
    let payload = |text: &str| [&(text.len() as u32).to_be_bytes()[..], text.as_bytes()].concat();
    let filters = payload("FILTER MeasurementDetail WHERE Internal");
    let mut sizes = Vec::new();
    for _ in 0..3 {
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        (0..16).for_each(|_| publisher.send(Command::MetadataRefresh, &filters));
        while publisher.answer_long_requests() > 0 {}
        sizes.push(publisher.session.queue(publisher.key()).unwrap().len());
    }
    assert!(sizes[0] > 256 << 10 && sizes.iter().all(|size| *size < sizes[0] + 200), "{sizes:?}");
    let waiting = waiting_answers(&publisher);
    assert!(waiting < sizes[0] + 200, "{waiting} bytes in memory for {sizes:?}");
}

#[test]
fn who_does_not_take_large_answers_makes_room_for_others() {
    let limits = LimitSettings::default().max_waiting_answers(1 << 20);
    let mut publisher = publisher_with(limits);
    publisher.session.set_catalog(catalog(4_000), publisher.now);
    let request = |publisher: &mut Publisher, number: usize| {
        let text = format!("FILTER MeasurementDetail WHERE PointTag <> '{number}'");
        publisher.send(
            Command::MetadataRefresh,
            &[&(text.len() as u32).to_be_bytes()[..], text.as_bytes()].concat(),
        );
        publisher.answer_long_requests()
    };
    let mut number = 0;
    while waiting_answers(&publisher) < 1 << 20 {
        publisher.connect_from([192, 0, 2, number as u8]);
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        request(&mut publisher, number);
        number += 1;
    }
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    assert_eq!(request(&mut publisher, number), 0, "it waits");
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("what 127.0.0.1:9 asks for waits") && text.contains("maxWaitingAnswers allows 1048576"));
    assert!(publisher.take_events().iter().any(is_told));
    // One takes enough, one next to nothing, the others nothing.
    let (diligent, dripping) = (2, 3);
    let keys: Vec<_> = publisher.session.connections.iter().map(|it| (it.info.id, it.key)).collect();
    let mut closes = Vec::new();
    for _ in 0..3 {
        for (id, key) in &keys {
            match *id {
                id if id == diligent => publisher.session.sent(*key, 64 << 10, publisher.now),
                id if id == dripping => publisher.session.sent(*key, 1000, publisher.now),
                _ => {}
            }
        }
        closes.extend(publisher.wait(Duration::from_secs(5)));
    }
    assert_eq!(closes.len(), number - 1);
    let taken: u64 = closes
        .iter()
        .map(|reason| match reason {
            CloseReason::Hindering { taken, .. } => *taken,
            reason => panic!("{reason}"),
        })
        .sum();
    assert_eq!(taken, 1000);
    assert!(closes[0].to_string().contains("maxWaitingAnswers"));
    let diligent = keys.iter().find(|(id, _)| *id == diligent).unwrap();
    assert!(publisher.session.closing(diligent.1).is_none());
}

#[test]
fn announced_signals_count_among_the_large_answers() {
    let most = 1 << 20;
    let mut publisher = publisher_with(LimitSettings::default().max_waiting_answers(most));
    publisher.session.set_catalog(catalog(4_000), publisher.now);
    let subscribe = |publisher: &mut Publisher, number: usize| {
        publisher.connect_from([192, 0, 2, number as u8]);
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(&format!(
            "filterExpression={{FILTER ActiveMeasurements WHERE PointTag <> '{number}'}}"
        ));
        publisher.answer_long_requests();
        publisher.session.queue(publisher.key()).unwrap().len()
    };
    let mut number = 0;
    while waiting_answers(&publisher) < most {
        assert!(subscribe(&mut publisher, number) > 64 << 10);
        number += 1;
    }
    assert!(number < 20, "{number}");
    let reader = publisher.peer;
    assert!(subscribe(&mut publisher, number) < 1000, "it waits");
    let waiting = publisher.peer;
    assert!(publisher.awaits_answer(waiting.1));
    assert!(subscribe(&mut publisher, 0) > 64 << 10, "what others are being told takes no more memory");
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    let few = publisher.answers();
    assert!(few.iter().any(|answer| answer.response == 0x83), "few signals do not wait");

    publisher.peer = reader;
    publisher.answers();
    assert_eq!(publisher.answer_long_requests(), 1);
    publisher.peer = waiting;
    let answers = publisher.answers();
    assert!(answers.iter().any(|answer| answer.response == 0x83), "{answers:?}");
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
    for _ in 0..500 {
        assert_eq!(publisher.wait(Duration::from_secs(5)), []);
    }
    assert_eq!(publisher.answer_codes(), [(0xFF, 0x02)], "they do not pile up");
}

#[test]
fn who_does_not_tell_its_modes_is_closed() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    assert_eq!(publisher.wait(Duration::from_secs(29)), []);
    let timeout = Duration::from_secs(30);
    assert_eq!(publisher.wait(Duration::from_secs(5)), [CloseReason::NoModes { timeout }]);
    let told = publisher.answers().pop().unwrap();
    assert!(told.text(TextEncoding::Utf8).contains("within 30 s (modesTimeout)"), "{told:?}");
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

/// Sessions of one publisher, each for a loop of its own.
fn sessions(settings: PublisherSettings, descriptors: Option<usize>) -> [PublisherSession; 2] {
    let totals = Arc::new(Totals::default());
    totals.set_descriptors(descriptors);
    [(); 2].map(|()| PublisherSession::new(settings, catalog(3)).sharing(totals.clone()))
}

#[test]
fn one_address_cannot_take_all_connections() {
    let mut sessions = sessions(PublisherSettings::default().max_connections_per_address(2), None);
    let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
    let mut connect = |id: u64, host: u8, outgoing: bool, session: usize| {
        let address = ([192, 0, 2, host], 1000 + id as u16).into();
        let new = NewConnection { outgoing, ..NewConnection::accepted(id, address) };
        let session = &mut sessions[session];
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
    assert_eq!(connect(4, 1, false, 1), None, "one that is gone does not count");
    for session in 0..2 {
        let refused = connect(5, 1, false, session).unwrap_or_default();
        let text = "at most 2 connections from 192.0.2.1 (maxConnectionsPerAddress); close another one first";
        assert!(refused.contains(text), "those that other loops serve count: {refused}");
    }
    assert_eq!(connect(6, 1, true, 0), None, "one that the publisher makes is not refused");
    assert_eq!(connect(7, 2, false, 1), None);
    assert_eq!(sessions.map(|session| session.statistics().connections_refused), [1, 1]);
}

#[test]
fn connections_leave_descriptors_to_the_program() {
    let open = |settings: PublisherSettings, one_address: bool| {
        let [mut session, _] = sessions(settings, Some(64));
        let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
        for id in 0..100_u8 {
            let address = ([192, 0, 2, if one_address { 1 } else { id }], 9).into();
            let key = session.open(NewConnection::accepted(id.into(), address), now);
            if let Some(reason) = session.closing(key) {
                return (id, reason.to_string());
            }
        }
        (100, String::new())
    };
    let (count, told) = open(PublisherSettings::default(), false);
    assert_eq!(count, 48, "three quarters");
    assert!(
        told.contains("at most 48 connections, since its process may have 64 descriptors (maxConnections);"),
        "{told}"
    );
    let (count, told) = open(PublisherSettings::default(), true);
    assert_eq!(count, 24, "half of them");
    assert!(told.contains("at most 24 connections from 192.0.2.1, since"), "{told}");
    assert_eq!(open(PublisherSettings::default().max_connections(5), true).0, 5);
    assert_eq!(open(PublisherSettings::default().max_connections(0), true).0, 100, "there is no limit");
    assert_eq!(open(PublisherSettings::default().max_connections_per_address(0), true).0, 48);
}

#[test]
fn who_has_one_address_of_ipv6_cannot_take_all_connections() {
    let mut session =
        PublisherSession::new(PublisherSettings::default().max_connections_per_address(2), catalog(3));
    let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
    let mut connect = |id: u64, address: &str| {
        let key = session.open(NewConnection::accepted(id, address.parse().unwrap()), now);
        session.closing(key).map(ToString::to_string)
    };
    assert_eq!(connect(1, "[2001:db8::1]:1"), None);
    assert_eq!(connect(2, "[2001:db8::2]:2"), None);
    let refused = connect(3, "[2001:db8::3]:3").unwrap_or_default();
    assert!(refused.contains("at most 2 connections from 2001:db8::/64 ("), "{refused}");
    assert_eq!(connect(4, "[2001:db8:0:1::1]:4"), None, "another network");
    assert_eq!(connect(5, "[::ffff:192.0.2.1]:5"), None);
    assert_eq!(connect(6, "192.0.2.1:6"), None);
    assert!(connect(7, "192.0.2.1:7").is_some());
}

#[test]
fn the_last_connections_are_kept_for_those_who_are_known() {
    let settings = PublisherSettings::default().max_connections(3);
    let mut session = PublisherSession::new(settings.kept_connections(2), catalog(3));
    let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
    let rights = "[subscriber dispatch]\naddresses = 192.0.2.0/24\nsignals = ALLOW WHERE True\n[others]\nsignals = ALLOW WHERE True\n";
    session.set_rights(Some(Arc::new(Rights::parse(rights, "rights").unwrap())), now);
    let connect = |session: &mut PublisherSession, id: u64, host: [u8; 4]| {
        let key = session.open(NewConnection::accepted(id, (host, 9).into()), now);
        session.closing(key).map(ToString::to_string)
    };
    let (stranger, known) = ([198, 51, 100, 1], [192, 0, 2, 1]);
    assert_eq!(connect(&mut session, 1, stranger), None);
    let refused = connect(&mut session, 2, stranger).unwrap_or_default();
    assert!(refused.contains("of its 3 connections this publisher keeps the last 2 for"), "{refused}");
    assert_eq!(connect(&mut session, 3, known), None);
    assert_eq!(connect(&mut session, 4, known), None);
    assert!(
        connect(&mut session, 5, known)
            .unwrap_or_default()
            .contains("at most 3 connections (maxConnections);")
    );

    session.configure(settings.kept_connections(9).max_connections(9));
    assert!(connect(&mut session, 6, stranger).is_some(), "all are kept");
    assert_eq!(connect(&mut session, 7, known), None);
    session.configure(settings.kept_connections(2).max_connections(0));
    assert_eq!(connect(&mut session, 8, stranger), None, "there is no limit");
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

#[test]
fn a_stranger_that_never_subscribes_is_disconnected_and_others_are_not() {
    let limits =
        LimitSettings::default().idle_timeout(Duration::from_secs(60)).modes_timeout(Duration::from_secs(7));
    let mut publisher = publisher_with(limits);
    let stranger = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    let made = NewConnection::made(publisher.id() + 1, ([127, 0, 0, 1], 9).into());
    publisher.peer = (made.id, publisher.session.open(made, publisher.now));
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    let ended: Vec<_> = (0..20).flat_map(|_| publisher.wait(Duration::from_secs(5))).collect();
    assert_eq!(ended, [CloseReason::Idle { timeout: Duration::from_secs(60) }]);
    publisher.peer = stranger;
    let told = publisher.answers().pop().unwrap();
    assert_eq!(told.response, 0x81);
    assert!(
        told.text(TextEncoding::Utf8).contains("not subscribed to anything within 60 s (idleTimeout)"),
        "{told:?}"
    );

    publisher.connect();
    let timeout = Duration::from_secs(7);
    let ended: Vec<_> = (0..3).flat_map(|_| publisher.wait(Duration::from_secs(5))).collect();
    assert_eq!(ended, [CloseReason::NoModes { timeout }]);
}

#[test]
fn who_refuses_datagrams_time_and_again_is_told_so_and_disconnected() {
    let timeout = Duration::from_secs(10);
    let mut publisher = publisher_with(LimitSettings::default().refused_channel_timeout(timeout));
    publisher.subscribe(&format!("dataChannel={{localport=9}}; {}", filter(&[1])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    let channel = ChannelId::Connection(publisher.peer.1);
    let ends_within = |publisher: &mut Publisher, every: u64, times: u64| -> Vec<CloseReason> {
        (0..times)
            .flat_map(|_| {
                publisher.session.datagrams_refused(channel, publisher.now);
                publisher.wait(Duration::from_secs(every))
            })
            .collect()
    };
    // Now and then a datagram finds nobody, as while a program is started anew.
    assert_eq!(ends_within(&mut publisher, 4, 10), []);
    let destination = ([127, 0, 0, 1], 9).into();
    assert_eq!(ends_within(&mut publisher, 1, 30), [CloseReason::ChannelRefused { destination, timeout }]);
    let told = publisher.answers().pop().unwrap();
    assert!(told.text(TextEncoding::Utf8).contains("nobody takes the datagrams at 127.0.0.1:9"), "{told:?}");
}

#[test]
fn newcomers_have_their_turn_before_the_many_of_another_address() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    let now = publisher.now;
    let modes = command_frame(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    let subscribe = command_frame(Command::Subscribe, &subscribe_payload(&filter(&[1]), TextEncoding::Utf8));
    let commands = [&subscribe[..], &command_frame(Command::ConfirmSignalIndexCache, &[])].concat();
    let mut open = |id: u64, host: u8| {
        let new = NewConnection::accepted(id, ([192, 0, 2, host], 9).into());
        let key = publisher.session.open(new, now);
        publisher.session.receive(key, &modes, now);
        publisher.session.serve_commands(now);
        key
    };
    let many: Vec<_> = (10..1010).map(|id| open(id, 1)).collect();
    let newcomer = open(9, 2);
    many.iter().for_each(|key| publisher.session.receive(*key, &commands, now));
    publisher.session.receive(newcomer, &commands, now);
    let answers = |publisher: &Publisher, key| publisher.session.queue(key).unwrap().control_frames().0;
    // Its modes, its signals, and that it is subscribed.
    let served = |publisher: &Publisher, key: ConnectionKey| answers(publisher, key) > 1;
    assert!(served(&publisher, newcomer));
    let at_once = many.iter().filter(|key| served(&publisher, **key)).count();
    assert!((50..=100).contains(&at_once), "{at_once}");
    let is_subscribed = |publisher: &mut Publisher, id: u64| publisher.session.info(id).unwrap().subscribed;
    publisher.session.serve_commands(now);
    assert!(is_subscribed(&mut publisher, 9), "of what it sent the rest comes first, too");
    assert!(!is_subscribed(&mut publisher, 1009));
    while publisher.session.serve_commands(now) {}
    assert!((9..1010).all(|id| is_subscribed(&mut publisher, id)));
}
