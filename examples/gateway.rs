//! C37.118 devices published by STTP, and an STTP publisher's measurements served as C37.118.
//!
//! ```text
//! gateway in  0.0.0.0:7175 "device=192.0.2.20; accessID=7"
//! gateway out server=localhost:7175 "port=4712; accessID=235"
//! ```
//!
//! It runs until its input ends.

use std::error::Error;
use std::io;
use std::sync::Arc;

use sttp::engine::Engine;
use sttp::gateway::{DeviceId, Input, InputHandler, Output, OutputHandler, StreamId};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::session::Severity;

struct Printer;

impl PublisherHandler for Printer {}

impl InputHandler for Printer {
    fn message(&mut self, device: Option<DeviceId>, _severity: Severity, text: &str) {
        println!("device {}: {text}", device.unwrap_or_default());
    }
}

impl OutputHandler for Printer {
    fn message(&mut self, stream: Option<StreamId>, _severity: Severity, text: &str) {
        println!("stream {}: {text}", stream.unwrap_or_default());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let engine = Engine::shared()?;
    match arguments.as_slice() {
        [direction, address, devices @ ..] if direction == "in" => {
            let publisher = Arc::new(Publisher::new(&engine, Printer));
            publisher.start(address, PublisherSettings::default())?;
            let input = Input::new(&publisher, "PMU", Printer);
            for device in devices {
                input.add_device(&device.parse()?)?;
            }
            wait_for_end()
        }
        [direction, source, streams @ ..] if direction == "out" => {
            let output = Output::new(&engine, Printer);
            for stream in streams {
                output.add_stream(&stream.parse()?)?;
            }
            output.connect(&source.parse()?)?;
            wait_for_end()
        }
        _ => Err("usage: gateway in ADDRESS DEVICE... | gateway out SUBSCRIBER STREAM...".into()),
    }
}

fn wait_for_end() -> Result<(), Box<dyn Error>> {
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
