//! A link between a session and a side in Python, with what is between them, and what both have told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sttp::block_link::negotiation::{LinkRole, Reason};
use sttp::block_link::session::{LinkEvent, LinkSession};
use sttp::block_link::stream::PointStream;
use sttp::block_link::{BlockFormat, LinkKind};
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::session::Moment;
use sttp::settings::{BlockLinkSettings, TimeForm};
use sttp::{Measurement, StateFlags, Ticks, Uuid};

use crate::items::{bytes, hex};
use crate::{Chance, start_python};

pub(super) const SIGNALS: u128 = 30;
pub(super) const FREQUENCIES: &str = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'";
const STEP: Duration = Duration::from_millis(500);
/// The program in Python, for one side.
struct Python {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Python {
    fn start() -> Python {
        let mut child = start_python();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Python { child, input, output }
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.input, "{command}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(answer["error"].is_null(), "{answer} to {command}");
        answer
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // What it still does is of no interest, also when a test has failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a measurement is, for both sides: signal, time, bits of the value, flags.
pub(super) type Key = (String, u64, String, u32);

fn key(measurement: &Measurement) -> Key {
    let value = hex(&measurement.value.to_be_bytes());
    let signal = hex(measurement.signal_id.as_bytes());
    (signal, measurement.timestamp.0 as u64, value, measurement.flags.bits())
}

fn measurement(key: &Key) -> Measurement {
    Measurement {
        signal_id: Uuid::from_slice(&bytes(&key.0)).unwrap(),
        timestamp: Ticks(key.1 as _),
        value: f64::from_be_bytes(bytes(&key.2).try_into().unwrap()),
        flags: StateFlags::from_bits_retain(key.3),
        signal_index: 0,
    }
}

pub(super) fn signal(number: u128) -> String {
    hex(Uuid::from_u128(number).as_bytes())
}

pub(super) fn metadata(signals: u128) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for number in 1..=signals {
        let row = builder.append_row(table).unwrap();
        let row = row.set("SignalID", Uuid::from_u128(number)).unwrap();
        let row = row.set("PointTag", format!("TAG{number}").as_str()).unwrap();
        let row = row.set("SignalAcronym", if number % 3 == 0 { "FREQ" } else { "ALOG" }).unwrap();
        row.set("Enabled", true).unwrap();
    }
    Arc::new(Metadata::new(builder.finish()))
}

pub(super) fn xml(signals: u128) -> Vec<u8> {
    metadata(signals).data_set().to_xml()
}

/// What filters select, which the side in Python is told: their language is no matter of links.
pub(super) fn filters(signals: u128) -> Value {
    let all: Vec<String> = (1..=signals).map(signal).collect();
    let frequencies: Vec<String> = (1..=signals).filter(|number| number % 3 == 0).map(signal).collect();
    json!({"": all, FREQUENCIES: frequencies})
}

const DAY: u64 = 864_000_000_000;
const SECOND: u64 = 10_000_000;

/// Measurements of chance. Values are singles, which both streams keep.
fn batch(chance: &mut Chance, signals: u128) -> Vec<Key> {
    (0..1 + chance.below(60))
        .map(|_| {
            let day = 738_000 + chance.below(3_000);
            let time = match chance.below(8) {
                // In an inserted second, and in the last one before a deleted one.
                0 => 1 << 63 | (day * DAY + DAY - SECOND + chance.below(SECOND)),
                1 => 3 << 62 | (day * DAY + DAY - 2 * SECOND + chance.below(SECOND)),
                _ => day * DAY + chance.below(DAY),
            };
            let value = f64::from(chance.below(1 << 20) as f32 / 64.0 - 1_000.0);
            let flags = if chance.below(4) == 0 { chance.number(32) as u32 } else { 0 };
            let number = 1 + u128::from(chance.below(signals as u64));
            (signal(number), time, hex(&value.to_be_bytes()), flags)
        })
        .collect()
}

/// What the session has told.
#[derive(Default)]
pub(super) struct Log {
    pub(super) came: Vec<Key>,
    pub(super) metadata: Vec<Vec<u8>>,
    pub(super) agreed: Vec<(u64, u64)>,
    pub(super) rejected: Vec<Reason>,
    pub(super) subscribed: Vec<(Option<String>, usize)>,
    pub(super) answered: Vec<u32>,
    pub(super) ended: Vec<String>,
    pub(super) messages: Vec<String>,
}

/// Both sides of a link and what is between them.
pub(super) struct Pair {
    pub(super) session: LinkSession,
    python: Python,
    kind: LinkKind,
    pub(super) now: Moment,
    pub(super) log: Log,
    /// What Python has told, but for measurements.
    pub(super) told: Vec<Value>,
    pub(super) came: Vec<Key>,
    pub(super) chance: Chance,
    /// Of a hundred blocks so many are lost.
    pub(super) loss: u64,
    /// The next block of this size is lost, and whatever has the same data; 0 for none.
    pub(super) lost_size: usize,
    lost_data: Option<Vec<u8>>,
    pub(super) lost: u64,
}

pub(super) struct Setup<'a> {
    pub(super) kind: LinkKind,
    pub(super) role: LinkRole,
    pub(super) settings: BlockLinkSettings,
    /// The session offers, and Python.
    pub(super) offers: [bool; 2],
    /// What Python likes of forms of blocks and streams, best first.
    pub(super) format: &'a [u8],
    pub(super) stream: &'a [u8],
    pub(super) largest: u64,
    pub(super) seed: u64,
}

pub(super) fn settings(change: impl FnOnce(&mut BlockLinkSettings)) -> BlockLinkSettings {
    let mut settings = BlockLinkSettings::default();
    change(&mut settings);
    settings
}

pub(super) fn can(role: LinkRole, format: &[u8], stream: &[u8], largest: u64) -> Value {
    // The other one's.
    let role = match role {
        LinkRole::Client => 2,
        LinkRole::Server => 1,
        LinkRole::Peer => 3,
    };
    json!({
        "role": role, "encryption": [0], "authentication": [0], "format": format, "stream": stream, "largest": largest,
        "features": ["points", "signals", "documents", "subscription"],
    })
}

impl Pair {
    pub(super) fn open(setup: &Setup<'_>) -> Pair {
        let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        let mut session = LinkSession::new(setup.settings.clone(), setup.kind, setup.role);
        if setup.role != LinkRole::Client {
            session.set_metadata(metadata(SIGNALS), now);
        }
        session.opened(setup.offers[0], now);
        let mut pair = Pair {
            session,
            python: Python::start(),
            kind: setup.kind,
            now,
            log: Log::default(),
            told: Vec::new(),
            came: Vec::new(),
            chance: Chance(setup.seed),
            loss: 0,
            lost_size: 0,
            lost_data: None,
            lost: 0,
        };
        pair.command(json!({
            "do": "open", "loses": setup.kind.loses(), "datagrams": setup.kind.is_datagrams(), "offers": setup.offers[1],
            "can": can(setup.role, setup.format, setup.stream, setup.largest),
            "xml": hex(&xml(SIGNALS)), "filters": filters(SIGNALS),
        }));
        pair
    }

