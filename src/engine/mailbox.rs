//! What other threads, and callbacks, leave for the loop.

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use super::driver::{Arrival, Driver, DriverHandle, DriverId};
use super::poller::Waker;
use crate::host;

/// Notifications that wait in their channel; further ones are found by asking every driver.
pub(super) const NOTIFICATIONS: usize = 1024;

/// The side of the loop that any thread may use.
pub(super) struct Mailbox {
    waker: Waker,
    /// True while the loop will look into its channels before it sleeps, so that nobody has to
    /// wake it. Only ever swapped: each swap then sees the mail that was sent before any other.
    awake: AtomicBool,
    /// Unbounded, because a callback that adds a driver cannot wait for the loop it runs on.
    arrivals: Sender<Arrival>,
    notifications: Sender<DriverId>,
    /// A notification found its channel full.
    overflowed: AtomicBool,
    /// All handles of the engine are gone.
    abandoned: AtomicBool,
    next_id: AtomicU64,
    /// Drivers added and not yet dropped.
    drivers: AtomicUsize,
    /// The mark of the thread on which the loop runs, or zero.
    running_on: AtomicUsize,
    /// What the loop waited for when its caller last left it.
    alarm: Mutex<Option<Instant>>,
}

/// The loop's ends of the channels.
pub(super) struct Inbox {
    pub(super) arrivals: Receiver<Arrival>,
    pub(super) notifications: Receiver<DriverId>,
}

impl Mailbox {
    pub(super) fn new(waker: Waker) -> (Arc<Mailbox>, Inbox) {
        let (arrivals, arrived) = unbounded();
        let (notifications, notified) = bounded(NOTIFICATIONS);
        let mailbox = Mailbox {
            waker,
            awake: AtomicBool::new(false),
            arrivals,
            notifications,
            overflowed: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            next_id: AtomicU64::new(0),
            drivers: AtomicUsize::new(0),
            running_on: AtomicUsize::new(0),
            alarm: Mutex::new(None),
        };
        (Arc::new(mailbox), Inbox { arrivals: arrived, notifications: notified })
    }

    /// Sends a driver to the loop.
    pub(super) fn add(self: &Arc<Self>, driver: Box<dyn Driver>) -> DriverHandle {
        let id = DriverId(self.next_id.fetch_add(1, Ordering::Relaxed));
        let handle = DriverHandle::new(id, Arc::clone(self));
        self.drivers.fetch_add(1, Ordering::AcqRel);
        match self.arrivals.send(Arrival { driver, handle: handle.clone() }) {
            Ok(()) => self.wake(),
            Err(_) => {
                self.forget_driver();
                log::error!("the loop of this engine has failed; create a new engine");
            }
        }
        handle
    }

    /// Tells the loop that a driver has been notified.
    pub(super) fn notify(&self, id: DriverId) {
        match self.notifications.try_send(id) {
            Ok(()) => self.wake(),
            Err(TrySendError::Full(_)) => {
                self.overflowed.swap(true, Ordering::AcqRel);
                self.wake();
            }
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    /// Tells the loop that nobody can add drivers any more.
    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        self.wake();
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    fn wake(&self) {
        if !self.awake.swap(true, Ordering::AcqRel) {
            self.interrupt();
        }
    }

    /// Makes the wait of the loop, the current or the next one, end at once.
    pub(super) fn interrupt(&self) {
        if let Err(error) = self.waker.wake() {
            log::error!("the engine's loop cannot be woken: {error}");
        }
    }

    /// From now on the loop has to be woken. Only what is found in the channels after this
    /// call may be believed: later mail comes with a wake-up.
    pub(super) fn going_to_sleep(&self) {
        self.awake.swap(false, Ordering::AcqRel);
    }

    /// Until it next goes to sleep the loop need not be woken.
    pub(super) fn stay_awake(&self) {
        self.awake.swap(true, Ordering::AcqRel);
    }

    /// Whether the loop would find no mail.
    pub(super) fn is_empty(&self) -> bool {
        self.arrivals.is_empty() && self.notifications.is_empty() && !self.overflowed.load(Ordering::Acquire)
    }

    /// Whether notifications did not fit since this was last asked.
    pub(super) fn take_overflow(&self) -> bool {
        self.overflowed.swap(false, Ordering::AcqRel)
    }

    /// A driver has been dropped.
    pub(super) fn forget_driver(&self) {
        self.drivers.fetch_sub(1, Ordering::AcqRel);
    }

    /// How many drivers there are, arrived or on their way.
    pub(super) fn driver_count(&self) -> usize {
        self.drivers.load(Ordering::Acquire)
    }

    /// Marks this thread as the one on which the loop runs, until the guard is dropped.
    pub(super) fn enter(&self) -> Entered<'_> {
        self.running_on.store(thread_mark(), Ordering::Release);
        Entered(self)
    }

    /// Whether the loop runs on the calling thread.
    pub(super) fn is_current_thread(&self) -> bool {
        self.running_on.load(Ordering::Acquire) == thread_mark()
    }

    /// Leaves word of what the loop waits for.
    pub(super) fn set_alarm(&self, alarm: Option<Instant>) {
        *self.alarm.lock().unwrap_or_else(PoisonError::into_inner) = alarm;
    }

    /// How long the loop could sleep if it were called now.
    pub(super) fn idle_time(&self) -> Option<Duration> {
        if !self.is_empty() {
            return Some(Duration::ZERO);
        }
        let alarm = *self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.map(|alarm| alarm.saturating_duration_since(host::now()))
    }
}

/// The loop runs on this thread while this lives.
pub(super) struct Entered<'a>(&'a Mailbox);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.running_on.store(0, Ordering::Release);
    }
}

/// A number that no other living thread has, and never zero.
fn thread_mark() -> usize {
    thread_local!(static MARK: Cell<u8> = const { Cell::new(0) });
    MARK.with(|mark| ptr::from_ref(mark).addr())
}
