//! A publisher and its subscribers, as applications use them, on a simulated network.

mod between;
mod certificates;
mod memory;
mod received;
mod seeds;
mod session_peer;
mod slow;
mod told;
mod unnaming_publisher;
mod wire;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::time::Duration;

use sttp::engine::ReconnectSettings;
use sttp::engine::simulated::{Conditions, Random, Simulation, Traffic, as_host};
use sttp::error::Error;
use sttp::publisher::{ConnectionInfo, Publisher, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{Subscriber, SubscriberSettings, UdpReception};
use sttp::tls::TlsSettings;
use sttp::wire::Version;

use crate::signals::{NOW, Published, filter, metadata, not_a_number, signal_id};
pub(crate) use between::{BY_PUBLISHER, BY_SUBSCRIBER, Between, Unit, patient};
pub(crate) use certificates::{DAY, made, trusting};
pub(crate) use memory::held_by;
pub(crate) use received::Received;
pub(crate) use seeds::said_seeds;
pub(crate) use session_peer::SessionPeer;
pub(crate) use slow::Slow;
use told::SubscriberTold;
pub(crate) use told::{End, Log, PublisherTold};
pub(crate) use unnaming_publisher::{OTHER_PUBLISHER, Pace, UnnamingPublisher};
pub(crate) use wire::{Answer, answer_to, answers, payloads};

/// Longest step of the clock.
const STEP: Duration = Duration::from_millis(10);
/// Longer than anything takes that does come about.
const PATIENCE: Duration = Duration::from_secs(100_000);

/// Where the publisher listens.
pub(crate) const PUBLISHER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 7165);

/// Where subscribers listen that do.
const LISTENING_PORT: u16 = 7175;

/// Where a subscriber listens on a host.
pub(crate) fn listening(host: IpAddr) -> SocketAddr {
    SocketAddr::new(host, LISTENING_PORT)
}

/// By what name a subscriber is called that listens.
fn name_of(subscriber: usize) -> String {
    format!("subscriber-{subscriber}:{LISTENING_PORT}")
}

/// Settings of a subscriber that does nothing of its own accord.
pub(crate) fn quiet() -> SubscriberSettings {
    subscriber(|_| {})
}

/// The same, with a change.
pub(crate) fn subscriber(change: impl FnOnce(&mut SubscriberSettings)) -> SubscriberSettings {
    let mut settings = SubscriberSettings::default().request_metadata(false);
    settings.reconnect.enabled = false;
    change(&mut settings);
    settings
}

/// Settings of a subscriber that gets compact measurements by UDP, with a change.
pub(crate) fn by_udp(change: impl FnOnce(&mut SubscriberSettings)) -> SubscriberSettings {
    subscriber(|settings| {
        settings.compress_payload = false;
        settings.udp = Some(UdpReception::default());
        change(settings);
    })
}

/// Settings of a subscriber in every version and form.
pub(crate) fn all_forms() -> impl Iterator<Item = SubscriberSettings> {
    [Version::V1, Version::V2, Version::V3].into_iter().flat_map(|version| {
        [(true, true), (true, false), (false, true), (false, false)].map(|(compress_payload, gzip)| {
            quiet().version(version).compress_payload(compress_payload).gzip(gzip)
        })
    })
}

/// Comes back at once, for ever.
pub(crate) fn coming_back() -> ReconnectSettings {
    ReconnectSettings::default()
        .enabled(true)
        .initial_delay(Duration::from_millis(100))
        .max_delay(Duration::from_secs(1))
        .max_attempts(0)
}

/// What a subscriber asks for that wants these signals.
pub(crate) fn wanting(signals: &[usize]) -> SubscriptionOptions {
    SubscriptionOptions::default().filter(filter(signals.iter().copied()))
}

/// A subscriber, and what it was told.
pub(crate) struct Peer {
    pub(crate) subscriber: Subscriber,
    pub(crate) received: Received,
    pub(crate) host: IpAddr,
    log: Log<SubscriberTold>,
    compressed: bool,
}

impl Peer {
    /// Why the connection ended, or could not be had.
    pub(crate) fn error(&self) -> Option<&End> {
        self.received.ends.last()
    }
}

/// A publisher, its subscribers, and a clock that only the test moves.
pub(crate) struct Network {
    pub(crate) publisher: Publisher,
    pub(crate) peers: Vec<Peer>,
    pub(crate) published: Published,
    /// What the publisher was told, since the test last took it.
    pub(crate) events: Vec<PublisherTold>,
    /// Connections of the publisher that have ended.
    pub(crate) closed: Vec<(ConnectionInfo, Result<(), End>)>,
    pub(crate) random: Random,
    /// Signal number of each row of the metadata.
    pub(crate) rows: Vec<usize>,
    log: Log<PublisherTold>,
    /// How subscribers secure their connections.
    tls: Option<TlsSettings>,
    /// The last, because everything else lives in it.
    pub(crate) simulation: Simulation,
}

