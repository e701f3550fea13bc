//! The subscriber on its engine: connecting, serving the connection, coming back after a loss.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::Receiver;
use mio::Token;

use super::connection::Connection;
use super::delivery::Delivery;
use super::handler::SubscriberHandler;
use super::recoverer::{Live, Recoverer};
use super::settings::{ConnectionState, SubscriberSettings};
use super::source::{Arrival, Source};
use super::standing::Standing;
use super::{Request, Shared};
use crate::engine::{
    Driver, Established, Io, ListeningPort, Readiness, Transport, tell_secured, unreachable,
};
use crate::error::Error;
use crate::session::{Severity, SubscriberSession};
use crate::settings::SubscriptionOptions;
use crate::wire::Command;

/// What a socket is called with that has something to send, and nothing to read that is known of.
const WRITABLE: Readiness = Readiness { readable: false, writable: true };

/// One subscriber on its engine.
pub(super) struct SubscriberDriver {
    requests: Receiver<Request>,
    delivery: Delivery,
    shared: Arc<Shared>,
    /// Where connections come from, as long as there are to be any.
    source: Option<Source>,
    settings: SubscriberSettings,
    /// What to subscribe to on each connection.
    subscription: Option<SubscriptionOptions>,
    connected: Option<Connection>,
    recoverer: Recoverer,
    finished: bool,
}

