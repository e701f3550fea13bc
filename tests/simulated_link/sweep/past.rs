//! What was published before: played back as a whole, and fetched by those who missed it.

use std::collections::BTreeMap;
use std::time::Duration;

use sttp::Ticks;
use sttp::subscriber::SubscriptionOptions;

use super::kinds::{Kind, any_signals, form};
use super::losses::Losses;
use crate::harness::{Network, wanting};

/// Measurements of the past, from one to another, both included.
pub(super) fn window(signals: &[usize], start: Ticks, stop: Ticks, interval: i32) -> SubscriptionOptions {
    let options = wanting(signals).start_time(Some(start.to_string()));
    options.stop_time(Some(stop.to_string())).processing_interval(interval)
}

/// Two times of measurements that were published, in order.
pub(super) fn times(network: &mut Network) -> (Ticks, Ticks) {
    let count = network.published.next_number();
    let times = [(); 2].map(|()| network.published.time_of(network.random.below(count)));
    (times[0].min(times[1]), times[0].max(times[1]))
}

/// Who asks for a window of the past gets it, all of it and nothing else.
pub(super) fn check_playback(network: &mut Network, seed: u64) {
    let settings = form(Kind::Tcp, &mut network.random);
    let peer = network.connect(settings);
    let (start, stop) = times(network);
    let signals = any_signals(&mut network.random);
    network.subscribe_with(peer, window(&signals, start, stop, 0));
    network.run_until_complete(peer);
    let expected = network.published.numbers_of(&signals, 0).into_iter();
    let expected = expected.filter(|number| (start..=stop).contains(&network.published.time_of(*number)));
    assert_eq!(network.peers[peer].received.numbers, expected.collect::<Vec<_>>(), "seed {seed}");
    network.peers[peer].subscriber.disconnect().unwrap();
    network.settle();
}

/// Measurements flow, slowly, while what was missed is fetched.
pub(super) fn flow(network: &mut Network) {
    for _ in 0..40 {
        network.try_to_publish(20);
        network.run_for(Duration::from_secs(1));
    }
}

/// Every measurement of these signals came once since `first`, live or afterwards, but for those that were dropped for
/// want of room: these are told, not recovered. What has the time of another one of its signal is left out: the ends of
/// what was missed cannot tell those apart.
pub(super) fn check_recovered(
    network: &Network,
    peer: usize,
    signals: &[usize],
    first: usize,
    losses: &Losses,
    seed: u64,
) {
    let received = &network.peers[peer].received;
    let mut times = BTreeMap::<usize, usize>::new();
    received
        .numbers
        .iter()
        .chain(&received.recovered)
        .for_each(|number| *times.entry(*number).or_default() += 1);
    let expected = network.published.numbers_of(signals, first).into_iter();
    let mut missing = Vec::new();
    for number in expected.filter(|number| network.published.has_time_of_its_own(*number)) {
        match times.get(&number).copied().unwrap_or_default() {
            0 => missing.push(number),
            count => {
                assert_eq!(count, 1, "how often subscriber {peer} got measurement {number}, seed {seed}")
            }
        }
    }
    let too_many = losses.too_many(&missing);
    assert!(too_many.is_none(), "subscriber {peer}, seed {seed}: {}", too_many.unwrap_or_default());
}
