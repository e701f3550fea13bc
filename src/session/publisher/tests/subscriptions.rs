//! Subscribing: the order of answers, cache slots, and what subscribers write into their
//! connection strings.

use super::*;

#[test]
fn the_cache_comes_first_then_the_answer_and_after_the_confirmation_the_data() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe(&filter(&[3, 1]));
    publisher.publish(&[1, 2, 3]);
    let answers = publisher.answers();
    let codes: Vec<_> = answers.iter().map(|answer| (answer.response, answer.command)).collect();
    assert_eq!(codes, [(0x83, 0x02), (0x80, 0x02)]);
    assert_eq!(slot_and_signals(&answers[0]), (0, signal_ids(&[3, 1])));

    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[1, 2, 3]);
    publisher.publish(&[3]);
    let answers = publisher.answers();
    let codes: Vec<_> = answers.iter().map(|answer| answer.response).collect();
    assert_eq!(codes, [0x86, 0x82, 0x82]);
    assert_eq!(answers[0].payload, (TICKS + 1).to_be_bytes());
    let mut expected = vec![0x02, 0, 0, 0, 2];
    for (index, row) in [(1_u32, 1), (0, 3)] {
        expected.push(0);
        expected.extend(index.to_be_bytes());
        expected.extend((row as f32 + 0.5).to_be_bytes());
        expected.extend((TICKS + row).to_be_bytes());
    }
    assert_eq!(answers[1].payload, expected);
}

#[test]
fn slots_alternate_and_packets_name_the_one_in_use() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = Publisher::with_modes(modes);
        for (round, rows) in [[1, 2], [2, 3], [4, 5], [5, 6]].into_iter().enumerate() {
            publisher.subscribe(&filter(&rows));
            let cache = publisher.answers().remove(0);
            let slot = (round % 2) as u8;
            assert_eq!(slot_and_signals(&cache), (slot, signal_ids(&rows)));
            publisher.send(Command::ConfirmSignalIndexCache, &[]);
            for sequence in 0..3_u16 {
                publisher.publish(&[0, 1, 2, 3, 4, 5, 6]);
                let packet = publisher.answers().pop().unwrap();
                assert_eq!(packet.payload[0] & 0x10, slot << 4);
                assert_eq!(packet.payload[1..5], [0, 0, 0, 2]);
                if modes == TSSC {
                    assert_eq!(packet.payload[0], 0x08 | slot << 4);
                    assert_eq!(packet.payload[5..8], [&[85][..], &sequence.to_be_bytes()].concat());
                }
            }
        }
    }
}

#[test]
fn the_subscriber_id_of_caches_stays_that_of_the_connection() {
    let mut publisher = Publisher::with_modes(PLAIN);
    let mut subscriber_ids = Vec::new();
    for rows in [[1], [2]] {
        publisher.subscribe(&filter(&rows));
        let cache = publisher.answers().remove(0).payload.split_off(1);
        subscriber_ids.push(SignalIndexCache::decode(&cache, TextEncoding::Utf8).unwrap().subscriber_id);
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
    }
    let known = publisher.session.info(publisher.id()).unwrap().subscriber_id;
    assert_eq!(subscriber_ids, [known, known]);
    assert!(!known.is_nil());
}

#[test]
fn version_1_gets_caches_without_slot_and_data_at_once() {
    let mut publisher = Publisher::with_modes(0x2000_0241);
    for rows in [[1, 2], [2, 3]] {
        publisher.subscribe(&filter(&rows));
        publisher.publish(&[1, 2, 3]);
        let answers = publisher.answers();
        let codes: Vec<_> = answers.iter().map(|answer| answer.response).collect();
        assert_eq!(codes, [0x83, 0x80, 0x86, 0x82]);
        let cache = SignalIndexCache::decode(&answers[0].payload, TextEncoding::Utf8).unwrap();
        let ids: Vec<Uuid> = cache.records().iter().map(|record| record.signal_id).collect();
        assert_eq!(ids, signal_ids(&rows));
        assert_eq!(answers[3].payload[..8], [0x08, 0, 0, 0, 2, 85, 0, 0], "the encoder starts anew");
    }
}

#[test]
fn only_the_newest_of_waiting_subscriptions_gets_a_cache() {
    let mut publisher = Publisher::with_modes(PLAIN);
    for rows in [[1], [2], [3]] {
        publisher.subscribe(&filter(&rows));
    }
    assert_eq!(publisher.answer_codes(), [(0x83, 2), (0x80, 2), (0x80, 2), (0x80, 2)]);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[1, 2, 3]);
    let answers = publisher.answers();
    assert_eq!(slot_and_signals(&answers[0]), (1, signal_ids(&[3])));
    assert_eq!(answers[2].payload[0] & 0x10, 0, "the first cache serves meanwhile");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[1, 2, 3]);
    let packet = publisher.answers().pop().unwrap();
    assert_eq!(packet.payload[..5], [0x12, 0, 0, 0, 1]);
}

