//! Publishes the frequency of a device that does not exist, thirty times a second.
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

/// What subscribers learn of the device and its signal.
fn metadata(frequency: Uuid) -> Result<Metadata, Box<dyn Error>> {
    let mut builder = DataSetBuilder::standard()?;
    let devices = builder.table_index("DeviceDetail").ok_or("no table of devices")?;
    let measurements = builder.table_index("MeasurementDetail").ok_or("no table of measurements")?;
    builder.append_row(devices)?.set("Acronym", "SHELBY")?.set("Enabled", true)?;
    builder
        .append_row(measurements)?
        .set("DeviceAcronym", "SHELBY")?
        .set("ID", "DEMO:1")?
        .set("SignalID", frequency)?
        .set("PointTag", "SHELBY-FQ")?
        .set("SignalAcronym", "FREQ")?
        .set("SignalReference", "SHELBY-FQ")?
        .set("Enabled", true)?;
    Ok(Metadata::new(builder.finish()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7165".into());
    let frequency = Uuid::from_u128(0x4d6a_3f2e_0c1b_4a59_8f77_1e0a_92c4_5b13);

    let publisher = Publisher::new(&Engine::shared()?, Log);
    publisher.set_metadata(Arc::new(metadata(frequency)?))?;
    publisher.start(&address, PublisherSettings::default())?;
    println!("publishing at {address}; end with Ctrl+C");

    let begun = Instant::now();
    for frame in 1.. {
        let seconds = begun.elapsed().as_secs_f64();
        publisher.publish(&[Measurement {
            signal_id: frequency,
            timestamp: Ticks::now(),
            value: 60.0 + 0.02 * (seconds / 7.0).sin(),
            flags: StateFlags::empty(),
            signal_index: 0,
        }])?;
        let next = begun + Duration::from_secs(1) * frame / RATE;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}
