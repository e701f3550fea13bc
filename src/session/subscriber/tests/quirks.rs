//! What other publishers do differently.

use super::*;
use crate::codec::gzip;
use crate::wire::Version;

const CACHE: Response = Response::UpdateSignalIndexCache;
const DATA: Response = Response::DataPacket;

#[test]
fn a_publisher_that_never_names_slots_switches_with_sequence_0() {
    let mut connection = Connection::subscribed(settings(true), FOREIGN);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1));

    connection.tell(CACHE, &cache_for_slot(1, 2));
    connection.tell(DATA, &tssc(0, 1, 1));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[1].1), "the old encoder means the old cache");
    connection.tell(DATA, &tssc(0, 0, 0));
    connection.tell(DATA, &tssc(0, 1, 1));
    assert_eq!(connection.taken_ids(), ids(2, &[0, 1, 5, 0, 1, 300]));

    connection.tell(CACHE, &cache_for_slot(0, 3));
    connection.tell(DATA, &tssc(0, 2, 2));
    assert_eq!(connection.taken_ids(), ids(2, &[5]));
    connection.tell(DATA, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(3, BLOCKS[0].1));
}

/// Answers what the session asked to learn how far the publisher is.
fn answer_probe(connection: &mut Connection) {
    assert_eq!(connection.sent_codes().last(), Some(&0x05));
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
    assert_eq!(connection.take(), [], "the application did not ask");
}

/// A session whose publisher, of which compact packets tell nothing, is asked to change from family 1 to 2.
fn changing() -> Connection {
    let mut connection = Connection::subscribed(settings(false), FOREIGN);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &compact(0, &[0, 5]));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 5]));
    connection.sent();
    connection.tell(CACHE, &cache_for_slot(1, 2));
    assert_eq!(connection.take(), []);
    connection
}

#[test]
fn compact_measurements_of_a_publisher_that_never_names_slots_are_not_guessed() {
    let mut connection = changing();
    connection.tell(DATA, &compact(0, &[0, 5]));
    assert_eq!(connection.take(), [], "they may be of either family");
    answer_probe(&mut connection);
    connection.tell(DATA, &compact(0, &[300]));
    connection.wait(Duration::from_millis(499)).unwrap();
    assert_eq!((connection.sent_codes(), connection.take()), (vec![], vec![]));
    connection.wait(Duration::from_millis(1)).unwrap();
    assert_eq!(connection.sent_codes(), [0x05]);
    connection.tell(DATA, &compact(0, &[1]));
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
    let text = match &connection.take()[..] {
        [Event::Message(Severity::Warning, text)] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert!(text.starts_with("4 measurements were not delivered"), "{text}");
    assert_eq!(connection.session.statistics().measurements_unattributed, 4);
    connection.tell(DATA, &compact(0, &[0, 5]));
    assert_eq!(connection.taken_ids(), ids(2, &[0, 5]));
}

#[test]
fn a_packet_shows_its_cache_by_indexes_that_the_other_one_lacks() {
    let mut connection = Connection::subscribed(settings(false), FOREIGN);
    connection.tell(CACHE, &cache_with(0, &[(0, 10), (1, 11), (2, 12)]));
    connection.tell(CACHE, &cache_with(1, &[(0, 10), (1, 20), (7, 27)]));
    for (indexes, expected) in [
        (&[0, 1, 2][..], &[10, 11, 12][..]),
        (&[0, 1], &[10]),
        (&[0, 7, 1], &[10, 27, 20]),
        (&[0, 1, 0], &[10, 10]),
        // The application knows the new one already.
        (&[0, 1, 2], &[]),
    ] {
        connection.tell(DATA, &compact(0, indexes));
        let expected: Vec<Uuid> = expected.iter().map(|id| Uuid::from_u128(*id)).collect();
        assert_eq!(connection.taken_ids(), expected, "{indexes:?}");
    }
    assert_eq!(connection.session.statistics().measurements_unattributed, 1 + 1 + 3);
}

#[test]
fn a_very_late_packet_is_not_taken_for_a_newer_one() {
    let mut connection = Connection::subscribed(settings(false), FOREIGN);
    connection.tell(CACHE, &cache_with(0, &[(0, 10), (1, 11), (2, 12)]));
    connection.take();
    connection.tell(CACHE, &cache_with(1, &[(0, 20), (1, 21)]));
    answer_probe(&mut connection);
    connection.wait(Duration::from_secs(1)).unwrap();
    answer_probe(&mut connection);
    connection.tell(DATA, &compact(0, &[0, 1, 2]));
    connection.tell(DATA, &compact(0, &[0, 1]));
    assert_eq!(connection.taken_ids(), [20, 21].map(Uuid::from_u128));
    assert_eq!(connection.session.statistics().measurements_unattributed, 3);
}

/// The publisher has gone over to family 2 without sending a measurement, and is asked to go on to family 3: its next
/// packet begins anew because of either.
#[test]
fn a_packet_that_begins_anew_after_two_changes_is_not_guessed() {
    let mut connection = Connection::subscribed(settings(true), FOREIGN);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1));
    connection.tell(CACHE, &cache_for_slot(1, 2));
    connection.tell(Response::NoOp, &[]);
    answer_probe(&mut connection);
    connection.wait(Duration::from_millis(500)).unwrap();
    answer_probe(&mut connection);

    connection.tell(CACHE, &cache_for_slot(0, 3));
    connection.tell(DATA, &tssc(0, 0, 0));
    assert!(connection.taken_ids().is_empty());
    assert_eq!(connection.session.statistics().measurements_unattributed, BLOCKS[0].1.len() as u64);
    answer_probe(&mut connection);
    connection.wait(Duration::from_millis(500)).unwrap();
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
    connection.tell(DATA, &tssc(0, 1, 1));
    assert_eq!(connection.taken_ids(), ids(3, BLOCKS[1].1));
}