impl Network {
    pub(crate) fn new(
        seed: u64,
        settings: PublisherSettings,
        rows: impl IntoIterator<Item = usize>,
    ) -> Network {
        Network::with_loops(1, seed, settings, rows)
    }

    /// With a publisher on an engine with so many loops.
    pub(crate) fn with_loops(
        loops: usize,
        seed: u64,
        settings: PublisherSettings,
        rows: impl IntoIterator<Item = usize>,
    ) -> Network {
        println!("seed {seed}");
        let simulation = Simulation::new(seed);
        simulation.set_utc(NOW);
        let engine = simulation.engine(PUBLISHER.ip(), NonZeroUsize::new(loops).unwrap());
        let log = Log::default();
        let rows: Vec<usize> = rows.into_iter().collect();
        let publisher = as_host(Some(PUBLISHER.ip()), || {
            let publisher = Publisher::new(&engine, log.clone());
            publisher.set_metadata(metadata(rows.iter().copied())).unwrap();
            publisher.start(&PUBLISHER.to_string(), settings).unwrap();
            publisher
        });
        Network {
            publisher,
            peers: Vec::new(),
            published: Published::default(),
            events: Vec::new(),
            closed: Vec::new(),
            random: Random::new(seed),
            rows,
            log,
            tls: None,
            simulation,
        }
    }

    /// Has the publisher use TLS from now on, and all subscribers that are added.
    pub(crate) fn secure(&mut self, settings: PublisherSettings) {
        let [ours, theirs] = certificates::both();
        as_host(Some(PUBLISHER.ip()), || {
            self.publisher.secure(Some(ours)).unwrap();
            self.publisher.configure(settings).unwrap();
        });
        self.tls = Some(theirs);
    }

    // -- subscribers --

    /// Where the next subscriber will be.
    pub(crate) fn next_host(&self) -> IpAddr {
        let number = self.peers.len();
        IpAddr::from([10, 1, (number / 250) as u8, (number % 250) as u8 + 1])
    }

    /// Adds a subscriber that does not connect yet. Returns its number.
    pub(crate) fn add(&mut self) -> usize {
        let (number, host) = (self.peers.len(), self.next_host());
        let engine = self.simulation.engine(host, NonZeroUsize::MIN);
        let log = Log::default();
        let subscriber = Subscriber::new(&engine, log.clone());
        if self.tls.is_some() {
            subscriber.secure(self.tls.clone()).unwrap();
        }
        self.peers.push(Peer { subscriber, received: Received::default(), host, log, compressed: true });
        number
    }

    /// Connects another subscriber. Returns its number.
    pub(crate) fn connect(&mut self, settings: SubscriberSettings) -> usize {
        self.connect_after(settings, |_| {})
    }

    /// Connects another subscriber that is prepared before. Returns its number.
    pub(crate) fn connect_after(
        &mut self,
        settings: SubscriberSettings,
        prepare: impl FnOnce(&Subscriber),
    ) -> usize {
        let number = self.add();
        prepare(&self.peers[number].subscriber);
        // What comes by UDP never is.
        self.peers[number].compressed = settings.compress_payload && settings.udp.is_none();
        self.peers[number].subscriber.connect(&PUBLISHER.to_string(), settings).unwrap();
        number
    }

    /// Has the publisher connect to another subscriber, which listens, by its name. Returns its number.
    pub(crate) fn call(&mut self, settings: SubscriberSettings) -> usize {
        let number = self.add();
        let (host, name) = (self.peers[number].host, name_of(number));
        self.simulation.name(name.split(':').next().unwrap_or_default(), &[host]);
        self.peers[number].compressed = settings.compress_payload && settings.udp.is_none();
        self.peers[number].subscriber.listen(&listening(host).to_string(), settings).unwrap();
        self.publisher.connect(&name, coming_back()).unwrap();
        number
    }

    /// Connects a subscriber that wants these signals.
    pub(crate) fn connect_subscriber(&mut self, settings: SubscriberSettings, signals: &[usize]) -> usize {
        let peer = self.connect(settings);
        self.subscribe(peer, signals);
        peer
    }

    pub(crate) fn subscribe(&mut self, peer: usize, signals: &[usize]) {
        self.subscribe_with(peer, wanting(signals));
    }

