//! Subscribes to a publisher and prints a line for each measurement.
//!
//! ```text
//! cargo run --example subscribe -- localhost:7165 "FILTER TOP 8 ActiveMeasurements WHERE SignalType = 'FREQ'"
//! ```

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use sttp::Measurement;
use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::error::Error as SttpError;
use sttp::session::Severity;
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};

/// Prints what arrives. Its methods are called by the engine.
struct Printer {
    ended: Sender<()>,
}

impl SubscriberHandler for Printer {
    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        eprintln!("{} signals", cache.records().len());
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        let mut out = io::stdout().lock();
        for one in measurements {
            // A reader that has gone, as `head` has, is no reason to panic.
            let _ = writeln!(out, "{} {} {}", one.timestamp, one.signal_id, one.value);
        }
    }

    fn message(&mut self, severity: Severity, text: &str) {
        if severity <= Severity::Warning {
            eprintln!("{text}");
        }
    }

    fn disconnected(&mut self, reason: Result<(), &SttpError>) {
        // A connection that is lost is made again; what ends for good ends the program.
        if reason.is_ok() {
            let _ = self.ended.send(());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "localhost:7165".into());
    let filter = arguments.next().unwrap_or_else(|| "FILTER ActiveMeasurements WHERE True".into());

    let (ended, has_ended) = channel();
    let subscriber = Subscriber::new(&Engine::shared()?, Printer { ended });
    subscriber.subscribe(SubscriptionOptions::default().filter(filter))?;
    subscriber.connect(&address, SubscriberSettings::default())?;
    eprintln!("connecting to {address}; end with Ctrl+C");
    has_ended.recv()?;
    Ok(())
}
