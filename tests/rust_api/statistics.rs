//! How late measurements arrive, and counts of each signal.

use sttp::subscriber::{Latency, LatencyStatistics};

use super::*;

const FRAMES: i64 = 20;
const SIGNALS: u32 = 5;

/// Publishes frames and waits until all have arrived.
fn receive(publisher: &Publisher, subscriber: &Subscriber) {
    let mut left = FRAMES as usize * SIGNALS as usize;
    let mut room = frame(0, SIGNALS);
    for number in 0..FRAMES {
        publisher.publish_indexed(&frame(number, SIGNALS)).unwrap();
    }
    while left > 0 {
        left -= subscriber.read(&mut room, Some(PATIENCE)).unwrap();
    }
}

#[test]
fn latencies_and_signals_are_measured_where_asked_for() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::Wait { timeout: None });
    let settings =
        SubscriberSettings::default().read_queue(1_000).latency_statistics(true).signal_statistics(true);
    let (subscriber, _events) = subscriber(&engine, publisher.address().unwrap(), settings);
    wait_for(&published, &Event::Subscribed);
    let earliest = Ticks::now().0;
    receive(&publisher, &subscriber);
    let latest = Ticks::now().0;

    let Latency { measurements, minimum, mean, maximum } = subscriber.latency_statistics().total;
    assert_eq!(measurements, FRAMES as u64 * u64::from(SIGNALS));
    let (first, last) = (frame(0, 1)[0].timestamp.0, frame(FRAMES - 1, 1)[0].timestamp.0);
    assert!(earliest - last <= minimum && minimum < mean && mean < maximum && maximum <= latest - first);

    let (generation, signals) = subscriber.signal_statistics().unwrap();
    assert_ne!(generation, 0);
    assert_eq!(signals.len() as u64, subscriber.statistics().signal_count);
    let of_frames: Vec<_> = signals.iter().filter(|signal| signal.measurements > 0).collect();
    assert_eq!(of_frames.len(), SIGNALS as usize);
    for (row, signal) in of_frames.iter().enumerate() {
        assert_eq!((signal.measurements, signal.latency.measurements), (FRAMES as u64, FRAMES as u64));
        assert_eq!(signal.measurements_with_flags, if row % 2 == 1 { FRAMES as u64 } else { 0 });
        assert_eq!(signal.last_timestamp.0, last);
        assert_eq!(signal.last_value, frame(FRAMES - 1, SIGNALS)[row].value);
    }
}

#[test]
fn nothing_is_measured_unasked() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::Wait { timeout: None });
    let settings = SubscriberSettings::default().read_queue(1_000);
    let (subscriber, _events) = subscriber(&engine, publisher.address().unwrap(), settings);
    wait_for(&published, &Event::Subscribed);
    receive(&publisher, &subscriber);
    assert_eq!(subscriber.latency_statistics(), LatencyStatistics::default());
    assert!(matches!(subscriber.signal_statistics(), Err(Error::InvalidState(_))));
}
