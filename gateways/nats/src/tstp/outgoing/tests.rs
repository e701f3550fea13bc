//! Batches, names, limits; and that what goes out comes in again as it was.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use sttp::codec::SignalIndexCache;
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::{Measurement, StateFlags, Ticks, Uuid};

use super::{Message, Outgoing};
use crate::operation::{Counter, Metrics};
use crate::tstp::avro::Value;
use crate::tstp::event::Event;
use crate::tstp::generation::Generation;
use crate::tstp::incoming::{Incoming, Mishaps};
use crate::tstp::mishap::Mishap;
use crate::tstp::moment::Now;
use crate::tstp::settings::{TstpIn, TstpOut};

const SIGNALS: [(&str, &str, &str); 4] = [
    ("SHELBY", "SHELBY-FQ", "FREQ"),
    ("SHELBY", "SHELBY-PM1", "VPHM"),
    ("SHELBY", "SHELBY-PA1", "VPHA"),
    ("BUS 2", "BUS 2-FQ", "FREQ"),
];

fn id(number: usize) -> Uuid {
    Uuid::from_u128(0x1234_5678_0000_0000_0000_0000_0000_0000 + number as u128)
}

fn metadata() -> Metadata {
    let mut builder = DataSetBuilder::standard().unwrap();
    let [devices, measurements] =
        ["DeviceDetail", "MeasurementDetail"].map(|name| builder.table_index(name).unwrap());
    for device in ["SHELBY", "BUS 2"] {
        builder.append_row(devices).unwrap().set("Acronym", device).unwrap();
    }
    for (number, (device, reference, kind)) in SIGNALS.into_iter().enumerate() {
        let row = builder.append_row(measurements).unwrap().set("SignalID", id(number)).unwrap();
        let row = row.set("DeviceAcronym", device).unwrap().set("SignalReference", reference).unwrap();
        row.set("SignalAcronym", kind).unwrap().set("PointTag", reference).unwrap();
    }
    Metadata::new(builder.finish())
}

fn signals(count: usize) -> SignalIndexCache {
    let mut cache = SignalIndexCache::new(Uuid::nil());
    (0..count).for_each(|number| cache.push(id(number), "PPA", number as u64));
    cache
}

fn now() -> Now {
    Now { instant: Instant::now(), milliseconds: 1_800_000_000_000 }
}

struct Bench {
    outgoing: Outgoing,
    messages: Vec<Message>,
    left_out: Counter,
    renamed: Counter,
}

impl Bench {
    fn new(settings: TstpOut, signal_count: usize, metadata: Option<&Metadata>) -> Bench {
        let (left_out, renamed) = (Counter::default(), Counter::default());
        let outgoing =
            Outgoing::new("test", settings, Mishap::new(left_out.clone()), Mishap::new(renamed.clone()));
        let mut bench = Bench { outgoing: outgoing.unwrap(), messages: Vec::new(), left_out, renamed };
        bench.outgoing.use_signals(&signals(signal_count), metadata, 1 << 20, now(), &mut bench.messages);
        bench
    }

    fn send(&mut self, measurements: &[Measurement]) -> &[Message] {
        self.outgoing.add(measurements, now(), &mut self.messages);
        self.outgoing.flush(now(), &mut self.messages);
        &self.messages
    }
}

fn of(generation: Generation) -> TstpOut {
    TstpOut { generation, ..TstpOut::default() }
}

fn measurement(row: usize, ticks: i64, value: f32, flags: u32) -> Measurement {
    Measurement {
        signal_id: id(row),
        timestamp: Ticks(ticks),
        value: value.into(),
        flags: StateFlags::from_bits_retain(flags),
        signal_index: row as u32,
    }
}

const SECOND: i64 = Ticks::UNIX_EPOCH.0 + 1_700_000_000 * Ticks::PER_SECOND;

#[test]
fn a_signal_is_a_series_of_its_device() {
    let metadata = metadata();
    let mut bench = Bench::new(of(Generation::A), 4, Some(&metadata));
    let sent = bench.send(&[
        measurement(0, SECOND + 333_333, 59.98, 0),
        measurement(3, SECOND, 60.0, 1 << 31 | 1),
        measurement(0, (SECOND + 20_000) | Ticks::LEAP_SECOND, 60.02, 0),
    ]);
    assert_eq!(sent.len(), 2);
    let subject = "kaa.v1.events.sttp.endpoint.data-collection.data-points-received.FQ";
    assert!(sent.iter().all(|message| &*message.subject == subject));
    assert_eq!((sent[0].points, sent[0].measurements), (2, 2));
    let event = Event::decode(Generation::A, &sent[0].payload).unwrap();
    assert_eq!(
        (event.header.endpoint, event.header.series, event.header.app_version),
        ("SHELBY", "FQ", "sttp")
    );
    assert_eq!((event.header.timestamp, event.header.timeout), (1_800_000_000_000, 0));
    let points: Vec<_> = event
        .points()
        .map(|(point, fields)| {
            let fields: Vec<_> = fields.iter().map(|field| (field.name, field.typed.value)).collect();
            (point.timestamp, point.value.unwrap().value, fields)
        })
        .collect();
    assert_eq!(points[0], (1_700_000_000_033, Value::Float(59.98), vec![("ticks", Value::Int(3_333))]));
    assert_eq!(points[1], (1_700_000_000_002, Value::Float(60.02), vec![("leap", Value::Int(2))]));
    let event = Event::decode(Generation::A, &sent[1].payload).unwrap();
    assert_eq!((event.header.endpoint, event.fields[0].typed.value), ("BUS 2", Value::Long(1 << 31 | 1)));
    assert_ne!(
        Event::decode(Generation::A, &sent[0].payload).unwrap().header.correlation_id,
        event.header.correlation_id
    );
}

