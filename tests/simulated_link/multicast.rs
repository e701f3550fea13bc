//! Measurements for multicast groups: who shares them, and that nobody mistakes them.

use std::collections::BTreeSet;
use std::time::Duration;

use sttp::publisher::{Encryption, PublisherSettings, UdpSettings};
use sttp::subscriber::{MulticastReception, SubscriberSettings, UdpReception};
use sttp::wire::{Command, DataChannel, Version};

use crate::harness::{End, Network, PUBLISHER, PublisherTold, SessionPeer, by_udp, wanting};
use crate::signals::signal_id;

const GROUP: &str = "239.1.2.3";
const PORT: u16 = 9600;
/// Longer than a cache may wait for its slot.
const SLOTS_REST: Duration = Duration::from_secs(2);

fn settings() -> SubscriberSettings {
    member(GROUP, PORT)
}

/// A member of a group.
fn member(group: &str, port: u16) -> SubscriberSettings {
    by_udp(|settings| {
        let multicast = Some(MulticastReception::new(group.parse().unwrap()));
        settings.udp = Some(UdpReception::default().port(port).multicast(multicast));
    })
}

fn publisher() -> PublisherSettings {
    let udp = UdpSettings::default().multicast(true);
    PublisherSettings::default().udp(udp)
}

/// The channel of the group, as a session asks for it.
fn group(port: u16) -> Option<DataChannel> {
    Some(DataChannel { port, multicast_group: GROUP.parse().ok() })
}

/// Connects a member of the group that wants these signals.
fn join(network: &mut Network, signals: &[usize]) -> usize {
    network.connect_subscriber(settings(), signals)
}

/// Datagrams that the publisher sent to the group.
fn group_datagrams(network: &Network) -> usize {
    network.simulation.datagrams(PUBLISHER.ip(), GROUP.parse().unwrap()).sizes.len()
}

fn failures(network: &Network, peer: usize) -> Vec<Command> {
    network.peers[peer].received.failed.iter().map(|(command, _)| *command).collect()
}

#[test]
fn datagrams_are_sent_once_for_all_members() {
    for seed in 0..5 {
        let mut network = Network::new(seed, publisher(), 0..20);
        let members = [(); 3].map(|()| join(&mut network, &[3, 5, 7]));
        network.settle();
        for _ in 0..20 {
            network.publish(300);
            network.step();
        }
        network.settle();
        for peer in members {
            network.assert_received_all(peer, &[3, 5, 7]);
            assert_eq!(network.peers[peer].received.start_times.len(), 1);
            assert_eq!(network.peers[peer].received.messages, [""; 0]);
            let (received, sent) = (network.peers[peer].subscriber.statistics(), network.info(peer));
            assert_eq!(received.measurements, sent.counters.measurements_sent);
            assert_eq!(received.packets as usize, group_datagrams(&network));
        }
        let statistics = network.publisher.statistics();
        assert_eq!(statistics.datagrams_sent as usize, group_datagrams(&network));
        assert_eq!(statistics.measurements_sent, 3 * network.info(0).counters.measurements_sent);
    }
}

/// The publisher tells each member how many went to the group.
#[test]
fn members_learn_what_they_have_lost_since_they_came() {
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..20);
        let first = join(&mut network, &[3, 5, 7]);
        network.settle();
        for _ in 0..100 {
            network.publish(300);
            network.step();
        }
        let second = join(&mut network, &[3, 5, 7]);
        network.run_for(Duration::from_secs(5));
        network.towards_subscriber(second, |way| way.datagram_loss = 0.1);
        for _ in 0..300 {
            network.publish(300);
            network.step();
        }
        network.run_for(Duration::from_secs(10));
        let counts = |peer: usize| network.peers[peer].subscriber.statistics();
        let lost = counts(first).datagrams - counts(second).datagrams;
        assert!(counts(second).datagrams_lost > 0, "seed {seed}");
        assert!(counts(second).datagrams_lost <= lost, "seed {seed}");
        let sent = network.publisher.statistics().datagrams_sent;
        assert_eq!((counts(first).datagrams, counts(first).datagrams_lost), (sent, 0), "seed {seed}");
        let messages = &network.peers[second].received.messages;
        assert!(messages.iter().any(|text| text.contains("did not come")), "{messages:?}");
    }
}

