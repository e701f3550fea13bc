//! Links on an engine, with what is between them (`links`).
//!
//! The codec of block links beside another one, `codec`, in Python, which was written from `docs/block-links.md` alone: random streams
//! of both forms of blocks and both streams of data points, with everything that can be said in them, written by either and read
//! by the other; whole exchanges between a session and a side in Python; and golden vectors.

mod exchange;
mod items;
mod links;
mod rules;

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use items::{Format, Stream, read, write};
use serde_json::{Value, json};

const STREAMS: u64 = 240;

/// What chance decides, by a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 24
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn is(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A number of any length.
    fn number(&mut self, bits: u64) -> u64 {
        let shift = self.below(bits);
        self.next() & ((1 << bits) - 1) >> shift
    }

    fn hex(&mut self, length: u64) -> String {
        (0..length).map(|_| format!("{:02x}", self.below(256))).collect()
    }

    fn text(&mut self) -> String {
        ["", "SHELBY", "FILTER ActiveMeasurements WHERE True", "Ω µs", &"long ".repeat(30)]
            [self.below(5) as usize]
            .into()
    }

    fn list<T>(&mut self, most: u64, mut make: impl FnMut(&mut Chance) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }
}

const TYPE_SIZES: [u64; 13] = [1, 2, 2, 3, 4, 4, 8, 8, 4, 8, 8, 8, 16];

/// The fields of a point, as hexadecimal digits.
fn fields(chance: &mut Chance, types: &[u64]) -> String {
    let mut out = String::new();
    for code in types {
        match code {
            14 => {
                let text = chance.text();
                let mut bytes = vec![text.len() as u8];
                if text.len() > 127 {
                    bytes = vec![text.len() as u8 | 0x80, (text.len() >> 7) as u8];
                }
                bytes.extend(text.bytes());
                out.extend(bytes.iter().map(|byte| format!("{byte:02x}")));
            }
            15 => {
                let length = chance.below(9);
                out += &format!("{length:02x}{}", chance.hex(length));
            }
            code => out += &chance.hex(TYPE_SIZES[*code as usize - 1]),
        }
    }
    out
}

/// Blocks of a stream, as the codec in Python takes them.
fn stream(chance: &mut Chance, is_standard: bool) -> Vec<Value> {
    let mut defined: Vec<(u64, Vec<u64>)> = Vec::new();
    let count = 1 + chance.below(14);
    (0..count)
        .map(|_| match chance.below(8) {
            0 => {
                let length = chance.number(9);
                json!({"feature": 6 + chance.below(60_000), "kind": "raw", "data": chance.hex(length)})
            }
            1 => json!({"feature": 0, "kind": "raw", "data": ""}),
            2 => json!({"feature": 0, "kind": "negotiation", "content": negotiation(chance)}),
            3 => json!({"feature": 2, "kind": "signals", "content": signals(chance)}),
            4 => json!({"feature": 3, "kind": "documents", "content": document(chance)}),
            5 => json!({"feature": 4, "kind": "subscription", "content": subscription(chance)}),
            6 => json!({"feature": 5, "kind": "c37118", "content": {"channels": chance.list(3, channel)}}),
            _ => match points(chance, is_standard, &mut defined) {
                parts if parts.is_empty() => json!({"feature": 1, "kind": "raw", "data": ""}),
                parts => json!({"feature": 1, "kind": "points", "parts": parts}),
            },
        })
        .collect()
}

fn points(chance: &mut Chance, is_standard: bool, defined: &mut Vec<(u64, Vec<u64>)>) -> Vec<Value> {
    let mut parts = Vec::new();
    for _ in 0..1 + chance.below(4) {
        let types: Vec<u64> = (0..1 + chance.below(6)).map(|_| 1 + chance.below(15)).collect();
        let id = if is_standard { defined.len() as u64 } else { chance.number(16) };
        if defined.iter().all(|(known, _)| *known != id) {
            parts.push(json!({"definition": id, "types": types}));
            defined.push((id, types));
        }
    }
    // The library does not tell where a string ends: there is one at most.
    if chance.below(4) > 0 && !defined.is_empty() {
        let mut place = chance.below(defined.len() as u64) as usize;
        let string: Vec<Value> = (0..1 + chance.below(30))
            .map(|_| {
                // Often in a row, as the Standard stream likes it.
                place = if chance.below(4) > 0 { place + 1 } else { chance.next() as usize } % defined.len();
                let (id, types) = &defined[place];
                json!([id, fields(chance, types)])
            })
            .collect();
        parts.push(json!({"points": string}));
    }
    parts
}

