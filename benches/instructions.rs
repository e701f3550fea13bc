//! Work whose instructions are counted. `instructions NAME ROUNDS` prepares the work of that name, warms it up and
//! does one or two rounds of it; without arguments the names are listed, each with what a round holds.
//!
//! `benches/budget.py` runs every work under callgrind with one round and with two: what the second one adds is the
//! cost of a round. Nothing here depends on the time, and nothing waits.

use std::hint::black_box;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use sttp::c37118::Format;
use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{MeasurementBuffer, RawMeasurement, SignalTable};
use sttp::engine::Engine;
use sttp::filter::{Filter, PrimaryTable};
use sttp::metadata::Metadata;
use sttp::publisher::{Publisher, PublisherHandler};
use sttp::session::publisher::{Catalog, ConnectionKey, NewConnection, Output, PublisherSettings};
use sttp::session::subscriber::{self, SessionSettings};
use sttp::session::{Moment, PublisherSession, SubscriberSession};
use sttp::subscriber::SubscriptionOptions;
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

use stream::{SIGNALS, STREAMS, Stream};

#[path = "support/c37118.rs"]
mod c37118;
#[path = "support/stream.rs"]
mod stream;
mod support;

/// Rounds that are prepared, whatever is asked for, so that preparing costs the same.
const ROUNDS: usize = 2;
const PACKET: usize = 32_768;
const HEADER: usize = 18;
const SUBSCRIBERS: usize = 64;
const ALL_SIGNALS: &str = "FILTER ActiveMeasurements WHERE True";

/// Takes the numbers of the frames to work on.
type Work = Box<dyn FnMut(Range<usize>)>;

/// One kind of work, by frames of [`SIGNALS`] measurements.
struct Kind {
    name: String,
    stream: Stream,
    /// Frames before the first round.
    warm_up: usize,
    /// Frames of a round.
    frames: usize,
    prepare: fn(Frames) -> Work,
}

impl Kind {
    fn new(
        name: &str,
        stream: &Stream,
        (warm_up, frames): (usize, usize),
        prepare: fn(Frames) -> Work,
    ) -> Kind {
        Kind { name: stream.row_name(name), stream: *stream, warm_up, frames, prepare }
    }
}

/// As many frames as an encoder's choice of codes lasts, after a warm-up that ends with such a choice.
const STEADY: (usize, usize) = (128, 101);
/// Where each frame costs much; codes are chosen in the warm-up only.
const BRIEF: (usize, usize) = (28, 4);

fn kinds() -> Vec<Kind> {
    let [best, ..] = STREAMS;
    let devices = Stream::named("devices with times");
    let mut kinds = Vec::new();
    for stream in &STREAMS {
        kinds.push(Kind::new("tssc encode", stream, STEADY, tssc_encode));
        kinds.push(Kind::new("tssc decode", stream, STEADY, tssc_decode));
    }
    kinds.push(Kind::new("compact encode", &best, STEADY, compact_encode));
    kinds.push(Kind::new("compact decode", &best, STEADY, compact_decode));
    for stream in [&best, &devices] {
        kinds.push(Kind::new("publish, 1 subscriber", stream, STEADY, publish_to_one));
        kinds.push(Kind::new("receive", stream, STEADY, receive));
        kinds.push(Kind::new("queue by index", stream, STEADY, queue_by_index));
        kinds.push(Kind::new("queue by signal ID", stream, STEADY, queue_by_signal_id));
    }
    kinds.push(Kind::new("queue by signal ID", &Stream::named("random order"), STEADY, queue_by_signal_id));
    kinds.push(Kind::new("publish, 1 subscriber, compact", &best, STEADY, publish_compact));
    kinds.push(Kind::new("publish, 64 subscribers", &best, STEADY, publish_to_many));
    kinds.push(Kind::new("publish, 64 filters", &best, BRIEF, publish_through_filters));
    kinds.push(Kind::new("filter", &best, BRIEF, filter));
    kinds.push(Kind::new("C37.118 decode and map, integers", &best, BRIEF, map_integers));
    kinds.push(Kind::new("C37.118 decode and map, floats", &best, BRIEF, map_floats));
    kinds.push(Kind::new("C37.118 concentrate and encode, integers", &best, BRIEF, concentrate_integers));
    kinds.push(Kind::new("C37.118 concentrate and encode, floats", &best, BRIEF, concentrate_floats));
    kinds
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(name), Some(rounds)) = (arguments.next(), arguments.next()) else {
        kinds().iter().for_each(|kind| println!("{}\t{}", kind.name, kind.frames * SIGNALS as usize));
        return;
    };
    let kind = kinds().into_iter().find(|kind| kind.name == name).expect("a name from the list");
    let rounds: usize = rounds.parse().ok().filter(|rounds| *rounds <= ROUNDS).expect("at most two rounds");
    let mut work = (kind.prepare)(Frames::new(&kind.stream, kind.warm_up + ROUNDS * kind.frames));
    work(0..kind.warm_up);
    for round in 0..rounds {
        let first = kind.warm_up + round * kind.frames;
        work(first..first + kind.frames);
    }
    // Without cleaning up, which more rounds would make longer.
    std::process::exit(0);
}

