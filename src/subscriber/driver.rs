//! The subscriber on its engine: connecting, serving the connection, coming back after a loss.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::Receiver;
use mio::Token;

use super::connection::{Connection, session_error};
use super::delivery::Delivery;
use super::handler::SubscriberHandler;
use super::recoverer::Recoverer;
use super::settings::{ConnectionState, SubscriberSettings};
use super::{Request, Shared};
use crate::engine::{Acceptor, Dialer, Driver, Established, Io, ListeningPort, Readiness, Transport};
use crate::error::Error;
use crate::session::{Severity, SubscriberSession};
use crate::wire::SubscriptionOptions;

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

/// Where connections come from.
enum Source {
    /// The subscriber connects.
    Dialer(Dialer),
    /// The publisher connects.
    Acceptor(Acceptor),
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
                self.source = Some(Source::Dialer(Dialer::new(address, self.settings.reconnect)));
                self.dial(Dialer::start, io);
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
                if let Some(connected) = &mut self.connected {
                    connected.subscribe(&options, &mut self.delivery, io);
                }
                self.subscription = Some(*options);
            }
            Request::Unsubscribe => {
                self.subscription = None;
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
                if let Some(connected) = &mut self.connected {
                    connected.session.update_processing_interval(milliseconds);
                }
            }
            Request::UserCommand(command, payload) => {
                if let Some(connected) = &mut self.connected {
                    connected.session.send_user_command(command, &payload);
                }
            }
            Request::Schema(schema) => {
                if let Some(connected) = &mut self.connected {
                    connected.session.request_schema(schema);
                }
            }
            Request::RotateCipherKeys => {
                if let Some(connected) = &mut self.connected {
                    connected.session.rotate_cipher_keys();
                }
            }
            Request::Metadata(filters) => {
                if let Some(connected) = &mut self.connected {
                    self.delivery.metadata_requested = Some(io.now());
                    connected.session.request_metadata(&filters, io.now());
                }
            }
        }
    }

    fn begin(&mut self, settings: SubscriberSettings, io: &mut Io<'_>) {
        self.disconnect(io);
        self.delivery.open(&settings, io.now());
        self.settings = settings;
    }

    /// Lets the dialer take a step, if there is one, and acts on what has come of it.
    fn dial(
        &mut self,
        step: impl FnOnce(&mut Dialer, &mut Io<'_>) -> Option<io::Result<Established>>,
        io: &mut Io<'_>,
    ) {
        let Some(Source::Dialer(dialer)) = &mut self.source else { return };
        match step(dialer, io) {
            None if dialer.is_trying() => self.shared.set_state(ConnectionState::Connecting),
            None => {}
            Some(Ok(connection)) => {
                let text = format!("Connection to {} established.", connection.address);
                self.connected(connection, text, io);
            }
            Some(Err(source)) => {
                let address = dialer.address();
                let context = format!("cannot connect to {address}; check that a publisher listens there");
                self.lost(Error::Io { context, source }, io);
            }
        }
    }

    fn listen(&mut self, port: ListeningPort, io: &mut Io<'_>) {
        let address = port.address();
        match Acceptor::start(port, io) {
            Ok(Some(acceptor)) => {
                self.source = Some(Source::Acceptor(acceptor));
                self.shared.set_state(ConnectionState::Listening);
                self.delivery.message(Severity::Info, format!("Listening on {address} for a publisher."));
                self.accept(io);
            }
            // The application has changed its mind meanwhile.
            Ok(None) => {
                self.shared.queue.close();
                self.shared.set_state(ConnectionState::Idle);
            }
            Err(source) => {
                self.shared.close_port();
                self.lost(Error::Io { context: format!("cannot listen on {address}"), source }, io);
            }
        }
    }

    fn accept(&mut self, io: &mut Io<'_>) {
        while let Some(Source::Acceptor(acceptor)) = &mut self.source {
            match acceptor.accept() {
                Ok(None) => return,
                Ok(Some((transport, address))) => self.accepted(transport, address, io),
                Err(error) => {
                    let text = format!("cannot accept a connection now, trying again soon: {error}");
                    return self.delivery.message(Severity::Error, text);
                }
            }
        }
    }

    fn accepted(&mut self, mut transport: Transport, address: SocketAddr, io: &mut Io<'_>) {
        if let Some(connected) = &self.connected {
            drop(transport);
            self.shared.count(|counts| counts.connections_refused += 1);
            let text = format!(
                "Closed a connection from {address}: one publisher at a time is served, now that at {}.",
                connected.address
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
        let address = established.address;
        let mut connected = Connection::new(established, settings, session);
        if let Some(options) = &self.subscription {
            connected.subscribe(options, &mut self.delivery, io);
        }
        self.connected = Some(connected);
        self.delivery.message(Severity::Info, text);
        self.delivery.handler.connected(&address.to_string());
        // Whatever the peer has sent already, it gets to know whom it has met.
        self.serve(Readiness { readable: false, writable: true }, io);
        self.serve(Readiness { readable: true, writable: true }, io);
    }

    /// Reads and writes what the socket takes.
    fn serve(&mut self, readiness: Readiness, io: &mut Io<'_>) {
        let Some(connected) = &mut self.connected else { return };
        let served = connected.serve(readiness, &mut self.delivery, io);
        connected.count(&self.shared);
        let heard = connected.heard;
        if std::mem::take(&mut self.delivery.processing_complete) {
            self.forget_completed();
        }
        if let Err(error) = served {
            return self.lost(error, io);
        }
        if let Some(Source::Dialer(dialer)) = &mut self.source
            && heard
        {
            dialer.proven();
        }
        if self.delivery.configuration_changed {
            self.follow_configuration(io);
        }
        self.recover(io);
    }

    /// Recovers what was missed, while measurements of the present flow.
    fn recover(&mut self, io: &mut Io<'_>) {
        if let (Some(Source::Dialer(dialer)), Some(_), Some(live)) =
            (&self.source, &self.connected, &self.subscription)
            && live.start_time.is_none()
        {
            self.recoverer.begin_if_due(dialer.address(), &self.settings, live, &mut self.delivery, io);
        }
    }

    /// What has ended is not asked for again on the next connection, unless the application has
    /// subscribed to something else meanwhile.
    fn forget_completed(&mut self) {
        if self.connected.as_ref().and_then(|connected| connected.session.subscription())
            == self.subscription.as_ref()
        {
            self.subscription = None;
        }
    }

    /// Asks again for what may have changed with the publisher's configuration. Historical data go
    /// on with the signals they began with.
    fn follow_configuration(&mut self, io: &mut Io<'_>) {
        self.delivery.configuration_changed = false;
        let settings = &self.settings;
        let Some(connected) = &mut self.connected else { return };
        if !settings.follow_configuration {
            return;
        }
        if settings.request_metadata {
            self.delivery.metadata_requested = Some(io.now());
            connected.session.request_metadata(&settings.metadata_filters, io.now());
        }
        if let Some(options) = self.subscription.as_ref().filter(|options| options.start_time.is_none()) {
            connected.subscribe(options, &mut self.delivery, io);
        }
        let readiness = Readiness { readable: false, writable: true };
        if let Err(error) = connected.serve(readiness, &mut self.delivery, io) {
            self.lost(error, io);
        }
    }

    /// The connection has ended, or could not be made: plan what comes next, and say so.
    fn lost(&mut self, error: Error, io: &mut Io<'_>) {
        let was_connected = self.drop_connection(io);
        if was_connected {
            self.recoverer.lost(&mut self.delivery, io);
        }
        let retry = match &mut self.source {
            Some(Source::Dialer(dialer)) => dialer.retry(io.now()),
            Some(Source::Acceptor(_)) | None => None,
        };
        let listens = matches!(self.source, Some(Source::Acceptor(_)));
        if retry.is_some() {
            self.shared.set_state(ConnectionState::Reconnecting);
            self.shared.count(|counts| counts.reconnects += 1);
        } else if listens {
            self.shared.set_state(ConnectionState::Listening);
        } else {
            self.source = None;
            self.become_idle();
        }
        self.delivery.message(Severity::Error, error.to_string());
        if was_connected || retry.is_none() {
            self.delivery.handler.disconnected(Err(&error));
        }
        if let Some(retry) = retry {
            self.delivery.handler.reconnecting(retry.attempt, retry.delay);
        }
    }

    fn disconnect(&mut self, io: &mut Io<'_>) {
        match self.source.take() {
            None => return,
            Some(Source::Dialer(mut dialer)) => dialer.stop(io),
            Some(Source::Acceptor(acceptor)) => acceptor.stop(io),
        }
        let was_connected = self.drop_connection(io);
        self.recoverer.close(&mut self.delivery, io);
        self.shared.queue.close();
        self.shared.set_state(ConnectionState::Idle);
        if was_connected {
            self.delivery.message(Severity::Info, "Connection terminated.".into());
            self.delivery.handler.disconnected(Ok(()));
        }
    }

    fn become_idle(&mut self) {
        self.shared.queue.close();
        self.shared.set_state(ConnectionState::Idle);
        self.shared.connecting.store(false, Ordering::Release);
    }

    /// Closes the connection. True when there was one.
    fn drop_connection(&mut self, io: &mut Io<'_>) -> bool {
        let Some(mut connected) = self.connected.take() else { return false };
        connected.count(&self.shared);
        connected.close(io);
        true
    }
}

impl Driver for SubscriberDriver {
    fn start(&mut self, io: &mut Io<'_>) {
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
        self.dial(Dialer::proceed, io);
        self.recoverer.proceed(&mut self.delivery, io);
        let mut readiness = Readiness { readable: false, writable: true };
        if let Some(connected) = &mut self.connected
            && connected.paused
            && self.shared.queue.has_room()
        {
            connected.paused = false;
            readiness.readable = true;
        }
        self.serve(readiness, io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        if self.connected.as_ref().is_some_and(|connected| connected.owns(token)) {
            self.serve(readiness, io);
        } else if !self.recoverer.ready(token, readiness, &mut self.delivery, io) {
            match &self.source {
                Some(Source::Dialer(dialer)) if dialer.owns(token) => self.dial(Dialer::proceed, io),
                Some(Source::Acceptor(acceptor)) if acceptor.owns(token) => self.accept(io),
                Some(_) | None => {}
            }
        }
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        let now = io.now();
        self.dial(Dialer::proceed, io);
        if let Some(Source::Acceptor(acceptor)) = &self.source
            && acceptor.deadline().is_some_and(|due| now >= due)
        {
            self.accept(io);
        }
        if let Some(connected) = &mut self.connected {
            if connected.paused {
                connected.session.reading_is_paused(now);
            }
            if let Err(error) = connected.session.handle_timeout(now) {
                return self.lost(session_error(error), io);
            }
            self.recoverer.proceed(&mut self.delivery, io);
            self.recover(io);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let source = match &self.source {
            Some(Source::Dialer(dialer)) => dialer.deadline(),
            Some(Source::Acceptor(acceptor)) => acceptor.deadline(),
            None => None,
        };
        let session = self.connected.as_ref().and_then(|connected| connected.session.deadline());
        let recovery = self.connected.as_ref().and_then(|_| self.recoverer.deadline(&self.delivery));
        [source, session, recovery].into_iter().flatten().min()
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// After a panic of the handler the engine drops the driver; readers must not wait for ever.
impl Drop for SubscriberDriver {
    fn drop(&mut self) {
        self.shared.close_port();
        self.become_idle();
    }
}
