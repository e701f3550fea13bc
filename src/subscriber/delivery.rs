//! From session events to the application.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Shared;
use super::documents::{Document, Documents, Effort, Subject};
use super::handler::SubscriberHandler;
use super::read_queue::Signals;
use super::settings::{ConnectionState, SubscriberSettings};
use crate::Measurement;
use crate::codec::gzip;
use crate::host;
use crate::metadata::Findings;
use crate::operator::MessageLimiter;
use crate::session::Severity;
use crate::session::recovery::GapRecovery;
use crate::session::subscriber::{Output, SubscriberError};
use crate::wire::Command;

/// Why no more outputs of a connection are to be taken now.
#[derive(Debug)]
pub(super) enum Stop {
    /// The read queue is full.
    Full,
    /// A document is being read.
    Reading,
    /// It was the last one.
    Ended(SubscriberError),
}

/// Hands outputs to the handler or the read queue, and tells operators of them.
pub(super) struct Delivery {
    pub(super) handler: Box<dyn SubscriberHandler>,
    pub(super) shared: Arc<Shared>,
    limiter: MessageLimiter,
    pub(super) metadata_requested: Option<Instant>,
    pub(super) documents: Documents,
    /// When what is being read arrived.
    pub(super) now: Instant,
    /// The application has subscribed and not unsubscribed: an answer to an earlier Subscribe may come later.
    pub(super) is_subscribed: bool,
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
            documents: Documents::default(),
            now: host::now(),
            is_subscribed: false,
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
        self.documents.set_max_size(settings.max_metadata_size);
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

