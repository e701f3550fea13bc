//! A recording of the C++ publisher: everything it sent is understood exactly.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::Value;
use sttp::codec::{SignalIndexCache, gzip, narrow_value};
use sttp::session::SubscribeRequest;
use sttp::session::subscriber::{SessionSettings, SubscriberError};
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::frame::response_frame;
use sttp::wire::messages::decode_status_text;
use sttp::wire::{Command, DataChannel, Response, TextEncoding, Version};
use uuid::Uuid;

use crate::asked;
use crate::bytes;
use crate::subscriber::{Subscriber, Told};

pub(crate) fn check(document: &Value) {
    let recording = Recording::new(document);
    replay_compact(&recording);
    replay_tssc(&recording);
    replay_version_1(&recording);
    replay_datagrams(&recording);
    replay_failures(&recording);
    replay_utf16(&recording);
    replay_metadata(&recording);
    asked::check(&recording);
    recording.assert_all_played();
}

/// Responses of a publisher by the beginning of their case's name.
pub(crate) struct Recording {
    cases: Vec<(String, Value)>,
    played: RefCell<HashSet<String>>,
}

impl Recording {
    fn new(document: &Value) -> Recording {
        let cases = document["cases"].as_array().unwrap().iter();
        Recording {
            cases: cases.map(|case| (case["name"].as_str().unwrap().to_owned(), case.clone())).collect(),
            played: RefCell::default(),
        }
    }

    fn case(&self, name: &str) -> &Value {
        let found = self.cases.iter().find(|(full_name, _)| full_name.starts_with(name));
        let (full_name, case) = found.unwrap_or_else(|| panic!("no case {name:?}"));
        self.played.borrow_mut().insert(full_name.clone());
        case
    }

    /// The frames that were sent in a case.
    pub(crate) fn sent(&self, name: &str) -> Vec<Vec<u8>> {
        self.case(name)["sent_frames_hex"].as_array().unwrap().iter().map(bytes).collect()
    }

    /// The frames that were received in a case.
    pub(crate) fn frames(&self, name: &str) -> Vec<Vec<u8>> {
        let bodies = self.bodies(name).iter();
        bodies.filter(|body| *body != "CLOSED").map(|body| frame_of_body(&bytes(body))).collect()
    }

    /// The datagrams that were received in a case, as frames.
    pub(crate) fn datagrams(&self, name: &str) -> Vec<Vec<u8>> {
        let datagrams = self.case(name)["datagrams_hex"].as_array().into_iter().flatten();
        datagrams.map(|datagram| frame_of_body(&bytes(datagram))).collect()
    }

    fn bodies(&self, name: &str) -> &[Value] {
        self.case(name)["received_bodies_hex"].as_array().map_or(&[], |bodies| bodies)
    }

    /// Whether the publisher closed the connection.
    pub(crate) fn ends(&self, name: &str) -> bool {
        self.bodies(name).iter().any(|body| body == "CLOSED")
    }

    fn assert_all_played(&self) {
        let played = self.played.borrow();
        let left: Vec<_> = self.cases.iter().filter(|(name, _)| !played.contains(name)).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

fn frame_of_body(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[..], body].concat()
}

fn plain() -> SessionSettings {
    SessionSettings {
        compress_payload: false,
        compress_metadata: false,
        compress_signal_index_cache: false,
        ..SessionSettings::default()
    }
}

/// A session that is given recorded frames, and what they mean, as far as their bytes alone tell.
struct Replay<'a> {
    recording: &'a Recording,
    subscriber: Subscriber,
    version: Version,
    /// Signal IDs of the latest cache, by index.
    ids: HashMap<u32, Uuid>,
    /// Caches that came, and those that were told, which is so before the first data that need them.
    caches: [Vec<Vec<Uuid>>; 2],
}

