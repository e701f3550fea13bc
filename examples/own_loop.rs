//! A subscriber in a loop of the application: no thread but the main one, and pull reading.
//!
//! ```text
//! cargo run --example own_loop -- localhost:7165
//! ```
//!
//! A program that has a loop of its own, as one of `epoll` or of a user interface, watches
//! `Engine::descriptor` there and sleeps no longer than `Engine::next_timeout`; this one has nothing
//! else to wait for and lets `Engine::poll` wait.

use std::env;
use std::error::Error;
use std::time::Duration;

use sttp::engine::Engine;
use sttp::error::Error as SttpError;
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

struct Quiet;

impl SubscriberHandler for Quiet {}

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).unwrap_or_else(|| "localhost:7165".into());
    let engine = Engine::polled()?;
    let subscriber = Subscriber::new(&engine, Quiet);
    let filter = "FILTER ActiveMeasurements WHERE True".into();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter))?;
    let mut settings = SubscriberSettings::default();
    settings.read_queue = 100_000;
    subscriber.connect(&address, settings)?;

    let empty = Measurement {
        signal_id: Uuid::nil(),
        timestamp: Ticks(0),
        value: 0.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    };
    let mut space = vec![empty; 4096];
    loop {
        engine.poll(Some(Duration::from_secs(1)))?;
        let mut total = 0;
        loop {
            match subscriber.read(&mut space, Some(Duration::ZERO)) {
                Ok(count) => total += count,
                Err(SttpError::Timeout(_) | SttpError::NotConnected(_) | SttpError::NoSignals(_)) => break,
                Err(error) => return Err(error.into()),
            }
        }
        println!("{:?}: {total} measurements", subscriber.state());
    }
}
