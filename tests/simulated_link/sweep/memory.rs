//! What the hosts of a run hold: never more than the limits of the publisher allow, nothing for those who have left,
//! and nothing at all when everything is over.

use std::net::IpAddr;
use std::time::Duration;

use sttp::publisher::{ConnectionInfo, PublisherSettings};
use sttp::settings::SMALLEST_SEND_QUEUE;

use super::hostile::STRANGER;
use crate::harness::{Network, PUBLISHER, held_by, quiet};
use crate::strangers::{commands, metadata_request, subscribe};

/// What a publisher holds for one connection beside what waits to be sent: commands, answers, buffers of the system.
const CONNECTION: usize = 256 << 10;
/// What may wait for a connection however much waits for all of them together.
const SMALLEST_SHARE: usize = 64 << 10;
/// What waits for a connection beside measurements, and the packet for which others are dropped.
const MORE: usize = (8 << 10) + (32 << 10);
/// What waits of a playback before it pauses, and what it reads then.
const PLAYBACK: usize = (512 << 10) + (64 << 10);
/// Batches and frames that are kept to be used again, and what is noted of addresses: in any case, and for each
/// measurement of the largest batch.
const KEPT: usize = 1 << 20;
const KEPT_OF_BATCH: usize = 2 << 10;
/// What a subscriber holds at most here, whatever length a changed byte announces.
const SUBSCRIBER: usize = 1 << 20;
/// Longer than all time-outs.
const LONG: Duration = Duration::from_secs(100);
/// Strangers who come at the same time, and how many come with the subscribers.
const CROWD: usize = 100;
const VISITORS: usize = CROWD + 3;
/// How often crowds come once everybody has left, and go again, until that leaves nothing, each time twice as many: a
/// table that forgets nobody has to grow every time, and what is kept to be used again only at first.
const ROUNDS: u32 = 3;
/// Bytes that a visitor may leave. Such a table takes more.
const LEFT: usize = 8;
/// Crowds come in one of so many runs: they take their time.
const CROWDED: u64 = 16;

/// What the publisher of a run held before anybody came.
pub(super) struct Memory {
    empty: usize,
    kept: usize,
    history: usize,
    queue: usize,
    /// What waits in all queues together, but for those of playbacks.
    queues: usize,
    playbacks: usize,
}

impl Memory {
    /// To be made before anybody comes. No more measurements are published at once than that.
    pub(super) fn new(settings: &PublisherSettings, largest_batch: usize) -> Memory {
        let history = if settings.history_duration.is_zero() { 0 } else { settings.history_limit };
        let queue = settings.send_queue_limit.max(SMALLEST_SEND_QUEUE);
        let (empty, kept) = (held_by(PUBLISHER.ip()), KEPT.max(largest_batch * KEPT_OF_BATCH));
        let playbacks = if history > 0 { settings.limits.max_playbacks } else { 0 };
        Memory { empty, kept, history, queue, queues: settings.limits.max_send_queues, playbacks }
    }

    /// Checks that nobody holds more than the limits allow.
    pub(super) fn check(&self, network: &Network, strangers: usize) {
        let connections = network.peers.len() + strangers;
        let queues = (connections * self.queue)
            .min(self.queues + connections * SMALLEST_SHARE + self.playbacks * PLAYBACK);
        let most = self.empty + self.kept + self.history + queues + connections * CONNECTION;
        let held = held_by(PUBLISHER.ip());
        assert!(held <= most, "the publisher holds {held} bytes, {most} are allowed");
        for (number, peer) in network.peers.iter().enumerate() {
            let held = held_by(peer.host);
            assert!(held <= SUBSCRIBER, "subscriber {number} holds {held} bytes");
        }
    }

    /// Attackers have left some time ago: nothing is left of them.
    pub(super) fn check_after_attack(&self, network: &Network) {
        let left = network.publisher.connections();
        let left: Vec<_> = left.iter().filter(|it| it.address.ip() == STRANGER).map(|it| it.id).collect();
        assert!(left.is_empty(), "some time after an attack there still are connections {left:?}");
        self.check(network, 0);
    }