/// A session of version 1 whose publisher has gone over from family 1 to 2.
fn changed_in_version_1(compress_payload: bool, packet: &[u8], indexes: &[u32]) -> Connection {
    let version_1 = SessionSettings { version: Version::V1, ..settings(compress_payload) };
    let mut connection = Connection::subscribed(version_1, FOREIGN);
    connection.tell(CACHE, &cache(1));
    connection.tell(DATA, packet);
    assert_eq!(connection.taken_ids(), ids(1, indexes));
    connection.sent();
    connection.tell(CACHE, &cache(2));
    connection
}

/// The publisher is asked once what it was encoding must be over.
fn answer_probe_in_version_1(connection: &mut Connection) {
    connection.wait(Duration::from_millis(499)).unwrap();
    assert_eq!((connection.sent_codes(), connection.take()), (vec![], vec![]));
    connection.wait(Duration::from_millis(1)).unwrap();
    assert_eq!(connection.sent_codes(), [0x05]);
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
}

#[test]
fn in_version_1_what_was_being_encoded_is_not_guessed() {
    let mut connection = changed_in_version_1(false, &compact(0, &[0, 5]), &[0, 5]);
    connection.tell(DATA, &compact(0, &[0, 5, 1]));
    answer_probe_in_version_1(&mut connection);
    assert!(connection.only_messages());
    assert_eq!(connection.session.statistics().measurements_unattributed, 3);
    connection.tell(DATA, &compact(0, &[0, 5]));
    assert_eq!(connection.taken_ids(), ids(2, &[0, 5]));
}

/// The publisher sends a third cache unasked, which may even be the first one again.
#[test]
fn of_three_caches_in_version_1_none_is_guessed() {
    for family in [1, 3] {
        let mut connection = changed_in_version_1(false, &compact(0, &[0, 5]), &[0, 5]);
        connection.tell(CACHE, &cache(family));
        connection.tell(DATA, &compact(0, &[300]));
        answer_probe_in_version_1(&mut connection);
        assert!(connection.only_messages());
        assert_eq!(connection.session.statistics().measurements_unattributed, 1);
        connection.tell(DATA, &compact(0, &[0, 5]));
        assert_eq!(connection.taken_ids(), ids(family, &[0, 5]));

        let mut connection = changed_in_version_1(true, &tssc(0, 0, 0), BLOCKS[0].1);
        connection.tell(CACHE, &cache(family));
        connection.tell(DATA, &tssc(0, 1, 1));
        connection.tell(DATA, &tssc(0, 0, 0));
        answer_probe_in_version_1(&mut connection);
        assert!(connection.only_messages());
        connection.tell(DATA, &tssc(0, 1, 1));
        assert_eq!(connection.taken_ids(), ids(family, BLOCKS[1].1));
    }
}

