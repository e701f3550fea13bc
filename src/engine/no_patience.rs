//! Where the system has no pollers in pollers: no socket is patient.

use std::io;
use std::time::Instant;

use mio::{Events, Registry, Token};

/// As where there are patient sockets, but nothing ever happens to them.
pub(super) struct Patience {
    events: Events,
}

impl Patience {
    pub(super) fn new(_outer: Registry, _token: Token, _capacity: usize) -> io::Result<Patience> {
        Ok(Patience { events: Events::with_capacity(1) })
    }

    pub(super) fn registry(&self) -> Option<&Registry> {
        None
    }

    pub(super) fn fetch(&mut self, _is_told: bool, _now: Instant) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    pub(super) fn has_more(&self) -> bool {
        false
    }

    pub(super) fn rests_until(&self) -> Option<Instant> {
        None
    }

    pub(super) fn end_turn(&mut self, _rest: Option<Instant>) -> io::Result<()> {
        Ok(())
    }
}
