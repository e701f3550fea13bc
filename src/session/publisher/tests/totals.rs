//! Limits that hold for all connections together.

use super::*;
use crate::session::publisher::UdpSettings;
use crate::session::publisher::limits::Limits;
use crate::session::publisher::totals::Kind;
use crate::settings::{LimitSettings, SMALLEST_SEND_QUEUE};

fn publisher_with(limits: LimitSettings) -> Publisher {
    let mut publisher = Publisher::new(PublisherSettings {
        limits,
        history_duration: Duration::from_secs(60),
        ..PublisherSettings::default()
    });
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    publisher
}

/// Another subscriber connects and tells its modes.
fn join(publisher: &mut Publisher) {
    join_from(publisher, [127, 0, 0, 1]);
}

fn join_from(publisher: &mut Publisher, address: [u8; 4]) {
    publisher.connect_from(address);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
}

/// The text with which a Subscribe is refused, if it is.
fn refusal(publisher: &mut Publisher, connection_string: &str) -> Option<String> {
    publisher.subscribe(connection_string);
    let answers = publisher.answers();
    let answer = answers.iter().find(|answer| answer.command == 0x02 && answer.response != 0x83)?;
    (answer.response == 0x81).then(|| answer.text(TextEncoding::Utf8))
}

fn limits(publisher: &Publisher) -> &Limits {
    &publisher.session.ground.limits
}

fn count(publisher: &Publisher, kind: Kind) -> usize {
    limits(publisher).totals.count(kind)
}

/// Subscribes for the signal of a row, and confirms it.
fn confirmed(publisher: &mut Publisher, row: usize) {
    assert_eq!(refusal(publisher, &filter(&[row])), None);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
}

#[test]
fn there_are_only_so_many_distinct_subscriptions() {
    let mut publisher = publisher_with(LimitSettings::default().max_streams(2));
    let first = publisher.peer;
    confirmed(&mut publisher, 1);
    join(&mut publisher);
    confirmed(&mut publisher, 2);
    let second = publisher.peer;
    join(&mut publisher);
    let refused = refusal(&mut publisher, &filter(&[3])).unwrap();
    assert!(refused.contains("2 different subscriptions at a time (maxStreams)"), "{refused}");
    confirmed(&mut publisher, 2);
    let third = publisher.peer;
    assert_eq!(count(&publisher, Kind::Stream), 2);
    publisher.peer = first;
    confirmed(&mut publisher, 4);
    assert_eq!(count(&publisher, Kind::Stream), 2, "it gave up its own one");
    publisher.peer = second;
    assert!(refusal(&mut publisher, &filter(&[5])).is_some(), "others have what it leaves");
    publisher.peer = third;
    publisher.close();
    publisher.peer = second;
    confirmed(&mut publisher, 5);
    publisher.close();
    publisher.peer = first;
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(count(&publisher, Kind::Stream), 0);
}

#[test]
fn a_place_is_taken_when_signals_are_offered() {
    let mut publisher = publisher_with(LimitSettings::default().max_streams(2));
    assert_eq!(refusal(&mut publisher, &filter(&[1])), None);
    let first = publisher.peer;
    join(&mut publisher);
    assert_eq!(refusal(&mut publisher, &filter(&[1])), None);
    assert_eq!(count(&publisher, Kind::Stream), 1, "they wait for the same one");
    assert_eq!(refusal(&mut publisher, &filter(&[2])), None);
    let second = publisher.peer;
    join(&mut publisher);
    assert!(refusal(&mut publisher, &filter(&[3])).is_some_and(|text| text.contains("maxStreams")));
    assert_eq!(count(&publisher, Kind::Stream), 2);
    for (peer, row) in [(first, 1), (second, 2)] {
        publisher.peer = peer;
        // The second one was offered another subscription first.
        (0..row).for_each(|_| publisher.send(Command::ConfirmSignalIndexCache, &[]));
        assert!(publisher.session.info(peer.0).unwrap().subscribed);
        assert_eq!(count(&publisher, Kind::Stream), 2);
    }
    publisher.close();
    assert_eq!(count(&publisher, Kind::Stream), 1);
    publisher.peer = first;
    assert_eq!(refusal(&mut publisher, &filter(&[4])), None);
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(count(&publisher, Kind::Stream), 0, "what was never confirmed is given up, too");
}

