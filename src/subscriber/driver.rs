//! The subscriber on its engine: connecting, serving the connection, coming back after a loss.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use mio::Token;

use super::datagrams::DataSocket;
use super::delivery::Delivery;
use super::handler::SubscriberHandler;
use super::settings::{ConnectionState, SubscriberSettings, UdpReception};
use super::{Request, Shared};
use crate::engine::{Address, Backoff, Driver, Io, Readiness, Resolver, Transport};
use crate::error::Error;
use crate::session::subscriber::{SessionStatistics, SubscriberError};
use crate::session::{Severity, SubscriberSession};
use crate::wire::{Command, SubscriptionOptions};

/// Reads of one turn, so that a fast publisher does not keep the loop from other connections.
const READS_PER_TURN: usize = 16;
/// How long one address may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One subscriber on its engine.
pub(super) struct SubscriberDriver {
    requests: Receiver<Request>,
    delivery: Delivery,
    shared: Arc<Shared>,
    /// Where to stay connected, and how.
    target: Option<Target>,
    /// What to subscribe to on each connection.
    subscription: Option<SubscriptionOptions>,
    /// Delays of the attempts to connect again; `None` when there are none.
    backoff: Option<Backoff>,
    link: Link,
    finished: bool,
}

struct Target {
    address: Address,
    settings: SubscriberSettings,
}

/// The way to the publisher.
enum Link {
    Idle,
    Resolving(Resolver),
    Connecting {
        transport: Transport,
        token: Token,
        address: SocketAddr,
        others: VecDeque<SocketAddr>,
        deadline: Instant,
    },
    Connected(Box<Connected>),
    /// Until the next attempt.
    Waiting(Instant),
}

