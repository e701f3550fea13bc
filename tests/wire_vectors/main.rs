//! Protocol frames of other implementations: what we send is the same byte for byte, and what
//! they send is understood exactly.
//!
//! `tests/fixtures/frames.py` made the committed frames with `sttpapi`. Set `STTP_SHARED_VECTORS`
//! to a folder with a further `frames.json`, and with `cpp_publisher.json`, a recording of a
//! publisher's responses.

mod asked;
mod recording;
#[path = "../skipped/mod.rs"]
mod skipped;
mod subscriber;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sttp::codec::{SignalIndexCache, gzip};
use sttp::session::SubscribeRequest;
use sttp::session::subscriber::SessionSettings;
use sttp::wire::frame::{command_frame, response_frame};
use sttp::wire::messages::{decode_metadata_refresh, decode_status_text, encode_metadata_refresh};
use sttp::wire::modes::ModeFlags;
use sttp::wire::{Command, ConnectionString, OperationalModes, Response, TextEncoding};
use uuid::Uuid;

use crate::skipped::skipped;
use crate::subscriber::Subscriber;

#[test]
fn committed_frames() {
    check_frames(&read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frames.json")));
}

#[test]
fn shared_frames() {
    if let Some(folder) = shared_folder() {
        check_frames(&read(&folder.join("frames.json")));
    }
}

#[test]
fn recorded_publisher() {
    if let Some(folder) = shared_folder() {
        recording::check(&read(&folder.join("cpp_publisher.json")));
    }
}

fn shared_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("STTP_SHARED_VECTORS").map(PathBuf::from);
    if folder.is_none() {
        skipped("STTP_SHARED_VECTORS does not name a folder of further vectors");
    }
    folder
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn check_frames(document: &Value) {
    each_case(document, "operational_modes", check_modes);
    each_case(document, "subscribe_commands", check_subscribe);
    each_case(document, "commands", check_command);
    let caches = &document["signal_index_cache"];
    each_case(document, "signal_index_cache", |case| check_cache(case, caches));
    check_responses(document);
}

fn each_case(document: &Value, section: &str, check: impl Fn(&Value)) {
    let cases = document[section]["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        println!("{section}: {}", case["name"]);
        check(case);
    }
}

fn check_modes(case: &Value) {
    let bits = hexadecimal(&case["modes"]);
    let modes = OperationalModes::from_bits(bits).unwrap();
    let frame = command_frame(Command::DefineOperationalModes, &modes.bits().to_be_bytes());
    assert_eq!(frame, bytes(&case["frame_hex"]));
    let flags = [
        ("tssc", ModeFlags::TSSC),
        ("gzip", ModeFlags::GZIP),
        ("compress_payload", ModeFlags::COMPRESS_PAYLOAD),
        ("compress_signal_index_cache", ModeFlags::COMPRESS_CACHE),
        ("compress_metadata", ModeFlags::COMPRESS_METADATA),
    ];
    for (name, flag) in flags {
        if let Some(expected) = case[name].as_bool() {
            assert_eq!(modes.flags.contains(flag), expected, "{name}");
        }
    }
    if let Some(version) = case["version"].as_u64() {
        assert_eq!(modes.version as u64, version);
    }
}

fn check_subscribe(case: &Value) {
    let payload = command_payload(case, Command::Subscribe);
    let request = SubscribeRequest::decode(&payload, TextEncoding::Utf8).unwrap();
    let text = case["connection_string"].as_str().unwrap();
    let keys = ConnectionString::parse(text).unwrap();
    assert_eq!(request, SubscribeRequest::from_connection_string(&keys).unwrap());
    if case["expected"].is_object() {
        check_request(&request, &case["expected"]);
    }
    let again = request.encode(TextEncoding::Utf8).unwrap();
    assert_eq!(SubscribeRequest::decode(&again, TextEncoding::Utf8).unwrap(), request);
}

fn check_request(request: &SubscribeRequest, expected: &Value) {
    let options = &request.options;
    let text = |value: &Option<String>| Value::from(value.clone().unwrap_or_default());
    let found = [
        ("filter_expression", Value::from(options.filter.as_str())),
        ("throttled", options.throttled.into()),
        ("publish_interval", options.publish_interval.as_secs_f64().into()),
        ("include_time", options.include_time.into()),
        ("enable_time_reasonability_check", options.check_time_reasonability.into()),
        ("lag_time", options.lag_time.as_secs_f64().into()),
        ("lead_time", options.lead_time.as_secs_f64().into()),
        ("use_local_clock_as_real_time", options.use_local_clock.into()),
        ("processing_interval", options.processing_interval.into()),
        ("use_millisecond_resolution", options.millisecond_resolution.into()),
        ("request_nan_value_filter", options.nan_filter.into()),
        ("start_time_constraint", text(&options.start_time)),
        ("stop_time_constraint", text(&options.stop_time)),
        ("data_channel_port", request.data_channel.map_or(Value::Null, |channel| channel.port.into())),
        ("assembly_source", options.assembly.source.as_str().into()),
        ("assembly_version", options.assembly.version.as_str().into()),
    ];
    for (name, value) in found {
        assert_eq!(value, expected[name], "{name}");
    }
    // Written without braces, a value with an equals sign is none by the grammar of publishers.
    let parameters = expected["time_constraint_parameters"].as_str().filter(|value| !value.contains('='));
    assert_eq!(options.time_parameters.as_deref().unwrap_or_default(), parameters.unwrap_or_default());
}

/// Payload of a command frame, after the frame was compared with how we would send it.
fn command_payload(case: &Value, command: Command) -> Vec<u8> {
    let frame = bytes(&case["frame_hex"]);
    let payload = frame[5..].to_vec();
    assert_eq!(command_frame(command, &payload), frame);
    payload
}

fn check_command(case: &Value) {
    let command = Command::from_code(bytes(&case["frame_hex"])[4]).unwrap();
    let payload = command_payload(case, command);
    if command == Command::MetadataRefresh {
        let filters = case["filter"].as_str().unwrap_or_default();
        assert_eq!(encode_metadata_refresh(filters, TextEncoding::Utf8), payload);
        assert_eq!(decode_metadata_refresh(&payload, TextEncoding::Utf8), filters);
    }
    if case["payload_hex"].is_string() {
        assert_eq!(payload, bytes(&case["payload_hex"]));
    }
}

fn check_cache(case: &Value, section: &Value) {
    let has_slot = case["version"] == 2 || case["name"].as_str().unwrap().contains("wire form");
    let whole = match case["hex"].is_string() {
        true => bytes(&case["hex"]),
        false => [&[0], &bytes(&case["decompressed_hex"])[..]].concat(),
    };
    let (slot, body) = whole.split_at(usize::from(has_slot));
    let plain = match gzip::is_gzip(body) {
        true => gzip::decompress(body, 1 << 20).unwrap(),
        false => body.to_vec(),
    };
    let cache = SignalIndexCache::decode(&plain, TextEncoding::Utf8).unwrap();
    assert_eq!(cache.subscriber_id, guid(&section["subscriber_id"]));
    let records = if case["records"].is_array() { &case["records"] } else { &section["records"] };
    let names_sources = case["producer"] != "pyapi 0.7.6 SubscriberConnection";
    check_records(&cache, records.as_array().unwrap(), names_sources);
    let unauthorised = [&case["unauthorized"], &case["unauthorised"]];
    let unauthorised = unauthorised.into_iter().filter_map(Value::as_array).flatten().map(guid);
    assert_eq!(cache.unauthorized(), unauthorised.collect::<Vec<_>>());
    // Only the form with a list of unauthorised signals is one that we send.
    let has_list = plain.len() == u32::from_be_bytes(*plain.first_chunk().unwrap()) as usize
        && !case["name"].as_str().unwrap().contains("SignalIndexCache.encode");
    assert_eq!(cache.encode(TextEncoding::Utf8) == plain, has_list);
    if let Some(expected) = case["cache_index"].as_u64() {
        assert_eq!(u64::from(slot[0]), expected);
    }
}

fn check_records(cache: &SignalIndexCache, records: &[Value], names_sources: bool) {
    assert_eq!(cache.records().len(), records.len());
    for (record, expected) in cache.records().iter().zip(records) {
        assert_eq!(u64::from(record.signal_index), expected["index"].as_u64().unwrap());
        assert_eq!(record.signal_id, guid(&expected["signal_id"]));
        if names_sources {
            assert_eq!(cache.source(record), expected["source"]);
            assert_eq!(record.key_number, expected["id"].as_u64().unwrap());
        }
    }
}

/// Gives a subscriber session the section's cache and then all responses.
fn check_responses(document: &Value) {
    let caches = &document["signal_index_cache"];
    let ids: HashMap<u64, Uuid> = caches["records"].as_array().unwrap().iter().map(signal_of_index).collect();
    let mut subscriber = Subscriber::new(SessionSettings::default());
    let canonical = caches["cases"].as_array().unwrap().iter().find(|case| {
        let name = case["name"].as_str().unwrap();
        name.starts_with("empty section") || name.starts_with("canonical form with empty")
    });
    let cache = [&[0][..], &bytes(&canonical.unwrap()["hex"])].concat();
    subscriber.tell(Response::UpdateSignalIndexCache, &cache);
    subscriber.told.clear();
    each_case(document, "responses", check_response);
    for case in document["responses"]["cases"].as_array().unwrap() {
        let utf16 = case["encoding"].as_str().is_some_and(|encoding| encoding != "utf-8");
        if !utf16 {
            println!("received: {}", case["name"]);
            subscriber.receive(&bytes(&case["frame_hex"])).unwrap();
            subscriber.check(case, &ids);
        }
    }
}

fn signal_of_index(record: &Value) -> (u64, Uuid) {
    (record["index"].as_u64().unwrap(), guid(&record["signal_id"]))
}

/// Compares the frame with how we would send it, and texts in every encoding.
fn check_response(case: &Value) {
    let frame = bytes(&case["frame_hex"]);
    let response = Response::from_code(frame[4]).unwrap();
    assert_eq!(response_frame(response, frame[5], &frame[10..]), frame);
    if let (Some(text), Some(encoding)) = (case["text"].as_str(), case["encoding"].as_str()) {
        let encoding = match encoding {
            "utf-16-le" => TextEncoding::Utf16Le,
            "utf-16-be" => TextEncoding::Utf16Be,
            _ => TextEncoding::Utf8,
        };
        assert_eq!(decode_status_text(&frame[10..], encoding), text);
    }
}

fn guid(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

fn hexadecimal(value: &Value) -> u32 {
    u32::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
