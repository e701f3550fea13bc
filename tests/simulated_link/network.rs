//! One publisher session and its subscriber sessions, each behind a simulated connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::codec::SignalIndexCache;
use sttp::engine::simulated::Random;
use sttp::session::publisher::{
    Catalog, ChannelId, CloseReason, ConnectionInfo, ConnectionKey, HistoryCall, HistoryStore, HistoryUse,
    LongRequest, NewConnection, Output, PublisherEvent, PublisherSettings, Work, WorkResult,
};
use sttp::session::subscriber::{self, Schema, SessionSettings, SubscriberError};
use sttp::session::{Handed, Moment, PublisherSession, SubscriberSession};
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::notification::NotificationId;
use sttp::wire::{Command, DataChannel};
use sttp::{Measurement, Ticks};
use uuid::Uuid;

use crate::datagram_link::DatagramLink;
use crate::link::Direction;
use crate::signals::{Published, Times, filter, not_a_number, raw};

/// Longest step of the simulated clock.
const STEP: Duration = Duration::from_millis(10);
/// How long an ending connection may take to get what is queued for it.
const GRACE: Duration = Duration::from_secs(2);

/// What a subscriber was told.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// Caches by their generation, in the order in which they came into use.
    pub(crate) caches: Vec<(u32, Arc<SignalIndexCache>)>,
    /// Numbers of the measurements, see [`Published`].
    pub(crate) numbers: Vec<usize>,
    /// Measurements that are not a number.
    pub(crate) nan: usize,
    /// Measurements of each packet.
    pub(crate) packets: Vec<usize>,
    pub(crate) start_times: Vec<Ticks>,
    pub(crate) configuration_changes: usize,
    pub(crate) metadata: Vec<Vec<u8>>,
    pub(crate) succeeded: Vec<Command>,
    pub(crate) failed: Vec<(Command, String)>,
    pub(crate) messages: Vec<String>,
    /// Ends of historical data.
    pub(crate) completions: Vec<String>,
    /// Buffer blocks: signal, bytes, and how many measurements came before.
    pub(crate) blocks: Vec<(Uuid, Vec<u8>, usize)>,
    pub(crate) notifications: Vec<String>,
    /// User responses: number, code of the command, payload.
    pub(crate) user_responses: Vec<(u8, Option<u8>, Vec<u8>)>,
    pub(crate) schemas: Vec<(Schema, Vec<u8>)>,
}

impl Received {
    /// Signals of the cache in use, or none.
    pub(crate) fn signals(&self) -> Vec<Uuid> {
        self.caches
            .last()
            .map_or(Vec::new(), |(_, cache)| cache.records().iter().map(|record| record.signal_id).collect())
    }

    fn take(&mut self, output: subscriber::Output<'_>, published: &Published, form: Form) {
        match output {
            subscriber::Output::SubscriptionUpdated { generation, cache } => {
                self.caches.push((generation, cache));
            }
            subscriber::Output::Measurements(measurements) => {
                self.packets.push(measurements.len());
                measurements.iter().for_each(|one| self.take_measurement(one, published, form));
            }
            subscriber::Output::DataStartTime(time) => self.start_times.push(time),
            subscriber::Output::ConfigurationChanged => self.configuration_changes += 1,
            subscriber::Output::Metadata(document) => self.metadata.push(document),
            subscriber::Output::Succeeded { command, .. } => self.succeeded.push(command),
            subscriber::Output::Failed { command, text } => self.failed.push((command, text)),
            subscriber::Output::Message(_, text) => self.messages.push(text),
            subscriber::Output::BufferBlock { signal_id, bytes, .. } => {
                self.blocks.push((signal_id, bytes, self.numbers.len()));
            }
            subscriber::Output::Notification(text) => self.notifications.push(text),
            subscriber::Output::UserResponse { response, command, payload } => {
                self.user_responses.push((response, command, payload));
            }
            subscriber::Output::Schema(schema, document) => self.schemas.push((schema, document)),
            subscriber::Output::ProcessingComplete(text) => self.completions.push(text),
            other => panic!("{other:?}"),
        }
    }

