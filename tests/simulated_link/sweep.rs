//! Whole runs that a seed decides: publishers of every kind, subscribers of every form that live in the
//! present or the past, and networks that cut, stall, delay, lose and change what they carry.
//!
//! `STTP_SEED=17 cargo test --test simulated_link sweep` plays seed 17 again, `STTP_SEEDS=1000`
//! plays so many, from 0 on, and `STTP_SEEDS=1200..2400` those from 1200 to 2399. A seed that fails does not keep the
//! others from being played. What may never happen, whatever the seed: a measurement under a wrong
//! signal, or with another value, time or flags; one that is lost while the connection was whole and the
//! subscriber fast enough, or that can be fetched afterwards and is not, or is twice; a session that
//! neither ends nor recovers once the network is well again.

mod kinds;
mod past;

use std::ops::Range;
use std::panic;
use std::time::{Duration, Instant};

use sttp::engine::simulated::Random;
use sttp::publisher::PublisherSettings;
use sttp::subscriber::ConnectionState;

use crate::harness::{Network, PUBLISHER, listening, said_seeds, wanting};
use kinds::{GROUP_SIGNALS, Kind, SIGNALS, any_signals, keeps_history};

/// Seeds that are played when nothing else is said.
const USUAL_SEEDS: Range<u64> = 0..300;
/// After this time no other seed is begun, unless their number was said.
const LONGEST: Duration = Duration::from_secs(30);

#[test]
fn nothing_goes_wrong_whatever_the_seed() {
    let said = said_seeds();
    let begun = Instant::now();
    let mut failed = Vec::new();
    for seed in said.clone().unwrap_or(USUAL_SEEDS) {
        if said.is_none() && begun.elapsed() > LONGEST {
            println!("the time is over before seed {seed}");
            break;
        }
        if panic::catch_unwind(|| run(seed)).is_err() {
            println!("seed {seed} fails");
            failed.push(seed);
        }
    }
    assert_eq!(failed, [0_u64; 0], "seeds that fail; what they say stands above");
}

/// A subscriber of the run.
struct Wanting {
    peer: usize,
    kind: Kind,
    /// There is something to be played back.
    may_play: bool,
    /// What it asked for last, if anything of the present.
    signals: Option<Vec<usize>>,
    /// It asked for something of the past, when so many windows had ended.
    past: Option<usize>,
    /// It recovers what it misses, from this measurement on.
    recovers_from: usize,
}

impl Wanting {
    fn new(network: &mut Network, settings: &PublisherSettings) -> Wanting {
        let kind = Kind::any(settings, &mut network.random);
        let form = kinds::form(kind, &mut network.random);
        let peer = match kind {
            Kind::Called => network.call(form),
            _ => network.connect(form),
        };
        // What comes by UDP and by TCP overtakes each other.
        network.peers[peer].received.form.repeats = kind.by_udp();
        let may_play = keeps_history(settings);
        let mut wanting = Wanting { peer, kind, may_play, signals: None, past: None, recovers_from: 0 };
        wanting.subscribe(network);
        wanting
    }

    fn subscribe(&mut self, network: &mut Network) {
        // All members of a group have to want the same.
        let signals = match self.kind {
            Kind::Member => GROUP_SIGNALS.to_vec(),
            _ => any_signals(&mut network.random),
        };
        let mut options = wanting(&signals);
        if matches!(self.kind, Kind::Tcp | Kind::Called | Kind::Udp) {
            options = options.include_time(network.random.below(5) > 0);
            options = options.nan_filter(network.random.below(3) == 0);
        }
        network.subscribe_with(self.peer, options);
        (self.signals, self.past) = (Some(signals), None);
    }

    /// Asks for something of the past, which ends by itself.
    fn play(&mut self, network: &mut Network) {
        let (start, stop) = past::times(network);
        let signals = any_signals(&mut network.random);
        let interval = network.random.below(2) as i32;
        let before = network.peers[self.peer].received.completions.len();
        network.subscribe_with(self.peer, past::window(&signals, start, stop, interval));
        (self.signals, self.past) = (None, Some(before));
    }

    fn unsubscribe(&mut self, network: &mut Network) {
        (self.signals, self.past) = (None, None);
        network.peers[self.peer].subscriber.unsubscribe().unwrap();
    }

