mod c37118;
mod hostile;
mod levels;
mod shares;
mod sizes;
mod slow;

use std::collections::HashSet;
use std::time::Duration;

use super::super::negotiation::Reason;
use super::super::subscription::Status;
use super::*;
use crate::measurement::{Measurement, StateFlags};
use crate::metadata::DataSetBuilder;
use crate::settings::LinkEncryption;
use crate::time::Ticks;

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

/// What happens to what is sent.
#[derive(Clone, Copy, Default)]
struct Faults {
    /// Bits that are wrong, of a million.
    bits: u64,
    /// Blocks that are lost, come twice or come one late, of a million.
    lost: u64,
    doubled: u64,
    late: u64,
}

#[derive(Debug, Default)]
struct Log {
    measurements: Vec<Measurement>,
    frames: Vec<Vec<u8>>,
    metadata: Vec<Vec<u8>>,
    configurations: Vec<Vec<u8>>,
    answers: Vec<(Status, u32)>,
    subscribed: Vec<(Option<String>, usize)>,
    agreements: Vec<Agreement>,
    tls: Vec<bool>,
    rejected: Vec<Reason>,
    ended: Vec<String>,
    messages: Vec<String>,
}

struct Line {
    sides: [LinkSession; 2],
    logs: [Log; 2],
    kind: LinkKind,
    now: Moment,
    chance: Chance,
    faults: Faults,
    held: [Option<Vec<u8>>; 2],
    /// Bytes of the longest block that may be sent, those of the negotiation aside.
    longest: Option<usize>,
}

const PUBLISHER: usize = 0;
const SUBSCRIBER: usize = 1;

impl Line {
    fn new(kind: LinkKind, settings: [BlockLinkSettings; 2]) -> Line {
        let [publisher, subscriber] = settings;
        let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        let mut sides = [
            LinkSession::new(publisher, kind, LinkRole::Server),
            LinkSession::new(subscriber, kind, LinkRole::Client),
        ];
        sides[PUBLISHER].set_metadata(metadata(), now);
        sides[PUBLISHER].opened(false, now);
        sides[SUBSCRIBER].opened(true, now);
        let chance = Chance(17);
        Line {
            sides,
            logs: Default::default(),
            kind,
            now,
            chance,
            faults: Faults::default(),
            held: [None, None],
            longest: None,
        }
    }

    fn usual(kind: LinkKind) -> Line {
        Line::new(kind, Default::default())
    }

    /// Moves everything that can be moved now.
    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 10_000, "they send without end: {:?}", self.logs);
            let mut is_idle = true;
            for from in 0..2 {
                let mut block = Vec::new();
                while self.sides[from].poll_transmit(&mut block, self.now) {
                    is_idle = false;
                    let block = std::mem::take(&mut block);
                    let is_negotiation = block.get(6..8) == Some(&[0, 0]);
                    assert!(
                        self.longest.is_none_or(|longest| is_negotiation || block.len() <= longest),
                        "{block:?}"
                    );
                    if from == PUBLISHER || self.kind.is_two_way() {
                        self.carry(1 - from, block);
                    }
                }
                while let Some(event) = self.sides[from].poll_event() {
                    note(&mut self.logs[from], event);
                }
            }
            if is_idle {
                return;
            }
        }
    }

    fn carry(&mut self, to: usize, mut block: Vec<u8>) {
        let Faults { bits, lost, doubled, late } = self.faults;
        if self.chance.is(lost) {
            return;
        }
        if bits > 0 {
            for bit in 0..block.len() * 8 {
                if self.chance.is(bits) {
                    block[bit / 8] ^= 1 << (bit % 8);
                }
            }
        }
        let twice = self.chance.is(doubled);
        if self.chance.is(late) && self.held[to].is_none() {
            self.held[to] = Some(block);
            return;
        }
        for _ in 0..1 + usize::from(twice) {
            self.give(to, &block);
        }
        if let Some(held) = self.held[to].take() {
            self.give(to, &held);
        }
    }

    fn give(&mut self, to: usize, block: &[u8]) {
        match self.kind.is_datagrams() {
            true => self.sides[to].receive_datagram(block, self.now),
            false => self.sides[to].receive(block, self.now),
        }
    }

    fn run(&mut self, span: Duration) {
        let end = self.now.instant + span;
        self.settle();
        for round in 0.. {
            let times = || self.sides.each_ref().map(|side| side.poll_timeout());
            assert!(round < 100_000, "deadlines do not pass: {:?} {:?}", self.now, times());
            let deadlines = self.sides.iter().filter_map(LinkSession::poll_timeout);
            let Some(next) = deadlines.min().filter(|next| *next <= end) else { break };
            self.now += next.saturating_duration_since(self.now.instant);
            self.sides.iter_mut().for_each(|side| side.handle_timeout(self.now));
            self.settle();
        }
        self.now += end.saturating_duration_since(self.now.instant);
    }

    fn publish(&mut self, measurements: &[Measurement]) {
        self.sides[PUBLISHER].publish(measurements, self.now);
        self.settle();
    }

    /// Publishes so many batches, ten a second, with the faults that are set, and then goes on without; checks what came.
    /// Returns what was published.
    fn publish_batches(&mut self, count: i64) -> Vec<Measurement> {
        let mut sent = Vec::new();
        for time in 0..count {
            let batch = batch(time);
            self.publish(&batch);
            self.run(SECOND / 10);
            sent.extend(batch);
        }
        self.faults = Faults::default();
        self.run(3 * SECOND);
        check(self, &sent);
        sent
    }
}