    pub(super) fn command(&mut self, command: Value) {
        let answer = self.python.ask(&command);
        for told in answer["told"].as_array().unwrap() {
            if told[0] != "points" {
                self.told.push(told.clone());
                continue;
            }
            for point in told[1].as_array().unwrap() {
                let text = |place: usize| point[place].as_str().unwrap().to_owned();
                self.came.push((
                    text(0),
                    point[1].as_u64().unwrap(),
                    text(2),
                    point[3].as_u64().unwrap() as u32,
                ));
            }
        }
        let blocks: Vec<Vec<u8>> =
            answer["send"].as_array().unwrap().iter().map(|block| bytes(block.as_str().unwrap())).collect();
        for piece in self.carry(blocks) {
            match self.kind.is_datagrams() {
                true => self.session.receive_datagram(&piece, self.now),
                false => self.session.receive(&piece, self.now),
            }
        }
        self.note();
    }

    /// What of blocks comes, in what pieces.
    fn carry(&mut self, blocks: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut come = Vec::new();
        for block in blocks {
            let is_chosen = self.lost_size == block.len() && {
                // Without number and check word.
                let data = &block[6..block.len() - 2];
                self.lost_data.get_or_insert_with(|| data.to_vec()) == data
            };
            if is_chosen || self.chance.below(100) < self.loss {
                self.lost += 1;
                continue;
            }
            come.push(block);
        }
        if self.kind.is_datagrams() {
            return come;
        }
        let whole = come.concat();
        let mut rest = &whole[..];
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let size = rest.len().min(1 + self.chance.below(900) as usize);
            let piece;
            (piece, rest) = rest.split_at(size);
            pieces.push(piece.to_vec());
        }
        pieces
    }