    pub(crate) fn subscribe_with(&mut self, peer: usize, options: SubscriptionOptions) {
        self.peers[peer].subscriber.subscribe(options.clone()).unwrap();
        // What has arrived already is of the form before.
        self.run_for(Duration::ZERO);
        let peer = &mut self.peers[peer];
        peer.received.form.expect(&options, peer.compressed);
    }

    /// All subscribers leave, in one way or another, and nobody is called any more.
    pub(crate) fn everybody_leaves(&mut self) {
        for (number, peer) in std::mem::take(&mut self.peers).into_iter().enumerate() {
            match self.random.below(3) {
                0 => peer.subscriber.disconnect().unwrap(),
                1 => self.simulation.cut(PUBLISHER.ip(), peer.host),
                _ => {}
            }
            // Most of them have connected themselves.
            let _ = self.publisher.disconnect_from(&name_of(number));
        }
    }

    /// Breaks a subscriber's connections; what was on its way is lost.
    pub(crate) fn cut(&mut self, peer: usize) {
        self.simulation.cut(PUBLISHER.ip(), self.peers[peer].host);
    }

    /// Changes the way from the publisher to a subscriber.
    pub(crate) fn towards_subscriber(&mut self, peer: usize, change: impl FnOnce(&mut Conditions)) {
        self.simulation.conditions(PUBLISHER.ip(), self.peers[peer].host, change);
    }

    /// Changes the way from a subscriber to the publisher.
    pub(crate) fn towards_publisher(&mut self, peer: usize, change: impl FnOnce(&mut Conditions)) {
        self.simulation.conditions(self.peers[peer].host, PUBLISHER.ip(), change);
    }

    /// From now on datagrams to a subscriber get lost, overtake each other and arrive twice.
    pub(crate) fn lose_datagrams(&mut self, peer: usize) {
        self.peers[peer].received.form.repeats = true;
        self.towards_subscriber(peer, |way| {
            (way.datagram_loss, way.datagram_repeats, way.datagrams_overtake) = (0.1, 0.1, true);
        });
    }

    /// The datagrams that were sent to a subscriber.
    pub(crate) fn datagrams(&self, peer: usize) -> Traffic {
        self.simulation.datagrams(PUBLISHER.ip(), self.peers[peer].host)
    }

    /// Records from now on what a subscriber reads: everything, when it has not connected yet.
    pub(crate) fn record(&mut self, peer: usize) {
        self.simulation.record(PUBLISHER.ip(), self.peers[peer].host);
    }

    /// What was recorded of a subscriber.
    pub(crate) fn recorded(&self, peer: usize) -> Vec<u8> {
        self.simulation.recorded(PUBLISHER.ip(), self.peers[peer].host)
    }

    /// What was recorded of a subscriber from its first byte on, cut into responses.
    pub(crate) fn answers(&self, peer: usize) -> Vec<Answer> {
        answers(&self.recorded(peer))
    }

    // -- what is published --

    /// Publishes `count` measurements of random rows.
    #[track_caller]
    pub(crate) fn publish(&mut self, count: usize) {
        assert!(self.try_to_publish(count), "subscribers have to take something first");
    }

