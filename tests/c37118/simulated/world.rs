//! One device, its clients, and what is between them, with a clock that moves when nothing is left to do.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
use sttp::c37118::server::{ClientKey, ServerOutput, ServerSession};
use sttp::c37118::{Command, Configuration, FrameTime, Version, encode_command};
use sttp::session::Moment;

use super::chance::Chance;
use super::conditions::{Conditions, Plan, Stranger};
use super::stream::{self, ID_CODE, OTHER_ID};

/// Where clients listen for datagrams.
pub(crate) const PORT: u16 = 5000;
/// Bytes that are on their way in one stream at most.
const WINDOW: usize = 8 << 10;
/// Frames say for so long that the configuration has changed.
const CHANGING: Duration = Duration::from_secs(60);
/// No world has reason for more.
const MOST_STEPS: usize = 200_000;

/// What is going to happen.
#[derive(Debug)]
enum Event {
    Publish,
    Change,
    Connect(usize),
    /// Bytes of the connection with this number arrive at the client or the device.
    ToClient(usize, u32, Vec<u8>),
    ToDevice(usize, u32, Vec<u8>),
    DatagramToClient(usize, Vec<u8>),
    DatagramToDevice(SocketAddr, Vec<u8>),
    /// The connection of a client breaks.
    Cut(usize),
    /// The device notices it.
    Gone(ClientKey),
    Strange(Stranger, Option<ClientKey>, u32),
}

#[derive(Debug)]
struct Sent {
    bytes: Vec<u8>,
    configuration: u16,
    at: Duration,
}

/// A client, and its side of the connection.
struct Peer {
    session: ClientSession,
    channels: Channels,
    address: SocketAddr,
    /// Which of its connections this is.
    connection: u32,
    is_connected: bool,
    key: Option<ClientKey>,
    /// Bytes on their way to it.
    in_flight: usize,
    /// Frames of the two directions of a stream stay in order.
    arrivals: [Duration; 2],
    /// CFGCNT of the configuration that was told last.
    told: Option<u16>,
    delivered: BTreeSet<u32>,
}

pub(crate) struct World {
    chance: Chance,
    plan: Plan,
    start: Moment,
    time: Duration,
    events: BinaryHeap<Reverse<(Duration, u64)>>,
    what: HashMap<u64, Event>,
    count: u64,
    server: ServerSession,
    peers: Vec<Peer>,
    configuration: Configuration,
    changed_at: Option<Duration>,
    sent: Vec<Sent>,
    messages: VecDeque<String>,
}