    /// Takes an output of the live connection. Breaks when none may follow before something else
    /// has happened.
    pub(super) fn take(&mut self, output: Output<'_>) -> ControlFlow<Stop> {
        match output {
            Output::Measurements(measurements) => {
                self.measurements(measurements);
                if self.reading_must_pause() {
                    return ControlFlow::Break(Stop::Full);
                }
            }
            Output::SubscriptionUpdated { generation, cache } => {
                self.shared.signal_count.store(cache.records().len() as u64, Ordering::Relaxed);
                if let Some(gaps) = &mut self.gaps {
                    gaps.use_cache(&cache);
                }
                self.shared.statistics.use_cache(generation, &cache);
                let signals = Signals { generation, cache: cache.clone() };
                if self.queued {
                    self.shared.queue.use_signals(signals.clone());
                }
                self.shared.set_signals(Some(signals));
                self.handler.subscription_updated(generation, &cache);
            }
            Output::Metadata(payload) => {
                self.metadata_received(&payload);
                return self.read(Subject::Metadata, payload);
            }
            Output::Schema(schema, payload) => return self.read(Subject::Schema(schema), payload),
            Output::DataStartTime(time) => self.handler.data_start_time(time),
            Output::ConfigurationChanged => {
                self.message(Severity::Info, "The publisher's configuration has changed.".into());
                self.configuration_changed = true;
                self.handler.configuration_changed();
            }
            Output::Succeeded { command, text } => self.succeeded(command, text),
            Output::Failed { command, text } => {
                let name = command.name();
                self.message(
                    Severity::Error,
                    format!("Received failure code in response to server command: {name}: {text}"),
                );
                // Before threads that wait or read find the end: by then the application has been told why.
                self.handler.request_failed(command, &text);
                if command == Command::Subscribe {
                    self.shared.stand(|standing| standing.answered(Err(&text)));
                }
            }
            Output::NotSubscribed => self.shared.set_state(ConnectionState::Connected),
            Output::ProcessingComplete(text) => {
                self.message(Severity::Info, format!("Temporal processing complete. {text}"));
                self.processing_complete = true;
                self.shared.set_state(ConnectionState::Connected);
                self.handler.processing_complete(&text);
                self.shared.stand(|standing| standing.complete(&text));
            }
            Output::Notification(text) => {
                self.message(Severity::Info, format!("NOTIFICATION: {text}"));
                self.handler.notification(&text);
            }
            Output::BufferBlock { signal_id, signal_index, bytes } => {
                self.shared.count(|counts| counts.buffer_blocks += 1);
                self.handler.buffer_block(&signal_id, signal_index, &bytes);
            }
            Output::UserResponse { response, command, payload } => {
                self.handler.user_response(response, command, &payload);
            }
            Output::Message(severity, text) => self.message(severity, text),
            Output::Ended(error) => return ControlFlow::Break(Stop::Ended(error)),
        }
        ControlFlow::Continue(())
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

    /// A connection of which something was to be asked has gone meanwhile.
    pub(super) fn not_asked(&mut self, command: Command) {
        let text = "the connection has ended before it was sent; ask again on the next one";
        self.message(Severity::Warning, format!("{} was not sent: {text}", command.name()));
        self.handler.request_failed(command, text);
    }

    fn succeeded(&mut self, command: Command, text: String) {
        let severity = match command {
            // New keys come unasked every minute.
            Command::DefineOperationalModes | Command::RotateCipherKeys => Severity::Debug,
            _ => Severity::Info,
        };
        if command == Command::Subscribe && self.is_subscribed {
            // Some publishers answer when the historical data have ended already.
            if !self.processing_complete {
                self.shared.set_state(ConnectionState::Subscribed);
            }
            self.shared.stand(|standing| standing.answered(Ok(())));
        }
        let name = command.name();
        self.message(severity, format!("Received success code in response to server command: {name}"));
        if !text.is_empty() {
            self.message(severity, text.clone());
        }
        self.handler.request_succeeded(command, &text);
    }

    /// Tells operators that metadata have come.
    fn metadata_received(&mut self, payload: &[u8]) {
        let waited = self.metadata_requested.take();
        let waited = waited.map_or(0.0, |since| host::now().duration_since(since).as_secs_f64());
        let next = if gzip::is_gzip(payload) { "Decompressing..." } else { "Parsing..." };
        let size = thousands(payload.len());
        self.message(
            Severity::Info,
            format!("Received {size} bytes of metadata in {waited:.3} seconds. {next}"),
        );
    }

    fn read(&mut self, subject: Subject, payload: Vec<u8>) -> ControlFlow<Stop> {
        match self.documents.read(subject, payload) {
            Some(document) => self.document(document),
            None => return ControlFlow::Break(Stop::Reading),
        }
        ControlFlow::Continue(())
    }

    /// Delivers the document that was being read, if that is done. True when the connection may be
    /// read again.
    pub(super) fn finish_document(&mut self) -> bool {
        let Some(document) = self.documents.take() else { return false };
        self.document(document);
        true
    }

    fn document(&mut self, document: Document) {
        let Document { subject, xml, content, effort } = document;
        let (what, request) = match subject {
            Subject::Metadata => ("The publisher's metadata", Command::MetadataRefresh),
            Subject::Schema(schema) => ("The schema from the publisher", schema.command()),
        };
        if subject == Subject::Metadata {
            self.handler.metadata_document(&xml);
        }
        match content {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                match subject {
                    Subject::Metadata => {
                        let records = metadata.data_set().tables().map(|table| table.row_count()).sum();
                        self.tell_effort(effort, records);
                        self.tell_findings(metadata.validate());
                        self.handler.metadata(&metadata);
                    }
                    Subject::Schema(schema) => self.handler.schema(schema, &metadata),
                }
            }
            Err(text) => {
                if subject == Subject::Metadata {
                    self.shared.count(|counts| counts.metadata_unusable += 1);
                }
                let text = format!("{what} cannot be used: {text}");
                self.message(Severity::Error, text.clone());
                self.handler.request_failed(request, &text);
            }
        }
    }

    fn tell_effort(&mut self, effort: Effort, records: usize) {
        if let Some((size, time)) = effort.inflated {
            let (size, seconds) = (thousands(size), time.as_secs_f64());
            self.message(
                Severity::Info,
                format!("Decompressed {size} bytes of metadata in {seconds:.3} seconds. Parsing..."),
            );
        }
        let (records, seconds) = (thousands(records), effort.parsed.as_secs_f64());
        self.message(Severity::Info, format!("Parsed {records} metadata records in {seconds:.3} seconds"));
    }

    /// Counts what is wrong with metadata, and tells the first of each kind.
    fn tell_findings(&mut self, findings: &Findings) {
        self.shared.count(|counts| counts.metadata_findings += findings.count() as u64);
        for text in findings.told() {
            self.message(Severity::Warning, format!("Metadata of the publisher: {text}"));
        }
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
