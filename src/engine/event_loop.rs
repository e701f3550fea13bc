//! The loop: waits for what may happen and tells the drivers.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::drivers::Drivers;
use super::io::Sources;
use super::mailbox::{Inbox, Mailbox};
use super::poller::Poller;
use super::worker::Worker;
use crate::host;

/// A poll loop with its drivers.
pub(super) struct Loop {
    poller: Poller,
    mailbox: Arc<Mailbox>,
    inbox: Inbox,
    drivers: Drivers,
}

impl Loop {
    pub(super) fn new(poller: Poller, worker: Worker) -> io::Result<Loop> {
        let (mailbox, inbox) = Mailbox::new(poller.waker()?);
        let sources = Sources::new(poller.registry()?, poller.patient_registry()?, worker);
        let drivers = Drivers::new(sources, Arc::clone(&mailbox));
        Ok(Loop { poller, mailbox, inbox, drivers })
    }

    pub(super) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// The descriptor that is readable while a socket or the mailbox has something to tell.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::RawFd {
        self.poller.descriptor()
    }

    /// Turns until all handles of the engine and all drivers are gone.
    pub(super) fn run(mut self) {
        let mailbox = Arc::clone(&self.mailbox);
        let _entered = mailbox.enter();
        while !self.is_over() {
            if let Err(error) = self.turn(None) {
                log::error!("the engine ends and drops its connections, it cannot wait for events: {error}");
                break;
            }
        }
        // While the thread still counts as that of the loop: drivers may own the engine.
        drop(self);
    }

    /// One turn for a caller that has a loop of its own.
    pub(super) fn run_once(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let mailbox = Arc::clone(&self.mailbox);
        let _entered = mailbox.enter();
        let result = self.turn(timeout);
        self.leave();
        result
    }

    /// Waits, at most for `limit`, and tells the drivers everything that has happened. New
    /// events go first and those who asked for another call second, so that one busy socket
    /// does not delay the others.
    fn turn(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.wait(limit)?;
        self.mailbox.stay_awake();
        self.drivers.begin_turn();
        self.poller.begin_turn(self.drivers.now())?;
        self.poller.for_each(|token, readiness| self.drivers.ready(token, readiness));
        self.drivers.serve_postponed();
        self.read_mail();
        self.drivers.ring_alarms();
        self.poller.end_turn(self.drivers.take_rest())
    }

    fn wait(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.mailbox.going_to_sleep();
        let timeout =
            if self.has_work() || self.is_over() { Some(Duration::ZERO) } else { self.sleep(limit) };
        match self.poller.wait(timeout) {
            // A signal, or the process was stopped for a while: what has happened goes before alarms all the same.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.look(),
            result => result,
        }
    }

    /// Fetches what has happened, without waiting.
    fn look(&mut self) -> io::Result<()> {
        match self.poller.wait(Some(Duration::ZERO)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            result => result,
        }
    }

    fn sleep(&self, limit: Option<Duration>) -> Option<Duration> {
        let until_alarm = self.next_alarm().map(|alarm| alarm.saturating_duration_since(host::now()));
        match (until_alarm, limit) {
            (Some(until_alarm), Some(limit)) => Some(until_alarm.min(limit)),
            (until_alarm, limit) => until_alarm.or(limit),
        }
    }

    /// Takes what was there at the beginning, no more: drivers that notify each other must not
    /// keep the loop from its sockets. Whoever is notified by that mail has arrived with it or
    /// before, because notifications are counted first and read last.
    fn read_mail(&mut self) {
        let notifications = self.inbox.notifications.len();
        let overflowed = self.mailbox.take_overflow();
        for _ in 0..self.inbox.arrivals.len() {
            if let Ok(arrival) = self.inbox.arrivals.try_recv() {
                self.drivers.adopt(arrival);
            }
        }
        for _ in 0..notifications {
            if let Ok(id) = self.inbox.notifications.try_recv() {
                self.drivers.notified(id);
            }
        }
        if overflowed {
            self.drivers.all_notified();
        }
    }

    /// Prepares for a time in which only the descriptor and the alarm stand for the loop.
    fn leave(&mut self) {
        self.mailbox.going_to_sleep();
        if self.has_work() {
            self.mailbox.set_alarm(Some(host::now()));
            self.mailbox.interrupt();
        } else {
            self.mailbox.set_alarm(self.next_alarm());
        }
    }

    fn has_work(&self) -> bool {
        self.drivers.is_postponed() || self.poller.has_more() || !self.mailbox.is_empty()
    }

    /// When to go on even if nothing happens.
    fn next_alarm(&self) -> Option<Instant> {
        self.drivers.next_alarm().into_iter().chain(self.poller.rests_until()).min()
    }

    fn is_over(&self) -> bool {
        self.mailbox.is_abandoned() && self.drivers.is_empty() && self.inbox.arrivals.is_empty()
    }
}

impl Drop for Loop {
    /// Drops the drivers one by one: a destructor of the host that panics must not keep the
    /// others from running.
    fn drop(&mut self) {
        self.drivers.clear();
        while let Ok(arrival) = self.inbox.arrivals.try_recv() {
            self.drivers.discard(arrival.driver);
        }
    }
}
