//! Connections of a simulated network.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use mio::Token;

use super::network::{Due, Network, Shared, Socket, Watch, lock};
use super::poller::Registry;
use super::running::as_host;
use crate::engine::driver::Readiness;
use crate::host;

/// How records of TLS begin that are encrypted, before the two bytes of their length.
const ENCRYPTED: &[u8] = &[23, 3, 3];
/// How frames of less than 64 KiB begin, before the other two bytes of theirs.
const SHORT: &[u8] = &[0, 0];

/// One end of a connection, and what is on its way to it.
pub(super) struct End {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// The other end, once there is one. It may be closed already.
    pub(super) peer: Option<u64>,
    pub(super) state: State,
    pub(super) watch: Watch,
    /// What comes from the other end, and when it arrives. Pieces never overtake each other.
    pieces: VecDeque<(Instant, Vec<u8>)>,
    in_flight: usize,
    /// When the word arrives that the other end sends no more.
    ended_at: Option<Instant>,
    /// A write found no room.
    wants_room: bool,
    /// This end sends no more.
    is_shut: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Connecting,
    Connected,
    /// Nobody listens there.
    Refused,
    /// The connection broke; what was on its way is lost.
    Reset,
}

impl End {
    pub(super) fn new(local: SocketAddr, remote: SocketAddr, peer: Option<u64>, state: State) -> End {
        End {
            local,
            remote,
            peer,
            state,
            watch: None,
            pieces: VecDeque::new(),
            in_flight: 0,
            ended_at: None,
            wants_room: false,
            is_shut: false,
        }
    }

    pub(super) fn is_between(&self, one: IpAddr, other: IpAddr) -> bool {
        let ends = [self.local.ip(), self.remote.ip()];
        ends == [one, other] || ends == [other, one]
    }

    fn has_arrived(&self, now: Instant) -> bool {
        match self.pieces.front() {
            Some((arrival, _)) => *arrival <= now,
            None => self.ended_at.is_some_and(|at| at <= now),
        }
    }

    fn check(&self) -> io::Result<()> {
        match self.state {
            State::Connected => Ok(()),
            State::Connecting => Err(ErrorKind::WouldBlock.into()),
            State::Refused => Err(ErrorKind::ConnectionRefused.into()),
            State::Reset => Err(ErrorKind::ConnectionReset.into()),
        }
    }
}

impl Network {
    /// Begins to connect from the current host.
    fn connect(&mut self, remote: SocketAddr) -> u64 {
        let id = self.next_number();
        let port = self.port_or_any(0);
        let local = SocketAddr::new(self.host(), port);
        self.ends.insert(id, End::new(local, remote, None, State::Connecting));
        let delay = self.ways.between(local.ip(), remote.ip()).delay;
        let at = host::now() + self.random.up_to(delay);
        self.schedule(at, Due::Connect(id));
        id
    }

    /// Makes the connection that an end wishes for. False when it has to wait for the way.
    pub(super) fn try_to_connect(&mut self, id: u64) -> bool {
        let Some(End { local, remote, state: State::Connecting, .. }) = self.ends.get(&id) else {
            return true; // Given up meanwhile.
        };
        let (local, remote) = (*local, *remote);
        let unreachable = |from, to| self.ways.between(from, to).unreachable;
        if unreachable(local.ip(), remote.ip()) || unreachable(remote.ip(), local.ip()) {
            return false;
        }
        let listening = self.listener_at(remote);
        let accepted = listening.map(|listener| {
            let peer = self.next_number();
            self.ends.insert(peer, End::new(remote, local, Some(id), State::Connected));
            self.offer(listener, peer);
            peer
        });
        if let Some(end) = self.ends.get_mut(&id) {
            end.peer = accepted;
            end.state = if accepted.is_some() { State::Connected } else { State::Refused };
        }
        self.changed(Socket::End(id));
        true
    }

    pub(super) fn end_readiness(&self, id: u64) -> Readiness {
        let Some(end) = self.ends.get(&id) else { return Readiness { readable: false, writable: false } };
        match end.state {
            State::Connecting => Readiness { readable: false, writable: false },
            State::Refused | State::Reset => Readiness { readable: true, writable: true },
            State::Connected => Readiness {
                readable: !self.is_stalled(end) && end.has_arrived(host::now()),
                writable: self.room(end) > 0,
            },
        }
    }

