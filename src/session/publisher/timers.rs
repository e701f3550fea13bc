//! What is due when on which connection.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use super::events::ConnectionKey;

/// Something to do at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// Send a keep-alive if nothing else is sent, and see whether the connection still lives.
    KeepAlive,
    /// Send the signal index cache that waits until its slot is free of datagrams.
    OfferCache,
    /// Deal with commands that had to wait because their address had asked for too much.
    ServeCommands,
    /// Tell how many datagrams were sent.
    TellDatagrams,
    /// Send buffer blocks again that are not confirmed.
    RepeatBlocks,
    /// Change the cipher keys if they have been used for long enough.
    RotateCipherKeys,
    /// Replace the cipher keys from before the rotation.
    RetireCipherKeys,
}

/// Tasks of all connections. A task cannot be taken back: whoever does it looks first whether
/// there is still something to do.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BinaryHeap<Reverse<(Instant, ConnectionKey, Task)>>,
}

impl Timers {
    pub(super) fn set(&mut self, at: Instant, key: ConnectionKey, task: Task) {
        self.due.push(Reverse((at, key, task)));
    }

    /// When the next task is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }

    /// A task that is due, soonest first.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(ConnectionKey, Task)> {
        if self.deadline()? > now {
            return None;
        }
        self.due.pop().map(|Reverse((_, key, task))| (key, task))
    }
}