fn note(log: &mut Log, event: LinkEvent<'_>) {
    match event {
        LinkEvent::Measurements(measurements) => log.measurements.extend(measurements),
        LinkEvent::Frame(frame) => log.frames.push(frame),
        LinkEvent::Metadata(xml) => log.metadata.push(xml),
        LinkEvent::Configuration { frames, .. } => log.configurations.push(frames),
        LinkEvent::Answered { status, signals, .. } => log.answers.push((status, signals)),
        LinkEvent::Subscribed { filter, signals } => log.subscribed.push((filter, signals)),
        LinkEvent::Agreed(agreement) => log.agreements.push(agreement),
        LinkEvent::StartTls { as_client, received } => {
            assert!(received.is_empty());
            log.tls.push(as_client);
        }
        LinkEvent::Rejected(reason, _) => log.rejected.push(reason),
        LinkEvent::Ended { reason } => log.ended.push(reason),
        LinkEvent::Message { text, .. } => log.messages.push(text),
        LinkEvent::Signal { .. } | LinkEvent::NoDocument(_) => {}
    }
}

const SIGNALS: u128 = 40;

fn metadata() -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for number in 1..=SIGNALS {
        let row = builder.append_row(table).unwrap();
        let row = row.set("SignalID", Uuid::from_u128(number)).unwrap();
        let row = row.set("PointTag", format!("TAG{number}").as_str()).unwrap();
        row.set("SignalAcronym", if number % 2 == 0 { "FREQ" } else { "ALOG" })
            .unwrap()
            .set("Enabled", true)
            .unwrap();
    }
    Arc::new(Metadata::new(builder.finish()))
}

fn measurement(number: u128, time: Ticks, value: f32, flags: u32) -> Measurement {
    Measurement {
        signal_id: Uuid::from_u128(number),
        timestamp: time,
        value: value.into(),
        flags: StateFlags::from_bits_retain(flags),
        signal_index: 0,
    }
}

/// Measurements of all signals at one time.
fn batch(time: i64) -> Vec<Measurement> {
    (1..=SIGNALS)
        .map(|number| {
            measurement(
                number,
                Ticks(Ticks::UNIX_EPOCH.0 + time),
                number as f32 + 0.5,
                (number % 7 == 0).into(),
            )
        })
        .collect()
}