/// When the third cache comes, what the publisher was asked because of the second is about to be sent or answered. That
/// answer tells nothing of what it is still encoding with the second.
#[test]
fn after_a_third_cache_in_version_1_a_publisher_gets_as_long_again() {
    for elapsed in [400, 500] {
        let mut connection = changed_in_version_1(false, &compact(0, &[0, 5]), &[0, 5]);
        connection.wait(Duration::from_millis(elapsed)).unwrap();
        connection.tell(CACHE, &cache(3));
        answer_at_once(&mut connection);
        connection.wait(Duration::from_millis(499)).unwrap();
        answer_at_once(&mut connection);
        connection.tell(DATA, &compact(0, &[0, 5]));
        assert!(connection.taken_ids().is_empty(), "they are of family 2, {elapsed} ms");
        assert_eq!(connection.session.statistics().measurements_unattributed, 2);
        connection.wait(Duration::from_millis(1)).unwrap();
        answer_at_once(&mut connection);
        connection.tell(DATA, &compact(0, &[0, 5]));
        assert_eq!(connection.taken_ids(), ids(3, &[0, 5]));
    }
}

/// Answers whatever the session has asked to learn how far the publisher is.
fn answer_at_once(connection: &mut Connection) {
    for code in connection.sent_codes() {
        assert_eq!(code, 0x05);
        connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
    }
}

#[test]
fn a_late_answer_brings_nothing_back_that_was_ended() {
    for greeting in [OURS, FOREIGN, None] {
        let mut connection = Connection::subscribed(settings(false), greeting);
        connection.tell(CACHE, &cache_for_slot(0, 1));
        connection.take();
        connection.session.unsubscribe();
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        connection.tell(DATA, &compact(0, &[0, 5]));
        assert!(connection.taken_ids().is_empty(), "{greeting:?}");
    }
}

#[test]
fn a_publisher_that_may_not_name_slots_is_asked_for_one_subscription_at_a_time() {
    let mut connection = changing();
    connection.subscribe();
    connection.subscribe();
    answer_probe(&mut connection);
    connection.wait(Duration::from_millis(500)).unwrap();
    answer_probe(&mut connection);
    assert_eq!(connection.sent_codes(), [0x02], "what was asked for last, and once");
    connection.tell(CACHE, &cache_for_slot(0, 3));
    assert_eq!(connection.sent_codes(), [0x0A, 0x05]);

    for (greeting, codes) in [(FOREIGN, &[][..]), (OURS, &[0x02]), (Some("hsttp"), &[]), (None, &[])] {
        for compressed in [false, true] {
            let mut connection = Connection::subscribed(settings(compressed), greeting);
            connection.subscribe();
            connection.sent();
            connection.subscribe();
            assert_eq!(connection.sent_codes(), codes, "{greeting:?}");
            connection.answer(Response::Succeeded, Command::Subscribe, b"");
            let waiting = if codes.is_empty() { &[0x02][..] } else { &[] };
            assert_eq!(connection.sent_codes(), waiting, "{greeting:?}");
        }
    }
}

#[test]
fn a_cache_that_comes_during_a_change_is_confirmed_after_it() {
    let mut connection = changing();
    answer_probe(&mut connection);
    connection.tell(CACHE, &cache_for_slot(0, 3));
    assert_eq!(connection.sent_codes(), [0u8; 0]);
    connection.wait(Duration::from_millis(500)).unwrap();
    answer_probe_and_confirm(&mut connection);
}

/// The change is over, and the next one begins at once.
fn answer_probe_and_confirm(connection: &mut Connection) {
    assert_eq!(connection.sent_codes(), [0x05]);
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"done");
    assert_eq!(connection.sent_codes(), [0x0A, 0x05]);
}

#[test]
fn a_publisher_that_never_answers_is_not_waited_for_without_end() {
    let mut connection = changing();
    connection.subscribe();
    connection.sent();
    connection.wait(Duration::from_millis(9_999)).unwrap();
    assert_eq!(connection.sent_codes(), [0u8; 0]);
    connection.wait(Duration::from_millis(1)).unwrap();
    assert_eq!(connection.sent_codes(), [0x02]);
}

