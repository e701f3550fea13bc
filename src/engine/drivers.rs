//! The drivers of a loop, and when each of them wants to be called.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::Token;

use super::driver::{Arrival, Driver, DriverHandle, DriverId, Readiness};
use super::io::{Io, Sources};
use super::mailbox::Mailbox;
use super::panics::contain;

/// The least time between two time-outs of a driver whose deadline stays in the past.
const TIMEOUT_INTERVAL: Duration = Duration::from_millis(1);

/// All drivers, their sockets and their deadlines.
pub(super) struct Drivers {
    slots: HashMap<DriverId, Slot>,
    /// When to look at which driver: never later than its deadline, often earlier.
    alarms: BTreeSet<(Instant, DriverId)>,
    sources: Sources,
    mailbox: Arc<Mailbox>,
    /// Kept for its memory.
    raised: Vec<DriverId>,
}

struct Slot {
    driver: Box<dyn Driver>,
    handle: DriverHandle,
    /// What the driver said after its last call.
    deadline: Option<Instant>,
    /// What `alarms` holds for it.
    alarm: Option<Instant>,
    /// The turn of its last notification.
    notified_in: u64,
}

impl Drivers {
    pub(super) fn new(sources: Sources, mailbox: Arc<Mailbox>) -> Drivers {
        Drivers { slots: HashMap::new(), alarms: BTreeSet::new(), sources, mailbox, raised: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// When the loop has to look at its drivers even if nothing happens.
    pub(super) fn next_alarm(&self) -> Option<Instant> {
        self.alarms.first().map(|(at, _)| *at)
    }

    /// Whether a driver waits for nothing but its turn.
    pub(super) fn is_postponed(&self) -> bool {
        self.sources.is_postponed()
    }

    pub(super) fn begin_turn(&mut self) {
        self.sources.begin_turn();
    }

    /// The time of this turn.
    pub(super) fn now(&self) -> Instant {
        self.sources.now()
    }

    /// Until when patient sockets may wait, if drivers have said that in this turn.
    pub(super) fn take_rest(&mut self) -> Option<Instant> {
        self.sources.take_rest()
    }

    /// Tells a driver what has become of its socket.
    pub(super) fn ready(&mut self, token: Token, readiness: Readiness) {
        if let Some(owner) = self.sources.owner(token, readiness) {
            self.call(owner, None, |driver, io| driver.ready(io, token, readiness));
        }
    }

    /// Calls those that asked for it in the last turn.
    pub(super) fn serve_postponed(&mut self) {
        while let Some((token, owner)) = self.sources.next_postponed() {
            self.call(owner, None, |driver, io| driver.ready(io, token, Readiness::READABLE));
        }
    }

    /// Takes a driver in and starts it.
    pub(super) fn adopt(&mut self, arrival: Arrival) {
        let id = arrival.handle.id();
        let slot = Slot {
            driver: arrival.driver,
            handle: arrival.handle,
            deadline: None,
            alarm: None,
            notified_in: 0,
        };
        self.slots.insert(id, slot);
        self.call(id, None, |driver, io| driver.start(io));
    }

    /// Tells a driver that it was notified, if it has not been told yet: once a turn at most,
    /// even if it notifies itself. What comes later has left word in the mailbox again.
    pub(super) fn notified(&mut self, id: DriverId) {
        let turn = self.sources.turn();
        let Some(slot) = self.slots.get_mut(&id) else { return };
        if slot.notified_in != turn && slot.handle.take_notice() {
            slot.notified_in = turn;
            self.call(id, None, |driver, io| driver.notified(io));
        }
    }

    /// Finds the drivers whose notifications did not fit into the channel.
    pub(super) fn all_notified(&mut self) {
        let mut raised = std::mem::take(&mut self.raised);
        raised.extend(self.slots.iter().filter(|(_, slot)| slot.handle.is_raised()).map(|(id, _)| *id));
        for id in raised.drain(..) {
            self.notified(id);
        }
        self.raised = raised;
    }

    /// Calls the drivers whose deadline has passed, earliest first, each once.
    pub(super) fn ring_alarms(&mut self) {
        let now = self.sources.now();
        while let Some(&(at, id)) = self.alarms.first()
            && at <= now
        {
            self.alarms.pop_first();
            let Some(slot) = self.slots.get_mut(&id) else { continue };
            slot.alarm = None;
            match slot.deadline {
                Some(deadline) if deadline > at => {
                    slot.alarm = Some(deadline);
                    self.alarms.insert((deadline, id));
                }
                Some(_) => self.call(id, Some(now + TIMEOUT_INTERVAL), |driver, io| driver.timeout(io)),
                None => {}
            }
        }
    }

    /// Drops all drivers.
    pub(super) fn clear(&mut self) {
        while let Some(id) = self.slots.keys().next().copied() {
            self.remove(id);
        }
    }

    /// Calls a driver and acts on what has become of it. Its next alarm rings at `earliest` or
    /// later.
    fn call(
        &mut self,
        id: DriverId,
        earliest: Option<Instant>,
        visit: impl FnOnce(&mut dyn Driver, &mut Io<'_>),
    ) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        let driver = slot.driver.as_mut();
        let mut io = Io::new(&mut self.sources, &slot.handle);
        let outcome = contain(|| {
            visit(driver, &mut io);
            (driver.finished(), driver.deadline())
        });
        match outcome {
            Ok((false, deadline)) => {
                slot.deadline = deadline;
                slot.set_alarm(&mut self.alarms, earliest);
            }
            Ok((true, _)) => self.remove(id),
            Err(message) => {
                log::error!("a callback panicked, its connection is dropped: {message}");
                self.remove(id);
            }
        }
    }

    fn remove(&mut self, id: DriverId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        if let Some(alarm) = slot.alarm {
            self.alarms.remove(&(alarm, id));
        }
        self.sources.forget(id);
        self.discard(slot.driver);
    }

    /// Drops a driver that the loop calls no more, or has never called.
    pub(super) fn discard(&self, driver: Box<dyn Driver>) {
        if let Err(message) = contain(|| drop(driver)) {
            log::error!("a destructor panicked: {message}");
        }
        self.mailbox.forget_driver();
    }
}

impl Slot {
    /// Sets the alarm for the deadline unless an earlier one is set already. A deadline that
    /// moves on with every packet thus costs nothing: the early alarm finds the later deadline.
    fn set_alarm(&mut self, alarms: &mut BTreeSet<(Instant, DriverId)>, earliest: Option<Instant>) {
        let Some(deadline) = self.deadline else { return };
        let at = earliest.map_or(deadline, |earliest| deadline.max(earliest));
        if self.alarm.is_some_and(|alarm| alarm <= at) {
            return;
        }
        let id = self.handle.id();
        if let Some(later) = self.alarm.replace(at) {
            alarms.remove(&(later, id));
        }
        alarms.insert((at, id));
    }
}