impl<'a> Replay<'a> {
    fn new(recording: &'a Recording, settings: SessionSettings) -> Replay<'a> {
        let version = settings.version;
        let (ids, caches) = (HashMap::new(), Default::default());
        Replay { recording, subscriber: Subscriber::new(settings), version, ids, caches }
    }

    /// Answers what the session asks behind the confirmation of a cache, to learn when this publisher, which names
    /// none in its packets, has gone over to it.
    fn settle(&mut self) {
        let answer = response_frame(Response::Succeeded, Command::UpdateProcessingInterval.code(), b"");
        for _ in 0..2 {
            self.subscriber.receive(&answer).unwrap();
            self.subscriber.now += Duration::from_secs(1);
            self.subscriber.session.handle_timeout(self.subscriber.now);
        }
    }

    /// Gives the session the frames of a case, each of which must be told as what it is.
    fn play(&mut self, name: &str) {
        for frame in self.recording.frames(name) {
            println!("{name}: {:02x}", frame[4]);
            self.give(&frame);
        }
    }

    fn give(&mut self, frame: &[u8]) {
        let told = self.tell(frame);
        assert_eq!(told.iter().map(shown).collect::<Vec<_>>(), self.meaning(frame));
    }

    /// The same by UDP.
    fn give_datagram(&mut self, frame: &[u8]) {
        self.subscriber.receive_datagram(&frame[4..]);
        let told = self.take_told(frame);
        assert_eq!(told.iter().map(shown).collect::<Vec<_>>(), self.meaning(frame));
    }

    /// What the session tells of a frame, but for caches.
    fn tell(&mut self, frame: &[u8]) -> Vec<Told> {
        self.subscriber.receive(frame).unwrap();
        self.take_told(frame)
    }

    fn take_told(&mut self, frame: &[u8]) -> Vec<Told> {
        let mut told = std::mem::take(&mut self.subscriber.told);
        let [came, announced] = &mut self.caches;
        while let Some(Told::Cache(ids)) = told.first_mut() {
            announced.push(std::mem::take(ids));
            told.remove(0);
        }
        assert!(frame[4] != 0x82 || came == announced, "{came:?} came, {announced:?} were told");
        told
    }

    /// What has to be told of a frame that is no TSSC packet.
    fn meaning(&mut self, frame: &[u8]) -> Vec<Shown> {
        let payload = &frame[10..];
        match frame[4] {
            0x80 | 0x81 => vec![Shown::Text(String::from_utf8(payload.to_vec()).unwrap())],
            0x82 => vec![Shown::Measurements(compact_in(frame, &self.ids))],
            0x83 => {
                let cache = cache_in(frame, self.version.confirms_caches());
                self.caches[0].push(cache.iter().map(|(_, id)| *id).collect());
                self.ids = cache.into_iter().collect();
                Vec::new()
            }
            0x86 => vec![Shown::Ticks(i64::from_be_bytes(payload.try_into().unwrap()))],
            0xFF => Vec::new(),
            code => panic!("the recording has a response {code:02x}"),
        }
    }
}

/// A measurement with a full time: signal ID, ticks and value bits.
type Point = (Uuid, i64, u32);

/// What can be compared of what was told.
#[derive(Debug, PartialEq)]
enum Shown {
    Measurements(Vec<Point>),
    Text(String),
    Ticks(i64),
    Other(String),
}

fn shown(told: &Told) -> Shown {
    match told {
        Told::Measurements(measurements) => Shown::Measurements(
            measurements
                .iter()
                .map(|one| (one.signal_id, one.timestamp.0, narrow_value(one.value)))
                .collect(),
        ),
        Told::Text(text) => Shown::Text(text.clone()),
        Told::Ticks(ticks) => Shown::Ticks(*ticks),
        other => Shown::Other(format!("{other:?}")),
    }
}

/// Signal IDs of a cache by index.
fn cache_in(frame: &[u8], has_slot: bool) -> Vec<(u32, Uuid)> {
    let body = &frame[10 + usize::from(has_slot)..];
    let plain = if gzip::is_gzip(body) { gzip::decompress(body, 1 << 20).unwrap() } else { body.to_vec() };
    let cache = SignalIndexCache::decode(&plain, TextEncoding::Utf8).unwrap();
    assert!(!cache.records().is_empty());
    cache.records().iter().map(|record| (record.signal_index, record.signal_id)).collect()
}

/// The measurements of a compact packet with full times.
fn compact_in(packet: &[u8], ids: &HashMap<u32, Uuid>) -> Vec<Point> {
    let points = packet[15..].chunks_exact(17);
    assert!(points.len() > 0 && points.remainder().is_empty());
    points.map(|one| (ids[&number(&one[1..5])], ticks(&one[9..]), number(&one[5..9]))).collect()
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().unwrap())
}

fn ticks(bytes: &[u8]) -> i64 {
    i64::from_be_bytes(bytes.try_into().unwrap())
}

