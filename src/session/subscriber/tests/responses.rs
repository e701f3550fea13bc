//! Every response, as it should be and damaged.

use super::*;
use crate::wire::Version;

#[test]
fn the_modes_say_what_the_settings_say() {
    for (version, compress_payload, compress_metadata, compress_signal_index_cache, bits) in [
        (Version::V2, true, true, true, 0xE600_0262_u32),
        (Version::V2, false, true, true, 0xC600_0222),
        (Version::V2, false, true, false, 0x8600_0222),
        (Version::V2, false, false, true, 0x4600_0222),
        (Version::V1, true, false, false, 0x2600_0241),
        (Version::V3, false, false, false, 0x0600_0203),
    ] {
        let settings = SessionSettings {
            version,
            compress_payload,
            compress_metadata,
            compress_signal_index_cache,
            ..SessionSettings::default()
        };
        let mut connection = Connection::new(settings);
        connection.subscribe();
        let sent = connection.sent();
        assert_eq!(sent[0], (0x06, bits.to_be_bytes().to_vec()));
        assert_eq!(sent.len(), if version == Version::V3 { 1 } else { 2 });
        connection.answer(Response::Succeeded, Command::DefineOperationalModes, b"");
        assert_eq!(connection.sent().len(), if version == Version::V3 { 1 } else { 0 });
    }
}

#[test]
fn the_modes_say_whose_metadata_are_wanted() {
    for (internal_metadata, external_metadata, bits) in
        [(true, false, 0xE400_0262_u32), (false, true, 0xE200_0262), (false, false, 0xE000_0262)]
    {
        let settings = SessionSettings { internal_metadata, external_metadata, ..SessionSettings::default() };
        let mut connection = Connection::new(settings);
        assert_eq!(connection.sent()[0], (0x06, bits.to_be_bytes().to_vec()));
    }
}

#[test]
fn each_cache_is_confirmed_once_except_in_version_1() {
    let mut connection = Connection::subscribed(settings(true), FOREIGN);
    connection.sent();
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    assert_eq!(connection.sent(), [(0x0A, vec![])]);
    assert_eq!(connection.take(), [Event::Updated(1, ids(1, &INDEXES))]);

    let version_1 = SessionSettings { version: Version::V1, ..settings(true) };
    let mut connection = Connection::subscribed(version_1, None);
    connection.sent();
    connection.tell(Response::UpdateSignalIndexCache, &cache(1));
    assert_eq!(connection.sent(), []);
    assert_eq!(connection.take(), [Event::Updated(1, ids(1, &INDEXES))]);
    connection.tell(Response::DataPacket, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1));
}

#[test]
fn a_cache_that_cannot_be_read_is_not_confirmed_and_the_old_one_stays() {
    let mut connection = Connection::subscribed(settings(false), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.sent();
    connection.take();
    let whole = cache_for_slot(1, 2);
    // Of the empty list of unauthorised signals behind the records nothing is needed.
    let needed = whole.len() - 4;
    for length in 2..needed {
        connection.tell(Response::UpdateSignalIndexCache, &whole[..length]);
        assert!(connection.only_messages(), "{length} bytes");
        assert_eq!(connection.sent(), []);
    }
    let mut negative = whole.clone();
    negative[25] = 0x80;
    let gzip = [&[1, 0x1F, 0x8B][..], &[0; 40]].concat();
    for damaged in [negative, gzip] {
        connection.tell(Response::UpdateSignalIndexCache, &damaged);
        assert!(connection.only_messages());
        assert_eq!(connection.sent(), []);
    }
    connection.tell(Response::DataPacket, &compact(0, &[0, 300]));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 300]));
}

#[test]
fn an_empty_cache_payload_is_ignored() {
    for payload in [&[][..], &[0]] {
        let mut connection = Connection::subscribed(settings(true), None);
        connection.sent();
        connection.tell(Response::UpdateSignalIndexCache, payload);
        assert_eq!((connection.take(), connection.sent()), (vec![], vec![]));
    }
}

#[test]
fn a_cache_that_unpacks_to_too_much_is_refused() {
    let small = SessionSettings { max_frame_size: 4096, ..settings(true) };
    let mut connection = Connection::subscribed(small, OURS);
    connection.sent();
    let packed = crate::codec::gzip::compress(&vec![0; 1 << 18]);
    assert!(packed.len() < 4096);
    connection.tell(Response::UpdateSignalIndexCache, &[&[0][..], &packed].concat());
    assert!(connection.only_messages());
    assert_eq!(connection.sent(), []);
}

#[test]
fn what_is_not_supported_or_unknown_is_ignored_with_a_message() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.sent();
    for code in [0x85, 0x88, 0x00, 0x42, 0x8B, 0xDF, 0xF0, 0xFE] {
        let mut frame = response_frame(Response::NoOp, 2, b"payload");
        frame[4] = code;
        connection.receive(&frame).unwrap();
        assert!(connection.only_messages(), "{code:#04x}");
    }
    connection.receive(&response_frame(Response::Succeeded, 0x77, b"text")).unwrap();
    connection.receive(&response_frame(Response::Failed, 0x77, b"text")).unwrap();
    assert!(connection.only_messages());
    assert_eq!(connection.sent(), []);
}

#[test]
fn failures() {
    let text = || "why".to_owned();
    let fails = |command: Command| {
        let mut connection = Connection::new(settings(true));
        let failed = connection.receive(&response_frame(Response::Failed, command.code(), b"why"));
        (failed, connection.take())
    };
    assert_eq!(fails(Command::Connect).0, Err(SubscriberError::Refused(text())));
    let refused = SubscriberError::ModesRefused { version: 2, text: text() };
    assert_eq!(fails(Command::DefineOperationalModes).0, Err(refused));
    for command in [Command::Unsubscribe, Command::MetadataRefresh, Command::User(3)] {
        assert_eq!(fails(command), (Ok(()), vec![Event::Failed(command, text())]));
    }
}

