//! The `mio` loop: sockets, timers, reconnects, back-pressure.
//!
//! An [`Engine`] turns a poll loop, either on a thread of its own or whenever its owner calls
//! [`Engine::poll`], or several loops on as many threads. What happens on a loop is done by
//! drivers: state machines with sockets and a deadline, which know the protocol. The loop knows
//! nothing of it. A driver stays on its loop.

mod acceptor;
mod address;
mod backoff;
mod datagrams;
mod dialer;
mod driver;
mod drivers;
mod event_loop;
mod groups;
mod handshake;
mod handshakes;
mod io;
mod listener;
mod mailbox;
mod panics;
// Pollers that watch others are Linux's; Miri does not know them.
#[cfg_attr(any(not(target_os = "linux"), miri), path = "no_patience.rs")]
mod patience;
mod piece;
mod poller;
pub(crate) mod pump;
#[cfg(target_os = "linux")]
mod refusals;
mod requests;
mod secured;
mod security;
#[cfg(target_os = "linux")]
mod segments;
#[cfg_attr(not(unix), path = "no_serial.rs")]
mod serial;
#[cfg(target_os = "linux")]
mod several;
#[cfg(feature = "simulation")]
pub mod simulated;
mod transport;
mod upgrade;
pub(crate) mod worker;

#[cfg(test)]
mod tests;

use std::fmt;
use std::iter;
use std::mem;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, TryLockError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;

pub(crate) use acceptor::{Acceptor, Arrival, ListeningPort};
pub(crate) use address::Resolver;
pub(crate) use backoff::Backoff;
pub(crate) use datagrams::{DatagramReceiver, DatagramSender};
pub(crate) use dialer::{Dialer, Established, Retry, unreachable};
pub(crate) use driver::{Driver, DriverHandle, Readiness};
pub(crate) use groups::Membership;
pub(crate) use io::Io;
pub(crate) use panics::contain;
pub(crate) use piece::Piece;
pub(crate) use requests::Requests;
pub(crate) use secured::tell_secured;
pub(crate) use security::Security;
pub(crate) use serial::SerialPort;
pub(crate) use transport::Transport;
pub(crate) use upgrade::Upgrade;
pub(crate) use worker::{Elsewhere, Job, JobError, Worker};

use crate::error::Error;
use crate::host::{Process, threads};
pub(crate) use crate::settings::Address;
pub use crate::settings::{Interface, ReconnectSettings};
use event_loop::Loop;
use mailbox::Mailbox;
use poller::Poller;
use worker::{Executor, Threads};

/// What to do in a fork.
const FORKED: &str = "this process was forked from the one that made the engine, and has none of its threads; make engines, \
                      subscribers and publishers anew, after the fork";
/// Processes, forked one from the other, whose shared engines have nothing to do with each other.
const SHARED_ENGINES: usize = 16;

/// An engine cannot be polled.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The engine was made by [`Engine::new`] or [`Engine::shared`].
    #[error("this engine runs on a thread of its own; poll only an engine that was created for polling")]
    OwnThread,
    /// Called from a callback of this engine, or from two threads at once.
    #[error(
        "this engine is being polled already; return from the callback, or poll it from one thread at a time"
    )]
    Reentrant,
    /// The process was forked from the one that made the engine.
    #[error("{FORKED}")]
    Forked,
    /// The system cannot wait for events.
    #[error("the engine cannot wait for events: {0}")]
    Io(#[from] std::io::Error),
}

/// Runs publishers and subscribers. Clones are handles to the same engine; they may be used and
/// dropped on any thread, callbacks included.
///
/// Most programs take [`Engine::shared`]. One with a loop of its own has the engine do its work
/// there:
///
/// ```
/// use std::time::Duration;
/// use sttp::engine::Engine;
/// use sttp::subscriber::{Subscriber, SubscriberHandler};
///
/// struct Quiet;
///
/// impl SubscriberHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::polled()?;
/// let subscriber = Subscriber::new(&engine, Quiet);
/// for _ in 0..3 {
///     // Calls back for what has happened, and waits no longer than that.
///     engine.poll(Some(Duration::from_millis(1)))?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
}

