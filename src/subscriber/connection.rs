//! One connection of the subscriber, from its establishment to its end.

use std::io;
use std::net::SocketAddr;

use mio::Token;

use super::Shared;
use super::datagrams::DataSocket;
use super::delivery::Delivery;
use super::settings::{SubscriberSettings, UdpReception};
use crate::engine::{Established, Io, Readiness, Transport};
use crate::error::Error;
use crate::session::subscriber::{SessionStatistics, SubscriberError};
use crate::session::{Severity, SubscriberSession};
use crate::wire::{Command, SubscriptionOptions};

/// Reads of one turn, so that a fast publisher does not keep the loop from other connections.
const READS_PER_TURN: usize = 16;
/// Datagrams that are read after the TCP connection has ended: more than wait in a socket, so that
/// others that still come do not put off the end.
const LAST_DATAGRAMS: u64 = 1 << 16;

/// A connection to a publisher.
pub(super) struct Connection {
    transport: Transport,
    token: Token,
    pub(super) address: SocketAddr,
    /// Measurements are wanted by UDP.
    udp: Option<UdpReception>,
    /// Datagrams do not tell which signals they mean (version 1): each subscription gets a socket
    /// of its own.
    tells_no_slots: bool,
    data_socket: Option<DataSocket>,
    pub(super) session: SubscriberSession,
    /// What was counted of the session already.
    counted: SessionStatistics,
    /// The publisher has sent something that makes sense.
    pub(super) heard: bool,
    /// The sockets are not read until the read queue has room.
    pub(super) paused: bool,
    /// The TCP connection has ended, but datagrams may wait to be read.
    ended: Option<Ended>,
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
        settings: &SubscriberSettings,
        session: SubscriberSession,
    ) -> Connection {
        let Established { transport, token, address } = established;
        Connection {
            transport,
            token,
            address,
            udp: settings.udp,
            tells_no_slots: !settings.version.confirms_caches(),
            data_socket: None,
            session,
            counted: SessionStatistics::default(),
            heard: false,
            paused: false,
            ended: None,
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.token == token || self.data_socket.as_ref().is_some_and(|socket| socket.owns(token))
    }

    pub(super) fn subscribe(
        &mut self,
        options: &SubscriptionOptions,
        delivery: &mut Delivery,
        io: &mut Io<'_>,
    ) {
        // Historical data come by TCP.
        let by_udp = options.start_time.is_none();
        let opened = if by_udp { self.open_data_socket(io) } else { Ok(()) };
        let subscribed = opened.map_err(|error| error.to_string()).and_then(|()| {
            let data_channel = self.data_socket.as_ref().filter(|_| by_udp).map(DataSocket::channel);
            let options = SubscriptionOptions { data_channel, ..options.clone() };
            self.session.subscribe(options).map_err(|error| error.to_string())
        });
        if let Err(text) = subscribed {
            delivery.message(Severity::Error, text.clone());
            delivery.handler.request_failed(Command::Subscribe, &text);
        }
    }

    pub(super) fn unsubscribe(&mut self, io: &mut Io<'_>) {
        self.session.unsubscribe();
        self.close_data_socket(io);
    }

    /// Before Subscribe, which tells its port.
    fn open_data_socket(&mut self, io: &mut Io<'_>) -> Result<(), Error> {
        if self.tells_no_slots {
            self.close_data_socket(io);
        }
        if let (Some(udp), None) = (&self.udp, &self.data_socket) {
            let local = self.transport.local_addr().map_err(connection_error)?;
            self.data_socket = Some(DataSocket::open(udp, local, self.address, io)?);
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
        if readiness.readable && !self.paused && self.ended.is_none() {
            let read = self.read(delivery, io);
            self.put_off_end(read)?;
        }
        let has_read_all = self.read_datagrams(readiness, delivery, io);
        if self.ended.is_none() {
            let written = self.write(&delivery.shared);
            self.put_off_end(written)?;
        }
        self.end_if_over(has_read_all, io)
    }

    /// Reads what came by UDP, after what came by TCP, which datagrams may build on. True when none
    /// is left.
    fn read_datagrams(&mut self, readiness: Readiness, delivery: &mut Delivery, io: &mut Io<'_>) -> bool {
        match &mut self.data_socket {
            None => true,
            Some(socket) if readiness.readable && !self.paused => {
                let has_read_all = socket.read(&mut self.session, delivery, io);
                self.paused = delivery.reading_must_pause();
                has_read_all
            }
            Some(_) => false,
        }
    }

    /// Keeps the end of the TCP connection until the datagrams are read that came before it.
    fn put_off_end(&mut self, served: Result<(), Error>) -> Result<(), Error> {
        match served {
            Err(error @ (Error::Closed(_) | Error::Io { .. })) => {
                let last_datagram = self.session.statistics().datagrams + LAST_DATAGRAMS;
                self.ended = Some(Ended { error, last_datagram });
                Ok(())
            }
            served => served,
        }
    }

    /// The end of the TCP connection, once nothing else is to be read.
    fn end_if_over(&mut self, has_read_all: bool, io: &mut Io<'_>) -> Result<(), Error> {
        let datagrams = self.session.statistics().datagrams;
        let over = self.ended.take_if(|ended| has_read_all || datagrams >= ended.last_datagram);
        if let Some(Ended { error, .. }) = over {
            return Err(error);
        }
        if self.ended.is_some() && !self.paused {
            io.again(self.token);
        }
        Ok(())
    }

    pub(super) fn close(mut self, io: &mut Io<'_>) {
        self.close_data_socket(io);
        io.discard(self.transport, self.token);
    }

    fn read(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) -> Result<(), Error> {
        let now = io.now();
        delivery.now = now;
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
            self.heard = true;
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
    pub(super) fn count(&mut self, shared: &Shared) {
        let now = self.session.statistics();
        let before = std::mem::replace(&mut self.counted, now);
        shared.count(|counts| {
            counts.measurements_dropped += now.measurements_dropped - before.measurements_dropped;
            counts.packets_dropped += now.packets_dropped - before.packets_dropped;
            counts.buffer_blocks_dropped += now.buffer_blocks_dropped - before.buffer_blocks_dropped;
            counts.buffer_blocks_lost += now.buffer_blocks_lost - before.buffer_blocks_lost;
            counts.datagrams_rejected += now.datagrams_rejected - before.datagrams_rejected;
        });
    }
}

fn connection_error(source: io::Error) -> Error {
    Error::Io { context: "the connection to the publisher failed".into(), source }
}

pub(super) fn session_error(error: SubscriberError) -> Error {
    match error {
        SubscriberError::Refused(_) | SubscriberError::ModesRefused { .. } => {
            Error::Refused(error.to_string())
        }
        SubscriberError::Silent(_) | SubscriberError::NoAnswer { .. } => Error::Timeout(error.to_string()),
        SubscriberError::OtherSubscriber
        | SubscriberError::Frame(_)
        | SubscriberError::Payload(_)
        | SubscriberError::OutOfSequence(_)
        | SubscriberError::Unread { .. } => Error::Protocol(error.to_string()),
    }
}