    /// Nothing arrives at this end.
    fn is_stalled(&self, end: &End) -> bool {
        self.ways.between(end.remote.ip(), end.local.ip()).holds_bytes()
    }

    /// Bytes that an end may send now. A closed peer takes everything, and says no later.
    fn room(&self, end: &End) -> usize {
        let capacity = self.ways.between(end.local.ip(), end.remote.ip()).capacity;
        let peer = end.peer.and_then(|peer| self.ends.get(&peer));
        peer.map_or(usize::MAX, |peer| capacity.saturating_sub(peer.in_flight))
    }

    fn read(&mut self, id: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.ends.get(&id).ok_or(ErrorKind::NotConnected)?;
        end.check()?;
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.is_stalled(end) || !end.has_arrived(host::now()) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let splits = self.ways.between(end.remote.ip(), end.local.ip()).splits;
        let Some(end) = self.ends.get_mut(&id) else { return Ok(0) };
        let Some((_, piece)) = end.pieces.front_mut() else { return Ok(0) };
        let available = piece.len().min(buffer.len());
        let count = if splits { self.random.piece(available) } else { available };
        for (target, byte) in buffer.iter_mut().zip(piece.drain(..count)) {
            *target = byte;
        }
        if let Some(recording) = self.recordings.get_mut(&(end.remote.ip(), end.local.ip())) {
            as_host(None, || recording.extend_from_slice(&buffer[..count]));
        }
        if piece.is_empty() {
            end.pieces.pop_front();
        }
        end.in_flight -= count;
        let peer = end.peer;
        self.tell_of_room(peer);
        Ok(count)
    }

    /// Tells a sender of room once there is some: not yet when more is on its way than the connection holds since its
    /// conditions have changed.
    fn tell_of_room(&mut self, sender: Option<u64>) {
        let Some(id) = sender else { return };
        let has_room = self.ends.get(&id).is_some_and(|sender| sender.wants_room && self.room(sender) > 0);
        if has_room && let Some(sender) = self.ends.get_mut(&id) {
            sender.wants_room = false;
            self.changed(Socket::End(id));
        }
    }

