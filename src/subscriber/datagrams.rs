//! The subscriber's UDP socket.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mio::Token;

use super::Shared;
use super::settings::{MulticastReception, UdpReception};
use crate::engine::{DatagramReceiver, Io, Membership, Piece};
use crate::error::Error;
use crate::session::SubscriberSession;
use crate::wire::DataChannel;

/// Datagrams of one turn, so that a fast publisher does not keep the loop from other connections.
const DATAGRAMS_PER_TURN: usize = 256;

/// Bytes that a measurement takes in a datagram, at most.
const MEASUREMENT_SIZE: usize = 17;
/// Frames of measurements that may wait to be read.
const WAITING_FRAMES: usize = 2;
/// The system is not asked for a larger buffer, unless a setting says so.
const LARGEST_BUFFER: usize = 32 << 20;

/// A publisher may send from another port when nothing has come from the one before for so long.
const PORT_CHANGES_AFTER: Duration = Duration::from_secs(5);

/// Where the datagrams of a connection arrive.
pub(super) struct DataSocket {
    receiver: DatagramReceiver,
    /// Bytes that may wait, as a setting says; 0 for as many as the subscription takes.
    buffer: usize,
    /// Bytes that the system was asked for.
    asked: usize,
    /// Datagrams of a piece that were not taken in yet, because nobody wanted more.
    left: Option<(Piece, Vec<u8>)>,
    token: Token,
    source: Source,
    channel: DataChannel,
}

/// Where the publisher sends from. Datagrams from anywhere else are not its own.
struct Source {
    host: IpAddr,
    /// What is known of it; `None` before anything has come.
    last: Option<LastDatagram>,
}

/// The last datagram that was the publisher's.
struct LastDatagram {
    port: u16,
    at: Instant,
    /// The list of signals that there was then: with another one the publisher may have opened another socket.
    list: Option<u32>,
}

impl Source {
    /// Whether a datagram can be the publisher's. Its port counts only where there is something to protect: where
    /// measurements are encrypted.
    fn is_at(&self, address: SocketAddr, list: Option<u32>, is_encrypted: bool, now: Instant) -> bool {
        let may_be = |last: &LastDatagram| {
            last.port == address.port()
                || last.list != list
                || now.saturating_duration_since(last.at) >= PORT_CHANGES_AFTER
        };
        address.ip() == self.host && (!is_encrypted || self.last.as_ref().is_none_or(may_be))
    }
}

impl DataSocket {
    /// Opens the socket for the publisher at `publisher`, which is reached from `local`.
    pub(super) fn open(
        reception: &UdpReception,
        mut local: SocketAddr,
        publisher: SocketAddr,
        io: &mut Io<'_>,
    ) -> Result<DataSocket, Error> {
        local.set_port(reception.port);
        let multicast = reception.multicast;
        if let (Some(address), None) = (reception.local_address, multicast) {
            if address.is_ipv4() != publisher.is_ipv4() {
                return Err(Error::InvalidArgument(format!(
                    "interface of dataChannel is {address}, which no datagram of the publisher at {publisher} can \
                     reach; give an address of the same kind"
                )));
            }
            local.set_ip(address);
        }
        let membership =
            multicast.map(|multicast| Membership { group: multicast.group, interface: multicast.interface });
        let bound = DatagramReceiver::bind(local, membership, reception.receive_buffer);
        let opened = bound.and_then(|mut receiver| {
            let multicast_group = multicast.map(|multicast| multicast.group);
            let channel = DataChannel { port: receiver.port()?, multicast_group };
            let token = io.register(&mut receiver)?;
            let buffer = reception.receive_buffer;
            Ok(DataSocket {
                receiver,
                buffer,
                asked: 0,
                left: None,
                token,
                source: Source { host: publisher.ip(), last: None },
                channel,
            })
        });
        opened.map_err(|source| {
            let context = match multicast {
                Some(MulticastReception { group, .. }) => format!(
                    "cannot join multicast group {group} with port {}; check both and the interface",
                    reception.port
                ),
                None => format!("cannot receive measurements by UDP on {local}; choose another port, or 0"),
            };
            Error::Io { context, source }
        })
    }

    /// What to ask the publisher for.
    pub(super) fn channel(&self) -> DataChannel {
        self.channel
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.token == token
    }

