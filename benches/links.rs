//! Block links: bytes and nanoseconds of a measurement beside other forms of the same stream, and of an integer phasor; and how
//! many measurements a serial line takes in a second. Printed, and written to `target/bench/links.json`.
//! `LINKS_BENCH_SECONDS` says how long the line is looked at (default 20), `LINKS_BENCH_LINE` what it is like
//! (default `115200,8N1`).

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use sttp::block_link::LinkKind;
use sttp::c37118::{DataLayout, Frame};
use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{MeasurementBuffer, RawMeasurement, SignalTable};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

use block_link::Link;
use packets::{HEADER, PACKET, compact_encode, tssc_encode};
use stream::{SIGNALS, STREAMS};

#[path = "support/block_link.rs"]
mod block_link;
#[path = "support/packets.rs"]
mod packets;
#[path = "support/phasors.rs"]
mod phasors;
#[cfg(target_os = "linux")]
#[path = "support/serial_line.rs"]
mod serial_line;
#[path = "support/stream.rs"]
mod stream;

const FRAMES: usize = 100;
const ROUNDS: usize = 20;

fn main() {
    let mut forms = Vec::new();
    measurements(&mut forms);
    phasors(&mut forms);
    for form in &forms {
        let time = |time: Option<f64>| time.map_or("-".into(), |time| format!("{time:.1} ns"));
        println!(
            "{:<11} {:<20} {:7.3} bytes  encode {:>9}  decode {:>9}",
            form.of,
            form.name,
            form.bytes,
            time(form.encode),
            time(form.decode)
        );
    }
    let line = line();
    println!("{line}");
    let forms: Vec<_> = forms.iter().map(Form::json).collect();
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let folder = Path::new(&target).join("bench");
    std::fs::create_dir_all(&folder).unwrap();
    let json = serde_json::json!({ "forms": forms, "line": line });
    std::fs::write(folder.join("links.json"), format!("{json:#}\n")).unwrap();
}

/// A form in which a measurement, or a phasor, is sent: bytes of one, and nanoseconds.
struct Form {
    of: &'static str,
    name: &'static str,
    bytes: f64,
    encode: Option<f64>,
    decode: Option<f64>,
}

impl Form {
    fn json(&self) -> serde_json::Value {
        let Form { of, name, bytes, encode, decode } = self;
        serde_json::json!({ "of": of, "form": name, "bytes": bytes, "encode_ns": encode, "decode_ns": decode })
    }
}

/// Nanoseconds of each of `count` things, by the median of all rounds; what `prepare` does is not measured.
fn nanoseconds<T>(count: usize, mut prepare: impl FnMut() -> T, mut round: impl FnMut(T)) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let prepared = prepare();
            let start = Instant::now();
            round(prepared);
            start.elapsed().as_secs_f64() * 1e9 / count as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn measurements(forms: &mut Vec<Form>) {
    let of = "measurement";
    let [best, ..] = STREAMS;
    let raw = best.frames(FRAMES);
    let count = raw.len();
    let size = |packets: &[Vec<u8>]| packets.iter().map(Vec::len).sum::<usize>() as f64 / count as f64;
    let route: Vec<u32> = (0..SIGNALS).collect();
    let records: Vec<_> = route.iter().map(|index| (*index, Uuid::from_u128((*index).into()))).collect();
    let signals = SignalTable::new(&records);
    let mut out = MeasurementBuffer::new();

    let packets = tssc_encode(&mut Encoder::new(SIGNALS as usize), &raw, &route);
    let (mut encoder, mut block) = (Encoder::new(SIGNALS as usize), Block::new(HEADER, PACKET));
    let encode = nanoseconds(
        count,
        || (),
        |()| {
            encoder.reset();
            let mut batch = &raw[..];
            while !batch.is_empty() {
                block.clear();
                batch = &batch[encoder.encode(&mut block, batch, &route).consumed..];
                encoder.finish_block(&mut block);
                black_box(block.packet());
            }
        },
    );
    let mut decoder = Decoder::new();
    let decode = nanoseconds(
        count,
        || (),
        |()| {
            decoder.reset();
            for packet in &packets {
                out.clear();
                decoder.decode(packet, &signals, &mut out).unwrap();
                black_box(out.as_slice());
            }
        },
    );
    forms.push(Form { of, name: "TSSC", bytes: size(&packets), encode: Some(encode), decode: Some(decode) });

    let packets = compact_encode(&raw, &route);
    let mut packet = Vec::new();
    let encode = nanoseconds(
        count,
        || (),
        |()| {
            let mut batch = &raw[..];
            while !batch.is_empty() {
                packet.clear();
                let format = TimeFormat::default();
                batch = &batch[compact::encode(batch, &route, &format, 0, &mut packet, PACKET).consumed..];
                black_box(&packet);
            }
        },
    );
    let decode = nanoseconds(
        count,
        || (),
        |()| {
            for packet in &packets {
                out.clear();
                compact::decode(packet, &TimeFormat::default(), &signals, &mut out).unwrap();
                black_box(out.as_slice());
            }
        },
    );
    forms.push(Form {
        of,
        name: "compact",
        bytes: size(&packets),
        encode: Some(encode),
        decode: Some(decode),
    });

    let measurements: Vec<Measurement> = raw.iter().map(measurement).collect();
    for (name, kind) in LINKS {
        let mut link = Link::new(kind, SIGNALS, None);
        let mut bytes = Vec::new();
        // Definitions come with the first frame.
        link.send(&measurements[..SIGNALS as usize], &mut bytes);
        bytes.clear();
        link.send(&measurements, &mut bytes);
        let size = bytes.len() as f64 / count as f64;
        let send = |link: &mut Link, bytes: &mut Vec<u8>| {
            for frame in measurements.chunks(SIGNALS as usize) {
                bytes.clear();
                link.send(frame, bytes);
                black_box(&bytes);
            }
        };
        let encode = nanoseconds(count, || (), |()| send(&mut link, &mut bytes));
        // Each block is read once.
        let (mut from, mut to) = Link::new(kind, SIGNALS, None).split();
        let prepare = || {
            let mut sent = Vec::new();
            from.send(&measurements, &mut sent);
            sent
        };
        let decode = nanoseconds(count, prepare, |bytes| {
            let received: usize = bytes.chunks(1 << 14).map(|bytes| to.receive(bytes)).sum();
            assert_eq!(received, count);
        });
        forms.push(Form { of, name, bytes: size, encode: Some(encode), decode: Some(decode) });
    }
}

