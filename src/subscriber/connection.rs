//! One connection of the subscriber, from its establishment to its end.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Instant;

use mio::Token;

use super::Shared;
use super::datagrams::DataSocket;
use super::delivery::{Delivery, Stop};
use super::publisher_info::PublisherInfo;
use super::settings::{SubscriberSettings, UdpReception};
use super::standing::Standing;
use super::stream::Stream;
use crate::engine::pump::ReadEnd;
use crate::engine::{Established, Io, Readiness};
use crate::error::Error;
use crate::host;
use crate::session::SubscribeRequest;
use crate::session::subscriber::{SubscriberCounters, SubscriberError};
use crate::session::{Severity, SubscriberSession};
use crate::settings::SubscriptionOptions;
use crate::wire::Command;

/// Reads of one turn, so that a fast publisher does not keep the loop from other connections.
const READS_PER_TURN: usize = 16;
/// Datagrams that are read after the TCP connection has ended: more than wait in a socket, so that
/// others that still come do not put off the end.
const LAST_DATAGRAMS: u64 = 1 << 16;

/// A connection to a publisher.
pub(super) struct Connection {
    stream: Stream,
    /// Measurements are wanted by UDP.
    udp: Option<UdpReception>,
    /// Datagrams do not tell which signals they mean (version 1): each subscription gets a socket
    /// of its own.
    tells_no_slots: bool,
    data_socket: Option<DataSocket>,
    /// What was counted of the session already.
    counted: SubscriberCounters,
    /// The publisher has sent something that makes sense.
    pub(super) heard: bool,
    /// The sockets are not read until the read queue has room.
    queue_is_full: bool,
    /// The TCP connection is not read until a document is, so that what follows it comes later.
    awaits_document: bool,
    /// The TCP connection has ended, but datagrams may wait to be read.
    ended: Option<Ended>,
    /// Generation of the list of signals that waiting threads know of.
    listed: u32,
    /// What the application can know of the publisher.
    publisher: PublisherInfo,
}

/// The end of a TCP connection.
struct Ended {
    error: Error,
    /// After so many datagrams it is the end even if there are more.
    last_datagram: u64,
}

impl Connection {
    pub(super) fn new(
        established: Established,
        incoming: bool,
        settings: &SubscriberSettings,
        session: SubscriberSession,
        delivery: &Delivery,
    ) -> Connection {
        let publisher = PublisherInfo {
            address: established.address,
            incoming,
            connected_since: host::utc(),
            subscriber_id: None,
            modes: session.modes(),
            data_port: None,
        };
        delivery.shared.set_publisher(Some(publisher.clone()));
        Connection {
            stream: Stream::new(established, session, delivery.shared.clone()),
            udp: settings.udp,
            tells_no_slots: !settings.version.confirms_caches(),
            data_socket: None,
            counted: SubscriberCounters::default(),
            heard: false,
            queue_is_full: false,
            awaits_document: false,
            ended: None,
            listed: 0,
            publisher,
        }
    }

    /// Lets threads that wait for the subscription know how many signals it has.
    pub(super) fn tell_signals(&mut self, shared: &Shared) {
        if let Some((generation, count)) = self.stream.session.newest_signals()
            && generation != self.listed
        {
            self.listed = generation;
            shared.stand(|standing| standing.signals(count));
        }
    }