/// Caches alternate slots at each change of the metadata; joiners come whenever, and what they
/// hear before they have the cache is not theirs.
#[test]
fn joiners_and_leavers_agree_with_the_others_on_signals_and_slots() {
    for seed in 0..30 {
        let mut network = Network::new(seed, publisher(), 0..20);
        let signals = [2, 4, 6, 25, 27];
        join(&mut network, &signals);
        let mut leavers = BTreeSet::new();
        for round in 0..12 {
            if network.random.below(2) == 0 {
                join(&mut network, &signals);
            }
            if network.random.below(3) == 0 && network.peers.len() > 1 {
                let leaver = network.random.below(network.peers.len());
                network.cut(leaver);
                leavers.insert(leaver);
            }
            if network.random.below(2) == 0 {
                let rows = [0..20, 4..28, 20..30][network.random.below(3)].clone();
                network.redefine(rows);
            }
            for _ in 0..network.random.below(30) {
                network.publish(50);
                network.step();
            }
            if round % 4 == 3 {
                network.settle();
            }
        }
        network.redefine(0..30);
        network.run_for(SLOTS_REST);
        network.settle();
        let first = network.published.next_number();
        network.publish(2000);
        network.settle();
        for number in 0..network.peers.len() {
            let peer = &network.peers[number];
            if let Some(error) = peer.error() {
                assert!(leavers.contains(&number), "subscriber {number}, seed {seed}: {error:?}");
                continue;
            }
            assert_eq!(peer.received.signals(), signals.map(signal_id));
            network.assert_received_since(number, &signals, first);
        }
    }
}

#[test]
fn another_subscription_for_the_same_group_is_refused() {
    let mut network = Network::new(1, publisher(), 0..20);
    let first = join(&mut network, &[1, 2]);
    network.settle();
    let second = join(&mut network, &[1, 3]);
    let third = network.connect(settings());
    network.subscribe_with(third, wanting(&[1, 2]).nan_filter(true));
    let mut fourth = SessionPeer::connect(&mut network, Version::V2);
    fourth.subscribe(&[1, 3], group(PORT));
    fourth.settle(&mut network);
    for refused in [second, third] {
        assert_eq!(failures(&network, refused), [Command::Subscribe]);
    }
    assert_eq!(fourth.failed, [Command::Subscribe]);
    // The same group with another port is another group, also for who was refused.
    fourth.subscribe(&[1, 3], group(PORT + 1));
    fourth.settle(&mut network);
    network.publish(1000);
    fourth.settle(&mut network);
    network.assert_received_all(first, &[1, 2]);
    assert_eq!(fourth.numbers, network.published.numbers_of(&[1, 3], 0));
    assert_eq!(fourth.failed, [Command::Subscribe]);
    for refused in [second, third] {
        assert_eq!(network.peers[refused].received.numbers, [0_usize; 0]);
    }
}

#[test]
fn a_refused_change_leaves_the_group_as_it_was() {
    let mut network = Network::new(2, publisher(), 0..20);
    let [first, second] = [(); 2].map(|()| join(&mut network, &[1, 2]));
    network.settle();
    network.subscribe(first, &[3]);
    network.settle();
    assert_eq!(failures(&network, first), [Command::Subscribe]);
    network.publish(1000);
    network.settle();
    for peer in [first, second] {
        network.assert_received_all(peer, &[1, 2]);
    }
}

#[test]
fn a_member_may_subscribe_again_and_the_last_one_to_other_signals() {
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..20);
        let [first, second] = [(); 2].map(|()| join(&mut network, &[1, 2]));
        network.settle();
        network.publish(100);
        network.settle();
        network.subscribe(first, &[1, 2]);
        network.settle();
        let since = network.published.next_number();
        network.publish(500);
        network.settle();
        for peer in [first, second] {
            network.assert_received_since(peer, &[1, 2], since);
        }
        network.cut(second);
        network.publish(100);
        network.subscribe(first, &[2, 7, 1]);
        for _ in 0..20 {
            network.publish(20);
            network.step();
        }
        network.settle();
        let since = network.published.next_number();
        network.publish(500);
        network.settle();
        network.assert_received_since(first, &[2, 7, 1], since);
    }
}