const LINKS: [(&str, LinkKind); 2] =
    [("block link, Standard", LinkKind::STREAM), ("block link, Raw", LinkKind::SERIAL)];

fn measurement(raw: &RawMeasurement) -> Measurement {
    Measurement {
        signal_id: Uuid::from_u128(u128::from(raw.row) + 1),
        timestamp: Ticks(raw.ticks),
        value: f32::from_bits(raw.value_bits).into(),
        flags: StateFlags::from_bits_retain(raw.flags),
        signal_index: 0,
    }
}

/// What a device sends of integer phasors, as frames and as data points.
fn phasors(forms: &mut Vec<Form>) {
    let of = "phasor";
    let stream = phasors::stream(FRAMES);
    let frames = &stream.frames;
    let count = FRAMES * phasors::PHASORS_IN_FRAME;
    let layout = DataLayout::new(&stream.configuration).expect("it fits into a frame");
    let mut bytes = Vec::new();
    let encode = nanoseconds(
        count,
        || (),
        |()| {
            for (time, values) in &stream.values {
                bytes.clear();
                layout
                    .encode(&mut bytes, *time, std::slice::from_ref(values))
                    .expect("values of the configuration");
                black_box(&bytes);
            }
        },
    );
    let decode = nanoseconds(
        count,
        || (),
        |()| {
            frames.iter().for_each(|frame| {
                black_box(Frame::decode(frame).expect("a frame"));
            });
        },
    );
    let size = frames.iter().map(Vec::len).sum::<usize>() as f64 / count as f64;
    forms.push(Form { of, name: "C37.118", bytes: size, encode: Some(encode), decode: Some(decode) });
    for (name, kind) in LINKS {
        let (mut from, mut to) = Link::new(kind, 1, Some(stream.described.clone().into())).split();
        let mut sent = Vec::new();
        from.send_frame(&frames[0], &mut sent);
        assert_eq!(to.receive(&sent), 1);
        let send_all = |from: &mut block_link::Sender| {
            let mut sent = Vec::new();
            frames.iter().for_each(|frame| from.send_frame(frame, &mut sent));
            sent
        };
        let size = send_all(&mut from).len() as f64 / count as f64;
        let encode = nanoseconds(count, || (), |()| drop(black_box(send_all(&mut from))));
        // The times of frames repeat: those that were received are late the next time.
        let decode = nanoseconds(
            count,
            || {
                let (mut from, mut to) = Link::new(kind, 1, Some(stream.described.clone().into())).split();
                let mut sent = Vec::new();
                from.send_frame(&stream.last, &mut sent);
                assert_eq!(to.receive(&sent), 1);
                (to, send_all(&mut from))
            },
            |(mut to, bytes)| assert_eq!(to.receive(&bytes), FRAMES),
        );
        forms.push(Form { of, name, bytes: size, encode: Some(encode), decode: Some(decode) });
    }
}

/// The largest rate of a serial line, by the formula of `docs/block-links.md` and as it comes out of one.
#[cfg(target_os = "linux")]
fn line() -> serde_json::Value {
    let seconds =
        std::env::var("LINKS_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20.0);
    let settings = std::env::var("LINKS_BENCH_LINE").unwrap_or_else(|_| "115200,8N1".into());
    let line = serial_line::Line::parse(&settings);
    let measured = line.measurements_per_second(seconds);
    serde_json::json!({
        "settings": settings,
        "block": serial_line::BLOCK,
        "formula": line.formula(),
        "measured": measured,
    })
}

#[cfg(not(target_os = "linux"))]
fn line() -> serde_json::Value {
    serde_json::Value::Null
}
