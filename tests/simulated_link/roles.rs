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

#[test]
fn two_publishers_are_told_what_to_do() {
    let (mut listening_found_out, mut connecting_found_out) = (0, 0);
    for seed in 0..20 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..3);
        let engine = network.simulation.engine([10, 3, 0, 1].into(), NonZeroUsize::MIN);
        let log = Log::<PublisherTold>::default();
        let connecting = Publisher::new(&engine, log.clone());
        // One side's keep-alive may be the first thing that the other one sees.
        let milliseconds = network.random.below(1_000) as u64;
        network.run_for(Duration::from_millis(milliseconds));
        let once = ReconnectSettings::default().enabled(false);
        connecting.connect(&PUBLISHER.to_string(), once).unwrap();
        network.run_for(LONG_ENOUGH);
        let told = |events: &[PublisherTold], text: &str| {
            let mut events = events.iter();
            events.any(|event| matches!(event, PublisherTold::Message(_, message) if message.contains(text)))
        };
        let events = log.take();
        // The side that finds out first closes, and the other one may learn no more than that.
        let finds_out = told(&events, "a publisher is there, not a subscriber; connect to");
        let is_closed = told(&events, "closed the connection at once; check that it is a subscriber");
        assert!(finds_out || is_closed, "seed {seed}: {events:?}");
        let gave_up = |event: &PublisherTold| matches!(event, PublisherTold::GaveUp(..));
        assert_eq!(events.iter().filter(|event| gave_up(event)).count(), 1);
        let other_finds_out = told(&network.events, "a publisher has connected to this publisher; let it");
        assert!(finds_out || other_finds_out, "seed {seed}: {:?}", network.events);
        listening_found_out += usize::from(other_finds_out);
        connecting_found_out += usize::from(finds_out);
    }
    assert!(listening_found_out > 0 && connecting_found_out > 0, "each side may be the first");
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