#[test]
fn values_of_one_time_share_a_point() {
    let metadata = metadata();
    let settings = TstpOut { timeout: Duration::from_secs(5), ..of(Generation::C) };
    let mut bench = Bench::new(settings, 4, Some(&metadata));
    let sent = bench.send(&[
        measurement(0, SECOND + 1, 1.0, 0),
        measurement(1, SECOND + 1, 2.0, 7),
        // The same again is no value of that point.
        measurement(0, SECOND + 1, 3.0, 0),
        measurement(2, SECOND + 1, 4.0, 0),
        measurement(2, SECOND + 2, 5.0, 0),
    ]);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].points, sent[0].measurements), (3, 5));
    let event = Event::decode(Generation::C, &sent[0].payload).unwrap();
    assert_eq!((event.header.series, event.header.timeout), ("measurements", 5_000));
    let points: Vec<Vec<_>> = event
        .points()
        .map(|(_, fields)| fields.iter().map(|field| (field.name, field.typed.value)).collect())
        .collect();
    let ticks = ("ticks", Value::Int(1));
    assert_eq!(
        points[0],
        [ticks, ("FQ", Value::Float(1.0)), ("PM1", Value::Float(2.0)), ("PM1.flags", Value::Int(7))]
    );
    assert_eq!(points[1], [ticks, ("FQ", Value::Float(3.0)), ("PA1", Value::Float(4.0))]);
    assert_eq!(points[2], [("ticks", Value::Int(2)), ("PA1", Value::Float(5.0))]);
    assert!(event.points.iter().all(|point| point.ingested == 1_800_000_000_000));
}

#[test]
fn no_event_is_larger_than_allowed() {
    let metadata = metadata();
    for generation in Generation::ALL {
        let settings = TstpOut { max_event: 4 << 10, ..of(generation) };
        let mut bench = Bench::new(settings, 4, Some(&metadata));
        let many: Vec<_> = (0..20_000)
            .map(|n| measurement(n % 4, SECOND + (n / 4) as i64, n as f32, n as u32 % 3))
            .collect();
        let sent = bench.send(&many);
        let sizes = || sent.iter().map(|message| message.payload.len());
        assert!(sizes().all(|size| size <= 4 << 10), "{generation}: {:?}", sizes().max());
        // All but the last of each group are nearly full.
        assert!(sizes().filter(|size| *size < 3 << 10).count() <= 4, "{generation}");
        assert_eq!(sent.iter().map(|message| message.measurements).sum::<u64>(), 20_000);
    }
}

#[test]
fn a_deadline_is_that_of_the_first() {
    let mut bench = Bench::new(of(Generation::A), 4, None);
    assert_eq!(bench.outgoing.deadline(), None);
    let first = now();
    bench.outgoing.add(&[measurement(0, SECOND, 1.0, 0)], first, &mut bench.messages);
    bench.outgoing.add(&[measurement(1, SECOND, 1.0, 0)], now(), &mut bench.messages);
    assert_eq!(bench.outgoing.deadline(), Some(first.instant + Duration::from_millis(100)));
    bench.outgoing.flush(now(), &mut bench.messages);
    assert_eq!((bench.outgoing.deadline(), bench.messages.len()), (None, 2));
}

#[test]
fn signals_without_metadata_have_their_ids() {
    let mut bench = Bench::new(of(Generation::B), 1, None);
    let sent = bench.send(&[measurement(0, SECOND, 1.0, 0)]);
    let event = Event::decode(Generation::B, &sent[0].payload).unwrap();
    let id = id(0).to_string();
    assert_eq!((event.header.endpoint, event.header.series), ("PPA", id.as_str()));
    assert_eq!(event.fields[0].name, id);
}