#[test]
fn the_only_member_may_subscribe_again_while_signals_come_and_go() {
    for seed in 0..30 {
        let mut network = Network::new(seed, publisher(), 0..12);
        let signals = [2, 5, 8, 11];
        let member = join(&mut network, &signals);
        network.settle();
        for round in 0..6 {
            network.redefine(if round % 2 == 0 { 3..12 } else { 0..12 });
            for _ in 0..network.random.below(12) {
                network.publish(30);
                network.step();
            }
            network.subscribe(member, &signals);
            for _ in 0..30 {
                network.publish(30);
                network.step();
            }
            network.run_for(SLOTS_REST);
        }
        network.settle();
        let since = network.published.next_number();
        network.publish(500);
        network.settle();
        network.assert_received_since(member, &signals, since);
    }
}

/// A group that was given up may be made anew for others, while its last datagrams are on their way.
#[test]
fn datagrams_of_an_earlier_group_are_not_mistaken() {
    let mut without_meaning = 0;
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..12);
        let first = join(&mut network, &[1, 2]);
        network.settle();
        let second = join(&mut network, &[3, 4]);
        network.settle();
        assert_eq!(failures(&network, second), [Command::Subscribe], "the group carries something else");
        network.towards_subscriber(second, |way| way.delay = Duration::from_secs(30));
        network.publish(5_000);
        network.run_for(Duration::from_millis(1));
        network.cut(first);
        network.towards_subscriber(second, |way| way.delay = Duration::ZERO);
        network.run_for(Duration::from_secs(1));
        network.subscribe(second, &[3, 4]);
        network.run_for(Duration::from_secs(60));
        let since = network.published.next_number();
        network.publish(500);
        network.settle();
        network.assert_received_since(second, &[3, 4], since);
        without_meaning += network.peers[second].subscriber.statistics().measurements_dropped;
        assert_eq!(network.peers[second].received.numbers, network.published.numbers_of(&[3, 4], since));
    }
    assert!(without_meaning > 0);
}

#[test]
fn members_may_go_over_to_other_channels_and_back() {
    let group = group(PORT);
    let own = Some(DataChannel { port: 9700, multicast_group: None });
    for seed in 0..20 {
        let mut network = Network::new(seed, publisher(), 0..20);
        let steady = join(&mut network, &[1, 2]);
        let mut changing = SessionPeer::connect(&mut network, Version::V2);
        changing.subscribe(&[1, 2], group);
        changing.settle(&mut network);
        for _ in 0..8 {
            match network.random.below(4) {
                0 => changing.subscribe(&[5, 1], own),
                1 => changing.subscribe(&[9, 2, 1], None),
                2 => changing.unsubscribe(),
                _ => changing.subscribe(&[1, 2], group),
            }
            for _ in 0..network.random.below(10) {
                network.publish(50);
                changing.run_for(&mut network, Duration::from_millis(5));
            }
            changing.settle(&mut network);
        }
        changing.subscribe(&[1, 2], group);
        changing.run_for(&mut network, SLOTS_REST);
        changing.settle(&mut network);
        let since = network.published.next_number();
        network.publish(500);
        changing.settle(&mut network);
        network.assert_received_since(steady, &[1, 2], since);
        let received = changing.numbers.into_iter().filter(|number| *number >= since);
        assert!(received.eq(network.published.numbers_of(&[1, 2], since)), "seed {seed}");
    }
}