    /// Sees to it that the measurements of so many signals may wait to be read. When the system gives less room, that
    /// is told, in words for operators.
    pub(super) fn fit(&mut self, signals: usize) -> Option<String> {
        let frames = signals.saturating_mul(MEASUREMENT_SIZE * WAITING_FRAMES);
        let wanted = if self.buffer > 0 { self.buffer } else { frames.min(LARGEST_BUFFER) };
        if wanted <= self.asked {
            return None;
        }
        self.asked = wanted;
        let given = match self.receiver.want_buffer(wanted) {
            Ok(given) if given >= wanted => return None,
            Ok(given) => format!("the system keeps {given}"),
            Err(error) => format!("the system refuses: {error}"),
        };
        Some(format!(
            "Measurements by UDP may get lost before they are read: the socket should keep {wanted} bytes for \
             {signals} signals, and {given}. On Linux, net.core.rmem_max is the limit."
        ))
    }

    /// Takes in what has arrived, until there is nothing more, or `take`, called after each datagram,
    /// wants no more. True when there is nothing more, or the system fails to tell.
    pub(super) fn read(
        &mut self,
        session: &mut SubscriberSession,
        shared: &Shared,
        io: &mut Io<'_>,
        mut take: impl FnMut(&mut SubscriberSession) -> bool,
    ) -> bool {
        let (now, source) = (io.now(), &mut self.source);
        let mut take_piece = |piece: Piece, bytes: &[u8], left: &mut Option<(Piece, Vec<u8>)>| {
            let mut rest = bytes;
            loop {
                let (datagram, others) = piece.split(rest);
                let list = session.newest_signals().map(|(generation, _)| generation);
                let is_from_publisher = source.is_at(piece.from, list, session.has_keys(), now);
                if session.receive_datagram(datagram, is_from_publisher, now) {
                    source.last = Some(LastDatagram { port: piece.from.port(), at: now, list });
                }
                let goes_on = take(session);
                if others.is_empty() || !goes_on {
                    *left = (!others.is_empty()).then(|| (piece, others.to_vec()));
                    return goes_on;
                }
                rest = others;
            }
        };
        if let Some((piece, bytes)) = self.left.take()
            && !take_piece(piece, &bytes, &mut self.left)
        {
            return false;
        }
        let mut datagrams = 0;
        while datagrams < DATAGRAMS_PER_TURN {
            let piece = match self.receiver.receive(io.scratch()) {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    session.datagrams_are_read();
                    take(session);
                    return true;
                }
                // The system tells of one datagram, or of one that was sent; others will come.
                Err(error) => {
                    log::debug!(target: "sttp::subscriber", "a datagram could not be received: {error}");
                    io.again(self.token);
                    return true;
                }
            };
            let count = piece.count();
            datagrams += count;
            shared.count(|counts| {
                counts.bytes_received += piece.length as u64;
                counts.data_channel_bytes_received += piece.length as u64;
                counts.datagrams += count as u64;
            });
            if !take_piece(piece, &io.scratch()[..piece.length], &mut self.left) {
                return false;
            }
        }
        io.again(self.token);
        false
    }

    pub(super) fn close(self, io: &mut Io<'_>) {
        io.discard(self.receiver, self.token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_that_encrypts_keeps_its_port_while_it_sends() {
        let mut source = Source { host: [192, 0, 2, 1].into(), last: None };
        let at = |host: u8, port: u16| SocketAddr::from(([192, 0, 2, host], port));
        let (now, list) = (Instant::now(), Some(1));
        assert!(source.is_at(at(1, 7000), list, true, now) && !source.is_at(at(2, 7000), list, true, now));
        source.last = Some(LastDatagram { port: 7000, at: now, list });
        assert!(source.is_at(at(1, 7000), list, true, now) && !source.is_at(at(1, 7001), list, true, now));
        // It may have opened another socket.
        assert!(source.is_at(at(1, 7001), Some(2), true, now));
        let later = now + PORT_CHANGES_AFTER;
        assert!(
            source.is_at(at(1, 7001), list, true, later) && !source.is_at(at(2, 7001), list, true, later)
        );
        assert!(source.is_at(at(1, 7001), list, false, now));
    }
}