impl World {
    pub(crate) fn new(mut chance: Chance, is_whole: bool) -> World {
        let plan = Plan::new(&mut chance, is_whole);
        let utc = Ticks(Ticks::UNIX_EPOCH.0 + (1_700_000_000 + chance.below(60) as i64) * Ticks::PER_SECOND);
        let start = Moment { instant: Instant::now(), utc };
        let mut server = ServerSession::new(plan.server);
        let configuration = stream::configuration(0, plan.rate, plan.has_equal_lengths);
        let peers: Vec<Peer> = plan
            .clients
            .iter()
            .enumerate()
            .map(|(number, (channels, settings))| Peer {
                session: ClientSession::new(*settings, *channels),
                channels: *channels,
                address: SocketAddr::from(([10, 0, 0, number as u8 + 1], PORT)),
                connection: 0,
                is_connected: false,
                key: None,
                in_flight: 0,
                arrivals: [Duration::ZERO; 2],
                told: None,
                delivered: BTreeSet::new(),
            })
            .collect();
        let spontaneous = peers.iter().filter(|peer| peer.channels == Channels::SpontaneousDatagrams);
        server.set_targets(spontaneous.map(|peer| peer.address).collect(), start);
        server.set_header(b"a device".to_vec(), start).unwrap();
        server.set_configuration(&configuration, start).unwrap();
        let mut world = World {
            chance,
            plan,
            start,
            time: Duration::ZERO,
            events: BinaryHeap::new(),
            what: HashMap::new(),
            count: 0,
            server,
            peers,
            configuration,
            changed_at: None,
            sent: Vec::new(),
            messages: VecDeque::new(),
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        self.after(Duration::ZERO, Event::Publish);
        self.schedule_change();
        for peer in 0..self.peers.len() {
            let delay = self.chance.milliseconds(3000);
            self.after(delay, Event::Connect(peer));
            self.schedule_cut(peer);
        }
        for stranger in self.plan.strangers.clone() {
            self.after(self.plan.troubled / 4, Event::Strange(stranger, None, 0));
        }
    }

    /// Plays the world to its end. Panics when a session breaks a promise.
    pub(crate) fn play(&mut self) {
        let end = self.plan.troubled + self.plan.whole;
        for _ in 0..MOST_STEPS {
            self.drain();
            let event = self.events.peek().map(|Reverse((time, _))| *time);
            let deadlines = self.peers.iter().filter_map(|peer| peer.session.deadline());
            let deadline = deadlines.chain(self.server.deadline()).min();
            let deadline = deadline
                .map(|deadline| deadline.saturating_duration_since(self.start.instant).max(self.time));
            let Some(next) = event.into_iter().chain(deadline).min().filter(|next| *next <= end) else {
                self.time = end;
                return self.judge();
            };
            self.time = next;
            if event == Some(next) {
                let Some(Reverse((_, number))) = self.events.pop() else { unreachable!() };
                let event = self.what.remove(&number).unwrap();
                self.happen(event);
            } else {
                let now = self.now();
                self.peers.iter_mut().for_each(|peer| peer.session.handle_timeout(now));
                self.server.handle_timeout(now);
            }
            self.check_bounds();
        }
        panic!("sessions never rest: {:?}", self.messages);
    }

    fn now(&self) -> Moment {
        self.start + self.time
    }

    fn is_troubled(&self) -> bool {
        self.time < self.plan.troubled
    }

    fn conditions(&self) -> Conditions {
        if self.is_troubled() { self.plan.troubles } else { Conditions::WHOLE }
    }

    fn at(&mut self, time: Duration, event: Event) {
        self.count += 1;
        self.events.push(Reverse((time, self.count)));
        self.what.insert(self.count, event);
    }

    fn after(&mut self, delay: Duration, event: Event) {
        self.at(self.time + delay, event);
    }

    fn schedule_change(&mut self) {
        let delay = Duration::from_secs(2) + self.chance.milliseconds(2000 * self.plan.changes);
        if self.time + delay < self.plan.troubled {
            self.after(delay, Event::Change);
        }
    }

    fn schedule_cut(&mut self, peer: usize) {
        let Some(cuts) = self.plan.cuts else { return };
        let delay = self.chance.milliseconds(2000 * cuts);
        if self.time + delay < self.plan.troubled {
            self.after(delay, Event::Cut(peer));
        }
    }

    fn happen(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Publish => self.publish(now),
            Event::Change => {
                let number = self.configuration.pmus[0].change_count + 1;
                self.configuration =
                    stream::configuration(number, self.plan.rate, self.plan.has_equal_lengths);
                self.changed_at = Some(self.time);
                self.server.set_configuration(&self.configuration, now).unwrap();
                self.schedule_change();
            }
            Event::Connect(number) => self.connect(number, now),
            Event::ToClient(number, connection, bytes) => {
                let peer = &mut self.peers[number];
                if peer.connection == connection {
                    peer.in_flight -= bytes.len();
                    peer.session.receive(&bytes, now);
                    self.pump(number);
                }
            }
            Event::ToDevice(number, connection, bytes) => {
                let peer = &self.peers[number];
                if let Some(key) = peer.key.filter(|_| peer.connection == connection) {
                    self.server.receive(key, &bytes, now);
                }
            }
            Event::DatagramToClient(number, bytes) => {
                let peer = &mut self.peers[number];
                peer.session.receive_datagram(&bytes, now);
            }
            Event::DatagramToDevice(from, bytes) => self.server.receive_datagram(from, &bytes, now),
            Event::Cut(number) => {
                self.cut(number);
                self.schedule_cut(number);
            }
            Event::Gone(key) => self.server.closed(key),
            Event::Strange(stranger, key, step) => self.act_strangely(stranger, key, step, now),
        }
    }