    /// Does something that subscribers and networks do.
    fn act(&mut self, network: &mut Network) {
        let peer = self.peer;
        match (network.random.below(120), self.kind) {
            (0 | 10, Kind::Recovering) => network.cut(peer),
            // Whatever else happens is not told as missed.
            (_, Kind::Recovering) => {}
            (0 | 1, _) => self.subscribe(network),
            (2, _) => self.unsubscribe(network),
            // Without a connection there is nobody to be asked.
            (3, _) => drop(network.peers[peer].subscriber.request_metadata("")),
            (4 | 5, _) => network.towards_subscriber(peer, |way| way.stalled = !way.stalled),
            (6, _) => network.towards_publisher(peer, |way| way.stalled = !way.stalled),
            (7, _) => {
                let capacity = 64 << network.random.below(12);
                network.towards_subscriber(peer, |way| way.capacity = capacity);
            }
            (8, _) => {
                let delay = Duration::from_millis(network.random.below(2_000) as u64);
                network.towards_subscriber(peer, |way| way.delay = delay);
            }
            (9, Kind::Udp | Kind::Member) => network.lose_datagrams(peer),
            (10, _) => network.cut(peer),
            (11, _) => network.towards_publisher(peer, |way| way.unreachable = !way.unreachable),
            (12, Kind::Tcp | Kind::Called | Kind::Udp) => self.damage(network),
            (13, Kind::Tcp | Kind::Called) if self.may_play => self.play(network),
            _ => {}
        }
    }

    /// From now on bytes change on their way. (A member of a group would ask others for what they do not want.)
    fn damage(&self, network: &mut Network) {
        network.peers[self.peer].received.form.is_damaged = true;
        let corruption = [0.01, 0.1][network.random.below(2)];
        match network.random.below(2) {
            0 => network.towards_subscriber(self.peer, |way| way.corruption = corruption),
            _ => network.towards_publisher(self.peer, |way| way.corruption = corruption),
        }
    }

    /// The network is as it should be again.
    fn heal(&mut self, network: &mut Network) {
        network.towards_subscriber(self.peer, |way| *way = Default::default());
        network.towards_publisher(self.peer, |way| *way = Default::default());
        if network.peers[self.peer].received.form.is_damaged {
            // What was understood wrongly ends with the connection, or with another wish.
            network.cut(self.peer);
            network.run_for(Duration::ZERO);
            network.peers[self.peer].received.form.is_damaged = false;
            self.subscribe(network);
        }
    }

    /// Checks that it got everything that was published from a number on.
    fn assert_complete(&self, network: &Network, first: usize) {
        let signals = self.signals.as_deref().unwrap_or_default();
        network.assert_received_since(self.peer, signals, first);
    }

    /// What can be seen of it.
    fn describe(&self, network: &Network) -> String {
        let peer = &network.peers[self.peer];
        let received = &peer.received;
        format!(
            "subscriber {} ({:?}, connected: {}, state {:?}, asked for {:?}, ends {:?}, refused {:?}, told {:?})",
            self.peer,
            self.kind,
            network.is_connected(self.peer),
            peer.subscriber.state(),
            self.signals,
            received.ends,
            received.failed,
            received.messages,
        )
    }

    /// Whether it has got everything that it asked for of the past.
    fn is_done_with_the_past(&self, network: &Network) -> bool {
        let ended = network.peers[self.peer].received.completions.len();
        self.past.is_none_or(|before| ended > before)
    }

    /// Whether it gets what it asked for.
    fn is_well(&self, network: &Network) -> bool {
        let state = network.peers[self.peer].subscriber.state();
        let expected =
            if self.signals.is_some() { ConnectionState::Subscribed } else { ConnectionState::Connected };
        network.is_connected(self.peer)
            && network.info(self.peer).subscribed == self.signals.is_some()
            && state == expected
    }
}

/// Sets the wall clock, or has a peer speak no sense or stop in the middle of it, now and then.
fn disturb(network: &mut Network) {
    match network.random.below(100) {
        0 => {
            let utc = network.simulation.utc().0 + network.random.below(1 << 32) as i64 - (1 << 31);
            network.simulation.set_utc(sttp::Ticks(utc));
        }
        1 => speak_no_sense(network),
        _ => {}
    }
}