#[test]
fn a_late_confirmation_of_an_ended_subscription_starts_nothing() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.publish(&[1]);
    assert_eq!(publisher.answers(), []);
    assert!(!publisher.session.info(publisher.id()).unwrap().subscribed);
}

#[test]
fn connection_strings_as_subscribers_write_them() {
    let (one, two) = (signal_id(1), signal_id(2));
    for (text, rows) in [
        (format!("filterExpression={{{one};{two}}}"), &[1, 2][..]),
        (format!("FILTEREXPRESSION = {{ {one} ; {{{two}}} }} "), &[1, 2]),
        (format!("filterExpression={one}"), &[1]),
        (format!("a=b;filterExpression={{{one}}};filterExpression={{{two}}}"), &[2]),
        (format!("throttled=False;requestNaNValueFilterfalse;filterExpression={{{one}}}"), &[1]),
        (format!("dataChannel={{localport=0}};filterExpression={{{one}}}"), &[1]),
        (format!("dataChannel={{localport=}};filterExpression={{{one}}}"), &[1]),
        (format!("startTimeConstraint=;filterExpression={{{one}}};processingInterval=-1"), &[1]),
        (format!("assemblyInfo={{source=x;filterExpression={two}}};filterExpression={{{one}}}"), &[1]),
        ("filterExpression={DAM:1;DAM:2}".into(), &[1, 2]),
        ("filterExpression={FILTER ActiveMeasurements WHERE PointTag = 'TAG-1';DAM:2}".into(), &[1, 2]),
        ("filterExpression=FILTER ActiveMeasurements WHERE PointTag = 'TAG-1'".into(), &[]),
        ("includeTime=1".into(), &[]),
    ] {
        let mut publisher = Publisher::with_modes(PLAIN);
        publisher.subscribe(&text);
        let answers = publisher.answers();
        assert_eq!(answers.last().unwrap().response, 0x80, "{text}: {answers:?}");
        assert_eq!(slot_and_signals(&answers[0]), (0, signal_ids(rows)), "{text}");
    }
}

#[test]
fn subscriptions_that_cannot_be_read_fail_and_change_nothing() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    let good = filter(&[2]);
    let cut = subscribe_payload(&good, TextEncoding::Utf8);
    let mut synchronized = cut.clone();
    synchronized[0] = 0x03;
    let unbalanced = ["filterExpression={", "filterExpression=}", "a={{b}", "lagTime=0;a=b", "leadTime=-1"];
    let unusable = ["filterExpression={FILTER Nope WHERE True}", "filterExpression={FILTER}"];
    let unsupported = ["startTimeConstraint=*-5m", "dataChannel={port=1;multicastGroup=x}"];
    let mut payloads =
        vec![vec![], vec![2], vec![2, 0, 0, 0, 0], cut[..cut.len() - 1].to_vec(), synchronized];
    for text in unbalanced.iter().chain(&unusable).chain(&unsupported) {
        payloads.push(subscribe_payload(text, TextEncoding::Utf8));
    }
    for payload in payloads {
        publisher.send(Command::Subscribe, &payload);
        let answers = publisher.answers();
        assert_eq!((answers.len(), answers[0].response, answers[0].command), (1, 0x81, 0x02));
        assert!(!answers[0].payload.is_empty());
    }
    publisher.publish(&[1, 2]);
    let answers = publisher.answers();
    assert_eq!(answers.last().unwrap().payload[..5], [0x02, 0, 0, 0, 1]);
    assert_eq!(publisher.session.info(publisher.id()).unwrap().counters.signal_count, 1);
}

#[test]
fn what_a_subscriber_says_of_itself_is_remembered_within_reason() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe("assemblyInfo={source=Relay;version=1.2;updatedOn=today};a=b");
    assert_eq!(publisher.session.info(publisher.id()).unwrap().identity, "Relay 1.2");
    publisher.subscribe(&format!("assemblyInfo={{source={}}}", "é".repeat(5000)));
    assert_eq!(publisher.session.info(publisher.id()).unwrap().identity.chars().count(), 256);
}

#[test]
fn redefined_metadata_change_only_subscriptions_that_they_concern() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1, 2]);
    publisher.session.set_catalog(catalog(5), publisher.now);
    assert_eq!(publisher.answer_codes(), [(0x8A, 0x02)]);
    publisher.session.set_catalog(catalog(2), publisher.now);
    let answers = publisher.answers();
    assert_eq!(answers[0].response, 0x8A);
    assert_eq!(slot_and_signals(&answers[1]), (1, signal_ids(&[1])));
    publisher.publish(&[0, 1]);
    let packet = publisher.answers().pop().unwrap();
    assert_eq!(packet.payload[..5], [0x02, 0, 0, 0, 1], "the old cache still serves");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[0, 1]);
    assert_eq!(publisher.answers().pop().unwrap().payload[..5], [0x12, 0, 0, 0, 1]);
}

#[test]
fn nobody_hears_of_redefined_metadata_before_the_modes() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    publisher.session.set_catalog(catalog(5), publisher.now);
    assert_eq!(publisher.answers(), []);
}