#[test]
fn answers_about_the_processing_interval_go_to_whom_they_belong() {
    let mut connection = changing();
    connection.session.update_processing_interval(7);
    let text = |text: &str| Event::Succeeded(Command::UpdateProcessingInterval, text.into());
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"the session's");
    connection.answer(Response::Succeeded, Command::UpdateProcessingInterval, b"the application's");
    assert_eq!(connection.take(), [text("the application's")]);
}

#[test]
fn a_publisher_that_puts_lengths_in_front_of_texts_uses_one_slot() {
    let mut connection = Connection::new(settings(false));
    connection.answer(Response::Succeeded, Command::DefineOperationalModes, b"\0\0\0\x02ok");
    connection.subscribe();
    connection.sent();
    connection.subscribe();
    assert_eq!(connection.sent_codes(), [0x02]);
}

#[test]
fn once_a_publisher_named_a_slot_it_is_taken_at_its_word() {
    for greeting in [FOREIGN, OURS, None] {
        let mut connection = Connection::subscribed(settings(false), greeting);
        connection.tell(CACHE, &cache_for_slot(0, 1));
        connection.tell(CACHE, &cache_for_slot(1, 2));
        connection.tell(DATA, &compact(0x10, &[5]));
        assert_eq!(connection.taken_ids(), ids(2, &[5]));
        connection.tell(DATA, &compact(0, &[5]));
        assert_eq!(connection.taken_ids(), ids(1, &[5]));
        connection.sent();
        connection.subscribe();
        assert_eq!(connection.sent_codes(), [0x02]);
    }
}

#[test]
fn a_cache_for_slot_255_serves_packets_that_name_slot_0() {
    for compressed in [true, false] {
        let mut connection = Connection::subscribed(settings(compressed), FOREIGN);
        for (round, family) in [1, 2, 3].into_iter().enumerate() {
            connection.tell(CACHE, &cache_for_slot(255, family));
            // This publisher does not begin anew with another cache.
            let packet = if compressed { tssc(0, round as u16, round) } else { compact(0, &[0, 300]) };
            connection.tell(DATA, &packet);
            let indexes = if compressed { BLOCKS[round].1 } else { &[0, 300] };
            assert_eq!(connection.taken_ids(), ids(family, indexes));
        }
    }
}

#[test]
fn the_length_in_front_of_a_text_is_skipped() {
    let mut connection = Connection::new(settings(true));
    connection.subscribe_to_history();
    connection.answer(Response::Succeeded, Command::DefineOperationalModes, b"\0\0\0\x05hello");
    connection.answer(Response::Failed, Command::Subscribe, b"\0\0\0\x02no");
    connection.tell(Response::ProcessingComplete, b"\0\0\0\x03end");
    let expected = [
        Event::Succeeded(Command::DefineOperationalModes, "hello".into()),
        Event::Failed(Command::Subscribe, "no".into()),
        Event::NotSubscribed,
        Event::ProcessingComplete("end".into()),
    ];
    assert_eq!(connection.take(), expected);
}

#[test]
fn compact_packets_without_a_count_are_understood() {
    let mut connection = Connection::subscribed(settings(false), FOREIGN);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.take();
    for indexes in [&[0][..], &[0, 1, 5], &[300; 40]] {
        let mut packet = vec![0x02];
        packet.extend(compact_measurements(indexes));
        connection.tell(DATA, &packet);
        let measurements = connection.taken_measurements();
        assert_eq!(measurements.len(), indexes.len());
        for (measurement, index) in measurements.iter().zip(indexes) {
            assert_eq!(measurement.signal_id, id(1, *index));
            assert_eq!(measurement.timestamp.0, TICKS + i64::from(*index));
            assert_eq!(measurement.value, f64::from(*index) + 0.5);
        }
    }
}