    fn take_measurement(&mut self, measurement: &Measurement, published: &Published, form: Form) {
        let (_, cache) = self.caches.last().expect("measurements come after their cache");
        let record = &cache.records()[measurement.signal_index as usize];
        assert_eq!(record.signal_id, measurement.signal_id, "the row is not one of the announced cache");
        if measurement.value.is_nan() {
            self.nan += 1;
            return;
        }
        let number = published.recognise(measurement, form.times);
        assert!(
            form.repeats || self.numbers.last().is_none_or(|last| *last < number),
            "measurement {number} is repeated"
        );
        self.numbers.push(number);
    }
}

/// A subscriber and its connection.
pub(crate) struct Peer {
    pub(crate) key: ConnectionKey,
    pub(crate) session: SubscriberSession,
    pub(crate) received: Received,
    pub(crate) to_publisher: Direction,
    pub(crate) to_subscriber: Direction,
    pub(crate) datagrams: DatagramLink,
    /// What the subscriber's socket is open for.
    pub(crate) channel: Option<DataChannel>,
    /// Why the subscriber gave up.
    pub(crate) error: Option<SubscriberError>,
    /// When its connection is over at the latest, once the publisher ends it.
    ending: Option<Instant>,
    /// What the publisher knew of the connection when it ended.
    pub(crate) closed: Option<ConnectionInfo>,
    /// All bytes that the subscriber read, if the test wants them.
    pub(crate) recorded: Option<Vec<u8>>,
    compressed: bool,
    form: Form,
}

/// What is to be expected of the measurements that a subscriber gets.
#[derive(Debug, Clone, Copy)]
struct Form {
    times: Times,
    /// They come again: the latest ones of each signal, or a window of history.
    repeats: bool,
}

/// A publisher, its subscribers, and a clock that only the test moves.
pub(crate) struct Network {
    pub(crate) publisher: PublisherSession,
    pub(crate) peers: Vec<Peer>,
    pub(crate) published: Published,
    pub(crate) events: Vec<PublisherEvent>,
    /// Connections that the publisher ended.
    pub(crate) ended: Vec<(ConnectionKey, CloseReason)>,
    /// What is to be done elsewhere.
    requests: Vec<LongRequest>,
    history_calls: Vec<HistoryCall>,
    notifications: u32,
    pub(crate) random: Random,
    /// Signal number of each row of the metadata.
    pub(crate) rows: Vec<usize>,
    pub(crate) now: Moment,
    /// Datagrams sent to groups.
    pub(crate) group_datagrams: usize,
}

impl Network {
    pub(crate) fn new(
        seed: u64,
        settings: PublisherSettings,
        rows: impl IntoIterator<Item = usize>,
    ) -> Network {
        let rows: Vec<usize> = rows.into_iter().collect();
        println!("seed {seed}");
        let catalog = crate::signals::catalog(rows.iter().copied());
        let history = HistoryStore::by_settings(None, &settings, &catalog);
        let mut publisher = PublisherSession::new(settings, catalog);
        publisher.use_history(history.map(HistoryUse::Record));
        Network {
            publisher,
            peers: Vec::new(),
            published: Published::default(),
            events: Vec::new(),
            ended: Vec::new(),
            requests: Vec::new(),
            history_calls: Vec::new(),
            notifications: 0,
            random: Random::new(seed),
            rows,
            now: Moment::now(),
            group_datagrams: 0,
        }
    }

