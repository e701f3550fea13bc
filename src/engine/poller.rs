//! Waiting for what happens to sockets: by the system, or on a simulated network.

use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use super::driver::Readiness;
use super::patience::Patience;
#[cfg(feature = "simulation")]
use super::simulated;

/// Never given to a socket.
const WAKER: Token = Token(usize::MAX);
const PATIENCE: Token = Token(usize::MAX - 1);

/// Events fetched from the system at once. The more there are, the fewer turns of the loop pass before the last of many
/// sockets is looked at.
const EVENTS: usize = 1024;

/// What a loop waits with.
pub(super) enum Poller {
    System {
        poll: Poll,
        events: Events,
        patience: Patience,
    },
    #[cfg(feature = "simulation")]
    Simulated(simulated::Poller),
}

impl Poller {
    /// Waits by the system.
    ///
    /// # Errors
    /// The system gives no poll descriptor.
    pub(super) fn new() -> io::Result<Poller> {
        let poll = Poll::new()?;
        let patience = Patience::new(poll.registry().try_clone()?, PATIENCE, EVENTS)?;
        Ok(Poller::System { poll, events: Events::with_capacity(EVENTS), patience })
    }

    /// What watches sockets for it.
    pub(super) fn registry(&self) -> io::Result<Registry> {
        match self {
            Poller::System { poll, .. } => poll.registry().try_clone().map(Registry::System),
            #[cfg(feature = "simulation")]
            Poller::Simulated(poller) => Ok(Registry::Simulated(poller.registry())),
        }
    }

    /// What watches sockets for it that need not be looked at at once, where there is such a thing.
    pub(super) fn patient_registry(&self) -> io::Result<Option<Registry>> {
        match self {
            Poller::System { patience, .. } => {
                patience.registry().map(|registry| registry.try_clone().map(Registry::System)).transpose()
            }
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => Ok(None),
        }
    }

    /// Goes on with patient sockets, after a wait.
    ///
    /// # Errors
    /// The system cannot tell what has happened to them.
    pub(super) fn begin_turn(&mut self, now: Instant) -> io::Result<()> {
        match self {
            Poller::System { events, patience, .. } => {
                patience.fetch(events.iter().any(|event| event.token() == PATIENCE), now)
            }
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => Ok(()),
        }
    }

    /// Lets patient sockets wait until then.
    ///
    /// # Errors
    /// The system cannot watch them.
    pub(super) fn end_turn(&mut self, rest: Option<Instant>) -> io::Result<()> {
        match self {
            Poller::System { patience, .. } => patience.end_turn(rest),
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => Ok(()),
        }
    }

    /// Whether there is more to tell without waiting.
    pub(super) fn has_more(&self) -> bool {
        match self {
            Poller::System { patience, .. } => patience.has_more(),
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => false,
        }
    }

    /// When to come again at the latest.
    pub(super) fn rests_until(&self) -> Option<Instant> {
        match self {
            Poller::System { patience, .. } => patience.rests_until(),
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => None,
        }
    }

    /// What ends a wait. There can be one.
    pub(super) fn waker(&self) -> io::Result<Waker> {
        match self {
            Poller::System { poll, .. } => mio::Waker::new(poll.registry(), WAKER).map(Waker::System),
            #[cfg(feature = "simulation")]
            Poller::Simulated(poller) => Ok(Waker::Simulated(poller.registry())),
        }
    }

    /// Waits for events, at most for `timeout`. A simulated one does not wait.
    ///
    /// # Errors
    /// `Interrupted` by a signal; others when the system cannot wait.
    pub(super) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        match self {
            Poller::System { poll, events, .. } => poll.poll(events, timeout),
            #[cfg(feature = "simulation")]
            Poller::Simulated(poller) => poller.poll(),
        }
    }

    /// Tells of what the last wait has found.
    pub(super) fn for_each(&self, mut tell: impl FnMut(Token, Readiness)) {
        match self {
            Poller::System { events, patience, .. } => {
                let all = events.iter().chain(patience.events());
                let of_sockets = all.filter(|event| !matches!(event.token(), WAKER | PATIENCE));
                of_sockets.for_each(|event| tell(event.token(), Readiness::from(event)));
            }
            #[cfg(feature = "simulation")]
            Poller::Simulated(poller) => {
                poller.events().iter().for_each(|(token, readiness)| tell(*token, *readiness));
            }
        }
    }

    /// The descriptor that is readable while there are events; none that is valid for a simulated one.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::RawFd {
        use std::os::fd::AsRawFd;
        match self {
            Poller::System { poll, .. } => poll.as_raw_fd(),
            #[cfg(feature = "simulation")]
            Poller::Simulated(_) => -1,
        }
    }
}

/// Ends the wait of a poller, from any thread.
pub(super) enum Waker {
    System(mio::Waker),
    #[cfg(feature = "simulation")]
    Simulated(simulated::Registry),
}

impl Waker {
    pub(super) fn wake(&self) -> io::Result<()> {
        match self {
            Waker::System(waker) => waker.wake(),
            #[cfg(feature = "simulation")]
            Waker::Simulated(registry) => {
                registry.wake();
                Ok(())
            }
        }
    }
}

/// Watches sockets for a poller.
pub(crate) enum Registry {
    /// By the system.
    System(mio::Registry),
    /// On a simulated network.
    #[cfg(feature = "simulation")]
    Simulated(simulated::Registry),
}

impl Registry {
    /// Watches a socket of the system, edge-triggered, for reading and writing.
    pub(super) fn watch(&self, socket: &mut impl mio::event::Source, token: Token) -> io::Result<()> {
        match self {
            Registry::System(registry) => {
                registry.register(socket, token, Interest::READABLE | Interest::WRITABLE)
            }
            #[cfg(feature = "simulation")]
            Registry::Simulated(_) => Err(other_world()),
        }
    }

    /// Ends the watch on a socket of the system.
    pub(super) fn unwatch(&self, socket: &mut impl mio::event::Source) -> io::Result<()> {
        match self {
            Registry::System(registry) => registry.deregister(socket),
            #[cfg(feature = "simulation")]
            Registry::Simulated(_) => Err(other_world()),
        }
    }

    /// The simulated network's part, for a socket of it.
    #[cfg(feature = "simulation")]
    pub(super) fn simulated(&self) -> io::Result<&simulated::Registry> {
        match self {
            Registry::Simulated(registry) => Ok(registry),
            Registry::System(_) => Err(other_world()),
        }
    }
}

#[cfg(feature = "simulation")]
fn other_world() -> io::Error {
    let text = "sockets of the system and those of a simulation do not mix; use an engine of the simulation";
    io::Error::other(text)
}

/// A socket that a loop can watch.
pub(crate) trait Source {
    /// Has the registry watch it, edge-triggered, for reading and writing.
    ///
    /// # Errors
    /// The system cannot watch it.
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()>;

    /// Ends the watch.
    ///
    /// # Errors
    /// It was not watched.
    fn deregister(&mut self, registry: &Registry) -> io::Result<()>;
}