#[test]
fn times_that_nobody_asked_for_are_delivered() {
    let mut connection = Connection::new(settings(false));
    let options = SubscriptionOptions { include_time: false, ..SubscriptionOptions::default() };
    connection.session.subscribe(options).unwrap();
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &[&[0x02][..], &compact_measurements(&[1, 5])].concat());
    let times: Vec<i64> =
        connection.taken_measurements().iter().map(|measurement| measurement.timestamp.0).collect();
    assert_eq!(times, [TICKS + 1, TICKS + 5]);
}

#[test]
fn packets_may_name_slot_1_while_only_slot_0_is_filled() {
    let mut connection = Connection::subscribed(settings(true), None);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &tssc(0x10, 0, 0));
    connection.tell(DATA, &tssc(0x10, 1, 1));
    // The confirmation arrived.
    connection.tell(DATA, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 1, 5, 0, 1, 300, 0, 1, 5]));
    connection.tell(CACHE, &cache_for_slot(1, 2));
    connection.tell(DATA, &tssc(0, 1, 1));
    connection.tell(DATA, &tssc(0x10, 0, 0));
    assert_eq!(connection.taken_ids(), [ids(1, BLOCKS[1].1), ids(2, BLOCKS[0].1)].concat());
}

#[test]
fn a_publisher_need_not_answer_the_modes() {
    let mut connection = Connection::subscribed(settings(true), None);
    assert_eq!(connection.sent_codes(), [0x06, 0x02]);
    connection.tell(CACHE, &cache_for_slot(0, 1));
    connection.tell(DATA, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1));
    for _ in 0..100 {
        connection.tell(Response::NoOp, &[]);
        connection.wait(Duration::from_secs(5)).unwrap();
    }
}

#[test]
fn one_frame_may_hold_several_responses() {
    let mut connection = Connection::subscribed(settings(true), None);
    let responses = [
        (CACHE, cache_for_slot(0, 1)),
        (Response::DataStartTime, TICKS.to_be_bytes().to_vec()),
        (DATA, tssc(0, 0, 0)),
        (DATA, tssc(0, 1, 1)),
        (Response::NoOp, Vec::new()),
    ];
    let bodies: Vec<u8> = responses
        .iter()
        .flat_map(|(response, payload)| response_frame(*response, 2, payload).split_off(4))
        .collect();
    let frame = [&(bodies.len() as u32).to_be_bytes()[..], &bodies].concat();
    connection.receive(&frame).unwrap();
    let events = connection.take();
    assert!(matches!(
        events[..],
        [Event::Updated(1, _), Event::StartTime(TICKS), Event::Measurements(_), Event::Measurements(_)]
    ));
}

#[test]
fn what_is_compressed_shows_itself() {
    for gzip in [true, false] {
        let mut connection = Connection::subscribed(
            SessionSettings { compress_signal_index_cache: gzip, ..settings(false) },
            OURS,
        );
        for (slot, family, compressed) in [(0, 1, true), (1, 2, false)] {
            let cache = cache(family);
            let cache = if compressed { gzip::compress(&cache) } else { cache };
            connection.tell(CACHE, &[&[slot][..], &cache].concat());
            connection.tell(DATA, &compact(slot << 4, &[1]));
            assert_eq!(connection.taken_ids(), ids(family, &[1]));
        }
    }
}

#[test]
fn any_order_of_the_answers_to_a_subscription_is_fine() {
    for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1]] {
        let mut connection = Connection::new(settings(true));
        connection.subscribe();
        for step in order {
            match step {
                0 => connection.tell(CACHE, &cache_for_slot(0, 1)),
                1 => connection.answer(Response::Succeeded, Command::Subscribe, b""),
                _ => connection.tell(DATA, &tssc(0, 0, 0)),
            }
        }
        assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1), "{order:?}");
    }
}

#[test]
fn notifications_may_have_bytes_of_older_ones_behind_them() {
    let mut connection = Connection::new(settings(true));
    connection.sent();
    connection.tell(Response::Notify, b"\xDE\xAD\xBE\xEFnew textold rest");
    assert_eq!(connection.take(), [Event::Notification("new textold rest".into())]);
    assert_eq!(connection.sent(), [(0x07, vec![0xDE, 0xAD, 0xBE, 0xEF])]);
    connection.tell(Response::Notify, &[1, 2, 3]);
    assert!(connection.only_messages());
    assert_eq!(connection.sent(), []);
}