    /// No more waits for one connection than may for all of them together.
    pub(super) fn check_queues(&self, connections: &[ConnectionInfo]) {
        let playback = if self.playbacks > 0 { PLAYBACK } else { 0 };
        let most = self.queues.max(playback) + MORE;
        for it in connections {
            let queued = it.counters.queued_bytes;
            assert!(queued <= most as u64, "{queued} bytes wait for {}, {most} are allowed", it.address);
        }
    }

    /// Everybody leaves, and comes and goes some times more: the publisher holds nothing for any of them. Then it ends.
    pub(super) fn check_end(&self, mut network: Network, mut settings: PublisherSettings, seed: u64) {
        let hosts: Vec<IpAddr> = network.peers.iter().map(|peer| peer.host).chain([PUBLISHER.ip()]).collect();
        let is_crowded = seed.is_multiple_of(CROWDED);
        network.everybody_leaves();
        settings.history_duration = Duration::ZERO;
        network.publisher.configure(settings).unwrap();
        let mut held = held_after_crowds(&mut network, usize::from(is_crowded));
        assert!(
            held <= self.empty + self.kept,
            "everybody has left, and the publisher holds {held} bytes; it was {}, seed {seed}",
            self.empty
        );
        let leaves_nothing = !is_crowded
            || (1..=ROUNDS).any(|round| {
                let before = held;
                held = held_after_crowds(&mut network, 1 << round);
                held <= before + (VISITORS << round) * LEFT
            });
        assert!(leaves_nothing, "all who come and go leave something, seed {seed}");
        network.publisher.stop().unwrap();
        network.run_for(Duration::from_secs(3));
        assert_eq!(network.publisher.connections().len(), 0, "seed {seed}");
        assert_eq!(network.simulation.open_datagram_senders(), 0, "seed {seed}");
        assert_eq!(network.simulation.open_connection_ends(), 0, "seed {seed}");
        drop(network);
        let left: Vec<usize> = hosts.into_iter().map(held_by).collect();
        assert!(left.iter().all(|held| *held == 0), "all is over, and left are {left:?} bytes, seed {seed}");
    }
}

/// What the publisher holds when so many crowds have come and gone.
fn held_after_crowds(network: &mut Network, crowds: usize) -> usize {
    for _ in 0..crowds {
        strangers_visit(network);
        (0..VISITORS - CROWD).for_each(|way| subscriber_visits(network, way));
    }
    network.run_for(LONG);
    // What it tells of a connection is its own until nobody has it any more.
    network.closed.clear();
    network.take_events();
    held_by(PUBLISHER.ip())
}

/// Strangers come and hang up: without a word, in the middle of one, or with answers unread.
fn strangers_visit(network: &mut Network) {
    let connect = |number| network.simulation.connect([10, 9, 1, number as u8].into(), PUBLISHER);
    let strangers: Vec<_> = (0..CROWD).map(connect).collect();
    network.run_for(Duration::from_secs(1));
    let bytes =
        commands([metadata_request(""), subscribe("FILTER ActiveMeasurements WHERE True".to_owned())]);
    for (number, stranger) in strangers.iter().enumerate() {
        // Those whom the publisher may have refused are told so.
        let _ = stranger.write(&bytes[..bytes.len() * number / CROWD]);
    }
    network.run_for(Duration::from_millis(100));
}

/// A subscriber comes and goes, in one of three ways.
fn subscriber_visits(network: &mut Network, way: usize) {
    let visitor = network.connect_subscriber(quiet(), &[1, 2]);
    network.run_for(Duration::from_secs(1));
    network.towards_subscriber(visitor, |path| path.stalled = way == 0);
    network.try_to_publish(100);
    network.step();
    network.try_to_publish(100);
    match way {
        0 => network.cut(visitor),
        1 => network.peers[visitor].subscriber.disconnect().unwrap(),
        _ => {}
    }
    network.towards_subscriber(visitor, |path| path.stalled = false);
    network.peers.pop();
    network.run_for(Duration::from_secs(1));
}
