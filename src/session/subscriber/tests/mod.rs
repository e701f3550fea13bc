//! Publishers played by hand-built bytes.

mod buffer_blocks;
mod data_packets;
mod early;
mod encryption;
mod messages;
mod quirks;
mod responses;
mod temporal;
mod time_outs;

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Output, Schema, SessionSettings, SubscriberError, SubscriberSession};
use crate::Measurement;
use crate::codec::SignalIndexCache;
use crate::session::{GREETING, Severity};
use crate::settings::SubscriptionOptions;
use crate::wire::frame::{FrameAssembler, response_frame};
use crate::wire::{Command, Response, TextEncoding};

const TICKS: i64 = 639_028_224_000_000_000;

/// Blocks of one TSSC encoder, to be sent with the sequence numbers 0, 1 and 2, and the indexes
/// of their measurements.
const BLOCKS: [(&str, &[u32]); 3] = [
    ("118080e0a78b9992ef081f85eb6f421380808080081f000000bf01713180800181", &[0, 1, 5]),
    ("0161118b960ad1b8e11f38401c88128988960a8fffffffff0f800000807f00", &[0, 1, 300]),
    ("0381121183d39d0534808080f80100", &[5]),
];

/// Indexes that the blocks use.
const INDEXES: [u32; 4] = [0, 1, 5, 300];

/// What the session told, without its borrows.
#[derive(Debug, Clone, PartialEq)]
enum Event {
    Updated(u32, Vec<Uuid>),
    Measurements(Vec<Measurement>),
    Metadata(Vec<u8>),
    StartTime(i64),
    ConfigurationChanged,
    Succeeded(Command, String),
    Failed(Command, String),
    NotSubscribed,
    ProcessingComplete(String),
    Notification(String),
    BufferBlock(Uuid, u32, Vec<u8>),
    UserResponse(u8, Option<u8>, Vec<u8>),
    Schema(Schema, Vec<u8>),
    Message(Severity, String),
}

impl From<Output<'_>> for Event {
    fn from(output: Output<'_>) -> Event {
        match output {
            Output::SubscriptionUpdated { generation, cache } => {
                Event::Updated(generation, cache.records().iter().map(|record| record.signal_id).collect())
            }
            Output::Measurements(measurements) => Event::Measurements(measurements.to_vec()),
            Output::Metadata(document) => Event::Metadata(document),
            Output::DataStartTime(time) => Event::StartTime(time.0),
            Output::ConfigurationChanged => Event::ConfigurationChanged,
            Output::Succeeded { command, text } => Event::Succeeded(command, text),
            Output::Failed { command, text } => Event::Failed(command, text),
            Output::NotSubscribed => Event::NotSubscribed,
            Output::ProcessingComplete(text) => Event::ProcessingComplete(text),
            Output::Notification(text) => Event::Notification(text),
            Output::BufferBlock { signal_id, signal_index, bytes } => {
                Event::BufferBlock(signal_id, signal_index, bytes)
            }
            Output::UserResponse { response, command, payload } => {
                Event::UserResponse(response, command, payload)
            }
            Output::Schema(schema, document) => Event::Schema(schema, document),
            Output::Message(severity, text) => Event::Message(severity, text),
            Output::Ended(error) => panic!("nobody looked for the end: {error}"),
        }
    }
}

/// A session, and the publisher that the test plays.
struct Connection {
    session: SubscriberSession,
    now: Instant,
    events: Vec<Event>,
}

impl Connection {
    fn new(settings: SessionSettings) -> Connection {
        let now = Instant::now();
        Connection { session: SubscriberSession::new(settings, now), now, events: Vec::new() }
    }

    /// A subscribed session whose publisher has answered the modes with `greeting`, if it did.
    fn subscribed(settings: SessionSettings, greeting: Option<&str>) -> Connection {
        let mut connection = Connection::new(settings);
        if let Some(greeting) = greeting {
            connection.answer(Response::Succeeded, Command::DefineOperationalModes, greeting.as_bytes());
        }
        connection.subscribe();
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        connection.take();
        connection
    }

    fn subscribe(&mut self) {
        let filter = "FILTER ActiveMeasurements WHERE True".into();
        self.session.subscribe(SubscriptionOptions { filter, ..SubscriptionOptions::default() }).unwrap();
    }

    fn subscribe_to_history(&mut self) {
        let start_time = Some("*-1h".into());
        self.session.subscribe(SubscriptionOptions { start_time, ..SubscriptionOptions::default() }).unwrap();
    }

    fn receive(&mut self, mut bytes: &[u8]) -> Result<(), SubscriberError> {
        while self.session.receive(&mut bytes, self.now) {
            self.drain()?;
        }
        Ok(())
    }