    /// Connects another subscriber. Returns its number.
    pub(crate) fn connect(&mut self, settings: SessionSettings) -> usize {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1000 + self.peers.len() as u16));
        let new = NewConnection::accepted(1 + self.peers.len() as u64, address);
        self.peers.push(Peer {
            key: self.publisher.open(new, self.now),
            compressed: settings.compress_payload,
            session: SubscriberSession::new(settings, self.now.instant),
            received: Received::default(),
            to_publisher: Direction::new(),
            to_subscriber: Direction::new(),
            datagrams: DatagramLink::default(),
            channel: None,
            error: None,
            ending: None,
            closed: None,
            recorded: None,
            form: Form { times: Times::Exact, repeats: false },
        });
        self.peers.len() - 1
    }

    /// Connects a subscriber that wants these signals.
    pub(crate) fn connect_subscriber(&mut self, settings: SessionSettings, signals: &[usize]) -> usize {
        let peer = self.connect(settings);
        self.subscribe(peer, signals);
        peer
    }

    pub(crate) fn subscribe(&mut self, peer: usize, signals: &[usize]) {
        let filter = filter(signals.iter().copied());
        self.subscribe_with(peer, SubscriptionOptions::default().filter(filter));
    }

    pub(crate) fn subscribe_with(&mut self, peer: usize, options: SubscriptionOptions) {
        let peer = &mut self.peers[peer];
        peer.form = Form {
            times: match (peer.compressed, options.include_time, options.millisecond_resolution) {
                (false, false, _) => Times::None,
                (false, true, true) => Times::Milliseconds,
                (true, _, _) | (false, true, false) => Times::Exact,
            },
            // What was asked for before may be on its way still.
            repeats: peer.form.repeats || options.throttled || options.start_time.is_some(),
        };
        peer.session.subscribe(options).unwrap();
    }

    /// Publishes `count` measurements of random rows.
    pub(crate) fn publish(&mut self, count: usize) {
        let measurements: Vec<_> = (0..count)
            .map(|_| {
                let row = self.random.below(self.rows.len());
                let measurement = self.published.next(self.rows[row], &mut self.random);
                raw(row as u32, &measurement)
            })
            .collect();
        self.publisher.publish(&measurements, self.now);
        self.publisher.finish_packets();
    }

    /// Publishes measurements of the first row that are not a number.
    pub(crate) fn publish_nan(&mut self, count: usize) {
        let measurement = not_a_number(self.rows[0]);
        self.publisher.publish(&vec![raw(0, &measurement); count], self.now);
        self.publisher.finish_packets();
    }

    /// Publishes other metadata from now on.
    pub(crate) fn redefine(&mut self, rows: impl IntoIterator<Item = usize>) {
        self.rows = rows.into_iter().collect();
        let catalog: Arc<Catalog> = crate::signals::catalog(self.rows.iter().copied());
        self.publisher.set_catalog(catalog, self.now);
    }

    /// The connection breaks; what was on its way is lost.
    pub(crate) fn cut(&mut self, peer: usize) {
        let peer = &mut self.peers[peer];
        if peer.closed.is_some() {
            return;
        }
        peer.closed = self.publisher.close(peer.key, self.now);
        peer.to_publisher = Direction::new();
        peer.to_subscriber = Direction::new();
        peer.datagrams.forget();
    }

    /// Lets some time pass and moves what is due.
    pub(crate) fn step(&mut self) {
        let nanoseconds = self.random.below(STEP.as_nanos() as usize + 1) as u64;
        self.now += Duration::from_nanos(nanoseconds);
        self.wake_publisher();
        self.answer_long_requests();
        for number in 0..self.peers.len() {
            self.move_bytes(number);
        }
        self.poll();
    }

    /// Does what the publisher wants of its driver. What is to be sent to a subscriber is offered to its
    /// link in every step anyway.
    fn poll(&mut self) {
        while let Some(output) = self.publisher.poll() {
            match output {
                Output::Send(_) | Output::Read(_) | Output::Datagrams(ChannelId::Connection(_)) => {}
                Output::Datagrams(ChannelId::Group(group)) => self.send_to_group(group),
                Output::Close(key, reason) => self.end(key, reason),
                Output::Work(Work::Answer(request)) => self.requests.push(request),
                Output::Work(Work::History(call)) => self.history_calls.push(call),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    /// What the publisher told since this was last asked.
    pub(crate) fn take_events(&mut self) -> Vec<PublisherEvent> {
        self.poll();
        std::mem::take(&mut self.events)
    }

    /// What the application's source of historical data is to do since this was last asked.
    pub(crate) fn take_history_calls(&mut self) -> Vec<HistoryCall> {
        self.poll();
        std::mem::take(&mut self.history_calls)
    }

    /// Notifies all subscribers.
    pub(crate) fn notify(&mut self, text: &str) -> NotificationId {
        self.notifications += 1;
        let id = NotificationId::from_number(self.notifications);
        assert!(self.publisher.notify(id, None, text, self.now));
        id
    }

    fn wake_publisher(&mut self) {
        if self.publisher.deadline().is_none_or(|deadline| deadline > self.now.instant) {
            return;
        }
        self.publisher.handle_timeout(self.now);
        self.poll();
    }

    /// Answers what the step before has asked for, as another thread does.
    fn answer_long_requests(&mut self) {
        self.poll();
        for request in std::mem::take(&mut self.requests) {
            self.publisher.finish_work(WorkResult::Answer(request.answer()), self.now);
        }
    }

    fn end(&mut self, key: ConnectionKey, reason: CloseReason) {
        let is_immediate = reason.is_immediate();
        self.ended.push((key, reason));
        let Some(number) = self.peers.iter().position(|peer| peer.key == key) else { return };
        self.peers[number].ending = Some(self.now.instant + GRACE);
        if is_immediate {
            self.cut(number);
        }
    }

    fn move_bytes(&mut self, number: usize) {
        let peer = &mut self.peers[number];
        if peer.closed.is_some() {
            return;
        }
        peer.send(self.now.instant, &mut self.random);
        peer.read(self.now.instant, &mut self.random, &self.published);
        let key = peer.key;
        while !self.publisher.has_enough_to_do(key)
            && let Some(bytes) = self.peers[number].to_publisher.read(self.now.instant, &mut self.random)
        {
            self.publisher.receive(key, &bytes, self.now);
        }
        self.publisher.serve_commands(self.now);
        self.poll();
        self.send(number);
        self.send_datagrams(number);
        if self.peers[number].error.is_some() {
            self.cut(number);
        }
    }

    /// Sends what the publisher has for a subscriber.
    fn send(&mut self, number: usize) {
        let peer = &mut self.peers[number];
        if peer.ending.is_some_and(|due| due <= self.now.instant) {
            return self.cut(number);
        }
        while let Some(queue) = self.publisher.queue(peer.key) {
            let Some(piece) = queue.pieces().next() else { break };
            let count = peer.to_subscriber.write(piece, self.now.instant, &mut self.random);
            if count == 0 {
                return;
            }
            self.publisher.sent(peer.key, count, self.now);
        }
        if peer.ending.is_some() && peer.to_subscriber.is_idle() {
            self.cut(number);
        }
    }

    fn send_datagrams(&mut self, number: usize) {
        let Network { publisher, peers, random, now, .. } = self;
        let Peer { key, datagrams, channel, .. } = &mut peers[number];
        let id = ChannelId::Connection(*key);
        let port = publisher.channel(id).map(|channel| channel.destination.port());
        let is_open = channel.is_some_and(|open| open.multicast_group.is_none() && Some(open.port) == port);
        publisher.send_datagrams(id, |waiting| {
            if !is_open {
                return Handed::dropping_others(waiting.len());
            }
            let taken =
                |datagram: &&sttp::session::Datagram| datagrams.send(datagram.bytes(), now.instant, random);
            Handed::dropping_others(waiting.iter().take_while(taken).count())
        });
    }

    /// A datagram for a group reaches, or misses, each of those who have joined it.
    fn send_to_group(&mut self, group: SocketAddr) {
        let Network { publisher, peers, random, now, group_datagrams, .. } = self;
        publisher.send_datagrams(ChannelId::Group(group), |waiting| {
            *group_datagrams += waiting.len();
            for peer in peers.iter_mut().filter(|peer| peer.receives(group)) {
                for datagram in waiting {
                    peer.datagrams.send(datagram.bytes(), now.instant, random);
                }
            }
            Handed::dropping_others(waiting.len())
        });
    }

    /// Steps until `duration` is over.
    pub(crate) fn run_for(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while self.now.instant < end {
            self.step();
        }
    }

    /// Steps until the historical data of a subscriber have ended.
    pub(crate) fn run_until_complete(&mut self, peer: usize) {
        let before = self.peers[peer].received.completions.len();
        for _ in 0..1_000_000 {
            self.step();
            if self.peers[peer].received.completions.len() > before {
                return;
            }
        }
        panic!("the historical data do not end");
    }

    /// Steps until nothing is on its way between any publisher and subscriber that still reads.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            self.step();
            if self.is_idle() {
                return;
            }
        }
        panic!("the network does not come to rest");
    }

    fn is_idle(&mut self) -> bool {
        let publisher = &self.publisher;
        if publisher.has_commands() || !self.requests.is_empty() {
            return false;
        }
        self.peers.iter_mut().filter(|peer| peer.closed.is_none()).all(|peer| {
            let stalled = peer.to_subscriber.stalled;
            let queue_is_empty = publisher.queue(peer.key).is_none_or(|queue| queue.is_empty());
            (stalled || queue_is_empty)
                && peer.session.queue().is_empty()
                && peer.to_publisher.is_idle()
                && peer.to_subscriber.is_idle()
                && peer.datagrams.is_idle()
        })
    }

    /// What the publisher knows of a peer's connection.
    pub(crate) fn info(&mut self, peer: usize) -> ConnectionInfo {
        let id = 1 + peer as u64;
        match &self.peers[peer].closed {
            Some(info) => info.clone(),
            None => self.publisher.info(id).expect("the connection is open").clone(),
        }
    }

    /// Checks that a subscriber got every measurement of these signals from its first one on.
    pub(crate) fn assert_complete(&self, peer: usize, signals: &[usize]) {
        let first = self.peers[peer].received.numbers.first();
        self.assert_received_since(peer, signals, *first.expect("the subscriber got measurements"));
    }

    /// Checks that a subscriber got every measurement of these signals and no other.
    pub(crate) fn assert_received_all(&self, peer: usize, signals: &[usize]) {
        self.assert_received_since(peer, signals, 0);
    }

    /// Checks that of the measurements from number `first` on a subscriber got exactly those of
    /// these signals.
    pub(crate) fn assert_received_since(&self, peer: usize, signals: &[usize], first: usize) {
        let numbers = &self.peers[peer].received.numbers;
        let received = &numbers[numbers.partition_point(|number| *number < first)..];
        let expected = self.published.numbers_of(signals, first);
        let differs = received.iter().zip(&expected).position(|(received, expected)| received != expected);
        if let Some(position) = differs {
            panic!("got {}, expected {}", received[position], expected[position]);
        }
        assert_eq!(received.len(), expected.len(), "number of measurements since {first}");
    }
}

