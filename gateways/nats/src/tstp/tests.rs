//! The codec beside implementations that follow the schemas, on broken bytes, and on random ones; subjects.

use std::io::Write;
use std::process::{Command, Stdio};

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Avro;
use apache_avro::writer::datum::GenericDatumWriter;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::avro::{AvroError, Reader, Value, put_long};
use super::event::{Event, Field, Header, Point, Processed, Typed};
use super::generation::Generation;
use super::subject;
use crate::support::skipped;

/// An event of generation A, written by fastavro.
const SAMPLE: &str = "04633180a0abfef962000e64656d6f2d76310c5348454c425908667265710280a0abfef9620208e17a14ae47014e40020a\
                      666c6167730202000000";

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    hex.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn typed(value: Value<'_>) -> Typed<'_> {
    Typed { content_type: None, value }
}

/// A value of each branch of the union.
const VALUES: [Value<'static>; 8] = [
    Value::Boolean(true),
    Value::Int(-7),
    Value::Long(1 << 40),
    Value::Float(59.98),
    // One that 32 bits have, too: another implementation may write it as a float.
    Value::Double(-0.125),
    Value::String("Überland"),
    Value::Bytes(&[0, 255]),
    Value::Null,
];
const NAMES: [&str; 8] = ["b", "i", "l", "f", "d", "s", "y", "n"];

/// An event of a generation with every branch wherever there is a union.
fn full(generation: Generation) -> Event<'static> {
    let header = Header {
        correlation_id: "c-1",
        timestamp: 1_700_000_000_000,
        timeout: 5_000,
        app_version: "v1",
        endpoint: "SHELBY",
        series: "FQ",
    };
    let (mut points, mut fields) = (Vec::new(), Vec::new());
    for (number, value) in (0..).zip(VALUES) {
        let point = Point {
            ingested: if generation.has_ingestion_time() { 1_700_000_000_100 + number } else { 0 },
            timestamp: -5 + number,
            value: (!generation.has_named_values())
                .then_some(Typed { content_type: (number == 5).then_some("text/plain"), value }),
            // The last point has none.
            field_count: if number == 7 { 0 } else { VALUES.len() },
        };
        for (name, value) in NAMES.into_iter().zip(VALUES).take(point.field_count) {
            let content_type = (name == "y" && !generation.has_named_values()).then_some("x/y");
            fields.push(Field { name, typed: Typed { content_type, value } });
        }
        points.push(point);
    }
    Event { header, points, fields, unknown_bytes: 0 }
}

/// What the other implementation makes of an event.
fn as_avro(generation: Generation, event: &Event<'_>) -> Avro {
    let text = |text: &str| Avro::String(text.to_owned());
    let union = |value: Value<'_>| match value {
        Value::Boolean(value) => Avro::Union(0, Box::new(Avro::Boolean(value))),
        Value::Int(value) => Avro::Union(1, Box::new(Avro::Int(value))),
        Value::Long(value) => Avro::Union(2, Box::new(Avro::Long(value))),
        Value::Float(value) => Avro::Union(3, Box::new(Avro::Float(value))),
        Value::Double(value) => Avro::Union(4, Box::new(Avro::Double(value))),
        Value::String(value) => Avro::Union(5, Box::new(text(value))),
        Value::Bytes(value) => Avro::Union(6, Box::new(Avro::Bytes(value.to_vec()))),
        Value::Null => Avro::Union(7, Box::new(Avro::Null)),
    };
    let content_type = |content_type: Option<&str>| match content_type {
        Some(of) => Avro::Union(0, Box::new(text(of))),
        None => Avro::Union(1, Box::new(Avro::Null)),
    };
    let record = |fields: Vec<(&str, Avro)>| {
        Avro::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let pair = |typed: Typed<'_>| {
        vec![("contentType", content_type(typed.content_type)), ("value", union(typed.value))]
    };
    let points = event.points().map(|(point, fields)| {
        let map = fields.iter().map(|field| {
            let value = match generation.has_named_values() {
                true => union(field.typed.value),
                false => record(pair(field.typed)),
            };
            (field.name.to_owned(), value)
        });
        let map = Avro::Map(map.collect());
        let mut members = vec![("timestamp", Avro::Long(point.timestamp))];
        if generation.has_ingestion_time() {
            members.insert(0, ("ingestionTimestamp", Avro::Long(point.ingested)));
        }
        match point.value {
            Some(typed) => {
                members.extend(pair(typed));
                members.push(("tags", map));
            }
            None => members.push(("values", map)),
        }
        record(members)
    });
    let points = Avro::Array(points.collect());
    record(vec![
        ("correlationId", text(event.header.correlation_id)),
        ("timestamp", Avro::Long(event.header.timestamp)),
        ("timeout", Avro::Long(event.header.timeout)),
        ("appVersionName", text(event.header.app_version)),
        ("endpointId", text(event.header.endpoint)),
        ("timeSeriesName", text(event.header.series)),
        ("dataPoints", points),
    ])
}

