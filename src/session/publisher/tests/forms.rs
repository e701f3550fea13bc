//! Forms of subscriptions: base times, throttling, the filter of what is not a number.

use super::*;
use crate::session::publisher::subscription::PayloadFormat;
use crate::settings::SMALLEST_SEND_QUEUE;

const PERIOD: Duration = Duration::from_secs(420);
const SECOND: i64 = Ticks::PER_SECOND;

fn with_settings(settings: PublisherSettings, modes: u32, connection_string: &str) -> Publisher {
    let mut publisher = Publisher::new(settings);
    publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
    publisher.subscribe(connection_string);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher
}

fn with_base_times(form: &str) -> Publisher {
    let settings = PublisherSettings { base_times: true, ..PublisherSettings::default() };
    with_settings(settings, PLAIN, &format!("{form};{}", filter(&[1])))
}

fn throttled(form: &str) -> Publisher {
    let form = format!("throttled=true;{form};{}", filter(&[1, 2, 3]));
    with_settings(PublisherSettings::default(), PLAIN, &form)
}

impl Publisher {
    /// Publishes a measurement of row 1 so many ticks after the start of these tests.
    fn publish_at(&mut self, after: i64) {
        self.publish_value(1, after, 1.5, 0);
    }

    fn publish_value(&mut self, row: u32, after: i64, value: f32, flags: u32) {
        let measurement = RawMeasurement { ticks: TICKS + after, row, flags, value_bits: value.to_bits() };
        self.session.publish(&[measurement], self.now);
        self.session.finish_packets();
    }

    /// Measurements of the packets queued: flags, signal index, value and time as they are written.
    fn measurements(&mut self, time_length: usize) -> Vec<(u8, u32, f32, Vec<u8>)> {
        let mut measurements = Vec::new();
        for answer in self.answers().iter().filter(|answer| answer.response == 0x82) {
            let (header, body) = answer.payload.split_at(5);
            let count = u32::from_be_bytes(header[1..].try_into().unwrap()) as usize;
            assert_eq!(body.len(), count * (9 + time_length));
            measurements.extend(body.chunks(9 + time_length).map(|bytes| {
                let number =
                    |range: std::ops::Range<usize>| u32::from_be_bytes(bytes[range].try_into().unwrap());
                (bytes[0], number(1..5), f32::from_bits(number(5..9)), bytes[9..].to_vec())
            }));
        }
        measurements
    }

    fn only_time(&mut self, time_length: usize) -> (u8, Vec<u8>) {
        let [(flags, _, _, time)] = &self.measurements(time_length)[..] else { panic!("one measurement") };
        (*flags, time.clone())
    }
}

fn base_times_payload(time_index: u8, seconds: [i64; 2]) -> Vec<u8> {
    let [first, second] = seconds.map(|seconds| (TICKS + seconds * SECOND).to_be_bytes());
    [&[0, 0, 0, time_index][..], &first, &second].concat()
}

#[test]
fn base_times_come_before_the_first_packet_and_take_turns() {
    let mut publisher = with_base_times("");
    publisher.publish_at(0);
    let answers = publisher.answers();
    let codes: Vec<_> = answers.iter().map(|answer| (answer.response, answer.command)).collect();
    assert_eq!(codes, [(0x86, 0x02), (0x84, 0x02), (0x82, 0x02)]);
    assert_eq!(answers[1].payload, base_times_payload(0, [0, 420]));
    assert_eq!(answers[2].payload.len(), 5 + 17, "no offset is 0");
    publisher.publish_at(258);
    assert_eq!(publisher.only_time(4), (0x40, vec![0, 0, 1, 2]));
    publisher.publish_at(419 * SECOND);

    assert_eq!(publisher.wait(PERIOD), []);
    publisher.answers();
    publisher.publish_at(420 * SECOND + 1);
    let answers = publisher.answers();
    assert_eq!(answers[0].response, 0x84);
    assert_eq!(answers[0].payload, base_times_payload(1, [419 + 420, 420]));
    assert_eq!(answers[1].payload[5], 0xC0);
    publisher.publish_at(420 * SECOND);
    assert_eq!(publisher.only_time(8).0, 0);
}

