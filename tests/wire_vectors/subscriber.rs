//! A subscriber session, and what it tells.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::Value;
use sttp::Measurement;
use sttp::codec::{SignalIndexCache, narrow_value};
use sttp::session::SubscriberSession;
use sttp::session::subscriber::{Output, SessionSettings, SubscriberError};
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::frame::response_frame;
use sttp::wire::{Command, Response};
use uuid::Uuid;

use crate::bytes;

/// What a subscriber session told.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Cache(Vec<Uuid>),
    Measurements(Vec<Measurement>),
    Text(String),
    Ticks(i64),
    ConfigurationChanged,
    Metadata,
    Message(String),
    Bytes(Vec<u8>),
}

pub(crate) struct Subscriber {
    pub(crate) session: SubscriberSession,
    pub(crate) told: Vec<Told>,
    /// Buffer blocks that were told.
    blocks: u64,
    pub(crate) now: Instant,
}

impl Subscriber {
    pub(crate) fn new(settings: SessionSettings) -> Subscriber {
        let now = Instant::now();
        let mut session = SubscriberSession::new(settings, now);
        // Among the responses is the end of historical data.
        let start_time = Some("*-1h".to_owned());
        session.subscribe(SubscriptionOptions::default().start_time(start_time)).unwrap();
        Subscriber { session, told: Vec::new(), blocks: 0, now }
    }

    pub(crate) fn receive(&mut self, mut frame: &[u8]) -> Result<(), SubscriberError> {
        while self.session.receive(&mut frame, self.now) {
            self.listen()?;
        }
        Ok(())
    }

    pub(crate) fn receive_datagram(&mut self, datagram: &[u8]) {
        self.session.receive_datagram(datagram, true, self.now);
        self.listen().unwrap();
    }

    fn listen(&mut self) -> Result<(), SubscriberError> {
        while let Some(output) = self.session.poll() {
            if let Output::Ended(error) = output {
                return Err(error);
            }
            // It follows a refusal, which is looked at.
            if !matches!(output, Output::NotSubscribed) {
                self.told.push(what_is_told(output));
            }
        }
        Ok(())
    }

    pub(crate) fn tell(&mut self, response: Response, payload: &[u8]) {
        self.receive(&response_frame(response, Command::Subscribe.code(), payload)).unwrap();
    }

    /// Measurements told since the last call.
    pub(crate) fn measurements(&mut self) -> Vec<Measurement> {
        let measurements = |told| match told {
            Told::Measurements(measurements) => measurements,
            _ => Vec::new(),
        };
        std::mem::take(&mut self.told).into_iter().flat_map(measurements).collect()
    }

    /// Compares what was told with what the response of `case` means.
    pub(crate) fn check(&mut self, case: &Value, ids: &HashMap<u64, Uuid>) {
        if let Some(text) = case["text"].as_str() {
            assert!(self.told.contains(&Told::Text(text.to_owned())), "{:?}", self.told);
        }
        if let Some(ticks) = case["ticks"].as_i64() {
            assert_eq!(self.told, [Told::Ticks(ticks)]);
        }
        if case["response"] == "0x8a" {
            assert_eq!(self.told, [Told::ConfigurationChanged]);
        }
        if case["response"] == "0xe4" {
            assert_eq!(self.told, [Told::Bytes(bytes(&case["payload_hex"]))]);
        }
        // Blocks are repeated among the cases; the repetitions are not told.
        let signal = case["index"].as_u64().filter(|_| case["response"] == "0x88");
        if let Some(index) = signal
            && case["sequence"].as_u64() == Some(self.blocks)
            && ids.contains_key(&index)
        {
            self.blocks += 1;
            assert_eq!(self.told, [Told::Bytes(bytes(&case["payload_hex"]))]);
        }
        let measurements = self.measurements();
        if let Some(expected) = case["measurements"].as_array() {
            assert_eq!(measurements.len(), expected.len());
            for (measurement, expected) in measurements.iter().zip(expected) {
                assert_eq!(measurement.signal_id, ids[&expected["index"].as_u64().unwrap()]);
                assert_eq!(measurement.timestamp.0, expected["ticks"].as_i64().unwrap());
                assert_eq!(u64::from(measurement.flags.bits()), expected["flags"].as_u64().unwrap());
                let value = bytes(&expected["value_bits"]);
                assert_eq!(narrow_value(measurement.value).to_be_bytes(), value[..]);
            }
        }
    }
}

fn what_is_told(output: Output<'_>) -> Told {
    match output {
        Output::SubscriptionUpdated { cache, .. } => Told::Cache(signal_ids(&cache)),
        Output::Measurements(measurements) => Told::Measurements(measurements.to_vec()),
        Output::DataStartTime(time) => Told::Ticks(time.0),
        Output::ConfigurationChanged => Told::ConfigurationChanged,
        Output::Metadata(_) => Told::Metadata,
        Output::Succeeded { text, .. }
        | Output::Failed { text, .. }
        | Output::ProcessingComplete(text)
        | Output::Notification(text) => Told::Text(text),
        Output::Message(_, text) => Told::Message(text),
        Output::BufferBlock { bytes, .. } => Told::Bytes(bytes),
        Output::UserResponse { payload, .. } => Told::Bytes(payload),
        Output::Schema(_, document) => Told::Bytes(document),
        other => panic!("{other:?}"),
    }
}

fn signal_ids(cache: &SignalIndexCache) -> Vec<Uuid> {
    cache.records().iter().map(|record| record.signal_id).collect()
}
