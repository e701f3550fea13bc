//! The network of a simulation: its hosts' sockets, and what is on its way between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mio::Token;

use super::conditions::Ways;
use super::datagram::{Receiver, Sender, Traffic};
use super::listener::Listener;
use super::stream::End;
use crate::engine::driver::Readiness;
use crate::host;
use crate::host::simulated::Random;

/// The first port that is given to whoever asks for any.
const FIRST_PORT: u16 = 49_152;

/// A handle to a network; clones are handles to the same.
pub(in crate::engine) type Shared = Arc<Mutex<Network>>;

pub(super) fn lock(network: &Shared) -> MutexGuard<'_, Network> {
    network.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All sockets, and what is on its way.
pub(in crate::engine) struct Network {
    pub(super) random: Random,
    pub(super) ways: Ways,
    pub(super) ends: BTreeMap<u64, End>,
    pub(super) listeners: BTreeMap<u64, Listener>,
    pub(super) receivers: BTreeMap<u64, Receiver>,
    pub(super) senders: BTreeMap<u64, Sender>,
    pub(super) traffic: BTreeMap<(IpAddr, IpAddr), Traffic>,
    pub(super) names: BTreeMap<String, Vec<IpAddr>>,
    /// What was read of what hosts sent to others, where that is recorded.
    pub(super) recordings: BTreeMap<(IpAddr, IpAddr), Vec<u8>>,
    /// The host of the loop that runs, or ran last.
    host: IpAddr,
    pollers: Vec<PollerState>,
    /// Those whose wait would end at once.
    ready: BTreeSet<usize>,
    /// What will arrive when; the number keeps the order of what arrives at one time.
    agenda: BTreeMap<(Instant, u64), Due>,
    /// Connections that are not made because a host cannot be reached.
    held: Vec<u64>,
    last_number: u64,
    last_port: u16,
}

/// Something that arrives.
pub(super) enum Due {
    /// A wish to be connected, of this end.
    Connect(u64),
    /// Bytes, or their end, at this end.
    Bytes(u64),
    Datagram {
        receiver: u64,
        from: SocketAddr,
        bytes: Vec<u8>,
    },
    /// Something else that takes its time, such as the answer of a name server.
    Call(Box<dyn FnOnce() + Send>),
}

/// A socket that a loop watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    End(u64),
    Listener(u64),
    Receiver(u64),
}

/// Which loop watches a socket, and as what.
pub(super) type Watch = Option<(usize, Token)>;

/// What a loop waits for.
struct PollerState {
    host: IpAddr,
    /// Sockets of which something is to be told, by token.
    changed: BTreeMap<usize, Socket>,
    /// Its process is stopped.
    stopped: bool,
    /// Its process was stopped while it waited.
    interrupted: bool,
}

impl Network {
    pub(super) fn new(random: Random) -> Network {
        Network {
            random,
            ways: Ways::default(),
            ends: BTreeMap::new(),
            listeners: BTreeMap::new(),
            receivers: BTreeMap::new(),
            senders: BTreeMap::new(),
            traffic: BTreeMap::new(),
            names: BTreeMap::new(),
            recordings: BTreeMap::new(),
            host: Ipv4Addr::LOCALHOST.into(),
            pollers: Vec::new(),
            ready: BTreeSet::new(),
            agenda: BTreeMap::new(),
            held: Vec::new(),
            last_number: 0,
            last_port: FIRST_PORT,
        }
    }

    /// A number that nothing else has.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// The port that was asked for, or any if that is 0.
    pub(super) fn port_or_any(&mut self, asked: u16) -> u16 {
        if asked != 0 {
            return asked;
        }
        self.last_port = self.last_port.checked_add(1).unwrap_or(FIRST_PORT);
        self.last_port
    }

    /// The host whose sockets are opened now.
    pub(super) fn host(&self) -> IpAddr {
        self.host
    }

    pub(super) fn set_host(&mut self, host: IpAddr) {
        self.host = host;
    }

    // -- what arrives --

    pub(super) fn schedule(&mut self, at: Instant, due: Due) {
        let number = self.next_number();
        self.agenda.insert((at, number), due);
    }

    /// When the next thing arrives.
    pub(super) fn next_arrival(&self) -> Option<Instant> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets everything arrive whose time has come. Returns what is to be called without the lock.
    pub(super) fn arrive(&mut self) -> Vec<Box<dyn FnOnce() + Send>> {
        let (now, mut calls) = (host::now(), Vec::new());
        while let Some(entry) = self.agenda.first_entry()
            && entry.key().0 <= now
        {
            match entry.remove() {
                Due::Connect(end) => {
                    if !self.try_to_connect(end) {
                        self.held.push(end);
                    }
                }
                Due::Bytes(end) => self.changed(Socket::End(end)),
                Due::Datagram { receiver, from, bytes } => self.deliver(receiver, from, bytes),
                Due::Call(call) => calls.push(call),
            }
        }
        calls
    }