impl SubscriberDriver {
    pub(super) fn new(
        handler: Box<dyn SubscriberHandler>,
        shared: Arc<Shared>,
        requests: Receiver<Request>,
    ) -> SubscriberDriver {
        SubscriberDriver {
            requests,
            delivery: Delivery::new(handler, shared.clone()),
            shared,
            source: None,
            settings: SubscriberSettings::default(),
            subscription: None,
            connected: None,
            recoverer: Recoverer::default(),
            finished: false,
        }
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Connect(address, settings) => {
                self.begin(*settings, io);
                self.recoverer.open(&self.settings, &mut self.delivery, io.now());
                let security = self.shared.security.clone();
                let (source, arrival) = Source::connect(address, self.settings.reconnect, security, io);
                self.source = Some(source);
                if let Some(arrival) = arrival {
                    self.arrived(arrival, io);
                }
            }
            Request::Listen(port, settings) => {
                self.begin(*settings, io);
                if self.settings.recovery.enabled {
                    let text = "What is missed is not recovered where the publisher connects.";
                    self.delivery.message(Severity::Warning, text.into());
                }
                self.listen(port, io);
            }
            Request::Disconnect => self.disconnect(io),
            Request::Subscribe(options) => {
                self.delivery.is_subscribed = true;
                self.shared.stand(Standing::seen);
                if let Some(connected) = &mut self.connected {
                    connected.subscribe(&options, &mut self.delivery, io);
                }
                self.subscription = Some(*options);
            }
            Request::Unsubscribe => {
                self.shared.stand(Standing::seen);
                self.subscription = None;
                self.delivery.is_subscribed = false;
                self.recoverer.forget(&mut self.delivery, io);
                if let Some(connected) = &mut self.connected {
                    connected.unsubscribe(io);
                    self.shared.set_state(ConnectionState::Connected);
                }
            }
            Request::UpdateProcessingInterval(milliseconds) => {
                if let Some(options) = &mut self.subscription {
                    options.processing_interval = milliseconds;
                }
                let command = Command::UpdateProcessingInterval;
                self.ask(command, |session, _| session.update_processing_interval(milliseconds));
            }
            Request::UserCommand(number, payload) => {
                self.ask(Command::User(number), |session, _| session.send_user_command(number, &payload));
            }
            Request::Schema(schema) => {
                self.ask(schema.command(), |session, _| session.request_schema(schema));
            }
            Request::RotateCipherKeys => {
                self.ask(Command::RotateCipherKeys, |session, _| session.rotate_cipher_keys());
            }
            Request::Metadata(filters) => self.request_metadata(&filters, io.now()),
        }
    }

    /// Asks something of the publisher, or tells that there is none any more.
    fn ask(&mut self, command: Command, ask: impl FnOnce(&mut SubscriberSession, &mut Delivery)) {
        match &mut self.connected {
            Some(connected) => ask(connected.session(), &mut self.delivery),
            None => self.delivery.not_asked(command),
        }
    }

    fn request_metadata(&mut self, filters: &str, now: Instant) {
        self.ask(Command::MetadataRefresh, |session, delivery| {
            delivery.metadata_requested = Some(now);
            session.request_metadata(filters, now);
        });
    }

    fn begin(&mut self, settings: SubscriberSettings, io: &mut Io<'_>) {
        self.disconnect(io);
        self.delivery.open(&settings, io.now());
        self.settings = settings;
    }

    fn listen(&mut self, port: ListeningPort, io: &mut Io<'_>) {
        let address = port.address();
        match Source::listen(port, self.shared.security.clone(), io) {
            Ok(Some(source)) => {
                self.source = Some(source);
                self.shared.set_state(ConnectionState::Listening);
                self.delivery.message(Severity::Info, format!("Listening on {address} for a publisher."));
                self.proceed(io);
            }
            // The application has changed its mind meanwhile.
            Ok(None) => self.shared.close(None),
            Err(source) => {
                self.shared.close_port();
                self.lost(Error::Io { context: format!("cannot listen on {address}"), source }, io);
            }
        }
    }

    /// Goes on with making or accepting connections.
    fn proceed(&mut self, io: &mut Io<'_>) {
        while let Some(arrival) = self.source.as_mut().and_then(|source| source.proceed(io)) {
            // Others may wait behind one that was accepted, or was not.
            let goes_on = matches!(arrival, Arrival::Accepted(..) | Arrival::Refused(..));
            self.arrived(arrival, io);
            if !goes_on {
                return;
            }
        }
    }

    fn arrived(&mut self, arrival: Arrival, io: &mut Io<'_>) {
        match arrival {
            Arrival::Trying => self.shared.set_state(ConnectionState::Connecting),
            Arrival::Connected(established) => {
                let text = format!("Connection to {} established.", established.address);
                self.connected(established, text, io);
            }
            Arrival::Accepted(transport, address) => self.accepted(transport, address, io),
            Arrival::Refused(address, error) => {
                self.shared.count(|counts| counts.connections_refused += 1);
                let text = format!("Refused a connection from {address}: {error}");
                self.delivery.message(Severity::Warning, text);
            }
            Arrival::Unreachable(address, source) => {
                self.lost(unreachable(&address, "publisher", source), io)
            }
            Arrival::NotAccepting(error) => {
                let text = format!("cannot accept a connection now, trying again soon: {error}");
                self.delivery.message(Severity::Error, text);
            }
        }
    }

    fn accepted(&mut self, mut transport: Transport, address: SocketAddr, io: &mut Io<'_>) {
        if let Some(connected) = &self.connected {
            drop(transport);
            self.shared.count(|counts| counts.connections_refused += 1);
            let text = format!(
                "Closed a connection from {address}: one publisher at a time is served, now that at {}.",
                connected.address()
            );
            return self.delivery.message(Severity::Warning, text);
        }
        match io.register(&mut transport) {
            Ok(token) => {
                let text = format!("Connection from {address} established.");
                self.connected(Established { transport, token, address }, text, io);
            }
            Err(error) => self.delivery.message(Severity::Error, format!("cannot serve {address}: {error}")),
        }
    }

    fn connected(&mut self, established: Established, text: String, io: &mut Io<'_>) {
        self.delivery.configuration_changed = false;
        let settings = &self.settings;
        let mut session = SubscriberSession::new(settings.session(), io.now());
        if settings.request_metadata {
            self.delivery.metadata_requested = Some(io.now());
            session.request_metadata(&settings.metadata_filters, io.now());
        }
        self.shared.count(|counts| counts.connections += 1);
        self.shared.set_state(ConnectionState::Connected);
        self.shared.stand(Standing::connected);
        let address = established.address;
        let tls = established.transport.tls().cloned();
        *self.shared.tls() = tls.clone();
        let incoming = self.source.as_ref().is_some_and(Source::listens);
        let mut connected = Connection::new(established, incoming, settings, session, &self.delivery);
        if let Some(options) = &self.subscription {
            connected.subscribe(options, &mut self.delivery, io);
        }
        self.connected = Some(connected);
        self.delivery.message(Severity::Info, text);
        if let Some(details) = tls {
            tell_secured(&details, address, |severity, text| self.delivery.message(severity, text));
        }
        self.delivery.handler.connected(&address.to_string());
        // Whatever the peer has sent already, it gets to know whom it has met.
        self.serve(WRITABLE, io);
        self.serve(Readiness { readable: true, ..WRITABLE }, io);
    }

    /// Reads and writes what the socket takes.
    fn serve(&mut self, readiness: Readiness, io: &mut Io<'_>) {
        let Some(connected) = &mut self.connected else { return };
        let served = connected.serve(readiness, &mut self.delivery, io);
        connected.count(&self.shared);
        connected.tell_signals(&self.shared);
        connected.tell_publisher(&self.shared);
        let heard = connected.heard;
        if std::mem::take(&mut self.delivery.processing_complete) {
            self.forget_completed();
        }
        if let Err(error) = served {
            return self.lost(error, io);
        }
        if let Some(source) = self.source.as_mut().filter(|_| heard) {
            source.proven();
        }
        if self.delivery.configuration_changed {
            self.follow_configuration(io);
        }
        self.recover(io);
    }

    /// Recovers what was missed, while measurements of the present flow.
    fn recover(&mut self, io: &mut Io<'_>) {
        let options = self.subscription.as_ref().filter(|options| options.start_time.is_none());
        let address = self.source.as_ref().and_then(Source::remote);
        let live = match (&self.connected, address, options) {
            (Some(_), Some(address), Some(options)) => {
                Some(Live { address, settings: &self.settings, options })
            }
            _ => None,
        };
        self.recoverer.attend(live, &mut self.delivery, io);
    }

    /// What has ended is not asked for again on the next connection, unless the application has
    /// subscribed to something else meanwhile.
    fn forget_completed(&mut self) {
        let completed = self.connected.as_mut().map(Connection::session);
        if completed.is_some_and(|session| session.subscription() == self.subscription.as_ref()) {
            self.subscription = None;
            self.delivery.is_subscribed = false;
        }
    }

    /// Asks again for what may have changed with the publisher's configuration. Historical data go
    /// on with the signals they began with.
    fn follow_configuration(&mut self, io: &mut Io<'_>) {
        self.delivery.configuration_changed = false;
        if !self.settings.follow_configuration {
            return;
        }
        if self.settings.request_metadata {
            let filters = self.settings.metadata_filters.clone();
            self.request_metadata(&filters, io.now());
        }
        let Some(connected) = &mut self.connected else { return };
        if let Some(options) = self.subscription.as_ref().filter(|options| options.start_time.is_none()) {
            connected.subscribe(options, &mut self.delivery, io);
        }
        if let Err(error) = connected.serve(WRITABLE, &mut self.delivery, io) {
            self.lost(error, io);
        }
    }

    /// The connection has ended, or could not be made: plan what comes next, and say so.
    fn lost(&mut self, error: Error, io: &mut Io<'_>) {
        let was_connected = self.drop_connection(io);
        if was_connected {
            self.recoverer.lost(&mut self.delivery, io);
        }
        let retry = self.source.as_mut().and_then(|source| source.retry(io.now()));
        let listens = self.source.as_ref().is_some_and(Source::listens);
        let text = error.to_string();
        if retry.is_some() {
            self.shared.set_state(ConnectionState::Reconnecting);
            self.shared.count(|counts| counts.reconnects += 1);
            self.shared.stand(|standing| standing.lost(&text));
        } else if listens {
            self.shared.set_state(ConnectionState::Listening);
            self.shared.stand(|standing| standing.lost(&text));
        } else {
            self.source = None;
            self.become_idle(Some(&text));
        }
        self.delivery.message(Severity::Error, text);
        self.delivery.handler.disconnected(Err(&error));
        if let Some(retry) = retry {
            self.delivery.handler.reconnecting(retry.attempt, retry.delay);
        }
    }

    fn disconnect(&mut self, io: &mut Io<'_>) {
        let Some(source) = self.source.take() else { return };
        source.stop(io);
        let was_connected = self.drop_connection(io);
        self.recoverer.close(&mut self.delivery, io);
        // Unless the application has connected again meanwhile.
        if !self.shared.connecting.load(Ordering::Acquire) {
            self.shared.close(None);
        }
        if was_connected {
            self.delivery.message(Severity::Info, "Connection terminated.".into());
            self.delivery.handler.disconnected(Ok(()));
        }
    }

    fn become_idle(&mut self, why: Option<&str>) {
        self.shared.close(why);
        self.shared.connecting.store(false, Ordering::Release);
    }

    /// Closes the connection. True when there was one.
    fn drop_connection(&mut self, io: &mut Io<'_>) -> bool {
        let Some(mut connected) = self.connected.take() else { return false };
        *self.shared.tls() = None;
        self.shared.set_publisher(None);
        self.shared.set_signals(None);
        self.delivery.documents.forget();
        connected.count(&self.shared);
        connected.close(io);
        true
    }
}