struct Core {
    /// That made it.
    process: Process,
    /// One for each loop.
    mailboxes: Vec<Arc<Mailbox>>,
    /// Of the first loop.
    #[cfg(unix)]
    descriptor: std::os::fd::RawFd,
    worker: Worker,
    mode: Mode,
}

enum Mode {
    /// One for each loop, taken when the engine is dropped.
    OwnThreads(Vec<JoinHandle<()>>),
    Polled(Box<Mutex<Loop>>),
    /// Turned by a simulation.
    #[cfg(feature = "simulation")]
    Simulated(Vec<Mutex<Loop>>),
}

/// One for each process: the lock of another may have been held by a thread that is not there after a fork.
static SHARED: [Mutex<Weak<Core>>; SHARED_ENGINES] = [const { Mutex::new(Weak::new()) }; SHARED_ENGINES];

impl Engine {
    /// An engine with a thread of its own, named `sttp-engine`. The thread ends when all
    /// handles are dropped and everything that runs on the engine has ended. Dropping the last
    /// handle waits for the thread only if nothing runs on it any more.
    ///
    /// # Errors
    /// The system gives no poll descriptor or no thread.
    pub fn new() -> std::io::Result<Engine> {
        Engine::with_threads(NonZeroUsize::MIN)
    }

    /// An engine with several threads of its own, for more connections than one core can serve.
    /// A subscriber runs on one of them, where its callbacks are called. A publisher spreads the
    /// connections that it accepts over all of them, and tells of all on one. What a connection
    /// gets is in order in any case.
    ///
    /// # Errors
    /// The system gives no poll descriptors or no threads.
    pub fn with_threads(threads: NonZeroUsize) -> std::io::Result<Engine> {
        let worker = worker(threads, Arc::new(Threads));
        let new_loop = || Loop::new(Poller::new()?, worker.clone());
        let loops = iter::repeat_with(new_loop).take(threads.get()).collect::<Result<Vec<Loop>, _>>()?;
        let mut core = Core {
            process: Process::current(),
            mailboxes: loops.iter().map(|event_loop| Arc::clone(event_loop.mailbox())).collect(),
            #[cfg(unix)]
            descriptor: loops[0].descriptor(),
            worker,
            mode: Mode::OwnThreads(Vec::new()),
        };
        for (number, event_loop) in loops.into_iter().enumerate() {
            let thread = threads::spawn(thread_name(number), || event_loop.run())?;
            core.mode.own(thread);
        }
        Ok(Engine { core: Arc::new(core) })
    }

    /// An engine that does something only while [`Engine::poll`] is called. Dropping its last
    /// handle closes everything that runs on it.
    ///
    /// # Errors
    /// The system gives no poll descriptor.
    pub fn polled() -> std::io::Result<Engine> {
        Engine::polled_with(Arc::new(Threads))
    }

    /// A polled engine on which what takes long runs where `executor` puts it.
    pub(crate) fn polled_with(executor: Arc<dyn Executor>) -> std::io::Result<Engine> {
        let worker = worker(NonZeroUsize::MIN, executor);
        let event_loop = Loop::new(Poller::new()?, worker.clone())?;
        Ok(Engine {
            core: Arc::new(Core {
                process: Process::current(),
                mailboxes: vec![Arc::clone(event_loop.mailbox())],
                #[cfg(unix)]
                descriptor: event_loop.descriptor(),
                worker,
                mode: Mode::Polled(Box::new(Mutex::new(event_loop))),
            }),
        })
    }

    /// The engine of this process, with a thread of its own. It is started by the first call,
    /// and by the first one after all its handles were dropped. A fork of the process has another one.
    ///
    /// # Errors
    /// Those of [`Engine::new`].
    pub fn shared() -> std::io::Result<Engine> {
        let number = Process::current().number_below(SHARED_ENGINES);
        let mut shared = SHARED[number].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(core) = shared.upgrade().filter(|core| !core.process.is_left()) {
            return Ok(Engine { core });
        }
        let engine = Engine::new()?;
        *shared = Arc::downgrade(&engine.core);
        Ok(engine)
    }

