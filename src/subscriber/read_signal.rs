//! A descriptor that tells a program's own event loop that a read would find something.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

/// A pair of sockets with a byte on its way while there is something to read.
#[derive(Debug)]
pub(super) struct ReadSignal {
    watched: UnixStream,
    other_end: UnixStream,
    is_shown: bool,
}

impl ReadSignal {
    pub(super) fn new() -> io::Result<ReadSignal> {
        let (watched, other_end) = UnixStream::pair()?;
        watched.set_nonblocking(true)?;
        other_end.set_nonblocking(true)?;
        Ok(ReadSignal { watched, other_end, is_shown: false })
    }

    /// What to watch.
    pub(super) fn descriptor(&self) -> RawFd {
        self.watched.as_raw_fd()
    }

    /// Whether it is to be readable from now on: a system call where that changes.
    pub(super) fn show(&mut self, is_readable: bool) {
        if is_readable == self.is_shown {
            return;
        }
        let moved = if is_readable { self.other_end.write(&[0]) } else { self.watched.read(&mut [0]) };
        if moved.is_ok_and(|count| count == 1) {
            self.is_shown = is_readable;
        }
    }
}
