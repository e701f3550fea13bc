//! From session events to the application.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Shared;
use super::handler::SubscriberHandler;
use super::settings::{ConnectionState, SubscriberSettings};
use crate::Measurement;
use crate::codec::gzip;
use crate::host;
use crate::metadata::{DataSet, DataSetBuilder, Limits, Metadata};
use crate::session::Severity;
use crate::session::message_limiter::MessageLimiter;
use crate::session::recovery::GapRecovery;
use crate::session::subscriber::{Schema, SubscriberEvent};
use crate::wire::Command;

/// Metadata may grow so much by decompression.
const METADATA_EXPANSION: usize = 4;

/// Hands events to the handler or the read queue, and tells operators of them.
pub(super) struct Delivery {
    pub(super) handler: Box<dyn SubscriberHandler>,
    pub(super) shared: Arc<Shared>,
    limiter: MessageLimiter,
    pub(super) metadata_requested: Option<Instant>,
    pub(super) max_metadata_size: usize,
    /// When what is being read arrived.
    pub(super) now: Instant,
    /// The historical data that were subscribed have ended, since the driver last looked.
    pub(super) processing_complete: bool,
    /// Measurements go to the read queue.
    pub(super) queued: bool,
    /// The read queue has reached its limit.
    pub(super) queue_is_full: bool,
    /// What was missed, if that is to be recovered.
    pub(super) gaps: Option<GapRecovery>,
    /// Room for the live measurements of a packet that were not recovered before.
    kept: Vec<Measurement>,
    /// The publisher's metadata have changed, and nobody has asked for them again.
    pub(super) configuration_changed: bool,
    measures_latency: bool,
    counts_signals: bool,
}

impl Delivery {
    pub(super) fn new(handler: Box<dyn SubscriberHandler>, shared: Arc<Shared>) -> Delivery {
        Delivery {
            handler,
            shared,
            limiter: MessageLimiter::default(),
            metadata_requested: None,
            max_metadata_size: 0,
            now: host::now(),
            processing_complete: false,
            queued: false,
            queue_is_full: false,
            gaps: None,
            kept: Vec::new(),
            configuration_changed: false,
            measures_latency: false,
            counts_signals: false,
        }
    }

    /// What arrives from now on is wanted as `settings` say.
    pub(super) fn open(&mut self, settings: &SubscriberSettings, now: Instant) {
        self.max_metadata_size = settings.max_frame_size.saturating_mul(METADATA_EXPANSION);
        self.queued = settings.read_queue > 0;
        self.queue_is_full = false;
        if self.queued {
            self.shared.queue.open(settings.read_queue);
        }
        self.measures_latency = settings.latency_statistics;
        self.counts_signals = settings.signal_statistics;
        self.shared.statistics.open(settings, now);
    }

    /// The read queue is full, and nobody has read from it meanwhile.
    pub(super) fn reading_must_pause(&self) -> bool {
        self.queue_is_full && !self.shared.queue.has_room()
    }

    pub(super) fn message(&mut self, severity: Severity, text: String) {
        if let Some(text) = self.limiter.pass(text, host::now()) {
            crate::session::log_message(severity, "sttp::subscriber", &text);
            self.handler.message(severity, &text);
        }
    }

    pub(super) fn event(&mut self, event: SubscriberEvent<'_>) {
        match event {
            SubscriberEvent::Measurements(measurements) => self.measurements(measurements),
            SubscriberEvent::SubscriptionUpdated { generation, cache } => {
                self.shared.signal_count.store(cache.records().len() as u64, Ordering::Relaxed);
                if let Some(gaps) = &mut self.gaps {
                    gaps.use_cache(cache);
                }
                self.shared.statistics.use_cache(generation, cache);
                self.handler.subscription_updated(generation, cache);
            }
            SubscriberEvent::Metadata(payload) => self.metadata(payload),
            SubscriberEvent::DataStartTime(time) => self.handler.data_start_time(time),
            SubscriberEvent::ConfigurationChanged => {
                self.message(Severity::Info, "The publisher's configuration has changed.".into());
                self.configuration_changed = true;
                self.handler.configuration_changed();
            }
            SubscriberEvent::Succeeded { command, text } => self.succeeded(command, text),
            SubscriberEvent::Failed { command, text } => {
                let name = command.name();
                self.message(
                    Severity::Error,
                    format!("Received failure code in response to server command: {name}: {text}"),
                );
                self.handler.request_failed(command, &text);
            }
            SubscriberEvent::ProcessingComplete(text) => {
                self.message(Severity::Info, format!("Temporal processing complete. {text}"));
                self.processing_complete = true;
                self.shared.set_state(ConnectionState::Connected);
                self.handler.processing_complete(&text);
            }
            SubscriberEvent::Notification(text) => {
                self.message(Severity::Info, format!("NOTIFICATION: {text}"));
                self.handler.notification(&text);
            }
            SubscriberEvent::BufferBlock { signal_id, signal_index, bytes } => {
                self.shared.count(|counts| counts.buffer_blocks += 1);
                self.handler.buffer_block(&signal_id, signal_index, bytes);
            }
            SubscriberEvent::UserResponse { response, command, payload } => {
                self.handler.user_response(response, command, payload);
            }
            SubscriberEvent::Schema(schema, payload) => self.schema(schema, payload),
            SubscriberEvent::Message(severity, text) => self.message(severity, text),
        }
    }

