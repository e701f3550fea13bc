//! Moving bytes between a stream transport and a session, as the drivers of both roles do it.

use std::io;
use std::ops::ControlFlow;

use mio::Token;

use super::io::Io;
use super::transport::Transport;
use crate::session::SendQueue;

/// How the reading of one turn ended.
#[derive(Debug)]
pub(crate) enum ReadEnd<B> {
    /// Nothing more has arrived, or others have their turn first; there will be another call.
    Pausing,
    /// Whoever takes the bytes wants no more of them now, and has to see to the next call.
    Stopped(B),
    /// The peer sends no more.
    PeerEnded,
    /// The connection has failed.
    Failed(io::Error),
}

/// Reads what has arrived at the socket of a token, at most so many times: a fast peer must not
/// keep the loop from others. `read` reads into the buffer of the loop, and `take` gets the bytes.
pub(crate) fn read<B>(
    io: &mut Io<'_>,
    token: Token,
    reads: usize,
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
) -> ReadEnd<B> {
    for _ in 0..reads {
        let buffer = io.scratch();
        let count = match read(buffer) {
            Ok(0) => return ReadEnd::PeerEnded,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return ReadEnd::Pausing,
            Err(error) => return ReadEnd::Failed(error),
        };
        if let ControlFlow::Break(reason) = take(&buffer[..count]) {
            return ReadEnd::Stopped(reason);
        }
    }
    io.again(token);
    ReadEnd::Pausing
}

/// Has bytes to send to one peer.
pub(crate) trait Sending {
    /// What is to be sent; `None` when the peer is gone.
    fn queue(&self) -> Option<&SendQueue>;

    /// The first `count` bytes of the queue were sent: it is to forget them.
    fn sent(&mut self, count: usize);
}

/// How much of what was to be sent the transport has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing is left.
    Everything,
    /// It may take more, but others have their turn first.
    Piece,
    /// It takes no more now; it will be writable when it does.
    Blocked,
}

/// Sends as much as the transport takes, up to about `most` bytes.
///
/// # Errors
/// The connection has failed.
pub(crate) fn write(
    sending: &mut impl Sending,
    transport: &mut Transport,
    most: usize,
) -> io::Result<Written> {
    let mut left = most;
    while let Some(queue) = sending.queue().filter(|queue| !queue.is_empty()) {
        if left == 0 {
            return Ok(Written::Piece);
        }
        match queue.write_with(left, |slices| transport.write_vectored(slices)) {
            Ok(count) => {
                left = left.saturating_sub(count);
                sending.sent(count);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Written::Blocked),
            Err(error) => return Err(error),
        }
    }
    Ok(if transport.flush()? { Written::Everything } else { Written::Blocked })
}
