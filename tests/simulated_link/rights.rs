//! Rights that change while measurements flow, and groups whose members have rights.

use std::time::Duration;

use sttp::publisher::{PublisherSettings, UdpSettings};
use sttp::rights::{Grant, Rights};
use sttp::settings::RightsSettings;
use sttp::subscriber::{ConnectionState, MulticastReception, SubscriberSettings, UdpReception};
use sttp::wire::Command;

use crate::harness::{Network, PUBLISHER, by_udp};
use crate::signals::{filter, signal_id};

const GROUP: [u8; 4] = [239, 1, 2, 3];

fn publisher() -> PublisherSettings {
    PublisherSettings::default().udp(UdpSettings::default().multicast(true))
}

fn member() -> SubscriberSettings {
    by_udp(|settings| {
        let multicast = Some(MulticastReception::new(GROUP.into()));
        settings.udp = Some(UdpReception::default().port(9600).multicast(multicast));
    })
}

/// Everybody may have some signals, but those at one address may have others.
fn grant(network: &Network, everybody: &str, others: Option<(usize, &str)>) {
    let mut text = String::new();
    if let Some((peer, section)) = others {
        text += &format!("[subscriber other]\naddresses = {}\n{section}\n", network.peers[peer].host);
    }
    text += &format!("[others]\n{everybody}\n");
    network.publisher.set_rights(Some(Rights::parse(&text, "rights").unwrap()));
}

fn without(signals: &[usize]) -> String {
    format!("signals = ALLOW WHERE True\ndeny = {}", filter(signals.iter().copied()))
}

fn refusals(network: &Network, peer: usize) -> Vec<&str> {
    let refused = network.peers[peer].received.failed.iter();
    refused.filter(|(command, _)| *command == Command::Subscribe).map(|(_, text)| text.as_str()).collect()
}

fn state(network: &Network, peer: usize) -> ConnectionState {
    network.peers[peer].subscriber.state()
}

#[test]
fn members_with_equal_rights_share_a_group_and_others_are_refused() {
    let mut network = Network::new(1, publisher(), 0..12);
    let peers = [(); 3].map(|()| network.connect(member()));
    grant(&network, &without(&[2]), Some((peers[2], "signals = ALLOW WHERE True")));
    network.settle();
    for peer in peers {
        network.subscribe(peer, &[1, 2, 3]);
        network.settle();
    }
    network.publish(1_000);
    network.settle();
    for peer in [peers[0], peers[1]] {
        network.assert_received_all(peer, &[1, 3]);
        let (_, cache) = network.peers[peer].received.caches.last().unwrap();
        assert_eq!(cache.unauthorized(), [signal_id(2)]);
    }
    assert!(refusals(&network, peers[2])[0].contains("carries another subscription"));
    assert_eq!(network.peers[peers[2]].received.numbers, [0_usize; 0]);
    assert_eq!(state(&network, peers[2]), ConnectionState::Connected);
}

#[test]
fn a_group_gets_nothing_that_its_members_may_not_have_any_more() {
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..12);
        let peers = [(); 2].map(|()| network.connect_subscriber(member(), &[1, 2, 3]));
        network.settle();
        network.publish(500);
        network.settle();
        let sent = network.simulation.datagrams(PUBLISHER.ip(), GROUP.into()).sizes.len();
        let before = network.published.numbers_of(&[1, 2, 3], 0);
        // They cannot be told, so that their connections last for a while.
        peers.iter().for_each(|peer| network.towards_subscriber(*peer, |way| way.stalled = true));
        grant(&network, &without(&[2]), None);
        for _ in 0..20 {
            network.publish(50);
            network.step();
        }
        assert_eq!(network.simulation.datagrams(PUBLISHER.ip(), GROUP.into()).sizes.len(), sent);
        peers.iter().for_each(|peer| network.towards_subscriber(*peer, |way| way.stalled = false));
        network.run_for(Duration::from_secs(5));
        for peer in peers {
            assert!(
                refusals(&network, peer)[0].contains("may not have any more what its multicast group gets")
            );
            assert_eq!(network.peers[peer].received.numbers, before);
        }
    }
}

#[test]
fn members_get_more_when_they_subscribe_again_after_they_may() {
    for seed in 0..10 {
        let mut network = Network::new(seed, publisher(), 0..12);
        let peers = [(); 2].map(|()| network.connect(member()));
        grant(&network, &without(&[2]), None);
        network.settle();
        peers.iter().for_each(|peer| network.subscribe(*peer, &[1, 2, 3]));
        network.settle();
        grant(&network, &without(&[]), None);
        network.settle();
        for peer in peers {
            assert!(refusals(&network, peer)[0].contains("has changed; subscribe again"));
            assert_eq!(state(&network, peer), ConnectionState::Connected, "the publisher has ended it");
            network.subscribe(peer, &[1, 2, 3]);
        }
        network.run_for(Duration::from_secs(3));
        network.settle();
        let first = network.published.next_number();
        network.publish(500);
        network.settle();
        peers.iter().for_each(|peer| network.assert_received_since(*peer, &[1, 2, 3], first));
    }
}

#[test]
fn a_member_whose_rights_change_leaves_the_group_to_the_others() {
    for (seed, text) in (0..).zip(["", "57170000-0000-4000-8000-000000000002"]) {
        let mut network = Network::new(seed, publisher(), 0..12);
        let peers = [(); 3].map(|()| network.connect_subscriber(member(), &[1, 2, 3]));
        network.settle();
        for round in 0..40 {
            network.publish(50);
            network.step();
            if round == 20 {
                let rights = RightsSettings::everything().deny(text.into());
                let own = Grant::new("own", rights).unwrap();
                let id = network.info(peers[1]).id;
                network.publisher.set_connection_rights(id, Some(own)).unwrap();
            }
        }
        network.settle();
        [peers[0], peers[2]].iter().for_each(|peer| network.assert_received_all(*peer, &[1, 2, 3]));
        assert_eq!(refusals(&network, peers[1]).len(), 1);
        assert_ne!(state(&network, peers[1]), ConnectionState::Subscribed);
    }
}

#[test]
fn who_may_not_have_udp_any_more_knows_that_nothing_comes() {
    for by_group in [false, true] {
        let settings = if by_group { member() } else { by_udp(|_| {}) };
        let mut network = Network::new(3, publisher(), 0..12);
        let peer = network.connect_subscriber(settings, &[1, 2, 3]);
        network.settle();
        network.publish(100);
        network.settle();
        let before = network.published.numbers_of(&[1, 2, 3], 0);
        assert_eq!(state(&network, peer), ConnectionState::Subscribed);
        grant(&network, "signals = ALLOW WHERE True\nudp = false", None);
        network.settle();
        network.publish(100);
        network.settle();
        assert!(refusals(&network, peer)[0].contains("by TCP only"));
        assert_eq!(state(&network, peer), ConnectionState::Connected);
        assert_eq!(network.peers[peer].received.numbers, before);
    }
}