    fn measurements(&mut self, received: &[Measurement]) {
        let measurements = match &mut self.gaps {
            Some(gaps) => gaps.live(received, self.now, &mut self.kept),
            None => received,
        };
        let Some(last) = measurements.last() else { return };
        // Before they are delivered, so that the application finds them counted.
        self.shared.count(|counts| {
            counts.packets += 1;
            counts.measurements += measurements.len() as u64;
        });
        self.shared.last_timestamp.store(last.timestamp.0, Ordering::Relaxed);
        let wants_clock = self.measures_latency || self.counts_signals;
        let arrived = wants_clock.then(host::utc);
        self.shared.statistics.add(measurements, self.now, arrived.filter(|_| self.measures_latency));
        if let Some(arrived) = arrived.filter(|_| self.counts_signals) {
            self.shared.statistics.add_to_signals(measurements, arrived);
        }
        if self.queued {
            self.queue_is_full = !self.shared.queue.push(measurements);
        } else {
            self.handler.measurements(measurements);
        }
    }

    fn succeeded(&mut self, command: Command, text: String) {
        let severity = match command {
            // New keys come unasked every minute.
            Command::DefineOperationalModes | Command::RotateCipherKeys => Severity::Debug,
            _ => Severity::Info,
        };
        if command == Command::Subscribe {
            self.shared.set_state(ConnectionState::Subscribed);
        }
        let name = command.name();
        self.message(severity, format!("Received success code in response to server command: {name}"));
        if !text.is_empty() {
            self.message(severity, text.clone());
        }
        self.handler.request_succeeded(command, &text);
    }

    fn metadata(&mut self, payload: &[u8]) {
        match self.parse_metadata(payload) {
            Ok(metadata) => self.handler.metadata(&Arc::new(metadata)),
            Err(text) => {
                let text = format!("The publisher's metadata cannot be used: {text}");
                self.message(Severity::Error, text.clone());
                self.handler.request_failed(Command::MetadataRefresh, &text);
            }
        }
    }

    fn parse_metadata(&mut self, payload: &[u8]) -> Result<Metadata, String> {
        let since = self.metadata_requested.take();
        let waited = since.map_or(0.0, |since| host::now().duration_since(since).as_secs_f64());
        let received =
            format!("Received {} bytes of metadata in {waited:.3} seconds.", thousands(payload.len()));
        let compressed = gzip::is_gzip(payload);
        let next = if compressed { "Decompressing..." } else { "Parsing..." };
        self.message(Severity::Info, format!("{received} {next}"));

        let mut started = host::now();
        let xml = match compressed {
            true => Cow::Owned(
                gzip::decompress(payload, self.max_metadata_size).map_err(|error| error.to_string())?,
            ),
            false => Cow::Borrowed(payload),
        };
        if compressed {
            let (size, seconds) = (thousands(xml.len()), host::now().duration_since(started).as_secs_f64());
            self.message(
                Severity::Info,
                format!("Decompressed {size} bytes of metadata in {seconds:.3} seconds. Parsing..."),
            );
        }
        started = host::now();
        let metadata = self.read_data_set(&xml)?;
        let records: usize = metadata.data_set().tables().map(|table| table.row_count()).sum();
        let seconds = host::now().duration_since(started).as_secs_f64();
        self.message(
            Severity::Info,
            format!("Parsed {} metadata records in {seconds:.3} seconds", thousands(records)),
        );
        Ok(metadata)
    }
}

impl Delivery {
    fn schema(&mut self, schema: Schema, payload: &[u8]) {
        let xml = match gzip::is_gzip(payload) {
            true => gzip::decompress(payload, self.max_metadata_size)
                .map(Cow::Owned)
                .map_err(|error| error.to_string()),
            false => Ok(Cow::Borrowed(payload)),
        };
        match xml.and_then(|xml| self.read_data_set(&xml)) {
            Ok(data_set) => self.handler.schema(schema, &Arc::new(data_set)),
            Err(text) => {
                let text = format!("The schema from the publisher cannot be used: {text}");
                self.message(Severity::Error, text.clone());
                self.handler.request_failed(schema.command(), &text);
            }
        }
    }

    fn read_data_set(&self, xml: &[u8]) -> Result<Metadata, String> {
        let limits = Limits { document_bytes: self.max_metadata_size, ..Limits::default() };
        let data_set = match xml.is_empty() {
            // A publisher without metadata answers with nothing.
            true => DataSetBuilder::new("DataSet").finish(),
            false => DataSet::from_xml(xml, &limits).map_err(|error| error.to_string())?,
        };
        Ok(Metadata::new(data_set))
    }
}

/// A number with commas between its thousands.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0, 999, 1_000, 89_963, 1_234_567].map(thousands),
            ["0", "999", "1,000", "89,963", "1,234,567"]
        );
    }
}
