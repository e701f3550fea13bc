//! Time per measurement of the codecs on the streams of `support/stream.rs`, printed as a table and written to
//! `target/bench/codec.json`; the streams go to `target/bench/streams`, for other programs to work on the same.
//! `CODEC_BENCH=name` runs only the rows whose name contains it, with `CODEC_BENCH_ROUNDS` rounds (default 30), for
//! counting instructions, and writes no times.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{MeasurementBuffer, RawMeasurement, SignalTable};
use uuid::Uuid;

use packets::{HEADER, PACKET, compact_encode, tssc_encode};
use stream::{SIGNALS, STREAMS, Stream};

#[path = "support/packets.rs"]
mod packets;
#[path = "support/stream.rs"]
mod stream;

const FRAMES: usize = 300;
/// Of each stream that is written.
const WRITTEN_FRAMES: usize = 128;

fn main() {
    let only = std::env::var("CODEC_BENCH").unwrap_or_default();
    let rounds = std::env::var("CODEC_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let folder = folder();
    write_streams(&folder.join("streams"));
    let mut report = Report { rounds, only, rows: Vec::new() };
    let [best, ..] = STREAMS;
    for stream in &STREAMS {
        measure_tssc(&mut report, stream);
    }
    measure_compact(&mut report, &best);
    if report.only.is_empty() {
        report.write(&folder.join("codec.json"));
    }
}

/// Where results go.
fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    Path::new(&target).join("bench")
}

/// Each stream to a file of its name: for each measurement the ticks, row, flags and bits of the value, little-endian
/// numbers of 8, 4, 4 and 4 bytes.
fn write_streams(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for stream in &STREAMS {
        let mut bytes = Vec::new();
        for RawMeasurement { ticks, row, flags, value_bits } in stream.frames(WRITTEN_FRAMES) {
            bytes.extend(ticks.to_le_bytes());
            [row, flags, value_bits].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        }
        fs::write(folder.join(stream.file_name()), bytes).unwrap();
    }
}

fn route() -> Vec<u32> {
    (0..SIGNALS).collect()
}

fn signals() -> SignalTable {
    let records: Vec<_> = (0..SIGNALS).map(|index| (index, Uuid::from_u128(index.into()))).collect();
    SignalTable::new(&records)
}

fn measure_tssc(report: &mut Report, kind: &Stream) {
    let (stream, route, signals) = (kind.frames(FRAMES), route(), signals());
    let blocks = tssc_encode(&mut Encoder::new(SIGNALS as usize), &stream, &route);
    let bytes = blocks.iter().map(Vec::len).sum();
    let mut encoder = Encoder::new(SIGNALS as usize);
    let mut block = Block::new(HEADER, PACKET);
    report.measure(kind.row_name("tssc encode"), stream.len(), bytes, || {
        encoder.reset();
        block.clear();
        for mut batch in stream.chunks(SIGNALS as usize) {
            loop {
                batch = &batch[encoder.encode(&mut block, batch, &route).consumed..];
                if batch.is_empty() {
                    break;
                }
                encoder.finish_block(&mut block);
                black_box(block.packet());
                block.clear();
            }
        }
    });
    let mut decoder = Decoder::new();
    let mut out = MeasurementBuffer::new();
    report.measure(kind.row_name("tssc decode"), stream.len(), bytes, || {
        decoder.reset();
        for block in &blocks {
            out.clear();
            decoder.decode(block, &signals, &mut out).unwrap();
            black_box(out.as_slice());
        }
    });
}

fn measure_compact(report: &mut Report, kind: &Stream) {
    let (stream, route, signals) = (kind.frames(FRAMES), route(), signals());
    let packets = compact_encode(&stream, &route);
    let bytes = packets.iter().map(Vec::len).sum();
    let mut packet = Vec::new();
    report.measure(kind.row_name("compact encode"), stream.len(), bytes, || {
        let mut batch = &stream[..];
        while !batch.is_empty() {
            packet.clear();
            let format = TimeFormat::default();
            batch = &batch[compact::encode(batch, &route, &format, 0, &mut packet, PACKET).consumed..];
            black_box(&packet);
        }
    });
    let mut out = MeasurementBuffer::new();
    report.measure(kind.row_name("compact decode"), stream.len(), bytes, || {
        for packet in &packets {
            out.clear();
            compact::decode(packet, &TimeFormat::default(), &signals, &mut out).unwrap();
            black_box(out.as_slice());
        }
    });
}

struct Report {
    rounds: usize,
    only: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    best: f64,
    median: f64,
    bytes: f64,
}

impl Report {
    fn measure(&mut self, name: String, measurements: usize, bytes: usize, mut round: impl FnMut()) {
        if !name.contains(&self.only) {
            return;
        }
        round();
        let mut times: Vec<Duration> = (0..self.rounds)
            .map(|_| {
                let start = Instant::now();
                round();
                start.elapsed()
            })
            .collect();
        times.sort();
        let each = |time: Duration| time.as_secs_f64() * 1e9 / measurements as f64;
        let row = Row {
            name,
            best: each(times[0]),
            median: each(times[times.len() / 2]),
            bytes: bytes as f64 / measurements as f64,
        };
        println!(
            "{:<38} {:6.2} ns best {:6.2} ns median {:6.3} bytes",
            row.name, row.best, row.median, row.bytes
        );
        self.rows.push(row);
    }

    fn write(&self, path: &Path) {
        let rows: Vec<_> = self.rows.iter().map(Row::json).collect();
        let json = serde_json::json!({ "unit": "per measurement", "rows": rows });
        fs::write(path, format!("{json:#}\n")).unwrap();
    }
}

impl Row {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "best_ns": self.best, "median_ns": self.median, "bytes": self.bytes })
    }
}
