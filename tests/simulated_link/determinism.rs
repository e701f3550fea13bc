//! With the same seed the same happens again: otherwise no failure could be looked at twice.

use std::time::Duration;

use sttp::publisher::PublisherSettings;

use crate::harness::{Network, all_forms, coming_back};

/// Everything that a test can see of a run, as text.
fn run(seed: u64, loops: usize, has_tls: bool) -> String {
    let settings = PublisherSettings::default();
    let mut network = Network::with_loops(loops, seed, settings, 0..8);
    if has_tls {
        network.secure(settings);
    }
    for mut settings in all_forms() {
        settings.reconnect = coming_back();
        settings.request_metadata = true;
        network.connect_subscriber(settings, &[1, 2, 5]);
    }
    for round in 0..60 {
        network.publish(50);
        network.step();
        if round % 10 == 7 {
            network.cut(round / 10);
        }
        if round == 30 {
            network.redefine(1..9);
        }
        if has_tls && round == 35 {
            (1..4).for_each(|peer| network.towards_subscriber(peer, |way| way.corruption = 0.05));
            (4..7).for_each(|peer| network.towards_publisher(peer, |way| way.corruption = 0.05));
        }
    }
    network.run_for(Duration::from_secs(30));
    let told = network.events.iter().map(|event| format!("{event:?}\n")).collect::<String>();
    let received = network.peers.iter().map(|peer| {
        let received = &peer.received;
        format!("{:?} {:?} {:?}\n", received.numbers, received.ends, received.reconnects)
    });
    format!("{told}{}{:?}", received.collect::<String>(), network.publisher.statistics())
}

#[test]
fn a_seed_tells_everything_that_happens() {
    for (loops, has_tls) in [(1, false), (3, false), (1, true), (3, true)] {
        for seed in 0..3 {
            let [first, second] = [(); 2].map(|()| run(seed, loops, has_tls));
            let lines = first.lines().zip(second.lines());
            for (number, (one, other)) in lines.enumerate() {
                assert_eq!(one, other, "line {number}, seed {seed}, {loops} loops, TLS: {has_tls}");
            }
            assert_eq!(first, second);
        }
        assert_ne!(run(1, loops, has_tls), run(2, loops, has_tls), "seeds tell runs apart");
    }
}