fn speak_no_sense(network: &mut Network) {
    let host = [10, 9, 0, 1 + network.random.below(200) as u8].into();
    // Nobody is there, or a subscriber that listens, or one that does not.
    let other = network.random.below(network.peers.len());
    let address = [PUBLISHER, listening(network.peers[other].host)][network.random.below(2)];
    let peer = network.simulation.connect(host, address);
    network.step();
    let length = network.random.below(60);
    let bytes: Vec<u8> = match network.random.below(3) {
        0 => (0..length).map(|_| network.random.below(256) as u8).collect(),
        1 => [&[0, 0, 0, 5, 6, 0, 0, 2, 2, 0, 0, 0, 60, 2][..], &vec![7; length]].concat(),
        _ => [0, 0, 0, 1, 2].repeat(length),
    };
    let _ = peer.write(&bytes);
    network.step();
}

fn run(seed: u64) {
    let mut random = Random::new(seed);
    let settings = kinds::publisher(&mut random);
    let mut network = Network::with_loops(1 + random.below(3), seed, settings, 0..SIGNALS);
    let mut subscribers: Vec<Wanting> =
        (0..2 + random.below(4)).map(|_| Wanting::new(&mut network, &settings)).collect();
    recover(&mut network, &mut subscribers, seed);
    for subscriber in &mut subscribers {
        subscriber.recovers_from = network.published.next_number();
    }
    // Of every signal, so that it can be told from when on something of it is missed.
    assert!(network.try_to_publish(300));
    network.settle();
    for _ in 0..3 {
        let troubled = subscribers.iter().map(|_| random.below(2) == 0).collect::<Vec<_>>();
        let first = network.published.next_number();
        for _ in 0..120 {
            for (subscriber, _) in subscribers.iter_mut().zip(&troubled).filter(|(_, troubled)| **troubled) {
                subscriber.act(&mut network);
            }
            disturb(&mut network);
            let count = network.random.below(100);
            network.try_to_publish(count);
            network.step();
        }
        recover(&mut network, &mut subscribers, seed);
        for (subscriber, _) in subscribers.iter().zip(&troubled).filter(|(_, troubled)| !**troubled) {
            subscriber.assert_complete(&network, first);
        }
        check_past(&mut network, &settings, &subscribers, seed);
        // Signals come and go, for everybody.
        let first = network.random.below(SIGNALS / 2);
        network.redefine(first..SIGNALS);
        (0..20).for_each(|_| {
            network.try_to_publish(30);
            network.step();
        });
        network.redefine(0..SIGNALS);
        recover(&mut network, &mut subscribers, seed);
        let first = network.published.next_number();
        assert!(network.try_to_publish(200));
        network.settle();
        subscribers.iter().for_each(|subscriber| subscriber.assert_complete(&network, first));
    }
    network.publisher.stop().unwrap();
    network.run_for(Duration::from_secs(3));
    assert_eq!(network.publisher.connections().len(), 0, "seed {seed}");
    assert_eq!(network.simulation.open_datagram_senders(), 0, "seed {seed}");
}

/// The network gets well, and then everybody gets what it asked for.
fn recover(network: &mut Network, subscribers: &mut [Wanting], seed: u64) {
    subscribers.iter_mut().for_each(|subscriber| subscriber.heal(network));
    network.run_for(Duration::from_secs(90));
    network.settle();
    for subscriber in &*subscribers {
        assert!(
            subscriber.is_well(network) && subscriber.is_done_with_the_past(network),
            "seed {seed}: {} does not recover",
            subscriber.describe(network)
        );
    }
    assert!(network.is_flushed(), "seed {seed}: something is queued and nobody takes it");
}

/// The past can be had: as a window, and where it was missed.
fn check_past(network: &mut Network, settings: &PublisherSettings, subscribers: &[Wanting], seed: u64) {
    if !keeps_history(settings) {
        return;
    }
    past::check_playback(network, seed);
    let recovering = || subscribers.iter().filter(|subscriber| subscriber.kind == Kind::Recovering);
    if recovering().count() > 0 {
        past::flow(network);
    }
    for subscriber in recovering() {
        let signals = subscriber.signals.as_deref().unwrap_or_default();
        past::check_recovered(network, subscriber.peer, signals, subscriber.recovers_from, seed);
    }
}
