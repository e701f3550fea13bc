use std::time::Duration;

use super::*;
use crate::StateFlags;

const SECOND: Duration = Duration::from_secs(1);
const ARRIVED: Ticks = Ticks(638_500_000_000_000_000);

fn measurement(latency: i64, signal_index: u32) -> Measurement {
    Measurement {
        signal_id: Uuid::nil(),
        timestamp: Ticks(ARRIVED.0 - latency),
        value: latency as f64,
        flags: StateFlags::from_bits_retain(signal_index & 1),
        signal_index,
    }
}

fn opened(signal_statistics: bool) -> (Statistics, Instant) {
    let statistics = Statistics::default();
    let start = Instant::now();
    let settings = SubscriberSettings {
        signal_statistics,
        statistics_interval: SECOND,
        ..SubscriberSettings::default()
    };
    statistics.open(&settings, start);
    (statistics, start)
}

#[test]
fn latencies_are_of_the_complete_interval_and_of_all() {
    let (statistics, start) = opened(false);
    statistics.add(&[measurement(30, 0), measurement(-10, 0)], start, Some(ARRIVED));
    assert_eq!(statistics.latency(start).interval, Latency::default());
    assert_eq!(statistics.measurements_per_second(start), 0.0);
    statistics.add(&[measurement(70, 0)], start + SECOND * 3 / 2, Some(ARRIVED));
    let first = Latency { measurements: 2, minimum: -10, mean: 10, maximum: 30 };
    let total = Latency { measurements: 3, minimum: -10, mean: 30, maximum: 70 };
    let now = start + SECOND * 3 / 2;
    assert_eq!(statistics.latency(now), LatencyStatistics { total, interval: first });
    assert_eq!(statistics.measurements_per_second(now), 2.0);

    // The intervals follow each other without gaps, however late they are looked at.
    let second = Latency { measurements: 1, minimum: 70, mean: 70, maximum: 70 };
    assert_eq!(statistics.latency(start + SECOND * 2), LatencyStatistics { total, interval: second });
    assert_eq!(statistics.measurements_per_second(start + SECOND * 2), 1.0);
    let pause = LatencyStatistics { total, interval: Latency::default() };
    assert_eq!(statistics.latency(start + SECOND * 9), pause);
    assert_eq!(statistics.measurements_per_second(start + SECOND * 9), 0.0);
}

#[test]
fn the_rate_needs_no_latencies() {
    let (statistics, start) = opened(false);
    statistics.add(&[measurement(30, 0); 7], start, None);
    assert_eq!(statistics.measurements_per_second(start + SECOND), 7.0);
    assert_eq!(statistics.latency(start + SECOND), LatencyStatistics::default());
}

#[test]
fn a_clock_that_is_behind_does_not_matter() {
    let (statistics, start) = opened(false);
    assert_eq!(statistics.measurements_per_second(start + SECOND), 0.0);
    statistics.add(&[measurement(30, 0)], start, None);
    assert_eq!(statistics.measurements_per_second(start + SECOND * 2), 1.0);
}

#[test]
fn any_timestamp_may_come() {
    let (statistics, start) = opened(false);
    let mut packet = [measurement(0, 0); 4];
    // No time, none but the mark of a leap second, the largest, and one in a leap second.
    packet[0].timestamp = Ticks(0);
    packet[1].timestamp = Ticks(Ticks::LEAP_SECOND);
    packet[2].timestamp = Ticks(-1);
    packet[3].timestamp = Ticks((ARRIVED.0 - 5) | Ticks::LEAP_SECOND);
    for _ in 0..100 {
        statistics.add(&packet, start, Some(ARRIVED));
    }
    let latency = statistics.latency(start).total;
    let least = ARRIVED.0 - ((1 << 62) - 1);
    assert_eq!((latency.measurements, latency.minimum, latency.maximum), (200, least, 5));
    assert_eq!(latency.mean, (least + 5) / 2);
}

#[test]
fn signals_are_counted_by_row() {
    let (statistics, _) = opened(true);
    let mut cache = SignalIndexCache::new(Uuid::nil());
    cache.push(Uuid::from_u128(10), "T", 1);
    cache.push(Uuid::from_u128(11), "T", 2);
    statistics.use_cache(3, &cache);
    // Row 2 is none.
    let packet = [measurement(4, 0), measurement(5, 1), measurement(8, 1), measurement(1, 2)];
    statistics.add_to_signals(&packet, ARRIVED);
    let read = |statistics: &Statistics| {
        statistics
            .read_signals(|generation, rows| {
                (generation, rows.iter().map(SignalTally::statistics).collect::<Vec<_>>())
            })
            .unwrap()
    };
    let (generation, rows) = read(&statistics);
    assert_eq!((generation, rows.len()), (3, 2));
    let expected = SignalStatistics {
        signal_id: Uuid::from_u128(11),
        measurements: 2,
        measurements_with_flags: 2,
        last_timestamp: Ticks(ARRIVED.0 - 8),
        last_value: 8.0,
        latency: Latency { measurements: 2, minimum: 5, mean: 6, maximum: 8 },
    };
    assert_eq!(rows[1], expected);
    assert_eq!((rows[0].measurements, rows[0].measurements_with_flags), (1, 0));

    statistics.use_cache(4, &cache);
    let (generation, rows) = read(&statistics);
    assert_eq!((generation, rows[1].measurements), (4, 0));
}

#[test]
fn signals_are_not_counted_unasked() {
    let (statistics, _) = opened(false);
    statistics.add_to_signals(&[measurement(4, 0)], ARRIVED);
    assert!(statistics.read_signals(|_, _| ()).is_none());
}