#[test]
fn the_schemas_say_what_the_codec_does() {
    for generation in Generation::ALL {
        let schema = Schema::parse_str(generation.schema()).unwrap();
        let event = full(generation);
        let expected = as_avro(generation, &event);
        let mut ours = Vec::new();
        event.encode(generation, &mut ours);
        let reader = GenericDatumReader::builder(&schema).build().unwrap();
        assert_eq!(reader.read_value(&mut ours.as_slice()).unwrap(), expected, "{generation}");

        let theirs = GenericDatumWriter::builder(&schema)
            .build()
            .unwrap()
            .write_value_to_vec(expected.clone())
            .unwrap();
        // Maps have no order.
        let decoded = Event::decode(generation, &theirs).unwrap();
        assert_eq!(as_avro(generation, &decoded), expected, "{generation}");
        assert_eq!(decoded.unknown_bytes, 0);
    }
}

/// What an event says, without the branches of unions.
fn as_json(generation: Generation, event: &Event<'_>) -> Json {
    let plain = |value: Value<'_>| match value {
        Value::Boolean(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Long(value) => json!(value),
        Value::Float(value) => json!(f64::from(value)),
        Value::Double(value) => json!(value),
        Value::String(value) => json!(value),
        Value::Bytes(value) => json!(hex_of(value)),
        Value::Null => Json::Null,
    };
    let pair = |typed: Typed<'_>| json!({"contentType": typed.content_type, "value": plain(typed.value)});
    let points = event.points().map(|(point, fields)| {
        let map = fields.iter().map(|field| {
            let value =
                if generation.has_named_values() { plain(field.typed.value) } else { pair(field.typed) };
            (field.name.to_owned(), value)
        });
        let map = Json::Object(map.collect());
        let mut json = point.value.map_or(json!({"values": map}), |value| {
            let mut json = pair(value);
            json["tags"] = map.clone();
            json
        });
        json["timestamp"] = json!(point.timestamp);
        if generation.has_ingestion_time() {
            json["ingestionTimestamp"] = json!(point.ingested);
        }
        json
    });
    json!({
        "correlationId": event.header.correlation_id,
        "timestamp": event.header.timestamp,
        "timeout": event.header.timeout,
        "appVersionName": event.header.app_version,
        "endpointId": event.header.endpoint,
        "timeSeriesName": event.header.series,
        "dataPoints": points.collect::<Vec<_>>(),
    })
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn fastavro_reads_and_writes_the_same() {
    let Some(python) = std::env::var_os("STTP_TEST_PYTHON") else {
        return skipped::skipped("events beside fastavro; set STTP_TEST_PYTHON, as make test-nats does");
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tstp/avro.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for generation in Generation::ALL {
        let mut bytes = Vec::new();
        full(generation).encode(generation, &mut bytes);
        writeln!(input, "{}", json!([generation.schema(), hex_of(&bytes)])).unwrap();
    }
    drop(input);
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let answers: Vec<Json> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), Generation::ALL.len());
    for (generation, answer) in Generation::ALL.into_iter().zip(answers) {
        let expected = as_json(generation, &full(generation));
        assert_eq!(answer[0], expected, "{generation}");
        let theirs = bytes_of(answer[1].as_str().unwrap());
        let decoded = Event::decode(generation, &theirs).unwrap();
        assert_eq!((as_json(generation, &decoded), decoded.unknown_bytes), (expected, 0), "{generation}");
    }
}