/// The same without the place in the table of signals.
fn plain(measurements: &[Measurement]) -> Vec<Measurement> {
    measurements.iter().map(|measurement| Measurement { signal_index: 0, ..*measurement }).collect()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_subscriber_gets_metadata_and_what_it_subscribed_to() {
    for kind in [LinkKind::STREAM, LinkKind::SERIAL, LinkKind::DATAGRAMS] {
        let mut line = Line::usual(kind);
        line.sides[SUBSCRIBER].subscribe(
            "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'",
            TimeForm::Ticks,
            line.now,
        );
        line.run(3 * SECOND);
        let logs = &line.logs;
        assert_eq!(logs[SUBSCRIBER].metadata, [metadata().data_set().to_xml()]);
        assert_eq!(logs[SUBSCRIBER].answers, [(Status::Accepted, 20)]);
        assert_eq!(logs[PUBLISHER].subscribed.len(), 1);
        let sent = batch(1);
        line.publish(&sent);
        let expected: Vec<_> = sent.into_iter().filter(|sent| sent.signal_id.as_u128() % 2 == 0).collect();
        let got = &line.logs[SUBSCRIBER].measurements;
        assert_eq!(plain(got), expected);
        for measurement in got {
            let place = measurement.signal_index as usize;
            assert_eq!(line.sides[SUBSCRIBER].signals()[place], measurement.signal_id);
        }
        // Another filter, a bad one, and none.
        line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
        line.settle();
        line.sides[SUBSCRIBER].subscribe("FILTER nonsense", TimeForm::Ticks, line.now);
        line.settle();
        line.publish(&batch(2));
        assert_eq!(line.logs[SUBSCRIBER].measurements.len(), 20 + 40);
        line.sides[SUBSCRIBER].unsubscribe(line.now);
        line.settle();
        line.publish(&batch(3));
        assert_eq!(line.logs[SUBSCRIBER].measurements.len(), 20 + 40);
        let statuses: Vec<Status> = line.logs[SUBSCRIBER].answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [Status::Accepted, Status::Accepted, Status::BadFilter, Status::Accepted]);
        let counters = line.sides.each_ref().map(LinkSession::counters);
        assert_eq!(counters[PUBLISHER].points_sent, 60);
        assert_eq!(counters[SUBSCRIBER].points_received, 60);
        assert_eq!(counters[SUBSCRIBER].blocks_lost + counters[SUBSCRIBER].bytes_skipped, 0);
    }
}

#[test]
fn leap_seconds_are_exact_in_both_forms() {
    let times: Vec<Ticks> = ["2016-12-31T23:59:59.5Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z"]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    for form in [TimeForm::Ticks, TimeForm::DateTime2] {
        let mut line = Line::usual(LinkKind::STREAM);
        line.sides[SUBSCRIBER].subscribe("", form, line.now);
        line.run(SECOND);
        let sent: Vec<_> = times.iter().map(|time| measurement(1, *time, 1.5, 0)).collect();
        line.publish(&sent);
        assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), sent);
    }
}

#[test]
fn other_times_need_another_agreement_and_get_it() {
    let mut line = Line::usual(LinkKind::SERIAL);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(SECOND);
    line.publish(&batch(1));
    line.sides[SUBSCRIBER].subscribe("", TimeForm::DateTime2, line.now);
    line.run(SECOND);
    line.publish(&batch(2));
    assert_eq!(line.logs[SUBSCRIBER].agreements.len(), 2);
    assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), [batch(1), batch(2)].concat());
}

/// Whatever was delivered was sent, and blocks add up.
fn check(line: &Line, sent: &[Measurement]) {
    let key = |measurement: &Measurement| {
        (measurement.signal_id, measurement.timestamp, measurement.value.to_bits(), measurement.flags)
    };
    let sent: HashSet<_> = sent.iter().map(key).collect();
    let got: Vec<_> = line.logs[SUBSCRIBER].measurements.iter().map(key).collect();
    assert!(got.iter().all(|got| sent.contains(got)));
    assert_eq!(got.iter().collect::<HashSet<_>>().len(), got.len(), "nothing twice");
    let [publisher, subscriber] = line.sides.each_ref().map(LinkSession::counters);
    assert_eq!(publisher.blocks_sent, subscriber.blocks_received + subscriber.blocks_lost);
    assert_eq!(subscriber.points_received, got.len() as u64);
    assert_eq!((subscriber.points_malformed, subscriber.contradictions), (0, 0));
}

#[test]
fn a_serial_line_with_wrong_bits_loses_what_they_hit_and_nothing_else() {
    for bits in [10, 100, 1000] {
        let settings = BlockLinkSettings::default().block_size(128).silence(100 * SECOND);
        let mut line = Line::new(LinkKind::SERIAL, [settings.clone(), settings]);
        line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
        line.run(3 * SECOND);
        line.faults.bits = bits;
        let sent = line.publish_batches(200);
        let counters = line.sides[SUBSCRIBER].counters();
        assert!(counters.blocks_lost > 0 && counters.bytes_skipped > 0, "{counters:?}");
        let got = line.logs[SUBSCRIBER].measurements.len();
        let least = if bits == 1000 { 20 } else { 80 };
        assert!(got * 100 > sent.len() * least, "{got} of {} at {bits}", sent.len());
        assert_eq!(line.logs[SUBSCRIBER].ended, [""; 0]);
    }
}

