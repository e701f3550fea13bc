//! What the loop drives, and how other threads reach it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use mio::Token;
use mio::event::Event;

use super::io::Io;
use super::mailbox::Mailbox;

/// A state machine with sockets: the loop tells it what has happened, one call at a time.
///
/// A call that panics costs the driver its life and nobody else theirs; what others must learn
/// of the end of a driver therefore belongs into its `Drop`. An own [`Engine`](super::Engine)
/// inside a driver keeps a polled engine alive that nobody can poll any more.
pub(crate) trait Driver: Send {
    /// The first call, on the thread of the loop.
    fn start(&mut self, io: &mut Io<'_>);

    /// [`DriverHandle::notify`] has been called at least once since the last of these calls.
    fn notified(&mut self, io: &mut Io<'_>);

    /// A socket may be read or written. Told once per change: read and write until
    /// `WouldBlock`, or ask for another call by [`Io::again`]. It may also come for nothing.
    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness);

    /// The deadline has passed. It is asked for anew after this call.
    fn timeout(&mut self, io: &mut Io<'_>);

    /// When `timeout` is to be called. Asked after every call: what changes it from another
    /// thread has to notify the driver.
    fn deadline(&self) -> Option<Instant>;

    /// Whether the driver has done its work. The loop drops it after the call that makes this
    /// true.
    fn finished(&self) -> bool;
}

/// What a socket may be good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readiness {
    /// There are bytes, the end of the stream, an error or a connection to be fetched.
    pub(crate) readable: bool,
    /// There is room to write, or writing would tell of an error.
    pub(crate) writable: bool,
}

impl Readiness {
    /// What a driver that stopped reading early is called with.
    pub(super) const READABLE: Readiness = Readiness { readable: true, writable: false };
}

impl From<&Event> for Readiness {
    fn from(event: &Event) -> Readiness {
        Readiness {
            readable: event.is_readable() || event.is_read_closed() || event.is_error(),
            writable: event.is_writable() || event.is_write_closed() || event.is_error(),
        }
    }
}

/// Reaches a driver from any thread, its own callbacks included. Keeps neither the driver nor
/// the engine alive.
#[derive(Clone)]
pub(crate) struct DriverHandle {
    notice: Arc<Notice>,
}

struct Notice {
    id: DriverId,
    mailbox: Arc<Mailbox>,
    raised: AtomicBool,
}

impl DriverHandle {
    pub(super) fn new(id: DriverId, mailbox: Arc<Mailbox>) -> DriverHandle {
        DriverHandle { notice: Arc::new(Notice { id, mailbox, raised: AtomicBool::new(false) }) }
    }

    /// Has the loop call [`Driver::notified`] soon. Many calls before that become one; the
    /// driver sees everything that was written before any of them. Does nothing when the
    /// driver is gone.
    pub(crate) fn notify(&self) {
        if !self.notice.raised.swap(true, Ordering::AcqRel) {
            self.notice.mailbox.notify(self.notice.id);
        }
    }

    pub(super) fn id(&self) -> DriverId {
        self.notice.id
    }

    pub(super) fn is_raised(&self) -> bool {
        self.notice.raised.load(Ordering::Acquire)
    }

    /// Whether the driver was notified since this was last asked.
    pub(super) fn take_notice(&self) -> bool {
        self.notice.raised.swap(false, Ordering::AcqRel)
    }
}

/// Names a driver within its engine; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DriverId(pub(super) u64);

/// A driver on its way to the loop.
pub(super) struct Arrival {
    pub(super) driver: Box<dyn Driver>,
    pub(super) handle: DriverHandle,
}
