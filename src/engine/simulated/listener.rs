//! Ports of a simulated network that are listened on.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use mio::Token;

use super::network::{Network, Shared, Socket, Watch, lock};
use super::poller::Registry;
use super::stream::Stream;

/// A port, and who waits to be accepted there.
pub(super) struct Listener {
    address: SocketAddr,
    pub(super) watch: Watch,
    waiting: VecDeque<u64>,
}

impl Listener {
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn takes(&self, address: SocketAddr) -> bool {
        let is_there = self.address.ip().is_unspecified() || self.address.ip() == address.ip();
        is_there && self.address.port() == address.port()
    }
}

impl Network {
    fn listen(&mut self, mut address: SocketAddr) -> io::Result<u64> {
        if address.port() != 0 && self.listener_at(address).is_some() {
            return Err(ErrorKind::AddrInUse.into());
        }
        let port = self.port_or_any(address.port());
        address.set_port(port);
        let id = self.next_number();
        self.listeners.insert(id, Listener { address, watch: None, waiting: VecDeque::new() });
        Ok(id)
    }

    pub(super) fn listener_at(&self, address: SocketAddr) -> Option<u64> {
        self.listeners.iter().find(|(_, listener)| listener.takes(address)).map(|(id, _)| *id)
    }

    /// An end waits to be accepted.
    pub(super) fn offer(&mut self, listener: u64, end: u64) {
        if let Some(waiting) = self.listeners.get_mut(&listener).map(|listener| &mut listener.waiting) {
            waiting.push_back(end);
        }
        self.changed(Socket::Listener(listener));
    }

    fn accept(&mut self, id: u64) -> Option<(u64, SocketAddr)> {
        let end = self.listeners.get_mut(&id)?.waiting.pop_front()?;
        Some((end, self.ends.get(&end)?.remote))
    }

    fn stop_listening(&mut self, id: u64) {
        let _ = self.deregister(Socket::Listener(id));
        let waiting = self.listeners.remove(&id).map(|listener| listener.waiting);
        for end in waiting.into_iter().flatten() {
            if let Some(peer) = self.ends.remove(&end).and_then(|end| end.peer) {
                self.reset(peer);
            }
        }
    }
}

/// A port that is listened on, as its owner holds it.
pub(in crate::engine) struct StreamListener {
    network: Shared,
    id: u64,
    address: SocketAddr,
}

impl StreamListener {
    pub(in crate::engine) fn bind(network: &Shared, address: SocketAddr) -> io::Result<StreamListener> {
        let mut locked = lock(network);
        let id = locked.listen(address)?;
        let address = locked.listeners.get(&id).map_or(address, |listener| listener.address);
        Ok(StreamListener { network: network.clone(), id, address })
    }

    pub(in crate::engine) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The next connection and where it comes from, if one waits.
    pub(in crate::engine) fn accept(&self) -> Option<(Stream, SocketAddr)> {
        let (end, address) = lock(&self.network).accept(self.id)?;
        Some((Stream::accepted(&self.network, end), address))
    }

    pub(in crate::engine) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        lock(&self.network).register(Socket::Listener(self.id), registry.poller(), token)
    }

    pub(in crate::engine) fn deregister(&self) -> io::Result<()> {
        lock(&self.network).deregister(Socket::Listener(self.id))
    }
}

impl Drop for StreamListener {
    fn drop(&mut self) {
        lock(&self.network).stop_listening(self.id);
    }
}

impl std::fmt::Debug for StreamListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamListener").field("address", &self.address).finish_non_exhaustive()
    }
}
