//! A publisher of another implementation, which alternates the slots of caches and names none in its packets.
//!
//! It has two threads. One does what commands ask, some time after they have come. The other one publishes: it looks which
//! cache is in use, encodes a batch with that, and sends it when that is done, whatever has happened meanwhile.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::{NOT_SUBSCRIBED, SignalIndexCache, tssc};
use sttp::engine::simulated::{Peer, Random, RawListener};
use sttp::session::SubscribeRequest;
use sttp::wire::frame::{FrameAssembler, response_frame};
use sttp::wire::messages::next_sequence;
use sttp::wire::{Command, Response, TextEncoding, Version};
use uuid::Uuid;

use super::Network;
use crate::signals::{raw, signal_id};

/// Where it listens.
pub(crate) const OTHER_PUBLISHER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9)), 7165);
/// Signals that it publishes.
const SIGNALS: usize = 16;
/// Longest time between its turns.
const TURN: Duration = Duration::from_millis(5);
const COMPRESSED: u8 = 0x08;
const COMPACT: u8 = 0x02;

/// How fast it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between batches.
    pub(crate) interval: Duration,
    /// Longest time from a command's arrival to what it asks for.
    pub(crate) delay: Duration,
    /// Longest time to encode a batch.
    pub(crate) encoding: Duration,
}

/// The publisher and its only connection.
pub(crate) struct UnnamingPublisher {
    version: Version,
    compressed: bool,
    pace: Pace,
    random: Random,
    listener: RawListener,
    connection: Option<Peer>,
    assembler: FrameAssembler,
    /// Commands that have come, and when they are done.
    commands: VecDeque<(Duration, Vec<u8>)>,
    /// Packets that the publishing thread is about to send.
    encoded: VecDeque<(Duration, Vec<u8>)>,
    next_batch: Duration,
    next_keep_alive: Duration,
    unsent: Vec<u8>,
    // -- what both threads see --
    subscribed: bool,
    in_use: Option<Vec<usize>>,
    next: Option<Vec<usize>>,
    pending: Option<Vec<usize>>,
    pending_due: Option<Duration>,
    slot: u8,
    must_reset: bool,
    encoder: tssc::Encoder,
    sequence: u16,
    /// Numbers of the measurements that it sent.
    pub(crate) sent: Vec<usize>,
}

impl UnnamingPublisher {
    pub(crate) fn new(network: &mut Network, version: Version, compressed: bool, pace: Pace) -> Self {
        UnnamingPublisher {
            version,
            compressed,
            pace,
            random: Random::new(network.random.below(1 << 40) as u64),
            listener: network.simulation.listen(OTHER_PUBLISHER).unwrap(),
            connection: None,
            assembler: FrameAssembler::default(),
            commands: VecDeque::new(),
            encoded: VecDeque::new(),
            next_batch: Duration::ZERO,
            next_keep_alive: Duration::from_secs(5),
            unsent: Vec::new(),
            subscribed: false,
            in_use: None,
            next: None,
            pending: None,
            pending_due: None,
            slot: 1,
            must_reset: false,
            encoder: tssc::Encoder::new(SIGNALS),
            sequence: 0,
            sent: Vec::new(),
        }
    }

    /// Lets time pass, in which it publishes.
    pub(crate) fn run_for(&mut self, network: &mut Network, span: Duration) {
        let end = network.simulation.elapsed() + span;
        loop {
            let now = network.simulation.elapsed();
            self.turn(network, now);
            if now >= end {
                return;
            }
            let next =
                self.due().map_or(TURN, |due| due.saturating_sub(now)).clamp(Duration::from_micros(1), TURN);
            network.simulation.run_for(next.min(end - now));
        }
    }

    /// Publishes 30 batches a second from now on, each encoded in no time.
    pub(crate) fn slow_down(&mut self) {
        self.pace.interval = Duration::from_millis(33);
        self.pace.encoding = Duration::ZERO;
    }

    /// Lets time pass until nothing is on its way.
    pub(crate) fn finish(&mut self, network: &mut Network) {
        self.next_batch = Duration::MAX;
        self.run_for(network, Duration::from_secs(2));
        network.run_for(Duration::ZERO);
    }

    fn due(&self) -> Option<Duration> {
        let command = self.commands.front().map(|(due, _)| *due);
        let packet = self.encoded.front().map(|(due, _)| *due);
        let batch = self.encoded.is_empty().then_some(self.next_batch);
        [command, packet, batch, self.pending_due].into_iter().flatten().min()
    }

    fn turn(&mut self, network: &mut Network, now: Duration) {
        if self.connection.is_none() {
            self.connection = self.listener.accept();
        }
        self.read(now);
        while let Some(due) = self.due().filter(|due| *due <= now) {
            if self.commands.front().is_some_and(|(at, _)| *at == due) {
                let (_, command) = self.commands.pop_front().unwrap();
                self.obey(&command, due);
            } else if self.encoded.front().is_some_and(|(at, _)| *at == due) {
                let (_, packet) = self.encoded.pop_front().unwrap();
                self.send(Response::DataPacket, 2, &packet);
            } else if self.pending_due == Some(due) {
                self.pending_due = None;
                if let Some(pending) = self.pending.take() {
                    self.offer(pending, due);
                }
            } else {
                self.next_batch = due + self.pace.interval;
                self.publish(network, due);
            }
        }
        if now >= self.next_keep_alive {
            self.next_keep_alive += Duration::from_secs(5);
            self.send(Response::NoOp, 2, &[]);
        }
        self.write();
    }

