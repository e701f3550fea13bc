//! Three devices to test with.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::codec::SignalIndexCache;
use sttp::metadata::{DataSet, Metadata};
use sttp::subscriber::{ConnectionState, LatencyStatistics, SubscriberCounters, SubscriberHandler};
use sttp::{Measurement, StateFlags, Ticks, Uuid};
use sttp_programs::connection::Teller;

use super::board::{Board, Facts};
use super::intake::Intake;

pub(crate) fn metadata() -> Metadata {
    Metadata::new(DataSet::sample().unwrap())
}

/// All signals, in the order of the metadata.
pub(crate) fn cache(metadata: &Metadata) -> SignalIndexCache {
    let mut cache = SignalIndexCache::new(Uuid::nil());
    for measurement in metadata.measurements() {
        let key = measurement.key().unwrap();
        cache.push(measurement.signal_id().unwrap(), key.source, key.number);
    }
    cache
}

/// An intake that was told of the three devices.
pub(crate) fn intake() -> Intake {
    let metadata = metadata();
    let cache = cache(&metadata);
    let mut intake = Intake::new(Teller::new("sample"));
    intake.metadata(&Arc::new(metadata));
    intake.subscription_updated(1, &Arc::new(cache));
    intake
}

pub(crate) fn measurement(row: usize, value: f64, timestamp: Ticks, flags: StateFlags) -> Measurement {
    Measurement { signal_id: Uuid::nil(), timestamp, value, flags, signal_index: row as u32 }
}

/// A board of three devices that have sent for a while, ten frames a second: frequencies swing around 50 Hz.
pub(crate) fn board(begin: Instant, time: Duration) -> Board {
    let mut intake = intake();
    let clock = Ticks::from_date(2026, 1, 31).unwrap();
    let facts = Facts {
        state: ConnectionState::Subscribed,
        publisher: "127.0.0.1:7175".into(),
        since: Some(clock),
        security: None,
        counters: SubscriberCounters::default(),
        latency: LatencyStatistics::default(),
    };
    let mut board = Board::new(facts.clone(), clock, begin);
    board.look(&intake, facts.clone(), clock, begin);
    for frame in 1..=time.as_millis() as u64 / 100 {
        let now = begin + Duration::from_millis(frame * 100);
        let clock = Ticks(clock.0 + frame as i64 * Ticks::PER_SECOND / 10);
        let second = frame as f64 / 10.0;
        for (number, device) in board.devices.iter().enumerate() {
            let layout = &device.layout;
            let values = layout.signals.iter().map(|signal| {
                let value = match &*signal.kind {
                    "FREQ" => 50.02 + 0.015 * (second / 9.0 + number as f64).sin(),
                    "DFDT" => 0.0017 * (second / 9.0 + number as f64).cos(),
                    "VPHM" => 231_000.0 + 100.0 * number as f64,
                    "IPHM" => 512.5,
                    "VPHA" => 30.0 * number as f64,
                    "IPHA" => 30.0 * number as f64 - 25.0,
                    _ => 0.0,
                };
                measurement(signal.row, value, clock, StateFlags::empty())
            });
            intake.measurements(&values.collect::<Vec<_>>());
        }
        board.look(&intake, facts.clone(), clock, now);
    }
    board
}
