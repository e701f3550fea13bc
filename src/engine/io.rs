//! What a driver can do during a call: sockets, the clock, the shared buffer.

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use mio::Token;

use super::driver::{DriverHandle, DriverId, Readiness};
use super::poller::{Registry, Source};
use super::worker::{Elsewhere, Worker};
use crate::Ticks;
use crate::host::{self, Moment};

/// Bytes in the buffer that all drivers of a loop share.
const SCRATCH_SIZE: usize = 256 * 1024;

/// The loop, as far as the driver that is being called may use it.
pub(crate) struct Io<'a> {
    sources: &'a mut Sources,
    driver: &'a DriverHandle,
}

impl<'a> Io<'a> {
    pub(super) fn new(sources: &'a mut Sources, driver: &'a DriverHandle) -> Io<'a> {
        Io { sources, driver }
    }

    /// The time, on the monotonic clock. Read once per turn of the loop.
    pub(crate) fn now(&self) -> Instant {
        self.sources.now
    }

    /// The time on the wall clock, UTC. Read once per turn of the loop.
    pub(crate) fn utc(&self) -> Ticks {
        self.sources.utc
    }

    /// The time on both clocks. Read once per turn of the loop.
    pub(crate) fn moment(&self) -> Moment {
        Moment { instant: self.now(), utc: self.utc() }
    }

    /// 256 KiB for the duration of this call; what is in it is left from other calls.
    pub(crate) fn scratch(&mut self) -> &mut [u8] {
        &mut self.sources.scratch
    }

    /// The driver's own handle, for the threads it starts.
    pub(crate) fn handle(&self) -> DriverHandle {
        self.driver.clone()
    }

    /// Where the driver has done what would hold up the loop.
    pub(crate) fn elsewhere(&self) -> Elsewhere {
        Elsewhere { worker: self.sources.worker.clone(), owner: self.handle() }
    }

    /// Has the loop watch a socket, edge-triggered, for reading and writing. Deregister it
    /// before dropping it, unless the driver finishes with this call.
    pub(crate) fn register(&mut self, source: &mut impl Source) -> io::Result<Token> {
        self.sources.register(self.driver.id(), source)
    }

    /// Lets a registered socket wait whenever patient sockets [rest](Self::rest_until), where the system has such a
    /// thing. When this fails, the socket is not watched, and the token given up.
    pub(crate) fn be_patient(&mut self, source: &mut impl Source, token: Token) -> io::Result<()> {
        self.sources.be_patient(self.driver.id(), source, token)
    }

    /// Patient sockets of the loop, those of other drivers among them, need not be looked at before then: what happens
    /// to them until then is told together.
    pub(crate) fn rest_until(&mut self, until: Instant) {
        self.sources.rest_until(until);
    }

    /// Ends the watch on a socket; nothing is reported for the token any more. The token is
    /// given up even when this fails.
    pub(crate) fn deregister(&mut self, source: &mut impl Source, token: Token) -> io::Result<()> {
        self.sources.deregister(self.driver.id(), source, token)
    }

    /// Ends the watch on a socket and closes it.
    pub(crate) fn discard(&mut self, mut source: impl Source, token: Token) {
        if let Err(error) = self.deregister(&mut source, token) {
            log::debug!(target: "sttp::engine", "a closed socket could not be deregistered: {error}");
        }
    }

    /// Gives up a token whose socket was closed elsewhere, which ended the watch.
    pub(crate) fn release(&mut self, token: Token) {
        self.sources.release(self.driver.id(), token);
    }

    /// Asks for `ready(readable)` for this token in the next turn without waiting: reading
    /// stopped for the sake of others, not at `WouldBlock`.
    pub(crate) fn again(&mut self, token: Token) {
        self.sources.again(self.driver.id(), token);
    }
}

/// The sockets of all drivers of a loop.
pub(super) struct Sources {
    registry: Registry,
    /// Of those that are patient.
    patient: Option<Registry>,
    /// Until when they may wait.
    rest: Option<Instant>,
    registrations: Vec<Option<Registration>>,
    /// Tokens that may be given away.
    free: Vec<usize>,
    /// Tokens given up in this turn, for which the turn may still hold an event.
    given_up: Vec<usize>,
    /// Tokens to be called again: those of the last turn first, then those of this one.
    again: VecDeque<Token>,
    /// How many in `again` are of the last turn.
    postponed: usize,
    turn: u64,
    now: Instant,
    utc: Ticks,
    scratch: Box<[u8]>,
    worker: Worker,
}

struct Registration {
    owner: DriverId,
    /// The turn in which another call was last asked for; zero for none.
    again_asked: u64,
    is_patient: bool,
}

impl Sources {
    pub(super) fn new(registry: Registry, patient: Option<Registry>, worker: Worker) -> Sources {
        Sources {
            registry,
            patient,
            rest: None,
            registrations: Vec::new(),
            free: Vec::new(),
            given_up: Vec::new(),
            again: VecDeque::new(),
            postponed: 0,
            turn: 0,
            now: host::now(),
            utc: host::utc(),
            scratch: vec![0; SCRATCH_SIZE].into_boxed_slice(),
            worker,
        }
    }