    fn read(&mut self, now: Duration) {
        let Some(connection) = &self.connection else { return };
        let (bytes, _) = connection.read().expect("the connection is whole");
        let mut rest = &bytes[..];
        while let Some(frame) = self.assembler.next(&mut rest, 1 << 20).unwrap() {
            let delay = self.random.below(self.pace.delay.as_micros() as usize + 1) as u64;
            let after = self.commands.back().map_or(now, |(due, _)| *due).max(now);
            self.commands.push_back((after + Duration::from_micros(delay), frame.to_vec()));
        }
    }

    fn write(&mut self) {
        if let (Some(connection), false) = (&self.connection, self.unsent.is_empty()) {
            let taken = connection.write(&self.unsent).unwrap_or_default();
            self.unsent.drain(..taken);
        }
    }

    fn send(&mut self, response: Response, command: u8, payload: &[u8]) {
        self.unsent.extend(response_frame(response, command, payload));
    }

    // -- the thread of commands --

    fn obey(&mut self, command: &[u8], now: Duration) {
        let (code, payload) = (command[0], &command[1..]);
        match Command::from_code(code).unwrap() {
            Command::DefineOperationalModes => self.send(Response::Succeeded, code, b"All modes are fine."),
            Command::Subscribe => {
                let options = SubscribeRequest::decode(payload, TextEncoding::Utf8).unwrap().options;
                let ids: Vec<Uuid> =
                    options.filter.split(';').map(|id| Uuid::parse_str(id).unwrap()).collect();
                let signals = ids.iter().map(|id| (0..SIGNALS).find(|one| signal_id(*one) == *id).unwrap());
                self.offer(signals.collect(), now);
                self.subscribed = true;
                self.send(Response::Succeeded, code, b"Client subscribed.");
            }
            Command::Unsubscribe => self.subscribed = false,
            Command::ConfirmSignalIndexCache => {
                if let Some(next) = self.next.take() {
                    self.use_cache(next);
                    self.slot ^= 1;
                    let delay = self.random.below(self.pace.delay.as_micros() as usize + 1) as u64;
                    self.pending_due = Some(now + Duration::from_micros(delay));
                }
            }
            Command::UpdateProcessingInterval => self.send(Response::Succeeded, code, b"Assigned."),
            other => panic!("{other:?}"),
        }
    }

    /// Sends a cache, or lets it wait until the one before is confirmed.
    fn offer(&mut self, signals: Vec<usize>, _now: Duration) {
        let confirms = self.version != Version::V1;
        if confirms && self.next.is_some() {
            self.pending = Some(signals);
            return;
        }
        let mut cache = SignalIndexCache::new(Uuid::from_u128(9));
        signals.iter().for_each(|signal| cache.push(signal_id(*signal), "SIM", *signal as u64));
        let cache = cache.encode(TextEncoding::Utf8);
        if confirms {
            self.next = Some(signals);
            self.pending = None;
            self.send(Response::UpdateSignalIndexCache, 2, &[&[self.slot ^ 1][..], &cache].concat());
        } else {
            self.use_cache(signals);
            self.send(Response::UpdateSignalIndexCache, 2, &cache);
        }
    }

    fn use_cache(&mut self, signals: Vec<usize>) {
        self.in_use = Some(signals);
        self.must_reset = true;
    }

    // -- the thread that publishes --

    fn publish(&mut self, network: &mut Network, now: Duration) {
        if !self.subscribed || self.in_use.is_none() {
            return;
        }
        let signals = self.in_use.clone().unwrap();
        let mut route = vec![NOT_SUBSCRIBED; SIGNALS];
        signals.iter().zip(0..).for_each(|(signal, index)| route[*signal] = index);
        if std::mem::take(&mut self.must_reset) {
            self.encoder.reset();
            self.sequence = 0;
        }
        let mut at = now;
        for _ in 0..1 + self.random.below(2) {
            let count = 1 + self.random.below(8);
            let mut numbers = Vec::new();
            for _ in 0..count {
                let signal = self.random.below(SIGNALS);
                network.published.next(signal, &mut self.random);
                if route[signal] != NOT_SUBSCRIBED {
                    numbers.push(network.published.next_number() - 1);
                }
            }
            if numbers.is_empty() {
                continue;
            }
            let of = |number: &usize| {
                raw(network.published.signal_of(*number) as u32, network.published.get(*number))
            };
            let batch: Vec<_> = numbers.iter().map(of).collect();
            let packet =
                if self.compressed { self.compress(&batch, &route) } else { compact_packet(&batch, &route) };
            at +=
                Duration::from_micros(self.random.below(self.pace.encoding.as_micros() as usize + 1) as u64);
            self.encoded.push_back((at, packet));
            self.sent.extend(numbers);
        }
    }

    fn compress(&mut self, batch: &[sttp::codec::RawMeasurement], route: &[u32]) -> Vec<u8> {
        let mut block = tssc::Block::new(0, 1 << 15);
        let encoded = self.encoder.encode(&mut block, batch, route);
        self.encoder.finish_block(&mut block);
        let sequence = self.sequence;
        self.sequence = next_sequence(sequence);
        let count = (encoded.written as u32).to_be_bytes();
        [&[COMPRESSED][..], &count, &[85], &sequence.to_be_bytes(), block.packet()].concat()
    }
}

fn compact_packet(batch: &[sttp::codec::RawMeasurement], route: &[u32]) -> Vec<u8> {
    let mut body = Vec::new();
    let encoded = compact::encode(batch, route, &TimeFormat::default(), 0, &mut body, 1 << 15);
    [&[COMPACT][..], &(encoded.written as u32).to_be_bytes(), &body].concat()
}
