//! Links on an engine: over serial lines, datagrams, TCP and files, with faults between both sides that a seed decides.

mod bridge;
mod datagrams;
mod relayed;
#[cfg(target_os = "linux")]
mod serial;
mod simulated;
mod streams;
mod tls;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use sttp::block_link::negotiation::LinkRole;
use sttp::block_link::session::BlockLinkCounters;
use sttp::block_link::{BlockAssembler, BlockCounts, Feature, OVERHEAD};
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::gateway::block_link::{Link, LinkHandler, LinkState};
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::session::Severity;
use sttp::settings::TimeForm;
use sttp::{Measurement, StateFlags, Ticks, Uuid};

const SIGNALS: u128 = 20;

/// What a link has told.
#[derive(Default)]
struct Log {
    measurements: Vec<Measurement>,
    metadata: Vec<Arc<Metadata>>,
    configurations: Vec<Vec<u8>>,
    frames: Vec<Vec<u8>>,
    answers: Vec<u32>,
    closed: Vec<Option<String>>,
    messages: Vec<String>,
}

/// Notes what a link tells.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Log>>);

impl Recorder {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap()
    }
}

impl LinkHandler for Recorder {
    fn closed(&mut self, reason: Result<(), &Error>) {
        self.log().closed.push(reason.err().map(ToString::to_string));
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.log().metadata.push(Arc::clone(metadata));
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.log().measurements.extend(measurements);
    }

    fn configuration(&mut self, _id_code: u16, frames: &[u8]) {
        self.log().configurations.push(frames.to_vec());
    }

    fn frame(&mut self, bytes: &[u8]) {
        self.log().frames.push(bytes.to_vec());
    }

    fn answered(&mut self, _status: sttp::block_link::subscription::Status, signals: u32, _text: &str) {
        self.log().answers.push(signals);
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        self.log().messages.push(text.to_owned());
    }
}

/// A link and what it has told.
struct Side {
    link: Link,
    recorder: Recorder,
}

impl Side {
    fn new(engine: &Engine, role: LinkRole, setup: &str) -> Side {
        let recorder = Recorder::default();
        let link = Link::new(engine, role, &setup.parse().unwrap(), recorder.clone()).unwrap();
        Side { link, recorder }
    }

    /// A side that sends the signals of [`metadata`], and is open.
    fn publisher(engine: &Engine, setup: &str) -> Side {
        let side = Side::new(engine, LinkRole::Server, setup);
        side.link.set_metadata(metadata()).unwrap();
        side.link.open().unwrap();
        side
    }

    /// A side that wants all signals, and is open.
    fn subscriber(engine: &Engine, setup: &str) -> Side {
        let side = Side::new(engine, LinkRole::Client, setup);
        side.link.subscribe("", TimeForm::Ticks).unwrap();
        side.link.open().unwrap();
        side
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.recorder.log()
    }

    fn counters(&self) -> BlockLinkCounters {
        self.link.info().session
    }

    fn state(&self) -> LinkState {
        self.link.info().state
    }

    fn is_open(&self) -> bool {
        matches!(self.state(), LinkState::Open | LinkState::Running)
    }

    /// Sends measurements, and waits until they are on their way or dropped.
    fn send(&self, measurements: &[Measurement]) {
        let done = |counters: BlockLinkCounters| counters.points_sent + counters.points_dropped;
        let expected = done(self.counters()) + measurements.len() as u64;
        self.link.publish(measurements).unwrap();
        wait("the measurements are sent", || done(self.counters()) >= expected);
    }

    fn close(&self) {
        self.link.close().unwrap();
        wait("the link is closed", || self.state() == LinkState::Closed);
    }
}

/// Waits until something is so. How long that takes is no matter, but for a test that would never end.
fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(180);
    while !is_so() {
        assert!(Instant::now() < end, "it never comes about that {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until a subscriber has subscribed and knows the metadata.
fn wait_until_subscribed(subscriber: &Side) {
    wait("it is subscribed, and the metadata have come", || {
        let log = subscriber.log();
        log.answers.contains(&(SIGNALS as u32)) && !log.metadata.is_empty()
    });
}

/// Waits until every block that one side has sent has come, or is known to be lost.
fn wait_until_settled(from: &Side, to: &Side) {
    wait("what was sent has come or is known to be lost", || {
        let (sent, got) = (from.counters(), to.counters());
        sent.blocks_sent == got.blocks_received + got.blocks_lost && from.link.info().waiting_points == 0
    });
}

/// The same but for the last blocks, so that no more is sent than sockets have room for, which would lose more than the
/// link does.
fn wait_until_nearly_settled(from: &Side, to: &Side) {
    wait("all but the last blocks have come, or are known to be lost", || {
        let (got, sent) = (to.counters(), from.counters());
        sent.blocks_sent - got.blocks_received - got.blocks_lost <= 20
    });
}

fn metadata() -> Arc<Metadata> {
    metadata_of(1..=SIGNALS)
}

fn metadata_of(signals: RangeInclusive<u128>) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for number in signals {
        let row = builder.append_row(table).unwrap();
        let row = row.set("SignalID", Uuid::from_u128(number)).unwrap();
        let row = row.set("PointTag", format!("TAG{number}").as_str()).unwrap();
        row.set("SignalAcronym", "FREQ").unwrap().set("Enabled", true).unwrap();
    }
    Arc::new(Metadata::new(builder.finish()))
}

/// Measurements of all signals at one time; some have flags.
fn batch(time: u32) -> Vec<Measurement> {
    let measurement = |number: u128| Measurement {
        signal_id: Uuid::from_u128(number),
        timestamp: Ticks(Ticks::UNIX_EPOCH.0 + i64::from(time) * Ticks::PER_SECOND),
        value: f64::from(time) + number as f64 / 32.0,
        flags: if number.is_multiple_of(7) { StateFlags::BAD_DATA } else { StateFlags::empty() },
        signal_index: 0,
    };
    (1..=SIGNALS).map(measurement).collect()
}

/// All of a measurement that goes over a link.
fn key(measurement: &Measurement) -> (Uuid, Ticks, u64, StateFlags) {
    let Measurement { signal_id, timestamp, value, flags, .. } = *measurement;
    (signal_id, timestamp, value.to_bits(), flags)
}

/// Checks that whatever came was sent, and nothing came twice. Tells how many came.
fn check_delivered(sent: &[Measurement], got: &[Measurement]) -> u64 {
    let sent: HashSet<_> = sent.iter().map(key).collect();
    assert!(got.iter().all(|got| sent.contains(&key(got))), "what came was sent");
    assert_eq!(got.iter().map(key).collect::<HashSet<_>>().len(), got.len(), "nothing came twice");
    got.len() as u64
}

/// Chance that a seed decides.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn is(&mut self, per_million: u64) -> bool {
        self.below(1_000_000) < per_million
    }
}