#[test]
fn who_takes_all_places_leaves_some_to_others() {
    let limits = LimitSettings::default().max_streams(8).max_playbacks(8).max_udp_channels(8);
    let mut publisher = publisher_with(limits);
    publisher.publish(&[1]);
    let historical = |_: usize| format!("startTimeConstraint=2000-01-01; {}", filter(&[1]));
    let by_udp = |_: usize| format!("dataChannel={{localport=9}}; {}", filter(&[1]));
    let live = |row: usize| filter(&[row]);
    let kinds: [(&dyn Fn(usize) -> String, &str); 3] =
        [(&historical, "maxPlaybacks"), (&live, "maxStreams"), (&by_udp, "maxUdpChannels")];
    for (wish, key) in kinds {
        let mut peers = Vec::new();
        let mut ask_from = |publisher: &mut Publisher, host: u8, row: usize| {
            join_from(publisher, [192, 0, 2, host]);
            peers.push(publisher.peer);
            let refused = refusal(publisher, &wish(row));
            if key == "maxUdpChannels" {
                publisher.send(Command::ConfirmSignalIndexCache, &[]);
            }
            refused
        };
        (0..4).for_each(|row| assert_eq!(ask_from(&mut publisher, 1, row), None, "{key}"));
        let refused = ask_from(&mut publisher, 1, 4).unwrap();
        assert!(refused.contains("8 ") && refused.contains(key), "{refused}");
        assert!(
            refused.contains("half of which are taken, and then no more than 2 for one address"),
            "{refused}"
        );
        (5..7).for_each(|row| assert_eq!(ask_from(&mut publisher, 2, row), None, "{key}"));
        assert!(ask_from(&mut publisher, 2, 7).is_some(), "{key}");
        (8..10).for_each(|row| assert_eq!(ask_from(&mut publisher, 3, row), None, "{key}"));
        assert!(ask_from(&mut publisher, 4, 4).is_some_and(|text| !text.contains("half")), "{key}");
        for peer in peers {
            publisher.peer = peer;
            publisher.close();
        }
    }
}

#[test]
fn playbacks_of_who_takes_nothing_end() {
    let unread = Duration::from_secs(20);
    let mut publisher = publisher_with(LimitSettings::default().unread_timeout(unread));
    publisher.publish(&[1; 100_000]);
    let historical = format!("startTimeConstraint=2000-01-01; {}", filter(&[1]));
    // One does not confirm its signals, one does not take its measurements.
    assert_eq!(refusal(&mut publisher, &historical), None);
    let unconfirmed = publisher.peer;
    join(&mut publisher);
    assert_eq!(refusal(&mut publisher, &historical), None);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.wait(Duration::from_secs(1));
    let untaken = publisher.peer;
    assert!(publisher.session.queue(untaken.1).unwrap().data_len() > 0);
    assert_eq!(count(&publisher, Kind::Playback), 2);
    (0..3).for_each(|_| assert_eq!(publisher.wait(Duration::from_secs(5)), []));
    assert_eq!(count(&publisher, Kind::Playback), 2);
    publisher.wait(Duration::from_secs(5));
    (0..2).for_each(|_| assert_eq!(publisher.wait(Duration::from_secs(5)), []));
    assert_eq!(count(&publisher, Kind::Playback), 0);
    let events = publisher.take_events();
    for (peer, why) in [
        (unconfirmed, "the subscriber has not confirmed its signals within 20 s (unreadTimeout)"),
        (untaken, "the subscriber has taken nothing for 20 s (unreadTimeout)"),
    ] {
        let is_told =
            |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains(why));
        assert!(events.iter().any(is_told), "{events:?}");
        publisher.peer = peer;
        let answers = publisher.answers();
        let told = answers.iter().find(|answer| answer.response == 0x87).unwrap();
        assert!(told.text(TextEncoding::Utf8).contains(why), "{told:?}");
    }
}

#[test]
fn who_comes_back_to_a_stream_of_its_own_that_others_have_now_needs_a_place() {
    let mut publisher = publisher_with(LimitSettings::default().max_streams(1));
    confirmed(&mut publisher, 2);
    let first = publisher.peer;
    assert_eq!(refusal(&mut publisher, &filter(&[1])), None, "it leaves its own");
    join(&mut publisher);
    confirmed(&mut publisher, 2);
    let second = publisher.peer;
    publisher.peer = first;
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    let answers = publisher.answers();
    assert!(answers[0].text(TextEncoding::Utf8).contains("maxStreams"), "{answers:?}");
    assert!(!publisher.session.info(first.0).unwrap().subscribed);
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("ended the subscription of 127.0.0.1:9: this publisher serves 1"));
    assert!(publisher.take_events().iter().any(is_told));

    // Other metadata are no reason to end anything.
    publisher.peer = second;
    publisher.session.set_catalog(catalog(12), publisher.now);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert!(publisher.session.info(second.0).unwrap().subscribed);
}