    /// Waits until something happens, at most for `timeout` (`None`: without limit), calls back
    /// for everything that has happened, and returns. It may return early, with nothing done.
    ///
    /// # Errors
    /// [`EngineError::OwnThread`] unless made by [`Engine::polled`]; [`EngineError::Reentrant`]
    /// in a callback of this engine and while another thread polls it; [`EngineError::Forked`] in a fork of
    /// the process that made it; [`EngineError::Io`] when the system refuses to wait.
    pub fn poll(&self, timeout: Option<Duration>) -> Result<(), EngineError> {
        if self.core.process.is_left() {
            return Err(EngineError::Forked);
        }
        let Mode::Polled(event_loop) = &self.core.mode else { return Err(EngineError::OwnThread) };
        let mut event_loop = match event_loop.try_lock() {
            Ok(event_loop) => event_loop,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(EngineError::Reentrant),
        };
        Ok(event_loop.run_once(timeout)?)
    }

    /// The descriptor to watch for reading in the caller's own loop: when it is readable,
    /// [`Engine::poll`] has something to do. It does not tell of timers; a caller's loop sleeps
    /// no longer than [`Engine::next_timeout`], asked after each poll, and then polls too.
    /// Valid until the last handle is dropped; never read from it or close it. Of no use for an
    /// engine with threads of its own.
    #[cfg(unix)]
    pub fn descriptor(&self) -> std::os::fd::RawFd {
        self.core.descriptor
    }

    /// How long the caller's own loop may sleep before it calls [`Engine::poll`], unless
    /// [`Engine::descriptor`] becomes readable before. `None`: without limit, as always for an
    /// engine with a thread of its own.
    pub fn next_timeout(&self) -> Option<Duration> {
        match &self.core.mode {
            Mode::Polled(_) => self.core.mailboxes[0].idle_time(),
            _ => None,
        }
    }

    /// Whether the calling code runs inside a callback of this engine.
    pub fn is_current_thread(&self) -> bool {
        self.core.mailboxes.iter().any(|mailbox| mailbox.is_current_thread())
    }

    /// Whether the engine does something only while [`Engine::poll`] is called.
    pub fn is_polled(&self) -> bool {
        matches!(self.core.mode, Mode::Polled(_))
    }

    /// Whether this process was forked from the one that made the engine. Then nothing of what runs on it may be
    /// touched: locks may be held by threads that are not there, and the other process goes on with the sockets.
    pub(crate) fn is_left(&self) -> bool {
        self.core.process.is_left()
    }

    /// Fails in a fork of the process that made the engine.
    pub(crate) fn check_process(&self) -> Result<(), Error> {
        if self.is_left() { Err(Error::Forked(FORKED.into())) } else { Ok(()) }
    }

    /// Whether the loops go on while the calling thread waits.
    pub(crate) fn goes_on_meanwhile(&self) -> bool {
        matches!(self.core.mode, Mode::OwnThreads(_)) && !self.is_current_thread()
    }

    /// Does what would hold up a loop, for everything that runs on this engine.
    pub(crate) fn worker(&self) -> &Worker {
        &self.core.worker
    }

    /// How many loops there are: one for each thread.
    pub(crate) fn loop_count(&self) -> usize {
        self.core.mailboxes.len()
    }

    /// The loop that has the fewest drivers.
    pub(crate) fn idlest_loop(&self) -> usize {
        let drivers = |number: &usize| self.core.mailboxes[*number].driver_count();
        (0..self.loop_count()).min_by_key(drivers).unwrap_or_default()
    }

    /// Has the loop of a number, taken modulo their count, run a driver.
    pub(crate) fn add_to(&self, number: usize, driver: impl Driver + 'static) -> DriverHandle {
        self.core.mailboxes[number % self.loop_count()].add(Box::new(driver))
    }