    fn publish(&mut self, now: Moment) {
        let number = self.sent.len() as u32;
        let is_changing = self.changed_at.is_some_and(|changed_at| self.time < changed_at + CHANGING);
        let bytes = stream::frame(&self.configuration, number, now.utc, is_changing);
        self.server.publish(&bytes, now).unwrap();
        let configuration = self.configuration.pmus[0].change_count;
        self.sent.push(Sent { bytes, configuration, at: self.time });
        if self.chance.percent(5) {
            // Another device sends to the same socket.
            let other = Configuration { id_code: OTHER_ID, ..self.configuration.clone() };
            let bytes = stream::frame(&other, number, now.utc, false);
            for number in 0..self.peers.len() {
                if self.peers[number].channels != Channels::Stream {
                    self.send_datagram_to(number, bytes.clone());
                }
            }
        }
        self.after(Duration::from_secs_f64(1.0 / f64::from(self.plan.rate)), Event::Publish);
    }

    fn connect(&mut self, number: usize, now: Moment) {
        let peer = &mut self.peers[number];
        if peer.is_connected {
            return;
        }
        if matches!(peer.channels, Channels::Stream | Channels::StreamAndDatagrams) {
            match self.server.accepted(peer.address, now) {
                Ok(key) => peer.key = Some(key),
                Err(_) => return self.after(Duration::from_secs(1), Event::Connect(number)),
            }
        }
        peer.connection += 1;
        peer.in_flight = 0;
        peer.is_connected = true;
        peer.session.connected(now);
    }

    /// Ends the connection of a client. The device notices it some time later.
    fn cut(&mut self, number: usize) {
        let most = if self.is_troubled() { 10_000 } else { 100 };
        let notice = self.chance.milliseconds(most);
        let again = self.chance.milliseconds(2000);
        let peer = &mut self.peers[number];
        if !std::mem::replace(&mut peer.is_connected, false) {
            return;
        }
        peer.session.disconnected();
        peer.connection += 1;
        if let Some(key) = peer.key.take() {
            self.after(notice, Event::Gone(key));
        }
        self.after(again, Event::Connect(number));
    }

    /// Takes from all sessions what they want, and does it.
    fn drain(&mut self) {
        for number in 0..self.peers.len() {
            self.drain_client(number);
        }
        while let Some(output) = self.server.poll() {
            match output {
                ServerOutput::Send(key) => {
                    if let Some(number) = self.peers.iter().position(|peer| peer.key == Some(key)) {
                        self.pump(number);
                    }
                }
                ServerOutput::SendDatagram { target, frame } => {
                    if let Some(number) = self.peers.iter().position(|peer| peer.address == target) {
                        self.send_datagram_to(number, frame.to_vec());
                    }
                }
                ServerOutput::Close { client, .. } => {
                    if let Some(number) = self.peers.iter().position(|peer| peer.key == Some(client)) {
                        self.peers[number].key = None;
                        self.cut(number);
                    }
                }
                ServerOutput::Message { text, .. } => self.note(text),
                _ => {}
            }
        }
    }