impl Driver for SubscriberDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        self.delivery.documents.use_worker(io.elsewhere());
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle_request(request, io);
        }
        if self.shared.dropped.load(Ordering::Acquire) {
            self.recoverer.close(&mut self.delivery, io);
            self.finished = true;
            return;
        }
        self.proceed(io);
        self.recoverer.proceed(&mut self.delivery, io);
        let document_is_read = self.delivery.finish_document();
        let queue_has_room = self.shared.queue.has_room();
        let Some(connected) = &mut self.connected else { return };
        let readable = connected.resume(document_is_read, queue_has_room);
        self.serve(Readiness { readable, ..WRITABLE }, io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        if self.connected.as_ref().is_some_and(|connected| connected.owns(token)) {
            self.serve(readiness, io);
        } else if !self.recoverer.ready(token, readiness, &mut self.delivery, io)
            && let Some(source) = self.source.as_mut().filter(|source| source.owns(token))
        {
            source.ready(token, io);
            self.proceed(io);
        }
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.proceed(io);
        for notice in self.shared.security.notices(io.now()) {
            self.delivery.message(Severity::Warning, notice);
        }
        // If this comes late, the process was stopped for a while, and what was sent meanwhile waits to be read.
        if self.connected.as_ref().is_some_and(|connected| connected.is_due(io.now())) {
            self.serve(Readiness { readable: true, ..WRITABLE }, io);
        }
        let Some(connected) = &mut self.connected else { return };
        if let Err(error) = connected.handle_timeout(&mut self.delivery, io.now()) {
            return self.lost(error, io);
        }
        self.recoverer.proceed(&mut self.delivery, io);
        self.recover(io);
    }

    fn deadline(&self) -> Option<Instant> {
        let source = self.source.as_ref().and_then(Source::deadline);
        let connection = self.connected.as_ref().and_then(Connection::deadline);
        let recovery = self.connected.as_ref().and_then(|_| self.recoverer.deadline(&self.delivery));
        let notices = self.shared.security.deadline();
        [source, connection, recovery, notices].into_iter().flatten().min()
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// After a panic of the handler the engine drops the driver; readers must not wait for ever.
impl Drop for SubscriberDriver {
    fn drop(&mut self) {
        self.shared.close_port();
        self.become_idle(None);
    }
}