#[test]
fn a_member_that_does_not_confirm_is_disconnected() {
    let mut network = Network::new(3, publisher(), 0..20);
    let [first, second] = [(); 2].map(|()| join(&mut network, &[1, 2, 25]));
    network.settle();
    network.towards_subscriber(second, |way| way.stalled = true);
    network.redefine(2..30);
    network.run_for(Duration::from_secs(4));
    network.publish(100);
    network.run_for(Duration::from_secs(4));
    assert_eq!(network.peers[first].received.signals(), [1, 2, 25].map(signal_id).split_at(2).0);
    network.run_for(Duration::from_secs(20));
    assert!(!network.is_connected(second));
    let [(info, reason)] = &network.closed[..] else { panic!("{:?}", network.closed) };
    assert_eq!(info.address.ip(), network.peers[second].host);
    assert!(
        matches!(reason, Err(End::Protocol(text)) if text.contains("did not confirm its signals")),
        "{reason:?}"
    );
    network.publish(1000);
    network.settle();
    assert_eq!(network.peers[first].received.signals(), [2, 25].map(signal_id));
    let subscribed = network.events.iter().filter(|event| matches!(event, PublisherTold::Subscribed(_)));
    assert_eq!(subscribed.count(), 3, "both at first, then the one that confirmed");
}

#[test]
fn a_member_that_confirms_late_has_as_long_the_next_time() {
    let mut network = Network::new(5, publisher(), 0..20);
    let [_, late] = [(); 2].map(|()| join(&mut network, &[1, 2, 25]));
    network.settle();
    for (rows, signals) in [(2..30, &[2, 25][..]), (0..20, &[1, 2]), (2..30, &[2, 25])] {
        network.towards_subscriber(late, |way| way.stalled = true);
        network.redefine(rows);
        // Long enough to be noticed, and less than it has.
        network.run_for(Duration::from_secs(6));
        assert!(network.is_connected(late), "{:?}", network.closed);
        network.towards_subscriber(late, |way| way.stalled = false);
        network.run_for(Duration::from_secs(10));
        let since = network.published.next_number();
        network.publish(500);
        network.settle();
        network.assert_received_since(late, signals, since);
    }
}

#[test]
fn what_cannot_share_a_group_is_refused() {
    let mut encrypted = publisher();
    encrypted.encryption.scope = Encryption::Udp;
    let mut version_1 = settings();
    version_1.version = Version::V1;
    for (publisher, subscriber) in [
        (PublisherSettings::default(), settings()),
        (encrypted, settings()),
        (publisher(), version_1),
        (publisher(), member("ff15::7", PORT)),
    ] {
        let mut network = Network::new(4, publisher, 0..4);
        let peer = network.connect_subscriber(subscriber, &[1]);
        network.settle();
        assert_eq!(failures(&network, peer), [Command::Subscribe]);
    }
}

/// A group has no place for what belongs to one connection: sequence numbers and confirmations.
#[test]
fn buffer_blocks_go_to_each_member_by_tcp() {
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..10);
        let members = [(); 3].map(|()| join(&mut network, &[3, 5, 12]));
        network.settle();
        let mut expected = Vec::new();
        for number in 0..60_u32 {
            let count = network.random.below(30);
            network.publish(count);
            let row = network.random.below(10) as u32;
            // Some of them would not fit a datagram.
            let bytes = number.to_string().repeat(1 + network.random.below(20_000)).into_bytes();
            let confirm = network.random.below(2) == 0;
            network.send_block(row, &bytes, confirm);
            if row == 3 || row == 5 {
                expected.push((signal_id(row as usize), bytes));
            }
            network.step();
            if number == 30 {
                // One signal more, in another slot.
                network.redefine(0..15);
                network.run_for(SLOTS_REST);
                network.settle();
            }
        }
        network.run_for(Duration::from_secs(30));
        for peer in members {
            let received = &network.peers[peer].received;
            assert_eq!(received.signals(), [3, 5, 12].map(signal_id));
            let blocks: Vec<_> =
                received.blocks.iter().map(|(signal, bytes, _)| (*signal, bytes.clone())).collect();
            assert_eq!(blocks, expected, "seed {seed}");
            let statistics = network.peers[peer].subscriber.statistics();
            assert_eq!((statistics.buffer_blocks_dropped, statistics.buffer_blocks_lost), (0, 0));
            assert_eq!(statistics.packets as usize, group_datagrams(&network), "no block is among them");
            let info = network.info(peer);
            assert_eq!(info.counters.buffer_blocks_sent, expected.len() as u64);
            assert_eq!(
                (info.counters.buffer_blocks_dropped, info.counters.buffer_blocks_unconfirmed),
                (0, 0)
            );
            assert_eq!(info.counters.datagrams_sent as usize, group_datagrams(&network));
        }
    }
}
