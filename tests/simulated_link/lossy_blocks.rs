//! Buffer blocks whose frames, and whose confirmations, travel like datagrams: they get lost, repeated and
//! reordered. Connections do not do that, so that this joins the sessions themselves.

use std::time::{Duration, Instant};

use sttp::engine::simulated::Random;
use sttp::session::publisher::{ConnectionKey, NewConnection, Output, PublisherSettings};
use sttp::session::subscriber::{self, SessionSettings};
use sttp::session::{Moment, PublisherSession, SubscriberSession};
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::frame::FrameAssembler;

use crate::signals::{catalog, filter};

const BUFFER_BLOCK: u8 = 0x88;
const CONFIRM_BUFFER_BLOCK: u8 = 0x08;

/// A publisher and a subscriber whose buffer blocks and confirmations travel like datagrams.
struct Lossy {
    publisher: PublisherSession,
    subscriber: SubscriberSession,
    connection: ConnectionKey,
    now: Moment,
    random: Random,
    /// Percent of datagrams that are lost.
    loss: usize,
    to_subscriber: Vec<(Instant, Vec<u8>)>,
    to_publisher: Vec<(Instant, Vec<u8>)>,
    received: Vec<u32>,
}

impl Lossy {
    fn new(seed: u64, loss: usize) -> Lossy {
        println!("seed {seed}");
        let now = Moment::now();
        let mut publisher = PublisherSession::new(PublisherSettings::default(), catalog(0..4));
        let connection = publisher.open(NewConnection::accepted(1, ([127, 0, 0, 1], 7).into()), now);
        let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
        let mut subscriber = SubscriberSession::new(settings, now.instant);
        let filter = filter(0..4);
        subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
        let mut lossy = Lossy {
            publisher,
            subscriber,
            connection,
            now,
            random: Random::new(seed),
            loss: 0,
            to_subscriber: Vec::new(),
            to_publisher: Vec::new(),
            received: Vec::new(),
        };
        (0..20).for_each(|_| lossy.step());
        lossy.loss = loss;
        lossy
    }

    fn step(&mut self) {
        self.now += Duration::from_millis(self.random.below(20) as u64);
        self.publisher.handle_timeout(self.now);
        while let Some(output) = self.publisher.poll() {
            assert!(!matches!(output, Output::Close(..)), "{output:?}");
        }
        let queue = self.publisher.queue(self.connection).unwrap();
        let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
        self.publisher.sent(self.connection, bytes.len(), self.now);
        for frame in frames(&bytes) {
            self.send(frame, BUFFER_BLOCK, true);
        }
        let bytes: Vec<u8> = self.subscriber.queue().pieces().flatten().copied().collect();
        self.subscriber.sent(bytes.len());
        for frame in frames(&bytes) {
            self.send(frame, CONFIRM_BUFFER_BLOCK, false);
        }
        self.deliver();
    }

    /// Frames that begin with `lossy` are treated as datagrams, others arrive at once.
    fn send(&mut self, frame: Vec<u8>, lossy: u8, to_subscriber: bool) {
        let mut copies = 1;
        let mut arrival = self.now.instant;
        if frame[4] == lossy {
            copies = match self.random.below(100) {
                chance if chance < self.loss => 0,
                chance if chance >= 90 => 2,
                _ => 1,
            };
            arrival += Duration::from_millis(self.random.below(100) as u64);
        }
        for _ in 0..copies {
            let datagrams = if to_subscriber { &mut self.to_subscriber } else { &mut self.to_publisher };
            datagrams.push((arrival, frame.clone()));
            arrival += Duration::from_millis(self.random.below(100) as u64);
        }
    }

    fn deliver(&mut self) {
        let now = self.now.instant;
        for frame in arrived(&mut self.to_subscriber, now) {
            let mut rest = &frame[..];
            while self.subscriber.receive(&mut rest, now) {
                match self.subscriber.poll() {
                    Some(subscriber::Output::BufferBlock { bytes, .. }) => {
                        self.received.push(u32::from_be_bytes(bytes[..4].try_into().unwrap()));
                    }
                    Some(subscriber::Output::Ended(error)) => panic!("{error}"),
                    _ => {}
                }
            }
        }
        for frame in arrived(&mut self.to_publisher, now) {
            self.publisher.receive(self.connection, &frame, self.now);
        }
    }

    fn send_blocks(&mut self, count: u32, confirm: bool) {
        for number in 0..count {
            let row = self.random.below(4) as u32;
            self.publisher.send_buffer_block(row, &number.to_be_bytes(), confirm, self.now);
            if self.random.below(3) == 0 {
                self.step();
            }
        }
    }

    fn run_for(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while self.now.instant < end {
            self.step();
        }
    }
}

fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut assembler, mut rest, mut frames) = (FrameAssembler::default(), bytes, Vec::new());
    while let Some(frame) = assembler.next(&mut rest, usize::MAX).unwrap() {
        frames.push([&(frame.len() as u32).to_be_bytes()[..], frame].concat());
    }
    frames
}

/// Takes what has arrived, in the order of arrival.
fn arrived(datagrams: &mut Vec<(Instant, Vec<u8>)>, now: Instant) -> Vec<Vec<u8>> {
    datagrams.sort_by_key(|(arrival, _)| *arrival);
    let count = datagrams.partition_point(|(arrival, _)| *arrival <= now);
    datagrams.drain(..count).map(|(_, frame)| frame).collect()
}

#[test]
fn confirmed_blocks_survive_loss_repetition_and_reordering() {
    for seed in 0..20 {
        let mut lossy = Lossy::new(seed, 10);
        lossy.send_blocks(800, true);
        lossy.run_for(Duration::from_secs(120));
        assert_eq!(lossy.received, (0..800).collect::<Vec<_>>());
        let statistics = lossy.publisher.statistics();
        assert_eq!((statistics.buffer_blocks_dropped, statistics.buffer_blocks_unconfirmed), (0, 0));
        assert!(statistics.buffer_blocks_repeated > 0);
        // Nothing is left to repeat.
        lossy.run_for(Duration::from_secs(60));
        assert_eq!(lossy.publisher.statistics(), statistics_without_bytes(&lossy, statistics));
    }
}

/// The same statistics, but for the bytes that keep-alives take.
fn statistics_without_bytes(
    lossy: &Lossy,
    mut statistics: sttp::session::publisher::PublisherCounters,
) -> sttp::session::publisher::PublisherCounters {
    let now = lossy.publisher.statistics();
    statistics.bytes_sent = now.bytes_sent;
    statistics.command_channel_bytes_sent = now.command_channel_bytes_sent;
    statistics.bytes_received = now.bytes_received;
    statistics
}

#[test]
fn unconfirmed_blocks_keep_their_order_and_their_losses_are_counted() {
    for seed in 0..20 {
        let mut lossy = Lossy::new(seed, 10);
        lossy.send_blocks(800, false);
        lossy.run_for(Duration::from_secs(30));
        assert!(lossy.received.is_sorted_by(|before, after| before < after));
        let last = lossy.received[lossy.received.len() - 1];
        let statistics = lossy.subscriber.statistics();
        assert_eq!(statistics.buffer_blocks + statistics.buffer_blocks_lost, u64::from(last) + 1);
        assert!(statistics.buffer_blocks_lost > 10 && statistics.buffer_blocks > 600);
        assert_eq!(lossy.publisher.statistics().buffer_blocks_repeated, 0);
    }
}