    /// Starts a turn: to be called between waiting and the first driver.
    pub(super) fn begin_turn(&mut self) {
        self.now = host::now();
        self.utc = host::utc();
        self.turn += 1;
        self.postponed = self.again.len();
        self.free.append(&mut self.given_up);
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// The number of this turn; the first is 1.
    pub(super) fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether a token is to be called again without waiting.
    pub(super) fn is_postponed(&self) -> bool {
        !self.again.is_empty()
    }

    /// The driver to tell of an event.
    pub(super) fn owner(&mut self, token: Token, readiness: Readiness) -> Option<DriverId> {
        let registration = self.registrations.get_mut(token.0)?.as_mut()?;
        if readiness.readable {
            // This call is the one that was asked for.
            registration.again_asked = 0;
        }
        Some(registration.owner)
    }

    /// The next token that was postponed in the last turn, and has not been read since.
    pub(super) fn next_postponed(&mut self) -> Option<(Token, DriverId)> {
        while self.postponed > 0 {
            self.postponed -= 1;
            let token = self.again.pop_front()?;
            if let Some(Some(registration)) = self.registrations.get_mut(token.0)
                && registration.again_asked + 1 == self.turn
            {
                registration.again_asked = 0;
                return Some((token, registration.owner));
            }
        }
        None
    }

    /// Gives up all tokens of a driver.
    pub(super) fn forget(&mut self, driver: DriverId) {
        for (index, entry) in self.registrations.iter_mut().enumerate() {
            if entry.as_ref().is_some_and(|registration| registration.owner == driver) {
                *entry = None;
                self.given_up.push(index);
            }
        }
    }

    fn register(&mut self, owner: DriverId, source: &mut impl Source) -> io::Result<Token> {
        let index = self.free.last().copied().unwrap_or(self.registrations.len());
        source.register(&self.registry, Token(index))?;
        let registration = Some(Registration { owner, again_asked: 0, is_patient: false });
        match self.registrations.get_mut(index) {
            Some(entry) => {
                *entry = registration;
                self.free.pop();
            }
            None => self.registrations.push(registration),
        }
        Ok(Token(index))
    }

    fn deregister(&mut self, owner: DriverId, source: &mut impl Source, token: Token) -> io::Result<()> {
        let is_patient = self.registration(owner, token).is_some_and(|registration| registration.is_patient);
        self.release(owner, token);
        source.deregister(self.patient.as_ref().filter(|_| is_patient).unwrap_or(&self.registry))
    }

    fn registration(&mut self, owner: DriverId, token: Token) -> Option<&mut Registration> {
        self.registrations.get_mut(token.0)?.as_mut().filter(|registration| registration.owner == owner)
    }

    fn be_patient(&mut self, owner: DriverId, source: &mut impl Source, token: Token) -> io::Result<()> {
        let is_hasty = self.registration(owner, token).is_some_and(|registration| !registration.is_patient);
        if is_hasty && let Some(patient) = &self.patient {
            let moved = source.deregister(&self.registry).and_then(|()| source.register(patient, token));
            match (&moved, self.registration(owner, token)) {
                (Ok(()), Some(registration)) => registration.is_patient = true,
                _ => self.release(owner, token),
            }
            return moved;
        }
        Ok(())
    }

    fn rest_until(&mut self, until: Instant) {
        self.rest = Some(self.rest.map_or(until, |rest| rest.min(until)));
    }

    pub(super) fn take_rest(&mut self) -> Option<Instant> {
        self.rest.take()
    }

    fn release(&mut self, owner: DriverId, token: Token) {
        if let Some(entry) = self.registrations.get_mut(token.0)
            && entry.as_ref().is_some_and(|registration| registration.owner == owner)
        {
            *entry = None;
            self.given_up.push(token.0);
        }
    }

    fn again(&mut self, owner: DriverId, token: Token) {
        if let Some(Some(registration)) = self.registrations.get_mut(token.0)
            && registration.owner == owner
            && registration.again_asked != self.turn
        {
            registration.again_asked = self.turn;
            self.again.push_back(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::DatagramReceiver;
    use crate::engine::poller::Poller;
    use crate::engine::worker::Threads;

    #[test]
    fn a_fresh_event_stands_for_the_postponed_call() {
        let worker = Worker::passing(Arc::new(Threads), "worker", 1);
        let mut sources = Sources::new(Poller::new().unwrap().registry().unwrap(), None, worker);
        let driver = DriverId(7);
        let mut socket = DatagramReceiver::bind("127.0.0.1:0".parse().unwrap(), None, 0).unwrap();
        let token = sources.register(driver, &mut socket).unwrap();
        let writable = Readiness { readable: false, writable: true };
        for (event, postponed) in [(Some(Readiness::READABLE), false), (Some(writable), true), (None, true)] {
            sources.begin_turn();
            sources.again(driver, token);
            sources.begin_turn();
            if let Some(readiness) = event {
                assert_eq!(sources.owner(token, readiness), Some(driver));
            }
            assert_eq!(sources.next_postponed(), postponed.then_some((token, driver)));
            assert_eq!(sources.next_postponed(), None);
            assert!(!sources.is_postponed());
        }
    }
}
