//! What becomes of events of any transmitter.

use std::time::{Duration, Instant};

use sttp::{Measurement, StateFlags, Ticks};

use super::registry::signal_id;
use super::{Incoming, Mishaps, correlation_id};
use crate::operation::Metrics;
use crate::tstp::avro::Value;
use crate::tstp::event::{Event, Field, Header, Point, Typed};
use crate::tstp::generation::Generation;
use crate::tstp::moment::Now;
use crate::tstp::settings::TstpIn;
use crate::tstp::subject;

const MILLISECONDS: i64 = 1_700_000_000_000;

fn now() -> Now {
    Now { instant: Instant::now(), milliseconds: MILLISECONDS + 1_000 }
}

struct Bench {
    incoming: Incoming,
    metrics: Metrics,
}

impl Bench {
    fn new(settings: TstpIn) -> Bench {
        let metrics = Metrics::default();
        let mishaps = Mishaps::new(&metrics);
        Bench { incoming: Incoming::new(settings, mishaps), metrics }
    }

    fn of(generation: Generation) -> Bench {
        Bench::new(TstpIn { generation, ..TstpIn::default() })
    }

    fn take(&mut self, generation: Generation, event: &Event<'_>) -> (i32, Option<String>) {
        let mut payload = Vec::new();
        event.encode(generation, &mut payload);
        let subject = subject::of_series("t", event.header.series).unwrap_or_default();
        let outcome = self.incoming.take(&subject, &payload, now());
        (outcome.status, outcome.reason)
    }

    /// Puts the metadata in use, and gives what is ready.
    fn ready(&mut self) -> Vec<Measurement> {
        self.incoming.metadata().unwrap();
        self.incoming.use_metadata(Instant::now(), now());
        std::mem::take(&mut self.incoming.ready)
    }

    /// The number in a line of the metrics.
    fn count(&self, line: &str) -> u64 {
        let text = self.metrics.text();
        let number = text.lines().find_map(|each| each.strip_prefix(line)?.strip_prefix(' '));
        number.unwrap_or_else(|| panic!("no {line} in {text}")).parse().unwrap()
    }

    fn dropped(&self, why: &str) -> u64 {
        self.count(&format!("sttp_tstp_in_events_dropped_total{{why=\"{why}\"}}"))
    }

    fn left_out(&self, why: &str) -> u64 {
        self.count(&format!("sttp_tstp_in_values_left_out_total{{why=\"{why}\"}}"))
    }
}

fn typed(value: Value<'_>) -> Typed<'_> {
    Typed { content_type: None, value }
}

fn header<'a>(endpoint: &'a str, series: &'a str) -> Header<'a> {
    Header { correlation_id: "c-1", timestamp: MILLISECONDS, timeout: 0, app_version: "v1", endpoint, series }
}

/// An event of generation A: a point for each value, all with the same tags.
fn tagged<'a>(header: Header<'a>, values: &[Typed<'a>], tags: &[(&'a str, Value<'a>)]) -> Event<'a> {
    let point = |value: &Typed<'a>| Point {
        ingested: 0,
        timestamp: MILLISECONDS,
        value: Some(*value),
        field_count: tags.len(),
    };
    let tags = tags.iter().map(|(name, value)| Field { name, typed: typed(*value) });
    let fields = values.iter().flat_map(|_| tags.clone()).collect();
    Event { header, points: values.iter().map(point).collect(), fields, unknown_bytes: 0 }
}

/// An event of generations B and C with one point.
fn named<'a>(header: Header<'a>, values: &[(&'a str, Value<'a>)]) -> Event<'a> {
    let fields = values.iter().map(|(name, value)| Field { name, typed: typed(*value) });
    let point = Point { ingested: 0, timestamp: MILLISECONDS, value: None, field_count: values.len() };
    Event { header, points: vec![point], fields: fields.collect(), unknown_bytes: 0 }
}

