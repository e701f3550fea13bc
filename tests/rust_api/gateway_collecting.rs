//! What devices send is published together.

use super::gateway::{Device, Told, configuration, wait_until};
use super::*;

use std::sync::atomic::{AtomicU64, Ordering};

use sttp::c37118::{Configuration, DataFrame};
use sttp::gateway::{DeviceId, Input, InputHandler};

/// Counts data frames, and tells of metadata.
struct Counting(Arc<AtomicU64>, Sender<Told>);

impl InputHandler for Counting {
    fn data(&mut self, _: DeviceId, _: &Arc<Configuration>, _: &DataFrame<'_>, _: &[u8]) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let _ = self.1.send(Told::Metadata(metadata.measurements().count()));
    }
}

#[test]
fn what_comes_soon_after_something_was_published_waits_for_others() {
    const MEASUREMENTS: u64 = 8;
    let engine = Engine::polled().unwrap();
    let turn = || engine.poll(Some(Duration::from_millis(1))).unwrap();
    let publisher = Arc::new(Publisher::new(&engine, Events(channel().0)));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let (frames, (told, metadata)) = (Arc::new(AtomicU64::new(0)), channel());
    let input = Input::new(&publisher, "PMU", Counting(Arc::clone(&frames), told));
    let [patient, hasty] = [(7, "SHELBY", 3600), (9, "DELL", 0)].map(|(id_code, station, seconds)| {
        let device = Device::start(configuration(id_code, &[station]));
        let text =
            format!("device={}; accessID={id_code}; settlingTime=0; collectTime={seconds}", device.address);
        input.add_device(&text.parse().unwrap()).unwrap();
        device
    });
    let both = Told::Metadata(2 * MEASUREMENTS as usize);
    wait_until("metadata of both devices", || {
        turn();
        metadata.try_iter().any(|told| told == both)
    });
    for device in [&patient, &hasty] {
        wait_until("a device that is asked for data", || {
            turn();
            device.has_receiver()
        });
    }
    let arrive = |device: &Device, number: u32| {
        device.send(number);
        let before = frames.load(Ordering::Acquire);
        wait_until("a frame", || {
            turn();
            frames.load(Ordering::Acquire) > before
        });
        // Whatever is published at once is published by then.
        (0..5).for_each(|_| turn());
        publisher.statistics().measurements_published
    };
    assert_eq!(arrive(&patient, 1), MEASUREMENTS, "nothing was published before");
    assert_eq!(arrive(&patient, 2), MEASUREMENTS, "something was published within the hour");
    assert_eq!(arrive(&patient, 3), MEASUREMENTS);
    assert_eq!(arrive(&hasty, 1), 4 * MEASUREMENTS, "who does not wait takes the others along");
    assert_eq!(arrive(&patient, 4), 4 * MEASUREMENTS);
    // Nothing that was collected is lost when the input goes.
    drop(input);
    wait_until("the rest", || {
        turn();
        publisher.statistics().measurements_published == 5 * MEASUREMENTS
    });
}