/// The measurements to work on, the signals being those of `support::data_set`.
struct Frames {
    measurements: Vec<RawMeasurement>,
    route: Vec<u32>,
    signals: SignalTable,
}

impl Frames {
    fn new(stream: &Stream, count: usize) -> Frames {
        let route: Vec<u32> = (0..SIGNALS).collect();
        let records: Vec<(u32, Uuid)> =
            route.iter().map(|index| (*index, support::signal_id(*index as usize))).collect();
        Frames { measurements: stream.frames(count), route, signals: SignalTable::new(&records) }
    }

    fn count(&self) -> usize {
        self.measurements.len() / SIGNALS as usize
    }

    fn get(&self, number: usize) -> &[RawMeasurement] {
        let size = SIGNALS as usize;
        &self.measurements[number * size..][..size]
    }
}

// ---- codecs -----------------------------------------------------------------------------------------

fn tssc_encode(frames: Frames) -> Work {
    let mut encoder = Encoder::new(SIGNALS as usize);
    let mut block = Block::new(HEADER, PACKET);
    Box::new(move |numbers| {
        for number in numbers {
            block.clear();
            encode_frame(&mut encoder, &mut block, &frames, number);
            black_box(block.packet());
        }
    })
}

fn encode_frame(encoder: &mut Encoder, block: &mut Block, frames: &Frames, number: usize) {
    let frame = frames.get(number);
    let encoded = encoder.encode(block, frame, &frames.route);
    assert_eq!(encoded.consumed, frame.len(), "a frame fits into a packet");
    encoder.finish_block(block);
}

fn tssc_decode(frames: Frames) -> Work {
    let mut encoder = Encoder::new(SIGNALS as usize);
    let mut block = Block::new(HEADER, PACKET);
    let blocks: Vec<Vec<u8>> = (0..frames.count())
        .map(|number| {
            block.clear();
            encode_frame(&mut encoder, &mut block, &frames, number);
            block.bytes().to_vec()
        })
        .collect();
    let (mut decoder, mut out) = (Decoder::new(), MeasurementBuffer::new());
    Box::new(move |numbers| {
        for block in &blocks[numbers] {
            out.clear();
            decoder.decode(block, &frames.signals, &mut out).expect("a block of the encoder");
            black_box(out.as_slice());
        }
    })
}

fn compact_frame(frames: &Frames, number: usize, packet: &mut Vec<u8>) {
    packet.clear();
    compact::encode(frames.get(number), &frames.route, &TimeFormat::default(), 0, packet, PACKET);
}

fn compact_encode(frames: Frames) -> Work {
    let mut packet = Vec::new();
    Box::new(move |numbers| {
        for number in numbers {
            compact_frame(&frames, number, &mut packet);
            black_box(&packet);
        }
    })
}

fn compact_decode(frames: Frames) -> Work {
    let mut packet = Vec::new();
    let packets: Vec<Vec<u8>> = (0..frames.count())
        .map(|number| {
            compact_frame(&frames, number, &mut packet);
            packet.clone()
        })
        .collect();
    let mut out = MeasurementBuffer::new();
    Box::new(move |numbers| {
        for packet in &packets[numbers] {
            out.clear();
            compact::decode(packet, &TimeFormat::default(), &frames.signals, &mut out)
                .expect("whole packets");
            black_box(out.as_slice());
        }
    })
}

// ---- sessions ---------------------------------------------------------------------------------------

/// A publisher and its subscribers, without anything between them.
struct Sessions {
    publisher: PublisherSession,
    peers: Vec<(ConnectionKey, SubscriberSession)>,
    now: Moment,
}