struct Connected {
    transport: Transport,
    token: Token,
    publisher: SocketAddr,
    /// Measurements are wanted by UDP.
    udp: Option<UdpReception>,
    data_socket: Option<DataSocket>,
    session: SubscriberSession,
    /// What was counted of the session already.
    counted: SessionStatistics,
    /// The socket is not read until the read queue has room.
    paused: bool,
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
            target: None,
            subscription: None,
            backoff: None,
            link: Link::Idle,
            finished: false,
        }
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Connect(address, settings) => {
                self.disconnect(io);
                let reconnect = settings.reconnect;
                self.backoff = reconnect.enabled.then(|| {
                    Backoff::new(reconnect.initial_delay, reconnect.max_delay, reconnect.max_attempts)
                });
                self.delivery.open(settings.max_frame_size, settings.read_queue);
                self.target = Some(Target { address, settings: *settings });
                self.resolve(io);
            }
            Request::Disconnect => self.disconnect(io),
            Request::Subscribe(options) => {
                if let Link::Connected(connected) = &mut self.link {
                    connected.subscribe(&options, &mut self.delivery, io);
                }
                self.subscription = Some(*options);
            }
            Request::Unsubscribe => {
                self.subscription = None;
                if let Link::Connected(connected) = &mut self.link {
                    connected.unsubscribe(io);
                    self.shared.set_state(ConnectionState::Connected);
                }
            }
            Request::RotateCipherKeys => {
                if let Link::Connected(connected) = &mut self.link {
                    connected.session.rotate_cipher_keys();
                }
            }
            Request::Metadata(filters) => {
                if let Link::Connected(connected) = &mut self.link {
                    self.delivery.metadata_requested = Some(io.now());
                    connected.session.request_metadata(&filters, io.now());
                }
            }
        }
    }

    fn resolve(&mut self, io: &mut Io<'_>) {
        let Some(Target { address, .. }) = &self.target else { return };
        self.shared.set_state(ConnectionState::Connecting);
        self.link = Link::Resolving(address.resolve(&io.handle()));
        self.continue_resolving(io);
    }

    fn continue_resolving(&mut self, io: &mut Io<'_>) {
        let Link::Resolving(resolver) = &mut self.link else { return };
        match resolver.take() {
            None => {}
            Some(Ok(addresses)) => {
                self.link = Link::Idle;
                self.connect_to_next(addresses.into(), None, io);
            }
            Some(Err(error)) => self.lost(self.connect_error(error), io),
        }
    }

    /// Tries the next address; `last` is why the one before failed.
    fn connect_to_next(
        &mut self,
        mut others: VecDeque<SocketAddr>,
        last: Option<io::Error>,
        io: &mut Io<'_>,
    ) {
        let mut last =
            last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        while let Some(address) = others.pop_front() {
            let attempt = Transport::connect(address).and_then(|mut transport| {
                let token = io.register(&mut transport)?;
                Ok((transport, token))
            });
            match attempt {
                Ok((transport, token)) => {
                    let deadline = io.now() + CONNECT_TIMEOUT;
                    self.link = Link::Connecting { transport, token, address, others, deadline };
                    return;
                }
                Err(error) => last = error,
            }
        }
        self.lost(self.connect_error(last), io);
    }

    fn connect_error(&self, source: io::Error) -> Error {
        let address = self.target.as_ref().map_or(String::new(), |target| target.address.to_string());
        Error::Io {
            context: format!("cannot connect to {address}; check that a publisher listens there"),
            source,
        }
    }

    fn continue_connecting(&mut self, io: &mut Io<'_>) {
        let Link::Connecting { transport, .. } = &mut self.link else { return };
        match transport.is_connected() {
            Ok(false) => {}
            Ok(true) => self.connected(io),
            Err(error) => self.next_address(error, io),
        }
    }

    fn next_address(&mut self, error: io::Error, io: &mut Io<'_>) {
        if let Link::Connecting { mut transport, token, others, .. } =
            std::mem::replace(&mut self.link, Link::Idle)
        {
            forget(&mut transport, token, io);
            self.connect_to_next(others, Some(error), io);
        }
    }

    fn connected(&mut self, io: &mut Io<'_>) {
        let Some(Target { settings, .. }) = &self.target else { return };
        let Link::Connecting { transport, token, address, .. } =
            std::mem::replace(&mut self.link, Link::Idle)
        else {
            return;
        };
        let mut session = SubscriberSession::new(settings.session(), io.now());
        if settings.request_metadata {
            self.delivery.metadata_requested = Some(io.now());
            session.request_metadata(&settings.metadata_filters, io.now());
        }
        if let Some(backoff) = &mut self.backoff {
            backoff.reset();
        }
        self.shared.count(|counts| counts.connections += 1);
        self.shared.set_state(ConnectionState::Connected);
        let mut connected = Connected {
            transport,
            token,
            publisher: address,
            udp: settings.udp,
            data_socket: None,
            session,
            counted: SessionStatistics::default(),
            paused: false,
        };
        if let Some(options) = &self.subscription {
            connected.subscribe(options, &mut self.delivery, io);
        }
        self.link = Link::Connected(Box::new(connected));
        self.delivery.message(Severity::Info, format!("Connection to {address} established."));
        self.delivery.handler.connected(&address.to_string());
        self.serve(Readiness { readable: true, writable: true }, io);
    }

    /// Reads and writes what the socket takes.
    fn serve(&mut self, readiness: Readiness, io: &mut Io<'_>) {
        let Link::Connected(connected) = &mut self.link else { return };
        let served = connected.serve(readiness, &mut self.delivery, io);
        connected.count(&self.shared);
        if let Err(error) = served {
            self.lost(error, io);
        }
    }

    /// The connection has ended, or could not be made: plan the next attempt, and say so.
    fn lost(&mut self, error: Error, io: &mut Io<'_>) {
        let was_connected = self.drop_link(io);
        let next =
            self.backoff.as_mut().and_then(|backoff| Some((backoff.next_delay()?, backoff.attempts())));
        match next {
            Some((delay, _)) => {
                self.link = Link::Waiting(io.now() + delay);
                self.shared.set_state(ConnectionState::Reconnecting);
                self.shared.count(|counts| counts.reconnects += 1);
            }
            None => {
                self.target = None;
                self.become_idle();
            }
        }
        self.delivery.message(Severity::Error, error.to_string());
        if was_connected || next.is_none() {
            self.delivery.handler.disconnected(Err(&error));
        }
        if let Some((delay, attempt)) = next {
            self.delivery.handler.reconnecting(attempt, delay);
        }
    }

    fn disconnect(&mut self, io: &mut Io<'_>) {
        if self.target.take().is_none() {
            return;
        }
        let was_connected = self.drop_link(io);
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

    /// Closes whatever there is. True when a connection was established.
    fn drop_link(&mut self, io: &mut Io<'_>) -> bool {
        match std::mem::replace(&mut self.link, Link::Idle) {
            Link::Connecting { mut transport, token, .. } => {
                forget(&mut transport, token, io);
                false
            }
            Link::Connected(mut connected) => {
                connected.count(&self.shared);
                connected.close_data_socket(io);
                forget(&mut connected.transport, connected.token, io);
                true
            }
            Link::Idle | Link::Resolving(_) | Link::Waiting(_) => false,
        }
    }
}

impl Connected {
    fn subscribe(&mut self, options: &SubscriptionOptions, delivery: &mut Delivery, io: &mut Io<'_>) {
        let subscribed = self.open_data_socket(io).map_err(|error| error.to_string()).and_then(|()| {
            let data_channel = self.data_socket.as_ref().map(DataSocket::channel);
            let options = SubscriptionOptions { data_channel, ..options.clone() };
            self.session.subscribe(options).map_err(|error| error.to_string())
        });
        if let Err(text) = subscribed {
            delivery.message(Severity::Error, text.clone());
            delivery.handler.request_failed(Command::Subscribe, &text);
        }
    }

    fn unsubscribe(&mut self, io: &mut Io<'_>) {
        self.session.unsubscribe();
        self.close_data_socket(io);
    }

    /// Before Subscribe, which tells its port.
    fn open_data_socket(&mut self, io: &mut Io<'_>) -> Result<(), Error> {
        if let (Some(udp), None) = (&self.udp, &self.data_socket) {
            let local = self.transport.local_addr().map_err(connection_error)?;
            self.data_socket = Some(DataSocket::open(udp, local, self.publisher, io)?);
        }
        Ok(())
    }