fn negotiation(chance: &mut Chance) -> Value {
    let exchange = chance.number(32);
    let names = ["points", "signals", "documents", "subscription", "c37118"];
    let code = chance.below(4);
    if code == 3 {
        return json!({"message": "reject", "exchange": exchange, "reason": 1 + chance.below(9), "text": "no"});
    }
    let is_offer = code == 0;
    let few = |chance: &mut Chance, all: [u64; 2]| match (is_offer, chance.below(3)) {
        (_, 0) => vec![all[0]],
        (_, 1) => vec![all[1]],
        (true, _) => all.to_vec(),
        (false, _) => vec![all[1]],
    };
    let mut message = json!({
        "message": (["offer", "select", "commit"][code as usize]),
        "exchange": exchange,
        "encryption": few(chance, [0, 2]),
        "authentication": few(chance, [0, 4]),
        "role": 1 + chance.below(3),
        "text": (["", "software"][chance.below(2) as usize]),
    });
    if chance.is() {
        let first = 1 + chance.below(60_000);
        let features: Vec<Value> = (0..1 + chance.below(5))
            .map(|number| json!([if is_offer { 0 } else { first + number }, names[number as usize]]))
            .collect();
        // Levels that the features do not have would not be believed.
        let levels = (1_u64 << features.len().saturating_sub(2)) - 1;
        message["features"] = features.into();
        message["format"] = few(chance, [1, 2]).into();
        message["stream"] = few(chance, [1, 2]).into();
        message["largest"] = (64 + chance.below(32_704)).into();
        message["levels"] = levels.into();
    }
    message
}

fn signals(chance: &mut Chance) -> Value {
    match chance.is() {
        true => json!({"ask": chance.list(9, |chance| chance.number(32))}),
        false => {
            json!({"assign": chance.list(9, |chance| json!([chance.hex(16), chance.number(32), chance.number(32)]))})
        }
    }
}

fn document(chance: &mut Chance) -> Value {
    let message = ["piece", "current", "request", "none"][chance.below(4) as usize];
    let mut found = json!({"message": message, "kind_of": 1 + chance.below(2), "subject": chance.number(16)});
    if message != "none" {
        found["document"] = chance.number(32).into();
    }
    if message == "piece" || message == "current" {
        found["length"] = chance.number(32).into();
        found["check"] = chance.number(32).into();
    }
    if message == "piece" {
        found["size"] = chance.number(16).into();
        found["number"] = chance.number(16).into();
        let length = chance.number(8);
        found["data"] = chance.hex(length).into();
    }
    if message == "request" {
        found["ranges"] = chance.list(5, |chance| json!([chance.number(16), chance.number(16)])).into();
    }
    found
}

fn subscription(chance: &mut Chance) -> Value {
    let request = chance.number(16);
    match chance.below(3) {
        0 => {
            json!({"message": "subscribe", "request": request, "times": 11 + chance.below(2), "filter": chance.text()})
        }
        1 => json!({"message": "unsubscribe", "request": request}),
        _ => json!({
            "message": "answer",
            "request": request,
            "status": chance.below(3),
            "signals": chance.number(32),
            "text": chance.text(),
        }),
    }
}

fn channel(chance: &mut Chance) -> Value {
    let letter = b"SPFQAD"[chance.below(6) as usize];
    let name = |chance: &mut Chance| chance.hex(16);
    json!({
        "id": chance.number(32),
        "concentrator": chance.number(16),
        "source": chance.number(16),
        "time_base": chance.number(32),
        "type": letter,
        "size": 2 + 2 * chance.below(2),
        "phasor": if letter == b'P' { b"RP"[chance.below(2) as usize] } else { 0 },
        "position": chance.number(16),
        "pmu": chance.number(16),
        "station": name(chance),
        "names": (0..if letter == b'D' { 16 } else { 1 }).map(|_| name(chance)).collect::<Vec<_>>(),
        "nominal": 50 + 10 * chance.below(2),
        "rate": chance.number(15) as i64 - 100,
        "changes": chance.number(16),
    })
}