    fn drain_client(&mut self, number: usize) {
        loop {
            let peer = &mut self.peers[number];
            let Some(output) = peer.session.poll() else { return };
            match output {
                ClientOutput::Send(bytes) => self.send_command(number, bytes),
                ClientOutput::Configuration { configuration, frames } => {
                    assert!(!frames.is_empty());
                    let pmu = &configuration.pmus[0];
                    assert_eq!(pmu.station.to_string(), format!("STATION {}", pmu.change_count));
                    peer.told = Some(pmu.change_count);
                }
                ClientOutput::Data { frame, bytes, .. } => {
                    let pmu = frame.pmus().next().unwrap();
                    let data = stream::number(pmu.phasors().next().unwrap());
                    let sent = &self.sent[data as usize];
                    assert_eq!(bytes, sent.bytes, "frame {data}");
                    assert_eq!(
                        peer.told,
                        Some(sent.configuration),
                        "configuration of frame {data} at client {number}: {:?}",
                        self.plan
                    );
                    assert!(peer.delivered.insert(data), "frame {data} came twice");
                }
                ClientOutput::Reconnect { reason } => {
                    self.note(format!("client {number} connects again: {reason}"));
                    self.cut(number);
                }
                ClientOutput::Message { text, .. } => {
                    // All devices speak C37.118, however damaged it arrives.
                    assert!(!text.contains("IEEE 1344"), "{text}");
                    self.note(format!("client {number}: {text}"));
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, text: String) {
        self.messages.push_back(format!("{:?}: {text}", self.time));
        if self.messages.len() > 30 {
            self.messages.pop_front();
        }
    }

    fn send_command(&mut self, number: usize, bytes: Vec<u8>) {
        let peer = &self.peers[number];
        match peer.channels {
            Channels::SpontaneousDatagrams => panic!("nobody listens"),
            Channels::Datagrams => {
                let address = peer.address;
                for (delay, bytes) in self.fates(bytes) {
                    self.after(delay, Event::DatagramToDevice(address, bytes));
                }
            }
            Channels::Stream | Channels::StreamAndDatagrams => {
                let connection = peer.connection;
                let arrival = self.arrival(number, 1);
                self.at(arrival, Event::ToDevice(number, connection, bytes));
            }
        }
    }

    /// Sends what the device has for a client by its stream, as much as has room on the way.
    fn pump(&mut self, number: usize) {
        let now = self.now();
        loop {
            let peer = &self.peers[number];
            let Some(key) = peer.key else { return };
            let room = WINDOW.saturating_sub(peer.in_flight);
            let Some(queue) = self.server.queue(key).filter(|queue| room > 0 && !queue.is_empty()) else {
                return;
            };
            let piece = queue.pieces().next().unwrap();
            let size = piece.len().min(room);
            let size = if self.is_troubled() { 1 + self.chance.below(size as u64) as usize } else { size };
            let bytes = piece[..size].to_vec();
            let connection = peer.connection;
            self.server.sent(key, size, now);
            self.peers[number].in_flight += size;
            let arrival = self.arrival(number, 0);
            self.at(arrival, Event::ToClient(number, connection, bytes));
        }
    }

    /// When bytes that are sent now arrive, which is not before those sent earlier.
    fn arrival(&mut self, number: usize, direction: usize) -> Duration {
        let Conditions { delay, jitter, .. } = self.conditions();
        let delay = Duration::from_millis(delay) + self.chance.milliseconds(jitter);
        let arrival = &mut self.peers[number].arrivals[direction];
        *arrival = (*arrival).max(self.time + delay);
        *arrival
    }

    fn send_datagram_to(&mut self, number: usize, bytes: Vec<u8>) {
        for (delay, bytes) in self.fates(bytes) {
            self.after(delay, Event::DatagramToClient(number, bytes));
        }
    }

    /// What becomes of a datagram: the copies that arrive, and when.
    fn fates(&mut self, mut bytes: Vec<u8>) -> Vec<(Duration, Vec<u8>)> {
        let Conditions { lost, doubled, damaged, delay, jitter } = self.conditions();
        if self.chance.percent(lost) {
            return Vec::new();
        }
        if self.chance.percent(damaged) {
            let bit = self.chance.below(bytes.len() as u64 * 8) as usize;
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let copies = if self.chance.percent(doubled) { 2 } else { 1 };
        let delay = |chance: &mut Chance| Duration::from_millis(delay) + chance.milliseconds(jitter);
        (0..copies).map(|_| (delay(&mut self.chance), bytes.clone())).collect()
    }

    fn act_strangely(&mut self, stranger: Stranger, key: Option<ClientKey>, step: u32, now: Moment) {
        let command = |id_code, command| {
            let mut bytes = Vec::new();
            encode_command(&mut bytes, Version::V1, id_code, FrameTime::default(), &command).unwrap();
            bytes
        };
        let address = SocketAddr::from(([10, 9, 9, self.chance.below(250) as u8], 4000));
        let key = match stranger {
            Stranger::ForgedDatagrams => None,
            _ => key.or_else(|| self.server.accepted(address, now).ok()),
        };
        let bytes = match stranger {
            Stranger::Garbage => self.chance.bytes(300),
            Stranger::CommandsWithoutEnd => command(ID_CODE, Command::SendConfiguration3).repeat(50),
            Stranger::ReadsNothing if step == 0 => command(ID_CODE, Command::StartData),
            Stranger::ReadsNothing => Vec::new(),
            Stranger::LyingLengths => {
                [[0xAA, 0x41, 0xFF, 0xFF], [0xAA, 0x52, 0xFF, 0xFF]].concat().repeat(20)
            }
            Stranger::ForgedDatagrams => {
                let mut codes = [
                    Command::StopData,
                    Command::SendConfiguration2,
                    Command::SendConfiguration3,
                    Command::Other(9),
                ];
                codes.rotate_left(self.chance.below(4) as usize);
                let [code, ..] = codes;
                let command = command(ID_CODE, code);
                self.server.receive_datagram(address, &command, now);
                self.chance.bytes(40)
            }
        };
        match key {
            Some(key) => self.server.receive(key, &bytes, now),
            None => self.server.receive_datagram(address, &bytes, now),
        }
        if self.is_troubled() && step < 100 {
            self.after(Duration::from_millis(200), Event::Strange(stranger, key, step + 1));
        } else if let Some(key) = key {
            self.server.closed(key);
        }
    }

    fn check_bounds(&self) {
        let most = self.plan.server.max_queue;
        let mut count = 0;
        for client in self.server.clients() {
            assert!(client.queued_bytes <= most, "{client:?}");
            count += 1;
        }
        assert!(count <= self.plan.server.max_clients);
    }

    /// What has to be true at the end.
    fn judge(&self) {
        let end = self.plan.troubled + self.plan.whole;
        let sure = |sent: &Sent| sent.at + Duration::from_secs(1) < end;
        for (number, peer) in self.peers.iter().enumerate() {
            let counters = peer.session.counters();
            let tell = || format!("client {number}: {:?} {counters:?} {:?}", self.plan, self.messages);
            let Some(first_delivered) = peer.delivered.first() else { panic!("{}", tell()) };
            // On a whole link nothing is lost from the first frame on; else from when the link is well for long.
            let first = match self.plan.is_whole {
                true => *first_delivered as usize,
                false => self.sent.iter().position(|sent| sent.at + Duration::from_secs(5) >= end).unwrap(),
            };
            for (data, sent) in self.sent.iter().enumerate().skip(first).filter(|(_, sent)| sure(sent)) {
                assert!(peer.delivered.contains(&(data as u32)), "frame {data} of {:?}: {}", sent.at, tell());
            }
            if self.plan.is_whole {
                assert_eq!(
                    counters.late_frames + counters.duplicate_frames + counters.missing_frames,
                    0,
                    "{}",
                    tell()
                );
                assert_eq!(counters.connections, 1, "{}", tell());
            }
            assert_eq!(counters.data_frames, peer.delivered.len() as u64);
        }
    }
}