#[test]
fn there_are_only_so_many_channels_and_what_goes_by_them_has_a_rate() {
    let mut publisher = publisher_with(LimitSettings::default().max_udp_channels(1).max_udp_rate(1000));
    let by_udp = format!("dataChannel={{localport=9}}; {}", filter(&[1]));
    assert_eq!(refusal(&mut publisher, &by_udp), None);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    let first = publisher.peer;
    assert_eq!(refusal(&mut publisher, &by_udp), None, "it has one");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    join(&mut publisher);
    let refused = refusal(&mut publisher, &by_udp).unwrap();
    assert!(refused.contains("1 UDP ports at a time (maxUdpChannels)"), "{refused}");
    confirmed(&mut publisher, 1);

    let dropped =
        |publisher: &mut Publisher| publisher.session.info(first.0).unwrap().counters.measurements_dropped;
    publisher.publish(&[1; 10]);
    assert_eq!(dropped(&mut publisher), 0);
    (0..10).for_each(|_| publisher.publish(&[1; 10]));
    let lost = dropped(&mut publisher);
    assert!((50..100).contains(&lost), "{lost}");
    publisher.wait(Duration::from_secs(5));
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("maxUdpRate"));
    assert!(publisher.take_events().iter().any(is_told));
    publisher.publish(&[1; 10]);
    assert_eq!(dropped(&mut publisher), lost, "it is another second");
    publisher.peer = first;
    publisher.close();
    assert_eq!(count(&publisher, Kind::Channel), 0);
}

#[test]
fn buffer_blocks_by_udp_count_in_their_rate() {
    let mut publisher = publisher_with(LimitSettings::default().max_udp_rate(1000));
    assert_eq!(refusal(&mut publisher, &format!("dataChannel={{localport=9}}; {}", filter(&[1]))), None);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    let send = |publisher: &mut Publisher| {
        (0..20).for_each(|_| publisher.session.send_buffer_block(1, &[7; 80], false, publisher.now));
        let counters = publisher.session.info(publisher.id()).unwrap().counters;
        (counters.buffer_blocks_sent, counters.buffer_blocks_dropped)
    };
    assert_eq!(send(&mut publisher), (10, 10), "of 99 bytes each");
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("dropped a buffer block of 80 bytes for 127.0.0.1:9") && text.contains("maxUdpRate"));
    assert!(publisher.take_events().iter().any(is_told));
    publisher.wait(Duration::from_secs(1));
    assert_eq!(send(&mut publisher), (20, 20), "it is another second");
}

#[test]
fn there_are_only_so_many_playbacks_and_their_memory_is_given_back() {
    let mut publisher = publisher_with(LimitSettings::default().max_playbacks(1));
    publisher.publish(&[1; 10_000]);
    let historical = format!("startTimeConstraint=2000-01-01; {}", filter(&[1]));
    assert_eq!(refusal(&mut publisher, &historical), None);
    assert_eq!(refusal(&mut publisher, &historical), None, "one takes the place of the other");
    let first = publisher.peer;
    join(&mut publisher);
    let refused = refusal(&mut publisher, &historical).unwrap();
    assert!(refused.contains("1 historical subscriptions at a time (maxPlaybacks)"), "{refused}");
    publisher.peer = first;
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(count(&publisher, Kind::Playback), 0);
    assert_eq!(refusal(&mut publisher, &historical), None);
    // Those of the subscriptions before come first.
    (0..3).for_each(|_| publisher.send(Command::ConfirmSignalIndexCache, &[]));
    let mut codes = Vec::new();
    for _ in 0..100 {
        publisher.wait(Duration::from_secs(1));
        codes.extend(publisher.answer_codes());
    }
    assert!(codes.contains(&(0x87, 0x02)), "it is complete: {codes:?}");
    assert_eq!(count(&publisher, Kind::Playback), 0, "what its source and its encoder held is gone with it");
}

