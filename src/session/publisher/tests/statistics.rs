//! Counts, rates and latencies of each connection and of all.

use super::*;
use crate::session::{Latency, LatencyStatistics};

/// Publishes a measurement of each row, the first of which is `late` ticks late.
fn publish_late(publisher: &mut Publisher, rows: &[u32], late: i64) {
    let points: Vec<RawMeasurement> = (0..)
        .zip(rows)
        .map(|(place, row)| RawMeasurement {
            ticks: publisher.now.utc.0 - late + 10 * place,
            row: *row,
            flags: 0,
            value_bits: 1,
        })
        .collect();
    publisher.session.publish(&points, publisher.now);
    publisher.session.finish_packets();
}

fn only_connection(publisher: &mut Publisher) -> ConnectionInfo {
    let mut connections = publisher.session.connections(publisher.now.instant);
    assert_eq!(connections.len(), 1);
    connections.remove(0)
}

#[test]
fn a_connection_knows_since_when_it_is_and_what_came_and_went() {
    let mut publisher = Publisher::subscribed(TSSC, &[1, 2]);
    let before = only_connection(&mut publisher);
    assert_eq!(before.connected_since, Ticks(TICKS));
    assert_eq!((before.counters.packets_sent, before.counters.buffer_blocks_sent), (0, 0));
    publish_late(&mut publisher, &[1, 2, 3], 100);
    publish_late(&mut publisher, &[3], 100);
    publisher.session.send_buffer_block(1, b"block", true, publisher.now);
    publisher.session.send_buffer_block(3, b"block", true, publisher.now);
    publisher.send(Command::Unsubscribe, &[]);
    publisher.answers();
    let after = only_connection(&mut publisher);
    assert_eq!(after.counters.packets_sent, 1, "the second one has nothing for it");
    assert_eq!(after.counters.measurements_sent, 2);
    assert_eq!(after.counters.buffer_blocks_sent, 1);
    assert_eq!(after.counters.bytes_received - before.counters.bytes_received, 5, "Unsubscribe");
    let all = publisher.session.statistics();
    assert_eq!(
        (all.bytes_sent, all.bytes_received),
        (after.counters.bytes_sent, after.counters.bytes_received)
    );

    let last = publisher.close().unwrap();
    assert_eq!(last.counters.buffer_blocks_unconfirmed, 1);
    assert_eq!(last.connected_since, before.connected_since);
}

#[test]
fn repeated_and_dropped_blocks_are_those_of_the_connection() {
    let settings = PublisherSettings { send_queue_limit: 64 << 10, ..PublisherSettings::default() };
    let mut publisher = Publisher::subscribed_with(settings, PLAIN, &[1]);
    publisher.session.send_buffer_block(1, &[7; 40 << 10], true, publisher.now);
    publisher.session.send_buffer_block(1, &[7; 40 << 10], true, publisher.now);
    publisher.answers();
    publisher.wait(Duration::from_secs(5));
    let info = only_connection(&mut publisher);
    assert_eq!((info.counters.buffer_blocks_sent, info.counters.buffer_blocks_dropped), (1, 1));
    assert_eq!(info.counters.buffer_blocks_repeated, 1);
}

#[test]
fn rates_and_latencies_are_of_the_latest_complete_second_and_of_all() {
    let mut publisher = Publisher::subscribed(TSSC, &[1, 2, 3]);
    publish_late(&mut publisher, &[1, 2, 3], 500);
    publish_late(&mut publisher, &[1], -40);
    let info = only_connection(&mut publisher);
    // The first and the last of a packet: 500 and 480, then -40.
    let total = Latency { measurements: 3, minimum: -40, mean: 940 / 3, maximum: 500 };
    assert_eq!(info.latency, LatencyStatistics { total, interval: Latency::default() });
    assert_eq!(info.counters.measurements_per_second, 0.0, "the first second is not over");

    publisher.wait(Duration::from_secs(1));
    let info = only_connection(&mut publisher);
    assert_eq!(info.latency, LatencyStatistics { total, interval: total });
    assert_eq!(info.counters.measurements_per_second, 4.0);
    let now = publisher.now.instant;
    assert_eq!(publisher.session.latency(now), info.latency);
    assert_eq!(publisher.session.measurements_per_second(now), 4.0);

    publisher.wait(Duration::from_secs(3));
    let info = only_connection(&mut publisher);
    assert_eq!(info.latency, LatencyStatistics { total, interval: Latency::default() });
    assert_eq!(info.counters.measurements_per_second, 0.0);
}

#[test]
fn all_is_the_sum_of_the_connections() {
    let mut publisher = Publisher::subscribed(TSSC, &[1, 2, 3]);
    let first = publisher.peer;
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
    publisher.subscribe(&filter(&[3]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publish_late(&mut publisher, &[1, 2, 3], 500);
    publisher.wait(Duration::from_secs(1));
    let now = publisher.now.instant;
    let connections = publisher.session.connections(now);
    let of = |id| connections.iter().find(|info| info.id == id).unwrap();
    assert_eq!(of(first.0).counters.measurements_per_second, 3.0);
    assert_eq!(of(publisher.id()).counters.measurements_per_second, 1.0);
    assert_eq!(publisher.session.measurements_per_second(now), 4.0);
    let late = |measurements, minimum, mean, maximum| Latency { measurements, minimum, mean, maximum };
    assert_eq!(of(first.0).latency.total, late(2, 480, 490, 500));
    assert_eq!(of(publisher.id()).latency.total, late(1, 480, 480, 480));
    assert_eq!(publisher.session.latency(now).total, late(3, 480, 1460 / 3, 500));
}

#[test]
fn historical_data_count_but_are_not_late() {
    let settings =
        PublisherSettings { history_duration: Duration::from_secs(60), ..PublisherSettings::default() };
    let mut publisher = Publisher::new(settings);
    publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
    publish_late(&mut publisher, &[1, 2], 500);
    publisher.subscribe(&format!("{}; startTimeConstraint=*-1m; processingInterval=0", filter(&[1, 2])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.wait(Duration::ZERO);
    publisher.answers();
    let info = only_connection(&mut publisher);
    assert_eq!((info.counters.packets_sent, info.counters.measurements_sent), (1, 2));
    assert_eq!(info.latency, LatencyStatistics::default());
}

#[test]
fn commands_are_counted_with_those_that_are_refused() {
    let mut publisher = Publisher::subscribed(TSSC, &[1]);
    let before = only_connection(&mut publisher).counters.commands_received;
    publisher.send(Command::Unsubscribe, &[]);
    publisher.send(Command::RotateCipherKeys, &[]);
    assert_eq!(only_connection(&mut publisher).counters.commands_received, before + 2);
    assert_eq!(publisher.session.statistics().commands_received, before + 2);
    publisher.close();
    assert_eq!(
        publisher.session.statistics().commands_received,
        before + 2,
        "those of ended connections stay"
    );
}