/// What others have is the same to the byte: whoever changes one of these changes it for nobody else.
#[test]
fn the_schemas_are_these_and_no_others() {
    let hash = |text: &str| -> String {
        let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let expected = [
        "07f173c096b53b496a0aad447dad4cc3c98c16c15d35f22ab41b2b5979f8fdcd",
        "854d080f2a97ef163dd55a174729eb995642aac73416fb0080cca2007dc8b1e0",
        "821fc9b13d952e793fed0c41eabae7e48a00a9489604b181621730e3e49fa7b5",
    ];
    assert_eq!(Generation::ALL.map(|generation| hash(generation.schema())), expected);
    let processed = "1f9eb019d1aed01d622f3dad59f3417f01968463f9d8705de3d7a383b689b4ce";
    assert_eq!(hash(Processed::SCHEMA), processed);
}

#[test]
fn acknowledgements_are_as_their_schema_says() {
    let schema = Schema::parse_str(Processed::SCHEMA).unwrap();
    for reason in [None, Some("no event")] {
        let processed = Processed { correlation_id: "c-1", timestamp: 17, status: 400, reason };
        let text = |text: &str| Avro::String(text.to_owned());
        let reason = match reason {
            None => Avro::Union(0, Box::new(Avro::Null)),
            Some(reason) => Avro::Union(1, Box::new(text(reason))),
        };
        let expected = [
            ("correlationId", text("c-1")),
            ("timestamp", Avro::Long(17)),
            ("timeout", Avro::Long(0)),
            ("statusCode", Avro::Int(400)),
            ("reasonPhrase", reason),
        ];
        let expected = Avro::Record(expected.map(|(name, value)| (name.to_owned(), value)).into());
        let reader = GenericDatumReader::builder(&schema).build().unwrap();
        assert_eq!(reader.read_value(&mut processed.encode().as_slice()).unwrap(), expected);
    }
}

#[test]
fn a_sample_is_read_and_written() {
    let bytes = bytes_of(SAMPLE);
    let event = Event::decode(Generation::A, &bytes).unwrap();
    assert_eq!(
        (event.header.correlation_id, event.header.endpoint, event.header.series),
        ("c1", "SHELBY", "freq")
    );
    assert_eq!(event.points.len(), 1);
    assert_eq!(event.points[0].value, Some(typed(Value::Double(60.01))));
    assert_eq!(event.fields, [Field { name: "flags", typed: typed(Value::Int(0)) }]);
    let mut again = Vec::new();
    event.encode(Generation::A, &mut again);
    assert_eq!(again, bytes);
}

#[test]
fn the_text_null_is_no_content_type() {
    for (bytes, expected) in [("08 6e756c6c", None), ("02 78", Some("x"))] {
        let header = "00000000 0000";
        let event = format!("{header} 02 00 00{bytes} 0e 00 00").replace(' ', "");
        let event = bytes_of(&event);
        let decoded = Event::decode(Generation::A, &event).unwrap();
        let expected = Typed { content_type: expected, value: Value::Null };
        assert_eq!(decoded.points[0].value, Some(expected));
    }
}

#[test]
fn blocks_with_their_size_are_read() {
    // Two points in two blocks; one block tells its size.
    let header = "000000000000";
    let event = bytes_of(&format!("{header} 02 0200 01 04 0400 00").replace(' ', ""));
    let decoded = Event::decode(Generation::B, &event).unwrap();
    assert_eq!(decoded.points.iter().map(|point| point.timestamp).collect::<Vec<_>>(), [1, 2]);
    let wrong_size = bytes_of(&format!("{header} 01 06 0400 00").replace(' ', ""));
    let error = Event::decode(Generation::B, &wrong_size).unwrap_err();
    assert_eq!(error, AvroError::Block { what: "data points", count: -1, place: 6 });
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let long = |value| {
        let mut out = Vec::new();
        put_long(&mut out, value);
        out
    };
    let header = bytes_of("000000000000");
    let event = |rest: &[&[u8]]| [&header, rest.concat().as_slice()].concat();
    let cases: [(Vec<u8>, AvroError); 10] = [
        (vec![], AvroError::Truncated { what: "correlationId", place: 0 }),
        (vec![4, b'c'], AvroError::Length { what: "correlationId", length: 2, left: 1, place: 0 }),
        (vec![1], AvroError::Length { what: "correlationId", length: -1, left: 0, place: 0 }),
        (vec![2, 0xFF], AvroError::Text { what: "correlationId", place: 0 }),
        (vec![0xFF; 11], AvroError::Integer { what: "correlationId", bits: 64, place: 0 }),
        (event(&[&long(1000)]), AvroError::Block { what: "data points", count: 1000, place: 6 }),
        (
            event(&[&[2, 0, 4, 0, 0, 0]]),
            AvroError::Branch { what: "contentType", branch: 2, branches: 2, place: 8 },
        ),
        (
            event(&[&[2, 0, 2, 16, 0, 0]]),
            AvroError::Branch { what: "value", branch: 8, branches: 8, place: 9 },
        ),
        (event(&[&[2, 0, 2, 0, 2, 0]]), AvroError::Boolean { what: "value", byte: 2, place: 10 }),
        (event(&[&[2, 0, 2, 2], &long(1 << 31)]), AvroError::Integer { what: "value", bits: 32, place: 10 }),
    ];
    for (bytes, expected) in cases {
        let error = Event::decode(Generation::A, &bytes).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn an_event_that_ends_early_is_none() {
    for generation in Generation::ALL {
        let mut bytes = Vec::new();
        full(generation).encode(generation, &mut bytes);
        for length in 0..bytes.len() {
            assert!(Event::decode(generation, &bytes[..length]).is_err(), "{generation}: {length}");
        }
        bytes.extend([1, 2, 3]);
        assert_eq!(Event::decode(generation, &bytes).unwrap().unknown_bytes, 3);
    }
}

#[test]
fn generations_are_told_apart() {
    for written in Generation::ALL {
        let mut bytes = Vec::new();
        full(written).encode(written, &mut bytes);
        for read in Generation::ALL {
            let is_read = Event::decode(read, &bytes).is_ok_and(|event| event.unknown_bytes == 0);
            assert_eq!(is_read, read == written, "{written} read as {read}");
        }
    }
}

#[test]
fn names_in_subjects_are_escaped() {
    let subject = subject::of_series("a.b", "flow *>%\u{7}\u{A0}/#:!é").unwrap();
    let expected = "kaa.v1.events.a%2Eb.endpoint.data-collection.data-points-received.\
                    flow%20%2A%3E%25%07%C2%A0/#:!é";
    assert_eq!(subject, expected);
    assert_eq!(subject::names_in(&subject), Some(("a.b".into(), "flow *>%\u{7}\u{A0}/#:!é".into())));
    assert_eq!(subject::of_series("", "x"), Err(subject::SubjectError::Empty));
    assert_eq!(subject::of_series("x", ""), Err(subject::SubjectError::Empty));
    assert!(matches!(subject::of_series("x", &"é".repeat(2_000)), Err(subject::SubjectError::TooLong(_))));
    let all = subject::of_interest(None, None).unwrap();
    assert_eq!(all, "kaa.v1.events.*.endpoint.data-collection.data-points-received.>");
    let one = subject::of_interest(Some("epr"), Some("a b")).unwrap();
    assert_eq!(one, "kaa.v1.events.epr.endpoint.data-collection.data-points-received.a%20b");
}

#[test]
fn subjects_of_others_are_read_as_they_are() {
    let of = |series: &str| format!("kaa.v1.events.t.endpoint.data-collection.data-points-received.{series}");
    // Transmitters that do not escape.
    for (token, series) in [("100%", "100%"), ("a.b", "a.b"), ("%zz", "%zz"), ("%ff", "%ff"), ("%41", "A")] {
        assert_eq!(subject::names_in(&of(token)), Some(("t".into(), series.into())), "{token}");
    }
    for other in
        ["", "kaa.v1.events.t", "kaa.v1.events..endpoint.data-collection.data-points-received.x", &of("")]
    {
        assert_eq!(subject::names_in(other), None, "{other}");
    }
}

/// A value of the union, of texts that live as long as the test.
fn any_value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i32>().prop_map(Value::Int),
        any::<i64>().prop_map(Value::Long),
        any::<u32>().prop_map(|bits| Value::Float(f32::from_bits(bits & 0xFF7F_FFFF))),
        any::<u64>().prop_map(|bits| Value::Double(f64::from_bits(bits & 0xFFEF_FFFF_FFFF_FFFF))),
        prop::sample::select(&["", "x", "null", "59.98", "\u{0}\u{FFFF}"]).prop_map(Value::String),
        Just(Value::Bytes(&[0, 1, 255])),
        Just(Value::Null),
    ]
}

fn any_event(generation: Generation) -> impl Strategy<Value = Event<'static>> {
    let content_type = || prop::option::of(prop::sample::select(&["", "x/y"]));
    let field = (prop::sample::select(&NAMES), any_value(), content_type());
    let fields = prop::collection::vec(field, 0..4);
    let point = (any::<i64>(), any::<i64>(), any_value(), content_type(), fields);
    let points = prop::collection::vec(point, 0..5);
    (any::<i64>(), any::<i64>(), points).prop_map(move |(timestamp, timeout, parts)| {
        let header =
            Header { correlation_id: "id", timestamp, timeout, app_version: "", endpoint: "e", series: "s" };
        let has_tags = !generation.has_named_values();
        let (mut points, mut fields) = (Vec::new(), Vec::new());
        for (ingested, timestamp, value, content_type, own) in parts {
            points.push(Point {
                ingested: if generation.has_ingestion_time() { ingested } else { 0 },
                timestamp,
                value: has_tags.then_some(Typed { content_type, value }),
                field_count: own.len(),
            });
            fields.extend(own.into_iter().map(|(name, value, content_type)| Field {
                name,
                typed: Typed { content_type: content_type.filter(|_| has_tags), value },
            }));
        }
        Event { header, points, fields, unknown_bytes: 0 }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(number in 0..3_usize, seed in any_event(Generation::A), named in any_event(Generation::C)) {
        let generation = Generation::ALL[number];
        let mut event = if generation.has_named_values() { named } else { seed };
        if !generation.has_ingestion_time() {
            event.points.iter_mut().for_each(|point| point.ingested = 0);
        }
        let mut bytes = Vec::new();
        event.encode(generation, &mut bytes);
        prop_assert_eq!(Event::decode(generation, &bytes).unwrap(), event);
    }

    /// Bytes of an event, some of them changed: they are refused, or what is read is what is written again.
    #[test]
    fn broken_events_do_no_harm(
        number in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        random in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let generation = Generation::ALL[number];
        let mut bytes = Vec::new();
        full(generation).encode(generation, &mut bytes);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let cut = cut.index(bytes.len());
        for bytes in [&bytes[..], &bytes[..cut], &random] {
            let Ok(event) = Event::decode(generation, bytes) else { continue };
            let mut again = Vec::new();
            event.encode(generation, &mut again);
            let unknown = event.unknown_bytes;
            let read = Event::decode(generation, &again).unwrap();
            // By their texts, because a NaN is not equal to itself.
            prop_assert_eq!(format!("{read:?}"), format!("{:?}", Event { unknown_bytes: 0, ..event }));
            prop_assert!(unknown <= bytes.len());
        }
    }

    #[test]
    fn names_come_back_from_subjects(instance in "\\PC{1,20}", series in any::<String>()) {
        prop_assume!(!series.is_empty());
        let subject = subject::of_series(&instance, &series).unwrap();
        prop_assert!(!subject.contains(|c: char| c.is_whitespace() || c.is_control() || "*>".contains(c)));
        prop_assert_eq!(subject.split('.').count(), 8);
        prop_assert!(subject.split('.').all(|token| !token.is_empty()));
        prop_assert_eq!(subject::names_in(&subject), Some((instance, series)));
    }

    #[test]
    fn integers_come_back(value in any::<i64>()) {
        let mut out = Vec::new();
        put_long(&mut out, value);
        let mut reader = Reader::new(&out);
        prop_assert_eq!(reader.long("value"), Ok(value));
        prop_assert_eq!(reader.left(), 0);
    }
}
