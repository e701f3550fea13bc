//! A publisher whose measurements are known.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use sttp::engine::Engine;
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::publisher::{Publisher, PublisherHandler};
use sttp::settings::PublisherSetup;
use sttp::{Measurement, StateFlags, Ticks, Uuid};

use super::account::{Account, enter};

struct Quiet;

impl PublisherHandler for Quiet {}

/// Publishes frames until it is stopped.
pub struct Source {
    pub port: u16,
    publisher: Arc<Publisher>,
    account: Arc<Mutex<Account>>,
    first: u128,
    signals: u128,
    runs: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Source {
    /// A publisher with a history, of devices with ten signals each, whose IDs are numbers from `first` on.
    pub fn new(engine: &Engine, first: u128, devices: u128) -> Source {
        Source::by(engine, first, devices, "port=0; interface=127.0.0.1")
    }

    /// The same by a connection string: it listens or connects.
    pub fn by(engine: &Engine, first: u128, devices: u128, connection: &str) -> Source {
        let publisher = Arc::new(Publisher::new(engine, Quiet));
        publisher.set_metadata(Arc::new(metadata(first, devices))).unwrap();
        let mut setup: PublisherSetup = connection.parse().unwrap();
        setup.settings.history_duration = Duration::from_secs(600);
        publisher.set_up(&setup).unwrap();
        Source {
            port: publisher.address().map_or(0, |address| address.port()),
            publisher,
            account: Arc::default(),
            first,
            signals: devices * 10,
            runs: Arc::default(),
            thread: None,
        }
    }

    /// It has so many devices from now on.
    pub fn change(&mut self, devices: u128) {
        self.publisher.set_metadata(Arc::new(metadata(self.first, devices))).unwrap();
        self.signals = devices * 10;
    }

    /// A connection string for an ingest.
    pub fn connection(&self) -> String {
        Source::connection_by(self.port)
    }

    /// The same by a link.
    pub fn connection_by(port: u16) -> String {
        format!(
            "server=127.0.0.1:{port}; retryInterval=200; maxRetryInterval=500; \
             dataGapRecovery={{enabled=true; recoveryStartDelay=1}}"
        )
    }

    /// Publishes measurements, and enters them into the account.
    pub fn publish(&self, measurements: &[Measurement]) {
        enter(&mut self.account.lock().unwrap(), measurements);
        self.publisher.publish(measurements).unwrap();
    }

    /// All signals at a time, with odd values and flags.
    pub fn frame(&self, number: u32, timestamp: Ticks) -> Vec<Measurement> {
        frame(self.first, self.signals, number, timestamp)
    }

    /// Publishes 30 frames a second, with times a little apart from the full ones, from another thread.
    pub fn run(&mut self) {
        let (publisher, account, runs) = (self.publisher.clone(), self.account.clone(), self.runs.clone());
        let (first, signals) = (self.first, self.signals);
        runs.store(true, Ordering::Relaxed);
        self.thread = Some(std::thread::spawn(move || {
            let mut last = Ticks(0);
            for number in 0.. {
                if !runs.load(Ordering::Relaxed) {
                    break;
                }
                last = Ticks(Ticks::now().value().max(last.0 + 1));
                let frame = frame(first, signals, number, last);
                enter(&mut account.lock().unwrap(), &frame);
                publisher.publish(&frame).unwrap();
                std::thread::sleep(Duration::from_millis(33));
            }
        }));
    }

    /// Publishes no more.
    pub fn stop(&mut self) {
        self.runs.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub fn published(&self) -> Account {
        self.account.lock().unwrap().clone()
    }
}

fn metadata(first: u128, devices: u128) -> Metadata {
    let mut builder = DataSetBuilder::standard().unwrap();
    let [device_table, table] =
        ["DeviceDetail", "MeasurementDetail"].map(|name| builder.table_index(name).unwrap());
    for device in 0..devices {
        let acronym = format!("DEVICE{first}-{device}");
        let row = builder.append_row(device_table).unwrap().set("Acronym", &*acronym).unwrap();
        row.set("Enabled", true).unwrap();
        for number in (first + 10 * device..).take(10) {
            let row = builder.append_row(table).unwrap().set("DeviceAcronym", &*acronym).unwrap();
            let row = row.set("SignalID", Uuid::from_u128(number)).unwrap();
            let row = row.set("ID", &*format!("TEST:{number}")).unwrap();
            let row = row.set("PointTag", &*format!("TAG-{number}")).unwrap();
            row.set("SignalAcronym", "FREQ").unwrap().set("Enabled", true).unwrap();
        }
    }
    Metadata::new(builder.finish())
}

fn frame(first: u128, signals: u128, number: u32, timestamp: Ticks) -> Vec<Measurement> {
    let measurement = |signal: u128| Measurement {
        signal_id: Uuid::from_u128(first + signal),
        timestamp,
        value: match (number + signal as u32) % 50 {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => -0.0,
            _ => 59.0 + f64::from(number) / 7.0 + signal as f64,
        },
        flags: StateFlags::from_bits_retain(if number.is_multiple_of(11) {
            number.wrapping_mul(0x9E37_79B9)
        } else {
            0
        }),
        signal_index: 0,
    };
    (0..signals).map(measurement).collect()
}