#[test]
fn what_waits_for_all_together_is_bounded() {
    let most = 1 << 20;
    let mut publisher = publisher_with(LimitSettings::default().max_send_queues(most));
    let mut subscribers = Vec::new();
    for row in 0..8 {
        join(&mut publisher);
        confirmed(&mut publisher, row);
        subscribers.push(publisher.peer);
    }
    let rows: Vec<usize> = (0..80_000).map(|number| number % 8).collect();
    let waiting = |publisher: &Publisher, (_, key): (ConnectionId, ConnectionKey)| {
        publisher.session.queue(key).unwrap().data_len()
    };
    let mut most_waiting = 0;
    for _ in 0..20 {
        publisher.publish(&rows);
        let all: usize = subscribers.iter().map(|subscriber| waiting(&publisher, *subscriber)).sum();
        most_waiting = most_waiting.max(all);
    }
    publisher.wait(Duration::from_secs(5));
    let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("for all subscribers together than maxSendQueues allows"));
    assert!(publisher.take_events().iter().any(is_told));
    // Each of the streams goes beyond by what it encodes before it is looked at.
    assert!((most..2 * most + 8 * SMALLEST_SEND_QUEUE).contains(&most_waiting), "{most_waiting}");

    // Who has the same subscription shares the frames.
    let mut publisher = publisher_with(LimitSettings::default().max_send_queues(most));
    for _ in 0..8 {
        join(&mut publisher);
        confirmed(&mut publisher, 1);
    }
    publisher.publish(&[1; 30_000]);
    publisher.publish(&[1; 10_000]);
    assert!(waiting(&publisher, publisher.peer) > most / 2);
    assert_eq!(publisher.session.statistics().measurements_dropped, 0);
}

#[test]
fn datagrams_that_wait_count_in_the_memory_for_all() {
    let most = 1 << 20;
    let limits_of_all = LimitSettings::default().max_send_queues(most).max_udp_rate(0);
    for is_group in [false, true] {
        let udp = UdpSettings::default().multicast(true);
        let mut publisher = Publisher::new(PublisherSettings::default().limits(limits_of_all).udp(udp));
        for row in 0..8 {
            join(&mut publisher);
            let group = if is_group { format!("; multicastGroup=239.1.2.{row}") } else { String::new() };
            let by_udp = format!("dataChannel={{localport=9{group}}}; {}", filter(&[row]));
            assert_eq!(refusal(&mut publisher, &by_udp), None);
            publisher.send(Command::ConfirmSignalIndexCache, &[]);
            publisher.answers();
        }
        let rows: Vec<usize> = (0..80_000).map(|number| number % 8).collect();
        (0..20).for_each(|_| publisher.publish(&rows));
        let waiting = limits(&publisher).totals.queued();
        assert!((most..2 * most + 8 * SMALLEST_SEND_QUEUE).contains(&waiting), "{waiting}");
        assert!(publisher.session.statistics().measurements_dropped > 0);
        publisher.wait(Duration::from_secs(5));
        let is_told = |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains("for all subscribers together than maxSendQueues allows"));
        assert!(is_group || publisher.take_events().iter().any(is_told));
    }
}

#[test]
fn what_was_taken_does_not_count_of_a_stream_that_has_fallen_silent() {
    let mut publisher = publisher_with(LimitSettings::default().max_send_queues(1 << 20));
    let least = |publisher: &Publisher| {
        let limits = limits(publisher);
        limits.totals.send_queue_limit(&publisher.session.ground.settings)
    };
    let usual = least(&publisher);
    confirmed(&mut publisher, 1);
    let silent = publisher.peer;
    join(&mut publisher);
    confirmed(&mut publisher, 2);
    for row in [1, 2] {
        publisher.publish(&vec![row; 60_000]);
    }
    assert!(least(&publisher) < usual);
    publisher.answers();
    publisher.peer = silent;
    publisher.answers();
    publisher.wait(Duration::from_secs(5));
    assert_eq!(least(&publisher), usual);
}

#[test]
fn requests_of_an_address_wait_when_they_are_too_many() {
    let limits = LimitSettings::default().subscribes_per_second(1).metadata_requests_per_second(1);
    let mut publisher = publisher_with(limits);
    for (command, payload, key) in [
        (Command::Subscribe, subscribe_payload(&filter(&[1]), TextEncoding::Utf8), "subscribesPerSecond, 1,"),
        (Command::MetadataRefresh, Vec::new(), "metadataRequestsPerSecond, 1,"),
    ] {
        publisher.wait(Duration::from_secs(60));
        publisher.answers();
        (0..7).for_each(|_| publisher.send(command, &payload));
        let answered = |publisher: &mut Publisher| {
            let answers = publisher.answers();
            answers.iter().filter(|it| (it.response, it.command) == (0x80, command.code())).count()
        };
        assert_eq!(answered(&mut publisher), 5);
        let is_told =
            |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains(key));
        assert!(publisher.take_events().iter().any(is_told));
        publisher.wait(Duration::from_secs(3));
        assert_eq!(answered(&mut publisher), 2);
    }
}
