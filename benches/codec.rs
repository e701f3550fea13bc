//! Time per measurement of the codecs on 1,000 noisy 60 Hz signals, printed as a table and written
//! to `target/bench/codec.json`. `CODEC_BENCH=name` runs only the rows whose name contains it, with
//! `CODEC_BENCH_ROUNDS` rounds (default 30), for counting instructions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{MeasurementBuffer, RawMeasurement, SignalTable};
use uuid::Uuid;

use stream::{SIGNALS, noisy_frequencies};

#[path = "support/stream.rs"]
mod stream;

const FRAMES: usize = 300;
const PACKET: usize = 32_768;
const HEADER: usize = 18;

fn main() {
    let only = std::env::var("CODEC_BENCH").unwrap_or_default();
    let rounds = std::env::var("CODEC_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let stream = noisy_frequencies(FRAMES);
    let route: Vec<u32> = (0..SIGNALS).collect();
    let records: Vec<_> = route.iter().map(|&index| (index, Uuid::from_u128(index.into()))).collect();
    let signals = SignalTable::new(&records);
    let tssc_blocks = tssc_encode(&mut Encoder::new(SIGNALS as usize), &stream, &route);
    let compact_packets = compact_encode(&stream, &route);

    let mut report = Report { measurements: stream.len(), rounds, only, rows: Vec::new() };
    let mut encoder = Encoder::new(SIGNALS as usize);
    let mut block = Block::new(HEADER, PACKET);
    report.measure("tssc encode", tssc_blocks.iter().map(Vec::len).sum(), || {
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
    report.measure("tssc decode", tssc_blocks.iter().map(Vec::len).sum(), || {
        decoder.reset();
        for block in &tssc_blocks {
            out.clear();
            decoder.decode(block, &signals, &mut out).unwrap();
            black_box(out.as_slice());
        }
    });
    let mut packet = Vec::new();
    report.measure("compact encode", compact_packets.iter().map(Vec::len).sum(), || {
        let mut batch = &stream[..];
        while !batch.is_empty() {
            packet.clear();
            let format = TimeFormat::default();
            batch = &batch[compact::encode(batch, &route, &format, 0, &mut packet, PACKET).consumed..];
            black_box(&packet);
        }
    });
    report.measure("compact decode", compact_packets.iter().map(Vec::len).sum(), || {
        for packet in &compact_packets {
            out.clear();
            compact::decode(packet, &TimeFormat::default(), &signals, &mut out).unwrap();
            black_box(out.as_slice());
        }
    });
    report.write();
}

fn tssc_encode(encoder: &mut Encoder, mut batch: &[RawMeasurement], route: &[u32]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    let mut block = Block::new(HEADER, PACKET);
    while !batch.is_empty() {
        block.clear();
        batch = &batch[encoder.encode(&mut block, batch, route).consumed..];
        encoder.finish_block(&mut block);
        blocks.push(block.bytes().to_vec());
    }
    blocks
}

fn compact_encode(mut batch: &[RawMeasurement], route: &[u32]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while !batch.is_empty() {
        let mut packet = Vec::new();
        let format = TimeFormat::default();
        batch = &batch[compact::encode(batch, route, &format, 0, &mut packet, PACKET).consumed..];
        packets.push(packet);
    }
    packets
}

struct Report {
    measurements: usize,
    rounds: usize,
    only: String,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    best: f64,
    median: f64,
    bytes: f64,
}

impl Report {
    fn measure(&mut self, name: &'static str, bytes: usize, mut round: impl FnMut()) {
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
        let each = |time: Duration| time.as_secs_f64() * 1e9 / self.measurements as f64;
        let row = Row {
            name,
            best: each(times[0]),
            median: each(times[times.len() / 2]),
            bytes: bytes as f64 / self.measurements as f64,
        };
        println!(
            "{:<16} {:6.2} ns best {:6.2} ns median {:6.3} bytes",
            row.name, row.best, row.median, row.bytes
        );
        self.rows.push(row);
    }

    fn write(&self) {
        let rows: Vec<_> = self.rows.iter().map(Row::json).collect();
        let json = serde_json::json!({ "unit": "per measurement", "rows": rows });
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let folder = std::path::Path::new(&target).join("bench");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("codec.json"), format!("{json:#}\n")).unwrap();
    }
}

impl Row {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "best_ns": self.best, "median_ns": self.median, "bytes": self.bytes })
    }
}
