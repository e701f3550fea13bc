//! Over pseudo-terminals, with a fault injector between those of both sides.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sttp::engine::Engine;
use sttp::gateway::block_link::LinkState;
use sttp::measurement::StateFlags;

use super::{
    Chance, Passage, Side, batch, check_delivered, check_expected, check_sums, key, metadata, wait,
    wait_until_settled, wait_until_subscribed,
};

#[path = "../pseudo_terminal.rs"]
mod pseudo_terminal;

use pseudo_terminal::{is_readable, pseudo_terminal};

const BATCHES: u32 = 100;
/// Places where bytes are left out, of a million.
const DROPS: u64 = 300;
/// Bits of a second on the line, of which ten are a byte.
const RATE: u64 = 115_200;

/// What happens to bytes on their way.
#[derive(Clone, Copy, Default)]
struct Faults {
    /// Bits that are wrong, of a million.
    bits: u64,
    /// Places where some bytes are left out, of a million.
    drops: u64,
    /// Pieces after which nothing moves for a while, of a million.
    pauses: u64,
}

/// Two lines, and what carries bytes between them.
struct Wire {
    paths: [String; 2],
    faults: Arc<Mutex<Faults>>,
    /// From the first to the second, and back.
    passages: [Arc<Mutex<Passage>>; 2],
    ends: Option<[File; 2]>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Wire {
    fn new() -> Wire {
        let [(first, first_path), (second, second_path)] = [pseudo_terminal(), pseudo_terminal()];
        Wire {
            paths: [first_path, second_path],
            faults: Arc::default(),
            passages: Default::default(),
            ends: Some([first, second]),
            stop: Arc::default(),
            threads: Vec::new(),
        }
    }

    /// Begins to carry, once both lines are set: until then terminals repeat what they get.
    fn start(&mut self, seed: u64, is_paced: bool) {
        let [first, second] = self.ends.take().expect("it has begun once");
        let pairs = [(first.try_clone(), second.try_clone()), (Ok(second), Ok(first))];
        for (direction, (from, to)) in pairs.into_iter().enumerate() {
            let (faults, stop) = (Arc::clone(&self.faults), Arc::clone(&self.stop));
            let passage = Arc::clone(&self.passages[direction]);
            let chance = Chance(seed * 2 + direction as u64);
            let (from, to) = (from.unwrap(), to.unwrap());
            self.threads
                .push(thread::spawn(move || carry(from, to, &faults, &passage, &stop, chance, is_paced)));
        }
    }

    fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

fn carry(
    mut from: File,
    mut to: File,
    faults: &Mutex<Faults>,
    passage: &Mutex<Passage>,
    stop: &AtomicBool,
    mut chance: Chance,
    is_paced: bool,
) {
    let mut buffer = [0; 256];
    let mut left_out = 0;
    while !stop.load(Ordering::Acquire) {
        if !is_readable(&from) {
            continue;
        }
        let count = from.read(&mut buffer).unwrap();
        let Faults { bits, drops, pauses } = *faults.lock().unwrap();
        let mut out = Vec::new();
        for byte in &buffer[..count] {
            if chance.is(drops) {
                left_out = 1 + chance.below(40);
            }
            if left_out > 0 {
                left_out -= 1;
                continue;
            }
            let wrong = (0..8).filter(|_| chance.is(bits)).fold(0, |wrong, bit| wrong | 1 << bit);
            out.push(byte ^ wrong);
        }
        if is_paced {
            thread::sleep(Duration::from_micros(count as u64 * 10 * 1_000_000 / RATE));
        }
        if chance.is(pauses) {
            thread::sleep(Duration::from_millis(30));
        }
        let mut passage = passage.lock().unwrap();
        passage.sent.push(&buffer[..count]);
        passage.delivered.push(&out);
        drop(passage);
        to.write_all(&out).unwrap();
    }
}

/// A publisher and a subscriber on the ends of a wire, of which nothing is silent for long enough to end it.
fn sides(engine: &Engine, wire: &Wire, more: &str) -> [Side; 2] {
    let setup = |path: &str| {
        format!(
            "link=serial:{path},{RATE},8N1; blockSize=128; silenceTimeout=600; repeatInterval=0.5; {more}"
        )
    };
    let sides =
        [Side::publisher(engine, &setup(&wire.paths[0])), Side::subscriber(engine, &setup(&wire.paths[1]))];
    wait("both lines are open", || sides.iter().all(Side::is_open));
    sides
}

fn lose_and_add_up(bits: u64, seed: u64, is_paced: bool) {
    let engine = Engine::new().unwrap();
    let mut wire = Wire::new();
    let [publisher, subscriber] = sides(&engine, &wire, "");
    wire.start(seed, is_paced);
    wait_until_subscribed(&subscriber);
    assert_eq!(
        subscriber.log().metadata[0].data_set().to_xml(),
        metadata().data_set().to_xml(),
        "metadata go in pieces"
    );
    // All signals are defined before anything is lost: what nobody knows is counted otherwise.
    let mut sent = batch(0);
    publisher.send(&sent);
    wait("the first ones have come", || subscriber.log().measurements.len() == sent.len());
    wire.set(Faults { bits, drops: DROPS, pauses: 50_000 });
    for time in 1..BATCHES {
        let batch = batch(time);
        publisher.send(&batch);
        sent.extend(batch);
    }
    wait("all has left the first terminal", || {
        wire.passages[0].lock().unwrap().sent.assembler.counts().blocks
            >= publisher.counters().blocks_sent - 1
    });
    wire.set(Faults::default());
    wait_until_settled(&publisher, &subscriber);
    wait_until_settled(&subscriber, &publisher);
    // Nothing follows but what was on its way.
    publisher.close();
    wait_until_settled(&publisher, &subscriber);
    subscriber.close();
    let published = sent.len() as u64;
    check_sums(published, &publisher, &subscriber, &mut wire.passages[0].lock().unwrap());
    let delivered = check_delivered(&sent, &subscriber.log().measurements);
    let counters = subscriber.counters();
    assert_eq!(delivered, counters.points_received);
    assert!(delivered < published && counters.blocks_lost > 0 && counters.bytes_skipped > 0, "{counters:?}");
    // No bit of it is wrong, and no bytes are left out in it or go on being left out, for 20 on average.
    let chance = |bytes: usize| {
        (1.0 - bits as f64 / 1e6).powi(8 * bytes as i32) * (1.0 - DROPS as f64 / 1e6).powi(bytes as i32 + 20)
    };
    let passage = wire.passages[0].lock().unwrap();
    check_expected(delivered, 20, &passage.sent, &publisher.link, chance);
    let log = subscriber.log();
    assert!(log.closed.iter().all(Option::is_none), "{:?}", log.closed);
}

#[test]
fn a_line_at_115200_baud_with_wrong_bits_drops_and_pauses_adds_up() {
    // Bit error rates of 10^-5, 10^-4 and 10^-3.
    let runs = [(10, true), (100, true), (1000, false)];
    let threads =
        runs.map(|(bits, is_paced)| thread::spawn(move || lose_and_add_up(bits, 17 + bits, is_paced)));
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_good_line_loses_nothing_and_is_opened_again() {
    let engine = Engine::new().unwrap();
    let mut wire = Wire::new();
    let [publisher, subscriber] = sides(&engine, &wire, "times=dateTime2");
    wire.start(1, false);
    wait_until_subscribed(&subscriber);
    let sent: Vec<_> = (0..20).flat_map(batch).collect();
    publisher.send(&sent);
    let keys = |side: &Side| side.log().measurements.iter().map(key).collect::<Vec<_>>();
    wait("all has come", || keys(&subscriber).len() == sent.len());
    assert_eq!(keys(&subscriber), sent.iter().map(key).collect::<Vec<_>>(), "and in order");
    assert!(sent.iter().any(|measurement| measurement.flags == StateFlags::BAD_DATA));
    let counters = subscriber.counters();
    assert_eq!((counters.blocks_lost, counters.bytes_skipped, counters.bad_checks), (0, 0, 0));
    subscriber.close();
    assert_eq!(subscriber.log().closed, [None]);
    subscriber.log().measurements.clear();
    subscriber.link.open().unwrap();
    assert!(subscriber.link.open().is_err(), "it is open");
    wait("it is agreed again", || {
        subscriber.state() == LinkState::Running && subscriber.log().answers.len() == 2
    });
    publisher.send(&batch(30));
    wait("more has come", || keys(&subscriber).len() == 20);
    assert_eq!(subscriber.link.info().counters.openings, 2);
}

#[test]
fn a_device_that_is_not_there_is_tried_again_and_given_up() {
    let engine = Engine::new().unwrap();
    let setup = "link=serial:/dev/no-such-line; retryInterval=10; maxRetryInterval=10; maxRetries=2";
    let side = Side::subscriber(&engine, setup);
    wait("it is given up", || side.state() == LinkState::GaveUp);
    let log = side.log();
    assert_eq!(log.closed.len(), 3);
    assert!(log.messages.iter().any(|text| text.contains("/dev/no-such-line")), "{:?}", log.messages);
}