impl Peer {
    /// Opens the socket for a channel. What is on its way to another one is lost.
    pub(crate) fn open_channel(&mut self, channel: Option<DataChannel>) {
        if self.channel != channel {
            self.channel = channel;
            self.datagrams.forget();
        }
    }

    fn receives(&self, group: SocketAddr) -> bool {
        let channel = self.channel.filter(|_| self.closed.is_none());
        channel.is_some_and(|open| open.multicast_group == Some(group.ip()) && open.port == group.port())
    }

    /// Measurements may come twice and in any order from now on.
    pub(crate) fn expect_disorder(&mut self) {
        self.form.repeats = true;
    }

    fn send(&mut self, now: Instant, random: &mut Random) {
        loop {
            let Some(piece) = self.session.queue().pieces().next() else { return };
            let count = self.to_publisher.write(piece, now, random);
            if count == 0 {
                return;
            }
            self.session.sent(count);
        }
    }

    fn read(&mut self, now: Instant, random: &mut Random, published: &Published) {
        let Peer { session, received, to_subscriber, datagrams, form, recorded, .. } = self;
        let form = *form;
        let mut ended = None;
        let mut listen = |session: &mut SubscriberSession| {
            while let Some(output) = session.poll() {
                match output {
                    subscriber::Output::Ended(error) => ended = Some(error),
                    output => received.take(output, published, form),
                }
            }
        };
        while let Some(bytes) = to_subscriber.read(now, random) {
            if let Some(recorded) = recorded {
                recorded.extend(&bytes);
            }
            let mut rest = &bytes[..];
            while session.receive(&mut rest, now) {
                listen(session);
            }
        }
        while let Some(bytes) = datagrams.receive(now) {
            session.receive_datagram(&bytes, true, now);
            listen(session);
        }
        if session.deadline().is_some_and(|deadline| deadline <= now) {
            session.handle_timeout(now);
            listen(session);
        }
        self.error = ended;
    }
}