#[test]
fn what_is_encoded_before_a_rotation_is_sent_with_the_base_times_from_before() {
    let mut publisher = with_base_times("");
    publisher.publish_at(0);
    publisher.answers();
    let measurement = RawMeasurement { ticks: TICKS + 258, row: 1, ..RawMeasurement::default() };
    publisher.session.publish(&[measurement], publisher.now);
    publisher.wait(PERIOD);
    publisher.publish_at(421 * SECOND);
    let answers = publisher.answers();
    let codes = answers.iter().map(|answer| answer.response).filter(|response| *response != 0xFF);
    assert_eq!(codes.collect::<Vec<_>>(), [0x82, 0x84, 0x82]);
}

#[test]
fn offsets_are_used_within_their_reach_only() {
    for (form, length, unit, reach) in [
        ("", 4, 1, 0xFFFF_FFFF_i64),
        ("useMillisecondResolution=true", 2, Ticks::PER_MILLISECOND, 0xFFFF * Ticks::PER_MILLISECOND),
    ] {
        let mut publisher = with_base_times(form);
        publisher.publish_at(0);
        publisher.answers();
        for (after, is_offset) in
            [(1, true), (reach - 1, true), (reach, false), (0, false), (-1, false), (123_456_789, true)]
        {
            publisher.publish_at(after);
            let (time_length, flags) = if is_offset { (length, 0x40) } else { (8, 0) };
            let (got, time) = publisher.only_time(time_length);
            assert_eq!(got, flags, "{form} {after}");
            let expected = if is_offset { after / unit } else { TICKS + after };
            assert_eq!(time, expected.to_be_bytes()[8 - time_length..], "{form} {after}");
        }
        publisher.publish_at(1 | Ticks::LEAP_SECOND);
        assert_eq!(publisher.only_time(8).0, 0);
    }
}

#[test]
fn whoever_joins_gets_the_base_times_in_use_first() {
    let mut publisher = with_base_times("");
    publisher.publish_at(0);
    publisher.wait(PERIOD);
    publisher.publish_at(421 * SECOND);
    publisher.answers();

    let first = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.publish_at(422 * SECOND);
    let joined = publisher.answers();
    assert_eq!(joined.iter().map(|answer| answer.response).collect::<Vec<_>>(), [0x86, 0x84, 0x82]);
    assert_eq!(joined[1].payload, base_times_payload(1, [420, 420]));
    publisher.peer = first;
    assert_eq!(publisher.answers(), joined[2..]);
}

#[test]
fn a_new_subscription_gets_base_times_again_even_if_they_are_the_same() {
    let mut publisher = with_base_times("");
    publisher.publish_at(0);
    publisher.answers();
    let first = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.peer = first;
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.publish_at(SECOND);
    let answers = publisher.answers();
    assert_eq!(answers[1].payload, base_times_payload(0, [0, 420]));
}

#[test]
fn no_base_times_without_need() {
    let on = PublisherSettings { base_times: true, ..PublisherSettings::default() };
    for (settings, modes, form) in [
        (PublisherSettings::default(), PLAIN, ""),
        (PublisherSettings::default(), PLAIN, "useMillisecondResolution=true"),
        (on, PLAIN, "includeTime=false"),
        (on, TSSC, ""),
    ] {
        let mut publisher = with_settings(settings, modes, &format!("{form};{}", filter(&[1])));
        for after in [0, 1, SECOND] {
            publisher.publish_at(after);
        }
        let keep_alive = publisher.session.deadline().unwrap();
        assert!(keep_alive <= publisher.now.instant + KEEP_ALIVE);
        let packets = publisher.answers();
        assert!(packets.iter().all(|answer| answer.response != 0x84));
        let with_full_times = packets.iter().filter(|answer| answer.payload.len() == 5 + 17).count();
        let expected = if modes == TSSC || form.starts_with("includeTime") { 0 } else { 3 };
        assert_eq!(with_full_times, expected, "{form}");
    }
}

#[test]
fn datagrams_have_full_times() {
    let settings = PublisherSettings { base_times: true, ..PublisherSettings::default() };
    for modes in [PLAIN, TSSC] {
        let form = format!("dataChannel={{localport=9600}};{}", filter(&[1]));
        let publisher = with_settings(settings, modes, &form);
        let [stream] = &publisher.session.feed.streams[..] else { panic!("one stream") };
        let full = PayloadFormat::Compact { include_time: true, base_times: None };
        assert_eq!(stream.subscription.format, full);
    }
}