impl Sessions {
    fn new() -> Sessions {
        let metadata = Arc::new(Metadata::new(support::data_set(SIGNALS as usize)));
        let catalog = Arc::new(Catalog::new(metadata));
        let publisher = PublisherSession::new(PublisherSettings::default(), catalog);
        Sessions { publisher, peers: Vec::new(), now: Moment::now() }
    }

    fn subscribe(&mut self, filter: String, compress_payload: bool) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let number = 1 + self.peers.len() as u64;
        let key = self.publisher.open(NewConnection::accepted(number, address), self.now);
        let settings = SessionSettings { compress_payload, ..SessionSettings::default() };
        let mut subscriber = SubscriberSession::new(settings, self.now.instant);
        subscriber
            .subscribe(SubscriptionOptions::default().filter(filter))
            .expect("options that can be written");
        self.peers.push((key, subscriber));
    }

    /// Moves what is to be sent, until nothing is left.
    fn settle(&mut self) {
        let Sessions { publisher, peers, now } = self;
        for (key, subscriber) in peers.iter_mut() {
            loop {
                let commands = take(subscriber);
                publisher.receive(*key, &commands, *now);
                while publisher.serve_commands(*now) {}
                let answers = send(publisher, *key, *now);
                if commands.is_empty() && answers.is_empty() {
                    break;
                }
                let mut rest = &answers[..];
                while subscriber.receive(&mut rest, now.instant) {
                    while let Some(output) = subscriber.poll() {
                        assert!(!matches!(output, subscriber::Output::Ended(_)), "improper answers");
                    }
                }
            }
        }
        while publisher.poll().is_some() {}
        assert_eq!(publisher.connection_counts(), (peers.len(), peers.len()), "all get measurements");
    }

    fn publish(&mut self, frame: &[RawMeasurement]) {
        self.publisher.publish(frame, self.now);
        self.publisher.finish_packets();
    }

    /// The transports take everything at once.
    fn send_all(&mut self) {
        while let Some(output) = self.publisher.poll() {
            let Output::Send(key) = output else { continue };
            let waiting = self.publisher.queue(key).map_or(0, |queue| queue.len());
            self.publisher.sent(key, waiting, self.now);
        }
    }

    fn publishing(mut self, frames: Frames) -> Work {
        self.settle();
        Box::new(move |numbers| {
            for number in numbers {
                self.publish(frames.get(number));
                self.send_all();
            }
        })
    }
}

/// What a subscriber has to send.
fn take(subscriber: &mut SubscriberSession) -> Vec<u8> {
    let bytes = subscriber.queue().pieces().collect::<Vec<_>>().concat();
    subscriber.sent(bytes.len());
    bytes
}

/// What a publisher has to send on a connection.
fn send(publisher: &mut PublisherSession, key: ConnectionKey, now: Moment) -> Vec<u8> {
    let bytes =
        publisher.queue(key).map_or_else(Vec::new, |queue| queue.pieces().collect::<Vec<_>>().concat());
    publisher.sent(key, bytes.len(), now);
    bytes
}

fn publish_to_one(frames: Frames) -> Work {
    let mut sessions = Sessions::new();
    sessions.subscribe(ALL_SIGNALS.into(), true);
    sessions.publishing(frames)
}

fn publish_compact(frames: Frames) -> Work {
    let mut sessions = Sessions::new();
    sessions.subscribe(ALL_SIGNALS.into(), false);
    sessions.publishing(frames)
}

fn publish_to_many(frames: Frames) -> Work {
    let mut sessions = Sessions::new();
    for _ in 0..SUBSCRIBERS {
        sessions.subscribe(ALL_SIGNALS.into(), true);
    }
    sessions.publishing(frames)
}

/// Each subscriber wants all signals but one.
fn publish_through_filters(frames: Frames) -> Work {
    let mut sessions = Sessions::new();
    for number in 0..SUBSCRIBERS {
        let unwanted = support::signal_id(number * 7);
        sessions.subscribe(format!("FILTER ActiveMeasurements WHERE SignalID <> '{unwanted}'"), true);
    }
    sessions.publishing(frames)
}

