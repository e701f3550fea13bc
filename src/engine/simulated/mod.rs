//! Engines on a simulated network, with a simulated clock, for tests (cargo feature `simulation`).
//!
//! A [`Simulation`] belongs to the thread that made it. The engines that it gives run publishers and
//! subscribers as other engines do, with the same drivers, but their loops turn when the simulation
//! says so, their sockets are those of its network, and the clock moves only when nothing is left to
//! do at the time that it shows. Everything that chance decides is decided by a seed: with the same
//! seed the same happens again.
//!
//! Nothing goes on while a call of the library waits. Calls that would wait for the engine, such as
//! [`Publisher::flush`](crate::publisher::Publisher::flush) without a time-out of zero, must not be
//! made; publishing does not wait, but says so.

mod conditions;
mod datagram;
mod listener;
mod network;
mod peer;
mod poller;
mod runners;
mod running;
mod stream;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use conditions::Conditions;
pub use datagram::Traffic;
pub use peer::{Peer, RawDatagrams, RawListener};
pub use running::{as_host, running};

pub(super) use datagram::{DatagramSocket, DatagramSource};
pub(super) use listener::StreamListener;
pub(super) use network::Shared;
pub(super) use poller::{Poller, Registry};
pub(super) use stream::Stream;

use super::Engine;
use crate::Ticks;
use crate::host;
use crate::host::simulated;
pub use crate::host::simulated::Random;
use network::{Due, Network, lock};
use runners::Runners;

/// The longest time that a loop's turn takes.
const LONGEST_TURN: Duration = Duration::from_micros(20);
/// Turns without an end to what happens, after which it will not come.
const MOST_TURNS: usize = 20_000_000;

thread_local! {
    static CURRENT: RefCell<Option<Shared>> = const { RefCell::new(None) };
}

/// The network of the simulation that this thread runs.
pub(super) fn current() -> Option<Shared> {
    CURRENT.with_borrow(Option::clone)
}

/// A simulation, run by the thread that made it. Dropping it ends everything in it.
pub struct Simulation {
    network: Shared,
    /// By the number of their pollers.
    loops: RefCell<Vec<SimulatedLoop>>,
    /// When loops have to take a turn though nothing happens.
    alarms: RefCell<BTreeSet<(Instant, usize)>>,
    runners: Arc<Runners>,
    random: RefCell<Random>,
    begun: Instant,
}

/// One loop of an engine.
#[derive(Clone)]
struct SimulatedLoop {
    engine: Engine,
    number: usize,
    /// What `alarms` holds for it.
    alarm: Option<Instant>,
}

impl Simulation {
    /// A simulation in which a seed decides what happens.
    ///
    /// # Panics
    /// The thread runs a simulation already.
    pub fn new(seed: u64) -> Simulation {
        let mut random = Random::new(seed);
        assert!(simulated::begin(random.fork()), "this thread runs a simulation already; drop it first");
        let network = Arc::new(Mutex::new(Network::new(random.fork())));
        CURRENT.set(Some(network.clone()));
        let runners = Arc::new(Runners::new(random.fork()));
        Simulation {
            network,
            loops: RefCell::default(),
            alarms: RefCell::default(),
            runners,
            random: RefCell::new(random),
            begun: host::now(),
        }
    }

    /// An engine on a host of the network, with so many loops.
    pub fn engine(&self, host: IpAddr, loops: NonZeroUsize) -> Engine {
        let pollers: Vec<Poller> = (0..loops.get()).map(|_| Poller::new(&self.network, host)).collect();
        let engine = Engine::simulated(pollers, self.runners.clone());
        let new_loop = |number| SimulatedLoop { engine: engine.clone(), number, alarm: None };
        self.loops.borrow_mut().extend((0..loops.get()).map(new_loop));
        engine
    }

    /// The time since the simulation began.
    pub fn elapsed(&self) -> Duration {
        host::now().duration_since(self.begun)
    }

    /// The time on the wall clock, UTC.
    pub fn utc(&self) -> Ticks {
        host::utc()
    }

    /// The time on the monotonic clock.
    pub fn now(&self) -> Instant {
        host::now()
    }

    /// Sets the wall clock on or back.
    pub fn set_utc(&self, utc: Ticks) {
        simulated::set_utc(utc);
    }