    fn write(&mut self, id: u64, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let end = self.ends.get(&id).ok_or(ErrorKind::NotConnected)?;
        end.check()?;
        let total: usize = slices.iter().map(|slice| slice.len()).sum();
        let (local, remote, peer) = (end.local, end.remote, end.peer);
        let knows_of_end = end.ended_at.is_some_and(|at| at <= host::now());
        if end.is_shut {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let room = self.room(end);
        let Some(peer) = peer.filter(|peer| self.ends.contains_key(peer)) else {
            self.reset(id);
            return if knows_of_end { Err(ErrorKind::BrokenPipe.into()) } else { Ok(total) };
        };
        let available = room.min(total);
        if available == 0 && total > 0 {
            if let Some(end) = self.ends.get_mut(&id) {
                end.wants_room = true;
            }
            return Err(ErrorKind::WouldBlock.into());
        }
        if total == 0 {
            return Ok(0);
        }
        let conditions = *self.ways.between(local.ip(), remote.ip());
        let count = if conditions.splits { self.random.piece(available) } else { available };
        let mut piece = Vec::with_capacity(count);
        for slice in slices {
            let wanted = (count - piece.len()).min(slice.len());
            piece.extend_from_slice(&slice[..wanted]);
        }
        if self.random.happens(conditions.corruption) {
            let position = self.random.below(piece.len());
            piece[position] ^= 1 + self.random.below(255) as u8;
        }
        if conditions.altered_lengths > 0.0 && self.random.happens(conditions.altered_lengths) {
            // Any length, more often a short one: what is longer than a record may be is refused at once.
            let length = self.random.below(1 << 16) >> self.random.below(4);
            alter_length(&mut piece, length as u16);
        }
        let arrival = host::now() + self.random.up_to(conditions.delay);
        if let Some(peer) = self.ends.get_mut(&peer) {
            peer.in_flight += count;
        }
        self.send(peer, arrival, piece);
        Ok(count)
    }

    fn send(&mut self, to: u64, arrival: Instant, piece: Vec<u8>) {
        let Some(end) = self.ends.get_mut(&to) else { return };
        let arrival = end.pieces.back().map_or(arrival, |(before, _)| arrival.max(*before));
        end.pieces.push_back((arrival, piece));
        self.schedule(arrival, Due::Bytes(to));
    }

    /// Tells the other end that no more bytes will come.
    fn shut(&mut self, id: u64) -> io::Result<()> {
        let end = self.ends.get_mut(&id).ok_or(ErrorKind::NotConnected)?;
        end.check()?;
        end.is_shut = true;
        let peer = end.peer;
        self.tell_end(peer);
        Ok(())
    }

    fn tell_end(&mut self, to: Option<u64>) {
        let Some((id, end)) = to.and_then(|id| Some((id, self.ends.get(&id)?))) else { return };
        if end.ended_at.is_some() {
            return;
        }
        let delay = self.ways.between(end.remote.ip(), end.local.ip()).delay;
        let arrival = host::now() + self.random.up_to(delay);
        let Some(end) = self.ends.get_mut(&id) else { return };
        let arrival = end.pieces.back().map_or(arrival, |(before, _)| arrival.max(*before));
        end.ended_at = Some(arrival);
        self.schedule(arrival, Due::Bytes(id));
    }

    /// The connection breaks at this end, or cannot be made.
    pub(super) fn reset(&mut self, id: u64) {
        let Some(end) = self.ends.get_mut(&id) else { return };
        end.state = match end.state {
            State::Connecting | State::Refused => State::Refused,
            State::Connected | State::Reset => State::Reset,
        };
        end.pieces.clear();
        end.in_flight = 0;
        self.changed(Socket::End(id));
    }

    /// An end is closed. The other end gets what is on its way, unless this one has left something
    /// unread, as on real systems.
    pub(super) fn close(&mut self, id: u64) {
        let _ = self.deregister(Socket::End(id));
        let Some(end) = self.ends.remove(&id) else { return };
        if end.state != State::Connected {
            return;
        }
        match end.peer {
            Some(peer) if end.in_flight > 0 => self.reset(peer),
            peer => self.tell_end(peer),
        }
        self.tell_of_room(end.peer);
    }
}

/// Lets the first record of encrypted bytes in a piece, or else the frame that the piece begins with, have another length,
/// if that stands there.
fn alter_length(piece: &mut [u8], length: u16) {
    let record = piece.windows(ENCRYPTED.len()).position(|bytes| bytes == ENCRYPTED);
    let frame = piece.starts_with(SHORT).then_some(SHORT.len());
    let place = record.map(|begin| begin + ENCRYPTED.len()).or(frame);
    if let Some([high, low, ..]) = place.and_then(|place| piece.get_mut(place..)) {
        [*high, *low] = length.to_be_bytes();
    }
}

/// One end of a connection, as its owner holds it.
pub(crate) struct Stream {
    network: Shared,
    id: u64,
}

impl Stream {
    pub(in crate::engine) fn connect(network: &Shared, address: SocketAddr) -> Stream {
        let id = lock(network).connect(address);
        Stream { network: network.clone(), id }
    }

    pub(super) fn accepted(network: &Shared, id: u64) -> Stream {
        Stream { network: network.clone(), id }
    }

    pub(in crate::engine) fn is_connected(&self) -> io::Result<bool> {
        let network = lock(&self.network);
        let end = network.ends.get(&self.id).ok_or(ErrorKind::NotConnected)?;
        match end.check() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            checked => checked.map(|()| true),
        }
    }

    pub(in crate::engine) fn local_addr(&self) -> io::Result<SocketAddr> {
        let network = lock(&self.network);
        Ok(network.ends.get(&self.id).ok_or(ErrorKind::NotConnected)?.local)
    }

    pub(in crate::engine) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        lock(&self.network).read(self.id, buffer)
    }

    pub(in crate::engine) fn write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        lock(&self.network).write(self.id, slices)
    }

    pub(in crate::engine) fn shutdown_write(&self) -> io::Result<()> {
        lock(&self.network).shut(self.id)
    }

    pub(in crate::engine) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        lock(&self.network).register(Socket::End(self.id), registry.poller(), token)
    }

    pub(in crate::engine) fn deregister(&self) -> io::Result<()> {
        lock(&self.network).deregister(Socket::End(self.id))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        lock(&self.network).close(self.id);
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("id", &self.id).finish_non_exhaustive()
    }
}
