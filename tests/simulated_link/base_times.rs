//! Times as offsets from base times, which take turns while measurements flow.

use std::time::Duration;

use sttp::publisher::PublisherSettings;
use sttp::subscriber::SubscriberSettings;
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::frame::{FrameAssembler, responses};
use sttp::wire::messages::{BaseTimes, DataPacket};
use sttp::wire::{Response, Version};

use crate::harness::{Network, subscriber, wanting};

const SIGNALS: [usize; 3] = [1, 2, 4];
/// Less than the time after which a subscriber misses keep-alives.
const PAUSE: Duration = Duration::from_secs(4);

fn settings() -> PublisherSettings {
    PublisherSettings::default().base_times(true)
}

fn compact(version: Version) -> SubscriberSettings {
    subscriber(|settings| (settings.version, settings.compress_payload) = (version, false))
}

fn options(millisecond_resolution: bool) -> SubscriptionOptions {
    wanting(&SIGNALS).millisecond_resolution(millisecond_resolution)
}

fn join(network: &mut Network, version: Version, options: SubscriptionOptions) -> usize {
    let peer = network.connect(compact(version));
    network.subscribe_with(peer, options);
    network.record(peer);
    peer
}

/// Time passes, for the connections and for what is measured. Few measurements take little time of
/// their own.
fn pause(network: &mut Network) {
    network.run_for(PAUSE);
    network.published.pass(PAUSE);
    network.step();
}

/// How the times of measurements came: in full, and as offsets from each base time.
#[derive(Debug, Default)]
struct Counts {
    full: usize,
    offsets: [usize; 2],
    base_times: Vec<BaseTimes>,
}

/// Counts what a subscriber read, and checks that no offset came before its base time.
fn counts(recorded: &[u8], offset_length: usize) -> Counts {
    let (mut assembler, mut rest, mut counts) = (FrameAssembler::default(), recorded, Counts::default());
    while let Some(frame) = assembler.next(&mut rest, usize::MAX).unwrap() {
        for response in responses(frame).map(Result::unwrap) {
            if response.response == Response::UpdateBaseTimes.code() {
                counts.base_times.push(BaseTimes::decode(response.payload).unwrap());
            } else if response.response == Response::DataPacket.code() {
                counts.count_packet(response.payload, offset_length);
            }
        }
    }
    counts
}

impl Counts {
    fn count_packet(&mut self, payload: &[u8], offset_length: usize) {
        let mut body = DataPacket::decode(payload).unwrap().body;
        while let Some(flags) = body.first() {
            let is_offset = flags & 0x40 != 0;
            if is_offset {
                let in_use = self.base_times.last().expect("base times come first").time_index;
                assert_eq!(i32::from(flags >> 7), in_use);
                self.offsets[in_use as usize] += 1;
            } else {
                self.full += 1;
            }
            body = &body[9 + if is_offset { offset_length } else { 8 }..];
        }
    }
}

#[test]
fn times_stay_exact_while_base_times_rotate_and_subscribers_join() {
    for (seed, version) in [Version::V1, Version::V2, Version::V3].into_iter().enumerate() {
        for (milliseconds, offset_length, pauses) in [(true, 2, 100), (false, 4, 450)] {
            let mut network = Network::new(seed as u64, settings(), 0..6);
            let early = join(&mut network, version, options(milliseconds));
            network.settle();
            for round in 0..pauses {
                if round % (pauses / 4) == 7 {
                    join(&mut network, version, options(milliseconds));
                }
                network.publish(7);
                pause(&mut network);
            }
            network.settle();
            for peer in 0..network.peers.len() {
                network.assert_complete(peer, &SIGNALS);
                let counts = counts(&network.recorded(peer), offset_length);
                let offsets: usize = counts.offsets.iter().sum();
                assert!(offsets > 20 * counts.full, "{counts:?}");
                assert_eq!(network.peers[peer].received.messages, [""; 0]);
                if peer == early {
                    assert!(counts.base_times.len() > 4, "{counts:?}");
                    assert!(counts.offsets.iter().all(|count| *count > 0), "{counts:?}");
                }
            }
        }
    }
}

#[test]
fn subscribers_that_miss_packets_know_the_base_times_all_the_same() {
    for seed in 0..5 {
        let settings = settings().send_queue_limit(0);
        let mut network = Network::new(seed, settings, 0..6);
        let mut form = compact(Version::V2);
        form.data_loss_timeout = None;
        let slow = network.connect(form);
        network.subscribe_with(slow, options(true));
        network.settle();
        for round in 0..200 {
            network.towards_subscriber(slow, |way| way.stalled = round % 50 > 2);
            network.publish(300);
            pause(&mut network);
        }
        network.towards_subscriber(slow, |way| way.stalled = false);
        network.settle();
        let last = network.published.next_number();
        network.publish(100);
        network.settle();
        assert!(network.info(slow).counters.measurements_dropped > 0);
        network.assert_received_since(slow, &SIGNALS, last);
    }
}

#[test]
fn forms_change_by_subscribing_again_while_measurements_flow() {
    for seed in 0..10 {
        for base_times in [true, false] {
            let settings = PublisherSettings::default().base_times(base_times);
            let mut network = Network::new(seed, settings, 0..6);
            let [changing, steady] = [0, 1].map(|_| network.connect(compact(Version::V2)));
            network.subscribe_with(steady, options(false));
            network.settle();
            let forms = [
                options(false),
                options(true),
                options(true).include_time(false),
                options(true),
                options(false).include_time(false),
                options(false).use_local_clock(true),
            ];
            for (round, form) in forms.iter().cycle().take(30).enumerate() {
                network.subscribe_with(changing, form.clone());
                for _ in 0..10 {
                    network.publish(20);
                    network.step();
                }
                let before = network.published.next_number();
                network.settle();
                network.publish(20);
                network.settle();
                network.assert_received_since(changing, &SIGNALS, before);
                assert_eq!(network.peers[changing].received.failed, [], "round {round}");
            }
            network.assert_received_all(steady, &SIGNALS);
        }
    }
}