#[test]
fn without_time_measurements_take_nine_bytes() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.subscribe(&format!("includeTime=false;useMillisecondResolution=true;{}", filter(&[1])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish_at(5);
    assert_eq!(publisher.measurements(0), [(0, 0, 1.5, vec![])]);
}

#[test]
fn throttled_streams_carry_the_latest_value_of_each_signal_once_per_interval() {
    let mut publisher = throttled("publishInterval=0.5");
    publisher.publish(&[1, 2, 4]);
    publisher.publish_value(2, 7, 70.0, 0x1000);
    assert_eq!(publisher.answers(), []);
    assert_eq!(publisher.session.deadline(), Some(publisher.now.instant + Duration::from_millis(500)));
    publisher.wait(Duration::from_millis(499));
    assert_eq!(publisher.answers(), []);
    publisher.wait(Duration::from_millis(1));
    let latest_of_two = (0x10, 1, 70.0, (TICKS + 7).to_be_bytes().to_vec());
    let first = publisher.measurements(8);
    assert_eq!(first, [(0, 0, 1.5, (TICKS + 1).to_be_bytes().to_vec()), latest_of_two.clone()]);

    publisher.publish_value(3, 2, 30.0, 0);
    publisher.publish_value(1, -5, 10.0, 0);
    publisher.wait(Duration::from_millis(500));
    let latest_of_one = (0, 0, 10.0, (TICKS - 5).to_be_bytes().to_vec());
    let latest_of_three = (0, 2, 30.0, (TICKS + 2).to_be_bytes().to_vec());
    let all = [latest_of_one, latest_of_two, latest_of_three];
    assert_eq!(publisher.measurements(8), all);
    publisher.wait(Duration::from_millis(500));
    assert_eq!(publisher.measurements(8), all, "also what did not change");
}

#[test]
fn missed_sets_are_not_made_up_for() {
    let mut publisher = throttled("publishInterval=1");
    publisher.publish(&[1]);
    publisher.wait(Duration::from_millis(4300));
    assert_eq!(publisher.measurements(8).len(), 1);
    assert_eq!(publisher.session.deadline(), Some(publisher.now.instant + Duration::from_millis(700)));
}

#[test]
fn the_lag_time_is_the_interval_of_subscribers_that_name_none() {
    for (form, milliseconds) in [
        ("publishInterval=0", 1000),
        ("publishInterval=-1;lagTime=10", 1000),
        ("publishInterval=-1;lagTime=2.5", 2500),
        ("publishInterval=0.2;lagTime=2.5", 200),
        ("publishInterval=0.000001", 10),
        ("publishInterval=NaN", 1000),
        ("publishInterval=1e300", 86_400_000),
        ("publishInterval=0;lagTime=1e300", 86_400_000),
        ("", 1000),
    ] {
        let mut publisher = throttled(form);
        publisher.publish(&[1]);
        let now = publisher.now.instant;
        let deadlines = publisher.session.feed.streams.iter().filter_map(|stream| stream.deadline());
        let expected = now + Duration::from_millis(milliseconds);
        assert_eq!(deadlines.collect::<Vec<_>>(), [expected], "{form}");
    }
}

#[test]
fn unreasonable_times_are_marked_when_the_subscriber_wants_them_checked() {
    let bad_time = 0x04;
    for (form, expected) in [
        ("", [0, 0, 0]),
        ("lagTime=1;leadTime=1", [0, 0, 0]),
        ("enableTimeReasonabilityCheck=true", [0, bad_time, 0]),
        ("enableTimeReasonabilityCheck=true;lagTime=20.5;leadTime=1.5", [0, 0, bad_time]),
    ] {
        let mut publisher = throttled(&format!("publishInterval=1;{form}"));
        publisher.publish_value(1, 0, 1.0, 0);
        publisher.publish_value(2, -15 * SECOND, 2.0, 0);
        publisher.publish_value(3, 3 * SECOND, 3.0, 0);
        publisher.wait(Duration::from_secs(1));
        let received = publisher.measurements(8);
        let marks: Vec<u8> = received.iter().map(|(flags, ..)| *flags).collect();
        assert_eq!(marks, expected, "{form}");
        assert!(received.iter().map(|(_, _, value, _)| *value).eq([1.0, 2.0, 3.0]), "values stay");
    }
}

#[test]
fn a_time_becomes_unreasonable_by_waiting() {
    let mut publisher = throttled("publishInterval=4;enableTimeReasonabilityCheck=true");
    publisher.publish(&[1]);
    let mut marks = Vec::new();
    for _ in 0..4 {
        publisher.wait(Duration::from_secs(4));
        marks.extend(publisher.measurements(8).iter().map(|(flags, ..)| *flags));
    }
    assert_eq!(marks, [0, 0, 0x04, 0x04]);
}

#[test]
fn subscribers_with_the_same_interval_share_a_stream() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    let forms = [
        "throttled=true;publishInterval=2",
        "throttled=true;publishInterval=2.000;leadTime=7",
        "throttled=true;publishInterval=3",
        "throttled=true;publishInterval=2;enableTimeReasonabilityCheck=true",
        "publishInterval=2",
        "useMillisecondResolution=true",
    ];
    for form in forms {
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(&format!("{form};{}", filter(&[1])));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
    }
    let members: Vec<_> = publisher.session.feed.streams.iter().map(|stream| stream.members.len()).collect();
    assert_eq!(members, [2, 1, 1, 2]);
}

