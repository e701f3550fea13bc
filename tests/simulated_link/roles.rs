//! Two publishers, or two subscribers, that are connected with each other learn which role the other
//! side has.

use std::num::NonZeroUsize;
use std::time::Duration;

use sttp::engine::ReconnectSettings;
use sttp::publisher::{Publisher, PublisherSettings};
use sttp::wire::Version;

use crate::harness::{End, Log, Network, PUBLISHER, PublisherTold, coming_back, subscriber, wanting};

/// More than two publishers take until their first keep-alive.
const LONG_ENOUGH: Duration = Duration::from_secs(20);

const CONNECTING: &str = "a publisher is there, not a subscriber; connect to a subscriber that listens";
const LISTENING: &str =
    "a publisher has connected to this publisher; let it connect to a subscriber that listens";
const CLOSED: &str = "closed the connection at once; check that it is a subscriber";

/// The side that finds out first closes, and the other one may learn no more of it than that.
#[test]
fn two_publishers_are_told_what_to_do() {
    let (mut listening_found_out, mut connecting_found_out) = (0, 0);
    for seed in 0..20 {
        let mut publishers = TwoPublishers::new(seed, ReconnectSettings::default().enabled(false));
        publishers.network.run_for(LONG_ENOUGH);
        let connecting = publishers.connecting_is_told(CONNECTING);
        let listening = publishers.listening_is_told(LISTENING);
        assert!(connecting || listening, "seed {seed}");
        assert!(connecting || publishers.connecting_is_told(CLOSED), "seed {seed}: {:?}", publishers.events);
        let gave_up = |event: &PublisherTold| matches!(event, PublisherTold::GaveUp(..));
        assert_eq!(publishers.events.iter().filter(|event| gave_up(event)).count(), 1);
        listening_found_out += usize::from(listening);
        connecting_found_out += usize::from(connecting);
    }
    assert!(listening_found_out > 0 && connecting_found_out > 0, "each side may be the first");
}

/// With several attempts both have found out.
#[test]
fn two_publishers_that_try_again_are_both_told_what_to_do() {
    for seed in 0..10 {
        let mut publishers = TwoPublishers::new(seed, coming_back());
        let told = |publishers: &mut TwoPublishers| {
            publishers.connecting_is_told(CONNECTING) && publishers.listening_is_told(LISTENING)
        };
        for _ in 0..60 {
            if told(&mut publishers) {
                break;
            }
            publishers.network.run_for(LONG_ENOUGH);
        }
        assert!(told(&mut publishers), "seed {seed}");
    }
}

/// A publisher that has connected to another one.
struct TwoPublishers {
    network: Network,
    /// What the one that connects was told.
    events: Vec<PublisherTold>,
    log: Log<PublisherTold>,
    _connecting: Publisher,
}

impl TwoPublishers {
    fn new(seed: u64, reconnect: ReconnectSettings) -> TwoPublishers {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..3);
        let engine = network.simulation.engine([10, 3, 0, 1].into(), NonZeroUsize::MIN);
        let log = Log::<PublisherTold>::default();
        let connecting = Publisher::new(&engine, log.clone());
        // One side's keep-alive may be the first thing that the other one sees.
        let milliseconds = network.random.below(1_000) as u64;
        network.run_for(Duration::from_millis(milliseconds));
        connecting.connect(&PUBLISHER.to_string(), reconnect).unwrap();
        TwoPublishers { network, events: Vec::new(), log, _connecting: connecting }
    }

    fn connecting_is_told(&mut self, text: &str) -> bool {
        self.events.extend(self.log.take());
        is_told(&self.events, text)
    }

    fn listening_is_told(&self, text: &str) -> bool {
        is_told(&self.network.events, text)
    }
}

fn is_told(events: &[PublisherTold], text: &str) -> bool {
    events.iter().any(|event| matches!(event, PublisherTold::Message(_, message) if message.contains(text)))
}

#[test]
fn two_subscribers_are_told_what_to_do() {
    for seed in 0..20 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..3);
        let version = [Version::V1, Version::V2, Version::V3][seed as usize % 3];
        let settings = || {
            subscriber(|settings| {
                settings.version = version;
                settings.request_metadata = true;
                settings.reconnect = coming_back();
            })
        };
        let [listening, connecting] = [(); 2].map(|()| network.add());
        let address = format!("{}:7200", network.peers[listening].host);
        network.peers[listening].subscriber.listen(&address, settings()).unwrap();
        network.peers[connecting].subscriber.connect(&address, settings()).unwrap();
        for peer in [listening, connecting] {
            network.peers[peer].subscriber.subscribe(wanting(&[1])).unwrap();
        }
        network.run_for(LONG_ENOUGH);
        // The side that finds out first closes, and may do so before the other one has read anything.
        for peer in [listening, connecting] {
            let ends = &network.peers[peer].received.ends;
            let tells = |end: &End| {
                matches!(end, End::Protocol(text)
                    if text.contains("is a subscriber too") && text.contains("connect to a publisher"))
            };
            assert!(ends.iter().any(tells), "seed {seed}: {ends:?}");
        }
    }
}
