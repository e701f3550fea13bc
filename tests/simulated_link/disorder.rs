//! Everything at once: slow and vanishing subscribers of every form, changing subscriptions and
//! changing metadata, while measurements flow.

use std::time::Duration;

use sttp::publisher::{Overflow, PublisherSettings};
use sttp::subscriber::SubscriberSettings;

use crate::harness::{Network, all_forms};

const SIGNALS: usize = 14;

/// A subscriber that reconnects when its connection breaks.
struct Wanting {
    form: SubscriberSettings,
    peer: usize,
    signals: Option<Vec<usize>>,
}

impl Wanting {
    /// Does something that subscribers do.
    fn act(&mut self, network: &mut Network) {
        match network.random.below(40) {
            0 | 1 => self.subscribe(network),
            2 => {
                self.signals = None;
                network.peers[self.peer].subscriber.unsubscribe().unwrap();
            }
            // It may not be connected yet.
            3 => drop(network.peers[self.peer].subscriber.request_metadata("")),
            4 => {
                network.towards_subscriber(self.peer, |way| way.stalled = !way.stalled);
            }
            5 => {
                network.cut(self.peer);
                self.peer = network.connect(self.form.clone());
                self.subscribe(network);
            }
            _ => {}
        }
    }

    fn subscribe(&mut self, network: &mut Network) {
        let signals: Vec<usize> = (0..SIGNALS).filter(|_| network.random.below(2) == 0).collect();
        network.subscribe(self.peer, &signals);
        self.signals = Some(signals);
    }
}

fn run(seed: u64, overflow: Overflow) {
    let settings = PublisherSettings::default().overflow(overflow).send_queue_limit(0);
    let mut network = Network::new(seed, settings, 0..SIGNALS);
    let mut subscribers: Vec<Wanting> = all_forms()
        .map(|form| Wanting { peer: network.connect(form.clone()), form, signals: None })
        .collect();
    for _ in 0..600 {
        for subscriber in &mut subscribers {
            subscriber.act(&mut network);
        }
        if network.random.below(100) == 0 {
            let first = network.random.below(SIGNALS / 2);
            network.redefine(first..SIGNALS);
        }
        let count = network.random.below(120);
        network.try_to_publish(count);
        network.step();
    }
    for peer in 0..network.peers.len() {
        network.towards_subscriber(peer, |way| way.stalled = false);
    }
    network.settle();
    let last = network.published.next_number();
    network.publish(500);
    network.settle();
    for Wanting { peer, signals, .. } in &subscribers {
        assert_eq!(network.peers[*peer].error(), None);
        assert!(network.is_connected(*peer));
        network.assert_received_since(*peer, signals.as_deref().unwrap_or_default(), last);
        let statistics = network.peers[*peer].subscriber.statistics();
        assert_eq!((statistics.packets_dropped, statistics.measurements_dropped), (0, 0));
    }
}

#[test]
fn with_dropped_measurements() {
    (0..10).for_each(|seed| run(seed, Overflow::DropOldest));
}

#[test]
fn without_loss() {
    (0..10).for_each(|seed| run(seed, Overflow::Wait { timeout: None }));
}

#[test]
fn a_connection_may_break_at_any_moment() {
    for form in all_forms() {
        for seed in 0..20 {
            let mut network = Network::new(seed, PublisherSettings::default(), 0..SIGNALS);
            let first = network.connect_subscriber(form.clone(), &[3, 4]);
            let steps = network.random.below(60);
            for _ in 0..steps {
                network.publish(20);
                network.step();
            }
            network.cut(first);
            let second = network.connect_subscriber(form.clone(), &[3, 4]);
            network.settle();
            let last = network.published.next_number();
            network.publish(50);
            network.settle();
            network.assert_received_since(second, &[3, 4], last);
            let statistics = network.publisher.statistics();
            assert_eq!((statistics.connections, statistics.subscribed), (1, 1));
            network.run_for(Duration::from_secs(6));
        }
    }
}
