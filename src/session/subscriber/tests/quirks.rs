//! What other publishers do differently.

use super::*;
use crate::codec::gzip;

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

#[test]
fn a_publisher_that_never_names_slots_switches_compact_packets_at_once() {
    let mut connection = Connection::subscribed(settings(false), FOREIGN);
    for (slot, family) in [(0, 1), (1, 2), (0, 3)] {
        connection.tell(CACHE, &cache_for_slot(slot, family));
        connection.tell(DATA, &compact(0, &[0, 5]));
        assert_eq!(connection.taken_ids(), ids(family, &[0, 5]));
    }
}

#[test]
fn a_publisher_that_may_not_name_slots_is_asked_to_end_the_old_subscription() {
    for (greeting, codes) in
        [(FOREIGN, &[0x03, 0x02][..]), (OURS, &[0x02]), (Some("hsttp"), &[0x03, 0x02]), (None, &[0x02])]
    {
        for compressed in [false, true] {
            let mut connection = Connection::subscribed(settings(compressed), greeting);
            connection.sent();
            connection.subscribe();
            assert_eq!(connection.sent_codes(), codes, "{greeting:?}");
        }
    }
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
        let mut connection = Connection::subscribed(SessionSettings { gzip, ..settings(false) }, FOREIGN);
        for (slot, family, compressed) in [(0, 1, true), (1, 2, false)] {
            let cache = cache(family);
            let cache = if compressed { gzip::compress(&cache) } else { cache };
            connection.tell(CACHE, &[&[slot][..], &cache].concat());
            connection.tell(DATA, &compact(0, &[1]));
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