#[test]
fn throttled_streams_follow_redefined_metadata() {
    let mut publisher = throttled("publishInterval=1");
    publisher.publish(&[1, 2, 3]);
    publisher.session.set_catalog(catalog(3), publisher.now);
    publisher.publish_value(2, 9, 20.0, 0);
    publisher.wait(Duration::from_secs(1));
    let values: Vec<f32> = publisher.measurements(8).iter().map(|(_, _, value, _)| *value).collect();
    assert_eq!(values, [1.5, 20.0, 3.5], "until the subscriber confirms its new signals");
}

#[test]
fn sets_wait_with_everything_else_for_slow_subscribers() {
    let overflow = Overflow::Wait { timeout: None };
    let settings = PublisherSettings { overflow, send_queue_limit: 0, ..PublisherSettings::default() };
    let form = format!("throttled=true;publishInterval=0.01;{}", filter(&[1]));
    let mut publisher = with_settings(settings, PLAIN, &form);
    publisher.publish(&[1]);
    for _ in 0..10_000 {
        publisher.wait(Duration::from_millis(10));
    }
    let queued = publisher.session.queue(publisher.key()).unwrap().data_len();
    assert!((SMALLEST_SEND_QUEUE..SMALLEST_SEND_QUEUE + 100).contains(&queued), "{queued}");
}

#[test]
fn the_answer_tells_what_the_subscriber_gets() {
    for (nan_filter, form, expected) in [
        (NanFilter::Allowed, "requestNaNValueFilter=true", "Client subscribed as compact with 1 signals."),
        (
            NanFilter::Forced,
            "throttled=true;publishInterval=0.25",
            "Client subscribed as compact with 1 signals, the latest values every 0.25 s; \
             this publisher filters NaN values for all subscribers.",
        ),
        (
            NanFilter::Forbidden,
            "requestNaNValueFilter=true",
            "Client subscribed as compact with 1 signals; NaN values are not filtered, \
             because this publisher forbids it.",
        ),
    ] {
        let mut publisher = Publisher::new(PublisherSettings { nan_filter, ..PublisherSettings::default() });
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.subscribe(&format!("{form};{}", filter(&[1])));
        assert_eq!(publisher.answers().pop().unwrap().text(TextEncoding::Utf8), expected);
    }
}

#[test]
fn the_publisher_may_forbid_or_force_the_filter_of_what_is_not_a_number() {
    for (nan_filter, wished, filtered) in [
        (NanFilter::Allowed, false, false),
        (NanFilter::Allowed, true, true),
        (NanFilter::Forbidden, true, false),
        (NanFilter::Forced, false, true),
    ] {
        let settings = PublisherSettings { nan_filter, ..PublisherSettings::default() };
        for (modes, throttled) in [(PLAIN, false), (TSSC, false), (PLAIN, true)] {
            let wishes = format!("requestNaNValueFilter={wished};throttled={throttled}");
            let mut publisher = with_settings(settings, modes, &format!("{wishes};{}", filter(&[1])));
            publisher.publish_value(1, 0, 1.0, 0);
            publisher.publish_value(1, 1, f32::NAN, 0);
            publisher.wait(Duration::from_secs(1));
            let packets = publisher.answers();
            let counts = packets.iter().filter(|answer| answer.response == 0x82);
            let total: u32 = counts.map(|packet| u32::from(packet.payload[4])).sum();
            let expected = if throttled || filtered { 1 } else { 2 };
            assert_eq!(total, expected, "{nan_filter:?} {wishes} {modes:x}");
            if throttled {
                let value = f32::from_be_bytes(packets.last().unwrap().payload[10..14].try_into().unwrap());
                assert_eq!(value.is_nan(), !filtered, "the last number stays");
            }
        }
    }
}