    // -- the network --

    /// Changes what all ways are like for which nothing else was said.
    pub fn usual_conditions(&self, change: impl FnOnce(&mut Conditions)) {
        let mut network = lock(&self.network);
        change(network.ways.usual_mut());
        network.conditions_changed(None);
    }

    /// Changes what the way from one host to another one is like.
    pub fn conditions(&self, from: IpAddr, to: IpAddr, change: impl FnOnce(&mut Conditions)) {
        let mut network = lock(&self.network);
        change(network.ways.between_mut(from, to));
        network.conditions_changed(Some([from, to]));
    }

    /// Breaks all connections between two hosts; what was on its way is lost.
    pub fn cut(&self, one: IpAddr, other: IpAddr) {
        let mut network = lock(&self.network);
        let ends = network.ends.iter().filter(|(_, end)| end.is_between(one, other));
        let ends: Vec<u64> = ends.map(|(id, _)| *id).collect();
        ends.into_iter().for_each(|id| network.reset(id));
    }

    /// Stops the processes of a host, as a debugger or SIGSTOP does: what is sent to them waits.
    pub fn stop(&self, host: IpAddr) {
        lock(&self.network).stop(host, true);
    }

    /// Lets the processes of a host go on.
    pub fn go_on(&self, host: IpAddr) {
        lock(&self.network).stop(host, false);
    }

    /// Has a name stand for hosts.
    pub fn name(&self, name: &str, hosts: &[IpAddr]) {
        lock(&self.network).names.insert(name.to_owned(), hosts.to_vec());
    }

    /// The datagrams that a host sent so far to another one, or to a group.
    pub fn datagrams(&self, from: IpAddr, to: IpAddr) -> Traffic {
        lock(&self.network).traffic.get(&(from, to)).cloned().unwrap_or_default()
    }

    /// How many sockets for sending datagrams are open, on all hosts.
    pub fn open_datagram_senders(&self) -> usize {
        lock(&self.network).senders.len()
    }

    /// How many ends of connections are open, on all hosts.
    pub fn open_connection_ends(&self) -> usize {
        lock(&self.network).ends.len()
    }

    /// Records from now on what is read of what a host sends to another one by connections.
    pub fn record(&self, from: IpAddr, to: IpAddr) {
        lock(&self.network).recordings.insert((from, to), Vec::new());
    }

    /// What was recorded so far.
    pub fn recorded(&self, from: IpAddr, to: IpAddr) -> Vec<u8> {
        lock(&self.network).recordings.get(&(from, to)).cloned().unwrap_or_default()
    }

    /// Begins to connect a host that does not run the library.
    pub fn connect(&self, from: IpAddr, to: SocketAddr) -> Peer {
        let before = {
            let mut network = lock(&self.network);
            let before = network.host();
            network.set_host(from);
            before
        };
        let stream = Stream::connect(&self.network, to);
        lock(&self.network).set_host(before);
        Peer::new(stream, to)
    }

    /// Listens on a host that does not run the library.
    ///
    /// # Errors
    /// The port is in use.
    pub fn listen(&self, address: SocketAddr) -> io::Result<RawListener> {
        Ok(RawListener::new(StreamListener::bind(&self.network, address)?))
    }

    /// Receives datagrams on a host that does not run the library: those to an address of it, or to a
    /// group with its port.
    ///
    /// # Errors
    /// The port is in use.
    pub fn receive_datagrams(&self, address: SocketAddr, group: Option<IpAddr>) -> io::Result<RawDatagrams> {
        let socket = DatagramSocket::bind(&self.network, address, group, 0)?;
        let address = SocketAddr::new(group.unwrap_or(address.ip()), socket.port());
        Ok(RawDatagrams::new(socket, address))
    }

    /// Work that is done elsewhere than on a loop, such as reading historical data, takes so long at
    /// most from now on, each piece of it; with `None` nothing of it gets done.
    pub fn set_longest_job(&self, longest: Option<Duration>) {
        self.runners.set_longest(longest);
    }

    // -- time --

    /// Whoever looks at the monotonic clock has worked so long before, from now on: what measures its time finds that it
    /// takes some.
    pub fn set_work_between_looks(&self, work: Duration) {
        simulated::set_look(work);
    }

