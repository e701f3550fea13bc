//! Strangers who do to a publisher, and to subscribers by UDP, what they can without credentials: they send commands
//! without end, ask for metadata in floods and for costly filters, and read nothing of what they are sent.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use sttp::engine::simulated::{Peer, Random};
use sttp::wire::Command;
use sttp::wire::frame::command_frame;

use super::memory::Memory;
use super::wanting::Wanting;
use crate::harness::{Network, PUBLISHER, quiet};
use crate::strangers::{commands, expensive, metadata_request, subscribe};

/// All come from there, so that an address may have what an address may have.
pub(super) const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 9, 2, 1));
/// Strangers who are connected at the same time.
const MOST: usize = 4;
/// Those whose connections the publisher may still be ending.
pub(super) const MOST_CONNECTIONS: usize = 4 * MOST;
const EVERYTHING: &str = "FILTER ActiveMeasurements WHERE True";

/// The strangers of a run, if it has some.
pub(super) struct Strangers {
    are_there: bool,
    /// Each with what it has not been able to send yet.
    open: Vec<(Peer, Vec<u8>)>,
}

impl Strangers {
    /// There always are some where totals are low.
    pub(super) fn any(has_low_totals: bool, random: &mut Random) -> Strangers {
        Strangers { are_there: has_low_totals || random.below(3) == 0, open: Vec::new() }
    }

    /// They go on, and one of them comes, goes or does something else, now and then.
    pub(super) fn act(&mut self, network: &mut Network, subscribers: &[Wanting]) {
        for (peer, rest) in &mut self.open {
            // Who was disconnected does not notice.
            let written = peer.write(rest).unwrap_or(0);
            rest.drain(..written);
        }
        if !self.are_there || network.random.below(20) > 0 {
            return;
        }
        match network.random.below(6) {
            0 => _ = self.open.pop(),
            1 => send_datagrams(network, subscribers),
            _ if self.open.len() < MOST => {
                let bytes = attack(&mut network.random);
                self.open.push((network.simulation.connect(STRANGER, PUBLISHER), bytes));
            }
            _ => {}
        }
    }

    /// All hang up. Before and after that a newcomer is served within two seconds, and after ten nothing is left of
    /// them.
    pub(super) fn leave(&mut self, network: &mut Network, memory: &Memory) {
        assert_newcomer_is_served(network);
        self.open.clear();
        assert_newcomer_is_served(network);
        network.run_for(Duration::from_secs(7));
        memory.check_after_attack(network);
    }
}

fn assert_newcomer_is_served(network: &mut Network) {
    let newcomer = network.connect_subscriber(quiet(), &[1, 2]);
    network.run_for(Duration::from_secs(2));
    assert!(
        network.is_connected(newcomer) && network.info(newcomer).subscribed,
        "a newcomer is not served within two seconds: {:?}",
        network.peers[newcomer].received.messages
    );
    network.peers[newcomer].subscriber.disconnect().unwrap();
    network.run_for(Duration::from_secs(1));
    network.peers.pop();
}

/// All that a stranger is going to send.
fn attack(random: &mut Random) -> Vec<u8> {
    let everything = || subscribe(EVERYTHING.to_owned());
    match random.below(6) {
        // It wants all and reads nothing.
        0 => commands([everything()]),
        1 => commands((0..100).flat_map(|_| {
            [
                everything(),
                command_frame(Command::Unsubscribe, &[]),
                command_frame(Command::RotateCipherKeys, &[]),
            ]
        })),
        2 => commands((0..200).map(|_| metadata_request(""))),
        // What it reads nothing of is encoded for it alone.
        3 => {
            let name = random.below(1 << 20);
            commands([subscribe(format!("FILTER ActiveMeasurements WHERE PointTag <> '{name}'"))])
        }
        // The rest never comes.
        4 => commands([[&(1_u32 << 20).to_be_bytes()[..], &vec![2; 100_000]].concat()]),
        _ => commands((0..10).map(|number| subscribe(expensive(2, number)))),
    }
}

/// Measurements that nobody has published, to everybody who receives datagrams.
fn send_datagrams(network: &mut Network, subscribers: &[Wanting]) {
    let from = SocketAddr::new(STRANGER, 0);
    let socket = network.simulation.receive_datagrams(from, None).unwrap();
    for subscriber in subscribers.iter().filter(|subscriber| subscriber.kind.by_udp()) {
        let to = network.channel(subscriber.peer);
        let payload: Vec<u8> = (0..40).map(|_| network.random.below(256) as u8).collect();
        // One compact measurement, or what else these bytes are.
        let packet = [&[0x82, 0x02, 0, 0, 0, 45, 0x02, 0, 0, 0, 1][..], &payload].concat();
        to.into_iter().for_each(|to| _ = socket.send(&packet, to));
    }
}
