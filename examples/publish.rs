//! Publishes the frequency and a voltage of a device that does not exist, thirty times a second.
//!
//! ```text
//! cargo run --example publish -- 0.0.0.0:7165
//! ```

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::publisher::{ConnectionInfo, Publisher, PublisherHandler, PublisherSettings};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

/// Frames of one second.
const RATE: u32 = 30;

/// Tells who comes. Its methods are called by the engine.
struct Log;

impl PublisherHandler for Log {
    fn connected(&mut self, connection: &ConnectionInfo) {
        println!("{} connected", connection.address);
    }

    fn subscribed(&mut self, connection: &ConnectionInfo) {
        println!("{} subscribed", connection.address);
    }
}

/// What subscribers learn of a device, its phasor and its two signals.
fn metadata(signals: [Uuid; 2]) -> Result<Metadata, Box<dyn Error>> {
    let mut builder = DataSetBuilder::standard()?;
    let [devices, measurements, phasors] = ["DeviceDetail", "MeasurementDetail", "PhasorDetail"]
        .map(|name| builder.table_index(name).expect("a standard table"));
    builder
        .append_row(devices)?
        .set("Acronym", "SHELBY")?
        .set("FramesPerSecond", 30)?
        .set("Enabled", true)?;
    builder
        .append_row(phasors)?
        .set("ID", 1)?
        .set("DeviceAcronym", "SHELBY")?
        .set("Label", "Bus 1")?
        .set("Type", "V")?
        .set("Phase", "+")?
        .set("SourceIndex", 1)?;
    let rows = [("SHELBY:FREQ", "FREQ", "SHELBY-FQ"), ("SHELBY:BUS1", "VPHM", "SHELBY-PM1")];
    for (number, (signal_id, (point_tag, signal_type, reference))) in (1..).zip(signals.into_iter().zip(rows))
    {
        let row = builder
            .append_row(measurements)?
            .set("DeviceAcronym", "SHELBY")?
            .set("ID", &*format!("DEMO:{number}"))?
            .set("SignalID", signal_id)?
            .set("PointTag", point_tag)?
            .set("SignalAcronym", signal_type)?
            .set("SignalReference", reference)?
            .set("Enabled", true)?;
        if signal_type == "VPHM" {
            row.set("PhasorSourceIndex", 1)?;
        }
    }
    Ok(Metadata::new(builder.finish()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7165".into());
    let signals = [1, 2].map(|number| Uuid::from_u128(0x5e0c_6a1e_8d44_4c5e_9c2e_0b1d_5c8a_7f00 + number));

    let publisher = Publisher::new(&Engine::shared()?, Log);
    publisher.set_metadata(Arc::new(metadata(signals)?))?;
    publisher.start(&address, PublisherSettings::default())?;
    println!("publishing at {address}; end with Ctrl+C");

    let begun = Instant::now();
    for frame in 1.. {
        let (seconds, timestamp) = (begun.elapsed().as_secs_f64(), Ticks::now());
        let values = [60.0 + 0.02 * (seconds / 7.0).sin(), 299_000.0 + 100.0 * (seconds / 3.0).sin()];
        // By rows of the metadata, so that no signal is looked up.
        let measurement = |row: usize| Measurement {
            signal_id: signals[row],
            timestamp,
            value: values[row],
            flags: StateFlags::empty(),
            signal_index: row as u32,
        };
        publisher.publish_indexed(&[measurement(0), measurement(1)])?;
        let next = begun + Duration::from_secs(1) * frame / RATE;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}