fn replay_compact(recording: &Recording) {
    let mut replay = Replay::new(recording, plain());
    replay.play("modes v2 uncompressed");
    for (subscribe, data) in
        [("subscribe three signals", "confirm cache"), ("resubscribe", "after confirmation")]
    {
        replay.play(subscribe);
        if subscribe == "resubscribe" {
            replay.settle();
        }
        replay.play(data);
        replay.subscriber.session.subscribe(SubscriptionOptions::default()).unwrap();
    }
    let asked = replay.subscriber.session.queue().len();
    replay.subscriber.session.sent(asked);
    replay.subscriber.session.unsubscribe();
    let sent: Vec<u8> = replay.subscriber.session.queue().pieces().flatten().copied().collect();
    assert_eq!([sent], recording.sent("unsubscribe")[..]);
    replay.play("unsubscribe");
    replay.play("NoOP");
}

fn replay_tssc(recording: &Recording) {
    let mut replay = Replay::new(recording, SessionSettings::default());
    let (subscribe, data) = ("subscribe TSSC+gzip", "TSSC packets");
    replay.play("modes v2 uncompressed");
    replay.play(subscribe);
    let plain = bytes(&recording.case(subscribe)["cache_decompressed_hex"]);
    assert_eq!(
        SignalIndexCache::decode(&plain, TextEncoding::Utf8).unwrap().records().len(),
        replay.ids.len()
    );
    let frames = recording.frames(data);
    let (start_time, packets) = frames.split_first().unwrap();
    replay.give(start_time);
    let start = ticks(&start_time[10..]);
    for (number, packet) in packets.iter().enumerate() {
        let [Told::Measurements(measurements)] = &replay.tell(packet)[..] else { panic!("a packet") };
        assert_eq!(measurements.len(), usize::from(packet[14]));
        assert!(number > 0 || measurements[0].timestamp.0 == start);
        for measurement in measurements {
            assert!(replay.ids.values().any(|id| *id == measurement.signal_id));
            assert!((start..start + 10_000_000).contains(&measurement.timestamp.0));
            assert!(measurement.value.is_finite());
        }
    }
}

fn replay_version_1(recording: &Recording) {
    Replay::new(recording, SessionSettings { version: Version::V1, ..plain() }).play("v1");
}

fn replay_datagrams(recording: &Recording) {
    let mut replay = Replay::new(recording, SessionSettings::default());
    let data_channel = Some(DataChannel { port: 34158, multicast_group: None });
    let request = SubscribeRequest { data_channel, ..SubscribeRequest::default() };
    replay.subscriber.session.subscribe(request).unwrap();
    replay.play("UDP");
    let datagrams = recording.datagrams("UDP");
    assert!(!datagrams.is_empty());
    datagrams.iter().for_each(|frame| replay.give_datagram(frame));
}

fn replay_failures(recording: &Recording) {
    let mut replay = Replay::new(recording, SessionSettings::default());
    replay.play("bad filter");
    let refused = replay.subscriber.receive(&recording.frames("version 0")[0]);
    assert!(matches!(refused, Err(SubscriberError::ModesRefused { .. })));
}

fn replay_utf16(recording: &Recording) {
    let encoding = TextEncoding::Utf16Le;
    let answer = &recording.frames("modes v2 UTF-16LE")[0];
    assert!(decode_status_text(&answer[10..], encoding).contains("client connection accepted"));
    let frames = recording.frames("subscribe with UTF-16LE");
    let cache = SignalIndexCache::decode(&frames[0][11..], encoding).unwrap();
    assert_eq!(cache.source(&cache.records()[0]), "PPA");
    assert_eq!(cache.encode(encoding), frames[0][11..], "we send the same bytes");
    assert!(decode_status_text(&frames[1][10..], encoding).contains("over TCP with 1 signals"));
    let sent = &recording.sent("subscribe with UTF-16LE")[0];
    assert_eq!(SubscribeRequest::decode(&sent[5..], encoding).unwrap().options.filter, "PPA:1");
}

/// Only both ends of the document were recorded; blanks stand for what is between them.
fn replay_metadata(recording: &Recording) {
    let case = recording.case("metadata refresh");
    let text = |member: &str| case[member].as_str().unwrap();
    let length = case["xml_length"].as_u64().unwrap() as usize;
    let (head, tail) = (text("xml_head").as_bytes(), text("xml_tail").as_bytes());
    let document = [head, &vec![b' '; length - head.len() - tail.len()], tail].concat();
    let frame = response_frame(Response::Succeeded, Command::MetadataRefresh.code(), &document);
    assert!(frame[4..].starts_with(&bytes(&case["header_hex"])));
    let mut replay = Replay::new(recording, plain());
    replay.subscriber.session.request_metadata("", Instant::now());
    assert_eq!(replay.tell(&frame), [Told::Metadata]);
}