    /// The same, unless subscribers have to take something first. Whether it was published.
    pub(crate) fn try_to_publish(&mut self, count: usize) -> bool {
        let first = self.published.next_number();
        let measurements: Vec<_> = (0..count)
            .map(|_| {
                let row = self.random.below(self.rows.len());
                let mut measurement = self.published.next(self.rows[row], &mut self.random);
                measurement.signal_index = row as u32;
                measurement
            })
            .collect();
        match as_host(Some(PUBLISHER.ip()), || self.publisher.publish_indexed(&measurements)) {
            Ok(()) => true,
            Err(Error::WouldBlock(_)) => {
                self.published.forget_since(first);
                false
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a buffer block of the signal in a row.
    pub(crate) fn send_block(&mut self, row: u32, bytes: &[u8], confirm: bool) {
        let signal = signal_id(self.rows[row as usize]);
        self.publisher.send_buffer_block(&signal, bytes, confirm).unwrap();
    }

    /// Whether everything that was published is in the hands of the system.
    pub(crate) fn is_flushed(&self) -> bool {
        self.publisher.flush(Some(Duration::ZERO)).is_ok()
    }

    /// Publishes measurements of the first row that are not a number.
    pub(crate) fn publish_nan(&mut self, count: usize) {
        self.publisher.publish_indexed(&vec![not_a_number(self.rows[0]); count]).unwrap();
    }

    /// Publishes other metadata from now on.
    pub(crate) fn redefine(&mut self, rows: impl IntoIterator<Item = usize>) {
        self.rows = rows.into_iter().collect();
        as_host(Some(PUBLISHER.ip()), || {
            self.publisher.set_metadata(metadata(self.rows.iter().copied())).unwrap();
        });
    }

    // -- time --

    /// Lets some time pass, and everything happen that happens then.
    pub(crate) fn step(&mut self) {
        let nanoseconds = self.random.below(STEP.as_nanos() as usize + 1) as u64;
        self.run_for(Duration::from_nanos(nanoseconds));
    }

    pub(crate) fn run_for(&mut self, duration: Duration) {
        self.simulation.run_for(duration);
        self.take_logs();
    }

    /// Goes on until nothing is on its way and nobody has anything to do but to wait.
    pub(crate) fn settle(&mut self) {
        self.simulation.settle();
        self.take_logs();
    }

    /// Goes on until something is as it should be.
    #[track_caller]
    pub(crate) fn run_until(&mut self, what: &str, condition: impl Fn(&Network) -> bool) {
        let end = self.simulation.elapsed() + PATIENCE;
        while !condition(self) {
            assert!(self.simulation.elapsed() < end, "it never comes about: {what}");
            self.step();
        }
    }

    /// Goes on until the historical data of a subscriber have ended.
    pub(crate) fn run_until_complete(&mut self, peer: usize) {
        let before = self.peers[peer].received.completions.len();
        self.run_until("the end of the historical data", |network| {
            network.peers[peer].received.completions.len() > before
        });
    }

    fn take_logs(&mut self) {
        for event in self.log.take() {
            if let PublisherTold::Disconnected(info, reason) = &event {
                self.closed.push((info.clone(), reason.clone()));
            }
            self.events.push(event);
        }
        for peer in &mut self.peers {
            for told in peer.log.take() {
                peer.received.take(told, &self.published);
            }
        }
    }

    /// What the publisher was told since this was last asked.
    pub(crate) fn take_events(&mut self) -> Vec<PublisherTold> {
        self.take_logs();
        std::mem::take(&mut self.events)
    }

    // -- what came of it --

    /// What the publisher knows of a subscriber's connection, or knew when it ended.
    pub(crate) fn info(&self, peer: usize) -> ConnectionInfo {
        let host = self.peers[peer].host;
        let open = self.publisher.connections().into_iter().find(|info| info.address.ip() == host);
        let closed = || self.closed.iter().rev().find(|(info, _)| info.address.ip() == host);
        open.or_else(|| closed().map(|(info, _)| info.clone())).expect("there is or was a connection")
    }

    /// Where the publisher sends a subscriber's measurements by UDP, if it does.
    pub(crate) fn channel(&self, peer: usize) -> Option<SocketAddr> {
        let host = self.peers[peer].host;
        let connections = self.publisher.connections();
        connections.into_iter().find(|info| info.address.ip() == host)?.data_channel
    }

    /// Whether the publisher has a connection of a subscriber.
    pub(crate) fn is_connected(&self, peer: usize) -> bool {
        let host = self.peers[peer].host;
        self.publisher.connections().iter().any(|info| info.address.ip() == host)
    }

    /// Checks that a subscriber got every measurement of these signals from its first one on.
    #[track_caller]
    pub(crate) fn assert_complete(&self, peer: usize, signals: &[usize]) {
        let first = self.peers[peer].received.numbers.first();
        self.assert_received_since(peer, signals, *first.expect("the subscriber got measurements"));
    }

    /// Checks that a subscriber got every measurement of these signals and no other.
    #[track_caller]
    pub(crate) fn assert_received_all(&self, peer: usize, signals: &[usize]) {
        self.assert_received_since(peer, signals, 0);
    }

    /// Checks that of the measurements from number `first` on a subscriber got exactly those of
    /// these signals.
    #[track_caller]
    pub(crate) fn assert_received_since(&self, peer: usize, signals: &[usize], first: usize) {
        let numbers = self.peers[peer].received.numbers.iter().copied();
        let received: Vec<usize> = numbers.filter(|number| *number >= first).collect();
        let expected = self.published.numbers_of(signals, first);
        let differs = received.iter().zip(&expected).position(|(received, expected)| received != expected);
        if let Some(position) = differs {
            let (got, wanted) = (received[position], expected[position]);
            panic!("subscriber {peer} got measurement {got}, expected {wanted}");
        }
        assert_eq!(received.len(), expected.len(), "measurements of subscriber {peer} since {first}");
    }
}