#[test]
fn every_branch_is_understood() {
    let mut bench = Bench::of(Generation::A);
    let composite = Typed { content_type: Some("text/plain"), value: Value::String("5") };
    let values = [
        typed(Value::Boolean(true)),
        typed(Value::Int(-7)),
        typed(Value::Long(1 << 40)),
        typed(Value::Float(f32::NAN)),
        typed(Value::Double(0.1)),
        typed(Value::String(" -1.5e3 ")),
        typed(Value::Int(16_777_217)),
        typed(Value::String("on")),
        typed(Value::String("inf")),
        typed(Value::String("")),
        composite,
        typed(Value::Bytes(&[1, 2])),
        typed(Value::Null),
    ];
    let (status, reason) = bench.take(Generation::A, &tagged(header("pump 1", "flow"), &values, &[]));
    assert_eq!(
        (status, reason.as_deref()),
        (200, Some("6 of 13 values are no numbers, 0 have no time of STTP"))
    );
    let values: Vec<f64> = bench.ready().iter().map(|one| one.value).collect();
    assert_eq!(values[..3], [1.0, -7.0, (1_u64 << 40) as f64]);
    assert!(values[3].is_nan());
    assert_eq!(values[4..], [0.1, -1_500.0, 16_777_216.0]);
    assert_eq!([bench.left_out("text"), bench.left_out("bytes"), bench.left_out("null")], [4, 1, 1]);
    assert_eq!(bench.count("sttp_tstp_in_values_total"), 13);
    assert_eq!(bench.count("sttp_tstp_in_measurements_total"), 7);
    assert_eq!(bench.count("sttp_tstp_in_values_rounded_total"), 2);
    // Nothing but what is no number.
    let event = tagged(header("pump 1", "flow"), &[typed(Value::Null)], &[]);
    assert_eq!(bench.take(Generation::A, &event).0, 422);
}

#[test]
fn texts_need_not_be_numbers() {
    let mut bench = Bench::new(TstpIn { numbers_in_texts: false, ..TstpIn::default() });
    let event = tagged(header("e", "s"), &[typed(Value::String("5"))], &[]);
    assert_eq!(bench.take(Generation::A, &event).0, 422);
    assert_eq!(bench.left_out("text"), 1);
}

#[test]
fn tags_carry_ticks_leap_seconds_and_flags() {
    let mut bench = Bench::of(Generation::A);
    let tags = [
        ("ticks", Value::Int(9_999)),
        ("leap", Value::Long(2)),
        ("flags", Value::Long(0x8000_0001)),
        ("phase", Value::String("A")),
    ];
    bench.take(Generation::A, &tagged(header("e", "s"), &[typed(Value::Int(1))], &tags));
    let ready = bench.ready();
    let ticks = Ticks::UNIX_EPOCH.0 + MILLISECONDS * Ticks::PER_MILLISECOND + 9_999;
    assert_eq!(ready[0].timestamp, Ticks(ticks | Ticks::LEAP_SECOND));
    assert_eq!(ready[0].flags, StateFlags::BAD_DATA | StateFlags::MEASUREMENT_ERROR);
    assert_eq!(bench.count("sttp_tstp_in_tags_unused_total"), 1);
    // Tags of these names that are something else.
    let tags = [
        ("ticks", Value::Int(10_000)),
        ("leap", Value::String("2")),
        ("flags", Value::Int(-1)),
        ("signalID", Value::String("none")),
    ];
    bench.take(Generation::A, &tagged(header("e", "s"), &[typed(Value::Int(1))], &tags));
    let ready = bench.ready();
    assert_eq!((ready[0].timestamp.0, ready[0].flags), (ticks - 9_999, StateFlags::empty()));
    assert_eq!(bench.count("sttp_tstp_in_tags_unused_total"), 5);
}

#[test]
fn values_carry_what_is_beside_them() {
    for generation in [Generation::B, Generation::C] {
        let mut bench = Bench::of(generation);
        let event = named(
            header("e", "s"),
            &[
                ("a.flags", Value::Int(5)),
                ("ticks", Value::Int(3)),
                ("a", Value::Double(1.5)),
                ("a.b", Value::Int(2)),
                ("a.b.flags", Value::Int(6)),
                ("a.unit", Value::String("V")),
                ("a.signalType", Value::String("VPHM")),
                ("c.flags", Value::Int(7)),
                ("d", Value::String("on")),
            ],
        );
        assert_eq!(bench.take(generation, &event).0, 200);
        let mut ready: Vec<_> =
            bench.ready().iter().map(|one| (one.signal_id, one.value, one.flags.bits())).collect();
        let id = |value: &str| signal_id("e", "s", value);
        // Nothing is called c, so that c.flags is a value itself.
        let mut expected = [(id("a"), 1.5, 5), (id("a.b"), 2.0, 6), (id("c.flags"), 7.0, 0)];
        ready.sort_by_key(|one| one.0);
        expected.sort_by_key(|one| one.0);
        assert_eq!(ready, expected);
        assert_eq!((bench.left_out("text"), bench.count("sttp_tstp_in_tags_unused_total")), (1, 1));
        let metadata = bench.incoming.metadata().unwrap();
        let kinds: Vec<_> = metadata.measurements().map(|one| one.signal_acronym().unwrap()).collect();
        assert_eq!(kinds, ["VPHM", "ALOG", "ALOG"]);
    }
}