    fn note(&mut self) {
        while let Some(event) = self.session.poll_event() {
            match event {
                LinkEvent::Measurements(measurements) => self.log.came.extend(measurements.iter().map(key)),
                LinkEvent::Metadata(xml) => self.log.metadata.push(xml),
                LinkEvent::Agreed(agreement) => {
                    let session = agreement.session.expect("not about encryption alone");
                    let format = if session.format == BlockFormat::Compact { 2 } else { 1 };
                    let stream = if session.stream == PointStream::Standard { 2 } else { 1 };
                    self.log.agreed.push((format, stream));
                }
                LinkEvent::Rejected(reason, _) => self.log.rejected.push(reason),
                LinkEvent::Subscribed { filter, signals } => self.log.subscribed.push((filter, signals)),
                LinkEvent::Answered { signals, .. } => self.log.answered.push(signals),
                LinkEvent::Ended { reason } => self.log.ended.push(reason),
                LinkEvent::Message { text, .. } => self.log.messages.push(text),
                _ => {}
            }
        }
    }

    /// Moves what can be moved now.
    pub(super) fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 1_000, "they send without end");
            let mut blocks = Vec::new();
            let mut block = Vec::new();
            while self.session.poll_transmit(&mut block, self.now) {
                blocks.push(std::mem::take(&mut block));
            }
            if blocks.is_empty() {
                return;
            }
            let pieces: Vec<String> = self.carry(blocks).iter().map(|piece| hex(piece)).collect();
            self.command(json!({"do": "receive", "pieces": pieces}));
        }
    }

    pub(super) fn run(&mut self, span: Duration) {
        self.settle();
        for _ in 0..span.as_millis() / STEP.as_millis() {
            self.now += STEP;
            self.session.handle_timeout(self.now);
            self.note();
            self.command(json!({"do": "wait", "seconds": STEP.as_secs_f64()}));
            self.settle();
        }
    }

    pub(super) fn subscribe(&mut self, role: LinkRole, filter: &str, times: TimeForm) {
        if role != LinkRole::Server {
            self.session.subscribe(filter, times, self.now);
        }
        if role != LinkRole::Client {
            let times = if times == TimeForm::DateTime2 { 11 } else { 12 };
            self.command(json!({"do": "subscribe", "filter": filter, "times": times}));
        }
    }

    /// Sends the same from whoever sends, and returns it.
    pub(super) fn publish(&mut self, role: LinkRole, signals: u128) -> Vec<Key> {
        let batch = batch(&mut self.chance, signals);
        if role != LinkRole::Client {
            let measurements: Vec<Measurement> = batch.iter().map(measurement).collect();
            self.session.publish(&measurements, self.now);
        }
        if role != LinkRole::Server {
            self.command(json!({"do": "publish", "measurements": batch}));
        }
        batch
    }

    pub(super) fn python_told(&self, what: &str) -> Vec<&Value> {
        self.told.iter().filter(|told| told[0] == what).collect()
    }

    pub(super) fn counts(&mut self) -> Value {
        self.command(json!({"do": "counts"}));
        self.told.pop().unwrap()[1].clone()
    }

    /// Nothing has ended, and both sides know the metadata that they can know.
    pub(super) fn check_metadata(&self, role: LinkRole, signals: u128) {
        assert_eq!((self.log.ended.as_slice(), self.python_told("ended").len()), (&[][..], 0));
        if role != LinkRole::Server {
            assert_eq!(self.log.metadata.last().map(Vec::as_slice), Some(xml(signals).as_slice()));
        }
        if role != LinkRole::Client {
            let told = self.python_told("metadata");
            assert_eq!(told.last().map(|told| told[1].as_str().unwrap()), Some(hex(&xml(signals)).as_str()));
        }
    }

    /// What was sent has come, all of it and in order, wherever it was sent to.
    pub(super) fn check_came(&self, role: LinkRole, sent: &[Key]) {
        if role != LinkRole::Server {
            assert_eq!(self.log.came, sent, "to the session");
        }
        if role != LinkRole::Client {
            assert_eq!(self.came, sent, "to Python");
        }
    }
}
