//! A session on the transport of its connection: bytes in, outputs out.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use mio::Token;

use super::Shared;
use crate::engine::pump::{self, ReadEnd, Sending};
use crate::engine::{Established, Io, Transport};
use crate::host;
use crate::session::subscriber::Output;
use crate::session::{SendQueue, SubscriberSession};

/// One connection to a publisher.
pub(super) struct Stream {
    transport: Transport,
    token: Token,
    pub(super) address: SocketAddr,
    pub(super) session: SubscriberSession,
    shared: Arc<Shared>,
    /// The publisher has sent something.
    pub(super) has_received: bool,
    /// What was read and not taken in, because whoever takes the outputs stopped.
    unread: Vec<u8>,
    stopped: bool,
}

impl Stream {
    pub(super) fn new(established: Established, session: SubscriberSession, shared: Arc<Shared>) -> Stream {
        let Established { transport, token, address } = established;
        Stream {
            transport,
            token,
            address,
            session,
            shared,
            has_received: false,
            unread: Vec::new(),
            stopped: false,
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.token == token
    }

    /// Whether the session's deadline has passed.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.session.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// The address of this end of the connection.
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.transport.local_addr()
    }

    /// Asks for another call in the next turn of the loop.
    pub(super) fn again(&self, io: &mut Io<'_>) {
        io.again(self.token);
    }

    /// Reads what has arrived, at most so many times, and hands over what it means, first what was
    /// left when `take` stopped.
    pub(super) fn read<B>(
        &mut self,
        reads: usize,
        io: &mut Io<'_>,
        mut take: impl FnMut(Output<'_>) -> ControlFlow<B>,
    ) -> ReadEnd<B> {
        let now = io.now();
        let Stream { transport, token, session, shared, has_received, unread, stopped, .. } = self;
        let mut takes_something = mem::take(stopped);
        if takes_something {
            let left = mem::take(unread);
            if let ControlFlow::Break(reason) = take_in(session, &left, now, unread, &mut take) {
                *stopped = true;
                return ReadEnd::Stopped(reason);
            }
        }
        let end = pump::read(
            io,
            *token,
            reads,
            |buffer| transport.read(buffer),
            |bytes| {
                *has_received = true;
                takes_something = true;
                shared.count(|counts| {
                    counts.bytes_received += bytes.len() as u64;
                    counts.command_channel_bytes_received += bytes.len() as u64;
                });
                let taken = take_in(session, bytes, now, unread, &mut take);
                *stopped = taken.is_break();
                taken
            },
        );
        // Whoever took it may have needed longer than a publisher may be silent.
        let now = if takes_something { host::now() } else { now };
        if takes_something {
            session.heard(now);
        }
        session.heard_untold(transport.unfinished(), now);
        end
    }

    /// Hands over what waits in the session, without reading.
    pub(super) fn drain<B>(&mut self, mut take: impl FnMut(Output<'_>) -> ControlFlow<B>) -> ControlFlow<B> {
        drain(&mut self.session, &mut take)
    }

    /// Sends what the session has to send, as far as there is room.
    pub(super) fn write(&mut self) -> io::Result<()> {
        let mut sending = Commands { session: &mut self.session, shared: &self.shared };
        pump::write(&mut sending, &mut self.transport, usize::MAX).map(drop)
    }

    pub(super) fn close(mut self, io: &mut Io<'_>) {
        self.transport.say_farewell();
        io.discard(self.transport, self.token);
    }
}

fn take_in<B>(
    session: &mut SubscriberSession,
    mut bytes: &[u8],
    now: Instant,
    unread: &mut Vec<u8>,
    take: &mut impl FnMut(Output<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    loop {
        if let ControlFlow::Break(reason) = drain(session, take) {
            unread.extend_from_slice(bytes);
            return ControlFlow::Break(reason);
        }
        if !session.receive(&mut bytes, now) {
            return ControlFlow::Continue(());
        }
    }
}

fn drain<B>(
    session: &mut SubscriberSession,
    take: &mut impl FnMut(Output<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    while let Some(output) = session.poll() {
        take(output)?;
    }
    ControlFlow::Continue(())
}

/// What a session sends, counted.
struct Commands<'a> {
    session: &'a mut SubscriberSession,
    shared: &'a Shared,
}

impl Sending for Commands<'_> {
    fn queue(&self) -> Option<&SendQueue> {
        Some(self.session.queue())
    }

    fn sent(&mut self, count: usize) {
        self.session.sent(count);
        self.shared.count(|counts| counts.bytes_sent += count as u64);
    }
}