#[test]
fn datagrams_that_are_lost_doubled_and_late_are_counted_each() {
    let mut line = Line::usual(LinkKind::DATAGRAMS);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(3 * SECOND);
    line.faults = Faults { lost: 100_000, doubled: 50_000, late: 50_000, bits: 0 };
    let sent = line.publish_batches(500);
    let counters = line.sides[SUBSCRIBER].counters();
    assert!(
        counters.blocks_late > 10 && counters.blocks_repeated > 10 && counters.blocks_lost > 30,
        "{counters:?}"
    );
    let got = line.logs[SUBSCRIBER].measurements.len();
    assert!(got * 100 > sent.len() * 85, "{got} of {}", sent.len());
}

#[test]
fn one_way_links_tell_everything_again_so_that_who_comes_late_gets_it() {
    for kind in [LinkKind::DATAGRAMS.one_way(), LinkKind::SERIAL.one_way(), LinkKind::STREAM.one_way()] {
        let settings = BlockLinkSettings::default()
            .signals("FILTER ActiveMeasurements WHERE SignalType = 'ALOG'".into())
            .times(TimeForm::DateTime2)
            .repeat_interval(5 * SECOND);
        let mut line = Line::new(kind, [settings, BlockLinkSettings::default()]);
        if kind.loses() {
            line.faults.lost = 100_000;
        }
        line.publish(&batch(0));
        // Who comes now has missed all that was told.
        line.sides[SUBSCRIBER] = LinkSession::new(BlockLinkSettings::default(), kind, LinkRole::Client);
        line.sides[SUBSCRIBER].opened(true, line.now);
        line.logs[SUBSCRIBER] = Log::default();
        line.run(31 * SECOND);
        assert_eq!(line.logs[SUBSCRIBER].metadata, [metadata().data_set().to_xml()]);
        let before = line.logs[SUBSCRIBER].measurements.len();
        line.faults = Faults::default();
        let sent = batch(1);
        line.publish(&sent);
        let expected: Vec<_> = sent.into_iter().filter(|sent| sent.signal_id.as_u128() % 2 == 1).collect();
        assert_eq!(plain(&line.logs[SUBSCRIBER].measurements[before..]), expected);
        assert_eq!(line.logs[SUBSCRIBER].agreements.len(), 1);
        let bytes = line.sides[PUBLISHER].counters().bytes_sent;
        assert!(bytes < 31 * 20_000, "{bytes}");
    }
}

#[test]
fn tls_comes_first_where_it_is_wanted() {
    let settings = BlockLinkSettings::default().encryption(LinkEncryption::Required);
    let mut line = Line::new(LinkKind::STREAM, [settings.clone(), settings.clone()]);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.settle();
    assert_eq!((&line.logs[PUBLISHER].tls, &line.logs[SUBSCRIBER].tls), (&vec![false], &vec![true]));
    // Whatever comes meanwhile is none of the session's.
    line.sides[SUBSCRIBER].receive(&[1, 2, 3], line.now);
    line.sides[PUBLISHER].secured(false, line.now);
    line.sides[SUBSCRIBER].secured(true, line.now);
    line.settle();
    line.publish(&batch(1));
    assert_eq!(line.logs[SUBSCRIBER].measurements.len(), 40);
    let mut line = Line::new(LinkKind::STREAM, [settings, BlockLinkSettings::default()]);
    line.settle();
    assert_eq!(line.logs[SUBSCRIBER].rejected, [Reason::Encryption]);
    assert_eq!(line.logs[SUBSCRIBER].ended.len(), 1);
}

#[test]
fn a_link_that_is_too_slow_drops_the_oldest_and_says_how_many() {
    for kind in [LinkKind::SERIAL, LinkKind::STREAM] {
        let settings = BlockLinkSettings::default().send_queue(4_096);
        let mut line = Line::new(kind, [settings.clone(), settings]);
        line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
        line.run(2 * SECOND);
        for time in 0..100 {
            line.sides[PUBLISHER].publish(&batch(time), line.now);
        }
        let counters = line.sides[PUBLISHER].counters();
        let waiting = line.sides[PUBLISHER].waiting_points() as u64;
        assert_eq!(counters.points_dropped + waiting, 4_000);
        assert!(waiting > 150 && waiting < 500, "{waiting}");
        line.settle();
        assert_eq!(line.logs[SUBSCRIBER].measurements.len() as u64, waiting);
        let newest = line.logs[SUBSCRIBER].measurements.last().unwrap().timestamp;
        // The Standard stream refers to what was before, so that nothing of it can be left out.
        assert_eq!(newest == batch(99)[0].timestamp, kind.loses());
    }
}