fn receive(frames: Frames) -> Work {
    let mut sessions = Sessions::new();
    sessions.subscribe(ALL_SIGNALS.into(), true);
    sessions.settle();
    let (key, now) = (sessions.peers[0].0, sessions.now);
    let packets: Vec<Vec<u8>> = (0..frames.count())
        .map(|number| {
            sessions.publish(frames.get(number));
            send(&mut sessions.publisher, key, now)
        })
        .collect();
    let mut receiving = sessions.peers.remove(0).1;
    Box::new(move |numbers| {
        let mut received = 0;
        for packet in &packets[numbers.clone()] {
            let mut rest = &packet[..];
            while receiving.receive(&mut rest, now.instant) {
                while let Some(output) = receiving.poll() {
                    if let subscriber::Output::Measurements(measurements) = output {
                        received += black_box(measurements).len();
                    }
                }
            }
        }
        assert_eq!(received, numbers.len() * SIGNALS as usize);
    })
}

// ---- the application's side -------------------------------------------------------------------------

struct Quiet;

impl PublisherHandler for Quiet {}

/// A publisher whose engine never runs; the batches wait.
fn publisher() -> Publisher {
    let engine = Engine::polled().expect("a poll descriptor");
    let publisher = Publisher::new(&engine, Quiet);
    publisher.set_metadata(Arc::new(Metadata::new(support::data_set(SIGNALS as usize)))).expect("metadata");
    // Without a subscriber, only what is kept is queued.
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(60));
    publisher.start(&format!("{}:0", Ipv4Addr::LOCALHOST), settings).expect("a free port");
    publisher
}

/// What publishing does on the application's thread.
fn queueing(
    frames: Frames,
    publish: fn(&Publisher, &[Measurement]) -> Result<(), sttp::error::Error>,
) -> Work {
    let publisher = publisher();
    let measurements: Vec<Measurement> =
        frames.measurements.iter().map(|raw| measurement(raw, &frames.signals)).collect();
    Box::new(move |numbers| {
        for frame in measurements.chunks(SIGNALS as usize).skip(numbers.start).take(numbers.len()) {
            publish(&publisher, frame).expect("room in the queue");
        }
    })
}

fn queue_by_index(frames: Frames) -> Work {
    queueing(frames, Publisher::publish_indexed)
}

fn queue_by_signal_id(frames: Frames) -> Work {
    queueing(frames, Publisher::publish)
}

fn measurement(raw: &RawMeasurement, signals: &SignalTable) -> Measurement {
    Measurement {
        signal_id: signals.get(raw.row).expect("a known signal").id,
        timestamp: Ticks(raw.ticks),
        value: f32::from_bits(raw.value_bits).into(),
        flags: StateFlags::from_bits_retain(raw.flags),
        signal_index: raw.row,
    }
}

/// Each frame stands for the metadata's rows here.
fn filter(_frames: Frames) -> Work {
    let metadata = Metadata::new(support::data_set(SIGNALS as usize));
    metadata.active_measurements();
    Box::new(move |numbers| {
        let active = metadata.active_measurements();
        let primary = PrimaryTable { lookup: Some(active), ..PrimaryTable::default() };
        let condition = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%' \
            ORDER BY PointTag";
        let filter = Filter::parse(condition).expect("a valid filter");
        for _ in numbers {
            let selected = filter.select(active.data_set(), &primary, Ticks(0)).expect("existing columns");
            assert!(!black_box(selected).is_empty());
        }
    })
}

// ---- C37.118 ----------------------------------------------------------------------------------------

fn map_integers(frames: Frames) -> Work {
    map(c37118::INTEGERS, frames)
}

fn map_floats(frames: Frames) -> Work {
    map(c37118::FLOATS, frames)
}

fn concentrate_integers(frames: Frames) -> Work {
    concentrate(c37118::INTEGERS, frames)
}

fn concentrate_floats(frames: Frames) -> Work {
    concentrate(c37118::FLOATS, frames)
}

fn map(format: Format, frames: Frames) -> Work {
    let stream = c37118::Stream::new(format, frames.count());
    let mut values = Vec::new();
    Box::new(move |numbers| {
        for number in numbers {
            values.clear();
            black_box(stream.map(number, &mut values));
        }
    })
}

fn concentrate(format: Format, frames: Frames) -> Work {
    let stream = c37118::Stream::new(format, frames.count());
    let (measurements, mut concentrator) = (stream.measurements(), stream.concentrator());
    Box::new(move |numbers| {
        for number in numbers {
            let now = stream.now(number);
            concentrator.push(&measurements[number], now);
            black_box(concentrator.poll(now).expect("a whole frame"));
        }
    })
}