/// The blocks that went past a place.
#[derive(Default)]
struct Tally {
    assembler: BlockAssembler,
    blocks: Vec<(u16, Vec<u8>)>,
}

impl Tally {
    fn push(&mut self, bytes: &[u8]) {
        self.assembler.push(bytes);
        self.collect();
    }

    fn push_datagram(&mut self, bytes: &[u8]) {
        self.assembler.push_datagram(bytes);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(block) = self.assembler.next_block().unwrap() {
            self.blocks.push((block.feature, block.data.to_vec()));
        }
    }

    /// What was counted, once nothing more comes.
    fn finish(&mut self) -> BlockCounts {
        while self.assembler.unfinished() > 0 {
            self.assembler.give_up();
            self.collect();
        }
        self.assembler.counts()
    }

    /// Data points among the blocks.
    fn points(&self, link: &Link) -> u64 {
        self.strings(link).map(|(_, points)| points).sum()
    }

    /// Bytes and data points of the blocks that have some, by the runtime ID that points have by the agreement of a link.
    fn strings(&self, link: &Link) -> impl Iterator<Item = (usize, u64)> {
        let features = link.info().agreement.expect("it was agreed").features();
        let id = features.id(Feature::Points).expect("points are agreed");
        let strings = self.blocks.iter().filter(move |(feature, data)| *feature == id && data[0] == 0);
        strings.map(|(_, data)| {
            let points = match data[1] {
                count @ 0..128 => u64::from(count),
                low => u64::from(low & 0x7F) | u64::from(data[2]) << 7,
            };
            (data.len() + OVERHEAD, points)
        })
    }
}

/// What went into a direction, and what came out of it.
#[derive(Default)]
struct Passage {
    sent: Tally,
    delivered: Tally,
}

/// Checks that as many data points came as are to be expected where a block of so many bytes comes with this chance; five times the usual
/// deviation is too much. `safe` points went before anything was lost.
fn check_expected(delivered: u64, safe: u64, sent: &Tally, link: &Link, chance: impl Fn(usize) -> f64) {
    let (mut expected, mut variance, mut before) = (safe as f64, 0.0, 0);
    for (bytes, points) in sent.strings(link) {
        before += points;
        if before <= safe {
            continue;
        }
        let (chance, points) = (chance(bytes), points as f64);
        expected += points * chance;
        variance += points * points * chance * (1.0 - chance);
    }
    let difference = (delivered as f64 - expected).abs();
    assert!(
        difference < 5.0 * variance.sqrt(),
        "{delivered} came, and {expected:.0} were to, ± {:.0}",
        variance.sqrt()
    );
}

/// Checks that what was delivered, lost and counted adds up to what was published, by what both sides have counted and by
/// what went past between them. `published` are measurements or values of frames.
fn check_sums(published: u64, publisher: &Side, subscriber: &Side, passage: &mut Passage) {
    let (from, to) = (publisher.counters(), subscriber.counters());
    let (sent, delivered) = (passage.sent.finish(), passage.delivered.finish());
    assert_eq!(sent.blocks, from.blocks_sent, "{from:?}");
    assert_eq!(delivered.blocks, to.blocks_received, "{to:?}");
    assert_eq!(from.blocks_sent, to.blocks_received + to.blocks_lost, "{from:?} {to:?}");
    assert_eq!(published, from.points_sent + from.points_dropped, "{from:?}");
    let (sent, delivered) = (passage.sent.points(&publisher.link), passage.delivered.points(&publisher.link));
    assert_eq!(sent, from.points_sent, "{from:?}");
    assert_eq!(
        delivered,
        to.points_received + to.points_late + to.points_unknown + to.points_malformed,
        "{to:?}"
    );
    let lost = sent - delivered;
    let counted = from.points_dropped + to.points_late + to.points_unknown + to.points_malformed;
    assert_eq!(published, to.points_received + counted + lost);
    assert_eq!((to.points_malformed, to.contradictions, to.deliveries_dropped), (0, 0, 0));
}
