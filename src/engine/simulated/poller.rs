//! How a loop waits for what happens on a simulated network: it does not, it is told.

use std::io;
use std::net::IpAddr;

use mio::Token;

use super::network::{Shared, lock};
use crate::engine::driver::Readiness;

/// Tells one loop of its sockets.
pub(in crate::engine) struct Poller {
    registry: Registry,
    events: Vec<(Token, Readiness)>,
}

/// Watches sockets for a loop. Clones are handles to the same.
#[derive(Clone)]
pub(crate) struct Registry {
    network: Shared,
    poller: usize,
}

impl Poller {
    /// For a loop on a host.
    pub(super) fn new(network: &Shared, host: IpAddr) -> Poller {
        let poller = lock(network).add_poller(host);
        Poller { registry: Registry { network: network.clone(), poller }, events: Vec::new() }
    }

    pub(in crate::engine) fn registry(&self) -> Registry {
        self.registry.clone()
    }

    /// Takes what has happened.
    ///
    /// # Errors
    /// `Interrupted` when the process was stopped, as Linux says then.
    pub(in crate::engine) fn poll(&mut self) -> io::Result<()> {
        self.events.clear();
        self.events = lock(&self.registry.network).poll(self.registry.poller)?;
        Ok(())
    }

    pub(in crate::engine) fn events(&self) -> &[(Token, Readiness)] {
        &self.events
    }
}

impl Registry {
    /// The number of the loop that watches.
    pub(super) fn poller(&self) -> usize {
        self.poller
    }

    /// Has the loop take a turn.
    pub(in crate::engine) fn wake(&self) {
        lock(&self.network).wake(self.poller);
    }
}