    /// Does the next thing that there is to do, of several at the same time any one, or lets the time
    /// pass until there is something, at most until `end`. False when nothing is left before that.
    pub fn step(&self, end: Instant) -> bool {
        self.arrive();
        let ready = lock(&self.network).any_ready();
        if let Some(ready) = ready {
            self.turn(ready);
            return true;
        }
        let (now, job) = (host::now(), self.runners.next_due());
        if job.is_some_and(|due| due <= now) {
            self.runners.step();
            return true;
        }
        let arrival = lock(&self.network).next_arrival();
        let alarm = self.alarms.borrow().first().map(|(at, _)| *at);
        let next = alarm.into_iter().chain(arrival).chain(job).min().filter(|next| *next <= end);
        simulated::pass(next.unwrap_or(end).saturating_duration_since(now));
        next.is_some()
    }

    /// Lets everything happen that happens in this time.
    pub fn run_for(&self, span: Duration) {
        let end = host::now() + span;
        self.run_while(|| self.step(end));
    }

    /// Goes on until `condition` is true, for so long at most. Whether it is.
    pub fn run_until(&self, longest: Duration, mut condition: impl FnMut() -> bool) -> bool {
        let end = host::now() + longest;
        let mut holds = condition();
        self.run_while(|| {
            if holds {
                return false;
            }
            let goes_on = self.step(end);
            holds = condition();
            goes_on
        });
        holds
    }

    /// Goes on until nothing is on its way and no loop has anything to do but to wait.
    ///
    /// # Panics
    /// That does not come about.
    pub fn settle(&self) {
        self.run_while(|| {
            if self.is_busy() {
                return self.step(host::now());
            }
            let arrival = lock(&self.network).next_arrival();
            arrival.into_iter().chain(self.runners.next_due()).min().is_some_and(|next| {
                self.step(next);
                true
            })
        });
    }

    /// Whether a loop has something to do now.
    pub fn is_busy(&self) -> bool {
        self.ring_alarms();
        lock(&self.network).is_ready()
    }

    fn run_while(&self, mut goes_on: impl FnMut() -> bool) {
        for _ in 0..MOST_TURNS {
            if !goes_on() {
                return;
            }
        }
        panic!("{MOST_TURNS} turns of loops, and no end of what there is to do");
    }

    fn arrive(&self) {
        let calls = lock(&self.network).arrive();
        calls.into_iter().for_each(|call| call());
        self.ring_alarms();
    }

    /// Has the loops take a turn whose time has come.
    fn ring_alarms(&self) {
        let (now, mut alarms) = (host::now(), self.alarms.borrow_mut());
        while let Some(&(at, number)) = alarms.first()
            && at <= now
        {
            alarms.pop_first();
            self.loops.borrow_mut()[number].alarm = None;
            lock(&self.network).wake(number);
        }
    }

    /// Has the loop of a number take a turn.
    fn turn(&self, number: usize) {
        let one = self.loops.borrow()[number].clone();
        let host = lock(&self.network).host_of(number);
        as_host(Some(host), || one.engine.turn(one.number));
        let span = self.random.borrow_mut().up_to(LONGEST_TURN);
        let alarm = one.engine.idle_time_of(one.number).map(|idle| host::now() + idle);
        simulated::pass(span);
        let mut alarms = self.alarms.borrow_mut();
        let before = std::mem::replace(&mut self.loops.borrow_mut()[number].alarm, alarm);
        if let Some(before) = before {
            alarms.remove(&(before, number));
        }
        alarms.extend(alarm.map(|alarm| (alarm, number)));
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        // Engines end while their sockets and clocks are still those of the simulation.
        self.loops.borrow_mut().clear();
        self.runners.clear();
        CURRENT.set(None);
        simulated::end();
    }
}

/// Takes time on the thread of a simulation, as a callback does that is slow.
pub fn take_time(span: Duration) {
    simulated::pass(span);
}

/// Has `call` made after a while, as another thread would.
pub(super) fn later(network: &Shared, call: impl FnOnce() + Send + 'static) {
    let mut network = lock(network);
    let at = host::now() + network.random.up_to(Duration::from_millis(5));
    network.schedule(at, Due::Call(Box::new(call)));
}

/// The addresses that a name stands for on a network.
pub(super) fn look_up(network: &Shared, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    lock(network).look_up(name, port)
}
