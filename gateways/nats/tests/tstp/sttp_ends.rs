//! The two ends of STTP: a publisher before the program, a subscriber behind it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::publisher::{ConnectionInfo, Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings, SubscriptionOptions};
use sttp::{Measurement, Ticks, Uuid};

const PATIENCE: Duration = Duration::from_secs(60);

/// IDs of the source's signals, what follows the device in their references, and their types.
pub(crate) const SIGNALS: [(Uuid, &str, &str); 3] = [
    (Uuid::from_u128(0x6d1b_2f5e_8a0c_4d5f_9b3a_0c1d_2e3f_4051), "FQ", "FREQ"),
    (Uuid::from_u128(0x6d1b_2f5e_8a0c_4d5f_9b3a_0c1d_2e3f_4052), "PM1", "VPHM"),
    (Uuid::from_u128(0x6d1b_2f5e_8a0c_4d5f_9b3a_0c1d_2e3f_4053), "PA1", "VPHA"),
];

/// A publisher of one device.
pub(crate) struct Source {
    publisher: Publisher,
    joined: Receiver<()>,
}

struct Joined(Sender<()>);

impl PublisherHandler for Joined {
    fn subscribed(&mut self, _connection: &ConnectionInfo) {
        // The test may have ended.
        let _ = self.0.send(());
    }
}

impl Source {
    pub(crate) fn start() -> Source {
        let mut builder = DataSetBuilder::standard().unwrap();
        let [devices, measurements] =
            ["DeviceDetail", "MeasurementDetail"].map(|name| builder.table_index(name).unwrap());
        builder.append_row(devices).unwrap().set("Acronym", "SHELBY").unwrap();
        for (id, kind, signal_type) in SIGNALS {
            let row = builder.append_row(measurements).unwrap().set("SignalID", id).unwrap();
            let row = row.set("DeviceAcronym", "SHELBY").unwrap().set("SignalAcronym", signal_type).unwrap();
            let name = format!("SHELBY-{kind}");
            row.set("SignalReference", &*name)
                .unwrap()
                .set("PointTag", &*name)
                .unwrap()
                .set("Enabled", true)
                .unwrap();
        }
        let (join, joined) = channel();
        let publisher = Publisher::new(&Engine::shared().unwrap(), Joined(join));
        publisher.set_metadata(Arc::new(Metadata::new(builder.finish()))).unwrap();
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        Source { publisher, joined }
    }

    pub(crate) fn address(&self) -> String {
        self.publisher.address().unwrap().to_string()
    }

    pub(crate) fn wait_for_subscriber(&self) {
        self.joined.recv_timeout(PATIENCE).expect("somebody subscribes");
    }

    pub(crate) fn publish(&self, measurements: &[Measurement]) {
        self.publisher.publish_indexed(measurements).unwrap();
    }
}

/// A subscriber to everything.
pub(crate) struct Ear {
    _subscriber: Subscriber,
    measurements: Receiver<Vec<Measurement>>,
}

struct Heard(Sender<Vec<Measurement>>);

impl SubscriberHandler for Heard {
    fn measurements(&mut self, measurements: &[Measurement]) {
        // The test may have ended.
        let _ = self.0.send(measurements.to_vec());
    }
}

impl Ear {
    pub(crate) fn start(address: &str) -> Ear {
        let (heard, measurements) = channel();
        let subscriber = Subscriber::new(&Engine::shared().unwrap(), Heard(heard));
        let filter = "FILTER ActiveMeasurements WHERE True".into();
        subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
        subscriber.connect(address, SubscriberSettings::default()).unwrap();
        Ear { _subscriber: subscriber, measurements }
    }

    /// Has something sent, again and again, until measurements of so many signals come: from then on all do.
    pub(crate) fn wait_for_signals(&self, count: usize, send: impl FnMut()) {
        self.wait_for_signals_after(Ticks(0), count, send);
    }

    /// The same of measurements with a later time.
    pub(crate) fn wait_for_signals_after(&self, time: Ticks, count: usize, mut send: impl FnMut()) {
        let mut signals = HashSet::new();
        let begun = Instant::now();
        while signals.len() < count {
            assert!(begun.elapsed() < PATIENCE, "measurements of {count} signals come");
            send();
            while let Ok(packet) = self.measurements.recv_timeout(Duration::from_millis(50)) {
                signals.extend(packet.iter().filter(|one| one.timestamp > time).map(|one| one.signal_id));
            }
        }
    }

    /// Waits for so many measurements that are wanted.
    pub(crate) fn receive(&self, count: usize, is_wanted: impl Fn(&Measurement) -> bool) -> Vec<Measurement> {
        let mut received = Vec::new();
        while received.len() < count {
            let packet = self.measurements.recv_timeout(PATIENCE).expect("measurements come");
            received.extend(packet.into_iter().filter(&is_wanted));
        }
        received
    }
}
