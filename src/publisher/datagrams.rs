//! The publisher's UDP sockets.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::shards::Shard;
use crate::engine::DatagramSender;
use crate::session::publisher::{Channel, ChannelId};
use crate::session::{Datagram, Handed, Moment};

/// What is sent at once is followed by a pause of so long.
const TICK: Duration = Duration::from_millis(1);
/// Bytes that are sent at once: what subscribers hold whose sockets have the usual buffer.
const PIECE: usize = 64 << 10;
/// A frame that is larger than that is sent in so many pieces at most.
const MOST_PIECES: usize = 16;
/// Ticks that are made up for when the loop was late.
const MOST_LATE: u32 = 4;

/// The sockets of all channels.
#[derive(Default)]
pub(super) struct DataSockets {
    sockets: HashMap<ChannelId, DataSocket>,
}

/// The socket of a channel.
struct DataSocket {
    destination: SocketAddr,
    /// `None` when the system gave none; what is to be sent is dropped then.
    sender: Option<DatagramSender>,
    pace: Pace,
}

/// When how much is sent. Datagrams that come all at once find no room where they arrive.
#[derive(Debug, Default)]
struct Pace {
    /// Bytes of a tick.
    piece: usize,
    /// Bytes that may still be sent before the tick is over.
    left: usize,
    tick_ends: Option<Instant>,
    /// More waits than may be sent now.
    is_holding: bool,
}

impl DataSockets {
    /// Opens or closes the socket of a channel of `shard`, and sends what waits on it, as far as it is its turn.
    ///
    /// # Errors
    ///
    /// Why some of it was dropped, in words for operators.
    pub(super) fn serve(&mut self, id: ChannelId, shard: &Shard, now: Moment) -> Result<(), String> {
        let sent = self.send(id, shard, |pace, datagrams| pace.allow(datagrams, now.instant));
        let sender = self.sockets.get_mut(&id).and_then(|socket| socket.sender.as_mut());
        if sender.is_some_and(DatagramSender::take_refusal) {
            shard.session().datagrams_refused(id, now);
        }
        sent
    }

    /// The same, but sends everything: the channel is about to be closed.
    pub(super) fn finish(&mut self, id: ChannelId, shard: &Shard) -> Result<(), String> {
        self.send(id, shard, |_, datagrams| datagrams.len())
    }

    /// When to serve those that are [due](Self::due).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.sockets.values().filter_map(|socket| socket.pace.deadline()).min()
    }

    /// The channels whose next piece is due.
    pub(super) fn due(&self, now: Instant) -> Vec<ChannelId> {
        let due = |socket: &DataSocket| socket.pace.deadline().is_some_and(|deadline| deadline <= now);
        let mut due: Vec<_> =
            self.sockets.iter().filter(|(_, socket)| due(socket)).map(|(id, _)| *id).collect();
        due.sort_unstable();
        due
    }

    /// All channels.
    pub(super) fn all(&self) -> Vec<ChannelId> {
        let mut all: Vec<_> = self.sockets.keys().copied().collect();
        all.sort_unstable();
        all
    }

    fn send(
        &mut self,
        id: ChannelId,
        shard: &Shard,
        allow: impl FnOnce(&mut Pace, &[Datagram]) -> usize,
    ) -> Result<(), String> {
        let Some(channel) = shard.session().channel(id) else {
            self.sockets.remove(&id);
            return Ok(());
        };
        let destination = channel.destination;
        let sent = self.open(id, channel, shard).and_then(|socket| {
            let mut refused = Ok(());
            shard.session().send_datagrams(id, |datagrams| {
                let allowed = allow(&mut socket.pace, datagrams);
                let Some(sender) = &mut socket.sender else { return Handed::dropping_others(0) };
                let (taken, result) = sender.send_all(&datagrams[..allowed]);
                refused = result;
                let others_wait = refused.is_ok();
                socket.pace.is_holding = others_wait && taken < datagrams.len();
                Handed { taken, others_wait }
            });
            refused
        });
        sent.map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::WouldBlock => "the network does not take them fast enough".into(),
                _ => error.to_string(),
            };
            format!("measurements to {destination} by UDP were dropped: {why}")
        })
    }

    /// The socket of a channel. When the system gives none, that is told once.
    fn open(&mut self, id: ChannelId, channel: Channel, shard: &Shard) -> io::Result<&mut DataSocket> {
        let destination = channel.destination;
        self.sockets.retain(|other, socket| *other != id || socket.destination == destination);
        let mut failed = Ok(());
        let socket = self.sockets.entry(id).or_insert_with(|| {
            let sender = match open_sender(channel, shard) {
                Ok(sender) => Some(sender),
                Err(error) => {
                    failed = Err(error);
                    None
                }
            };
            DataSocket { destination, sender, pace: Pace::default() }
        });
        failed.map(|()| socket)
    }
}

impl Pace {
    /// How many of these datagrams, from the first on, may be sent now.
    fn allow(&mut self, waiting: &[Datagram], now: Instant) -> usize {
        if self.tick_ends.is_none_or(|end| end <= now) {
            let late = self.tick_ends.filter(|_| self.is_holding).map_or(0, |end| {
                u32::try_from(now.duration_since(end).as_nanos() / TICK.as_nanos()).unwrap_or(MOST_LATE)
            });
            let bytes: usize = waiting.iter().map(|datagram| datagram.bytes().len()).sum();
            let before = if self.is_holding { self.piece } else { 0 };
            self.piece = PIECE.max(bytes / MOST_PIECES).max(before);
            self.left = self.piece * (1 + late.min(MOST_LATE)) as usize;
            self.tick_ends = Some(now + TICK);
        }
        let mut count = 0;
        while let Some(datagram) = waiting.get(count).filter(|_| self.left > 0) {
            self.left = self.left.saturating_sub(datagram.bytes().len());
            count += 1;
        }
        self.is_holding = count < waiting.len();
        count
    }

    fn deadline(&self) -> Option<Instant> {
        self.tick_ends.filter(|_| self.is_holding)
    }
}

/// Datagrams come from the address that the subscriber is connected to, because it takes
/// them from no other.
fn open_sender(channel: Channel, shard: &Shard) -> io::Result<DatagramSender> {
    let local = shard.with_transport(channel.connection, |transport| transport.local_addr())?;
    DatagramSender::open(local, channel.destination, channel.ttl)
}