/// The program in Python, which answers each line of its input with one. It is needed: without it nothing shows that the document
/// is enough.
fn start_python() -> Child {
    Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/block_link/codec"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs; apt install python3")
}

/// Its answers to these commands.
fn ask_python(commands: &[Value]) -> Vec<Value> {
    let mut child = start_python();
    let lines: String = commands.iter().map(|command| format!("{command}\n")).collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

struct Case {
    format: Format,
    stream: Stream,
    sequence: u16,
    items: Vec<Value>,
}

fn cases() -> Vec<Case> {
    (0..STREAMS)
        .map(|seed| {
            let mut chance = Chance(seed);
            let is_standard_stream = seed % 2 == 1;
            Case {
                format: if seed % 4 < 2 { Format::Standard } else { Format::Compact },
                stream: if is_standard_stream { Stream::Standard } else { Stream::Raw },
                sequence: chance.number(16) as u16,
                items: stream(&mut chance, is_standard_stream),
            }
        })
        .collect()
}

fn command(case: &Case) -> Value {
    json!({"format": case.format.name(), "stream": case.stream.name(), "sequence": case.sequence})
}

#[test]
fn what_the_other_codec_writes_is_read_and_written_as_the_same() {
    let cases = cases();
    let commands: Vec<Value> = cases
        .iter()
        .map(|case| {
            let mut command = command(case);
            command["do"] = "write".into();
            command["items"] = case.items.clone().into();
            command
        })
        .collect();
    let answers = ask_python(&commands);
    assert_eq!(answers.len(), cases.len());
    for (number, (case, answer)) in cases.iter().zip(&answers).enumerate() {
        let bytes = items::bytes(answer["bytes"].as_str().unwrap_or_else(|| panic!("{answer}")));
        let found = read(case.format, case.stream, &bytes);
        assert_eq!(Value::from(found), Value::from(case.items.clone()), "stream {number}");
        assert_eq!(write(case.format, case.stream, case.sequence, &case.items), bytes, "stream {number}");
    }
}

#[test]
fn the_other_codec_reads_what_is_written_also_among_garbage() {
    let cases = cases();
    let mut skipped = Vec::new();
    let commands: Vec<Value> = (0..)
        .zip(&cases)
        .map(|(number, case)| {
            let mut bytes = write(case.format, case.stream, case.sequence, &case.items);
            let garbage = if case.format == Format::Standard { number % 50 } else { 0 };
            bytes.extend((0..garbage).map(|place| [0xA7, 0x7A, 0x00][place % 3]));
            skipped.push(garbage as u64);
            let mut command = command(case);
            command["do"] = "read".into();
            command["bytes"] = items::hex(&bytes).into();
            command
        })
        .collect();
    let answers = ask_python(&commands);
    for (number, (case, answer)) in cases.iter().zip(&answers).enumerate() {
        assert_eq!(answer["items"], Value::from(case.items.clone()), "stream {number}: {answer}");
        if case.format == Format::Standard {
            assert_eq!(answer["skipped"], skipped[number], "stream {number}");
            let sequences: Vec<u16> =
                (0..case.items.len()).map(|place| case.sequence.wrapping_add(place as u16)).collect();
            assert_eq!(answer["sequences"], json!(sequences), "stream {number}");
        }
    }
}

#[test]
fn golden_vectors_are_what_they_were() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert!(vectors.len() >= 12);
    for vector in &vectors {
        let format = if vector["format"] == "compact" { Format::Compact } else { Format::Standard };
        let stream = if vector["stream"] == "standard" { Stream::Standard } else { Stream::Raw };
        let items = vector["items"].as_array().unwrap();
        let bytes = items::bytes(vector["bytes"].as_str().unwrap());
        let sequence = vector["sequence"].as_u64().unwrap() as u16;
        assert_eq!(write(format, stream, sequence, items), bytes, "{}", vector["name"]);
        assert_eq!(Value::from(read(format, stream, &bytes)), vector["items"], "{}", vector["name"]);
    }
}
