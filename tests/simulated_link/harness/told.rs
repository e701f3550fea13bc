//! What handlers are told, kept in order for the test, which looks at it between turns.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::codec::SignalIndexCache;
use sttp::engine::simulated::as_host;
use sttp::error::Error;
use sttp::metadata::Metadata;
use sttp::publisher::{ConnectionId, ConnectionInfo, NotificationId, PublisherHandler};
use sttp::session::Severity;
use sttp::subscriber::{Schema, SubscriberHandler};
use sttp::wire::Command;
use sttp::{Measurement, Ticks};
use uuid::Uuid;

/// Why a connection ended, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Nobody complains.
    Wanted,
    Refused(String),
    Timeout(String),
    Protocol(String),
    Closed(String),
    Io(String),
    Other(String),
}

impl End {
    /// What was said of it.
    pub(crate) fn text(&self) -> &str {
        match self {
            End::Wanted => "",
            End::Refused(text)
            | End::Timeout(text)
            | End::Protocol(text)
            | End::Closed(text)
            | End::Io(text)
            | End::Other(text) => text,
        }
    }
}

impl From<&Error> for End {
    fn from(error: &Error) -> End {
        let text = error.to_string();
        match error {
            Error::Refused(_) => End::Refused(text),
            Error::Timeout(_) => End::Timeout(text),
            Error::Protocol(_) => End::Protocol(text),
            Error::Closed(_) => End::Closed(text),
            Error::Io { .. } => End::Io(text),
            _ => End::Other(text),
        }
    }
}

/// What a handler was told. Clones are handles to the same.
pub(crate) struct Log<T>(Arc<Mutex<Vec<T>>>);

impl<T> Log<T> {
    /// Notes what is told. That belongs to the test, not to the host on which the handler runs.
    fn push(&self, told: impl FnOnce() -> T) {
        as_host(None, || self.0.lock().unwrap().push(told()));
    }

    /// What was told since the last call.
    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<T> Default for Log<T> {
    fn default() -> Log<T> {
        Log(Arc::default())
    }
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Log<T> {
        Log(self.0.clone())
    }
}

/// What a subscriber was told.
pub(super) enum SubscriberTold {
    Connected,
    Disconnected(End),
    Reconnecting(u32, Duration),
    Document(Vec<u8>),
    Metadata(Arc<Metadata>),
    Cache(u32, Arc<SignalIndexCache>),
    Measurements(Vec<Measurement>),
    Recovered(Vec<Measurement>),
    StartTime(Ticks),
    Complete(String),
    ConfigurationChanged,
    Block(Uuid, Vec<u8>),
    Notification(String),
    UserResponse(u8, Option<u8>, Vec<u8>),
    Schema(Schema, Arc<Metadata>),
    Succeeded(Command),
    Failed(Command, String),
    Message(Severity, String),
}

impl SubscriberHandler for Log<SubscriberTold> {
    fn connected(&mut self, _address: &str) {
        self.push(|| SubscriberTold::Connected);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        self.push(|| SubscriberTold::Disconnected(reason.err().map_or(End::Wanted, End::from)));
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        self.push(|| SubscriberTold::Reconnecting(attempt, delay));
    }

    fn metadata_document(&mut self, xml: &[u8]) {
        self.push(|| SubscriberTold::Document(xml.to_vec()));
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.push(|| SubscriberTold::Metadata(metadata.clone()));
    }

    fn subscription_updated(&mut self, generation: u32, cache: &Arc<SignalIndexCache>) {
        self.push(|| SubscriberTold::Cache(generation, cache.clone()));
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        self.push(|| SubscriberTold::Measurements(measurements.to_vec()));
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.push(|| SubscriberTold::Recovered(measurements.to_vec()));
    }

    fn data_start_time(&mut self, time: Ticks) {
        self.push(|| SubscriberTold::StartTime(time));
    }

    fn processing_complete(&mut self, text: &str) {
        self.push(|| SubscriberTold::Complete(text.to_owned()));
    }

    fn configuration_changed(&mut self) {
        self.push(|| SubscriberTold::ConfigurationChanged);
    }

    fn buffer_block(&mut self, signal_id: &Uuid, _signal_index: u32, bytes: &[u8]) {
        self.push(|| SubscriberTold::Block(*signal_id, bytes.to_vec()));
    }

    fn notification(&mut self, text: &str) {
        self.push(|| SubscriberTold::Notification(text.to_owned()));
    }

    fn user_response(&mut self, response: u8, command: Option<u8>, payload: &[u8]) {
        self.push(|| SubscriberTold::UserResponse(response, command, payload.to_vec()));
    }

    fn schema(&mut self, schema: Schema, tables: &Arc<Metadata>) {
        self.push(|| SubscriberTold::Schema(schema, tables.clone()));
    }

    fn request_succeeded(&mut self, request: Command, _text: &str) {
        self.push(|| SubscriberTold::Succeeded(request));
    }

    fn request_failed(&mut self, request: Command, text: &str) {
        self.push(|| SubscriberTold::Failed(request, text.to_owned()));
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.push(|| SubscriberTold::Message(severity, text.to_owned()));
    }
}

/// What a publisher was told.
#[derive(Debug, Clone)]
#[expect(dead_code, reason = "what no test looks at is shown when one fails")]
pub(crate) enum PublisherTold {
    Connected(ConnectionInfo),
    Disconnected(ConnectionInfo, Result<(), End>),
    Subscribed(ConnectionInfo),
    Unsubscribed(ConnectionInfo),
    Notification(ConnectionId, NotificationId, bool),
    ProcessingInterval(ConnectionId, i32),
    UserCommand(ConnectionId, u8, Vec<u8>),
    Reconnecting(String, u32),
    GaveUp(String, End),
    Message(Severity, String),
}

impl PublisherHandler for Log<PublisherTold> {
    fn connected(&mut self, connection: &ConnectionInfo) {
        self.push(|| PublisherTold::Connected(connection.clone()));
    }

    fn disconnected(&mut self, connection: &ConnectionInfo, reason: Result<(), &Error>) {
        self.push(|| PublisherTold::Disconnected(connection.clone(), reason.map_err(End::from)));
    }

    fn subscribed(&mut self, connection: &ConnectionInfo) {
        self.push(|| PublisherTold::Subscribed(connection.clone()));
    }

    fn unsubscribed(&mut self, connection: &ConnectionInfo) {
        self.push(|| PublisherTold::Unsubscribed(connection.clone()));
    }

    fn notification(&mut self, connection: ConnectionId, id: NotificationId, confirmed: bool) {
        self.push(|| PublisherTold::Notification(connection, id, confirmed));
    }

    fn processing_interval(&mut self, connection: ConnectionId, milliseconds: i32) {
        self.push(|| PublisherTold::ProcessingInterval(connection, milliseconds));
    }

    fn user_command(&mut self, connection: ConnectionId, command: u8, payload: &[u8]) -> bool {
        self.push(|| PublisherTold::UserCommand(connection, command, payload.to_vec()));
        true
    }

    fn reconnecting(&mut self, address: &str, attempt: u32, _delay: Duration) {
        self.push(|| PublisherTold::Reconnecting(address.to_owned(), attempt));
    }

    fn gave_up(&mut self, address: &str, reason: &Error) {
        self.push(|| PublisherTold::GaveUp(address.to_owned(), End::from(reason)));
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.push(|| PublisherTold::Message(severity, text.to_owned()));
    }
}