#[test]
fn short_payloads_are_ignored_with_a_message() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.take();
    for (response, needed) in [
        (Response::DataStartTime, 8),
        (Response::UpdateBaseTimes, 20),
        (Response::DataPacket, 5),
        (Response::Notify, 4),
    ] {
        for length in 0..needed {
            connection.tell(response, &vec![8; length]);
            assert!(connection.only_messages(), "{response:?} of {length} bytes");
        }
    }
}

#[test]
fn metadata_are_handed_over_as_they_came() {
    let mut connection = Connection::new(settings(true));
    connection.sent();
    let now = connection.now;
    connection.session.request_metadata("FILTER A WHERE B", now);
    assert_eq!(connection.sent(), [(0x01, b"\0\0\0\x10FILTER A WHERE B".to_vec())]);
    connection.session.request_metadata("", now);
    assert_eq!(connection.sent(), [(0x01, vec![])]);
    let document = [0x1F, 0x8B, 1, 2, 3];
    connection.answer(Response::Succeeded, Command::MetadataRefresh, &document);
    assert_eq!(connection.take(), [Event::Metadata(document.to_vec())]);
}

#[test]
fn a_header_that_is_cut_ends_the_connection() {
    for length in 1..6 {
        let mut connection = Connection::new(settings(true));
        let frame = [&[0, 0, 0, length][..], &vec![0xFF; usize::from(length)]].concat();
        assert!(matches!(connection.receive(&frame), Err(SubscriberError::Frame(_))));
    }
}

#[test]
fn confirmations_that_the_publisher_does_not_read_end_the_connection() {
    let mut connection = Connection::new(settings(true));
    let notification = response_frame(Response::Notify, 2, b"1234text");
    let flood = std::iter::repeat_with(|| connection.receive(&notification)).find(Result::is_err);
    assert!(matches!(flood, Some(Err(SubscriberError::Unread { .. }))));
    assert!(connection.session.queue().len() < 1 << 20);
}

#[test]
fn the_answer_to_a_replaced_subscription_does_not_count() {
    let mut connection = Connection::subscribed(settings(false), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    let without_time = SubscriptionOptions { include_time: false, ..SubscriptionOptions::default() };
    connection.session.subscribe(without_time.clone()).unwrap();
    let with_time = SubscriptionOptions { include_time: true, ..without_time.clone() };
    connection.session.subscribe(with_time).unwrap();
    connection.session.subscribe(without_time).unwrap();
    connection.take();
    let full_times = compact(0, &[1; 9]);
    for _ in 0..2 {
        connection.tell(Response::DataPacket, &full_times);
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        connection.tell(Response::DataPacket, &full_times);
        assert!(connection.taken_ids().is_empty());
    }
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(1, 2));
    connection.tell(Response::DataPacket, &full_times);
    assert!(connection.taken_ids().is_empty(), "the cache may be that of an older subscription");
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    let mut nine_bytes_each = vec![0x12, 0, 0, 0, 2];
    nine_bytes_each.extend([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0]);
    connection.tell(Response::DataPacket, &nine_bytes_each);
    assert_eq!(connection.taken_ids(), ids(2, &[1, 5]));
}

#[test]
fn the_subscription_before_a_refused_one_is_delivered() {
    let mut connection = Connection::subscribed(settings(false), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.session.unsubscribe();
    connection.subscribe();
    connection.subscribe();
    connection.take();
    connection.answer(Response::Succeeded, Command::Subscribe, b"");
    connection.answer(Response::Failed, Command::Subscribe, b"bad filter");
    connection.tell(Response::DataPacket, &compact(0, &[1, 5]));
    assert_eq!(connection.taken_ids(), ids(1, &[1, 5]));
}

#[test]
fn a_refusal_tells_whether_a_subscription_goes_on() {
    type Wish = fn(&mut Connection);
    let granted: Wish = |connection| connection.answer(Response::Succeeded, Command::Subscribe, b"");
    let subscribe: Wish = Connection::subscribe;
    let unsubscribe: Wish = |connection| connection.session.unsubscribe();
    for (before, goes_on) in [
        (&[subscribe][..], false),
        (&[subscribe, granted, subscribe], true),
        (&[subscribe, subscribe, granted], true),
        // Nobody has asked: the publisher ends what it had granted.
        (&[subscribe, granted], false),
        (&[subscribe, granted, unsubscribe, subscribe], false),
        (&[subscribe, unsubscribe, subscribe, granted], false),
    ] {
        let mut connection = Connection::new(settings(false));
        before.iter().for_each(|wish| wish(&mut connection));
        connection.take();
        connection.answer(Response::Failed, Command::Subscribe, b"");
        let told = connection.take();
        assert!(matches!(told[0], Event::Failed(..)), "{told:?}");
        assert_eq!(told.get(1) == Some(&Event::NotSubscribed), !goes_on, "{told:?}");
    }
}

#[test]
fn after_unsubscribing_nothing_is_delivered_but_decoding_goes_on() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.tell(Response::DataPacket, &tssc(0, 0, 0));
    connection.session.unsubscribe();
    connection.take();
    connection.tell(Response::DataPacket, &tssc(0, 1, 1));
    connection.answer(Response::Succeeded, Command::Unsubscribe, b"");
    assert!(connection.taken_ids().is_empty());
    connection.subscribe();
    connection.answer(Response::Succeeded, Command::Subscribe, b"the same as before");
    connection.tell(Response::DataPacket, &tssc(0, 2, 2));
    assert_eq!(connection.taken_ids(), ids(1, &[5]));
}