    fn close_data_socket(&mut self, io: &mut Io<'_>) {
        if let Some(socket) = self.data_socket.take() {
            socket.close(io);
        }
    }

    fn serve(&mut self, readiness: Readiness, delivery: &mut Delivery, io: &mut Io<'_>) -> Result<(), Error> {
        if readiness.readable && !self.paused {
            self.read(delivery, io)?;
        }
        // After what came by TCP, which the datagrams may build on.
        if let Some(socket) = self.data_socket.as_mut().filter(|_| readiness.readable && !self.paused) {
            socket.read(&mut self.session, delivery, io);
            self.paused = delivery.reading_must_pause();
        }
        self.write(&delivery.shared)
    }

    fn read(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) -> Result<(), Error> {
        let now = io.now();
        for _ in 0..READS_PER_TURN {
            let count = match self.transport.read(io.scratch()) {
                Ok(0) => return Err(Error::Closed("the publisher closed the connection".into())),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(connection_error(error)),
            };
            delivery.shared.count(|counts| counts.bytes_received += count as u64);
            self.session
                .receive(&io.scratch()[..count], now, &mut |event| delivery.event(event))
                .map_err(session_error)?;
            if delivery.reading_must_pause() {
                self.paused = true;
                return Ok(());
            }
        }
        io.again(self.token);
        Ok(())
    }

    fn write(&mut self, shared: &Shared) -> Result<(), Error> {
        while !self.session.queue().is_empty() {
            let transport = &mut self.transport;
            match self.session.queue().write_with(|slices| transport.write_vectored(slices)) {
                Ok(count) => {
                    self.session.queue().advance(count);
                    shared.count(|counts| counts.bytes_sent += count as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(connection_error(error)),
            }
        }
        Ok(())
    }

    /// Adds what the session dropped since the last call; what it delivered is counted already.
    fn count(&mut self, shared: &Shared) {
        let now = self.session.statistics();
        let before = std::mem::replace(&mut self.counted, now);
        shared.count(|counts| {
            counts.measurements_dropped += now.measurements_dropped - before.measurements_dropped;
            counts.packets_dropped += now.packets_dropped - before.packets_dropped;
            counts.datagrams_rejected += now.datagrams_rejected - before.datagrams_rejected;
        });
    }
}

fn forget(transport: &mut Transport, token: Token, io: &mut Io<'_>) {
    if let Err(error) = io.deregister(transport, token) {
        log::debug!(target: "sttp::subscriber", "a closed socket could not be deregistered: {error}");
    }
}

fn connection_error(source: io::Error) -> Error {
    Error::Io { context: "the connection to the publisher failed".into(), source }
}

fn session_error(error: SubscriberError) -> Error {
    match error {
        SubscriberError::Refused(_) | SubscriberError::ModesRefused { .. } => {
            Error::Refused(error.to_string())
        }
        SubscriberError::Silent(_) | SubscriberError::NoAnswer { .. } => Error::Timeout(error.to_string()),
        SubscriberError::Frame(_)
        | SubscriberError::Payload(_)
        | SubscriberError::OutOfSequence(_)
        | SubscriberError::Unread { .. } => Error::Protocol(error.to_string()),
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
            self.drop_link(io);
            self.finished = true;
            return;
        }
        self.continue_resolving(io);
        let mut readiness = Readiness { readable: false, writable: true };
        if let Link::Connected(connected) = &mut self.link
            && connected.paused
            && self.shared.queue.has_room()
        {
            connected.paused = false;
            readiness.readable = true;
        }
        self.serve(readiness, io);
    }

    fn ready(&mut self, io: &mut Io<'_>, _token: Token, readiness: Readiness) {
        match &self.link {
            Link::Connecting { .. } => self.continue_connecting(io),
            Link::Connected(_) => self.serve(readiness, io),
            Link::Idle | Link::Resolving(_) | Link::Waiting(_) => {}
        }
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        let now = io.now();
        match &mut self.link {
            Link::Waiting(due) if now >= *due => self.resolve(io),
            Link::Connecting { deadline, .. } if now >= *deadline => {
                self.next_address(io::ErrorKind::TimedOut.into(), io);
            }
            Link::Connected(connected) => {
                if connected.paused {
                    connected.session.reading_is_paused(now);
                }
                if let Err(error) = connected.session.handle_timeout(now) {
                    self.lost(session_error(error), io);
                }
            }
            Link::Idle | Link::Resolving(_) | Link::Connecting { .. } | Link::Waiting(_) => {}
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.link {
            Link::Waiting(due) => Some(*due),
            Link::Connecting { deadline, .. } => Some(*deadline),
            Link::Connected(connected) => connected.session.deadline(),
            Link::Idle | Link::Resolving(_) => None,
        }
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// After a panic of the handler the engine drops the driver; readers must not wait for ever.
impl Drop for SubscriberDriver {
    fn drop(&mut self) {
        self.become_idle();
    }
}
