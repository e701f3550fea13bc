//! The codecs against another implementation, byte for byte and both ways.
//!
//! `tests/fixtures/tssc.py` and `compact.py` made the committed vectors with `sttpapi`. Set
//! `STTP_TEST_PYTHON` to a Python that has `sttpapi` to compare fresh random streams too, and
//! `STTP_SHARED_VECTORS` to a folder with further `tssc.json` and `compact.json`.

#[path = "skipped/mod.rs"]
mod skipped;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sttp::Measurement;
use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{Decoded, Encoded, MeasurementBuffer, RawMeasurement, SignalTable, narrow_value};
use uuid::Uuid;

use skipped::skipped;

#[test]
fn committed_tssc_vectors() {
    check_tssc(&fixture("tssc.json"));
}

#[test]
fn committed_compact_vectors() {
    check_compact(&fixture("compact.json"));
}

#[test]
fn shared_vectors() {
    let Some(folder) = std::env::var_os("STTP_SHARED_VECTORS").map(PathBuf::from) else {
        skipped("STTP_SHARED_VECTORS does not name a folder of further vectors");
        return;
    };
    check_tssc(&read(&folder.join("tssc.json")));
    check_compact(&read(&folder.join("compact.json")));
}

#[test]
fn fresh_random_streams() {
    let Some(python) = std::env::var_os("STTP_TEST_PYTHON") else {
        skipped("STTP_TEST_PYTHON does not name a Python with sttpapi");
        return;
    };
    let seed = std::process::id().to_string();
    eprintln!("seed {seed}");
    let script = fixtures().join("tssc.py");
    let output = Command::new(python).arg(script).args(["--seed", &seed, "--count", "40"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check_tssc(&serde_json::from_slice(&output.stdout).unwrap());
}

fn check_tssc(vectors: &Value) {
    let cases = vectors["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let blocks = case["blocks"].as_array().unwrap();
        let streams: Vec<Vec<RawMeasurement>> = blocks.iter().map(tssc_measurements).collect();
        let bytes: Vec<Vec<u8>> = blocks.iter().map(|block| hex(&block["hex"])).collect();
        check_tssc_encoder(name, &streams, &bytes);
        check_tssc_decoder(name, &streams, &bytes);
    }
}

fn check_tssc_encoder(name: &str, streams: &[Vec<RawMeasurement>], bytes: &[Vec<u8>]) {
    let route = wire_indexes(streams);
    let signals = route.iter().max().map_or(0, |&index| index as usize + 1);
    let mut encoder = Encoder::new(signals);
    let mut block = Block::new(3, 32_768);
    for (stream, expected) in streams.iter().zip(bytes) {
        block.clear();
        // Rows are places among the wire indexes in use, to have a route that is no identity.
        let batch: Vec<RawMeasurement> = stream
            .iter()
            .map(|m| RawMeasurement { row: route.binary_search(&m.row).unwrap() as u32, ..*m })
            .collect();
        let (first, second) = batch.split_at(batch.len() / 2);
        for part in [first, second] {
            let all = Encoded { consumed: part.len(), written: part.len() };
            assert_eq!(encoder.encode(&mut block, part, &route), all, "{name}");
        }
        encoder.finish_block(&mut block);
        assert_eq!(block.bytes(), expected, "{name}");
        assert_eq!(block.measurements(), stream.len(), "{name}");
    }
}

fn check_tssc_decoder(name: &str, streams: &[Vec<RawMeasurement>], bytes: &[Vec<u8>]) {
    let indexes = wire_indexes(streams);
    let signals = signal_table(&indexes);
    let mut decoder = Decoder::new();
    let mut out = MeasurementBuffer::new();
    for (stream, block) in streams.iter().zip(bytes) {
        out.clear();
        let decoded = decoder.decode(block, &signals, &mut out).unwrap();
        assert_eq!(decoded, Decoded { measurements: stream.len(), unknown: 0 }, "{name}");
        let received: Vec<RawMeasurement> = out.as_slice().iter().map(raw).collect();
        assert_eq!(&received, stream, "{name}");
        for measurement in out.as_slice() {
            assert_eq!(indexes[measurement.signal_index as usize], raw(measurement).row, "{name}");
        }
    }
}

fn check_compact(vectors: &Value) {
    let cases = vectors["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let input = &case["input"];
        let bytes = hex(&case["hex"]);
        let format = TimeFormat {
            include_time: input["include_time"].as_bool().unwrap(),
            millisecond_resolution: input["millisecond_resolution"].as_bool().unwrap(),
            base_times: [0, 1].map(|base| input["base_time_offsets"][base].as_i64().unwrap()),
        };
        let active_base = input["time_index"].as_u64().unwrap() as usize;
        let measurement = RawMeasurement {
            row: 0,
            ticks: ticks(&input["ticks"]),
            flags: number(&input["flags"]),
            value_bits: number(&input["value_f32_hex"]),
        };
        let index = input["index"].as_u64().unwrap() as u32;

        let mut encoded = Vec::new();
        compact::encode(&[measurement], &[index], &format, active_base, &mut encoded, 100);
        assert_eq!(encoded, bytes, "{name}");

        let mut out = MeasurementBuffer::new();
        let decoded = compact::decode(&bytes, &format, &signal_table(&[index]), &mut out).unwrap();
        assert_eq!(decoded, Decoded { measurements: 1, unknown: 0 }, "{name}");
        let received = raw(&out.as_slice()[0]);
        let expected = &case["decoded"];
        assert_eq!(received.row, index, "{name}");
        assert_eq!(received.value_bits, measurement.value_bits, "{name}");
        assert_eq!(received.ticks, ticks(&expected["ticks"]), "{name}");
        assert_eq!(received.flags, number(&expected["flags"]), "{name}");
    }
}

/// The measurements of a block, the wire index in the place of the row.
fn tssc_measurements(block: &Value) -> Vec<RawMeasurement> {
    let fields = |m: &Value| RawMeasurement {
        row: m[0].as_u64().unwrap() as u32,
        ticks: ticks(&m[1]),
        flags: m[2].as_u64().unwrap() as u32,
        value_bits: number(&m[3]),
    };
    block["measurements"].as_array().unwrap().iter().map(fields).collect()
}

fn wire_indexes(streams: &[Vec<RawMeasurement>]) -> Vec<u32> {
    let mut indexes: Vec<u32> = streams.iter().flatten().map(|m| m.row).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

/// Signals whose identifier is their wire index.
fn signal_table(indexes: &[u32]) -> SignalTable {
    let record = |&index: &u32| (index, Uuid::from_u128(index.into()));
    SignalTable::new(&indexes.iter().map(record).collect::<Vec<_>>())
}

fn raw(measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        row: measurement.signal_id.as_u128() as u32,
        ticks: measurement.timestamp.0,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}

/// Ticks are unsigned in the vectors: leap-second bits are the two highest. No time is 0 or null.
fn ticks(value: &Value) -> i64 {
    if value.is_null() { 0 } else { value.as_u64().unwrap() as i64 }
}

/// A number written in hexadecimal, with or without `0x`.
fn number(value: &Value) -> u32 {
    u32::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn fixture(name: &str) -> Value {
    read(&fixtures().join(name))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap()
}