    /// Has the idlest loop run a driver.
    pub(crate) fn add(&self, driver: impl Driver + 'static) -> DriverHandle {
        self.add_to(self.idlest_loop(), driver)
    }
}

#[cfg(feature = "simulation")]
impl Engine {
    /// An engine that a simulation turns, with a loop for each poller.
    fn simulated(pollers: Vec<simulated::Poller>, executor: Arc<dyn Executor>) -> Engine {
        let threads = NonZeroUsize::new(pollers.len()).unwrap_or(NonZeroUsize::MIN);
        let worker = worker(threads, executor);
        let new_loop = |poller| Loop::new(Poller::Simulated(poller), worker.clone()).map(Mutex::new);
        let loops: std::io::Result<Vec<_>> = pollers.into_iter().map(new_loop).collect();
        // A simulated poller refuses nothing.
        let loops = loops.unwrap_or_default();
        let mailbox = |event_loop: &Mutex<Loop>| {
            Arc::clone(event_loop.lock().unwrap_or_else(PoisonError::into_inner).mailbox())
        };
        Engine {
            core: Arc::new(Core {
                process: Process::current(),
                mailboxes: loops.iter().map(mailbox).collect(),
                #[cfg(unix)]
                descriptor: -1,
                worker,
                mode: Mode::Simulated(loops),
            }),
        }
    }

    /// Has a loop of a simulated engine do what there is to do now.
    fn turn(&self, number: usize) {
        let Mode::Simulated(loops) = &self.core.mode else { return };
        let mut event_loop = match loops[number].try_lock() {
            Ok(event_loop) => event_loop,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => panic!("a callback steps the simulation that calls it"),
        };
        if let Err(error) = event_loop.run_once(Some(Duration::ZERO)) {
            panic!("a simulated loop cannot wait: {error}");
        }
    }

    /// How long a loop could sleep now.
    fn idle_time_of(&self, number: usize) -> Option<Duration> {
        self.core.mailboxes[number].idle_time()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match &self.core.mode {
            Mode::OwnThreads(_) => "own threads",
            Mode::Polled(_) => "polled",
            #[cfg(feature = "simulation")]
            Mode::Simulated(_) => "simulated",
        };
        let loops = self.loop_count();
        f.debug_struct("Engine").field("mode", &mode).field("loops", &loops).finish_non_exhaustive()
    }
}

impl Mode {
    fn own(&mut self, thread: JoinHandle<()>) {
        if let Mode::OwnThreads(threads) = self {
            threads.push(thread);
        }
    }
}

/// The worker of an engine. The loops tell how much of the machine the application gives to the
/// engine; with one, there is a second thread for those who ask for little while the first is busy.
fn worker(loops: NonZeroUsize, executor: Arc<dyn Executor>) -> Worker {
    Worker::passing(executor, "sttp-worker", loops.get().max(2))
}

/// What systems show of a thread: 15 bytes at most.
fn thread_name(number: usize) -> String {
    if number == 0 { "sttp-engine".to_owned() } else { format!("sttp-engine-{}", number + 1) }
}

impl Drop for Core {
    fn drop(&mut self) {
        if self.process.is_left() {
            // All of it belongs to the other process, the registrations of sockets too.
            mem::forget(mem::replace(&mut self.mode, Mode::OwnThreads(Vec::new())));
            mem::forget(self.worker.clone());
            self.mailboxes.drain(..).for_each(mem::forget);
            return;
        }
        self.mailboxes.iter().for_each(|mailbox| mailbox.abandon());
        let Mode::OwnThreads(threads) = &mut self.mode else { return };
        for (thread, mailbox) in threads.drain(..).zip(&self.mailboxes) {
            // Without drivers the thread runs no code of others, so this wait is a short one.
            if mailbox.driver_count() == 0 && !mailbox.is_current_thread() {
                let _ = thread.join();
            }
        }
    }
}