    /// Lets the application know what has become known of the publisher.
    pub(super) fn tell_publisher(&mut self, shared: &Shared) {
        let session = &self.stream.session;
        let now = PublisherInfo {
            subscriber_id: session.subscriber_id(),
            modes: session.modes(),
            data_port: self.data_socket.as_ref().map(|socket| socket.channel().port),
            ..self.publisher
        };
        if now != self.publisher {
            shared.set_publisher(Some(now.clone()));
            self.publisher = now;
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.stream.owns(token) || self.data_socket.as_ref().is_some_and(|socket| socket.owns(token))
    }

    /// Where the publisher is.
    pub(super) fn address(&self) -> SocketAddr {
        self.stream.address
    }

    /// The protocol of this connection.
    pub(super) fn session(&mut self) -> &mut SubscriberSession {
        &mut self.stream.session
    }

    pub(super) fn subscribe(
        &mut self,
        options: &SubscriptionOptions,
        delivery: &mut Delivery,
        io: &mut Io<'_>,
    ) {
        delivery.shared.stand(Standing::asked);
        // Historical data come by TCP.
        let by_udp = options.start_time.is_none();
        let opened = if by_udp { self.open_data_socket(io) } else { Ok(()) };
        let subscribed = opened.map_err(|error| error.to_string()).and_then(|()| {
            let data_channel = self.data_socket.as_ref().filter(|_| by_udp).map(DataSocket::channel);
            let request =
                SubscribeRequest { options: options.clone(), data_channel, asked_at: Some(io.utc()) };
            self.session().subscribe(request).map_err(|error| error.to_string())
        });
        if let Err(text) = subscribed {
            delivery.message(Severity::Error, text.clone());
            delivery.handler.request_failed(Command::Subscribe, &text);
            delivery.shared.stand(|standing| standing.answered(Err(&text)));
        }
    }

    pub(super) fn unsubscribe(&mut self, io: &mut Io<'_>) {
        self.session().unsubscribe();
        self.close_data_socket(io);
    }

    /// Before Subscribe, which tells its port.
    fn open_data_socket(&mut self, io: &mut Io<'_>) -> Result<(), Error> {
        if self.tells_no_slots {
            self.close_data_socket(io);
        }
        if let (Some(udp), None) = (&self.udp, &self.data_socket) {
            let local = self.stream.local_addr().map_err(connection_error)?;
            self.data_socket = Some(DataSocket::open(udp, local, self.stream.address, io)?);
        }
        Ok(())
    }

    fn close_data_socket(&mut self, io: &mut Io<'_>) {
        if let Some(socket) = self.data_socket.take() {
            socket.close(io);
        }
    }

    /// Reads and writes what the sockets take.
    pub(super) fn serve(
        &mut self,
        readiness: Readiness,
        delivery: &mut Delivery,
        io: &mut Io<'_>,
    ) -> Result<(), Error> {
        let may_read = !self.queue_is_full && !self.awaits_document && self.ended.is_none();
        if readiness.readable && may_read {
            let read = self.read(delivery, io);
            self.put_off_end(read)?;
        }
        self.fit_data_socket(delivery);
        let has_read_all = self.read_datagrams(readiness, delivery, io);
        if self.ended.is_none() {
            let written = self.stream.write().map_err(connection_error);
            self.put_off_end(written)?;
        }
        self.end_if_over(has_read_all, io)
    }

    /// Sees to it that the measurements of the signals that are subscribed find room.
    fn fit_data_socket(&mut self, delivery: &mut Delivery) {
        let signals = delivery.shared.signal_count.load(Ordering::Relaxed);
        let socket = self.data_socket.as_mut().filter(|_| signals > 0);
        let told = socket.and_then(|socket| socket.fit(usize::try_from(signals).unwrap_or(usize::MAX)));
        if let Some(text) = told {
            delivery.message(Severity::Warning, text);
        }
    }

    /// Reads what came by UDP, after what came by TCP, which datagrams may build on. True when none
    /// is left.
    fn read_datagrams(&mut self, readiness: Readiness, delivery: &mut Delivery, io: &mut Io<'_>) -> bool {
        let Some(socket) = &mut self.data_socket else { return true };
        if !readiness.readable || self.queue_is_full {
            return false;
        }
        let shared = delivery.shared.clone();
        let has_read_all = socket.read(&mut self.stream.session, &shared, io, |session| {
            while let Some(output) = session.poll() {
                // Nothing that comes by UDP ends the connection, or has to be read elsewhere.
                let _ = delivery.take(output);
            }
            !delivery.reading_must_pause()
        });
        self.queue_is_full = delivery.reading_must_pause();
        has_read_all
    }

    /// Keeps the end of the TCP connection until the datagrams are read that came before it.
    fn put_off_end(&mut self, served: Result<(), Error>) -> Result<(), Error> {
        match served {
            Err(error @ (Error::Closed(_) | Error::Io { .. })) => {
                let last_datagram = self.stream.session.statistics().datagrams + LAST_DATAGRAMS;
                self.ended = Some(Ended { error, last_datagram });
                Ok(())
            }
            served => served,
        }
    }

    /// The end of the TCP connection, once nothing else is to be read.
    fn end_if_over(&mut self, has_read_all: bool, io: &mut Io<'_>) -> Result<(), Error> {
        let datagrams = self.stream.session.statistics().datagrams;
        let over = self.ended.take_if(|ended| has_read_all || datagrams >= ended.last_datagram);
        if let Some(Ended { error, .. }) = over {
            return Err(error);
        }
        if self.ended.is_some() && !self.queue_is_full {
            self.stream.again(io);
        }
        Ok(())
    }

    pub(super) fn close(mut self, io: &mut Io<'_>) {
        self.close_data_socket(io);
        self.stream.close(io);
    }

    /// Whether reading may go on that was stopped, now that this has happened.
    pub(super) fn resume(&mut self, document_is_read: bool, queue_has_room: bool) -> bool {
        let goes_on = mem::take(&mut self.awaits_document);
        self.awaits_document = goes_on && !document_is_read;
        let was_full = mem::take(&mut self.queue_is_full);
        self.queue_is_full = was_full && !queue_has_room;
        (goes_on && !self.awaits_document) || (was_full && !self.queue_is_full)
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.stream.session.deadline()
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.stream.is_due(now)
    }

    /// Ends a connection on which nothing comes.
    pub(super) fn handle_timeout(&mut self, delivery: &mut Delivery, now: Instant) -> Result<(), Error> {
        let session = &mut self.stream.session;
        if self.queue_is_full || self.awaits_document {
            session.reading_is_paused(now);
        }
        session.handle_timeout(now);
        match self.stream.drain(|output| delivery.take(output)) {
            ControlFlow::Break(stop) => self.stop(stop),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    fn read(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) -> Result<(), Error> {
        delivery.now = io.now();
        let read = self.stream.read(READS_PER_TURN, io, |output| delivery.take(output));
        self.heard |= self.stream.has_received && !matches!(read, ReadEnd::Stopped(Stop::Ended(_)));
        match read {
            ReadEnd::Pausing => Ok(()),
            ReadEnd::Stopped(stop) => self.stop(stop),
            ReadEnd::PeerEnded => Err(Error::Closed("the publisher closed the connection".into())),
            ReadEnd::Failed(error) => Err(connection_error(error)),
        }
    }

    fn stop(&mut self, stop: Stop) -> Result<(), Error> {
        match stop {
            Stop::Full => self.queue_is_full = true,
            Stop::Reading => self.awaits_document = true,
            Stop::Ended(error) => return Err(session_error(error)),
        }
        Ok(())
    }

    /// Adds what the session dropped since the last call; what it delivered is counted already.
    pub(super) fn count(&mut self, shared: &Shared) {
        let now = self.stream.session.statistics();
        let before = std::mem::replace(&mut self.counted, now);
        shared.count(|counts| {
            counts.measurements_dropped += now.measurements_dropped - before.measurements_dropped;
            counts.packets_dropped += now.packets_dropped - before.packets_dropped;
            counts.measurements_unattributed +=
                now.measurements_unattributed - before.measurements_unattributed;
            counts.packets_missing += now.packets_missing - before.packets_missing;
            counts.buffer_blocks_dropped += now.buffer_blocks_dropped - before.buffer_blocks_dropped;
            counts.buffer_blocks_lost += now.buffer_blocks_lost - before.buffer_blocks_lost;
            counts.datagrams_rejected += now.datagrams_rejected - before.datagrams_rejected;
            counts.datagrams_lost =
                counts.datagrams_lost.saturating_add(now.datagrams_lost - before.datagrams_lost);
            counts.measurements_dropped_by_publisher =
                counts.measurements_dropped_by_publisher.saturating_add(
                    now.measurements_dropped_by_publisher - before.measurements_dropped_by_publisher,
                );
        });
    }
}

fn connection_error(source: io::Error) -> Error {
    Error::Io { context: "the connection to the publisher failed".into(), source }
}

fn session_error(error: SubscriberError) -> Error {
    match error {
        SubscriberError::Refused(_) | SubscriberError::ModesRefused { .. } => Error::Refused(error.into()),
        SubscriberError::Silent(_)
        | SubscriberError::NoAnswer { .. }
        | SubscriberError::NoResponse(_)
        | SubscriberError::Unfinished { .. }
        | SubscriberError::UnfinishedResponse { .. } => Error::Timeout(error.to_string()),
        SubscriberError::OtherSubscriber
        | SubscriberError::Frame(_)
        | SubscriberError::TooLarge(_)
        | SubscriberError::Payload(_)
        | SubscriberError::OutOfSequence(_)
        | SubscriberError::Unread { .. } => Error::Protocol(error.into()),
    }
}