#[test]
fn metadata_tell_of_what_was_seen() {
    let signal_types = [("flow".to_owned(), "CALC".to_owned()), ("U*".to_owned(), "VPHM".to_owned())].into();
    let mut bench = Bench::new(TstpIn { signal_types, ..TstpIn::default() });
    for (endpoint, series) in [("pump 1", "flow"), ("Pump 1", "U1"), ("pump 1", "<x>"), ("泵", "Flow")] {
        bench.take(Generation::A, &tagged(header(endpoint, series), &[typed(Value::Int(1))], &[]));
    }
    let metadata = bench.incoming.metadata().unwrap();
    assert!(metadata.validate().is_empty(), "{:?}", metadata.validate().told());
    let devices: Vec<_> =
        metadata.devices().map(|device| (device.acronym().unwrap(), device.name().unwrap())).collect();
    assert_eq!((devices[0], devices[2]), (("PUMP_1", "pump 1"), ("TSTP", "泵")));
    assert!(devices[1].0.starts_with("PUMP_1_") && devices[1].1 == "Pump 1");
    let signals: Vec<_> = metadata
        .measurements()
        .map(|one| (one.point_tag().unwrap(), one.signal_acronym().unwrap(), one.signal_reference().unwrap()))
        .collect();
    assert_eq!(signals[0], ("PUMP_1:flow", "CALC", "PUMP_1-AV1"));
    assert_eq!(signals[1].1, "VPHM");
    assert_eq!(signals[2], ("PUMP_1:<x>", "ALOG", "PUMP_1-AV2"));
    let first = metadata.measurement(0).unwrap();
    assert_eq!(first.signal_id(), Some(signal_id("pump 1", "flow", "")));
    assert_eq!(first.id(), Some("TSTP:1"));
}

#[test]
fn signal_ids_depend_on_names_alone() {
    assert_eq!(signal_id("e", "s", "").to_string(), "ddbeb2c0-e948-58c3-a508-46c52f3ae8ba");
    assert_ne!(signal_id("e", "s", ""), signal_id("E", "s", ""));
    assert_ne!(signal_id("e", "s", ""), signal_id("e", "s", "s"));
    assert_eq!(signal_id("e", "s", "v").get_version_num(), 5);
}

#[test]
fn a_transmitter_may_want_an_id_that_nobody_has() {
    let mut bench = Bench::of(Generation::A);
    let wanted = "1e9a3b44-67a1-4c16-9f0e-5f6a1f0b7c11";
    for series in ["first", "second"] {
        let tags = [("signalID", Value::String(wanted)), ("signalType", Value::String("FREQ"))];
        bench.take(Generation::A, &tagged(header("e", series), &[typed(Value::Int(1))], &tags));
    }
    let ready = bench.ready();
    assert_eq!(ready[0].signal_id.to_string(), wanted);
    assert_eq!(ready[1].signal_id, signal_id("e", "second", ""));
    assert_eq!(bench.count("sttp_tstp_in_tags_unused_total"), 0);
    let metadata = bench.incoming.metadata().unwrap();
    assert!(metadata.measurements().all(|one| one.signal_acronym() == Some("FREQ")));
}

#[test]
fn measurements_of_new_signals_wait_for_the_metadata() {
    let mut bench = Bench::of(Generation::A);
    let event = |series| tagged(header("e", series), &[typed(Value::Int(1))], &[]);
    assert!(bench.incoming.metadata_due(now()).is_none());
    bench.take(Generation::A, &event("one"));
    assert_eq!((bench.incoming.ready.len(), bench.incoming.waiting()), (0, 1));
    let first = now();
    assert_eq!(bench.incoming.metadata_due(first), Some(first.instant));
    bench.incoming.metadata().unwrap();
    bench.incoming.use_metadata(first.instant, first);
    assert_eq!((bench.incoming.ready.len(), bench.incoming.waiting()), (1, 0));
    assert!(bench.incoming.metadata_due(now()).is_none());
    // The next ones are not at once.
    bench.take(Generation::A, &event("two"));
    bench.take(Generation::A, &event("one"));
    assert_eq!((bench.incoming.ready.len(), bench.incoming.waiting()), (2, 1));
    assert_eq!(bench.incoming.metadata_due(first), Some(first.instant + Duration::from_secs(1)));
    assert_eq!(bench.incoming.counts(), (1, 2));
    // Another version of the application is news, too.
    bench.ready();
    let other = Header { app_version: "v2", ..header("e", "one") };
    bench.take(Generation::A, &tagged(other, &[typed(Value::Int(1))], &[]));
    assert!(bench.incoming.metadata_due(now()).is_some());
}