#[test]
fn definitions_that_were_lost_are_asked_for() {
    let settings = BlockLinkSettings::default().repeat_interval(1000 * SECOND);
    let mut line = Line::new(LinkKind::SERIAL, [settings.clone(), settings]);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(3 * SECOND);
    line.faults.lost = 1_000_000;
    line.publish(&batch(0));
    line.faults.lost = 0;
    line.publish(&batch(1));
    assert_eq!(line.logs[SUBSCRIBER].measurements.len(), 0);
    assert_eq!(line.sides[SUBSCRIBER].counters().points_unknown, 40);
    line.run(2 * SECOND);
    line.publish(&batch(2));
    assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), batch(2));
}

#[test]
fn lost_pieces_of_metadata_are_asked_for() {
    let settings = BlockLinkSettings::default().block_size(100);
    let mut line = Line::new(LinkKind::SERIAL, [settings.clone(), settings]);
    line.faults.lost = 300_000;
    line.run(60 * SECOND);
    assert_eq!(line.logs[SUBSCRIBER].metadata, [metadata().data_set().to_xml()]);
}

#[test]
fn metadata_that_change_are_fetched_again() {
    let mut line = Line::usual(LinkKind::STREAM);
    line.run(SECOND);
    let mut builder = DataSetBuilder::from_data_set(metadata().data_set());
    let table = builder.table_index("MeasurementDetail").unwrap();
    builder.append_row(table).unwrap().set("SignalID", Uuid::from_u128(99)).unwrap();
    let changed = Arc::new(Metadata::new(builder.finish()));
    line.sides[PUBLISHER].set_metadata(changed.clone(), line.now);
    line.sides[PUBLISHER].set_metadata(changed.clone(), line.now);
    line.run(SECOND);
    let xml = |metadata: &Metadata| metadata.data_set().to_xml();
    assert_eq!(line.logs[SUBSCRIBER].metadata, [xml(&metadata()), xml(&changed)]);
}

#[test]
fn silence_ends_a_two_way_link_and_is_told_on_another() {
    let mut line = Line::usual(LinkKind::SERIAL);
    line.run(30 * SECOND);
    assert!(line.logs.iter().all(|log| log.ended.is_empty()), "heartbeats go on");
    line.faults.lost = 1_000_000;
    line.run(11 * SECOND);
    assert!(line.logs.iter().all(|log| log.ended.len() == 1));
    assert_eq!(line.sides[SUBSCRIBER].poll_timeout(), None);
    let mut line = Line::usual(LinkKind::SERIAL.one_way());
    line.faults.lost = 1_000_000;
    line.run(60 * SECOND);
    assert_eq!(line.logs[SUBSCRIBER].ended.len(), 0);
    let told = line.logs[SUBSCRIBER].messages.iter().filter(|text| text.contains("Nothing has come"));
    assert_eq!(told.count(), 1);
}

#[test]
fn any_bytes_instead_of_any_block_do_no_harm() {
    for kind in [LinkKind::STREAM, LinkKind::SERIAL, LinkKind::DATAGRAMS, LinkKind::SERIAL.one_way()] {
        for seed in 0..40 {
            let mut line = Line::usual(kind);
            line.chance = Chance(seed);
            line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
            line.run(SECOND);
            line.publish(&batch(0));
            let agreement = line.sides[SUBSCRIBER].incoming;
            let mut writer = super::super::block::BlockWriter::default();
            for _ in 0..60 {
                let mut block = Vec::new();
                let feature = line.chance.below(6) as usize;
                let id = Feature::ALL
                    .get(feature)
                    .and_then(|feature| agreement?.features().id(*feature))
                    .unwrap_or(0);
                let length = line.chance.below(40);
                // Small numbers are kinds, counts and lengths that mean something.
                let data: Vec<u8> = (0..length)
                    .map(|_| {
                        if line.chance.is(700_000) {
                            line.chance.below(6) as u8
                        } else {
                            line.chance.below(256) as u8
                        }
                    })
                    .collect();
                writer.write(&mut block, id, &data).unwrap();
                let to = line.chance.below(2) as usize;
                line.give(to, &block);
                if line.chance.is(200_000) {
                    line.publish(&batch(1));
                    line.run(SECOND);
                }
            }
        }
    }
}