    /// Keeps what the session tells, up to its end.
    fn drain(&mut self) -> Result<(), SubscriberError> {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Ended(error) => return Err(error),
                output => self.events.push(output.into()),
            }
        }
        Ok(())
    }

    fn answer(&mut self, response: Response, command: Command, payload: &[u8]) {
        self.receive(&response_frame(response, command.code(), payload)).unwrap();
    }

    /// Something that nobody asked for.
    fn tell(&mut self, response: Response, payload: &[u8]) {
        self.answer(response, Command::Subscribe, payload);
    }

    fn try_tell(&mut self, response: Response, payload: &[u8]) -> Result<(), SubscriberError> {
        self.receive(&response_frame(response, Command::Subscribe.code(), payload))
    }

    fn wait(&mut self, duration: Duration) -> Result<(), SubscriberError> {
        self.now += duration;
        self.session.handle_timeout(self.now);
        self.drain()
    }

    /// The events since the last call.
    fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Signal IDs of all measurements since the last call.
    fn taken_ids(&mut self) -> Vec<Uuid> {
        self.taken_measurements().iter().map(|measurement| measurement.signal_id).collect()
    }

    fn taken_measurements(&mut self) -> Vec<Measurement> {
        let delivered = |event| match event {
            Event::Measurements(measurements) => measurements,
            _ => Vec::new(),
        };
        self.take().into_iter().flat_map(delivered).collect()
    }

    /// True when the only events since the last call are messages, and there was one.
    fn only_messages(&mut self) -> bool {
        let events = self.take();
        !events.is_empty() && events.iter().all(|event| matches!(event, Event::Message(..)))
    }

    /// The frames that the session sent since the last call, each a command code and a payload.
    fn sent(&mut self) -> Vec<(u8, Vec<u8>)> {
        let bytes: Vec<u8> = self.session.queue().pieces().flatten().copied().collect();
        self.session.sent(bytes.len());
        let (mut assembler, mut rest, mut frames) = (FrameAssembler::default(), &bytes[..], Vec::new());
        while let Some(frame) = assembler.next(&mut rest, usize::MAX).unwrap() {
            frames.push((frame[0], frame[1..].to_vec()));
        }
        frames
    }

    fn sent_codes(&mut self) -> Vec<u8> {
        self.sent().into_iter().map(|(code, _)| code).collect()
    }
}

/// A greeting of a publisher that is not ours.
const FOREIGN: Option<&str> = Some("Welcome, all modes are fine.");
/// The greeting of our publisher.
const OURS: Option<&str> = Some(GREETING);

fn settings(compress_payload: bool) -> SessionSettings {
    SessionSettings { compress_payload, ..SessionSettings::default() }
}

/// ID of the signal that has this index in the cache of this family.
fn id(family: u128, index: u32) -> Uuid {
    Uuid::from_u128(family << 64 | u128::from(index))
}

fn ids(family: u128, indexes: &[u32]) -> Vec<Uuid> {
    indexes.iter().map(|index| id(family, *index)).collect()
}

/// A cache of the signals of a family, as publishers send it.
fn cache(family: u128) -> Vec<u8> {
    let mut cache = SignalIndexCache::new(Uuid::from_u128(1));
    INDEXES.iter().for_each(|index| cache.push(id(family, *index), "SRC", u64::from(*index)));
    let mut bytes = cache.encode(TextEncoding::Utf8);
    // Every record has 32 bytes and a source of three.
    for (row, index) in INDEXES.iter().enumerate() {
        bytes[24 + 35 * row..][..4].copy_from_slice(&index.to_be_bytes());
    }
    bytes
}

/// A cache for version 2 or 3, in front of it the byte that says its slot.
fn cache_for_slot(slot: u8, family: u128) -> Vec<u8> {
    [&[slot][..], &cache(family)].concat()
}

/// A cache for version 2 or 3 with these signals: index and ID.
fn cache_with(slot: u8, signals: &[(u32, u128)]) -> Vec<u8> {
    let mut cache = SignalIndexCache::new(Uuid::from_u128(1));
    signals.iter().for_each(|(index, id)| cache.push(Uuid::from_u128(*id), "SRC", u64::from(*index)));
    let mut bytes = cache.encode(TextEncoding::Utf8);
    for (row, (index, _)) in signals.iter().enumerate() {
        bytes[24 + 35 * row..][..4].copy_from_slice(&index.to_be_bytes());
    }
    [&[slot][..], &bytes].concat()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A TSSC packet with the block of this number.
fn tssc(flags: u8, sequence: u16, block: usize) -> Vec<u8> {
    let (block, indexes) = BLOCKS[block];
    let mut payload = vec![0x08 | flags];
    payload.extend((indexes.len() as u32).to_be_bytes());
    payload.push(85);
    payload.extend(sequence.to_be_bytes());
    payload.extend(hex(block));
    payload
}

/// Compact measurements with full times, one for each index.
fn compact_measurements(indexes: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in indexes {
        bytes.push(0);
        bytes.extend(index.to_be_bytes());
        bytes.extend((*index as f32 + 0.5).to_be_bytes());
        bytes.extend((TICKS + i64::from(*index)).to_be_bytes());
    }
    bytes
}

/// A compact packet with full times.
fn compact(flags: u8, indexes: &[u32]) -> Vec<u8> {
    let count = (indexes.len() as u32).to_be_bytes();
    [&[0x02 | flags][..], &count, &compact_measurements(indexes)].concat()
}