    /// The conditions are others now, between these hosts or between all.
    pub(super) fn conditions_changed(&mut self, hosts: Option<[IpAddr; 2]>) {
        let now = host::now();
        for end in std::mem::take(&mut self.held) {
            self.schedule(now, Due::Connect(end));
        }
        let concerned = |end: &End| hosts.is_none_or(|[one, other]| end.is_between(one, other));
        let ends = self.ends.iter().filter(|(_, end)| concerned(end));
        let ends: Vec<u64> = ends.map(|(id, _)| *id).collect();
        ends.into_iter().for_each(|end| self.changed(Socket::End(end)));
    }

    // -- what loops are told --

    pub(super) fn add_poller(&mut self, host: IpAddr) -> usize {
        let state = PollerState { host, changed: BTreeMap::new(), stopped: false, interrupted: false };
        self.pollers.push(state);
        self.pollers.len() - 1
    }

    /// Where the loop with this poller runs.
    pub(super) fn host_of(&self, poller: usize) -> IpAddr {
        self.pollers[poller].host
    }

    pub(super) fn wake(&mut self, poller: usize) {
        self.ready.insert(poller);
    }

    /// Stops the processes of a host, or lets them go on.
    pub(super) fn stop(&mut self, host: IpAddr, stopped: bool) {
        for (number, state) in self.pollers.iter_mut().enumerate().filter(|(_, state)| state.host == host) {
            state.interrupted |= state.stopped && !stopped;
            state.stopped = stopped;
            self.ready.insert(number);
        }
    }

    fn ready(&self) -> impl Iterator<Item = usize> {
        self.ready.iter().copied().filter(|poller| !self.pollers[*poller].stopped)
    }

    /// Any of those whose wait would end at once.
    pub(super) fn any_ready(&mut self) -> Option<usize> {
        let count = self.ready().count();
        if count == 0 {
            return None;
        }
        let position = self.random.below(count);
        self.ready().nth(position)
    }

    /// Whether a wait of any would end at once.
    pub(super) fn is_ready(&self) -> bool {
        self.ready().next().is_some()
    }

    /// What has happened, in any order. Begins a turn of the loop, on its host.
    pub(super) fn poll(&mut self, poller: usize) -> io::Result<Vec<(Token, Readiness)>> {
        let state = &mut self.pollers[poller];
        self.host = state.host;
        if std::mem::take(&mut state.interrupted) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.ready.remove(&poller);
        let mut changed: VecDeque<_> = std::mem::take(&mut state.changed).into_iter().collect();
        let mut events = Vec::with_capacity(changed.len());
        while !changed.is_empty() {
            let position = self.random.below(changed.len());
            let Some((token, socket)) = changed.swap_remove_back(position) else { break };
            let readiness = self.readiness(socket);
            if readiness.readable || readiness.writable {
                events.push((Token(token), readiness));
            }
        }
        Ok(events)
    }

    fn readiness(&self, socket: Socket) -> Readiness {
        match socket {
            Socket::End(id) => self.end_readiness(id),
            Socket::Listener(id) => Readiness {
                readable: self.listeners.get(&id).is_some_and(Listener::has_waiting),
                writable: false,
            },
            Socket::Receiver(id) => Readiness {
                readable: self.receivers.get(&id).is_some_and(Receiver::has_waiting),
                writable: true,
            },
        }
    }

    /// Something about a socket is to be told to the loop that watches it.
    pub(super) fn changed(&mut self, socket: Socket) {
        if let Some((poller, token)) = self.watch(socket).and_then(|watch| *watch) {
            self.pollers[poller].changed.insert(token.0, socket);
            self.ready.insert(poller);
        }
    }

    fn watch(&mut self, socket: Socket) -> Option<&mut Watch> {
        match socket {
            Socket::End(id) => self.ends.get_mut(&id).map(|end| &mut end.watch),
            Socket::Listener(id) => self.listeners.get_mut(&id).map(|listener| &mut listener.watch),
            Socket::Receiver(id) => self.receivers.get_mut(&id).map(|receiver| &mut receiver.watch),
        }
    }

    /// Has a loop watch a socket. It is told at once what the socket is good for.
    pub(super) fn register(&mut self, socket: Socket, poller: usize, token: Token) -> io::Result<()> {
        let watch = self.watch(socket).ok_or(io::ErrorKind::NotFound)?;
        if watch.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        *watch = Some((poller, token));
        self.changed(socket);
        Ok(())
    }

    pub(super) fn deregister(&mut self, socket: Socket) -> io::Result<()> {
        let watch = self.watch(socket).and_then(Option::take);
        let (poller, token) = watch.ok_or(io::ErrorKind::NotFound)?;
        self.pollers[poller].changed.remove(&token.0);
        Ok(())
    }

    /// The addresses that a name stands for.
    pub(super) fn look_up(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let addresses = self.names.get(name).filter(|addresses| !addresses.is_empty());
        let addresses = addresses.ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "the simulated network has no such name")
        })?;
        Ok(addresses.iter().map(|address| SocketAddr::new(*address, port)).collect())
    }
}
