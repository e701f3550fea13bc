//! Marks of leap seconds on their way.

use super::*;

/// From the leap second of 2016 into the next year, then a second before a deleted one.
fn times() -> Vec<Ticks> {
    let mut times: Vec<Ticks> =
        ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z", "2029-12-31T23:59:58Z"]
            .map(|text| text.parse().unwrap())
            .into();
    times[3].0 |= Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED;
    times
}

#[test]
fn marks_arrive_in_every_form_and_start_times_have_none() {
    for compress_payload in [true, false] {
        let engine = Engine::new().unwrap();
        let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::DropOldest);
        let settings = quick_reconnects().compress_payload(compress_payload).read_queue(100);
        let (subscriber, happened) = subscriber(&engine, publisher.address().unwrap(), settings);
        wait_for(&published, &Event::Subscribed);
        let mut measurements = frame(0, 4);
        for (measurement, time) in measurements.iter_mut().zip(times()) {
            measurement.timestamp = time;
        }
        publisher.publish_indexed(&measurements).unwrap();

        let mut received = Vec::new();
        let mut space = frame(0, 4);
        while received.len() < measurements.len() {
            let count = subscriber.read(&mut space, Some(PATIENCE)).unwrap();
            received.extend(space[..count].iter().map(|measurement| measurement.timestamp));
        }
        assert_eq!(received, times());
        assert!(received.is_sorted());
        wait_for(&happened, &Event::DataStartTime("2016-12-31T23:59:59Z".parse().unwrap()));
    }
}
