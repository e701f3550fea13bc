//! Whole runs that a seed decides: publishers of every kind, subscribers of every form, and networks
//! that cut, stall, delay and lose.
//!
//! `STTP_SEED=17 cargo test --test simulated_link sweep` plays seed 17 again, `STTP_SEEDS=1000`
//! plays so many, from 0 on. What may never happen, whatever the seed: a measurement under a wrong
//! signal, or with another value, time or flags; one that is lost while the connection was whole and the
//! subscriber fast enough; a session that neither ends nor recovers once the network is well again.

use std::env;
use std::time::{Duration, Instant};

use sttp::engine::simulated::Random;
use sttp::publisher::{Encryption, Overflow, PublisherSettings};
use sttp::subscriber::{ConnectionState, SubscriberSettings, UdpReception};
use sttp::wire::Version;

use crate::harness::{Network, PUBLISHER, coming_back, subscriber, wanting};

const SIGNALS: usize = 12;
/// Seeds that are played when nothing else is said.
const USUAL_SEEDS: u64 = 20;
/// After this time no other seed is begun, unless their number was said.
const LONGEST: Duration = Duration::from_secs(30);

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is \"{text}\"; give a number")))
}

#[test]
fn nothing_goes_wrong_whatever_the_seed() {
    if let Some(seed) = number("STTP_SEED") {
        return run(seed);
    }
    let asked = number("STTP_SEEDS");
    let begun = Instant::now();
    for seed in 0..asked.unwrap_or(USUAL_SEEDS) {
        if asked.is_none() && begun.elapsed() > LONGEST {
            println!("the time is over after {seed} seeds");
            return;
        }
        run(seed);
    }
}

fn publisher(random: &mut Random) -> PublisherSettings {
    let overflow = match random.below(3) {
        0 => Overflow::DropOldest,
        1 => Overflow::Disconnect,
        _ => Overflow::Wait { timeout: [None, Some(Duration::from_secs(5))][random.below(2)] },
    };
    let mut settings = PublisherSettings::default().overflow(overflow);
    settings.send_queue_limit = [0, 1 << 20][random.below(2)];
    settings.direct_sending = random.below(2) == 0;
    settings.base_times = random.below(3) == 0;
    if random.below(3) == 0 {
        settings.encryption.scope = [Encryption::Udp, Encryption::All][random.below(2)];
        settings.encryption.rotation = Duration::from_secs(1);
    }
    settings.udp.datagram_size = [256, 1400][random.below(2)];
    if random.below(2) == 0 {
        settings.history_duration = Duration::from_secs(600);
    }
    settings
}

fn form(random: &mut Random) -> SubscriberSettings {
    subscriber(|settings| {
        settings.version = [Version::V1, Version::V2, Version::V3][random.below(3)];
        settings.compress_payload = random.below(2) == 0;
        settings.gzip = random.below(2) == 0;
        settings.request_metadata = random.below(2) == 0;
        settings.follow_configuration = random.below(2) == 0;
        settings.data_loss_timeout = [None, Some(Duration::from_secs(12))][random.below(2)];
        settings.reconnect = coming_back();
        // Datagrams of version 1 do not tell which signals they mean: late ones are taken for others.
        if settings.version != Version::V1 && random.below(4) == 0 {
            settings.udp = Some(UdpReception::default());
        }
    })
}

/// A subscriber of the run.
struct Wanting {
    peer: usize,
    /// What it asked for last, if anything.
    signals: Option<Vec<usize>>,
    by_udp: bool,
}

impl Wanting {
    fn new(network: &mut Network) -> Wanting {
        let form = form(&mut network.random);
        let by_udp = form.udp.is_some();
        let peer = network.connect(form);
        // What comes by UDP and by TCP overtakes each other.
        network.peers[peer].received.form.repeats = by_udp;
        let mut wanting = Wanting { peer, signals: None, by_udp };
        wanting.subscribe(network);
        wanting
    }

    fn subscribe(&mut self, network: &mut Network) {
        let mut signals: Vec<usize> = (0..SIGNALS).filter(|_| network.random.below(2) == 0).collect();
        signals.push(SIGNALS - 1);
        signals.dedup();
        let options = wanting(&signals)
            .include_time(network.random.below(5) > 0)
            .nan_filter(network.random.below(3) == 0);
        network.subscribe_with(self.peer, options);
        self.signals = Some(signals);
    }

    /// Does something that subscribers and networks do.
    fn act(&mut self, network: &mut Network) {
        let peer = self.peer;
        match network.random.below(120) {
            0 | 1 => self.subscribe(network),
            2 => {
                self.signals = None;
                network.peers[peer].subscriber.unsubscribe().unwrap();
            }
            3 => network.peers[peer].subscriber.request_metadata("").unwrap(),
            4 | 5 => network.towards_subscriber(peer, |way| way.stalled = !way.stalled),
            6 => network.towards_publisher(peer, |way| way.stalled = !way.stalled),
            7 => {
                let capacity = 64 << network.random.below(12);
                network.towards_subscriber(peer, |way| way.capacity = capacity);
            }
            8 => {
                let delay = Duration::from_millis(network.random.below(2_000) as u64);
                network.towards_subscriber(peer, |way| way.delay = delay);
            }
            9 if self.by_udp => network.lose_datagrams(peer),
            10 => network.cut(peer),
            11 => {
                network.towards_publisher(peer, |way| way.unreachable = !way.unreachable);
            }
            _ => {}
        }
    }

    /// The network is as it should be again.
    fn heal(&self, network: &mut Network) {
        network.towards_subscriber(self.peer, |way| *way = Default::default());
        network.towards_publisher(self.peer, |way| *way = Default::default());
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
            "subscriber {} (by UDP: {}, connected: {}, state {:?}, asked for {:?}, ends {:?}, refused {:?}, told {:?})",
            self.peer,
            self.by_udp,
            network.is_connected(self.peer),
            peer.subscriber.state(),
            self.signals,
            received.ends,
            received.failed,
            received.messages,
        )
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
    let peer = network.simulation.connect(host, PUBLISHER);
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
    let settings = publisher(&mut random);
    let mut network = Network::with_loops(1 + random.below(3), seed, settings, 0..SIGNALS);
    let mut subscribers: Vec<Wanting> =
        (0..2 + random.below(4)).map(|_| Wanting::new(&mut network)).collect();
    recover(&mut network, &subscribers, seed);
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
        recover(&mut network, &subscribers, seed);
        for (subscriber, _) in subscribers.iter().zip(&troubled).filter(|(_, troubled)| !**troubled) {
            subscriber.assert_complete(&network, first);
        }
        // Signals come and go, for everybody.
        let first = network.random.below(SIGNALS / 2);
        network.redefine(first..SIGNALS);
        (0..20).for_each(|_| {
            network.try_to_publish(30);
            network.step();
        });
        network.redefine(0..SIGNALS);
        recover(&mut network, &subscribers, seed);
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
fn recover(network: &mut Network, subscribers: &[Wanting], seed: u64) {
    subscribers.iter().for_each(|subscriber| subscriber.heal(network));
    network.run_for(Duration::from_secs(90));
    network.settle();
    for subscriber in subscribers {
        assert!(
            subscriber.is_well(network),
            "seed {seed}: {} does not recover",
            subscriber.describe(network)
        );
    }
    assert!(network.is_flushed(), "seed {seed}: something is queued and nobody takes it");
}