#[test]
fn signals_are_kept_apart_and_told() {
    let metadata = metadata();
    for generation in Generation::ALL {
        let template = |text: &str| text.parse().unwrap();
        let settings = TstpOut { series: Some(template("all")), value: template("ticks"), ..of(generation) };
        let mut bench = Bench::new(settings, 4, Some(&metadata));
        let sent = bench.send(&(0..4).map(|row| measurement(row, SECOND, 1.0, 0)).collect::<Vec<_>>());
        let mut names = Vec::new();
        for message in sent {
            let event = Event::decode(generation, &message.payload).unwrap();
            let own = event.fields.iter().map(|field| field.name);
            let own = if generation.has_named_values() { own.collect() } else { vec![""] };
            names.extend(
                own.iter().map(|name| format!("{}/{}/{name}", event.header.endpoint, event.header.series)),
            );
        }
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!((names.len(), distinct.len()), (4, 4), "{names:?}");
        // In generations B and C all of them, since ticks are something else.
        assert_eq!(bench.renamed.get(), if generation.has_named_values() { 4 } else { 2 });
    }
}

#[test]
fn what_no_event_can_have_is_counted() {
    let metadata = metadata();
    let long = format!("{{PointTag}}{}", "x".repeat(5_000));
    let settings = TstpOut { series: Some(long.parse().unwrap()), max_event: 4 << 10, ..of(Generation::A) };
    let mut bench = Bench::new(settings, 4, Some(&metadata));
    assert!(bench.send(&[measurement(0, SECOND, 1.0, 0), measurement(9, SECOND, 1.0, 0)]).is_empty());
    assert_eq!((bench.left_out.get(), bench.renamed.get()), (2, 4));
    // Room enough in the event, but not in the subject.
    let settings = TstpOut { series: Some(long.parse().unwrap()), ..of(Generation::A) };
    let mut bench = Bench::new(settings, 4, Some(&metadata));
    assert!(bench.send(&[measurement(0, SECOND, 1.0, 0)]).is_empty());
    assert_eq!(bench.left_out.get(), 1);
}

#[test]
fn tags_tell_more_of_signals() {
    let metadata = metadata();
    let template = |text: &str| text.parse().unwrap();
    let tags = BTreeMap::from([
        ("kind".to_owned(), template("{SignalAcronym}")),
        ("empty".to_owned(), template("{Description}")),
    ]);
    for (generation, name) in [(Generation::A, "kind"), (Generation::B, "FQ.kind")] {
        let mut bench = Bench::new(TstpOut { tags: tags.clone(), ..of(generation) }, 4, Some(&metadata));
        let sent = bench.send(&[measurement(0, SECOND, 1.0, 0)]);
        let event = Event::decode(generation, &sent[0].payload).unwrap();
        let tag = event.fields.last().unwrap();
        assert_eq!((tag.name, tag.typed.value), (name, Value::String("FREQ")));
        assert_eq!(event.fields.len(), if generation.has_named_values() { 2 } else { 1 });
    }
}

/// The key of a measurement, with the bits of its value.
fn key(signal_id: Uuid, measurement: &Measurement) -> (Uuid, i64, u32, u32) {
    let value = (measurement.value as f32).to_bits();
    (signal_id, measurement.timestamp.0, value, measurement.flags.bits())
}

fn any_measurement() -> impl Strategy<Value = Measurement> {
    // A quiet NaN, because none else goes through 64 bits and back as it was.
    let value = any::<u32>().prop_map(|bits| {
        let value = f32::from_bits(bits);
        if value.is_nan() { f32::from_bits(bits | 0x0040_0000) } else { value }
    });
    let time = prop_oneof![any::<i64>(), SECOND..SECOND + 30_000];
    (0..4_usize, time, value, prop_oneof![Just(0), any::<u32>()])
        .prop_map(|(row, time, value, flags)| measurement(row, time, value, flags))
}

proptest! {
    #[test]
    fn measurements_come_back_as_they_were(
        number in 0..3_usize,
        measurements in prop::collection::vec(any_measurement(), 0..60),
    ) {
        let metadata = metadata();
        let generation = Generation::ALL[number];
        let tags = BTreeMap::from([("signalID".to_owned(), "{SignalID}".parse().unwrap())]);
        let mut bench = Bench::new(TstpOut { tags, max_event: 4 << 10, ..of(generation) }, 4, Some(&metadata));
        let metrics = Metrics::default();
        let mut incoming =
            Incoming::new(TstpIn { generation, ..TstpIn::default() }, Mishaps::new(&metrics));
        for message in bench.send(&measurements) {
            let outcome = incoming.take(&message.subject, &message.payload, now());
            prop_assert_eq!((outcome.status, outcome.reason), (200, None));
        }
        incoming.use_metadata(Instant::now(), now());
        let mut sent: Vec<_> = measurements.iter().map(|one| key(one.signal_id, one)).collect();
        let mut came: Vec<_> = incoming.ready.iter().map(|one| key(one.signal_id, one)).collect();
        sent.sort();
        came.sort();
        prop_assert_eq!(came, sent);
    }
}
