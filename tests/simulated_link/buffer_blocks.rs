//! Buffer blocks: over connections in every form, and over UDP that loses, repeats and reorders them.

use std::time::Duration;

use sttp::publisher::PublisherSettings;

use crate::harness::{Network, all_forms, by_udp};
use crate::signals::signal_id;

#[test]
fn blocks_arrive_in_every_form_in_their_place_among_the_measurements() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let peer = network.connect_subscriber(settings, &[3, 5]);
        network.settle();
        let mut expected = Vec::new();
        for number in 0..200_u32 {
            let count = network.random.below(30);
            network.publish(count);
            let row = network.random.below(10) as u32;
            let bytes = number.to_string().repeat(network.random.below(400)).into_bytes();
            let confirm = network.random.below(2) == 0;
            network.send_block(row, &bytes, confirm);
            if row == 3 || row == 5 {
                let before = network.published.numbers_of(&[3, 5], 0).len();
                expected.push((signal_id(row as usize), bytes, before));
            }
            network.step();
        }
        network.run_for(Duration::from_secs(30));
        network.assert_received_all(peer, &[3, 5]);
        assert_eq!(network.peers[peer].received.blocks, expected);
        let statistics = network.publisher.statistics();
        let (sent, unconfirmed) = (statistics.buffer_blocks_sent, statistics.buffer_blocks_unconfirmed);
        assert_eq!((sent, unconfirmed), (expected.len() as u64, 0));
        let statistics = network.peers[peer].subscriber.statistics();
        assert_eq!((statistics.buffer_blocks_dropped, statistics.buffer_blocks_lost), (0, 0));
    }
}

#[test]
fn blocks_follow_the_cache_through_resubscriptions() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..10);
        let peer = network.connect_subscriber(settings, &[1, 3]);
        network.settle();
        let mut sent = 0;
        for round in 0..40 {
            let signals = if round % 2 == 0 { [3, 1] } else { [7, 3] };
            network.subscribe(peer, &signals);
            for _ in 0..5 {
                network.publish(5);
                // Signal 3 is in all subscriptions, each time with another index.
                let bytes = [sent];
                network.send_block(3, &bytes, true);
                sent += 1;
                network.step();
            }
        }
        network.settle();
        let received = &network.peers[peer].received;
        let numbers: Vec<u8> = received.blocks.iter().map(|(_, bytes, _)| bytes[0]).collect();
        assert!(received.blocks.iter().all(|(signal, ..)| *signal == signal_id(3)));
        assert_eq!(numbers, (0..sent).collect::<Vec<_>>());
    }
}

#[test]
fn confirmed_blocks_survive_a_lossy_udp_channel() {
    for seed in 0..6 {
        let mut network = Network::new(seed, PublisherSettings::default(), 0..10);
        let peer = network.connect_subscriber(by_udp(|_| {}), &[3, 5]);
        network.settle();
        network.lose_datagrams(peer);
        let mut expected = Vec::new();
        for number in 0..300_u32 {
            network.publish(20);
            // Every tenth block is too large for a datagram and comes by TCP.
            let repetitions = if number % 10 == 9 { 20_000 } else { network.random.below(200) };
            let bytes = number.to_be_bytes().repeat(repetitions + 1);
            network.send_block(3 + number % 2 * 2, &bytes, true);
            expected.push(bytes);
            network.step();
        }
        network.run_for(Duration::from_secs(120));
        let received = &network.peers[peer].received.blocks;
        let received: Vec<&Vec<u8>> = received.iter().map(|(_, bytes, _)| bytes).collect();
        assert!(received.into_iter().eq(&expected));
        let statistics = network.publisher.statistics();
        assert!(statistics.buffer_blocks_repeated > 0);
        assert_eq!((statistics.buffer_blocks_dropped, statistics.buffer_blocks_unconfirmed), (0, 0));
        assert!(network.is_flushed());
    }
}