#[test]
fn expired_events_are_dropped() {
    let mut bench = Bench::of(Generation::A);
    // It is a second later.
    for (timeout, status) in [(0, 200), (1_000, 200), (999, 408), (-5, 200), (i64::MAX, 200)] {
        let header = Header { timeout, ..header("e", "s") };
        assert_eq!(
            bench.take(Generation::A, &tagged(header, &[typed(Value::Int(1))], &[])).0,
            status,
            "{timeout}"
        );
    }
    assert_eq!(bench.dropped("expired"), 1);
}

#[test]
fn other_generations_are_told() {
    let mut bench = Bench::of(Generation::A);
    let event = named(header("e", "s"), &[("v", Value::Int(1))]);
    let (status, reason) = bench.take(Generation::C, &event);
    assert_eq!((status, reason.as_deref()), (400, Some("the event is of generation C, not A")));
    assert_eq!(bench.take(Generation::B, &event).0, 400);
    assert_eq!((bench.dropped("wrong_generation"), bench.dropped("malformed")), (2, 0));
}

#[test]
fn fields_of_a_later_schema_are_left_out() {
    let mut bench = Bench::of(Generation::A);
    let mut payload = Vec::new();
    tagged(header("e", "s"), &[typed(Value::Int(1))], &[]).encode(Generation::A, &mut payload);
    payload.extend([1, 2, 3]);
    let subject = subject::of_series("t", "s").unwrap();
    assert_eq!(bench.incoming.take(&subject, &payload, now()).status, 200);
    assert_eq!(bench.count("sttp_tstp_in_events_with_unknown_fields_total"), 1);
    assert_eq!(bench.ready().len(), 1);
}

#[test]
fn what_is_no_event_or_too_large_is_dropped() {
    let mut bench = Bench::new(TstpIn { max_event: 4 << 10, ..TstpIn::default() });
    let subject = subject::of_series("t", "s").unwrap();
    assert_eq!(bench.incoming.take(&subject, b"{\"correlationId\": 5}", now()).status, 400);
    assert_eq!(bench.incoming.take(&subject, &[], now()).status, 400);
    assert_eq!(bench.incoming.take(&subject, &vec![0; 5_000], now()).status, 413);
    assert_eq!((bench.dropped("malformed"), bench.dropped("oversized")), (2, 1));
    assert_eq!(correlation_id(&[4, b'c', b'1', 0xFF]), "c1");
    assert_eq!(correlation_id(&[0xFF]), "");
}

#[test]
fn the_payload_counts_not_the_subject() {
    let mut bench = Bench::of(Generation::A);
    let mut payload = Vec::new();
    tagged(header("e", "s"), &[typed(Value::Int(1))], &[]).encode(Generation::A, &mut payload);
    bench.incoming.take(&subject::of_series("t", "other").unwrap(), &payload, now());
    assert_eq!(bench.count("sttp_tstp_in_events_under_other_subject_total"), 1);
    assert_eq!(bench.ready()[0].signal_id, signal_id("e", "s", ""));
}

#[test]
fn devices_signals_and_names_are_bounded() {
    let settings = TstpIn { max_devices: 2, max_signals: 3, max_name: 8, ..TstpIn::default() };
    let mut bench = Bench::new(settings);
    let mut take = |endpoint: &str, series: &str| {
        bench.take(Generation::A, &tagged(header(endpoint, series), &[typed(Value::Int(1))], &[])).0
    };
    assert_eq!((take("a", "1"), take("b", "1"), take("c", "1")), (200, 200, 507));
    assert_eq!(
        (take("a", "123456789"), take("a", "\u{7}"), take("a", ""), take("", "1")),
        (507, 507, 507, 507)
    );
    assert_eq!((take("a", "2"), take("a", "3"), take("a", "1")), (200, 507, 200));
    assert_eq!((bench.left_out("limit"), bench.incoming.counts()), (6, (2, 3)));
}

#[test]
fn times_that_sttp_does_not_have_are_left_out() {
    let mut bench = Bench::of(Generation::A);
    let mut event = tagged(header("e", "s"), &[typed(Value::Int(1)), typed(Value::Int(2))], &[]);
    event.points[0].timestamp = i64::MAX;
    let (status, reason) = bench.take(Generation::A, &event);
    assert_eq!(
        (status, reason.as_deref()),
        (200, Some("0 of 2 values are no numbers, 1 have no time of STTP"))
    );
    assert_eq!((bench.left_out("time"), bench.ready().len()), (1, 1));
}
